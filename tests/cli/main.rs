//! The commands as a user types them, one file a command. The suite is this repository's own, copied where a test
//! changes it.

#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot prepare its folder has failed"
)]

mod check;
mod explain;
mod list;
mod mock;
mod number;
mod run;
mod selftest;
#[path = "../support/repository.rs"]
mod support;
