//! What the operator and the peers do, held against the forms that the network gives for its acts: JSON Schemas, of which
//! what such forms use is understood. A text that is a template is known only when it has been rendered.

use std::{collections::BTreeMap, ops::Range};

use regex::Regex;
use serde_json::Value;
use toml::Spanned;

use crate::{
    diagnostic::{Diagnostic, meant, nearest, unknown},
    message,
    plan::Context,
    scenario::{
        Step,
        data::Data,
        mistake::{impossible, missing, no_key, other_type},
        peer::Peer,
    },
    text::Text,
};

/// Checks an act of the operator.
pub(super) fn network(
    cx: &Context<'_>,
    step: &Step,
    act: &BTreeMap<Spanned<String>, Spanned<Data>>,
    whole: &Range<usize>,
    found: &mut Vec<Diagnostic>,
) {
    let acts = &cx.known.acts;
    let mut check = Check {
        file: &step.file,
        found,
    };
    let entries = entries(act);
    let Some(named) = entries.iter().find(|entry| entry.key == "act") else {
        let near = entries
            .iter()
            .find(|entry| nearest(entry.key, ["act"]).is_some());
        match near {
            Some(entry) => {
                let hint = meant(entry.key, ["act"]);
                check.mistake(entry.span.clone(), no_key(entry.key), hint);
            }
            None => check.mistake(whole.clone(), missing(&["act"]), None),
        }
        return;
    };
    let Data::Text(name) = named.value.get_ref() else {
        check.value(named.value, &serde_json::json!({ "type": "string" }));
        return;
    };
    if acts.is_empty() || message::is_template(name) {
        return;
    }
    let Some(form) = acts.get(name) else {
        let kind = Text::new("運用者の処理", "act");
        let known = acts.keys().map(String::as_str);
        check
            .found
            .push(unknown(&step.file, named.value.span(), &kind, name, known));
        return;
    };
    let before = check.found.len();
    check.table(&entries, form, whole, &[]);
    if check.found.len() == before {
        check.hours(&entries);
    }
}

/// Checks what a peer does by itself, which is an act in other words.
pub(super) fn peer(cx: &Context<'_>, step: &Step, peer: &Peer, found: &mut Vec<Diagnostic>) {
    let property = |act: &str, key: &str| {
        let form = cx.known.acts.get(act)?;
        form.get("properties")?.get(key)
    };
    let mut check = Check {
        file: &step.file,
        found,
    };
    let text =
        |given: &Spanned<String>| Spanned::new(given.span(), Data::Text(given.get_ref().clone()));
    if let Some(form) = property("peer-answers", "institution") {
        check.value(&text(&peer.institution), form);
    }
    if let (Some(asks), Some(form)) = (&peer.asks, cx.known.acts.get("peer-asks")) {
        let beside = ["act", "institution", "every", "times", "meant"];
        check.table(&entries(asks.get_ref()), form, &asks.span(), &beside);
    }
    if let Some(hours) = &peer.hours {
        let values = [
            ("opens", text(&hours.opens)),
            ("closes", text(&hours.closes)),
        ];
        let entries = values.each_ref().map(|(key, value)| Entry {
            key,
            span: value.span(),
            value,
        });
        let before = check.found.len();
        for entry in &entries {
            if let Some(form) = property("set-hours", entry.key) {
                check.value(entry.value, form);
            }
        }
        if check.found.len() == before {
            check.hours(&entries);
        }
    }
}

/// A key with its place, and its value.
struct Entry<'a> {
    key: &'a str,
    span: Range<usize>,
    value: &'a Spanned<Data>,
}

fn entries(table: &BTreeMap<Spanned<String>, Spanned<Data>>) -> Vec<Entry<'_>> {
    let entries = table.iter().map(|(key, value)| Entry {
        key: key.get_ref(),
        span: key.span(),
        value,
    });
    entries.collect()
}

struct Check<'a> {
    file: &'a str,
    found: &'a mut Vec<Diagnostic>,
}

impl Check<'_> {
    fn mistake(&mut self, span: Range<usize>, text: Text, hint: Option<Text>) {
        self.found
            .push(Diagnostic::new(self.file, span, text).hint(hint));
    }

    /// Checks a table; `beside` are keys of the form that are written elsewhere.
    fn table(
        &mut self,
        entries: &[Entry<'_>],
        form: &Value,
        whole: &Range<usize>,
        beside: &[&str],
    ) {
        let properties = form.get("properties").and_then(Value::as_object);
        let known = properties.into_iter().flat_map(|all| all.keys());
        let known: Vec<&str> = known
            .map(String::as_str)
            .filter(|key| !beside.contains(key))
            .collect();
        let closed = form.get("additionalProperties") == Some(&Value::Bool(false));
        let mut strays = Vec::new();
        for Entry { key, span, value } in entries {
            if known.contains(key) {
                if let Some(form) = properties.and_then(|all| all.get(*key)) {
                    self.value(value, form);
                }
            } else {
                strays.push(*key);
                if closed {
                    let hint = meant(key, known.iter().copied());
                    self.mistake(span.clone(), no_key(key), hint);
                }
            }
        }
        let required = form.get("required").and_then(Value::as_array);
        let lacking: Vec<&str> = required
            .into_iter()
            .flatten()
            .filter_map(Value::as_str)
            .filter(|key| !beside.contains(key) && !entries.iter().any(|entry| entry.key == *key))
            // A key that was written wrongly is not missing.
            .filter(|key| !closed || nearest(key, strays.iter().copied()).is_none())
            .collect();
        if !lacking.is_empty() {
            self.mistake(whole.clone(), missing(&lacking), None);
        }
    }

    fn value(&mut self, given: &Spanned<Data>, form: &Value) {
        let form = told(form);
        let right = match (given.get_ref(), type_of(form)) {
            (Data::Text(text), "string") => {
                self.text(text, given.span(), form);
                return;
            }
            (Data::Text(text), _) if message::is_template(text) => return,
            (Data::Integer(number), "integer") => {
                self.number(*number, given.span(), form);
                return;
            }
            (Data::Table(table), "object") => {
                let entries: Vec<Entry<'_>> = table
                    .iter()
                    .map(|(key, value)| Entry {
                        key,
                        span: value.span(),
                        value,
                    })
                    .collect();
                self.table(&entries, form, &given.span(), &[]);
                return;
            }
            (Data::Boolean(_), expected) => expected == "boolean",
            (_, expected) => expected.is_empty(),
        };
        if !right {
            let text = other_type(kind_of(given.get_ref()), "", type_of(form));
            self.mistake(given.span(), text, None);
        }
    }

    fn text(&mut self, text: &str, span: Range<usize>, form: &Value) {
        if message::is_template(text) {
            return;
        }
        if let Some(choices) = choices(form) {
            if !choices.contains(&text) {
                let hint = meant(text, choices.iter().copied());
                self.mistake(span, impossible(text), hint);
            }
            return;
        }
        let part = |key: &str| form.get(key).and_then(Value::as_str);
        let right = match (part("pattern"), part("format")) {
            (Some(pattern), _) => Regex::new(pattern).is_ok_and(|pattern| pattern.is_match(text)),
            (None, Some("date")) => text.parse::<jiff::civil::Date>().is_ok(),
            (None, Some("date-time")) => text.parse::<jiff::Timestamp>().is_ok(),
            (None, Some(_) | None) => true,
        };
        if !right {
            let example = form.pointer("/examples/0").and_then(Value::as_str);
            let hint = example
                .map(|example| Text::new(format!("例: {example}"), format!("such as {example}")));
            let text = Text::new(
                format!("「{text}」は書式が誤っています"),
                format!("'{text}' is not in the form that is needed here"),
            );
            self.mistake(span, text, hint);
        }
    }

    fn number(&mut self, number: i64, span: Range<usize>, form: &Value) {
        let bound = |key: &str| form.get(key).and_then(Value::as_i64);
        if let Some(least) = bound("minimum").filter(|least| number < *least) {
            let text = Text::new(
                format!("{least} 以上の値を記載してください"),
                format!("this is {least} or more"),
            );
            self.mistake(span, text, None);
        } else if let Some(most) = bound("maximum").filter(|most| number > *most) {
            let text = Text::new(
                format!("{most} 以下の値を記載してください"),
                format!("this is {most} or less"),
            );
            self.mistake(span, text, None);
        }
    }

    /// Hours end after they begin. Times of the right form are in the order of their texts.
    fn hours(&mut self, entries: &[Entry<'_>]) {
        let at = |key: &str| {
            let entry = entries.iter().find(|entry| entry.key == key)?;
            let Data::Text(text) = entry.value.get_ref() else {
                return None;
            };
            (!message::is_template(text)).then(|| (text.as_str(), entry.value.span()))
        };
        if let (Some((opens, _)), Some((closes, span))) = (at("opens"), at("closes"))
            && opens >= closes
        {
            let text = Text::new(
                format!("終了（{closes}）は開始（{opens}）より後の時刻にしてください"),
                format!("hours end after they begin, and {closes} is not after {opens}"),
            );
            self.mistake(span, text, None);
        }
    }
}

/// The form of what is given, where a key may be left out too.
fn told(form: &Value) -> &Value {
    let any = form.get("anyOf").and_then(Value::as_array);
    let told = any.into_iter().flatten().find(|one| type_of(one) != "null");
    told.unwrap_or(form)
}

/// The type that a form names; none where it takes anything.
fn type_of(form: &Value) -> &str {
    match form.get("type") {
        Some(Value::String(name)) => name,
        Some(Value::Array(names)) => {
            let names = names.iter().filter_map(Value::as_str);
            names.into_iter().find(|name| *name != "null").unwrap_or("")
        }
        // Each of several values is described by itself.
        _ if form.get("oneOf").is_some() => "string",
        _ => "",
    }
}

/// The texts that a form lets one choose from.
fn choices(form: &Value) -> Option<Vec<&str>> {
    let list = |key: &str| form.get(key).and_then(Value::as_array);
    if let Some(values) = list("enum") {
        return Some(values.iter().filter_map(Value::as_str).collect());
    }
    if let Some(one) = form.get("const") {
        return Some(one.as_str().into_iter().collect());
    }
    let values = list("oneOf")?.iter();
    Some(values.filter_map(choices).flatten().collect())
}

/// What a value is, as the reader of TOML calls it.
fn kind_of(data: &Data) -> &'static str {
    match data {
        Data::Text(_) => "string",
        Data::Integer(_) => "integer",
        Data::Float(_) => "floating point",
        Data::Boolean(_) => "boolean",
        Data::List(_) => "sequence",
        Data::Table(_) => "map",
    }
}
