//! What was recorded becomes files of the suite, and what became of it is told.

use std::{
    collections::BTreeMap,
    io::{self, Write},
    path::{Path, PathBuf},
};

use crate::{
    cli::{Done, Stopped, suite, target},
    plan::Suite,
    profile,
    project::Project,
    record::{Base, Made, make},
    relay::Recorded,
    snapshot,
    text::{Lang, Text},
    verdict::Exit,
};

/// A recording that has ended.
pub(super) struct Recording<'a> {
    pub(super) recorded: Recorded,
    /// The name of the target.
    pub(super) target: &'a str,
    /// The id of the scenario.
    pub(super) id: &'a str,
    /// The profile that is used in the place of the suite's own.
    pub(super) profile: Option<&'a Path>,
    /// The run folder.
    pub(super) run: &'a Path,
}

impl Recording<'_> {
    /// Makes the scenario, writes what belongs to it, and tells what became of it.
    pub(super) async fn write(
        &self,
        out: &mut dyn Write,
        (loaded, project): (&Suite, &Project),
        lang: Lang,
    ) -> Done {
        let (now, elsewhere) = self.as_it_is_now(project)?;
        let (loaded, project) = now
            .as_ref()
            .map_or((loaded, project), |(loaded, project)| (loaded, project));
        let base = Base {
            suite: loaded,
            project,
            target: self.target,
            id: self.id,
        };
        let (numbers, passed): (Vec<usize>, Vec<_>) = self.recorded.passed.iter().cloned().unzip();
        let made = make(&passed, &base).await;
        let root = match elsewhere {
            Some(_) => Some(self.run.join("made")),
            None => project.root.clone(),
        };
        let root = root.unwrap_or_default();
        let given = self.profile.filter(|_| elsewhere.is_none());
        put(&root, given, &made.files)?;
        if let Some(why) = &elsewhere {
            let place = root.display();
            let text = Text::new(
                format!(
                    "{}ため、作成したファイルは {place} に書き出しました。内容を確認し、手動で取り込んでください。",
                    why.ja
                ),
                format!(
                    "{}: what was made is in {place}; look at it, and take it over by hand",
                    why.en
                ),
            );
            writeln!(out, "{}", text.get(lang))?;
        }
        self.tell(out, &made, &numbers, lang)?;
        Ok(if self.recorded.number {
            Exit::IndividualNumber
        } else if made.files.is_empty() {
            Exit::Nothing
        } else {
            Exit::Ok
        })
    }

    /// The suite as it is now, where somebody has changed what would be written since the beginning; and why it cannot
    /// be written there.
    #[expect(clippy::type_complexity, reason = "it is used once")]
    fn as_it_is_now(
        &self,
        before: &Project,
    ) -> Result<(Option<(Suite, Project)>, Option<Text>), Stopped> {
        let mut project = suite::project_with(self.profile)?;
        let scenario = format!("scenarios/{}.toml", self.id);
        if project.get(&scenario).is_some() {
            let why = Text::new(
                format!("記録の間に {scenario} が作成された"),
                format!("somebody else has made {scenario} meanwhile"),
            );
            return Ok((None, Some(why)));
        }
        let messages = |project: &Project| -> Vec<(String, String)> {
            let files = project.files.iter();
            let files = files.filter(|(path, _)| path.starts_with("scenarios/messages/"));
            files
                .map(|(path, text)| (path.clone(), text.clone()))
                .collect()
        };
        if project.get(profile::PATH) == before.get(profile::PATH)
            && messages(&project) == messages(before)
        {
            return Ok((None, None));
        }
        let mut mistakes = Vec::new();
        if let Ok(mut loaded) = suite::load(&project, &mut mistakes, Lang::En) {
            target::apply(Some(self.target), &mut loaded, &mut project)?;
            return Ok((Some((loaded, project)), None));
        }
        let why = Text::new(
            "記録の間に変更されたシナリオ一式に誤りがある",
            "the suite was changed meanwhile, and has mistakes",
        );
        Ok((None, Some(why)))
    }

    fn tell(
        &self,
        out: &mut dyn Write,
        made: &Made,
        numbers: &[usize],
        lang: Lang,
    ) -> io::Result<()> {
        let mut say = |text: Text| writeln!(out, "{}", text.get(lang));
        if !made.files.is_empty() {
            let (path, steps) = (&made.scenario, made.steps);
            say(Text::new(
                format!("シナリオ: {path}（手順{steps}件）"),
                format!("scenario: {path} ({steps} steps)"),
            ))?;
        }
        if !made.operations.is_empty() {
            let list = made.operations.join(", ");
            say(Text::new(
                format!("profile.toml に追加した操作（ひな形は scenarios/messages/）: {list}"),
                format!(
                    "operations that are new in profile.toml, with templates in scenarios/messages/: {list}"
                ),
            ))?;
        }
        if !made.captures.is_empty() {
            let list = made.captures.join(", ");
            say(Text::new(
                format!("応答から取得する値: {list}"),
                format!("values taken from answers: {list}"),
            ))?;
        }
        let of_made = made.left_out.iter().map(|left| {
            let number = numbers.get(left.index).copied().unwrap_or_default();
            (number, &left.why)
        });
        let own = self.recorded.left_out.iter();
        let own = own.map(|(number, why)| (*number, why));
        // Software that fetches a WSDL does so often: one line for each reason.
        let mut left_out: BTreeMap<&Text, Vec<usize>> = BTreeMap::new();
        for (number, why) in of_made.chain(own) {
            left_out.entry(why).or_default().push(number);
        }
        if !left_out.is_empty() {
            say(Text::new(
                "シナリオに含めていないやり取り:",
                "exchanges that are not in the scenario:",
            ))?;
        }
        for (why, numbers) in left_out {
            let numbers = ranges(numbers);
            say(Text::new(
                format!("  [{numbers}] {}", why.ja),
                format!("  [{numbers}] {}", why.en),
            ))?;
        }
        for note in &made.notes {
            say(Text::new(
                format!("注意: {}", note.ja),
                format!("warning: {}", note.en),
            ))?;
        }
        let run = self.run.display();
        say(Text::new(
            format!("実施記録: {run}"),
            format!("run folder: {run}"),
        ))?;
        if made.files.is_empty() {
            return say(Text::new(
                "シナリオにできるやり取りがなかったため、何も作成していません。",
                "nothing went through of which a scenario could be made, so none was written",
            ));
        }
        let (target, id) = (self.target, self.id);
        let profile = self
            .profile
            .map(|given| format!(" --profile {}", given.display()));
        let profile = profile.unwrap_or_default();
        say(Text::new(
            format!(
                "次の対応: シナリオとスナップショットを確認・修正し、renkei run --target {target}{profile} --filter {id} を実行してください。差異は renkei review で確認できます。"
            ),
            format!(
                "next: look at the scenario and its snapshots and edit them, then renkei run --target {target}{profile} --filter {id}; renkei review shows what differs"
            ),
        ))
    }
}

/// Puts all files below a folder, the profile in the place of that which was given: none of them before each could be
/// written.
fn put(root: &Path, given: Option<&Path>, files: &[(String, String)]) -> Result<(), Stopped> {
    let place = |path: &str| match given {
        Some(given) if path == profile::PATH => given.to_owned(),
        Some(_) | None => root.join(path),
    };
    let files: Vec<(PathBuf, &String)> = files
        .iter()
        .map(|(path, text)| (place(path), text))
        .collect();
    let mut written = Vec::new();
    for (path, text) in &files {
        let file = snapshot::aside(path, text);
        written.push((
            path,
            file.map_err(|error| Stopped::unwritten(path, &error))?,
        ));
    }
    for (path, file) in written {
        file.persist(path)
            .map_err(|error| Stopped::unwritten(path, &error.error))?;
    }
    Ok(())
}

/// Numbers in order, those that follow one another as one: `1-12, 14`.
fn ranges(mut numbers: Vec<usize>) -> String {
    numbers.sort_unstable();
    let runs = numbers.chunk_by(|before, after| before + 1 == *after);
    let shown = runs.filter_map(|run| match run {
        [] => None,
        [one] => Some(one.to_string()),
        [first, .., last] => Some(format!("{first}-{last}")),
    });
    shown.collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_that_follow_one_another_are_shown_as_one() {
        assert_eq!(ranges(vec![3, 1, 2, 5, 8, 7]), "1-3, 5, 7-8");
    }
}
