//! Tests of inquiries: what is asked, what becomes of it, and what is told.

use super::*;
use crate::network::{
    self, Command as Any, Reply,
    act::Act,
    connection::{self, ConnectionState},
    connectivity::Hop,
    lies::Lie,
    master::MasterKind,
    provision,
    record::Outcome,
    rules::{self, Rule},
    testing::*,
};

const SAPPORO: &str = "011002-M";
const IIDA: &str = "202053-M";

/// Sapporo asks, since peers are linked and have applied the masters; Iida is what others ask.
fn question() -> Question {
    Question {
        atena: AtenaNumber::new("SAPPORO-0000003").unwrap(),
        task: key("T-002"),
        procedure: key("P-002-01"),
        delegator: None,
        provider: institution(SAPPORO),
        item: key("TAX-INCOME"),
        time: Time::Year(2026),
        consent: true,
    }
}

fn key(text: &str) -> Key {
    Key::new(text).unwrap()
}

fn institution(code: &str) -> InstitutionCode {
    InstitutionCode::new(code).unwrap()
}

fn date(text: &str) -> jiff::civil::Date {
    text.parse().unwrap()
}

/// A question of Iida's mayor's office to Sapporo's.
pub(crate) fn of_iida(atena: &str) -> Question {
    Question {
        atena: AtenaNumber::new(atena).unwrap(),
        task: key("T-001"),
        procedure: key("P-001-01"),
        ..question()
    }
}

/// A network in which Iida is connected, has the masters and has links with the first ten people.
pub(crate) fn ready() -> Network {
    let mut network = network();
    for code in [IIDA, "202053-E"] {
        network
            .connections
            .move_to(
                &institution(code),
                &[ConnectionState::NotApplied],
                ConnectionState::Approved,
            )
            .unwrap();
    }
    for code in [IIDA, "202053-E"] {
        apply_masters(&mut network, &institution(code));
    }
    for place in 1..=10 {
        network.codes.link_for_test(&institution(IIDA), place);
    }
    network
}

fn apply_masters(network: &mut Network, institution: &InstitutionCode) {
    for kind in MasterKind::ALL {
        let peer = self::institution(SAPPORO);
        let applied = network.masters.applied(epoch(), &peer, kind).unwrap();
        network.masters.apply(institution, kind, applied);
    }
}

fn submit(network: &mut Network, id: &str, seconds: u64, question: Question) -> Reply {
    let command = Any::Inquiry(Command::Submit(question));
    ask(network, IIDA, id, seconds, command)
}

fn receipt(reply: Reply) -> ReceiptNumber {
    match reply {
        Ok(network::Answer::Inquiry(Answer::Submitted(receipt))) => receipt,
        other => panic!("{other:?}"),
    }
}

fn result(network: &mut Network, seconds: u64, receipt: &ReceiptNumber) -> Reply {
    let id = format!("get-{seconds}-{receipt}");
    let command = Any::Inquiry(Command::Result(receipt.clone()));
    ask(network, IIDA, &id, seconds, command)
}

fn told(reply: Reply) -> Told {
    match reply {
        Ok(network::Answer::Inquiry(Answer::Result(told))) => *told,
        other => panic!("{other:?}"),
    }
}

fn holds(network: &Network) {
    assert_eq!(network.check(), [], "an invariant does not hold");
}

#[test]
fn an_inquiry_goes_its_way_and_its_result_stays_the_same() {
    let mut network = ready();
    let receipt = receipt(submit(&mut network, "r-1", 0, of_iida("IIDA-0001")));
    for (seconds, state) in [
        (0, State::Accepted),
        (4, State::Accepted),
        (5, State::AtProvider),
        (15, State::Answered),
        (16, State::Answered),
    ] {
        let told = told(result(&mut network, seconds, &receipt));
        assert_eq!(told.state, state, "{seconds}");
        assert_eq!(told.copies.len(), usize::from(state == State::Answered));
        holds(&network);
    }
    let first = told(result(&mut network, 20, &receipt));
    let second = told(result(&mut network, 86_400, &receipt));
    assert_eq!(first, second);
    assert_eq!(
        network.inquiries.get(&receipt).unwrap().state,
        State::Fetched
    );
}

#[test]
fn what_the_people_of_the_stories_have_is_told_apart() {
    for (place, kind) in [
        (1, "value"),
        (5, "zero"),
        (6, "undeclared"),
        (7, "no-record"),
    ] {
        let mut network = ready();
        let question = of_iida(&format!("IIDA-{place:04}"));
        let receipt = receipt(submit(&mut network, "r-1", 0, question));
        let told = told(result(&mut network, 60, &receipt));
        let field = told.copies[0].copy.rows[0]
            .fields
            .iter()
            .find(|field| field.name.as_str() == "INCOME")
            .unwrap();
        assert_eq!(field.content.kind(), kind, "{place}");
    }
}

#[test]
fn an_inquiry_ends_as_its_provider_has_it() {
    let year = |year| Time::Year(year);
    let period = |from, to| Time::Period(date(from), date(to));
    let cases = [
        // tanaka was in Iida on January 1 and is in Sapporo now.
        ("IIDA-0004", "TAX-INCOME", year(2026), State::NoCopy),
        ("IIDA-0004", "RESIDENT-RECORD", Time::Now, State::Answered),
        // suzuki never was in Sapporo.
        ("IIDA-0002", "TAX-INCOME", year(2026), State::NoPerson),
        ("IIDA-0001", "RESIDENT-RECORD", Time::Now, State::NoCopy),
        ("IIDA-0001", "TAX-INCOME", year(2025), State::Answered),
        (
            "IIDA-0001",
            "TAX-INCOME",
            period("2022-01-01", "2026-12-31"),
            State::Answered,
        ),
        (
            "IIDA-0001",
            "TAX-INCOME",
            period("2026-06-02", "2026-12-31"),
            State::NoCopy,
        ),
        // takahashi is protected.
        ("IIDA-0003", "TAX-INCOME", year(2026), State::Held),
    ];
    for (atena, item, time, state) in cases {
        let mut network = ready();
        let question = Question {
            item: key(item),
            time,
            ..of_iida(atena)
        };
        let receipt = receipt(submit(&mut network, "r-1", 0, question));
        let told = told(result(&mut network, 60, &receipt));
        assert_eq!(told.state, state, "{atena} {item}");
        holds(&network);
    }
}

#[test]
fn a_period_gives_each_year_and_the_rows_of_its_days() {
    let mut network = ready();
    let question = |from, to| Question {
        time: Time::Period(date(from), date(to)),
        ..of_iida("IIDA-0010")
    };
    for (seconds, from, to, rows) in [
        (0, "2024-01-01", "2026-11-30", vec![2, 2, 2]),
        (100, "2026-10-15", "2026-10-15", vec![1]),
        (200, "2025-10-16", "2026-06-01", vec![1]),
    ] {
        let id = format!("r-{seconds}");
        let receipt = receipt(submit(&mut network, &id, seconds, question(from, to)));
        let told = told(result(&mut network, seconds + 60, &receipt));
        let found: Vec<usize> = told
            .copies
            .iter()
            .map(|given| given.copy.rows.len())
            .collect();
        assert_eq!(found, rows, "{from}");
    }
}

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

#[test]
fn an_inquiry_is_taken_back_until_it_is_settled() {
    for (seconds, refused) in [(0, None), (7, None), (15, Some("R-INQ-18"))] {
        let mut network = ready();
        let receipt = receipt(submit(&mut network, "r-1", 0, of_iida("IIDA-0001")));
        let cancel = Any::Inquiry(Command::Cancel(receipt.clone()));
        let reply = ask(&mut network, IIDA, "r-2", seconds, cancel);
        assert_eq!(refused_by(&reply), refused, "{seconds}");
        let told = told(result(&mut network, 60, &receipt));
        let expected = if refused.is_none() {
            State::Cancelled
        } else {
            State::Answered
        };
        assert_eq!(told.state, expected);
        holds(&network);
    }
}

#[test]
fn what_another_asked_is_neither_fetched_nor_taken_back() {
    let mut network = ready();
    let receipt = receipt(submit(&mut network, "r-1", 0, of_iida("IIDA-0001")));
    let unknown = ReceiptNumber::numbered(99);
    for (id, command) in [
        ("r-2", Command::Result(receipt.clone())),
        ("r-3", Command::Cancel(receipt)),
        ("r-4", Command::Result(unknown.clone())),
        ("r-5", Command::Cancel(unknown)),
        ("r-6", Command::BatchResult(BatchNumber::numbered(1))),
    ] {
        let reply = ask(&mut network, SAPPORO, id, 60, Any::Inquiry(command.clone()));
        assert_eq!(refused_by(&reply), Some("R-INQ-16"), "{command:?}");
        network.set_rules_off(&[&rules::inquiry::OWN_RECEIPT]);
        let reply = ask(
            &mut network,
            SAPPORO,
            &format!("{id}-off"),
            60,
            Any::Inquiry(command),
        );
        assert_ne!(refused_by(&reply), Some("R-INQ-16"));
        network.set_rules_off(&[]);
    }
}

#[test]
fn a_result_is_kept_for_its_time_and_no_longer() {
    let mut network = ready();
    let life = network.limits.result_life;
    let fetched = receipt(submit(&mut network, "r-1", 0, of_iida("IIDA-0001")));
    let left = receipt(submit(&mut network, "r-2", 0, of_iida("IIDA-0005")));
    told(result(&mut network, 20, &fetched));
    told(result(&mut network, 15 + life, &fetched));
    for receipt in [&fetched, &left] {
        let reply = result(&mut network, 16 + life, receipt);
        assert_eq!(refused_by(&reply), Some("R-INQ-17"));
    }
    assert_eq!(network.inquiries.get(&left).unwrap().state, State::Expired);
    holds(&network);
}

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

#[test]
fn what_waits_for_a_provider_comes_in_order_and_once() {
    let mut network = ready();
    let down = |act: fn(Hop, Option<String>) -> Act| act(Hop::Peer, Some(SAPPORO.to_owned()));
    network
        .operate(down(|hop, institution| Act::BreakHop {
            hop,
            institution,
            mode: None,
        }))
        .unwrap();
    let people = ["IIDA-0001", "IIDA-0005", "IIDA-0006"];
    let receipts: Vec<ReceiptNumber> = people
        .iter()
        .zip([0, 50, 70])
        .map(|(atena, seconds)| {
            receipt(submit(
                &mut network,
                &format!("r-{atena}"),
                seconds,
                of_iida(atena),
            ))
        })
        .collect();
    for receipt in &receipts {
        assert_eq!(
            told(result(&mut network, 600, receipt)).state,
            State::Permitted
        );
    }
    network
        .operate(down(|hop, institution| Act::MendHop {
            hop,
            institution,
            mode: None,
        }))
        .unwrap();
    // One more, after the line is up again: it does not overtake.
    let last = receipt(submit(&mut network, "r-last", 601, of_iida("IIDA-0007")));
    assert_eq!(
        told(result(&mut network, 610, &last)).state,
        State::Permitted
    );
    for receipt in receipts.iter().chain([&last]) {
        assert_eq!(
            told(result(&mut network, 800, receipt)).state,
            State::Answered
        );
    }
    holds(&network);
}

#[test]
fn a_permit_runs_out_while_its_provider_cannot_be_reached() {
    let mut network = ready();
    let life = network.limits.permit_life;
    let hop = Hop::Peer;
    let institution = Some(SAPPORO.to_owned());
    network
        .operate(Act::BreakHop {
            hop,
            institution: institution.clone(),
            mode: None,
        })
        .unwrap();
    let receipt = receipt(submit(&mut network, "r-1", 0, of_iida("IIDA-0001")));
    assert_eq!(
        told(result(&mut network, 5 + life, &receipt)).state,
        State::Permitted
    );
    let reply = result(&mut network, 6 + life, &receipt);
    assert_eq!(refused_by(&reply), Some("R-INQ-17"));
    network
        .operate(Act::MendHop {
            hop,
            institution,
            mode: None,
        })
        .unwrap();
    network.advance_to(epoch().plus(life + 3_600).unwrap());
    assert_eq!(
        network.inquiries.get(&receipt).unwrap().state,
        State::Expired
    );
    holds(&network);
}

#[test]
fn a_held_request_is_answered_or_refused_once_by_its_provider() {
    let held = || {
        let mut network = ready();
        let receipt = receipt(submit(&mut network, "r-1", 0, of_iida("IIDA-0003")));
        network.advance_to(epoch().plus(60).unwrap());
        (network, receipt)
    };
    let answer = |receipt: &ReceiptNumber| provision::Command::Answer {
        receipt: receipt.clone(),
        copies: Vec::new(),
    };
    let refuse = |receipt: &ReceiptNumber, reason: &str| provision::Command::Refuse {
        receipt: receipt.clone(),
        reason: reason.to_owned(),
    };
    let (mut network, receipt) = held();
    for (id, caller, command, refused) in [
        ("r-2", IIDA, answer(&receipt), Some("R-PRV-16")),
        ("r-3", SAPPORO, refuse(&receipt, " "), Some("R-PRV-19")),
        ("r-4", SAPPORO, answer(&receipt), None),
        ("r-5", SAPPORO, answer(&receipt), Some("R-PRV-17")),
        (
            "r-6",
            SAPPORO,
            refuse(&receipt, "支援措置"),
            Some("R-PRV-17"),
        ),
    ] {
        let reply = ask(&mut network, caller, id, 70, Any::Provision(command));
        assert_eq!(refused_by(&reply), refused, "{id}");
    }
    let answered = told(result(&mut network, 80, &receipt));
    assert_eq!(answered.state, State::Answered);
    assert_eq!(answered.copies.len(), 1);
    holds(&network);
    let (mut network, receipt) = held();
    let command = Any::Provision(refuse(&receipt, "支援措置"));
    ask(&mut network, SAPPORO, "r-2", 70, command).unwrap();
    let refused = told(result(&mut network, 80, &receipt));
    assert_eq!(refused.state, State::Refused);
    assert_eq!(refused.reason.as_deref(), Some("支援措置"));
    holds(&network);
    let (mut network, receipt) = held();
    let late = network.limits.permit_life + 60;
    let reply = ask(
        &mut network,
        SAPPORO,
        "r-2",
        late,
        Any::Provision(answer(&receipt)),
    );
    assert_eq!(refused_by(&reply), Some("R-INQ-23"));
}
