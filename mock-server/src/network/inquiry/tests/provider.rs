//! What waits for a provider, and what a provider decides.

use super::*;
use crate::network::{act::Act, connectivity::Hop, provision};

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
