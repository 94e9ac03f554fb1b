//! TOML text to typed tables, going on after each mistake: what is wrong is reported and left out, and the rest is
//! read again, so that one mistake hides no other.

use std::ops::Range;

use serde::de::DeserializeOwned;
use toml::{
    Spanned,
    de::{DeArray, DeString, DeTable, DeValue, Error, ValueDeserializer},
};

use crate::{
    diagnostic::{Diagnostic, nearest},
    text::Text,
};

/// A byte order mark as white space of the same length, so that places stay right.
pub(crate) fn without_mark(text: &str) -> String {
    text.replacen(
        '\u{feff}',
        "\n\n\n",
        usize::from(text.starts_with('\u{feff}')),
    )
}

/// The tables of a file, as far as they can be read.
pub(crate) fn document<'i>(
    path: &str,
    text: &'i str,
    found: &mut Vec<Diagnostic>,
) -> Spanned<DeTable<'i>> {
    let (table, errors) = DeTable::parse_recoverable(text);
    found.extend(errors.iter().map(|error| mistake(path, error)));
    table
}

/// Reads a table as a type. `required` gives a stand-in for each key that the type cannot do without.
pub(crate) fn typed<T: DeserializeOwned>(
    path: &str,
    table: &Spanned<DeTable<'_>>,
    required: &[(&'static str, DeValue<'static>)],
    found: &mut Vec<Diagnostic>,
) -> Option<T> {
    let span = table.span();
    let mut table = table.get_ref().clone();
    loop {
        let whole = Spanned::new(span.clone(), DeValue::Table(table.clone()));
        let error = match T::deserialize(ValueDeserializer::from(whole)) {
            Ok(read) => return Some(read),
            Err(error) => error,
        };
        let at = error.span().unwrap_or_else(|| span.clone());
        let missing = error
            .message()
            .strip_prefix("missing field `")
            .and_then(|rest| rest.strip_suffix('`'))
            .and_then(|name| required.iter().find(|(key, _)| *key == name))
            .filter(|(key, _)| !table.contains_key(*key));
        if let Some((key, stand_in)) = missing {
            // A key that was there and wrong has been reported already.
            if !found
                .iter()
                .any(|mistake| mistake.span == at && mistake.path == path)
            {
                found.push(mistake(path, &error));
            }
            put(&mut table, key, stand_in.clone(), &at);
            continue;
        }
        found.push(mistake(path, &error));
        match remove(&mut table, &at) {
            Removed::Key(key) => {
                if let Some((key, stand_in)) = required.iter().find(|(name, _)| *name == key) {
                    put(&mut table, key, stand_in.clone(), &at);
                }
            }
            Removed::Below => {}
            Removed::Nothing => return None,
        }
    }
}

/// What the TOML reader found, in both languages, with the key that was meant.
pub(crate) fn mistake(path: &str, error: &Error) -> Diagnostic {
    let message = error.message();
    let names = || message.split('`').skip(1).step_by(2);
    let (text, hint) = if let Some(text) = Text::split(message) {
        (text, None)
    } else if message.starts_with("unknown field") {
        let mut names = names();
        let written = names.next().unwrap_or_default();
        let known: Vec<&str> = names.collect();
        let text = Text::new(
            format!("キー「{written}」はありません"),
            format!("there is no key '{written}'"),
        );
        (text, Some(meant(written, &known)))
    } else if message.starts_with("unknown variant") {
        let mut names = names();
        let written = names.next().unwrap_or_default();
        let known: Vec<&str> = names.collect();
        let text = Text::new(
            format!("値「{written}」は使用できません"),
            format!("the value '{written}' is not possible here"),
        );
        (text, Some(meant(written, &known)))
    } else if message.starts_with("missing field") {
        let name = names().next().unwrap_or_default();
        let text = Text::new(
            format!("キー「{name}」がありません"),
            format!("the key '{name}' is missing"),
        );
        (text, None)
    } else if message.starts_with("invalid type") {
        let text = Text::new(format!("値の型が違います（{message}）"), message);
        (text, None)
    } else {
        let text = Text::new(
            format!("TOMLの書式の誤りです（{message}）"),
            format!("not TOML: {message}"),
        );
        (text, None)
    };
    Diagnostic {
        path: path.to_owned(),
        span: error.span().unwrap_or(0..0),
        text,
        hint,
    }
}

fn meant(written: &str, known: &[&str]) -> Text {
    match nearest(written, known.iter().copied()) {
        Some(near) => Text::new(
            format!("「{near}」ではありませんか"),
            format!("did you mean '{near}'?"),
        ),
        None => Text::new(
            format!("使用できるもの: {}", known.join("、")),
            format!("possible: {}", known.join(", ")),
        ),
    }
}

enum Removed {
    Key(String),
    Below,
    Nothing,
}

/// Takes out the entry that a mistake is about, as deep as possible.
fn remove(table: &mut DeTable<'_>, at: &Range<usize>) -> Removed {
    let within = |span: Range<usize>| span.start <= at.start && at.end <= span.end;
    let mut key = None;
    for (name, value) in table.iter_mut() {
        if within(name.span()) {
            key = Some(name.get_ref().to_string());
            break;
        }
        if remove_below(value, at) {
            return Removed::Below;
        }
        if within(value.span()) {
            key = Some(name.get_ref().to_string());
            break;
        }
    }
    match key {
        Some(key) => {
            table.remove(key.as_str());
            Removed::Key(key)
        }
        None => Removed::Nothing,
    }
}

fn remove_below(value: &mut Spanned<DeValue<'_>>, at: &Range<usize>) -> bool {
    match value.get_mut() {
        DeValue::Table(table) => !matches!(remove(table, at), Removed::Nothing),
        DeValue::Array(items) => {
            if items.iter_mut().any(|item| remove_below(item, at)) {
                return true;
            }
            let within = |span: Range<usize>| span.start <= at.start && at.end <= span.end;
            let before = items.len();
            let mut kept = DeArray::new();
            for item in items.iter().filter(|item| !within(item.span())) {
                kept.push(item.clone());
            }
            let removed = kept.len() < before;
            *items = kept;
            removed
        }
        DeValue::String(_)
        | DeValue::Integer(_)
        | DeValue::Float(_)
        | DeValue::Boolean(_)
        | DeValue::Datetime(_) => false,
    }
}

fn put<'i>(table: &mut DeTable<'i>, key: &'static str, value: DeValue<'i>, at: &Range<usize>) {
    table.insert(
        Spanned::new(at.clone(), DeString::Borrowed(key)),
        Spanned::new(at.clone(), value),
    );
}

/// The places of key and value at a path of keys; that of the nearest table above where there is none.
pub(crate) fn places(root: &Spanned<DeValue<'_>>, path: &[&str]) -> (Range<usize>, Range<usize>) {
    let mut at = (root.span(), root.span());
    let mut value = root;
    for name in path {
        let DeValue::Table(table) = value.get_ref() else {
            break;
        };
        let Some((key, below)) = table.get_key_value(*name) else {
            break;
        };
        at = (key.span(), below.span());
        value = below;
    }
    at
}

/// The place of a part of a text inside the value that holds it; the whole value where escapes hide it.
pub(crate) fn inside(
    source: &str,
    value: &Range<usize>,
    text: &str,
    part: &Range<usize>,
) -> Range<usize> {
    match source
        .get(value.clone())
        .and_then(|written| written.find(text))
    {
        Some(offset) => value.start + offset + part.start..value.start + offset + part.end,
        None => value.clone(),
    }
}
