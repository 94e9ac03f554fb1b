//! MynaPortal: what the person sees of the exchange records, of the information about them, and of notices.
//!
//! The person is named by a handle that MynaPortal and the network share \[A\]: neither the individual number nor the
//! resident code, nor an institution's number. Records that either side marked are not shown \[S\].

use jiff::civil::Date;

use crate::network::{
    Context, Fault, Network,
    lies::Lie,
    master::MasterKind,
    moment::Moment,
    population::PersonId,
    provision::Given,
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
    /// What institutions hold of the person: copies that are not marked against the person's own view.
    OwnInformation {
        /// The person.
        person: PortalPerson,
        /// Which item.
        item: Key,
        /// Of which fiscal year, for an item that is kept by year.
        year: Option<i16>,
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
            Self::OwnRecords { .. } | Self::OwnInformation { .. } | Self::Notices { .. } => false,
        }
    }
}

/// What is answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// A page of records.
    OwnRecords(Page<Exchange>),
    /// The copies, by provider.
    OwnInformation(Vec<Information>),
    /// A page of notices.
    Notices(Page<Notice>),
}

/// What one institution holds of the person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Information {
    /// Who holds it.
    pub provider: InstitutionCode,
    /// What.
    pub given: Given,
}

/// A notice to the person: information about them was provided. \[A\]
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
            Command::OwnInformation { person, item, year } => {
                let person = self.portal_person(&person)?;
                self.enforce(
                    &catalogue::ITEM_KNOWN,
                    !self.masters.item(context.at, &item),
                    || rules::about("特定個人情報", "item", &item),
                )?;
                let told = person.map_or_else(Vec::new, |person| {
                    self.own_information(context.at, person, &item, year)
                });
                Ok(Answer::OwnInformation(told))
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

    /// The copies of every institution that takes part and knows the person, but those marked against their own view.
    fn own_information(
        &self,
        at: Moment,
        person: PersonId,
        item: &Key,
        year: Option<i16>,
    ) -> Vec<Information> {
        let institutions = self.masters.in_force(MasterKind::Institutions, at);
        institutions
            .iter()
            .flat_map(|published| published.entries.iter())
            .filter_map(|entry| InstitutionCode::new(&entry.key))
            .filter(|provider| {
                self.masters.takes_part(at, provider) && self.knows_person(provider, person, at)
            })
            .filter_map(|provider| {
                let (copy, _) = self.copy(&provider, person, item, year, at)?;
                let shown = !copy.marks.no_own_view || self.lies(Lie::OwnViewIgnored);
                let item = item.clone();
                shown.then_some(Information {
                    provider,
                    given: Given { item, year, copy },
                })
            })
            .collect()
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::network::{self, record::Period, record::testing::*, testing::*};

    fn own_records(person: u32, selection: Selection) -> network::Command {
        network::Command::Portal(Command::OwnRecords {
            person: handle(person),
            selection,
            page: 1,
        })
    }

    fn notices(person: u32, since: &str) -> network::Command {
        network::Command::Portal(Command::Notices {
            person: handle(person),
            since: since.parse().unwrap(),
            page: 1,
        })
    }

    fn handle(person: u32) -> PortalPerson {
        let place = PersonId::new(person).unwrap();
        network().population.portal_person(place)
    }

    /// The numbers of what is answered, or the rule that refused.
    fn numbers(network: &mut Network, command: network::Command) -> Result<Vec<u64>, &'static str> {
        match ask(network, "MYNA-PORTAL", "r-1", 60, command) {
            Ok(network::Answer::Portal(Answer::OwnRecords(page))) => Ok(page
                .entries
                .iter()
                .map(|exchange| exchange.receipt.number())
                .collect()),
            Ok(network::Answer::Portal(Answer::Notices(page))) => Ok(page
                .entries
                .iter()
                .map(|notice| notice.receipt.number())
                .collect()),
            Ok(other) => panic!("{other:?}"),
            Err(fault) => Err(fault.rule.unwrap().code),
        }
    }

    #[test]
    fn a_person_sees_their_own_records_that_neither_side_marked() {
        let day = Selection::Period(Period::of_day("2026-11-02"));
        let of = |number| Selection::Receipt(ReceiptNumber::numbered(number));
        let cases = [
            // Records 1 to 4 are about person 1; the inquirer marked 3, the provider 4. 5 is about person 2.
            (own_records(1, day.clone()), Ok(vec![1, 2])),
            (own_records(2, day.clone()), Ok(vec![5])),
            (own_records(3, day), Ok(vec![])),
            (own_records(1, of(2)), Ok(vec![2])),
            (own_records(1, of(3)), Err("R-POR-02")),
            (own_records(1, of(4)), Err("R-POR-02")),
            (own_records(1, of(5)), Err("R-POR-02")),
            (own_records(1, of(6)), Err("R-POR-02")),
            // 1 is denied and tells nothing; 2 to 4 are answered.
            (notices(1, "2026-11-02"), Ok(vec![2])),
            (notices(1, "2026-11-03"), Ok(vec![])),
        ];
        for (command, expected) in cases {
            assert_eq!(
                numbers(&mut marked(), command.clone()),
                expected,
                "{command:?}"
            );
        }
    }

    #[test]
    fn with_its_rule_off_what_was_refused_is_let_through() {
        let unknown = || {
            network::Command::Portal(Command::Notices {
                person: PortalPerson::from_groups([1, 2, 3]),
                since: "2026-11-02".parse().unwrap(),
                page: 1,
            })
        };
        let hidden = || own_records(1, Selection::Receipt(ReceiptNumber::numbered(3)));
        for (command, rule, let_through) in [
            (unknown(), &catalogue::PERSON_KNOWN, vec![]),
            (hidden(), &catalogue::OWN_AND_DISCLOSED, vec![3]),
        ] {
            let mut network = marked();
            assert_eq!(numbers(&mut network, command.clone()), Err(rule.code));
            network.set_rules_off(&[rule]);
            assert_eq!(numbers(&mut network, command), Ok(let_through));
        }
    }

    #[test]
    fn a_person_sees_what_institutions_hold_of_them() {
        let ask = |network: &mut Network, item: &str, year| {
            let command = network::Command::Portal(Command::OwnInformation {
                person: handle(1),
                item: Key::new(item).unwrap(),
                year,
            });
            match ask(network, "MYNA-PORTAL", "r-1", 60, command) {
                Ok(network::Answer::Portal(Answer::OwnInformation(told))) => Ok(told
                    .iter()
                    .map(|information| information.provider.to_string())
                    .collect::<Vec<_>>()),
                Ok(other) => panic!("{other:?}"),
                Err(fault) => Err(fault.rule.unwrap().code),
            }
        };
        let mut network = network();
        // Sato lived in Sapporo on January 1, 2026.
        let sapporo = Ok(vec!["011002-M".to_owned()]);
        assert_eq!(ask(&mut network, "TAX-INCOME", Some(2026)), sapporo);
        assert_eq!(ask(&mut network, "TAX-INCOME", None), Ok(vec![]));
        assert_eq!(ask(&mut network, "NO-SUCH-ITEM", None), Err("R-POR-03"));
        network.set_rules_off(&[&catalogue::ITEM_KNOWN]);
        assert_eq!(ask(&mut network, "NO-SUCH-ITEM", None), Ok(vec![]));
    }

    #[test]
    fn each_lie_shows_what_is_not_to_be_seen() {
        let day = || Selection::Period(Period::of_day("2026-11-02"));
        for (lie, shown) in [
            (None, vec![1, 2]),
            (Some(Lie::RecordShownThoughMarked), vec![1, 2, 3, 4]),
            (Some(Lie::RecordOfAnother), vec![1, 2, 5]),
        ] {
            let mut network = marked();
            network.set_lie(lie);
            assert_eq!(numbers(&mut network, own_records(1, day())), Ok(shown));
        }
    }
}
