//! `run --resume`: what a run that was stopped had done, from its folder, and whether it can be gone on with.

use std::{
    collections::BTreeMap,
    fs::{self, File, TryLockError},
    io::{self, Read as _},
    path::{Path, PathBuf},
};

use sha2::{Digest as _, Sha256};

use crate::{
    cli::{Stopped, journal::JOURNAL, target::usage},
    event::RealStart,
    plan::{PEOPLE, Suite},
    profile,
    project::Project,
    report::{self, Record},
    run::Resumed,
    scenario::Scenario,
    text::hex,
};

/// A run that was stopped.
#[derive(Debug)]
pub(super) struct Old {
    folder: PathBuf,
    record: Record,
    real: RealStart,
    /// The target that it ran against.
    pub(super) target: String,
    /// Its nonce.
    pub(super) seed: u64,
}

/// Reads the folder of a run, given by its path or by its name among the other runs.
pub(super) fn old(run: &Path, runs: &Path) -> Result<Old, Stopped> {
    let folder = [run.to_owned(), runs.join(run)]
        .into_iter()
        .find(|folder| folder.join(JOURNAL).is_file())
        .ok_or_else(|| {
            usage(
                format!(
                    "{} は実施記録のフォルダーではありません（{JOURNAL} がありません）。{} の中の名前か、パスを指定してください。",
                    run.display(),
                    runs.display()
                ),
                format!(
                    "{} is no run folder: there is no {JOURNAL}; name one below {}, or give its path",
                    run.display(),
                    runs.display()
                ),
            )
        })?;
    let unreadable = |error: io::Error| Stopped::file(&folder.join(JOURNAL), &error);
    let shown = folder.display().to_string();
    let mut file = File::open(folder.join(JOURNAL)).map_err(unreadable)?;
    if matches!(file.try_lock_shared(), Err(TryLockError::WouldBlock)) {
        return Err(usage(
            format!("{shown} は実施中のため、再開できません。終了を待つか、中断してください。"),
            format!(
                "{shown} is still under way and cannot be resumed; wait until it has ended, or stop it"
            ),
        ));
    }
    let mut journal = String::new();
    file.read_to_string(&mut journal).map_err(unreadable)?;
    let record = report::read(&journal).map_err(unreadable)?;
    let start = record.start.clone();
    let found = start.and_then(|start| Some((start.target?, start.real?, start.seed)));
    let Some((target, real, seed)) = found else {
        return Err(usage(
            format!(
                "{shown} は再開できません。再開できるのは、制御APIのない接続先での実施だけです（模擬ネットワークでは、はじめから実施してください）。"
            ),
            format!(
                "{shown} cannot be resumed: only runs against a target without control can; against a mock, run again from the beginning"
            ),
        ));
    };
    if real.dry_run {
        return Err(usage(
            format!("{shown} は何も送信していない実施（--dry-run）のため、再開できません。"),
            format!(
                "{shown} is a dry run, in which nothing was sent; there is nothing to go on with"
            ),
        ));
    }
    Ok(Old {
        folder,
        record,
        real,
        target,
        seed,
    })
}

impl Old {
    /// The checkpoints that were taken for reached.
    pub(super) fn assumed(&self) -> &[String] {
        &self.real.assumed
    }

    /// The scenarios that it had announced, as they are now; refused where what is sent or expected has changed since.
    pub(super) fn scenarios(
        &self,
        suite: &Suite,
        project: &Project,
    ) -> Result<Vec<Scenario>, Stopped> {
        let announced = self.record.start.iter().flat_map(|start| &start.scenarios);
        let announced: Vec<&String> = announced.collect();
        let scenarios: Vec<Scenario> = suite
            .scenarios
            .iter()
            .filter(|scenario| announced.contains(&&scenario.id))
            .cloned()
            .collect();
        let now = files(project, &scenarios);
        let before = &self.real.files;
        let names = before.keys().chain(now.keys());
        let mut changed: Vec<&str> = names
            .filter(|name| before.get(*name) != now.get(*name))
            .map(String::as_str)
            .collect();
        changed.sort_unstable();
        changed.dedup();
        if changed.is_empty() {
            return Ok(scenarios);
        }
        let (folder, list) = (self.folder.display(), changed.join("\n  "));
        Err(usage(
            format!(
                "{folder} の実施の後に、次のファイルが変更されたため、再開できません。元に戻すか、はじめから実施してください。\n  {list}"
            ),
            format!(
                "{folder} cannot be resumed, since these files have changed after it; change them back, or run again from the beginning\n  {list}"
            ),
        ))
    }

    /// What is taken over into a new run folder; the bodies are copied, so that the new folder tells the whole.
    pub(super) fn into_resumed(self, new: &Path) -> Result<Resumed, Stopped> {
        let Self { folder, record, .. } = self;
        let mut kept = BTreeMap::new();
        for step in &record.steps {
            let Some(exchange) = &step.exchange else {
                continue;
            };
            for file in [Some(&exchange.request), exchange.response.as_ref()]
                .into_iter()
                .flatten()
                .map(|kept| &kept.file)
                .filter(|file| !file.is_empty() && is_below(file))
            {
                // What is missing is told where it is needed.
                if let Ok(bytes) = fs::read(folder.join(file)) {
                    kept.insert(file.clone(), bytes);
                }
            }
            if is_below(&step.scenario) {
                copy(&folder.join(&step.scenario), &new.join(&step.scenario))
                    .map_err(|error| Stopped::file(&folder.join(&step.scenario), &error))?;
            }
        }
        let run = folder.file_name().unwrap_or(folder.as_os_str());
        let starts = record.begun.into_iter();
        Ok(Resumed {
            run: run.to_string_lossy().into_owned(),
            starts: starts.map(|begun| (begun.scenario, begun.start)).collect(),
            results: record.results,
            steps: record.steps,
            kept,
        })
    }
}

/// The SHA-256 of each file that says what is sent and what must come back.
pub(super) fn files(project: &Project, scenarios: &[Scenario]) -> BTreeMap<String, String> {
    let of_run = |path: &str| {
        path == profile::PATH
            || path == PEOPLE
            || path.starts_with("scenarios/messages/")
            || path.starts_with("scenarios/steps/")
            || scenarios.iter().any(|scenario| scenario.path == path)
    };
    let files = project.files.iter().filter(|(path, _)| of_run(path));
    files
        .map(|(path, text)| {
            let digest = Sha256::digest(text.as_bytes());
            (path.clone(), hex(&digest))
        })
        .collect()
}

/// Whether a path of a journal stays below its folder: a journal may have been written by anybody.
fn is_below(path: &str) -> bool {
    let parts = Path::new(path).components();
    let mut parts = parts.peekable();
    parts.peek().is_some() && parts.all(|part| matches!(part, std::path::Component::Normal(_)))
}

/// Copies the files of one folder that are not there yet.
fn copy(from: &Path, to: &Path) -> io::Result<()> {
    if to.is_dir() || !from.is_dir() {
        return Ok(());
    }
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        if entry.file_type()?.is_file() {
            fs::copy(entry.path(), to.join(entry.file_name()))?;
        }
    }
    Ok(())
}
