//! The people of a network: derived on demand, never stored. All are made up.
//!
//! The first few have a story that scenarios name; what is known of all others follows from the seed. A person has no
//! name here: name, address, birth date and sex do not travel by linkage. Births decide ages, and places decide who
//! holds which copy.

use hmac::{Hmac, KeyInit as _, Mac as _};
use jiff::civil::{Date, date};
use sha2::Sha256;

mod handle;

use crate::network::types::{InstitutionCode, LinkageCode, PortalPerson, ResidentCode};

/// How many people there are.
pub const SIZE: u32 = 1_000_000;

/// The first ten digits of the first person's resident code, less one.
const BASE: u64 = 3_000_000_000;

/// A person, by the place in the population, from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PersonId(u32);

impl PersonId {
    /// The person in this place, from 1 to [`SIZE`].
    pub fn new(place: u32) -> Option<Self> {
        (1..=SIZE).contains(&place).then_some(Self(place))
    }

    /// The place, from 1.
    pub fn place(self) -> u32 {
        self.0
    }
}

/// Where a person lived since when; abroad where there is no municipality.
type Residences = &'static [(Date, Option<&'static str>)];

const IIDA: Option<&str> = Some("202053-M");
const SAPPORO: Option<&str> = Some("011002-M");
const MATSUMOTO: Option<&str> = Some("202029-M");

/// The people with a story: birth and residences, in the order of their places. `scenarios/people.toml` names them.
const STORIES: &[(Date, Residences)] = &[
    // 1 sato: moved from Sapporo to Iida in March 2026; taxed by Sapporo for 2026.
    (
        date(1980, 5, 14),
        &[(date(1980, 5, 14), SAPPORO), (date(2026, 3, 20), IIDA)],
    ),
    // 2 suzuki: always in Iida.
    (date(1975, 11, 3), &[(date(1975, 11, 3), IIDA)]),
    // 3 takahashi: in Sapporo, protected.
    (date(1988, 7, 21), &[(date(1988, 7, 21), SAPPORO)]),
    // 4 tanaka: moved from Iida to Sapporo in February 2026; Iida still answers for the taxes of 2026.
    (
        date(1969, 1, 30),
        &[(date(1969, 1, 30), IIDA), (date(2026, 2, 15), SAPPORO)],
    ),
    // 5 ito: in Sapporo until 2026, then Iida; an income of zero.
    (
        date(1999, 9, 9),
        &[(date(1999, 9, 9), SAPPORO), (date(2026, 4, 1), IIDA)],
    ),
    // 6 watanabe: as 5; did not declare.
    (
        date(1991, 12, 24),
        &[(date(1991, 12, 24), SAPPORO), (date(2026, 4, 2), IIDA)],
    ),
    // 7 yamamoto: as 5; no such record.
    (
        date(2001, 6, 6),
        &[(date(2001, 6, 6), SAPPORO), (date(2026, 4, 3), IIDA)],
    ),
    // 8 nakamura: as 5; a field that is left empty.
    (
        date(1964, 10, 10),
        &[(date(1964, 10, 10), SAPPORO), (date(2026, 4, 4), IIDA)],
    ),
    // 9 kobayashi: a child at school in Iida, born on 29 February.
    (date(2016, 2, 29), &[(date(2016, 2, 29), IIDA)]),
    // 10 kato: parent of 9; moved from Sapporo in March 2026.
    (
        date(1986, 8, 18),
        &[(date(1986, 8, 18), SAPPORO), (date(2026, 3, 25), IIDA)],
    ),
    // 11 yoshida: the other parent; always in Iida.
    (date(1985, 4, 27), &[(date(1985, 4, 27), IIDA)]),
    // 12 yamada: born on 29 February; in Iida.
    (date(2004, 2, 29), &[(date(2004, 2, 29), IIDA)]),
    // 13 and 14 sasaki: born on one day and called alike; two people.
    (date(1990, 3, 3), &[(date(1990, 3, 3), IIDA)]),
    (date(1990, 3, 3), &[(date(1990, 3, 3), IIDA)]),
    // 15 matsuda: Iida, Sapporo, and back to Iida.
    (
        date(1978, 2, 2),
        &[
            (date(1978, 2, 2), IIDA),
            (date(2024, 7, 1), SAPPORO),
            (date(2026, 5, 1), IIDA),
        ],
    ),
    // 16 inoue: in Iida; insured with the insurer.
    (date(1983, 3, 15), &[(date(1983, 3, 15), IIDA)]),
    // 17 kimura: lives in Matsumoto, known to Iida for a tax on land there (住登外者).
    (date(1958, 12, 1), &[(date(1958, 12, 1), MATSUMOTO)]),
    // 18 hayashi: born in Iida in October 2026.
    (date(2026, 10, 12), &[(date(2026, 10, 12), IIDA)]),
    // 19 shimizu: came from abroad to Iida in September 2026.
    (
        date(1995, 5, 5),
        &[(date(1995, 5, 5), None), (date(2026, 9, 1), IIDA)],
    ),
    // 20 yamazaki: moved from Iida to Matsumoto in June 2026.
    (
        date(1972, 7, 7),
        &[(date(1972, 7, 7), IIDA), (date(2026, 6, 1), MATSUMOTO)],
    ),
];

/// The population of one network.
#[derive(Clone, Copy, Debug)]
pub struct Population {
    seed: u64,
}

impl Population {
    /// The population of a seed.
    pub fn new(seed: u64) -> Self {
        Self { seed }
    }

    /// A person's resident code. It does not depend on the seed, so that files can name it.
    pub fn resident_code(self, person: PersonId) -> Option<ResidentCode> {
        self.resident_code_of_issue(person, 0)
    }

    /// The resident code that a person has after so many changes of it.
    pub fn resident_code_of_issue(self, person: PersonId, issue: u32) -> Option<ResidentCode> {
        let body = BASE + u64::from(SIZE) * u64::from(issue) + u64::from(person.0);
        ResidentCode::new(&format!("{body}{}", check_digit(body)))
    }

    /// Whose resident code this was at first.
    pub fn person(self, code: &ResidentCode) -> Option<PersonId> {
        self.person_and_issue(code)
            .and_then(|(person, issue)| (issue == 0).then_some(person))
    }

    /// Whose resident code this is, was or will be, after how many changes.
    pub fn person_and_issue(self, code: &ResidentCode) -> Option<(PersonId, u32)> {
        let number: u64 = code.as_str().parse().ok()?;
        let (body, check) = (number / 10, number % 10);
        let place = body.checked_sub(BASE)?.checked_sub(1)?;
        let issue = u32::try_from(place / u64::from(SIZE)).ok()?;
        let place = u32::try_from(place % u64::from(SIZE)).ok()? + 1;
        (check_digit(body) == check)
            .then_some(place)
            .and_then(PersonId::new)
            .map(|person| (person, issue))
    }

    /// How MynaPortal names a person. It does not depend on the seed, so that files can name it.
    pub fn portal_person(self, person: PersonId) -> PortalPerson {
        handle::of(person.0)
    }

    /// Whom MynaPortal names so.
    pub fn portal_holder(self, handle: &PortalPerson) -> Option<PersonId> {
        handle::place(handle).and_then(PersonId::new)
    }

    /// A person's code at an institution: no code leads back to the person or to another code.
    pub fn linkage_code(
        self,
        person: PersonId,
        institution: &InstitutionCode,
        issue: u32,
    ) -> LinkageCode {
        LinkageCode::from_bytes(&self.keyed(&[
            "code",
            institution.as_str(),
            &person.0.to_string(),
            &issue.to_string(),
        ]))
    }

    /// When a person was born.
    pub fn birth(self, person: PersonId) -> Date {
        if let Some((birth, _)) = STORIES.get(person.0 as usize - 1) {
            return *birth;
        }
        let year = 1935 + self.number(person, "year") % 85;
        let day = 1 + self.number(person, "day") % 365;
        i16::try_from(year)
            .ok()
            .and_then(|year| Date::new(year, 1, 1).ok())
            .and_then(|first| {
                let days = i64::try_from(day).unwrap_or(0);
                first.checked_add(jiff::Span::new().days(days)).ok()
            })
            .unwrap_or(date(1970, 1, 1))
    }

    /// The mayor's office of the municipality in which a person lived on a day; none abroad or before birth.
    pub fn residence(self, person: PersonId, on: Date) -> Option<InstitutionCode> {
        let place = match STORIES.get(person.0 as usize - 1) {
            Some((_, residences)) => residences.iter().rev().find(|(since, _)| *since <= on)?.1,
            None if on < self.birth(person) => None,
            None => match self.number(person, "place") % 4 {
                0 => IIDA,
                1 | 2 => SAPPORO,
                _ => MATSUMOTO,
            },
        };
        place.and_then(InstitutionCode::new)
    }

    /// Whether a person lived in a municipality, by its six digits, on any day up to one.
    pub fn ever_lived(self, person: PersonId, municipality: &str, until: Date) -> bool {
        let is_there = |code: Option<&str>| code.is_some_and(|code| code.starts_with(municipality));
        match STORIES.get(person.0 as usize - 1) {
            Some((_, residences)) => residences
                .iter()
                .any(|(since, place)| *since <= until && is_there(*place)),
            None => is_there(
                self.residence(person, until)
                    .as_ref()
                    .map(InstitutionCode::as_str),
            ),
        }
    }

    /// Since when a person lives where they live on a day.
    pub fn residence_since(self, person: PersonId, on: Date) -> Option<Date> {
        match STORIES.get(person.0 as usize - 1) {
            Some((_, residences)) => residences
                .iter()
                .rev()
                .map(|(since, _)| *since)
                .find(|since| *since <= on),
            None => Some(self.birth(person)).filter(|birth| *birth <= on),
        }
    }

    /// A number that follows from the seed, the person and a topic: the same every time.
    pub fn number(self, person: PersonId, topic: &str) -> u64 {
        self.keyed(&["fact", topic, &person.0.to_string()])
            .iter()
            .take(6)
            .fold(0, |number, byte| number << 8 | u64::from(*byte))
    }

    fn keyed(self, parts: &[&str]) -> Vec<u8> {
        // A key of eight bytes is always taken.
        let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(&self.seed.to_be_bytes()) else {
            return vec![0; 32];
        };
        for part in parts {
            mac.update(part.as_bytes());
            mac.update(b"\0");
        }
        mac.finalize().into_bytes().to_vec()
    }
}

/// The check digit that fits the public specimens of resident codes: weights 5 4 3 2 7 6 5 4 3 2, modulo 11. \[A\]
fn check_digit(body: u64) -> u64 {
    let mut rest = body;
    let mut sum = 0;
    for weight in [2, 3, 4, 5, 6, 7, 2, 3, 4, 5] {
        sum += rest % 10 * weight;
        rest /= 10;
    }
    match sum % 11 {
        0 | 1 => 0,
        remainder => 11 - remainder,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_resident_code_leads_to_its_person_and_a_wrong_one_to_nobody() {
        let population = Population::new(1);
        for place in [1, 20, 21, SIZE] {
            let person = PersonId::new(place).unwrap();
            let code = population.resident_code(person).unwrap();
            assert_eq!(population.person(&code), Some(person));
            let last = code.as_str().chars().last().unwrap();
            let wrong = if last == '9' { '8' } else { '9' };
            let wrong = ResidentCode::new(&format!("{}{wrong}", &code.as_str()[..10])).unwrap();
            assert_eq!(population.person(&wrong), None);
        }
        assert_eq!(
            population.person(&ResidentCode::new("00000000000").unwrap()),
            None
        );
    }

    #[test]
    fn a_portal_handle_leads_to_its_person_and_a_wrong_one_to_nobody() {
        let population = Population::new(1);
        let first = population.portal_person(PersonId::new(1).unwrap());
        assert_eq!(first.as_str(), "PP-x1a6f-xa5ef-xc4f0");
        for place in [1, 2, SIZE] {
            let person = PersonId::new(place).unwrap();
            let handle = population.portal_person(person);
            assert_eq!(PortalPerson::new(handle.as_str()).as_ref(), Some(&handle));
            assert_eq!(population.portal_holder(&handle), Some(person));
            let [first, second, third] = handle.groups().unwrap();
            let wrong = PortalPerson::from_groups([first, second, third ^ 1]);
            assert_eq!(population.portal_holder(&wrong), None);
        }
    }

    #[test]
    fn codes_differ_between_institutions_people_issues_and_seeds() {
        let mayor = InstitutionCode::new("202053-M").unwrap();
        let education = InstitutionCode::new("202053-E").unwrap();
        let [one, two] = [1, 2].map(|place| PersonId::new(place).unwrap());
        let population = Population::new(1);
        let mut codes = vec![
            population.linkage_code(one, &mayor, 0),
            population.linkage_code(one, &education, 0),
            population.linkage_code(two, &mayor, 0),
            population.linkage_code(one, &mayor, 1),
            Population::new(2).linkage_code(one, &mayor, 0),
        ];
        codes.sort();
        codes.dedup();
        assert_eq!(codes.len(), 5);
    }

    #[test]
    fn a_person_who_moved_lived_elsewhere_before() {
        let population = Population::new(1);
        let sato = PersonId::new(1).unwrap();
        let lived = |on| population.residence(sato, on).map(|code| code.to_string());
        assert_eq!(lived(date(2026, 1, 1)).as_deref(), Some("011002-M"));
        assert_eq!(lived(date(2026, 3, 20)).as_deref(), Some("202053-M"));
        assert_eq!(lived(date(1979, 1, 1)), None);
    }
}
