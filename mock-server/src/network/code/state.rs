//! What the network knows of atena numbers, acquisition numbers and links.
//!
//! Peers are linked with everyone from the beginning. That is derived from their numbers and never stored; what they
//! change is stored over it. Deliberately absent: resident codes, and linkage codes, which follow from person,
//! institution and issue.

mod acquisitions;
mod derived;
mod parts;
#[cfg(test)]
mod tests;
mod violations;

use imbl::OrdMap;

use self::derived::{PEERS, derived_number, derived_person, derived_while};
use crate::network::{
    population::{PersonId, SIZE},
    types::{AcquisitionNumber, AtenaNumber, InstitutionCode, NotificationNumber},
};

pub(crate) use parts::{Acquisition, Atena, Link, Notification, Stage};
pub use parts::{AtenaKind, Failure, Totals};

/// Atena numbers, acquisitions, links and notifications of all institutions.
#[derive(Clone, Debug, Default)]
pub(crate) struct Codes {
    /// What is stored of an atena number; none where a derived one was deleted.
    atena: OrdMap<(InstitutionCode, AtenaNumber), Option<Atena>>,
    /// The number under which an institution has a person; none where a derived link was undone.
    people: OrdMap<(InstitutionCode, PersonId), Option<AtenaNumber>>,
    /// How often a person's code was given up at an institution; absent means never.
    issues: OrdMap<(InstitutionCode, PersonId), u32>,
    /// How often a person's resident code was changed; absent means never.
    resident_issues: OrdMap<PersonId, u32>,
    totals: OrdMap<InstitutionCode, Totals>,
    acquisitions: OrdMap<AcquisitionNumber, Acquisition>,
    notifications: OrdMap<(InstitutionCode, NotificationNumber), Notification>,
    acquisitions_issued: u64,
    notifications_sent: u64,
    pub(super) disturbance: Option<super::Disturbance>,
}

impl Codes {
    /// How many atena numbers, acquisition numbers and notifications are stored.
    pub(crate) fn sizes(&self) -> [usize; 3] {
        let Self {
            atena,
            acquisitions,
            notifications,
            ..
        } = self;
        [atena.len(), acquisitions.len(), notifications.len()]
    }

    /// At the beginning only what is derived is there.
    pub(crate) fn genesis() -> Self {
        let everyone = Totals {
            residents: SIZE,
            non_residents: 0,
            linked: SIZE,
            confirmed: SIZE,
        };
        Self {
            totals: PEERS
                .iter()
                .filter_map(|(code, _)| Some((InstitutionCode::new(code)?, everyone)))
                .collect(),
            ..Self::default()
        }
    }

    /// The person whom an institution has under a number, if the number is registered, linked and confirmed.
    pub(crate) fn person(
        &self,
        institution: &InstitutionCode,
        number: &AtenaNumber,
    ) -> Option<PersonId> {
        self.atena_of(institution, number)?
            .link
            .filter(|link| link.confirmed)
            .map(|link| link.person)
    }

    /// The link of an atena number, confirmed or not.
    pub(crate) fn link(&self, institution: &InstitutionCode, number: &AtenaNumber) -> Option<Link> {
        self.atena_of(institution, number)?.link
    }

    /// Links a person of Iida's at once, for tests of what comes after.
    #[cfg(test)]
    pub(crate) fn link_for_test(&mut self, institution: &InstitutionCode, place: u32) {
        let number = AtenaNumber::new(&format!("IIDA-{place:04}")).unwrap();
        let link = PersonId::new(place).map(|person| Link {
            person,
            confirmed: true,
        });
        let atena = Atena {
            kind: AtenaKind::Resident,
            link,
            acquisition: None,
        };
        self.put(institution, &number, Some(atena));
    }

    /// The number under which an institution has a person, if it is linked and confirmed.
    pub(crate) fn atena(
        &self,
        institution: &InstitutionCode,
        person: PersonId,
    ) -> Option<AtenaNumber> {
        let number = self.linked_atena(institution, person)?;
        self.person(institution, &number).map(|_| number)
    }

    /// The number with which an institution linked a person, confirmed or not.
    pub(super) fn linked_atena(
        &self,
        institution: &InstitutionCode,
        person: PersonId,
    ) -> Option<AtenaNumber> {
        match self.people.get(&(institution.clone(), person)) {
            Some(stored) => stored.clone(),
            None => derived_number(institution, person),
        }
    }

    /// The places of the people whom an institution has, without being told, under numbers from one to another.
    pub(crate) fn derived_between(
        institution: &InstitutionCode,
        first: Option<&AtenaNumber>,
        last: Option<&AtenaNumber>,
    ) -> std::ops::RangeInclusive<u32> {
        let before = |first| derived_while(institution, |number| number < first);
        let until = |last| derived_while(institution, |number| number <= last);
        let all = || derived_while(institution, |_| true);
        first.map_or(0, before) + 1..=last.map_or_else(all, until)
    }

    /// What is known of an atena number; nothing where it is not registered.
    pub(super) fn atena_of(
        &self,
        institution: &InstitutionCode,
        number: &AtenaNumber,
    ) -> Option<Atena> {
        match self.atena.get(&(institution.clone(), number.clone())) {
            Some(stored) => stored.clone(),
            None => derived_person(institution, number).map(|person| Atena {
                kind: AtenaKind::Resident,
                link: Some(Link {
                    person,
                    confirmed: true,
                }),
                acquisition: None,
            }),
        }
    }

    /// Stores an atena number, or that it is not registered any more, and keeps totals and people in step with it.
    pub(super) fn put(
        &mut self,
        institution: &InstitutionCode,
        number: &AtenaNumber,
        atena: Option<Atena>,
    ) {
        let before = self.atena_of(institution, number);
        let totals = self.totals.entry(institution.clone()).or_default();
        if let Some(before) = &before {
            totals.add(before, -1);
        }
        if let Some(after) = &atena {
            totals.add(after, 1);
        }
        let person = |atena: &Option<Atena>| atena.as_ref()?.link.map(|link| link.person);
        let (left, joined) = (person(&before), person(&atena));
        if left != joined {
            // Where the rule of one number a person is off, another number may have the person.
            if let Some(left) =
                left.filter(|left| self.linked_atena(institution, *left).as_ref() == Some(number))
            {
                self.set_person(institution, left, None);
            }
            if let Some(joined) = joined {
                self.set_person(institution, joined, Some(number.clone()));
            }
        }
        let key = (institution.clone(), number.clone());
        if atena.is_none() && derived_person(institution, number).is_none() {
            self.atena.remove(&key);
        } else {
            self.atena.insert(key, atena);
        }
    }

    fn set_person(
        &mut self,
        institution: &InstitutionCode,
        person: PersonId,
        number: Option<AtenaNumber>,
    ) {
        let key = (institution.clone(), person);
        if number.is_none() && derived_number(institution, person).is_none() {
            self.people.remove(&key);
        } else {
            self.people.insert(key, number);
        }
    }

    /// Which issue of a person's code an institution has.
    pub(super) fn issue(&self, institution: &InstitutionCode, person: PersonId) -> u32 {
        self.issues
            .get(&(institution.clone(), person))
            .copied()
            .unwrap_or(0)
    }

    /// A person's code at an institution is given up: the next one is another.
    pub(super) fn reissue(&mut self, institution: &InstitutionCode, person: PersonId) {
        *self
            .issues
            .entry((institution.clone(), person))
            .or_insert(0) += 1;
    }

    /// Which issue of the resident code a person has.
    pub(super) fn resident_issue(&self, person: PersonId) -> u32 {
        self.resident_issues.get(&person).copied().unwrap_or(0)
    }

    /// A person's resident code is changed: the former one is nobody's.
    pub(crate) fn change_resident_code(&mut self, person: PersonId) {
        *self.resident_issues.entry(person).or_insert(0) += 1;
    }

    /// Lets the next notifications go wrong.
    pub(crate) fn disturb(&mut self, how: super::Disturb, times: u32) {
        self.disturbance = (times > 0).then_some(super::Disturbance { how, times });
    }

    pub(super) fn totals(&self, institution: &InstitutionCode) -> Totals {
        self.totals.get(institution).copied().unwrap_or_default()
    }

    /// The stored links, for the invariants of codes.
    pub(super) fn links(&self) -> impl Iterator<Item = (&InstitutionCode, PersonId)> {
        self.people
            .iter()
            .filter(|(_, number)| number.is_some())
            .map(|((institution, person), _)| (institution, *person))
    }
}
