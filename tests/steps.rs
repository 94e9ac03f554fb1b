//! What each kind of step does, seen from outside: exit code, snapshots, journal and run folder.

#![allow(
    dead_code,
    unreachable_pub,
    clippy::allow_attributes,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test that cannot find what it looks at has failed; each test file uses a part of the support"
)]

mod support;

use std::fs;

use support::{Suite, ask};

#[test]
fn a_poll_moves_the_frozen_clock_and_only_its_last_answer_counts() {
    let until = "until = { xpath = { \"//n:AnsweredAt\" = \"2026-11-02T09:00:30+09:00\" }, every = \"10s\", within = \"1m\" }";
    let suite = Suite::new().with("0-a/poll", "", &(ask("poll", until) + &ask("after", "")));
    suite.accept(&[]);
    let poll = suite.read("snapshots/0-a/poll/poll.snap");
    assert!(poll.contains("{request-1}"), "{poll}");
    assert!(poll.contains("{t+00:00:30 +09:00}"), "{poll}");
    let after = suite.read("snapshots/0-a/poll/after.snap");
    assert!(after.contains("{request-2}"), "{after}");
    let step = suite.step("0-a/poll", "poll");
    assert_eq!(step["exchange"]["sent"], 4);
    assert_eq!(
        step["exchange"]["response"]["file"],
        "0-a/poll/01-poll.4.response.xml"
    );
    let mut requests: Vec<String> = ["01-poll", "01-poll.2", "01-poll.3", "01-poll.4"]
        .iter()
        .map(|name| {
            let file = format!("0-a/poll/{name}.request.xml");
            fs::read_to_string(suite.run_folder().join(file)).unwrap()
        })
        .collect();
    requests.dedup();
    assert_eq!(requests.len(), 4);
}

#[test]
fn a_poll_in_vain_fails_and_says_what_is_missing() {
    let until =
        "until = { xpath = { \"//n:State\" = \"never\" }, every = \"10s\", within = \"30s\" }";
    let suite = Suite::new().with("0-a/poll", "", &ask("poll", until));
    let (code, shown) = suite.renkei(&["run"]);
    assert_eq!(code, 1, "{shown}");
    assert!(
        shown.contains("waited in vain: //n:State: expected 'never', found"),
        "{shown}"
    );
    assert_eq!(suite.step("0-a/poll", "poll")["exchange"]["sent"], 4);
}

#[test]
fn a_retry_repeats_the_request_id_and_captures_can_be_expected() {
    let first = ask("first", "capture = { id = \"//n:RequestId\" }");
    let retry = ask(
        "retry",
        "same_request_as = \"first\"\nexpect = { status = 200, xpath = { \"//n:RequestId\" = \"{{ id }}\" } }",
    );
    let suite = Suite::new().with("0-a/retry", "", &(first + &retry));
    suite.accept(&[]);
    assert!(
        suite
            .read("snapshots/0-a/retry/retry.snap")
            .contains("{request-1}")
    );
}

#[test]
fn what_is_looked_for_may_name_what_was_captured() {
    let first = ask("first", "capture = { id = \"//n:RequestId\" }");
    let second = ask(
        "second",
        "same_request_as = \"first\"\nuntil = { xpath = { \"//n:RequestId\" = \"{{ id }}\" }, every = \"1s\", within = \"2s\" }\n\
         expect = { xpath = { \"count(//n:RequestId[. = '{{ id }}'])\" = \"1\", \"//n:RequestId\" = { one-of = [\"{{ id }}\"] } } }\n\
         capture = { again = \"//n:RequestId[. = '{{ id }}']\" }",
    );
    let suite = Suite::new().with("0-a/named", "", &(first + &second));
    suite.accept(&[]);
}

#[test]
fn exports_go_along_the_whole_chain_of_checkpoints() {
    let capture = ask("ask", "capture = { early = \"//n:RequestId\" }");
    let suite = Suite::new()
        .with(
            "0-a/one",
            "establishes = \"one\"\nexports = [\"early\"]",
            &capture,
        )
        .with(
            "0-a/two",
            "starts_from = \"one\"\nestablishes = \"two\"",
            &ask("ask", ""),
        )
        .with(
            "0-a/three",
            "starts_from = \"two\"",
            &ask("ask", "with = { note = \"{{ early }}\" }"),
        );
    suite.accept(&["0-a/three"]);
    let early = fs::read_to_string(suite.run_folder().join("0-a/one/01-ask.request.xml")).unwrap();
    let id = early
        .split("<n:RequestId>")
        .nth(1)
        .and_then(|rest| rest.split('<').next())
        .unwrap();
    let late = fs::read_to_string(suite.run_folder().join("0-a/three/01-ask.request.xml")).unwrap();
    assert!(late.contains(&format!("<!-- {id} -->")), "{late}");
    let ended: Vec<(String, bool)> = suite
        .events_of("scenario")
        .iter()
        .map(|event| {
            let id = event["scenario"].as_str().unwrap().to_owned();
            (id, event["prerequisite"].as_bool().unwrap())
        })
        .collect();
    let expected = [("0-a/one", true), ("0-a/two", true), ("0-a/three", false)];
    assert_eq!(ended, expected.map(|(id, is)| (id.to_owned(), is)));
}

#[test]
fn an_outcome_of_the_transport_is_expected_snapshotted_and_told_from_others() {
    let refused = "[[step]]\nid = \"refused\"\nsend = \"GetConnectionStatus\"\nas = \"expired\"\n";
    let expected = "expect = { outcome = \"tls-refused\" }\n";
    let suite = Suite::new().with("0-a/tls", "", &format!("{refused}{expected}"));
    suite.accept(&[]);
    assert!(
        suite
            .read("snapshots/0-a/tls/refused.snap")
            .ends_with("---\noutcome: tls-refused\n")
    );
    let suite = Suite::new().with("0-a/tls", "", refused);
    assert_eq!(suite.renkei(&["run"]).0, 4);
    let wrong = "expect = { outcome = \"closed\" }\n";
    let suite = Suite::new().with("0-a/tls", "", &format!("{refused}{wrong}"));
    let (code, shown) = suite.renkei(&["run"]);
    assert_eq!(code, 1);
    assert!(
        shown.contains("transport: expected 'closed', found"),
        "{shown}"
    );
    let suite = Suite::new().with("0-a/tls", "", &ask("ask", expected));
    let (code, shown) = suite.renkei(&["run"]);
    assert_eq!(code, 1);
    assert!(shown.contains("but an answer came"), "{shown}");
}

#[test]
fn a_planted_number_is_sent_and_kept_nowhere() {
    let plants = "plants = \"individual-number\"\nwith = { note = \"{{ planted }}\" }";
    let suite = Suite::new().with("0-a/plant", "", &(ask("plant", plants) + &ask("after", "")));
    let (code, shown) = suite.renkei(&["run", "--snapshots", "accept"]);
    assert_ne!(code, 7, "{shown}");
    let step = suite.step("0-a/plant", "plant");
    assert_eq!(step["exchange"]["request"]["masked"], true);
    assert_eq!(step["exchange"]["sent"], 1);
    assert!(step["exchange"]["status"].is_number(), "it was not sent");
    assert!(!renkei::sentinel::found(&suite.all_text()));
    assert!(suite.all_text().contains(renkei::sentinel::MASK));
}

#[test]
fn invariants_can_be_checked() {
    let check = "[[step]]\nid = \"check\"\ncheck = \"invariants\"\n";
    let suite = Suite::new().with("0-a/check", "", &(ask("ask", "") + check));
    suite.accept(&[]);
    assert_eq!(
        suite.step("0-a/check", "check")["outcome"]["outcome"],
        "passed"
    );
}

#[test]
fn method_path_and_headers_can_be_others_and_a_header_can_be_expected() {
    let other = ask(
        "other",
        "method = \"PUT\"\npath = \"nowhere/x\"\nheaders = { \"X-One\" = \"1\" }\nexpect = { status = 405, header = { \"Content-Type\" = { matches = \"text/xml.*\" } } }",
    );
    let suite = Suite::new().with("0-a/other", "", &other);
    let (code, shown) = suite.renkei(&["run", "--snapshots", "accept"]);
    assert_eq!(code, 0, "{shown}");
    assert_ne!(suite.step("0-a/other", "other")["exchange"]["status"], 200);
}

#[test]
fn a_refusal_that_nobody_expects_is_a_failure_until_a_step_or_an_accepted_snapshot_says_that_it_is_meant()
 {
    let refused = |keys: &str| ask("ask", &format!("method = \"PUT\"\n{keys}"));
    let after = ask("own", "no_snapshot = \"no\"");
    for keys in [
        "",
        "no_snapshot = \"no\"",
        "expect = { xpath = { \"//n:Code\" = { exists = true } } }",
    ] {
        let suite = Suite::new()
            .with("0-a/ask", "establishes = \"asked\"", &refused(keys))
            .with("0-b/after", "starts_from = \"asked\"", &after);
        let (code, shown) = suite.renkei(&["run", "--snapshots", "accept"]);
        assert_eq!(code, 1, "{keys}: {shown}");
        let says = "a fault that the step does not expect (F-FORM-03, HTTP 405); where it is meant, say expect = { fault = \"F-FORM-03\" }";
        assert!(shown.contains(says), "{keys}: {shown}");
        assert_eq!(suite.ends(), ["0-a/ask failed", "0-b/after blocked"]);
        assert!(!suite.root().join("snapshots").exists());
    }
    for keys in [
        "expect = { fault = \"F-FORM-03\" }",
        "expect = { status = 405 }",
        "until = { status = 405, every = \"1s\", within = \"2s\" }",
    ] {
        let suite = Suite::new().with("0-a/ask", "", &refused(keys));
        suite.accept(&[]);
        // What has been accepted is meant, whether or not the step says so as well.
        suite.write(
            "scenarios/0-a/ask.toml",
            &suite.read("scenarios/0-a/ask.toml").replace(keys, ""),
        );
        suite.accept(&[]);
        let snapshot = "snapshots/0-a/ask/ask.snap";
        let other = suite.read(snapshot).replace("F-FORM-03", "F-FORM-02");
        suite.write(snapshot, &other);
        let (code, shown) = suite.renkei(&["run", "--snapshots", "accept"]);
        assert_eq!(code, 1, "{shown}");
        assert!(shown.contains("<n:Code>F-FORM-02</n:Code>"), "{shown}");
        assert!(shown.contains("that the step does not expect"), "{shown}");
        assert_eq!(suite.read(snapshot), other);
    }
}

#[test]
fn what_the_network_refuses_is_a_failure_and_what_control_does_not_know_is_the_scenarios_mistake() {
    let step = |act: &str| format!("[[step]]\nid = \"act\"\nnetwork = {{ {act} }}\n");
    let conflict = "act = \"resume-connection\", institution = \"202053-M\"";
    let suite = Suite::new().with("0-a/act", "", &step(conflict));
    let (code, shown) = suite.renkei(&["run"]);
    assert_eq!(code, 1, "{shown}");
    let suite = Suite::new().with(
        "0-a/act",
        "",
        &step("act = \"break-hop\", hop = \"{{ renkei.work }}\""),
    );
    let (code, shown) = suite.renkei(&["run"]);
    assert_eq!(code, 3, "{shown}");
    assert!(shown.contains("control refused POST"), "{shown}");
    let (_, shown) = suite.renkei(&["run", "--lang", "ja"]);
    assert!(
        shown.contains("は使用できません。使用できるもの: "),
        "{shown}"
    );
}

#[test]
fn a_step_without_snapshot_leaves_none() {
    let suite = Suite::new().with("0-a/none", "", &ask("ask", "no_snapshot = \"not needed\""));
    suite.accept(&[]);
    assert!(!suite.root().join("snapshots").exists());
}

#[test]
fn a_listener_with_a_fault_is_told_by_its_outcome_and_a_good_one_serves_the_same_world() {
    let cases = [
        ("certificate = \"other-name\"", "tls-refused"),
        ("certificate = \"expired\"", "tls-refused"),
        ("certificate = \"other-ca\"", "tls-refused"),
        ("fault = \"close-in-handshake\"", "tls-refused"),
        ("fault = \"alert-in-handshake\"", "tls-refused"),
        ("fault = \"plain-http\"", "tls-refused"),
        ("fault = \"close-after-handshake\"", "closed"),
    ];
    let mut steps = ask("before", "");
    for (at, (listener, outcome)) in cases.iter().enumerate() {
        let open = format!("[[step]]\nid = \"open-{at}\"\nlisten = {{ {listener} }}\n");
        steps += &open;
        steps += &ask(
            &format!("ask-{at}"),
            &format!("via = \"open-{at}\"\nexpect = {{ outcome = \"{outcome}\" }}"),
        );
    }
    steps += "[[step]]\nid = \"open\"\nlisten = { certificate = \"good\" }\n";
    steps += &ask(
        "repeated",
        "via = \"open\"\nsame_request_as = \"before\"\nexpect = { status = 200 }",
    );
    let suite = Suite::new().with("0-a/listen", "", &steps);
    suite.accept(&[]);
    let repeated = suite.read("snapshots/0-a/listen/repeated.snap");
    assert!(repeated.contains("{request-1}"), "{repeated}");
}

#[test]
fn spoilt_answers_have_their_outcome_and_a_retry_gets_through() {
    let misbehave = |id: &str, name: &str| {
        format!(
            "[[step]]\nid = \"{id}\"\nnetwork = {{ act = \"misbehave\", name = \"{name}\", times = 1 }}\n"
        )
    };
    let cases = [
        ("close-before-answer", "closed", ""),
        ("close-before-apply", "closed", ""),
        ("reset", "closed", ""),
        ("cut-in-answer", "cut", ""),
        ("content-length-too-long", "cut", "timeout = \"2s\""),
        ("late", "timeout", "timeout = \"300ms\""),
    ];
    let mut steps = String::new();
    for (name, outcome, keys) in cases {
        let (spoil, lost) = (format!("{name}-on"), format!("{name}-lost"));
        steps += &misbehave(&spoil, name);
        steps += &ask(
            &lost,
            &format!("{keys}\nexpect = {{ outcome = \"{outcome}\" }}"),
        );
        steps += &ask(
            &format!("{name}-retry"),
            &format!("same_request_as = \"{lost}\"\nexpect = {{ status = 200 }}"),
        );
    }
    let suite = Suite::new().with("0-a/spoilt", "", &steps);
    let (code, shown) = suite.renkei(&["run", "--snapshots", "accept"]);
    assert_eq!(code, 0, "{shown}");
}
