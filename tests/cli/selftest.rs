//! `selftest` on the suite of this repository.

use crate::support::{change, out, renkei, suite};

#[test]
fn the_selftest_sees_a_guard_that_notices_and_one_that_sleeps() {
    let suite = suite();
    let trial = [
        "--lang",
        "en",
        "selftest",
        "--rule",
        "R-CON-01",
        "--misbehaviour",
        "fault-with-ok",
    ];
    let output = renkei(suite.path(), &trial);
    assert_eq!(output.status.code(), Some(0), "{}", out(&output));
    assert!(out(&output).contains("2 tried, 0 survived"));
    change(
        suite.path(),
        "scenarios/0-connection/status-before-approval.toml",
        "phase =",
        "guards = [\"R-CON-01\"]\nphase =",
    );
    let output = renkei(suite.path(), &trial);
    assert_eq!(output.status.code(), Some(1), "{}", out(&output));
    assert!(out(&output).contains("SURVIVED"));
    let output = renkei(
        suite.path(),
        &["--lang", "en", "selftest", "--rule", "R-CON-001"],
    );
    assert_eq!(output.status.code(), Some(2));
    assert!(out(&output).contains("did you mean 'R-CON-01'"));
}
