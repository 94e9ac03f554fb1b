//! Retries against a plain map of everything that was ever sent.

use std::collections::BTreeMap;

use proptest::prelude::*;

use crate::network::{
    caller::Caller,
    master,
    properties::cases,
    request::{Content, RequestKey},
    rules,
    testing::*,
    types::RequestId,
    {Answer, Reply},
};

#[derive(Clone, Debug)]
struct Sent {
    caller: usize,
    id: usize,
    content: u64,
    /// Whether the reply invites the same request again.
    again: bool,
    seconds: u64,
}

fn sent() -> impl Strategy<Value = Sent> {
    let seconds = prop_oneof![0..5_u64, 80_000..90_000_u64];
    (
        0..2_usize,
        0..4_usize,
        0..2_u64,
        prop::bool::weighted(0.2),
        seconds,
    )
        .prop_map(|(caller, id, content, again, seconds)| Sent {
            caller,
            id,
            content,
            again,
            seconds,
        })
}

/// A reply by which a send is known again: an answer, or a refusal.
fn reply(place: usize, again: bool) -> Reply {
    let rule = if again {
        &rules::connection::CONNECTION_APPROVED
    } else {
        &rules::caller::CALLER_KNOWN
    };
    if again || place.is_multiple_of(2) {
        return Err(rule.fault(&rules::about("番", "number", place)));
    }
    Ok(Answer::Master(master::Answer::List(Vec::new())))
}

/// What the model says of one send.
#[derive(Clone, Debug, PartialEq)]
enum Told {
    New,
    Again(Reply),
    Refused(&'static str),
}

proptest! {
    #![proptest_config(cases(256))]

    #[test]
    fn a_request_is_answered_as_the_map_says(sends in prop::collection::vec(sent(), 1..60)) {
        let mut network = network();
        // Everything that was ever answered: when, what was said, what was replied.
        let mut model: BTreeMap<(usize, usize), (u64, u64, Reply)> = BTreeMap::new();
        let mut now = 0;
        for (place, send) in sends.into_iter().enumerate() {
            now += send.seconds;
            let at = network.advance_to(epoch().plus(now).unwrap());
            let caller = Caller::named(["202053-M", "011002-M"][send.caller]).unwrap();
            let id = RequestId::new(&format!("r-{}", send.id)).unwrap();
            let key = RequestKey::new(&caller, &id);
            let content = Content::numbered(send.content);

            let expected = match model.get(&(send.caller, send.id)) {
                None => Told::New,
                Some((then, _, _)) if now - then > 24 * 60 * 60 => Told::Refused("R-REQ-02"),
                Some((_, said, _)) if *said != send.content => Told::Refused("R-REQ-01"),
                Some((_, _, reply)) => Told::Again(reply.clone()),
            };
            let told = match network.answered_before(key, content) {
                Ok(None) => Told::New,
                Ok(Some(reply)) => Told::Again(reply),
                Err(fault) => Told::Refused(fault.rule.unwrap().code),
            };
            prop_assert_eq!(&told, &expected);
            if told == Told::New {
                let reply = reply(place, send.again);
                network.remember(at, key, content, &reply);
                if !send.again {
                    model.insert((send.caller, send.id), (now, send.content, reply));
                }
            }
            prop_assert_eq!(network.check(), Vec::new());
            let young = model.values().filter(|(then, _, _)| now - then <= 24 * 60 * 60).count();
            prop_assert_eq!(network.requests.counts(), (young, model.len() - young));
        }
    }
}
