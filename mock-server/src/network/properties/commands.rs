//! Random commands of all domains, from all kinds of callers, over days, with retries.

use proptest::prelude::*;

use crate::network::{
    Answer, Audience, Command, Input, Network, Sender,
    caller::Caller,
    code::{self, AtenaKind, Sent},
    connection, connectivity,
    form::Found,
    inquiry::{
        self, Question, Time,
        tests::{of_iida, ready},
    },
    master::{self, MasterKind},
    population::{PersonId, Population},
    portal,
    properties::cases,
    provision::{self, Content, Copy, CopyKey, Filled, Marks, Row, Written},
    record::{self, Outcome, Period, Selection},
    rules::Retry,
    testing::*,
    types::{
        AcquisitionNumber, AtenaNumber, BatchNumber, InstitutionCode, Key, MasterVersion,
        ReceiptNumber, RequestId,
    },
};

const CALLERS: [&str; 9] = [
    "202053-M",
    "202053-E",
    "011002-M",
    "011002-E",
    "202029-M",
    "INS-0001",
    "999999-M",
    "JUKI-NET",
    "MYNA-PORTAL",
];

fn receipt() -> impl Strategy<Value = ReceiptNumber> {
    (0..8_u64).prop_map(ReceiptNumber::numbered)
}

fn selection() -> impl Strategy<Value = Selection> {
    let day =
        || prop::sample::select(&["2026-11-01", "2026-11-02", "2026-11-04", "2019-10-01"][..]);
    prop_oneof![
        receipt().prop_map(Selection::Receipt),
        (day(), day()).prop_map(|(from, to)| Selection::Period(Period {
            from: from.parse().unwrap(),
            to: to.parse().unwrap(),
        })),
    ]
}

fn record_command() -> impl Strategy<Value = Command> {
    prop_oneof![
        (selection(), 0..3_u32)
            .prop_map(|(selection, page)| record::Command::Get { selection, page }),
        (receipt(), any::<bool>())
            .prop_map(|(receipt, marked)| record::Command::SetNonDisclosure { receipt, marked }),
    ]
    .prop_map(Command::Record)
}

fn portal_command() -> impl Strategy<Value = Command> {
    let person = || {
        (1..4_u32).prop_map(|place| Population::new(1).portal_person(PersonId::new(place).unwrap()))
    };
    prop_oneof![
        (person(), selection()).prop_map(|(person, selection)| portal::Command::OwnRecords {
            person,
            selection,
            page: 1,
        }),
        person().prop_map(|person| portal::Command::Notices {
            person,
            since: "2026-11-01".parse().unwrap(),
            page: 1,
        }),
    ]
    .prop_map(Command::Portal)
}

fn code_command() -> impl Strategy<Value = Command> {
    let atena = || {
        prop::sample::select(&["A-1", "A-2", "A-3", "SAPPORO-0000001", "INS-0000002"][..])
            .prop_map(|number| AtenaNumber::new(number).unwrap())
    };
    let acquisition = || (1..6_u64).prop_map(AcquisitionNumber::numbered);
    let person = || (1..4_u32).prop_map(|place| PersonId::new(place).unwrap());
    let code = || {
        let institution = prop::sample::select(&["202053-M", "202053-E", "011002-M"][..]);
        (person(), institution, 0..2_u32).prop_map(|(person, institution, issue)| {
            let institution = InstitutionCode::new(institution).unwrap();
            Population::new(1).linkage_code(person, &institution, issue)
        })
    };
    let resident = || {
        person().prop_map(|person| Sent::Code(Population::new(1).resident_code(person).unwrap()))
    };
    let links = || prop::collection::vec((atena(), code()), 1..3);
    prop_oneof![
        prop::collection::vec((atena(), Just(AtenaKind::Resident)), 1..3)
            .prop_map(code::Command::Register),
        prop::collection::vec(atena(), 1..3).prop_map(code::Command::Delete),
        (atena(), atena())
            .prop_map(|(keep, merge)| code::Command::Merge(vec![code::Merge { keep, merge }])),
        prop::collection::vec(atena(), 1..3).prop_map(code::Command::Request),
        prop::collection::vec((acquisition(), resident()), 1..3).prop_map(code::Command::Send),
        Just(code::Command::Notifications { after: None }),
        (acquisition(), atena(), code()).prop_map(|(acquisition, atena, code)| {
            code::Command::Report(vec![code::Application {
                acquisition,
                atena,
                code,
            }])
        }),
        links().prop_map(|links| code::Command::Confirm { links, count: None }),
        links().prop_map(code::Command::GiveUp),
    ]
    .prop_map(Command::Code)
}

fn connectivity_command() -> impl Strategy<Value = Command> {
    let way = connectivity::Way {
        system: connectivity::System::Tax,
        mode: connectivity::Mode::Online,
    };
    prop_oneof![
        Just(connectivity::Command::Echo {
            way,
            sent_at: None,
            payload: "疎通".to_owned(),
        }),
        prop::sample::select(&CALLERS[..]).prop_map(move |peer| connectivity::Command::Route {
            way,
            peer: InstitutionCode::new(peer).unwrap(),
        }),
        Just(connectivity::Command::Status),
    ]
    .prop_map(Command::Connectivity)
}

fn master_command() -> impl Strategy<Value = Command> {
    let kind = || prop::sample::select(&MasterKind::ALL[..]);
    let version = || {
        prop::sample::select(&["2025.04", "2026.04", "2026.12"][..])
            .prop_map(|version| MasterVersion::new(version).unwrap())
    };
    let published = network().masters.list(epoch());
    prop_oneof![
        Just(master::Command::List),
        Just(master::Command::Applied),
        (
            kind(),
            prop::option::of(version()),
            prop::option::of(version())
        )
            .prop_map(|(kind, version, base)| master::Command::Get {
                kind,
                version,
                base,
                page: None,
            }),
        // Now and then with a count that is not right.
        (prop::sample::select(published), prop::bool::weighted(0.2)).prop_map(|(master, wrong)| {
            master::Command::Report(master::Report {
                kind: master.kind,
                version: master.version,
                base: None,
                count: master.count + usize::from(wrong),
                digest: master.digest,
            })
        }),
    ]
    .prop_map(Command::Master)
}

fn connection_command() -> impl Strategy<Value = Command> {
    let institution =
        || prop::sample::select(&CALLERS[..5]).prop_map(|code| InstitutionCode::new(code).unwrap());
    let task = || {
        (
            prop::sample::select(&["T-001", "T-101"][..]),
            any::<bool>(),
            any::<bool>(),
        )
            .prop_map(|(task, assessed, filed)| connection::TaskApplication {
                task: Key::new(task).unwrap(),
                assessed_on: assessed.then(|| "2026-04-01".parse().unwrap()),
                ordinance_filed_on: filed.then(|| "2026-05-01".parse().unwrap()),
            })
    };
    let application = (
        institution(),
        institution(),
        prop::collection::vec(task(), 1..3),
    )
        .prop_map(|(institution, partner, tasks)| connection::Application {
            institution,
            name: "飯田市長".to_owned(),
            delegations: Vec::new(),
            partner,
            schedule: connection::Schedule {
                from: "2026-11-09".parse().unwrap(),
                to: "2026-12-18".parse().unwrap(),
            },
            tasks,
        });
    prop_oneof![
        Just(connection::Command::Status),
        application.prop_map(connection::Command::Apply),
    ]
    .prop_map(Command::Connection)
}

fn question() -> impl Strategy<Value = Question> {
    let task = prop::sample::select(&[("T-001", "P-001-01"), ("T-002", "P-002-01")][..]);
    let provider = prop::sample::select(&["011002-M", "011002-M", "202029-M", "INS-0001"][..]);
    let item = prop::sample::select(&["TAX-INCOME", "TAX-INCOME", "RESIDENT-RECORD"][..]);
    let time = prop_oneof![2 => Just(Time::Year(2026)), 1 => Just(Time::Now)];
    let consent = prop::bool::weighted(0.9);
    let delegator = prop::option::weighted(0.2, Just("202053-E"));
    (1..6_u32, task, delegator, provider, item, time, consent).prop_map(
        |(place, (task, procedure), delegator, provider, item, time, consent)| Question {
            atena: AtenaNumber::new(&format!("IIDA-{place:04}")).unwrap(),
            task: Key::new(task).unwrap(),
            procedure: Key::new(procedure).unwrap(),
            delegator: delegator.and_then(InstitutionCode::new),
            provider: InstitutionCode::new(provider).unwrap(),
            item: Key::new(item).unwrap(),
            time,
            consent,
        },
    )
}

fn inquiry_command() -> impl Strategy<Value = Command> {
    let batch = (0..3_u64).prop_map(BatchNumber::numbered);
    prop_oneof![
        4 => question().prop_map(inquiry::Command::Submit),
        1 => prop::collection::vec(question(), 1..4).prop_map(inquiry::Command::SubmitBatch),
        4 => receipt().prop_map(inquiry::Command::Result),
        1 => batch.prop_map(inquiry::Command::BatchResult),
        1 => receipt().prop_map(inquiry::Command::Cancel),
    ]
    .prop_map(Command::Inquiry)
}

fn provision_command() -> impl Strategy<Value = Command> {
    let copy_key = || {
        (1..4_u32).prop_map(|place| CopyKey {
            atena: AtenaNumber::new(&format!("IIDA-{place:04}")).unwrap(),
            item: Key::new("TAX-INCOME").unwrap(),
            year: Some(2026),
        })
    };
    let written = || {
        (copy_key(), any::<bool>(), any::<bool>()).prop_map(
            |(key, no_automatic_answer, no_own_view)| {
                let filled = |name, content| Filled {
                    name: Key::new(name).unwrap(),
                    content,
                };
                Written {
                    key,
                    copy: Copy {
                        layout: MasterVersion::new("2026.04").unwrap(),
                        original_at: epoch(),
                        marks: Marks {
                            no_automatic_answer,
                            non_disclosure: no_own_view,
                            no_own_view,
                        },
                        rows: vec![Row {
                            as_of: "2026-06-01".parse().unwrap(),
                            fields: vec![
                                filled("INCOME", Content::value("3000000")),
                                filled("TAX", Content::Zero),
                            ],
                        }],
                    },
                }
            },
        )
    };
    prop_oneof![
        prop::collection::vec(written(), 1..3).prop_map(provision::Command::Register),
        prop::collection::vec(written(), 1..3).prop_map(provision::Command::Update),
        prop::collection::vec(copy_key(), 1..3).prop_map(provision::Command::Delete),
        Just(provision::Command::Held { page: 1 }),
        receipt().prop_map(|receipt| provision::Command::Answer {
            receipt,
            copies: Vec::new(),
        }),
        receipt().prop_map(|receipt| provision::Command::Refuse {
            receipt,
            reason: "係争中".to_owned(),
        }),
    ]
    .prop_map(Command::Provision)
}

/// Whether a question notes something of what was asked: asking it again changes nothing more.
fn notes(command: &Command) -> bool {
    matches!(
        command,
        Command::Master(master::Command::Get { .. })
            | Command::Inquiry(inquiry::Command::Result(_) | inquiry::Command::BatchResult(_))
    )
}

fn command() -> impl Strategy<Value = Command> {
    prop_oneof![
        1 => connection_command(),
        3 => master_command(),
        6 => code_command(),
        1 => connectivity_command(),
        8 => inquiry_command(),
        3 => provision_command(),
        4 => record_command(),
        2 => portal_command(),
    ]
}

/// One message: after how many seconds, from whom, with which id, and what.
#[derive(Clone, Debug)]
struct Message {
    after: u64,
    caller: &'static str,
    claimed: &'static str,
    id: u32,
    command: Command,
}

fn message() -> impl Strategy<Value = Message> {
    let after = prop_oneof![4 => 0..30_u64, 1 => 3_600..200_000_u64];
    let caller = || prop::sample::select(&CALLERS[..]);
    let claimed = prop_oneof![9 => Just(None), 1 => caller().prop_map(Some)];
    let fits = prop::bool::weighted(0.9);
    // Few ids, so that many messages are retries or reuse an id.
    (after, caller(), fits, claimed, 0..20_u32, command()).prop_map(
        |(after, caller, fits, claimed, id, command)| {
            let caller = match (&command, command.audience()) {
                (_, Audience::Registry) if fits => Caller::REGISTRY,
                (_, Audience::Portal) if fits => Caller::PORTAL,
                (Command::Inquiry(_), _) if fits => "202053-M",
                (_, Audience::Registry | Audience::Portal | Audience::Institutions) => caller,
            };
            Message {
                after,
                caller,
                claimed: claimed.unwrap_or(caller),
                id,
                command,
            }
        },
    )
}

fn input(message: &Message, seconds: u64) -> Input {
    Input {
        at: epoch().plus(seconds).unwrap(),
        caller: Caller::named(message.caller).unwrap(),
        sender: Sender {
            request_id: RequestId::new(&format!("r-{}", message.id)).unwrap(),
            institution: InstitutionCode::new(message.claimed).unwrap(),
        },
        command: message.command.clone(),
        found: Found::default(),
    }
}

/// The whole state, to be compared.
fn state(network: &Network) -> String {
    format!("{network:?}")
}

proptest! {
    #![proptest_config(cases(24))]

    #[test]
    fn whatever_is_sent_the_invariants_hold(messages in prop::collection::vec(message(), 1..40)) {
        let mut network = ready();
        // A few inquiries are under way, so that what names one finds one.
        for place in 1..=4 {
            let atena = AtenaNumber::new(&format!("IIDA-{place:04}")).unwrap();
            let submit = inquiry::Command::Submit(of_iida(atena.as_str()));
            let reply = ask(&mut network, "202053-M", &format!("q-{place}"), 0, Command::Inquiry(submit));
            prop_assert!(reply.is_ok());
        }
        // What was taken from whom with which id, as a plain list.
        let mut taken: Vec<(&str, u32, ReceiptNumber, Question)> = Vec::new();
        let mut seconds = 0;
        for message in &messages {
            seconds += message.after;
            let input = input(message, seconds);
            let changes = message.command.changes();

            // What is due by itself happens first, so that what follows is the message's doing alone.
            network.advance_to(input.at);
            let before = state(&network);
            let mut fork = network.clone();
            let reply = network.apply(input.clone());
            prop_assert_eq!(network.check(), Vec::new(), "{:?}", message);

            // A question changes nothing.
            let after = state(&network);
            prop_assert!(changes || notes(&message.command) || before == after, "{message:?} changed the network");

            // The same message again has no second effect, and the same reply.
            let again = network.apply(input.clone());
            let invites = reply.as_ref().is_err_and(|fault| fault.retry == Retry::SameRequest);
            if !invites {
                prop_assert_eq!(&again, &reply, "{:?}", message);
                prop_assert_eq!(&state(&network), &after, "{:?} has a second effect", message);
            }

            // An inquiry that is taken has a number of its own, and keeps it when it is sent again.
            if let (Ok(Answer::Inquiry(inquiry::Answer::Submitted(receipt))), Command::Inquiry(inquiry::Command::Submit(question))) =
                (&reply, &message.command)
            {
                let known = taken.iter().find(|(caller, id, _, _)| (*caller, *id) == (message.caller, message.id));
                if let Some((_, _, first, _)) = known {
                    prop_assert_eq!(first, receipt);
                } else {
                        prop_assert!(taken.iter().all(|(_, _, other, _)| other != receipt));
                        taken.push((message.caller, message.id, receipt.clone(), question.clone()));
                }
            }

            // A fork is unharmed, and goes the same way.
            prop_assert_eq!(&state(&fork), &before);
            prop_assert_eq!(&fork.apply(input), &reply);
            prop_assert_eq!(&state(&fork), &after);
        }

        // Once everything is over, every inquiry that was taken has one record that says what was asked and how it
        // ended, and its inquirer is told the same.
        let end = epoch().plus(seconds + 30 * 86_400).unwrap();
        network.advance_to(end);
        prop_assert_eq!(network.check(), Vec::new());
        for (caller, _, receipt, question) in taken {
            let record = network.records.get(&receipt).unwrap();
            prop_assert_eq!(record.inquirer.as_str(), caller);
            prop_assert_eq!(
                (&record.task, &record.provider, &record.item),
                (&question.task, &question.provider, &question.item)
            );
            prop_assert!(record.outcome != Outcome::Pending, "{} is under way", receipt);
        }
    }
}
