//! What the system under test has sent: found, missed, counted, and asked for by `http`.

#![allow(
    dead_code,
    unreachable_pub,
    clippy::allow_attributes,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test that cannot find what it looks at has failed; each test file uses a part of the support"
)]

use std::fs;

#[path = "support/program.rs"]
mod program;
mod support;

use program::{MAYOR, call, exec, free_port, no_call, one};
use support::{Elsewhere, ask};

#[test]
fn calls_are_found_in_order_or_in_any_as_often_as_they_must_come() {
    let three = exec(
        "run",
        "ask=town-0001 ask=town-0002 ask=town-0003",
        &format!("{MAYOR}\nno_snapshot = \"no\""),
    );
    let id = |number: u32| {
        format!(
            "expect = {{ xpath = {{ \"//n:RequestId\" = \"town-000{number}\" }} }}\nno_snapshot = \"no\"\nwithin = \"0s\""
        )
    };
    let any = |number: u32| id(number) + "\norder = \"any\"";
    let cases = [
        (call("a", &id(1)) + &call("b", &id(3)), 0, ""),
        (
            call("a", &id(3)) + &call("b", &id(1)),
            1,
            "it came before the call that was expected before it",
        ),
        (
            call("a", &id(3)) + &call("b", &any(1)) + &call("c", &any(2)) + &no_call("d", ""),
            0,
            "",
        ),
        (
            call("a", &id(2)) + &no_call("b", ""),
            1,
            "there is a call that must not be: #1 GetConnectionStatus (202053-M) → 200",
        ),
        (
            call("a", "times = 3\nno_snapshot = \"no\"") + &no_call("b", "within = \"10ms\""),
            0,
            "",
        ),
        (
            call("a", "times = 4\nwithin = \"0s\""),
            1,
            "only 3 of 4 calls GetConnectionStatus came",
        ),
        (
            call("a", &any(3)) + &call("b", &any(1)) + &call("c", &id(2)),
            0,
            "",
        ),
        (
            call("a", "no_snapshot = \"no\"") + &call("b", &any(1)),
            1,
            "these would be right, but earlier steps have found them, and a call is found by one step alone; put the step that asks for more first: #1 GetConnectionStatus (202053-M) → 200 (by 'a')",
        ),
        (
            call("a", "times = 1\nno_snapshot = \"no\""),
            1,
            "GetConnectionStatus must be called 1 time, but 2 more came by the end of the scenario: #2 GetConnectionStatus (202053-M) → 200 [2026-11-02T09:00:00+09:00], #3 ",
        ),
        (
            call("a", "times = 1\nno_snapshot = \"no\"")
                + &call("b", "times = 2\nno_snapshot = \"no\""),
            0,
            "",
        ),
        (call("a", &(id(1) + "\ntimes = 1")), 0, ""),
        (
            call("a", &id(9)),
            1,
            "//n:RequestId: expected 'town-0009', found 'town-0001'",
        ),
        (
            call("a", "from = \"sapporo-mayor\"\nwithin = \"0s\""),
            1,
            "from: expected '011002-M', found '202053-M'",
        ),
        (
            call(
                "a",
                "expect = { fault = \"F-CON-01\", status = 500 }\nwithin = \"0s\"",
            ),
            1,
            "fault: expected 'F-CON-01', found '-'",
        ),
        (
            no_call(
                "a",
                "expect = { xpath = { \"//n:RequestId\" = \"town-0009\" } }",
            ),
            0,
            "",
        ),
        (no_call("a", "from = \"sapporo-mayor\""), 0, ""),
        (
            ask("own", "no_snapshot = \"no\"")
                + &call("a", "times = 3\nno_snapshot = \"no\"")
                + &no_call("b", ""),
            0,
            "",
        ),
    ];
    for (steps, code, says) in cases {
        let suite = one(&(three.clone() + &steps));
        let (exit, shown) = suite.renkei(&["run"]);
        assert_eq!(exit, code, "{steps}\n{shown}");
        assert!(shown.contains(says), "{says}: {shown}");
    }
    let suite = one(&call("a", "within = \"0s\""));
    let (exit, shown) = suite.renkei(&["run"]);
    assert_eq!(exit, 1);
    assert!(
        shown.contains("no call of the system under test has come at all"),
        "{shown}"
    );
}

#[test]
fn what_the_journal_does_not_hold_is_told_and_never_taken_for_absent() {
    let quiet = format!("{MAYOR}\nno_snapshot = \"no\"\ntimeout = \"5m\"");
    let often = exec("run", "ask-often=1010", &quiet);
    let suite = one(&(often + &no_call("none", "from = \"sapporo-mayor\"")));
    let (exit, shown) = suite.renkei(&["run"]);
    assert_eq!(exit, 1, "{shown}");
    assert!(
        shown.contains("so 10 calls could not be looked at"),
        "{shown}"
    );
}

#[test]
fn an_individual_number_is_found_wherever_in_a_call_it_stands_and_however_many_calls_follow() {
    let quiet = format!("{MAYOR}\nno_snapshot = \"no\"\ntimeout = \"5m\"");
    for (does, place) in [
        ("ask-number-late=town-0001", "F-FRM-02 (body)"),
        (
            "ask-number-in-query=town-0001",
            "→ 200 (path, query or headers)",
        ),
        ("ask-number-in-utf-16=town-0001", "F-FORM-01 (body)"),
        ("ask-number=town-0001 ask-often=1001", "#1 /connection"),
    ] {
        let suite = one(&exec("run", does, &quiet));
        let (exit, shown) = suite.renkei(&["run"]);
        assert_eq!(exit, 7, "{does}\n{shown}");
        let says = "the system under test has sent an individual number";
        assert!(shown.contains(says), "{does}\n{shown}");
        let which = shown.split("calls with an individual number: #1 ").nth(1);
        let told = which.and_then(|which| which.lines().next()).unwrap_or("");
        assert!(format!("#1 {told}").contains(place), "{does}\n{shown}");
        assert!(!suite.all_text().contains(&renkei::sentinel::specimen()));
    }
}

#[test]
fn a_call_is_looked_at_and_kept_whole_whatever_its_size_and_its_bytes() {
    let quiet = format!("{MAYOR}\nno_snapshot = \"no\"");
    let long = exec("run", "ask-long=town-0001 ask=town-0002", &quiet);
    let seen = "expect = { xpath = { \"//n:RequestId\" = \"town-0001\" } }\ncapture = { id = \"//n:RequestId\" }";
    let suite = one(&(long + &call("call", seen)));
    suite.accept(&[]);
    let kept = fs::read(suite.run_folder().join("0-a/one/02-call.call.xml")).unwrap();
    assert!(kept.len() > 1 << 20 && kept.ends_with(b"</s:Envelope>"));
    let snapshot = suite.read("snapshots/0-a/one/call.snap");
    assert!(snapshot.contains("{request-1}"), "{snapshot}");
    let bytes = exec("run", "ask-in-bytes=town-0001", &quiet);
    let meant = "expect = { fault = \"F-FORM-01\" }";
    let suite = one(&(bytes + &call("call", meant)));
    suite.accept(&[]);
    let kept = fs::read(suite.run_folder().join("0-a/one/02-call.call.xml")).unwrap();
    assert_eq!(kept, program::every_byte());
}

#[test]
fn a_peer_whose_inquiry_is_refused_fails_unless_that_is_meant() {
    let peer = |item: &str, keys: &str| {
        format!(
            "[[step]]\nid = \"asks\"\npeer = {{ institution = \"011002-M\", asks = {{ atena = \"SAPPORO-0000002\", task = \"T-001\", procedure = \"P-001-01\", provider = \"202053-M\", item = \"{item}\", year = 2026, consent = true }}, every = \"10m\", times = 3 }}\n{keys}\n"
        )
    };
    let advance = "[[step]]\nid = \"later\"\nadvance = \"1h\"\n";
    let suspend = "[[step]]\nid = \"suspend\"\nnetwork = { act = \"suspend-connection\", institution = \"011002-M\" }\n";
    let meant = |code: &str| format!("expect = {{ fault = \"{code}\" }}");
    let cases = [
        (peer("TAX-INCOME", ""), 0, ""),
        (
            peer("TAX-INCOM", "") + advance,
            1,
            "what 011002-M asks (T-001 P-001-01 202053-M TAX-INCOM) is refused [2026-11-02T09:00:00+09:00]: F-INQ-01",
        ),
        (peer("TAX-INCOM", &meant("F-INQ-01")) + advance, 0, ""),
        (
            peer("TAX-INCOM", &meant("F-INQ-02")),
            1,
            "is refused otherwise [2026-11-02T09:00:00+09:00]: expected 'F-INQ-02', found 'F-INQ-01'",
        ),
        (
            peer("TAX-INCOME", &meant("F-INQ-01")),
            1,
            "is taken [2026-11-02T09:00:00+09:00], and not refused with F-INQ-01 as expected",
        ),
        // Only the second time it is refused, while time passes.
        (
            peer("TAX-INCOME", "") + suspend + advance,
            1,
            "[2026-11-02T09:10:00+09:00]: F-CON-",
        ),
    ];
    for (steps, code, says) in cases {
        let suite = one(&steps);
        let (exit, shown) = suite.renkei(&["run"]);
        assert_eq!(exit, code, "{steps}\n{shown}");
        assert!(shown.contains(says), "{says}: {shown}");
    }
}

#[test]
fn that_nothing_was_sent_is_looked_at_only_after_something_could_have_been() {
    let acts = exec(
        "run",
        "ask=town-0001",
        &format!("{MAYOR}\nno_snapshot = \"no\""),
    );
    let (exit, shown) = one(&(no_call("none", "") + &acts)).renkei(&["check"]);
    assert_eq!(exit, 3, "{shown}");
    let says = "put it after the step that makes the system act";
    assert!(shown.contains(says), "{shown}");
    let suite = one(&no_call("none", ""));
    suite.append("scenarios/profile.toml", "[system]\nas = \"iida-mayor\"\n");
    assert_eq!(suite.renkei(&["check"]).0, 0);
}

#[test]
fn each_of_many_calls_has_its_own_snapshot_and_captures() {
    let steps = exec(
        "run",
        "ask=town-0001 ask=town-0002",
        &format!("{MAYOR}\nno_snapshot = \"no\""),
    ) + &call("calls", "times = 2\ncapture = { id = \"//n:RequestId\" }")
        + &ask("own", "with = { note = \"{{ id }} {{ id_2 }}\" }");
    let suite = one(&steps);
    suite.accept(&[]);
    assert!(
        suite
            .read("snapshots/0-a/one/calls.snap")
            .contains("{request-1}")
    );
    assert!(
        suite
            .read("snapshots/0-a/one/calls-2.snap")
            .contains("{request-2}")
    );
    let own = fs::read_to_string(suite.run_folder().join("0-a/one/03-own.request.xml")).unwrap();
    assert!(own.contains("<!-- town-0001 town-0002 -->"), "{own}");
    let changed = suite
        .read("snapshots/0-a/one/calls-2.snap")
        .replace("202053-M", "202053-E");
    suite.write("snapshots/0-a/one/calls-2.snap", &changed);
    let (exit, shown) = suite.renkei(&["run"]);
    assert_eq!(exit, 1);
    assert!(shown.contains("202053-E"), "{shown}");
}

#[test]
fn where_no_call_comes_the_handshakes_that_failed_are_told_with_what_to_do() {
    let quiet = "no_snapshot = \"no\"";
    let cases = [
        (
            exec("run", "ask-in-plain", quiet) + &call("call", "within = \"0s\""),
            "connections ended before anything was asked (1, handshake-failed): ",
            "see that it calls RENKEI_URL (renkei.url), which begins with https://",
        ),
        (
            exec(
                "run",
                "ask=town-0001",
                &format!("as = \"expired\"\n{quiet}"),
            ),
            "connections ended before anything was asked (1, expired): the client certificate has expired (certificate: ",
            "see that it is RENKEI_CERTIFICATE with RENKEI_KEY",
        ),
        (
            exec(
                "run",
                "ask-at-the-root=town-0001",
                &format!("{MAYOR}\n{quiet}"),
            ) + &call("call", "within = \"0s\""),
            "calls came to another world, 'main' (1): take RENKEI_URL (renkei.url, now https://",
            "as it is, path included",
        ),
        (
            exec("run", "ask-nowhere=town-0001", &format!("{MAYOR}\n{quiet}"))
                + &call("call", "within = \"0s\""),
            "the nearest call: #1 POST /conection urn:renkei:mock:unofficial:v1:GetConnectionStatus (202053-M) → 500 F-FORM-03",
            "path: expected 'connection', found 'conection'",
        ),
        (
            exec("run", "exit=1", quiet),
            "no call came to the network during this step",
            "the step has no 'as', so the program was given no certificate and key",
        ),
    ];
    for (steps, why, next) in cases {
        let (exit, shown) = one(&steps).renkei(&["run"]);
        assert_eq!(exit, 1, "{shown}");
        assert!(shown.contains(why) && shown.contains(next), "{shown}");
    }
    // What ended well and said something else has nothing to do with calls.
    let other = exec(
        "run",
        "say=a",
        "expect = { stdout = \"b\" }\nno_snapshot = \"no\"",
    );
    let (exit, shown) = one(&other).renkei(&["run"]);
    assert_eq!(exit, 1, "{shown}");
    assert!(
        !shown.contains("no call came") && !shown.contains("no 'as'"),
        "{shown}"
    );
}

#[test]
fn http_shows_the_certificate_of_the_identity_that_it_names() {
    // The mock stands for a system that asks for one.
    for (keys, code, says) in [
        ("as = \"iida-mayor\"", 0, ""),
        ("", 4, "the TLS handshake failed [tls-refused]"),
    ] {
        let suite = one(&format!(
            "[[step]]\nid = \"ask\"\nhttp = {{ url = \"{{{{ renkei.url }}}}connection?wsdl\", ca = \"pki/ca.pem\" }}\nno_snapshot = \"no\"\n{keys}\n"
        ));
        let elsewhere = Elsewhere::start(&suite);
        suite.append(
            "scenarios/profile.toml",
            &format!(
                "[target.near]\nurl = \"{}\"\ncontrol = \"{}\"\ncertificates = \"pki\"\n",
                elsewhere.url, elsewhere.control
            ),
        );
        let (exit, shown) = suite.renkei(&["run", "--target", "near"]);
        assert_eq!(exit, code, "{shown}");
        assert!(shown.contains(says), "{shown}");
    }
}

#[test]
fn how_the_network_answered_a_call_stands_in_its_snapshot_and_a_refusal_must_be_meant() {
    let quiet = format!("{MAYOR}\nno_snapshot = \"no\"");
    let wrong = exec("run", "ask-as-other=town-0001", &quiet);
    let suite = one(&(wrong.clone() + &call("call", "")));
    let (exit, shown) = suite.renkei(&["run"]);
    assert_eq!(exit, 1, "{shown}");
    let step = suite.step("0-a/one", "call");
    let fault = step["calls"][0]["fault"].as_str().unwrap();
    let says = format!(
        "the answer to the call of the system under test is a fault that the step does not expect ({fault}, HTTP 500); where it is meant, say expect = {{ fault = \"{fault}\" }}"
    );
    assert!(shown.contains(&says), "{says}: {shown}");
    assert!(
        shown.contains(&format!("response 500 {fault} [")),
        "{shown}"
    );
    let meant = format!("expect = {{ fault = \"{fault}\" }}");
    let suite = one(&(wrong + &call("call", &meant)));
    assert_eq!(suite.renkei(&["run"]).0, 5);
    let (_, shown) = suite.renkei(&["review"]);
    assert!(shown.contains(&format!("Answer: 500 {fault}")), "{shown}");
    suite.renkei(&["accept"]);
    let scenario = suite.read("scenarios/0-a/one.toml");
    suite.write("scenarios/0-a/one.toml", &scenario.replace(&meant, ""));
    suite.accept(&[]);
}

#[test]
fn what_the_system_under_test_did_is_reviewed_first_and_in_the_order_of_the_steps() {
    let own = ask("z-own", "");
    let runs = exec("run", "ask=town-0001", MAYOR);
    let suite = support::Suite::new().with("0-a/one", "", &own).with(
        "0-b/two",
        "",
        &(own.clone() + &runs + &call("call", "")),
    );
    assert_eq!(suite.renkei(&["run"]).0, 5);
    let (_, shown) = suite.renkei(&["review"]);
    let heads = shown.lines();
    let heads = heads.filter(|line| {
        ["■ ", "== ", "new:"]
            .iter()
            .any(|head| line.starts_with(head))
    });
    let heads: Vec<&str> = heads.collect();
    let expected = [
        "■ what the system under test did (2)",
        "== 0-b/two  0-b/two",
        "new: 0-b/two/run",
        "new: 0-b/two/call",
        "■ answers to what scenarios sent themselves (2)",
        "== 0-a/one  0-a/one",
        "new: 0-a/one/z-own",
        "== 0-b/two  0-b/two",
        "new: 0-b/two/z-own",
    ];
    assert_eq!(heads, expected, "{shown}");
    let (_, shown) = suite.renkei(&["review", "0-a"]);
    assert!(!shown.contains('■'), "{shown}");
}

#[test]
fn a_call_that_comes_only_while_it_is_waited_for_is_found() {
    let port = free_port();
    let serving = program::command("command", &format!("serve={port} hang"));
    let profile = format!(
        "[system]\nas = \"iida-mayor\"\n{serving}ready = {{ tcp = \"127.0.0.1:{port}\" }}\n"
    );
    let http = |body: &str, keys: &str| {
        format!(
            "[[step]]\nid = \"ask\"\nhttp = {{ method = \"POST\", url = \"http://127.0.0.1:{port}/do\", headers = {{ X-One = \"1\" }}, body = \"{body}\" }}\n{keys}\n"
        )
    };
    let right = "expect = { status = 200, header = { X-By = \"system\" }, body = { contains = \"done\" } }\ncapture = { done = \"done=ask=(\\\\S+)\" }";
    let steps = http("ask=town-0001", right)
        + &call(
            "call",
            "expect = { xpath = { \"//n:RequestId\" = \"{{ done }}\" } }",
        )
        + &no_call("none", "");
    let suite = one(&steps);
    suite.append("scenarios/profile.toml", &profile);
    suite.accept(&[]);
    let answer = suite.read("snapshots/0-a/one/ask.snap");
    assert!(
        answer.contains("200 text/plain\n\ndone=ask={request-1}\n"),
        "{answer}"
    );
    let wrong = one(&http("", "expect = { status = 201, body = \"x\" }"));
    wrong.append("scenarios/profile.toml", &profile);
    let (exit, shown) = wrong.renkei(&["run"]);
    assert_eq!(exit, 1, "{shown}");
    for says in [
        "HTTP: expected '201', found '200'",
        "body: expected 'x', found 'done='",
    ] {
        assert!(shown.contains(says), "{says}: {shown}");
    }
    let refused = one(&http("complain=no-database answer=500", ""));
    refused.append("scenarios/profile.toml", &profile);
    let (exit, shown) = refused.renkei(&["run"]);
    assert_eq!(exit, 1, "{shown}");
    for says in [
        "the answer is an error that the step does not expect (HTTP 500); where it is meant, say expect = { status = 500 }",
        "no call came to the network during this step",
        "what the system under test ([system]) wrote last during this step:\n      no-database\n",
    ] {
        assert!(shown.contains(says), "{says}: {shown}");
    }
    let nobody = one(&http("", ""));
    let (exit, shown) = nobody.renkei(&["run"]);
    assert_eq!(exit, 4, "{shown}");
    let says = "see that the system under test runs, and the 'url' of this step";
    assert!(shown.contains(says), "{shown}");
}
