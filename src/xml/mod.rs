//! The runner's own reader: tree, XPath 1.0, canonical text. The library stays behind this module.

mod canonical;
mod check;
mod xpath;

use std::fmt;

pub use canonical::canonical;
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
pub struct XmlError(pub String);

impl fmt::Display for XmlError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for XmlError {}

impl Document {
    /// Reads a well-formed document.
    pub fn parse(bytes: &[u8]) -> Result<Self, XmlError> {
        let text = std::str::from_utf8(bytes)
            .map_err(|error| XmlError(format!("byte {} is not UTF-8", error.valid_up_to())))?;
        let mut document = uppsala::parse(text)
            .map_err(|error| XmlError(error.to_string()))?
            .into_static();
        document.prepare_xpath();
        Ok(Self(document))
    }

    /// The joined texts of neighbouring leaves of one name: where a value may have been split over elements.
    pub fn split_values(&self) -> Vec<String> {
        let document = &self.0;
        let leaf = |id| {
            let element = document.element(id)?;
            let inner = document
                .children(id)
                .into_iter()
                .any(|child| document.element(child).is_some());
            (!inner).then(|| element.name.local_name.to_string())
        };
        let mut joined = Vec::new();
        for parent in document.descendants(document.root()) {
            let children = document
                .children(parent)
                .into_iter()
                .filter(|child| document.element(*child).is_some());
            let leaves: Vec<_> = children
                .map(|child| (leaf(child), document.text_content_deep(child)))
                .collect();
            for group in leaves.chunk_by(|left, right| left.0.is_some() && left.0 == right.0) {
                if group.len() > 1 {
                    joined.push(group.iter().map(|(_, text)| text.trim()).collect());
                }
            }
        }
        joined
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_split_over_neighbours_of_one_name_are_joined() {
        let document =
            Document::parse(b"<a><b>12</b><b>34</b><c>5</c><d><b>6</b><b> 7 </b></d></a>").unwrap();
        assert_eq!(document.split_values(), ["1234", "67"]);
    }
}
