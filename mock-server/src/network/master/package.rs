//! What is fetched: a version in full, or what changed since the one before, in pages.

use std::sync::Arc;

use crate::network::{
    master::{
        entry::Entry,
        kind::MasterKind,
        store::{Master, Published},
    },
    types::{MasterVersion, PageToken},
};

/// A page of a version.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Package {
    /// The version; count and digest are those of the whole of it.
    pub master: Master,
    /// The version from which the changes lead here; none where this is in full.
    pub base: Option<MasterVersion>,
    /// The lines of this page, ordered by key.
    pub lines: Vec<Line>,
    /// Where the next page begins; none on the last.
    pub next: Option<PageToken>,
}

/// One line of a page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Line {
    /// An entry of the version in full.
    Entry(Entry),
    /// An entry that the base has not.
    Added(Entry),
    /// An entry that the base has with another name or other attributes.
    Changed(Entry),
    /// The key of an entry that only the base has.
    Removed(Arc<str>),
}

impl Line {
    /// The key.
    pub fn key(&self) -> &str {
        match self {
            Self::Entry(entry) | Self::Added(entry) | Self::Changed(entry) => &entry.key,
            Self::Removed(key) => key,
        }
    }
}

/// The lines of a version in full, or of what changed since a base, ordered by key.
pub(super) fn lines(version: &Published, base: Option<&Published>) -> Vec<Line> {
    let Some(base) = base else {
        return version.entries.iter().cloned().map(Line::Entry).collect();
    };
    let here = version
        .entries
        .iter()
        .filter_map(|entry| match base.entry(&entry.key) {
            None => Some(Line::Added(entry.clone())),
            Some(before) if before != entry => Some(Line::Changed(entry.clone())),
            Some(_) => None,
        });
    let gone = base
        .entries
        .iter()
        .filter(|entry| version.entry(&entry.key).is_none())
        .map(|entry| Line::Removed(Arc::clone(&entry.key)));
    let mut lines: Vec<Line> = here.chain(gone).collect();
    lines.sort_by(|one, other| one.key().cmp(other.key()));
    lines
}

/// What a token says of its fetch: kind, version and whether it is a differential.
fn token_head(kind: MasterKind, version: &MasterVersion, base: Option<&MasterVersion>) -> String {
    let place = MasterKind::ALL.iter().position(|other| *other == kind);
    let base = base.map_or("full", MasterVersion::as_str);
    format!("K{}-{version}-{base}-P", place.unwrap_or(0) + 1)
}

/// The token for the page that begins at a line.
pub(super) fn token(
    kind: MasterKind,
    version: &MasterVersion,
    base: Option<&MasterVersion>,
    line: usize,
) -> Option<PageToken> {
    PageToken::new(&format!("{}{line:05}", token_head(kind, version, base)))
}

/// The line at which a token's page begins; none where the network did not make the token for this fetch.
pub(super) fn line_of(
    token: &PageToken,
    kind: MasterKind,
    version: &MasterVersion,
    base: Option<&MasterVersion>,
    total: usize,
) -> Option<usize> {
    let digits = token
        .as_str()
        .strip_prefix(&token_head(kind, version, base))?;
    let line = digits.parse().ok()?;
    let right = digits.len() == 5 && digits.chars().all(|c| c.is_ascii_digit());
    (right && line > 0 && line < total).then_some(line)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use jiff::civil::date;

    use super::*;
    use crate::network::master::{entry::digest, store::Masters};

    fn version(text: &str) -> MasterVersion {
        MasterVersion::new(text).unwrap()
    }

    #[test]
    fn the_base_and_the_changes_give_the_same_as_the_version_in_full() {
        let at = "2026-11-02T09:00:00+09:00".parse().unwrap();
        let mut masters = Masters::genesis();
        for kind in MasterKind::ALL {
            for (name, from) in [
                ("2026.12", date(2026, 12, 1)),
                ("2027.04", date(2027, 4, 1)),
            ] {
                masters.publish(kind, &version(name), from, at).unwrap();
            }
        }
        for kind in MasterKind::ALL {
            let of = |name| masters.version(kind, &version(name)).unwrap();
            for pair in ["2025.04", "2026.04", "2026.12", "2027.04"].windows(2) {
                let (base, target) = (of(pair[0]), of(pair[1]));
                let mut entries: BTreeMap<String, Entry> = base
                    .entries
                    .iter()
                    .map(|entry| (entry.key.to_string(), entry.clone()))
                    .collect();
                for line in lines(target, Some(base)) {
                    let key = line.key().to_owned();
                    match line {
                        Line::Entry(_) => panic!("a differential has no plain entries"),
                        Line::Added(entry) => assert_eq!(entries.insert(key, entry), None),
                        Line::Changed(entry) => assert_ne!(entries.insert(key, entry), None),
                        Line::Removed(_) => assert_ne!(entries.remove(&key), None),
                    }
                }
                let entries: Vec<Entry> = entries.into_values().collect();
                assert_eq!(entries, *target.entries, "{kind:?} {pair:?}");
                assert_eq!(digest(&target.version, &entries), target.digest);
            }
        }
    }

    #[test]
    fn a_token_opens_its_own_fetch_alone() {
        let (tasks, april) = (MasterKind::Tasks, version("2026.04"));
        let base = version("2025.04");
        let good = token(tasks, &april, None, 3).unwrap();
        assert_eq!(line_of(&good, tasks, &april, None, 7), Some(3));
        assert_eq!(line_of(&good, tasks, &april, None, 3), None);
        assert_eq!(line_of(&good, tasks, &april, Some(&base), 7), None);
        assert_eq!(line_of(&good, tasks, &base, None, 7), None);
        assert_eq!(line_of(&good, MasterKind::Layouts, &april, None, 7), None);
        let zero = token(tasks, &april, None, 0).unwrap();
        assert_eq!(line_of(&zero, tasks, &april, None, 7), None);
        assert_eq!(
            line_of(&PageToken::new("x").unwrap(), tasks, &april, None, 7),
            None
        );
    }
}
