//! The recorder between a client of literal bytes and a target: what goes through, what does not, and what is kept.

#![allow(
    dead_code,
    unreachable_pub,
    clippy::allow_attributes,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test that cannot find what it looks at has failed; each test file uses a part of the support"
)]

#[path = "support/network.rs"]
mod network;
#[path = "support/recorder.rs"]
mod recorder;
mod support;

use std::{fs, path::PathBuf};

use recorder::{Recorder, Software, Target, answer, post, status};
use renkei::{control::Control, sentinel};
use renkei_mock::server::Mock;
use rustls::{
    SupportedProtocolVersion,
    version::{TLS12, TLS13},
};
use serde_json::Value;
use support::{Suite, ask};
use tokio::runtime::Runtime;

fn with_target(suite: &Suite, url: &str, keys: &str) {
    let text = format!("\n[target.test]\nurl = \"{url}\"\ncertificates = \"pki\"\n{keys}\n");
    suite.append("scenarios/profile.toml", &text);
}

/// A suite whose target is a mock, the recorder before it, and the runtime of the mock.
fn before_mock(keys: &str) -> (Suite, Runtime, Mock, Recorder) {
    let suite = Suite::new();
    let runtime = Runtime::new().unwrap();
    let mock = runtime.block_on(network::mock(suite.root().join("pki")));
    with_target(&suite, mock.url(), keys);
    let recorder = Recorder::start(&suite, &[]);
    (suite, runtime, mock, recorder)
}

/// A suite whose target answers as the test says, and the recorder before it.
fn before_literal(end: &'static str, keys: &str) -> (Suite, Target, Recorder) {
    let suite = Suite::new();
    let target = Target::start(&suite.root().join("pki"), end);
    with_target(&suite, &target.url, keys);
    let recorder = Recorder::start(&suite, &[]);
    (suite, target, recorder)
}

fn certificate(suite: &Suite, name: &str) -> PathBuf {
    suite.root().join("pki/clients").join(name)
}

fn software(suite: &Suite, recorder: &Recorder, name: &str) -> Software {
    software_with(suite, recorder, name, name, &TLS13)
}

fn software_with(
    suite: &Suite,
    recorder: &Recorder,
    name: &str,
    key: &str,
    version: &'static SupportedProtocolVersion,
) -> Software {
    let (certificate, key) = (certificate(suite, name), certificate(suite, key));
    let ca = suite.root().join("pki/ca.pem");
    Software::connect(recorder.address(), &ca, (&certificate, &key), version)
}

/// How many calls the mock has had.
fn calls(runtime: &Runtime, mock: &Mock) -> usize {
    let control = Control::new(mock.control_url());
    let calls = runtime.block_on(control.get("/worlds/main/calls")).unwrap();
    calls["calls"].as_array().unwrap().len()
}

fn kept(suite: &Suite, event: &Value, side: &str) -> Vec<u8> {
    let file = event["exchange"][side]["file"].as_str().unwrap();
    fs::read(suite.run_folder().join(file)).unwrap()
}

#[test]
fn a_request_goes_on_and_its_answer_comes_back_byte_for_byte() {
    let (suite, target, recorder) = before_literal(
        "</a>\r\n",
        "headers = { X-Office = \"42\", X-Own = \"not this\" }",
    );
    let mut software = software(&suite, &recorder, "iida-mayor");
    let body = "\u{feff}<a>\r\n  <b>𠮷</b><!-- as it is -->\r\n</a>\r\n";
    let request = format!(
        "POST /some/Where?x=1&y=%20 HTTP/1.1\r\nHost: recorder.example\r\nX-Own: mine\r\nConnection: X-Hop\r\nX-Hop: 1\r\n\
         Accept-Encoding: gzip\r\nExpect: 100-continue\r\nContent-Type: text/xml\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    );
    software.send(request.as_bytes());
    let (connection, came) = target.came.recv().unwrap();
    let place = target
        .url
        .trim_start_matches("https://")
        .trim_end_matches('/');
    assert_eq!(
        came,
        format!(
            "POST /some/Where?x=1&y=%20 HTTP/1.1\r\nhost: {place}\r\nx-office: 42\r\nx-own: mine\r\ncontent-type: text/xml\r\n\
             content-length: {}\r\n\r\n{body}",
            body.len()
        )
    );
    let reply = "HTTP/1.1 202 Accepted\r\nX-One: a\r\nX-One: b\r\nKeep-Alive: timeout=5\r\nTransfer-Encoding: chunked\r\n\r\n\
                 5\r\n<a/>\n\r\n4\r\n\r\n\r\n\r\n0\r\n\r\n";
    target.answer(connection, reply.as_bytes());
    let (head, back) = software.answer();
    // The client said that it would wait to be told to go on.
    let (head, back) = if head.starts_with("HTTP/1.1 100") {
        software.answer()
    } else {
        (head, back)
    };
    assert!(
        head.starts_with("HTTP/1.1 202 Accepted\r\nx-one: a\r\nx-one: b\r\ncontent-length: 9\r\n"),
        "{head}"
    );
    assert!(
        !head.contains("keep-alive") && !head.contains("chunked"),
        "{head}"
    );
    assert_eq!(back, b"<a/>\n\r\n\r\n");
    let (code, shown) = recorder.stop();
    assert!(
        shown.contains("[1] iida-mayor  POST  /some/Where?x=1&y=%20  →  202"),
        "{shown}"
    );
    assert!([0, 6].contains(&code), "{shown}");
    let event = &suite.events_of("relayed")[0];
    assert_eq!(kept(&suite, event, "request"), body.as_bytes());
    assert_eq!(kept(&suite, event, "response"), back);
    assert_eq!(event["exchange"]["identity"], "iida-mayor");
    assert_eq!(
        event["http"]["url"],
        format!("{}some/Where?x=1&y=%20", target.url)
    );
}

#[test]
fn who_sends_follows_from_the_certificate_and_another_is_refused_and_told_once() {
    let (suite, runtime, mock, recorder) = before_mock("");
    for (name, institution, version) in [
        ("iida-mayor", "202053-M", &TLS13),
        ("sapporo-mayor", "011002-M", &TLS12),
    ] {
        let mut software = software_with(&suite, &recorder, name, name, version);
        let (head, body) = software.ask(&status("r-1", institution));
        assert!(head.starts_with("HTTP/1.1 200 OK"), "{head}");
        assert!(body.contains("<n:GetConnectionStatusResponse>"), "{body}");
        // Whom the message names is for the target to judge.
        let (head, body) = software.ask(&status("r-2", "999999-M"));
        assert!(
            head.starts_with("HTTP/1.1 500") && body.contains("Fault>"),
            "{head}{body}"
        );
    }
    for _ in 0..2 {
        let why = software(&suite, &recorder, "ministry").refused(&status("r-3", "MIN-0001"));
        assert!(why.contains("AccessDenied"), "{why}");
    }
    for version in [&TLS12, &TLS13] {
        // Whoever has seen a certificate does not have its key.
        let other = software_with(&suite, &recorder, "iida-mayor", "ministry", version);
        let why = other.refused(&status("r-4", "202053-M"));
        assert!(why.contains("DecryptError"), "{why}");
    }
    assert_eq!(calls(&runtime, &mock), 4);
    let (_, shown) = recorder.stop();
    let told = "its certificate (CN=ministry) is none of [target.test]; have the software show the very one";
    assert_eq!(shown.matches(told).count(), 1, "{shown}");
    assert!(
        shown.contains("[4] sapporo-mayor  POST  /connection  GetConnectionStatus  →  500 F-"),
        "{shown}"
    );
    let senders: Vec<Value> = suite
        .events_of("relayed")
        .iter()
        .map(|event| event["exchange"]["identity"].clone())
        .collect();
    assert_eq!(
        senders,
        ["iida-mayor", "iida-mayor", "sapporo-mayor", "sapporo-mayor"]
    );
    let folder = suite.run_folder();
    let (code, shown) = suite.renkei(&["report", &folder.to_string_lossy()]);
    assert!(code == 0 && shown.contains("[1] iida-mayor"), "{shown}");
}

#[test]
fn of_identities_with_one_certificate_the_institution_in_the_message_decides() {
    let suite = Suite::new();
    let target = Target::start(&suite.root().join("pki"), "Envelope>");
    for (name, institution) in [("joint-a", "202053-M"), ("joint-b", "202053-E")] {
        suite.append(
            "scenarios/profile.toml",
            &format!("\n[identity.{name}]\ncertificate = \"clients/iida-joint\"\ninstitution = \"{institution}\"\n"),
        );
    }
    with_target(&suite, &target.url, "");
    let recorder = Recorder::start(&suite, &[]);
    let mut software = software(&suite, &recorder, "iida-joint");
    for institution in ["202053-E", "202053-M", "011002-M"] {
        software.send(&status("r-1", institution));
        let (connection, _) = target.came.recv().unwrap();
        target.answer(connection, &answer("200 OK", "<a/>"));
        software.answer();
    }
    recorder.stop();
    let events = suite.events_of("relayed");
    let sender = |at: usize| events[at]["exchange"]["identity"].as_str().unwrap();
    assert_eq!(
        [sender(0), sender(1), sender(2)],
        ["joint-b", "joint-a", "joint-a"]
    );
}

#[test]
fn what_cannot_be_recorded_is_refused_before_anything_is_listened_on() {
    let nowhere = "https://127.0.0.1:1/";
    let check = |profile: &str, arguments: &[&str], code: i32, text: &str| {
        let suite = Suite::new().with("recorded/there", "", &ask("status", ""));
        renkei_mock::pki::ensure(
            &suite.root().join("pki"),
            &[],
            jiff::civil::date(2026, 11, 25),
        )
        .unwrap();
        suite.append("scenarios/profile.toml", profile);
        let all = [&["record", "--target", "test"], arguments].concat();
        let (got, shown) = suite.renkei(&all);
        assert_eq!(got, code, "{shown}");
        assert!(shown.contains(text), "{text}\n{shown}");
        assert!(!suite.root().join("runs").exists(), "{text}");
    };
    let target =
        |keys: &str| format!("\n[target.test]\nurl = \"{nowhere}\"\nca = \"pki/ca.pem\"\n{keys}");
    let folder = target("certificates = \"pki\"\n");
    check(
        &target("production = true\ncertificates = \"pki\"\n"),
        &[],
        2,
        "is the production network",
    );
    check(
        &target("bodies = \"none\"\ncertificates = \"pki\"\n"),
        &[],
        2,
        "keeps no bodies",
    );
    check(
        "\n[target.tset]\nurl = \"https://127.0.0.1:1/\"\ncertificates = \"pki\"\n",
        &[],
        2,
        "did you mean 'tset'?",
    );
    check(
        &folder,
        &["--name", "there"],
        2,
        "scenarios/recorded/there.toml is there already",
    );
    for name in ["messages/a", "a/../b", "/a", ".a", "a b", "A", "窓口", ""] {
        check(
            &folder,
            &["--name", name],
            2,
            "cannot be the id of a scenario",
        );
    }
    check(
        &folder,
        &["--host", "recorder.example"],
        2,
        "does not hold for 'recorder.example'",
    );
    check(&target(""), &[], 3, "has no certificate of anybody");
    check(
        &target(
            "[target.test.identity.iida-mayor]\ncertificate = \"pki/clients/iida-mayor.pem\"\nkey = \"pki/clients/sapporo-mayor.key\"\n",
        ),
        &[],
        3,
        "the private key does not fit this certificate",
    );
    check(
        &target(
            "[target.test.identity.iida-mayor]\npkcs12 = \"a.p12\"\npassword_env = \"RENKEI_TEST_UNSET\"\n",
        ),
        &[],
        2,
        "RENKEI_TEST_UNSET is not set",
    );
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let taken = taken.local_addr().unwrap().to_string();
    check(&folder, &["--listen", &taken], 4, "name another port");
    let empty = tempfile::tempdir().unwrap();
    let mut command = assert_cmd::Command::cargo_bin("renkei").unwrap();
    let command = command
        .current_dir(empty.path())
        .args(["--lang", "ja", "record", "--target", "test"]);
    let output = command.output().unwrap();
    let shown = String::from_utf8(output.stderr).unwrap();
    assert!(
        output.status.code() == Some(2) && shown.contains("シナリオ一式がありません"),
        "{shown}"
    );
    assert_eq!(fs::read_dir(empty.path()).unwrap().count(), 0);
}

#[test]
fn a_redirect_goes_back_as_it_is_and_is_told() {
    let (suite, target, recorder) = before_literal("Envelope>", "");
    let mut software = software(&suite, &recorder, "iida-mayor");
    software.send(&status("r-1", "202053-M"));
    let (connection, _) = target.came.recv().unwrap();
    let elsewhere = format!(
        "307 Temporary Redirect\r\nLocation: {}elsewhere",
        target.url
    );
    target.answer(connection, &answer(&elsewhere, ""));
    let (head, _) = software.answer();
    assert!(
        head.starts_with("HTTP/1.1 307 Temporary Redirect\r\n"),
        "{head}"
    );
    assert!(
        head.contains(&format!("location: {}elsewhere\r\n", target.url)),
        "{head}"
    );
    let (_, shown) = recorder.stop();
    assert!(
        shown.contains("the target redirects (307, Location: "),
        "{shown}"
    );
    assert!(target.came.try_recv().is_err());
}

#[test]
fn a_target_that_is_down_or_says_too_much_is_told_and_recording_goes_on() {
    let (suite, target, recorder) = before_literal(
        "Envelope>",
        "largest_answer = 1000\nendpoint.connection = \"https://127.0.0.1:1/\"\n",
    );
    let mut software = software(&suite, &recorder, "iida-mayor");
    let (head, body) = software.ask(&status("r-1", "202053-M"));
    assert!(head.starts_with("HTTP/1.1 502 Bad Gateway\r\n"), "{head}");
    assert!(
        head.contains("content-type: text/plain; charset=utf-8\r\n"),
        "{head}"
    );
    assert!(
        body.contains("接続できません（") && body.contains("could not connect [refused]"),
        "{body}"
    );
    let message = "<s:Envelope xmlns:s=\"urn:s\"></s:Envelope>";
    software.send(&post("other", "urn:a", message));
    let (connection, _) = target.came.recv().unwrap();
    target.answer(connection, &answer("200 OK", &"<a/>".repeat(1000)));
    let (head, body) = software.answer();
    assert!(head.starts_with("HTTP/1.1 502"), "{head}");
    assert!(
        String::from_utf8(body)
            .unwrap()
            .contains("larger than 1000 bytes")
    );
    software.send(&post("other", "urn:a", message));
    let (connection, _) = target.came.recv().unwrap();
    target.answer(connection, &answer("200 OK", "<a/>"));
    assert!(software.answer().0.starts_with("HTTP/1.1 200 OK"));
    let (_, shown) = recorder.stop();
    assert!(
        shown.contains(
            "[1] iida-mayor  POST  /  GetConnectionStatus  →  could not connect [refused]"
        ),
        "{shown}"
    );
    let events = suite.events_of("relayed");
    assert_eq!(events[0]["exchange"]["broken"], "refused");
    assert_eq!(events[1]["exchange"]["broken"], "too-large");
    let file = events[1]["http"]["partial"]["file"].as_str().unwrap();
    let kept = fs::read(suite.run_folder().join(file)).unwrap();
    assert!(kept.starts_with(b"<a/><a/>") && kept.len() > 1000);
    assert_eq!(events[2]["exchange"]["status"], 200);
}

#[test]
fn an_individual_number_is_not_passed_on_where_none_may_be_and_never_kept() {
    let number = sentinel::specimen();
    let (suite, target, recorder) = before_literal("Envelope>", "");
    let mut software = software(&suite, &recorder, "iida-mayor");
    let (head, body) = software.ask(&status(&number, "202053-M"));
    assert!(head.starts_with("HTTP/1.1 403 Forbidden"), "{head}");
    assert!(
        body.contains("個人番号が含まれている") && body.contains("was not passed on"),
        "{body}"
    );
    let in_head = post(
        &format!("connection?n={number}"),
        "urn:a",
        "<s:Envelope xmlns:s=\"urn:s\"></s:Envelope>",
    );
    assert!(software.ask(&in_head).0.starts_with("HTTP/1.1 403"));
    assert!(target.came.try_recv().is_err());
    software.send(&status("r-1", "202053-M"));
    let (connection, _) = target.came.recv().unwrap();
    target.answer(connection, &answer("200 OK", &format!("<a>{number}</a>")));
    // It is the software's own answer.
    assert!(
        String::from_utf8(software.answer().1)
            .unwrap()
            .contains(&number)
    );
    let (code, shown) = recorder.stop();
    assert_eq!(code, 7, "{shown}");
    assert!(shown.contains("[1] iida-mayor  POST  /connection  GetConnectionStatus  →  not passed on; an individual number stands in the request"), "{shown}");
    assert!(
        shown.contains("→  200; an individual number stands in the answer"),
        "{shown}"
    );
    assert!(!shown.contains(&number) && !suite.all_text().contains(&number));
    let events = suite.events_of("relayed");
    assert_eq!(events[0]["exchange"]["sent"], 0);
    assert_eq!(events[2]["number"], "response");
    let (code, shown) = suite.renkei(&["report", &suite.run_folder().to_string_lossy()]);
    assert_eq!(code, 7, "{shown}");
}

#[test]
fn where_the_law_has_a_number_travel_it_is_passed_on_and_kept_masked() {
    let number = sentinel::specimen();
    let suite = Suite::new();
    let target = Target::start(&suite.root().join("pki"), "Envelope>");
    suite.append(
        "scenarios/profile.toml",
        "\n[sentinel]\nmasked = [\"connection\"]\n",
    );
    with_target(&suite, &target.url, "");
    let recorder = Recorder::start(&suite, &[]);
    let mut software = software(&suite, &recorder, "iida-mayor");
    software.send(&status(&number, "202053-M"));
    let (connection, came) = target.came.recv().unwrap();
    assert!(came.contains(&number));
    target.answer(connection, &answer("200 OK", "<a/>"));
    assert!(software.answer().0.starts_with("HTTP/1.1 200 OK"));
    let (code, shown) = recorder.stop();
    assert_ne!(code, 7, "{shown}");
    assert!(!suite.all_text().contains(&number));
    let event = &suite.events_of("relayed")[0];
    assert_eq!(event["exchange"]["request"]["masked"], true);
    assert_eq!(event["left_out"]["en"], "an individual number stands in it");
}

#[test]
fn each_connection_of_the_software_has_its_own_and_none_waits_for_another() {
    let (suite, target, recorder) = before_literal("Envelope>", "");
    let mut one = software(&suite, &recorder, "iida-mayor");
    let mut other = software(&suite, &recorder, "sapporo-mayor");
    one.send(&status("one", "202053-M"));
    let (first, _) = target.came.recv().unwrap();
    other.send(&status("other", "011002-M"));
    let (second, came) = target.came.recv().unwrap();
    assert!(first != second && came.contains("other"));
    target.answer(second, &answer("200 OK", "<b/>"));
    assert_eq!(other.answer().1, b"<b/>");
    target.answer(first, &answer("200 OK", "<a/>"));
    assert_eq!(one.answer().1, b"<a/>");
    one.send(&status("again", "202053-M"));
    assert_eq!(target.came.recv().unwrap().0, first);
    target.answer(first, &answer("200 OK", "<a/>"));
    one.answer();
    recorder.stop();
    assert_eq!(suite.events_of("relayed").len(), 3);
}

#[test]
fn what_is_under_way_when_it_is_stopped_comes_to_its_end() {
    let (suite, target, mut recorder) = before_literal("Envelope>", "");
    let mut software = software(&suite, &recorder, "iida-mayor");
    software.send(&status("r-1", "202053-M"));
    let (connection, _) = target.came.recv().unwrap();
    recorder.interrupt();
    recorder.until("stopping");
    target.answer(connection, &answer("200 OK", "<a/>"));
    assert_eq!(software.answer().1, b"<a/>");
    recorder.end();
    assert_eq!(suite.events_of("relayed")[0]["exchange"]["status"], 200);
}

#[test]
fn an_exchange_whose_sender_has_gone_away_is_recorded_all_the_same() {
    let (suite, target, mut recorder) = before_literal("Envelope>", "");
    let mut software = software(&suite, &recorder, "iida-mayor");
    software.send(&status("r-1", "202053-M"));
    let (connection, _) = target.came.recv().unwrap();
    drop(software);
    recorder.interrupt();
    recorder.until("stopping");
    target.answer(connection, &answer("200 OK", "<a/>"));
    recorder.end();
    assert_eq!(suite.events_of("relayed")[0]["exchange"]["status"], 200);
}

#[test]
fn a_recorder_that_is_killed_leaves_what_went_through_until_then() {
    let (suite, runtime, mock, mut recorder) = before_mock("");
    let mut software = software(&suite, &recorder, "iida-mayor");
    for number in 1..=3 {
        software.ask(&status(&format!("r-{number}"), "202053-M"));
    }
    // What is shown has been written before.
    recorder.until("[3]");
    recorder.kill();
    assert_eq!(calls(&runtime, &mock), 3);
    let events = suite.events_of("relayed");
    assert_eq!(events.len(), 3);
    let request = String::from_utf8(kept(&suite, &events[2], "request")).unwrap();
    assert!(
        request.contains("<n:RequestId>r-3</n:RequestId>"),
        "{request}"
    );
    let folder = suite.run_folder().to_string_lossy().into_owned();
    let (code, shown) = suite.renkei(&["report", &folder]);
    assert!(code == 0 && shown.contains("[3] iida-mayor"), "{shown}");
    assert!(shown.contains("record --from"), "{shown}");
    let (code, shown) = suite.renkei(&["run", "--resume", &folder]);
    assert_eq!(code, 2, "{shown}");

    // What a recorder that lives makes of the same.
    let before = suite.read("scenarios/profile.toml");
    let recorder = Recorder::start(&suite, &["--name", "living"]);
    let mut software = self::software(&suite, &recorder, "iida-mayor");
    for number in 1..=3 {
        software.ask(&status(&format!("r-{number}"), "202053-M"));
    }
    let (code, shown) = recorder.stop();
    assert_eq!(code, 0, "{shown}");
    let after = suite.read("scenarios/profile.toml");
    suite.write("scenarios/profile.toml", &before);
    let (code, shown) = suite.renkei(&["record", "--from", &folder, "--name", "cut-off"]);
    assert_eq!(code, 0, "{shown}");
    assert_eq!(suite.read("scenarios/profile.toml"), after);
    let scenario = |name: &str| {
        let text = suite.read(&format!("scenarios/recorded/{name}.toml"));
        let lines = text
            .lines()
            .filter(|line| !line.starts_with("title") && !line.starts_with("# "));
        lines.collect::<Vec<_>>().join("\n")
    };
    assert_eq!(scenario("cut-off"), scenario("living"));
    let (code, shown) = suite.renkei(&["record", "--from", &folder, "--name", "cut-off"]);
    assert_eq!(code, 2, "{shown}");
    let (code, shown) = suite.renkei(&["record", "--from", "nowhere"]);
    assert!(code == 2 && shown.contains("nowhere"), "{shown}");
}

/// A message of the bundled contract, in a hand of its own: other prefixes, no declaration, all in one line.
fn bundled(port: &str, operation: &str, inner: &str) -> Vec<u8> {
    let namespace = "urn:renkei:mock:unofficial:v1";
    let body = format!(
        "<e:Envelope xmlns:e=\"http://schemas.xmlsoap.org/soap/envelope/\"><e:Body><{operation} xmlns=\"{namespace}\">{inner}</{operation}></e:Body></e:Envelope>"
    );
    post(port, &format!("{namespace}:{operation}"), &body)
}

fn sender(request_id: &str, institution: &str) -> String {
    format!(
        "<Sender><RequestId>{request_id}</RequestId><Institution>{institution}</Institution></Sender>"
    )
}

/// The text of the first element of a name.
fn text_of(body: &str, name: &str) -> String {
    let (_, rest) = body
        .split_once(&format!("{name}>"))
        .unwrap_or_else(|| panic!("{name}: {body}"));
    rest.split_once('<').unwrap().0.to_owned()
}

#[test]
fn what_was_recorded_passes_against_the_same_target_set_up_anew() {
    let suite = Suite::bare("extends = \"bundled\"\n");
    let runtime = Runtime::new().unwrap();
    let pki = suite.root().join("pki");
    let mock = runtime.block_on(network::mock(pki.clone()));
    with_target(&suite, mock.url(), "");
    let profile = suite.read("scenarios/profile.toml");
    let recorder = Recorder::start(&suite, &["--name", "first-day"]);
    let (iida, sapporo) = ("202053-M", "011002-M");
    let mut mayor = software(&suite, &recorder, "sapporo-mayor");
    let ask = |software: &mut Software, request: Vec<u8>| {
        let (head, body) = software.ask(&request);
        assert!(head.starts_with("HTTP/1.1 200"), "{head}{body}");
        body
    };
    ask(
        &mut mayor,
        bundled("master", "ListMasters", &sender("a-0001", sapporo)),
    );
    let inner = sender("a-0002", sapporo) + "<Kind>institutions</Kind>";
    let master = ask(&mut mayor, bundled("master", "GetMaster", &inner));
    let [version, count, digest] =
        ["Version", "Count", "Digest"].map(|name| text_of(&master, name));
    let applied = format!(
        "{}<Kind>institutions</Kind><Version>{version}</Version><Count>{count}</Count><Digest>{digest}</Digest>",
        sender("a-0003", sapporo)
    );
    ask(
        &mut mayor,
        bundled("master", "ReportMasterApplication", &applied),
    );
    let mut applicant = software(&suite, &recorder, "iida-mayor");
    ask(
        &mut applicant,
        bundled("connection", "GetConnectionStatus", &sender("b-0001", iida)),
    );
    // A message that the network refuses is part of what was done.
    let wrong = bundled(
        "connection",
        "GetConnectionStatus",
        &sender("b-0002", sapporo),
    );
    assert!(applicant.ask(&wrong).0.starts_with("HTTP/1.1 500"));
    let (head, _) = applicant.ask(b"GET /master?wsdl HTTP/1.1\r\nHost: t\r\n\r\n");
    assert!(head.starts_with("HTTP/1.1 200"), "{head}");
    let (code, shown) = recorder.stop();
    assert_eq!(code, 0, "{shown}");
    for part in [
        "scenario: scenarios/recorded/first-day.toml (5 steps)",
        "  [6] ",
        "renkei run --target test --filter recorded/first-day",
    ] {
        assert!(shown.contains(part), "{part}\n{shown}");
    }
    let old = mock.url().to_owned();
    runtime.block_on(mock.stop());
    let mock = runtime.block_on(network::mock(pki));
    let edited = suite.read("scenarios/profile.toml");
    assert!(edited.starts_with(profile.trim_end()), "{edited}");
    suite.write("scenarios/profile.toml", &edited.replace(&old, mock.url()));
    let (code, shown) = suite.renkei(&["check"]);
    assert_eq!(code, 0, "{shown}");
    let run = ["run", "--target", "test", "--filter", "recorded/first-day"];
    let (code, shown) = suite.renkei(&[&run[..], &["--snapshots", "check"]].concat());
    let scenario = suite.read("scenarios/recorded/first-day.toml");
    assert_eq!(code, 0, "{shown}\n{scenario}");
    assert!(scenario.contains("phase = \"master\""), "{scenario}");
    assert_eq!(calls(&runtime, &mock), 5);
}

#[test]
fn a_recording_without_a_name_is_called_by_its_time() {
    let suite = Suite::bare("extends = \"bundled\"\n");
    let runtime = Runtime::new().unwrap();
    let mock = runtime.block_on(network::mock(suite.root().join("pki")));
    with_target(&suite, mock.url(), "");
    let recorder = Recorder::start(&suite, &[]);
    let status = sender("a-0001", "202053-M");
    let mut applicant = software(&suite, &recorder, "iida-mayor");
    applicant.ask(&bundled("connection", "GetConnectionStatus", &status));
    let (code, shown) = recorder.stop();
    assert_eq!(code, 0, "{shown}");
    let (code, shown) = suite.renkei(&["check"]);
    assert_eq!(code, 0, "{shown}");
    assert!(shown.contains("1 scenario, no mistake"), "{shown}");
}

#[test]
fn a_suite_that_was_changed_meanwhile_is_not_written_over() {
    for (path, text, told) in [
        (
            "scenarios/recorded/one.toml",
            "# mine\n",
            "has made scenarios/recorded/one.toml meanwhile",
        ),
        (
            "scenarios/profile.toml",
            "no key",
            "the suite was changed meanwhile, and has mistakes",
        ),
    ] {
        let suite = Suite::new();
        let runtime = Runtime::new().unwrap();
        let mock = runtime.block_on(network::mock(suite.root().join("pki")));
        with_target(&suite, mock.url(), "");
        let recorder = Recorder::start(&suite, &["--name", "one"]);
        software(&suite, &recorder, "iida-mayor").ask(&status("r-1", "202053-M"));
        suite.write(path, text);
        let (code, shown) = recorder.stop();
        assert!(code == 0 && shown.contains(told), "{shown}");
        assert_eq!(suite.read(path), text);
        let made = suite.run_folder().join("made/scenarios/recorded/one.toml");
        assert!(made.is_file(), "{shown}");
    }
}

#[test]
fn what_is_new_goes_into_the_profile_that_was_given() {
    let suite = Suite::new();
    let runtime = Runtime::new().unwrap();
    let mock = runtime.block_on(network::mock(suite.root().join("pki")));
    let own = suite.read("scenarios/profile.toml");
    let (before, rest) = own.split_once("[operation.GetConnectionStatus]").unwrap();
    let (_, after) = rest.split_once("[identity.iida-mayor]").unwrap();
    let target = format!(
        "[target.test]\nurl = \"{}\"\ncertificates = \"pki\"\n",
        mock.url()
    );
    suite.write(
        "other.toml",
        &format!("{before}[identity.iida-mayor]{after}{target}"),
    );
    fs::remove_file(
        suite
            .root()
            .join("scenarios/messages/GetConnectionStatus.xml"),
    )
    .unwrap();
    let recorder = Recorder::start(&suite, &["--name", "one", "--profile", "other.toml"]);
    software(&suite, &recorder, "iida-mayor").ask(&status("r-1", "202053-M"));
    let (code, shown) = recorder.stop();
    assert_eq!(code, 0, "{shown}");
    assert_eq!(suite.read("scenarios/profile.toml"), own);
    assert!(
        suite
            .read("other.toml")
            .contains("[operation.GetConnectionStatus]")
    );
    assert!(
        shown.contains("other.toml --filter recorded/one"),
        "{shown}"
    );
}

#[test]
fn where_nothing_can_become_a_step_nothing_is_written() {
    let (suite, _runtime, _mock, recorder) = before_mock("");
    let mut software = software(&suite, &recorder, "iida-mayor");
    software.ask(b"GET /master?wsdl HTTP/1.1\r\nHost: t\r\n\r\n");
    let (code, shown) = recorder.stop();
    assert_eq!(code, 6, "{shown}");
    assert!(shown.contains("so none was written"), "{shown}");
    assert!(!suite.root().join("scenarios/recorded").exists());
    assert!(!suite.root().join("snapshots").exists());
}
