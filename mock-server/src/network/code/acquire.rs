//! Acquisition numbers: issued to the institution, sent with a resident code by the resident-registry leg, and notified
//! with a code. The code is made here alone, and the resident code is forgotten at once.

use crate::network::{
    Context, Fault, Network,
    code::{
        Answer, Disturb, Disturbance, Failure, Issued, Notified, Sent, about_acquisition,
        about_atena,
        state::{Acquisition, Atena, Stage},
    },
    lies::Lie,
    moment::Moment,
    population::PersonId,
    rules::code::acquisition as rule,
    schedule::Due,
    types::{AcquisitionNumber, AtenaNumber, InstitutionCode, NotificationNumber},
};

/// How much later a late notification comes.
const LATE_SECONDS: u64 = 60 * 60;

impl Network {
    /// Issues an acquisition number for an atena number.
    pub(super) fn request_acquisition(
        &mut self,
        context: &Context,
        atena_number: &AtenaNumber,
    ) -> Result<Issued, Fault> {
        let of = &context.institution;
        let atena = self.registered(of, atena_number)?;
        self.enforce(&rule::NOT_LINKED_YET, atena.link.is_some(), || {
            about_atena(atena_number)
        })?;
        let under_way = atena
            .acquisition
            .as_ref()
            .is_some_and(|number| self.is_under_way(context.at, number));
        self.enforce(&rule::ONE_ACQUISITION, under_way, || {
            about_atena(atena_number)
        })?;
        if let Some(former) = &atena.acquisition {
            self.codes.erase(former);
        }
        let expires_at = context
            .at
            .plus(self.limits.acquisition_life)
            .unwrap_or(context.at);
        let number = self.codes.issue_acquisition(Acquisition {
            institution: of.clone(),
            atena: atena_number.clone(),
            expires_at,
            stage: Stage::Requested,
            notified: Vec::new(),
        });
        let waiting = Atena {
            acquisition: Some(number.clone()),
            ..atena
        };
        self.codes.put(of, atena_number, Some(waiting));
        let number = if self.lies(Lie::AcquisitionNumberReused) {
            AcquisitionNumber::numbered(1)
        } else {
            number
        };
        Ok(Issued { number, expires_at })
    }

    /// Takes what the resident-registry leg sends for one acquisition number.
    pub(super) fn send_resident_code(
        &mut self,
        context: &Context,
        number: &AcquisitionNumber,
        sent: &Sent,
    ) -> Result<(), Fault> {
        let (stage, expires_at) = match self.known_acquisition(number)? {
            Some(acquisition) => (acquisition.stage, acquisition.expires_at),
            None => return Ok(()),
        };
        self.acquisition_in_time(context.at, expires_at, number)?;
        self.enforce(&rule::SENT_ONCE, stage != Stage::Requested, || {
            about_acquisition(number)
        })?;
        let person = match sent {
            Sent::Code(code) => self.resident(code),
            Sent::NoCode => None,
        };
        // The resident code itself is never repeated.
        let nobody = matches!(sent, Sent::Code(_)) && person.is_none();
        self.enforce(&rule::RESIDENT_CODE_KNOWN, nobody, || {
            about_acquisition(number)
        })?;
        if nobody {
            return Ok(());
        }
        self.pass_on_code(context.at, number, person);
        Ok(())
    }

    /// Lets the notification of an acquisition come, as the operator would have it.
    fn pass_on_code(&mut self, at: Moment, number: &AcquisitionNumber, person: Option<PersonId>) {
        let disturbance = self.codes.disturbance;
        let how = disturbance.map(|disturbance| disturbance.how);
        self.codes.disturbance = disturbance
            .map(|Disturbance { how, times }| Disturbance {
                how,
                times: times - 1,
            })
            .filter(|disturbance| disturbance.times > 0);
        let stage = match (person, how) {
            (_, Some(Disturb::Failed)) => Stage::Failing(Failure::System),
            (Some(person), _) => Stage::Sent(person),
            (None, _) => Stage::Failing(Failure::NoResidentCode),
        };
        if let Some(acquisition) = self.codes.acquisition_mut(number) {
            acquisition.stage = stage;
        }
        let delay = self.limits.notification_delay;
        let delay = match how {
            Some(Disturb::Late) => delay + LATE_SECONDS,
            Some(Disturb::OutOfOrder) => {
                delay + disturbance.map_or(0, |disturbance| u64::from(disturbance.times))
            }
            Some(Disturb::Doubled | Disturb::Failed) | None => delay,
        };
        let times = if how == Some(Disturb::Doubled) { 2 } else { 1 };
        let when = at.plus(delay).unwrap_or(at);
        for _ in 0..times {
            self.schedule.add(when, &Due::Notify(number.clone()));
        }
    }

    /// One page of an institution's notifications.
    pub(super) fn code_notifications(
        &self,
        of: &InstitutionCode,
        after: Option<&NotificationNumber>,
    ) -> Answer {
        let limit = self.limits.page;
        let mut page: Vec<Notified> = Vec::new();
        let mut more = 0;
        for (number, notification) in self.codes.notifications(of, after) {
            if page.len() >= limit {
                more += 1;
                continue;
            }
            let stage = self
                .codes
                .acquisition(&notification.acquisition)
                .map(|acquisition| acquisition.stage);
            let outcome = match stage {
                Some(Stage::Sent(person) | Stage::Notified(person)) => {
                    Ok(self.linkage_code(of, self.told_person(person)))
                }
                Some(Stage::Failing(failure) | Stage::Failed(failure)) => Err(failure),
                // Sent again where the rule is off, or erased: there is nothing to tell.
                Some(Stage::Requested) | None => continue,
            };
            page.push(Notified {
                number: number.clone(),
                acquisition: notification.acquisition.clone(),
                at: notification.at,
                outcome,
            });
        }
        if self.lies(Lie::SwappedCodes)
            && let [first, second, ..] = page.as_mut_slice()
        {
            std::mem::swap(&mut first.outcome, &mut second.outcome);
        }
        if self.lies(Lie::NotificationDoubled) {
            page = page
                .into_iter()
                .flat_map(|entry| [entry.clone(), entry])
                .collect();
        }
        Answer::Notifications { page, more }
    }

    /// The person whose code is told: another one where the network lies.
    fn told_person(&self, person: PersonId) -> PersonId {
        if !self.lies(Lie::AnotherPersonsCode) {
            return person;
        }
        PersonId::new(person.place() + 1)
            .or(PersonId::new(1))
            .unwrap_or(person)
    }

    /// The acquisition of a number, which must have been issued and not be erased.
    pub(super) fn known_acquisition(
        &self,
        number: &AcquisitionNumber,
    ) -> Result<Option<&Acquisition>, Fault> {
        let found = self.codes.acquisition(number);
        self.enforce(&rule::ACQUISITION_KNOWN, found.is_none(), || {
            about_acquisition(number)
        })?;
        Ok(found)
    }

    /// An acquisition number must not have expired.
    pub(super) fn acquisition_in_time(
        &self,
        at: Moment,
        expires_at: Moment,
        number: &AcquisitionNumber,
    ) -> Result<(), Fault> {
        self.enforce(&rule::ACQUISITION_IN_TIME, at > expires_at, || {
            about_acquisition(number)
        })
    }
}
