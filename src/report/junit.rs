//! JUnit: one suite a phase, one case a scenario; failures and errors apart.

use std::time::Duration;

use quick_junit::{NonSuccessKind, Report, TestCase, TestCaseStatus, TestSuite};

use crate::{
    event::{Outcome, ScenarioEnd, ScenarioResult},
    plan::PHASES,
    report::{Record, progress::label},
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
                ScenarioEnd::NotRun => TestCaseStatus::skipped(),
                ScenarioEnd::Failed | ScenarioEnd::New | ScenarioEnd::IndividualNumber => {
                    TestCaseStatus::non_success(NonSuccessKind::Failure)
                }
                ScenarioEnd::Broken
                | ScenarioEnd::Unusable
                | ScenarioEnd::Blocked { .. }
                | ScenarioEnd::Internal => TestCaseStatus::non_success(NonSuccessKind::Error),
            };
            if result.end != ScenarioEnd::Passed {
                status.set_message(label(&result.end).get(lang));
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
    report.to_string()
}

fn details(record: &Record, result: &ScenarioResult, lang: Lang) -> String {
    let mut lines = vec![result.title.get(lang).to_owned()];
    if let ScenarioEnd::Blocked { by } = &result.end {
        lines.push(by.clone());
    }
    for step in record.steps_of(result) {
        let head = format!("{} [{}]", step.place, step.step);
        match &step.outcome {
            Outcome::Passed | Outcome::Skipped => continue,
            Outcome::NewSnapshot | Outcome::IndividualNumber { .. } => lines.push(head),
            Outcome::Broken { why } | Outcome::Unusable { why } => {
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
            lines.push(format!("{} {}", rule.id, rule.text.get(lang)));
        }
        for kept in step.exchange.iter().flat_map(|exchange| {
            Some(&exchange.request)
                .into_iter()
                .chain(&exchange.response)
        }) {
            lines.push(format!("{} sha256:{}", kept.file, kept.sha256));
        }
    }
    lines.join("\n")
}
