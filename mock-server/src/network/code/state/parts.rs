//! The parts of which the network's knowledge of codes consists.

use crate::network::{
    moment::Moment,
    population::PersonId,
    types::{AcquisitionNumber, AtenaNumber, InstitutionCode, NotificationNumber},
};

/// Whether the institution's residents' register has the person. \[A\]
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum AtenaKind {
    /// A resident (住登者).
    Resident,
    /// Somebody who lives elsewhere and whom the institution must know (住登外者).
    NonResident,
}

impl AtenaKind {
    /// The value in the contract.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Resident => "resident",
            Self::NonResident => "non-resident",
        }
    }

    /// The kind of this name.
    pub fn named(name: &str) -> Option<Self> {
        [Self::Resident, Self::NonResident]
            .into_iter()
            .find(|kind| kind.as_str() == name)
    }
}

/// One atena number of one institution.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Atena {
    pub(crate) kind: AtenaKind,
    pub(crate) link: Option<Link>,
    /// The acquisition number that was issued for it and is not used up.
    pub(crate) acquisition: Option<AcquisitionNumber>,
}

impl Atena {
    /// One that was just registered.
    pub(crate) fn new(kind: AtenaKind) -> Self {
        Self {
            kind,
            link: None,
            acquisition: None,
        }
    }
}

/// An atena number's link with a person, by the person's code at the institution.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Link {
    pub(crate) person: PersonId,
    pub(crate) confirmed: bool,
}

/// One request for a code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Acquisition {
    pub(crate) institution: InstitutionCode,
    pub(crate) atena: AtenaNumber,
    pub(crate) expires_at: Moment,
    pub(crate) stage: Stage,
    /// Its notifications: one, or two where it was doubled.
    pub(crate) notified: Vec<NotificationNumber>,
}

/// How far a request for a code has come. \[A\]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stage {
    /// The number is issued; the resident-registry leg has not sent it.
    Requested,
    /// The resident-registry leg sent the number with a person's resident code.
    Sent(PersonId),
    /// The resident-registry leg says that there is no resident code, or the making of the code failed.
    Failing(Failure),
    /// The institution was told the code.
    Notified(PersonId),
    /// The institution was told that there is none.
    Failed(Failure),
}

/// Why there is no code. \[A\]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Failure {
    /// The person has no resident code.
    NoResidentCode,
    /// The core system could not make the code.
    System,
}

impl Failure {
    /// The value in the contract.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::NoResidentCode => "no-resident-code",
            Self::System => "system",
        }
    }
}

/// A notification, by which acquisition it is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Notification {
    pub(crate) at: Moment,
    pub(crate) acquisition: AcquisitionNumber,
}

/// How many atena numbers an institution has, and how far they are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Totals {
    /// Registered residents.
    pub residents: u32,
    /// Registered non-residents.
    pub non_residents: u32,
    /// Those of both that are linked with a code.
    pub linked: u32,
    /// Those of the linked that are confirmed.
    pub confirmed: u32,
}

impl Totals {
    pub(super) fn add(&mut self, atena: &Atena, sign: i32) {
        let count = |field: &mut u32, counts: bool| {
            if counts {
                *field = field.saturating_add_signed(sign);
            }
        };
        count(&mut self.residents, atena.kind == AtenaKind::Resident);
        count(
            &mut self.non_residents,
            atena.kind == AtenaKind::NonResident,
        );
        count(&mut self.linked, atena.link.is_some());
        count(
            &mut self.confirmed,
            atena.link.is_some_and(|link| link.confirmed),
        );
    }
}
