//! Steps that look for a call of the system under test, or that there is none.

use std::time::Duration;

use tokio::time::Instant;

use crate::{
    event::{self, Fault, Outcome, StepResult},
    run::{
        calls::Call,
        judge::Judged,
        last::Exactly,
        refusal::{ANSWER, Refusal},
        sought::{Sought, differences, together},
        step::{Runner, unusable},
    },
    scenario::{Expect, Order, Step, step::nth},
    sentinel,
    text::Text,
    xml::{Document, canonical},
};

/// How long a call may be in coming, where nothing else is said.
const PATIENCE: Duration = Duration::from_secs(5);

impl Runner<'_> {
    pub(super) async fn expect_call(
        &mut self,
        operation: &str,
        step: &Step,
        result: &mut StepResult,
    ) {
        if let Err(outcome) = self.look_for(operation, step, result).await {
            result.outcome = outcome;
        }
    }

    async fn look_for(
        &mut self,
        operation: &str,
        step: &Step,
        result: &mut StepResult,
    ) -> Result<(), Outcome> {
        let sought = self.sought(operation, step)?;
        let within = step.within.as_ref();
        let within = within.map_or(PATIENCE, |lapse| lapse.get_ref().duration());
        let deadline = Instant::now() + within;
        let mut wait = Duration::ZERO;
        let found = loop {
            self.look_at_calls(wait).await?;
            let found = self.right_calls(&sought);
            wait = deadline.saturating_duration_since(Instant::now());
            if found.len() == sought.times || wait.is_zero() {
                break found;
            }
        };
        if found.len() < sought.times {
            let mismatches = self.missing(&sought, &found, within, result);
            result.notes.extend(self.unheard().await);
            result.fault = self.fault_of(result);
            return Err(Outcome::Failed {
                mismatches,
                difference: None,
            });
        }
        let mut outcomes = Vec::new();
        for (at, index) in found.into_iter().enumerate() {
            let Some(call) = self.calls.seen.get_mut(index) else {
                continue;
            };
            call.found_by = Some(result.step.clone());
            let call = call.clone();
            // One that may come in any order says nothing of those that may not.
            if !sought.any_order {
                self.calls.found = self.calls.found.max(call.number);
            }
            let kept = self.keep_call(&call, at + 1, result);
            result.calls.push(kept);
            outcomes.push(self.judge_call(&call, at + 1, step, &sought.expected));
        }
        result.outcome = together(outcomes);
        if step.times.is_some() {
            let step = result.sequence.saturating_sub(1);
            self.calls.exact.push(Exactly { step, sought });
        }
        if !result.outcome.is_good() {
            result.fault = self.fault_of(result);
        }
        if result.outcome == Outcome::Passed {
            for call in &mut result.calls {
                call.request.shown.clear();
                call.response.shown.clear();
            }
        }
        Ok(())
    }

    /// The fault of the first call that is shown, as the network explains it.
    fn fault_of(&self, result: &StepResult) -> Option<Fault> {
        let code = result.calls.iter().find_map(|call| call.fault.as_ref())?;
        self.shared.faults.get(code).cloned()
    }

    pub(super) async fn expect_no_call(
        &mut self,
        operation: &str,
        step: &Step,
        result: &mut StepResult,
    ) {
        if let Err(outcome) = self.look_for_none(operation, step, result).await {
            result.outcome = outcome;
        }
    }

    async fn look_for_none(
        &mut self,
        operation: &str,
        step: &Step,
        result: &mut StepResult,
    ) -> Result<(), Outcome> {
        let mut sought = self.sought(operation, step)?;
        sought.any_order = true;
        let within = step.within.as_ref();
        let within = within.map_or(Duration::ZERO, |lapse| lapse.get_ref().duration());
        let deadline = Instant::now() + within;
        let mut wait = Duration::ZERO;
        loop {
            self.look_at_calls(wait).await?;
            if let Some(index) = self.right_calls(&sought).first()
                && let Some(call) = self.calls.seen.get(*index).cloned()
            {
                let kept = self.keep_call(&call, 1, result);
                result.calls.push(kept);
                let Text { ja, en } = self.named(&call);
                return Err(Outcome::Failed {
                    mismatches: vec![Text::new(
                        format!("送信されないはずの呼出しがありました: {ja}"),
                        format!("there is a call that must not be: {en}"),
                    )],
                    difference: None,
                });
            }
            wait = deadline.saturating_duration_since(Instant::now());
            if wait.is_zero() {
                break;
            }
        }
        match self.lost() {
            Some(lost) => Err(Outcome::Failed {
                mismatches: vec![lost],
                difference: None,
            }),
            None => Ok(()),
        }
    }

    async fn look_at_calls(&mut self, wait: Duration) -> Result<(), Outcome> {
        if self.drain(wait).await? {
            return Err(Outcome::IndividualNumber {
                place: "call".to_owned(),
            });
        }
        Ok(())
    }

    fn sought(&self, operation: &str, step: &Step) -> Result<Sought, Outcome> {
        let identities = &self.shared.suite.profile.identity;
        let institution = match &step.from {
            None => None,
            Some(name) => {
                let identity = identities.get(name.get_ref());
                let missing = || {
                    unusable(Text::new(
                        format!("送信者「{}」はありません", name.get_ref()),
                        format!("there is no identity '{}'", name.get_ref()),
                    ))
                };
                Some(identity.ok_or_else(missing)?.institution.clone())
            }
        };
        Ok(Sought {
            operation: operation.to_owned(),
            institution,
            expected: self
                .expected(step)
                .map_err(|error| unusable(error.text()))?,
            times: step.times(),
            any_order: step.order == Some(Order::Any),
        })
    }

    /// The first calls that are as sought, by their place among those that were seen.
    fn right_calls(&self, sought: &Sought) -> Vec<usize> {
        let after = if sought.any_order {
            0
        } else {
            self.calls.found
        };
        let calls = self.calls.seen.iter().enumerate();
        calls
            .filter(|(_, call)| call.found_by.is_none() && call.number > after)
            .filter(|(_, call)| differences(call, sought, &self.shared.suite.profile).is_empty())
            .map(|(at, _)| at)
            .take(sought.times)
            .collect()
    }

    /// Keeps the bodies of a call beside the other evidence.
    pub(super) fn keep_call(&self, call: &Call, number: usize, result: &StepResult) -> event::Call {
        let name = format!("{:02}-{}", result.sequence, nth(&result.step, ".", number));
        let namespaces = &self.shared.suite.profile.namespaces;
        let keep = |body: &[u8], part: &str| {
            let document = Document::parse(body).ok();
            let looked = sentinel::look(body, document.as_ref(), &[]);
            let mut kept = self.keep(&format!("{name}.{part}.xml"), &looked);
            if !kept.shown.is_empty()
                && let Ok(document) = Document::parse(&looked.kept)
            {
                // One element a line is easier to read than the bytes, which are kept beside.
                kept.shown = canonical(&document, namespaces, &mut |_| None);
            }
            kept
        };
        event::Call {
            number: call.number,
            time: call.at.clone(),
            caller: call.caller.clone(),
            operation: self.operation_named(call),
            request: keep(call.request.came(), "call"),
            response: keep(call.answer.came(), "answer"),
            status: call.status,
            fault: call.fault.clone(),
        }
    }

    /// Captures and snapshot of a call that is as sought.
    fn judge_call(
        &mut self,
        call: &Call,
        number: usize,
        step: &Step,
        expected: &Expect,
    ) -> Outcome {
        let document = call.document();
        let mismatches = self.capture(step, document.as_ref(), number);
        let body = match &document {
            Some(document) => self.numbering.normalise(document, &self.shared.normal),
            None => call.request.text.escape_debug().to_string() + "\n",
        };
        let content = sentinel::mask(&format!(
            "{} /{}\nSOAPAction: {}\nContent-Type: {}\n{ANSWER}{}\n\n{body}",
            call.method,
            call.path.trim_start_matches('/'),
            call.header("soapaction"),
            call.header("content-type"),
            call.answered(),
        ));
        let name = nth(step.id.get_ref(), "-", number);
        let judged = Judged {
            mismatches,
            refusal: Refusal::of_call(call.status, call.fault.as_deref(), expected),
        };
        self.compare(step, &name, &content, judged)
    }
}
