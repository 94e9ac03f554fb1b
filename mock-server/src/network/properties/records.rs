//! The records' store against a plain list.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Span;
use proptest::prelude::*;

use crate::network::{
    caller::Caller,
    moment::Moment,
    population::PersonId,
    properties::cases,
    record::{Outcome, Period, Record, RecordEntry, Records},
    request::RequestKey,
    testing::*,
    types::{InstitutionCode, Key, ReceiptNumber, RequestId},
};

const INSTITUTIONS: [&str; 3] = ["202053-M", "011002-M", "INS-0001"];

#[derive(Clone, Debug)]
enum Op {
    Add {
        request: usize,
        inquirer: usize,
        provider: usize,
        person: u32,
        outcome: Outcome,
    },
    Reach(u64),
    Conclude(u64, Outcome),
    Mark(usize, u64, bool),
    Pass(u64),
}

fn op() -> impl Strategy<Value = Op> {
    let outcome = || prop::sample::select(&Outcome::ALL[..]);
    prop_oneof![
        4 => (0..4_usize, 0..3_usize, 0..3_usize, 0..2_u32, outcome()).prop_map(
            |(request, inquirer, provider, person, outcome)| Op::Add {
                request,
                inquirer,
                provider,
                person,
                outcome,
            }
        ),
        1 => (1..12_u64).prop_map(Op::Reach),
        2 => (1..12_u64, outcome()).prop_map(|(number, outcome)| Op::Conclude(number, outcome)),
        2 => (0..3_usize, 1..12_u64, any::<bool>())
            .prop_map(|(side, number, marked)| Op::Mark(side, number, marked)),
        1 => (0..1_500_u64).prop_map(|days| Op::Pass(days * 86_400)),
    ]
}

/// Whether an outcome is one that only a provider can bring about.
fn needs_provider(outcome: Outcome) -> bool {
    matches!(
        outcome,
        Outcome::Answered | Outcome::Refused | Outcome::NoCopy | Outcome::NoPerson
    )
}

/// A record in the plain list.
#[derive(Clone, Debug)]
struct Plain {
    number: u64,
    at: Moment,
    asks: (usize, usize, u32),
    outcome: Outcome,
    /// The marks of the sides that have the record.
    sides: BTreeMap<usize, bool>,
}

#[derive(Default)]
struct Model {
    count: u64,
    list: Vec<Plain>,
    failed: BTreeSet<(usize, u64)>,
}

impl Model {
    fn find(&mut self, number: u64) -> Option<&mut Plain> {
        self.list.iter_mut().find(|plain| plain.number == number)
    }

    fn add(&mut self, at: Moment, request: usize, asks: (usize, usize, u32), outcome: Outcome) {
        let failed: Vec<u64> = self
            .failed
            .iter()
            .filter_map(|(of, number)| (*of == request).then_some(*number))
            .collect();
        let again = failed
            .into_iter()
            .find(|number| self.find(*number).is_some_and(|plain| plain.asks == asks));
        if let Some(number) = again {
            self.failed.remove(&(request, number));
        }
        let number = again.unwrap_or(self.count + 1);
        if again.is_none() {
            self.count = number;
            self.list.push(Plain {
                number,
                at,
                asks,
                outcome,
                sides: [(asks.0, false)].into(),
            });
        }
        let plain = self.find(number).unwrap();
        plain.outcome = outcome;
        if needs_provider(outcome) {
            plain.sides.entry(asks.1).or_insert(false);
        }
        if outcome == Outcome::Failed {
            self.failed.insert((request, number));
        }
    }

    fn age(&mut self, now: Moment) {
        self.list.retain(|plain| {
            let last = plain.at.date().checked_add(Span::new().years(7)).unwrap();
            now.date() <= last
        });
    }
}

fn institution(place: usize) -> InstitutionCode {
    InstitutionCode::new(INSTITUTIONS[place]).unwrap()
}

fn seen(records: impl Iterator<Item = Record>) -> Vec<(u64, Outcome, bool)> {
    records
        .map(|record| (record.number.number(), record.outcome, record.marked))
        .collect()
}

proptest! {
    #![proptest_config(cases(256))]

    #[test]
    fn the_records_are_those_of_a_plain_list(ops in prop::collection::vec(op(), 1..40)) {
        let mut records = Records::default();
        let mut model = Model::default();
        let mut now = epoch();
        for op in ops {
            match op.clone() {
                Op::Add { request, inquirer, provider, person, outcome } => {
                    model.add(now, request, (inquirer, provider, person), outcome);
                    records.add(RecordEntry {
                        at: now,
                        request: RequestKey::new(
                            &Caller::named("202053-M").unwrap(),
                            &RequestId::new(&format!("r-{request}")).unwrap(),
                        ),
                        inquirer: institution(inquirer),
                        delegator: None,
                        task: Key::new("T-001").unwrap(),
                        provider: institution(provider),
                        item: Key::new("TAX-INCOME").unwrap(),
                        person: PersonId::new(person),
                        outcome,
                        reached_provider: needs_provider(outcome),
                    });
                }
                Op::Reach(number) => {
                    records.reach_provider(&ReceiptNumber::numbered(number));
                    if let Some(plain) = model.find(number) {
                        plain.sides.entry(plain.asks.1).or_insert(false);
                    }
                }
                Op::Conclude(number, outcome) => {
                    if needs_provider(outcome) {
                        records.reach_provider(&ReceiptNumber::numbered(number));
                    }
                    records.conclude(&ReceiptNumber::numbered(number), outcome, now);
                    if let Some(plain) = model.find(number) {
                        plain.outcome = outcome;
                        if needs_provider(outcome) {
                            plain.sides.entry(plain.asks.1).or_insert(false);
                        }
                    }
                }
                Op::Mark(side, number, marked) => {
                    let done = records.mark(&institution(side), &ReceiptNumber::numbered(number), marked);
                    let mark = model.find(number).and_then(|plain| plain.sides.get_mut(&side));
                    prop_assert_eq!(done, mark.is_some());
                    if let Some(mark) = mark {
                        *mark = marked;
                    }
                }
                Op::Pass(seconds) => {
                    now = now.plus(seconds).unwrap();
                    records.age(now);
                    model.age(now);
                }
            }
            prop_assert_eq!(records.violations(), Vec::<String>::new(), "{:?}", op);
            let core: Vec<_> = model
                .list
                .iter()
                .map(|plain| {
                    let marked = plain.sides.values().any(|marked| *marked);
                    (plain.number, plain.outcome, marked)
                })
                .collect();
            prop_assert_eq!(seen(records.core_records(None)), core, "{:?}", op);
            for side in 0..INSTITUTIONS.len() {
                let own: Vec<_> = model
                    .list
                    .iter()
                    .filter_map(|plain| {
                        let marked = plain.sides.get(&side)?;
                        Some((plain.number, plain.outcome, *marked))
                    })
                    .collect();
                let all = Period {
                    from: "2000-01-01".parse().unwrap(),
                    to: "2999-12-31".parse().unwrap(),
                };
                prop_assert_eq!(seen(records.of(&institution(side), all)), own, "{:?}", op);
            }
        }
    }
}
