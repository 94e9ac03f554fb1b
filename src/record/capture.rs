//! Values that recur: what an answer brought first and a later request says again is captured there, and named here.

use std::collections::BTreeMap;

use crate::{
    normalise::Kind,
    record::{
        Base, Made,
        given::{Given, texts},
        message::{Body, Message},
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
    let sent = first_sent(recording);
    let last_of: BTreeMap<usize, usize> = recording
        .steps
        .iter()
        .enumerate()
        .filter_map(|(step, of)| Some((*of.messages.last()?, step)))
        .collect();
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
            let source = source(recording, value, &name, (since, first, own.is_some()));
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
            let Some(from) = last_of.get(&at).copied() else {
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
            volatile(recording, at, node, &called);
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
    request_ids(recording);
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

/// Value → the first message that says it.
fn first_sent(recording: &Recording) -> BTreeMap<String, usize> {
    let mut sent = BTreeMap::new();
    for (at, message) in recording.messages.iter().enumerate() {
        for (_, _, value) in message.request.tree.values() {
            sent.entry(value.to_owned()).or_insert(at);
        }
    }
    sent
}

/// The answer that brought a value, with the place of the value in it and the name there: the first of all that say it, or, for a request
/// id, the first after it was sent.
fn source(
    recording: &Recording,
    value: &str,
    name: &str,
    (since, before, renewed): (usize, usize, bool),
) -> Option<(usize, usize, String)> {
    let at = if renewed {
        let answers = recording.messages.iter().enumerate();
        let mut answers = answers.take(before).skip(since);
        answers
            .find(|(_, message)| node_of(&message.answered, value).is_some())?
            .0
    } else {
        *recording.brought.get(value).filter(|at| **at < since)?
    };
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
    let kinds = recording.rules().kinds(&message.answered.document);
    let by_rule = matches!(kinds.get(&node), Some(Kind::Volatile(_)));
    let length = value.chars().count();
    let telling = length >= LONG
        && value.contains(|c: char| c.is_ascii_digit())
        && !is_date_or_time(value)
        && (same_name || length >= VERY_LONG);
    let right = renewed || telling || by_rule && (same_name || length >= LONG);
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

fn is_date_or_time(value: &str) -> bool {
    value.parse::<jiff::civil::Date>().is_ok()
        || value.parse::<jiff::civil::Time>().is_ok()
        || value.parse::<jiff::Timestamp>().is_ok()
}

/// Notes that a value of an answer is volatile, where no rule says it.
fn volatile(recording: &mut Recording, at: usize, node: usize, label: &str) {
    let rules = recording.rules();
    let Some(message) = recording.messages.get(at) else {
        return;
    };
    if !rules.kinds(&message.answered.document).contains_key(&node) {
        let key = place::rule(
            &message.answered,
            node,
            &recording.messages,
            &mut recording.prefixes,
        );
        if let Some(key) = key {
            recording
                .volatile
                .entry(key)
                .or_insert_with(|| label.replace('_', "-"));
        }
    }
}

/// Notes that request ids are volatile, where no rule says it.
fn request_ids(recording: &mut Recording) {
    let rules = recording.rules();
    let mut found: Vec<(usize, usize)> = Vec::new();
    for step in &recording.steps {
        for (at, id) in step.messages.iter().zip(&step.request_ids) {
            let (Some(message), Some(id)) = (recording.messages.get(*at), id) else {
                continue;
            };
            let kinds = rules.kinds(&message.request.document);
            let values = message.request.tree.values().into_iter();
            let unknown =
                values.filter(|(node, _, value)| value == id && !kinds.contains_key(node));
            found.extend(unknown.map(|(node, ..)| (*at, node)));
        }
    }
    for (at, node) in found {
        let Some(message) = recording.messages.get(at) else {
            continue;
        };
        let key = place::rule(
            &message.request,
            node,
            &recording.messages,
            &mut recording.prefixes,
        );
        if let Some(key) = key {
            recording
                .volatile
                .entry(key)
                .or_insert_with(|| "request".to_owned());
        }
    }
}

/// Notes which elements of answers hold times, where no rule says it.
fn times(recording: &mut Recording) {
    let rules = recording.rules();
    let is_time =
        |value: &str| value.get(10..11) == Some("T") && value.parse::<jiff::Timestamp>().is_ok();
    let unknown = |message: &Message| -> Vec<usize> {
        let kinds = rules.kinds(&message.answered.document);
        let values = message.answered.tree.values().into_iter();
        let times = values.filter(|(node, _, value)| is_time(value) && !kinds.contains_key(node));
        times.map(|(node, ..)| node).collect()
    };
    for message in &recording.messages {
        for node in unknown(message) {
            let key = place::rule(
                &message.answered,
                node,
                &recording.messages,
                &mut recording.prefixes,
            );
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
