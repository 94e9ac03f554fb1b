//! A fork costs next to nothing, however much there is: it shares what it does not change.

use std::time::Duration;

use crate::network::{
    Network, Reply,
    caller::Caller,
    population::PersonId,
    record::{Outcome, RecordEntry},
    request::{Content, RequestKey},
    rules,
    testing::*,
    types::{InstitutionCode, Key, RequestId},
};

const MANY: u32 = 100_000;

/// The bound is a millisecond in a build for use, on a machine that does nothing else; tests are neither.
const GENEROUS: Duration = Duration::from_millis(50);

/// A network with 100,000 inquiries about as many people.
fn large() -> Network {
    let mut network = network();
    let [inquirer, provider] =
        ["202053-M", "011002-M"].map(|code| InstitutionCode::new(code).unwrap());
    let caller = Caller::Institution(inquirer.clone());
    let [task, item] = ["T-001", "TAX-INCOME"].map(|key| Key::new(key).unwrap());
    let reply: Reply = Err(rules::caller::CALLER_KNOWN.fault(&rules::about("番", "number", 1)));
    for place in 1..=MANY {
        let id = RequestId::new(&format!("r-{place}")).unwrap();
        let request = RequestKey::new(&caller, &id);
        network.records.add(RecordEntry {
            at: epoch(),
            request,
            inquirer: inquirer.clone(),
            task: task.clone(),
            provider: provider.clone(),
            item: item.clone(),
            person: PersonId::new(place),
            outcome: Outcome::Answered,
            reached_provider: true,
        });
        network.remember(epoch(), request, Content::numbered(place.into()), &reply);
    }
    network
}

#[test]
fn a_fork_of_a_large_network_shares_everything_and_costs_next_to_nothing() {
    let network = large();
    let mut times = Vec::new();
    let mut forks = Vec::new();
    for _ in 0..20 {
        let begun = tokio::time::Instant::now();
        forks.push(network.clone());
        times.push(begun.elapsed());
    }
    times.sort();
    let fork = forks.pop().unwrap();
    assert!(fork.records.shares_all_with(&network.records));
    assert!(fork.requests.shares_all_with(&network.requests));

    // The first write after a fork copies a few nodes, not the whole.
    let mut writer = fork;
    let begun = tokio::time::Instant::now();
    let number = crate::network::types::ReceiptNumber::numbered(50_000);
    let institution = InstitutionCode::new("202053-M").unwrap();
    assert!(writer.records.mark(&institution, &number, true));
    let write = begun.elapsed();
    assert!(!network.records.get(&number).unwrap().marked);

    let fork_time = times[times.len() / 2];
    println!("fork {fork_time:?}, first write {write:?}, with {MANY} inquiries");
    assert!(
        fork_time < GENEROUS && write < GENEROUS,
        "{fork_time:?} {write:?}"
    );
}
