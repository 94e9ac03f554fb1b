//! `run`: the suite against the embedded mock or a target, with run folder and reports; and `report`, which makes the
//! reports of a run again from its folder.

use std::{
    fs,
    io::{IsTerminal as _, Write},
    path::{Path, PathBuf},
    sync::Arc,
};

use clap::{Args, ValueEnum};

use crate::{
    cli::{
        Done, Stopped,
        journal::{JOURNAL, Journal},
        mock, orphans, resume, select, suite, target, temporary, variable,
    },
    japan,
    project::Project,
    report::{self, Progress, Record},
    run::{self, Checkpoints, Setting, Sink, Snapshots, Spoilt},
    scenario::step::nth,
    snapshot,
    text::{Lang, Text},
    verdict::Exit,
};

#[derive(Debug, Args)]
pub(super) struct RunArguments {
    #[command(flatten)]
    select: select::SelectArguments,
    /// A profile to use in the place of the suite's own
    #[arg(long, value_name = "FILE")]
    profile: Option<PathBuf>,
    /// How many scenarios run side by side; else one for each core
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..))]
    jobs: Option<u16>,
    /// Begin no scenario after one that did not pass
    #[arg(long)]
    fail_fast: bool,
    /// The seed of request ids; else 1, and one of its own for each run against a network without control
    #[arg(long)]
    seed: Option<u64>,
    /// What becomes of new snapshots; else check where CI is set, new where not
    #[arg(long)]
    snapshots: Option<SnapshotsArgument>,
    /// A report to write: junit=FILE, json=FILE, github=FILE, or github for annotations among what is shown
    #[arg(long = "report", value_name = "KIND=FILE", value_parser = report_argument)]
    reports: Vec<ReportArgument>,
    /// The folder of the run folders; else runs beside scenarios/
    #[arg(long, value_name = "FOLDER")]
    runs: Option<PathBuf>,
    /// Run against [target.NAME] of the profile: a mock that runs elsewhere, or a real test environment
    #[arg(long, value_name = "NAME")]
    target: Option<String>,
    /// Take this checkpoint for reached by other means; only where the network has no control
    #[arg(long = "assume", value_name = "CHECKPOINT")]
    assumed: Vec<String>,
    /// Go on with a run that was stopped, by its folder or the name of that; only where the network has no control
    #[arg(long, value_name = "RUN", conflicts_with_all = ["dry_run", "seed"])]
    resume: Option<PathBuf>,
    /// Render everything into the run folder and send nothing
    #[arg(long)]
    dry_run: bool,
    /// Leave the worlds of scenarios that did not pass; of use with a mock that runs elsewhere
    #[arg(long)]
    keep_worlds: bool,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum SnapshotsArgument {
    Check,
    New,
    Accept,
}

/// A report to write.
#[derive(Clone, Debug)]
pub(super) enum ReportArgument {
    Junit(PathBuf),
    Json(PathBuf),
    /// Annotations; among what is shown where there is no file.
    Github(Option<PathBuf>),
}

impl ReportArgument {
    fn file(&self) -> Option<&Path> {
        match self {
            Self::Junit(file) | Self::Json(file) | Self::Github(Some(file)) => Some(file),
            Self::Github(None) => None,
        }
    }
}

pub(super) fn report_argument(text: &str) -> Result<ReportArgument, String> {
    let wrong = || Err("junit=FILE, json=FILE, github=FILE, github".to_owned());
    match text.split_once('=') {
        None if text == "github" => Ok(ReportArgument::Github(None)),
        None | Some((_, "")) => wrong(),
        Some(("junit", file)) => Ok(ReportArgument::Junit(file.into())),
        Some(("json", file)) => Ok(ReportArgument::Json(file.into())),
        Some(("github", file)) => Ok(ReportArgument::Github(Some(file.into()))),
        Some(_) => wrong(),
    }
}

/// Runs the suite.
pub(super) async fn run(out: &mut dyn Write, arguments: RunArguments, lang: Lang) -> Done {
    let RunArguments {
        select,
        profile,
        jobs,
        fail_fast,
        seed,
        snapshots,
        reports,
        runs,
        target,
        assumed,
        resume,
        dry_run,
        keep_worlds,
    } = arguments;
    let mut profile = profile.map(std::path::absolute).transpose()?;
    let mut project = suite::project_with(profile.as_deref())?;
    let elsewhere = runs.is_some();
    let runs = runs.unwrap_or_else(|| suite::beside("runs", project.root.as_deref()));
    let old = resume
        .map(|resume| resume::old(&resume, &runs))
        .transpose()?;
    if let (Some(old), None) = (&old, &profile)
        && let Some((path, with)) = old.with_profile()?
    {
        (profile, project) = (Some(path), with);
    }
    let mut loaded = suite::load(&project, out, lang)?;
    let target = match (&old, target) {
        (Some(old), Some(target)) if target != old.target => {
            return Err(other_target(&old.target, &target));
        }
        (Some(old), _) => Some(old.target.clone()),
        (None, target) => target,
    };
    let chosen = match &old {
        Some(_) if !select.is_everything() => return Err(chosen_twice()),
        Some(old) => old.scenarios(&loaded, &project, profile.as_deref())?,
        None => select::chosen(&select, &loaded, &project)?,
    };
    let whole = select.is_everything() && old.is_none();
    let ci = in_ci(variable("CI").as_deref());
    let snapshots = match snapshots {
        Some(SnapshotsArgument::Check) => Snapshots::Check,
        None if ci => Snapshots::Check,
        Some(SnapshotsArgument::Accept) => Snapshots::Accept,
        Some(SnapshotsArgument::New) | None => Snapshots::New,
    };
    // From here on an end that somebody asks for is one with a record, and leaves nothing behind.
    let ended = mock::stop_signal()?;
    let asked = target::Asked {
        assumed: match &old {
            Some(old) => old.assumed().iter().chain(&assumed).cloned().collect(),
            None => assumed,
        },
        dry_run,
        profile,
        files: resume::files(&project, &chosen),
    };
    let mut opened = target::open(target.as_deref(), &asked, &loaded, &project, &chosen).await?;
    let seed = seed.or(old.as_ref().map(|old| old.seed));
    let seed = match (seed, &mut opened.target.real) {
        (Some(seed), _) => seed,
        (None, Some(_)) => target::nonce()?,
        (None, None) => 1,
    };
    target::apply(target.as_deref(), &mut loaded, &mut project)?;
    let works = temporary()?;
    // What stopped before this leaves neither an empty report nor an empty run folder.
    ready(&reports)?;
    let folder = run_folder(&runs)?;
    if let (Some(old), Some(real)) = (old, &mut opened.target.real) {
        real.resumed = Some(old.into_resumed(&folder)?);
    }
    let named = suite::named(&project);
    let mut warnings = std::mem::take(&mut opened.warnings);
    if project.root.is_none() && ci {
        // Green here says nothing of the suite that was meant.
        warnings.push(named.clone());
    }
    let setting = Setting {
        target: opened.target.clone(),
        seed,
        dry_run,
        warnings,
        jobs: jobs.map_or_else(cores, usize::from),
        snapshots,
        fail_fast,
        keep_worlds,
        limits: opened.limits,
        spoilt: Spoilt::default(),
        nonce: opened.nonce.clone(),
        works: works.path().to_owned(),
        under_way: run::UnderWay::default(),
    };
    let root = project.root.clone();
    let progress = Progress::new(std::io::stderr().is_terminal(), lang);
    let journal = Arc::new(Journal::begin(folder, progress)?);
    let sink: Arc<dyn Sink> = Arc::clone(&journal) as Arc<dyn Sink>;
    let loaded = Arc::new(loaded);
    let project = Arc::new(project);
    let before = Checkpoints::new();
    let run = run::run(&loaded, &project, &chosen, &setting, &before, &sink);
    let ran = tokio::select! {
        ran = run => Some(ran),
        () = ended => None,
        () = journal.broken() => None,
    };
    match ran {
        Some(ran) => run::forget(&setting, &ran.checkpoints).await,
        None if setting.target.name.is_some() => run::abandon(&setting, &loaded).await,
        // The bundled mock ends with all its worlds.
        None => {}
    }
    opened.close().await;
    let real = setting.target.real.is_some() && !dry_run;
    let next = resume::next(journal.folder(), elsewhere.then_some(runs.as_path()));
    let record = journal.end().map_err(|mut stopped| {
        if real {
            let Text { ja, en } = &mut stopped.text;
            *ja = format!("{ja}\n{}", next.ja);
            *en = format!("{en}\n{}", next.en);
        }
        stopped
    })?;
    if record.results.iter().any(|result| result.work.is_some()) {
        // Somebody asked to keep it, and looks at it by the path that the result tells.
        let _ = works.keep();
    }
    if let (Some(file), Some(root)) = (variable(REFERENCES), root) {
        let own = setting.target.snapshots.as_deref();
        append_references(Path::new(&file), &root, own, &record)?;
    }
    if dry_run {
        report::dry_run(out, &record, lang)?;
    }
    show(out, &record, &reports, lang)?;
    if whole && let Ok(orphans) = orphans::orphans(&project, &loaded) {
        orphans::tell(out, &orphans, lang)?;
    }
    writeln!(out, "{}", named.get(lang))?;
    writeln!(
        out,
        "{}: {}",
        Text::new("実施記録", "run folder").get(lang),
        journal.folder().display()
    )?;
    if record.can_go_on() {
        writeln!(out, "{}", next.get(lang))?;
    }
    Ok(record.exit())
}

fn other_target(old: &str, new: &str) -> Stopped {
    Stopped {
        exit: Exit::Usage,
        text: Text::new(
            format!("再開する実施の接続先は「{old}」です。「{new}」では再開できません。"),
            format!("that run went against '{old}' and cannot be resumed against '{new}'"),
        ),
    }
}

fn chosen_twice() -> Stopped {
    Stopped {
        exit: Exit::Usage,
        text: Text::new(
            "--resume では、前の実施の対象をそのまま引き継ぎます。シナリオ・段階・タグは指定できません。",
            "--resume takes the scenarios of the run that it goes on with; no others can be chosen",
        ),
    }
}

/// Where `cargo insta test --unreferenced` reads which snapshots are in use; it deletes the others.
const REFERENCES: &str = "INSTA_SNAPSHOT_REFERENCES_FILE";

fn append_references(
    file: &Path,
    root: &Path,
    own: Option<&str>,
    record: &Record,
) -> std::io::Result<()> {
    let mut out = fs::OpenOptions::new()
        .append(true)
        .create(true)
        .open(file)?;
    for step in &record.steps {
        let names = (1..=step.calls.len().max(1)).map(|number| nth(&step.step, "-", number));
        let folders = [Some(snapshot::COMMON), own].into_iter().flatten();
        for (name, folder) in
            names.flat_map(|name| folders.clone().map(move |folder| (name.clone(), folder)))
        {
            let path = root.join(snapshot::path_in(folder, &step.scenario, &name));
            if path.is_file() {
                writeln!(out, "{}", path.display())?;
            }
        }
    }
    Ok(())
}

/// Whether a value of CI says that this is one.
fn in_ci(value: Option<&str>) -> bool {
    value.is_some_and(|value| value != "0" && !value.eq_ignore_ascii_case("false"))
}

/// Makes the reports of a run again.
pub(super) fn report(
    out: &mut dyn Write,
    folder: &Path,
    reports: &[ReportArgument],
    lang: Lang,
) -> Done {
    let unreadable = |error: std::io::Error| Stopped::file(&folder.join(JOURNAL), &error);
    let journal = fs::read_to_string(folder.join(JOURNAL)).map_err(unreadable)?;
    let record = report::read(&journal).map_err(unreadable)?;
    show(out, &record, reports, lang)?;
    if record.can_go_on() {
        writeln!(out, "{}", resume::next(folder, None).get(lang))?;
    }
    if record.is_recording() && !record.relayed.is_empty() {
        let folder = folder.display();
        let text = Text::new(
            format!(
                "シナリオを作成する場合（記録が中断したときなど）: renkei record --from {folder}"
            ),
            format!(
                "to make a scenario of it, where that was cut off or another is needed: renkei record --from {folder}"
            ),
        );
        writeln!(out, "{}", text.get(lang))?;
    }
    Ok(record.exit())
}

fn show(
    out: &mut dyn Write,
    record: &Record,
    reports: &[ReportArgument],
    lang: Lang,
) -> Result<(), Stopped> {
    let text = |wanted: &ReportArgument| match wanted {
        ReportArgument::Json(_) => Ok(report::json(record)),
        ReportArgument::Junit(_) => report::junit(record, lang).map_err(|error| Stopped {
            exit: Exit::Internal,
            text: Text::new(
                format!("JUnitの報告を作成できません（{error}）。"),
                format!("the JUnit report could not be made: {error}"),
            ),
        }),
        ReportArgument::Github(_) => Ok(report::github(record, lang, &in_repository())),
    };
    // The files first: they are there even where nothing can be shown.
    for wanted in reports {
        if let Some(file) = wanted.file() {
            write_report(file, &crate::sentinel::mask(&text(wanted)?))
                .map_err(|error| Stopped::unwritten(file, &error))?;
        }
    }
    report::terminal(out, record, lang)?;
    for wanted in reports.iter().filter(|wanted| wanted.file().is_none()) {
        write!(out, "{}", text(wanted)?)?;
    }
    Ok(())
}

/// Writes a report whole or not at all, where it goes to a file; where links lead elsewhere, there.
fn write_report(file: &Path, text: &str) -> std::io::Result<()> {
    match fs::canonicalize(file) {
        Ok(file) if file.is_file() => snapshot::store(&file, text),
        // A device or a pipe, or nothing yet.
        Ok(_) | Err(_) => fs::write(file, text),
    }
}

/// The way from the root of the repository to the suite, with a slash at its end where there is one: annotations name files
/// by it.
fn in_repository() -> String {
    let folder = std::env::current_dir().unwrap_or_default();
    let root = variable("GITHUB_WORKSPACE").map_or_else(|| folder.clone(), PathBuf::from);
    let suite = Project::root_above(&folder);
    let way = suite.and_then(|suite| suite.strip_prefix(&root).ok());
    let way = way.map(|way| way.to_string_lossy().replace('\\', "/"));
    match way {
        Some(way) if !way.is_empty() => format!("{way}/"),
        Some(_) | None => String::new(),
    }
}

/// Whether the reports can be written, before anything is sent.
fn ready(reports: &[ReportArgument]) -> Result<(), Stopped> {
    for file in reports.iter().filter_map(ReportArgument::file) {
        let made = match file.parent() {
            Some(folder) => fs::create_dir_all(folder),
            None => Ok(()),
        };
        // What is there from an earlier run stays until this one has ended.
        made.and_then(|()| fs::OpenOptions::new().append(true).create(true).open(file))
            .map_err(|error| Stopped::unwritten(file, &error))?;
    }
    Ok(())
}

pub(super) fn cores() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from)
}

/// A new folder named after the time in Japan; a number is added where there is one already.
pub(super) fn run_folder(runs: &Path) -> Result<PathBuf, Stopped> {
    fs::create_dir_all(runs).map_err(|error| Stopped::unwritten(runs, &error))?;
    let now = japan::local(jiff::Timestamp::now());
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
            Err(error) => return Err(Stopped::unwritten(&folder, &error)),
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ci_may_be_switched_off_by_its_value() {
        assert!(in_ci(Some("true")) && in_ci(Some("1")));
        assert!(
            !in_ci(None) && !in_ci(Some("false")) && !in_ci(Some("FALSE")) && !in_ci(Some("0"))
        );
    }
}
