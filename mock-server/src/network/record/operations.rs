//! What an institution asks of its exchange records.

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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::network::{self, record::testing::*, testing::*};

    const INQUIRER: &str = "011002-M";
    const PROVIDER: &str = "INS-0001";
    const NEITHER: &str = "MIN-0001";

    fn get(selection: Selection, page: u32) -> network::Command {
        network::Command::Record(Command::Get { selection, page })
    }

    fn period(from: &str, to: &str) -> Selection {
        Selection::Period(Period {
            from: from.parse().unwrap(),
            to: to.parse().unwrap(),
        })
    }

    fn of(number: u64) -> Selection {
        Selection::Receipt(ReceiptNumber::numbered(number))
    }

    fn mark(number: u64, marked: bool) -> network::Command {
        network::Command::Record(Command::SetNonDisclosure {
            receipt: ReceiptNumber::numbered(number),
            marked,
        })
    }

    /// The numbers that are answered, or the rule that refused.
    fn numbers(
        network: &mut Network,
        caller: &str,
        request: &str,
        command: network::Command,
    ) -> Result<Vec<u64>, &'static str> {
        match ask(network, caller, request, 60, command) {
            Ok(network::Answer::Record(Answer::Records(page))) => Ok(page
                .entries
                .iter()
                .map(|record| record.exchange.receipt.number())
                .collect()),
            Ok(network::Answer::Record(Answer::NonDisclosure { receipt, .. })) => {
                Ok(vec![receipt.number()])
            }
            Ok(other) => panic!("{other:?}"),
            Err(fault) => Err(fault.rule.unwrap().code),
        }
    }

    #[test]
    fn an_institution_sees_and_marks_its_own_side_alone() {
        let today = || period("2026-11-02", "2026-11-02");
        let cases = [
            (INQUIRER, get(today(), 1), Ok(vec![1, 2, 3, 4, 5])),
            // 1 was denied and never reached the provider.
            (PROVIDER, get(today(), 1), Ok(vec![2, 3, 4, 5])),
            (NEITHER, get(today(), 1), Ok(vec![])),
            (INQUIRER, get(of(1), 1), Ok(vec![1])),
            (PROVIDER, get(of(1), 1), Err("R-REC-04")),
            (NEITHER, get(of(2), 1), Err("R-REC-04")),
            (PROVIDER, mark(2, true), Ok(vec![2])),
            (PROVIDER, mark(1, true), Err("R-REC-04")),
            (NEITHER, mark(2, true), Err("R-REC-04")),
            (
                INQUIRER,
                get(period("2026-11-02", "2026-11-01"), 1),
                Err("R-REC-01"),
            ),
            (
                INQUIRER,
                get(period("2025-11-02", "2026-11-02"), 1),
                Ok(vec![1, 2, 3, 4, 5]),
            ),
            (
                INQUIRER,
                get(period("2025-11-01", "2026-11-02"), 1),
                Err("R-REC-02"),
            ),
            (
                INQUIRER,
                get(period("2019-11-02", "2019-11-02"), 1),
                Ok(vec![]),
            ),
            (
                INQUIRER,
                get(period("2019-11-01", "2019-11-01"), 1),
                Err("R-REC-03"),
            ),
            (INQUIRER, get(today(), 0), Err("R-REC-05")),
            (INQUIRER, get(today(), 2), Err("R-REC-05")),
        ];
        for (caller, command, expected) in cases {
            let found = numbers(&mut marked(), caller, "r-1", command.clone());
            assert_eq!(found, expected, "{caller} {command:?}");
        }
    }

    #[test]
    fn with_its_rule_off_what_was_refused_is_let_through() {
        let cases = [
            (
                INQUIRER,
                get(period("2026-11-02", "2026-11-01"), 1),
                &catalogue::PERIOD_IN_ORDER,
                vec![],
            ),
            (
                INQUIRER,
                get(period("2024-11-02", "2026-11-02"), 1),
                &catalogue::PERIOD_WITHIN_A_YEAR,
                vec![1, 2, 3, 4, 5],
            ),
            (
                INQUIRER,
                get(period("2001-11-02", "2001-11-02"), 1),
                &catalogue::WITHIN_SEVEN_YEARS,
                vec![],
            ),
            (NEITHER, get(of(2), 1), &catalogue::OWN_RECORD, vec![2]),
            (NEITHER, mark(2, true), &catalogue::OWN_RECORD, vec![2]),
            (INQUIRER, get(of(2), 9), &catalogue::PAGE_EXISTS, vec![]),
        ];
        for (caller, command, rule, let_through) in cases {
            let mut network = marked();
            let refused = numbers(&mut network, caller, "r-1", command.clone());
            assert_eq!(refused, Err(rule.code));
            network.set_rules_off(&[rule]);
            let found = numbers(&mut network, caller, "r-2", command);
            assert_eq!(found, Ok(let_through), "{}", rule.code);
            assert!(network.check().is_empty());
        }
    }

    #[test]
    fn pages_together_are_the_whole() {
        let mut network = marked();
        network.limits.page = 2;
        let pages: Vec<Vec<u64>> = (1..=3)
            .map(|page| {
                let command = get(period("2026-11-02", "2026-11-02"), page);
                numbers(&mut network, INQUIRER, "r-1", command).unwrap()
            })
            .collect();
        assert_eq!(pages, [vec![1, 2], vec![3, 4], vec![5]]);
    }

    #[test]
    fn each_lie_tells_another_record() {
        let seen = |lie| {
            let mut network = marked();
            network.set_lie(lie);
            let command = get(period("2026-11-02", "2026-11-02"), 1);
            let reply = ask(&mut network, PROVIDER, "r-1", 60, command);
            let Ok(network::Answer::Record(Answer::Records(page))) = reply else {
                panic!("{reply:?}");
            };
            page.entries
                .iter()
                .map(|record| record.exchange.outcome)
                .collect::<Vec<_>>()
        };
        assert_eq!(seen(None), [Outcome::Answered; 4]);
        assert_eq!(seen(Some(Lie::RecordMissingOnOneSide)), []);
        assert_eq!(seen(Some(Lie::RecordOutcomeWrong)), [Outcome::Refused; 4]);
    }
}
