//! Annotations of GitHub Actions: one line a step that did not pass, at the step's place in its file.

use std::collections::BTreeMap;

use crate::{
    event::{Outcome, ScenarioEnd, StepResult},
    report::{
        Record,
        words::{accept_new, individual_number, label, new_snapshot, not_begun},
    },
    snapshot,
    text::{Lang, Text, counted},
};

/// The report's text. `folder` leads from the root of the repository to the suite, and ends with a slash or is empty.
pub fn github(record: &Record, lang: Lang, folder: &str) -> String {
    let mut lines = String::new();
    let next = accept_new(record);
    for warning in &record.warnings {
        lines.extend(["::warning::", &data(warning.text.get(lang)), "\n"]);
    }
    let mut blocked: BTreeMap<&str, usize> = BTreeMap::new();
    for result in &record.results {
        // What failed first is told at its place; what waits for it is counted.
        if let Some(root) = record.root(result) {
            *blocked.entry(&root.scenario).or_default() += 1;
            continue;
        }
        let mut said = false;
        for step in record.steps_of(result) {
            if let Some((level, why)) = said_of(step, &next, lang) {
                said = true;
                let place = step.place.rsplit_once(':');
                let place = place.filter(|(_, line)| line.parse::<usize>().is_ok());
                let own = format!("scenarios/{}.toml", result.scenario);
                // Nothing can be noted at a file that is in the binary.
                let (file, line) = match place {
                    _ if step.built_in => (own.as_str(), "1"),
                    Some(place) => place,
                    None => (step.place.as_str(), "1"),
                };
                let title = format!("{} [{}]", result.scenario, step.step);
                let file = format!("{folder}{file}");
                lines += &annotation(level, &file, line, &title, &why);
            }
        }
        let level = match &result.end {
            ScenarioEnd::Passed | ScenarioEnd::NotRun => continue,
            end if end.is_hindered() => "notice",
            ScenarioEnd::NotPossible { .. } | ScenarioEnd::Assumed => "notice",
            ScenarioEnd::Blocked { .. } => "warning",
            ScenarioEnd::New
            | ScenarioEnd::Failed
            | ScenarioEnd::Broken
            | ScenarioEnd::Unusable
            | ScenarioEnd::IndividualNumber
            | ScenarioEnd::Internal => "error",
        };
        if !said {
            let file = format!("{folder}scenarios/{}.toml", result.scenario);
            let why = not_begun(record, result).unwrap_or_else(|| label(&result.end));
            lines += &annotation(level, &file, "1", &result.scenario, why.get(lang));
        }
    }
    for (root, count) in blocked {
        let text = Text::new(
            format!("{root} が合格していないため、{count}件のシナリオは未実施です"),
            format!(
                "not run, since {root} has not passed: {}",
                counted(count, "scenario")
            ),
        );
        lines.extend(["::warning::", &data(text.get(lang)), "\n"]);
    }
    if let Some(why) = record
        .system
        .as_ref()
        .and_then(|system| system.why.as_ref())
    {
        let file = format!("{folder}scenarios/profile.toml");
        lines += &annotation("error", &file, "1", "[system]", why.get(lang));
    }
    lines
}

fn said_of(step: &StepResult, next: &Text, lang: Lang) -> Option<(&'static str, String)> {
    Some(match &step.outcome {
        Outcome::Passed | Outcome::Skipped => return None,
        Outcome::NotPossible { why } => ("notice", why.get(lang).to_owned()),
        Outcome::Broken { why } | Outcome::Unusable { why } | Outcome::NotKept { why } => {
            ("error", why.get(lang).to_owned())
        }
        Outcome::Failed {
            mismatches,
            difference,
        } => {
            let mismatches = mismatches.iter().map(|mismatch| mismatch.get(lang));
            let difference = difference.as_deref();
            let difference = difference.map(|difference| snapshot::shown(difference, lang));
            let lines: Vec<&str> = mismatches.chain(difference.as_deref()).collect();
            ("error", lines.join("\n"))
        }
        Outcome::NewSnapshot => {
            let new = new_snapshot();
            ("error", [new.get(lang), next.get(lang)].join("\n"))
        }
        Outcome::IndividualNumber { place } => {
            ("error", individual_number(place).get(lang).to_owned())
        }
    })
}

fn annotation(level: &str, file: &str, line: &str, title: &str, text: &str) -> String {
    format!(
        "::{level} file={},line={line},title={}::{}\n",
        property(file),
        property(title),
        data(text)
    )
}

/// As a command's text writes it.
fn data(text: &str) -> String {
    text.replace('%', "%25")
        .replace('\r', "%0D")
        .replace('\n', "%0A")
}

/// As a property writes it, which ends at a comma or colon.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_would_end_a_command_or_a_property_is_escaped() {
        assert_eq!(
            annotation("error", "a,b:c%.toml", "3", "x: y, z", "50%, a:\r\nb"),
            "::error file=a%2Cb%3Ac%25.toml,line=3,title=x%3A y%2C z::50%25, a:%0D%0Ab\n"
        );
    }
}
