//! `review`, `accept` and `reject`.

use std::{fs, io::Write, path::PathBuf};

use crate::{
    cli::{Done, Stopped, suite},
    snapshot,
    text::{Lang, Text},
    verdict::Exit,
};

/// Shows each waiting snapshot as a difference from the accepted one.
pub(super) fn review(out: &mut dyn Write, lang: Lang) -> Done {
    let root = root()?;
    let pending = snapshot::pending(&root)?;
    for path in &pending {
        let accepted = fs::read_to_string(root.join(path)).unwrap_or_default();
        let found = fs::read_to_string(root.join(format!("{path}.new")))?;
        writeln!(
            out,
            "{path}\n{}\n",
            snapshot::difference(&accepted, &found).unwrap_or_default()
        )?;
    }
    count(out, lang, pending.len(), &Text::new("確認待ち", "waiting"))
}

/// Accepts all that wait.
pub(super) fn accept(out: &mut dyn Write, lang: Lang) -> Done {
    let root = root()?;
    let pending = snapshot::pending(&root)?;
    for path in &pending {
        snapshot::accept(&root, path)?;
        writeln!(out, "{path}")?;
    }
    count(out, lang, pending.len(), &Text::new("採用", "accepted"))
}

/// Throws all that wait away.
pub(super) fn reject(out: &mut dyn Write, lang: Lang) -> Done {
    let root = root()?;
    let pending = snapshot::pending(&root)?;
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

fn count(out: &mut dyn Write, lang: Lang, count: usize, what: &Text) -> Done {
    let text = Text::new(
        format!("{}: {count}件", what.ja),
        format!("{}: {count}", what.en),
    );
    writeln!(out, "{}", text.get(lang))?;
    Ok(Exit::Ok)
}
