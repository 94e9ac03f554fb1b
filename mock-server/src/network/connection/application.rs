//! What an institution says when it applies.

use jiff::civil::Date;

use crate::network::types::{InstitutionCode, Key};

/// An application for connection.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Application {
    /// The institution that applies, as the application names it.
    pub institution: InstitutionCode,
    /// Its name, as in the institutions master.
    pub name: String,
    /// Who acts for it, and in which tasks.
    pub delegations: Vec<Delegation>,
    /// With whom it agreed to test.
    pub partner: InstitutionCode,
    /// When.
    pub schedule: Schedule,
    /// For which tasks it is to be connected.
    pub tasks: Vec<TaskApplication>,
}

/// Another institution acts for the applicant in a task.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Delegation {
    /// Who acts.
    pub to: InstitutionCode,
    /// In which task.
    pub task: Key,
}

/// When the test is to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Schedule {
    /// The first day.
    pub from: Date,
    /// The last day.
    pub to: Date,
}

/// A task for which an institution is to be connected.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TaskApplication {
    /// The task.
    pub task: Key,
    /// When its impact assessment (特定個人情報保護評価) was done; none where it was not.
    pub assessed_on: Option<Date>,
    /// When the ordinance was filed (独自利用事務の届出); none where it was not.
    pub ordinance_filed_on: Option<Date>,
}
