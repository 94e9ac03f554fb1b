//! Lies of the network: answers that are well-formed and wrong. They show whether a suite notices, and are switched on
//! by the control API alone.

use serde::{Deserialize, Serialize};

use crate::text::Text;

/// A way in which the network's answers are wrong. Each is told in the code of its domain.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Lie {
    /// A retry is done again.
    RetryHasSecondEffect,
    /// The provider is not shown the records of what it was asked.
    RecordMissingOnOneSide,
    /// The person is shown records that are not to be disclosed.
    RecordShownThoughMarked,
    /// The person is shown the records of others too.
    RecordOfAnother,
    /// A record says that was answered which was not, and the other way round.
    RecordOutcomeWrong,
}

impl Lie {
    /// All of them.
    pub const ALL: &'static [Self] = &[
        Self::RetryHasSecondEffect,
        Self::RecordMissingOnOneSide,
        Self::RecordShownThoughMarked,
        Self::RecordOfAnother,
        Self::RecordOutcomeWrong,
    ];

    /// What it does.
    pub fn text(self) -> Text {
        match self {
            Self::RetryHasSecondEffect => Text::fixed(
                "再送された要求をもう一度処理する。",
                "a request that is sent again is done again",
            ),
            Self::RecordMissingOnOneSide => Text::fixed(
                "提供側の機関に、提供した記録を示さない。",
                "the provider is not shown the records of what it was asked",
            ),
            Self::RecordShownThoughMarked => Text::fixed(
                "不開示とされた記録を本人に示す。",
                "the person is shown records that are not to be disclosed",
            ),
            Self::RecordOfAnother => Text::fixed(
                "本人に他人の記録も示す。",
                "the person is shown the records of others too",
            ),
            Self::RecordOutcomeWrong => Text::fixed(
                "提供された記録を拒否、それ以外の記録を提供と示す。",
                "a record of an answer says refused, and every other says answered",
            ),
        }
    }
}
