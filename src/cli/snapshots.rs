//! `review`, `accept` and `reject`.

use std::{
    fs,
    io::Write,
    path::{Path, PathBuf},
};

use crate::{
    cli::{Done, Stopped, select::below_root, suite},
    snapshot,
    text::{Lang, Text},
    verdict::Exit,
};

/// Shows each waiting snapshot as a difference from the accepted one.
pub(super) fn review(out: &mut dyn Write, paths: &[PathBuf], lang: Lang) -> Done {
    let root = root()?;
    let pending = pending(&root, paths)?;
    for path in &pending {
        let accepted = snapshot::accepted(&root, path).map_err(|error| unreadable(&error))?;
        let found = fs::read_to_string(root.join(format!("{path}.new")))?;
        let found = snapshot::read(&found).unwrap_or(found);
        writeln!(
            out,
            "{path}\n{}\n",
            snapshot::difference(&accepted.unwrap_or_default(), &found).unwrap_or_default()
        )?;
    }
    count(out, lang, pending.len(), &Text::new("確認待ち", "waiting"))
}

/// Accepts those that wait.
pub(super) fn accept(out: &mut dyn Write, paths: &[PathBuf], lang: Lang) -> Done {
    let root = root()?;
    let pending = pending(&root, paths)?;
    for path in &pending {
        // One that cannot be read is named, and not overwritten in silence.
        snapshot::accepted(&root, path).map_err(|error| unreadable(&error))?;
        snapshot::accept(&root, path)?;
        writeln!(out, "{path}")?;
    }
    count(out, lang, pending.len(), &Text::new("採用", "accepted"))
}

/// Throws those that wait away.
pub(super) fn reject(out: &mut dyn Write, paths: &[PathBuf], lang: Lang) -> Done {
    let root = root()?;
    let pending = pending(&root, paths)?;
    for path in &pending {
        snapshot::reject(&root, path)?;
        writeln!(out, "{path}")?;
    }
    count(out, lang, pending.len(), &Text::new("破棄", "rejected"))
}

fn root() -> Result<PathBuf, Stopped> {
    suite::project()?.root.ok_or_else(|| Stopped {
        exit: Exit::Usage,
        text: Text::new(
            "scenarios/profile.toml のあるフォルダーで実行してください。",
            "run this in a folder that holds scenarios/profile.toml",
        ),
    })
}

/// Those that wait below the paths; all where none is given. A path is a snapshot, a folder of them, or a scenario.
fn pending(root: &Path, paths: &[PathBuf]) -> Result<Vec<String>, Stopped> {
    let all = snapshot::pending(root)?;
    let current = std::env::current_dir()?;
    let mut meant: Vec<String> = Vec::new();
    for path in paths {
        let path = below_root(path, &current, Some(root));
        let trimmed = path.trim_end_matches(".new").trim_end_matches(".toml");
        let inside = trimmed
            .strip_prefix("scenarios/")
            .or(trimmed.strip_prefix("snapshots/"))
            .unwrap_or(trimmed);
        let wanted = format!("snapshots/{inside}");
        let found: Vec<&String> = all
            .iter()
            .filter(|pending| {
                let rest = pending.strip_prefix(&wanted);
                rest.is_some_and(|rest| matches!(rest, "" | ".snap") || rest.starts_with('/'))
            })
            .collect();
        if found.is_empty() {
            return Err(Stopped {
                exit: Exit::Nothing,
                text: Text::new(
                    format!("「{path}」に該当する確認待ちのスナップショットはありません。"),
                    format!("no waiting snapshot is meant by '{path}'"),
                ),
            });
        }
        meant.extend(found.into_iter().cloned());
    }
    if paths.is_empty() {
        return Ok(all);
    }
    meant.sort();
    meant.dedup();
    Ok(meant)
}

fn unreadable(error: &std::io::Error) -> Stopped {
    Stopped {
        exit: Exit::Suite,
        text: Text::new(
            format!("採用済みのスナップショットを読み取れません（{error}）"),
            format!("an accepted snapshot cannot be read: {error}"),
        ),
    }
}

fn count(out: &mut dyn Write, lang: Lang, count: usize, what: &Text) -> Done {
    let text = Text::new(
        format!("{}: {count}件", what.ja),
        format!("{}: {count}", what.en),
    );
    writeln!(out, "{}", text.get(lang))?;
    Ok(Exit::Ok)
}
