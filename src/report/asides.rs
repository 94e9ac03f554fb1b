//! What must be known of steps that passed, and of a system under test that did well.

use std::{
    collections::BTreeMap,
    io::{self, Write},
};

use crate::{
    encoding,
    event::{Outcome, SystemResult},
    report::{
        Record,
        words::{bracketed, warning_head},
    },
    text::{Lang, Text, counted},
};

/// The most steps that are named for one thing.
const NAMED: usize = 5;

/// Writes it, each thing once.
pub(super) fn asides(out: &mut dyn Write, record: &Record, lang: Lang) -> io::Result<()> {
    let mut all: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    let passed = record
        .steps
        .iter()
        .filter(|step| step.outcome == Outcome::Passed);
    for step in passed {
        for note in &step.notes {
            let steps = all.entry(note.get(lang)).or_default();
            steps.push(format!("{} [{}]", step.scenario, step.step));
        }
    }
    let head = warning_head();
    for (note, steps) in all {
        let mut names: Vec<&str> = steps.iter().take(NAMED).map(String::as_str).collect();
        let more = format!("… (+{})", steps.len().saturating_sub(NAMED));
        if steps.len() > NAMED {
            names.push(&more);
        }
        let names = bracketed(&names.join(", "), lang);
        writeln!(out, "{}: {}{names}", head.get(lang), encoding::shown(note))?;
    }
    let outputs = record.system.iter().flat_map(outputs);
    for (file, left_out) in outputs.filter(|(_, left_out)| *left_out > 0) {
        let text = Text::new(
            format!(
                "試験対象のシステムの出力が多すぎるため、{left_out}バイトを保存していません（{file}）"
            ),
            format!(
                "the system under test wrote too much: {} not kept ({file})",
                counted(left_out, "byte")
            ),
        );
        writeln!(out, "{}: {}", head.get(lang), text.get(lang))?;
    }
    Ok(())
}

fn outputs(system: &SystemResult) -> [(&'static str, u64); 2] {
    [
        ("system.stdout.txt", system.stdout.left_out),
        ("system.stderr.txt", system.stderr.left_out),
    ]
}
