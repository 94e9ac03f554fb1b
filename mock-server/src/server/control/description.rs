//! The `OpenAPI` document: written by hand, with the names that the catalogues hold put in where it is served.

use serde_json::{Value, json};

use super::texts::acts;
use crate::{
    network::rules,
    server::{Misbehaviour, listener},
};

const WRITTEN: &str = include_str!("../openapi.json");

/// The document.
pub(super) fn served() -> Value {
    let mut document: Value = serde_json::from_str(WRITTEN).unwrap_or_default();
    let rules: Vec<&str> = rules::catalogue().map(|rule| rule.code).collect();
    let misbehaviours: Vec<Misbehaviour> = Misbehaviour::all().collect();
    for (schema, names) in [
        ("RuleId", json!(rules)),
        ("MisbehaviourName", json!(misbehaviours)),
        ("ListenerFault", json!(listener::Fault::ALL)),
        ("ActName", json!(acts())),
    ] {
        if let Some(schema) = document.pointer_mut(&format!("/components/schemas/{schema}")) {
            schema["enum"] = names;
        }
    }
    document
}

#[cfg(test)]
mod tests {
    use super::{super::texts::ACTS, *};

    #[test]
    fn the_written_document_is_json_and_its_lists_are_filled() {
        let served = served();
        for schema in ["RuleId", "MisbehaviourName", "ListenerFault", "ActName"] {
            let names = &served["components"]["schemas"][schema]["enum"];
            assert!(!names.as_array().unwrap().is_empty(), "{schema}");
        }
        assert!(
            served["components"]["schemas"]["ActName"]["enum"]
                .as_array()
                .unwrap()
                .len()
                > ACTS.len()
        );
    }

    #[test]
    fn every_reference_leads_somewhere() {
        let served = served();
        let mut left = vec![&served];
        while let Some(value) = left.pop() {
            match value {
                Value::Object(map) => {
                    if let Some(Value::String(reference)) = map.get("$ref") {
                        let pointer = reference.strip_prefix('#').unwrap();
                        assert!(served.pointer(pointer).is_some(), "{reference}");
                    }
                    left.extend(map.values());
                }
                Value::Array(items) => left.extend(items),
                Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
            }
        }
    }

    #[test]
    fn no_two_misbehaviours_have_one_name() {
        let mut names: Vec<String> = Misbehaviour::all().map(Misbehaviour::name).collect();
        let all = names.len();
        names.sort();
        names.dedup();
        assert_eq!(names.len(), all);
    }
}
