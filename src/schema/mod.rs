//! What the files of a suite may say, made from the types that read them: JSON Schemas for editors, and the reference
//! that people read.
//!
//! The English of each key is the documentation of its field; its Japanese and its example are in `words`.

mod page;
mod reference;
mod words;

use schemars::{JsonSchema, generate::SchemaSettings};
use serde_json::{Value, json};

use crate::{
    plan::{ItemsFile, PHASES, PeopleFile},
    profile::Profile,
    scenario::{ScenarioFile, SharedFile},
};

pub use reference::reference;

/// The schemas, each with the name of its file.
pub fn schemas() -> Vec<(&'static str, String)> {
    vec![
        ("scenario.schema.json", text::<ScenarioFile>()),
        ("steps.schema.json", written(shared_steps())),
        ("profile.schema.json", text::<Profile>()),
        ("people.schema.json", text::<PeopleFile>()),
        ("items.schema.json", text::<ItemsFile>()),
    ]
}

fn text<T: JsonSchema>() -> String {
    written(schema::<T>())
}

fn written(mut schema: Value) -> String {
    describe(&mut schema);
    // A value of this kind always has a text.
    serde_json::to_string_pretty(&schema).unwrap_or_default() + "\n"
}

/// The schema of shared steps: a parameter may stand, as a text, in the place of any value.
fn shared_steps() -> Value {
    let mut schema = schema::<SharedFile>();
    or_text(&mut schema);
    schema
}

fn or_text(schema: &mut Value) {
    if let Some(children) = schema.as_object_mut() {
        if let Some(kind) = children.get_mut("type") {
            let kinds = kind.as_array().cloned();
            let kinds = kinds.unwrap_or_else(|| vec![kind.clone()]);
            let scalar = kinds
                .iter()
                .any(|kind| kind == "integer" || kind == "boolean");
            if scalar && !kinds.iter().any(|kind| kind == "string") {
                let kinds: Vec<Value> = kinds.into_iter().chain([json!("string")]).collect();
                *kind = Value::Array(kinds);
            }
        }
        children.values_mut().for_each(or_text);
    } else if let Some(items) = schema.as_array_mut() {
        items.iter_mut().for_each(or_text);
    }
}

/// The schema of a file, with what the types alone do not tell.
fn schema<T: JsonSchema>() -> Value {
    let generator = SchemaSettings::draft07().into_generator();
    let mut schema: Value = generator.into_root_schema_for::<T>().into();
    let phases: Vec<&str> = PHASES.iter().map(|(name, ..)| *name).collect();
    each_property(&mut schema, &mut |_, key, property| {
        if key == "phase"
            && let Some(property) = property.as_object_mut()
        {
            property.insert("enum".to_owned(), json!(phases));
        }
    });
    schema
}

/// Puts the Japanese before the English of each key.
fn describe(schema: &mut Value) {
    each_property(schema, &mut |of, key, property| {
        let Some(property) = property.as_object_mut() else {
            return;
        };
        let english = property
            .get("description")
            .and_then(Value::as_str)
            .unwrap_or_default();
        if let Some(word) = words::of(of, key) {
            let both = format!("{}\n{english}", word.ja);
            property.insert("description".to_owned(), both.into());
        }
    });
}

/// Visits each key of each table that a schema describes, with the table's name.
fn each_property(schema: &mut Value, visit: &mut dyn FnMut(&str, &str, &mut Value)) {
    let title = schema
        .get("title")
        .and_then(Value::as_str)
        .unwrap_or_default()
        .to_owned();
    properties(&title, schema, visit);
    if let Some(definitions) = schema.get_mut("definitions").and_then(Value::as_object_mut) {
        for (name, definition) in definitions {
            properties(name, definition, visit);
        }
    }
}

fn properties(of: &str, schema: &mut Value, visit: &mut dyn FnMut(&str, &str, &mut Value)) {
    if let Some(properties) = schema.get_mut("properties").and_then(Value::as_object_mut) {
        for (key, property) in properties {
            visit(of, key, property);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::{collections::BTreeSet, fs, path::Path};

    use super::*;

    fn committed(path: &str) -> String {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
        fs::read_to_string(path).unwrap().replace("\r\n", "\n")
    }

    const AGAIN: &str =
        "run: cargo run -- schema docs/schema --reference docs/scenario-reference.md";

    #[test]
    fn the_committed_schemas_are_those_of_the_types() {
        for (name, text) in schemas() {
            assert!(
                committed(&format!("docs/schema/{name}")) == text,
                "{name}; {AGAIN}"
            );
        }
    }

    #[test]
    fn the_committed_reference_is_that_of_the_types() {
        assert!(
            committed("docs/scenario-reference.md") == reference(),
            "{AGAIN}"
        );
    }

    #[test]
    fn each_key_has_its_japanese_and_no_word_is_left_over() {
        let mut keys = BTreeSet::new();
        let mut collect = |mut schema: Value| {
            each_property(&mut schema, &mut |of, key, _| {
                keys.insert((of.to_owned(), key.to_owned()));
            });
        };
        collect(schema::<ScenarioFile>());
        collect(schema::<SharedFile>());
        collect(schema::<Profile>());
        collect(schema::<PeopleFile>());
        collect(schema::<ItemsFile>());
        let words: BTreeSet<(String, String)> = words::WORDS
            .iter()
            .map(|word| (word.of.to_owned(), word.key.to_owned()))
            .collect();
        let missing: Vec<_> = keys.difference(&words).collect();
        let left: Vec<_> = words.difference(&keys).collect();
        assert!(
            missing.is_empty() && left.is_empty(),
            "{missing:?} {left:?}"
        );
    }

    #[test]
    fn the_examples_of_steps_and_scenarios_are_read() {
        let head = "title = { ja = 'a', en = 'a' }\nphase = 'master'\n";
        for word in words::WORDS {
            let table = match word.of {
                "ScenarioFile" => format!("{}\n", word.example),
                "Step" => format!("[[step]]\nid = 'a'\n{}\n", word.example),
                _ => continue,
            };
            let text = match word.key {
                "title" | "phase" if word.of == "ScenarioFile" => continue,
                "step" => format!("{head}{}\n", word.example),
                "id" => format!("{head}[[step]]\n{}\n", word.example),
                _ => format!("{head}{table}"),
            };
            let read = toml::from_str::<ScenarioFile>(&text);
            assert!(read.is_ok(), "{text}: {read:?}");
        }
    }
}
