//! Rules of the masters (phases 1 and 5).

use crate::{
    network::rules::{FaultCode, Mark, Retry, Rule},
    text::Text,
};

static NOT_UP_TO_DATE: FaultCode = FaultCode {
    code: "F-MAS-11",
    text: Text::fixed(
        "有効な版のマスターが適用されていません。",
        "the version in force of a master is not applied",
    ),
    next: Text::fixed(
        "マスターの一覧を取得し、示された種別の有効な版を取得・適用して報告してください。",
        "list the masters, then fetch, apply and report the version in force of the kind that is named",
    ),
    retry: Retry::SameRequest,
};

static UNKNOWN_VERSION: FaultCode = FaultCode {
    code: "F-MAS-01",
    text: Text::fixed(
        "この版は公開されていません。",
        "no such version is published",
    ),
    next: Text::fixed(
        "マスターの一覧で版を確認してください。",
        "look for the version in the list of masters",
    ),
    retry: Retry::Corrected,
};

static WITHDRAWN: FaultCode = FaultCode {
    code: "F-MAS-02",
    text: Text::fixed("この版は取り下げられました。", "the version was withdrawn"),
    next: Text::fixed(
        "マスターの一覧を取得し、有効な版を再適用してください。",
        "list the masters, and apply the version in force again",
    ),
    retry: Retry::Corrected,
};

static BASE_SKIPS: FaultCode = FaultCode {
    code: "F-MAS-03",
    text: Text::fixed(
        "差分の基準となる版が、直前の版ではありません。",
        "the base is not the version before",
    ),
    next: Text::fixed(
        "間の版を順に適用するか、全件を取得してください。",
        "apply the versions between in their order, or fetch the version in full",
    ),
    retry: Retry::Corrected,
};

static UNKNOWN_PAGE: FaultCode = FaultCode {
    code: "F-MAS-04",
    text: Text::fixed("指定されたページはありません。", "there is no such page"),
    next: Text::fixed(
        "最初のページから取得し直してください。",
        "fetch again from the first page",
    ),
    retry: Retry::Corrected,
};

static TOO_EARLY: FaultCode = FaultCode {
    code: "F-MAS-05",
    text: Text::fixed(
        "施行日前の版は適用できません。",
        "the version is not in force yet",
    ),
    next: Text::fixed(
        "施行日の0時以降に適用して報告してください。それまでは現行の版が有効です。",
        "apply and report it from 00:00 of its first day; until then the present version holds",
    ),
    retry: Retry::Corrected,
};

static OVER: FaultCode = FaultCode {
    code: "F-MAS-06",
    text: Text::fixed(
        "この版の適用期間は終了しています。",
        "the last day of the version is over",
    ),
    next: Text::fixed(
        "有効な版を取得・適用してください。",
        "fetch and apply the version in force",
    ),
    retry: Retry::Corrected,
};

static NOT_FETCHED: FaultCode = FaultCode {
    code: "F-MAS-07",
    text: Text::fixed(
        "この版の取得が完了していません。",
        "the version was not fetched to its last page",
    ),
    next: Text::fixed(
        "すべてのページを取得・適用してから報告してください。応答が途中で切れた場合は、そのページから取得し直してください。",
        "fetch and apply every page before reporting; where an answer was cut, fetch from that page again",
    ),
    retry: Retry::Corrected,
};

static NOT_ON_BASE: FaultCode = FaultCode {
    code: "F-MAS-08",
    text: Text::fixed(
        "差分の基準となる版が適用されていません。",
        "the base of the changes is not what is applied",
    ),
    next: Text::fixed(
        "基準となる版を先に適用するか、全件を適用してください。",
        "apply the base first, or the version in full",
    ),
    retry: Retry::Corrected,
};

static COUNT_DIFFERS: FaultCode = FaultCode {
    code: "F-MAS-09",
    text: Text::fixed(
        "件数が公開されたものと一致しません。",
        "the count is not the published one",
    ),
    next: Text::fixed(
        "旧版を維持したまま、取得し直してください。",
        "keep the old version, and fetch again",
    ),
    retry: Retry::Corrected,
};

static DIGEST_DIFFERS: FaultCode = FaultCode {
    code: "F-MAS-10",
    text: Text::fixed(
        "ハッシュ値が公開されたものと一致しません。",
        "the digest is not the published one",
    ),
    next: Text::fixed(
        "旧版を維持したまま、取得し直してください。",
        "keep the old version, and fetch again",
    ),
    retry: Retry::Corrected,
};

/// The institution has applied the version in force of every kind.
pub static UP_TO_DATE: Rule = Rule {
    code: "R-MAS-11",
    phase: "master-update",
    mark: Mark::Assumption,
    text: Text::fixed(
        "情報を照会し、又は副本を登録・更新する機関は、全種別のマスターについて有効な版を適用し、報告していなければならない。",
        "an institution that asks, or registers copies, has applied and reported the version in force of every master",
    ),
    fault: &NOT_UP_TO_DATE,
    off: Text::fixed(
        "マスターが未適用又は旧版の機関の照会及び副本の登録も受け付ける。",
        "an institution with old masters, or none, is let through",
    ),
};

/// The version was published.
pub static VERSION_KNOWN: Rule = Rule {
    code: "R-MAS-01",
    phase: "master",
    mark: Mark::Assumption,
    text: Text::fixed(
        "取得及び適用できるのは、公開された版のみである。",
        "only a published version is fetched or applied",
    ),
    fault: &UNKNOWN_VERSION,
    off: Text::fixed(
        "公開されていない版を、有効な版とみなす。",
        "a version that never was stands for the one in force",
    ),
};

/// The version was not withdrawn.
pub static NOT_WITHDRAWN: Rule = Rule {
    code: "R-MAS-02",
    phase: "master-update",
    mark: Mark::Assumption,
    text: Text::fixed(
        "取り下げられた版は、取得も適用もできない。",
        "a withdrawn version is neither fetched nor applied",
    ),
    fault: &WITHDRAWN,
    off: Text::fixed(
        "取り下げられた版も、取得・適用の報告の対象とする。",
        "a withdrawn version is handed out and taken",
    ),
};

/// Changes lead from the version before.
pub static BASE_IS_PREDECESSOR: Rule = Rule {
    code: "R-MAS-03",
    phase: "master",
    mark: Mark::Assumption,
    text: Text::fixed(
        "差分は、直前の版からのもののみを取得できる。",
        "changes are fetched from the version before, one version at a time",
    ),
    fault: &BASE_SKIPS,
    off: Text::fixed(
        "任意の版からの差分を返す。",
        "changes from any version are handed out",
    ),
};

/// A page is one that the network named.
pub static PAGE_KNOWN: Rule = Rule {
    code: "R-MAS-04",
    phase: "master",
    mark: Mark::Assumption,
    text: Text::fixed(
        "続きのページは、同じ種別・版・基準の応答に示されたものでなければならない。",
        "a page is one that an answer for the same kind, version and base named",
    ),
    fault: &UNKNOWN_PAGE,
    off: Text::fixed(
        "誤ったページの要求に、最初のページを返す。",
        "for a wrong page the first one is handed out",
    ),
};

/// No version is applied before its first day.
pub static NOT_EARLY: Rule = Rule {
    code: "R-MAS-05",
    phase: "master",
    mark: Mark::Assumption,
    text: Text::fixed(
        "施行日前の版を適用することはできない。",
        "no version is applied before its first day",
    ),
    fault: &TOO_EARLY,
    off: Text::fixed(
        "施行日前の適用の報告も受け付ける。",
        "a version is taken as applied before its first day",
    ),
};

/// No version is applied after its last day.
pub static NOT_PAST: Rule = Rule {
    code: "R-MAS-06",
    phase: "master",
    mark: Mark::Assumption,
    text: Text::fixed(
        "適用期間が終了した版を適用することはできない。",
        "no version is applied after its last day",
    ),
    fault: &OVER,
    off: Text::fixed(
        "終了した版の適用の報告も受け付ける。",
        "a version whose last day is over is taken as applied",
    ),
};

/// A version is fetched to its last page before its application is reported.
pub static FETCHED: Rule = Rule {
    code: "R-MAS-07",
    phase: "master",
    mark: Mark::Assumption,
    text: Text::fixed(
        "適用の報告は、その版（差分の場合はその差分）の全ページを取得した後でなければならない。",
        "an application is reported after every page of it was fetched",
    ),
    fault: &NOT_FETCHED,
    off: Text::fixed(
        "取得していない版の適用の報告も受け付ける。",
        "an application is taken of what was not fetched",
    ),
};

/// Changes are applied on the version from which they lead.
pub static CHANGES_ON_BASE: Rule = Rule {
    code: "R-MAS-08",
    phase: "master",
    mark: Mark::Assumption,
    text: Text::fixed(
        "差分は、その基準となる版を適用している機関のみが適用できる。",
        "changes are applied on the version from which they lead",
    ),
    fault: &NOT_ON_BASE,
    off: Text::fixed(
        "基準となる版を適用していない機関の差分適用も受け付ける。",
        "changes are taken as applied on any version",
    ),
};

/// The count that is reported is the published one.
pub static COUNT_AGREES: Rule = Rule {
    code: "R-MAS-09",
    phase: "master",
    mark: Mark::Assumption,
    text: Text::fixed(
        "報告する件数は、公開された件数と一致しなければならない。",
        "the count that is reported is the published one",
    ),
    fault: &COUNT_DIFFERS,
    off: Text::fixed("件数を確認せずに受け付ける。", "the count is not looked at"),
};

/// The digest that is reported is the published one.
pub static DIGEST_AGREES: Rule = Rule {
    code: "R-MAS-10",
    phase: "master",
    mark: Mark::Assumption,
    text: Text::fixed(
        "報告するハッシュ値は、公開されたハッシュ値と一致しなければならない。",
        "the digest that is reported is the published one",
    ),
    fault: &DIGEST_DIFFERS,
    off: Text::fixed(
        "ハッシュ値を確認せずに受け付ける。",
        "the digest is not looked at",
    ),
};

/// In the order in which they are tried.
pub static RULES: &[&Rule] = &[
    &UP_TO_DATE,
    &VERSION_KNOWN,
    &NOT_WITHDRAWN,
    &BASE_IS_PREDECESSOR,
    &PAGE_KNOWN,
    &NOT_EARLY,
    &NOT_PAST,
    &FETCHED,
    &CHANGES_ON_BASE,
    &COUNT_AGREES,
    &DIGEST_AGREES,
];
