//! Inquiries (情報照会).
mod state;
pub(crate) use state::Inquiries;
pub use state::{State, Time};
