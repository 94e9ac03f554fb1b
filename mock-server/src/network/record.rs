//! The exchange records (情報提供等記録): who asked whom, when, for which item, and what became of it.
//!
//! Three sides keep them: the inquirer, the provider where the inquiry reached it, and the core. They are kept for seven
//! years [L: art. 23, order art. 30]. A request leaves a record even if it is refused or fails, once its caller and its
//! quadruple are readable. [A on the readability] Of a batch that is refused whole each inquiry leaves one. \[A\]
//!
//! A record's number is the receipt number of its inquiry: one count for both, so a refused inquiry has a number too,
//! which its record alone shows. \[A\]
//!
//! Deliberately absent: what was provided. A record holds no body.

pub(crate) mod names;
mod operations;
mod store;

use crate::network::{
    moment::Moment,
    population::PersonId,
    request::RequestKey,
    types::{InstitutionCode, Key, ReceiptNumber},
};

pub use operations::{Answer, Command, Exchange, InstitutionRecord, Page, Period, Role, Selection};
pub(crate) use store::Records;

/// What an inquiry leaves behind.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct RecordEntry {
    /// When it was asked.
    pub(crate) at: Moment,
    /// The request that asked. A retry of one that failed continues its record.
    pub(crate) request: RequestKey,
    /// Who asks.
    pub(crate) inquirer: InstitutionCode,
    /// For whom it acts; none where it asks for itself.
    pub(crate) delegator: Option<InstitutionCode>,
    /// For which task.
    pub(crate) task: Key,
    /// Whom.
    pub(crate) provider: InstitutionCode,
    /// For what.
    pub(crate) item: Key,
    /// About whom; nobody where the atena number leads to nobody.
    pub(crate) person: Option<PersonId>,
    /// What became of it so far.
    pub(crate) outcome: Outcome,
    /// Whether it reached the provider, who then has a record too.
    pub(crate) reached_provider: bool,
}

/// What became of an inquiry.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Outcome {
    /// It is under way.
    Pending,
    /// The law does not allow it, or it was not permitted.
    Denied,
    /// It could not be carried through.
    Failed,
    /// The provider answered.
    Answered,
    /// The provider refused.
    Refused,
    /// The provider has no such record.
    NoCopy,
    /// The provider does not know the person.
    NoPerson,
    /// The inquirer took it back.
    Cancelled,
    /// Nobody fetched the answer in time, or nobody gave one.
    Expired,
}

impl Outcome {
    /// All of them.
    pub const ALL: [Self; 9] = [
        Self::Pending,
        Self::Denied,
        Self::Failed,
        Self::Answered,
        Self::Refused,
        Self::NoCopy,
        Self::NoPerson,
        Self::Cancelled,
        Self::Expired,
    ];

    /// The value in the contract.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Denied => "denied",
            Self::Failed => "failed",
            Self::Answered => "answered",
            Self::Refused => "refused",
            Self::NoCopy => "no-copy",
            Self::NoPerson => "no-person",
            Self::Cancelled => "cancelled",
            Self::Expired => "expired",
        }
    }
}

/// One record, as one side has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Record {
    pub(crate) number: ReceiptNumber,
    pub(crate) at: Moment,
    /// When what became of it was settled.
    pub(crate) concluded: Option<Moment>,
    pub(crate) inquirer: InstitutionCode,
    pub(crate) delegator: Option<InstitutionCode>,
    pub(crate) task: Key,
    pub(crate) provider: InstitutionCode,
    pub(crate) item: Key,
    pub(crate) person: Option<PersonId>,
    pub(crate) outcome: Outcome,
    /// Whether this side marked it as not to be disclosed to the person.
    pub(crate) marked: bool,
}

impl Record {
    /// Whose permission counts: that of the institution for which the inquirer acts, else its own.
    pub(crate) fn permitted_to(&self) -> &InstitutionCode {
        self.delegator.as_ref().unwrap_or(&self.inquirer)
    }

    /// What the permission list allows or not: inquirer, task, provider and item. No part has a stroke in it.
    pub(crate) fn quadruple(&self) -> String {
        let Self {
            task,
            provider,
            item,
            ..
        } = self;
        format!("{}/{task}/{provider}/{item}", self.permitted_to())
    }
}

#[cfg(test)]
pub(crate) mod testing {
    //! A network with records, for the tests of those who read them.

    use super::*;
    use crate::network::{Network, caller::Caller, testing::*, types::RequestId};

    impl Period {
        /// One day.
        pub(crate) fn of_day(day: &str) -> Self {
            Self {
                from: day.parse().unwrap(),
                to: day.parse().unwrap(),
            }
        }
    }

    /// Sapporo's inquiries to the insurer: 1 to 4 about person 1, 5 about person 2. 1 is denied, the others answered;
    /// the inquirer marked 3, the provider 4.
    pub(crate) fn marked() -> Network {
        let [inquirer, provider] =
            ["011002-M", "INS-0001"].map(|code| InstitutionCode::new(code).unwrap());
        let mut network = network();
        for (request, person, outcome) in [
            ("q-1", 1, Outcome::Denied),
            ("q-2", 1, Outcome::Answered),
            ("q-3", 1, Outcome::Answered),
            ("q-4", 1, Outcome::Answered),
            ("q-5", 2, Outcome::Answered),
        ] {
            network.records.add(RecordEntry {
                at: epoch(),
                request: RequestKey::new(
                    &Caller::Institution(inquirer.clone()),
                    &RequestId::new(request).unwrap(),
                ),
                inquirer: inquirer.clone(),
                delegator: None,
                task: Key::new("T-003").unwrap(),
                provider: provider.clone(),
                item: Key::new("INSURANCE").unwrap(),
                person: PersonId::new(person),
                outcome,
                reached_provider: outcome != Outcome::Denied,
            });
        }
        assert!(
            network
                .records
                .mark(&inquirer, &ReceiptNumber::numbered(3), true)
        );
        assert!(
            network
                .records
                .mark(&provider, &ReceiptNumber::numbered(4), true)
        );
        network
    }
}

#[cfg(test)]
mod tests;
