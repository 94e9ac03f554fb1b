//! Rules of the caller, which come first in every call.

use crate::{
    network::rules::{FaultCode, Mark, Retry, Rule},
    text::Text,
};

static UNKNOWN_INSTITUTION: FaultCode = FaultCode {
    code: "F-CAL-01",
    text: Text::fixed(
        "証明書の機関は登録されていません。",
        "the certificate's institution is not registered",
    ),
    next: Text::fixed(
        "使用している証明書と、機関マスターの機関コードを確認してください。",
        "check which certificate is in use, and the institution codes in the master",
    ),
    retry: Retry::Never,
};

static SENDER_DIFFERS: FaultCode = FaultCode {
    code: "F-CAL-02",
    text: Text::fixed(
        "電文の機関コードが証明書の機関と異なります。",
        "the message names another institution than the certificate",
    ),
    next: Text::fixed(
        "首長部局と教育委員会の証明書を取り違えていないか確認してください。",
        "check that the certificates of mayor's office and board of education are not mixed up",
    ),
    retry: Retry::Corrected,
};

static WRONG_ENDPOINT: FaultCode = FaultCode {
    code: "F-CAL-03",
    text: Text::fixed(
        "この接続先を利用できる送信者ではありません。",
        "this endpoint is not for this caller",
    ),
    next: Text::fixed(
        "接続先と証明書の組合せを確認してください。住基ネット用及びマイナポータル用の接続先は、それぞれの証明書でのみ利用できます。",
        "check endpoint and certificate: the resident-registry leg and MynaPortal have endpoints and certificates of their own",
    ),
    retry: Retry::Never,
};

static TEST_CERTIFICATE: FaultCode = FaultCode {
    code: "F-CAL-04",
    text: Text::fixed(
        "試験用証明書では本番環境に接続できません。",
        "a test certificate does not open production",
    ),
    next: Text::fixed(
        "接続先と証明書の組合せを確認してください。",
        "check endpoint and certificate",
    ),
    retry: Retry::Never,
};

static ABOLISHED: FaultCode = FaultCode {
    code: "F-CAL-05",
    text: Text::fixed(
        "この機関は廃止されています。",
        "the institution is abolished",
    ),
    next: Text::fixed(
        "承継機関の証明書と機関コードを使用してください。",
        "use certificate and code of the successor",
    ),
    retry: Retry::Never,
};

/// The certificate's institution is in the institutions master.
pub static CALLER_KNOWN: Rule = Rule {
    code: "R-CAL-01",
    phase: "connection",
    mark: Mark::Assumption,
    text: Text::fixed(
        "クライアント証明書の機関コードは、機関マスターに登録されていなければならない。",
        "the institution code in the client certificate is in the institutions master",
    ),
    fault: &UNKNOWN_INSTITUTION,
    off: Text::fixed(
        "未登録の機関を、未申請の機関として扱う。",
        "an unknown institution is treated as one that has not applied",
    ),
};

/// The message's institution is the certificate's.
pub static SENDER_IS_CALLER: Rule = Rule {
    code: "R-CAL-02",
    phase: "connection",
    mark: Mark::Assumption,
    text: Text::fixed(
        "電文の機関コードは、クライアント証明書の機関コードと一致しなければならない。",
        "the institution code in the message is the one in the client certificate",
    ),
    fault: &SENDER_DIFFERS,
    off: Text::fixed(
        "電文の機関コードを確認せず、証明書の機関として扱う。",
        "what the message says is not looked at; the certificate's institution counts",
    ),
};

/// The endpoint is one for this kind of caller.
pub static ENDPOINT_FOR_CALLER: Rule = Rule {
    code: "R-CAL-03",
    phase: "connection",
    mark: Mark::Assumption,
    text: Text::fixed(
        "住基ネットの接続先は住基ネットのみ、マイナポータルの接続先はマイナポータルのみ、その他の接続先は機関のみが利用できる。",
        "the registry endpoint is for the resident-registry leg alone, the portal endpoint for MynaPortal alone, the others for institutions",
    ),
    fault: &WRONG_ENDPOINT,
    off: Text::fixed(
        "送信者の種類を確認せずに処理する。",
        "the kind of caller is not looked at",
    ),
};

/// Production takes no test certificate. All certificates of the mock are test certificates.
pub static NO_TEST_CERTIFICATE: Rule = Rule {
    code: "R-CAL-04",
    phase: "connection",
    mark: Mark::Assumption,
    text: Text::fixed(
        "本番環境には、試験用証明書で接続することができない。",
        "production takes no test certificate",
    ),
    fault: &TEST_CERTIFICATE,
    off: Text::fixed(
        "本番環境でも試験用証明書を受け付ける。",
        "production takes a test certificate",
    ),
};

/// The institution is not abolished.
pub static NOT_ABOLISHED: Rule = Rule {
    code: "R-CAL-05",
    phase: "connection",
    mark: Mark::Assumption,
    text: Text::fixed(
        "廃止された機関（合併前の機関など）は、何も行うことができない。",
        "an institution that is no more, as before a merger, may do nothing",
    ),
    fault: &ABOLISHED,
    off: Text::fixed(
        "廃止された機関にも応答する。",
        "an abolished institution is answered",
    ),
};

/// In the order in which they are tried.
pub static RULES: &[&Rule] = &[
    &CALLER_KNOWN,
    &SENDER_IS_CALLER,
    &NO_TEST_CERTIFICATE,
    &NOT_ABOLISHED,
    &ENDPOINT_FOR_CALLER,
];
