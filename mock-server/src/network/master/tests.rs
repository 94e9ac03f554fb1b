//! Fetching and applying, as tables.

use super::*;
use crate::network::{
    self, Command as Any, Reply,
    act::Act,
    testing::{ask, network, refused_by},
};

const SECONDS_TO_DECEMBER: u64 = 28 * 86_400 + 15 * 3_600;

fn version(text: &str) -> MasterVersion {
    MasterVersion::new(text).unwrap()
}

/// Asks as the insurer, which is approved from the beginning, or as another.
fn as_one(
    network: &mut Network,
    who: &str,
    request: &str,
    seconds: u64,
    command: Command,
) -> Reply {
    ask(network, who, request, seconds, Any::Master(command))
}

fn get(kind: MasterKind, name: &str, base: Option<&str>, page: Option<PageToken>) -> Command {
    Command::Get {
        kind,
        version: Some(version(name)),
        base: base.map(version),
        page,
    }
}

fn package(reply: Reply) -> Package {
    let answer = reply.unwrap();
    let network::Answer::Master(Answer::Package(package)) = answer else {
        panic!("{answer:?}")
    };
    package
}

/// A right report of a version.
fn report(network: &Network, kind: MasterKind, name: &str, base: Option<&str>) -> Report {
    let published = network.masters.version(kind, &version(name)).unwrap();
    Report {
        kind,
        version: version(name),
        base: base.map(version),
        count: published.entries.len(),
        digest: published.digest.clone(),
    }
}

fn publish(network: &mut Network, name: &str, from: &str) {
    network
        .operate(Act::PublishMaster {
            kind: None,
            version: name.into(),
            effective_from: from.into(),
        })
        .unwrap();
}

const KIND: MasterKind = MasterKind::Layouts;

#[test]
fn each_wrong_fetch_or_report_is_refused_and_its_rule_off_lets_it_through() {
    type Case = (&'static rules::Rule, fn(&Network) -> Command);
    let cases: &[Case] = &[
        (&rule::VERSION_KNOWN, |_| get(KIND, "2026.05", None, None)),
        (&rule::BASE_IS_PREDECESSOR, |_| {
            get(KIND, "2026.12", Some("2025.04"), None)
        }),
        (&rule::PAGE_KNOWN, |_| {
            get(
                KIND,
                "2026.04",
                None,
                PageToken::new("K5-2026.04-full-P99999"),
            )
        }),
        (&rule::NOT_EARLY, |network| {
            Command::Report(report(network, KIND, "2026.12", None))
        }),
        (&rule::NOT_PAST, |network| {
            Command::Report(report(network, KIND, "2025.04", None))
        }),
        (&rule::FETCHED, |network| {
            Command::Report(report(network, MasterKind::Tasks, "2026.04", None))
        }),
        (&rule::CHANGES_ON_BASE, |network| {
            Command::Report(report(network, KIND, "2026.04", Some("2025.04")))
        }),
        (&rule::COUNT_AGREES, |network| {
            let right = report(network, KIND, "2026.04", None);
            Command::Report(Report {
                count: right.count + 1,
                ..right
            })
        }),
        (&rule::DIGEST_AGREES, |network| {
            let right = report(network, KIND, "2026.04", None);
            let digest = Digest::from_bytes(&[0; 32]);
            Command::Report(Report { digest, ..right })
        }),
    ];
    let who = "202053-M";
    for (rule, command) in cases {
        let mut network = network();
        network.set_rules_off(&[&rules::connection::CONNECTION_APPROVED]);
        publish(&mut network, "2026.12", "2026-12-01");
        for (name, base) in [
            ("2025.04", None),
            ("2026.04", None),
            ("2026.04", Some("2025.04")),
            ("2026.12", None),
        ] {
            let fetched = as_one(&mut network, who, "r-1", 0, get(KIND, name, base, None));
            assert!(fetched.is_ok(), "{fetched:?}");
        }
        let wrong = command(&network);
        let reply = as_one(&mut network, who, "r-2", 0, wrong.clone());
        assert_eq!(refused_by(&reply), Some(rule.code), "{wrong:?}");
        network.set_rules_off(&[&rules::connection::CONNECTION_APPROVED, rule]);
        let reply = as_one(&mut network, who, "r-3", 0, wrong.clone());
        assert!(reply.is_ok(), "{}: {reply:?}", rule.code);
        assert_eq!(network.check(), [], "{}", rule.code);
    }
}

#[test]
fn pages_put_together_are_the_whole_and_none_may_be_left_out() {
    let mut network = network();
    network.limits.page = 7;
    let whole = network
        .masters
        .version(KIND, &version("2026.04"))
        .unwrap()
        .clone();
    let mut found = Vec::new();
    let mut page = None;
    loop {
        let reply = as_one(
            &mut network,
            "INS-0001",
            "r-1",
            0,
            get(KIND, "2026.04", None, page),
        );
        let package = package(reply);
        assert!(package.lines.len() <= 7);
        found.extend(package.lines);
        let early = Command::Report(report(&network, KIND, "2026.04", None));
        page = package.next;
        let last = page.is_none();
        let reply = as_one(
            &mut network,
            "INS-0001",
            &format!("r-{}", found.len()),
            0,
            early,
        );
        assert_eq!(refused_by(&reply), (!last).then_some(rule::FETCHED.code));
        if last {
            break;
        }
    }
    let expected: Vec<Line> = whole.entries.iter().cloned().map(Line::Entry).collect();
    assert_eq!(found, expected);
}

#[test]
fn an_application_again_changes_nothing() {
    let mut network = network();
    network.set_rules_off(&[&rules::connection::CONNECTION_APPROVED]);
    let who = "202053-M";
    let command = get(KIND, "2026.04", None, None);
    assert!(as_one(&mut network, who, "r-1", 0, command).is_ok());
    let mut apply = |request, seconds| {
        let command = Command::Report(report(&network, KIND, "2026.04", None));
        let answer = as_one(&mut network, who, request, seconds, command).unwrap();
        let network::Answer::Master(Answer::Agreed {
            applied, changed, ..
        }) = answer
        else {
            panic!("{answer:?}")
        };
        (applied.at, changed)
    };
    let (first, changed) = apply("r-2", 0);
    assert!(changed);
    assert_eq!(apply("r-3", 60), (first, false));
}

#[test]
fn at_midnight_of_the_first_day_who_did_not_apply_is_out_of_date_and_a_held_peer_too() {
    let mut network = network();
    publish(&mut network, "2026.12", "2026-12-01");
    let act = Act::HoldPeer {
        institution: "011002-M".into(),
    };
    network.operate(act).unwrap();
    let code = |text| InstitutionCode::new(text).unwrap();
    let moment = |seconds| network::testing::epoch().plus(seconds).unwrap();
    let out = |network: &Network, who, seconds| {
        network
            .masters
            .up_to_date(moment(seconds), &code(who))
            .err()
            .map(|outdated| outdated.expected.to_string())
    };
    for (who, before, after) in [
        ("202053-M", Some("2026.04"), Some("2026.12")),
        ("011002-M", None, Some("2026.12")),
        ("011002-E", None, None),
    ] {
        let last = SECONDS_TO_DECEMBER - 1;
        assert_eq!(out(&network, who, last).as_deref(), before, "{who}");
        assert_eq!(
            out(&network, who, SECONDS_TO_DECEMBER).as_deref(),
            after,
            "{who}"
        );
    }
}

#[test]
fn a_version_that_was_withdrawn_is_refused_and_the_former_applied_again() {
    let mut network = network();
    publish(&mut network, "2026.12", "2026-12-01");
    let after = SECONDS_TO_DECEMBER + 60;
    let who = "INS-0001";
    for name in ["2026.04", "2026.12"] {
        assert!(as_one(&mut network, who, "r-1", after, get(KIND, name, None, None)).is_ok());
    }
    let command = Command::Report(report(&network, KIND, "2026.12", None));
    assert!(as_one(&mut network, who, "r-2", after, command.clone()).is_ok());
    let act = Act::WithdrawMaster {
        kind: None,
        version: "2026.12".into(),
    };
    network.operate(act).unwrap();
    let reply = as_one(&mut network, who, "r-3", after, command);
    assert_eq!(refused_by(&reply), Some(rule::NOT_WITHDRAWN.code));
    let back = Command::Report(report(&network, KIND, "2026.04", None));
    assert!(as_one(&mut network, who, "r-4", after, back).is_ok());
    assert_eq!(network.check(), []);
}

#[test]
fn an_act_that_cannot_be_done_changes_no_master_and_says_why() {
    let act = |kind: Option<&str>, version: &str, from: &str| Act::PublishMaster {
        kind: kind.map(str::to_owned),
        version: version.into(),
        effective_from: from.into(),
    };
    let withdraw = |kind: Option<&str>, version: &str| Act::WithdrawMaster {
        kind: kind.map(str::to_owned),
        version: version.into(),
    };
    let cases = [
        (act(None, "2026.04", "2026-12-01"), "a later one"),
        (act(None, "2026.12", "2026-11-02"), "after today"),
        (act(None, "2026-12", "2026-12-01"), "no version"),
        (act(None, "2026.12", "2026-12-32"), "no date"),
        (act(Some("people"), "2026.12", "2026-12-01"), "no kind"),
        (withdraw(None, "2026.12"), "not published"),
        (withdraw(Some("people"), "2026.04"), "no kind"),
        (
            Act::HoldPeer {
                institution: "202053-M".into(),
            },
            "no peer",
        ),
        (
            Act::HoldPeer {
                institution: "999999-M".into(),
            },
            "no institution",
        ),
    ];
    let mut network = network();
    let before = network.masters.list(network::testing::epoch());
    for (act, says) in cases {
        let refused = network.operate(act.clone()).unwrap_err().0;
        assert!(refused.en.contains(says), "{act:?}: {}", refused.en);
        assert!(!refused.ja.is_empty());
    }
    assert_eq!(network.masters.list(network::testing::epoch()), before);
    // Of the two versions that stand, one may go, and not the other after it.
    assert!(network.operate(withdraw(None, "2026.04")).is_ok());
    let last = network.operate(withdraw(None, "2025.04")).unwrap_err().0;
    assert!(last.en.contains("in force"), "{}", last.en);
}
