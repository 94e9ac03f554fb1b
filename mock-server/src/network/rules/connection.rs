//! Rules of the connection application (phase 0).

use crate::{
    network::rules::{FaultCode, Mark, Retry, Rule},
    text::Text,
};

static SUSPENDED: FaultCode = FaultCode {
    code: "F-CON-02",
    text: Text::fixed("利用が停止されています。", "the institution is suspended"),
    next: Text::fixed(
        "停止の理由を運用者に確認し、再開後に再度送信してください。",
        "ask the operator why, and send again once it is resumed",
    ),
    retry: Retry::SameRequest,
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

static APPLIED_BEFORE: FaultCode = FaultCode {
    code: "F-CON-03",
    text: Text::fixed(
        "既に接続申請が受け付けられています。",
        "an application was received before",
    ),
    next: Text::fixed(
        "接続申請の状況を確認してください。",
        "ask for the status of the application",
    ),
    retry: Retry::Never,
};

static APPLICANT_DIFFERS: FaultCode = FaultCode {
    code: "F-CON-04",
    text: Text::fixed(
        "申請書の機関コードが、送信した機関と異なります。",
        "the application names another institution than its sender",
    ),
    next: Text::fixed(
        "首長部局と教育委員会は、それぞれ申請してください。",
        "mayor's office and board of education each apply for themselves",
    ),
    retry: Retry::Corrected,
};

static NAME_DIFFERS: FaultCode = FaultCode {
    code: "F-CON-05",
    text: Text::fixed(
        "申請書の機関名が、機関マスターの名称と異なります。",
        "the name in the application is not that of the institutions master",
    ),
    next: Text::fixed(
        "機関マスターの名称を確認してください。字体の違い（髙・高など）も区別されます。",
        "look at the name in the institutions master; variants of a character count as different",
    ),
    retry: Retry::Corrected,
};

static UNKNOWN_TASK: FaultCode = FaultCode {
    code: "F-CON-06",
    text: Text::fixed(
        "申請された事務は、事務マスターにありません。",
        "the task is not in the tasks master",
    ),
    next: Text::fixed(
        "事務マスターの有効な版を確認してください。",
        "look at the version of the tasks master that is in force",
    ),
    retry: Retry::Corrected,
};

static NOT_ASSESSED: FaultCode = FaultCode {
    code: "F-CON-07",
    text: Text::fixed(
        "特定個人情報保護評価が実施されていません。",
        "the impact assessment is not done",
    ),
    next: Text::fixed(
        "評価を実施し、評価書を公表してから申請してください。",
        "do the assessment and publish it, then apply",
    ),
    retry: Retry::Corrected,
};

static NOT_FILED: FaultCode = FaultCode {
    code: "F-CON-08",
    text: Text::fixed(
        "独自利用事務の届出がされていません。",
        "the ordinance task is not filed",
    ),
    next: Text::fixed("届出の完了後に申請してください。", "apply once it is filed"),
    retry: Retry::Corrected,
};

static UNKNOWN_DELEGATION: FaultCode = FaultCode {
    code: "F-CON-09",
    text: Text::fixed(
        "委任マスターにない委任です。",
        "the delegation is not in the delegations master",
    ),
    next: Text::fixed(
        "委任先と事務を確認してください。",
        "check delegate and task",
    ),
    retry: Retry::Corrected,
};

static UNKNOWN_PARTNER: FaultCode = FaultCode {
    code: "F-CON-10",
    text: Text::fixed(
        "相手機関が登録されていないか、自機関です。",
        "the partner is not registered, or the applicant itself",
    ),
    next: Text::fixed(
        "相手機関と合意した内容及び機関コードを確認してください。",
        "check what was agreed with the partner, and its code",
    ),
    retry: Retry::Corrected,
};

static ABOLISHED_PARTNER: FaultCode = FaultCode {
    code: "F-CON-11",
    text: Text::fixed("相手機関は廃止されています。", "the partner is abolished"),
    next: Text::fixed(
        "合併前のコードを使用していないか確認し、承継機関を指定してください。",
        "check whether it is the code of before a merger, and name the successor",
    ),
    retry: Retry::Corrected,
};

static SCHEDULE_REVERSED: FaultCode = FaultCode {
    code: "F-CON-12",
    text: Text::fixed(
        "日程の終了日が開始日より前です。",
        "the schedule ends before it begins",
    ),
    next: Text::fixed(
        "開始日と終了日を確認してください。",
        "check the first and the last day",
    ),
    retry: Retry::Corrected,
};

static SCHEDULE_PAST: FaultCode = FaultCode {
    code: "F-CON-13",
    text: Text::fixed(
        "日程の開始日が過ぎています。",
        "the first day of the schedule is over",
    ),
    next: Text::fixed(
        "相手機関と日程を調整してください。",
        "agree on other days with the partner",
    ),
    retry: Retry::Corrected,
};

/// The institution is not stopped for the time being.
pub static NOT_SUSPENDED: Rule = Rule {
    code: "R-CON-02",
    phase: "connection",
    mark: Mark::Assumption,
    text: Text::fixed(
        "利用停止中の機関は、申請状況の確認以外を行うことができない。",
        "a suspended institution may ask for its status, and nothing else",
    ),
    fault: &SUSPENDED,
    off: Text::fixed(
        "利用停止中の機関にも応答する。",
        "a suspended institution is answered",
    ),
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

/// One application at a time.
pub static MAY_APPLY: Rule = Rule {
    code: "R-CON-03",
    phase: "connection",
    mark: Mark::Assumption,
    text: Text::fixed(
        "接続申請は、未申請又は不承認の機関のみが行うことができる。",
        "only an institution that has not applied, or was rejected, may apply",
    ),
    fault: &APPLIED_BEFORE,
    off: Text::fixed(
        "申請中又は承認済みの機関の申請も受け付け、前の申請と置き換える。",
        "an application takes the place of the one before",
    ),
};

/// The application is for the institution that sends it.
pub static APPLICANT_AGREES: Rule = Rule {
    code: "R-CON-04",
    phase: "connection",
    mark: Mark::Assumption,
    text: Text::fixed(
        "申請書の機関コードは、送信した機関のものでなければならない。",
        "the institution code in the application is that of the sender",
    ),
    fault: &APPLICANT_DIFFERS,
    off: Text::fixed(
        "申請書の機関コードを確認せず、送信した機関の申請として受け付ける。",
        "the code in the application is not looked at; it counts as the sender's",
    ),
};

/// The applicant's name is the one in the institutions master.
pub static NAME_AGREES: Rule = Rule {
    code: "R-CON-05",
    phase: "connection",
    mark: Mark::Assumption,
    text: Text::fixed(
        "申請書の機関名は、機関マスターの名称と一致しなければならない。",
        "the name in the application is the one in the institutions master",
    ),
    fault: &NAME_DIFFERS,
    off: Text::fixed(
        "機関名を確認せずに受け付ける。",
        "the name is not looked at",
    ),
};

/// Every task of the application is in the tasks master.
pub static TASK_KNOWN: Rule = Rule {
    code: "R-CON-06",
    phase: "connection",
    mark: Mark::Assumption,
    text: Text::fixed(
        "接続申請の事務は、事務マスターに登録されていなければならない。",
        "every task in an application is in the tasks master",
    ),
    fault: &UNKNOWN_TASK,
    off: Text::fixed(
        "事務マスターにない事務も受け付ける。",
        "a task that is not in the master is taken",
    ),
};

/// The impact assessment of every task is done.
pub static IMPACT_ASSESSED: Rule = Rule {
    code: "R-CON-07",
    phase: "connection",
    mark: Mark::Law,
    text: Text::fixed(
        "特定個人情報保護評価が未実施の事務は、接続申請することができない。",
        "no task may be connected of which the impact assessment is not done",
    ),
    fault: &NOT_ASSESSED,
    off: Text::fixed(
        "評価が未実施の事務の申請も受け付ける。",
        "a task without an impact assessment is taken",
    ),
};

/// Every ordinance task (独自利用事務) is filed.
pub static ORDINANCE_FILED: Rule = Rule {
    code: "R-CON-08",
    phase: "connection",
    mark: Mark::Law,
    text: Text::fixed(
        "独自利用事務は、条例を定め、個人情報保護委員会に届け出なければならない。",
        "a task of an ordinance is filed with the Personal Information Protection Commission",
    ),
    fault: &NOT_FILED,
    off: Text::fixed(
        "届出のない独自利用事務の申請も受け付ける。",
        "an ordinance task is taken without its filing",
    ),
};

/// Every delegation of the application is in the delegations master.
pub static DELEGATION_KNOWN: Rule = Rule {
    code: "R-CON-09",
    phase: "connection",
    mark: Mark::Assumption,
    text: Text::fixed(
        "委任情報は、委任マスターに登録された委任元・委任先・事務の組合せでなければならない。",
        "a delegation is a combination of institution, delegate and task in the delegations master",
    ),
    fault: &UNKNOWN_DELEGATION,
    off: Text::fixed(
        "委任マスターにない委任も受け付ける。",
        "a delegation that is not in the master is taken",
    ),
};

/// The partner is another institution that is known.
pub static PARTNER_KNOWN: Rule = Rule {
    code: "R-CON-10",
    phase: "connection",
    mark: Mark::Assumption,
    text: Text::fixed(
        "試験の相手機関は、機関マスターに登録された他の機関でなければならない。",
        "the partner is another institution of the institutions master",
    ),
    fault: &UNKNOWN_PARTNER,
    off: Text::fixed(
        "相手機関を確認せずに受け付ける。",
        "the partner is not looked at",
    ),
};

/// The partner is not abolished.
pub static PARTNER_STANDS: Rule = Rule {
    code: "R-CON-11",
    phase: "connection",
    mark: Mark::Assumption,
    text: Text::fixed(
        "廃止された機関（合併前の機関など）を相手機関とすることはできない。",
        "an institution that is no more, as before a merger, is no partner",
    ),
    fault: &ABOLISHED_PARTNER,
    off: Text::fixed(
        "廃止された機関も相手機関として受け付ける。",
        "an abolished institution is taken as a partner",
    ),
};

/// The schedule does not end before it begins.
pub static SCHEDULE_IN_ORDER: Rule = Rule {
    code: "R-CON-12",
    phase: "connection",
    mark: Mark::Assumption,
    text: Text::fixed(
        "試験の日程は、終了日が開始日以後でなければならない。",
        "the schedule does not end before it begins",
    ),
    fault: &SCHEDULE_REVERSED,
    off: Text::fixed(
        "日程の前後を確認せずに受け付ける。",
        "a schedule that ends before it begins is taken",
    ),
};

/// The schedule begins today or later.
pub static SCHEDULE_AHEAD: Rule = Rule {
    code: "R-CON-13",
    phase: "connection",
    mark: Mark::Assumption,
    text: Text::fixed(
        "試験の開始日は、申請の日以後でなければならない。",
        "the schedule begins on the day of the application or later",
    ),
    fault: &SCHEDULE_PAST,
    off: Text::fixed(
        "過去の開始日も受け付ける。",
        "a first day in the past is taken",
    ),
};

/// In the order in which they are tried.
pub static RULES: &[&Rule] = &[
    &NOT_SUSPENDED,
    &CONNECTION_APPROVED,
    &MAY_APPLY,
    &APPLICANT_AGREES,
    &NAME_AGREES,
    &TASK_KNOWN,
    &IMPACT_ASSESSED,
    &ORDINANCE_FILED,
    &DELEGATION_KNOWN,
    &PARTNER_KNOWN,
    &PARTNER_STANDS,
    &SCHEDULE_IN_ORDER,
    &SCHEDULE_AHEAD,
];
