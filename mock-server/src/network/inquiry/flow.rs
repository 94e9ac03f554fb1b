//! What happens to an inquiry by itself: the core judges it, it is forwarded, the provider answers, and its time ends.

use crate::network::{
    Network,
    connectivity::{Broken, Mode},
    inquiry::state::{Asked, Ending, State},
    lies::Lie,
    moment::Moment,
    provision::Found,
    record::Record,
    rules::{Rule, inquiry as rule},
    types::ReceiptNumber,
};

/// What happens next to an inquiry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Step {
    /// The core permits or denies it.
    Judge,
    /// It is forwarded to its provider.
    Forward,
    /// The provider answers it.
    Answer,
    /// Its permit runs out.
    PermitEnds,
    /// What became of it is kept no longer.
    ResultEnds,
}

impl Asked {
    /// On which way it was asked.
    pub(super) fn mode(self) -> Mode {
        match self {
            Self::Online => Mode::Online,
            Self::InBatch(_) => Mode::Batch,
        }
    }
}

impl Network {
    /// Lets a step happen to an inquiry after so many seconds.
    pub(super) fn later(&mut self, at: Moment, seconds: u64, step: Step, receipt: &ReceiptNumber) {
        let due = crate::network::schedule::Due::Inquiry(step, receipt.clone());
        // Past the end of the calendar nothing happens.
        if let Some(at) = at.plus(seconds) {
            self.schedule.add(at, &due);
        }
    }

    /// What is due of an inquiry happens.
    pub(in crate::network) fn inquiry_step(
        &mut self,
        at: Moment,
        step: Step,
        receipt: &ReceiptNumber,
    ) {
        let Some((state, mode)) = self
            .inquiries
            .get(receipt)
            .map(|inquiry| (inquiry.state, inquiry.asked.mode()))
        else {
            return;
        };
        let Some(record) = self.records.get(receipt) else {
            return;
        };
        match (step, state) {
            (Step::Judge, State::Accepted) => self.judge(at, receipt, &record, mode),
            (Step::Forward, State::Permitted) => self.forward(at, receipt, &record, mode),
            (Step::Answer, State::AtProvider) => self.answer_from_copies(at, receipt, &record),
            (Step::PermitEnds, State::Permitted | State::AtProvider | State::Held)
                if !self.rules_off.contains(rule::PERMIT_VALID.code) =>
            {
                self.settle(at, receipt, &record, State::Expired, Ending::Plain);
            }
            (
                Step::ResultEnds,
                State::Answered | State::Denied | State::Refused | State::NoCopy | State::NoPerson,
            ) => self.settle(at, receipt, &record, State::Expired, Ending::Plain),
            // It was taken back, fetched or ended before.
            _ => {}
        }
    }

    fn judge(&mut self, at: Moment, receipt: &ReceiptNumber, record: &Record, mode: Mode) {
        if self.open(at).is_err() {
            self.try_again(at, Step::Judge, receipt);
            return;
        }
        if let Some(rule) = self.denied_by(record) {
            self.denied_to_peer(at, receipt, rule);
            let ending = Ending::Denied(rule);
            self.settle(at, receipt, record, State::Denied, ending);
            return;
        }
        let since = u64::try_from(at.unix() - record.at.unix()).unwrap_or(0);
        let life = self.limits.permit_life;
        self.inquiries
            .permit(receipt, record, since.saturating_add(life));
        self.inquiries
            .advance(receipt, State::Permitted, Ending::Plain);
        self.later(at, life.saturating_add(1), Step::PermitEnds, receipt);
        self.forward(at, receipt, record, mode);
    }

    /// The rule by which the core does not permit an inquiry, as its masters were when it was asked.
    fn denied_by(&self, record: &Record) -> Option<&'static Rule> {
        if self.lies(Lie::PermitIgnored) {
            return None;
        }
        let Record {
            at,
            inquirer,
            delegator,
            task,
            provider,
            item,
            ..
        } = record;
        let in_master = |from| self.masters.delegates(*at, from, inquirer, task);
        let registered = |from| self.connections.delegated(from, inquirer, task);
        let asker = record.permitted_to();
        let filed =
            !self.masters.is_ordinance(*at, task) || self.connections.ordinance_filed(asker, task);
        let broken = [
            (
                &rule::DELEGATION_KNOWN,
                !delegator.as_ref().is_none_or(in_master),
            ),
            (
                &rule::DELEGATION_REGISTERED,
                !delegator.as_ref().is_none_or(registered),
            ),
            (
                &rule::IMPACT_ASSESSED,
                !self.connections.assessed(asker, task),
            ),
            (&rule::ORDINANCE_FILED, !filed),
            (
                &rule::QUADRUPLE_PERMITTED,
                !self.masters.permits(*at, asker, task, provider, item),
            ),
            (
                &rule::PROVIDER_UP_TO_DATE,
                self.masters.up_to_date(*at, provider).is_err(),
            ),
        ];
        broken
            .into_iter()
            .find(|(rule, broken)| *broken && !self.rules_off.contains(rule.code))
            .map(|(rule, _)| rule)
    }

    fn forward(&mut self, at: Moment, receipt: &ReceiptNumber, record: &Record, mode: Mode) {
        let provider = &record.provider;
        // Whether its masters agree was judged as they were when it was asked.
        let reachable = self.open(at).is_ok()
            && match self.peer_broken(at, mode, provider) {
                None | Some(Broken::MastersDiffer) => true,
                Some(
                    Broken::Down | Broken::OutOfHours | Broken::PlannedStop | Broken::NotConnected,
                ) => false,
            };
        if !reachable || self.inquiries.earlier_waits(provider, receipt) {
            self.inquiries.wait(provider, receipt);
            self.try_again(at, Step::Forward, receipt);
            return;
        }
        self.inquiries.stop_waiting(provider, receipt);
        self.inquiries
            .advance(receipt, State::AtProvider, Ending::Plain);
        self.records.reach_provider(receipt);
        let delay = self.limits.answer_delay;
        self.later(at, delay, Step::Answer, receipt);
    }

    /// Tries a step again at the next full interval: all that wait come in the order in which they were asked.
    fn try_again(&mut self, at: Moment, step: Step, receipt: &ReceiptNumber) {
        let interval = i64::try_from(self.limits.forward_interval.max(1)).unwrap_or(i64::MAX);
        let wait = interval - at.unix().rem_euclid(interval);
        self.later(at, u64::try_from(wait).unwrap_or(1), step, receipt);
    }

    fn answer_from_copies(&mut self, at: Moment, receipt: &ReceiptNumber, record: &Record) {
        let found = self.provided(at, receipt, record);
        let (state, ending) = match found {
            Found::NoPerson => (State::NoPerson, Ending::Plain),
            Found::NoCopy => (State::NoCopy, Ending::Plain),
            Found::Copies { held: true, .. } if !self.lies(Lie::HeldAnsweredAutomatically) => {
                self.inquiries.advance(receipt, State::Held, Ending::Plain);
                self.inquiries.hold(&record.provider, receipt);
                self.peer_decides_later(at, &record.provider, receipt);
                return;
            }
            Found::Copies {
                list,
                derived,
                undisclosed,
                held: _,
            } => {
                if undisclosed {
                    self.records.mark(&record.provider, receipt, true);
                }
                let ending = if derived {
                    Ending::Plain
                } else {
                    Ending::Given(list.into())
                };
                (State::Answered, ending)
            }
        };
        self.settle(at, receipt, record, state, ending);
    }

    /// It is settled what becomes of an inquiry; from now on it can be fetched, for a time.
    pub(in crate::network) fn settle(
        &mut self,
        at: Moment,
        receipt: &ReceiptNumber,
        record: &Record,
        state: State,
        ending: Ending,
    ) {
        self.inquiries.stop_waiting(&record.provider, receipt);
        self.inquiries.release(&record.provider, receipt);
        self.inquiries.advance(receipt, state, ending);
        if let Some(outcome) = state.outcome() {
            self.records.conclude(receipt, outcome, at);
        }
        if state.leads_to(State::Fetched) {
            let life = self.limits.result_life.saturating_add(1);
            self.later(at, life, Step::ResultEnds, receipt);
        }
    }
}
