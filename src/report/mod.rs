//! Events to reports, one file each.

mod junit;
mod terminal;

pub use junit::junit;
pub(crate) use terminal::columns;
pub use terminal::terminal;
