//! What the core permits and denies.

use super::*;
use crate::network::{
    lies::Lie,
    rules::{self, Rule},
};

#[test]
fn the_core_denies_what_is_not_permitted_and_says_by_which_rule() {
    use rules::inquiry::*;
    let good = || of_iida("IIDA-0001");
    let cases: [(&Rule, Question); 3] = [
        (
            &QUADRUPLE_PERMITTED,
            Question {
                item: key("WELFARE"),
                time: Time::Now,
                ..good()
            },
        ),
        (
            &QUADRUPLE_PERMITTED,
            Question {
                task: key("T-002"),
                procedure: key("P-002-01"),
                ..good()
            },
        ),
        (
            &QUADRUPLE_PERMITTED,
            Question {
                provider: institution("MIN-0001"),
                ..good()
            },
        ),
    ];
    for (rule, question) in cases {
        let mut network = ready();
        let receipt = receipt(submit(&mut network, "r-1", 0, question.clone()));
        let told = told(result(&mut network, 60, &receipt));
        assert_eq!(told.state, State::Denied, "{question:?}");
        assert_eq!(told.denial.unwrap().rule.unwrap().code, rule.code);
        let record = network.records.get(&receipt).unwrap();
        assert!(
            network
                .records
                .at_side(&record.provider, &receipt)
                .is_none()
        );
        holds(&network);
    }
}

#[test]
fn a_permit_that_is_ignored_is_a_violation() {
    let mut network = ready();
    network.set_lie(Some(Lie::PermitIgnored));
    let question = Question {
        provider: institution("202029-M"),
        item: key("TAX-INCOME-SIMILAR"),
        ..of_iida("IIDA-0017")
    };
    network.codes.link_for_test(&institution(IIDA), 17);
    let receipt = receipt(submit(&mut network, "r-1", 0, question));
    assert_eq!(
        told(result(&mut network, 60, &receipt)).state,
        State::Answered
    );
    let wrong = network.check();
    assert_eq!(wrong.len(), 1, "{wrong:?}");
    assert!(wrong[0].what.contains("permission list"), "{wrong:?}");
}
