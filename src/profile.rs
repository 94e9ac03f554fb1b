//! What is fixed for a suite: prefixes, operations, identities, and which values are volatile.

use std::collections::BTreeMap;

use serde::Deserialize;
use toml::de::DeValue;

use crate::{diagnostic::Diagnostic, scenario::read, xml::Namespaces};

/// Where the profile lies.
pub const PATH: &str = "scenarios/profile.toml";

/// The profile of a suite.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Profile {
    /// Prefixes for XPath and snapshots.
    #[serde(default)]
    pub namespaces: Namespaces,
    /// The XPath of the fault code in a fault.
    pub fault_code: String,
    /// How each operation is sent.
    #[serde(default)]
    pub operation: BTreeMap<String, Operation>,
    /// Who may send.
    #[serde(default)]
    pub identity: BTreeMap<String, Identity>,
    /// Element name → label of the placeholder that stands for its values.
    #[serde(default)]
    pub volatile: BTreeMap<String, String>,
    /// The names of elements that hold a time.
    #[serde(default)]
    pub times: Vec<String>,
}

/// How an operation is sent.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Operation {
    /// The path below the target's URL.
    pub endpoint: String,
    /// The value of `SOAPAction`, without quotes.
    pub action: String,
}

/// Who sends: which certificate, and which institution the message names.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Identity {
    /// The certificate's file in the certificate folder, without its ending.
    pub certificate: String,
    /// The institution code that the message names.
    pub institution: String,
}

/// Reads a profile; never fails.
pub fn parse(text: &str) -> (Profile, Vec<Diagnostic>) {
    let readable = read::without_mark(text);
    let mut found = Vec::new();
    let table = read::document(PATH, &readable, &mut found);
    let required = [("fault_code", DeValue::String("".into()))];
    let profile = read::typed(PATH, &table, &required, &mut found);
    (profile.unwrap_or_default(), found)
}
