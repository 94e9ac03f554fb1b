//! One entry of a master, and the digest over many.

use std::sync::Arc;

use jiff::civil::Date;
use sha2::{Digest as _, Sha256};

use crate::network::{
    master::era,
    types::{Digest, MasterVersion},
};

/// One entry: a key, a name, and what its kind adds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// The key within its kind.
    pub key: Arc<str>,
    /// What people call it.
    pub name: &'static str,
    /// What its kind adds.
    pub detail: Detail,
}

/// What a kind adds to key and name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Detail {
    /// Nothing.
    None,
    /// Of an institution that is no more.
    Abolished {
        /// The first day on which it is no more.
        on: Date,
        /// Who took over.
        successor: &'static str,
    },
    /// Of a task: whether it stands in an ordinance of the municipality (独自利用事務) and not in the law.
    Task {
        /// Whether it stands in an ordinance.
        ordinance: bool,
    },
    /// Of a procedure: its task.
    Procedure {
        /// The key of the task.
        task: &'static str,
    },
    /// Of an item: whether it may be asked for only with the person's consent.
    Item {
        /// Whether consent is needed.
        consent: bool,
    },
    /// Of a field of a layout.
    Field(FieldRule),
}

/// What a layout says of a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FieldRule {
    /// What stands in it.
    pub kind: FieldKind,
    /// How many characters it may have.
    pub max_length: usize,
    /// Whether it must be there.
    pub required: bool,
}

/// What stands in a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FieldKind {
    /// Characters of the set.
    Text,
    /// An integer: digits, a minus before them where it is negative.
    Number,
    /// `YYYY-MM-DD`.
    Date,
    /// A date by era, such as 令和1年5月1日.
    EraDate,
}

impl FieldKind {
    /// The value in the contract.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Number => "number",
            Self::Date => "date",
            Self::EraDate => "era-date",
        }
    }

    /// Whether a text is of this kind.
    pub fn admits(self, text: &str) -> bool {
        match self {
            Self::Text => true,
            Self::Number => {
                let digits = text.strip_prefix('-').unwrap_or(text);
                !digits.is_empty() && digits.chars().all(|c| c.is_ascii_digit())
            }
            Self::Date => text.len() == 10 && text.parse::<Date>().is_ok(),
            Self::EraDate => era::read(text).is_some(),
        }
    }
}

/// One field of the layout of an item.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Field<'a> {
    /// Its name within the item.
    pub name: &'a str,
    /// What people call it.
    pub label: &'static str,
    /// What the layout says of it.
    pub rule: FieldRule,
}

impl Entry {
    /// What its kind adds, as names and values, in the order in which they are written and hashed.
    pub fn attributes(&self) -> Vec<(&'static str, String)> {
        match &self.detail {
            Detail::None => Vec::new(),
            Detail::Abolished { on, successor } => vec![
                ("abolished-on", on.to_string()),
                ("successor", (*successor).to_owned()),
            ],
            Detail::Task { ordinance } => {
                vec![("basis", if *ordinance { "ordinance" } else { "law" }.into())]
            }
            Detail::Procedure { task } => vec![("task", (*task).to_owned())],
            Detail::Item { consent } => vec![("consent", yes_or_no(*consent))],
            Detail::Field(FieldRule {
                kind,
                max_length,
                required,
            }) => vec![
                ("kind", kind.as_str().to_owned()),
                ("max-length", max_length.to_string()),
                ("required", yes_or_no(*required)),
            ],
        }
    }

    /// Its line in the digest: key, name and attributes, with tabs between them.
    fn line(&self) -> String {
        let mut line = format!("{}\t{}", self.key, self.name);
        for (name, value) in self.attributes() {
            line = line + "\t" + name + "=" + &value;
        }
        line + "\n"
    }
}

fn yes_or_no(yes: bool) -> String {
    if yes { "yes" } else { "no" }.to_owned()
}

/// SHA-256 over UTF-8: the version on a line, then a line for each entry, ordered by key.
pub(crate) fn digest(version: &MasterVersion, entries: &[Entry]) -> Digest {
    let mut hash = Sha256::new();
    hash.update(format!("{version}\n"));
    for entry in entries {
        hash.update(entry.line());
    }
    Digest::from_bytes(&hash.finalize())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_kind_of_field_admits_its_form_alone() {
        let cases = [
            (FieldKind::Text, "髙﨑", true),
            (FieldKind::Number, "0", true),
            (FieldKind::Number, "-12", true),
            (FieldKind::Number, "", false),
            (FieldKind::Number, "-", false),
            (FieldKind::Number, "１", false),
            (FieldKind::Number, "1.5", false),
            (FieldKind::Date, "2028-02-29", true),
            (FieldKind::Date, "2026-02-29", false),
            (FieldKind::Date, "2026-2-1", false),
            (FieldKind::Date, "R8.12.1", false),
            (FieldKind::EraDate, "令和8年12月1日", true),
            (FieldKind::EraDate, "2026-12-01", false),
        ];
        for (kind, text, admitted) in cases {
            assert_eq!(kind.admits(text), admitted, "{kind:?} {text}");
        }
    }

    #[test]
    fn a_digest_changes_with_the_version_and_with_every_attribute() {
        let field = |kind, max_length, required| Entry {
            key: "A/B".into(),
            name: "名称",
            detail: Detail::Field(FieldRule {
                kind,
                max_length,
                required,
            }),
        };
        let version = |text| MasterVersion::new(text).unwrap();
        let mut digests: Vec<Digest> = [
            ("2026.04", field(FieldKind::Text, 10, true)),
            ("2026.12", field(FieldKind::Text, 10, true)),
            ("2026.04", field(FieldKind::Date, 10, true)),
            ("2026.04", field(FieldKind::Text, 11, true)),
            ("2026.04", field(FieldKind::Text, 10, false)),
        ]
        .iter()
        .map(|(text, entry)| digest(&version(text), std::slice::from_ref(entry)))
        .collect();
        digests.sort();
        digests.dedup();
        assert_eq!(digests.len(), 5);
    }
}
