//! Rules of the connection application (phase 0).

use crate::{
    network::rules::{FaultCode, Mark, Retry, Rule},
    text::Text,
};

static NOT_APPROVED: FaultCode = FaultCode {
    code: "F-CON-01",
    text: Text::fixed(
        "接続申請が承認されていません。",
        "the application for connection is not approved",
    ),
    next: Text::fixed(
        "接続申請の状況を確認し、承認後に再度送信してください。",
        "ask for the status of the application, and send again once it is approved",
    ),
    retry: Retry::SameRequest,
};

/// The institution's application for connection is approved.
pub static CONNECTION_APPROVED: Rule = Rule {
    code: "R-CON-01",
    phase: "connection",
    mark: Mark::Assumption,
    text: Text::fixed(
        "接続申請が承認されていない機関は、接続申請及び申請状況の確認以外を行うことができない。",
        "an institution whose application is not approved may apply and ask for its status, and nothing else",
    ),
    fault: &NOT_APPROVED,
    off: Text::fixed(
        "承認前の機関にも応答する。",
        "an institution is answered before its approval",
    ),
};

/// In the order in which they are tried.
pub static RULES: &[&Rule] = &[&CONNECTION_APPROVED];
