//! Links between atena numbers and codes: applied, confirmed, given up.

use crate::{
    network::{
        Context, Fault, Network,
        code::{
            Answer, Application, LinkState, about_acquisition, about_atena, each,
            state::{Acquisition, Atena, Link, Stage},
        },
        lies::Lie,
        population::PersonId,
        rules::code::link as rule,
        types::{AtenaNumber, InstitutionCode, LinkageCode},
    },
    text::Text,
};

impl Network {
    pub(super) fn report_applications(
        &mut self,
        context: &Context,
        entries: Vec<Application>,
    ) -> Answer {
        let entries = each(entries, |entry| {
            let done = self.apply_code(context, &entry);
            (entry.atena, done)
        });
        let state = if self.lies(Lie::LinkConfirmedTooEarly) {
            LinkState::Confirmed
        } else {
            LinkState::Applied
        };
        Answer::Report { entries, state }
    }

    /// Links an atena number with the code that was notified, and erases the acquisition number.
    fn apply_code(&mut self, context: &Context, entry: &Application) -> Result<(), Fault> {
        let of = &context.institution;
        let atena = self.registered(of, &entry.atena)?;
        let Some(acquisition) = self.known_acquisition(&entry.acquisition)?.cloned() else {
            return Ok(());
        };
        self.acquisition_in_time(context.at, acquisition.expires_at, &entry.acquisition)?;
        let about = || about_acquisition(&entry.acquisition);
        self.enforce(
            &rule::ACQUISITION_OWN,
            acquisition.institution != *of,
            about,
        )?;
        let notified = matches!(acquisition.stage, Stage::Notified(_));
        self.enforce(&rule::NOTIFIED_FIRST, !notified, about)?;
        self.enforce(
            &rule::ATENA_OF_ACQUISITION,
            acquisition.institution == *of && acquisition.atena != entry.atena,
            || about_atena(&entry.atena),
        )?;
        let person = match acquisition.stage {
            Stage::Notified(person) | Stage::Sent(person) => person,
            Stage::Requested | Stage::Failing(_) | Stage::Failed(_) => return Ok(()),
        };
        self.code_of_person(context, entry, person, &acquisition)?;
        let other = self
            .codes
            .linked_atena(of, person)
            .filter(|number| *number != entry.atena);
        self.enforce(&rule::ONE_ATENA_A_PERSON, other.is_some(), || {
            about_atena(&entry.atena)
        })?;
        // The number for which it was asked is another one only where the rule is off.
        let asked = (acquisition.institution.clone(), acquisition.atena.clone());
        if let Some(asking) = self.codes.atena_of(&asked.0, &asked.1) {
            let asking = Atena {
                acquisition: None,
                ..asking
            };
            self.codes.put(&asked.0, &asked.1, Some(asking));
        }
        self.codes.erase(&entry.acquisition);
        let own = atena
            .acquisition
            .filter(|number| *number != entry.acquisition);
        let linked = Atena {
            link: Some(Link {
                person,
                confirmed: false,
            }),
            acquisition: own,
            ..atena
        };
        self.codes.put(of, &entry.atena, Some(linked));
        Ok(())
    }

    /// The reported code must be the person's at this institution.
    fn code_of_person(
        &self,
        context: &Context,
        entry: &Application,
        person: PersonId,
        acquisition: &Acquisition,
    ) -> Result<(), Fault> {
        let of = &context.institution;
        let about = || about_acquisition(&entry.acquisition);
        let right = entry.code == self.linkage_code(&acquisition.institution, person)
            || entry.code == self.linkage_code(of, person);
        let of_another = !right
            && self
                .connections
                .institutions()
                .any(|other| other != of && entry.code == self.linkage_code(other, person));
        self.enforce(&rule::CODE_OF_INSTITUTION, of_another, about)?;
        self.enforce(&rule::CODE_AS_NOTIFIED, !right && !of_another, about)
    }

    /// Confirms the links that the institution has, and that it has as many as the network.
    pub(super) fn confirm_links(
        &mut self,
        of: &InstitutionCode,
        links: Vec<(AtenaNumber, LinkageCode)>,
        count: Option<u32>,
    ) -> Result<Answer, Fault> {
        let has = self.codes.totals(of).linked;
        let said = count.unwrap_or(has);
        self.enforce(&rule::COUNT_AGREES, said != has, || {
            Text::new(
                format!("報告された件数: {said}、紐付けの件数: {has}"),
                format!("reported: {said}, linked: {has}"),
            )
        })?;
        let entries = each(links, |(number, code)| {
            let done = self.confirm_link(of, &number, &code);
            (number, done)
        });
        let totals = self.codes.totals(of);
        Ok(Answer::Confirm { entries, totals })
    }

    fn confirm_link(
        &mut self,
        of: &InstitutionCode,
        number: &AtenaNumber,
        code: &LinkageCode,
    ) -> Result<(), Fault> {
        let atena = self.registered(of, number)?;
        let Some(link) = self.agreed_link(of, number, &atena, code)? else {
            return Ok(());
        };
        let confirmed = Atena {
            link: Some(Link {
                confirmed: true,
                ..link
            }),
            ..atena
        };
        self.codes.put(of, number, Some(confirmed));
        Ok(())
    }

    /// Undoes a link that is wrong. The code is used up with it: the person gets another one next time. \[A\]
    pub(super) fn give_up_link(
        &mut self,
        of: &InstitutionCode,
        number: &AtenaNumber,
        code: &LinkageCode,
    ) -> Result<(), Fault> {
        let atena = self.registered(of, number)?;
        let Some(link) = self.agreed_link(of, number, &atena, code)? else {
            return Ok(());
        };
        self.free_of_copies(of, number, &atena)?;
        self.codes.put(
            of,
            number,
            Some(Atena {
                link: None,
                ..atena
            }),
        );
        self.codes.reissue(of, link.person);
        Ok(())
    }

    /// The link of a number, if the institution names its code.
    fn agreed_link(
        &self,
        of: &InstitutionCode,
        number: &AtenaNumber,
        atena: &Atena,
        code: &LinkageCode,
    ) -> Result<Option<Link>, Fault> {
        self.enforce(&rule::LINKED, atena.link.is_none(), || about_atena(number))?;
        let Some(link) = atena.link else {
            return Ok(None);
        };
        let differs = *code != self.linkage_code(of, link.person);
        self.enforce(&rule::LINK_AGREES, differs, || about_atena(number))?;
        Ok(Some(link))
    }
}
