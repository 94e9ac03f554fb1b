//! `record`: what passes between the user's software and a target becomes a scenario.
//!
//! The path of data: exchanges that went through → steps with templates, values and captures → the runner itself, which
//! renders each step and reads the recorded answer in the place of a sent one → snapshots.
//!
//! Deliberately absent: files and sockets, and any knowledge of a message besides what templates and profile say.

mod capture;
mod fresh;
mod given;
mod ids;
mod message;
mod names;
mod operations;
mod place;
mod polls;
mod profile;
mod replay;
mod slots;
mod steps;
mod values;
mod written;

use jiff::Timestamp;

use crate::{
    plan::Suite,
    project::Project,
    text::Text,
    transport::{Answer, Broken},
};

/// One exchange that went through the recorder, in the order in which requests came.
#[derive(Clone, Debug)]
pub struct Passed {
    /// When the request had come whole.
    pub at: Timestamp,
    /// The identity that sent it, by its certificate.
    pub identity: String,
    /// The method.
    pub method: String,
    /// The path below the recorder's URL, without a slash at its front, with its query.
    pub path: String,
    /// The headers as the software sent them, without those that belong to its connection alone.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Vec<u8>,
    /// What came back.
    pub answer: Result<Answer, Broken>,
}

/// What a scenario is made for.
#[derive(Clone, Copy, Debug)]
pub struct Base<'a> {
    /// The suite that it becomes a part of, without mistakes.
    pub suite: &'a Suite,
    /// The suite's files.
    pub project: &'a Project,
    /// The name of the target.
    pub target: &'a str,
    /// The id of the scenario, such as `recorded/2026-11-25-100000`.
    pub id: &'a str,
}

/// What was made of a recording.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Made {
    /// Path below the suite's root and whole text of each file, in the order in which they are to be written: the
    /// scenario comes last. Empty where nothing can be a step.
    pub files: Vec<(String, String)>,
    /// The path of the scenario.
    pub scenario: String,
    /// How many steps it has.
    pub steps: usize,
    /// The operations that are new in the profile, each with a template of its own.
    pub operations: Vec<String>,
    /// The names of what is captured.
    pub captures: Vec<String>,
    /// What is not in the scenario.
    pub left_out: Vec<LeftOut>,
    /// What whoever edits the scenario must know.
    pub notes: Vec<Text>,
}

/// An exchange that is not in the scenario.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LeftOut {
    /// Which of those that went through, from 0.
    pub index: usize,
    /// Why.
    pub why: Text,
}

/// Makes a scenario of what went through, with all that it needs: templates, entries in the profile, snapshots.
pub async fn make(passed: &[Passed], base: &Base<'_>) -> Made {
    let mut made = Made {
        scenario: format!("scenarios/{}.toml", base.id),
        ..Made::default()
    };
    let mut recording = steps::Recording::read(passed, base, &mut made);
    if recording.steps.is_empty() {
        return made;
    }
    capture::capture(&mut recording, base, &mut made);
    let mut files = recording.files(base, &mut made);
    let scenario = written::scenario(&recording, base, &made);
    replay::replay(&recording, base, &scenario, &mut files, &mut made).await;
    files.push((made.scenario.clone(), scenario));
    made.steps = recording.steps.len();
    made.files = files;
    made
}
