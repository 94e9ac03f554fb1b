//! A system under test that runs for the whole run: its start, its end, and all that can go wrong with it.

#![allow(
    dead_code,
    unreachable_pub,
    clippy::allow_attributes,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test that cannot find what it looks at has failed; each test file uses a part of the support"
)]

#[path = "support/program.rs"]
mod program;
mod support;

use std::net::TcpListener;

use program::{call, free_port, no_call};
use support::{Suite, ask};

/// Two scenarios, of which the first makes the system do something, and a system.
fn suite(port: u16, does: &str, keys: &str, body: &str) -> Suite {
    let http = format!(
        "[[step]]\nid = \"ask\"\nhttp = {{ method = \"POST\", url = \"http://127.0.0.1:{port}/\", body = \"{body}\" }}\nno_snapshot = \"no\"\n"
    );
    let suite = Suite::new().with("0-a/one", "", &http).with(
        "0-b/two",
        "",
        &ask("own", "no_snapshot = \"no\""),
    );
    let command = program::command("command", does);
    let ready = if keys.contains("ready") {
        String::new()
    } else {
        format!("ready = {{ tcp = \"127.0.0.1:{port}\" }}\n")
    };
    suite.append(
        "scenarios/profile.toml",
        &format!("[system]\nas = \"iida-mayor\"\n{command}{ready}{keys}\n"),
    );
    suite
}

#[test]
fn a_system_is_started_once_and_each_world_stands_where_it_looks_for_the_network() {
    let port = free_port();
    let calls = call("call", "no_snapshot = \"no\"") + &no_call("none", "");
    let suite = suite(
        port,
        &format!("say=begun serve={port} hang"),
        "",
        "ask=town-0001",
    );
    let first = suite.read("scenarios/0-a/one.toml");
    suite.write("scenarios/0-a/one.toml", &(first.clone() + &calls));
    suite.write("scenarios/0-c/three.toml", &(first + &calls));
    let (code, shown) = suite.renkei(&["run", "--jobs", "4"]);
    assert_eq!(code, 0, "{shown}");
    let system = suite.events_of("system").remove(0);
    assert_eq!(system["end"], "stopped", "{system}");
    let written = std::fs::read_to_string(suite.run_folder().join("system.stdout.txt")).unwrap();
    assert_eq!(written.matches("begun").count(), 1, "{written}");
    assert_eq!(written.matches("status=200").count(), 2, "{written}");
}

#[test]
fn a_system_is_ready_by_its_port_its_answer_or_its_output() {
    let port = free_port();
    let does = format!("serve={port} hang");
    for ready in [
        format!("tcp = \"127.0.0.1:{port}\""),
        format!("http = \"http://127.0.0.1:{port}/\""),
        "output = \"^listen\"".to_owned(),
    ] {
        let keys = format!("ready = {{ {ready} }}\n");
        let (code, shown) = suite(port, &does, &keys, "").renkei(&["run"]);
        assert_eq!(code, 0, "{ready}: {shown}");
    }
}

#[test]
fn what_goes_wrong_with_a_system_has_its_own_message_and_exit_code() {
    let port = free_port();
    let serve = format!("serve={port} hang");
    let cases = [
        // What it does, further keys, what it is asked, exit code, how it ended, what is shown.
        (
            "complain=migrating hang".to_owned(),
            "ready = { output = \"never\", within = \"300ms\" }",
            "",
            4,
            "not-ready",
            "it was not ready within 300ms ([system] ready: no line of its output matched 'never')",
        ),
        (
            "complain=no-database exit=3".to_owned(),
            "",
            "",
            4,
            "died",
            "the system under test has ended (exit 3)",
        ),
        (
            serve.clone(),
            "",
            "complain=broken exit=9",
            4,
            "died",
            "the system under test has ended (exit 9)",
        ),
        (
            serve.clone(),
            "",
            "number",
            7,
            "individual-number",
            "stands in what the system wrote",
        ),
        (
            serve.clone(),
            "",
            "flood=3",
            0,
            "stopped",
            "not kept (system.stdout.txt)",
        ),
        (
            format!("ignore {serve}"),
            "stop_within = \"300ms\"",
            "",
            i32::from(cfg!(unix)),
            if cfg!(unix) { "killed" } else { "stopped" },
            if cfg!(unix) {
                "did not stop when it was told to (exit code 1)"
            } else {
                ""
            },
        ),
        (
            format!("ignore {serve}"),
            "stop = \"kill\"",
            "",
            0,
            "stopped",
            "",
        ),
    ];
    for (does, keys, body, code, end, says) in cases {
        let suite = suite(port, &does, keys, body);
        let (exit, shown) = suite.renkei(&["run"]);
        assert_eq!(exit, code, "{does} {body}: {shown}");
        assert!(shown.contains(says), "{says}: {shown}");
        if let Some(complaint) = does.strip_prefix("complain=") {
            let last = complaint.split(' ').next().unwrap();
            assert!(shown.contains(&format!("\n      {last}\n")), "{shown}");
        }
        let system = suite.events_of("system").remove(0);
        assert_eq!(system["end"], end, "{does} {body}: {system}");
        assert!(!renkei::sentinel::found(&suite.all_text()));
        let (again, reported) = suite.renkei(&["report", suite.run_folder().to_str().unwrap()]);
        assert_eq!(again, code, "{reported}");
    }
}

#[test]
fn a_death_breaks_what_runs_and_nothing_begins_after_it() {
    let port = free_port();
    let suite = suite(
        port,
        &format!("serve={port} hang"),
        "",
        "complain=dying exit=9",
    );
    let (_, shown) = suite.renkei(&["run"]);
    let said = shown.lines().filter(|line| line.trim() == "dying");
    assert_eq!(said.count(), 1, "{shown}");
    assert_eq!(suite.ends(), ["0-a/one broken", "0-b/two not-run"]);
}

#[test]
fn a_port_that_somebody_else_uses_is_named_and_nothing_is_started() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port();
    let suite = suite(port, &format!("serve={port} hang"), "", "");
    let (code, shown) = suite.renkei(&["run"]);
    assert_eq!(code, 4, "{shown}");
    let says = format!("somebody else listens at port {port} of 127.0.0.1 already");
    assert!(shown.contains(&says), "{shown}");
    assert!(!shown.contains("passed  0-b"), "{shown}");
}

#[test]
fn a_program_that_is_not_there_is_named() {
    let suite = Suite::new().with("0-a/one", "", &ask("own", ""));
    suite.append(
        "scenarios/profile.toml",
        "[system]\ncommand = [\"no-such-program\"]\n",
    );
    let (code, shown) = suite.renkei(&["run"]);
    assert_eq!(code, 3, "{shown}");
    assert!(
        shown.contains("there is no program 'no-such-program'"),
        "{shown}"
    );
    let (code, shown) = suite.renkei(&["selftest"]);
    assert_eq!(code, 2, "{shown}");
}

#[test]
fn mistakes_of_the_profile_are_shown_before_anything_is_started() {
    let cases = [
        (
            "command = [\"x\"]\nas = \"iida-mayr\"",
            "did you mean 'iida-mayor'?",
        ),
        ("stop = \"term\"", "'command' must say what is started"),
        (
            "command = [\"x\"]\nready = { tcp = \"127.0.0.1:1\", output = \"a\" }",
            "exactly one of tcp, http and output",
        ),
        (
            "command = [\"x\"]\nready = { within = \"1s\" }",
            "exactly one of tcp, http and output",
        ),
        (
            "command = [\"x\"]\nready = { tcp = \"8080\" }",
            "'8080' is no host:port",
        ),
        (
            "command = [\"x\"]\nready = { output = \"(\" }",
            "not a regular expression",
        ),
        (
            "command = [\"x\", \"{{ renkei.key }}\"]",
            "'renkei.key' has no value",
        ),
        (
            "command = [\"x\"]\nstop = \"hup\"",
            "the value 'hup' is not possible here",
        ),
        ("comand = [\"x\"]", "did you mean 'command'?"),
    ];
    for (keys, says) in cases {
        let suite = Suite::new().with("0-a/one", "", &ask("own", ""));
        suite.append("scenarios/profile.toml", &format!("[system]\n{keys}\n"));
        let (code, shown) = suite.renkei(&["check"]);
        assert_eq!(code, 3, "{keys}: {shown}");
        assert!(shown.contains(says), "{says}: {shown}");
    }
}
