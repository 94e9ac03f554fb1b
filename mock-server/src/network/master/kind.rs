//! The kinds of masters, and where a version stands.

/// A kind of master. [A: the kinds are ours]
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum MasterKind {
    /// Who takes part.
    Institutions,
    /// What the law names as tasks.
    Tasks,
    /// The procedures of each task.
    Procedures,
    /// What is provided.
    SpecificPersonalInformation,
    /// The fields of each item.
    Layouts,
    /// Who may ask whom for what.
    PermissionList,
    /// Who acts for whom.
    Delegations,
}

impl MasterKind {
    /// All kinds, in the contract's order.
    pub const ALL: [Self; 7] = [
        Self::Institutions,
        Self::Tasks,
        Self::Procedures,
        Self::SpecificPersonalInformation,
        Self::Layouts,
        Self::PermissionList,
        Self::Delegations,
    ];

    /// The form, as a fault names it.
    pub const FORM: &'static str = "institutions, tasks, procedures, specific-personal-information, layouts, permission-list, delegations";

    /// The kind of a value in the contract.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == name)
    }

    /// The value in the contract.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Institutions => "institutions",
            Self::Tasks => "tasks",
            Self::Procedures => "procedures",
            Self::SpecificPersonalInformation => "specific-personal-information",
            Self::Layouts => "layouts",
            Self::PermissionList => "permission-list",
            Self::Delegations => "delegations",
        }
    }

    /// What an official calls it.
    pub fn ja(self) -> &'static str {
        match self {
            Self::Institutions => "機関",
            Self::Tasks => "事務",
            Self::Procedures => "手続",
            Self::SpecificPersonalInformation => "特定個人情報",
            Self::Layouts => "レイアウト",
            Self::PermissionList => "照会許可用照合リスト",
            Self::Delegations => "委任",
        }
    }
}

/// Where a version stands at a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MasterState {
    /// Its last day is over.
    Past,
    /// It holds today.
    InForce,
    /// Its first day is still to come.
    Future,
}

impl MasterState {
    /// The value in the contract.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Past => "past",
            Self::InForce => "in-force",
            Self::Future => "future",
        }
    }
}
