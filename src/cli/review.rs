//! `review`: what waits to be accepted, in an order in which it can be read.

use std::{
    collections::BTreeMap,
    fs,
    io::{self, Write},
};

use crate::{
    cli::{
        Done, Stopped, orphans,
        snapshots::{WaitingArguments, folders, name, pending, suite, unreadable},
        suite,
    },
    encoding,
    plan::Suite,
    snapshot::{self, Cap},
    text::{Lang, Text},
    verdict::Exit,
};

/// Where a snapshot stands among all: what the system under test did comes first, since that is what is tested; then what
/// scenarios sent themselves; then what no step has. In each the suite's order holds, which is that of what happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Place {
    part: Part,
    scenario: usize,
    step: usize,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Part {
    UnderTest,
    Own,
    Nowhere,
}

const NOWHERE: Place = Place {
    part: Part::Nowhere,
    scenario: 0,
    step: 0,
};

/// Shows each waiting snapshot, as a difference where there is an accepted one, and what can be done next.
pub(super) fn review(
    out: &mut dyn Write,
    arguments: &WaitingArguments,
    whole: bool,
    lang: Lang,
) -> Done {
    let (project, root) = suite()?;
    let pending = pending(&project, &root, arguments)?;
    let suite = suite::whole(&project);
    let places = suite.as_ref().map(places).unwrap_or_default();
    let folders = folders(&project)?;
    let place = |path: &str| {
        let mut inside = folders
            .iter()
            .filter_map(|folder| path.strip_prefix(folder.as_str()));
        let known = inside.find_map(|inside| places.get(inside));
        known.copied().unwrap_or(NOWHERE)
    };
    let mut pending: Vec<(Place, String)> = pending
        .into_iter()
        .map(|path| (place(&path), path))
        .collect();
    pending.sort();
    let parts: Vec<Part> = pending.iter().map(|(place, _)| place.part).collect();
    let (mut new, mut capped) = (0, false);
    let mut last = None;
    for (place, path) in &pending {
        let accepted = snapshot::accepted(&root, path).map_err(|error| unreadable(path, &error))?;
        let file = root.join(format!("{path}.new"));
        let found = fs::read_to_string(&file).map_err(|error| Stopped::file(&file, &error))?;
        let found = snapshot::read(&found).unwrap_or(found);
        let (part, scenario) = (Some(place.part), Some(place.scenario));
        if part != last.map(|last: Place| last.part) {
            part_head(out, &parts, place.part, lang)?;
        }
        if (part, scenario) != last.map(|last| (last.part, last.scenario)).unzip()
            && let Some(suite) = &suite
            && place.part != Part::Nowhere
            && let Some(scenario) = suite.scenarios.get(place.scenario)
        {
            let title = scenario.file.title.get(lang);
            writeln!(out, "== {}  {title}\n", scenario.id)?;
        }
        last = Some(*place);
        let state = if accepted.is_some() {
            Text::new("変更（- 採用済み、+ 今回）", "changed (- accepted, + now)")
        } else {
            new += 1;
            Text::new("新規", "new")
        };
        writeln!(out, "{}: {}", state.get(lang), name(path))?;
        if let Some(odd) = encoding::of_snapshot(&found) {
            writeln!(out, "  ({})", odd.get(lang))?;
        }
        let shown = |cap: Cap| {
            let accepted = accepted.as_deref().unwrap_or_default();
            snapshot::difference(accepted, &found, cap).unwrap_or_default()
        };
        let all = shown(Cap::NONE);
        let text = if whole { &all } else { &shown(Cap::GLANCE) };
        capped |= *text != all;
        for line in snapshot::shown(text, lang).lines() {
            // Where all is new, a sign before each line says nothing.
            let bare = accepted.is_none().then(|| line.strip_prefix("+ "));
            writeln!(out, "  {}", bare.flatten().unwrap_or(line))?;
        }
        writeln!(out)?;
    }
    let changed = pending.len() - new;
    let text = Text::new(
        format!(
            "確認待ち: {}件（新規{new}件、変更{changed}件）",
            pending.len()
        ),
        format!("waiting: {} ({new} new, {changed} changed)", pending.len()),
    );
    writeln!(out, "{}", text.get(lang))?;
    if let Some((_, first)) = pending.first() {
        next(out, &arguments.written(), name(first), capped, lang)?;
    }
    if arguments.is_everything()
        && let Some(suite) = &suite
    {
        orphans::name(out, &orphans::orphans(&project, suite)?, lang)?;
    }
    Ok(Exit::Ok)
}

/// The head of a part, where what is shown has several.
fn part_head(out: &mut dyn Write, parts: &[Part], part: Part, lang: Lang) -> io::Result<()> {
    if parts.iter().all(|other| *other == part) {
        return Ok(());
    }
    let count = parts.iter().filter(|other| **other == part).count();
    let (ja, en) = match part {
        Part::UnderTest => ("試験対象のシステムの動作", "what the system under test did"),
        Part::Own => (
            "シナリオ自身の送信に対する応答",
            "answers to what scenarios sent themselves",
        ),
        Part::Nowhere => ("どの手順にもないもの", "of no step"),
    };
    let text = Text::new(format!("■ {ja}（{count}件）"), format!("■ {en} ({count})"));
    writeln!(out, "{}\n", text.get(lang))
}

/// The places of the snapshots of all steps, by their path in a folder of snapshots.
fn places(suite: &Suite) -> BTreeMap<String, Place> {
    let mut places = BTreeMap::new();
    for (scenario, of) in suite.scenarios.iter().enumerate() {
        for (step, of_step) in of.file.steps.iter().enumerate() {
            let part = if of_step.is_of_system() {
                Part::UnderTest
            } else {
                Part::Own
            };
            let place = Place {
                part,
                scenario,
                step,
            };
            for name in of_step.snapshots() {
                places.insert(snapshot::path_in("", &of.id, &name), place);
            }
        }
    }
    places
}

/// What can be typed next: for one of them, and for all that are shown.
fn next(out: &mut dyn Write, shown: &str, first: &str, capped: bool, lang: Lang) -> io::Result<()> {
    let mut line = |what: &Text, command: &str| writeln!(out, "  {}: {command}", what.get(lang));
    if capped {
        let what = Text::new("省略せずに表示", "show them whole");
        line(&what, &format!("renkei review{shown} --full"))?;
    }
    let all = Text::new("表示したものをすべて採用", "accept all that is shown");
    line(&all, &format!("renkei accept{shown}"))?;
    let one = Text::new("一つだけ採用", "accept one");
    line(&one, &format!("renkei accept {first}"))?;
    let one = Text::new("一つだけ破棄", "reject one");
    line(&one, &format!("renkei reject {first}"))
}
