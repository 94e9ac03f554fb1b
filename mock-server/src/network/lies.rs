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
}

impl Lie {
    /// All of them.
    pub const ALL: &'static [Self] = &[Self::RetryHasSecondEffect];

    /// What it does.
    pub fn text(self) -> Text {
        match self {
            Self::RetryHasSecondEffect => Text::fixed(
                "再送された要求をもう一度処理する。",
                "a request that is sent again is done again",
            ),
        }
    }
}
