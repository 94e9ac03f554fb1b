//! What can be told only when a scenario has ended: an individual number that came last, calls beyond those that are
//! expected, and what peers heard of what they asked.

use std::time::Duration;

use crate::{
    event::{Outcome, StepResult},
    run::{
        calls::Call,
        missing::listed,
        sought::{Sought, differences},
        step::{self, Runner},
    },
    scenario::Kind,
    text::{Text, counted},
};

/// The most calls that are named.
const NAMED: usize = 8;

/// What a step with `times` has found, so that no more may come.
#[derive(Debug)]
pub(super) struct Exactly {
    /// The step, by its place in the scenario.
    pub(super) step: usize,
    pub(super) sought: Sought,
}

impl Runner<'_> {
    /// Results beside those of the steps, where something is not right.
    pub(super) async fn at_the_end(&mut self, results: &[StepResult]) -> Vec<StepResult> {
        let sequence = results.len();
        let scenario = self.scenario;
        let outside = |outcome| vec![step::outside(scenario, sequence, outcome)];
        let system = self.shared.suite.profile.system.is_some();
        if system || self.scenario.uses_system() {
            match self.drain(Duration::ZERO).await {
                Ok(false) => {}
                Ok(true) => {
                    let mut last = outside(Outcome::IndividualNumber {
                        place: "call".to_owned(),
                    });
                    let notes = last.iter_mut().map(|result| &mut result.notes);
                    notes.for_each(|notes| notes.extend(self.with_number()));
                    return last;
                }
                Err(outcome) => return outside(outcome),
            }
        }
        // What was not done has found no call, and why is told already.
        if results.iter().any(|result| !result.outcome.is_good()) {
            return Vec::new();
        }
        let mut last = self.too_many(sequence);
        let heard = match self.peers_heard().await {
            Ok(()) => self.never_refused(),
            Err(outcome) => Some(outcome),
        };
        if let Some(outcome) = heard {
            let steps = self.scenario.file.steps.iter();
            let mut peers = steps.filter(|step| matches!(step.kind(), Some(Kind::Peer(_))));
            let index = sequence + last.len();
            last.push(match peers.next_back() {
                Some(peer) => StepResult {
                    outcome,
                    ..self.blank(index, peer)
                },
                None => step::outside(self.scenario, index, outcome),
            });
        }
        last
    }

    /// A result for each step with `times` for which more calls came than it and others have found.
    fn too_many(&mut self, sequence: usize) -> Vec<StepResult> {
        let exact = std::mem::take(&mut self.calls.exact);
        let mut failed = Vec::new();
        for Exactly { step, sought } in exact {
            let profile = &self.shared.suite.profile;
            let steps = &self.scenario.file.steps;
            let Some(step) = steps.get(step) else {
                continue;
            };
            let more: Vec<Call> = (self.calls.seen.iter())
                .filter(|call| call.found_by.is_none())
                .filter(|call| differences(call, &sought, profile).is_empty())
                .cloned()
                .collect();
            let mismatches = if more.is_empty() {
                Vec::from_iter(self.lost())
            } else {
                vec![self.beyond(&sought, &more)]
            };
            if mismatches.is_empty() {
                continue;
            }
            let mut result = self.blank(sequence + failed.len(), step);
            if let Some(call) = more.first() {
                let kept = self.keep_call(call, 1, &result);
                result.calls.push(kept);
            }
            // Each is told once.
            for call in &mut self.calls.seen {
                if more.iter().any(|told| told.number == call.number) {
                    call.found_by = Some(step.id.get_ref().clone());
                }
            }
            result.source = step::source(&self.shared.project, step);
            result.outcome = Outcome::Failed {
                mismatches,
                difference: None,
            };
            failed.push(result);
        }
        failed
    }

    fn beyond(&self, sought: &Sought, more: &[Call]) -> Text {
        let (operation, times, count) = (&sought.operation, sought.times, more.len());
        let named = more.iter().take(NAMED).map(|call| {
            let Text { ja, en } = self.named(call);
            Text::new(format!("{ja} [{}]", call.at), format!("{en} [{}]", call.at))
        });
        let Text { ja, en } = listed(named);
        let after = if count > NAMED { ", …" } else { "" };
        let right = times + count;
        Text::new(
            format!(
                "{operation} の呼出しは{times}件のはずですが、シナリオの終了までに、ほかに{count}件ありました: {ja}{after}。{right}件が正しい場合は times = {right} とし、件数を問わない場合は times を削除してください"
            ),
            format!(
                "{operation} must be called {}, but {count} more came by the end of the scenario: {en}{after}; where {right} are right say times = {right}, and leave 'times' out where their number is no matter",
                counted(times, "time")
            ),
        )
    }
}
