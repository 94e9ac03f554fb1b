//! One trial: something is wrong, and it is looked which scenarios notice.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use crate::{
    event::ScenarioEnd,
    plan::Suite,
    project::Project,
    run::{self, Checkpoints, Nowhere, Setting, Sink, Spoilt},
    scenario::Scenario,
    transport::Limits,
};

/// How many scenarios of each phase are tried first against a misbehaviour; one where the transport is spoilt, since any
/// notices that.
const FIRST: usize = 2;
/// How long an answer is waited for where the transport is spoilt: some answers never come.
const PATIENCE: Duration = Duration::from_secs(2);

/// What is wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Trial {
    /// A rule is off.
    Rule(String),
    /// Answers are spoilt.
    Misbehaviour {
        /// As the mock calls it.
        name: String,
        /// Whether a broken transport counts as noticed.
        transport: bool,
    },
    /// The listener is at fault.
    Listener {
        name: String,
        certificate: String,
        fault: String,
    },
}

impl Trial {
    pub(super) fn name(&self) -> &str {
        match self {
            Self::Rule(name) | Self::Misbehaviour { name, .. } | Self::Listener { name, .. } => {
                name
            }
        }
    }

    /// Whether a name on the command line means this one.
    pub(super) fn is_called(&self, name: &str) -> bool {
        match self {
            Self::Rule(id) => id == name,
            Self::Misbehaviour { name: own, .. } => own == name,
            Self::Listener {
                name: own,
                certificate,
                fault,
            } => own == name || fault == name || (fault == "none" && certificate == name),
        }
    }

    fn spoilt(&self) -> Spoilt {
        match self {
            Self::Rule(id) => Spoilt {
                rules_off: vec![id.clone()],
                ..Spoilt::default()
            },
            Self::Misbehaviour { name, .. } => Spoilt {
                misbehaviour: Some(name.clone()),
                ..Spoilt::default()
            },
            Self::Listener {
                certificate, fault, ..
            } => Spoilt {
                listener: Some((certificate.clone(), fault.clone())),
                ..Spoilt::default()
            },
        }
    }

    /// Whether an end counts as noticed: by an expectation or a snapshot, and where the transport itself is spoilt by
    /// its break too.
    fn is_noticed(&self, end: &ScenarioEnd) -> bool {
        let transport = match self {
            Self::Rule(_) => false,
            Self::Misbehaviour { transport, .. } => *transport,
            Self::Listener { .. } => true,
        };
        match end {
            ScenarioEnd::Failed => true,
            ScenarioEnd::Broken => transport,
            ScenarioEnd::Passed
            | ScenarioEnd::NotRun
            | ScenarioEnd::New
            | ScenarioEnd::Blocked { .. }
            | ScenarioEnd::NotPossible { .. }
            | ScenarioEnd::Assumed
            | ScenarioEnd::Unusable
            | ScenarioEnd::IndividualNumber
            | ScenarioEnd::Internal => false,
        }
    }
}

/// What a trial gave.
#[derive(Clone, Debug)]
pub(super) struct Found {
    pub(super) trial: Trial,
    /// How many scenarios were tried.
    pub(super) tried: usize,
    /// Those that noticed.
    pub(super) noticed: Vec<String>,
    /// Those that did not.
    pub(super) asleep: Vec<String>,
}

impl Found {
    pub(super) fn nothing(trial: Trial) -> Self {
        Self {
            trial,
            tried: 0,
            noticed: Vec::new(),
            asleep: Vec::new(),
        }
    }

    /// A rule survives where any scenario that claims to guard it sleeps, anything else where all do.
    pub(super) fn survived(&self) -> bool {
        match self.trial {
            Trial::Rule(_) => self.noticed.is_empty() || !self.asleep.is_empty(),
            Trial::Misbehaviour { .. } | Trial::Listener { .. } => self.noticed.is_empty(),
        }
    }
}

/// What all trials share.
pub(super) struct Bench {
    pub(super) suite: Arc<Suite>,
    pub(super) project: Arc<Project>,
    pub(super) setting: Setting,
    pub(super) checkpoints: Checkpoints,
    pub(super) full: bool,
}

impl Bench {
    /// Does one trial; `at` makes the names of its worlds its own.
    pub(super) async fn attempt(&self, at: usize, trial: Trial) -> Found {
        let batches = match &trial {
            Trial::Rule(id) => vec![self.guards(id)],
            Trial::Misbehaviour { .. } | Trial::Listener { .. } if self.full => {
                vec![self.suite.scenarios.clone()]
            }
            Trial::Misbehaviour {
                transport: false, ..
            } => self.batches(FIRST),
            Trial::Misbehaviour { .. } | Trial::Listener { .. } => self.batches(1),
        };
        let patience = match &trial {
            Trial::Rule(_)
            | Trial::Misbehaviour {
                transport: false, ..
            } => self.setting.limits.patience,
            Trial::Misbehaviour { .. } | Trial::Listener { .. } => PATIENCE,
        };
        let mut found = Found::nothing(trial);
        for (number, batch) in batches.into_iter().enumerate() {
            let setting = Setting {
                spoilt: found.trial.spoilt(),
                nonce: format!("t{at}-{number}"),
                limits: Limits::each(patience, self.setting.limits.body),
                ..self.setting.clone()
            };
            let sink: Arc<dyn Sink> = Arc::new(Nowhere);
            let ran = run::run(
                &self.suite,
                &self.project,
                &batch,
                &setting,
                &self.checkpoints,
                &sink,
            )
            .await;
            run::forget(&setting, &ran.checkpoints).await;
            for result in ran
                .results
                .into_iter()
                .filter(|result| !result.prerequisite)
            {
                found.tried += 1;
                if found.trial.is_noticed(&result.end) {
                    found.noticed.push(result.scenario);
                } else {
                    found.asleep.push(result.scenario);
                }
            }
            if !found.noticed.is_empty() {
                break;
            }
        }
        found
    }

    fn guards(&self, rule: &str) -> Vec<Scenario> {
        let scenarios = self.suite.scenarios.iter();
        scenarios
            .filter(|scenario| {
                let guards = &scenario.file.guards;
                guards.iter().any(|guard| guard.get_ref() == rule)
            })
            .cloned()
            .collect()
    }

    /// All scenarios: first some of each phase, then more and more of the others, until one notices.
    fn batches(&self, of_each_phase: usize) -> Vec<Vec<Scenario>> {
        let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
        let (mut first, mut rest) = (Vec::new(), Vec::new());
        // Longer scenarios see more.
        let mut scenarios: Vec<&Scenario> = self.suite.scenarios.iter().collect();
        scenarios.sort_by_key(|scenario| std::cmp::Reverse(scenario.file.steps.len()));
        for scenario in scenarios {
            let count = counts.entry(scenario.file.phase.get_ref()).or_insert(0);
            *count += 1;
            let batch = if *count <= of_each_phase {
                &mut first
            } else {
                &mut rest
            };
            batch.push(scenario.clone());
        }
        let mut batches = vec![first];
        let mut size = 12;
        while !rest.is_empty() {
            let after = rest.split_off(size.min(rest.len()));
            batches.push(std::mem::replace(&mut rest, after));
            size *= 2;
        }
        batches
    }
}
