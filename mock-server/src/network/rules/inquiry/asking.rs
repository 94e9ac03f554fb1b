//! At the intermediate server: what is asked, of whom, of which time and about whom.

use super::PHASE;
use crate::{
    network::rules::{FaultCode, Mark, Retry, Rule},
    text::Text,
};

static NOT_IN_MASTER: FaultCode = FaultCode {
    code: "F-INQ-01",
    text: Text::fixed(
        "有効なマスターにないか、事務に対応しない値が指定されています。",
        "a value does not stand in the masters in force, or does not belong to the task",
    ),
    next: Text::fixed(
        "マスターの版を確認し、示された値を修正してください。",
        "check the version of the masters, and correct the value that is named",
    ),
    retry: Retry::Corrected,
};

static BAD_PROVIDER: FaultCode = FaultCode {
    code: "F-INQ-02",
    text: Text::fixed(
        "照会先の機関が誤っています。",
        "the provider cannot be asked",
    ),
    next: Text::fixed(
        "照会先の機関コードを確認してください（廃止された機関及び自機関には照会できません）。",
        "check the provider's code: it is neither abolished nor the sender itself",
    ),
    retry: Retry::Corrected,
};

static BAD_TIME: FaultCode = FaultCode {
    code: "F-INQ-03",
    text: Text::fixed(
        "年度又は期間の指定が誤っています。",
        "the year or the period cannot be asked for",
    ),
    next: Text::fixed(
        "年度ごとの情報には年度又は期間を指定し、年度は当年度から7年前まで、期間は開始日から5年以内で指定してください。",
        "name a year or a period for what is kept by year: a year of the last seven up to this one, a period of at most five years",
    ),
    retry: Retry::Corrected,
};

static NO_CONSENT: FaultCode = FaultCode {
    code: "F-INQ-04",
    text: Text::fixed(
        "この特定個人情報の照会には本人の同意が必要です。",
        "this item may be asked for only with the person's consent",
    ),
    next: Text::fixed(
        "本人の同意を確認し、同意の有無を記載して送信してください。",
        "obtain the person's consent, and say so in the inquiry",
    ),
    retry: Retry::Corrected,
};

static NO_LINK: FaultCode = FaultCode {
    code: "F-INQ-05",
    text: Text::fixed(
        "団体内統合宛名番号に、確認済みの符号の紐付けがありません。",
        "the atena number has no confirmed link with a code",
    ),
    next: Text::fixed(
        "番号を登録し、符号を取得・適用し、紐付けを確認してから照会してください。",
        "register the number, fetch and apply its code and confirm the link before asking",
    ),
    retry: Retry::Corrected,
};

static BAD_BATCH: FaultCode = FaultCode {
    code: "F-INQ-06",
    text: Text::fixed(
        "一括照会の構成が誤っているため、全件を受け付けませんでした。",
        "the batch is not put together rightly; none of it was taken",
    ),
    next: Text::fixed(
        "件数が上限以下であること、事務手続が一つであること及び重複がないことを確認し、新しい要求番号で送信してください。",
        "check the limit, that all are for one procedure, and that none stands twice, and send with a new request id",
    ),
    retry: Retry::Corrected,
};

/// The task stands in the masters.
pub static TASK_KNOWN: Rule = Rule {
    code: "R-INQ-01",
    phase: PHASE,
    mark: Mark::Source,
    text: Text::fixed(
        "照会の事務は、有効な事務マスターにあるものでなければならない。",
        "the task of an inquiry stands in the master of tasks that is in force",
    ),
    fault: &NOT_IN_MASTER,
    off: Text::fixed(
        "存在しない事務の照会も受け付ける。",
        "an inquiry for a task that does not exist is accepted",
    ),
};

/// The procedure stands in the masters and belongs to the task.
pub static PROCEDURE_OF_TASK: Rule = Rule {
    code: "R-INQ-02",
    phase: PHASE,
    mark: Mark::Assumption,
    text: Text::fixed(
        "照会の事務手続は、有効な事務手続マスターにあり、その事務に属するものでなければならない。",
        "the procedure of an inquiry stands in the master in force, and belongs to the task",
    ),
    fault: &NOT_IN_MASTER,
    off: Text::fixed(
        "存在しない事務手続又は別の事務の手続による照会も受け付ける。",
        "an inquiry for a procedure that does not exist, or of another task, is accepted",
    ),
};

/// The item stands in the masters.
pub static ITEM_KNOWN: Rule = Rule {
    code: "R-INQ-03",
    phase: PHASE,
    mark: Mark::Source,
    text: Text::fixed(
        "照会する特定個人情報は、有効なマスターにあるものでなければならない。",
        "the item of an inquiry stands in the master in force",
    ),
    fault: &NOT_IN_MASTER,
    off: Text::fixed(
        "存在しない特定個人情報の照会も受け付ける。",
        "an inquiry for an item that does not exist is accepted",
    ),
};

/// The provider takes part and is not abolished.
pub static PROVIDER_KNOWN: Rule = Rule {
    code: "R-INQ-04",
    phase: PHASE,
    mark: Mark::Source,
    text: Text::fixed(
        "照会先は、有効な機関マスターにあり、廃止されていない機関でなければならない。",
        "the provider stands in the master of institutions that is in force, and is not abolished",
    ),
    fault: &BAD_PROVIDER,
    off: Text::fixed(
        "存在しない機関又は廃止された機関への照会も受け付ける。",
        "an inquiry to an institution that does not exist, or is abolished, is accepted",
    ),
};

/// Nobody asks themselves.
pub static PROVIDER_IS_ANOTHER: Rule = Rule {
    code: "R-INQ-05",
    phase: PHASE,
    mark: Mark::Assumption,
    text: Text::fixed(
        "照会先は、照会者とは別の機関でなければならない（首長部局と教育委員会は別の機関である）。",
        "the provider is another institution than the inquirer; mayor's office and board of education are two",
    ),
    fault: &BAD_PROVIDER,
    off: Text::fixed(
        "自機関への照会も受け付ける。",
        "an inquiry to the sender itself is accepted",
    ),
};

/// What is kept by year is asked with a year or a period, what is not without a year.
pub static TIME_FITS_ITEM: Rule = Rule {
    code: "R-INQ-06",
    phase: PHASE,
    mark: Mark::Assumption,
    text: Text::fixed(
        "年度ごとの情報の照会には年度又は期間を、その他の情報の照会には年度を指定せずに行わなければならない。",
        "what is kept by year is asked for with a year or a period, and all else without a year",
    ),
    fault: &BAD_TIME,
    off: Text::fixed(
        "年度の有無を問わず受け付ける（該当する副本なしとなる）。",
        "an inquiry is accepted with or without a year; no copy fits it",
    ),
};

/// The year is neither in the future nor too long ago.
pub static YEAR_IN_RANGE: Rule = Rule {
    code: "R-INQ-07",
    phase: PHASE,
    mark: Mark::Assumption,
    text: Text::fixed(
        "照会する年度は、当年から7年前までの年でなければならない。",
        "the year asked for is this one or one of the seven before it",
    ),
    fault: &BAD_TIME,
    off: Text::fixed(
        "将来又は古い年度の照会も受け付ける。",
        "inquiries for years to come, or long ago, are accepted",
    ),
};

/// The period does not end before it begins.
pub static PERIOD_IN_ORDER: Rule = Rule {
    code: "R-INQ-08",
    phase: PHASE,
    mark: Mark::Assumption,
    text: Text::fixed(
        "照会する期間の終了日は、開始日以後でなければならない。",
        "the period asked for does not end before it begins",
    ),
    fault: &BAD_TIME,
    off: Text::fixed(
        "逆転した期間の照会も受け付ける（該当する副本なしとなる）。",
        "a reversed period is accepted; no copy fits it",
    ),
};

/// A period has at most five years, counted as the Civil Code counts.
pub static PERIOD_WITHIN_FIVE_YEARS: Rule = Rule {
    code: "R-INQ-09",
    phase: PHASE,
    mark: Mark::Assumption,
    text: Text::fixed(
        "照会する期間は5年以内でなければならない。期間は応当日の前日に満了し、応当日がないときはその月の末日に満了する（民法第143条の数え方）。",
        "the period asked for has at most five years, ending on the day before the corresponding day, or on the month's last where there is none (counted as in article 143 of the Civil Code)",
    ),
    fault: &BAD_TIME,
    off: Text::fixed(
        "5年を超える期間の照会も受け付ける。",
        "a period of more than five years is accepted",
    ),
};

/// Consent is given where the item needs it.
pub static CONSENT_GIVEN: Rule = Rule {
    code: "R-INQ-10",
    phase: PHASE,
    mark: Mark::Source,
    text: Text::fixed(
        "本人の同意を要する特定個人情報は、同意がなければ照会できない。",
        "an item that needs the person's consent is asked for with consent alone",
    ),
    fault: &NO_CONSENT,
    off: Text::fixed(
        "同意のない照会も受け付ける。",
        "an inquiry without consent is accepted",
    ),
};

/// The atena number is registered and linked.
pub static PERSON_LINKED: Rule = Rule {
    code: "R-INQ-11",
    phase: PHASE,
    mark: Mark::Source,
    text: Text::fixed(
        "照会する団体内統合宛名番号は、登録され、符号が紐付いていなければならない。",
        "the atena number of an inquiry is registered and linked with a code",
    ),
    fault: &NO_LINK,
    off: Text::fixed(
        "紐付けのない番号の照会も受け付ける（該当者なしとなる）。",
        "an inquiry about a number without a link is accepted; the provider knows nobody",
    ),
};

/// The link is confirmed.
pub static LINK_CONFIRMED: Rule = Rule {
    code: "R-INQ-12",
    phase: PHASE,
    mark: Mark::Assumption,
    text: Text::fixed(
        "符号の紐付けは、照会の前に確認されていなければならない。",
        "the link of an atena number is confirmed before anything is asked by it",
    ),
    fault: &NO_LINK,
    off: Text::fixed(
        "確認前の紐付けによる照会も受け付ける。",
        "an inquiry by a link that is not confirmed is accepted",
    ),
};

/// A batch is not over the limit.
pub static BATCH_WITHIN_LIMIT: Rule = Rule {
    code: "R-INQ-13",
    phase: PHASE,
    mark: Mark::Source,
    text: Text::fixed(
        "一括照会の件数は、上限以下でなければならない。超えるときは全件を受け付けない。",
        "a batch holds no more inquiries than the limit; one that does is refused whole",
    ),
    fault: &BAD_BATCH,
    off: Text::fixed(
        "上限を超える一括照会も受け付ける。",
        "a batch over the limit is accepted",
    ),
};

/// A batch is for one procedure.
pub static BATCH_OF_ONE_PROCEDURE: Rule = Rule {
    code: "R-INQ-14",
    phase: PHASE,
    mark: Mark::Assumption,
    text: Text::fixed(
        "一括照会は、一つの事務手続について行わなければならない。",
        "all inquiries of a batch are for one procedure of one task",
    ),
    fault: &BAD_BATCH,
    off: Text::fixed(
        "複数の事務手続が混在する一括照会も受け付ける。",
        "a batch in which procedures are mixed is accepted",
    ),
};

/// A batch asks nothing twice.
pub static BATCH_ASKS_ONCE: Rule = Rule {
    code: "R-INQ-15",
    phase: PHASE,
    mark: Mark::Assumption,
    text: Text::fixed(
        "一括照会に、同じ照会が二度含まれてはならない。",
        "a batch does not hold the same inquiry twice",
    ),
    fault: &BAD_BATCH,
    off: Text::fixed(
        "重複する照会も、それぞれ受け付ける。",
        "what stands twice is asked twice",
    ),
};
