//! The scenario's text, for people to edit.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use toml_edit::{Key, Value};

use crate::{
    japan, message,
    plan::{self, Known, PHASES, Suite},
    project::Project,
    record::{
        Base, LeftOut, Made,
        given::{Given, Table},
        polls::Until,
        steps::{Recording, Step},
    },
    text::{Text, counted},
};

/// Where nothing tells the phase.
const COMMON: &str = "query-provide";

/// The text of the scenario.
pub(super) fn scenario(recording: &Recording, base: &Base<'_>, made: &Made) -> String {
    let mut out = head(recording, base);
    let mut left_out: Vec<&LeftOut> = made.left_out.iter().collect();
    left_out.sort_by_key(|left| left.index);
    let mut left_out = left_out.into_iter().peekable();
    for step in &recording.steps {
        out.push('\n');
        let at = step
            .messages
            .first()
            .and_then(|at| recording.messages.get(*at));
        let before = at.map_or(0, |message| message.index);
        let here = std::iter::from_fn(|| left_out.next_if(|left| left.index < before));
        for left in not_here(here) {
            out.push_str(&left);
            out.push('\n');
        }
        out.push_str(&self::step(step));
    }
    for left in not_here(left_out) {
        out.push('\n');
        out.push_str(&left);
    }
    out
}

fn head(recording: &Recording, base: &Base<'_>) -> String {
    let first = recording
        .steps
        .first()
        .map_or(Timestamp::UNIX_EPOCH, |step| step.at);
    let time = japan::local(first).strftime("%Y-%m-%d %H:%M").to_string();
    let mut identities: Vec<&str> = Vec::new();
    for step in &recording.steps {
        if !identities.contains(&step.identity.as_str()) {
            identities.push(&step.identity);
        }
    }
    let ja = format!("記録 {time}（{}）", identities.join("、"));
    let en = format!("recorded {time} ({})", identities.join(", "));
    let (ja, en) = (text(&ja), text(&en));
    let target = base.target;
    format!(
        "# 接続先「{target}」との通信を記録したものです。値や期待値を修正して使用してください。\n\
         # Recorded with the target '{target}': edit its values, and what it expects.\n\
         title = {{ ja = {ja}, en = {en} }}\nphase = {}\n",
        text(&phase(recording, base))
    )
}

/// The phase after which the folder is called; else the one of most of the operations, as the scenarios of the suite
/// have it, or those in the binary.
fn phase(recording: &Recording, base: &Base<'_>) -> String {
    let folder = base.id.split('/').next().unwrap_or_default();
    let called = folder.trim_start_matches(|c: char| c.is_ascii_digit() || c == '-');
    if PHASES.iter().any(|(name, ..)| *name == called) {
        return called.to_owned();
    }
    let bundled = || plan::load(&Project::embedded(), &Known::default()).0;
    of_most(recording, base.suite)
        .or_else(|| of_most(recording, &bundled()))
        .unwrap_or_else(|| COMMON.to_owned())
}

/// The phase in most of whose scenarios the steps' operations are sent, the earliest of several.
fn of_most(recording: &Recording, suite: &Suite) -> Option<String> {
    let mut by_operation: BTreeMap<&str, BTreeMap<&str, usize>> = BTreeMap::new();
    for scenario in &suite.scenarios {
        // Shared steps stand for what is done before a phase.
        let own = scenario.file.steps.iter();
        let steps = own.filter(|step| step.used.is_none());
        let sent: BTreeSet<&str> = steps
            .filter_map(|step| Some(step.send.as_ref()?.get_ref().as_str()))
            .collect();
        for operation in sent {
            let phases = by_operation.entry(operation).or_default();
            *phases.entry(scenario.file.phase.get_ref()).or_default() += 1;
        }
    }
    let mut phases: BTreeMap<&str, usize> = BTreeMap::new();
    for step in &recording.steps {
        let counts = by_operation.get(step.operation.as_str());
        if let Some(phase) = counts.and_then(most) {
            *phases.entry(phase).or_default() += 1;
        }
    }
    most(&phases).map(str::to_owned)
}

fn most(counts: &BTreeMap<&str, usize>) -> Option<&'static str> {
    let count = |phase: &str| counts.get(phase).copied().unwrap_or_default();
    // Of equal ones the last counts as the greatest.
    let phases = PHASES.iter().rev().map(|(phase, ..)| *phase);
    phases
        .max_by_key(|phase| count(phase))
        .filter(|phase| count(phase) > 0)
}

/// What is not in the scenario at one place, by reason: software that fetches a WSDL asks for a dozen files.
fn not_here<'a>(left_out: impl Iterator<Item = &'a LeftOut>) -> Vec<String> {
    let mut by_reason: Vec<(&Text, usize)> = Vec::new();
    for left in left_out {
        match by_reason.iter_mut().find(|(why, _)| *why == &left.why) {
            Some((_, count)) => *count += 1,
            None => by_reason.push((&left.why, 1)),
        }
    }
    let line = |text: &str| text.replace(['\n', '\r'], " ");
    let told = by_reason.into_iter().map(|(why, count)| {
        let (ja, en) = (line(&why.ja), line(&why.en));
        let exchanges = counted(count, "exchange");
        format!("# ここには含まれません（{count}件）: {ja}\n# not here ({exchanges}): {en}\n")
    });
    told.collect()
}

fn step(step: &Step) -> String {
    let Step {
        id,
        operation,
        called: _,
        identity,
        at,
        messages,
        request_ids: _,
        with,
        same_request_as,
        action,
        content_type,
        status,
        fault,
        until,
        capture,
    } = step;
    let time = japan::local(*at).strftime("%H:%M:%S");
    let sent = if messages.len() > 1 {
        format!(" (×{})", messages.len())
    } else {
        String::new()
    };
    let mut lines = vec![
        format!("# {time}{sent}"),
        "[[step]]".to_owned(),
        format!("id = {}", text(id)),
        format!("send = {}", text(operation)),
        format!("as = {}", text(identity)),
    ];
    let mut keys = |key: &str, value: &Option<String>| {
        if let Some(value) = value {
            lines.push(format!("{key} = {}", text(value)));
        }
    };
    keys("same_request_as", same_request_as);
    keys("action", action);
    keys("content_type", content_type);
    for (name, given) in with {
        lines.push(format!("with.{} = {}", key(name), with_lines(given)));
    }
    if let Some(status) = status {
        lines.push(format!("expect.status = {status}"));
    }
    if let Some(fault) = fault {
        lines.push(format!("expect.fault = {}", text(&plain(fault))));
    }
    if let Some(until) = until {
        let Until {
            xpath,
            value,
            every,
            within,
        } = until;
        let wanted = value.as_ref().map(|value| text(&plain(value)));
        let wanted = wanted.unwrap_or_else(|| "{ exists = true }".to_owned());
        let (every, within) = (lapse(*every), lapse(*within));
        let xpath = key(xpath);
        lines.push(format!(
            "until = {{ xpath = {{ {xpath} = {wanted} }}, every = {every}, within = {within} }}"
        ));
    }
    for (name, xpath) in capture {
        lines.push(format!("capture.{} = {}", key(name), text(xpath)));
    }
    lines.join("\n") + "\n"
}

/// A value; a list of tables with a line for each.
fn with_lines(given: &Given) -> String {
    match given {
        Given::List(items) if items.iter().any(|item| matches!(item, Given::Table(_))) => {
            let items = items.iter().map(|item| format!("  {},\n", inline(item)));
            format!("[\n{}]", items.collect::<String>())
        }
        Given::Text(_) | Given::Captured(_) | Given::True | Given::List(_) | Given::Table(_) => {
            inline(given)
        }
    }
}

fn inline(given: &Given) -> String {
    match given {
        Given::Text(value) => text(&plain(value)),
        Given::Captured(name) => text(&format!("{{{{ {name} }}}}")),
        Given::True => "true".to_owned(),
        Given::List(items) => {
            let items: Vec<String> = items.iter().map(inline).collect();
            format!("[{}]", items.join(", "))
        }
        Given::Table(table) if table.is_empty() => "{}".to_owned(),
        Given::Table(table) => format!("{{ {} }}", entries(table)),
    }
}

fn entries(table: &Table) -> String {
    let entries = table.iter();
    let entries = entries.map(|(name, given)| format!("{} = {}", key(name), inline(given)));
    entries.collect::<Vec<_>>().join(", ")
}

/// A length of time as scenarios write it.
fn lapse(seconds: u64) -> String {
    let written = if seconds >= 60 && seconds.is_multiple_of(60) {
        format!("{}m", seconds / 60)
    } else {
        format!("{seconds}s")
    };
    text(&written)
}

fn text(text: &str) -> String {
    Value::from(text).to_string()
}

fn key(name: &str) -> String {
    Key::new(name).to_string()
}

/// A text that a scenario gives to a template as it is.
fn plain(text: &str) -> String {
    if !message::is_template(text) {
        return text.to_owned();
    }
    let escaped = text.replace('\\', "\\\\").replace('\'', "\\'");
    format!("{{{{ '{escaped}' }}}}")
}
