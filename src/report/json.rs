//! All events of a run in the order of reports, with the exit code: for other programs.

use serde_json::{Value, json};

use crate::report::Record;

/// The report's text.
pub fn json(record: &Record) -> String {
    let exit = record.exit();
    let scenarios: Vec<Value> = record
        .results
        .iter()
        .map(|result| {
            let steps: Vec<_> = record.steps_of(result).collect();
            let mut value = json!(result);
            if let Value::Object(entries) = &mut value {
                entries.insert("steps".to_owned(), json!(steps));
            }
            value
        })
        .collect();
    let report = json!({
        "run": record.start,
        "warnings": record.warnings,
        "system": record.system,
        "exit": { "code": exit.code(), "ja": exit.text().ja, "en": exit.text().en },
        "scenarios": scenarios,
        "exchanges": record.relayed,
    });
    format!("{report:#}\n")
}
