//! Rules of the provider's side: copies, and requests that are held.

use crate::{
    network::rules::{FaultCode, Mark, Retry, Rule},
    text::Text,
};

const PHASE: &str = "query-provide";

static BAD_SUBMISSION: FaultCode = FaultCode {
    code: "F-PRV-01",
    text: Text::fixed(
        "件数が上限を超えているため、全件を受け付けませんでした。",
        "there are more entries than the limit; none of them was taken",
    ),
    next: Text::fixed(
        "上限以下に分けて、新しい要求番号で送信してください。",
        "split them, and send with new request ids",
    ),
    retry: Retry::Corrected,
};

static STANDS_TWICE: FaultCode = FaultCode {
    code: "F-PRV-02",
    text: Text::fixed(
        "同じ副本が一度の送信に二度含まれています。",
        "the same copy stands twice in one submission",
    ),
    next: Text::fixed(
        "どちらが正しいかを確認し、一件だけ送信してください。",
        "find out which one is right, and send that one alone",
    ),
    retry: Retry::Corrected,
};

static COPY_NO_LINK: FaultCode = FaultCode {
    code: "F-PRV-03",
    text: Text::fixed(
        "団体内統合宛名番号に確認済みの符号の紐付けがありません。",
        "the atena number has no confirmed link with a code",
    ),
    next: Text::fixed(
        "紐付けを確認してから、副本を登録してください。",
        "confirm the link before registering its copies",
    ),
    retry: Retry::Corrected,
};

static BAD_LAYOUT: FaultCode = FaultCode {
    code: "F-PRV-04",
    text: Text::fixed(
        "副本がデータ標準レイアウトに適合しません。",
        "the copy does not agree with the standard data layout",
    ),
    next: Text::fixed(
        "有効な版のレイアウトに合わせて、示された項目を修正してください。",
        "correct the field that is named, after the layout in force",
    ),
    retry: Retry::Corrected,
};

static COPY_STATE: FaultCode = FaultCode {
    code: "F-PRV-05",
    text: Text::fixed(
        "副本の登録状況と一致しない操作です。",
        "the copy is not in a state for this",
    ),
    next: Text::fixed(
        "副本の照合を行い、登録・更新・削除のいずれとするかを確認してください。",
        "compare the copies, and see whether to register, update or delete",
    ),
    retry: Retry::Corrected,
};

static COPY_OLDER: FaultCode = FaultCode {
    code: "F-PRV-06",
    text: Text::fixed(
        "登録済みの副本より古い正本に基づく副本です。",
        "the copy is of an older original than the one that is registered",
    ),
    next: Text::fixed(
        "正本の更新日時を確認し、最新の正本から作成してください。",
        "check when the original was changed, and make the copy from the latest",
    ),
    retry: Retry::Corrected,
};

static ORIGINAL_AHEAD: FaultCode = FaultCode {
    code: "F-PRV-10",
    text: Text::fixed(
        "正本の更新日時が将来の日時です。",
        "the original was changed at a time that is still to come",
    ),
    next: Text::fixed(
        "正本の更新日時と、送信したシステムの時計を確認してください。",
        "check when the original was changed, and the clock of the system that sent it",
    ),
    retry: Retry::Corrected,
};

static NOT_HELD: FaultCode = FaultCode {
    code: "F-PRV-07",
    text: Text::fixed(
        "この機関が回答を保留している照会ではありません。",
        "this institution holds no such request",
    ),
    next: Text::fixed(
        "保留中の照会の一覧を確認してください。既に回答した照会には回答できません。",
        "list the held requests; what was answered cannot be answered again",
    ),
    retry: Retry::Never,
};

static OTHER_ITEM: FaultCode = FaultCode {
    code: "F-PRV-08",
    text: Text::fixed(
        "照会された特定個人情報と異なる内容の回答です。",
        "the answer is not of the item that was asked for",
    ),
    next: Text::fixed(
        "照会された特定個人情報及び年度を確認し、該当する内容を回答してください。",
        "check item and year of the request, and answer these",
    ),
    retry: Retry::Corrected,
};

static NO_REASON: FaultCode = FaultCode {
    code: "F-PRV-09",
    text: Text::fixed("提供の拒否には理由が必要です。", "a refusal needs a reason"),
    next: Text::fixed(
        "提供しない理由を記載してください。",
        "say why nothing is provided",
    ),
    retry: Retry::Corrected,
};

/// A submission is not over the limit.
pub static SUBMISSION_WITHIN_LIMIT: Rule = Rule {
    code: "R-PRV-01",
    phase: PHASE,
    mark: Mark::Source,
    text: Text::fixed(
        "一度に送信する副本の件数は、上限以下でなければならない。超えるときは全件を受け付けない。",
        "a submission holds no more copies than the limit; one that does is refused whole",
    ),
    fault: &BAD_SUBMISSION,
    off: Text::fixed(
        "上限を超える送信も受け付ける。",
        "a submission over the limit is accepted",
    ),
};

/// A copy stands once in a submission.
pub static COPY_STANDS_ONCE: Rule = Rule {
    code: "R-PRV-02",
    phase: PHASE,
    mark: Mark::Assumption,
    text: Text::fixed(
        "一度の送信に、同じ者・特定個人情報・年度の副本が二度含まれてはならない。副本の照合の場合は、全件について照合を行わない。",
        "a submission does not hold two copies of one person, item and year; a comparison that names one twice is refused whole",
    ),
    fault: &STANDS_TWICE,
    off: Text::fixed(
        "重複する副本も、順に処理する。照合では、後のものが優先する。",
        "copies that stand twice are tried one after the other; of two originals the later one is compared",
    ),
};

/// A copy is of somebody who is linked.
pub static COPY_PERSON_LINKED: Rule = Rule {
    code: "R-PRV-03",
    phase: PHASE,
    mark: Mark::Assumption,
    text: Text::fixed(
        "副本の団体内統合宛名番号は、確認済みの符号の紐付けがなければならない。",
        "the atena number of a copy has a confirmed link with a code",
    ),
    fault: &COPY_NO_LINK,
    off: Text::fixed(
        "紐付けのない番号の副本は、受け付けて登録しない。",
        "a copy without a link is accepted, and not kept",
    ),
};

/// The item of a copy stands in the layout in force.
pub static COPY_ITEM_KNOWN: Rule = Rule {
    code: "R-PRV-04",
    phase: PHASE,
    mark: Mark::Source,
    text: Text::fixed(
        "副本の特定個人情報は、有効な版のレイアウトにあるものでなければならない。",
        "the item of a copy stands in the layout that is in force",
    ),
    fault: &BAD_LAYOUT,
    off: Text::fixed(
        "レイアウトにない特定個人情報の副本も登録する。",
        "a copy of an item without a layout is registered",
    ),
};

/// A copy is written in the layout in force.
pub static LAYOUT_IN_FORCE: Rule = Rule {
    code: "R-PRV-05",
    phase: PHASE,
    mark: Mark::Source,
    text: Text::fixed(
        "副本は、有効な版のデータ標準レイアウトで作成しなければならない。",
        "a copy is written in the version of the layout that is in force",
    ),
    fault: &BAD_LAYOUT,
    off: Text::fixed(
        "別の版で作成された副本も登録する。",
        "a copy in another version is registered",
    ),
};

/// A copy has a year exactly where its item is kept by year.
pub static COPY_TIME_FITS_ITEM: Rule = Rule {
    code: "R-PRV-06",
    phase: PHASE,
    mark: Mark::Assumption,
    text: Text::fixed(
        "副本の年度は、年度ごとの特定個人情報に必要であり、その他には指定できない。",
        "a copy has a fiscal year exactly where its item is kept by year",
    ),
    fault: &BAD_LAYOUT,
    off: Text::fixed(
        "年度の有無を問わず登録する。",
        "a copy is registered with or without a year",
    ),
};

/// A field stands in the layout.
pub static FIELD_KNOWN: Rule = Rule {
    code: "R-PRV-07",
    phase: PHASE,
    mark: Mark::Source,
    text: Text::fixed(
        "副本の項目は、レイアウトにあるものでなければならない。",
        "a field of a copy stands in the layout of its item",
    ),
    fault: &BAD_LAYOUT,
    off: Text::fixed(
        "レイアウトにない項目も登録する。",
        "a field that the layout has not is registered",
    ),
};

/// A field stands once in a row.
pub static FIELD_STANDS_ONCE: Rule = Rule {
    code: "R-PRV-08",
    phase: PHASE,
    mark: Mark::Assumption,
    text: Text::fixed(
        "一つの履歴行に、同じ項目が二度含まれてはならない。",
        "a row of a copy does not hold a field twice",
    ),
    fault: &BAD_LAYOUT,
    off: Text::fixed(
        "重複する項目も登録する。",
        "a field that stands twice is registered",
    ),
};

/// What the layout requires is there.
pub static REQUIRED_FIELDS: Rule = Rule {
    code: "R-PRV-09",
    phase: PHASE,
    mark: Mark::Source,
    text: Text::fixed(
        "レイアウトの必須項目は、副本のすべての履歴行になければならない。",
        "every row of a copy holds the fields that the layout requires",
    ),
    fault: &BAD_LAYOUT,
    off: Text::fixed(
        "必須項目のない副本も登録する。",
        "a copy without a required field is registered",
    ),
};

/// A value is of the layout's kind.
pub static FIELD_OF_KIND: Rule = Rule {
    code: "R-PRV-10",
    phase: PHASE,
    mark: Mark::Source,
    text: Text::fixed(
        "項目の値は、レイアウトの型（数値、文字、日付）でなければならない。",
        "the value of a field is of the layout's kind: number, text or date",
    ),
    fault: &BAD_LAYOUT,
    off: Text::fixed(
        "型の異なる値も登録する。",
        "a value of another kind is registered",
    ),
};

/// A value is not longer than the layout has it.
pub static FIELD_NOT_TOO_LONG: Rule = Rule {
    code: "R-PRV-11",
    phase: PHASE,
    mark: Mark::Source,
    text: Text::fixed(
        "項目の値は、レイアウトの桁数（文字数）以下でなければならない。",
        "the value of a field has no more characters than the layout allows",
    ),
    fault: &BAD_LAYOUT,
    off: Text::fixed(
        "桁数を超える値も登録する。",
        "a value that is too long is registered",
    ),
};

/// Zero and empty are said, not written.
pub static ZERO_TOLD_APART: Rule = Rule {
    code: "R-PRV-12",
    phase: PHASE,
    mark: Mark::Assumption,
    text: Text::fixed(
        "0円は「0円」、空欄は「空欄」の区分で表し、値として「0」や空の文字列を記載してはならない。",
        "zero and empty are told by their own kinds, and not by a value of 0 or of no characters",
    ),
    fault: &BAD_LAYOUT,
    off: Text::fixed(
        "値の「0」や空の文字列も、そのまま登録する。",
        "a value of 0, or of no characters, is registered as it stands",
    ),
};

/// What is registered is not registered again.
pub static NOT_REGISTERED_YET: Rule = Rule {
    code: "R-PRV-13",
    phase: PHASE,
    mark: Mark::Assumption,
    text: Text::fixed(
        "登録済みの副本を、重ねて登録してはならない（変更は更新による）。",
        "a copy that is registered is updated, not registered again",
    ),
    fault: &COPY_STATE,
    off: Text::fixed(
        "登録済みの副本は置き換える。",
        "a registered copy is replaced",
    ),
};

/// What is updated or deleted is there.
pub static COPY_THERE: Rule = Rule {
    code: "R-PRV-14",
    phase: PHASE,
    mark: Mark::Assumption,
    text: Text::fixed(
        "更新又は削除する副本は、登録されていなければならない。",
        "a copy that is updated or deleted is there",
    ),
    fault: &COPY_STATE,
    off: Text::fixed(
        "ない副本の更新は登録とし、削除は受け付けて何もしない。",
        "updating one that is not there registers it; deleting one is accepted, without effect",
    ),
};

/// A copy does not go back behind the one that is registered.
pub static COPY_NOT_OLDER: Rule = Rule {
    code: "R-PRV-15",
    phase: PHASE,
    mark: Mark::Source,
    text: Text::fixed(
        "更新する副本の正本更新日時は、登録済みの副本より前であってはならない。",
        "an update is not of an older original than the copy that is registered",
    ),
    fault: &COPY_OLDER,
    off: Text::fixed(
        "古い正本に基づく副本にも置き換える。",
        "a copy of an older original replaces a newer one",
    ),
};

/// An original was not changed in the future.
pub static ORIGINAL_NOT_AHEAD: Rule = Rule {
    code: "R-PRV-20",
    phase: PHASE,
    mark: Mark::Assumption,
    text: Text::fixed(
        "副本の正本更新日時は、送信の時点より後であってはならない。",
        "the original of a copy was not changed after the copy was sent",
    ),
    fault: &ORIGINAL_AHEAD,
    off: Text::fixed(
        "将来の正本更新日時の副本も登録する。",
        "a copy of an original that was changed in the future is registered",
    ),
};

/// A provider decides on its own requests.
pub static OWN_HELD_REQUEST: Rule = Rule {
    code: "R-PRV-16",
    phase: PHASE,
    mark: Mark::Assumption,
    text: Text::fixed(
        "回答又は拒否ができるのは、その機関に対する照会のみである。",
        "a provider answers or refuses what was asked of itself, and nothing else",
    ),
    fault: &NOT_HELD,
    off: Text::fixed(
        "他機関に対する照会への回答や、存在しない受付番号への回答も受け付ける（存在しないときは効果がない）。",
        "what was asked of others is answered; for an unknown receipt number that is acknowledged, without effect",
    ),
};

/// Only what is held is decided, and once.
pub static HELD_NOW: Rule = Rule {
    code: "R-PRV-17",
    phase: PHASE,
    mark: Mark::Assumption,
    text: Text::fixed(
        "回答又は拒否ができるのは、保留中の照会のみであり、一度限りである。",
        "only what is held is answered or refused, and only once",
    ),
    fault: &NOT_HELD,
    off: Text::fixed(
        "保留していない照会への回答にも、受け付けたと応答する（効果はない）。",
        "an answer to what is not held is acknowledged, without effect",
    ),
};

/// An answer is of the item and year that was asked for.
pub static ANSWER_OF_ASKED_ITEM: Rule = Rule {
    code: "R-PRV-18",
    phase: PHASE,
    mark: Mark::Source,
    text: Text::fixed(
        "回答する副本は、照会された特定個人情報及び年度のものでなければならない。",
        "the copies of an answer are of the item and the time that were asked for",
    ),
    fault: &OTHER_ITEM,
    off: Text::fixed(
        "別の特定個人情報による回答も提供する。",
        "an answer of another item is provided",
    ),
};

/// A refusal has a reason.
pub static REFUSAL_WITH_REASON: Rule = Rule {
    code: "R-PRV-19",
    phase: PHASE,
    mark: Mark::Assumption,
    text: Text::fixed(
        "提供者には提供の義務がある（番号法第22条）ため、拒否には理由を記載しなければならない。",
        "a provider is obliged to provide (Number Use Act, article 22), so a refusal names its reason",
    ),
    fault: &NO_REASON,
    off: Text::fixed(
        "理由のない拒否も受け付ける。",
        "a refusal without a reason is accepted",
    ),
};

/// In the order in which they are tried.
pub static RULES: &[&Rule] = &[
    &SUBMISSION_WITHIN_LIMIT,
    &COPY_STANDS_ONCE,
    &COPY_PERSON_LINKED,
    &COPY_ITEM_KNOWN,
    &LAYOUT_IN_FORCE,
    &COPY_TIME_FITS_ITEM,
    &FIELD_KNOWN,
    &FIELD_STANDS_ONCE,
    &REQUIRED_FIELDS,
    &FIELD_OF_KIND,
    &FIELD_NOT_TOO_LONG,
    &ZERO_TOLD_APART,
    &ORIGINAL_NOT_AHEAD,
    &NOT_REGISTERED_YET,
    &COPY_THERE,
    &COPY_NOT_OLDER,
    &OWN_HELD_REQUEST,
    &HELD_NOW,
    &ANSWER_OF_ASKED_ITEM,
    &REFUSAL_WITH_REASON,
];
