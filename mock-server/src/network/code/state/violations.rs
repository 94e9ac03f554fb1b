//! What must hold of atena numbers, acquisitions and notifications.

use imbl::OrdMap;

use super::{
    Atena, AtenaKind, Codes, Totals,
    derived::{PEERS, derived_person},
};
use crate::network::{population::SIZE, types::InstitutionCode};

impl Codes {
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
