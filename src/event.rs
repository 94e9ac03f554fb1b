//! What happened, as plain data; all that reports know.

use serde::{Deserialize, Serialize};

use crate::text::Text;

/// One line of the journal.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "kebab-case")]
pub enum Event {
    /// A step ended.
    Step(StepResult),
    /// A scenario ended.
    Scenario(ScenarioResult),
}

/// How one step ended.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct StepResult {
    /// The scenario's id.
    pub scenario: String,
    /// Counts from 1 in the scenario.
    pub sequence: usize,
    /// The step's id.
    pub step: String,
    /// The scenario's file, and the step's line in it.
    pub place: String,
    /// How it ended.
    pub outcome: Outcome,
    /// What was sent, masked; empty where nothing was.
    pub request: String,
    /// What came back, masked; empty where nothing did.
    pub response: String,
    /// The HTTP status, where there is one.
    pub status: Option<u16>,
    /// The rule that the answer names.
    pub rule: Option<String>,
}

/// How a step ended.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "outcome", rename_all = "kebab-case")]
pub enum Outcome {
    /// As expected.
    Passed,
    /// Not as expected, or different from the snapshot.
    Failed {
        /// What does not hold.
        mismatches: Vec<Text>,
        /// The difference from the snapshot, where there is one.
        difference: Option<String>,
    },
    /// As expected, but its snapshot is new.
    NewSnapshot,
    /// The transport broke, or control was refused.
    Broken {
        /// At which stage, and why.
        why: Text,
    },
    /// An individual number stands in what would be sent, or in what came.
    IndividualNumber,
    /// Not run, since an earlier step did not pass.
    Skipped,
}

/// How one scenario ended.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ScenarioResult {
    /// Its id.
    pub scenario: String,
    /// Its title.
    pub title: Text,
    /// Its phase.
    pub phase: String,
    /// How it ended.
    pub end: ScenarioEnd,
}

/// How a scenario ended, the worse the later.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(tag = "end", rename_all = "kebab-case")]
pub enum ScenarioEnd {
    /// All steps passed.
    Passed,
    /// All steps passed, but there are new snapshots.
    New,
    /// A step failed.
    Failed,
    /// The transport broke.
    Broken,
    /// Not run, since this scenario did not leave its checkpoint.
    Blocked {
        /// The scenario that did not.
        by: String,
    },
    /// An individual number was found.
    IndividualNumber,
    /// The runner itself broke in the midst of it.
    Internal,
}
