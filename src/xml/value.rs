//! The four kinds of values of XPath 1.0 and how each becomes another.

use uppsala::{Document, NodeId, NodeKind};

/// A value.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Value {
    /// In the order of the document, each once.
    Nodes(Vec<NodeId>),
    Text(String),
    Number(f64),
    Truth(bool),
}

impl Value {
    pub(super) fn into_nodes(self) -> Vec<NodeId> {
        match self {
            Self::Nodes(nodes) => nodes,
            Self::Text(_) | Self::Number(_) | Self::Truth(_) => Vec::new(),
        }
    }

    pub(super) fn text(&self, document: &Document<'static>) -> String {
        match self {
            Self::Nodes(nodes) => nodes
                .first()
                .map_or_else(String::new, |node| text_of_node(document, *node)),
            Self::Text(text) => text.clone(),
            Self::Number(number) => text_of_number(*number),
            Self::Truth(truth) => truth.to_string(),
        }
    }

    pub(super) fn number(&self, document: &Document<'static>) -> f64 {
        match self {
            Self::Nodes(_) | Self::Text(_) => number_of(&self.text(document)),
            Self::Number(number) => *number,
            Self::Truth(truth) => f64::from(u8::from(*truth)),
        }
    }

    pub(super) fn truth(&self) -> bool {
        match self {
            Self::Nodes(nodes) => !nodes.is_empty(),
            Self::Text(text) => !text.is_empty(),
            Self::Number(number) => *number != 0.0 && !number.is_nan(),
            Self::Truth(truth) => *truth,
        }
    }
}

/// The string value of a node.
pub(super) fn text_of_node(document: &Document<'static>, node: NodeId) -> String {
    match document.node_kind(node) {
        Some(
            NodeKind::Text(text)
            | NodeKind::CData(text)
            | NodeKind::Comment(text)
            | NodeKind::Attribute(_, text),
        ) => text.to_string(),
        Some(NodeKind::ProcessingInstruction(instruction)) => instruction
            .data
            .as_ref()
            .map_or_else(String::new, ToString::to_string),
        Some(NodeKind::Document | NodeKind::Element(_)) => document.text_content_deep(node),
        None => String::new(),
    }
}

/// The number that a text is; it has no exponent and no plus sign.
pub(super) fn number_of(text: &str) -> f64 {
    let text = text.trim_matches([' ', '\t', '\r', '\n']);
    let digits = text.strip_prefix('-').unwrap_or(text);
    let shaped = digits
        .bytes()
        .all(|byte| byte.is_ascii_digit() || byte == b'.')
        && digits.bytes().any(|byte| byte.is_ascii_digit());
    if shaped {
        text.parse().unwrap_or(f64::NAN)
    } else {
        f64::NAN
    }
}

/// A number as text: as many digits as tell it from its neighbours, never with an exponent.
fn text_of_number(number: f64) -> String {
    if number.is_infinite() {
        return if number > 0.0 {
            "Infinity"
        } else {
            "-Infinity"
        }
        .to_owned();
    }
    if number == 0.0 {
        // Zero has no sign in a text.
        return "0".to_owned();
    }
    number.to_string()
}
