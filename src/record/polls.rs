//! Asking again and again for one thing becomes one step that waits for it.

use std::{collections::BTreeMap, time::Duration};

use crate::{
    normalise::Rules,
    record::{
        message::{Message, is_date_or_time},
        names::{self, Prefixes},
        steps::{Recording, Step},
    },
    scenario::data::Lapse,
    xml::{Document, XPath},
};

/// The longest that a step waits where the target says nothing of it.
const LONGEST_WAIT: Duration = Duration::from_secs(15 * 60);
/// Lengths of time as people write them, in seconds.
const ROUND: [u64; 12] = [1, 2, 5, 10, 20, 30, 60, 120, 300, 600, 900, 1800];

/// What a step waits for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Until {
    pub(super) xpath: String,
    /// The value; none where it only has to be there.
    pub(super) value: Option<String>,
    /// In seconds.
    pub(super) every: u64,
    /// In seconds.
    pub(super) within: u64,
}

/// Puts together the steps that ask for one thing until it is there.
pub(super) fn merge(recording: &mut Recording, target: &str) {
    let target = recording.profile.target.get(target);
    let longest = target.and_then(|target| target.longest_wait);
    let longest = longest.map_or(LONGEST_WAIT, Lapse::duration);
    let rules = recording.rules();
    let steps = std::mem::take(&mut recording.steps);
    // What a later step repeats must be the last that its step sends.
    let repeated = steps.iter().filter_map(|step| step.same_request_as.clone());
    let repeated: Vec<String> = repeated.collect();
    let mut steps = steps.into_iter().peekable();
    // The ids of steps before and after, since numbers fall away.
    let mut ids: BTreeMap<String, String> = BTreeMap::new();
    let mut merged: Vec<Step> = Vec::new();
    while let Some(first) = steps.next() {
        let mut run = vec![first];
        while let Some(next) = steps.next_if(|next| {
            let last = run.last();
            last.is_some_and(|last| asks_again(last, next) && !repeated.contains(&last.id))
        }) {
            run.push(next);
        }
        let last = run.last().map(|step| step.id.clone());
        let until = until(&run, &recording.messages, &rules, &mut recording.prefixes);
        let run = match until {
            Some(seen) => one(run, seen, longest),
            None => run,
        };
        for mut step in run {
            let taken = |id: &str| merged.iter().any(|step| step.id == id);
            let id = names::free(&names::of_step(&step.called), "-", taken);
            ids.insert(std::mem::replace(&mut step.id, id.clone()), id);
            merged.push(step);
        }
        // The last that a step sends is what a retry repeats.
        if let (Some(last), Some(step)) = (last, merged.last()) {
            ids.insert(last, step.id.clone());
        }
    }
    for step in &mut merged {
        if let Some(earlier) = &mut step.same_request_as
            && let Some(id) = ids.get(earlier)
        {
            earlier.clone_from(id);
        }
    }
    recording.steps = merged;
}

/// Whether a step asks for what the one before it asked for, as a new request.
fn asks_again(last: &Step, next: &Step) -> bool {
    let known = |step: &Step| {
        let Step {
            operation,
            identity,
            with,
            action,
            content_type,
            ..
        } = step;
        (
            operation.clone(),
            identity.clone(),
            with.clone(),
            action.clone(),
            content_type.clone(),
        )
    };
    last.same_request_as.is_none() && next.same_request_as.is_none() && known(last) == known(next)
}

/// What only the last answer of some has: an XPath, with the value where it selects other values before.
fn until(
    run: &[Step],
    messages: &[Message],
    rules: &Rules,
    prefixes: &mut Prefixes,
) -> Option<(String, Option<String>)> {
    let sent = run.iter().flat_map(|step| &step.messages);
    let sent: Vec<_> = sent.filter_map(|at| messages.get(*at)).collect();
    // Nobody waits to be refused: what was refused at last had been done before.
    sent.last().filter(|last| last.answer.status < 400)?;
    let answers: Vec<_> = sent.iter().map(|message| &message.answered).collect();
    let (last, before) = answers.split_last()?;
    if before.is_empty() {
        return None;
    }
    let kinds = rules.kinds(&last.document);
    let select = |xpath: &XPath, document: &Document| xpath.select(document);
    let (mut other, mut only) = (None, None);
    for (node, name, value) in last.tree.values() {
        // An id or a time is another in each answer, whatever is waited for.
        let long = value.chars().count() >= 8 && value.contains(|c: char| c.is_ascii_digit());
        let way = last.tree.way(node);
        if way.last().is_none_or(|element| element.node != node) {
            continue;
        }
        let written = format!("//{}", prefixes.xpath(name));
        let Ok(xpath) = XPath::compile(&written, &prefixes.namespaces) else {
            continue;
        };
        let earlier: Vec<Vec<String>> = before
            .iter()
            .map(|body| select(&xpath, &body.document))
            .collect();
        if earlier.iter().all(Vec::is_empty) {
            only = only.or(Some((written, None)));
        } else if !value.is_empty()
            && !long
            && !kinds.contains_key(&node)
            && !is_date_or_time(value)
            && select(&xpath, &last.document) == [value]
            && earlier.iter().all(|values| values.as_slice() != [value])
        {
            other = other.or(Some((written, Some(value.to_owned()))));
        }
    }
    other.or(only)
}

/// One step in the place of many.
fn one(run: Vec<Step>, (xpath, value): (String, Option<String>), longest: Duration) -> Vec<Step> {
    let times: Vec<i64> = run.iter().map(|step| step.at.as_second()).collect();
    let (first, last) = (times.first().copied(), times.last().copied());
    let taken = last.unwrap_or_default() - first.unwrap_or_default();
    let taken = u64::try_from(taken).unwrap_or_default();
    let asked = u64::try_from(run.len()).unwrap_or(u64::MAX);
    let every = round(taken.div_ceil(asked.saturating_sub(1).max(1)));
    // Another time it may take longer; but a target waits for no longer than it says.
    let within = round((taken * 4).max(every * asked.max(10)));
    let within = within.min(longest.as_secs()).max(every * asked);
    let mut steps = run.into_iter();
    let Some(mut step) = steps.next() else {
        return Vec::new();
    };
    for next in steps {
        let Step {
            messages,
            request_ids,
            status,
            fault,
            ..
        } = next;
        step.messages.extend(messages);
        step.request_ids.extend(request_ids);
        (step.status, step.fault) = (status, fault);
    }
    step.until = Some(Until {
        xpath,
        value,
        every,
        within,
    });
    vec![step]
}

/// The next length of time that people would write, in seconds.
fn round(seconds: u64) -> u64 {
    let mut lengths = ROUND.into_iter();
    lengths
        .find(|length| *length >= seconds)
        .unwrap_or(seconds.div_ceil(3600) * 3600)
}
