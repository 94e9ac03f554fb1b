//! Code fetch and apply (符号取得・適用): atena numbers, acquisition numbers, the resident-registry leg, notifications
//! and links.
//!
//! One acquisition goes Requested → Sent → Notified → Applied → Confirmed [A]. Where many entries are sent at once, each
//! is judged by itself: one that is refused does not stop the others.

mod state;

pub(crate) use state::Codes;
pub use state::{AtenaKind, Failure, Totals};

/// How the operator disturbs the notifications that come next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Disturbance {
    /// In which way.
    pub(crate) how: Disturb,
    /// How many are still to be disturbed.
    pub(crate) times: u32,
}

/// A way in which notifications go wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Disturb {
    /// They come an hour later.
    Late,
    /// They come twice.
    Doubled,
    /// The last is told first.
    OutOfOrder,
    /// The core system fails to make the code.
    Failed,
}
