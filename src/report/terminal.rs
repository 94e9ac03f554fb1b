//! What a person reads at the end of a run: each failure with all that is needed to act, then a table of the phases.

use std::io::{self, Write};

use unicode_width::UnicodeWidthStr as _;

use crate::{
    event::{Outcome, ScenarioEnd, ScenarioResult, StepResult},
    plan::PHASES,
    text::{Lang, Text},
    verdict,
};

/// The most lines of a body that are shown.
const SHOWN: usize = 30;

/// Writes the report.
pub fn terminal(
    out: &mut dyn Write,
    results: &[ScenarioResult],
    steps: &[StepResult],
    lang: Lang,
) -> io::Result<()> {
    for result in results {
        let steps: Vec<&StepResult> = steps
            .iter()
            .filter(|step| step.scenario == result.scenario)
            .collect();
        scenario(out, result, &steps, lang)?;
    }
    table(out, results, lang)?;
    let exit = verdict::exit(results);
    writeln!(out, "\n{} ({})", exit.text().get(lang), exit.code())
}

fn scenario(
    out: &mut dyn Write,
    result: &ScenarioResult,
    steps: &[&StepResult],
    lang: Lang,
) -> io::Result<()> {
    let label = match &result.end {
        ScenarioEnd::Passed => return Ok(()),
        ScenarioEnd::New => Text::new("新規", "new"),
        ScenarioEnd::Failed => Text::new("不合格", "failed"),
        ScenarioEnd::Broken => Text::new("通信異常", "broken"),
        ScenarioEnd::IndividualNumber => Text::new("個人番号", "individual number"),
        ScenarioEnd::Internal => Text::new("renkei自体の不具合", "a fault of renkei's own"),
        ScenarioEnd::Blocked { by } => {
            let text = Text::new(
                format!("未実施（前提のシナリオ {by} が合格していません）"),
                format!("blocked by {by}"),
            );
            return writeln!(
                out,
                "{}  {}: {}",
                result.scenario,
                result.title.get(lang),
                text.get(lang)
            );
        }
    };
    writeln!(
        out,
        "\n{}: {}  {}",
        label.get(lang),
        result.scenario,
        result.title.get(lang)
    )?;
    for step in steps {
        match &step.outcome {
            Outcome::Passed | Outcome::Skipped => {}
            Outcome::NewSnapshot => {
                let text = Text::new(
                    "新しいスナップショット（renkei review で確認）",
                    "new snapshot; see renkei review",
                );
                writeln!(out, "  {} [{}] {}", step.place, step.step, text.get(lang))?;
            }
            Outcome::Broken { why } => {
                writeln!(out, "  {} [{}] {}", step.place, step.step, why.get(lang))?;
            }
            Outcome::IndividualNumber => {
                let text = Text::new(
                    "個人番号を検出しました。送信内容及び応答を確認してください（番号は伏せています）",
                    "an individual number was found; look at what was sent and what came (it is masked here)",
                );
                writeln!(out, "  {} [{}] {}", step.place, step.step, text.get(lang))?;
            }
            Outcome::Failed {
                mismatches,
                difference,
            } => {
                writeln!(out, "  {} [{}]", step.place, step.step)?;
                for mismatch in mismatches {
                    writeln!(out, "    ✗ {}", mismatch.get(lang))?;
                }
                if let Some(difference) = difference {
                    let text = Text::new(
                        "スナップショットとの差異（- 採用済み、+ 今回）",
                        "difference from the snapshot (- accepted, + now)",
                    );
                    block(out, text.get(lang), difference)?;
                }
                if let Some(rule) = &step.rule {
                    let text = Text::new("規則", "rule");
                    writeln!(
                        out,
                        "    {}: {rule} (renkei explain {rule})",
                        text.get(lang)
                    )?;
                }
                block(out, Text::new("送信", "request").get(lang), &step.request)?;
                let status = step
                    .status
                    .map(|status| status.to_string())
                    .unwrap_or_default();
                block(
                    out,
                    &format!("{} {status}", Text::new("応答", "response").get(lang)),
                    &step.response,
                )?;
            }
        }
    }
    Ok(())
}

fn block(out: &mut dyn Write, title: &str, text: &str) -> io::Result<()> {
    writeln!(out, "    {title}:")?;
    for line in text.lines().take(SHOWN) {
        let shown: String = line.chars().take(400).collect();
        writeln!(
            out,
            "      {shown}{}",
            if shown.len() < line.len() { "…" } else { "" }
        )?;
    }
    let more = text.lines().count().saturating_sub(SHOWN);
    if more > 0 {
        writeln!(out, "      … (+{more})")?;
    }
    Ok(())
}

fn table(out: &mut dyn Write, results: &[ScenarioResult], lang: Lang) -> io::Result<()> {
    let heads = [
        Text::new("段階", "phase"),
        Text::new("合格", "passed"),
        Text::new("新規", "new"),
        Text::new("不合格", "failed"),
        Text::new("異常", "broken"),
        Text::new("未実施", "blocked"),
    ];
    let mut rows: Vec<Vec<String>> =
        vec![heads.iter().map(|head| head.get(lang).to_owned()).collect()];
    for (phase, ja, en) in PHASES {
        let of_phase: Vec<&ScenarioResult> = results
            .iter()
            .filter(|result| result.phase == phase)
            .collect();
        if of_phase.is_empty() {
            continue;
        }
        let count = |is: fn(&ScenarioEnd) -> bool| {
            of_phase
                .iter()
                .filter(|result| is(&result.end))
                .count()
                .to_string()
        };
        rows.push(vec![
            Text::new(ja, en).get(lang).to_owned(),
            count(|end| *end == ScenarioEnd::Passed),
            count(|end| *end == ScenarioEnd::New),
            count(|end| matches!(end, ScenarioEnd::Failed | ScenarioEnd::IndividualNumber)),
            count(|end| matches!(end, ScenarioEnd::Broken | ScenarioEnd::Internal)),
            count(|end| matches!(end, ScenarioEnd::Blocked { .. })),
        ]);
    }
    columns(out, &rows)
}

/// Rows with aligned columns, the first to the left and the others to the right; full-width characters count as two.
pub(crate) fn columns(out: &mut dyn Write, rows: &[Vec<String>]) -> io::Result<()> {
    let count = rows.iter().map(Vec::len).max().unwrap_or(0);
    let widths: Vec<usize> = (0..count)
        .map(|column| {
            rows.iter()
                .filter_map(|row| row.get(column))
                .map(|cell| cell.width())
                .max()
                .unwrap_or(0)
        })
        .collect();
    writeln!(out)?;
    for row in rows {
        for (column, (cell, width)) in row.iter().zip(&widths).enumerate() {
            let space = " ".repeat(width.saturating_sub(cell.width()));
            if column == 0 {
                write!(out, "{cell}{space}")?;
            } else {
                write!(out, "  {space}{cell}")?;
            }
        }
        writeln!(out)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_hold_full_width_text() {
        let mut out = Vec::new();
        let row = |a: &str, b: &str| vec![a.to_owned(), b.to_owned()];
        columns(&mut out, &[row("段階", "合格"), row("a", "1")]).unwrap();
        assert_eq!(
            String::from_utf8(out).unwrap(),
            "\n段階  合格\na        1\n"
        );
    }
}
