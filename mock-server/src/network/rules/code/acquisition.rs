//! Rules of acquisition numbers and of the resident-registry leg (phase 2).

use crate::{
    network::rules::{FaultCode, Mark, Retry, Rule},
    text::Text,
};

static LINKED_ALREADY: FaultCode = FaultCode {
    code: "F-COD-07",
    text: Text::fixed(
        "団体内統合宛名番号は、符号と紐付いています。",
        "the atena number is linked with a code",
    ),
    next: Text::fixed(
        "紐付けが誤りの場合は、解除してから再取得してください。",
        "where the link is wrong, give it up and acquire again",
    ),
    retry: Retry::Never,
};

static ACQUIRING_ALREADY: FaultCode = FaultCode {
    code: "F-COD-08",
    text: Text::fixed("符号を取得中です。", "a code is being acquired already"),
    next: Text::fixed(
        "符号の通知を待ってください。処理通番の期限が切れた後は、再度請求できます。",
        "wait for the notification; once the acquisition number has expired, ask again",
    ),
    retry: Retry::Never,
};

static ACQUISITION_UNKNOWN: FaultCode = FaultCode {
    code: "F-COD-09",
    text: Text::fixed(
        "処理通番は払い出されていないか、使用後に消去されています。",
        "the acquisition number was never issued, or was erased after its use",
    ),
    next: Text::fixed(
        "処理通番を確認し、必要な場合は改めて請求してください。",
        "check the number, and ask for a new one where needed",
    ),
    retry: Retry::Corrected,
};

static ACQUISITION_EXPIRED: FaultCode = FaultCode {
    code: "F-COD-10",
    text: Text::fixed(
        "処理通番の期限が切れています。",
        "the acquisition number has expired",
    ),
    next: Text::fixed(
        "処理通番を改めて請求してください。",
        "ask for a new acquisition number",
    ),
    retry: Retry::Never,
};

static SENT_ALREADY: FaultCode = FaultCode {
    code: "F-COD-11",
    text: Text::fixed(
        "この処理通番については、住民票コードを受信済みです。",
        "a resident code was received for this acquisition number before",
    ),
    next: Text::fixed(
        "処理通番の組合せを確認してください。誤りの場合は、処理通番を改めて請求してください。",
        "check which number belongs to whom; where it was wrong, ask for a new one",
    ),
    retry: Retry::Never,
};

static RESIDENT_CODE_UNKNOWN: FaultCode = FaultCode {
    code: "F-COD-12",
    text: Text::fixed(
        "住民票コードが存在しないか、変更されています。",
        "there is no such resident code, or it was changed",
    ),
    next: Text::fixed(
        "住民票コードを確認してください。変更されている場合は、新しい住民票コードを送信してください。",
        "check the resident code; where it was changed, send the new one",
    ),
    retry: Retry::Corrected,
};

/// A linked number acquires no further code.
pub static NOT_LINKED_YET: Rule = Rule {
    code: "R-COD-07",
    phase: "code",
    mark: Mark::Assumption,
    text: Text::fixed(
        "符号と紐付いている団体内統合宛名番号について、処理通番を請求することはできない。",
        "no acquisition number is asked for an atena number that is linked",
    ),
    fault: &LINKED_ALREADY,
    off: Text::fixed(
        "処理通番を払い出す。紐付けは、次の適用まで残る。",
        "a number is issued; the link stays until the next application",
    ),
};

/// One acquisition at a time.
pub static ONE_ACQUISITION: Rule = Rule {
    code: "R-COD-08",
    phase: "code",
    mark: Mark::Assumption,
    text: Text::fixed(
        "一つの団体内統合宛名番号について、同時に取得中とすることができる符号は一つである。",
        "one code at a time is acquired for an atena number",
    ),
    fault: &ACQUIRING_ALREADY,
    off: Text::fixed(
        "処理通番を新たに払い出し、前の処理通番を消去する。",
        "a new number is issued, and the former one erased",
    ),
};

/// An acquisition number was issued and is not used up.
pub static ACQUISITION_KNOWN: Rule = Rule {
    code: "R-COD-09",
    phase: "code",
    mark: Mark::Law,
    text: Text::fixed(
        "処理通番は、払い出されたもので、消去されていないものでなければならない。処理通番は、使用後に消去される。",
        "an acquisition number was issued and not erased; it is erased once it has served its purpose",
    ),
    fault: &ACQUISITION_UNKNOWN,
    off: Text::fixed(
        "何もせずに、受け付けたと応答する。",
        "nothing is done, and it is answered as taken",
    ),
};

/// An acquisition number is used in time.
pub static ACQUISITION_IN_TIME: Rule = Rule {
    code: "R-COD-10",
    phase: "code",
    mark: Mark::Assumption,
    text: Text::fixed(
        "処理通番は、期限内に使用しなければならない。",
        "an acquisition number is used before it expires",
    ),
    fault: &ACQUISITION_EXPIRED,
    off: Text::fixed(
        "期限切れの処理通番を、期限内のものとして扱う。",
        "an expired number is treated as one in time",
    ),
};

/// An acquisition number is used once.
pub static SENT_ONCE: Rule = Rule {
    code: "R-COD-11",
    phase: "code",
    mark: Mark::Assumption,
    text: Text::fixed(
        "一つの処理通番について、住民票コードを送信できるのは一回である。",
        "a resident code is sent once for an acquisition number",
    ),
    fault: &SENT_ALREADY,
    off: Text::fixed(
        "後に送信された者の符号に置き換え、再度通知する。",
        "the code of the person sent later takes its place, and is notified again",
    ),
};

/// A resident code is somebody's.
pub static RESIDENT_CODE_KNOWN: Rule = Rule {
    code: "R-COD-12",
    phase: "code",
    mark: Mark::Assumption,
    text: Text::fixed(
        "住民票コードは、現に使用されているものでなければならない。",
        "a resident code is one that is in use",
    ),
    fault: &RESIDENT_CODE_UNKNOWN,
    off: Text::fixed(
        "受け付けたと応答し、通知は行わない。",
        "it is answered as taken, and no notification follows",
    ),
};

/// In the order in which they are tried.
pub static RULES: &[&Rule] = &[
    &NOT_LINKED_YET,
    &ONE_ACQUISITION,
    &ACQUISITION_KNOWN,
    &ACQUISITION_IN_TIME,
    &SENT_ONCE,
    &RESIDENT_CODE_KNOWN,
];
