//! What an inquiry is: its states and where they lead, its permit, and how it ended.

use std::sync::Arc;

use jiff::civil::Date;

use crate::network::{
    provision::Given,
    record::{Outcome, names::Name},
    rules::Rule,
};

/// Where an inquiry stands. \[A\]
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum State {
    /// The intermediate server took it.
    Accepted,
    /// The core does not permit it: it is not forwarded.
    Denied,
    /// The core issued a permit.
    Permitted,
    /// It was forwarded to the provider.
    AtProvider,
    /// The provider holds it for a person's decision.
    Held,
    /// The provider answered.
    Answered,
    /// The provider refused.
    Refused,
    /// The provider has no such copy.
    NoCopy,
    /// The provider does not know the person.
    NoPerson,
    /// The inquirer took it back.
    Cancelled,
    /// The inquirer fetched what became of it.
    Fetched,
    /// It was not answered while the permit was valid, or not fetched in time.
    Expired,
}

impl State {
    /// All of them.
    pub const ALL: [Self; 12] = [
        Self::Accepted,
        Self::Denied,
        Self::Permitted,
        Self::AtProvider,
        Self::Held,
        Self::Answered,
        Self::Refused,
        Self::NoCopy,
        Self::NoPerson,
        Self::Cancelled,
        Self::Fetched,
        Self::Expired,
    ];

    /// The value in the contract.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Accepted => "accepted",
            Self::Denied => "denied",
            Self::Permitted => "permitted",
            Self::AtProvider => "at-provider",
            Self::Held => "held",
            Self::Answered => "answered",
            Self::Refused => "refused",
            Self::NoCopy => "no-copy",
            Self::NoPerson => "no-person",
            Self::Cancelled => "cancelled",
            Self::Fetched => "fetched",
            Self::Expired => "expired",
        }
    }

    /// Whether an inquiry may go from this state to another.
    pub fn leads_to(self, next: Self) -> bool {
        match self {
            Self::Accepted => matches!(next, Self::Denied | Self::Permitted | Self::Cancelled),
            // A permit that nobody used runs out; until then the inquiry can be taken back.
            Self::Permitted => {
                matches!(next, Self::AtProvider | Self::Cancelled | Self::Expired)
            }
            Self::AtProvider => matches!(
                next,
                Self::Answered
                    | Self::Held
                    | Self::NoCopy
                    | Self::NoPerson
                    | Self::Cancelled
                    | Self::Expired
            ),
            Self::Held => matches!(
                next,
                Self::Answered | Self::Refused | Self::Cancelled | Self::Expired
            ),
            Self::Answered | Self::Denied | Self::Refused | Self::NoCopy | Self::NoPerson => {
                matches!(next, Self::Fetched | Self::Expired)
            }
            Self::Cancelled | Self::Fetched | Self::Expired => false,
        }
    }

    /// Whether something is still to happen before there is something to fetch.
    pub fn is_under_way(self) -> bool {
        matches!(
            self,
            Self::Accepted | Self::Permitted | Self::AtProvider | Self::Held
        )
    }

    /// What the records say of an inquiry in this state; nothing new where it was fetched.
    pub(super) fn outcome(self) -> Option<Outcome> {
        match self {
            Self::Accepted | Self::Permitted | Self::AtProvider | Self::Held => {
                Some(Outcome::Pending)
            }
            Self::Denied => Some(Outcome::Denied),
            Self::Answered => Some(Outcome::Answered),
            Self::Refused => Some(Outcome::Refused),
            Self::NoCopy => Some(Outcome::NoCopy),
            Self::NoPerson => Some(Outcome::NoPerson),
            Self::Cancelled => Some(Outcome::Cancelled),
            Self::Expired => Some(Outcome::Expired),
            Self::Fetched => None,
        }
    }

    /// The state that the records' outcome stands for; of one that was fetched, the state before.
    pub(super) fn of_outcome(outcome: Outcome) -> Option<Self> {
        match outcome {
            Outcome::Pending => None,
            Outcome::Denied | Outcome::Failed => Some(Self::Denied),
            Outcome::Answered => Some(Self::Answered),
            Outcome::Refused => Some(Self::Refused),
            Outcome::NoCopy => Some(Self::NoCopy),
            Outcome::NoPerson => Some(Self::NoPerson),
            Outcome::Cancelled => Some(Self::Cancelled),
            Outcome::Expired => Some(Self::Expired),
        }
    }
}

/// How it was asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Asked {
    /// One inquiry at once.
    Online,
    /// As one of the batch with this number.
    InBatch(u32),
}

/// Of which time it is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Time {
    /// What holds now.
    Now,
    /// Of a fiscal year.
    Year(i16),
    /// Of the days from the first to the second, both included.
    Period(Date, Date),
}

/// A provision permit (情報提供許可証): for one inquiry, until a moment. [A on its end]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Permit {
    /// For how many seconds after the inquiry it is valid.
    pub(crate) seconds: u32,
    /// For which inquirer, task, provider and item, as one name.
    pub(super) quadruple: Name,
}

/// How it ended, beyond its state.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Ending {
    /// There is nothing to add; what a peer answered is derived.
    Plain,
    /// Why the core did not permit it.
    Denied(&'static Rule),
    /// Why the provider refused.
    Refused(Arc<str>),
    /// What was answered from what is stored, or by a person.
    Given(Arc<[Given]>),
}

/// What is kept of every inquiry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Inquiry {
    pub(crate) state: State,
    pub(crate) asked: Asked,
    pub(crate) time: Time,
    pub(crate) procedure: Name,
    pub(crate) permit: Option<Permit>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_states_lead_where_the_field_says() {
        let allowed = [
            ("accepted", "denied permitted cancelled"),
            ("denied", "fetched expired"),
            ("permitted", "at-provider cancelled expired"),
            (
                "at-provider",
                "held answered no-copy no-person cancelled expired",
            ),
            ("held", "answered refused cancelled expired"),
            ("answered", "fetched expired"),
            ("refused", "fetched expired"),
            ("no-copy", "fetched expired"),
            ("no-person", "fetched expired"),
            ("cancelled", ""),
            ("fetched", ""),
            ("expired", ""),
        ];
        assert_eq!(allowed.len(), State::ALL.len());
        for (from, (name, expected)) in State::ALL.into_iter().zip(allowed) {
            assert_eq!(from.as_str(), name);
            let found: Vec<&str> = State::ALL
                .into_iter()
                .filter(|to| from.leads_to(*to))
                .map(State::as_str)
                .collect();
            assert_eq!(found.join(" "), expected, "{name}");
        }
    }

    #[test]
    fn an_inquiry_is_small() {
        assert_eq!(size_of::<Option<Inquiry>>(), 36);
    }
}
