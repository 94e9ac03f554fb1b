//! Which scenarios of the suite are meant.

use std::{
    collections::BTreeSet,
    path::{Component, Path, PathBuf},
};

use clap::Args;

use crate::{
    cli::{Stopped, hint, suite},
    plan::{PHASES, Suite},
    project::Project,
    scenario::Scenario,
    text::Text,
    verdict::Exit,
};

#[derive(Debug, Args)]
pub(super) struct SelectArguments {
    /// Only these scenarios: files, folders or ids
    #[arg(value_name = "PATHS")]
    paths: Vec<PathBuf>,
    /// Only scenarios of this phase
    #[arg(long)]
    phase: Option<String>,
    /// Only scenarios with this tag
    #[arg(long = "tag", value_name = "TAG")]
    tags: Vec<String>,
    /// Only scenarios whose id matches this regular expression
    #[arg(long, value_name = "RE")]
    filter: Option<regex::Regex>,
}

impl SelectArguments {
    /// Whether nothing was said, so that all are meant.
    pub(super) fn is_everything(&self) -> bool {
        let Self {
            paths,
            phase,
            tags,
            filter,
        } = self;
        paths.is_empty() && phase.is_none() && tags.is_empty() && filter.is_none()
    }
}

/// The scenarios that are meant; an error where there is none.
pub(super) fn chosen(
    arguments: &SelectArguments,
    suite: &Suite,
    project: &Project,
) -> Result<Vec<Scenario>, Stopped> {
    let SelectArguments {
        paths,
        phase,
        tags,
        filter,
    } = arguments;
    if let Some(phase) = phase
        && !PHASES.iter().any(|(name, ..)| name == phase)
    {
        let (ja, en) = hint(phase, PHASES.iter().map(|(name, ..)| *name));
        return Err(Stopped {
            exit: Exit::Usage,
            text: Text::new(
                format!("段階「{phase}」はありません。{ja}"),
                format!("there is no phase '{phase}'{en}"),
            ),
        });
    }
    if suite.scenarios.is_empty() {
        return Err(suite::no_scenario());
    }
    let known: BTreeSet<&str> = suite
        .scenarios
        .iter()
        .flat_map(|scenario| &scenario.file.tags)
        .map(|tag| tag.get_ref().as_str())
        .collect();
    if let Some(tag) = tags.iter().find(|tag| !known.contains(tag.as_str())) {
        let (ja, en) = hint(tag, known.iter().copied());
        return Err(Stopped {
            exit: Exit::Nothing,
            text: Text::new(
                format!("タグ「{tag}」の付いたシナリオはありません。{ja}"),
                format!("no scenario has the tag '{tag}'{en}"),
            ),
        });
    }
    let current = std::env::current_dir()?;
    let paths: Vec<String> = paths
        .iter()
        .map(|path| below_root(path, &current, project.root.as_deref()))
        .collect();
    for path in &paths {
        if !suite
            .scenarios
            .iter()
            .any(|scenario| lies_in(scenario, path))
        {
            let known = suite.scenarios.iter().map(|scenario| scenario.id.as_str());
            let (ja, en) = hint(path, known);
            return Err(Stopped {
                exit: Exit::Nothing,
                text: Text::new(
                    format!("「{path}」に該当するシナリオはありません。{ja}"),
                    format!("no scenario is meant by '{path}'{en}"),
                ),
            });
        }
    }
    let chosen: Vec<Scenario> = suite
        .scenarios
        .iter()
        .filter(|scenario| {
            let file = &scenario.file;
            (paths.is_empty() || paths.iter().any(|path| lies_in(scenario, path)))
                && phase
                    .as_ref()
                    .is_none_or(|phase| phase == file.phase.get_ref())
                && (tags.is_empty() || file.tags.iter().any(|tag| tags.contains(tag.get_ref())))
                && filter
                    .as_ref()
                    .is_none_or(|filter| filter.is_match(&scenario.id))
        })
        .cloned()
        .collect();
    if chosen.is_empty() {
        return Err(Stopped {
            exit: Exit::Nothing,
            text: match filter {
                Some(filter) => Text::new(
                    format!("対象となるシナリオがありません（--filter '{filter}'）。"),
                    format!("nothing was selected (--filter '{filter}')"),
                ),
                None => Exit::Nothing.text(),
            },
        });
    }
    Ok(chosen)
}

fn lies_in(scenario: &Scenario, path: &str) -> bool {
    let within = |whole: &str| {
        whole == path
            || whole
                .strip_prefix(path)
                .is_some_and(|rest| rest.starts_with('/'))
    };
    path.is_empty() || within(&scenario.path) || within(&scenario.id)
}

/// A path as the suite writes it: from its root, with forward slashes. An id stays an id.
pub(super) fn below_root(path: &Path, current: &Path, root: Option<&Path>) -> String {
    let joined = current.join(path);
    let mut absolute = PathBuf::new();
    for part in joined.components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir => {
                absolute.pop();
            }
            Component::Prefix(_) | Component::RootDir | Component::Normal(_) => {
                absolute.push(part);
            }
        }
    }
    let below = root.and_then(|root| absolute.strip_prefix(root).ok());
    // Only what is there is taken for a file: an id could be written in any folder.
    let chosen = below.filter(|_| absolute.exists()).unwrap_or(path);
    let text = chosen.to_string_lossy().replace('\\', "/");
    text.trim_start_matches("./")
        .trim_end_matches('/')
        .to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_may_be_written_from_the_working_folder_or_be_an_id() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path();
        let phase = root.join("scenarios/1-master");
        std::fs::create_dir_all(&phase).unwrap();
        std::fs::write(phase.join("list.toml"), "").unwrap();
        let below = |path: &str, current: &Path| below_root(Path::new(path), current, Some(root));
        assert_eq!(below("list.toml", &phase), "scenarios/1-master/list.toml");
        assert_eq!(below("../1-master/", &phase), "scenarios/1-master");
        assert_eq!(below("./scenarios/1-master", root), "scenarios/1-master");
        assert_eq!(below("1-master/list", root), "1-master/list");
        assert_eq!(below(".", root), "");
    }
}
