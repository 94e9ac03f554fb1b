//! renkei (連携): an integration test harness for information linkage.
//!
//! The path of data: scenario text → plan → request → exchange → tree → canonical → normalised → verdict → events →
//! reports and exit code. Nothing outside [`cli`] knows the bundled mock.

pub mod cli;
pub mod control;
pub mod diagnostic;
pub mod doctor;
pub mod encoding;
pub mod event;
pub mod expect;
mod japan;
pub mod message;
pub mod normalise;
pub mod plan;
pub mod profile;
pub mod project;
pub mod record;
pub mod relay;
pub mod report;
pub mod run;
pub mod scenario;
pub mod schema;
pub mod sentinel;
pub mod snapshot;
pub mod system;
pub mod text;
pub mod transport;
pub mod verdict;
pub mod xml;
