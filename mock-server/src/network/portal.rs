//! MynaPortal: what the person sees of the exchange records, of the information about them, and of notices.
//!
//! The person is named by a handle that MynaPortal and the network share [A]: neither the individual number nor the
//! resident code, nor an institution's number. Records that either side marked are not shown [S].

use jiff::civil::Date;

use crate::network::{
    Context, Fault, Network,
    lies::Lie,
    moment::Moment,
    population::PersonId,
    record::{Exchange, Outcome, Page, Record, Selection},
    rules::{self, portal as catalogue},
    types::{InstitutionCode, Key, PortalPerson, ReceiptNumber},
};

/// What can be asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Command {
    /// The exchange records about the person.
    OwnRecords {
        /// The person.
        person: PortalPerson,
        /// Which.
        selection: Selection,
        /// Which page of them, from 1.
        page: u32,
    },
    /// What the person is told without asking: that information was provided.
    Notices {
        /// The person.
        person: PortalPerson,
        /// From which day on.
        since: Date,
        /// Which page of them, from 1.
        page: u32,
    },
}

impl Command {
    /// Whether it changes anything.
    pub(crate) fn changes(&self) -> bool {
        match self {
            Self::OwnRecords { .. } | Self::Notices { .. } => false,
        }
    }
}

/// What is answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// A page of records.
    OwnRecords(Page<Exchange>),
    /// A page of notices.
    Notices(Page<Notice>),
}

/// A notice to the person: information about them was provided. [A]
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    /// When it was provided.
    pub at: Moment,
    /// The record that says more.
    pub receipt: ReceiptNumber,
    /// Who provided.
    pub provider: InstitutionCode,
    /// To whom.
    pub inquirer: InstitutionCode,
    /// What.
    pub item: Key,
}

impl Network {
    pub(super) fn portal(&mut self, context: &Context, command: Command) -> Result<Answer, Fault> {
        match command {
            Command::OwnRecords {
                person,
                selection,
                page,
            } => {
                let person = self.portal_person(&person)?;
                let shown = self.own_records(context, person, &selection)?;
                let told = shown
                    .into_iter()
                    .map(|record| self.exchange(record))
                    .collect();
                self.page(told, page).map(Answer::OwnRecords)
            }
            Command::Notices {
                person,
                since,
                page,
            } => {
                let person = self.portal_person(&person)?;
                self.page(self.notices(person, since), page)
                    .map(Answer::Notices)
            }
        }
    }

    /// The person of a handle; nobody only where the rule is off.
    fn portal_person(&self, handle: &PortalPerson) -> Result<Option<PersonId>, Fault> {
        let person = self.population.portal_holder(handle);
        self.enforce(&catalogue::PERSON_KNOWN, person.is_none(), || {
            rules::about("利用者", "person", handle)
        })?;
        Ok(person)
    }

    fn own_records(
        &self,
        context: &Context,
        person: Option<PersonId>,
        selection: &Selection,
    ) -> Result<Vec<Record>, Fault> {
        match selection {
            Selection::Receipt(receipt) => {
                let record = self.records.get(receipt);
                let shown = record
                    .as_ref()
                    .is_some_and(|record| self.is_shown(record, person));
                self.enforce(&catalogue::OWN_AND_DISCLOSED, !shown, || {
                    rules::about("受付番号", "receipt number", receipt)
                })?;
                Ok(record.into_iter().collect())
            }
            Selection::Period(period) => {
                self.enforce_period(context.at, *period)?;
                Ok(self
                    .records
                    .core_records(Some(*period))
                    .filter(|record| self.is_shown(record, person))
                    .collect())
            }
        }
    }

    /// Whether a person may see a record: it is about them, and neither side marked it.
    fn is_shown(&self, record: &Record, person: Option<PersonId>) -> bool {
        let own = person.is_some() && record.person == person;
        let disclosed = !record.marked || self.lies(Lie::RecordShownThoughMarked);
        (own || self.lies(Lie::RecordOfAnother)) && disclosed
    }

    fn notices(&self, person: Option<PersonId>, since: Date) -> Vec<Notice> {
        self.records
            .core_records(None)
            .filter(|record| record.outcome == Outcome::Answered && self.is_shown(record, person))
            .filter_map(|record| {
                Some(Notice {
                    at: record.concluded.filter(|at| at.date() >= since)?,
                    receipt: record.number,
                    provider: record.provider,
                    inquirer: record.inquirer,
                    item: record.item,
                })
            })
            .collect()
    }
}
