//! JUnit: one suite a phase, one case a scenario; failures and errors apart.

use std::time::Duration;

use quick_junit::{NonSuccessKind, Report, TestCase, TestCaseStatus, TestSuite};

use crate::{
    event::{Outcome, ScenarioEnd, ScenarioResult},
    plan::PHASES,
    report::{
        Record,
        progress::{label, new_snapshot, nowhere},
    },
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
                ScenarioEnd::NotRun | ScenarioEnd::NotPossible { .. } => TestCaseStatus::skipped(),
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
                status.set_message(if let ScenarioEnd::NotPossible { why, .. } = &result.end {
                    format!("{label}: {}", why.get(lang))
                } else {
                    label
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
        ScenarioEnd::New => "new-snapshot",
        ScenarioEnd::Blocked { .. } => "blocked",
        ScenarioEnd::Failed => "failed",
        ScenarioEnd::Broken => "broken",
        ScenarioEnd::Unusable => "unusable",
        ScenarioEnd::IndividualNumber => "individual-number",
        ScenarioEnd::Internal => "internal",
    })
}

fn details(record: &Record, result: &ScenarioResult, lang: Lang) -> String {
    let mut lines = vec![result.title.get(lang).to_owned()];
    match &result.end {
        ScenarioEnd::Blocked {
            by,
            checkpoint: Some(checkpoint),
            hindrance,
        } => {
            let text = nowhere(by, checkpoint, hindrance.as_deref());
            lines.push(text.get(lang).to_owned());
        }
        ScenarioEnd::Blocked {
            by,
            checkpoint: None,
            hindrance: _,
        } => lines.push(by.clone()),
        ScenarioEnd::NotPossible { step, why } => {
            let step = step.as_ref().map(|step| format!("[{step}] "));
            lines.push(step.unwrap_or_default() + why.get(lang));
        }
        ScenarioEnd::Passed
        | ScenarioEnd::NotRun
        | ScenarioEnd::New
        | ScenarioEnd::Failed
        | ScenarioEnd::Broken
        | ScenarioEnd::Unusable
        | ScenarioEnd::IndividualNumber
        | ScenarioEnd::Internal => {}
    }
    for step in record.steps_of(result) {
        let head = format!("{} [{}]", step.place, step.step);
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
                lines.extend(difference.clone());
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
    lines.join("\n")
}
