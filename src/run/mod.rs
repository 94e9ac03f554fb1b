//! The step loop over a transport. It returns results, never an error: a refused connection is a result too.
//!
//! Each scenario gets a world of its own, forked from the checkpoint from which it starts, and begins as soon as that
//! checkpoint is there. Results come in the order of the suite whatever the timing.

mod calls;
mod compare;
mod dry;
mod exec;
mod expect_call;
mod given;
mod heard;
mod http;
mod judge;
mod kept;
mod last;
mod missing;
mod notes;
mod once;
mod pace;
mod peer;
mod real;
mod recorded;
mod refusal;
mod request;
mod resume;
mod schedule;
mod send;
mod service;
mod setting;
mod sought;
mod spill;
mod step;
mod taken;
mod unheard;
mod world;
mod written;

use std::{
    collections::{BTreeMap, BTreeSet},
    path::PathBuf,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use crate::{
    event::{Event, RealStart, RunStart, ScenarioEnd, ScenarioResult, Warning},
    message::Values,
    plan::{Suite, before_it, establisher, source},
    project::Project,
    scenario::Scenario,
    system,
    text::Text,
    transport::{Broken, Credentials, Prepared},
    xml::XPath,
};
use rustls::ClientConfig;

pub(crate) use kept::{http, kept_at};
pub(crate) use pace::Pace;
pub use real::Real;
pub use recorded::{Recorded, Sending};
pub(crate) use request::{headers, request_id};
pub use resume::Resumed;
pub use setting::{LIMITS, Setting, Snapshots, Spoilt, Target, UnderWay};
pub(crate) use spill::Spill;

/// Who gets what happens as it happens, from whichever task it happens in.
pub trait Sink: Send + Sync {
    /// Bytes to keep below the run folder; the event that names them comes after. No individual number is in them.
    fn keep(&self, file: &str, bytes: &[u8]);
    /// More bytes at the end of a file below the run folder.
    fn append(&self, file: &str, bytes: &[u8]);
    /// A step begins to wait, for so long at most.
    fn waits(&self, _scenario: &str, _step: &str, _longest: Duration) {}
    /// Something happened.
    fn event(&self, event: Event);
}

/// A sink for whoever looks at the results alone.
#[derive(Clone, Copy, Debug)]
pub struct Nowhere;

impl Sink for Nowhere {
    fn keep(&self, _file: &str, _bytes: &[u8]) {}
    fn append(&self, _file: &str, _bytes: &[u8]) {}
    fn event(&self, _event: Event) {}
}

/// What a scenario left behind for those that start from it.
#[derive(Clone, Debug)]
pub struct Left {
    /// The world that holds the checkpoint.
    world: String,
    /// The folder of the system under test, where it was given one.
    work: Option<PathBuf>,
    /// The captures that go with it, those from before included.
    exports: Values,
    /// Why they are not all there, where they are not: they came in a run that did not keep them.
    lost: Option<Text>,
}

/// What establishers left, by scenario id.
pub type Checkpoints = BTreeMap<String, Left>;

/// What a run gave.
#[derive(Clone, Debug)]
pub struct Ran {
    /// How each scenario ended, in the order of the suite.
    pub results: Vec<ScenarioResult>,
    /// What they left; [`forget`] ends it.
    pub checkpoints: Checkpoints,
}

/// Runs scenarios with what they start from, except for what has been left before and is not chosen itself.
pub async fn run(
    suite: &Arc<Suite>,
    project: &Arc<Project>,
    chosen: &[Scenario],
    setting: &Setting,
    before: &Checkpoints,
    sink: &Arc<dyn Sink>,
) -> Ran {
    let real = setting.target.real.as_ref();
    let scenarios = if real.is_some() || setting.dry_run {
        // What a real environment would keep is never sent unasked.
        let chosen = chosen.iter().map(|scenario| &scenario.id);
        let chosen: BTreeSet<&String> = chosen.collect();
        let all = suite.scenarios.iter();
        let mut all: Vec<Scenario> = all
            .filter(|scenario| chosen.contains(&scenario.id))
            .cloned()
            .collect();
        // Where all share one world, what others start from goes first, since what leads nowhere may change it for good;
        // then those whose checkpoint is the latest, since the world is as they expect it.
        all.sort_by_key(|scenario| {
            let depth = before_it(suite, scenario).count();
            if scenario.file.establishes.is_some() {
                (0, depth)
            } else {
                (1, usize::MAX - depth)
            }
        });
        all
    } else {
        with_prerequisites(suite, chosen, before)
    };
    sink.event(Event::Run(RunStart {
        renkei: env!("CARGO_PKG_VERSION").to_owned(),
        target: setting.target.name.clone(),
        seed: setting.seed,
        scenarios: scenarios
            .iter()
            .map(|scenario| scenario.id.clone())
            .collect(),
        natural: suite.profile.sentinel.natural(),
        unkept: setting.snapshots == Snapshots::Check,
        real: real.map(|real| RealStart {
            resumes: real.resumed.as_ref().map(|resumed| resumed.run.clone()),
            dry_run: setting.dry_run,
            assumed: real.assumed.keys().cloned().collect(),
            bodies: setting.target.bodies,
            profile: real.profile.clone(),
            files: real.files.clone(),
        }),
    }));
    for text in &setting.warnings {
        let text = text.clone();
        sink.event(Event::Warning(Warning { text }));
    }
    let mut before = before.clone();
    for (name, exports) in real.iter().flat_map(|real| &real.assumed) {
        if let Some(source) = establisher(&suite.scenarios, name) {
            let exports = exports.clone();
            let left = Left {
                world: String::new(),
                work: None,
                exports,
                lost: None,
            };
            before.insert(source.id.clone(), left);
        }
    }
    let (rules, faults) = world::texts(&setting.target.control).await;
    let profile = &suite.profile;
    let natural = profile.sentinel.twelve_digits.keys();
    let natural = natural.map(|place| XPath::compile(place, &profile.namespaces));
    let (served, failed) = match service::start(suite, project, setting, sink).await {
        Ok(served) => (served, None),
        Err(failed) => (None, Some(failed)),
    };
    let shared = Arc::new(Shared {
        suite: Arc::clone(suite),
        project: Arc::clone(project),
        setting: setting.clone(),
        served,
        under_test: chosen.iter().map(|scenario| scenario.id.clone()).collect(),
        normal: crate::normalise::Rules::of(&suite.profile),
        natural: natural.filter_map(Result::ok).collect(),
        rules,
        faults,
        configs: Mutex::default(),
        pace: Pace::new(setting.target.every),
        told: Mutex::default(),
        sink: Arc::clone(sink),
    });
    let ran = schedule::all(Arc::clone(&shared), scenarios, before, failed.is_some()).await;
    let ended = match &shared.served {
        Some(served) => Some(Box::new(served.stop().await)),
        None => failed,
    };
    if let Some(ended) = ended {
        sink.event(Event::System(ended));
    }
    ran
}

/// Deletes the worlds that hold checkpoints.
pub async fn forget(setting: &Setting, checkpoints: &Checkpoints) {
    for left in checkpoints.values() {
        world::delete(&setting.target.control, &left.world).await;
        if let Some(work) = &left.work {
            system::end(work);
        }
    }
}

/// Deletes whatever world a run that was ended in its midst may have left.
pub async fn abandon(setting: &Setting, suite: &Suite) {
    // A world that is being made would come to be after it was deleted.
    setting.under_way.close();
    setting.under_way.wait().await;
    for scenario in &suite.scenarios {
        let name = world::name(&setting.nonce, &scenario.id);
        world::delete(&setting.target.control, &name).await;
    }
}

/// What all scenarios of a run share.
struct Shared {
    suite: Arc<Suite>,
    project: Arc<Project>,
    setting: Setting,
    /// The system under test, where it runs for the whole run.
    served: Option<service::Served>,
    /// The scenarios that were chosen; others are prerequisites.
    under_test: BTreeSet<String>,
    normal: crate::normalise::Rules,
    /// The fields that hold twelve digits by nature.
    natural: Vec<XPath>,
    rules: BTreeMap<String, crate::event::Rule>,
    faults: BTreeMap<String, crate::event::Fault>,
    /// What was read of the identities' files.
    configs: Mutex<BTreeMap<Credentials, Arc<ClientConfig>>>,
    pace: Pace,
    /// What has been warned of.
    told: Mutex<BTreeSet<once::Once>>,
    sink: Arc<dyn Sink>,
}

impl Shared {
    fn result(&self, scenario: &Scenario, sequence: usize, end: ScenarioEnd) -> ScenarioResult {
        ScenarioResult {
            scenario: scenario.id.clone(),
            attempt: 1,
            sequence,
            title: scenario.file.title.clone(),
            phase: scenario.file.phase.get_ref().clone(),
            prerequisite: !self.under_test.contains(&scenario.id),
            end,
            world: None,
            work: None,
            milliseconds: 0,
        }
    }

    /// Reads an identity's certificate and key, once in a run.
    fn client_config(&self, credentials: Credentials) -> Result<Arc<ClientConfig>, Broken> {
        let mut configs = self.configs.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = configs.get(&credentials) {
            return Ok(Arc::clone(known));
        }
        let target = &self.setting.target;
        let config = Prepared::read(&target.ca, &credentials, target.versions)?.config()?;
        configs.insert(credentials, Arc::clone(&config));
        Ok(config)
    }

    /// The run that this one goes on with.
    fn resumed(&self) -> Option<&Resumed> {
        self.setting.target.real.as_ref()?.resumed.as_ref()
    }

    /// What is read in the place of sending.
    fn recorded(&self) -> Option<&Recorded> {
        self.setting.target.real.as_ref()?.recorded.as_deref()
    }

    /// What a scenario starts from; where a real run would see to that by itself, a dry run needs nothing of it.
    fn source(&self, scenario: &Scenario) -> Option<&Scenario> {
        if self.setting.dry_run && self.setting.target.real.is_none() {
            return None;
        }
        source(&self.suite, scenario)
    }
}

/// The chosen scenarios and all that they start from, in the suite's order, less what has been left before.
fn with_prerequisites(suite: &Suite, chosen: &[Scenario], before: &Checkpoints) -> Vec<Scenario> {
    let mut ids: BTreeSet<&str> = BTreeSet::new();
    for scenario in chosen {
        ids.insert(&scenario.id);
        let needed = before_it(suite, scenario);
        let needed = needed.take_while(|scenario| !before.contains_key(&scenario.id));
        ids.extend(needed.map(|scenario| scenario.id.as_str()));
    }
    suite
        .scenarios
        .iter()
        .filter(|scenario| ids.contains(scenario.id.as_str()))
        .cloned()
        .collect()
}
