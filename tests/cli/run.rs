//! `run`: the suite as a whole.

use std::fs;

use crate::support::{change, out, renkei, run_folder, suite};

#[test]
fn the_embedded_suite_passes_in_an_empty_folder() {
    let folder = tempfile::tempdir().unwrap();
    let output = renkei(folder.path(), &["--lang", "en", "run"]);
    assert_eq!(output.status.code(), Some(0), "{}", out(&output));
    assert!(out(&output).contains("all as expected (exit code 0)"));
    let run = run_folder(folder.path(), "runs");
    assert!(
        fs::read_to_string(run.join("events.jsonl"))
            .unwrap()
            .lines()
            .count()
            > 20
    );
}

#[test]
fn a_ci_is_warned_where_the_built_in_suite_was_run() {
    let folder = tempfile::tempdir().unwrap();
    let reports = ["--report", "github", "--report", "junit=a.xml"];
    let output = assert_cmd::Command::cargo_bin("renkei")
        .unwrap()
        .current_dir(folder.path())
        .env("CI", "true")
        .args(["--lang", "en", "run", "0-connection/approval"])
        .args(reports)
        .output()
        .unwrap();
    let shown = String::from_utf8_lossy(&output.stdout);
    assert_eq!(output.status.code(), Some(0), "{shown}");
    let says = "suite: the built-in suite (no scenarios/profile.toml in ";
    assert!(shown.contains(&format!("::warning::{says}")), "{shown}");
    let last: Vec<&str> = shown.lines().rev().take(2).collect();
    assert!(last[1].starts_with(says), "{shown}");
    let junit = fs::read_to_string(folder.path().join("a.xml")).unwrap();
    assert!(
        junit.contains(&format!("<property name=\"warning\" value=\"{says}")),
        "{junit}"
    );
}

#[cfg(unix)]
#[test]
fn where_nothing_can_be_written_the_place_and_the_next_step_are_named() {
    let folder = tempfile::tempdir().unwrap();
    let run = ["--lang", "en", "run", "0-connection/approval"];
    let output = assert_cmd::Command::cargo_bin("renkei")
        .unwrap()
        .current_dir(folder.path())
        .env("TMPDIR", "/nowhere/at/all")
        .args(run)
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(70), "{}", out(&output));
    for says in [
        "in /nowhere/at/all: ",
        "let the environment variable TMPDIR",
    ] {
        assert!(out(&output).contains(says), "{says}: {}", out(&output));
    }
    assert!(!folder.path().join("runs").exists());
}

#[cfg(target_os = "linux")]
#[test]
fn an_output_that_is_full_is_named() {
    let full = fs::File::options().write(true).open("/dev/full").unwrap();
    let output = std::process::Command::new(assert_cmd::cargo::cargo_bin("renkei"))
        .args(["--lang", "en", "explain", "1"])
        .stdout(full)
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(70), "{}", out(&output));
    let says = "standard output cannot be written: ";
    assert!(out(&output).contains(says), "{}", out(&output));
    let folder = tempfile::tempdir().unwrap();
    let full = fs::File::options().write(true).open("/dev/full").unwrap();
    let run = std::process::Command::new(assert_cmd::cargo::cargo_bin("renkei"))
        .current_dir(folder.path())
        .args(["run", "0-connection/approval", "--report", "junit=a.xml"])
        .stdout(full)
        .output()
        .unwrap();
    assert_eq!(run.status.code(), Some(70), "{}", out(&run));
    let junit = fs::read_to_string(folder.path().join("a.xml")).unwrap();
    assert!(junit.contains("0-connection/approval"), "{junit}");
}

#[test]
fn a_failed_expectation_shows_scenario_request_response_and_rule() {
    let suite = suite();
    change(
        suite.path(),
        "scenarios/0-connection/wrong-office.toml",
        "F-CAL-02",
        "F-CAL-99",
    );
    let output = renkei(
        suite.path(),
        &["--lang", "en", "run", "--filter", "wrong-office"],
    );
    let shown = out(&output);
    assert_eq!(output.status.code(), Some(1), "{shown}");
    for says in [
        "wrong-office.toml:",
        "expected 'F-CAL-99', found 'F-CAL-02'\n    fault: F-CAL-02 ",
        "\n    what to do: ",
        "rule: R-CAL-02 ",
        "\n    source: ",
        "(more: renkei explain R-CAL-02)",
        "<n:Institution>202053-E",
        "response 500",
    ] {
        assert!(shown.contains(says), "{says}: {shown}");
    }
}

#[test]
fn a_scenario_whose_prerequisite_fails_is_blocked_and_says_by_what() {
    let suite = suite();
    change(
        suite.path(),
        "scenarios/0-connection/approval.toml",
        "\"approved\"",
        "\"applied\"",
    );
    let output = renkei(
        suite.path(),
        &["--lang", "en", "run", "--filter", "1-master/peer"],
    );
    assert_eq!(output.status.code(), Some(1));
    assert!(
        out(&output).contains("0-connection/approval, which it needs, has not passed"),
        "{}",
        out(&output)
    );
}

#[test]
fn two_runs_with_one_seed_write_equal_journals() {
    let folder = tempfile::tempdir().unwrap();
    let journal = |runs: &str, jobs: &str| {
        let output = renkei(folder.path(), &["run", "--runs", runs, "--jobs", jobs]);
        assert_eq!(output.status.code(), Some(0), "{}", out(&output));
        let run = run_folder(folder.path(), runs);
        let mut lines: Vec<String> = fs::read_to_string(run.join("events.jsonl"))
            .unwrap()
            .lines()
            .map(|line| {
                let mut event: serde_json::Value = serde_json::from_str(line).unwrap();
                for field in renkei::event::VOLATILE {
                    event.as_object_mut().unwrap().remove(field);
                }
                event.to_string()
            })
            .collect();
        lines.sort();
        lines
    };
    // Not assert_eq, which would print both.
    assert!(journal("a", "1") == journal("b", "4"));
}

#[test]
fn a_new_snapshot_waits_until_it_is_accepted_and_a_changed_one_shows_its_difference() {
    let suite = suite();
    let snapshot = suite.path().join("snapshots/1-master/list/list.snap");
    fs::remove_file(&snapshot).unwrap();
    let only = ["--lang", "en", "run", "--filter", "1-master/list$"];
    assert_eq!(renkei(suite.path(), &only).status.code(), Some(5));
    assert!(out(&renkei(suite.path(), &["--lang", "en", "review"])).contains("waiting: 1"));
    assert_eq!(
        renkei(suite.path(), &["--lang", "en", "accept"])
            .status
            .code(),
        Some(0)
    );
    assert_eq!(renkei(suite.path(), &only).status.code(), Some(0));
    change(
        suite.path(),
        "snapshots/1-master/list/list.snap",
        "<n:Count>7</n:Count>",
        "<n:Count>8</n:Count>",
    );
    let output = renkei(suite.path(), &only);
    assert_eq!(output.status.code(), Some(1));
    assert!(out(&output).contains("<n:Count>7</n:Count>"));
    assert_eq!(renkei(suite.path(), &["reject"]).status.code(), Some(0));
}
