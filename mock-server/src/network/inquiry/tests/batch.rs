//! Many inquiries at once.

use super::*;
use crate::network::{act::Act, record::Outcome};

#[test]
fn a_batch_is_refused_whole_or_taken_one_by_one() {
    const DENIED: Option<Outcome> = Some(Outcome::Denied);
    let people = |numbers: &[&str]| numbers.iter().map(|number| of_iida(number)).collect();
    let good = || vec![of_iida("IIDA-0001"), of_iida("IIDA-0005")];
    let mixed = Question {
        procedure: key("P-001-02"),
        ..of_iida("IIDA-0006")
    };
    let cases = [
        // What stands twice is one inquiry, and leaves one record.
        (
            vec![of_iida("IIDA-0001"); 2],
            "R-INQ-15",
            [DENIED, None, None, None],
        ),
        (
            [good(), vec![mixed]].concat(),
            "R-INQ-14",
            [DENIED, DENIED, DENIED, None],
        ),
        (
            people(&["IIDA-0001", "IIDA-0005", "IIDA-0006", "IIDA-0007"]),
            "R-INQ-13",
            [DENIED; 4],
        ),
    ];
    for (questions, rule, left) in cases {
        let mut network = ready();
        network.limits.batch = 3;
        let command = Any::Inquiry(Command::SubmitBatch(questions));
        let reply = ask(&mut network, IIDA, "r-1", 0, command);
        assert_eq!(refused_by(&reply), Some(rule));
        for (number, kept) in (1..=4).zip(left) {
            let record = network.records.get(&ReceiptNumber::numbered(number));
            assert_eq!(record.map(|record| record.outcome), kept, "{rule} {number}");
        }
        holds(&network);
    }
    let mut network = ready();
    let questions = vec![
        of_iida("IIDA-0001"),
        of_iida("IIDA-9999"),
        of_iida("IIDA-0005"),
    ];
    let command = Any::Inquiry(Command::SubmitBatch(questions));
    let reply = ask(&mut network, IIDA, "r-1", 0, command);
    let Ok(network::Answer::Inquiry(Answer::Batch { batch, entries })) = reply else {
        panic!("{reply:?}");
    };
    let taken: Vec<bool> = entries.iter().map(|(_, taken)| taken.is_ok()).collect();
    assert_eq!(taken, [true, false, true]);
    for (seconds, under_way) in [(59, 2), (75, 0)] {
        let command = Any::Inquiry(Command::BatchResult(batch.clone()));
        let reply = ask(
            &mut network,
            IIDA,
            &format!("b-{seconds}"),
            seconds,
            command,
        );
        let Ok(network::Answer::Inquiry(Answer::BatchResult { entries, .. })) = reply else {
            panic!("{reply:?}");
        };
        assert_eq!(entries.len(), 2);
        let found = entries
            .iter()
            .filter(|(_, state)| state.is_under_way())
            .count();
        assert_eq!(found, under_way);
    }
    holds(&network);
}

#[test]
fn a_batch_out_of_hours_fails_whole_and_its_retry_continues_its_records() {
    let mut network = ready();
    let (from, until) = (epoch(), epoch().plus(60).unwrap());
    let (from, until) = (from.to_string(), until.to_string());
    network.operate(Act::PlanStop { from, until }).unwrap();
    let of_another_year = Question {
        time: Time::Year(2025),
        ..of_iida("IIDA-0001")
    };
    let questions = vec![of_iida("IIDA-0001"), of_another_year, of_iida("IIDA-0005")];
    let batch = || Any::Inquiry(Command::SubmitBatch(questions.clone()));
    let outcomes = |network: &Network| -> Vec<Outcome> {
        let records = network.records.core_records(None);
        records.map(|record| record.outcome).collect()
    };
    for seconds in [0, 30] {
        let reply = ask(&mut network, IIDA, "r-1", seconds, batch());
        assert!(reply.is_err());
        assert_eq!(outcomes(&network), [Outcome::Failed; 3], "{seconds}");
    }
    assert!(ask(&mut network, IIDA, "r-1", 61, batch()).is_ok());
    assert_eq!(outcomes(&network), [Outcome::Pending; 3]);
    holds(&network);
}
