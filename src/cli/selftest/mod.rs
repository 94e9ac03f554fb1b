//! `selftest`: measures the suite itself. With one rule off, or with answers spoilt in one way, some scenario must fail.
//!
//! Establishers run once; each trial forks from what they left, so that a trial costs its own scenarios alone.

mod trial;

use std::{
    collections::BTreeSet,
    io::Write,
    pin::{Pin, pin},
    sync::Arc,
};

use crate::{
    cli::{Done, Stopped, hint, mock, run::cores, suite, temporary},
    event::ScenarioEnd,
    report::columns,
    run::{self, Checkpoints, Nowhere, Setting, Sink, Target},
    text::{Lang, Text, counted},
    verdict::Exit,
};
use clap::Args;
use serde_json::Value;
use tokio::{sync::Semaphore, task::JoinSet};
use trial::{Bench, Found, Trial};

#[derive(Debug, Args)]
pub(super) struct SelftestArguments {
    /// Try every scenario against each misbehaviour, not only until one notices
    #[arg(long)]
    full: bool,
    /// Only this rule; may be given more than once
    #[arg(long = "rule", value_name = "RULE")]
    rules: Vec<String>,
    /// Only this misbehaviour, or fault of a listener; may be given more than once
    #[arg(long = "misbehaviour", value_name = "NAME")]
    misbehaviours: Vec<String>,
}

/// The certificates of a listener that a client must refuse.
const CERTIFICATES: [(&str, &str); 3] = [
    ("other-name", "listener: certificate of another name"),
    ("expired", "listener: expired certificate"),
    ("other-ca", "listener: certificate of another CA"),
];

/// Runs the selftest and shows a table; any survivor fails it.
pub(super) async fn selftest(
    out: &mut dyn Write,
    arguments: &SelftestArguments,
    lang: Lang,
) -> Done {
    let project = Arc::new(suite::project()?);
    let loaded = Arc::new(suite::load(&project, out, lang)?);
    let system = loaded.profile.system.as_ref();
    if system.is_some_and(|system| !system.command.is_empty()) {
        return Err(Stopped {
            exit: Exit::Usage,
            text: Text::new(
                "[system] の command があるシナリオは、自己診断の対象外です（システムは一つの接続先しか使用できません）。",
                "a suite whose [system] has a command cannot be put to the selftest: the system has one place for the network",
            ),
        });
    }
    let temporary = temporary()?;
    let mock = mock::embedded(&temporary.path().join("pki")).await?;
    let setting = Setting {
        jobs: cores(),
        nonce: "base".to_owned(),
        works: temporary.path().join("works"),
        ..Setting::of(Target::of_mock(mock.control_url(), mock.pki().to_owned()))
    };
    let texts = setting.target.control.get("/texts").await;
    let texts = texts.map_err(|error| Stopped {
        exit: Exit::Transport,
        text: error.text(),
    })?;
    let trials = chosen(trials(&texts)?, arguments)?;
    let sink: Arc<dyn Sink> = Arc::new(Nowhere);
    let mut ended = pin!(mock::stop_signal()?);
    let before = Checkpoints::new();
    let base = run::run(
        &loaded,
        &project,
        &loaded.scenarios,
        &setting,
        &before,
        &sink,
    );
    let base = tokio::select! {
        base = base => base,
        () = &mut ended => return interrupted(out, 0, trials.len(), lang),
    };
    let red: Vec<&str> = base
        .results
        .iter()
        .filter(|result| result.end != ScenarioEnd::Passed)
        .map(|result| result.scenario.as_str())
        .collect();
    if let [first, ..] = red.as_slice() {
        let count = red.len();
        return Err(Stopped {
            exit: Exit::Failed,
            text: Text::new(
                format!(
                    "通常の状態で合格しないシナリオが{count}件あります（{first} など）。先に renkei run を合格させてください。"
                ),
                format!(
                    "{} not passed as it is, such as {first}; make renkei run pass first",
                    counted(count, "scenario")
                ),
            ),
        });
    }
    let bench = Arc::new(Bench {
        suite: Arc::clone(&loaded),
        project,
        setting,
        checkpoints: base.checkpoints,
        full: arguments.full,
    });
    let tried = trials.len();
    let text = Text::new(
        format!("{tried}件を実施します。Ctrl-Cで中断しても、それまでの結果を表示します。"),
        format!("{tried} to try; Ctrl-C ends it with the table so far"),
    );
    // Where not even this can be written, the exit code still tells.
    let _ = writeln!(std::io::stderr(), "{}", text.get(lang));
    let found = all(&bench, trials, ended).await;
    mock.stop().await;
    let survivors = found.iter().filter(|found| found.survived()).count();
    columns(out, &table(&found, lang))?;
    if found.len() < tried {
        return interrupted(out, found.len(), tried, lang);
    }
    let text = Text::new(
        format!("{}件中、見逃し{survivors}件", found.len()),
        format!("{} tried, {survivors} survived", found.len()),
    );
    writeln!(out, "\n{}", text.get(lang))?;
    Ok(if survivors == 0 {
        Exit::Ok
    } else {
        Exit::Failed
    })
}

/// Says how far it got. What survived until then shows in the table.
fn interrupted(out: &mut dyn Write, done: usize, of: usize, lang: Lang) -> Done {
    let exit = Exit::Interrupted;
    let text = Text::new(
        format!("中断により、{of}件中{done}件までの結果です。自己診断は成立していません"),
        format!("ended early: {done} of {of} tried; this proves nothing of the others"),
    );
    writeln!(out, "\n{}", exit.after(&text).get(lang))?;
    Ok(exit)
}

/// All trials that the mock offers.
fn trials(texts: &Value) -> Result<Vec<Trial>, Stopped> {
    let list = |name: &str, key: &str| -> Vec<(String, String)> {
        let entries = texts.get(name).and_then(Value::as_array);
        let text = |entry: &Value, key: &str| entry.get(key)?.as_str().map(str::to_owned);
        entries
            .into_iter()
            .flatten()
            .filter_map(|entry| Some((text(entry, key)?, text(entry, "kind").unwrap_or_default())))
            .collect()
    };
    let rules = list("rules", "id");
    let misbehaviours = list("misbehaviours", "name");
    if rules.is_empty() || misbehaviours.is_empty() {
        return Err(Stopped {
            exit: Exit::Internal,
            text: Text::new(
                "規則又は異常の一覧を取得できません。自己診断は成立しません。",
                "there is no list of rules or of misbehaviours, so the selftest would prove nothing",
            ),
        });
    }
    let listener = list("listenerFaults", "name")
        .into_iter()
        .filter(|(name, _)| name != "none");
    let mut trials: Vec<Trial> = Vec::new();
    trials.extend(rules.into_iter().map(|(id, _)| Trial::Rule(id)));
    trials.extend(misbehaviours.into_iter().map(|(name, kind)| {
        let transport = kind == "transport" || name == "close-before-answer";
        Trial::Misbehaviour { name, transport }
    }));
    let mut offered = false;
    for (fault, _) in listener {
        offered = true;
        trials.push(Trial::Listener {
            name: format!("listener: {fault}"),
            certificate: "good".to_owned(),
            fault,
        });
    }
    if offered {
        trials.extend(CERTIFICATES.map(|(certificate, name)| Trial::Listener {
            name: name.to_owned(),
            certificate: certificate.to_owned(),
            fault: "none".to_owned(),
        }));
    }
    Ok(trials)
}

/// Those that the arguments name; all where they name none.
fn chosen(trials: Vec<Trial>, arguments: &SelftestArguments) -> Result<Vec<Trial>, Stopped> {
    let wanted: BTreeSet<&String> = arguments
        .rules
        .iter()
        .chain(&arguments.misbehaviours)
        .collect();
    for name in &wanted {
        if !trials.iter().any(|trial| trial.is_called(name)) {
            let (ja, en) = hint(name, trials.iter().map(Trial::name));
            return Err(Stopped {
                exit: Exit::Usage,
                text: Text::new(
                    format!("「{name}」という規則・異常はありません。{ja}"),
                    format!("there is no rule or misbehaviour '{name}'{en}"),
                ),
            });
        }
    }
    Ok(trials
        .into_iter()
        .filter(|trial| wanted.is_empty() || wanted.iter().any(|name| trial.is_called(name)))
        .collect())
}

/// Does all trials, some side by side, and gives what was found in their order; only what was found so far, where it
/// is ended before.
async fn all(
    bench: &Arc<Bench>,
    trials: Vec<Trial>,
    mut ended: Pin<&mut impl Future<Output = ()>>,
) -> Vec<Found> {
    let gate = Arc::new(Semaphore::new(cores()));
    let mut tasks = JoinSet::new();
    for (at, trial) in trials.iter().cloned().enumerate() {
        let (bench, gate) = (Arc::clone(bench), Arc::clone(&gate));
        tasks.spawn(async move {
            let _permit = gate.acquire().await;
            (at, bench.attempt(at, trial).await)
        });
    }
    let mut found: Vec<Option<Found>> = trials.iter().map(|_| None).collect();
    loop {
        let done = tokio::select! {
            done = tasks.join_next() => done,
            // Dropped, the tasks end.
            () = &mut ended => return found.into_iter().flatten().collect(),
        };
        let Some(done) = done else { break };
        if let Ok((at, one)) = done
            && let Some(place) = found.get_mut(at)
        {
            *place = Some(one);
        }
    }
    // A trial that broke has noticed nothing.
    found
        .into_iter()
        .zip(trials)
        .map(|(found, trial)| found.unwrap_or_else(|| Found::nothing(trial)))
        .collect()
}

fn table(found: &[Found], lang: Lang) -> Vec<Vec<String>> {
    let heads = [
        Text::new("無効にした規則・異常", "rule off, or misbehaviour"),
        Text::new("結果", "outcome"),
        Text::new("検知/実施", "noticed/tried"),
        Text::new("シナリオ", "scenario"),
    ];
    let mut rows = vec![heads.map(|head| head.get(lang).to_owned()).to_vec()];
    for one in found {
        let outcome = if one.survived() {
            Text::new("見逃し", "SURVIVED")
        } else {
            Text::new("検知", "noticed")
        };
        let named = if one.survived() {
            &one.asleep
        } else {
            &one.noticed
        };
        let named = match named.as_slice() {
            [] => Text::new("対象のシナリオなし", "no scenario")
                .get(lang)
                .to_owned(),
            [only] => only.clone(),
            [first, rest @ ..] => {
                let more = rest.len();
                let text = Text::new(
                    format!("{first} ほか{more}件"),
                    format!("{first} (+{more})"),
                );
                text.get(lang).to_owned()
            }
        };
        rows.push(vec![
            one.trial.name().to_owned(),
            outcome.get(lang).to_owned(),
            format!("{}/{}", one.noticed.len(), one.tried),
            named,
        ]);
    }
    rows
}
