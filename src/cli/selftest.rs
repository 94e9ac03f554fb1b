//! `selftest`: measures the suite itself. With one rule off, or with answers spoilt in one way, some scenario must fail.

use std::{io::Write, sync::Arc};

use serde_json::Value;

use crate::{
    cli::{Done, Stopped, mock, suite},
    control::Control,
    event::{ScenarioEnd, ScenarioResult},
    plan::Suite,
    project::Project,
    report::columns,
    run::{self, Setting, Snapshots},
    scenario::Scenario,
    text::{Lang, Text},
    verdict::Exit,
};

/// Runs the selftest and shows a table; any survivor fails it.
pub(super) async fn selftest(out: &mut dyn Write, lang: Lang) -> Done {
    let project = Arc::new(suite::project()?);
    let loaded = Arc::new(suite::load(&project, out, lang)?);
    let temporary = tempfile::tempdir()?;
    let mock = mock::embedded(&temporary.path().join("pki")).await?;
    let base = Setting {
        control: Control::new(mock.control_url()),
        pki: mock.pki().to_owned(),
        seed: 1,
        jobs: 2,
        snapshots: Snapshots::Check,
        rules_off: Vec::new(),
        misbehaviour: None,
        nonce: "base".to_owned(),
    };
    let trial = |setting: Setting, chosen: Vec<Scenario>| {
        one(Arc::clone(&loaded), Arc::clone(&project), chosen, setting)
    };
    let baseline = trial(base.clone(), loaded.scenarios.clone()).await;
    let red = baseline
        .iter()
        .filter(|result| result.end != ScenarioEnd::Passed)
        .count();
    if red > 0 {
        return Err(Stopped {
            exit: Exit::Failed,
            text: Text::new(
                format!(
                    "通常の状態で合格しないシナリオが{red}件あります。先に renkei run を合格させてください。"
                ),
                format!("{red} scenarios do not pass as it is; make renkei run pass first"),
            ),
        });
    }
    let texts = base.control.get("/texts").await.map_err(|error| Stopped {
        exit: Exit::Transport,
        text: Text::new(error.to_string(), error.to_string()),
    })?;
    if names(&texts, "rules", "id").is_empty() || names(&texts, "misbehaviours", "name").is_empty()
    {
        let text = Text::new(
            "規則又は異常の一覧を取得できません。自己診断は成立しません。",
            "there is no list of rules or of misbehaviours, so the selftest would prove nothing",
        );
        return Err(Stopped {
            exit: Exit::Internal,
            text,
        });
    }
    let mut rows = vec![
        [
            Text::new("無効にした規則・異常", "rule off, or misbehaviour"),
            Text::new("結果", "outcome"),
            Text::new("検知/実施", "noticed/tried"),
            Text::new("検知したシナリオ", "noticed by"),
        ]
        .map(|head| head.get(lang).to_owned())
        .to_vec(),
    ];
    let mut survivors = 0;
    for rule in names(&texts, "rules", "id") {
        let guards: Vec<Scenario> = loaded
            .scenarios
            .iter()
            .filter(|scenario| {
                scenario
                    .file
                    .guards
                    .iter()
                    .any(|guard| *guard.get_ref() == rule)
            })
            .cloned()
            .collect();
        let setting = Setting {
            rules_off: vec![rule.clone()],
            nonce: format!("off-{}", rule.to_lowercase()),
            ..base.clone()
        };
        let results = if guards.is_empty() {
            Vec::new()
        } else {
            trial(setting, guards.clone()).await
        };
        // Every scenario that claims to guard the rule must notice, by an expectation or a snapshot.
        let noticed = |scenario: &Scenario| {
            results
                .iter()
                .any(|result| result.scenario == scenario.id && result.end == ScenarioEnd::Failed)
        };
        let asleep = guards.iter().filter(|scenario| !noticed(scenario)).count();
        let survived = guards.is_empty() || asleep > 0;
        survivors += usize::from(survived);
        let by: Vec<String> = guards
            .iter()
            .filter(|scenario| noticed(scenario))
            .map(|scenario| scenario.id.clone())
            .collect();
        rows.push(row(&rule, survived, guards.len(), &by, lang));
    }
    let (establishers, others): (Vec<Scenario>, Vec<Scenario>) = loaded
        .scenarios
        .iter()
        .cloned()
        .partition(|scenario| scenario.file.establishes.is_some());
    for name in names(&texts, "misbehaviours", "name") {
        let transport = name == "close-before-answer";
        // Apart, so that what an establisher notices does not block all that start from it.
        let mut results = Vec::new();
        for (part, chosen) in [("a", &others), ("b", &establishers)] {
            let setting = Setting {
                misbehaviour: Some(name.clone()),
                nonce: format!("lie-{part}-{name}"),
                ..base.clone()
            };
            let chosen_ids: Vec<&String> = chosen.iter().map(|scenario| &scenario.id).collect();
            let all = trial(setting, chosen.clone()).await;
            results.extend(
                all.into_iter()
                    .filter(|result| chosen_ids.contains(&&result.scenario)),
            );
        }
        let blocked = results
            .iter()
            .filter(|result| matches!(result.end, ScenarioEnd::Blocked { .. }))
            .count();
        let tried = results.len() - blocked;
        let by: Vec<String> = results
            .into_iter()
            .filter(|result| {
                result.end == ScenarioEnd::Failed
                    || (transport && result.end == ScenarioEnd::Broken)
            })
            .map(|result| result.scenario)
            .collect();
        survivors += usize::from(by.is_empty());
        rows.push(row(&name, by.is_empty(), tried, &by, lang));
    }
    mock.stop().await;
    columns(out, &rows)?;
    let tried = rows.len() - 1;
    let text = Text::new(
        format!("{tried}件中、見逃し{survivors}件"),
        format!("{tried} tried, {survivors} survived"),
    );
    writeln!(out, "\n{}", text.get(lang))?;
    Ok(if survivors == 0 {
        Exit::Ok
    } else {
        Exit::Failed
    })
}

async fn one(
    suite: Arc<Suite>,
    project: Arc<Project>,
    chosen: Vec<Scenario>,
    setting: Setting,
) -> Vec<ScenarioResult> {
    run::run(suite, project, chosen, setting, &mut |_| {}).await
}

fn names(texts: &Value, list: &str, key: &str) -> Vec<String> {
    let entries = texts
        .get(list)
        .and_then(Value::as_array)
        .cloned()
        .unwrap_or_default();
    entries
        .iter()
        .filter_map(|entry| entry.get(key).and_then(Value::as_str).map(str::to_owned))
        .collect()
}

fn row(name: &str, survived: bool, tried: usize, by: &[String], lang: Lang) -> Vec<String> {
    let share = format!("{}/{tried}", by.len());
    let outcome = if survived {
        Text::new("見逃し", "SURVIVED")
    } else {
        Text::new("検知", "noticed")
    };
    let by = match by {
        [] => String::new(),
        [only] => only.clone(),
        [first, rest @ ..] => format!("{first} (+{})", rest.len()),
    };
    vec![name.to_owned(), outcome.get(lang).to_owned(), share, by]
}
