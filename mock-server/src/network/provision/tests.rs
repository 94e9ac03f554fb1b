//! Tests of copies: what is taken, what is refused and why, and what they answer.

use super::*;
use crate::network::{
    self, Command as Any, Reply,
    rules::{Rule, provision as rule},
    testing::*,
};

const SAPPORO: &str = "011002-M";

fn key(text: &str) -> Key {
    Key::new(text).unwrap()
}

fn field(name: &str, content: Content) -> Filled {
    Filled {
        name: key(name),
        content,
    }
}

fn row(fields: Vec<Filled>) -> Row {
    Row {
        as_of: "2026-06-01".parse().unwrap(),
        fields,
    }
}

/// Of tanaka, whose taxes of 2026 Sapporo does not have.
fn written() -> Written {
    Written {
        key: CopyKey {
            atena: AtenaNumber::new("SAPPORO-0000004").unwrap(),
            item: key("TAX-INCOME"),
            year: Some(2026),
        },
        copy: Copy {
            layout: MasterVersion::new("2026.04").unwrap(),
            original_at: "2026-10-01T09:00:00+09:00".parse().unwrap(),
            marks: Marks::default(),
            rows: vec![row(vec![
                field("INCOME", Content::value("3200000")),
                field("TAX", Content::Zero),
            ])],
        },
    }
}

fn with_fields(fields: Vec<Filled>) -> Written {
    let mut written = written();
    written.copy.rows = vec![row(fields)];
    written
}

fn send(network: &mut Network, id: &str, command: Command) -> Reply {
    ask(network, SAPPORO, id, 0, Any::Provision(command))
}

/// What became of each entry: nothing where it was taken, the rule where it was refused.
fn entries(reply: Reply) -> Vec<Option<&'static str>> {
    let refused = |fault: &Fault| fault.rule.unwrap().code;
    match reply {
        Ok(network::Answer::Provision(Answer::Registered(list) | Answer::Updated(list))) => list
            .iter()
            .map(|(_, taken)| taken.as_ref().err().map(refused))
            .collect(),
        Ok(network::Answer::Provision(Answer::Deleted(list))) => list
            .iter()
            .map(|(_, taken)| taken.as_ref().err().map(refused))
            .collect(),
        other => panic!("{other:?}"),
    }
}

#[test]
fn each_rule_refuses_a_copy_and_its_switch_lets_through() {
    let good = written;
    let with_key = |change: fn(&mut CopyKey)| {
        let mut written = good();
        change(&mut written.key);
        written
    };
    let income = || field("INCOME", Content::value("1"));
    let tax = || field("TAX", Content::value("1"));
    let other_layout = {
        let mut written = good();
        written.copy.layout = MasterVersion::new("2025.04").unwrap();
        written
    };
    let to_come = {
        let mut written = good();
        written.copy.original_at = epoch().plus(1).unwrap();
        written
    };
    let long = "0123456789".repeat(2);
    let cases: Vec<(&'static Rule, Written)> = vec![
        (
            &rule::COPY_PERSON_LINKED,
            with_key(|key| key.atena = AtenaNumber::new("NOBODY").unwrap()),
        ),
        (
            &rule::COPY_ITEM_KNOWN,
            with_key(|key| key.item = Key::new("OTHER").unwrap()),
        ),
        (&rule::COPY_TIME_FITS_ITEM, with_key(|key| key.year = None)),
        (&rule::LAYOUT_IN_FORCE, other_layout),
        (&rule::ORIGINAL_NOT_AHEAD, to_come),
        (
            &rule::FIELD_KNOWN,
            with_fields(vec![income(), tax(), field("DEDUCTION", Content::Zero)]),
        ),
        (
            &rule::FIELD_STANDS_ONCE,
            with_fields(vec![income(), income(), tax()]),
        ),
        (&rule::REQUIRED_FIELDS, with_fields(vec![income()])),
        (
            &rule::FIELD_OF_KIND,
            with_fields(vec![income(), field("TAX", Content::value("1.5"))]),
        ),
        (
            &rule::FIELD_NOT_TOO_LONG,
            with_fields(vec![income(), field("TAX", Content::value(&long))]),
        ),
        (
            &rule::ZERO_TOLD_APART,
            with_fields(vec![income(), field("TAX", Content::value("0"))]),
        ),
        (
            &rule::ZERO_TOLD_APART,
            with_fields(vec![income(), tax(), field("NOTE", Content::value(""))]),
        ),
    ];
    for (rule, written) in cases {
        let mut network = network();
        let command = || Command::Register(vec![written.clone()]);
        let refused = entries(send(&mut network, "r-1", command()));
        assert_eq!(refused, [Some(rule.code)], "{written:?}");
        network.set_rules_off(&[rule]);
        let refused = entries(send(&mut network, "r-2", command()));
        assert_ne!(refused, [Some(rule.code)]);
    }
}

#[test]
fn one_poisoned_copy_does_not_stop_the_others() {
    let mut network = network();
    let mut other = written();
    other.key.year = Some(2025);
    let poisoned = with_fields(vec![field("INCOME", Content::value("x"))]);
    let mut copies = vec![written(), poisoned, other];
    copies[1].key.year = Some(2024);
    let taken = entries(send(&mut network, "r-1", Command::Register(copies)));
    assert_eq!(taken, [None, Some("R-PRV-10"), None]);
}

#[test]
fn a_submission_over_the_limit_is_refused_whole_and_what_stands_twice_by_itself() {
    let mut network = network();
    network.limits.batch = 2;
    let mut other = written();
    other.key.year = Some(2025);
    let reply = send(&mut network, "r-1", Command::Register(vec![written(); 3]));
    assert_eq!(refused_by(&reply), Some("R-PRV-01"));
    let twice = Command::Register(vec![written(); 2]);
    let taken = entries(send(&mut network, "r-2", twice));
    assert_eq!(taken, [Some("R-PRV-02"), Some("R-PRV-02")]);
    let taken = entries(send(
        &mut network,
        "r-3",
        Command::Register(vec![written(), other]),
    ));
    assert_eq!(taken, [None, None]);
}

#[test]
fn copies_are_registered_updated_and_deleted_in_that_order() {
    let mut network = network();
    let older = {
        let mut written = written();
        written.copy.original_at = "2026-09-30T23:59:59+09:00".parse().unwrap();
        written
    };
    let key = || vec![written().key];
    let steps: Vec<(Command, Option<&str>)> = vec![
        (Command::Update(vec![written()]), Some("R-PRV-14")),
        (Command::Delete(key()), Some("R-PRV-14")),
        (Command::Register(vec![written()]), None),
        (Command::Register(vec![written()]), Some("R-PRV-13")),
        (Command::Update(vec![older]), Some("R-PRV-15")),
        (Command::Update(vec![written()]), None),
        (Command::Delete(key()), None),
        (Command::Delete(key()), Some("R-PRV-14")),
        (Command::Register(vec![written()]), None),
    ];
    for (number, (command, expected)) in steps.into_iter().enumerate() {
        let found = entries(send(&mut network, &format!("r-{number}"), command));
        assert_eq!(found, [expected], "{number}");
    }
}

#[test]
fn a_derived_copy_is_updated_and_deleted_like_a_registered_one() {
    let mut network = network();
    let mut sato = written();
    sato.key.atena = AtenaNumber::new("SAPPORO-0000001").unwrap();
    let key = sato.key.clone();
    let person = PersonId::new(1).unwrap();
    let sapporo = InstitutionCode::new(SAPPORO).unwrap();
    let found = |network: &Network| network.copy(&sapporo, person, &key.item, key.year, epoch());
    assert!(found(&network).unwrap().1);
    let command = Command::Update(vec![sato.clone()]);
    assert_eq!(entries(send(&mut network, "r-1", command)), [None]);
    assert_eq!(*found(&network).unwrap().0, sato.copy);
    let command = Command::Delete(vec![key.clone()]);
    assert_eq!(entries(send(&mut network, "r-2", command)), [None]);
    assert_eq!(found(&network), None);
}

#[test]
fn copies_and_originals_are_compared_person_by_person() {
    let mut network = network();
    let of = |place: u32| {
        let mut written = written();
        written.key.atena = AtenaNumber::new(&format!("SAPPORO-{place:07}")).unwrap();
        written
    };
    let registered = Command::Register(vec![of(2), of(4), of(9)]);
    assert_eq!(entries(send(&mut network, "r-1", registered)), [None; 3]);
    let changed = with_fields(vec![
        field("INCOME", Content::Zero),
        field("TAX", Content::Zero),
    ]);
    let mut compare = |id: &str, first: u32, last: u32, originals: Vec<(u32, &Copy)>| {
        let command = Command::Compare {
            item: key("TAX-INCOME"),
            year: Some(2026),
            span: Span {
                first: Some(of(first).key.atena),
                last: Some(of(last).key.atena),
            },
            originals: originals
                .into_iter()
                .map(|(place, copy)| (of(place).key.atena, copy.digest()))
                .collect(),
        };
        let found = match send(&mut network, id, command) {
            Ok(network::Answer::Provision(Answer::Compared(found))) => found,
            Err(fault) => return Err(fault.rule.unwrap().code),
            other => panic!("{other:?}"),
        };
        let shown = |(atena, comparison): (AtenaNumber, Comparison)| {
            format!("{} {}", &atena.as_str()[13..], comparison.as_str())
        };
        Ok(found.into_iter().map(shown).collect::<Vec<_>>())
    };
    let good = written().copy;
    let three = vec![(2, &good), (4, &changed.copy), (13, &good)];
    // 1, 3 and 5 to 10 have derived copies that no original is named of.
    let all = "01 extra, 02 same, 03 extra, 04 stale, 05 extra, 06 extra, 07 extra, 08 extra, 09 extra, 10 extra, 13 missing";
    assert_eq!(compare("r-2", 1, 13, three).unwrap().join(", "), all);
    let some = compare("r-3", 2, 4, vec![(2, &good)]).unwrap();
    assert_eq!(some.join(", "), "02 same, 03 extra, 04 extra");
    let twice = compare("r-4", 2, 4, vec![(2, &good), (2, &changed.copy)]);
    assert_eq!(twice, Err("R-PRV-02"));
    assert_eq!(compare("r-5", 1, 1_001, vec![]), Err("R-PRV-01"));
}
