//! Values that are volatile at one target alone: a snapshot that holds for all has them as they were.

use regex::{Regex, escape};

/// What was found, with the accepted lines in the place of those that differ in a placeholder of these labels alone.
/// Where the lines are not the same ones, nothing is changed.
pub fn loose(accepted: &str, found: &str, labels: &[&str]) -> String {
    if labels.is_empty() {
        return found.to_owned();
    }
    let labels: Vec<String> = labels.iter().map(|label| escape(label)).collect();
    match Regex::new(&format!(r"\{{(?:{})-\d+\}}", labels.join("|"))) {
        Ok(placeholder) => {
            super::as_accepted(accepted, found, |old, new| line(&placeholder, old, new))
        }
        Err(_) => found.to_owned(),
    }
}

/// Whether a line is another with plain values in the places of its placeholders: another placeholder is
/// another value, but that of a time.
fn line(placeholder: &Regex, old: &str, new: &str) -> bool {
    if old == new || !placeholder.is_match(new) {
        return false;
    }
    let parts: Vec<String> = placeholder.split(new).map(escape).collect();
    let pattern = format!("^{}$", parts.join(r#"(?:[^<>{}"\n]+|\{t[+-][^}]*\})"#));
    Regex::new(&pattern).is_ok_and(|pattern| pattern.is_match(old))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_that_is_volatile_here_alone_is_as_accepted() {
        let accepted = "<a x=\"7\">\n  <Opens>08:00</Opens>\n  <Id>{id-1}</Id>\n";
        let found = "<a x=\"{own-1}\">\n  <Opens>{opens-1}</Opens>\n  <Id>{id-1}</Id>\n";
        assert_eq!(loose(accepted, found, &["opens", "own"]), accepted);
        let half = loose(accepted, found, &["opens"]);
        assert!(half.contains("08:00") && half.contains("{own-1}"), "{half}");
        assert_eq!(loose(accepted, found, &[]), found);
        let other = found.replace("Opens", "Opened");
        assert!(loose(accepted, &other, &["opens"]).contains("{opens-1}"));
        let longer = format!("{found}<b/>\n");
        assert_eq!(loose(accepted, &longer, &["opens", "own"]), longer);
        let numbered = found.replace("{id-1}", "{id-2}");
        assert!(loose(accepted, &numbered, &["id"]).contains("{id-2}"));
        let empty = accepted.replace("08:00", "");
        assert!(loose(&empty, found, &["opens"]).contains("{opens-1}"));
    }
}
