//! Where copies are kept: what was registered stands over what is derived.

use std::sync::Arc;

use imbl::OrdMap;

use crate::network::{
    population::PersonId,
    provision::copy::Copy,
    record::names::{Name, Names},
    types::{InstitutionCode, Key},
};

/// Of whom, of what, of which fiscal year; 0 is none.
type Place = (Name, PersonId, Name, i16);

/// What is known of a copy without deriving it.
#[derive(Clone, Debug)]
pub(super) enum Kept {
    /// Nothing was changed: what is derived counts.
    Nothing,
    /// It was deleted.
    Deleted,
    /// It was registered or updated.
    Copy(Arc<Copy>),
}

/// What is stored in a place.
#[derive(Clone, Debug)]
struct Stored {
    /// None where a derived one was deleted.
    copy: Option<Arc<Copy>>,
    /// The copy before the last change.
    before: Option<Arc<Copy>>,
}

/// The copies of all institutions, as far as they were changed.
#[derive(Clone, Debug, Default)]
pub(crate) struct Copies {
    names: Names,
    stored: OrdMap<Place, Stored>,
}

impl Copies {
    /// What is stored of a copy.
    pub(super) fn stored(
        &self,
        institution: &InstitutionCode,
        person: PersonId,
        item: &Key,
        year: Option<i16>,
    ) -> Kept {
        let stored = self
            .place(institution, person, item, year)
            .and_then(|place| self.stored.get(&place));
        match stored {
            None => Kept::Nothing,
            Some(Stored { copy: None, .. }) => Kept::Deleted,
            Some(Stored {
                copy: Some(copy), ..
            }) => Kept::Copy(Arc::clone(copy)),
        }
    }

    /// The copy before the last change.
    pub(super) fn before(
        &self,
        institution: &InstitutionCode,
        person: PersonId,
        item: &Key,
        year: Option<i16>,
    ) -> Option<Arc<Copy>> {
        let place = self.place(institution, person, item, year)?;
        self.stored.get(&place)?.before.clone()
    }

    /// Stores a copy, or that there is none any more.
    pub(super) fn put(
        &mut self,
        institution: &InstitutionCode,
        person: PersonId,
        item: &Key,
        year: Option<i16>,
        copy: Option<Copy>,
    ) {
        let place = (
            self.names.add(institution.as_str()),
            person,
            self.names.add(item.as_str()),
            year.unwrap_or(0),
        );
        let before = self.stored.remove(&place).and_then(|stored| stored.copy);
        let copy = copy.map(Arc::new);
        self.stored.insert(place, Stored { copy, before });
    }

    /// Whether an institution stored any copy of a person.
    pub(super) fn knows(&self, institution: &InstitutionCode, person: PersonId) -> bool {
        self.of_person(institution, person).next().is_some()
    }

    /// Whether an institution registered a copy of a person that is still there.
    pub(crate) fn holds(&self, institution: &InstitutionCode, person: PersonId) -> bool {
        self.of_person(institution, person)
            .any(|(_, stored)| stored.copy.is_some())
    }

    /// The years in which an institution changed a person's copies of an item.
    pub(super) fn years(
        &self,
        institution: &InstitutionCode,
        person: PersonId,
        item: &Key,
    ) -> Vec<Option<i16>> {
        let item = self.names.find(item.as_str());
        self.of_person(institution, person)
            .filter(|((_, _, of, _), _)| Some(*of) == item)
            .map(|((_, _, _, year), _)| (*year != 0).then_some(*year))
            .collect()
    }

    /// The people of whom an institution stored a copy of an item and year.
    pub(super) fn people(
        &self,
        institution: &InstitutionCode,
        item: &Key,
        year: Option<i16>,
    ) -> Vec<PersonId> {
        let (Some(institution), Some(item)) = (
            self.names.find(institution.as_str()),
            self.names.find(item.as_str()),
        ) else {
            return Vec::new();
        };
        self.stored
            .iter()
            .filter(|((of, _, what, when), stored)| {
                (*of, *what, *when) == (institution, item, year.unwrap_or(0))
                    && stored.copy.is_some()
            })
            .map(|((_, person, _, _), _)| *person)
            .collect()
    }

    fn of_person(
        &self,
        institution: &InstitutionCode,
        person: PersonId,
    ) -> impl Iterator<Item = (&Place, &Stored)> {
        let name = self.names.find(institution.as_str());
        name.into_iter().flat_map(move |name| {
            let first = (name, person, Name::FIRST, i16::MIN);
            self.stored
                .range(first..)
                .take_while(move |((of, whom, _, _), _)| (*of, *whom) == (name, person))
        })
    }

    fn place(
        &self,
        institution: &InstitutionCode,
        person: PersonId,
        item: &Key,
        year: Option<i16>,
    ) -> Option<Place> {
        Some((
            self.names.find(institution.as_str())?,
            person,
            self.names.find(item.as_str())?,
            year.unwrap_or(0),
        ))
    }
}
