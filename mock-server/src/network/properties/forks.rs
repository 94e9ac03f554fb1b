//! A fork costs next to nothing, however much there is: it shares what it does not change.

use std::time::Duration;

use crate::network::{
    Command, Network, code, inquiry, record,
    testing::*,
    types::{AtenaNumber, InstitutionCode, Key, ReceiptNumber},
};

const MANY: u32 = 100_000;

/// How many stand in one batch, which the limits allow.
const IN_A_BATCH: u32 = 1_000;

/// The bound is a millisecond in a build for use, on a machine that does nothing else; tests are neither.
const GENEROUS: Duration = Duration::from_millis(50);

fn question(place: u32) -> inquiry::Question {
    let key = |text| Key::new(text).unwrap();
    inquiry::Question {
        atena: AtenaNumber::new(&format!("SAPPORO-{place:07}")).unwrap(),
        task: key("T-001"),
        procedure: key("P-001-01"),
        delegator: None,
        provider: InstitutionCode::new("202029-M").unwrap(),
        item: key("TAX-INCOME"),
        time: inquiry::Time::Year(2026),
        consent: true,
    }
}

/// A network with 100,000 inquiries that are under way, and 100,000 people whose link was changed.
fn large() -> Network {
    let mut network = network();
    for first in (1..=MANY).step_by(IN_A_BATCH as usize) {
        let batch = first..first + IN_A_BATCH;
        let questions = batch.clone().map(question).collect();
        let command = Command::Inquiry(inquiry::Command::SubmitBatch(questions));
        let reply = ask(&mut network, "011002-M", &format!("i-{first}"), 0, command);
        assert!(reply.is_ok(), "{reply:?}");
        let numbers = batch
            .map(|place| AtenaNumber::new(&format!("SAPPORO-E-{place:07}")).unwrap())
            .collect();
        let command = Command::Code(code::Command::Delete(numbers));
        let reply = ask(&mut network, "011002-E", &format!("d-{first}"), 0, command);
        assert!(reply.is_ok(), "{reply:?}");
    }
    network
}

#[test]
fn a_fork_of_a_large_network_shares_everything_and_costs_next_to_nothing() {
    let network = large();
    let last = ReceiptNumber::numbered(MANY.into());
    assert!(network.inquiries.get(&last).is_some());
    assert!(network.schedule.size() >= MANY as usize);

    let mut times = Vec::new();
    let mut forks = Vec::new();
    for _ in 0..20 {
        let begun = tokio::time::Instant::now();
        forks.push(network.clone());
        times.push(begun.elapsed());
    }
    times.sort();
    let mut fork = forks.pop().unwrap();
    assert!(fork.records.shares_all_with(&network.records));
    assert!(fork.requests.shares_all_with(&network.requests));

    // The first write after a fork copies a few nodes, not the whole.
    let begun = tokio::time::Instant::now();
    let command = Command::Inquiry(inquiry::Command::Submit(question(1)));
    let reply = ask(&mut fork, "011002-M", "after", 0, command);
    let write = begun.elapsed();
    let Ok(crate::network::Answer::Inquiry(inquiry::Answer::Submitted(receipt))) = reply else {
        panic!("{reply:?}");
    };
    assert_eq!(receipt, ReceiptNumber::numbered(u64::from(MANY) + 1));
    assert!(network.records.get(&receipt).is_none());
    let marked = record::Command::SetNonDisclosure {
        receipt: last.clone(),
        marked: true,
    };
    assert!(ask(&mut fork, "011002-M", "mark", 0, Command::Record(marked)).is_ok());
    assert!(!network.records.get(&last).unwrap().marked);

    let fork_time = times[times.len() / 2];
    println!("fork {fork_time:?}, first write {write:?}, with {MANY} inquiries");
    assert!(
        fork_time < GENEROUS && write < GENEROUS,
        "{fork_time:?} {write:?}"
    );
}
