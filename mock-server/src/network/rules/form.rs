//! Rules of what no message may hold.

use crate::{
    network::rules::{FaultCode, Mark, Retry, Rule},
    text::Text,
};

static OUTSIDE_CHARACTERS: FaultCode = FaultCode {
    code: "F-FRM-01",
    text: Text::fixed(
        "使用できない文字が含まれています。",
        "the message holds a character that is not carried",
    ),
    next: Text::fixed(
        "JIS X 0213:2012の文字に置き換え（縮退し）、新しい要求番号で送信してください。",
        "replace it by characters of JIS X 0213:2012, and send with a new request id",
    ),
    retry: Retry::Corrected,
};

static INDIVIDUAL_NUMBER: FaultCode = FaultCode {
    code: "F-FRM-02",
    text: Text::fixed(
        "個人番号が含まれています。",
        "the message holds an individual number",
    ),
    next: Text::fixed(
        "個人番号を電文に入れないでください。送信元のシステムを停止し、責任者に報告してください。",
        "never put an individual number into a message: stop the sending system and report it",
    ),
    retry: Retry::Never,
};

static RESIDENT_CODE: FaultCode = FaultCode {
    code: "F-FRM-03",
    text: Text::fixed(
        "住民票コードと同じ11桁の数字が含まれています。",
        "the message holds 11 digits, as a resident code has",
    ),
    next: Text::fixed(
        "住民票コードは住基ネットの接続先にのみ送信できます。",
        "a resident code may be sent on the registry leg alone",
    ),
    retry: Retry::Never,
};

/// Characters are those of JIS X 0213:2012.
pub static CHARACTERS: Rule = Rule {
    code: "R-FRM-01",
    phase: "query-provide",
    mark: Mark::Source,
    text: Text::fixed(
        "電文の文字はJIS X 0213:2012の範囲に限る。範囲外の文字は置き換えずに拒否する。",
        "the characters of a message are those of JIS X 0213:2012; others are refused, never replaced",
    ),
    fault: &OUTSIDE_CHARACTERS,
    off: Text::fixed(
        "範囲外の文字をそのまま受け付ける。",
        "characters outside the set are taken as they are",
    ),
};

/// No individual number.
pub static NO_INDIVIDUAL_NUMBER: Rule = Rule {
    code: "R-FRM-02",
    phase: "connectivity",
    mark: Mark::Law,
    text: Text::fixed(
        "個人番号は、いかなる電文にも含めてはならない。",
        "no message holds an individual number",
    ),
    fault: &INDIVIDUAL_NUMBER,
    off: Text::fixed(
        "個人番号を含む電文も処理する。",
        "a message with an individual number is done",
    ),
};

/// Resident codes on the registry leg alone.
pub static RESIDENT_CODE_ON_REGISTRY_LEG: Rule = Rule {
    code: "R-FRM-03",
    phase: "connectivity",
    mark: Mark::Law,
    text: Text::fixed(
        "住民票コードは、住基ネットの接続先以外の電文に含めてはならない。",
        "no message holds a resident code but on the registry leg",
    ),
    fault: &RESIDENT_CODE,
    off: Text::fixed(
        "住民票コードを含む電文も処理する。",
        "a message with a resident code is done",
    ),
};

/// In the order in which they are tried.
pub static RULES: &[&Rule] = &[
    &CHARACTERS,
    &NO_INDIVIDUAL_NUMBER,
    &RESIDENT_CODE_ON_REGISTRY_LEG,
];
