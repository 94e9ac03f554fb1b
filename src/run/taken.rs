//! What a step takes from a text by regular expressions, and the text of its snapshot, in which that has names: it is
//! what is known to change.

use std::{collections::BTreeSet, ops::Range};

use regex::Regex;

use crate::{
    expect::{named, plain},
    message,
    normalise::LONG,
    run::step::Runner,
    scenario::Step,
    text::{Text, counted},
};

/// The most values that are named where an expression fits several.
const NAMED: usize = 3;

/// A value with its name and where it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Taken {
    name: String,
    value: String,
    places: Vec<Range<usize>>,
}

impl Runner<'_> {
    /// Takes the values that a step names from a text, by expressions with one group; gives them, and what is wrong.
    pub(super) fn take(&mut self, step: &Step, what: &str, text: &str) -> (Vec<Taken>, Vec<Text>) {
        let seen = self.seen();
        let (mut all, mut mismatches) = (Vec::new(), Vec::new());
        for (name, expression) in &step.capture {
            let expression = message::plain(expression.get_ref(), &seen).unwrap_or_default();
            let name = name.get_ref();
            let places: Vec<Range<usize>> = Regex::new(&expression)
                .iter()
                .flat_map(|pattern| pattern.captures_iter(text))
                .filter_map(|found| Some(found.get(1)?.range()))
                .collect();
            let mut values: BTreeSet<&str> = places
                .iter()
                .filter_map(|place| text.get(place.clone()))
                .collect();
            match values.pop_first() {
                None => mismatches.push(Text::new(
                    format!(
                        "「{name}」を{}から取得できません（{expression}）",
                        named(what)
                    ),
                    format!("nothing to capture as '{name}' from {what} by {expression}"),
                )),
                Some(value) if values.is_empty() => {
                    self.values.insert(name.clone(), value.into());
                    let (name, value) = (name.clone(), value.to_owned());
                    all.push(Taken {
                        name,
                        value,
                        places,
                    });
                }
                Some(first) => {
                    let count = values.len() + 1;
                    let shown: Vec<&str> =
                        std::iter::once(first).chain(values).take(NAMED).collect();
                    let shown = plain(&shown.join(", "));
                    mismatches.push(Text::new(
                        format!(
                            "「{name}」に当たる値が{}に{count}種類あります（{expression}: {}）。一つだけに一致する式にしてください。最初のものを取得する場合は、式の先頭に (?s)\\A.*? を付けてください",
                            named(what), shown.ja
                        ),
                        format!(
                            "{} in {what} fit '{name}' ({expression}: {}); let the expression fit one alone, or put (?s)\\A.*? before it to take the first",
                            counted(count, "different value"),
                            shown.en
                        ),
                    ));
                }
            }
        }
        (all, mismatches)
    }

    /// What of the values taken is known by no other name: those that the network knows show which one they are.
    fn unknown(&self, taken: &[Taken], fixed: &[(String, String)]) -> Vec<Taken> {
        let known = |taken: &&Taken| {
            let own = |(fixed, _): &(String, String)| taken.value.contains(fixed);
            taken.value.is_empty()
                || self.numbering.stands_in(&taken.value)
                || fixed.iter().any(own)
        };
        taken
            .iter()
            .filter(|taken| !known(taken))
            .cloned()
            .collect()
    }

    /// The text as a snapshot has it. What was taken stands as its name: at its place, and wherever else it stands if
    /// it is too long to stand there by chance.
    pub(super) fn normal_text(&mut self, text: &str, taken: &[Taken]) -> String {
        let mut fixed = self.fixed();
        let unknown = self.unknown(taken, &fixed);
        let is_long = |taken: &&Taken| taken.value.chars().count() >= LONG;
        let long = unknown.iter().filter(is_long);
        fixed.extend(long.map(|taken| (taken.value.clone(), taken.placeholder())));
        let short = unknown.iter().filter(|taken| !is_long(taken));
        let mut places: Vec<(&Range<usize>, String)> = short
            .flat_map(|taken| {
                taken
                    .places
                    .iter()
                    .map(|place| (place, taken.placeholder()))
            })
            .collect();
        places.sort_by_key(|(place, _)| place.start);
        let (mut normal, mut at) = (String::new(), 0);
        for (place, placeholder) in places {
            // One that begins within another is a part of it.
            if let Some(before) = text.get(at..place.start) {
                normal.push_str(&self.numbering.text(before, &fixed));
                normal.push_str(&placeholder);
                at = place.end;
            }
        }
        normal
            + &self
                .numbering
                .text(text.get(at..).unwrap_or_default(), &fixed)
    }

    /// The same in the canonical text of a tree, where a short value is one that is the whole of a node.
    pub(super) fn named_in_tree(&self, normal: String, taken: &[Taken]) -> String {
        let unknown = self.unknown(taken, &self.fixed());
        unknown.into_iter().fold(normal, |normal, taken| {
            let (name, value) = (taken.placeholder(), &taken.value);
            if value.chars().count() >= LONG {
                return normal.replace(value, &name);
            }
            let element = normal.replace(&format!(">{value}<"), &format!(">{name}<"));
            element.replace(&format!("=\"{value}\""), &format!("=\"{name}\""))
        })
    }
}

impl Taken {
    fn placeholder(&self) -> String {
        format!("{{{}}}", self.name)
    }
}
