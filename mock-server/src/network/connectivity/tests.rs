//! Hours, stops and hops: what is found of a route, and which rule refuses.

use super::*;
use crate::network::{
    self, Command as Any,
    act::Act,
    master,
    rules::Rule,
    testing::{ask, epoch, network, refused_by},
};

const SAPPORO: &str = "011002-M";

fn code(text: &str) -> InstitutionCode {
    InstitutionCode::new(text).unwrap()
}

fn way(mode: Mode) -> Way {
    Way {
        system: System::Tax,
        mode,
    }
}

fn route(peer: &str, mode: Mode) -> Any {
    Any::Connectivity(Command::Route {
        way: way(mode),
        peer: code(peer),
    })
}

fn broken(hop: Hop, institution: Option<&str>, mode: Option<Mode>) -> Act {
    Act::BreakHop {
        hop,
        institution: institution.map(str::to_owned),
        mode,
    }
}

fn hours(institution: Option<&str>, opens: &str, closes: &str) -> Act {
    Act::SetHours {
        institution: institution.map(str::to_owned),
        opens: opens.to_owned(),
        closes: closes.to_owned(),
    }
}

fn stop(from: &str, until: &str) -> Act {
    Act::PlanStop {
        from: from.to_owned(),
        until: until.to_owned(),
    }
}

/// The states of the hops that are seen, as one letter each: reached, unreachable, not reached.
fn letters(hops: &[Checked]) -> String {
    hops.iter()
        .filter_map(|hop| match hop.state {
            HopState::NotObserved => None,
            HopState::Reached => Some('r'),
            HopState::Unreachable(_) => Some('u'),
            HopState::NotReached => Some('n'),
        })
        .collect()
}

#[test]
fn the_first_broken_hop_is_named_and_nothing_is_said_of_those_behind_it() {
    use Hop::{Core, InterfaceSystem, IntermediateServer, Peer};
    let (online, batch) = (Mode::Online, Mode::Batch);
    let cases: &[(&[Act], Mode, &str, Option<Broken>)] = &[
        (&[], online, "rrrr", None),
        (
            &[broken(IntermediateServer, None, None)],
            online,
            "unnn",
            Some(Broken::Down),
        ),
        (
            &[
                broken(InterfaceSystem, None, None),
                broken(Core, None, None),
            ],
            batch,
            "runn",
            Some(Broken::Down),
        ),
        (&[broken(Core, None, Some(batch))], online, "rrrr", None),
        (
            &[broken(Core, None, Some(batch))],
            batch,
            "rrun",
            Some(Broken::Down),
        ),
        (
            &[broken(Peer, Some("MIN-0001"), None)],
            online,
            "rrru",
            Some(Broken::Down),
        ),
        (
            &[broken(Peer, Some("INS-0001"), None)],
            online,
            "rrrr",
            None,
        ),
        (
            &[hours(Some("MIN-0001"), "10:00", "24:00")],
            online,
            "rrru",
            Some(Broken::OutOfHours),
        ),
        (
            &[hours(None, "10:00", "24:00")],
            online,
            "runn",
            Some(Broken::OutOfHours),
        ),
        (
            &[stop(
                "2026-11-02T09:00:00+09:00",
                "2026-11-02T09:00:01+09:00",
            )],
            online,
            "runn",
            Some(Broken::PlannedStop),
        ),
        (
            &[stop(
                "2026-11-02T08:59:59+09:00",
                "2026-11-02T09:00:00+09:00",
            )],
            online,
            "rrrr",
            None,
        ),
    ];
    for (acts, mode, expected, reason) in cases {
        let mut network = network();
        for act in *acts {
            network.operate(act.clone()).unwrap();
        }
        let reply = ask(&mut network, SAPPORO, "r-1", 0, route("MIN-0001", *mode));
        let Ok(network::Answer::Connectivity(Answer::Route { hops, way: _ })) = reply else {
            panic!("{reply:?}");
        };
        assert_eq!(letters(&hops), *expected, "{acts:?} {mode:?}");
        let found = hops.iter().find_map(|hop| match hop.state {
            HopState::Unreachable(reason) => Some(reason),
            HopState::NotObserved | HopState::Reached | HopState::NotReached => None,
        });
        assert_eq!(found, *reason, "{acts:?} {mode:?}");
    }
}

#[test]
fn a_mended_hop_answers_again() {
    let mut network = network();
    network.operate(broken(Hop::Core, None, None)).unwrap();
    assert!(network.open(epoch()).is_err());
    let mend = |mode| Act::MendHop {
        hop: Hop::Core,
        institution: None,
        mode,
    };
    network.operate(mend(Some(Mode::Batch))).unwrap();
    assert!(network.open(epoch()).is_err());
    network.operate(mend(None)).unwrap();
    assert!(network.open(epoch()).is_ok());
}

#[test]
fn each_rule_refuses_and_its_switch_lets_through() {
    let masters = || Any::Master(master::Command::List);
    let echo = |sent: &str| {
        Any::Connectivity(Command::Echo {
            way: way(Mode::Online),
            sent_at: Some(sent.parse().unwrap()),
            payload: "p".to_owned(),
        })
    };
    let cases: &[(&Rule, Option<Act>, Any)] = &[
        (
            &rule::IN_HOURS,
            Some(hours(None, "09:01", "17:00")),
            masters(),
        ),
        (
            &rule::NO_PLANNED_STOP,
            Some(stop(
                "2026-11-02T09:00:00+09:00",
                "2026-11-02T10:00:00+09:00",
            )),
            masters(),
        ),
        (
            &rule::ROUTE_UP,
            Some(broken(Hop::InterfaceSystem, None, None)),
            masters(),
        ),
        (&rule::CLOCKS_AGREE, None, echo("2026-11-02T09:05:01+09:00")),
        (&rule::PEER_KNOWN, None, route("999999-M", Mode::Online)),
        (&rule::PEER_IS_ANOTHER, None, route(SAPPORO, Mode::Online)),
    ];
    let listed = [rule::AT_THE_GATE, rule::RULES].concat();
    let tried: Vec<&Rule> = cases.iter().map(|(rule, _, _)| *rule).collect();
    assert_eq!(tried, listed);
    for ((rule, act, command), listed) in cases.iter().zip(listed) {
        let mut network = network();
        if let Some(act) = act {
            network.operate(act.clone()).unwrap();
        }
        let reply = ask(&mut network, SAPPORO, "r-1", 0, command.clone());
        assert_eq!(refused_by(&reply), Some(rule.code));
        network.set_rules_off(&[listed]);
        let reply = ask(&mut network, SAPPORO, "r-2", 0, command.clone());
        assert!(reply.is_ok(), "{} off: {reply:?}", rule.code);
    }
}

#[test]
fn hours_are_two_times_of_a_day_in_order() {
    let cases = [
        ("00:00", "24:00", Some((0, 86_400))),
        ("08:30", "17:15", Some((30_600, 62_100))),
        ("08:30", "08:30", None),
        ("20:00", "08:00", None),
        ("8:30", "17:15", None),
        ("08:60", "17:15", None),
        ("08:30", "24:01", None),
        ("08:30", "+9:00", None),
    ];
    for (opens, closes, expected) in cases {
        let expected = expected.map(|(opens, closes)| Hours { opens, closes });
        assert_eq!(Hours::new(opens, closes), expected, "{opens} {closes}");
    }
}

#[test]
fn an_act_that_names_a_hop_of_nobody_is_refused() {
    let mut network = network();
    for (hop, institution) in [
        (Hop::Peer, None),
        (Hop::Peer, Some("999999-M")),
        (Hop::Core, Some(SAPPORO)),
        (Hop::Atena, None),
        (Hop::BusinessSystem, Some(SAPPORO)),
    ] {
        assert!(network.operate(broken(hop, institution, None)).is_err());
    }
    assert!(network.open(epoch()).is_ok());
}
