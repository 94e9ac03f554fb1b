//! Shared steps: `use = "steps/….toml"` stands for the steps of that file, with parameters put into their texts.
//!
//! The steps keep the places of the shared file, so that a mistake in it is shown there.

use std::{collections::BTreeSet, ops::Range};

use toml::{
    Spanned,
    de::{DeString, DeTable, DeValue},
};

use crate::{diagnostic::Diagnostic, scenario::form::is_name, text::Text};

/// One use of shared steps.
#[derive(Clone, Debug)]
pub struct Use {
    /// The file and place that name them.
    pub place: (String, Range<usize>),
    /// Where that file is used, the outermost place.
    pub outermost: (String, Range<usize>),
    /// The file of the steps.
    pub file: String,
    /// The names that stand alone in a placeholder there, and are not given here: an earlier step captures them, or they
    /// are missing.
    pub asked: BTreeSet<String>,
    /// Which steps of the scenario it stands for.
    pub steps: Range<usize>,
}

impl Use {
    /// Says once, where the steps are used, that values are missing; nothing else is said of what comes of that.
    pub(crate) fn tell_missing<'s>(
        &self,
        missing: &[&str],
        source: impl Fn(&str) -> &'s str,
        found: &mut Vec<Diagnostic>,
    ) {
        let places = [&self.place, &self.outermost];
        let asks = |mistake: &Diagnostic, name: &str| {
            let written = source(&mistake.path).get(mistake.span.clone());
            let written = written.unwrap_or_default();
            mistake
                .also
                .as_ref()
                .is_some_and(|also| places.contains(&also))
                && (written == name || names(written).any(|asked| asked == name))
        };
        let mut told: Vec<&str> = missing.to_vec();
        told.retain(|name| found.iter().any(|mistake| asks(mistake, name)));
        if told.is_empty() {
            return;
        }
        found.retain(|mistake| !told.iter().any(|name| asks(mistake, name)));
        let text = Text::new(
            format!(
                "{} に必要な値が渡されていません: {}",
                self.file,
                told.join("、")
            ),
            format!(
                "{} needs values that are not given: {}",
                self.file,
                told.join(", ")
            ),
        );
        let with: Vec<String> = told.iter().map(|name| format!("{name} = …")).collect();
        let with = format!("with = {{ {} }}", with.join(", "));
        let hint = Text::new(
            format!("この手順に {with} のように記載してください"),
            format!("write {with} in this step"),
        );
        let (path, span) = self.place.clone();
        found.push(Diagnostic::new(path, span, text).hint(hint));
    }
}

/// The names that stand alone in the placeholders below a value.
pub(super) fn asked(value: &DeValue<'_>, into: &mut BTreeSet<String>) {
    match value {
        DeValue::String(text) => into.extend(names(text).map(str::to_owned)),
        DeValue::Array(items) => {
            for item in items {
                asked(item.get_ref(), into);
            }
        }
        DeValue::Table(table) => {
            for (key, value) in table {
                into.extend(names(key.get_ref()).map(str::to_owned));
                asked(value.get_ref(), into);
            }
        }
        DeValue::Integer(_) | DeValue::Float(_) | DeValue::Boolean(_) | DeValue::Datetime(_) => {}
    }
}

/// The names that stand alone in the placeholders of a text.
fn names(text: &str) -> impl Iterator<Item = &str> {
    let inner = text.split("{{").skip(1);
    let inner = inner.filter_map(|part| Some(part.split_once("}}")?.0.trim()));
    inner.filter(|name| is_name(name))
}

/// A parameter that cannot be put where it is named.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Misplaced {
    pub(super) span: Range<usize>,
    pub(super) text: Text,
}

/// Where a parameter has part in a mistake in shared steps, the place that gives it, or does not, is shown too.
pub(crate) fn show_use(mistake: &mut Diagnostic, source: &str, path: &str, used: &Range<usize>) {
    let written = source.get(mistake.span.clone()).unwrap_or_default();
    if mistake.also.is_none() && written.contains("{{") {
        mistake.also = Some((path.to_owned(), used.clone()));
    }
}

/// Puts parameters into each text and key below a value; gives the names that were used.
pub(super) fn substitute<'i>(
    value: &mut Spanned<DeValue<'i>>,
    parameters: &DeTable<'i>,
    used: &mut Vec<String>,
    wrong: &mut Vec<Misplaced>,
) {
    let span = value.span();
    match value.get_mut() {
        DeValue::String(text) => {
            if let Some(name) = whole(text)
                && let Some(given) = parameters.get(name)
            {
                used.push(name.to_owned());
                *value = moved(given, &span);
            } else if let Some(put) = put(text, parameters, &span, used, wrong) {
                *text = DeString::Owned(put);
            }
        }
        DeValue::Array(items) => {
            for item in items.iter_mut() {
                substitute(item, parameters, used, wrong);
            }
        }
        DeValue::Table(table) => {
            let entries = std::mem::take(table);
            for (mut key, mut value) in entries {
                let key_span = key.span();
                if let Some(put) = put(key.get_ref(), parameters, &key_span, used, wrong) {
                    key = Spanned::new(key_span, DeString::Owned(put));
                }
                substitute(&mut value, parameters, used, wrong);
                table.insert(key, value);
            }
        }
        DeValue::Integer(_) | DeValue::Float(_) | DeValue::Boolean(_) | DeValue::Datetime(_) => {}
    }
}

/// The name in a text that is one placeholder and nothing else.
fn whole(text: &str) -> Option<&str> {
    let name = text.trim().strip_prefix("{{")?.strip_suffix("}}")?.trim();
    (!name.contains("{{")).then_some(name)
}

/// A text with its placeholders replaced, where any names a parameter.
fn put(
    text: &str,
    parameters: &DeTable<'_>,
    span: &Range<usize>,
    used: &mut Vec<String>,
    wrong: &mut Vec<Misplaced>,
) -> Option<String> {
    let mut result = String::new();
    let mut rest = text;
    let mut changed = false;
    while let Some((before, after)) = rest.split_once("{{") {
        let Some((inner, following)) = after.split_once("}}") else {
            break;
        };
        result.push_str(before);
        if let Some(given) = parameters.get(inner.trim()) {
            let name = inner.trim().to_owned();
            match scalar(given.get_ref()) {
                Some(text) => result.push_str(&text),
                None => wrong.push(Misplaced {
                    span: span.clone(),
                    text: Text::new(
                        format!("引数「{name}」は一覧又は表のため、文字列の一部にできません"),
                        format!("the parameter '{name}' is a list or a table and cannot be part of a text"),
                    ),
                }),
            }
            used.push(name);
            changed = true;
        } else {
            result.push_str("{{");
            result.push_str(inner);
            result.push_str("}}");
        }
        rest = following;
    }
    result.push_str(rest);
    changed.then_some(result)
}

fn scalar(value: &DeValue<'_>) -> Option<String> {
    match value {
        DeValue::String(text) => Some(text.to_string()),
        DeValue::Integer(number) => Some(number.to_string()),
        DeValue::Float(number) => Some(number.to_string()),
        DeValue::Boolean(value) => Some(value.to_string()),
        DeValue::Datetime(time) => Some(time.to_string()),
        DeValue::Array(_) | DeValue::Table(_) => None,
    }
}

/// A parameter's value as if it had been written at the place that names it.
fn moved<'i>(given: &Spanned<DeValue<'i>>, span: &Range<usize>) -> Spanned<DeValue<'i>> {
    let mut value = given.get_ref().clone();
    match &mut value {
        DeValue::Array(items) => {
            for item in items.iter_mut() {
                *item = moved(item, span);
            }
        }
        DeValue::Table(table) => {
            let entries = std::mem::take(table);
            for (key, item) in entries {
                let key = Spanned::new(span.clone(), key.into_inner());
                table.insert(key, moved(&item, span));
            }
        }
        DeValue::String(_)
        | DeValue::Integer(_)
        | DeValue::Float(_)
        | DeValue::Boolean(_)
        | DeValue::Datetime(_) => {}
    }
    Spanned::new(span.clone(), value)
}
