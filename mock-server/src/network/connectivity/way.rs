//! From which business system a message comes, and how it asks.

use serde::{Deserialize, Serialize};

/// On which way a message goes: from which business system, and how it asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Way {
    /// The business system from which it comes.
    pub system: System,
    /// How it asks.
    pub mode: Mode,
}

/// A business system of an institution. [A: the list is ours]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum System {
    /// Residents.
    Residents,
    /// Tax.
    Tax,
    /// Child allowance.
    ChildAllowance,
    /// Welfare.
    Welfare,
    /// Nursing insurance.
    NursingInsurance,
    /// Support of people with disabilities.
    Disability,
    /// Study support.
    StudySupport,
}

impl System {
    /// All of them.
    pub const ALL: [Self; 7] = [
        Self::Residents,
        Self::Tax,
        Self::ChildAllowance,
        Self::Welfare,
        Self::NursingInsurance,
        Self::Disability,
        Self::StudySupport,
    ];

    /// The value in the contract.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Residents => "residents",
            Self::Tax => "tax",
            Self::ChildAllowance => "child-allowance",
            Self::Welfare => "welfare",
            Self::NursingInsurance => "nursing-insurance",
            Self::Disability => "disability",
            Self::StudySupport => "study-support",
        }
    }

    /// The one of this name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|system| system.as_str() == name)
    }
}

/// How is asked.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, schemars::JsonSchema,
)]
#[serde(rename_all = "kebab-case")]
pub enum Mode {
    /// At once.
    Online,
    /// Many in one.
    Batch,
}

impl Mode {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Online, Self::Batch];

    /// The value in the contract.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Online => "online",
            Self::Batch => "batch",
        }
    }

    /// The one of this name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|mode| mode.as_str() == name)
    }
}
