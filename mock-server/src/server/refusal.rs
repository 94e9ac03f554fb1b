//! Refusals of the server itself: what is said before a message is read.

use crate::{
    network::{
        Fault,
        rules::{Retry, faults},
    },
    server::{
        Shared,
        port::{MAX_HEADERS, MAX_HEADERS_SIZE},
    },
    text::Text,
    wire::RawResponse,
};

/// The whole answer to a request that hyper refused before anybody else saw it.
pub(crate) fn refused_by_hyper(shared: &Shared, status: u16) -> Vec<u8> {
    let (reason, text) = match status {
        408 => (
            "Request Timeout",
            Text::new(
                format!(
                    "要求のヘッダーの受信が{}秒以内に終わりませんでした。",
                    shared.limits.patience.as_secs()
                ),
                format!(
                    "the headers of the request did not arrive within {} seconds",
                    shared.limits.patience.as_secs()
                ),
            ),
        ),
        414 => (
            "URI Too Long",
            Text::fixed(
                "要求のURIが長すぎます。",
                "the URI of the request is too long",
            ),
        ),
        431 => (
            "Request Header Fields Too Large",
            Text::new(
                format!(
                    "要求のヘッダーが上限（{MAX_HEADERS}個、合計{MAX_HEADERS_SIZE}バイト）を超えています。"
                ),
                format!(
                    "the headers of the request are over the limit of {MAX_HEADERS} headers and {MAX_HEADERS_SIZE} bytes"
                ),
            ),
        ),
        _ => (
            "Bad Request",
            Text::fixed(
                "HTTP/1.1の要求ではありません。",
                "this is no HTTP/1.1 request",
            ),
        ),
    };
    let retry = if status == 408 {
        Retry::SameRequest
    } else {
        Retry::Corrected
    };
    let RawResponse {
        status: _,
        content_type,
        body,
    } = shared.contract.encode_fault(&of_form(text, retry));
    let mut bytes = format!(
        "HTTP/1.1 {status} {reason}\r\nContent-Type: {content_type}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
        body.len()
    )
    .into_bytes();
    bytes.extend(body);
    bytes
}

pub(super) fn too_busy(limit: usize) -> Fault {
    let code = &faults::TOO_BUSY;
    let Text { ja, en } = &code.text;
    Fault {
        code,
        rule: None,
        text: Text::new(
            format!("{ja}（上限: {limit}接続）"),
            format!("{en} (limit: {limit} connections)"),
        ),
        retry: code.retry,
    }
}

pub(super) fn of_form(text: Text, retry: Retry) -> Fault {
    Fault {
        code: &faults::BAD_BINDING,
        rule: None,
        text,
        retry,
    }
}
