//! Tests of the records' store.

use super::*;
use crate::network::{caller::Caller, testing::epoch, types::RequestId};

const INQUIRER: &str = "202053-M";
const PROVIDER: &str = "011002-M";

fn institution(code: &str) -> InstitutionCode {
    InstitutionCode::new(code).unwrap()
}

fn entry(request: &str, outcome: Outcome, reached_provider: bool) -> RecordEntry {
    RecordEntry {
        at: epoch(),
        request: RequestKey::new(
            &Caller::named(INQUIRER).unwrap(),
            &RequestId::new(request).unwrap(),
        ),
        inquirer: institution(INQUIRER),
        delegator: None,
        task: Key::new("T-001").unwrap(),
        provider: institution(PROVIDER),
        item: Key::new("TAX-INCOME").unwrap(),
        person: PersonId::new(1),
        outcome,
        reached_provider,
    }
}

/// One institution's records of all time.
fn of(records: &Records, side: &str) -> Vec<Record> {
    let period = Period {
        from: "2000-01-01".parse().unwrap(),
        to: "2999-12-31".parse().unwrap(),
    };
    records.of(&institution(side), period).collect()
}

#[test]
fn what_reached_the_provider_is_at_three_sides_and_what_did_not_at_two() {
    for (outcome, reached, at_provider) in [
        (Outcome::Pending, true, 1),
        (Outcome::Denied, false, 0),
        (Outcome::Failed, false, 0),
    ] {
        let mut records = Records::default();
        let number = records.add(entry("r-1", outcome, reached));
        assert_eq!(number.as_str(), "RC-00000001");
        assert_eq!(records.core_records(None).count(), 1);
        assert_eq!(of(&records, INQUIRER).len(), 1);
        assert_eq!(of(&records, PROVIDER).len(), at_provider);
        assert_eq!(records.violations(), Vec::<String>::new());
    }
}

#[test]
fn every_side_learns_what_became_of_it() {
    let mut records = Records::default();
    let number = records.add(entry("r-1", Outcome::Pending, false));
    records.reach_provider(&number);
    let later = epoch().plus(60).unwrap();
    records.conclude(&number, Outcome::Answered, later);
    for side in [INQUIRER, PROVIDER] {
        let record = records.at_side(&institution(side), &number).unwrap();
        assert_eq!(record.outcome, Outcome::Answered);
        assert_eq!(record.concluded, Some(later));
    }
    assert_eq!(records.violations(), Vec::<String>::new());
}

#[test]
fn an_answer_that_the_provider_has_no_record_of_is_a_violation() {
    let mut records = Records::default();
    let number = records.add(entry("r-1", Outcome::Pending, false));
    records.conclude(&number, Outcome::Answered, epoch());
    assert!(records.violations()[0].contains("the provider has no record RC-00000001"));
}

#[test]
fn a_failed_request_that_is_sent_again_continues_its_record() {
    let mut records = Records::default();
    let first = records.add(entry("r-1", Outcome::Failed, false));
    let again = records.add(entry("r-1", Outcome::Pending, true));
    let other = records.add(entry("r-2", Outcome::Pending, true));
    assert_eq!(first, again);
    assert_ne!(first, other);
    assert_eq!(of(&records, INQUIRER).len(), 2);
    assert_eq!(records.get(&first).unwrap().outcome, Outcome::Pending);
    assert_eq!(records.violations(), Vec::<String>::new());
}

#[test]
fn either_side_marks_and_the_core_knows() {
    let mut records = Records::default();
    let number = records.add(entry("r-1", Outcome::Pending, true));
    let core = |records: &Records| records.get(&number).unwrap().marked;
    assert!(records.mark(&institution(INQUIRER), &number, true));
    assert!(records.mark(&institution(PROVIDER), &number, true));
    assert!(records.mark(&institution(INQUIRER), &number, false));
    assert!(core(&records));
    assert!(records.mark(&institution(PROVIDER), &number, false));
    assert!(!core(&records));
    assert!(!records.mark(&institution("202029-M"), &number, true));
    assert_eq!(records.violations(), Vec::<String>::new());
}

#[test]
fn a_record_is_kept_to_the_end_of_the_day_seven_years_later() {
    for (now, kept) in [
        ("2033-11-02T23:59:59+09:00", 1),
        ("2033-11-03T00:00:00+09:00", 0),
    ] {
        let mut records = Records::default();
        records.add(entry("r-1", Outcome::Pending, true));
        records.age(now.parse().unwrap());
        assert_eq!(records.core_records(None).count(), kept);
        assert_eq!(of(&records, INQUIRER).len(), kept);
        assert_eq!(of(&records, PROVIDER).len(), kept);
        let mut later = entry("r-2", Outcome::Pending, true);
        later.at = now.parse().unwrap();
        assert_eq!(records.add(later).as_str(), "RC-00000002");
        assert_eq!(records.violations(), Vec::<String>::new());
    }
}

#[test]
fn a_period_holds_the_records_of_its_days_in_japan() {
    let mut records = Records::default();
    for (request, at) in [
        ("r-1", "2026-11-02T23:59:59+09:00"),
        ("r-2", "2026-11-03T00:00:00+09:00"),
        ("r-3", "2026-11-03T23:59:59+09:00"),
        ("r-4", "2026-11-04T00:00:00+09:00"),
    ] {
        let mut entry = entry(request, Outcome::Pending, true);
        entry.at = at.parse().unwrap();
        records.add(entry);
    }
    for (from, to, expected) in [
        ("2026-11-02", "2026-11-02", &[1][..]),
        ("2026-11-03", "2026-11-03", &[2, 3]),
        ("2026-11-03", "2026-11-30", &[2, 3, 4]),
        ("2026-11-01", "2026-11-04", &[1, 2, 3, 4]),
        ("2026-11-05", "2026-11-30", &[]),
        ("2026-11-04", "2026-11-03", &[]),
    ] {
        let period = Period {
            from: from.parse().unwrap(),
            to: to.parse().unwrap(),
        };
        let numbers = |records: Vec<Record>| -> Vec<u64> {
            records
                .iter()
                .map(|record| record.number.number())
                .collect()
        };
        for side in [INQUIRER, PROVIDER] {
            let own = records.of(&institution(side), period).collect();
            assert_eq!(numbers(own), expected, "{from} {to}");
        }
        let core = records.core_records(Some(period)).collect();
        assert_eq!(numbers(core), expected, "{from} {to}");
    }
}
