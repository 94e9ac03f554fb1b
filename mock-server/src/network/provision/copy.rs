//! What a copy (副本) holds: rows of fields, each with a value or with the reason why there is none.

use std::{fmt::Write as _, sync::Arc};

use jiff::civil::Date;
use sha2::{Digest as _, Sha256};

use crate::network::{
    moment::Moment,
    types::{Digest, Key, MasterVersion},
};

/// What stands in a field. Zero, empty, undeclared and "no such record" are four different answers. \[S\]
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Content {
    /// A value.
    Value(Arc<str>),
    /// An amount of zero (0円).
    Zero,
    /// Nothing is written there (空欄).
    Empty,
    /// The person did not declare (未申告).
    Undeclared,
    /// There is no such record of the person (該当なし).
    NoRecord,
}

impl Content {
    /// The kinds, in the contract's order.
    pub const KINDS: &'static str = "value, zero, empty, undeclared, no-record";

    /// A value.
    pub(crate) fn value(text: impl AsRef<str>) -> Self {
        Self::Value(text.as_ref().into())
    }

    /// The kind, as the contract names it.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Value(_) => "value",
            Self::Zero => "zero",
            Self::Empty => "empty",
            Self::Undeclared => "undeclared",
            Self::NoRecord => "no-record",
        }
    }

    /// The value, where it has one.
    pub fn text(&self) -> Option<&str> {
        match self {
            Self::Value(text) => Some(text),
            Self::Zero | Self::Empty | Self::Undeclared | Self::NoRecord => None,
        }
    }
}

/// One field of a row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Filled {
    /// The field's name within the item.
    pub name: Key,
    /// What stands in it.
    pub content: Content,
}

/// One row of a copy: the state of things from a day on (履歴).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// The day from which it holds.
    pub as_of: Date,
    /// Its fields, by name.
    pub fields: Vec<Filled>,
}

/// How a copy is to be handled.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Marks {
    /// It is held for a person's decision (自動応答不可).
    pub no_automatic_answer: bool,
    /// The record of its provision is not shown to the person (不開示).
    pub non_disclosure: bool,
    /// It is not shown to the person among their own information (自己情報の開示不可).
    pub no_own_view: bool,
}

/// A copy of what a provider has about one person, for one item and year.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Copy {
    /// The version of the layout in which it is written.
    pub layout: MasterVersion,
    /// When the original was changed last.
    pub original_at: Moment,
    /// How it is to be handled.
    pub marks: Marks,
    /// Its rows, oldest first.
    pub rows: Vec<Row>,
}

impl Copy {
    /// SHA-256 over UTF-8: the layout's version on a line, then for each row its day on a line, then a line of name,
    /// tab, kind, tab and value for each field, ordered by name; each line ended by LF.
    pub fn digest(&self) -> Digest {
        let mut text = format!("{}\n", self.layout);
        for row in &self.rows {
            // Writing to a string cannot fail.
            let _ = writeln!(text, "{}", row.as_of);
            let mut fields: Vec<&Filled> = row.fields.iter().collect();
            fields.sort_by(|left, right| left.name.cmp(&right.name));
            for Filled { name, content } in fields {
                let value = content.text().unwrap_or("");
                let _ = writeln!(text, "{name}\t{}\t{value}", content.kind());
            }
        }
        Digest::from_bytes(&Sha256::digest(text))
    }

    /// The same copy with the rows of these days alone; none where it has no such row.
    pub(crate) fn between(&self, from: Date, to: Date) -> Option<Self> {
        let rows: Vec<Row> = self
            .rows
            .iter()
            .filter(|row| (from..=to).contains(&row.as_of))
            .cloned()
            .collect();
        (!rows.is_empty()).then(|| Self {
            rows,
            ..self.clone()
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn copy(content: Content) -> Copy {
        Copy {
            layout: MasterVersion::new("2026.04").unwrap(),
            original_at: crate::network::testing::epoch(),
            marks: Marks::default(),
            rows: vec![Row {
                as_of: "2026-06-01".parse().unwrap(),
                fields: vec![Filled {
                    name: Key::new("INCOME").unwrap(),
                    content,
                }],
            }],
        }
    }

    #[test]
    fn what_is_told_apart_has_another_digest() {
        let contents = [
            Content::value(""),
            Content::value("0"),
            Content::Zero,
            Content::Empty,
            Content::Undeclared,
            Content::NoRecord,
        ];
        let mut digests: Vec<Digest> = contents
            .into_iter()
            .map(|content| copy(content).digest())
            .collect();
        digests.sort();
        digests.dedup();
        assert_eq!(digests.len(), 6);
    }

    #[test]
    fn the_digest_is_what_its_description_says() {
        let text = "2026.04\n2026-06-01\nINCOME\tvalue\t3200000\n";
        assert_eq!(
            copy(Content::value("3200000")).digest(),
            Digest::from_bytes(&Sha256::digest(text))
        );
    }

    #[test]
    fn marks_do_not_change_the_digest_and_the_order_of_fields_does_not() {
        let mut one = copy(Content::Zero);
        let tax = Filled {
            name: Key::new("TAX").unwrap(),
            content: Content::Zero,
        };
        one.rows[0].fields.push(tax);
        let mut other = one.clone();
        other.rows[0].fields.reverse();
        other.marks.no_automatic_answer = true;
        assert_eq!(one.digest(), other.digest());
    }

    #[test]
    fn a_period_keeps_the_rows_of_its_days_alone() {
        let copy = copy(Content::Zero);
        let day = |text: &str| text.parse().unwrap();
        for (from, to, kept) in [
            ("2026-06-01", "2026-06-01", true),
            ("2026-05-01", "2026-05-31", false),
            ("2026-06-02", "2026-06-30", false),
        ] {
            assert_eq!(copy.between(day(from), day(to)).is_some(), kept, "{from}");
        }
    }
}
