//! Values that recur: what an answer brought first and a later request says again is captured there, and named here.

use std::collections::{BTreeMap, BTreeSet};

use crate::{
    normalise::{Kind, Rules},
    record::{
        Base, Made,
        given::{Given, texts},
        message::{Body, is_date_or_time},
        names,
        place::{self, Said},
        steps::Recording,
    },
    text::Text,
};

/// From how many characters on a value is no value by chance.
const LONG: usize = 8;
/// From how many characters on a value is the same one wherever it stands.
const VERY_LONG: usize = 16;

/// Captures what recurs, and notes which values are volatile and unknown as such.
pub(super) fn capture(recording: &mut Recording, base: &Base<'_>, made: &mut Made) {
    request_ids(recording);
    let sent = recording.sent.clone();
    // Message → its step, and the last message of that, whose answer alone is looked at.
    let mut owners: BTreeMap<usize, (usize, usize)> = BTreeMap::new();
    for (step, of) in recording.steps.iter().enumerate() {
        let last = of.messages.last().copied().unwrap_or_default();
        owners.extend(of.messages.iter().map(|at| (*at, (step, last))));
    }
    // Request ids with the step that sent them first: they are renewed with each run.
    let mut renewed: BTreeMap<String, usize> = BTreeMap::new();
    let mut captured: BTreeMap<String, String> = BTreeMap::new();
    for step in 0..recording.steps.len() {
        let Some(here) = recording.steps.get_mut(step) else {
            continue;
        };
        let mut with = std::mem::take(&mut here.with);
        let first = here.messages.first().copied().unwrap_or_default();
        let ids: Vec<String> = here.request_ids.iter().flatten().cloned().collect();
        for (name, given) in texts(&mut with) {
            let Given::Text(value) = &*given else {
                continue;
            };
            let known = captured.get(value);
            // A short value may be the same by chance.
            let known = known.filter(|known| value.chars().count() >= LONG || **known == name);
            if let Some(known) = known {
                *given = Given::Captured(known.clone());
                continue;
            }
            let own = renewed.get(value).copied();
            let since = own.or_else(|| sent.get(value).copied()).unwrap_or(first);
            let source = source(
                recording,
                value,
                &name,
                (since, first, own.is_some()),
                &owners,
            );
            let Some((at, node, element)) = source else {
                if own.is_some() {
                    made.notes.push(not_renewed(recording, step, &name));
                }
                continue;
            };
            let said = Said {
                sent: &sent,
                captured: &captured,
                renewed: &renewed,
            };
            let Some((from, _)) = owners.get(&at).copied() else {
                continue;
            };
            let Some(message) = recording.messages.get(at) else {
                continue;
            };
            let found = place::xpath(&message.answered, node, at, &said, &mut recording.prefixes);
            let Some(xpath) = found else {
                made.notes.push(not_found(recording, step, &name));
                continue;
            };
            let taken = |name: &str| {
                recording.open.contains(name) || captured.values().any(|known| known == name)
            };
            let own = names::of_value(&name);
            let called = if taken(&own) {
                names::free(&names::of_value(&element), "_", taken)
            } else {
                own
            };
            captured.insert(value.clone(), called.clone());
            made.captures.push(called.clone());
            volatile(recording, (at, node), &called, &captured);
            if let Some(from) = recording.steps.get_mut(from) {
                from.capture.push((called.clone(), xpath));
            }
            *given = Given::Captured(called);
        }
        for id in ids {
            renewed.entry(id).or_insert(first);
        }
        if let Some(here) = recording.steps.get_mut(step) {
            here.with = with;
        }
    }
    times(recording);
    settled(recording, base, made);
}

/// Takes back the rules under which snapshots of other scenarios would change: what stands in these as it came is the
/// same in each run.
fn settled(recording: &mut Recording, base: &Base<'_>, made: &mut Made) {
    let own = format!("/{}/", base.id);
    let files = base.project.files.iter();
    let snapshots: Vec<&String> = files
        .filter(|(path, _)| path.as_bytes().ends_with(b".snap") && !path.contains(&own))
        .map(|(_, text)| text)
        .collect();
    let is_settled = |key: &String| {
        let name = key.rsplit(['/', ':', '@']).next().unwrap_or(key);
        let begin = format!("{name}>");
        let as_it_came = |line: &str| {
            let (before, value) = line.split_once(&begin).unwrap_or_default();
            before.ends_with([':', '<', '}']) && !value.starts_with('{') && value.contains("</")
        };
        snapshots.iter().any(|text| text.lines().any(as_it_came))
    };
    let mut names: Vec<String> = recording
        .volatile
        .keys()
        .chain(&recording.times)
        .cloned()
        .collect();
    names.retain(is_settled);
    if names.is_empty() {
        return;
    }
    for name in &names {
        recording.volatile.remove(name);
        recording.times.remove(name);
    }
    let names = names.join(", ");
    made.notes.push(Text::new(
        format!("{names} の値は、他のシナリオのスナップショットにそのまま記載されているため、profile.toml の volatile・times に追記しませんでした。実施のたびに変わる値であれば、追記してください"),
        format!("snapshots of other scenarios hold the values of {names} as they came, so profile.toml (volatile, times) was not added to; do so if they change from run to run"),
    ));
}

/// The answer that brought a value, with the place of the value in it and the name there: the first of all that say it, or, for a request
/// id, the first after it was sent.
fn source(
    recording: &Recording,
    value: &str,
    name: &str,
    (since, before, renewed): (usize, usize, bool),
    owners: &BTreeMap<usize, (usize, usize)>,
) -> Option<(usize, usize, String)> {
    let at = if renewed {
        let answers = recording.messages.iter().enumerate();
        let mut answers = answers.take(before).skip(since);
        answers
            .find(|(_, message)| node_of(&message.answered, value).is_some())?
            .0
    } else {
        *recording.came.get(value).filter(|at| **at < since)?
    };
    // Where a step polls, its last answer is the one that is left.
    let (_, at) = *owners.get(&at)?;
    let message = recording.messages.get(at)?;
    let (node, called) = node_of(&message.answered, value)?;
    let later = recording.messages.get(before)?;
    let same_name = later
        .request
        .tree
        .values()
        .into_iter()
        .any(|(_, name, there)| there == value && name.local == called)
        || names::of_value(&called) == name;
    let length = value.chars().count();
    let telling = length >= LONG
        && value.contains(|c: char| c.is_ascii_digit())
        && !is_date_or_time(value)
        && (same_name || length >= VERY_LONG);
    let right = renewed || telling || (same_name || length >= LONG) && known(recording, at, node);
    right.then_some((at, node, called))
}

/// The first place of a value in a body, with the local name there.
fn node_of(body: &Body, value: &str) -> Option<(usize, String)> {
    let values = body.tree.values().into_iter();
    let mut values = values.filter(|(_, _, there)| *there == value);
    values
        .next()
        .map(|(node, name, _)| (node, name.local.clone()))
}

/// Notes that a value of an answer is volatile, where no rule says it.
fn volatile(
    recording: &mut Recording,
    (at, node): (usize, usize),
    label: &str,
    captured: &BTreeMap<String, String>,
) {
    let known = known(recording, at, node);
    let Some(message) = recording.messages.get(at) else {
        return;
    };
    if known {
        return;
    }
    let same = |value: &str| captured.contains_key(value);
    let messages = &recording.messages;
    let key = place::rule(
        &message.answered,
        node,
        messages,
        &same,
        &mut recording.prefixes,
    );
    if let Some(key) = key {
        let label = label.replace('_', "-");
        recording.volatile.entry(key).or_insert(label);
    }
}

/// Whether a rule says that a value of an answer is volatile, be it one that was only added.
fn known(recording: &Recording, at: usize, node: usize) -> bool {
    let mut profile = recording.profile.clone();
    profile.volatile.extend(recording.volatile.clone());
    profile
        .namespaces
        .clone_from(&recording.prefixes.namespaces);
    let message = recording.messages.get(at);
    let kinds = message.map(|message| Rules::of(&profile).kinds(&message.answered.document));
    matches!(
        kinds.unwrap_or_default().get(&node),
        Some(Kind::Volatile(_))
    )
}

/// Notes that request ids are volatile, where no rule says it.
fn request_ids(recording: &mut Recording) {
    let rules = recording.rules();
    let ids = recording.steps.iter().flat_map(|step| &step.request_ids);
    let ids: BTreeSet<String> = ids.flatten().cloned().collect();
    let same = |value: &str| ids.contains(value);
    for message in &recording.messages {
        let kinds = rules.kinds(&message.request.document);
        for (node, _, value) in message.request.tree.values() {
            if !same(value) || kinds.contains_key(&node) {
                continue;
            }
            let (body, messages) = (&message.request, &recording.messages);
            let key = place::rule(body, node, messages, &same, &mut recording.prefixes);
            if let Some(key) = key {
                recording
                    .volatile
                    .entry(key)
                    .or_insert_with(|| "request".to_owned());
            }
        }
    }
}

/// Notes which elements of answers hold times, where no rule says it.
fn times(recording: &mut Recording) {
    let rules = recording.rules();
    let is_time =
        |value: &str| value.get(10..11) == Some("T") && value.parse::<jiff::Timestamp>().is_ok();
    for message in &recording.messages {
        let kinds = rules.kinds(&message.answered.document);
        for (node, _, value) in message.answered.tree.values() {
            if !is_time(value) || kinds.contains_key(&node) {
                continue;
            }
            let (body, messages) = (&message.answered, &recording.messages);
            let key = place::rule(body, node, messages, &is_time, &mut recording.prefixes);
            recording.times.extend(key);
        }
    }
    for key in recording.volatile.keys() {
        recording.times.remove(key);
    }
}

fn not_found(recording: &Recording, step: usize, name: &str) -> Text {
    let id = id_of(recording, step);
    Text::new(
        format!(
            "手順「{id}」の「{name}」は以前の応答にある値ですが、選択するXPathを作成できません。記録した値のまま記載しました"
        ),
        format!(
            "'{name}' of step '{id}' comes from an earlier answer, but no XPath selects it alone; the recorded value stands there"
        ),
    )
}

fn not_renewed(recording: &Recording, step: usize, name: &str) -> Text {
    let id = id_of(recording, step);
    Text::new(
        format!(
            "手順「{id}」の「{name}」は以前の要求の要求番号ですが、応答に含まれないため取得できません。実施のたびに番号が変わるため、修正してください"
        ),
        format!(
            "'{name}' of step '{id}' is the request id of an earlier step, which no answer repeats: it will be another in each run, so mend this step"
        ),
    )
}

fn id_of(recording: &Recording, step: usize) -> &str {
    recording
        .steps
        .get(step)
        .map_or("", |step| step.id.as_str())
}
