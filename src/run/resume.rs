//! Going on with a run that was stopped: steps that have ended are taken over with what they captured and numbered, and
//! nothing of them is sent again. One that had not ended goes out with its old request id, since that follows from the
//! run's nonce.

use std::collections::BTreeMap;

use crate::{
    event::{Outcome, ScenarioEnd, ScenarioResult, StepResult},
    run::step::Runner,
    scenario::{Scenario, Step},
    text::Text,
    xml::Document,
};

/// A run that was stopped, as its folder tells it.
#[derive(Clone, Debug, Default)]
pub struct Resumed {
    /// The name of its folder.
    pub run: String,
    /// The scenarios that had ended.
    pub results: Vec<ScenarioResult>,
    /// The steps that had ended, in order.
    pub steps: Vec<StepResult>,
    /// When each scenario began.
    pub starts: BTreeMap<String, String>,
    /// The bodies that were kept, by file.
    pub kept: BTreeMap<String, Vec<u8>>,
}

impl Resumed {
    /// The steps of a scenario that are not done again: all where it had come to a verdict, else those before the first
    /// that had brought no answer.
    pub(super) fn finished(&self, scenario: &str) -> Vec<&StepResult> {
        let steps = self.steps.iter().filter(|step| step.scenario == scenario);
        let whole = self.results.iter().any(|result| {
            let verdict = match &result.end {
                ScenarioEnd::Passed
                | ScenarioEnd::New
                | ScenarioEnd::Failed
                | ScenarioEnd::IndividualNumber => true,
                ScenarioEnd::NotRun
                | ScenarioEnd::NotPossible { .. }
                | ScenarioEnd::Assumed
                | ScenarioEnd::Blocked { .. }
                | ScenarioEnd::Broken
                | ScenarioEnd::Unusable
                | ScenarioEnd::Internal => false,
            };
            verdict && result.scenario == scenario
        });
        steps
            .take_while(|step| whole || is_finished(step))
            .collect()
    }
}

/// Why what starts from a scenario cannot be gone on with, where what that captured was not kept; nothing where it hands
/// nothing on.
pub(super) fn lost(scenario: &Scenario) -> Option<Text> {
    let names = scenario.file.exports.iter();
    let names: Vec<&str> = names.map(|name| name.get_ref().as_str()).collect();
    let (id, names) = (&scenario.id, names.join(", "));
    (!names.is_empty()).then(|| {
        Text::new(
            format!("{id} が引き渡す値（{names}）は、前の実施で電文が保存されていない（bodies = \"none\" など）ため、引き継げません。{id} から改めて実施してください"),
            format!("captures were not kept ({names} of {id}), since the run before kept no bodies (bodies = \"none\", for one); run it anew, beginning with {id}"),
        )
    })
}

fn is_finished(step: &StepResult) -> bool {
    match step.outcome {
        Outcome::Passed
        | Outcome::NewSnapshot
        | Outcome::Failed { .. }
        | Outcome::IndividualNumber { .. }
        | Outcome::NotPossible { .. } => true,
        Outcome::Broken { .. }
        | Outcome::Unusable { .. }
        | Outcome::NotKept { .. }
        | Outcome::Skipped => false,
    }
}

impl Runner<'_> {
    /// Takes over what a step that had ended captured and numbered.
    pub(super) fn take_over(&mut self, step: &Step, result: &StepResult) -> Result<(), Text> {
        self.waits += step.longest_wait();
        let Some(exchange) = &result.exchange else {
            return Ok(());
        };
        if let Ok(id) = self.request_id(step, exchange.sent.saturating_sub(1)) {
            self.request_ids.insert(step.id.get_ref().clone(), id);
        }
        if let Some(request) = self.kept(&exchange.request.file)? {
            self.numbering.normalise(&request, &self.shared.normal);
        }
        if let Some(response) = &exchange.response
            && exchange.broken.is_none()
            && let Some(document) = self.kept(&response.file)?
        {
            self.capture(step, Some(&document), 1);
            self.numbering.normalise(&document, &self.shared.normal);
        }
        Ok(())
    }

    /// A body that was kept; nothing where it is no XML.
    fn kept(&self, file: &str) -> Result<Option<Document>, Text> {
        let resumed = self.shared.resumed();
        let bytes = resumed.and_then(|resumed| resumed.kept.get(file));
        let bytes = bytes.ok_or_else(|| {
            Text::new(
                "前の実施で電文が保存されていない（bodies = \"none\" など）ため、途中から再開できません。このシナリオは改めて実施してください",
                "it cannot be gone on with in its midst, since the run before kept no bodies (bodies = \"none\", for one); run this scenario anew",
            )
        })?;
        Ok(Document::parse(bytes).ok())
    }
}
