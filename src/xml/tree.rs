//! A document as plain data, for whoever compares two or builds one from another.

use std::ops::Range;

use uppsala::NodeId;

use crate::xml::Document;

/// An element with all that is in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Element {
    /// The node, as [`crate::xml::XPath::nodes`] names it.
    pub node: usize,
    /// Its name.
    pub name: Name,
    /// Its attributes, without declarations of namespaces.
    pub attributes: Vec<Attribute>,
    /// The text that stands in the element itself.
    pub text: String,
    /// The elements in it, in order.
    pub children: Vec<Self>,
    /// Where in the bytes it stands, from `<` to `>`.
    pub place: Range<usize>,
}

/// An attribute.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attribute {
    /// The node, as [`crate::xml::XPath::nodes`] names it.
    pub node: usize,
    /// Its name.
    pub name: Name,
    /// Its value.
    pub value: String,
}

/// A name as it is meant, and as it is written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Name {
    /// The namespace.
    pub namespace: Option<String>,
    /// The local name.
    pub local: String,
    /// The prefix that stands before it.
    pub prefix: Option<String>,
}

impl Name {
    /// Whether another name means the same.
    pub fn is(&self, other: &Self) -> bool {
        self.namespace == other.namespace && self.local == other.local
    }

    fn of(name: &uppsala::QName<'_>) -> Self {
        Self {
            namespace: name.namespace_uri.as_deref().map(str::to_owned),
            local: name.local_name.to_string(),
            prefix: name.prefix.as_deref().map(str::to_owned),
        }
    }
}

impl Element {
    /// This element and all below it, in the order of the document.
    pub fn all(&self) -> Vec<&Self> {
        let below = self.children.iter().flat_map(Self::all);
        std::iter::once(self).chain(below).collect()
    }

    /// Whether it holds no element.
    pub fn is_leaf(&self) -> bool {
        self.children.is_empty()
    }

    /// The values that stand alone in their places: texts of leaves, and attributes, each with its node and its name.
    pub fn values(&self) -> Vec<(usize, &Name, &str)> {
        let mut values = Vec::new();
        for element in self.all() {
            for attribute in &element.attributes {
                values.push((attribute.node, &attribute.name, attribute.value.as_str()));
            }
            if element.is_leaf() {
                values.push((element.node, &element.name, element.text.as_str()));
            }
        }
        values
    }

    /// The elements from this one down to a node, or to the element whose attribute it is; empty where it is not here.
    pub fn way(&self, node: usize) -> Vec<&Self> {
        let mut attributes = self.attributes.iter();
        if self.node == node || attributes.any(|attribute| attribute.node == node) {
            return vec![self];
        }
        let below = self.children.iter().map(|child| child.way(node));
        let mut below = below.filter(|way| !way.is_empty());
        below.next().map_or_else(Vec::new, |mut way| {
            way.insert(0, self);
            way
        })
    }
}

impl Document {
    /// The document's element as plain data; none where there is none, which no parsed document is.
    pub fn tree(&self) -> Option<Element> {
        self.0
            .document_element()
            .and_then(|root| self.element(root))
    }

    fn element(&self, id: NodeId) -> Option<Element> {
        let element = self.0.element(id)?;
        let nodes = self.0.get_attribute_nodes(id);
        let attributes = element.attributes.iter().enumerate();
        let attributes = attributes.map(|(at, attribute)| Attribute {
            node: nodes.get(at).map_or(usize::MAX, NodeId::index),
            name: Name::of(&attribute.name),
            value: attribute.value.to_string(),
        });
        let children = self.0.children(id).into_iter();
        Some(Element {
            node: id.index(),
            name: Name::of(&element.name),
            attributes: attributes.collect(),
            text: self.own_text(id),
            children: children.filter_map(|child| self.element(child)).collect(),
            place: self.0.node_range(id).unwrap_or_default(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tree_holds_names_values_and_places() {
        let text =
            "\u{feff}<?xml version='1.0'?>\n<a:x xmlns:a='urn:a'><b c='1'>あ&amp;</b><b/></a:x>";
        let tree = Document::parse(text.as_bytes()).unwrap().tree().unwrap();
        assert_eq!(tree.name.namespace.as_deref(), Some("urn:a"));
        assert_eq!(tree.name.prefix.as_deref(), Some("a"));
        let values: Vec<(&str, &str)> = tree
            .values()
            .into_iter()
            .map(|(_, name, value)| (name.local.as_str(), value))
            .collect();
        assert_eq!(values, [("c", "1"), ("b", "あ&"), ("b", "")]);
        assert_eq!(
            &text[tree.children[0].place.clone()],
            "<b c='1'>あ&amp;</b>"
        );
        assert_eq!(&text[tree.children[1].place.clone()], "<b/>");
        let node = tree.children[0].attributes[0].node;
        let way: Vec<&str> = tree
            .way(node)
            .into_iter()
            .map(|element| element.name.local.as_str())
            .collect();
        assert_eq!(way, ["x", "b"]);
    }
}
