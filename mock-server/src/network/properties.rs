//! Random sequences against what must always hold, and against models that are too simple to be wrong.

mod commands;
mod forks;
mod records;
mod requests;

use proptest::test_runner::Config;

/// So many cases, and no file of failures: a case that failed becomes a test of its own.
fn cases(cases: u32) -> Config {
    Config {
        cases,
        failure_persistence: None,
        ..Config::default()
    }
}
