//! A run as a whole: what is chosen, in what order, against what, and what is left afterwards.

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

use std::{
    fs,
    io::{BufRead as _, BufReader, Read as _, Write as _},
    net::{TcpListener, TcpStream},
    thread,
};

use support::{Elsewhere, Suite, ask, interrupt};

const WRONG: &str = "expect = { status = 418 }";

fn three() -> Suite {
    Suite::new()
        .with("0-a/one", "tags = [\"slow\"]", &ask("ask", ""))
        .with("0-a/two", "", &ask("ask", ""))
        .with("0-b/three", "tags = [\"slow\", \"new\"]", &ask("ask", ""))
}

/// A scenario that passes, and one whose last step gets no answer for long.
fn late() -> Suite {
    let late = "[[step]]\nid = \"spoil\"\nnetwork = { act = \"misbehave\", name = \"late\" }\n";
    Suite::new().with("0-a/first", "", &ask("ask", "")).with(
        "0-b/late",
        "",
        &(ask("ask", "") + late + &ask("never", "")),
    )
}

#[test]
fn scenarios_are_chosen_by_path_folder_id_tag_and_expression() {
    let suite = three();
    let cases: [(&[&str], usize); 8] = [
        (&[], 3),
        (&["scenarios/0-a"], 2),
        (&["scenarios/0-a/two.toml", "0-b/three"], 2),
        (&["--tag", "slow"], 2),
        (&["--tag", "new", "--tag", "slow"], 2),
        (&["--filter", "t"], 2),
        (&["0-a", "--tag", "slow"], 1),
        (&["--phase", "connection"], 3),
    ];
    for (arguments, expected) in cases {
        suite.accept(arguments);
        assert_eq!(suite.ends().len(), expected, "{arguments:?}");
    }
    assert_eq!(suite.renkei(&["run", "--tag", "none"]).0, 6);
    let (code, shown) = suite.renkei(&["run", "0-a/tow"]);
    assert_eq!(code, 6);
    assert!(shown.contains("did you mean '0-a/two'"), "{shown}");
    let (code, shown) = suite.renkei(&["run", "--phase", "conection"]);
    assert_eq!(code, 2);
    assert!(shown.contains("did you mean 'connection'?"), "{shown}");
}

#[test]
fn fail_fast_begins_nothing_after_a_failure() {
    let suite = Suite::new()
        .with("0-a/one", "", &ask("ask", WRONG))
        .with("0-a/two", "", &ask("ask", ""))
        .with("0-a/three", "", &ask("ask", ""));
    let (code, _) = suite.renkei(&["run", "--jobs", "1", "--fail-fast"]);
    assert_eq!(code, 1);
    let ends = suite.ends();
    let ends: Vec<&str> = ends
        .iter()
        .filter_map(|end| end.split(' ').nth(1))
        .collect();
    assert_eq!(ends, ["failed", "not-run", "not-run"]);
}

#[test]
fn steps_after_a_failure_are_skipped_but_for_those_that_always_run() {
    let steps = ask("wrong", WRONG) + &ask("skipped", "") + &ask("always", "always = true");
    let suite = Suite::new().with("0-a/one", "", &steps);
    suite.renkei(&["run"]);
    let outcome = |step: &str| suite.step("0-a/one", step)["outcome"]["outcome"].clone();
    assert_eq!(outcome("wrong"), "failed");
    assert_eq!(outcome("skipped"), "skipped");
    assert_eq!(outcome("always"), "new-snapshot");
}

#[test]
fn a_failure_shows_all_that_is_needed_and_every_report_can_be_made_again_from_the_folder() {
    let suite =
        Suite::new()
            .with("0-a/bad", "", &ask("ask", WRONG))
            .with("0-a/good", "", &ask("ask", ""));
    let reports = ["--report", "junit=j.xml", "--report", "json=r.json"];
    let (code, shown) = suite.renkei(&[&["run", "--snapshots", "check"][..], &reports].concat());
    assert_eq!(code, 1);
    for says in [
        "failed: 0-a/bad",
        "scenarios/0-a/bad.toml:5 [ask]",
        "HTTP: expected '418', found '200'",
        "expect = { status = 418 }",
        "request GetConnectionStatus (iida-mayor)",
        "<n:Institution>202053-M</n:Institution>",
        "response 200",
        "<n:State>",
    ] {
        assert!(shown.contains(says), "{says}: {shown}");
    }
    let (junit, json) = (suite.read("j.xml"), suite.read("r.json"));
    assert!(
        junit.contains(
            "<failure message=\"failed: [ask] HTTP: expected &apos;418&apos;, found &apos;200&apos;\" type=\"failed\">"
        ),
        "{junit}"
    );
    assert!(junit.contains("sha256:"), "{junit}");
    let parsed: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!(parsed["exit"]["code"], 1);
    assert_eq!(parsed["scenarios"].as_array().unwrap().len(), 2);
    let folder = suite.run_folder();
    fs::remove_file(suite.root().join("j.xml")).unwrap();
    let (code, again) =
        suite.renkei(&[&["report", folder.to_str().unwrap()][..], &reports].concat());
    assert_eq!(code, 1);
    assert_eq!(suite.read("j.xml"), junit);
    assert_eq!(suite.read("r.json"), json);
    assert!(shown.contains(again.trim()), "{again}");
}

#[test]
fn a_new_snapshot_is_a_failure_of_its_own_type_in_junit() {
    let suite = Suite::new().with("0-a/one", "", &ask("ask", ""));
    let (code, shown) = suite.renkei(&["run", "--snapshots", "check", "--report", "junit=j.xml"]);
    assert_eq!(code, 5);
    let next = "they were not kept in this run";
    assert!(shown.contains(next), "{shown}");
    assert!(shown.contains("\nmore: renkei explain 5\n"), "{shown}");
    let junit = suite.read("j.xml");
    assert!(
        junit.contains("<failure message=\"new: [ask] new snapshot, ")
            && junit.contains("\" type=\"new-snapshot\">"),
        "{junit}"
    );
    assert!(junit.contains(next), "{junit}");
    let (_, shown) = suite.renkei(&["run"]);
    let next = "new snapshots: look with renkei review, and take with renkei accept\n";
    assert!(shown.contains(next), "{shown}");
}

#[test]
fn what_to_do_with_a_difference_that_is_meant_is_told_once_and_where_nothing_else_is_wrong() {
    let next = "where a difference from a snapshot is meant: look with renkei review";
    let suite =
        Suite::new()
            .with("0-a/one", "", &ask("ask", ""))
            .with("0-b/two", "", &ask("ask", ""));
    suite.renkei(&["run", "--snapshots", "accept"]);
    for scenario in ["0-a/one", "0-b/two"] {
        let path = format!("snapshots/{scenario}/ask.snap");
        let changed = suite.read(&path).replace("202053-M", "202053-E");
        suite.write(&path, &changed.replace("200 text/xml", "200 text/html"));
    }
    let (code, shown) = suite.renkei(&["run"]);
    assert_eq!(code, 1);
    assert_eq!(shown.matches(next).count(), 1, "{shown}");
    assert!(shown.contains("\nmore: renkei explain 1\n"), "{shown}");
    let wrong = ask("ask", "expect = { status = 418 }");
    let (_, shown) = suite
        .with("0-a/one", "", &wrong)
        .with("0-b/two", "", &wrong)
        .renkei(&["run"]);
    assert!(!shown.contains(next), "{shown}");
}

#[test]
fn a_snapshot_that_cannot_be_written_is_no_pass_and_no_mistake_of_the_suite() {
    for mode in ["new", "accept"] {
        let suite = Suite::new().with("0-a/one", "", &ask("ask", ""));
        // No folder can be made where a file is; not even by those who may write anywhere.
        suite.write("snapshots/0-a/one", "");
        let (code, shown) = suite.renkei(&["run", "--snapshots", mode]);
        assert_eq!(code, 70, "{shown}");
        let says = "the snapshot snapshots/0-a/one/ask.snap cannot be written: ";
        assert!(shown.contains(says), "{shown}");
        let outcome = &suite.step("0-a/one", "ask")["outcome"];
        assert_eq!(outcome["outcome"], "not-kept");
    }
}

#[test]
fn a_scenario_in_the_folder_of_another_phase_is_a_mistake() {
    let suite = Suite::new().with("2-code/one", "", &ask("ask", ""));
    let (code, shown) = suite.renkei(&["check"]);
    assert_eq!(code, 3, "{shown}");
    for says in [
        "a scenario of the phase 'connection' lies in the folder of the phase 'code'",
        "scenarios/2-code/one.toml:2:9",
        "move it to scenarios/0-connection, or write phase = \"code\"",
    ] {
        assert!(shown.contains(says), "{says}: {shown}");
    }
    let own = Suite::new().with("9-own/one", "", &ask("ask", ""));
    assert_eq!(own.renkei(&["check"]).0, 0);
}

#[cfg(unix)]
#[test]
fn a_selftest_that_is_ended_shows_what_it_has_found() {
    let suite = Suite::new().with("0-a/one", "", &ask("ask", ""));
    suite.accept(&[]);
    let mut child = suite.spawn(&["selftest"]);
    let mut line = String::new();
    let mut told = BufReader::new(child.stderr.take().unwrap());
    told.read_line(&mut line).unwrap();
    assert!(line.contains(" to try; Ctrl-C "), "{line}");
    interrupt(&child);
    let output = child.wait_with_output().unwrap();
    let shown = String::from_utf8_lossy(&output.stdout);
    assert_eq!(output.status.code(), Some(130), "{shown}");
    assert!(shown.contains("rule off, or misbehaviour"), "{shown}");
    assert!(shown.contains("ended early: "), "{shown}");
}

#[test]
fn a_journal_that_ends_in_the_midst_of_a_line_can_still_be_read() {
    let suite = three();
    suite.accept(&[]);
    let journal = suite.run_folder().join("events.jsonl");
    let text = fs::read_to_string(&journal).unwrap();
    fs::write(&journal, &text[..text.len() - 20]).unwrap();
    let (code, shown) = suite.renkei(&["report", suite.run_folder().to_str().unwrap()]);
    assert_eq!(code, 130, "{shown}");
    fs::write(&journal, text.replacen("\"event\":", "\"evnt\":", 2)).unwrap();
    let (code, shown) = suite.renkei(&["report", suite.run_folder().to_str().unwrap()]);
    assert_eq!(code, 2);
    assert!(shown.contains("line 1"), "{shown}");
}

#[test]
fn bodies_are_kept_byte_for_byte_with_their_digest() {
    use sha2::Digest as _;
    let suite = Suite::new().with("0-a/one", "", &ask("ask", ""));
    suite.accept(&[]);
    let exchange = suite.step("0-a/one", "ask")["exchange"].clone();
    for part in ["request", "response"] {
        let file = exchange[part]["file"].as_str().unwrap();
        let bytes = fs::read(suite.run_folder().join(file)).unwrap();
        let digest: Vec<String> = sha2::Sha256::digest(&bytes)
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect();
        assert_eq!(exchange[part]["sha256"], digest.concat().as_str());
        assert_eq!(exchange[part]["bytes"], bytes.len());
        assert_eq!(exchange[part]["masked"], false);
    }
}

#[test]
fn an_accepted_snapshot_that_cannot_be_read_is_named_and_left_alone() {
    let suite = Suite::new().with("0-a/one", "", &ask("ask", ""));
    let path = "snapshots/0-a/one/ask.snap";
    for broken in ["", "200 text/xml\n", "---\nsource: x\n"] {
        suite.write(path, broken);
        let (code, shown) = suite.renkei(&["run", "--snapshots", "accept"]);
        assert_eq!(code, 3, "{shown}");
        assert!(shown.contains(path), "{shown}");
        assert_eq!(suite.read(path), broken);
    }
}

#[test]
fn waiting_snapshots_are_reviewed_accepted_and_rejected_by_path() {
    let suite = three();
    assert_eq!(suite.renkei(&["run"]).0, 5);
    let says = |arguments: &[&str], what: &str| {
        let (code, shown) = suite.renkei(arguments);
        assert_eq!(code, 0, "{shown}");
        assert!(shown.contains(what), "{what}: {shown}");
    };
    says(&["review"], "waiting: 3 (3 new, 0 changed)");
    says(&["review"], "accept all that is shown: renkei accept\n");
    says(&["review"], "reject one: renkei reject 0-a/one/ask\n");
    says(&["review", "0-a"], "waiting: 2 ");
    says(&["review", "0-a"], "renkei accept 0-a\n");
    says(&["review", "--filter", "e/ask$"], "--filter \"e/ask$\"\n");
    says(&["accept", "scenarios/0-a/one.toml"], "accepted: 1");
    says(&["reject", "snapshots/0-a/two"], "rejected: 1");
    says(&["review", "--filter", "^0-b/"], "waiting: 1 ");
    assert_eq!(suite.renkei(&["accept", "0-a/none"]).0, 6);
    assert_eq!(suite.renkei(&["accept", "--filter", "none"]).0, 6);
    says(&["accept", "0-b/three/ask"], "accepted: 1");
    says(&["review"], "waiting: 0 ");
    assert!(suite.root().join("snapshots/0-a/one/ask.snap").is_file());
}

#[test]
fn snapshots_that_no_step_has_are_told_and_left_where_they_are() {
    let told = "snapshots that no step has";
    let suite = three();
    suite.append(
        "scenarios/profile.toml",
        "\n[target.there]\nurl = \"https://127.0.0.1:1\"\ncertificates = \"pki\"\nsnapshots = \"snapshots/there/\"\n",
    );
    // Another profile has a folder of its own, too.
    let other = suite
        .read("scenarios/profile.toml")
        .replace("there", "elsewhere");
    suite.write("scenarios/profile-2.toml", &other);
    suite.accept(&[]);
    let old = suite.read("snapshots/0-a/one/ask.snap");
    for folder in ["snapshots", "snapshots/there", "snapshots/elsewhere"] {
        suite.write(&format!("{folder}/0-a/one/ask.snap"), &old);
    }
    for arguments in [&["run"][..], &["review"], &["list"]] {
        let (code, shown) = suite.renkei(arguments);
        assert_eq!(code, 0, "{shown}");
        let none = shown.contains("snapshots that no step has (0)");
        assert_eq!(shown.contains(told), none, "{shown}");
    }
    let orphans = [
        "snapshots/0-a/gone/ask.snap",
        "snapshots/0-a/one/asked.snap",
        "snapshots/there/0-a/one/gone.snap",
    ];
    for path in orphans {
        suite.write(path, &old);
    }
    let line = "snapshots that no step has: 3 (renkei review names them)\n";
    let (code, shown) = suite.renkei(&["run"]);
    assert_eq!(code, 0, "{shown}");
    assert!(shown.contains(line), "{shown}");
    let (_, shown) = suite.renkei(&["review"]);
    let (_, listed) = suite.renkei(&["list"]);
    let (_, json) = suite.renkei(&["list", "--json"]);
    let json: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!(json["orphan_snapshots"], serde_json::json!(orphans));
    for path in orphans {
        assert!(shown.contains(&format!("\n  {path}\n")), "{shown}");
        assert!(listed.contains(&format!("\n  {path}\n")), "{listed}");
        assert_eq!(suite.read(path), old);
    }
    // A part of the suite says nothing of the whole.
    assert!(!suite.renkei(&["run", "0-a"]).1.contains(told));
    suite.write("snapshots/0-a/two/ask.snap.new", &old);
    let (code, shown) = suite.renkei(&["review", "0-a"]);
    assert_eq!(code, 0, "{shown}");
    assert!(!shown.contains(told), "{shown}");
    // Where a scenario cannot be read, its snapshots are no orphans.
    suite.append("scenarios/0-a/one.toml", "\nwrong");
    let (code, shown) = suite.renkei(&["review"]);
    assert_eq!(code, 0, "{shown}");
    assert!(!shown.contains(told), "{shown}");
}

#[test]
fn a_long_snapshot_is_reviewed_at_a_glance_or_whole() {
    let suite = Suite::new();
    let long: Vec<String> = (0..100).map(|line| format!("<n:L{line}/>\n")).collect();
    let long = long.concat();
    let file = format!("---\nsource: a\nexpression: a\n---\n{long}");
    suite.write("snapshots/0-a/one/ask.snap.new", &file);
    let (_, shown) = suite.renkei(&["review"]);
    assert!(shown.contains("new: 0-a/one/ask\n  <n:L0/>\n"), "{shown}");
    assert!(!shown.contains("<n:L99/>"), "{shown}");
    assert!(
        shown.contains("show them whole: renkei review --full\n"),
        "{shown}"
    );
    let (_, shown) = suite.renkei(&["review", "--full"]);
    assert!(shown.contains("  <n:L99/>\n"), "{shown}");
    assert!(!shown.contains("--full"), "{shown}");
}

#[test]
fn a_waiting_snapshot_is_taken_away_once_the_answer_is_as_accepted() {
    let suite = Suite::new().with("0-a/one", "", &ask("ask", ""));
    suite.accept(&[]);
    suite.write("snapshots/0-a/one/ask.snap.new", "left over");
    assert_eq!(suite.renkei(&["run", "--snapshots", "check"]).0, 0);
    assert!(suite.root().join("snapshots/0-a/one/ask.snap.new").exists());
    assert_eq!(suite.renkei(&["run"]).0, 0);
    assert!(!suite.root().join("snapshots/0-a/one/ask.snap.new").exists());
}

#[test]
fn fields_of_twelve_digits_by_nature_and_hops_where_a_number_may_travel_are_no_finding() {
    let number = renkei::sentinel::specimen();
    let suite = Suite::new().with("0-a/one", "", &ask("ask", ""));
    let message = "scenarios/messages/GetConnectionStatus.xml";
    let with_number = suite.read(message).replace(
        "<s:Body>",
        &format!("<s:Header><n:Own>{number}</n:Own></s:Header><s:Body>"),
    );
    suite.write(message, &with_number);
    assert_eq!(suite.renkei(&["run"]).0, 7);
    let profile = suite.read("scenarios/profile.toml");
    suite.append(
        "scenarios/profile.toml",
        "[sentinel.twelve_digits]\n\"//n:Own\" = \"own numbers\"\n",
    );
    let (code, shown) = suite.renkei(&["run"]);
    assert_ne!(code, 7, "{shown}");
    assert!(shown.contains("//n:Own (own numbers)"), "{shown}");
    suite.write(
        "scenarios/profile.toml",
        &format!("{profile}[sentinel]\nmasked = [\"connection\"]\n"),
    );
    let (code, shown) = suite.renkei(&["run"]);
    assert_ne!(code, 7, "{shown}");
    let request = suite.step("0-a/one", "ask")["exchange"]["request"].clone();
    assert_eq!(request["masked"], true);
    let kept = suite.run_folder().join(request["file"].as_str().unwrap());
    assert!(!fs::read_to_string(kept).unwrap().contains(&number));
}

#[test]
fn a_run_that_is_killed_leaves_a_record_that_can_be_reported() {
    let suite = late();
    let mut child = suite.spawn(&["run", "--jobs", "1"]);
    let mut line = String::new();
    BufReader::new(child.stderr.take().unwrap())
        .read_line(&mut line)
        .unwrap();
    child.kill().unwrap();
    child.wait().unwrap();
    assert_eq!(line, "[1/2] new  0-a/first\n");
    let (code, shown) = suite.renkei(&["report", suite.run_folder().to_str().unwrap()]);
    assert_eq!(code, 130, "{shown}");
    assert!(shown.contains("new: 0-a/first"), "{shown}");
    assert!(shown.contains("scenarios that had not ended: 1"), "{shown}");
    assert!(
        suite
            .run_folder()
            .join("0-a/first/01-ask.response.xml")
            .is_file()
    );
}

/// A port that leads to another one.
fn forward(to: String) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    thread::spawn(move || {
        for near in listener.incoming() {
            let near = near.unwrap();
            let far = TcpStream::connect(&to).unwrap();
            for (mut from, mut to) in [
                (near.try_clone().unwrap(), far.try_clone().unwrap()),
                (far, near),
            ] {
                thread::spawn(move || {
                    let mut bytes = [0; 4096];
                    while let Ok(count @ 1..) = from.read(&mut bytes) {
                        if to.write_all(&bytes[..count]).is_err() {
                            break;
                        }
                    }
                    let _ = to.shutdown(std::net::Shutdown::Write);
                });
            }
        }
    });
    port
}

#[test]
fn a_mock_that_runs_elsewhere_is_reached_by_the_url_of_the_target() {
    let suite = three();
    let mock = Elsewhere::start(&suite);
    let authority = mock
        .url
        .trim_start_matches("https://")
        .trim_end_matches('/');
    let port = forward(authority.to_owned());
    suite.append(
        "scenarios/profile.toml",
        &format!(
            "[target.there]\nurl = \"https://127.0.0.1:{port}/\"\ncontrol = \"{}\"\ncertificates = \"pki\"\n\
             [target.there.identity.iida-mayor]\ncertificate = \"pki/clients/iida-mayor.pem\"\nkey = \"pki/clients/iida-mayor.key\"\n",
            mock.control
        ),
    );
    suite.accept(&["--target", "there"]);
    // A second run meets nothing of the first.
    suite.accept(&["--target", "there"]);
    let (code, shown) = suite.renkei(&["run", "--target", "ther"]);
    assert_eq!(code, 2);
    assert!(shown.contains("did you mean 'there'?"), "{shown}");
    let profile = suite.read("scenarios/profile.toml");
    let wrong = profile.replace("clients/iida-mayor.pem", "clients/mayor.pem");
    suite.write("scenarios/profile.toml", &wrong);
    let (code, shown) = suite.renkei(&["run", "--target", "there"]);
    assert_eq!(code, 3, "{shown}");
    assert!(shown.contains("clients/mayor.pem"), "{shown}");
    assert!(!shown.contains("[1/"), "nothing began: {shown}");
    suite.write("scenarios/profile.toml", &profile);
    drop(mock);
    let (code, shown) = suite.renkei(&["run", "--target", "there"]);
    assert_eq!(code, 4, "{shown}");
}

#[test]
fn what_cannot_be_written_is_told_before_anything_is_sent() {
    let suite = three();
    suite.accept(&[]);
    let before = suite.run_folder();
    let file = "scenarios/profile.toml/junit.xml";
    let report = format!("junit={file}");
    for arguments in [["--report", &report], ["--runs", file]] {
        let (code, shown) = suite.renkei(&["run", arguments[0], arguments[1]]);
        assert_eq!(code, 70, "{shown}");
        assert!(shown.contains(file), "{shown}");
        assert!(!shown.contains("[1/"), "{shown}");
    }
    assert_eq!(suite.run_folder(), before);
}

#[cfg(unix)]
#[test]
fn an_interrupted_run_ends_with_its_table_and_leaves_no_world() {
    let suite = late();
    let mock = Elsewhere::start(&suite);
    suite.append(
        "scenarios/profile.toml",
        &format!(
            "[target.there]\nurl = \"{}\"\ncontrol = \"{}\"\ncertificates = \"pki\"\n",
            mock.url, mock.control
        ),
    );
    let mut child = suite.spawn(&["run", "--jobs", "1", "--target", "there"]);
    let mut line = String::new();
    BufReader::new(child.stderr.take().unwrap())
        .read_line(&mut line)
        .unwrap();
    interrupt(&child);
    let output = child.wait_with_output().unwrap();
    let shown = String::from_utf8_lossy(&output.stdout);
    assert_eq!(output.status.code(), Some(130), "{shown}");
    assert!(shown.contains("scenarios that had not ended: 1"), "{shown}");
    let authority = mock
        .control
        .trim_start_matches("http://")
        .trim_end_matches('/');
    let mut control = TcpStream::connect(authority).unwrap();
    write!(
        control,
        "GET /worlds HTTP/1.1\r\nHost: {authority}\r\nConnection: close\r\n\r\n"
    )
    .unwrap();
    let mut worlds = String::new();
    control.read_to_string(&mut worlds).unwrap();
    assert!(worlds.contains("\"main\""), "{worlds}");
    assert!(!worlds.contains("-0-"), "{worlds}");
}
