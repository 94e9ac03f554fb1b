//! The runner's own reader: tree, XPath 1.0, canonical text. The library stays behind this module.

mod canonical;
mod xpath;

use std::fmt;

pub use canonical::canonical;
pub use xpath::{XPath, XPathError};

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
}
