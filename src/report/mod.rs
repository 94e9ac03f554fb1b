//! Events to reports, one file each. A report knows nothing but the events, so each can be made again from a journal.

mod asides;
mod counts;
mod dry;
mod github;
mod json;
mod junit;
mod progress;
mod record;
mod relayed;
mod table;
mod terminal;
mod words;

pub use dry::dry_run;
pub use github::github;
pub use json::json;
pub use junit::junit;
pub use progress::Progress;
pub use record::{Record, read};
pub(crate) use table::columns;
pub use terminal::terminal;
