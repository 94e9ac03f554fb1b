//! What is made of recordings: of every scenario of the suite, as if its messages had gone through the recorder.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test that cannot prepare its recordings has failed"
)]

#[path = "support/network.rs"]
mod network;

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex},
};

use jiff::{SignedDuration, Timestamp};
use renkei::{
    event::{Event, StepResult},
    plan::{self, Known, Suite},
    project::Project,
    record::{Base, Made, Passed, make},
    run::{self, Checkpoints, LIMITS, Setting, Sink, Snapshots, Spoilt, Target},
    transport::{Answer, Broken, Stage},
};

/// Keeps all that a run tells.
#[derive(Default)]
struct Kept {
    bodies: Mutex<BTreeMap<String, Vec<u8>>>,
    steps: Mutex<Vec<StepResult>>,
}

impl Sink for Kept {
    fn keep(&self, file: &str, bytes: &[u8]) {
        self.bodies
            .lock()
            .unwrap()
            .insert(file.to_owned(), bytes.to_vec());
    }
    fn append(&self, _file: &str, _bytes: &[u8]) {}
    fn event(&self, event: Event) {
        if let Event::Step(step) = event {
            self.steps.lock().unwrap().push(*step);
        }
    }
}

impl Kept {
    /// What each scenario sent, as the recorder would have it.
    fn passed(&self) -> BTreeMap<String, Vec<Passed>> {
        let bodies = self.bodies.lock().unwrap();
        let steps = self.steps.lock().unwrap();
        let mut all: BTreeMap<String, Vec<Passed>> = BTreeMap::new();
        for step in steps.iter() {
            let Some(exchange) = &step.exchange else {
                continue;
            };
            for (poll, http) in step.http.iter().enumerate() {
                let poll = if poll == 0 {
                    String::new()
                } else {
                    format!(".{}", poll + 1)
                };
                let name = format!("{}/{:02}-{}{poll}", step.scenario, step.sequence, step.step);
                let answer = match (http.status, bodies.get(&format!("{name}.response.xml"))) {
                    (Some(status), Some(body)) => Ok(Answer {
                        status,
                        headers: http.came.clone(),
                        body: body.clone(),
                    }),
                    _ => Err(Broken {
                        stage: Stage::Answer,
                        outcome: None,
                        why: http.broken.clone().unwrap(),
                        cause: None,
                    }),
                };
                let passed = all.entry(step.scenario.clone()).or_default();
                let after = SignedDuration::from_secs(i64::try_from(passed.len()).unwrap());
                passed.push(Passed {
                    at: start() + after,
                    identity: exchange.identity.clone(),
                    method: http.method.clone(),
                    path: http.url.rsplit('/').next().unwrap().to_owned(),
                    headers: http.sent.clone(),
                    body: bodies[&format!("{name}.request.xml")].clone(),
                    answer,
                });
            }
        }
        all
    }
}

fn start() -> Timestamp {
    "2026-11-25T10:00:00+09:00".parse().unwrap()
}

fn suite() -> (Arc<Suite>, Arc<Project>) {
    let project = Project::embedded();
    let (suite, mistakes) = plan::load(&project, &Known::default());
    assert!(mistakes.is_empty());
    (Arc::new(suite), Arc::new(project))
}

async fn made(passed: &[Passed], suite: &Suite, project: &Project) -> Made {
    let base = Base {
        suite,
        project,
        target: "test",
        id: "recorded/one",
    };
    make(passed, &base).await
}

#[tokio::test]
async fn whatever_the_suite_sends_becomes_a_scenario_that_sends_the_same() {
    let pki = tempfile::tempdir().unwrap();
    let mock = network::mock(pki.path().join("pki")).await;
    let (suite, project) = suite();
    let setting = Setting {
        target: Target::of_mock(mock.control_url(), mock.pki().to_owned()),
        seed: 1,
        jobs: 4,
        snapshots: Snapshots::Check,
        fail_fast: false,
        keep_worlds: false,
        limits: LIMITS,
        spoilt: Spoilt::default(),
        nonce: "run".to_owned(),
        dry_run: false,
        warnings: Vec::new(),
        works: pki.path().join("works"),
    };
    let kept = Arc::new(Kept::default());
    let sink: Arc<dyn Sink> = Arc::<Kept>::clone(&kept);
    let all = suite.scenarios.clone();
    run::run(&suite, &project, &all, &setting, &Checkpoints::new(), &sink).await;
    mock.stop().await;
    let mut wrong = Vec::new();
    let mut reasons: BTreeMap<String, usize> = BTreeMap::new();
    let (mut steps, mut captures, mut new) = (0, 0, 0);
    for (id, passed) in kept.passed() {
        let made = made(&passed, &suite, &project).await;
        let about = |what: &str| {
            made.notes
                .iter()
                .filter(|note| note.en.contains(what))
                .count()
        };
        let fine = about("have a shape") + about("snapshots of other scenarios");
        if fine < made.notes.len() || made.steps + made.left_out.len() != passed.len() {
            wrong.push(format!("{id}: {:#?}", made.notes));
        }
        for left in &made.left_out {
            let why = left.why.en.split(':').next().unwrap().to_owned();
            *reasons.entry(why).or_default() += 1;
        }
        steps += made.steps;
        captures += made.captures.len();
        new += made.operations.len();
    }
    assert!(wrong.is_empty(), "{} {wrong:#?}", wrong.len());
    let why: Vec<&str> = reasons.keys().map(String::as_str).collect();
    assert_eq!(
        why,
        ["the request is not well-formed XML", "there was no answer"]
    );
    // What the templates of the suite cannot say is said by `raw` alone.
    assert_eq!(new, 4);
    assert!(steps > 2_000 && captures > 400, "{steps} {captures}");
}
