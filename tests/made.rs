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
    fs,
    path::Path,
    sync::{Arc, Mutex},
};

use jiff::{SignedDuration, Timestamp};
use renkei::{
    event::{Event, StepResult},
    plan::{self, Known, Suite},
    project::Project,
    record::{Base, Made, Passed, make},
    run::{self, Checkpoints, Setting, Sink, Target},
    text::Text,
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

/// What is made of the recording in a folder, all files one after the other.
async fn of_folder(name: &str) -> String {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/recordings")
        .join(name);
    let mut project = Project::default();
    let profile = fs::read(folder.join("profile.toml")).unwrap();
    project.add("scenarios/profile.toml".to_owned(), profile);
    for template in fs::read_dir(folder.join("messages")).into_iter().flatten() {
        let template = template.unwrap();
        let path = format!("scenarios/messages/{}", template.file_name().display());
        project.add(path, fs::read(template.path()).unwrap());
    }
    let (suite, mistakes) = plan::load(&project, &Known::default());
    assert!(mistakes.is_empty(), "{mistakes:#?}");
    let recording = fs::read_to_string(folder.join("recording.txt")).unwrap();
    let made = made(&recorded(&recording), &suite, &project).await;
    let left_out = made.left_out.iter();
    let left_out = left_out.map(|left| format!("left out {}: {}\n", left.index, left.why.en));
    let notes = made.notes.iter().map(|note| format!("note: {}\n", note.en));
    let captures = format!("captures: {}\n", made.captures.join(", "));
    let files = made.files.iter();
    let files = files.map(|(path, text)| format!("=== {path}\n{text}"));
    let parts = left_out.chain(notes).chain([captures]).chain(files);
    parts.collect::<Vec<_>>().concat()
}

/// Reads exchanges: `> identity method path time` or `< status`, headers, an empty line, and the body; `< timeout` where
/// there was no answer.
fn recorded(text: &str) -> Vec<Passed> {
    let mut passed: Vec<Passed> = Vec::new();
    for block in format!("\n{text}").split("\n> ").skip(1) {
        let (request, answer) = block.split_once("\n< ").unwrap();
        let (line, headers, body) = parts(request);
        let [identity, method, path, time] = line.split(' ').collect::<Vec<_>>()[..] else {
            unreachable!("{line}");
        };
        let (status, came, answered) = parts(answer);
        passed.push(Passed {
            at: format!("2026-11-25T{time}+09:00").parse().unwrap(),
            identity: identity.to_owned(),
            method: method.to_owned(),
            path: path.to_owned(),
            headers,
            body,
            answer: status.parse().map_or_else(
                |_| {
                    Err(Broken {
                        stage: Stage::Answer,
                        outcome: None,
                        why: Text::new("応答なし", "no answer in time"),
                        cause: None,
                    })
                },
                |status| {
                    Ok(Answer {
                        status,
                        headers: came,
                        body: answered,
                    })
                },
            ),
        });
    }
    passed
}

fn parts(block: &str) -> (&str, Vec<(String, String)>, Vec<u8>) {
    let (head, body) = block.split_once("\n\n").unwrap_or((block, ""));
    let mut lines = head.trim_end().lines();
    let first = lines.next().unwrap();
    let headers = lines.map(|line| {
        let (name, value) = line.split_once(": ").unwrap();
        (name.to_lowercase(), value.to_owned())
    });
    (
        first,
        headers.collect(),
        body.trim_end().as_bytes().to_vec(),
    )
}

/// The recordings of other contracts become what lies beside them; where they do not, what they became is left to be
/// looked at.
#[tokio::test]
async fn recordings_of_other_contracts_become_what_lies_beside_them() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/recordings");
    let mut names: Vec<String> = fs::read_dir(&folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    assert!(names.len() >= 3);
    let mut others = Vec::new();
    for name in names {
        let made = of_folder(&name).await;
        let expected = fs::read_to_string(folder.join(&name).join("made.txt")).unwrap_or_default();
        let place = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("{name}.made.txt"));
        fs::write(&place, &made).unwrap();
        if made != expected {
            others.push(format!("{name} became {}", place.display()));
        }
    }
    assert!(others.is_empty(), "{others:#?}");
}

/// How many exchanges the steps stand for: a step that polls says for how many.
fn sendings(made: &Made) -> usize {
    let scenario = made.files.last().map_or("", |(_, text)| text.as_str());
    let polled = scenario.lines().filter_map(|line| line.split_once(" (×"));
    let polled = polled.map(|(_, count)| count.trim_end_matches(')').parse::<usize>().unwrap() - 1);
    made.steps + polled.sum::<usize>()
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
        jobs: 4,
        works: pki.path().join("works"),
        ..Setting::of(Target::of_mock(mock.control_url(), mock.pki().to_owned()))
    };
    let kept = Arc::new(Kept::default());
    let sink: Arc<dyn Sink> = Arc::<Kept>::clone(&kept);
    let all = suite.scenarios.clone();
    run::run(&suite, &project, &all, &setting, &Checkpoints::new(), &sink).await;
    mock.stop().await;
    let mut wrong = Vec::new();
    let mut reasons: BTreeMap<String, usize> = BTreeMap::new();
    let (mut steps, mut polled, mut captures, mut new) = (0, 0, 0, 0);
    for (id, passed) in kept.passed() {
        let made = made(&passed, &suite, &project).await;
        let about = |what: &str| {
            made.notes
                .iter()
                .filter(|note| note.en.contains(what))
                .count()
        };
        let fine = about("have a shape") + about("snapshots of other scenarios");
        if fine < made.notes.len() || sendings(&made) + made.left_out.len() != passed.len() {
            wrong.push(format!("{id}: {:#?}", made.notes));
        }
        for left in &made.left_out {
            let why = left.why.en.split(':').next().unwrap().to_owned();
            *reasons.entry(why).or_default() += 1;
        }
        steps += made.steps;
        polled += sendings(&made) - made.steps;
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
    assert!(
        steps > 1_500 && polled > 100 && captures > 400,
        "{steps} {polled} {captures}"
    );
}
