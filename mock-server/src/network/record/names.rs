//! Names that many records share, each held once.

use std::sync::Arc;

use imbl::{OrdMap, Vector};

/// A name by its place.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Name(u32);

impl Name {
    /// The first of all.
    pub(crate) const FIRST: Self = Self(0);
}

/// The names of institutions, tasks and items.
#[derive(Clone, Debug, Default)]
pub(crate) struct Names {
    list: Vector<Arc<str>>,
    places: OrdMap<Arc<str>, Name>,
}

impl Names {
    /// The place of a name, new or known.
    pub(crate) fn add(&mut self, name: &str) -> Name {
        if let Some(known) = self.places.get(name) {
            return *known;
        }
        // Names are as many as records at most, which count in 32 bits.
        let place = Name(u32::try_from(self.list.len()).unwrap_or(u32::MAX));
        let name: Arc<str> = name.into();
        self.list.push_back(Arc::clone(&name));
        self.places.insert(name, place);
        place
    }

    /// The place of a known name.
    pub(crate) fn find(&self, name: &str) -> Option<Name> {
        self.places.get(name).copied()
    }

    /// The name in a place.
    pub(crate) fn text(&self, name: Name) -> Option<&str> {
        self.list.get(name.0 as usize).map(AsRef::as_ref)
    }
}
