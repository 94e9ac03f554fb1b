//! Tests of what an institution sees and marks of its records.

use super::*;
use crate::network::{self, record::testing::*, testing::*};

const INQUIRER: &str = "011002-M";
const PROVIDER: &str = "INS-0001";
const NEITHER: &str = "MIN-0001";

fn get(selection: Selection, page: u32) -> network::Command {
    network::Command::Record(Command::Get { selection, page })
}

fn period(from: &str, to: &str) -> Selection {
    Selection::Period(Period {
        from: from.parse().unwrap(),
        to: to.parse().unwrap(),
    })
}

fn of(number: u64) -> Selection {
    Selection::Receipt(ReceiptNumber::numbered(number))
}

fn mark(number: u64, marked: bool) -> network::Command {
    network::Command::Record(Command::SetNonDisclosure {
        receipt: ReceiptNumber::numbered(number),
        marked,
    })
}

/// The numbers that are answered, or the rule that refused.
fn numbers(
    network: &mut Network,
    caller: &str,
    request: &str,
    command: network::Command,
) -> Result<Vec<u64>, &'static str> {
    match ask(network, caller, request, 60, command) {
        Ok(network::Answer::Record(Answer::Records(page))) => Ok(page
            .entries
            .iter()
            .map(|record| record.exchange.receipt.number())
            .collect()),
        Ok(network::Answer::Record(Answer::NonDisclosure { receipt, .. })) => {
            Ok(vec![receipt.number()])
        }
        Ok(other) => panic!("{other:?}"),
        Err(fault) => Err(fault.rule.unwrap().code),
    }
}

#[test]
fn an_institution_sees_and_marks_its_own_side_alone() {
    let today = || period("2026-11-02", "2026-11-02");
    let cases = [
        (INQUIRER, get(today(), 1), Ok(vec![1, 2, 3, 4, 5])),
        // 1 was denied and never reached the provider.
        (PROVIDER, get(today(), 1), Ok(vec![2, 3, 4, 5])),
        (NEITHER, get(today(), 1), Ok(vec![])),
        (INQUIRER, get(of(1), 1), Ok(vec![1])),
        (PROVIDER, get(of(1), 1), Err("R-REC-04")),
        (NEITHER, get(of(2), 1), Err("R-REC-04")),
        (PROVIDER, mark(2, true), Ok(vec![2])),
        (PROVIDER, mark(1, true), Err("R-REC-04")),
        (NEITHER, mark(2, true), Err("R-REC-04")),
        (
            INQUIRER,
            get(period("2026-11-02", "2026-11-01"), 1),
            Err("R-REC-01"),
        ),
        (
            INQUIRER,
            get(period("2025-11-02", "2026-11-02"), 1),
            Ok(vec![1, 2, 3, 4, 5]),
        ),
        (
            INQUIRER,
            get(period("2025-11-01", "2026-11-02"), 1),
            Err("R-REC-02"),
        ),
        (
            INQUIRER,
            get(period("2019-11-02", "2019-11-02"), 1),
            Ok(vec![]),
        ),
        (
            INQUIRER,
            get(period("2019-11-01", "2019-11-01"), 1),
            Err("R-REC-03"),
        ),
        (INQUIRER, get(today(), 0), Err("R-REC-05")),
        (INQUIRER, get(today(), 2), Err("R-REC-05")),
    ];
    for (caller, command, expected) in cases {
        let found = numbers(&mut marked(), caller, "r-1", command.clone());
        assert_eq!(found, expected, "{caller} {command:?}");
    }
}

#[test]
fn with_its_rule_off_what_was_refused_is_let_through() {
    let cases = [
        (
            INQUIRER,
            get(period("2026-11-02", "2026-11-01"), 1),
            &catalogue::PERIOD_IN_ORDER,
            vec![],
        ),
        (
            INQUIRER,
            get(period("2024-11-02", "2026-11-02"), 1),
            &catalogue::PERIOD_WITHIN_A_YEAR,
            vec![1, 2, 3, 4, 5],
        ),
        (
            INQUIRER,
            get(period("2001-11-02", "2001-11-02"), 1),
            &catalogue::WITHIN_SEVEN_YEARS,
            vec![],
        ),
        (NEITHER, get(of(2), 1), &catalogue::OWN_RECORD, vec![2]),
        (NEITHER, mark(2, true), &catalogue::OWN_RECORD, vec![2]),
        (INQUIRER, get(of(2), 9), &catalogue::PAGE_EXISTS, vec![]),
    ];
    for (caller, command, rule, let_through) in cases {
        let mut network = marked();
        let refused = numbers(&mut network, caller, "r-1", command.clone());
        assert_eq!(refused, Err(rule.code));
        network.set_rules_off(&[rule]);
        let found = numbers(&mut network, caller, "r-2", command);
        assert_eq!(found, Ok(let_through), "{}", rule.code);
        assert!(network.check().is_empty());
    }
}

#[test]
fn pages_together_are_the_whole() {
    let mut network = marked();
    network.limits.page = 2;
    let pages: Vec<Vec<u64>> = (1..=3)
        .map(|page| {
            let command = get(period("2026-11-02", "2026-11-02"), page);
            numbers(&mut network, INQUIRER, "r-1", command).unwrap()
        })
        .collect();
    assert_eq!(pages, [vec![1, 2], vec![3, 4], vec![5]]);
}

#[test]
fn each_lie_tells_another_record() {
    let seen = |lie| {
        let mut network = marked();
        network.set_lie(lie);
        let command = get(period("2026-11-02", "2026-11-02"), 1);
        let reply = ask(&mut network, PROVIDER, "r-1", 60, command);
        let Ok(network::Answer::Record(Answer::Records(page))) = reply else {
            panic!("{reply:?}");
        };
        page.entries
            .iter()
            .map(|record| record.exchange.outcome)
            .collect::<Vec<_>>()
    };
    assert_eq!(seen(None), [Outcome::Answered; 4]);
    assert_eq!(seen(Some(Lie::RecordMissingOnOneSide)), []);
    assert_eq!(seen(Some(Lie::RecordOutcomeWrong)), [Outcome::Refused; 4]);
}
