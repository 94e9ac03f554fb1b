//! When each scenario runs: as soon as what it starts from has ended, with so many side by side.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::Path,
    sync::Arc,
    time::Duration,
};

use tokio::{
    task::{Id, JoinSet},
    time::{Instant, timeout},
};

use crate::{
    event::{Begun, Event, Hindrance, Outcome, ScenarioEnd, ScenarioResult, StepResult},
    run::{Checkpoints, Left, Ran, Shared, dry, resume, step, unheard, world},
    scenario::{Scenario, Step},
    system,
    text::Text,
};

/// How long after a step that did not pass the system under test may be found to have ended.
const DYING: Duration = Duration::from_millis(300);

/// What one scenario gave.
type Given = (ScenarioResult, Option<Left>);

/// Runs all; `checkpoints` are there already.
pub(super) async fn all(
    shared: Arc<Shared>,
    scenarios: Vec<Scenario>,
    mut checkpoints: Checkpoints,
    mut stopped: bool,
) -> Ran {
    let order: Vec<String> = scenarios
        .iter()
        .map(|scenario| scenario.id.clone())
        .collect();
    let mut ended: BTreeMap<String, ScenarioResult> = BTreeMap::new();
    let mut left = Checkpoints::new();
    let mut waiting = scenarios;
    let mut tasks: JoinSet<Given> = JoinSet::new();
    let mut under_way: Vec<(Id, Scenario)> = Vec::new();
    let real = shared.setting.target.real.is_some();
    // There is one network, or one place at which the system looks for it.
    let jobs = if real || shared.served.is_some() {
        1
    } else {
        shared.setting.jobs.max(1)
    };
    loop {
        // What is blocked blocks others in turn.
        let running: Vec<&Scenario> = under_way.iter().map(|(_, scenario)| scenario).collect();
        let given_up = take_given_up(
            &mut waiting,
            &shared,
            &ended,
            &checkpoints,
            &running,
            stopped,
        );
        if !given_up.is_empty() {
            for result in given_up {
                shared.sink.event(Event::Scenario(result.clone()));
                ended.insert(result.scenario.clone(), result);
            }
            continue;
        }
        while under_way.len() < jobs
            && let Some((scenario, from)) = take_due(&mut waiting, &shared, &checkpoints)
        {
            let shared = Arc::clone(&shared);
            let started = scenario.clone();
            let tracker = shared.setting.under_way.clone();
            let task = async move { one(&shared, &scenario, from).await };
            let task = tasks.spawn(tracker.track_future(task));
            under_way.push((task.id(), started));
        }
        let Some((scenario, given)) = next_ended(&mut tasks, &mut under_way).await else {
            break;
        };
        let (result, checkpoint) = given.unwrap_or_else(|| {
            let result = shared.result(&scenario, 1, ScenarioEnd::Internal);
            (result, None)
        });
        if let Some(checkpoint) = checkpoint {
            // What was left before stays in use, even where its scenario ran again; in the one world there is, what came
            // last holds.
            if real {
                checkpoints.insert(scenario.id.clone(), checkpoint.clone());
            }
            checkpoints
                .entry(scenario.id.clone())
                .or_insert_with(|| checkpoint.clone());
            left.insert(scenario.id.clone(), checkpoint);
        }
        stopped |= shared.setting.fail_fast && !result.end.is_good();
        if let Some(served) = &shared.served {
            served.keep();
            stopped |= served.is_dead();
        }
        shared.sink.event(Event::Scenario(result.clone()));
        ended.insert(scenario.id, result);
    }
    for scenario in waiting {
        // Nothing is waited for that was never begun; but should it be, it is not lost.
        let result = shared.result(&scenario, 1, ScenarioEnd::Internal);
        shared.sink.event(Event::Scenario(result.clone()));
        ended.insert(scenario.id, result);
    }
    Ran {
        results: order.iter().filter_map(|id| ended.remove(id)).collect(),
        checkpoints: left,
    }
}

/// Takes the first whose checkpoint is there, with what was left for it.
fn take_due(
    waiting: &mut Vec<Scenario>,
    shared: &Shared,
    checkpoints: &Checkpoints,
) -> Option<(Scenario, Option<Left>)> {
    let (at, from) =
        waiting
            .iter()
            .enumerate()
            .find_map(|(at, scenario)| match shared.source(scenario) {
                None => Some((at, None)),
                Some(source) => Some((at, Some(checkpoints.get(&source.id)?.clone()))),
            })?;
    Some((waiting.remove(at), from))
}

/// Takes those that will not run: all where the run is to stop, else those whose checkpoint will never be there.
fn take_given_up(
    waiting: &mut Vec<Scenario>,
    shared: &Shared,
    ended: &BTreeMap<String, ScenarioResult>,
    checkpoints: &Checkpoints,
    running: &[&Scenario],
    stopped: bool,
) -> Vec<ScenarioResult> {
    let to_come: BTreeSet<String> = waiting
        .iter()
        .chain(running.iter().copied())
        .map(|scenario| scenario.id.clone())
        .collect();
    let real = shared.setting.target.real.as_ref();
    let mut given_up = Vec::new();
    waiting.retain(|scenario| {
        let source = shared.source(scenario);
        let missing = source.filter(|source| {
            !checkpoints.contains_key(&source.id) && !to_come.contains(&source.id)
        });
        let hindrance = real.and_then(|real| real.hindrance(scenario));
        let assumed = real.is_some_and(|real| real.assumes(scenario));
        let end = match (hindrance, missing) {
            _ if assumed => ScenarioEnd::Assumed,
            _ if stopped => ScenarioEnd::NotRun,
            (Some((step, why)), _) => ScenarioEnd::NotPossible {
                step: Some(step),
                why,
            },
            (None, Some(source)) => {
                let tried = ended
                    .get(&source.id)
                    .is_some_and(|source| !matches!(source.end, ScenarioEnd::NotPossible { .. }));
                let checkpoint = scenario.file.starts_from.as_ref();
                ScenarioEnd::Blocked {
                    by: source.id.clone(),
                    checkpoint: checkpoint
                        .filter(|_| !tried)
                        .map(|name| name.get_ref().clone()),
                    hindrance: hindrance_before(shared, source, checkpoints).map(Box::new),
                }
            }
            (None, None) => return true,
        };
        given_up.push(shared.result(scenario, 1, end));
        false
    });
    given_up
}

/// What keeps a scenario from running that others start from: its own hindrance, or that of one before it.
fn hindrance_before(
    shared: &Shared,
    source: &Scenario,
    checkpoints: &Checkpoints,
) -> Option<Hindrance> {
    let real = shared.setting.target.real.as_ref()?;
    let all = std::iter::successors(Some(source), |scenario| shared.source(scenario));
    let mut unreached = all.take_while(|scenario| !checkpoints.contains_key(&scenario.id));
    unreached.find_map(|scenario| {
        let (_, why) = real.hindrance(scenario)?;
        let scenario = scenario.id.clone();
        Some(Hindrance { scenario, why })
    })
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
    let work = shared.setting.works.join(&name);
    let mut results: Vec<StepResult> = Vec::new();
    let tell = |results: &mut Vec<StepResult>, result: StepResult| {
        shared.sink.event(Event::Step(Box::new(result.clone())));
        results.push(result);
    };
    let mut checkpoint = None;
    let mut lost = from.as_ref().and_then(|left| left.lost.clone());
    let inherited = lost.clone();
    match open(shared, scenario, &name, &work, from).await {
        Ok(mut runner) => {
            let resumed = shared.resumed();
            let finished = resumed.map(|resumed| resumed.finished(&scenario.id));
            let finished = finished.unwrap_or_default();
            for (index, step) in scenario.file.steps.iter().enumerate() {
                let stopped = results.iter().any(|result| !result.outcome.is_good());
                let result = match finished.get(index) {
                    Some(earlier) => {
                        let taken = runner.take_over(step, earlier);
                        lost = lost.or(taken.err());
                        (*earlier).clone()
                    }
                    None if shared.setting.dry_run => runner.dry(index, step),
                    None => {
                        let skip = stopped && !step.always;
                        if let Some(why) = lost.take() {
                            runner.given_up(index, step, why)
                        } else {
                            watched(shared, &mut runner, index, step, skip).await
                        }
                    }
                };
                tell(&mut results, result);
            }
            for result in runner.at_the_end(&results).await {
                tell(&mut results, result);
            }
            if let Some(checkpoint_name) = &scenario.file.establishes
                && end_of(&results).is_good()
            {
                match world::checkpoint(shared, &name, checkpoint_name.get_ref()).await {
                    Ok(()) => {
                        checkpoint = Some(Left {
                            world: name.clone(),
                            work: work.is_dir().then(|| work.clone()),
                            exports: runner.exports(),
                            lost: inherited.or(lost.and_then(|_| resume::lost(scenario))),
                        });
                    }
                    Err(error) => {
                        let outcome = world::outcome(&error);
                        let result = step::outside(scenario, results.len(), outcome);
                        tell(&mut results, result);
                    }
                }
            }
        }
        Err(outcome) => {
            let result = step::outside(scenario, 0, outcome);
            tell(&mut results, result);
        }
    }
    let end = if shared.setting.dry_run {
        dry::end_of(&results)
    } else {
        end_of(&results)
    };
    let mut result = shared.result(scenario, results.len() + 1, end);
    result.milliseconds = u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX);
    if checkpoint.is_none() {
        if shared.setting.keep_worlds && !result.end.is_good() {
            result.world = Some(name);
            result.work = work.is_dir().then(|| work.display().to_string());
        } else {
            if shared.recorded().is_none() {
                system::end(&work);
            }
            world::delete(&shared.setting.target.control, &name).await;
        }
    }
    (result, checkpoint)
}

/// Does a step; where the system under test ends meanwhile, that is how the step ends.
async fn watched(
    shared: &Shared,
    runner: &mut step::Runner<'_>,
    index: usize,
    step: &Step,
    skip: bool,
) -> StepResult {
    let died = async {
        match &shared.served {
            Some(served) => served.died().await,
            None => std::future::pending().await,
        }
    };
    let mark = runner.mark();
    let done = tokio::select! {
        result = runner.step(index, step, skip) => Ok(result),
        why = died => Err(why),
    };
    let mut result = match done {
        Ok(result) if skip || result.outcome.is_good() => return result,
        Ok(result) => result,
        Err(why) => runner.broken(index, step, why),
    };
    if let Some(served) = &shared.served
        // One that ends closes its connections first: that is then why the step did not pass.
        && let Ok(why) = timeout(DYING, served.died()).await
    {
        result.outcome = Outcome::Broken { why };
    }
    runner.note(step, mark, &mut result).await;
    result
}

/// Opens a scenario's world, and makes its folder where the system under test has part in it.
async fn open<'a>(
    shared: &'a Shared,
    scenario: &'a Scenario,
    name: &str,
    work: &Path,
    from: Option<Left>,
) -> Result<step::Runner<'a>, Outcome> {
    let begun = from.is_some();
    let (from, before, inherited) = match from {
        Some(left) => (Some(left.world), left.work, left.exports),
        None => (None, None, crate::message::Values::new()),
    };
    let inherited = if shared.setting.dry_run && shared.setting.target.real.is_none() {
        dry::inherited(shared, scenario)
    } else {
        inherited
    };
    let world = world::open(shared, scenario, name, from.as_deref()).await;
    let world = world.map_err(|error| world::outcome(&error))?;
    if shared.setting.target.real.is_some() {
        shared.sink.event(Event::Begun(Begun {
            scenario: scenario.id.clone(),
            attempt: 1,
            sequence: 0,
            start: world.start.clone(),
        }));
    }
    if before.is_some() || scenario.uses_system() && !shared.setting.dry_run {
        system::begin(work, before.as_deref()).map_err(|error| {
            let (work, why) = (work.display(), Text::of_io(&error));
            step::unusable(Text::new(
                format!("{work}: {}", why.ja),
                format!("{work}: {}", why.en),
            ))
        })?;
    }
    let mut runner = step::Runner::new(shared, scenario, world, inherited, work.to_owned());
    if begun {
        runner.skip_heard().await?;
    }
    if scenario.uses_system() {
        runner.calls.before = unheard::before(&shared.setting.target.control).await;
    }
    Ok(runner)
}

pub(super) fn end_of(steps: &[StepResult]) -> ScenarioEnd {
    steps
        .iter()
        .map(|step| match &step.outcome {
            Outcome::Passed | Outcome::Skipped | Outcome::NotPossible { .. } => ScenarioEnd::Passed,
            Outcome::NewSnapshot => ScenarioEnd::New,
            Outcome::Failed { .. } => ScenarioEnd::Failed,
            Outcome::Broken { .. } => ScenarioEnd::Broken,
            Outcome::Unusable { .. } => ScenarioEnd::Unusable,
            Outcome::NotKept { .. } => ScenarioEnd::Internal,
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
