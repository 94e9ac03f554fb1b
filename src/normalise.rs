//! Volatile values to placeholders that keep identity: the first request id is `{request-1}` wherever it stands again.
//! Times become the offset from the scenario's start plus their lexical zone, so that a wrong zone shows.

use std::collections::BTreeMap;

use jiff::Timestamp;

use crate::{
    profile::Profile,
    xml::{Document, canonical},
};

/// The placeholders of one scenario, numbered in the order in which values are first seen, requests included.
#[derive(Clone, Debug)]
pub struct Numbering {
    start: Option<Timestamp>,
    seen: BTreeMap<(String, String), usize>,
    next: BTreeMap<String, usize>,
}

impl Numbering {
    /// Begins at the scenario's start, an RFC 3339 time.
    pub fn new(start: &str) -> Self {
        Self {
            start: start.parse().ok(),
            seen: BTreeMap::new(),
            next: BTreeMap::new(),
        }
    }

    /// The canonical text of a document, its volatile values replaced.
    pub fn normalise(&mut self, document: &Document, profile: &Profile) -> String {
        canonical(document, &profile.namespaces, &mut |element, value| {
            if value.is_empty() {
                return None;
            }
            if profile.times.iter().any(|time| time == element) {
                return self.time(value);
            }
            profile
                .volatile
                .get(element)
                .map(|label| self.placeholder(label, value))
        })
    }

    fn placeholder(&mut self, label: &str, value: &str) -> String {
        let key = (label.to_owned(), value.to_owned());
        let next = self.next.entry(label.to_owned()).or_insert(0);
        let number = *self.seen.entry(key).or_insert_with(|| {
            *next += 1;
            *next
        });
        format!("{{{label}-{number}}}")
    }

    fn time(&self, value: &str) -> Option<String> {
        let at: Timestamp = value.parse().ok()?;
        let seconds = at.as_second() - self.start?.as_second();
        let sign = if seconds < 0 { '-' } else { '+' };
        let seconds = seconds.unsigned_abs();
        let zone = value.get(19..)?;
        Some(format!(
            "{{t{sign}{:02}:{:02}:{:02} {zone}}}",
            seconds / 3600,
            seconds / 60 % 60,
            seconds % 60
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_value_gets_the_same_placeholder_and_a_wrong_zone_shows() {
        let profile: Profile =
            toml::from_str("fault_code = 'x'\ntimes = ['At']\nvolatile = { Id = 'id', Ref = 'id' }\nnamespaces = {}").unwrap();
        let mut numbering = Numbering::new("2026-11-02T09:00:00+09:00");
        let mut check = |xml: &str, expected: &str| {
            let document = Document::parse(xml.as_bytes()).unwrap();
            assert_eq!(
                numbering.normalise(&document, &profile),
                format!("{expected}\n")
            );
        };
        check("<Id>a</Id>", "<Id>{id-1}</Id>");
        check("<Ref>b</Ref>", "<Ref>{id-2}</Ref>");
        check("<Ref>a</Ref>", "<Ref>{id-1}</Ref>");
        check(
            "<At>2026-11-02T09:01:10+09:00</At>",
            "<At>{t+00:01:10 +09:00}</At>",
        );
        check("<At>2026-11-02T00:01:10Z</At>", "<At>{t+00:01:10 Z}</At>");
        check("<At>soon</At>", "<At>soon</At>");
    }
}
