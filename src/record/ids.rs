//! Which value of messages is their request id, where no template says it.

use crate::{
    normalise::Kind,
    record::{fresh::texts, message::Message, steps::Recording},
};

/// From how many characters on a value is an id by its looks.
const LONG: usize = 16;

/// Which of the values of messages of one skeleton is the request id, in the order of [`crate::xml::Element::values`]:
/// one that the profile holds volatile, else one that differs in each message, and that its answer repeats. None that an
/// earlier answer brought.
pub(super) fn request_id(recording: &Recording, places: &[usize]) -> Option<usize> {
    let alike = places.iter().map(|at| recording.messages.get(*at));
    let alike: Vec<&Message> = alike.collect::<Option<_>>()?;
    let first = alike.first()?;
    let values = first.request.tree.values();
    let own: Vec<Vec<&str>> = alike
        .iter()
        .map(|message| texts(&message.request.tree))
        .collect();
    let column = |at: usize| -> Vec<&str> {
        let values = own.iter();
        values
            .filter_map(|values| values.get(at).copied())
            .collect()
    };
    let free = |at: usize| {
        let mut messages = places.iter().zip(column(at));
        messages
            .all(|(at, value)| !value.trim().is_empty() && !recording.brought_before(*at, value))
    };
    let kinds = recording.rules().kinds(&first.request.document);
    let by_rule = values
        .iter()
        .position(|(node, ..)| matches!(kinds.get(node), Some(Kind::Volatile(_))));
    if let Some(at) = by_rule.filter(|at| free(*at)) {
        return Some(at);
    }
    let repeated = |at: usize| {
        let mut messages = alike.iter().zip(column(at));
        messages.all(|(message, value)| texts(&message.answered.tree).contains(&value))
    };
    let places = values.iter().enumerate();
    let mut places = places.filter(|(at, (_, name, _))| {
        let column = column(*at);
        (is_id(&name.local) || column.iter().all(|value| is_long(value)))
            && differs(&own, &column)
            && free(*at)
            && repeated(*at)
    });
    places.next().map(|(at, _)| at)
}

/// Whether two messages that are not one and the same have no value in common.
fn differs(messages: &[Vec<&str>], column: &[&str]) -> bool {
    let all: Vec<(&Vec<&str>, &&str)> = messages.iter().zip(column).collect();
    all.iter().enumerate().all(|(at, (message, value))| {
        let mut before = all.iter().take(at);
        before.all(|(other, known)| known != value || other == message)
    })
}

fn is_long(value: &str) -> bool {
    value.chars().count() >= LONG
        && value.contains(|c: char| c.is_ascii_digit())
        && value.parse::<jiff::Timestamp>().is_err()
}

/// Whether an element is called as one that tells messages apart.
fn is_id(name: &str) -> bool {
    let name = name.to_lowercase();
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
    of.iter().any(|of| name.contains(of)) && is.iter().any(|is| name.ends_with(is))
}
