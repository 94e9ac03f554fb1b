//! The texts of rules, faults, misbehaviours, acts and listeners' faults, for whoever reports on them.

use schemars::{JsonSchema, generate::SchemaSettings};
use serde_json::{Value, json};

use super::world::ServerAct;
use crate::{
    network::{act::Act, rules},
    server::{Misbehaviour, listener},
};

/// What the server does beside the acts of the network.
pub(super) const ACTS: [&str; 3] = ["misbehave", "behave", "joint-certificates"];

/// The names of all acts.
pub(super) fn acts() -> Vec<String> {
    forms().into_iter().map(|(name, _)| name).collect()
}

/// All acts by name, each with its form: a JSON Schema that holds no references.
pub(super) fn forms() -> Vec<(String, Value)> {
    fn of<T: JsonSchema>() -> Vec<Value> {
        let mut settings = SchemaSettings::draft2020_12();
        settings.inline_subschemas = true;
        let schema = settings.into_generator().into_root_schema_for::<T>();
        let forms = schema.get("oneOf").and_then(Value::as_array);
        forms.cloned().unwrap_or_default()
    }
    let forms = [of::<Act>(), of::<ServerAct>()].concat().into_iter();
    forms
        .filter_map(|form| {
            let name = form.pointer("/properties/act/const")?.as_str()?.to_owned();
            Some((name, form))
        })
        .collect()
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_act_has_a_name_and_a_form_that_takes_no_other_key() {
        for (_, form) in &forms() {
            assert_eq!(form["additionalProperties"], false, "{form}");
            for key in form["required"].as_array().unwrap() {
                assert!(
                    form["properties"][key.as_str().unwrap()].is_object(),
                    "{key}"
                );
            }
        }
        for act in ACTS {
            assert!(acts().iter().any(|name| name == act), "{act}");
        }
    }
}
