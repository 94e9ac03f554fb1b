//! JUnit: one suite a phase, one case a scenario; failures and errors apart.

use quick_junit::{NonSuccessKind, Report, TestCase, TestCaseStatus, TestSuite};

use crate::{
    event::{Outcome, ScenarioEnd, ScenarioResult, StepResult},
    plan::PHASES,
    text::Lang,
};

/// The report's text.
pub fn junit(
    results: &[ScenarioResult],
    steps: &[StepResult],
    lang: Lang,
) -> Result<String, quick_junit::SerializeError> {
    let mut report = Report::new("renkei");
    for (phase, ..) in PHASES {
        let mut suite = TestSuite::new(phase);
        for result in results.iter().filter(|result| result.phase == phase) {
            let status = match &result.end {
                ScenarioEnd::Passed => TestCaseStatus::success(),
                ScenarioEnd::Failed | ScenarioEnd::New | ScenarioEnd::IndividualNumber => {
                    TestCaseStatus::non_success(NonSuccessKind::Failure)
                }
                ScenarioEnd::Broken | ScenarioEnd::Blocked { .. } | ScenarioEnd::Internal => {
                    TestCaseStatus::non_success(NonSuccessKind::Error)
                }
            };
            let mut case = TestCase::new(result.scenario.clone(), status);
            case.set_classname(phase);
            let details = details(result, steps, lang);
            if result.end != ScenarioEnd::Passed {
                case.status.set_message(details);
            }
            suite.add_test_case(case);
        }
        if suite.tests > 0 {
            report.add_test_suite(suite);
        }
    }
    report.to_string()
}

fn details(result: &ScenarioResult, steps: &[StepResult], lang: Lang) -> String {
    let mut lines = vec![result.title.get(lang).to_owned()];
    if let ScenarioEnd::Blocked { by } = &result.end {
        lines.push(by.clone());
    }
    for step in steps.iter().filter(|step| step.scenario == result.scenario) {
        match &step.outcome {
            Outcome::Passed | Outcome::Skipped => {}
            Outcome::NewSnapshot | Outcome::IndividualNumber => {
                lines.push(format!("{} [{}]", step.place, step.step));
            }
            Outcome::Broken { why } => {
                lines.push(format!("{} [{}] {}", step.place, step.step, why.get(lang)));
            }
            Outcome::Failed {
                mismatches,
                difference,
            } => {
                lines.push(format!("{} [{}]", step.place, step.step));
                lines.extend(
                    mismatches
                        .iter()
                        .map(|mismatch| mismatch.get(lang).to_owned()),
                );
                lines.extend(difference.clone());
            }
        }
    }
    lines.join("\n")
}
