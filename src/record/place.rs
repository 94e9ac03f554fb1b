//! Places of values, as XPath: one that selects it in one answer, and one that a rule of the profile is about.

use std::collections::BTreeMap;

use crate::{
    message,
    record::{
        message::{Body, Message},
        names::Prefixes,
    },
    xml::{Element, XPath},
};

/// What has been said when an answer comes.
pub(super) struct Said<'a> {
    /// Value → the first message that says it.
    pub(super) sent: &'a BTreeMap<String, usize>,
    /// Value → the name by which it is captured.
    pub(super) captured: &'a BTreeMap<String, String>,
    /// Values that each run has of its own.
    pub(super) renewed: &'a BTreeMap<String, usize>,
}

/// An XPath that selects one value of an answer: by its name, with the names above it, by a value beside it that was
/// sent before, or by its position.
pub(super) fn xpath(
    answer: &Body,
    node: usize,
    at: usize,
    said: &Said<'_>,
    prefixes: &mut Prefixes,
) -> Option<String> {
    let way = answer.tree.way(node);
    let names = steps(&way, node, prefixes);
    let right = |prefixes: &Prefixes, written: &str| {
        let xpath = XPath::compile(written, &prefixes.namespaces);
        xpath.is_ok_and(|xpath| xpath.nodes(&answer.document) == [node])
    };
    for length in 1..=names.len() {
        let tail = names.get(names.len() - length..)?;
        // Of an attribute the element's name belongs to it.
        if tail.len() == 1 && tail.first().is_some_and(|name| name.starts_with('@')) {
            continue;
        }
        let written = format!("//{}", tail.join("/"));
        if right(prefixes, &written) {
            return Some(written);
        }
    }
    for (depth, above) in way.iter().enumerate().rev() {
        let (Some(own), Some(rest)) = (names.get(depth), names.get(depth + 1..)) else {
            continue;
        };
        for leaf in above.children.iter().filter(|child| child.is_leaf()) {
            let value = leaf.text.as_str();
            let known = said.sent.get(value).is_some_and(|first| *first <= at);
            let written = match said.captured.get(value) {
                Some(name) => format!("{{{{ {name} }}}}"),
                None if known && !said.renewed.contains_key(value) => value.to_owned(),
                None => continue,
            };
            if value.is_empty() || value.contains('\'') || message::is_template(value) {
                continue;
            }
            let beside = prefixes.xpath(&leaf.name);
            let path = |value: &str| {
                let beside = format!("//{own}[{beside}='{value}']");
                let tail = rest.iter().map(String::as_str);
                std::iter::once(beside.as_str())
                    .chain(tail)
                    .collect::<Vec<_>>()
                    .join("/")
            };
            if right(prefixes, &path(value)) {
                return Some(path(&written));
            }
        }
    }
    let last = names.last().filter(|name| !name.starts_with('@'))?;
    let same = XPath::compile(&format!("//{last}"), &prefixes.namespaces).ok()?;
    let position = same
        .nodes(&answer.document)
        .iter()
        .position(|found| *found == node)?;
    let written = format!("(//{last})[{}]", position + 1);
    right(prefixes, &written).then_some(written)
}

/// The names from the top down to a node.
fn steps(way: &[&Element], node: usize, prefixes: &mut Prefixes) -> Vec<String> {
    let mut names: Vec<String> = way
        .iter()
        .map(|element| prefixes.xpath(&element.name))
        .collect();
    let attributes = way
        .last()
        .into_iter()
        .flat_map(|element| &element.attributes);
    for attribute in attributes.filter(|attribute| attribute.node == node) {
        let name = if attribute.name.namespace.is_some() {
            prefixes.xpath(&attribute.name)
        } else {
            attribute.name.local.clone()
        };
        names.push(format!("@{name}"));
    }
    names
}

/// What a rule about a value is about: the element's name, where whatever else is called so holds the `same`; else an
/// XPath.
pub(super) fn rule(
    body: &Body,
    node: usize,
    messages: &[Message],
    same: &dyn Fn(&str) -> bool,
    prefixes: &mut Prefixes,
) -> Option<String> {
    let way = body.tree.way(node);
    let (own, above) = way.split_last()?;
    if own.node != node {
        let names = steps(&way, node, prefixes);
        let tail = names.get(names.len().checked_sub(2)?..)?;
        return Some(format!("//{}", tail.join("/")));
    }
    let parent = above.last()?;
    let elsewhere = |element: &Element| {
        let mut children = element.children.iter();
        let other = |child: &Element| {
            child.name.local == own.name.local && child.is_leaf() && !same(&child.text)
        };
        !element.name.is(&parent.name) && children.any(other)
    };
    let mut trees = messages
        .iter()
        .flat_map(|message| [&message.request.tree, &message.answered.tree]);
    if trees.any(|tree| tree.all().into_iter().any(elsewhere)) {
        let (parent, own) = (prefixes.xpath(&parent.name), prefixes.xpath(&own.name));
        return Some(format!("//{parent}/{own}"));
    }
    Some(own.name.local.clone())
}
