//! The faults of form, which come before any rule.

use crate::{
    network::rules::{FaultCode, Retry},
    text::Text,
};

const CORRECT: Text = Text::fixed(
    "示された箇所を修正し、新しい要求番号で送信してください。",
    "correct the place that is named, and send with a new request id",
);

/// The bytes are no well-formed XML that the contract allows.
pub static NOT_WELL_FORMED: FaultCode = FaultCode {
    code: "F-FORM-01",
    text: Text::fixed(
        "電文が整形式のXMLではありません。",
        "the message is not well-formed XML",
    ),
    next: CORRECT,
    retry: Retry::Corrected,
};

/// The message is not what the schema says.
pub static NOT_VALID: FaultCode = FaultCode {
    code: "F-FORM-02",
    text: Text::fixed(
        "電文がスキーマに適合しません。",
        "the message does not agree with the schema",
    ),
    next: CORRECT,
    retry: Retry::Corrected,
};

/// The HTTP request is not what the binding says.
pub static BAD_BINDING: FaultCode = FaultCode {
    code: "F-FORM-03",
    text: Text::fixed(
        "HTTP要求が仕様に適合しません。",
        "the HTTP request does not agree with the binding",
    ),
    next: CORRECT,
    retry: Retry::Corrected,
};

/// The envelope is of another version of SOAP.
pub static OTHER_VERSION: FaultCode = FaultCode {
    code: "F-FORM-04",
    text: Text::fixed("SOAPの版が異なります。", "this is another version of SOAP"),
    next: Text::fixed(
        "SOAP 1.1で、新しい要求番号により送信してください。",
        "send SOAP 1.1, with a new request id",
    ),
    retry: Retry::Corrected,
};

/// A header block must be understood, and none is.
pub static NOT_UNDERSTOOD: FaultCode = FaultCode {
    code: "F-FORM-05",
    text: Text::fixed(
        "SOAPヘッダーを処理できません。",
        "a header of the message is not understood",
    ),
    next: Text::fixed(
        "示されたヘッダー又はmustUnderstand属性を除き、新しい要求番号で送信してください。",
        "leave out the header that is named, or its mustUnderstand, and send with a new request id",
    ),
    retry: Retry::Corrected,
};

/// The server takes no more connections just now.
pub static TOO_BUSY: FaultCode = FaultCode {
    code: "F-SRV-01",
    text: Text::fixed(
        "同時接続数が上限に達しています。",
        "there are as many connections as may be at once",
    ),
    next: Text::fixed(
        "しばらく待って、同じ要求番号で再度送信してください。繰り返す場合は、同時に開く接続の数を減らしてください。",
        "wait a little and send again with the same request id; if it happens again, open fewer connections at once",
    ),
    retry: Retry::SameRequest,
};

/// All faults that come before any rule.
pub static OF_FORM: [&FaultCode; 6] = [
    &NOT_WELL_FORMED,
    &NOT_VALID,
    &BAD_BINDING,
    &OTHER_VERSION,
    &NOT_UNDERSTOOD,
    &TOO_BUSY,
];
