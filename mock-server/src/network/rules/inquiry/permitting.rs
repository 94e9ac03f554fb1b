//! At the core: what is permitted, and for how long.

use super::PHASE;
use crate::{
    network::rules::{FaultCode, Mark, Retry, Rule},
    text::Text,
};

static NOT_PERMITTED: FaultCode = FaultCode {
    code: "F-INQ-10",
    text: Text::fixed(
        "情報提供が許可されませんでした。",
        "the provision was not permitted",
    ),
    next: Text::fixed(
        "示された理由（委任、照会許可用照合リスト、特定個人情報保護評価、独自利用事務の届出、マスターの適用）を確認してください。",
        "look at the reason: the delegation, the permission list, the impact assessment, the filing of the ordinance task, or the masters",
    ),
    retry: Retry::Never,
};

static NO_VALID_PERMIT: FaultCode = FaultCode {
    code: "F-INQ-11",
    text: Text::fixed(
        "情報提供許可証の有効期限を過ぎたため、提供できません。",
        "the provision permit has run out; nothing can be provided by it",
    ),
    next: Text::fixed(
        "照会者が改めて照会する必要があります。",
        "the inquirer has to ask again",
    ),
    retry: Retry::Never,
};

/// Who acts for another does so by a delegation in force.
pub static DELEGATION_KNOWN: Rule = Rule {
    code: "R-INQ-24",
    phase: PHASE,
    mark: Mark::Assumption,
    text: Text::fixed(
        "委任を受けて行う照会は、委任元・照会者・事務の組合せが有効な委任マスターになければ許可されない。許可の要否は委任元について判定する。",
        "an inquiry for another institution is permitted only where delegator, inquirer and task stand together in the master of delegations in force; all else is judged for the delegator",
    ),
    fault: &NOT_PERMITTED,
    off: Text::fixed(
        "委任マスターにない委任による照会も、委任元について判定する。",
        "a delegation that is not in the master counts too",
    ),
};

/// A delegation was registered by the institution that delegates.
pub static DELEGATION_REGISTERED: Rule = Rule {
    code: "R-INQ-25",
    phase: PHASE,
    mark: Mark::Assumption,
    text: Text::fixed(
        "委任を受けて行う照会は、委任元の接続が承認されており、その接続申請に委任が登録されていなければ許可されない。",
        "an inquiry for another institution is permitted only while that institution is approved, and its application registers the delegation",
    ),
    fault: &NOT_PERMITTED,
    off: Text::fixed(
        "登録していない委任元や、利用停止中の委任元に代わる照会も許可する。",
        "an inquiry is permitted for an institution that did not register the delegation, or is suspended",
    ),
};

/// The inquirer assessed its task.
pub static IMPACT_ASSESSED: Rule = Rule {
    code: "R-INQ-19",
    phase: PHASE,
    mark: Mark::Law,
    text: Text::fixed(
        "特定個人情報保護評価を実施していない事務の照会は、提供者に通知されない（番号法第21条第2項、第28条）。",
        "an inquiry for a task without an impact assessment is not forwarded (Number Use Act, articles 21(2) and 28)",
    ),
    fault: &NOT_PERMITTED,
    off: Text::fixed(
        "評価を実施していない事務の照会も許可する。",
        "an inquiry for a task that was not assessed is permitted",
    ),
};

/// An ordinance task is filed.
pub static ORDINANCE_FILED: Rule = Rule {
    code: "R-INQ-20",
    phase: PHASE,
    mark: Mark::Law,
    text: Text::fixed(
        "独自利用事務の照会は、その届出がなければ許可されない。",
        "an inquiry for a task of an ordinance is permitted only where the task was filed",
    ),
    fault: &NOT_PERMITTED,
    off: Text::fixed(
        "届出のない独自利用事務の照会も許可する。",
        "an inquiry for an ordinance task that was not filed is permitted",
    ),
};

/// The quadruple stands in the permission list.
pub static QUADRUPLE_PERMITTED: Rule = Rule {
    code: "R-INQ-21",
    phase: PHASE,
    mark: Mark::Law,
    text: Text::fixed(
        "照会者、事務、提供者及び特定個人情報の組合せが照会許可用照合リストになければ、提供は許可されない。",
        "provision is permitted only where inquirer, task, provider and item stand together in the permission list",
    ),
    fault: &NOT_PERMITTED,
    off: Text::fixed(
        "リストにない組合せの照会も許可する。",
        "an inquiry whose quadruple is not in the list is permitted",
    ),
};

/// The provider applied the masters in force.
pub static PROVIDER_UP_TO_DATE: Rule = Rule {
    code: "R-INQ-22",
    phase: PHASE,
    mark: Mark::Assumption,
    text: Text::fixed(
        "提供者が有効な版のマスターを適用していなければ、提供は許可されない。",
        "provision is permitted only where the provider has applied the masters in force",
    ),
    fault: &NOT_PERMITTED,
    off: Text::fixed(
        "マスターを適用していない提供者への照会も許可する。",
        "an inquiry to a provider that did not apply the masters is permitted",
    ),
};

/// A permit is valid when something is provided by it.
pub static PERMIT_VALID: Rule = Rule {
    code: "R-INQ-23",
    phase: PHASE,
    mark: Mark::Assumption,
    text: Text::fixed(
        "提供は、情報提供許可証の有効期間内に行わなければならない。",
        "information is provided while its permit is valid",
    ),
    fault: &NO_VALID_PERMIT,
    off: Text::fixed(
        "許可証の期限が切れても、照会は失効せず、提供できる。",
        "an inquiry does not end with its permit, and can be answered after it",
    ),
};
