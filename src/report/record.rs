//! The events of a run in the order of reports, whatever the order in which they happened.

use std::{collections::BTreeMap, io};

use crate::{
    event::{
        Begun, Event, Relayed, RunStart, ScenarioEnd, ScenarioResult, StepResult, SystemResult,
        Warning,
    },
    text::Text,
    verdict::{self, Exit},
};

/// A run, in order.
#[derive(Clone, Debug, Default)]
pub struct Record {
    /// What the run was about to do; none where its journal lost its first line.
    pub start: Option<RunStart>,
    /// The scenarios that ended.
    pub results: Vec<ScenarioResult>,
    /// The steps that ended.
    pub steps: Vec<StepResult>,
    /// The scenarios that began, where that was told.
    pub begun: Vec<Begun>,
    /// What whoever reads the run must know besides.
    pub warnings: Vec<Warning>,
    /// How the system under test did that ran for the whole run.
    pub system: Option<SystemResult>,
    /// What went through the recorder, where this is the record of one.
    pub relayed: Vec<Relayed>,
}

impl Record {
    /// Puts events in order: scenarios as the run announced them, then by attempt and sequence.
    pub fn of(events: impl IntoIterator<Item = Event>) -> Self {
        let mut record = Self::default();
        for event in events {
            match event {
                Event::Run(start) => record.start = Some(start),
                Event::Warning(warning) => record.warnings.push(warning),
                Event::Begun(begun) => record.begun.push(begun),
                Event::Step(step) => record.steps.push(*step),
                Event::Scenario(result) => record.results.push(result),
                Event::System(system) => record.system = Some(*system),
                Event::Relayed(relayed) => record.relayed.push(*relayed),
            }
        }
        let announced = record.start.iter().flat_map(|start| &start.scenarios);
        let place: BTreeMap<String, usize> = announced
            .enumerate()
            .map(|(at, scenario)| (scenario.clone(), at))
            .collect();
        let rank = |scenario: &str| place.get(scenario).copied().unwrap_or(usize::MAX);
        record
            .results
            .sort_by_cached_key(|one| (rank(&one.scenario), one.scenario.clone(), one.attempt));
        record.steps.sort_by_cached_key(|one| {
            let scenario = one.scenario.clone();
            (rank(&scenario), scenario, one.attempt, one.sequence)
        });
        record.relayed.sort_by_key(|one| one.sequence);
        record
    }

    /// Whether it is that of a recorder, which announces no scenario.
    pub fn is_recording(&self) -> bool {
        let announced = |start: &RunStart| start.target.is_some() && start.scenarios.is_empty();
        self.results.is_empty() && self.start.as_ref().is_some_and(announced)
    }

    /// What it amounts to.
    pub fn exit(&self) -> Exit {
        if self.is_recording() && !self.relayed.is_empty() {
            let number = self.relayed.iter().any(|one| one.number.is_some());
            return verdict::recorded(number);
        }
        let exit = verdict::exit(&self.results, self.announced());
        match &self.system {
            Some(system) => verdict::with_system(exit, system.end),
            None => exit,
        }
    }

    /// Whether another run can go on where this one stopped: against a network without control, what had no answer or was
    /// not begun.
    pub fn can_go_on(&self) -> bool {
        let start = self.start.as_ref();
        let real = start.and_then(|start| start.real.as_ref());
        let stopped =
            |one: &ScenarioResult| matches!(one.end, ScenarioEnd::Broken | ScenarioEnd::Internal);
        real.is_some_and(|real| !real.dry_run)
            && (self.missing() > 0 || self.results.iter().any(stopped))
    }

    /// What it amounts to, in words.
    pub(super) fn meaning(&self) -> Text {
        let exit = self.exit();
        let scenarios = verdict::exit(&self.results, self.announced());
        match &self.system {
            // The scenarios alone would not have come to that.
            Some(system) if self.relayed.is_empty() && exit != scenarios => {
                verdict::of_system(system.end)
            }
            Some(_) | None => exit.text(),
        }
    }

    /// How many scenarios were announced that have not ended.
    pub(super) fn missing(&self) -> usize {
        self.announced().saturating_sub(self.results.len())
    }

    fn announced(&self) -> usize {
        self.start.as_ref().map_or(0, |start| start.scenarios.len())
    }

    /// What a scenario that was not begun waited for in the end: the first in the row that is not blocked by another of this
    /// run. None where it is not blocked by one of this run.
    pub(super) fn root(&self, result: &ScenarioResult) -> Option<&ScenarioResult> {
        let by = |result: &ScenarioResult| {
            let ScenarioEnd::Blocked {
                by,
                checkpoint: None,
                hindrance: _,
            } = &result.end
            else {
                return None;
            };
            let mut attempts = self.results.iter().rev();
            attempts.find(|other| other.scenario == *by)
        };
        // No row is longer than the run, whatever a journal says.
        let row = std::iter::successors(by(result), |result| by(result));
        row.take(self.results.len()).last()
    }

    /// The steps of one scenario's attempt.
    pub fn steps_of(&self, result: &ScenarioResult) -> impl Iterator<Item = &StepResult> {
        self.steps
            .iter()
            .filter(|step| step.scenario == result.scenario && step.attempt == result.attempt)
    }
}

/// Reads a journal. A last line that a killed run did not finish is left out.
pub fn read(journal: &str) -> io::Result<Record> {
    let mut events = Vec::new();
    let mut lines = journal.lines().enumerate().peekable();
    while let Some((at, line)) = lines.next() {
        match serde_json::from_str::<Event>(line) {
            Ok(event) => events.push(event),
            Err(_) if lines.peek().is_none() => {}
            Err(error) => {
                let why = format!("line {}: {error}", at + 1);
                return Err(io::Error::new(io::ErrorKind::InvalidData, why));
            }
        }
    }
    Ok(Record::of(events))
}
