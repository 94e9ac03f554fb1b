//! The step loop over a transport. It returns results, never an error: a refused connection is a result too.
//!
//! Each scenario gets a world of its own, forked from the checkpoint from which it starts. Scenarios whose checkpoint
//! is there run side by side; results come in the order of the suite whatever the timing.

mod step;

use std::{
    collections::{BTreeMap, BTreeSet},
    path::PathBuf,
    sync::Arc,
};

use hyper::Method;
use serde_json::json;
use tokio::{
    sync::Semaphore,
    task::{Id, JoinSet},
};

use crate::{
    control::{Control, ControlError},
    event::{Event, Outcome, ScenarioEnd, ScenarioResult, StepResult},
    plan::{Suite, establisher},
    project::Project,
    scenario::Scenario,
};

/// What becomes of new and different snapshots.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Snapshots {
    /// They are reported.
    Check,
    /// They are reported, and put beside the accepted ones to be looked at.
    New,
    /// They are accepted, where the expectations hold.
    Accept,
}

/// Against what a suite runs, and how.
#[derive(Clone, Debug)]
pub struct Setting {
    /// The mock's control API.
    pub control: Control,
    /// The folder of the certificates.
    pub pki: PathBuf,
    /// Goes into request ids and the names of worlds.
    pub seed: u64,
    /// How many scenarios run side by side.
    pub jobs: usize,
    /// What becomes of new and different snapshots.
    pub snapshots: Snapshots,
    /// Rules that are off in the chosen scenarios, after their checkpoint.
    pub rules_off: Vec<String>,
    /// What spoils every answer in the chosen scenarios, after their checkpoint.
    pub misbehaviour: Option<String>,
    /// Part of the names of worlds, so that runs against one mock do not meet.
    pub nonce: String,
}

/// Runs scenarios with what they start from. `emit` gets each event as it happens.
pub async fn run(
    suite: Arc<Suite>,
    project: Arc<Project>,
    chosen: Vec<Scenario>,
    setting: Setting,
    emit: &mut dyn FnMut(Event),
) -> Vec<ScenarioResult> {
    let mut waiting = with_prerequisites(&suite, &chosen);
    let mut ended: BTreeMap<String, ScenarioResult> = BTreeMap::new();
    let chosen: Arc<BTreeSet<String>> =
        Arc::new(chosen.into_iter().map(|scenario| scenario.id).collect());
    let order: Vec<String> = waiting.iter().map(|scenario| scenario.id.clone()).collect();
    let mut worlds = Vec::new();
    while !waiting.is_empty() {
        let (ready, rest): (Vec<Scenario>, Vec<Scenario>) =
            waiting.into_iter().partition(|scenario| {
                source(&suite, scenario).is_none_or(|source| ended.contains_key(&source.id))
            });
        waiting = rest;
        let gate = Arc::new(Semaphore::new(setting.jobs.max(1)));
        let mut tasks = JoinSet::new();
        let mut under_way = Vec::new();
        for scenario in ready {
            worlds.push(world_name(&setting, &scenario));
            let blocker = source(&suite, &scenario).filter(|source| {
                ended.get(&source.id).is_none_or(|result| {
                    !matches!(result.end, ScenarioEnd::Passed | ScenarioEnd::New)
                })
            });
            if let Some(blocker) = blocker {
                let result = result(
                    &scenario,
                    ScenarioEnd::Blocked {
                        by: blocker.id.clone(),
                    },
                );
                emit(Event::Scenario(result.clone()));
                ended.insert(scenario.id.clone(), result);
                continue;
            }
            let (suite, project, setting, gate) = (
                Arc::clone(&suite),
                Arc::clone(&project),
                setting.clone(),
                Arc::clone(&gate),
            );
            let under_test = chosen.contains(&scenario.id);
            let started = scenario.clone();
            let task = tasks.spawn(async move {
                let _permit = gate.acquire().await;
                scenario_steps(&suite, &project, &scenario, &setting, under_test).await
            });
            under_way.push((task.id(), started));
        }
        while let Some((scenario, steps)) = next_ended(&mut tasks, &mut under_way).await {
            let end = steps.as_deref().map_or(ScenarioEnd::Internal, end_of);
            let result = result(&scenario, end);
            for step in steps.unwrap_or_default() {
                emit(Event::Step(step));
            }
            emit(Event::Scenario(result.clone()));
            ended.insert(scenario.id, result);
        }
    }
    for world in worlds {
        // A world that was never made cannot be deleted, and that is fine.
        let _ = setting
            .control
            .send(Method::DELETE, &format!("/worlds/{world}"), json!(null))
            .await;
    }
    order.iter().filter_map(|id| ended.remove(id)).collect()
}

/// The next scenario whose task ended, with what it gave; nothing where the task broke, so that no scenario is lost.
async fn next_ended<T: 'static>(
    tasks: &mut JoinSet<T>,
    under_way: &mut Vec<(Id, Scenario)>,
) -> Option<(Scenario, Option<T>)> {
    let (id, given) = match tasks.join_next_with_id().await? {
        Ok((id, given)) => (id, Some(given)),
        Err(error) => (error.id(), None),
    };
    let index = under_way.iter().position(|(task, _)| *task == id)?;
    Some((under_way.swap_remove(index).1, given))
}

fn result(scenario: &Scenario, end: ScenarioEnd) -> ScenarioResult {
    ScenarioResult {
        scenario: scenario.id.clone(),
        title: scenario.file.title.clone(),
        phase: scenario.file.phase.get_ref().clone(),
        end,
    }
}

fn end_of(steps: &[StepResult]) -> ScenarioEnd {
    steps
        .iter()
        .map(|step| match &step.outcome {
            Outcome::Passed | Outcome::Skipped => ScenarioEnd::Passed,
            Outcome::NewSnapshot => ScenarioEnd::New,
            Outcome::Failed { .. } => ScenarioEnd::Failed,
            Outcome::Broken { .. } => ScenarioEnd::Broken,
            Outcome::IndividualNumber => ScenarioEnd::IndividualNumber,
        })
        .max()
        .unwrap_or(ScenarioEnd::Passed)
}

/// The chosen scenarios and all that they start from, in the suite's order.
fn with_prerequisites(suite: &Suite, chosen: &[Scenario]) -> Vec<Scenario> {
    let mut ids: Vec<String> = Vec::new();
    for scenario in chosen {
        let mut next = Some(scenario);
        while let Some(scenario) = next {
            ids.push(scenario.id.clone());
            next = source(suite, scenario);
        }
    }
    suite
        .scenarios
        .iter()
        .filter(|scenario| ids.contains(&scenario.id))
        .cloned()
        .collect()
}

fn source<'a>(suite: &'a Suite, scenario: &Scenario) -> Option<&'a Scenario> {
    establisher(
        &suite.scenarios,
        scenario.file.starts_from.as_ref()?.get_ref(),
    )
}

fn world_name(setting: &Setting, scenario: &Scenario) -> String {
    let name: String = scenario
        .id
        .chars()
        .map(|c| {
            if c.is_ascii_alphanumeric() {
                c.to_ascii_lowercase()
            } else {
                '-'
            }
        })
        .collect();
    format!("{}-{name}", setting.nonce)
        .chars()
        .take(64)
        .collect()
}

async fn scenario_steps(
    suite: &Suite,
    project: &Project,
    scenario: &Scenario,
    setting: &Setting,
    under_test: bool,
) -> Vec<StepResult> {
    let world = world_name(setting, scenario);
    match open_world(suite, scenario, setting, &world, under_test).await {
        Ok((url, start)) => {
            let mut runner = step::Runner::new(
                suite,
                project,
                scenario,
                setting,
                world.clone(),
                url,
                &start,
            );
            let mut results: Vec<StepResult> = Vec::new();
            for (index, step) in scenario.file.steps.iter().enumerate() {
                let stopped = results.iter().any(|result| {
                    !matches!(result.outcome, Outcome::Passed | Outcome::NewSnapshot)
                });
                results.push(runner.step(index, step, stopped && !step.always).await);
            }
            if let Some(name) = &scenario.file.establishes
                && end_of(&results) <= ScenarioEnd::New
                && let Err(error) = setting
                    .control
                    .send(
                        Method::POST,
                        &format!("/worlds/{world}/checkpoints"),
                        json!({ "name": name.get_ref() }),
                    )
                    .await
            {
                results.push(step::broken(scenario, results.len(), &error));
            }
            results
        }
        Err(error) => vec![step::broken(scenario, 0, &error)],
    }
}

/// Makes the scenario's world, and sets what is off or spoilt in it. Gives its URL and its time.
async fn open_world(
    suite: &Suite,
    scenario: &Scenario,
    setting: &Setting,
    world: &str,
    under_test: bool,
) -> Result<(String, String), ControlError> {
    let control = &setting.control;
    let made = match (source(suite, scenario), &scenario.file.starts_from) {
        (Some(source), Some(checkpoint)) => {
            let path = format!("/worlds/{}/forks", world_name(setting, source));
            control
                .send(
                    Method::POST,
                    &path,
                    json!({ "name": world, "checkpoint": checkpoint.get_ref() }),
                )
                .await?
        }
        (Some(_) | None, _) => {
            control
                .send(Method::POST, "/worlds", json!({ "name": world }))
                .await?
        }
    };
    if under_test && !setting.rules_off.is_empty() {
        control
            .send(
                Method::PUT,
                &format!("/worlds/{world}/rules"),
                json!({ "off": setting.rules_off }),
            )
            .await?;
    }
    if under_test && let Some(name) = &setting.misbehaviour {
        control
            .send(
                Method::PUT,
                &format!("/worlds/{world}/misbehaviour"),
                json!({ "name": name }),
            )
            .await?;
    }
    let clock = control.get(&format!("/worlds/{world}/clock")).await?;
    let text = |value: &serde_json::Value, key: &str| {
        value
            .get(key)
            .and_then(|value| value.as_str())
            .unwrap_or_default()
            .to_owned()
    };
    Ok((text(&made, "url"), text(&clock, "now")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario;

    #[tokio::test]
    async fn a_scenario_whose_task_breaks_is_not_lost() {
        let text =
            "title = { ja = 'a', en = 'a' }\nphase = 'master'\n[[step]]\nid = 'a'\nadvance = 1\n";
        let scenario = |id: &str| {
            scenario::parse(&format!("scenarios/{id}.toml"), text, &BTreeMap::new())
                .0
                .unwrap()
        };
        let mut tasks: JoinSet<u8> = JoinSet::new();
        let broken = tasks.spawn(async { panic!("on purpose") });
        let whole = tasks.spawn(async { 1 });
        let mut under_way = vec![
            (broken.id(), scenario("1-a/broken")),
            (whole.id(), scenario("1-a/whole")),
        ];
        let mut ended = BTreeMap::new();
        while let Some((scenario, given)) = next_ended(&mut tasks, &mut under_way).await {
            ended.insert(scenario.id, given);
        }
        assert_eq!(
            ended,
            [
                ("1-a/broken".to_owned(), None),
                ("1-a/whole".to_owned(), Some(1))
            ]
            .into()
        );
    }
}
