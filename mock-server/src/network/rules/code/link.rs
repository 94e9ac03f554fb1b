//! Rules of links between atena numbers and codes (phase 2).

use crate::{
    network::rules::{FaultCode, Mark, Retry, Rule},
    text::Text,
};

static ACQUISITION_OF_ANOTHER: FaultCode = FaultCode {
    code: "F-COD-13",
    text: Text::fixed(
        "処理通番は、他の機関に払い出されたものです。",
        "the acquisition number was issued to another institution",
    ),
    next: Text::fixed(
        "首長部局と教育委員会の処理通番を取り違えていないか確認してください。",
        "check that those of the mayor's office and of the board of education are not mixed up",
    ),
    retry: Retry::Never,
};

static NOT_NOTIFIED: FaultCode = FaultCode {
    code: "F-COD-14",
    text: Text::fixed(
        "符号はまだ通知されていないか、取得できなかったと通知されています。",
        "the code is not notified yet, or it was notified that there is none",
    ),
    next: Text::fixed(
        "通知を確認してください。取得できなかった場合は、原因を解消してから処理通番を改めて請求してください。",
        "look at the notifications; where there is no code, remove the cause and ask for a new acquisition number",
    ),
    retry: Retry::Corrected,
};

static ATENA_DIFFERS: FaultCode = FaultCode {
    code: "F-COD-15",
    text: Text::fixed(
        "処理通番は、別の団体内統合宛名番号について払い出されたものです。",
        "the acquisition number was issued for another atena number",
    ),
    next: Text::fixed(
        "行のずれなど、処理通番と番号の組合せの誤りがないか確認してください。",
        "check the pairs for rows that are shifted",
    ),
    retry: Retry::Corrected,
};

static CODE_OF_OTHER_INSTITUTION: FaultCode = FaultCode {
    code: "F-COD-16",
    text: Text::fixed(
        "他の機関の符号です。",
        "the code is that of another institution",
    ),
    next: Text::fixed(
        "首長部局と教育委員会の符号を取り違えていないか確認してください。",
        "check that the codes of the mayor's office and of the board of education are not mixed up",
    ),
    retry: Retry::Corrected,
};

static CODE_DIFFERS: FaultCode = FaultCode {
    code: "F-COD-17",
    text: Text::fixed(
        "符号が、この処理通番について通知したものと異なります。",
        "the code is not the one that was notified for this acquisition number",
    ),
    next: Text::fixed(
        "行のずれなど、処理通番と符号の組合せの誤りがないか確認してください。",
        "check the pairs for rows that are shifted",
    ),
    retry: Retry::Corrected,
};

static PERSON_LINKED_ALREADY: FaultCode = FaultCode {
    code: "F-COD-18",
    text: Text::fixed(
        "符号は、この機関の別の団体内統合宛名番号と紐付いています。",
        "the code is linked with another atena number of this institution",
    ),
    next: Text::fixed(
        "同一人に二つの番号を付番していないか確認し、付番している場合は統合してください。",
        "see whether one person has two numbers; where it is so, merge them",
    ),
    retry: Retry::Never,
};

static NOT_LINKED: FaultCode = FaultCode {
    code: "F-COD-19",
    text: Text::fixed(
        "符号が適用されていません。",
        "no code is applied to the atena number",
    ),
    next: Text::fixed(
        "先に符号の適用を報告してください。",
        "report the application first",
    ),
    retry: Retry::Corrected,
};

static LINK_DIFFERS: FaultCode = FaultCode {
    code: "F-COD-20",
    text: Text::fixed(
        "示された符号が、紐付いている符号と異なります。",
        "the code is not the one that is linked",
    ),
    next: Text::fixed(
        "行のずれなど、番号と符号の組合せの誤りがないか確認してください。",
        "check the pairs for rows that are shifted",
    ),
    retry: Retry::Corrected,
};

static COUNT_DIFFERS: FaultCode = FaultCode {
    code: "F-COD-21",
    text: Text::fixed(
        "紐付けの件数が一致しません。",
        "the counts of links do not agree",
    ),
    next: Text::fixed(
        "適用の報告に漏れ又は重複がないか突合してください。",
        "look for applications that were not reported, or reported twice",
    ),
    retry: Retry::Corrected,
};

static COPIES_LEFT: FaultCode = FaultCode {
    code: "F-COD-22",
    text: Text::fixed(
        "副本が登録されています。",
        "copies are registered for the atena number",
    ),
    next: Text::fixed(
        "先に副本を削除してください。別人と紐付けていた場合は、その副本が別人のものとして提供されていないか確認してください。",
        "delete the copies first; where another person was linked, see whether they were provided as that person's",
    ),
    retry: Retry::Corrected,
};

/// An acquisition number is its institution's own.
pub static ACQUISITION_OWN: Rule = Rule {
    code: "R-COD-13",
    phase: "code",
    mark: Mark::Assumption,
    text: Text::fixed(
        "処理通番は、その払出しを受けた機関のみが使用できる。",
        "an acquisition number is used by the institution to which it was issued",
    ),
    fault: &ACQUISITION_OF_ANOTHER,
    off: Text::fixed(
        "他機関の処理通番により、自機関の紐付けを行う。",
        "another institution's number makes a link at this one",
    ),
};

/// A code is notified before it is applied.
pub static NOTIFIED_FIRST: Rule = Rule {
    code: "R-COD-14",
    phase: "code",
    mark: Mark::Assumption,
    text: Text::fixed(
        "符号の適用は、符号の通知の後に報告しなければならない。",
        "an application is reported after the code was notified",
    ),
    fault: &NOT_NOTIFIED,
    off: Text::fixed(
        "通知前でも適用済みとする。符号がない場合は、紐付けずに適用済みと応答する。",
        "it counts as applied before the notification; without a code nothing is linked",
    ),
};

/// A code is applied where it was asked.
pub static ATENA_OF_ACQUISITION: Rule = Rule {
    code: "R-COD-15",
    phase: "code",
    mark: Mark::Assumption,
    text: Text::fixed(
        "符号は、処理通番を請求した団体内統合宛名番号に適用しなければならない。",
        "a code is applied to the atena number for which it was asked",
    ),
    fault: &ATENA_DIFFERS,
    off: Text::fixed(
        "報告された番号に紐付ける。",
        "the reported number is linked",
    ),
};

/// A code is of the institution that applies it.
pub static CODE_OF_INSTITUTION: Rule = Rule {
    code: "R-COD-16",
    phase: "code",
    mark: Mark::Source,
    text: Text::fixed(
        "機関別符号は、当該機関のものでなければならない。首長部局と教育委員会の符号は異なる。",
        "a linkage code is the institution's own; those of the mayor's office and of the board of education differ",
    ),
    fault: &CODE_OF_OTHER_INSTITUTION,
    off: Text::fixed(
        "他機関の符号でも、通知した符号として扱う。",
        "another institution's code is taken for the one that was notified",
    ),
};

/// A code is applied as it was notified.
pub static CODE_AS_NOTIFIED: Rule = Rule {
    code: "R-COD-17",
    phase: "code",
    mark: Mark::Assumption,
    text: Text::fixed(
        "適用する符号は、その処理通番について通知された符号でなければならない。",
        "the code that is applied is the one that was notified for the acquisition number",
    ),
    fault: &CODE_DIFFERS,
    off: Text::fixed(
        "報告された符号を確認せず、通知した符号により紐付ける。",
        "what is reported is not looked at; the notified code is linked",
    ),
};

/// A person has one number at an institution.
pub static ONE_ATENA_A_PERSON: Rule = Rule {
    code: "R-COD-18",
    phase: "code",
    mark: Mark::Assumption,
    text: Text::fixed(
        "一機関において一人に紐付く団体内統合宛名番号は一つである。",
        "one institution links a person with one atena number",
    ),
    fault: &PERSON_LINKED_ALREADY,
    off: Text::fixed(
        "二つの番号を同じ者に紐付ける。",
        "two numbers are linked with one person",
    ),
};

/// A link is applied before it is confirmed or given up.
pub static LINKED: Rule = Rule {
    code: "R-COD-19",
    phase: "code",
    mark: Mark::Assumption,
    text: Text::fixed(
        "紐付けの確認及び解除は、符号を適用した団体内統合宛名番号についてのみ行うことができる。",
        "only a number to which a code was applied is confirmed, or given up",
    ),
    fault: &NOT_LINKED,
    off: Text::fixed(
        "何もせずに、処理したと応答する。",
        "nothing is done, and it is answered as done",
    ),
};

/// A confirmed link is the link that is there.
pub static LINK_AGREES: Rule = Rule {
    code: "R-COD-20",
    phase: "code",
    mark: Mark::Assumption,
    text: Text::fixed(
        "紐付けの確認及び解除に示す符号は、紐付いている符号でなければならない。",
        "the code that a confirmation names is the one that is linked",
    ),
    fault: &LINK_DIFFERS,
    off: Text::fixed(
        "示された符号を確認せずに処理する。",
        "the code is not looked at",
    ),
};

/// The counts of links agree.
pub static COUNT_AGREES: Rule = Rule {
    code: "R-COD-21",
    phase: "code",
    mark: Mark::Assumption,
    text: Text::fixed(
        "紐付けの確認に示す件数は、情報提供ネットワークシステムにおける紐付けの件数と一致しなければならない。",
        "the count that a confirmation names is the network's count of links",
    ),
    fault: &COUNT_DIFFERS,
    off: Text::fixed("件数を確認せずに処理する。", "the count is not looked at"),
};

/// No copies are left behind without a link.
pub static NO_COPIES: Rule = Rule {
    code: "R-COD-22",
    phase: "code",
    mark: Mark::Assumption,
    text: Text::fixed(
        "副本が登録されている間は、団体内統合宛名番号の削除及び紐付けの解除を行うことができない。",
        "while copies are registered for it, a number is not deleted and its link is not given up",
    ),
    fault: &COPIES_LEFT,
    off: Text::fixed(
        "紐付けを終了し、副本を残す。",
        "the link ends, and the copies stay behind",
    ),
};

/// In the order in which they are tried.
pub static RULES: &[&Rule] = &[
    &ACQUISITION_OWN,
    &NOTIFIED_FIRST,
    &ATENA_OF_ACQUISITION,
    &CODE_OF_INSTITUTION,
    &CODE_AS_NOTIFIED,
    &ONE_ATENA_A_PERSON,
    &LINKED,
    &LINK_AGREES,
    &COUNT_AGREES,
    &NO_COPIES,
];
