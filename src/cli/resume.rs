//! `run --resume`: what a run that was stopped had done, from its folder, and whether it can be gone on with.

use std::{
    collections::BTreeMap,
    fs::{self, File, TryLockError},
    io::{self, Read as _, Write as _},
    path::{Path, PathBuf},
};

use sha2::{Digest as _, Sha256};

use crate::{
    cli::{Stopped, journal::JOURNAL, suite, target::usage},
    event::RealStart,
    plan::{PEOPLE, Suite},
    profile,
    project::Project,
    report::{self, Record},
    run::Resumed,
    scenario::Scenario,
    text::{Text, hex},
};

/// The file of a run folder that says which run has gone on with it.
const RESUMED_BY: &str = "resumed-by";

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

/// The folder and the record of a run that has ended, given by its path or by its name among the other runs.
pub(super) fn ended(run: &Path, runs: &Path) -> Result<(PathBuf, Record), Stopped> {
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
            format!("{shown} は実施中です。終了を待つか、中断してください。"),
            format!("{shown} is still under way; wait until it has ended, or stop it"),
        ));
    }
    let mut journal = String::new();
    file.read_to_string(&mut journal).map_err(unreadable)?;
    let record = report::read(&journal).map_err(unreadable)?;
    Ok((folder, record))
}

/// Reads the folder of a run that is to be gone on with.
pub(super) fn old(run: &Path, runs: &Path) -> Result<Old, Stopped> {
    let (folder, record) = ended(run, runs)?;
    later(&folder)?;
    let shown = folder.display().to_string();
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

/// Refuses where a later run has gone on already: what that has sent would go out once more.
fn later(folder: &Path) -> Result<(), Stopped> {
    match fs::read_to_string(folder.join(RESUMED_BY)) {
        Ok(later) => Err(gone_on(folder, later.trim())),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        Err(error) => Err(Stopped::file(&folder.join(RESUMED_BY), &error)),
    }
}

fn gone_on(folder: &Path, later: &str) -> Stopped {
    let folder = folder.display();
    usage(
        format!(
            "{folder} は、{later} で既に再開されています。同じものを再び送信しないため、ここからは再開できません。続きは --resume {later} で実施してください。何も送信していません。"
        ),
        format!(
            "{folder} has been gone on with already, by {later}, and what that has sent would go out once more; go on with --resume {later}. Nothing was sent"
        ),
    )
}

/// How a run that did not come to its end is gone on with.
pub(super) fn next(run: &Path, runs: Option<&Path>) -> Text {
    let quoted = |path: &Path| {
        let path = path.display().to_string();
        if path.contains(' ') {
            format!("\"{path}\"")
        } else {
            path
        }
    };
    let runs = runs.map(|runs| format!(" --runs {}", quoted(runs)));
    let command = format!(
        "renkei run --resume {}{}",
        quoted(run),
        runs.unwrap_or_default()
    );
    Text::new(
        format!("次の対応: 原因を取り除いた後、{command}（済んだ手順は再び送信しません）"),
        format!("next: mend what broke, then {command} (what is done is not sent again)"),
    )
}

impl Old {
    /// The suite with the profile that it used in the place of the suite's own, and where that lies.
    pub(super) fn with_profile(&self) -> Result<Option<(PathBuf, Project)>, Stopped> {
        let Some(path) = self.real.profile.as_ref().map(PathBuf::from) else {
            return Ok(None);
        };
        let project = suite::project_with(Some(&path)).map_err(|stopped| {
            let (folder, Text { ja, en }) = (self.folder.display(), stopped.text);
            usage(
                format!("{folder} は --profile {} で実施しましたが、使用できません（{ja}）。移動した場合は、--profile で指定してください。", path.display()),
                format!("{folder} was run with --profile {}, which cannot be used: {en}; where it was moved, say --profile", path.display()),
            )
        })?;
        Ok(Some((path, project)))
    }

    /// The checkpoints that were taken for reached.
    pub(super) fn assumed(&self) -> &[String] {
        &self.real.assumed
    }

    /// The scenarios that it had announced, as they are now; refused where what is sent or expected has changed since.
    pub(super) fn scenarios(
        &self,
        suite: &Suite,
        project: &Project,
        profile: Option<&Path>,
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
        let changed: Vec<String> = changed
            .into_iter()
            .map(|name| match profile {
                Some(given) if name == profile::PATH => given.display().to_string(),
                Some(_) | None => name.to_owned(),
            })
            .collect();
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

    /// What is taken over into a new run folder, which is the only one that goes on with this run. Where it cannot be, the
    /// new folder is taken away.
    pub(super) fn into_resumed(self, new: &Path) -> Result<Resumed, Stopped> {
        let claim = self.folder.join(RESUMED_BY);
        let claimed = self.claim(&claim, new);
        let mine = claimed.is_ok();
        let taken = claimed.and_then(|()| self.taken_over(new));
        if taken.is_err() {
            let _ = fs::remove_dir_all(new);
            if mine {
                let _ = fs::remove_file(claim);
            }
        }
        taken
    }

    /// Of two that begin at once, one is first.
    fn claim(&self, claim: &Path, new: &Path) -> Result<(), Stopped> {
        let name = std::path::absolute(new)?.display().to_string();
        match File::create_new(claim).and_then(|mut file| file.write_all(name.as_bytes())) {
            Ok(()) => Ok(()),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
                let later = fs::read_to_string(claim).unwrap_or_default();
                Err(gone_on(&self.folder, later.trim()))
            }
            Err(error) => Err(Stopped::unwritten(claim, &error)),
        }
    }

    /// The bodies are copied, so that the new folder tells the whole.
    fn taken_over(self, new: &Path) -> Result<Resumed, Stopped> {
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
