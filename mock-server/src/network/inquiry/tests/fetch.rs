//! What is fetched, for how long and by whom, and what is taken back.

use super::*;
use crate::network::rules;

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
