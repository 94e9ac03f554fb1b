//! The runner's own reader: tree, XPath 1.0, canonical text. The library stays behind this module.

mod canonical;
mod check;
mod evaluate;
mod expression;
mod functions;
mod parser;
mod reason;
mod token;
mod tree;
mod value;
mod xpath;

use std::fmt;

use uppsala::{NodeId, NodeKind};

use crate::text::Text;

pub use canonical::{Leaf, canonical};
pub use tree::{Attribute, Element, Name};
pub use xpath::{XPath, XPathError, XPathMistake};

/// Prefixes and their namespaces, as the profile declares them.
pub type Namespaces = std::collections::BTreeMap<String, String>;

/// A well-formed document.
pub struct Document(uppsala::Document<'static>);

impl fmt::Debug for Document {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Document")
    }
}

/// Why bytes are no well-formed document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct XmlError {
    /// What is wrong.
    pub why: Text,
    /// Line and column, from 1, where they are known.
    pub place: Option<(usize, usize)>,
}

impl XmlError {
    /// For people, with the place.
    pub fn text(&self) -> Text {
        let Self { why, place } = self;
        match place {
            Some((line, column)) => Text::new(
                format!("{line}行{column}文字目: {}", why.ja),
                format!("{} at {line}:{column}", why.en),
            ),
            None => why.clone(),
        }
    }
}

impl fmt::Display for XmlError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text().en)
    }
}

impl std::error::Error for XmlError {}

impl Document {
    /// Reads a well-formed document.
    pub fn parse(bytes: &[u8]) -> Result<Self, XmlError> {
        let text = std::str::from_utf8(bytes).map_err(|error| XmlError {
            why: Text::new(
                format!(
                    "{}バイト目からがUTF-8ではありません",
                    error.valid_up_to() + 1
                ),
                format!("byte {} is not UTF-8", error.valid_up_to()),
            ),
            place: None,
        })?;
        let mut document = uppsala::parse(text)
            .map_err(|error| xml_error(&error))?
            .into_static();
        document.prepare_xpath();
        Ok(Self(document))
    }

    /// The text that stands in an element itself. It may consist of many nodes: references and comments divide it.
    fn own_text(&self, element: NodeId) -> String {
        let children = self.0.children(element).into_iter();
        let text = |child| match self.0.node_kind(child) {
            Some(NodeKind::Text(text) | NodeKind::CData(text)) => Some(text.as_ref()),
            Some(
                NodeKind::Document
                | NodeKind::Element(_)
                | NodeKind::Comment(_)
                | NodeKind::ProcessingInstruction(_)
                | NodeKind::Attribute(..),
            )
            | None => None,
        };
        children.filter_map(text).collect()
    }

    /// Every value that stands in the document: the texts of elements, comments and attributes, references resolved.
    pub fn values(&self) -> Vec<String> {
        let document = &self.0;
        let mut values = Vec::new();
        for node in document.descendants(document.root()) {
            match document.node_kind(node) {
                Some(NodeKind::Comment(text)) => values.push(text.to_string()),
                Some(NodeKind::Element(element)) => {
                    let attributes = element.attributes.iter();
                    values.extend(attributes.map(|attribute| attribute.value.to_string()));
                    let text = self.own_text(node);
                    if !text.is_empty() {
                        values.push(text);
                    }
                }
                Some(
                    NodeKind::Document
                    | NodeKind::Text(_)
                    | NodeKind::CData(_)
                    | NodeKind::ProcessingInstruction(_)
                    | NodeKind::Attribute(..),
                )
                | None => {}
            }
        }
        values
    }

    /// The values of sibling leaves of one name, for each parent and name with more than one: where a value may have
    /// been split over elements.
    pub fn sibling_values(&self) -> Vec<Vec<String>> {
        let document = &self.0;
        let mut groups = Vec::new();
        for parent in document.descendants(document.root()) {
            let mut by_name: std::collections::BTreeMap<&str, Vec<String>> = [].into();
            for child in document.children(parent) {
                let Some(element) = document.element(child) else {
                    continue;
                };
                let leaf = document
                    .children(child)
                    .into_iter()
                    .all(|inner| document.element(inner).is_none());
                if leaf {
                    by_name
                        .entry(&element.name.local_name)
                        .or_default()
                        .push(document.text_content_deep(child));
                }
            }
            groups.extend(by_name.into_values().filter(|values| values.len() > 1));
        }
        groups
    }
}

fn xml_error(error: &uppsala::XmlError) -> XmlError {
    use uppsala::XmlError as E;
    let (message, line, column) = match error {
        E::Parse(at) => (&at.message, at.line, at.column),
        E::WellFormedness(at) => (&at.message, at.line, at.column),
        E::Namespace(at) => (&at.message, at.line, at.column),
        E::XPath(_) | E::Validation(_) | E::UnexpectedEof => {
            return XmlError {
                why: reason::cut(),
                place: None,
            };
        }
    };
    XmlError {
        why: reason::of(message),
        place: (line > 0).then_some((line, column)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_and_sibling_leaves_of_one_name_are_listed() {
        let document = Document::parse(
            b"<a x='&#49;'><b>12</b><c>5</c><b>34</b><d><b>6</b><b> 7 </b><b><e/></b></d></a>",
        )
        .unwrap();
        assert_eq!(document.sibling_values(), [["12", "34"], ["6", " 7 "]]);
        assert_eq!(document.values(), ["1", "12", "5", "34", "6", " 7 "]);
    }
}
