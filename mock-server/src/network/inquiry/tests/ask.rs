//! What is refused at once.

use super::*;
use crate::network::{
    record::Outcome,
    rules::{self, Rule},
};

/// What is wrong with a question, by the rule that refuses it.
fn wrong() -> Vec<(&'static Rule, Question)> {
    use rules::inquiry::*;
    let good = || of_iida("IIDA-0001");
    let period = |from, to| Question {
        time: Time::Period(date(from), date(to)),
        ..good()
    };
    vec![
        (
            &TASK_KNOWN,
            Question {
                task: key("T-999"),
                ..good()
            },
        ),
        (
            &PROCEDURE_OF_TASK,
            Question {
                procedure: key("P-003-01"),
                ..good()
            },
        ),
        (
            &ITEM_KNOWN,
            Question {
                item: key("NOTHING"),
                time: Time::Now,
                ..good()
            },
        ),
        (
            &PROVIDER_KNOWN,
            Question {
                provider: institution("209996-M"),
                ..good()
            },
        ),
        (
            &PROVIDER_IS_ANOTHER,
            Question {
                provider: institution(IIDA),
                ..good()
            },
        ),
        (
            &TIME_FITS_ITEM,
            Question {
                time: Time::Now,
                ..good()
            },
        ),
        (
            &YEAR_IN_RANGE,
            Question {
                time: Time::Year(2027),
                ..good()
            },
        ),
        (
            &YEAR_IN_RANGE,
            Question {
                time: Time::Year(2018),
                ..good()
            },
        ),
        (&PERIOD_IN_ORDER, period("2026-02-01", "2026-01-31")),
        (
            &PERIOD_WITHIN_FIVE_YEARS,
            period("2020-02-29", "2025-03-01"),
        ),
        (
            &CONSENT_GIVEN,
            Question {
                consent: false,
                ..good()
            },
        ),
        (&PERSON_LINKED, of_iida("IIDA-9999")),
    ]
}

#[test]
fn each_rule_refuses_leaves_a_record_and_its_switch_lets_through() {
    for (rule, question) in wrong() {
        let mut network = ready();
        let reply = submit(&mut network, "r-1", 0, question.clone());
        assert_eq!(refused_by(&reply), Some(rule.code), "{question:?}");
        let record = network.records.get(&ReceiptNumber::numbered(1)).unwrap();
        assert_eq!(record.outcome, Outcome::Denied);
        holds(&network);
        network.set_rules_off(&[rule]);
        let reply = submit(&mut network, "r-2", 1, question);
        assert_ne!(refused_by(&reply), Some(rule.code));
    }
}

#[test]
fn the_limits_of_year_and_period_are_where_they_say() {
    let mut network = ready();
    for (id, time) in [
        ("r-1", Time::Year(2019)),
        ("r-2", Time::Year(2026)),
        ("r-3", Time::Period(date("2020-02-29"), date("2025-02-28"))),
        ("r-4", Time::Period(date("2026-02-01"), date("2026-02-01"))),
    ] {
        let question = Question {
            time,
            ..of_iida("IIDA-0001")
        };
        receipt(submit(&mut network, id, 0, question));
    }
}
