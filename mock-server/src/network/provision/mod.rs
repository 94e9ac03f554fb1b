//! Provision (情報提供): copies, and the requests that are held for a person's decision.
mod copy;
mod derived;
mod store;

use std::sync::Arc;

pub use copy::{Content, Copy, Filled, Marks, Row};
pub(crate) use derived::is_yearly;
pub(crate) use store::Copies;

use crate::network::types::Key;

/// A copy as it was given to an inquirer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Given {
    /// The item that it says it is.
    pub item: Key,
    /// Its fiscal year.
    pub year: Option<i16>,
    /// The copy.
    pub copy: Arc<Copy>,
}
