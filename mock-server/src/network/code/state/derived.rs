//! Whom an institution has without being told, and under which number.

use crate::network::{
    population::{PersonId, SIZE},
    types::{AtenaNumber, InstitutionCode},
};

/// The peers, and how their atena numbers begin; seven digits follow, the person's place.
pub(super) const PEERS: &[(&str, &str)] = &[
    ("011002-E", "SAPPORO-E-"),
    ("011002-M", "SAPPORO-"),
    ("202029-M", "MATSUMOTO-"),
    ("INS-0001", "INS-"),
    ("MIN-0001", "MIN-"),
];

/// How the atena numbers of an institution that is linked with everyone begin.
fn prefix(institution: &InstitutionCode) -> Option<&'static str> {
    PEERS
        .iter()
        .find(|(code, _)| *code == institution.as_str())
        .map(|(_, prefix)| *prefix)
}

pub(super) fn derived_number(
    institution: &InstitutionCode,
    person: PersonId,
) -> Option<AtenaNumber> {
    AtenaNumber::new(&format!("{}{:07}", prefix(institution)?, person.place()))
}

/// How many of the derived numbers of an institution, in their order, something holds of that holds of the first ones.
pub(super) fn derived_while(
    institution: &InstitutionCode,
    holds: impl Fn(&AtenaNumber) -> bool,
) -> u32 {
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

pub(super) fn derived_person(
    institution: &InstitutionCode,
    number: &AtenaNumber,
) -> Option<PersonId> {
    let digits = number.as_str().strip_prefix(prefix(institution)?)?;
    let all_digits = digits.len() == 7 && digits.chars().all(|c| c.is_ascii_digit());
    let place = all_digits.then(|| digits.parse().ok()).flatten()?;
    PersonId::new(place)
}
