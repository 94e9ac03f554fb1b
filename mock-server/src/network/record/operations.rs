//! What an institution asks of its exchange records.

#[cfg(test)]
mod tests;

use jiff::{Span, civil::Date};

use crate::network::{
    Context, Fault, Network,
    lies::Lie,
    moment::Moment,
    record::{Outcome, Record, store::KEPT_YEARS},
    rules::{self, record as catalogue},
    types::{AtenaNumber, InstitutionCode, ReceiptNumber},
};

/// How many days one request may ask for. \[A\]
const LONGEST_DAYS: i32 = 366;

/// What can be asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Command {
    /// The records of this institution.
    Get {
        /// Which.
        selection: Selection,
        /// Which page of them, from 1.
        page: u32,
    },
    /// Marks a record as not to be disclosed to the person, or takes the mark away.
    SetNonDisclosure {
        /// The record.
        receipt: ReceiptNumber,
        /// Whether it is not to be disclosed.
        marked: bool,
    },
}

impl Command {
    /// Whether it changes anything.
    pub(crate) fn changes(&self) -> bool {
        match self {
            Self::Get { .. } => false,
            Self::SetNonDisclosure { .. } => true,
        }
    }
}

/// Which records are asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Selection {
    /// That of one inquiry.
    Receipt(ReceiptNumber),
    /// All that were asked on these days.
    Period(Period),
}

/// Days in Japan, both included.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Period {
    /// The first.
    pub from: Date,
    /// The last.
    pub to: Date,
}

/// What is answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// A page of records.
    Records(Page<InstitutionRecord>),
    /// The mark as it stands now.
    NonDisclosure {
        /// The record.
        receipt: ReceiptNumber,
        /// Whether it is not to be disclosed.
        marked: bool,
    },
}

/// One page of a longer answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page<T> {
    /// Which it is, from 1.
    pub number: u32,
    /// How many there are, at least 1.
    pub count: u32,
    /// How many entries all pages have together.
    pub total: usize,
    /// The entries of this page.
    pub entries: Vec<T>,
}

/// In which role an institution took part.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// It asked.
    Inquirer,
    /// It was asked.
    Provider,
}

impl Role {
    /// The value in the contract.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Inquirer => "inquirer",
            Self::Provider => "provider",
        }
    }
}

/// A record as an institution sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InstitutionRecord {
    /// In which role it took part.
    pub role: Role,
    /// Its own number of the person; none where it has none.
    pub atena: Option<AtenaNumber>,
    /// What both sides know.
    pub exchange: Exchange,
    /// Whether this side marked it as not to be disclosed.
    pub marked: bool,
}

/// What everyone sees of a record who may see it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Exchange {
    /// The receipt number of the inquiry.
    pub receipt: ReceiptNumber,
    /// When it was asked.
    pub asked_at: Moment,
    /// When what became of it was settled.
    pub concluded_at: Option<Moment>,
    /// Who asked.
    pub inquirer: InstitutionCode,
    /// For whom it acted; none where it asked for itself.
    pub delegator: Option<InstitutionCode>,
    /// For which task.
    pub task: crate::network::types::Key,
    /// Whom.
    pub provider: InstitutionCode,
    /// For what.
    pub item: crate::network::types::Key,
    /// What became of it.
    pub outcome: Outcome,
}

impl Network {
    pub(in crate::network) fn record(
        &mut self,
        context: &Context,
        command: Command,
    ) -> Result<Answer, Fault> {
        match command {
            Command::Get { selection, page } => self
                .records_of(context, &selection, page)
                .map(Answer::Records),
            Command::SetNonDisclosure { receipt, marked } => {
                let institution = &context.institution;
                self.enforce(
                    &catalogue::OWN_RECORD,
                    self.records.at_side(institution, &receipt).is_none(),
                    || rules::about("受付番号", "receipt number", &receipt),
                )?;
                self.records.mark(institution, &receipt, marked);
                Ok(Answer::NonDisclosure { receipt, marked })
            }
        }
    }

    fn records_of(
        &self,
        context: &Context,
        selection: &Selection,
        page: u32,
    ) -> Result<Page<InstitutionRecord>, Fault> {
        let institution = &context.institution;
        let records: Vec<Record> = match selection {
            Selection::Receipt(receipt) => {
                let own = self.records.at_side(institution, receipt);
                self.enforce(&catalogue::OWN_RECORD, own.is_none(), || {
                    rules::about("受付番号", "receipt number", receipt)
                })?;
                own.or_else(|| self.records.get(receipt))
                    .into_iter()
                    .collect()
            }
            Selection::Period(period) => {
                self.enforce_period(context.at, *period)?;
                self.records.of(institution, *period).collect()
            }
        };
        let told = records
            .into_iter()
            .filter(|record| {
                !(self.lies(Lie::RecordMissingOnOneSide) && record.provider == *institution)
            })
            .map(|record| self.seen_by(institution, record))
            .collect();
        self.page(told, page)
    }

    fn seen_by(&self, institution: &InstitutionCode, record: Record) -> InstitutionRecord {
        let role = if record.inquirer == *institution {
            Role::Inquirer
        } else {
            Role::Provider
        };
        InstitutionRecord {
            role,
            atena: record
                .person
                .and_then(|person| self.codes.atena(institution, person)),
            marked: record.marked,
            exchange: self.exchange(record),
        }
    }

    /// What is told of a record.
    pub(in crate::network) fn exchange(&self, record: Record) -> Exchange {
        let Record {
            number,
            at,
            concluded,
            inquirer,
            delegator,
            task,
            provider,
            item,
            person: _,
            outcome,
            marked: _,
        } = record;
        let lies = self.lies(Lie::RecordOutcomeWrong);
        let outcome = match (lies, outcome == Outcome::Answered) {
            (false, _) => outcome,
            (true, true) => Outcome::Refused,
            (true, false) => Outcome::Answered,
        };
        Exchange {
            receipt: number,
            asked_at: at,
            concluded_at: concluded,
            inquirer,
            delegator,
            task,
            provider,
            item,
            outcome,
        }
    }

    /// The rules of the days for which records are asked.
    pub(in crate::network) fn enforce_period(
        &self,
        at: Moment,
        period: Period,
    ) -> Result<(), Fault> {
        let Period { from, to } = period;
        let about = || {
            let days = format_args!("{from}/{to}").to_string();
            rules::about("期間", "period", days)
        };
        self.enforce(&catalogue::PERIOD_IN_ORDER, from > to, about)?;
        let days = from.until(to).map_or(i32::MAX, |span| span.get_days());
        self.enforce(
            &catalogue::PERIOD_WITHIN_A_YEAR,
            days >= LONGEST_DAYS,
            about,
        )?;
        let first_kept = at.date().checked_sub(Span::new().years(KEPT_YEARS));
        self.enforce(
            &catalogue::WITHIN_SEVEN_YEARS,
            first_kept.is_ok_and(|first| to < first),
            about,
        )
    }

    /// One page of a list.
    pub(in crate::network) fn page<T>(&self, all: Vec<T>, page: u32) -> Result<Page<T>, Fault> {
        let size = self.limits.page.max(1);
        let total = all.len();
        let count = u32::try_from(total.div_ceil(size).max(1)).unwrap_or(u32::MAX);
        self.enforce(&catalogue::PAGE_EXISTS, page == 0 || page > count, || {
            rules::about("ページ", "page", format_args!("{page}/{count}"))
        })?;
        let before = (page as usize).saturating_sub(1).saturating_mul(size);
        Ok(Page {
            number: page,
            count,
            total,
            entries: all.into_iter().skip(before).take(size).collect(),
        })
    }
}
