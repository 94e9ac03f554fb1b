//! What control answers, and its refusals.

use hyper::StatusCode;
use serde_json::Value;

use crate::{server::worlds::WorldError, text::Text};

/// What is wrong with a request, with the status that says so.
pub(super) struct Refused(
    pub(super) StatusCode,
    pub(super) &'static str,
    pub(super) Text,
);

pub(super) type Answered = Result<(StatusCode, Value), Refused>;

#[expect(
    clippy::unnecessary_wraps,
    reason = "every arm of the dispatch answers with the same type"
)]
pub(super) fn ok(value: Value) -> Answered {
    Ok((StatusCode::OK, value))
}

#[expect(
    clippy::unnecessary_wraps,
    reason = "every arm of the dispatch answers with the same type"
)]
pub(super) fn created(value: Value) -> Answered {
    Ok((StatusCode::CREATED, value))
}

#[expect(
    clippy::unnecessary_wraps,
    reason = "every arm of the dispatch answers with the same type"
)]
pub(super) fn done() -> Answered {
    Ok((StatusCode::NO_CONTENT, Value::Null))
}

pub(super) fn bad_request(en: &str) -> Refused {
    Refused(
        StatusCode::BAD_REQUEST,
        "bad-request",
        Text::new(format!("要求の内容が誤っています（{en}）。"), en.to_owned()),
    )
}

/// What cannot be read of a body: the reader of JSON speaks one language, so the commonest are told here.
pub(super) fn unreadable(error: &serde_json::Error) -> Refused {
    let en = error.to_string();
    let mut names = en.split('`').skip(1).step_by(2);
    let name = names.next().unwrap_or_default();
    let ja = if en.starts_with("unknown field") {
        Some(format!("項目「{name}」はありません"))
    } else if en.starts_with("missing field") {
        Some(format!("項目「{name}」がありません"))
    } else if en.starts_with("unknown variant") {
        let possible: Vec<&str> = names.collect();
        let possible = possible.join("、");
        Some(format!(
            "値「{name}」は使用できません。使用できるもの: {possible}"
        ))
    } else if en.starts_with("invalid type") || en.starts_with("invalid value") {
        Some(format!("値の型が違います: {en}"))
    } else {
        None
    };
    let mut refused = bad_request(&en);
    if let Some(ja) = ja {
        refused.2 = Text::new(format!("要求の内容が誤っています（{ja}）。"), en);
    }
    refused
}

pub(super) fn conflict(text: Text) -> Refused {
    Refused(StatusCode::CONFLICT, "conflict", text)
}

pub(super) fn refused(error: WorldError) -> Refused {
    let (status, code, text) = match error {
        WorldError::NoWorld => (
            StatusCode::NOT_FOUND,
            "no-such-world",
            Text::fixed(
                "この模擬環境（world）はありません。",
                "there is no such world",
            ),
        ),
        WorldError::NoCheckpoint => (
            StatusCode::NOT_FOUND,
            "no-such-checkpoint",
            Text::fixed("この再開点はありません。", "there is no such checkpoint"),
        ),
        WorldError::Taken => (
            StatusCode::CONFLICT,
            "taken",
            Text::fixed(
                "同じ名前のものが既にあります。",
                "there is one of this name already",
            ),
        ),
        WorldError::BadName => (
            StatusCode::BAD_REQUEST,
            "bad-name",
            Text::fixed(
                "名前は英小文字・数字・ハイフン1〜64文字です。",
                "a name is 1 to 64 of a-z, 0-9 and -",
            ),
        ),
        WorldError::Main => (
            StatusCode::CONFLICT,
            "main-stays",
            Text::fixed(
                "模擬環境 main は削除できません。",
                "the world main cannot be deleted",
            ),
        ),
    };
    Refused(status, code, text)
}
