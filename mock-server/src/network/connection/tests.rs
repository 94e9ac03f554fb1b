//! Applications, as tables.

use jiff::civil::date;

use super::*;
use crate::network::{
    self, Command as Any, Reply,
    act::Act,
    testing::{ask, network, refused_by},
    types::{InstitutionCode, Key},
};

fn code(text: &str) -> InstitutionCode {
    InstitutionCode::new(text).unwrap()
}

fn key(text: &str) -> Key {
    Key::new(text).unwrap()
}

/// An application of the mayor's office that nothing is wrong with.
fn good() -> Application {
    Application {
        institution: code("202053-M"),
        name: "飯田市長".into(),
        delegations: Vec::new(),
        partner: code("011002-M"),
        schedule: Schedule {
            from: date(2026, 11, 9),
            to: date(2026, 12, 18),
        },
        tasks: vec![
            TaskApplication {
                task: key("T-001"),
                assessed_on: Some(date(2026, 9, 1)),
                ordinance_filed_on: None,
            },
            TaskApplication {
                task: key("T-101"),
                assessed_on: Some(date(2026, 9, 1)),
                ordinance_filed_on: Some(date(2026, 9, 15)),
            },
        ],
    }
}

fn apply(network: &mut Network, request: &str, application: Application) -> Reply {
    let command = Any::Connection(Command::Apply(application));
    ask(network, "202053-M", request, 0, command)
}

fn state(network: &mut Network) -> ConnectionState {
    let status = Any::Connection(Command::Status);
    let answer = ask(network, "202053-M", "r-status", 0, status).unwrap();
    let network::Answer::Connection(Answer::Status(state, _)) = answer else {
        panic!("{answer:?}")
    };
    state
}

fn act(network: &mut Network, act: Act) {
    network.operate(act).unwrap();
}

#[test]
fn each_application_that_is_wrong_is_refused_and_its_rule_off_takes_it() {
    type Spoil = fn(&mut Application);
    let cases: &[(&rules::Rule, Spoil)] = &[
        (&rule::APPLICANT_AGREES, |it| {
            it.institution = code("202053-E");
        }),
        (&rule::NAME_AGREES, |it| it.name = "飯田市".into()),
        (&rule::TASK_KNOWN, |it| it.tasks[0].task = key("T-999")),
        (&rule::IMPACT_ASSESSED, |it| it.tasks[0].assessed_on = None),
        (&rule::IMPACT_ASSESSED, |it| {
            it.tasks[0].assessed_on = Some(date(2026, 11, 3));
        }),
        (&rule::ORDINANCE_FILED, |it| {
            it.tasks[1].ordinance_filed_on = None;
        }),
        (&rule::DELEGATION_KNOWN, |it| {
            it.delegations.push(Delegation {
                to: code("011002-M"),
                task: key("T-001"),
            });
        }),
        (&rule::PARTNER_KNOWN, |it| it.partner = code("999999-M")),
        (&rule::PARTNER_KNOWN, |it| it.partner = code("202053-M")),
        (&rule::PARTNER_STANDS, |it| it.partner = code("209996-M")),
        (&rule::SCHEDULE_IN_ORDER, |it| {
            it.schedule.to = date(2026, 11, 8);
        }),
        (&rule::SCHEDULE_AHEAD, |it| {
            it.schedule.from = date(2026, 11, 1);
        }),
    ];
    for (rule, spoil) in cases {
        let mut application = good();
        spoil(&mut application);
        let mut network = network();
        let reply = apply(&mut network, "r-1", application.clone());
        assert_eq!(refused_by(&reply), Some(rule.code), "{application:?}");
        assert_eq!(state(&mut network), ConnectionState::NotApplied);
        // Whoever names another institution has another's name too, so both rules must be off.
        network.set_rules_off(&[rule, &rule::NAME_AGREES]);
        let reply = apply(&mut network, "r-2", application.clone());
        assert!(reply.is_ok(), "{}: {reply:?}", rule.code);
        assert_eq!(state(&mut network), ConnectionState::Applied);
    }
}

#[test]
fn an_application_goes_its_way_and_no_other() {
    let mut network = network();
    assert_eq!(state(&mut network), ConnectionState::NotApplied);
    let institution = || "202053-M".to_owned();
    assert!(apply(&mut network, "r-1", good()).is_ok());
    assert_eq!(state(&mut network), ConnectionState::Applied);
    let again = apply(&mut network, "r-2", good());
    assert_eq!(refused_by(&again), Some(rule::MAY_APPLY.code));
    act(
        &mut network,
        Act::RejectApplication {
            institution: institution(),
        },
    );
    assert_eq!(state(&mut network), ConnectionState::Rejected);
    assert!(apply(&mut network, "r-3", good()).is_ok());
    act(
        &mut network,
        Act::ApproveApplication {
            institution: institution(),
        },
    );
    assert_eq!(state(&mut network), ConnectionState::Approved);
    act(
        &mut network,
        Act::SuspendConnection {
            institution: institution(),
        },
    );
    assert_eq!(state(&mut network), ConnectionState::Suspended);
    act(
        &mut network,
        Act::ResumeConnection {
            institution: institution(),
        },
    );
    assert_eq!(state(&mut network), ConnectionState::Approved);
    let refused = network.operate(Act::RejectApplication {
        institution: institution(),
    });
    assert!(refused.unwrap_err().0.en.contains("approved"));
}

#[test]
fn what_was_applied_for_is_what_holds_and_a_peer_may_all() {
    let mut network = network();
    let [mayor, peer] = ["202053-M", "011002-M"].map(code);
    let assessed = |network: &Network, who, task| network.connections.assessed(who, &key(task));
    assert!(!assessed(&network, &mayor, "T-001"));
    assert!(apply(&mut network, "r-1", good()).is_ok());
    assert!(assessed(&network, &mayor, "T-001"));
    assert!(!assessed(&network, &mayor, "T-005"));
    assert!(network.connections.ordinance_filed(&mayor, &key("T-101")));
    assert!(!network.connections.ordinance_filed(&mayor, &key("T-001")));
    assert!(assessed(&network, &peer, "T-005"));
    let lapse = |institution: &str, task: &str| Act::LapseAssessment {
        institution: institution.into(),
        task: task.into(),
    };
    act(&mut network, lapse("011002-M", "T-005"));
    assert!(!assessed(&network, &peer, "T-005"));
    assert!(assessed(&network, &peer, "T-001"));
}
