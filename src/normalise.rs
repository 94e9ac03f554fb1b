//! Volatile values to placeholders that keep identity: the first request id is `{request-1}` wherever it stands again.
//! Times become the offset from the scenario's start plus their lexical zone, so that a wrong zone shows.
//!
//! Deliberately absent: dates, which are part of what is tested, and, in messages, any value that is only a part of a
//! word. In what a program writes every value is one, so there long values are replaced wherever they stand.

use std::collections::BTreeMap;

use jiff::Timestamp;
use regex::{Captures, Regex};

use crate::{
    profile::{Profile, is_xpath},
    xml::{Document, Leaf, Namespaces, XPath, canonical},
};

/// A shorter value is replaced only where a rule says so: elsewhere it may be equal by chance.
pub(crate) const LONG: usize = 8;
/// A shorter value tells nothing, and stands everywhere.
const TELLING: usize = 4;
/// A time of RFC 3339 in a text.
const TIME: &str = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)";

/// Which values are volatile, by element or attribute name and by XPath.
#[derive(Clone, Debug, Default)]
pub struct Rules {
    namespaces: Namespaces,
    names: BTreeMap<String, Kind>,
    places: Vec<(XPath, Kind)>,
}

/// What a rule says of a value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Kind {
    /// It is a time.
    Time,
    /// It is volatile, with the label of its placeholder.
    Volatile(String),
}

impl Rules {
    /// The rules of a profile. A wrong XPath is left out: reading the profile has reported it.
    pub fn of(profile: &Profile) -> Self {
        let mut rules = Self {
            namespaces: profile.namespaces.clone(),
            ..Self::default()
        };
        for (place, label) in &profile.volatile {
            rules.add(place, Kind::Volatile(label.clone()));
        }
        for place in &profile.times {
            rules.add(place, Kind::Time);
        }
        rules
    }

    /// What the rules say of the values of a document, by node.
    pub fn kinds(&self, document: &Document) -> BTreeMap<usize, Kind> {
        let nodes = self.nodes(document);
        let mut kinds = BTreeMap::new();
        canonical(document, &self.namespaces, &mut |leaf| {
            let by_name = self.names.get(leaf.name).filter(|_| !leaf.attribute);
            if let Some(kind) = nodes.get(&leaf.node).copied().or(by_name) {
                kinds.insert(leaf.node, kind.clone());
            }
            None
        });
        kinds
    }

    fn add(&mut self, place: &str, kind: Kind) {
        if !is_xpath(place) {
            self.names.insert(place.to_owned(), kind);
        } else if let Ok(xpath) = XPath::compile(place, &self.namespaces) {
            self.places.push((xpath, kind));
        }
    }

    /// The nodes of a document for which an XPath has a rule; the first rule counts.
    fn nodes(&self, document: &Document) -> BTreeMap<usize, &Kind> {
        let mut nodes = BTreeMap::new();
        for (xpath, kind) in &self.places {
            for node in xpath.nodes(document) {
                nodes.entry(node).or_insert(kind);
            }
        }
        nodes
    }
}

/// The placeholders of one scenario, numbered in the order in which values are first seen, requests included.
#[derive(Clone, Debug)]
pub struct Numbering {
    start: Option<Timestamp>,
    seen: BTreeMap<(String, String), usize>,
    /// The placeholders of long values, whatever their label.
    long: BTreeMap<String, String>,
    next: BTreeMap<String, usize>,
    /// The labels of long values that have been seen, numbered or not.
    labels: BTreeMap<String, String>,
}

impl Numbering {
    /// Begins at the scenario's start, an RFC 3339 time.
    pub fn new(start: &str) -> Self {
        Self {
            start: start.parse().ok(),
            seen: BTreeMap::new(),
            long: BTreeMap::new(),
            next: BTreeMap::new(),
            labels: BTreeMap::new(),
        }
    }

    /// The canonical text of a document, its volatile values replaced.
    pub fn normalise(&mut self, document: &Document, rules: &Rules) -> String {
        let nodes = rules.nodes(document);
        canonical(document, &rules.namespaces, &mut |leaf| {
            let Leaf {
                node,
                name,
                attribute,
                value,
            } = leaf;
            let by_name = rules.names.get(name).filter(|_| !attribute);
            match nodes.get(&node).copied().or(by_name) {
                _ if value.is_empty() => None,
                Some(Kind::Time) => self.time(value),
                Some(Kind::Volatile(label)) => Some(self.placeholder(label, value)),
                None => self.long.get(value).cloned().or_else(|| self.words(value)),
            }
        })
    }

    /// A text with the known values that stand in it as words, as faults name the receipt number that they are about.
    fn words(&self, text: &str) -> Option<String> {
        let between = |c: char| !c.is_ascii_alphanumeric() && c != '-' && c != '_';
        let mut changed = false;
        let mut written = String::new();
        for part in text.split_inclusive(between) {
            let word = part.trim_end_matches(between);
            let known = self.long.get(word);
            changed |= known.is_some();
            written.push_str(known.map_or(word, String::as_str));
            written.push_str(part.strip_prefix(word).unwrap_or_default());
        }
        changed.then_some(written)
    }

    /// A text with every volatile value in it replaced, for what is told of a body that is not kept.
    pub fn conceal(&self, text: &str) -> String {
        let mut known: Vec<(&str, String)> = self
            .seen
            .iter()
            .filter(|((_, value), _)| value.chars().count() >= TELLING)
            .map(|((label, value), number)| (value.as_str(), format!("{{{label}-{number}}}")))
            .collect();
        // A value may be a part of another.
        known.sort_by_key(|(value, _)| std::cmp::Reverse(value.len()));
        known
            .into_iter()
            .fold(text.to_owned(), |text, (value, placeholder)| {
                text.replace(value, &placeholder)
            })
    }

    /// Takes in which values of a document are volatile, for the texts in which they stand later; numbers none.
    pub fn learn(&mut self, document: &Document, rules: &Rules) {
        let nodes = rules.nodes(document);
        canonical(document, &rules.namespaces, &mut |leaf| {
            let by_name = rules.names.get(leaf.name).filter(|_| !leaf.attribute);
            if let Some(Kind::Volatile(label)) = nodes.get(&leaf.node).copied().or(by_name)
                && leaf.value.chars().count() >= LONG
            {
                self.labels
                    .entry(leaf.value.to_owned())
                    .or_insert_with(|| label.clone());
            }
            None
        });
    }

    /// Whether a long volatile value stands in a text.
    pub fn stands_in(&self, text: &str) -> bool {
        let mut known = self.labels.keys().chain(self.long.keys());
        known.any(|value| text.contains(value))
    }

    /// A text with the long volatile values in it replaced, and its times. `fixed` are other values with what stands for
    /// them.
    pub fn text(&mut self, text: &str, fixed: &[(String, String)]) -> String {
        let mut known: Vec<&str> = self
            .labels
            .keys()
            .chain(self.long.keys())
            .map(String::as_str)
            .collect();
        known.extend(
            fixed
                .iter()
                .map(|(value, _)| value.as_str())
                .filter(|value| !value.is_empty()),
        );
        // Of two that begin at one place the longer is meant.
        known.sort_by_key(|value| std::cmp::Reverse(value.len()));
        known.dedup();
        let mut parts: Vec<String> = known.into_iter().map(regex::escape).collect();
        parts.push(TIME.to_owned());
        let Ok(pattern) = Regex::new(&parts.join("|")) else {
            return text.to_owned();
        };
        let replaced = pattern.replace_all(text, |found: &Captures<'_>| {
            let value = found.get(0).map_or("", |found| found.as_str());
            let fixed = fixed.iter().find(|(known, _)| known == value);
            if let Some((_, placeholder)) = fixed {
                return placeholder.clone();
            }
            if let Some(placeholder) = self.long.get(value) {
                return placeholder.clone();
            }
            match self.labels.get(value).cloned() {
                Some(label) => self.placeholder(&label, value),
                None => self.time(value).unwrap_or_else(|| value.to_owned()),
            }
        });
        replaced.into_owned()
    }

    fn placeholder(&mut self, label: &str, value: &str) -> String {
        if let Some(known) = self.long.get(value) {
            return known.clone();
        }
        let key = (label.to_owned(), value.to_owned());
        let next = self.next.entry(label.to_owned()).or_insert(0);
        let number = *self.seen.entry(key).or_insert_with(|| {
            *next += 1;
            *next
        });
        let placeholder = format!("{{{label}-{number}}}");
        if value.chars().count() >= LONG {
            self.long.insert(value.to_owned(), placeholder.clone());
        }
        placeholder
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

    fn rules(text: &str) -> Rules {
        let head = "fault_code = 'x'\nnamespaces = { n = 'urn:n' }\n";
        Rules::of(&toml::from_str(&format!("{head}{text}")).unwrap())
    }

    fn check(numbering: &mut Numbering, rules: &Rules, xml: &str, expected: &str) {
        let document = Document::parse(xml.as_bytes()).unwrap();
        assert_eq!(
            numbering.normalise(&document, rules),
            format!("{expected}\n")
        );
    }

    #[test]
    fn the_same_value_gets_the_same_placeholder_and_a_wrong_zone_shows() {
        let rules = rules("times = ['At']\nvolatile = { Id = 'id', Ref = 'id' }");
        let mut numbering = Numbering::new("2026-11-02T09:00:00+09:00");
        let mut check = |xml, expected| check(&mut numbering, &rules, xml, expected);
        check("<Id>a</Id>", "<Id>{id-1}</Id>");
        check("<Ref>b</Ref>", "<Ref>{id-2}</Ref>");
        check("<Ref>a</Ref>", "<Ref>{id-1}</Ref>");
        check(
            "<At>2026-11-02T09:01:10+09:00</At>",
            "<At>{t+00:01:10 +09:00}</At>",
        );
        check("<At>2026-11-02T00:01:10Z</At>", "<At>{t+00:01:10 Z}</At>");
        check(
            "<At>2026-11-01T23:00:00.5Z</At>",
            "<At>{t-01:00:00 .5Z}</At>",
        );
        check("<At>soon</At>", "<At>soon</At>");
        check("<On>2026-11-02</On>", "<On>2026-11-02</On>");
    }

    #[test]
    fn a_long_value_is_known_wherever_it_is_the_whole_value_or_a_word() {
        let rules = rules("volatile = { Receipt = 'receipt', Page = 'page', Request = 'request' }");
        let mut numbering = Numbering::new("2026-11-02T09:00:00+09:00");
        let mut check = |xml, expected| check(&mut numbering, &rules, xml, expected);
        check("<a>rcp-0001</a>", "<a>rcp-0001</a>");
        check(
            "<Receipt>rcp-0001</Receipt>",
            "<Receipt>{receipt-1}</Receipt>",
        );
        check("<a>rcp-0001</a>", "<a>{receipt-1}</a>");
        check("<a b=\"rcp-0001\"/>", "<a b=\"{receipt-1}\"/>");
        check(
            "<Request>rcp-0001</Request>",
            "<Request>{receipt-1}</Request>",
        );
        check("<a>no rcp-0001.</a>", "<a>no {receipt-1}.</a>");
        check("<a>番号: rcp-0001）</a>", "<a>番号: {receipt-1}）</a>");
        check("<a>not-rcp-0001</a>", "<a>not-rcp-0001</a>");
        check("<a>rcp-00012</a>", "<a>rcp-00012</a>");
        check("<Page>1</Page>", "<Page>{page-1}</Page>");
        check("<a>1</a>", "<a>1</a>");
        check("<Receipt>1</Receipt>", "<Receipt>{receipt-2}</Receipt>");
    }

    #[test]
    fn in_a_text_long_values_and_times_are_replaced_wherever_they_stand() {
        let rules = rules("volatile = { Receipt = 'receipt' }");
        let mut numbering = Numbering::new("2026-11-02T09:00:00+09:00");
        for xml in [
            "<Receipt>rcp-00011</Receipt>",
            "<Receipt>rcp-0001</Receipt>",
            "<Receipt>7</Receipt>",
        ] {
            numbering.learn(&Document::parse(xml.as_bytes()).unwrap(), &rules);
        }
        let fixed = [
            ("/tmp/a".to_owned(), "{work}".to_owned()),
            (String::new(), "{none}".to_owned()),
        ];
        assert_eq!(
            numbering.text(
                "7 rcp-0001, rcp-00011;rcp-0001 /tmp/a/b 2026-11-02T00:00:10Z\n",
                &fixed
            ),
            "7 {receipt-1}, {receipt-2};{receipt-1} {work}/b {t+00:00:10 Z}\n"
        );
        check(
            &mut numbering,
            &rules,
            "<Receipt>rcp-00011</Receipt>",
            "<Receipt>{receipt-2}</Receipt>",
        );
    }

    #[test]
    fn a_rule_may_be_an_xpath_of_elements_texts_or_attributes() {
        let rules =
            rules("times = ['//n:c/n:At/text()']\n[volatile]\n'/n:a/n:b' = 'b'\n'//@id' = 'id'");
        let mut numbering = Numbering::new("2026-11-02T09:00:00+09:00");
        check(
            &mut numbering,
            &rules,
            "<a xmlns='urn:n' id='7'><b>x</b><c><b>x</b><At>2026-11-02T09:00:00+09:00</At></c></a>",
            "<n:a id=\"{id-1}\">\n  <n:b>{b-1}</n:b>\n  <n:c>\n    <n:b>x</n:b>\n    <n:At>{t+00:00:00 +09:00}</n:At>\n  </n:c>\n</n:a>",
        );
    }
}
