//! What the network knows of atena numbers, acquisition numbers and links.
//!
//! Peers are linked with everyone from the beginning. That is derived from their numbers and never stored; what they
//! change is stored over it. Deliberately absent: resident codes, and linkage codes, which follow from person,
//! institution and issue.

use imbl::OrdMap;

use crate::network::{
    moment::Moment,
    population::{PersonId, SIZE},
    types::{AcquisitionNumber, AtenaNumber, InstitutionCode, NotificationNumber},
};

/// The peers, and how their atena numbers begin; seven digits follow, the person's place.
const PEERS: &[(&str, &str)] = &[
    ("011002-E", "SAPPORO-E-"),
    ("011002-M", "SAPPORO-"),
    ("202029-M", "MATSUMOTO-"),
    ("INS-0001", "INS-"),
    ("MIN-0001", "MIN-"),
];

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
    fn add(&mut self, atena: &Atena, sign: i32) {
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

    pub(super) fn acquisition(&self, number: &AcquisitionNumber) -> Option<&Acquisition> {
        self.acquisitions.get(number)
    }

    pub(super) fn acquisition_mut(
        &mut self,
        number: &AcquisitionNumber,
    ) -> Option<&mut Acquisition> {
        self.acquisitions.get_mut(number)
    }

    /// Issues the next acquisition number.
    pub(super) fn issue_acquisition(&mut self, acquisition: Acquisition) -> AcquisitionNumber {
        self.acquisitions_issued += 1;
        let number = AcquisitionNumber::numbered(self.acquisitions_issued);
        self.acquisitions.insert(number.clone(), acquisition);
        number
    }

    /// Erases an acquisition number and all notifications that name it.
    pub(super) fn erase(&mut self, number: &AcquisitionNumber) {
        if let Some(acquisition) = self.acquisitions.remove(number) {
            for notification in acquisition.notified {
                self.notifications
                    .remove(&(acquisition.institution.clone(), notification));
            }
        }
    }

    /// Tells the institution what became of an acquisition, unless it was erased since.
    pub(super) fn deliver(&mut self, at: Moment, number: &AcquisitionNumber) {
        if let Some(acquisition) = self.acquisitions.get_mut(number) {
            acquisition.stage = match acquisition.stage {
                Stage::Sent(person) => Stage::Notified(person),
                Stage::Failing(failure) => Stage::Failed(failure),
                // The same notification once more.
                stage @ (Stage::Requested | Stage::Notified(_) | Stage::Failed(_)) => stage,
            };
            self.notify(at, number);
        }
    }

    /// Puts a notification behind those that the institution has.
    fn notify(&mut self, at: Moment, number: &AcquisitionNumber) {
        self.notifications_sent += 1;
        let notification = NotificationNumber::numbered(self.notifications_sent);
        if let Some(acquisition) = self.acquisitions.get_mut(number) {
            acquisition.notified.push(notification.clone());
            let key = (acquisition.institution.clone(), notification);
            let acquisition = number.clone();
            self.notifications
                .insert(key, Notification { at, acquisition });
        }
    }

    /// The institution's notifications behind one, oldest first.
    pub(super) fn notifications<'a>(
        &'a self,
        institution: &'a InstitutionCode,
        after: Option<&NotificationNumber>,
    ) -> impl Iterator<Item = (&'a NotificationNumber, &'a Notification)> {
        let after = after
            .cloned()
            .unwrap_or_else(|| NotificationNumber::numbered(0));
        self.notifications
            .range((institution.clone(), after.clone())..)
            .take_while(move |((of, _), _)| of == institution)
            .filter(move |((_, number), _)| *number > after)
            .map(|((_, number), notification)| (number, notification))
    }

    /// What does not hold.
    pub(crate) fn violations(&self) -> Vec<String> {
        let mut wrong = Vec::new();
        let mut counted: OrdMap<&InstitutionCode, Totals> = OrdMap::new();
        for ((institution, number), atena) in &self.atena {
            let totals = counted.entry(institution).or_default();
            let derived = derived_person(institution, number);
            if derived.is_some() {
                // What is stored stands for the derived one, which the total of all counts.
                totals.residents = totals.residents.wrapping_sub(1);
                totals.linked = totals.linked.wrapping_sub(1);
                totals.confirmed = totals.confirmed.wrapping_sub(1);
            }
            let Some(atena) = atena else { continue };
            wrapping(totals, atena);
            if let Some(link) = atena.link
                && self.linked_atena(institution, link.person).as_ref() != Some(number)
            {
                wrong.push(format!(
                    "{institution} has the person of {number} under another number too"
                ));
            }
            if let Some(acquisition) = &atena.acquisition
                && self
                    .acquisition(acquisition)
                    .is_none_or(|found| found.atena != *number || found.institution != *institution)
            {
                wrong.push(format!(
                    "{institution} {number} waits for {acquisition}, which is not its own"
                ));
            }
        }
        for (institution, totals) in &self.totals {
            let mut expected = counted.get(institution).copied().unwrap_or_default();
            if PEERS.iter().any(|(code, _)| *code == institution.as_str()) {
                expected.residents = expected.residents.wrapping_add(SIZE);
                expected.linked = expected.linked.wrapping_add(SIZE);
                expected.confirmed = expected.confirmed.wrapping_add(SIZE);
            }
            if *totals != expected {
                wrong.push(format!(
                    "{institution} counts {totals:?} atena numbers, and has {expected:?}"
                ));
            }
        }
        for (number, acquisition) in &self.acquisitions {
            let waits = self
                .atena_of(&acquisition.institution, &acquisition.atena)
                .is_some_and(|atena| atena.acquisition.as_ref() == Some(number));
            if !waits {
                wrong.push(format!("{number} was not erased after its use"));
            }
        }
        for ((institution, number), notification) in &self.notifications {
            if self
                .acquisition(&notification.acquisition)
                .is_none_or(|acquisition| acquisition.institution != *institution)
            {
                wrong.push(format!(
                    "{number} of {institution} names an acquisition number that is not its own"
                ));
            }
        }
        wrong
    }

    /// The stored links, for the invariants of codes.
    pub(super) fn links(&self) -> impl Iterator<Item = (&InstitutionCode, PersonId)> {
        self.people
            .iter()
            .filter(|(_, number)| number.is_some())
            .map(|((institution, person), _)| (institution, *person))
    }
}

fn wrapping(totals: &mut Totals, atena: &Atena) {
    let add = |field: &mut u32, counts: bool| *field = field.wrapping_add(u32::from(counts));
    add(&mut totals.residents, atena.kind == AtenaKind::Resident);
    add(
        &mut totals.non_residents,
        atena.kind == AtenaKind::NonResident,
    );
    add(&mut totals.linked, atena.link.is_some());
    add(
        &mut totals.confirmed,
        atena.link.is_some_and(|link| link.confirmed),
    );
}

/// How the atena numbers of an institution that is linked with everyone begin.
fn prefix(institution: &InstitutionCode) -> Option<&'static str> {
    PEERS
        .iter()
        .find(|(code, _)| *code == institution.as_str())
        .map(|(_, prefix)| *prefix)
}

fn derived_number(institution: &InstitutionCode, person: PersonId) -> Option<AtenaNumber> {
    AtenaNumber::new(&format!("{}{:07}", prefix(institution)?, person.place()))
}

/// How many of the derived numbers of an institution, in their order, something holds of that holds of the first ones.
fn derived_while(institution: &InstitutionCode, holds: impl Fn(&AtenaNumber) -> bool) -> u32 {
    let (mut low, mut high) = (0, SIZE);
    while low < high {
        let middle = low + (high - low) / 2;
        let number =
            PersonId::new(middle + 1).and_then(|person| derived_number(institution, person));
        if number.is_some_and(|number| holds(&number)) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    low
}

fn derived_person(institution: &InstitutionCode, number: &AtenaNumber) -> Option<PersonId> {
    let digits = number.as_str().strip_prefix(prefix(institution)?)?;
    let all_digits = digits.len() == 7 && digits.chars().all(|c| c.is_ascii_digit());
    let place = all_digits.then(|| digits.parse().ok()).flatten()?;
    PersonId::new(place)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn institution(code: &str) -> InstitutionCode {
        InstitutionCode::new(code).unwrap()
    }

    fn number(text: &str) -> AtenaNumber {
        AtenaNumber::new(text).unwrap()
    }

    #[test]
    fn a_peer_has_everyone_under_a_number_of_its_own_and_iida_nobody() {
        let codes = Codes::genesis();
        let person = PersonId::new(7).unwrap();
        let cases = [
            ("011002-M", Some("SAPPORO-0000007")),
            ("011002-E", Some("SAPPORO-E-0000007")),
            ("202029-M", Some("MATSUMOTO-0000007")),
            ("MIN-0001", Some("MIN-0000007")),
            ("INS-0001", Some("INS-0000007")),
            ("202053-M", None),
            ("202053-E", None),
        ];
        for (code, expected) in cases {
            let expected = expected.map(number);
            assert_eq!(codes.atena(&institution(code), person), expected, "{code}");
            if let Some(number) = expected {
                assert_eq!(codes.person(&institution(code), &number), Some(person));
            }
        }
        for wrong in [
            "SAPPORO-0000000",
            "SAPPORO-1000001",
            "SAPPORO-7",
            "IIDA-0001",
        ] {
            assert_eq!(codes.person(&institution("011002-M"), &number(wrong)), None);
        }
        assert_eq!(codes.violations(), Vec::<String>::new());
    }

    #[test]
    fn what_a_peer_deletes_is_gone_and_what_it_registers_again_is_new() {
        let mut codes = Codes::genesis();
        let sapporo = institution("011002-M");
        let seven = number("SAPPORO-0000007");
        codes.put(&sapporo, &seven, None);
        assert_eq!(codes.person(&sapporo, &seven), None);
        assert_eq!(codes.atena(&sapporo, PersonId::new(7).unwrap()), None);
        assert_eq!(codes.totals(&sapporo).linked, SIZE - 1);
        assert_eq!(codes.violations(), Vec::<String>::new());
        let registered = Atena {
            kind: AtenaKind::NonResident,
            link: None,
            acquisition: None,
        };
        codes.put(&sapporo, &seven, Some(registered));
        assert_eq!(codes.person(&sapporo, &seven), None);
        assert_eq!(codes.totals(&sapporo).non_residents, 1);
        assert_eq!(codes.violations(), Vec::<String>::new());
    }

    #[test]
    fn a_person_under_two_numbers_is_a_violation() {
        let mut codes = Codes::genesis();
        let iida = institution("202053-M");
        for text in ["IIDA-0001", "IIDA-0002"] {
            let link = Link {
                person: PersonId::new(1).unwrap(),
                confirmed: true,
            };
            let atena = Atena {
                kind: AtenaKind::Resident,
                link: Some(link),
                acquisition: None,
            };
            codes.put(&iida, &number(text), Some(atena));
        }
        let wrong = codes.violations();
        assert_eq!(wrong.len(), 1, "{wrong:?}");
        assert!(wrong[0].contains("IIDA-0001"), "{wrong:?}");
    }
}
