//! The scenario is gone through by the runner itself, with the recorded answers in the place of sent ones: so snapshots
//! are what a run makes of them, and it shows whether each step does what was recorded.

use std::{
    collections::BTreeMap,
    path::PathBuf,
    sync::{Arc, Mutex, PoisonError},
};

use jiff::Timestamp;

use crate::{
    control::Control,
    event::{Event, Outcome, StepResult},
    plan::{self, Known},
    project::Project,
    record::{Base, Made, message::compared, steps::Recording},
    run::{self, Real, Recorded, Sending, Setting, Sink, Snapshots, Target},
    text::Text,
    xml::Document,
};

/// A URL at which nothing is.
const NOWHERE: &str = "https://recorded.invalid/";

/// Goes through the scenario, and adds the snapshots to the files.
pub(super) async fn replay(
    recording: &Recording,
    base: &Base<'_>,
    scenario: &str,
    files: &mut Vec<(String, String)>,
    made: &mut Made,
) {
    let mut project = Project {
        root: None,
        ..base.project.clone()
    };
    // No other scenario has part in it, and what is accepted of another recording of this name is not compared with.
    project.files.retain(|path, _| {
        let name = path.strip_prefix("scenarios/").unwrap_or("/");
        !name.contains('/') || name.starts_with("messages/")
    });
    project.files.extend(files.iter().cloned());
    project
        .files
        .insert(made.scenario.clone(), scenario.to_owned());
    let (mut suite, mistakes) = plan::load(&project, &Known::default());
    for mistake in &mistakes {
        let (path, text) = (&mistake.path, &mistake.text);
        made.notes.push(Text::new(
            format!("{path}: {}", text.ja),
            format!("{path}: {}", text.en),
        ));
    }
    if let Some(target) = suite.profile.target.get(base.target).cloned() {
        suite.profile.add(&target);
    }
    suite.profile.system = None;
    let chosen = suite
        .scenarios
        .iter()
        .filter(|scenario| scenario.id == base.id);
    let chosen: Vec<_> = chosen.cloned().collect();
    let recorded = Arc::new(recorded(recording));
    let setting = setting(&suite.profile, base.target, Arc::clone(&recorded));
    let seen = Arc::new(Seen::default());
    let sink: Arc<dyn Sink> = Arc::<Seen>::clone(&seen);
    let (suite, project) = (Arc::new(suite), Arc::new(project));
    run::run(&suite, &project, &chosen, &setting, &BTreeMap::new(), &sink).await;
    let kept = recorded.take();
    for result in seen.results() {
        if let Some(why) = why(&result.outcome) {
            made.notes.push(differs(&result.step, &why));
        }
    }
    let text = |bytes: &[u8]| {
        let document = Document::parse(bytes).ok()?;
        Some(compared(&document, &recording.prefixes.namespaces))
    };
    for step in &recording.steps {
        let sent = kept
            .sent
            .get(&step.id)
            .map(Vec::as_slice)
            .unwrap_or_default();
        let messages = step
            .messages
            .iter()
            .filter_map(|at| recording.messages.get(*at));
        for (sent, message) in sent.iter().zip(messages) {
            if text(sent) != text(message.request.text.as_bytes()) {
                let why = Text::new(
                    "送信する電文が、記録した電文と異なります",
                    "what it sends is another message than the recorded one",
                );
                made.notes.push(differs(&step.id, &why));
            }
        }
    }
    files.extend(kept.snapshots);
}

fn recorded(recording: &Recording) -> Recorded {
    let start = recording
        .steps
        .first()
        .map_or(Timestamp::UNIX_EPOCH, |step| step.at);
    let steps = recording.steps.iter().map(|step| {
        let sendings = step.messages.iter().zip(&step.request_ids);
        let sendings = sendings.filter_map(|(at, request_id)| {
            let message = recording.messages.get(*at)?;
            Some(Sending {
                request_id: request_id.clone(),
                answer: message.answer.clone(),
            })
        });
        (step.id.clone(), sendings.collect())
    });
    Recorded::new(start, steps.collect())
}

fn setting(profile: &crate::profile::Profile, target: &str, recorded: Arc<Recorded>) -> Setting {
    let snapshots = profile
        .target
        .get(target)
        .and_then(|target| target.snapshots.clone());
    let real = Real {
        recorded: Some(recorded),
        ..Real::of(|| Timestamp::UNIX_EPOCH)
    };
    Setting {
        seed: 0,
        snapshots: Snapshots::Accept,
        ..Setting::of(Target {
            name: Some(target.to_owned()),
            control: Control::absent(),
            url: Some(NOWHERE.to_owned()),
            snapshots,
            real: Some(real),
            ..Target::of_mock("", PathBuf::new())
        })
    }
}

/// Takes in how the steps ended.
#[derive(Debug, Default)]
struct Seen(Mutex<Vec<StepResult>>);

impl Seen {
    fn results(&self) -> Vec<StepResult> {
        let mut results = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        std::mem::take(&mut results)
    }
}

impl Sink for Seen {
    fn keep(&self, _file: &str, _bytes: &[u8]) {}
    fn append(&self, _file: &str, _bytes: &[u8]) {}
    fn event(&self, event: Event) {
        if let Event::Step(result) = event {
            let mut results = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            results.push(*result);
        }
    }
}

/// Why a step did not do what was recorded; none where it did.
fn why(outcome: &Outcome) -> Option<Text> {
    match outcome {
        Outcome::Passed | Outcome::NewSnapshot => None,
        Outcome::Failed { mismatches, .. } => Some(joined(mismatches)),
        Outcome::Broken { why }
        | Outcome::Unusable { why }
        | Outcome::NotKept { why }
        | Outcome::NotPossible { why } => Some(why.clone()),
        Outcome::IndividualNumber { .. } => Some(Text::new(
            "個人番号が含まれています",
            "it holds an individual number",
        )),
        Outcome::Skipped => Some(Text::new(
            "前の手順のため確認できません",
            "an earlier step keeps it from being looked at",
        )),
    }
}

fn joined(texts: &[Text]) -> Text {
    let all = |language: fn(&Text) -> &str, joint: &str| {
        texts.iter().map(language).collect::<Vec<_>>().join(joint)
    };
    Text::new(all(|text| &text.ja, "。"), all(|text| &text.en, "; "))
}

fn differs(step: &str, why: &Text) -> Text {
    Text::new(
        format!(
            "手順「{step}」は記録のとおりになりません（{}）。修正してください",
            why.ja
        ),
        format!(
            "the step '{step}' does not do what was recorded, so mend it: {}",
            why.en
        ),
    )
}
