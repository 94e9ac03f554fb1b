//! Acting for another.

use super::*;
use crate::network::{
    act::Act,
    connection,
    rules::{self, Rule},
};

#[test]
fn who_acts_for_another_is_judged_as_the_other_while_the_delegation_holds() {
    use rules::inquiry::*;
    let for_education = || Question {
        task: key("T-002"),
        procedure: key("P-002-01"),
        delegator: Some(institution("202053-E")),
        ..of_iida("IIDA-0001")
    };
    let of = |delegator| Question {
        delegator: Some(institution(delegator)),
        ..for_education()
    };
    let suspend = || {
        let institution = "202053-E".to_owned();
        Some(Act::SuspendConnection { institution })
    };
    let lapse = |institution: &str| {
        let (institution, task) = (institution.to_owned(), "T-002".to_owned());
        Some(Act::LapseAssessment { institution, task })
    };
    let cases: Vec<(Question, Option<Act>, Option<&Rule>)> = vec![
        (for_education(), None, None),
        (of("011002-E"), None, Some(&DELEGATION_KNOWN)),
        (of(IIDA), None, Some(&DELEGATION_KNOWN)),
        (
            Question {
                task: key("T-001"),
                procedure: key("P-001-01"),
                ..for_education()
            },
            None,
            Some(&DELEGATION_KNOWN),
        ),
        (for_education(), suspend(), Some(&DELEGATION_REGISTERED)),
        (for_education(), lapse("202053-E"), Some(&IMPACT_ASSESSED)),
        (for_education(), lapse(IIDA), None),
        (
            Question {
                item: key("WELFARE"),
                time: Time::Now,
                ..for_education()
            },
            None,
            Some(&QUADRUPLE_PERMITTED),
        ),
    ];
    for (question, act, denied_by) in cases {
        let mut network = ready();
        if let Some(act) = act {
            network.operate(act).unwrap();
        }
        let receipt = receipt(submit(&mut network, "r-1", 0, question.clone()));
        let told = told(result(&mut network, 60, &receipt));
        let denied = told.denial.and_then(|fault| fault.rule);
        assert_eq!(denied, denied_by, "{question:?}");
        let expected = if denied.is_none() {
            State::Answered
        } else {
            State::Denied
        };
        assert_eq!(told.state, expected);
        let record = network.records.get(&receipt).unwrap();
        assert_eq!(record.inquirer.as_str(), IIDA);
        assert_eq!(record.delegator, question.delegator);
        holds(&network);
    }
}

#[test]
fn a_delegation_holds_once_it_is_registered_and_approved() {
    use connection::{Application, Delegation, Schedule, TaskApplication};
    let education = institution("202053-E");
    let task = || key("T-002");
    let question = || Question {
        task: task(),
        procedure: key("P-002-01"),
        delegator: Some(institution("202053-E")),
        ..of_iida("IIDA-0001")
    };
    let delegations = [(IIDA, "T-002"), (IIDA, "T-001"), ("202029-M", "T-002")];
    for (registered, approved, state) in [
        (&delegations[..1], true, State::Answered),
        (&delegations[..1], false, State::Denied),
        (&delegations[1..], true, State::Denied),
        (&[], true, State::Denied),
    ] {
        let mut network = ready();
        let application = Application {
            institution: education.clone(),
            name: "飯田市教育委員会".to_owned(),
            delegations: registered
                .iter()
                .map(|(to, task)| Delegation {
                    to: institution(to),
                    task: key(task),
                })
                .collect(),
            partner: institution("011002-E"),
            schedule: Schedule {
                from: date("2026-11-09"),
                to: date("2026-12-18"),
            },
            tasks: vec![TaskApplication {
                task: task(),
                assessed_on: Some(date("2026-08-20")),
                ordinance_filed_on: None,
            }],
        };
        network.connections.apply(&education, application);
        if approved {
            let institution = education.to_string();
            let approve = Act::ApproveApplication { institution };
            network.operate(approve).unwrap();
        }
        let receipt = receipt(submit(&mut network, "r-1", 0, question()));
        let told = told(result(&mut network, 60, &receipt));
        assert_eq!(told.state, state, "{registered:?} {approved}");
        let rule = told.denial.map(|fault| fault.rule.unwrap().code);
        assert_eq!(rule, (state == State::Denied).then_some("R-INQ-25"));
    }
}
