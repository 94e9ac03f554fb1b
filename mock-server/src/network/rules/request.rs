//! Rules of the request id, by which a retry is known.

use crate::{
    network::rules::{FaultCode, Mark, Retry, Rule},
    text::Text,
};

static OTHER_CONTENT: FaultCode = FaultCode {
    code: "F-REQ-01",
    text: Text::fixed(
        "同じ要求番号で内容の異なる電文を受信済みです。",
        "a message with this request id and another content was received before",
    ),
    next: Text::fixed(
        "再送の場合は同じ内容を、新しい要求の場合は新しい要求番号で送信してください。",
        "send the same content for a retry, and a new request id for a new request",
    ),
    retry: Retry::Corrected,
};

static TOO_OLD: FaultCode = FaultCode {
    code: "F-REQ-02",
    text: Text::fixed(
        "この要求番号は24時間より前に使用されています。",
        "this request id was used more than 24 hours ago",
    ),
    next: Text::fixed(
        "前回の要求の結果を確認し、必要な場合は新しい要求番号で送信してください。",
        "look at what the earlier request did, and send with a new request id if it is still needed",
    ),
    retry: Retry::Corrected,
};

/// A request id stands for one content.
pub static ONE_CONTENT: Rule = Rule {
    code: "R-REQ-01",
    phase: "connectivity",
    mark: Mark::Assumption,
    text: Text::fixed(
        "同じ機関が同じ要求番号で送信する電文は、同じ内容でなければならない。",
        "what an institution sends with one request id has one content",
    ),
    fault: &OTHER_CONTENT,
    off: Text::fixed(
        "要求番号が同じでも内容が異なれば、新しい要求として処理する。",
        "another content with a known request id is done as a new request",
    ),
};

/// A request id is not used again after 24 hours.
pub static NOT_TOO_OLD: Rule = Rule {
    code: "R-REQ-02",
    phase: "connectivity",
    mark: Mark::Assumption,
    text: Text::fixed(
        "再送は最初の送信から24時間以内に限る。24時間より前に使用した要求番号は使用できない。",
        "a retry comes within 24 hours; a request id that was used before that is not taken",
    ),
    fault: &TOO_OLD,
    off: Text::fixed(
        "24時間より前の要求番号の電文を、新しい要求として処理する。",
        "a request id that is older than 24 hours is done as a new request",
    ),
};

/// In the order in which they are tried.
pub static RULES: &[&Rule] = &[&ONE_CONTENT, &NOT_TOO_OLD];
