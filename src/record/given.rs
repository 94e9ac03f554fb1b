//! The values of a step, as its template needs them and as a scenario writes them.

use std::collections::BTreeMap;

use crate::message::Values;

/// The values for a template, by name, in the order in which they stand in the message.
pub(super) type Table = Vec<(String, Given)>;

/// A value for a template.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Given {
    /// A text of the message.
    Text(String),
    /// What an earlier step captures, by name.
    Captured(String),
    /// What is only asked for.
    True,
    /// A list.
    List(Vec<Self>),
    /// Values by name.
    Table(Table),
}

impl Given {
    /// As templates see it; what is captured comes by name.
    fn value(&self) -> minijinja::Value {
        match self {
            Self::Text(text) => text.clone().into(),
            Self::Captured(name) => name.clone().into(),
            Self::True => true.into(),
            Self::List(items) => items.iter().map(Self::value).collect::<Vec<_>>().into(),
            Self::Table(table) => values(table).into(),
        }
    }

    /// The texts in it, each with the name that stands nearest.
    fn texts<'a>(&'a mut self, name: &str, found: &mut Vec<(String, &'a mut Self)>) {
        match self {
            Self::Text(_) => found.push((name.to_owned(), self)),
            Self::Captured(_) | Self::True => {}
            Self::List(items) => {
                for item in items {
                    item.texts(name, found);
                }
            }
            Self::Table(table) => {
                for (name, item) in table {
                    item.texts(name, found);
                }
            }
        }
    }
}

/// The texts in a table, each with its name.
pub(super) fn texts(table: &mut Table) -> Vec<(String, &mut Given)> {
    let mut found = Vec::new();
    for (name, given) in table {
        given.texts(name, &mut found);
    }
    found
}

/// As templates see them.
pub(super) fn values(table: &Table) -> Values {
    let values = table
        .iter()
        .map(|(name, given)| (name.clone(), given.value()));
    values.collect::<BTreeMap<_, _>>()
}
