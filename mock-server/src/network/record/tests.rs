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
        task: Key::new("T-001").unwrap(),
        provider: institution(PROVIDER),
        item: Key::new("TAX-INCOME").unwrap(),
        person: PersonId::new(1),
        outcome,
        reached_provider,
    }
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
        assert_eq!(records.core_records().count(), 1);
        assert_eq!(records.of(&institution(INQUIRER)).count(), 1);
        assert_eq!(records.of(&institution(PROVIDER)).count(), at_provider);
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
    assert_eq!(records.of(&institution(INQUIRER)).count(), 2);
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
        assert_eq!(records.core_records().count(), kept);
        assert_eq!(records.of(&institution(INQUIRER)).count(), kept);
        assert_eq!(records.of(&institution(PROVIDER)).count(), kept);
        let mut later = entry("r-2", Outcome::Pending, true);
        later.at = now.parse().unwrap();
        assert_eq!(records.add(later).as_str(), "RC-00000002");
        assert_eq!(records.violations(), Vec::<String>::new());
    }
}
