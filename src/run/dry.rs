//! A dry run: every message is rendered and kept, with stand-ins for what only answers bring, and nothing is sent.

use crate::{
    event::{Exchange, Outcome, ScenarioEnd, StepResult},
    message::Values,
    plan::before_it,
    run::{
        Shared,
        kept::http,
        request::identity_name,
        step::{Runner, unusable},
    },
    scenario::{Kind, Scenario, Step},
    xml::Document,
};

impl Runner<'_> {
    /// Renders what a step would send.
    pub(super) fn dry(&mut self, index: usize, step: &Step) -> StepResult {
        let mut result = self.blank(index, step);
        result.outcome = Outcome::Skipped;
        if let Some(Kind::Send(operation)) = step.kind() {
            let operation = operation.get_ref().as_str();
            match self.render(operation, step, 0) {
                Ok(rendered) => {
                    let name = format!("{:02}-{}", result.sequence, result.step);
                    let document = Document::parse(&rendered.outgoing.body).ok();
                    let looked = self.look(&rendered.outgoing.body, document.as_ref());
                    if (looked.found || self.in_head(&rendered))
                        && step.plants.is_none()
                        && !self.may_carry(operation)
                    {
                        result.outcome = Outcome::IndividualNumber {
                            place: "request".to_owned(),
                        };
                    }
                    let target = &self.shared.setting.target;
                    result.http.push(http(&rendered.outgoing, None, target));
                    result.exchange = Some(Exchange {
                        operation: operation.to_owned(),
                        identity: identity_name(step),
                        sent: 0,
                        request: self.keep(&format!("{name}.request.xml"), &looked),
                        response: None,
                        status: None,
                        broken: None,
                    });
                    let id = step.id.get_ref().clone();
                    self.request_ids.insert(id, rendered.request_id);
                }
                Err(error) => result.outcome = unusable(error),
            }
        }
        for name in step.capture.keys() {
            let name = name.get_ref();
            self.values
                .insert(name.clone(), format!("{{{name}}}").into());
        }
        if matches!(step.kind(), Some(Kind::Listen(_))) {
            let base = self.world.url.clone();
            self.listeners.insert(step.id.get_ref().clone(), base);
        }
        result
    }
}

/// What comes along with a checkpoint in a dry run.
pub(super) fn stand_ins(names: impl IntoIterator<Item = String>) -> Values {
    names
        .into_iter()
        .map(|name| {
            let value = format!("{{{name}}}").into();
            (name, value)
        })
        .collect()
}

/// How a scenario of a dry run ends: nothing of it was tried.
pub(super) fn end_of(steps: &[StepResult]) -> ScenarioEnd {
    let worst = super::schedule::end_of(steps);
    if worst.is_good() {
        ScenarioEnd::NotRun
    } else {
        worst
    }
}

/// All that may come along with what a scenario starts from, whoever establishes it.
pub(super) fn inherited(shared: &Shared, scenario: &Scenario) -> Values {
    let exports = before_it(&shared.suite, scenario).flat_map(|source| &source.file.exports);
    stand_ins(exports.map(|name| name.get_ref().clone()))
}
