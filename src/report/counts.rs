//! How many scenarios ended in which way, phase by phase, and those that are counted apart.

use std::{
    collections::BTreeMap,
    io::{self, Write},
};

use crate::{
    event::{Outcome, ScenarioEnd, ScenarioResult},
    plan::PHASES,
    report::{Record, columns, terminal::printable, words::bracketed},
    text::{Lang, Text},
};

/// The most scenarios that are named for one reason.
const NAMED: usize = 5;

/// The scenarios that lead to what was taken for reached, of which nothing was sent.
pub(super) fn left_out(out: &mut dyn Write, record: &Record, lang: Lang) -> io::Result<()> {
    let assumed = |result: &&ScenarioResult| matches!(result.end, ScenarioEnd::Assumed);
    let ids = record.results.iter().filter(assumed);
    let ids: Vec<&str> = ids.map(|result| result.scenario.as_str()).collect();
    if ids.is_empty() {
        return Ok(());
    }
    let head = Text::new(
        "到達済みとみなし、送信していないシナリオ",
        "scenarios taken for reached, of which nothing was sent",
    );
    writeln!(out, "{}: {}", head.get(lang), ids.join(", "))
}

/// What the target cannot do, by reason: whole scenarios, and steps of scenarios that ran.
pub(super) fn not_possible(out: &mut dyn Write, record: &Record, lang: Lang) -> io::Result<()> {
    let mut scenarios: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for result in &record.results {
        if let ScenarioEnd::NotPossible { why, .. } = &result.end {
            let of_reason = scenarios.entry(why.get(lang)).or_default();
            of_reason.push(&result.scenario);
        }
    }
    for (why, ids) in &scenarios {
        let head = Text::new("この環境では不可", "not possible here");
        let names: Vec<&str> = ids.iter().take(NAMED).copied().collect();
        let (mut ja, mut en) = (names.join("、"), names.join(", "));
        let (count, more) = (ids.len(), ids.len().saturating_sub(NAMED));
        if more > 0 {
            ja = format!("{ja}、ほか{more}件");
            en = format!("{en}, … (+{more})");
        }
        let count = Text::new(format!("{count}件"), count.to_string());
        writeln!(
            out,
            "{}{}: {}: {}",
            head.get(lang),
            bracketed(count.get(lang), lang),
            printable(why),
            Text::new(ja, en).get(lang)
        )?;
    }
    let mut steps: BTreeMap<&str, usize> = BTreeMap::new();
    for step in &record.steps {
        if let Outcome::NotPossible { why } = &step.outcome {
            *steps.entry(why.get(lang)).or_default() += 1;
        }
    }
    for (why, count) in steps {
        let text = Text::new(
            format!("実施したシナリオのうち、省いた手順: {count}件（{why}）"),
            format!("steps left out of scenarios that ran: {count} ({why})"),
        );
        writeln!(out, "{}", printable(text.get(lang)))?;
    }
    Ok(())
}

pub(super) fn table(out: &mut dyn Write, results: &[ScenarioResult], lang: Lang) -> io::Result<()> {
    let heads = [
        Text::new("段階", "phase"),
        Text::new("合格", "passed"),
        Text::new("新規", "new"),
        Text::new("不合格", "failed"),
        Text::new("異常", "broken"),
        Text::new("未実施", "not run"),
        Text::new("この環境では不可", "not possible here"),
        Text::new("到達済み扱い", "taken for reached"),
    ];
    // Against the bundled mock everything is possible, and nothing is taken for reached.
    let shown = |column: usize| {
        column < ALWAYS
            || results
                .iter()
                .any(|result| column_of(&result.end) == column)
    };
    let row = |name: &Text, cells: Vec<String>| -> Vec<String> {
        let cells = cells.into_iter().enumerate();
        let cells = cells.filter_map(|(column, cell)| shown(column).then_some(cell));
        std::iter::once(name.get(lang).to_owned())
            .chain(cells)
            .collect()
    };
    let [phase, columns_named @ ..] = &heads;
    let named = columns_named.iter().map(|head| head.get(lang).to_owned());
    let mut rows: Vec<Vec<String>> = vec![row(phase, named.collect())];
    let phases = PHASES.map(|(phase, ja, en)| (Some(phase), Text::new(ja, en)));
    let total = (None, Text::new("計", "total"));
    for (phase, name) in phases.into_iter().chain([total]) {
        let mut counts = [0_usize; COLUMNS];
        let of_phase = results
            .iter()
            .filter(|result| phase.is_none_or(|phase| result.phase == phase));
        for result in of_phase {
            if let Some(count) = counts.get_mut(column_of(&result.end)) {
                *count += 1;
            }
        }
        if counts.iter().sum::<usize>() > 0 {
            rows.push(row(&name, counts.iter().map(ToString::to_string).collect()));
        }
    }
    columns(out, &rows)
}

/// How many columns of numbers the table may have, and how many of them it always has.
const COLUMNS: usize = 7;
const ALWAYS: usize = 5;

fn column_of(end: &ScenarioEnd) -> usize {
    match end {
        ScenarioEnd::Passed => 0,
        ScenarioEnd::New => 1,
        ScenarioEnd::Failed | ScenarioEnd::IndividualNumber => 2,
        ScenarioEnd::Broken | ScenarioEnd::Unusable | ScenarioEnd::Internal => 3,
        end if end.is_hindered() => 5,
        ScenarioEnd::NotPossible { .. } => 5,
        ScenarioEnd::Blocked { .. } | ScenarioEnd::NotRun => 4,
        ScenarioEnd::Assumed => 6,
    }
}
