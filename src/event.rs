//! What happened, as plain data; all that reports know. An event carries scenario, attempt and sequence, so that the
//! lines of a journal can be put in order whatever the timing was.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::text::Text;

/// The fields of a journal's line that differ between two runs of one suite with one seed. `at` is the time on the wall,
/// which the journal adds.
pub const VOLATILE: [&str; 6] = ["at", "http", "milliseconds", "target", "work", "world"];

/// One line of the journal.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "kebab-case")]
pub enum Event {
    /// A run began.
    Run(RunStart),
    /// Something that does not decide a run, but that whoever reads it must know.
    Warning(Warning),
    /// A scenario began; told where a run can be resumed.
    Begun(Begun),
    /// A step ended.
    Step(Box<StepResult>),
    /// A scenario ended.
    Scenario(ScenarioResult),
    /// The system under test that runs for the whole run is no more.
    System(Box<SystemResult>),
    /// An exchange went through the recorder, or was kept back by it.
    Relayed(Box<Relayed>),
}

/// An exchange of the user's software with a target, in the midst of which the recorder stood.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Relayed {
    /// Counts from 1, in the order in which requests came.
    pub sequence: usize,
    /// When the request had come whole.
    pub came: String,
    /// What was sent and what came; the operation is empty where the profile has none for it, and `sent` is 0 where the
    /// request was kept back.
    pub exchange: Exchange,
    /// What it had besides its bodies.
    pub http: Http,
    /// The fault code of the answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fault: Option<String>,
    /// Where an individual number stood that may not be there: `request` or `response`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub number: Option<String>,
    /// Why no step is made of it, where that was known at once.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub left_out: Option<Text>,
    /// How long it took.
    pub milliseconds: u64,
}

/// How the system under test did that runs for the whole run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SystemResult {
    /// The program and its arguments; folders that differ from run to run have names.
    pub command: Vec<String>,
    /// How it ended.
    pub end: SystemEnd,
    /// Why, where that is no good.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub why: Option<Text>,
    /// What it wrote to its standard output.
    pub stdout: Written,
    /// What it wrote to its standard error.
    pub stderr: Written,
}

/// How the system under test ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SystemEnd {
    /// It stopped when it was told to.
    Stopped,
    /// It had to be ended, since it did not stop.
    Killed,
    /// It was not ready in time, or somebody else listens where it should.
    NotReady,
    /// It ended before it was told to.
    Died,
    /// It could not even be started.
    NotStarted,
    /// It wrote an individual number.
    IndividualNumber,
}

/// What a run is about to do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RunStart {
    /// The version of this program.
    pub renkei: String,
    /// The name of the target; none for the bundled mock.
    pub target: Option<String>,
    /// The seed.
    pub seed: u64,
    /// The scenarios in the order of reports, prerequisites included.
    pub scenarios: Vec<String>,
    /// The fields that hold twelve digits by nature, as XPath: they are not looked through.
    pub natural: Vec<String>,
    /// Whether new and different snapshots are not kept for a look, as in a CI.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub unkept: bool,
    /// What was said of a run against a network without control.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub real: Option<RealStart>,
}

/// What a run against a network without control is about to do, and what another needs to go on with it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RealStart {
    /// The run folder of the run that this one goes on with.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resumes: Option<String>,
    /// Whether all is rendered and nothing is sent.
    #[serde(default)]
    pub dry_run: bool,
    /// The checkpoints that are taken for reached by other means.
    #[serde(default)]
    pub assumed: Vec<String>,
    /// Whether bodies are kept; else the normalised text and hashes alone.
    #[serde(default)]
    pub bodies: bool,
    /// The profile that was used in the place of the suite's own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub profile: Option<String>,
    /// The SHA-256 of each file that says what is sent and what must come back.
    #[serde(default)]
    pub files: BTreeMap<String, String>,
}

/// Something that does not decide a run, but that whoever reads it must know.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Warning {
    /// What.
    pub text: Text,
}

/// A scenario began.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Begun {
    /// The scenario's id.
    pub scenario: String,
    /// Which attempt, from 1.
    pub attempt: usize,
    /// Before all steps: 0.
    pub sequence: usize,
    /// The time then, from which times are counted in snapshots.
    pub start: String,
}

/// How one step ended.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct StepResult {
    /// The scenario's id.
    pub scenario: String,
    /// Which attempt at the scenario, from 1.
    pub attempt: usize,
    /// Counts from 1 in the scenario.
    pub sequence: usize,
    /// The step's id.
    pub step: String,
    /// Its title, where it has one.
    pub title: Option<Text>,
    /// The scenario's file, and the step's line in it.
    pub place: String,
    /// Whether that file is one of shared steps in the binary, which is on no disk.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub built_in: bool,
    /// The step as it is written there; only where it did not pass.
    pub source: String,
    /// How it ended.
    pub outcome: Outcome,
    /// What was sent and what came; only where the step sends.
    pub exchange: Option<Exchange>,
    /// What each sending had besides its bodies.
    #[serde(default)]
    pub http: Vec<Http>,
    /// What a program of the system under test did; only where the step runs one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub process: Option<Process>,
    /// The calls of the system under test that the step looked for, or the nearest one where there was none.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub calls: Vec<Call>,
    /// What helps to see why the step did not pass: the calls until then, what the system under test wrote last.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<Text>,
    /// The rule that the answer names.
    pub rule: Option<Rule>,
    /// The fault that came, where the step did not pass.
    #[serde(default)]
    pub fault: Option<Fault>,
    /// How long it took.
    pub milliseconds: u64,
}

/// What was sent and what came, the last time where a step sends many times.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Exchange {
    /// The operation.
    pub operation: String,
    /// The identity that sent it.
    pub identity: String,
    /// How many times it was sent.
    pub sent: usize,
    /// The request's body.
    pub request: Kept,
    /// The answer's body; none where there is no answer.
    pub response: Option<Kept>,
    /// The HTTP status, where there is one.
    pub status: Option<u16>,
    /// How the exchange ended, where there is no answer.
    pub broken: Option<String>,
}

/// What was sent and what came besides the bodies; no individual number is in it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Http {
    /// The method.
    pub method: String,
    /// The whole URL.
    pub url: String,
    /// The headers that were sent, besides `Host`.
    pub sent: Vec<(String, String)>,
    /// The status that came, where there is an answer.
    pub status: Option<u16>,
    /// The headers that came, names in lower case.
    pub came: Vec<(String, String)>,
    /// How the exchange broke, where there is no answer.
    pub broken: Option<Text>,
    /// What came of an answer that was too large or did not come whole.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub partial: Option<Kept>,
}

/// What a program of the system under test did.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Process {
    /// The program and its arguments; folders that differ from run to run have names.
    pub command: Vec<String>,
    /// How it ended: `exit 0`, `signal 11`, `timeout`.
    pub ended: String,
    /// What it wrote to its standard output.
    pub stdout: Written,
    /// What it wrote to its standard error.
    pub stderr: Written,
}

/// What a program wrote to one of its outputs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Written {
    /// What is kept of it; its first lines are shown.
    pub kept: Kept,
    /// Its last lines, where the first ones are not all; only where the step did not pass.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub last: String,
    /// How many lines of what is kept stand between.
    #[serde(default)]
    pub between: usize,
    /// How many bytes are not kept, since there were too many.
    pub left_out: u64,
}

impl Written {
    /// Shows nothing of it any more.
    pub fn hide(&mut self) {
        self.kept.shown.clear();
        self.last.clear();
    }
}

/// A call of the system under test, as the network's journal has it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Call {
    /// Its number in the journal.
    pub number: u64,
    /// The world's time.
    pub time: String,
    /// Whom the certificate names.
    pub caller: String,
    /// The operation; path and action where the profile has none for them.
    pub operation: String,
    /// The request's body.
    pub request: Kept,
    /// The answer's body.
    pub response: Kept,
    /// The HTTP status of the answer, where one was sent.
    pub status: Option<u16>,
    /// The fault code of the answer.
    pub fault: Option<String>,
}

/// Bytes that are kept in the run folder.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Kept {
    /// The file, below the run folder.
    pub file: String,
    /// The SHA-256 of what is kept.
    pub sha256: String,
    /// How many bytes are kept.
    pub bytes: usize,
    /// Whether an individual number was masked before.
    pub masked: bool,
    /// The text, capped; only where the step did not pass.
    pub shown: String,
}

/// A fault that the network answered with.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fault {
    /// Its code.
    pub code: String,
    /// What it says; empty where the network does not say.
    pub text: Text,
    /// What the caller is to do next; empty where the network does not say.
    pub next: Text,
}

/// A rule of the network.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rule {
    /// Its id.
    pub id: String,
    /// Where it comes from: `L`, `S` or `A`; empty where the network does not say.
    #[serde(default)]
    pub mark: String,
    /// What it says.
    pub text: Text,
}

impl Rule {
    /// Where it comes from, in words; none where the network does not say.
    pub fn origin(&self) -> Option<Text> {
        Some(match self.mark.as_str() {
            "" => return None,
            "L" => Text::new("法令", "law"),
            "S" => Text::new("公開資料", "public text"),
            "A" => Text::new("当方の想定", "our assumption"),
            other => Text::new(other, other),
        })
    }
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
    /// The transport broke, or control could not be reached.
    Broken {
        /// At which stage, and why.
        why: Text,
    },
    /// The step cannot be done as it is written.
    Unusable {
        /// Why not.
        why: Text,
    },
    /// As expected or not, what came cannot be kept on this machine.
    NotKept {
        /// What, and why not.
        why: Text,
    },
    /// An individual number stands where none may be.
    IndividualNumber {
        /// Where: `request` or `response`, `call` of the system under test, or its `output`.
        place: String,
    },
    /// Not run, since an earlier step did not pass.
    Skipped,
    /// Left out, since the target cannot do it; what else the scenario does is not touched by that.
    NotPossible {
        /// Why not.
        why: Text,
    },
}

impl Outcome {
    /// Whether later steps may go on.
    pub fn is_good(&self) -> bool {
        match self {
            Self::Passed | Self::NewSnapshot | Self::NotPossible { .. } => true,
            Self::Failed { .. }
            | Self::Broken { .. }
            | Self::Unusable { .. }
            | Self::NotKept { .. }
            | Self::IndividualNumber { .. }
            | Self::Skipped => false,
        }
    }
}

/// How one scenario ended.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ScenarioResult {
    /// Its id.
    pub scenario: String,
    /// Which attempt, from 1.
    pub attempt: usize,
    /// One more than its last step's.
    pub sequence: usize,
    /// Its title.
    pub title: Text,
    /// Its phase.
    pub phase: String,
    /// Whether it ran only since another starts from what it leaves.
    pub prerequisite: bool,
    /// How it ended.
    pub end: ScenarioEnd,
    /// The name of its world, where that was kept.
    pub world: Option<String>,
    /// The folder of the system under test, where that was kept.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub work: Option<String>,
    /// How long it took.
    pub milliseconds: u64,
}

/// How a scenario ended, the worse the later.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(tag = "end", rename_all = "kebab-case")]
pub enum ScenarioEnd {
    /// All steps passed.
    Passed,
    /// Not begun, since the run was to end at the first failure.
    NotRun,
    /// Not begun, since the target cannot do it.
    NotPossible {
        /// The step that it cannot do; none where it is what the scenario starts from.
        step: Option<String>,
        /// Why not.
        why: Text,
    },
    /// Not begun, since what it leads to is taken for reached by other means.
    Assumed,
    /// All steps passed, but there are new snapshots.
    New,
    /// Not begun, since this scenario did not leave its checkpoint.
    Blocked {
        /// The scenario that did not.
        by: String,
        /// The checkpoint, where that scenario has not run at all.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        checkpoint: Option<String>,
        /// What keeps that scenario, or one before it, from ever running there.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        hindrance: Option<Box<Hindrance>>,
    },
    /// A step failed.
    Failed,
    /// The transport broke.
    Broken,
    /// A step cannot be done as it is written.
    Unusable,
    /// An individual number was found.
    IndividualNumber,
    /// The runner itself broke in the midst of it, or could not write.
    Internal,
}

impl ScenarioEnd {
    /// Whether the target cannot do it, or what it starts from: that is counted apart, and is neither good nor bad.
    pub fn is_hindered(&self) -> bool {
        matches!(
            self,
            Self::NotPossible { .. }
                | Self::Blocked {
                    hindrance: Some(_),
                    ..
                }
        )
    }
}

/// Why a scenario is not possible at a target.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Hindrance {
    /// Which.
    pub scenario: String,
    /// Why not.
    pub why: Text,
}

impl ScenarioEnd {
    /// Whether what starts from this scenario's checkpoint may begin.
    pub fn is_good(&self) -> bool {
        matches!(self, Self::Passed | Self::New)
    }
}
