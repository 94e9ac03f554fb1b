//! Rules of atena numbers (phase 2).

use crate::{
    network::rules::{FaultCode, Mark, Retry, Rule},
    text::Text,
};

static OVER_LIMIT: FaultCode = FaultCode {
    code: "F-COD-01",
    text: Text::fixed(
        "一回に送信できる件数の上限を超えています。全件を受け付けませんでした。",
        "the submission holds more entries than the limit; none of them was taken",
    ),
    next: Text::fixed(
        "上限以下に分割して、新しい要求番号で送信してください。",
        "split it into submissions within the limit, each with a new request id",
    ),
    retry: Retry::Corrected,
};

static REGISTERED_ALREADY: FaultCode = FaultCode {
    code: "F-COD-02",
    text: Text::fixed(
        "団体内統合宛名番号は登録済みです。",
        "the atena number is registered already",
    ),
    next: Text::fixed(
        "登録済みの内容と、別の者に付番していないかを確認してください。",
        "look at what is registered, and whether the number was given to another person",
    ),
    retry: Retry::Never,
};

static NOT_REGISTERED: FaultCode = FaultCode {
    code: "F-COD-03",
    text: Text::fixed(
        "団体内統合宛名番号が登録されていません。",
        "the atena number is not registered",
    ),
    next: Text::fixed(
        "番号を確認し、必要な場合は登録してから送信してください。",
        "check the number, and register it first where needed",
    ),
    retry: Retry::Corrected,
};

static UNDER_WAY: FaultCode = FaultCode {
    code: "F-COD-04",
    text: Text::fixed(
        "符号の取得中のため、削除できません。",
        "a code is being acquired for it; it is not deleted",
    ),
    next: Text::fixed(
        "符号の適用を報告した後、又は処理通番の期限が切れた後に削除してください。",
        "delete it after the application is reported, or the acquisition number has expired",
    ),
    retry: Retry::Corrected,
};

static MERGE_OF_ONE: FaultCode = FaultCode {
    code: "F-COD-05",
    text: Text::fixed(
        "統合する番号と統合先の番号が同じです。",
        "the number is to be merged into itself",
    ),
    next: Text::fixed(
        "統合する番号と統合先の番号を確認してください。",
        "check both numbers",
    ),
    retry: Retry::Corrected,
};

static TWO_PEOPLE: FaultCode = FaultCode {
    code: "F-COD-06",
    text: Text::fixed(
        "二つの番号は、別人の符号と紐付いています。",
        "the two numbers are linked with the codes of two people",
    ),
    next: Text::fixed(
        "同姓同名・同一生年月日の別人ではないか確認してください。紐付けが誤りの場合は、先に紐付けを解除してください。",
        "see whether two people have one name and birthday; where a link is wrong, give it up first",
    ),
    retry: Retry::Never,
};

/// A submission is within the limit, or refused whole.
pub static BATCH_LIMIT: Rule = Rule {
    code: "R-COD-01",
    phase: "code",
    mark: Mark::Assumption,
    text: Text::fixed(
        "一回に送信する件数は、上限以下でなければならない。上限を超えるものは、全件を受け付けない。",
        "one submission holds no more entries than the limit; one over it is refused whole",
    ),
    fault: &OVER_LIMIT,
    off: Text::fixed(
        "件数の上限を確認せずに処理する。",
        "the number of entries is not looked at",
    ),
};

/// An atena number is registered once.
pub static REGISTERED_ONCE: Rule = Rule {
    code: "R-COD-02",
    phase: "code",
    mark: Mark::Assumption,
    text: Text::fixed(
        "登録済みの団体内統合宛名番号を、再度登録することはできない。",
        "an atena number is registered once",
    ),
    fault: &REGISTERED_ALREADY,
    off: Text::fixed(
        "再度登録し、区分を上書きする。紐付けはそのまま残る。",
        "it is registered again with the new kind; its link stays",
    ),
};

/// An atena number is registered before it is used.
pub static REGISTERED: Rule = Rule {
    code: "R-COD-03",
    phase: "code",
    mark: Mark::Assumption,
    text: Text::fixed(
        "団体内統合宛名番号は、登録後でなければ使用できない。",
        "an atena number is used only after it was registered",
    ),
    fault: &NOT_REGISTERED,
    off: Text::fixed(
        "未登録の番号を、紐付けのない住登者として扱う。",
        "an unregistered number is treated as a resident without a link",
    ),
};

/// A number that waits for a code is not deleted.
pub static NOT_UNDER_WAY: Rule = Rule {
    code: "R-COD-04",
    phase: "code",
    mark: Mark::Assumption,
    text: Text::fixed(
        "符号の取得中である団体内統合宛名番号を、削除することはできない。",
        "an atena number for which a code is being acquired is not deleted",
    ),
    fault: &UNDER_WAY,
    off: Text::fixed(
        "番号を削除し、その処理通番も消去する。",
        "the number is deleted, and its acquisition number erased",
    ),
};

/// A number is merged into another.
pub static MERGE_OF_TWO: Rule = Rule {
    code: "R-COD-05",
    phase: "code",
    mark: Mark::Assumption,
    text: Text::fixed(
        "統合する番号と統合先の番号は、異なる番号でなければならない。",
        "a number is merged into another, never into itself",
    ),
    fault: &MERGE_OF_ONE,
    off: Text::fixed(
        "何もせずに、統合したと応答する。",
        "nothing is done, and it is answered as merged",
    ),
};

/// Two people are not merged.
pub static MERGE_OF_ONE_PERSON: Rule = Rule {
    code: "R-COD-06",
    phase: "code",
    mark: Mark::Assumption,
    text: Text::fixed(
        "別人の符号と紐付いている二つの番号を、統合することはできない。",
        "two numbers that are linked with two people are not merged",
    ),
    fault: &TWO_PEOPLE,
    off: Text::fixed(
        "統合先の紐付けを残し、もう一方の紐付けを失う。",
        "the link of the number that stays is kept, the other is lost",
    ),
};

/// In the order in which they are tried.
pub static RULES: &[&Rule] = &[
    &BATCH_LIMIT,
    &REGISTERED_ONCE,
    &REGISTERED,
    &NOT_UNDER_WAY,
    &MERGE_OF_TWO,
    &MERGE_OF_ONE_PERSON,
];
