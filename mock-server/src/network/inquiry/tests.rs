//! Tests of inquiries: what is asked, what becomes of it, and what is told.

mod answer;
mod ask;
mod batch;
mod delegation;
mod fetch;
mod permit;
mod provider;

use super::*;
use crate::network::{
    self, Command as Any, Reply, connection::ConnectionState, master::MasterKind, testing::*,
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

pub(crate) fn submit(network: &mut Network, id: &str, seconds: u64, question: Question) -> Reply {
    let command = Any::Inquiry(Command::Submit(question));
    ask(network, IIDA, id, seconds, command)
}

pub(crate) fn receipt(reply: Reply) -> ReceiptNumber {
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
