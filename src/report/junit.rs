//! JUnit: one suite a phase, one case a scenario; failures and errors apart.

use std::time::Duration;

use quick_junit::{NonSuccessKind, Property, Report, TestCase, TestCaseStatus, TestSuite};

use crate::{
    event::{Outcome, ScenarioEnd, ScenarioResult},
    plan::PHASES,
    report::{
        Record,
        words::{accept_new, first_wrong, label, new_snapshot, not_begun, placed},
    },
    snapshot,
    text::Lang,
};

/// The report's text.
pub fn junit(record: &Record, lang: Lang) -> Result<String, quick_junit::SerializeError> {
    let mut report = Report::new("renkei");
    for (phase, ..) in PHASES {
        let mut suite = TestSuite::new(phase);
        let mut taken = Duration::ZERO;
        for result in record.results.iter().filter(|result| result.phase == phase) {
            let mut status = match &result.end {
                ScenarioEnd::Passed => TestCaseStatus::success(),
                end if end.is_hindered() => TestCaseStatus::skipped(),
                ScenarioEnd::NotRun | ScenarioEnd::NotPossible { .. } | ScenarioEnd::Assumed => {
                    TestCaseStatus::skipped()
                }
                // What nobody has looked at yet proves nothing: as the exit code, so the report.
                ScenarioEnd::Failed | ScenarioEnd::New | ScenarioEnd::IndividualNumber => {
                    TestCaseStatus::non_success(NonSuccessKind::Failure)
                }
                ScenarioEnd::Broken
                | ScenarioEnd::Unusable
                | ScenarioEnd::Blocked { .. }
                | ScenarioEnd::Internal => TestCaseStatus::non_success(NonSuccessKind::Error),
            };
            if let Some(kind) = kind(&result.end) {
                status.set_type(kind);
                let label = label(&result.end).get(lang).to_owned();
                status.set_message(match reason(record, result, lang) {
                    Some(reason) => format!("{label}: {}", glance(&reason)),
                    None => label,
                });
                status.set_description(details(record, result, lang));
            }
            let mut case = TestCase::new(result.scenario.clone(), status);
            case.set_classname(phase);
            let time = Duration::from_millis(result.milliseconds);
            case.set_time(time);
            taken += time;
            suite.add_test_case(case);
        }
        if suite.tests > 0 {
            for warning in &record.warnings {
                suite.add_property(Property::new("warning", warning.text.get(lang)));
            }
            suite.set_time(taken);
            report.add_test_suite(suite);
        }
    }
    if let Some(why) = record
        .system
        .as_ref()
        .and_then(|system| system.why.as_ref())
    {
        let mut status = TestCaseStatus::non_success(NonSuccessKind::Error);
        status.set_type("system-under-test");
        status.set_message(why.get(lang));
        let mut suite = TestSuite::new("system");
        suite.add_test_case(TestCase::new("system", status));
        report.add_test_suite(suite);
    }
    report.to_string()
}

/// What a program tells the ends apart by, whatever the language; none for a pass.
fn kind(end: &ScenarioEnd) -> Option<&'static str> {
    Some(match end {
        ScenarioEnd::Passed => return None,
        ScenarioEnd::NotRun => "not-run",
        ScenarioEnd::NotPossible { .. } => "not-possible-here",
        ScenarioEnd::Assumed => "assumed",
        ScenarioEnd::New => "new-snapshot",
        ScenarioEnd::Blocked { .. } => "blocked",
        ScenarioEnd::Failed => "failed",
        ScenarioEnd::Broken => "broken",
        ScenarioEnd::Unusable => "unusable",
        ScenarioEnd::IndividualNumber => "individual-number",
        ScenarioEnd::Internal => "internal",
    })
}

/// Why a scenario did not pass: what kept it from beginning, else the first thing that is wrong in it.
fn reason(record: &Record, result: &ScenarioResult, lang: Lang) -> Option<String> {
    if let Some(text) = not_begun(record, result) {
        return Some(text.get(lang).to_owned());
    }
    let mut wrong = record
        .steps_of(result)
        .filter_map(|step| Some((&step.step, first_wrong(step)?)));
    let (step, text) = wrong.next()?;
    Some(format!("[{step}] {}", text.get(lang)))
}

/// The most characters of a message: lists of results show it on one line.
const GLANCE: usize = 160;

/// A text on one line, cut where it is long.
fn glance(text: &str) -> String {
    let line: Vec<&str> = text.split_whitespace().collect();
    let line = line.join(" ");
    match line.char_indices().nth(GLANCE) {
        Some((end, _)) => format!("{}…", line.get(..end).unwrap_or_default()),
        None => line,
    }
}

fn details(record: &Record, result: &ScenarioResult, lang: Lang) -> String {
    let mut lines = vec![result.title.get(lang).to_owned()];
    lines.extend(not_begun(record, result).map(|text| text.get(lang).to_owned()));
    for step in record.steps_of(result) {
        let head = format!("{} [{}]", placed(step, lang), step.step);
        match &step.outcome {
            Outcome::Passed | Outcome::Skipped => continue,
            Outcome::NewSnapshot => lines.push(format!("{head} {}", new_snapshot().get(lang))),
            Outcome::IndividualNumber { .. } => lines.push(head),
            Outcome::Broken { why }
            | Outcome::Unusable { why }
            | Outcome::NotKept { why }
            | Outcome::NotPossible { why } => {
                lines.push(format!("{head} {}", why.get(lang)));
            }
            Outcome::Failed {
                mismatches,
                difference,
            } => {
                lines.push(head);
                let mismatches = mismatches.iter();
                lines.extend(mismatches.map(|mismatch| mismatch.get(lang).to_owned()));
                let difference = difference.as_deref();
                lines.extend(difference.map(|difference| snapshot::shown(difference, lang)));
            }
        }
        if let Some(rule) = &step.rule {
            let origin = rule.origin().map(|origin| match lang {
                Lang::Ja => format!("（根拠: {}）", origin.ja),
                Lang::En => format!(" (source: {})", origin.en),
            });
            let origin = origin.unwrap_or_default();
            lines.push(format!("{} {}{origin}", rule.id, rule.text.get(lang)));
        }
        let notes = step.notes.iter();
        lines.extend(notes.map(|note| note.get(lang).to_owned()));
        let sent = step.exchange.iter().flat_map(|exchange| {
            Some(&exchange.request)
                .into_iter()
                .chain(&exchange.response)
        });
        let process = step.process.iter();
        let written = process.flat_map(|process| [&process.stdout.kept, &process.stderr.kept]);
        let calls = step.calls.iter();
        let calls = calls.flat_map(|call| [&call.request, &call.response]);
        for kept in sent.chain(written).chain(calls) {
            lines.push(format!("{} sha256:{}", kept.file, kept.sha256));
        }
    }
    if result.end == ScenarioEnd::New {
        lines.push(accept_new(record).get(lang).to_owned());
    }
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_is_one_line_that_ends_somewhere() {
        assert_eq!(glance("a\n  b\tc"), "a b c");
        let long = glance(&"宛".repeat(GLANCE + 1));
        assert_eq!(long, "宛".repeat(GLANCE) + "…");
        let whole = "宛".repeat(GLANCE);
        assert_eq!(glance(&whole), whole);
    }
}
