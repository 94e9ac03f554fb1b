//! The function library of XPath 1.0. How many arguments each takes was checked before.

use uppsala::{NodeId, NodeKind};

use crate::xml::{
    evaluate::Context,
    expression::Expression,
    value::{Value, number_of, text_of_node},
};

/// What a function makes of its arguments.
pub(super) fn call(context: &Context<'_>, name: &str, arguments: &[Expression]) -> Value {
    let given = Given { context, arguments };
    match name {
        "last" => count(context.size),
        "position" => count(context.position),
        "count" => count(given.nodes().len()),
        "sum" => {
            let document = context.document;
            let numbers = given.nodes().into_iter();
            Value::Number(
                numbers
                    .map(|node| number_of(&text_of_node(document, node)))
                    .sum(),
            )
        }
        // There is no DTD, so nothing says which attributes are ids.
        "id" => Value::Nodes(Vec::new()),
        "local-name" => Value::Text(given.name(|name| name.local_name.to_string())),
        "name" => Value::Text(given.name(|name| name.prefixed_name().into_owned())),
        "namespace-uri" => Value::Text(given.name(|name| {
            let uri = name.namespace_uri.as_deref();
            uri.unwrap_or_default().to_owned()
        })),
        "string" => Value::Text(given.text_or_own()),
        "concat" => Value::Text((0..arguments.len()).map(|at| given.text(at)).collect()),
        "starts-with" => Value::Truth(given.text(0).starts_with(&given.text(1))),
        "contains" => Value::Truth(given.text(0).contains(&given.text(1))),
        "substring-before" => {
            let (text, mark) = (given.text(0), given.text(1));
            let found = text.split_once(&mark);
            Value::Text(found.map_or_else(String::new, |(before, _)| before.to_owned()))
        }
        "substring-after" => {
            let (text, mark) = (given.text(0), given.text(1));
            let found = text.split_once(&mark);
            Value::Text(found.map_or_else(String::new, |(_, after)| after.to_owned()))
        }
        "substring" => {
            let length = (arguments.len() > 2).then(|| given.number(2));
            Value::Text(substring(&given.text(0), given.number(1), length))
        }
        "string-length" => count(given.text_or_own().chars().count()),
        "normalize-space" => {
            let text = given.text_or_own();
            let words = text.split([' ', '\t', '\r', '\n']);
            let words: Vec<&str> = words.filter(|word| !word.is_empty()).collect();
            Value::Text(words.join(" "))
        }
        "translate" => Value::Text(translate(&given.text(0), &given.text(1), &given.text(2))),
        "boolean" => Value::Truth(given.truth()),
        "not" => Value::Truth(!given.truth()),
        "true" => Value::Truth(true),
        "lang" => Value::Truth(has_language(context, &given.text(0))),
        "number" => Value::Number(match arguments {
            [] => number_of(&given.text_or_own()),
            _ => given.number(0),
        }),
        "floor" => Value::Number(given.number(0).floor()),
        "ceiling" => Value::Number(given.number(0).ceil()),
        "round" => Value::Number(round(given.number(0))),
        // `false`; other names were refused when the expression was read.
        _ => Value::Truth(false),
    }
}

struct Given<'a, 'd> {
    context: &'a Context<'d>,
    arguments: &'a [Expression],
}

impl Given<'_, '_> {
    fn text(&self, at: usize) -> String {
        let argument = self.arguments.get(at);
        argument.map_or_else(String::new, |argument| self.context.text(argument))
    }

    /// The argument's text; without one, that of the node where the call stands.
    fn text_or_own(&self) -> String {
        match self.arguments {
            [] => text_of_node(self.context.document, self.context.node),
            _ => self.text(0),
        }
    }

    fn number(&self, at: usize) -> f64 {
        let argument = self.arguments.get(at);
        argument.map_or(f64::NAN, |argument| self.context.number(argument))
    }

    fn truth(&self) -> bool {
        let argument = self.arguments.first();
        argument.is_some_and(|argument| self.context.truth(argument))
    }

    fn nodes(&self) -> Vec<NodeId> {
        let argument = self.arguments.first();
        argument.map_or_else(Vec::new, |argument| {
            self.context.value(argument).into_nodes()
        })
    }

    /// Something of the name of the first node, or of the one where the call stands.
    fn name(&self, part: fn(&uppsala::QName<'_>) -> String) -> String {
        let node = match self.arguments {
            [] => Some(self.context.node),
            _ => self.nodes().first().copied(),
        };
        match node.and_then(|node| self.context.document.node_kind(node)) {
            Some(NodeKind::Element(element)) => part(&element.name),
            Some(NodeKind::Attribute(name, _)) => part(name),
            Some(NodeKind::ProcessingInstruction(instruction)) => {
                part(&uppsala::QName::local(instruction.target.to_string()))
            }
            Some(
                NodeKind::Document | NodeKind::Text(_) | NodeKind::CData(_) | NodeKind::Comment(_),
            )
            | None => String::new(),
        }
    }
}

#[expect(
    clippy::cast_precision_loss,
    reason = "counts of nodes and characters are far below 2^52"
)]
fn count(number: usize) -> Value {
    Value::Number(number as f64)
}

/// To the nearest whole number, halves upwards.
fn round(number: f64) -> f64 {
    if number.fract() == 0.0 {
        number
    } else {
        (number + 0.5).floor()
    }
}

/// The characters whose places, from 1, lie in a range that is rounded; no place is in one that holds no number.
fn substring(text: &str, start: f64, length: Option<f64>) -> String {
    let from = round(start);
    let end = length.map_or(f64::INFINITY, |length| from + round(length));
    let mut place = 0.0;
    let within = |_: &char| {
        place += 1.0;
        place >= from && place < end
    };
    text.chars().filter(within).collect()
}

fn translate(text: &str, from: &str, to: &str) -> String {
    let to: Vec<char> = to.chars().collect();
    let replaced = |c: char| match from.chars().position(|known| known == c) {
        Some(at) => to.get(at).copied(),
        None => Some(c),
    };
    text.chars().filter_map(replaced).collect()
}

fn has_language(context: &Context<'_>, wanted: &str) -> bool {
    const XML: &str = "http://www.w3.org/XML/1998/namespace";
    let document = context.document;
    let mut node = Some(context.node);
    while let Some(here) = node {
        if let Some(found) = document.get_attribute_ns(here, XML, "lang") {
            let (found, wanted) = (found.to_lowercase(), wanted.to_lowercase());
            let rest = found.strip_prefix(&wanted);
            return rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('-'));
        }
        node = document.parent(here);
    }
    false
}
