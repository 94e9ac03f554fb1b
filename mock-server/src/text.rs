//! A sentence in both languages; a missing language does not compile.

use serde::{Deserialize, Serialize};

/// One text in Japanese and English.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Text {
    /// Japanese, as an official would write it.
    pub ja: String,
    /// English.
    pub en: String,
}

impl Text {
    /// Both languages of one sentence.
    pub fn new(ja: impl Into<String>, en: impl Into<String>) -> Self {
        Self {
            ja: ja.into(),
            en: en.into(),
        }
    }
}
