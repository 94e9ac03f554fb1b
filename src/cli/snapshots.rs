//! `accept` and `reject`, and which snapshots they and `review` mean.

use std::{
    collections::BTreeSet,
    fs,
    io::{self, Write},
    path::{Path, PathBuf},
};

use clap::Args;

use crate::{
    cli::{Done, Stopped, hint, select::below_root, suite},
    profile,
    project::Project,
    snapshot,
    text::{Lang, Text},
    verdict::Exit,
};

#[derive(Debug, Args)]
pub(super) struct WaitingArguments {
    /// Only these: scenarios or their steps by name, files or folders of snapshots
    #[arg(value_name = "PATHS")]
    waiting: Vec<PathBuf>,
    /// Only those whose name matches this regular expression
    #[arg(long, value_name = "RE")]
    filter: Option<regex::Regex>,
}

/// Accepts those that wait.
pub(super) fn accept(out: &mut dyn Write, arguments: &WaitingArguments, lang: Lang) -> Done {
    let (project, root) = suite()?;
    let pending = pending(&project, &root, arguments)?;
    for path in &pending {
        // One that cannot be read is named, and not overwritten in silence.
        snapshot::accepted(&root, path).map_err(|error| unreadable(path, &error))?;
        snapshot::accept(&root, path)
            .map_err(|error| Stopped::unwritten(&root.join(path), &error))?;
        writeln!(out, "{path}")?;
    }
    count(out, lang, pending.len(), &Text::new("採用", "accepted"))
}

/// Throws those that wait away.
pub(super) fn reject(out: &mut dyn Write, arguments: &WaitingArguments, lang: Lang) -> Done {
    let (project, root) = suite()?;
    let pending = pending(&project, &root, arguments)?;
    for path in &pending {
        snapshot::reject(&root, path)
            .map_err(|error| Stopped::unwritten(&root.join(format!("{path}.new")), &error))?;
        writeln!(out, "{path}")?;
    }
    count(out, lang, pending.len(), &Text::new("破棄", "rejected"))
}

/// The suite, and the folder that it lies in.
pub(super) fn suite() -> Result<(Project, PathBuf), Stopped> {
    let project = suite::project()?;
    match project.root.clone() {
        Some(root) => Ok((project, root)),
        None => Err(Stopped {
            exit: Exit::Usage,
            text: Text::new(
                "scenarios/profile.toml のあるフォルダーで実行してください。",
                "run this in a folder that holds scenarios/profile.toml",
            ),
        }),
    }
}

/// The folders of snapshots: the common one, and those of the targets of every profile.
pub(super) fn folders(project: &Project) -> io::Result<Vec<String>> {
    let mut folders = vec![snapshot::COMMON.to_owned()];
    for text in profiles(project)? {
        // What is wrong in a profile is told by whatever reads the suite.
        let targets = profile::parse(&text).0.target.into_values();
        let own = targets.filter_map(|target| target.snapshots);
        folders.extend(own.map(|folder| folder.trim_end_matches('/').to_owned()));
    }
    Ok(folders)
}

/// The text of each profile: that of the suite, and those that can be put in its place.
fn profiles(project: &Project) -> io::Result<Vec<String>> {
    let mut texts: Vec<String> = project
        .get(profile::PATH)
        .map(str::to_owned)
        .into_iter()
        .collect();
    let Some(root) = &project.root else {
        return Ok(texts);
    };
    for entry in fs::read_dir(root.join("scenarios"))? {
        let path = entry?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        if name.starts_with("profile") && path.extension().is_some_and(|end| end == "toml") {
            texts.push(String::from_utf8_lossy(&fs::read(&path)?).into_owned());
        }
    }
    Ok(texts)
}

/// A snapshot as people call it: scenario and step; one of a target's own with its folder.
pub(super) fn name(path: &str) -> &str {
    let inside = path.strip_prefix("snapshots/").unwrap_or(path);
    inside.strip_suffix(".snap").unwrap_or(inside)
}

impl WaitingArguments {
    /// Whether nothing was said, so that all are meant.
    pub(super) fn is_everything(&self) -> bool {
        let Self { waiting, filter } = self;
        waiting.is_empty() && filter.is_none()
    }

    /// As it is typed after a command.
    pub(super) fn written(&self) -> String {
        let Self { waiting, filter } = self;
        let mut text = String::new();
        for path in waiting {
            text.push(' ');
            text.push_str(&path.to_string_lossy());
        }
        if let Some(filter) = filter {
            text.push_str(" --filter \"");
            text.push_str(filter.as_str());
            text.push('"');
        }
        text
    }
}

/// Those that wait and are meant; all where nothing is said.
pub(super) fn pending(
    project: &Project,
    root: &Path,
    arguments: &WaitingArguments,
) -> Result<Vec<String>, Stopped> {
    let WaitingArguments { waiting, filter } = arguments;
    let folders = folders(project)?;
    let all = snapshot::pending(root, &folders)?;
    let current = std::env::current_dir()?;
    let nothing = |ja: String, en: String| Stopped {
        exit: Exit::Nothing,
        text: Text::new(ja, en),
    };
    let mut meant: Vec<String> = Vec::new();
    for path in waiting {
        let path = below_root(path, &current, Some(root));
        let trimmed = path.trim_end_matches(".new").trim_end_matches(".toml");
        let inside = trimmed
            .strip_prefix("scenarios/")
            .or(trimmed.strip_prefix("snapshots/"))
            .unwrap_or(trimmed);
        let wanted: Vec<String> = folders
            .iter()
            .map(|folder| format!("{folder}/{inside}"))
            .chain([trimmed.to_owned()])
            .collect();
        let found: Vec<&String> = all
            .iter()
            .filter(|pending| {
                wanted.iter().any(|wanted| {
                    let rest = pending.strip_prefix(wanted);
                    rest.is_some_and(|rest| matches!(rest, "" | ".snap") || rest.starts_with('/'))
                })
            })
            .collect();
        if found.is_empty() {
            let steps = all.iter().map(|pending| name(pending));
            let scenarios = steps
                .clone()
                .filter_map(|step| Some(step.rsplit_once('/')?.0));
            let known: BTreeSet<&str> = steps.chain(scenarios).collect();
            let (ja, en) = if known.is_empty() {
                (
                    "確認待ちのものは一つもありません。".to_owned(),
                    "; none is waiting at all".to_owned(),
                )
            } else {
                hint(inside, known.iter().copied())
            };
            return Err(nothing(
                format!("「{path}」に該当する確認待ちのスナップショットはありません。{ja}"),
                format!("no waiting snapshot is meant by '{path}'{en}"),
            ));
        }
        meant.extend(found.into_iter().cloned());
    }
    if waiting.is_empty() {
        meant = all;
    }
    meant.sort();
    meant.dedup();
    if let Some(filter) = filter {
        meant.retain(|path| filter.is_match(name(path)));
        if meant.is_empty() {
            return Err(nothing(
                format!("「{filter}」に一致する確認待ちのスナップショットはありません。"),
                format!("no waiting snapshot matches '{filter}'"),
            ));
        }
    }
    Ok(meant)
}

pub(super) fn unreadable(path: &str, error: &io::Error) -> Stopped {
    let why = if error.kind() == io::ErrorKind::InvalidData {
        Text::new(
            "先頭の --- の部分がありません。修正するか削除してください",
            "there is no front matter (---); mend or delete it",
        )
    } else {
        Text::of_io(error)
    };
    Stopped {
        exit: Exit::Suite,
        text: Text::new(
            format!(
                "採用済みのスナップショット {path} を読み取れません（{}）。",
                why.ja
            ),
            format!("the accepted snapshot {path} cannot be read: {}", why.en),
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
