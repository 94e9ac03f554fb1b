//! Which value of messages is their request id, where no template says it.

use crate::{
    normalise::Kind,
    record::{
        message::{Body, Message, is_date_or_time},
        slots::{Slot, slots},
        steps::Recording,
    },
};

/// From how many characters on a value is an id by its looks.
const LONG: usize = 16;

/// The request id of the first of some messages of one skeleton: a value that the profile holds volatile, else one that
/// differs in each message, and that is called as one or long and repeated by its answer. None that an earlier answer
/// brought.
pub(super) fn request_id(recording: &Recording, places: &[usize]) -> Option<String> {
    let alike = places.iter().map(|at| recording.messages.get(*at));
    let alike: Vec<&Message> = alike.collect::<Option<_>>()?;
    let first = alike.first()?;
    let trees: Vec<_> = alike.iter().map(|message| &message.request.tree).collect();
    let free = |slot: &&Slot<'_>| {
        let mut values = places.iter().zip(&slot.values);
        !slot.listed
            && values.all(|(at, (_, value))| {
                !value.trim().is_empty() && !recording.brought_before(*at, value)
            })
    };
    let slots = slots(&trees);
    let free: Vec<&Slot<'_>> = slots.iter().filter(free).collect();
    let kinds = recording.rules().kinds(&first.request.document);
    let by_rule = |slot: &&&Slot<'_>| {
        let node = slot.values.first().map(|(node, _)| node);
        let kind = node.and_then(|node| kinds.get(node));
        matches!(kind, Some(Kind::Volatile(_)))
    };
    let by_looks = |slot: &&&Slot<'_>| {
        let values: Vec<&str> = slot.values.iter().map(|(_, value)| *value).collect();
        let mut answers = alike.iter().zip(&values);
        let name = &slot.name.local;
        let called = is_id(name) || recording.id_names.contains(name);
        let long = values.iter().all(|value| is_long(value));
        differs(&alike, &values)
            && (called || long && answers.all(|(message, value)| says(&message.answered, value)))
    };
    let found = free
        .iter()
        .find(by_rule)
        .or_else(|| free.iter().find(by_looks));
    let (_, value) = found?.values.first()?;
    Some((*value).to_owned())
}

fn says(body: &Body, value: &str) -> bool {
    let values = body.tree.values();
    values.into_iter().any(|(_, _, there)| there == value)
}

/// Whether two messages that are not one and the same have no value in common.
fn differs(messages: &[&Message], values: &[&str]) -> bool {
    let all: Vec<(&&Message, &&str)> = messages.iter().zip(values).collect();
    all.iter().enumerate().all(|(at, (message, value))| {
        let mut before = all.iter().take(at);
        before.all(|(other, known)| known != value || other.request.text == message.request.text)
    })
}

fn is_long(value: &str) -> bool {
    let digit = |c: char| c.is_ascii_digit();
    value.chars().count() >= LONG && value.contains(digit) && !is_date_or_time(value)
}

/// Whether an element is called as one that tells messages apart.
fn is_id(name: &str) -> bool {
    let of = [
        "request",
        "message",
        "transaction",
        "correlation",
        "要求",
        "電文",
        "依頼",
    ];
    let is = ["id", "number", "no", "番号", "識別"];
    let name = name.to_lowercase();
    of.iter().any(|of| name.contains(of)) && is.iter().any(|is| name.ends_with(is))
}
