//! Provision (情報提供): copies that are registered beforehand, and the requests that are held for a person's decision.
//!
//! A provider answers from its copies without staff \[S\]. What a peer would have registered is derived; what anyone
//! registers stands over it. Deliberately absent: originals. An institution compares them by their digests.

mod compare;
mod copy;
mod derived;
mod held;
mod register;
mod store;
#[cfg(test)]
mod tests;

use std::sync::Arc;

pub use compare::Span;
pub use copy::{Content, Copy, Filled, Marks, Row};
pub(crate) use derived::is_yearly;
pub(crate) use store::Copies;

use crate::network::{
    Context, Fault, Network,
    code::Entries,
    inquiry::{About, State, Time},
    lies::Lie,
    master::MasterKind,
    moment::Moment,
    population::PersonId,
    provision::{derived::Wanted, store::Kept},
    record::{Page, Record},
    types::{AtenaNumber, Digest, InstitutionCode, Key, MasterVersion, ReceiptNumber},
};

/// What can be asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Command {
    /// Register copies.
    Register(Vec<Written>),
    /// Update copies.
    Update(Vec<Written>),
    /// Delete copies.
    Delete(Vec<CopyKey>),
    /// Which copies differ from their originals?
    Compare {
        /// Of which item.
        item: Key,
        /// Of which fiscal year.
        year: Option<i16>,
        /// Among which numbers copies without an original are looked for.
        span: Span,
        /// The digests of the originals.
        originals: Vec<(AtenaNumber, Digest)>,
    },
    /// What is held for a decision?
    Held {
        /// Which page, from 1.
        page: u32,
    },
    /// Answer what is held.
    Answer {
        /// Which.
        receipt: ReceiptNumber,
        /// What is answered; the registered copies where nothing is named.
        copies: Vec<AnsweredCopy>,
    },
    /// Refuse what is held.
    Refuse {
        /// Which.
        receipt: ReceiptNumber,
        /// Why.
        reason: String,
    },
}

/// Which copy: of whom, of what, of which fiscal year.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct CopyKey {
    /// The institution's number of the person.
    pub atena: AtenaNumber,
    /// The item.
    pub item: Key,
    /// The fiscal year, where the item is kept by year.
    pub year: Option<i16>,
}

/// A copy as a provider writes it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Written {
    /// Which.
    pub key: CopyKey,
    /// What it holds.
    pub copy: Copy,
}

/// A copy in a person's answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AnsweredCopy {
    /// The item.
    pub item: Key,
    /// The fiscal year, where the item is kept by year.
    pub year: Option<i16>,
    /// The version of the layout.
    pub layout: MasterVersion,
    /// The rows.
    pub rows: Vec<Row>,
}

impl Command {
    /// Whether it changes anything.
    pub(crate) fn changes(&self) -> bool {
        match self {
            Self::Register(_)
            | Self::Update(_)
            | Self::Delete(_)
            | Self::Answer { .. }
            | Self::Refuse { .. } => true,
            Self::Compare { .. } | Self::Held { .. } => false,
        }
    }
}

/// What is answered. Each copy is taken, or refused by itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// Registered, with the digest of each.
    Registered(Entries<CopyKey, Digest>),
    /// Updated, with the digest of each.
    Updated(Entries<CopyKey, Digest>),
    /// Deleted.
    Deleted(Entries<CopyKey, ()>),
    /// Compared, by atena number.
    Compared(Vec<(AtenaNumber, Comparison)>),
    /// What is held.
    Held(Page<HeldRequest>),
    /// Answered.
    Answered(ReceiptNumber, State),
    /// Refused.
    Refused(ReceiptNumber, State),
}

/// How a copy stands to its original.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Comparison {
    /// Both are the same.
    Same,
    /// They differ: the copy is stale.
    Stale,
    /// There is no copy.
    Missing,
    /// There is a copy without an original.
    Extra,
}

impl Comparison {
    /// The value in the contract.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Same => "same",
            Self::Stale => "stale",
            Self::Missing => "missing",
            Self::Extra => "extra",
        }
    }
}

/// A request that is held for a person's decision.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HeldRequest {
    /// Its number.
    pub receipt: ReceiptNumber,
    /// What is asked.
    pub about: About,
    /// Until when it can be answered.
    pub permit_until: Option<Moment>,
}

/// A copy as it was given to an inquirer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Given {
    /// The item that it says it is.
    pub item: Key,
    /// Its fiscal year.
    pub year: Option<i16>,
    /// The copy.
    pub copy: Arc<Copy>,
}

/// What a provider has for an inquiry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Found {
    /// It does not know the person.
    NoPerson,
    /// It has no such copy.
    NoCopy,
    /// It has these.
    Copies {
        /// The copies, by year.
        list: Vec<Given>,
        /// Whether all of them are derived.
        derived: bool,
        /// Whether one of them is held for a decision.
        held: bool,
        /// Whether the record of one is not shown to the person.
        undisclosed: bool,
    },
}

impl Network {
    pub(super) fn provision(
        &mut self,
        context: &Context,
        command: Command,
    ) -> Result<Answer, Fault> {
        match command {
            Command::Register(copies) => {
                self.masters_applied(context)?;
                self.register_copies(context, copies, true)
                    .map(Answer::Registered)
            }
            Command::Update(copies) => {
                self.masters_applied(context)?;
                self.register_copies(context, copies, false)
                    .map(Answer::Updated)
            }
            Command::Delete(keys) => self.delete_copies(context, keys).map(Answer::Deleted),
            Command::Compare {
                item,
                year,
                span,
                originals,
            } => self
                .compare_copies(context, &item, year, &span, originals)
                .map(Answer::Compared),
            Command::Held { page } => self.held_requests(context, page).map(Answer::Held),
            Command::Answer { receipt, copies } => {
                let state = self.answer_held(context, &receipt, copies)?;
                Ok(Answer::Answered(receipt, state))
            }
            Command::Refuse { receipt, reason } => {
                let state = self.refuse_held(context, &receipt, &reason)?;
                Ok(Answer::Refused(receipt, state))
            }
        }
    }

    /// The copy of one person, item and year that an institution has at a time, and whether it is derived.
    pub(crate) fn copy(
        &self,
        institution: &InstitutionCode,
        person: PersonId,
        item: &Key,
        year: Option<i16>,
        at: Moment,
    ) -> Option<(Arc<Copy>, bool)> {
        match self.copies.stored(institution, person, item, year) {
            Kept::Nothing => {}
            Kept::Deleted => return None,
            Kept::Copy(copy) => {
                let before = self
                    .lies(Lie::StaleCopyAnswered)
                    .then(|| self.copies.before(institution, person, item, year))
                    .flatten();
                return Some((before.unwrap_or(copy), false));
            }
        }
        let layout = &self.masters.in_force(MasterKind::Layouts, at)?.version;
        let fields: Vec<&str> = self
            .masters
            .layout(at, item)
            .map(|field| field.name)
            .collect();
        let wanted = Wanted {
            provider: institution,
            person,
            item,
            year,
            at,
        };
        derived::copy(self.population, wanted, layout, &fields).map(|copy| (Arc::new(copy), true))
    }

    /// Whether an institution knows a person as somebody of whom it may have copies.
    pub(crate) fn knows_person(
        &self,
        institution: &InstitutionCode,
        person: PersonId,
        at: Moment,
    ) -> bool {
        let linked = self.codes.atena(institution, person).is_some();
        let is_peer = derived::is_peer(institution);
        linked
            && (!is_peer
                || derived::knows(self.population, institution, person, at.date())
                || self.copies.knows(institution, person))
    }

    /// What the provider of an inquiry has for it. Its layout is that of the time at which it was asked.
    pub(super) fn provided(&self, at: Moment, receipt: &ReceiptNumber, record: &Record) -> Found {
        let Some(person) = record
            .person
            .filter(|person| self.knows_person(&record.provider, *person, at))
        else {
            return Found::NoPerson;
        };
        let time = self
            .inquiries
            .get(receipt)
            .map_or(Time::Now, |inquiry| inquiry.time);
        let (provider, item) = (&record.provider, &record.item);
        let years: Vec<Option<i16>> = match time {
            Time::Now => vec![None],
            Time::Year(year) => vec![Some(year)],
            Time::Period(from, to) => {
                let mut years = self.copies.years(provider, person, item);
                if is_yearly(item) {
                    years.extend((from.year()..=to.year()).map(Some));
                } else {
                    years.push(None);
                }
                years.sort_unstable();
                years.dedup();
                years
            }
        };
        let mut list = Vec::new();
        let mut all_derived = true;
        for year in years {
            let Some((copy, derived)) = self.copy(provider, person, item, year, record.at) else {
                continue;
            };
            let copy = match time {
                Time::Period(from, to) => copy.between(from, to).map(Arc::new),
                Time::Now | Time::Year(_) => Some(copy),
            };
            if let Some(copy) = copy {
                all_derived &= derived;
                let item = item.clone();
                list.push(Given { item, year, copy });
            }
        }
        if list.is_empty() {
            return Found::NoCopy;
        }
        let any = |mark: fn(&Marks) -> bool| list.iter().any(|given| mark(&given.copy.marks));
        Found::Copies {
            derived: all_derived,
            held: any(|marks| marks.no_automatic_answer),
            undisclosed: any(|marks| marks.non_disclosure),
            list,
        }
    }
}
