//! Atena numbers: registered, deleted, merged.

use crate::network::{
    Context, Fault, Network,
    code::{
        AtenaKind, Merge, about_atena,
        state::{Atena, Stage},
    },
    moment::Moment,
    rules::{
        self,
        code::{atena as rule, link::NO_COPIES},
    },
    types::{AcquisitionNumber, AtenaNumber, InstitutionCode},
};

impl Network {
    pub(super) fn register_atena(
        &mut self,
        of: &InstitutionCode,
        number: &AtenaNumber,
        kind: AtenaKind,
    ) -> Result<(), Fault> {
        let known = self.codes.atena_of(of, number);
        self.enforce(&rule::REGISTERED_ONCE, known.is_some(), || {
            about_atena(number)
        })?;
        let atena = match known {
            Some(known) => Atena { kind, ..known },
            None => Atena::new(kind),
        };
        self.codes.put(of, number, Some(atena));
        Ok(())
    }

    /// Deletes a number. Its link ends, but not the person's code: one who moves in again gets the former one. \[A\]
    pub(super) fn delete_atena(
        &mut self,
        context: &Context,
        number: &AtenaNumber,
    ) -> Result<(), Fault> {
        let of = &context.institution;
        let atena = self.registered(of, number)?;
        let under_way = atena
            .acquisition
            .as_ref()
            .is_some_and(|acquisition| self.is_under_way(context.at, acquisition));
        self.enforce(&rule::NOT_UNDER_WAY, under_way, || about_atena(number))?;
        self.free_of_copies(of, number, &atena)?;
        self.remove_atena(of, number, &atena);
        Ok(())
    }

    /// Merges a number of a person into another: its link goes over where the other has none.
    pub(super) fn merge_atena(&mut self, of: &InstitutionCode, merge: &Merge) -> Result<(), Fault> {
        let mut kept = self.registered(of, &merge.keep)?;
        let merged = self.registered(of, &merge.merge)?;
        let one = merge.keep == merge.merge;
        self.enforce(&rule::MERGE_OF_TWO, one, || about_atena(&merge.merge))?;
        let two_people = match (kept.link, merged.link) {
            (Some(kept), Some(merged)) => kept.person != merged.person,
            (Some(_) | None, None) | (None, Some(_)) => false,
        };
        self.enforce(&rule::MERGE_OF_ONE_PERSON, two_people, || {
            let pair = format!("{}, {}", merge.keep, merge.merge);
            rules::about("団体内統合宛名番号", "atena numbers", pair)
        })?;
        if one {
            return Ok(());
        }
        self.remove_atena(of, &merge.merge, &merged);
        if kept.link.is_none() && merged.link.is_some() {
            kept.link = merged.link;
            // What was asked for the number is not needed any more: the person is linked.
            if let Some(acquisition) = kept.acquisition.take() {
                self.codes.erase(&acquisition);
            }
        }
        self.codes.put(of, &merge.keep, Some(kept));
        Ok(())
    }

    /// What is known of a number, which must be registered.
    pub(super) fn registered(
        &self,
        of: &InstitutionCode,
        number: &AtenaNumber,
    ) -> Result<Atena, Fault> {
        let known = self.codes.atena_of(of, number);
        self.enforce(&rule::REGISTERED, known.is_none(), || about_atena(number))?;
        Ok(known.unwrap_or(Atena::new(AtenaKind::Resident)))
    }

    /// No copies may be registered for the person of a link that is to end.
    pub(super) fn free_of_copies(
        &self,
        of: &InstitutionCode,
        number: &AtenaNumber,
        atena: &Atena,
    ) -> Result<(), Fault> {
        let held = atena
            .link
            .is_some_and(|link| self.copies.holds(of, link.person));
        self.enforce(&NO_COPIES, held, || about_atena(number))
    }

    /// Whether an acquisition can still lead to a code.
    pub(super) fn is_under_way(&self, at: Moment, number: &AcquisitionNumber) -> bool {
        self.codes.acquisition(number).is_some_and(|acquisition| {
            at <= acquisition.expires_at && !matches!(acquisition.stage, Stage::Failed(_))
        })
    }

    fn remove_atena(&mut self, of: &InstitutionCode, number: &AtenaNumber, atena: &Atena) {
        if let Some(acquisition) = &atena.acquisition {
            self.codes.erase(acquisition);
        }
        self.codes.put(of, number, None);
    }
}
