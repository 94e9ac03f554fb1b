//! `run`: the suite against the embedded mock, with journal, kept bodies and reports.

use std::{
    fs,
    io::Write,
    path::{Path, PathBuf},
    sync::Arc,
};

use clap::{Args, ValueEnum};

use crate::{
    cli::{Done, Stopped, mock, suite, variable},
    control::Control,
    event::{Event, StepResult},
    report,
    run::{self, Setting, Snapshots},
    text::{Lang, Text},
    verdict::{self, Exit},
};

#[derive(Debug, Args)]
pub(super) struct RunArguments {
    /// Only scenarios of this phase
    #[arg(long)]
    phase: Option<String>,
    /// Only scenarios whose id matches this regular expression
    #[arg(long, value_name = "RE")]
    filter: Option<regex::Regex>,
    /// How many scenarios run side by side; else one for each core
    #[arg(long)]
    jobs: Option<usize>,
    /// The seed of request ids
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// What becomes of new snapshots; else check where CI is set, new where not
    #[arg(long)]
    snapshots: Option<SnapshotsArgument>,
    /// A report to write: junit=FILE
    #[arg(long = "report", value_name = "KIND=FILE", value_parser = report_argument)]
    reports: Vec<PathBuf>,
    /// The folder of the run folders
    #[arg(long, default_value = "runs")]
    runs: PathBuf,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum SnapshotsArgument {
    Check,
    New,
    Accept,
}

fn report_argument(text: &str) -> Result<PathBuf, String> {
    match text.split_once('=') {
        Some(("junit", file)) if !file.is_empty() => Ok(PathBuf::from(file)),
        Some(_) | None => Err("junit=FILE".to_owned()),
    }
}

/// Runs the suite.
pub(super) async fn run(out: &mut dyn Write, arguments: RunArguments, lang: Lang) -> Done {
    let RunArguments {
        phase,
        filter,
        jobs,
        seed,
        snapshots,
        reports,
        runs,
    } = arguments;
    let project = suite::project()?;
    let loaded = suite::load(&project, out, lang)?;
    let chosen: Vec<_> = loaded
        .scenarios
        .iter()
        .filter(|scenario| {
            phase
                .as_ref()
                .is_none_or(|phase| phase == scenario.file.phase.get_ref())
        })
        .filter(|scenario| {
            filter
                .as_ref()
                .is_none_or(|filter| filter.is_match(&scenario.id))
        })
        .cloned()
        .collect();
    if chosen.is_empty() {
        return Err(Stopped {
            exit: Exit::Nothing,
            text: Exit::Nothing.text(),
        });
    }
    let snapshots = match snapshots {
        Some(SnapshotsArgument::Check) => Snapshots::Check,
        None if variable("CI").is_some() => Snapshots::Check,
        Some(SnapshotsArgument::Accept) => Snapshots::Accept,
        Some(SnapshotsArgument::New) | None => Snapshots::New,
    };
    let temporary = tempfile::tempdir()?;
    let mock = mock::embedded(&temporary.path().join("pki")).await?;
    let setting = Setting {
        control: Control::new(mock.control_url()),
        pki: mock.pki().to_owned(),
        seed,
        jobs: jobs.unwrap_or_else(|| std::thread::available_parallelism().map_or(1, usize::from)),
        snapshots,
        rules_off: Vec::new(),
        misbehaviour: None,
        nonce: "run".to_owned(),
    };
    let folder = run_folder(&runs)?;
    let mut journal = fs::File::create_new(folder.join("events.jsonl"))?;
    let mut kept: Vec<StepResult> = Vec::new();
    let mut trouble: Option<std::io::Error> = None;
    let mut emit = |event: Event| {
        let line = serde_json::to_string(&event).unwrap_or_default();
        let written = writeln!(journal, "{line}");
        if let Event::Step(step) = event {
            trouble = trouble.take().or(keep_bodies(&folder, &step).err());
            kept.push(step);
        }
        trouble = trouble.take().or(written.err());
    };
    let results = run::run(
        Arc::new(loaded),
        Arc::new(project),
        chosen,
        setting,
        &mut emit,
    )
    .await;
    mock.stop().await;
    if let Some(error) = trouble {
        return Err(error.into());
    }
    report::terminal(out, &results, &kept, lang)?;
    for file in reports {
        let text = report::junit(&results, &kept, lang).map_err(|error| Stopped {
            exit: Exit::Internal,
            text: Text::new(error.to_string(), error.to_string()),
        })?;
        fs::write(file, text)?;
    }
    writeln!(
        out,
        "{}: {}",
        Text::new("実施記録", "run folder").get(lang),
        folder.display()
    )?;
    Ok(verdict::exit(&results))
}

/// A new folder named after the time in Japan; a number is added where there is one already.
fn run_folder(runs: &Path) -> Result<PathBuf, Stopped> {
    fs::create_dir_all(runs)?;
    let now = jiff::tz::Offset::constant(9).to_datetime(jiff::Timestamp::now());
    let name = now.strftime("%Y-%m-%dT%H-%M-%S").to_string();
    for number in 1..1000 {
        let folder = runs.join(if number == 1 {
            name.clone()
        } else {
            format!("{name}-{number}")
        });
        match fs::create_dir(&folder) {
            Ok(()) => return Ok(folder),
            Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {}
            Err(error) => return Err(error.into()),
        }
    }
    Err(Stopped {
        exit: Exit::Internal,
        text: Text::new(
            "実施記録のフォルダーを作成できません。",
            "no run folder could be made",
        ),
    })
}

/// Keeps what was sent and what came, individual numbers masked.
fn keep_bodies(folder: &Path, step: &StepResult) -> std::io::Result<()> {
    let folder = folder.join(&step.scenario);
    fs::create_dir_all(&folder)?;
    for (kind, body) in [("request", &step.request), ("response", &step.response)] {
        if !body.is_empty() {
            fs::write(
                folder.join(format!("{:02}-{}.{kind}.xml", step.sequence, step.step)),
                body,
            )?;
        }
    }
    Ok(())
}
