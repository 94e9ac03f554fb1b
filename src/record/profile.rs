//! What a recording adds to the profile. What is there stays as it is written, comments and order included.

use toml_edit::{Array, DocumentMut, Item, Table, TableLike, Value, value};

use crate::{profile::Operation, record::steps::Recording, text::Text};

/// The profile's text with what the recording adds; none where it adds nothing.
pub(super) fn edited(text: &str, recording: &Recording) -> Option<Result<String, Text>> {
    let Recording {
        operations,
        prefixes,
        volatile,
        times,
        ..
    } = recording;
    let bare = prefixes.used_bare && !prefixes.bare;
    if operations.is_empty()
        && prefixes.new.is_empty()
        && volatile.is_empty()
        && times.is_empty()
        && !bare
    {
        return None;
    }
    Some(add(text, recording, bare).ok_or_else(|| {
        Text::new(
            "profile.toml に追記できません。他の書式で同じ項目が記載されていないか確認してください",
            "profile.toml cannot be added to; look whether it writes the same keys in another form",
        )
    }))
}

fn add(text: &str, recording: &Recording, bare: bool) -> Option<String> {
    let mut document: DocumentMut = text.trim_start_matches('\u{feff}').parse().ok()?;
    if bare {
        document.insert("no_prefix", value(true));
    }
    if !recording.times.is_empty() {
        let times = document.entry("times").or_insert(value(Array::new()));
        let times = times.as_array_mut()?;
        let many = times.iter().any(|time| {
            time.decor()
                .prefix()
                .is_some_and(|prefix| prefix.as_str().is_some_and(|prefix| prefix.contains('\n')))
        });
        for name in &recording.times {
            let mut time = Value::from(name.as_str());
            if many {
                time.decor_mut().set_prefix("\n  ");
                times.push_formatted(time);
            } else {
                times.push(time);
            }
        }
    }
    let namespaces = &recording.prefixes.new;
    for (name, entries) in [
        ("namespaces", namespaces),
        ("volatile", &recording.volatile),
    ] {
        for (key, entry) in entries {
            table(&mut document, name)?.insert(key, value(entry.as_str()));
        }
        let written = document.get_mut(name).filter(|_| !entries.is_empty());
        if let Some(written) = written.and_then(Item::as_inline_table_mut) {
            written.fmt();
        }
    }
    for (name, operation) in &recording.operations {
        let all = table(&mut document, "operation")?;
        let Operation {
            endpoint,
            action,
            content_type,
            fault_code,
        } = operation;
        let content_type = content_type
            .as_ref()
            .map(|written| ("content_type", written));
        let fault_code = fault_code.as_ref().map(|written| ("fault_code", written));
        let keys = [("endpoint", endpoint), ("action", action)];
        let keys = keys.into_iter().chain(content_type).chain(fault_code);
        let mut entry = Table::new();
        for (key, written) in keys {
            entry.insert(key, value(written.as_str()));
        }
        all.insert(name, Item::Table(entry));
    }
    Some(document.to_string())
}

/// A table of the profile, made where it is missing.
fn table<'a>(document: &'a mut DocumentMut, name: &str) -> Option<&'a mut dyn TableLike> {
    let mut new = Table::new();
    new.set_implicit(name == "operation");
    document
        .entry(name)
        .or_insert(Item::Table(new))
        .as_table_like_mut()
}
