//! The texts of rules, faults, misbehaviours, acts and listeners' faults, for whoever reports on them.

use serde_json::{Value, json};

use crate::{
    network::{act::Act, rules},
    server::{Misbehaviour, listener},
};

/// What the server does beside the acts of the network.
pub(super) const ACTS: [&str; 3] = ["misbehave", "behave", "joint-certificates"];

/// The names of all acts.
pub(super) fn acts() -> Vec<&'static str> {
    Act::NAMES.iter().copied().chain(ACTS).collect()
}

pub(super) fn all() -> Value {
    let rules: Vec<Value> = rules::catalogue()
        .map(|entry| {
            json!({
                "id": entry.code, "phase": entry.phase, "mark": entry.mark.letter(), "ja": entry.text.ja, "en": entry.text.en,
                "fault": entry.fault.code, "retry": entry.fault.retry.as_str(), "off": entry.off,
            })
        })
        .collect();
    let faults: Vec<Value> = rules::fault_codes()
        .into_iter()
        .map(|fault| {
            let text = &fault.text;
            json!({ "code": fault.code, "ja": text.ja, "en": text.en, "retry": fault.retry.as_str(), "next": fault.next })
        })
        .collect();
    let misbehaviours: Vec<Value> = Misbehaviour::all()
        .map(|misbehaviour| {
            let text = misbehaviour.text();
            let kind = match misbehaviour {
                Misbehaviour::Spoil(_) => "transport",
                Misbehaviour::Lie(_) => "network",
            };
            json!({ "name": misbehaviour, "kind": kind, "ja": text.ja, "en": text.en })
        })
        .collect();
    let listener_faults: Vec<Value> = listener::Fault::ALL
        .iter()
        .map(|fault| {
            let text = fault.text();
            json!({ "name": fault, "ja": text.ja, "en": text.en })
        })
        .collect();
    json!({
        "rules": rules, "faults": faults, "misbehaviours": misbehaviours,
        "listenerFaults": listener_faults, "acts": acts(),
    })
}
