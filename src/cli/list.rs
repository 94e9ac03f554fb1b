//! `list`: the scenarios by phase, and the items and rules that none names.

use std::{collections::BTreeSet, io::Write};

use renkei_mock::network::rules;
use serde_json::json;
use toml::Spanned;

use crate::{
    cli::{
        Done, Stopped,
        orphans::orphans,
        select::{self, SelectArguments},
        suite,
    },
    plan::{PHASES, Suite},
    scenario::{Scenario, ScenarioFile},
    text::{Lang, Text},
    verdict::Exit,
};

/// Lists the scenarios that are meant; where all are, also the items and rules that none names.
pub(super) fn list(
    out: &mut dyn Write,
    select: &SelectArguments,
    as_json: bool,
    lang: Lang,
) -> Done {
    let project = suite::project()?;
    let suite = suite::load(&project, out, lang)?;
    let chosen = select::chosen(select, &suite, &project)?;
    let open = Open::of(&suite);
    let orphans = orphans(&project, &suite)?;
    if as_json {
        let text =
            serde_json::to_string_pretty(&json(&chosen, &open, &orphans)).unwrap_or_default();
        writeln!(out, "{text}")?;
        return Ok(Exit::Ok);
    }
    people(out, select, &suite, &chosen, open, orphans, lang)?;
    writeln!(out, "{}", suite::named(&project).get(lang))?;
    Ok(Exit::Ok)
}

/// The list for people.
fn people(
    out: &mut dyn Write,
    select: &SelectArguments,
    suite: &Suite,
    chosen: &[Scenario],
    open: Open<'_>,
    orphans: Vec<String>,
    lang: Lang,
) -> Result<(), Stopped> {
    for (phase, ja, en) in PHASES {
        let scenarios: Vec<&Scenario> = of_phase(chosen, phase).collect();
        if scenarios.is_empty() {
            continue;
        }
        let title = headed(&Text::new(ja, en), scenarios.len());
        writeln!(out, "{}", title.get(lang))?;
        for scenario in scenarios {
            let file = &scenario.file;
            write!(out, "  {}  {}", scenario.id, file.title.get(lang))?;
            if let Some(name) = &file.establishes {
                write!(out, "  → {}", name.get_ref())?;
            }
            writeln!(out)?;
        }
        writeln!(out)?;
    }
    if !select.is_everything() {
        return Ok(());
    }
    section(
        out,
        &Text::new(
            "違反を検知するシナリオのない規則",
            "rules that no scenario guards",
        ),
        lang,
        open.rules.into_iter().map(str::to_owned),
    )?;
    let named = |ids: Vec<&str>| -> Vec<String> {
        ids.into_iter()
            .filter_map(|id| Some(format!("{id}  {}", suite.items.get(id)?.text.get(lang))))
            .collect()
    };
    section(
        out,
        &Text::new(
            "どのシナリオにもない試験項目",
            "test items that no scenario covers",
        ),
        lang,
        named(open.items),
    )?;
    section(
        out,
        &Text::new("手動で確認する試験項目", "test items to attest by hand"),
        lang,
        named(open.by_hand),
    )?;
    section(
        out,
        &Text::new(
            "どの手順にもないスナップショット",
            "snapshots that no step has",
        ),
        lang,
        orphans,
    )
}

/// What no scenario names.
struct Open<'a> {
    rules: Vec<&'static str>,
    items: Vec<&'a str>,
    by_hand: Vec<&'a str>,
}

impl<'a> Open<'a> {
    fn of(suite: &'a Suite) -> Self {
        let named = |pick: fn(&ScenarioFile) -> &Vec<Spanned<String>>| -> BTreeSet<&str> {
            suite
                .scenarios
                .iter()
                .flat_map(|scenario| pick(&scenario.file))
                .map(|name| name.get_ref().as_str())
                .collect()
        };
        let covered = named(|file| &file.covers);
        let guarded = named(|file| &file.guards);
        let items = |by_hand: bool| {
            suite
                .items
                .iter()
                .filter(move |(_, item)| item.by_hand == by_hand)
                .map(|(id, _)| id.as_str())
        };
        Self {
            rules: rules::catalogue()
                .map(|rule| rule.code)
                .filter(|rule| !guarded.contains(rule))
                .collect(),
            items: items(false).filter(|id| !covered.contains(id)).collect(),
            by_hand: items(true).collect(),
        }
    }
}

fn of_phase<'a>(chosen: &'a [Scenario], phase: &'a str) -> impl Iterator<Item = &'a Scenario> {
    chosen
        .iter()
        .filter(move |scenario| scenario.file.phase.get_ref() == phase)
}

fn json(chosen: &[Scenario], open: &Open<'_>, orphans: &[String]) -> serde_json::Value {
    let names = |list: &[Spanned<String>]| -> Vec<String> {
        list.iter().map(|name| name.get_ref().clone()).collect()
    };
    let scenarios: Vec<serde_json::Value> = PHASES
        .iter()
        .flat_map(|(phase, ..)| of_phase(chosen, phase))
        .map(|scenario| {
            let file = &scenario.file;
            let steps: Vec<&str> = file
                .steps
                .iter()
                .map(|step| step.id.get_ref().as_str())
                .collect();
            json!({
                "id": scenario.id,
                "path": scenario.path,
                "title": file.title,
                "phase": file.phase.get_ref(),
                "tags": names(&file.tags),
                "starts_from": file.starts_from.as_ref().map(Spanned::get_ref),
                "establishes": file.establishes.as_ref().map(Spanned::get_ref),
                "covers": names(&file.covers),
                "guards": names(&file.guards),
                "steps": steps,
            })
        })
        .collect();
    json!({
        "scenarios": scenarios,
        "unguarded_rules": open.rules,
        "uncovered_items": open.items,
        "items_by_hand": open.by_hand,
        "orphan_snapshots": orphans,
    })
}

/// A head with how many stand below it.
fn headed(title: &Text, count: usize) -> Text {
    Text::new(
        format!("{}（{count}件）", title.ja),
        format!("{} ({count})", title.en),
    )
}

fn section(
    out: &mut dyn Write,
    title: &Text,
    lang: Lang,
    lines: impl IntoIterator<Item = String>,
) -> Result<(), Stopped> {
    let lines: Vec<String> = lines.into_iter().collect();
    writeln!(out, "{}", headed(title, lines.len()).get(lang))?;
    for line in &lines {
        writeln!(out, "  {line}")?;
    }
    writeln!(out)?;
    Ok(())
}
