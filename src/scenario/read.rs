//! TOML text to typed tables, going on after each mistake: what is wrong is reported and left out, and the rest is
//! read again, so that one mistake hides no other.

use std::ops::Range;

use serde::de::DeserializeOwned;
use toml::{
    Spanned,
    de::{DeArray, DeString, DeTable, DeValue, ValueDeserializer},
};

use crate::{
    diagnostic::{Diagnostic, nearest},
    scenario::mistake::mistake,
    text::{Text, half},
};

/// A file's text in a form that TOML can read.
pub(crate) struct Readable {
    /// The text, of the same length as the file's. A byte order mark and lines that are no TOML are blank.
    text: String,
    /// Whether lines had to be left out: then what seems missing may be in them.
    pub(crate) partial: bool,
}

impl Readable {
    /// Leaves out what is no TOML, line by line, and reports it.
    pub(crate) fn new(path: &str, text: &str, found: &mut Vec<Diagnostic>) -> Self {
        // White space of the same length keeps the places right.
        let mut text = text.replacen('\u{feff}', "   ", usize::from(text.starts_with('\u{feff}')));
        let mut partial = false;
        // Each round blanks a line, so that it ends.
        loop {
            let (_, errors) = DeTable::parse_recoverable(&text);
            let first = errors
                .iter()
                .min_by_key(|error| error.span().map_or(0, |span| span.start));
            let Some(error) = first else {
                return Self { text, partial };
            };
            partial = true;
            let mut diagnostic = mistake(path, error);
            let line = culprit(&text, &mut diagnostic.span);
            if let Some(wide) = wide(text.get(line.clone()).unwrap_or_default()) {
                diagnostic.hint = Some(wide);
            }
            found.push(diagnostic);
            // Line ends stay, so that the lines keep their numbers.
            let blanked = |c: char| {
                if c == '\n' {
                    "\n".to_owned()
                } else {
                    " ".repeat(c.len_utf8())
                }
            };
            let Some(written) = text.get(line.clone()) else {
                return Self { text, partial };
            };
            let blank: String = written.chars().map(blanked).collect();
            if written.trim().is_empty() {
                // Nothing is left to blank here, such as at the end of an open text of many lines.
                return Self {
                    text: String::new(),
                    partial,
                };
            }
            text.replace_range(line, &blank);
        }
    }

    /// The file's tables.
    pub(crate) fn tables(&self) -> Spanned<DeTable<'_>> {
        DeTable::parse_recoverable(&self.text).0
    }
}

/// What to write in the place of the first full-width sign that stands outside of quotes in a line.
fn wide(line: &str) -> Option<Text> {
    let mut quote = None;
    let mut chars = line.chars();
    while let Some(c) = chars.next() {
        match (quote, c) {
            (None, '#') => return None,
            (None, '"' | '\'') => quote = Some(c),
            // The sign after it may be a quote that ends nothing.
            (Some('"'), '\\') => drop(chars.next()),
            (Some(open), _) if open == c => quote = None,
            (Some(_), _) => {}
            (None, _) => {
                if let Some(half) = half(c) {
                    return Some(instead(c, half));
                }
            }
        }
    }
    None
}

fn instead(wide: char, half: char) -> Text {
    if half == ' ' {
        return Text::new(
            "引用符の外に全角の空白があります。半角の空白にしてください",
            "there is a full-width space outside of quotes; write a half-width one",
        );
    }
    Text::new(
        format!("引用符の外に全角の「{wide}」があります。半角の {half} にしてください"),
        format!("there is a full-width {wide} outside of quotes; write {half}"),
    )
}

/// The line that a mistake of form is in, or the table that it heads. What is left open shows only at the beginning of
/// the next line: then the place moves to the end of the line that is open.
fn culprit(text: &str, span: &mut Range<usize>) -> Range<usize> {
    let start = |at: usize| {
        text.get(..at)
            .and_then(|before| before.rfind('\n'))
            .map_or(0, |line_end| line_end + 1)
    };
    let at = span.start.min(text.len());
    let begin = start(at);
    let indent = text.get(begin..at).unwrap_or_default();
    let at = if span.start == span.end && begin > 0 && indent.trim().is_empty() {
        let before = text.get(..begin).unwrap_or_default().trim_end().len();
        *span = before..before;
        before
    } else {
        at
    };
    let end = |at: usize| {
        let after = text.get(at..).unwrap_or_default();
        after.find('\n').map_or(text.len(), |length| at + length)
    };
    let line = start(at)..end(at);
    let heads = |line: &str| line.trim_start().starts_with('[');
    if !text.get(line.clone()).is_some_and(heads) {
        return line;
    }
    // What follows a wrong head would be taken for a part of the table before.
    let mut upto = line.end;
    while upto < text.len() {
        let next = upto + 1..end(upto + 1);
        if text.get(next.clone()).is_some_and(heads) {
            break;
        }
        upto = next.end;
    }
    line.start..upto
}

/// Reads a table as a type. `required` gives a stand-in for each key that the type cannot do without; whether such a key
/// is missing cannot be said of a file that is read in part.
pub(crate) fn typed<T: DeserializeOwned>(
    path: &str,
    table: &Spanned<DeTable<'_>>,
    required: &[(&'static str, DeValue<'static>)],
    partial: bool,
    found: &mut Vec<Diagnostic>,
) -> Option<T> {
    let span = table.span();
    let mut table = table.get_ref().clone();
    let mut removed: Vec<String> = Vec::new();
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
            .and_then(|rest| rest.strip_suffix('`'));
        // A key that was written wrongly is not missing.
        let reported = missing.is_some_and(|name| {
            partial || nearest(name, removed.iter().map(String::as_str)).is_some()
        });
        if !reported {
            found.push(mistake(path, &error));
        }
        let stand_in = missing
            .and_then(|name| required.iter().find(|(key, _)| *key == name))
            .filter(|(key, _)| !table.contains_key(*key));
        if let Some((key, stand_in)) = stand_in {
            table.insert(
                Spanned::new(at.clone(), DeString::Borrowed(key)),
                Spanned::new(at, stand_in.clone()),
            );
            continue;
        }
        removed.push(remove(&mut table, &at)?);
    }
}

/// Takes out the entry that a mistake is about, as deep as possible, and gives its key.
fn remove(table: &mut DeTable<'_>, at: &Range<usize>) -> Option<String> {
    let mut key = None;
    for (name, value) in table.iter_mut() {
        if covers(&name.span(), at) {
            key = Some(name.get_ref().to_string());
            break;
        }
        if let Some(below) = remove_below(value, at) {
            return Some(below);
        }
        if covers(&value.span(), at) {
            key = Some(name.get_ref().to_string());
            break;
        }
    }
    table.remove(key.as_deref()?);
    key
}

fn remove_below(value: &mut Spanned<DeValue<'_>>, at: &Range<usize>) -> Option<String> {
    match value.get_mut() {
        DeValue::Table(table) => remove(table, at),
        DeValue::Array(items) => {
            if let Some(below) = items.iter_mut().find_map(|item| remove_below(item, at)) {
                return Some(below);
            }
            let before = items.len();
            let mut kept = DeArray::new();
            for item in items.iter().filter(|item| !covers(&item.span(), at)) {
                kept.push(item.clone());
            }
            let removed = kept.len() < before;
            *items = kept;
            removed.then(String::new)
        }
        DeValue::String(_)
        | DeValue::Integer(_)
        | DeValue::Float(_)
        | DeValue::Boolean(_)
        | DeValue::Datetime(_) => None,
    }
}

fn covers(span: &Range<usize>, at: &Range<usize>) -> bool {
    span.start <= at.start && at.end <= span.end
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
