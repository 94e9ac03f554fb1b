//! Snapshots that no step has any more: told by `list`, `review` and after a whole run, and never deleted unasked.

use std::{
    collections::BTreeSet,
    io::{self, Write},
};

use crate::{
    cli::snapshots::folders,
    plan::Suite,
    project::Project,
    scenario::Step,
    snapshot::{self, kept},
    text::{Lang, Text},
};

/// Their paths below the root of the suite; none of the embedded one, which its own tests look at.
pub(super) fn orphans(project: &Project, suite: &Suite) -> io::Result<Vec<String>> {
    let Some(root) = &project.root else {
        return Ok(Vec::new());
    };
    let folders = folders(project)?;
    let mut orphans = kept(root, &folders)?;
    let compared = compared(suite);
    orphans.retain(|path| {
        !folders.iter().any(|folder| {
            let name = path.strip_prefix(folder.as_str());
            name.is_some_and(|name| compared.contains(name))
        })
    });
    Ok(orphans)
}

/// The snapshots of all steps, by their path in a folder of snapshots.
fn compared(suite: &Suite) -> BTreeSet<String> {
    let of_scenario = suite.scenarios.iter().flat_map(|scenario| {
        let steps = scenario.file.steps.iter();
        let steps = steps.filter(|step| step.no_snapshot.is_none());
        let names = steps.flat_map(Step::snapshots);
        names.map(|name| snapshot::path_in("", &scenario.id, &name))
    });
    of_scenario.collect()
}

/// Says after a run that there are such ones.
pub(super) fn tell(out: &mut dyn Write, orphans: &[String], lang: Lang) -> io::Result<()> {
    if orphans.is_empty() {
        return Ok(());
    }
    let text = Text::new(
        format!(
            "どの手順にもないスナップショット: {}件（renkei review で確認できます）",
            orphans.len()
        ),
        format!(
            "snapshots that no step has: {} (renkei review names them)",
            orphans.len()
        ),
    );
    writeln!(out, "{}", text.get(lang))
}

/// Names them, and says what to do.
pub(super) fn name(out: &mut dyn Write, orphans: &[String], lang: Lang) -> io::Result<()> {
    if orphans.is_empty() {
        return Ok(());
    }
    let text = Text::new(
        format!(
            "どの手順にもないスナップショット: {}件。手順の名前を変えた場合はファイル名を合わせ、不要な場合は削除してください",
            orphans.len()
        ),
        format!(
            "snapshots that no step has: {}; rename them where a step was renamed, else delete them",
            orphans.len()
        ),
    );
    writeln!(out, "{}", text.get(lang))?;
    orphans
        .iter()
        .try_for_each(|path| writeln!(out, "  {path}"))
}
