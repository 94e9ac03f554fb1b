//! When each scenario runs: as soon as what it starts from has ended, with so many side by side.

use std::{
    collections::BTreeMap,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use tokio::{
    sync::Semaphore,
    task::{Id, JoinSet},
    time::Instant,
};

use crate::{
    event::{Event, Outcome, ScenarioEnd, ScenarioResult, StepResult},
    run::{Checkpoints, Left, Ran, Shared, step, world},
    scenario::Scenario,
};

/// What one scenario gave.
type Given = (ScenarioResult, Option<Left>);

/// Runs all; `checkpoints` are there already.
pub(super) async fn all(
    shared: Arc<Shared>,
    scenarios: Vec<Scenario>,
    mut checkpoints: Checkpoints,
) -> Ran {
    let order: Vec<String> = scenarios
        .iter()
        .map(|scenario| scenario.id.clone())
        .collect();
    let gate = Arc::new(Semaphore::new(shared.setting.jobs.max(1)));
    let stopped = Arc::new(AtomicBool::new(false));
    let mut ended: BTreeMap<String, ScenarioResult> = BTreeMap::new();
    let mut left = Checkpoints::new();
    let mut waiting = scenarios;
    let mut tasks: JoinSet<Given> = JoinSet::new();
    let mut under_way: Vec<(Id, Scenario)> = Vec::new();
    loop {
        waiting = begin(waiting, &shared, &checkpoints, |scenario, from| {
            let (shared, gate) = (Arc::clone(&shared), Arc::clone(&gate));
            let stopped = Arc::clone(&stopped);
            let started = scenario.clone();
            let task = tasks.spawn(async move {
                let _permit = gate.acquire().await;
                if stopped.load(Ordering::Acquire) {
                    return (shared.result(&scenario, 1, ScenarioEnd::NotRun), None);
                }
                let given = one(&shared, &scenario, from).await;
                if shared.setting.fail_fast && !given.0.end.is_good() {
                    stopped.store(true, Ordering::Release);
                }
                given
            });
            under_way.push((task.id(), started));
        });
        // What is blocked blocks others in turn.
        let blocked = take_blocked(&mut waiting, &shared, &ended);
        if !blocked.is_empty() {
            for result in blocked {
                shared.sink.event(&Event::Scenario(result.clone()));
                ended.insert(result.scenario.clone(), result);
            }
            continue;
        }
        let Some((scenario, given)) = next_ended(&mut tasks, &mut under_way).await else {
            break;
        };
        let (result, checkpoint) = given.unwrap_or_else(|| {
            let result = shared.result(&scenario, 1, ScenarioEnd::Internal);
            (result, None)
        });
        if let Some(checkpoint) = checkpoint {
            // What was left before stays in use, even where its scenario ran again.
            checkpoints
                .entry(scenario.id.clone())
                .or_insert_with(|| checkpoint.clone());
            left.insert(scenario.id.clone(), checkpoint);
        }
        shared.sink.event(&Event::Scenario(result.clone()));
        ended.insert(scenario.id, result);
    }
    Ran {
        results: order.iter().filter_map(|id| ended.remove(id)).collect(),
        checkpoints: left,
    }
}

/// Begins those whose checkpoint is there; gives back the others.
fn begin(
    waiting: Vec<Scenario>,
    shared: &Shared,
    checkpoints: &Checkpoints,
    mut spawn: impl FnMut(Scenario, Option<Left>),
) -> Vec<Scenario> {
    let mut rest = Vec::new();
    for scenario in waiting {
        match shared
            .source(&scenario)
            .map(|source| checkpoints.get(&source.id))
        {
            None => spawn(scenario, None),
            Some(Some(left)) => spawn(scenario, Some(left.clone())),
            Some(None) => rest.push(scenario),
        }
    }
    rest
}

/// Takes out those whose checkpoint will never be there.
fn take_blocked(
    waiting: &mut Vec<Scenario>,
    shared: &Shared,
    ended: &BTreeMap<String, ScenarioResult>,
) -> Vec<ScenarioResult> {
    let mut blocked = Vec::new();
    waiting.retain(|scenario| {
        let source = shared.source(scenario);
        let Some(end) = source.and_then(|source| ended.get(&source.id)) else {
            return true;
        };
        let end = match &end.end {
            ScenarioEnd::NotRun => ScenarioEnd::NotRun,
            _ => ScenarioEnd::Blocked {
                by: end.scenario.clone(),
            },
        };
        blocked.push(shared.result(scenario, 1, end));
        false
    });
    blocked
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

/// One scenario, from opening its world to leaving its checkpoint.
async fn one(shared: &Shared, scenario: &Scenario, from: Option<Left>) -> Given {
    let began = Instant::now();
    let name = world::name(&shared.setting.nonce, &scenario.id);
    let (from, inherited) = match from {
        Some(left) => (Some(left.world), left.exports),
        None => (None, crate::message::Values::new()),
    };
    let mut results: Vec<StepResult> = Vec::new();
    let mut checkpoint = None;
    match world::open(shared, scenario, &name, from.as_deref()).await {
        Ok(world) => {
            let mut runner = step::Runner::new(shared, scenario, world, inherited);
            for (index, step) in scenario.file.steps.iter().enumerate() {
                let stopped = results.iter().any(|result| !result.outcome.is_good());
                let result = runner.step(index, step, stopped && !step.always).await;
                shared.sink.event(&Event::Step(result.clone()));
                results.push(result);
            }
            if let Some(checkpoint_name) = &scenario.file.establishes
                && end_of(&results).is_good()
            {
                match world::checkpoint(shared, &name, checkpoint_name.get_ref()).await {
                    Ok(()) => {
                        checkpoint = Some(Left {
                            world: name.clone(),
                            exports: runner.exports(),
                        });
                    }
                    Err(error) => {
                        let outcome = world::outcome(&error);
                        let result = step::outside(scenario, results.len(), outcome);
                        shared.sink.event(&Event::Step(result.clone()));
                        results.push(result);
                    }
                }
            }
        }
        Err(error) => {
            let result = step::outside(scenario, 0, world::outcome(&error));
            shared.sink.event(&Event::Step(result.clone()));
            results.push(result);
        }
    }
    let mut result = shared.result(scenario, results.len() + 1, end_of(&results));
    result.milliseconds = u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX);
    if checkpoint.is_none() {
        if shared.setting.keep_worlds && !result.end.is_good() {
            result.world = Some(name);
        } else {
            world::delete(&shared.setting.target.control, &name).await;
        }
    }
    (result, checkpoint)
}

fn end_of(steps: &[StepResult]) -> ScenarioEnd {
    steps
        .iter()
        .map(|step| match &step.outcome {
            Outcome::Passed | Outcome::Skipped => ScenarioEnd::Passed,
            Outcome::NewSnapshot => ScenarioEnd::New,
            Outcome::Failed { .. } => ScenarioEnd::Failed,
            Outcome::Broken { .. } => ScenarioEnd::Broken,
            Outcome::Unusable { .. } => ScenarioEnd::Unusable,
            Outcome::IndividualNumber { .. } => ScenarioEnd::IndividualNumber,
        })
        .max()
        .unwrap_or(ScenarioEnd::Passed)
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
