//! What a person reads at the end of a run: each failure with all that is needed to act, then a table of the phases.

use std::io::{self, Write};

use crate::{
    event::{
        Fault, Kept, Outcome, Process, Rule, ScenarioEnd, ScenarioResult, StepResult, SystemResult,
        Written,
    },
    report::{
        Record,
        asides::asides,
        counts::{left_out, not_possible, table},
        relayed,
        words::{
            bracketed, difference_head, individual_number, label, new_snapshot, not_begun, placed,
            prerequisite, read_on, unsettled, warning_head,
        },
    },
    snapshot,
    text::{Lang, Text, counted},
    verdict::Exit,
};

/// The most lines of a body that are shown.
const SHOWN: usize = 30;
/// The most characters of a line that are shown.
const WIDE: usize = 400;

// Whoever opens the terminal leaves these out where colours are not wanted.
const BAD: &str = "\x1b[1;31m";
const OLD: &str = "\x1b[31m";
const NEW: &str = "\x1b[32m";
const PLAIN: &str = "\x1b[0m";

/// Writes the report.
pub fn terminal(out: &mut dyn Write, record: &Record, lang: Lang) -> io::Result<()> {
    for result in &record.results {
        let steps: Vec<&StepResult> = record.steps_of(result).collect();
        scenario(out, record, result, &steps, lang)?;
    }
    if let Some(result) = &record.system {
        system(out, result, lang)?;
    }
    for one in &record.relayed {
        writeln!(out, "{}", printable(relayed::line(one).get(lang)))?;
    }
    if !record.is_recording() {
        table(out, &record.results, lang)?;
    }
    not_possible(out, record, lang)?;
    if let Some(real) = record.start.as_ref().and_then(|start| start.real.as_ref()) {
        if let Some(resumed) = &real.resumes {
            let text = Text::new("再開元の実施記録", "goes on with the run");
            writeln!(out, "{}: {resumed}", text.get(lang))?;
        }
        if !real.assumed.is_empty() {
            let text = Text::new("到達済みとみなした再開点", "checkpoints taken for reached");
            let names = Text::new(real.assumed.join("、"), real.assumed.join(", "));
            writeln!(out, "{}: {}", text.get(lang), names.get(lang))?;
            left_out(out, record, lang)?;
        }
    }
    for warning in &record.warnings {
        let head = warning_head();
        let text = printable(warning.text.get(lang));
        writeln!(out, "{}: {text}", head.get(lang))?;
    }
    asides(out, record, lang)?;
    let natural = record.start.iter().flat_map(|start| &start.natural);
    for field in natural {
        let text = Text::new(
            "12桁の番号として検査の対象外",
            "twelve digits by nature, not looked through",
        );
        writeln!(out, "{}: {field}", text.get(lang))?;
    }
    if record.missing() > 0 {
        let missing = record.missing();
        let text = Text::new(
            format!("中断により実施していないシナリオ: {missing}件"),
            format!("scenarios that had not ended: {missing}"),
        );
        writeln!(out, "{}", text.get(lang))?;
    }
    let exit = record.exit();
    if record.is_recording() && exit != Exit::IndividualNumber {
        let count = record.relayed.len();
        let text = Text::new(
            format!("記録したやり取り: {count}件"),
            format!("exchanges recorded: {count}"),
        );
        return writeln!(out, "\n{}", text.get(lang));
    }
    writeln!(out, "\n{}", exit.after(&record.meaning()).get(lang))?;
    let next = [unsettled(record), read_on(record, exit)];
    next.into_iter()
        .flatten()
        .try_for_each(|next| writeln!(out, "{}", next.get(lang)))
}

fn scenario(
    out: &mut dyn Write,
    record: &Record,
    result: &ScenarioResult,
    steps: &[&StepResult],
    lang: Lang,
) -> io::Result<()> {
    match &result.end {
        // What is left out of one that passed is counted below, with those that are left out as a whole.
        ScenarioEnd::Passed
        | ScenarioEnd::NotRun
        | ScenarioEnd::NotPossible { .. }
        | ScenarioEnd::Assumed => return Ok(()),
        ScenarioEnd::Blocked { .. } => {
            let why = not_begun(record, result);
            let why = why.map_or_else(String::new, |why| bracketed(why.get(lang), lang));
            return writeln!(
                out,
                "{}: {}  {}{why}",
                label(&result.end).get(lang),
                result.scenario,
                result.title.get(lang),
            );
        }
        ScenarioEnd::New
        | ScenarioEnd::Failed
        | ScenarioEnd::Broken
        | ScenarioEnd::Unusable
        | ScenarioEnd::IndividualNumber
        | ScenarioEnd::Internal => {}
    }
    writeln!(
        out,
        "\n{BAD}{}: {}{PLAIN}  {}",
        label(&result.end).get(lang),
        result.scenario,
        result.title.get(lang)
    )?;
    if result.prerequisite {
        let text = bracketed(prerequisite().get(lang), lang);
        writeln!(out, "  {}", text.trim_start())?;
    }
    if let Some(world) = &result.world {
        let text = Text::new("残した模擬環境（world）", "the world that was kept");
        writeln!(out, "  {}: {world}", text.get(lang))?;
    }
    if let Some(work) = &result.work {
        let text = Text::new("残した作業フォルダー", "the work folder that was kept");
        writeln!(out, "  {}: {work}", text.get(lang))?;
    }
    for one in steps {
        step(out, one, lang)?;
    }
    Ok(())
}

fn step(out: &mut dyn Write, step: &StepResult, lang: Lang) -> io::Result<()> {
    let title = step.title.as_ref().map_or("", |title| title.get(lang));
    let head = format!("  {} [{}] {title}", placed(step, lang), step.step);
    let head = head.trim_end();
    match &step.outcome {
        Outcome::Passed | Outcome::Skipped | Outcome::NotPossible { .. } => return Ok(()),
        Outcome::NewSnapshot => {
            writeln!(out, "{head} {}", new_snapshot().get(lang))?;
            return notes(out, step, lang);
        }
        Outcome::Broken { why } | Outcome::Unusable { why } | Outcome::NotKept { why } => {
            writeln!(out, "{head}")?;
            said(out, "✗ ", why.get(lang))?;
        }
        Outcome::IndividualNumber { place } => {
            writeln!(out, "{head}")?;
            said(out, "✗ ", individual_number(place).get(lang))?;
        }
        Outcome::Failed {
            mismatches,
            difference,
        } => {
            writeln!(out, "{head}")?;
            for mismatch in mismatches {
                said(out, "✗ ", mismatch.get(lang))?;
            }
            if let Some(told) = &step.fault {
                fault(out, told, lang)?;
            }
            if let Some(difference) = difference {
                let difference = snapshot::shown(difference, lang);
                block(out, difference_head().get(lang), &difference, lang)?;
            }
        }
    }
    if let Some(told) = &step.rule {
        rule(out, told, lang)?;
    }
    notes(out, step, lang)?;
    block(
        out,
        Text::new("シナリオ", "scenario").get(lang),
        &step.source,
        lang,
    )?;
    if let Some(exchange) = &step.exchange {
        let head = format!(
            "{} {}{}",
            Text::new("送信", "request").get(lang),
            exchange.operation,
            bracketed(&exchange.identity, lang)
        );
        body(out, &head, &exchange.request, lang)?;
        let broken = exchange.broken.as_deref().unwrap_or_default();
        let status = exchange.status.map_or_else(
            || Text::new("なし", broken),
            |status| Text::new(status.to_string(), status.to_string()),
        );
        let head = Text::new("応答", "response");
        let head = format!("{} {}", head.get(lang), status.get(lang));
        match &exchange.response {
            Some(response) => body(out, &head, response, lang)?,
            None if exchange.broken.is_some() => writeln!(out, "    {head}")?,
            None => {}
        }
    }
    if let Some(process) = &step.process {
        program(out, process, lang)?;
    }
    for call in &step.calls {
        let head = format!(
            "{} #{} {}{}",
            Text::new("呼出し", "call").get(lang),
            call.number,
            call.operation,
            bracketed(&call.caller, lang)
        );
        body(out, &head, &call.request, lang)?;
        let status = call.status.map(|status| status.to_string());
        let answered: Vec<&str> = status
            .as_deref()
            .into_iter()
            .chain(call.fault.as_deref())
            .collect();
        let head = format!(
            "{} {}",
            Text::new("応答", "response").get(lang),
            answered.join(" ")
        );
        body(out, &head, &call.response, lang)?;
    }
    Ok(())
}

fn notes(out: &mut dyn Write, step: &StepResult, lang: Lang) -> io::Result<()> {
    for note in &step.notes {
        said(out, "", note.get(lang))?;
    }
    Ok(())
}

/// What a program of the system under test wrote.
fn program(out: &mut dyn Write, process: &Process, lang: Lang) -> io::Result<()> {
    let head = Text::new("プログラム", "program");
    let command = printable(&process.command.join(" "));
    let ended = snapshot::in_japanese(&process.ended);
    let ended = Text::new(ended.unwrap_or_default(), process.ended.clone());
    writeln!(
        out,
        "    {}: {command} → {}",
        head.get(lang),
        ended.get(lang)
    )?;
    written(out, &process.stdout, &process.stderr, lang)
}

/// How the system under test did that runs for the whole run; nothing is said of one that did well.
fn system(out: &mut dyn Write, result: &SystemResult, lang: Lang) -> io::Result<()> {
    let Some(why) = &result.why else {
        return Ok(());
    };
    let head = Text::new("試験対象のシステム", "system under test");
    let command = printable(&result.command.join(" "));
    writeln!(out, "\n{BAD}{}{PLAIN}  {command}", head.get(lang))?;
    // The last lines that follow there are those that stand below.
    said(out, "", why.get(lang).lines().next().unwrap_or_default())?;
    written(out, &result.stdout, &result.stderr, lang)
}

fn written(out: &mut dyn Write, stdout: &Written, stderr: &Written, lang: Lang) -> io::Result<()> {
    let outputs = [
        (Text::new("標準出力", "stdout"), stdout),
        (Text::new("標準エラー出力", "stderr"), stderr),
    ];
    for (name, written) in outputs {
        let Written {
            kept,
            last,
            between,
            left_out,
        } = written;
        body(out, name.get(lang), kept, lang)?;
        if kept.shown.is_empty() {
            continue;
        }
        let (mut ja, mut en) = (Vec::new(), Vec::new());
        if *between > 0 {
            ja.push(format!("{between}行を省略しています"));
            en.push(format!("{} not shown", counted(*between, "line")));
        }
        if *left_out > 0 {
            ja.push(format!("{left_out}バイトは保存していません"));
            en.push(format!("{} not kept", counted(*left_out, "byte")));
        }
        if !ja.is_empty() {
            let text = Text::new(ja.join("、"), en.join(", "));
            writeln!(out, "      …{}", bracketed(text.get(lang), lang))?;
        }
        lines(out, last)?;
    }
    Ok(())
}

/// A sentence; further lines of it stand below its first.
fn said(out: &mut dyn Write, sign: &str, text: &str) -> io::Result<()> {
    for (at, line) in text.lines().enumerate() {
        let line = harmless(line);
        if at == 0 {
            writeln!(out, "    {sign}{line}")?;
        } else {
            writeln!(out, "      {line}")?;
        }
    }
    Ok(())
}

/// What the network refuses with, and what it asks for, before all that is longer.
fn fault(out: &mut dyn Write, fault: &Fault, lang: Lang) -> io::Result<()> {
    let head = Text::new("拒否", "fault");
    let line = format!(
        "{}: {} {}",
        head.get(lang),
        fault.code,
        fault.text.get(lang)
    );
    writeln!(out, "    {}", printable(line.trim_end()))?;
    let next = fault.next.get(lang);
    if !next.is_empty() {
        let head = Text::new("次の対応", "what to do");
        writeln!(out, "    {}: {}", head.get(lang), printable(next))?;
    }
    Ok(())
}

/// The rule that the answer names, its sentence, and where that comes from.
fn rule(out: &mut dyn Write, rule: &Rule, lang: Lang) -> io::Result<()> {
    let head = Text::new("規則", "rule");
    let line = format!("{}: {} {}", head.get(lang), rule.id, rule.text.get(lang));
    writeln!(out, "    {}", printable(line.trim_end()))?;
    // Of a rule that is not known there is nothing to explain.
    let Some(origin) = rule.origin() else {
        return Ok(());
    };
    let text = Text::new(
        format!("根拠: {}（詳細: renkei explain {}）", origin.ja, rule.id),
        format!("source: {} (more: renkei explain {})", origin.en, rule.id),
    );
    writeln!(out, "    {}", printable(text.get(lang)))
}

/// What an answer holds must not drive the terminal.
fn harmless(text: &str) -> String {
    let shown = |c: char| if c.is_control() { '\u{fffd}' } else { c };
    text.chars().map(shown).collect()
}

/// The same, no wider than is shown.
pub(super) fn printable(text: &str) -> String {
    harmless(text).chars().take(WIDE).collect()
}

fn body(out: &mut dyn Write, head: &str, kept: &Kept, lang: Lang) -> io::Result<()> {
    block(out, &format!("{head} [{}]", kept.file), &kept.shown, lang)
}

fn block(out: &mut dyn Write, title: &str, text: &str, lang: Lang) -> io::Result<()> {
    if text.is_empty() {
        return Ok(());
    }
    writeln!(out, "    {title}:")?;
    lines(out, text)?;
    let more = text.lines().count().saturating_sub(SHOWN);
    if more > 0 {
        let more = Text::new(format!("ほか{more}行"), format!("+{more}"));
        writeln!(out, "      …{}", bracketed(more.get(lang), lang))?;
    }
    Ok(())
}

fn lines(out: &mut dyn Write, text: &str) -> io::Result<()> {
    for line in text.lines().take(SHOWN) {
        let shown = printable(line);
        let colour = match line.get(..2) {
            Some("- ") => OLD,
            Some("+ ") => NEW,
            Some(_) | None => "",
        };
        let end = if colour.is_empty() { "" } else { PLAIN };
        writeln!(
            out,
            "      {colour}{shown}{}{end}",
            if line.chars().count() > WIDE {
                "…"
            } else {
                ""
            }
        )?;
    }
    Ok(())
}
