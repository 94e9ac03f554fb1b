//! `check` and `list`, and reading the suite for the other subcommands.

use std::{collections::BTreeSet, io::Write};

use renkei_mock::network::rules;

use crate::{
    cli::{Done, Stopped},
    diagnostic::Diagnostic,
    plan::{self, Known, Suite},
    project::Project,
    sentinel,
    text::{Lang, Text},
    verdict::Exit,
};

/// The suite nearest to the working folder, else the embedded one.
pub(super) fn project() -> Result<Project, Stopped> {
    Ok(Project::find(&std::env::current_dir()?)?)
}

/// Reads the suite; shows all mistakes and stops where there is one.
pub(super) fn load(project: &Project, out: &mut dyn Write, lang: Lang) -> Result<Suite, Stopped> {
    let (suite, diagnostics) = plan::load(project, &known());
    if diagnostics.is_empty() {
        return Ok(suite);
    }
    for diagnostic in &diagnostics {
        show(diagnostic, project, out, lang)?;
    }
    let count = diagnostics.len();
    Err(Stopped {
        exit: Exit::Suite,
        text: Text::new(
            format!("誤りが{count}件あります。何も送信していません。"),
            format!("{count} mistakes; nothing was sent"),
        ),
    })
}

/// What the bundled mock knows by name.
fn known() -> Known {
    Known {
        rules: rules::catalogue()
            .map(|rule| rule.code.to_owned())
            .collect(),
        ..Known::default()
    }
}

fn show(
    diagnostic: &Diagnostic,
    project: &Project,
    out: &mut dyn Write,
    lang: Lang,
) -> Result<(), Stopped> {
    let shown = diagnostic.render(&|path| project.shown(path).to_owned(), lang, true);
    writeln!(out, "{}\n", sentinel::mask(&shown))?;
    Ok(())
}

/// Reads the whole suite; nothing is sent.
pub(super) fn check(out: &mut dyn Write, lang: Lang) -> Done {
    let suite = load(&project()?, out, lang)?;
    let count = suite.scenarios.len();
    let text = Text::new(
        format!("シナリオ{count}件に誤りはありません。"),
        format!("{count} scenarios, no mistake"),
    );
    writeln!(out, "{}", text.get(lang))?;
    Ok(Exit::Ok)
}

/// Lists scenarios, and the items and rules that none names.
pub(super) fn list(out: &mut dyn Write, lang: Lang) -> Done {
    let suite = load(&project()?, out, lang)?;
    for scenario in &suite.scenarios {
        writeln!(out, "{}  {}", scenario.id, scenario.file.title.get(lang))?;
    }
    let named = |pick: fn(&crate::scenario::ScenarioFile) -> &Vec<toml::Spanned<String>>| -> BTreeSet<String> {
        suite.scenarios.iter().flat_map(|scenario| pick(&scenario.file)).map(|name| name.get_ref().clone()).collect()
    };
    let covered = named(|file| &file.covers);
    let guarded = named(|file| &file.guards);
    let unguarded: Vec<String> = rules::catalogue()
        .map(|rule| rule.code.to_owned())
        .filter(|rule| !guarded.contains(rule))
        .collect();
    let open = |by_hand: bool| {
        suite
            .items
            .iter()
            .filter(move |(_, item)| item.by_hand == by_hand)
    };
    section(
        out,
        &Text::new(
            "どのシナリオも見張っていない規則",
            "rules that no scenario guards",
        ),
        lang,
        unguarded,
    )?;
    let uncovered = open(false)
        .filter(|(id, _)| !covered.contains(*id))
        .map(|(id, item)| format!("{id}  {}", item.text.get(lang)));
    section(
        out,
        &Text::new(
            "どのシナリオにもない試験項目",
            "test items that no scenario covers",
        ),
        lang,
        uncovered,
    )?;
    let by_hand = open(true).map(|(id, item)| format!("{id}  {}", item.text.get(lang)));
    section(
        out,
        &Text::new("手動で確認する試験項目", "test items to attest by hand"),
        lang,
        by_hand,
    )?;
    Ok(Exit::Ok)
}

fn section(
    out: &mut dyn Write,
    title: &Text,
    lang: Lang,
    lines: impl IntoIterator<Item = String>,
) -> Result<(), Stopped> {
    let lines: Vec<String> = lines.into_iter().collect();
    writeln!(out, "\n{} ({})", title.get(lang), lines.len())?;
    for line in lines {
        writeln!(out, "  {line}")?;
    }
    Ok(())
}
