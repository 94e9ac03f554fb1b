//! Targets without control: what is sent, what is not, and what is left when something goes wrong.

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
#[path = "support/real.rs"]
mod real;
mod support;

use std::{
    fs,
    sync::{Arc, Mutex},
};

use real::{ANSWER, Environment, answer, literal, target};
use renkei::{
    event::Event,
    plan::{self, Known},
    project::Project,
    run::{self, Checkpoints, Real, Setting, Sink, Target},
};
use serde_json::Value;
use support::{Suite, ask};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpListener,
    runtime::Runtime,
};

/// Three scenarios: one that can be done anywhere, one that acts on the network, and one that starts from that.
fn three() -> Suite {
    Suite::new()
        .with("0-connection/act", "establishes = \"acted\"", &format!(
            "{}\n[[step]]\nid = \"approve\"\nnetwork = {{ act = \"approve-application\", institution = \"202053-M\" }}\n",
            ask("before", "no_snapshot = \"-\"")
        ))
        .with("0-connection/after", "starts_from = \"acted\"", &ask("status", ""))
        .with("0-connection/plain", "", &format!(
            "{}{}[[step]]\nid = \"holds\"\ncheck = \"invariants\"\n",
            ask("status", ""),
            ask("again", "same_request_as = \"status\"")
        ))
}

#[test]
fn what_needs_control_is_not_possible_here_and_nothing_of_it_is_sent() {
    let suite = three();
    suite.accept(&["0-connection/plain"]);
    let environment = Environment::new(&suite);
    let junit = suite.root().join("junit.xml");
    let json = suite.root().join("report.json");
    let reports = [
        format!("junit={}", junit.display()),
        format!("json={}", json.display()),
    ];
    let (code, shown) = suite.renkei(&[
        "run",
        "--target",
        "test",
        "--report",
        &reports[0],
        "--report",
        &reports[1],
    ]);
    assert_eq!(code, 0, "{shown}");
    assert_eq!(
        suite.ends(),
        [
            "0-connection/act not-possible",
            "0-connection/after blocked",
            "0-connection/plain passed"
        ]
    );
    let first = suite.start()["seed"].clone();
    // The first step of the scenario that is not possible would have been a third.
    assert_eq!(environment.came().len(), 2);
    assert!(
        shown.contains("'network' needs control of the network: 0-connection/act"),
        "{shown}"
    );
    assert!(shown.contains("--assume acted"), "{shown}");
    assert!(
        shown.contains("steps left out of scenarios that ran: 1"),
        "{shown}"
    );
    assert!(shown.contains("not possible here"), "{shown}");
    let junit = fs::read_to_string(junit).unwrap();
    assert!(junit.contains("type=\"not-possible-here\""), "{junit}");
    assert!(
        junit.contains("<skipped message=\"not possible here: "),
        "{junit}"
    );
    assert!(junit.contains("needs control of the network"), "{junit}");
    let json: Value = serde_json::from_str(&fs::read_to_string(json).unwrap()).unwrap();
    assert_eq!(json["scenarios"][0]["end"]["end"], "not-possible");
    assert_eq!(json["scenarios"][0]["end"]["step"], "approve");
    let (code, shown) = suite.renkei(&["run", "--target", "test", "0-connection/act"]);
    assert_eq!(code, 6, "{shown}");
    assert!(shown.contains("nothing was tried"), "{shown}");
    // Another run is no retry of this one.
    let ids = environment.came();
    assert_eq!(ids[0], ids[1], "a retry repeats its id");
    let (code, shown) = suite.renkei(&["run", "--target", "test", "0-connection/plain"]);
    assert_eq!(code, 0, "{shown}");
    assert_ne!(suite.start()["seed"], first);
    let later = environment.came();
    assert_eq!(later.len(), 4);
    assert_ne!(later[3], ids[0]);
}

#[test]
fn nothing_is_sent_to_production_or_in_a_dry_run() {
    let suite = three();
    let environment = Environment::new(&suite);
    suite.append(
        "scenarios/profile.toml",
        "headers = { X-Environment = \"test\" }\n",
    );
    // It tells what a real run would do: one scenario is not possible, and another blocked.
    let dry = ["run", "--target", "test", "--dry-run"];
    let (code, shown) = suite.renkei(&dry);
    assert_eq!(code, 0, "{shown}");
    assert!(shown.contains("nothing was sent"), "{shown}");
    assert!(shown.contains("say --assume acted"), "{shown}");
    assert_eq!(suite.events_of("step").len(), 3);
    let (code, shown) = suite.renkei(&[&dry[..], &["--assume", "acted"]].concat());
    assert_eq!(code, 0, "{shown}");
    assert_eq!(suite.events_of("step").len(), 4);
    assert!(shown.contains("GetConnectionStatus"), "{shown}");
    let request = suite
        .run_folder()
        .join("0-connection/plain/01-status.request.xml");
    assert!(
        fs::read_to_string(request)
            .unwrap()
            .contains("<n:RequestId>req-x")
    );
    let heads = suite.step("0-connection/plain", "status")["http"][0].clone();
    assert!(
        heads["sent"]
            .to_string()
            .contains("[\"X-Environment\",\"test\"]"),
        "{heads}"
    );
    assert_eq!(
        (&heads["method"], &heads["status"]),
        (&"POST".into(), &Value::Null)
    );
    assert!(
        heads["url"]
            .as_str()
            .unwrap()
            .starts_with("https://127.0.0.1:"),
        "{heads}"
    );
    let (code, shown) = suite.renkei(&["run", "--dry-run"]);
    assert_eq!(code, 0, "{shown}");
    suite.append("scenarios/profile.toml", "production = true\n");
    let (code, shown) = suite.renkei(&["run", "--target", "test"]);
    assert_eq!(code, 2, "{shown}");
    assert!(
        shown.contains("leaves a record about a real person for seven years"),
        "{shown}"
    );
    assert!(environment.came().is_empty());
}

#[test]
fn without_bodies_only_normalised_text_and_hashes_are_kept() {
    let suite = Suite::new().with(
        "0-connection/a",
        "",
        &ask(
            "status",
            "expect = { xpath = { \"//n:RequestId\" = \"other\" } }\nno_snapshot = \"-\"",
        ),
    );
    let environment = Environment::new(&suite);
    suite.append("scenarios/profile.toml", "bodies = \"none\"\n");
    let json = suite.root().join("report.json");
    let report = format!("json={}", json.display());
    let (code, shown) = suite.renkei(&["run", "--target", "test", "--report", &report]);
    assert_eq!(code, 1, "{shown}");
    let id = environment.came().remove(0);
    assert!(!shown.contains(&id), "{shown}");
    let runs = suite.run_folder();
    let text = suite.all_text();
    assert!(!text.contains(&id), "a volatile value stands in some file");
    let kept =
        fs::read_to_string(runs.join("0-connection/a/01-status.request.normal.txt")).unwrap();
    assert!(
        kept.contains("<n:RequestId>{request-1}</n:RequestId>"),
        "{kept}"
    );
    let step = suite.step("0-connection/a", "status");
    assert_eq!(step["exchange"]["request"]["file"], "");
    assert_eq!(
        step["exchange"]["request"]["sha256"]
            .as_str()
            .unwrap()
            .len(),
        64
    );
    assert_eq!(step["exchange"]["response"]["shown"], "");
    assert!(!runs.join("0-connection/a/01-status.request.xml").exists());
}

#[test]
fn a_target_may_have_snapshots_and_volatile_values_of_its_own() {
    let suite = Suite::new().with("0-connection/a", "", &ask("status", ""));
    suite.accept(&[]);
    let common = suite.read("snapshots/0-connection/a/status.snap");
    let (_runtime, url) = literal(&suite, answer("200 OK", ANSWER));
    target(
        &suite,
        &url,
        "snapshots = \"snapshots-test\"\nvolatile = { Trace = \"trace\", AppliedAt = \"applied\" }",
    );
    let (code, shown) = suite.renkei(&["run", "--target", "test"]);
    assert_eq!(code, 1, "{shown}");
    assert!(shown.contains("+ "), "{shown}");
    let (code, shown) = suite.renkei(&["review"]);
    assert_eq!(code, 0, "{shown}");
    assert!(
        shown.contains("snapshots-test/0-connection/a/status"),
        "{shown}"
    );
    let (code, shown) = suite.renkei(&["accept", "0-connection/a"]);
    assert_eq!(code, 0, "{shown}");
    let own = suite.read("snapshots-test/0-connection/a/status.snap");
    for part in [
        "<n:Trace>{trace-1}</n:Trace>",
        // In the profile a time; what the target says counts before that.
        "<n:AppliedAt>{applied-1}</n:AppliedAt>",
    ] {
        assert!(own.contains(part), "{part}\n{own}");
    }
    assert_eq!(suite.read("snapshots/0-connection/a/status.snap"), common);
    let (code, shown) = suite.renkei(&["run", "--target", "test"]);
    assert_eq!(code, 0, "{shown}");
    let (code, shown) = suite.renkei(&["run"]);
    assert_eq!(code, 0, "{shown}");
}

#[test]
fn a_common_snapshot_holds_where_what_differs_is_volatile_at_the_target_alone() {
    let suite = Suite::new().with("0-connection/a", "", &ask("status", ""));
    let (_runtime, url) = literal(&suite, answer("200 OK", ANSWER));
    let profile = suite.read("scenarios/profile.toml");
    target(&suite, &url, "");
    suite.accept(&["--target", "test"]);
    let common = suite.read("snapshots/0-connection/a/status.snap");
    assert!(common.contains("<n:Trace>"), "{common}");
    suite.write("scenarios/profile.toml", &profile);
    target(
        &suite,
        &url,
        "volatile = { Trace = \"trace\", AppliedAt = \"applied\" }",
    );
    let (code, shown) = suite.renkei(&["run", "--target", "test"]);
    assert_eq!(code, 0, "{shown}");
    suite.write(
        "snapshots/0-connection/a/status.snap",
        &common.replace("n:Trace>", "n:Track>"),
    );
    let (code, shown) = suite.renkei(&["run", "--target", "test"]);
    assert_eq!(code, 1, "{shown}");
}

#[test]
fn a_redirect_is_told_and_never_followed() {
    let suite = Suite::new().with("0-connection/a", "", &ask("status", ""));
    let head = "302 Found\r\nLocation: https://127.0.0.1:1/elsewhere";
    let (_runtime, url) = literal(&suite, answer(head, ANSWER));
    target(&suite, &url, "");
    let (code, shown) = suite.renkei(&["run", "--target", "test"]);
    assert_eq!(code, 1, "{shown}");
    assert!(
        shown.contains("the target redirects (302, Location: https://127.0.0.1:1/elsewhere)"),
        "{shown}"
    );
}

#[test]
fn what_is_too_large_lies_on_disk_and_half_an_answer_is_told() {
    let suite = Suite::new().with("0-connection/a", "", &ask("status", ""));
    let body = format!("<a>{}</a>", "<b>x</b>".repeat(100_000));
    let (_runtime, url) = literal(&suite, answer("200 OK", &body));
    target(&suite, &url, "largest_answer = \"64KiB\"");
    let (code, shown) = suite.renkei(&["run", "--target", "test"]);
    assert_eq!(code, 4, "{shown}");
    assert!(shown.contains("larger than 65536 bytes"), "{shown}");
    assert!(
        shown.contains("raise largest_answer in [target.test]"),
        "{shown}"
    );
    assert!(
        shown.contains("0-connection/a/01-status.response.partial"),
        "{shown}"
    );
    let file = suite
        .run_folder()
        .join("0-connection/a/01-status.response.partial");
    assert!(fs::read(file).unwrap() == body.as_bytes());
    let half = b"HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\n<a>".to_vec();
    let suite = Suite::new().with("0-connection/a", "", &ask("status", ""));
    let (_runtime, url) = literal(&suite, half);
    target(&suite, &url, "");
    let (code, shown) = suite.renkei(&["run", "--target", "test"]);
    assert_eq!(code, 4, "{shown}");
    assert!(shown.contains("after 3 of 900 bytes"), "{shown}");
    let file = "0-connection/a/01-status.response.partial";
    assert!(shown.contains(file), "{shown}");
    assert_eq!(fs::read(suite.run_folder().join(file)).unwrap(), b"<a>");
}

#[test]
fn a_clock_that_is_another_is_warned_of_once() {
    let suite = Suite::new()
        .with("0-connection/a", "", &ask("status", "no_snapshot = \"-\""))
        .with("0-connection/b", "", &ask("status", "no_snapshot = \"-\""));
    let then = jiff::Timestamp::now() - jiff::SignedDuration::from_hours(3);
    let date = then.strftime("%a, %d %b %Y %H:%M:%S GMT");
    let (_runtime, url) = literal(&suite, answer(&format!("200 OK\r\nDate: {date}"), ANSWER));
    target(&suite, &url, "");
    let (code, shown) = suite.renkei(&["run", "--target", "test"]);
    assert_eq!(code, 0, "{shown}");
    let warned = suite.events_of("warning");
    assert_eq!(warned.len(), 1, "{warned:?}");
    let text = warned[0]["text"]["en"].as_str().unwrap();
    assert!(
        text.contains("is 3 h 0 min behind this machine's"),
        "{text}"
    );
    assert!(shown.contains(text), "{shown}");
}

#[test]
fn each_stage_has_its_time() {
    let suite = Suite::new().with("0-connection/a", "", &ask("status", ""));
    let (runtime, _) = literal(&suite, Vec::new());
    // It takes connections, and never says a word.
    let silent = runtime.block_on(TcpListener::bind("127.0.0.1:0")).unwrap();
    let url = format!("https://{}/", silent.local_addr().unwrap());
    target(&suite, &url, "timeouts = { handshake = \"100ms\" }");
    let (code, shown) = suite.renkei(&["run", "--target", "test"]);
    assert_eq!(code, 4, "{shown}");
    assert!(
        shown.contains("the TLS handshake failed [timeout]: not done within 0.1 s"),
        "{shown}"
    );
    let next = "more: renkei doctor --target test, renkei explain 4\n";
    assert!(shown.contains(next), "{shown}");
}

#[test]
fn sendings_keep_their_distance_and_waiting_is_told() {
    let suite = Suite::new().with("0-connection/a", "", &format!(
        "{}{}[[step]]\nid = \"later\"\nadvance = \"200ms\"\n",
        ask("status", "no_snapshot = \"-\""),
        ask("again", "no_snapshot = \"-\"\nuntil = { xpath = { \"//n:State\" = \"never\" }, every = \"100ms\", within = \"200ms\" }"),
    ));
    let (_runtime, url) = literal(&suite, answer("200 OK", ANSWER));
    target(&suite, &url, "every = \"150ms\"\nlongest_wait = \"1s\"");
    let (code, shown) = suite.renkei(&["run", "--target", "test"]);
    assert_eq!(code, 1, "{shown}");
    assert!(shown.contains("waited in vain"), "{shown}");
    assert!(
        shown.contains("waiting, 0 s at most: 0-connection/a [again]"),
        "{shown}"
    );
    let step = suite.step("0-connection/a", "again");
    assert_eq!(step["exchange"]["sent"], 3);
    // Two distances lie between three sendings, be the first one as late as it may.
    assert!(step["milliseconds"].as_u64().unwrap() >= 300, "{step}");
}

#[test]
fn a_password_that_is_wrong_or_not_set_stops_before_anything_is_sent() {
    let suite = Suite::new().with("0-connection/a", "", &ask("status", ""));
    let environment = Environment::new(&suite);
    let profile = suite.read("scenarios/profile.toml");
    let with = |keys: &str| {
        let identity = format!("{profile}\n[target.test.identity.iida-mayor]\n{keys}\n");
        suite.write("scenarios/profile.toml", &identity);
        suite.renkei(&["run", "--target", "test", "--report", "junit=junit.xml"])
    };
    let (code, shown) = with("pkcs12 = \"none.p12\"\npassword_env = \"PATH\"");
    assert_eq!(code, 3, "{shown}");
    assert!(shown.contains("none.p12: No such file"), "{shown}");
    assert!(
        shown.contains("[target.test]: identity.iida-mayor.pkcs12 cannot"),
        "{shown}"
    );
    let line = 1 + profile.lines().count() + 2;
    assert!(shown.contains(&format!("profile.toml:{line} ")), "{shown}");
    assert!(shown.contains("scenarios/profile.toml:"), "{shown}");
    assert!(shown.contains("nothing was sent"), "{shown}");
    let (code, shown) = with("pkcs12 = \"none.p12\"\npassword_env = \"RENKEI_TEST_NOT_SET\"");
    assert_eq!(code, 2, "{shown}");
    assert!(
        shown.contains(
            "RENKEI_TEST_NOT_SET is not set (password_env of [target.test.identity.iida-mayor])"
        ),
        "{shown}"
    );
    let (code, shown) = with(
        "certificate = \"pki/clients/iida-mayor.pem\"\nkey = \"pki/clients/sapporo-mayor.key\"",
    );
    assert_eq!(code, 3, "{shown}");
    assert!(shown.contains("does not fit this certificate"), "{shown}");
    let (code, shown) = with("certificate = \"pki/clients/iida-mayor.pem\"");
    assert_eq!(code, 3, "{shown}");
    assert!(shown.contains("'key' is needed too"), "{shown}");
    assert!(environment.came().is_empty());
    for left in ["runs", "junit.xml"] {
        assert!(!suite.root().join(left).exists(), "{left}");
    }
}

#[test]
fn a_sender_without_a_certificate_and_what_the_profile_excludes_are_not_possible_here() {
    let suite = Suite::new()
        .with("0-connection/a", "", &ask("status", "no_snapshot = \"-\""))
        .with(
            "0-connection/b",
            "",
            &ask("status", "").replace("iida-mayor", "sapporo-mayor"),
        )
        .with(
            "0-connection/c",
            "",
            "[[step]]\nid = \"later\"\nadvance = \"16m\"\n",
        );
    let (_runtime, url) = literal(&suite, answer("200 OK", ANSWER));
    let keys = |cannot: &str| {
        format!(
            "\n[target.test]\nurl = \"{url}\"\nca = \"pki/ca.pem\"\n{cannot}\n[target.test.identity.iida-mayor]\ncertificate = \"pki/clients/iida-mayor.pem\"\nkey = \"pki/clients/iida-mayor.key\"\n"
        )
    };
    let profile = suite.read("scenarios/profile.toml");
    suite.write("scenarios/profile.toml", &(profile.clone() + &keys("")));
    let (code, shown) = suite.renkei(&["run", "--target", "test"]);
    assert_eq!(code, 0, "{shown}");
    assert!(
        shown.contains("no certificate of 'sapporo-mayor' (identity): 0-connection/b"),
        "{shown}"
    );
    assert!(
        shown.contains("960 s, more than longest_wait (900 s): 0-connection/c"),
        "{shown}"
    );
    let cannot = "cannot = { GetConnectionStatus = \"switched off on weekends\" }";
    suite.write("scenarios/profile.toml", &(profile.clone() + &keys(cannot)));
    let (code, shown) = suite.renkei(&["run", "--target", "test"]);
    assert_eq!(code, 6, "{shown}");
    assert!(
        shown.contains("GetConnectionStatus: switched off on weekends"),
        "{shown}"
    );
    let cannot = "cannot = { GetConnectionStatu = \"x\" }";
    suite.write("scenarios/profile.toml", &(profile + &keys(cannot)));
    let (code, shown) = suite.renkei(&["run", "--target", "test"]);
    assert_eq!(code, 3, "{shown}");
    assert!(
        shown.contains("did you mean 'GetConnectionStatus'?"),
        "{shown}"
    );
}

#[test]
fn a_proxy_that_refuses_and_a_certificate_of_another_authority_are_told() {
    let suite = Suite::new().with("0-connection/a", "", &ask("status", ""));
    let (_runtime, url) = literal(&suite, answer("200 OK", ANSWER));
    let proxy = Runtime::new().unwrap();
    let listener = proxy.block_on(TcpListener::bind("127.0.0.1:0")).unwrap();
    let place = listener.local_addr().unwrap();
    proxy.spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let mut request = [0; 1000];
            let _ = stream.read(&mut request).await;
            let _ = stream.write_all(b"HTTP/1.1 403 Forbidden\r\n\r\n").await;
        }
    });
    let profile = suite.read("scenarios/profile.toml");
    target(&suite, &url, &format!("proxy = \"http://{place}\""));
    let (code, shown) = suite.renkei(&["run", "--target", "test"]);
    assert_eq!(code, 4, "{shown}");
    assert!(
        shown.contains("403 Forbidden; ask whoever runs the proxy"),
        "{shown}"
    );
    suite.write("scenarios/profile.toml", &profile);
    target(&suite, &url, "ca = \"pki/bad/other-ca.pem\"");
    let (code, shown) = suite.renkei(&["run", "--target", "test"]);
    assert_eq!(code, 4, "{shown}");
    assert!(
        shown.contains("was issued by no CA that is trusted"),
        "{shown}"
    );
}

#[test]
fn mistakes_in_a_target_are_told_with_their_lines_all_at_once() {
    let suite = Suite::new().with("0-connection/a", "", &ask("status", ""));
    suite.append(
        "scenarios/profile.toml",
        r#"
[target.one]
url = "ftp://example"
proxy_auth_env = "X"
largest_answer = "16MB"
snapshots = "../elsewhere"
endpoint.connecion = "https://127.0.0.1/"
tls = { min = "1.3", max = "1.2" }
headers = { "a b" = "c" }
bodies = "some"
[target.one.identity.iida-mayr]
pkcs12 = "a"
key = "b"
[target.two]
url = "https://127.0.0.1/"
control = "http://127.0.0.1/"
certificates = "pki"
longest_wait = "1m"
timeout = "5s"
"#,
    );
    let (code, shown) = suite.renkei(&["check"]);
    assert_eq!(code, 3, "{shown}");
    for part in [
        "'ftp://example' is no URL that can be used here",
        "'proxy' is needed too",
        "[target.one] needs 'certificates' or 'ca'",
        "'16MB' is no size; write 512KiB, 16MiB or 1GiB",
        "'../elsewhere'",
        "did you mean 'connection'?",
        "the lowest TLS version is above the highest",
        "'a b' cannot name a header",
        "the value 'some' is not possible here",
        "did you mean 'iida-mayor'?",
        "'key' does not go together with 'pkcs12'",
        "'longest_wait' does not go together with 'control'",
        "there is no key 'timeout'",
    ] {
        assert!(shown.contains(part), "{part}\n{shown}");
    }
}

#[test]
fn values_that_go_with_no_checkpoint_are_a_mistake() {
    let suite = Suite::new().with(
        "0-connection/a",
        "establishes = \"done\"\nexports = [\"state\"]",
        &ask("status", "capture = { state = \"//n:State\" }"),
    );
    let keys = "exports.nowhere = { a = \"b\" }\nexports.done = { stat = \"b\" }";
    target(&suite, "https://127.0.0.1/", keys);
    let (code, shown) = suite.renkei(&["check"]);
    assert_eq!(code, 3, "{shown}");
    for part in [
        "there is no checkpoint 'nowhere'",
        "there is no export of 'done': 'stat'",
        "did you mean 'state'?",
    ] {
        assert!(shown.contains(part), "{part}\n{shown}");
    }
}

#[test]
fn a_url_that_would_lead_elsewhere_is_a_mistake_with_its_line() {
    let suite = Suite::new().with("0-connection/a", "", &ask("status", ""));
    let profile = suite.read("scenarios/profile.toml");
    let line = profile.lines().count() + 3;
    for (keys, told) in [
        (
            "url = 'https://127.0.0.1:99999/'",
            "ports go from 1 to 65535",
        ),
        ("url = 'https://127.0.0.1:0/'", "ports go from 1 to 65535"),
        ("url = 'https://[::1]:/'", "ports go from 1 to 65535"),
        (
            "url = 'https://127.0.0.1/?a=b'",
            "neither ? nor # can stand",
        ),
        ("url = 'https://127.0.0.1/#a'", "neither ? nor # can stand"),
        ("url = 'https://user:pw@127.0.0.1/'", "in headers_env"),
        (
            "proxy = 'http://u:p@127.0.0.1:1'\nurl = 'https://a/'",
            "in proxy_auth_env",
        ),
        (
            "proxy = 'http://127.0.0.1:1/a'\nurl = 'https://a/'",
            "host and port alone",
        ),
        (
            "control = 'http://127.0.0.1/?a'\nurl = 'https://a/'",
            "neither ? nor # can stand",
        ),
        (
            "endpoint.connection = 'https://a/b#c'\nurl = 'https://a/'",
            "no # can stand",
        ),
    ] {
        let text = format!("{profile}\n[target.one]\n{keys}\ncertificates = 'pki'\n");
        suite.write("scenarios/profile.toml", &text);
        let (code, shown) = suite.renkei(&["check"]);
        assert_eq!(code, 3, "{shown}");
        assert!(shown.contains(told), "{keys}\n{shown}");
        assert!(shown.contains(&format!("profile.toml:{line}:")), "{shown}");
    }
    let well = "url = 'https://[::1]:8443/a'\nendpoint.connection = 'https://a:1/b?c=d'\nproxy = 'http://a:1/'";
    let text = format!("{profile}\n[target.one]\n{well}\ncertificates = 'pki'\n");
    suite.write("scenarios/profile.toml", &text);
    let (code, shown) = suite.renkei(&["check"]);
    assert_eq!(code, 0, "{shown}");
}

#[test]
fn a_header_from_the_environment_is_sent_and_never_shown_or_kept() {
    let suite = Suite::new().with("0-connection/a", "", &ask("status", ""));
    suite.accept(&[]);
    let environment = Environment::new(&suite);
    let profile = suite.read("scenarios/profile.toml");
    let with = |keys: &str| {
        suite.write("scenarios/profile.toml", &format!("{profile}{keys}\n"));
        suite.renkei(&["run", "--target", "test"])
    };
    let (code, shown) = with("headers_env = { X-Api-Key = \"RENKEI_TEST_NOT_SET\" }");
    assert_eq!(code, 2, "{shown}");
    assert!(
        shown.contains("RENKEI_TEST_NOT_SET is not set (headers_env.X-Api-Key of [target.test])"),
        "{shown}"
    );
    let (code, shown) = with(
        "headers_env = { X-Api-Key = \"PATH\", \"a b\" = \"PATH\" }\nheaders = { x-api-key = \"a\" }",
    );
    assert_eq!(code, 3, "{shown}");
    assert!(
        shown.contains("'X-Api-Key' stands in headers, too"),
        "{shown}"
    );
    assert!(shown.contains("'a b' cannot name a header"), "{shown}");
    // A variable that every machine has.
    let value = std::env::var_os("PATH").unwrap().into_string().unwrap();
    let keys = "headers_env = { X-Api-Key = \"PATH\" }\nheaders = { X-Plain = \"plain\" }";
    let (code, shown) = with(keys);
    assert_eq!(code, 0, "{shown}");
    let came = environment.calls()[0].to_string();
    assert!(came.contains(&value), "{came}");
    let sent = suite.step("0-connection/a", "status")["http"][0]["sent"].to_string();
    assert!(sent.contains("[\"X-Api-Key\",\"***\"]"), "{sent}");
    assert!(sent.contains("[\"X-Plain\",\"plain\"]"), "{sent}");
    assert!(!suite.all_text().contains(&value) && !shown.contains(&value));
}

/// What a run tells.
#[derive(Default)]
struct Told(Mutex<Vec<Event>>);

impl Sink for Told {
    fn keep(&self, _file: &str, _bytes: &[u8]) {}
    fn append(&self, _file: &str, _bytes: &[u8]) {}
    fn event(&self, event: Event) {
        self.0.lock().unwrap().push(event);
    }
}

/// 19 days before the end of the mock's certificates, which end with the next year.
fn late() -> jiff::Timestamp {
    let year = jiff::tz::Offset::UTC
        .to_datetime(jiff::Timestamp::now())
        .year();
    let end: jiff::Timestamp = format!("{}-01-01T00:00:00Z", year + 2).parse().unwrap();
    end - jiff::SignedDuration::from_hours(19 * 24)
}

#[test]
fn a_certificate_of_the_target_that_ends_soon_is_warned_of_once() {
    let suite = Suite::new()
        .with("0-connection/a", "", &ask("status", "no_snapshot = \"-\""))
        .with("0-connection/b", "", &ask("status", "no_snapshot = \"-\""));
    let environment = Environment::new(&suite);
    let project = Arc::new(Project::on_disk(suite.root()).unwrap());
    let (loaded, mistakes) = plan::load(&project, &Known::default());
    assert!(mistakes.is_empty());
    let loaded = Arc::new(loaded);
    let mut target = Target::of_mock("", suite.root().join("pki"));
    target.control = renkei::control::Control::absent();
    target.url = Some(environment.mock.url().to_owned());
    target.real = Some(Real::of(late));
    let setting = Setting::of(target);
    let told = Arc::new(Told::default());
    let sink: Arc<dyn Sink> = Arc::clone(&told) as Arc<dyn Sink>;
    let all = loaded.scenarios.clone();
    let before = Checkpoints::new();
    let run = run::run(&loaded, &project, &all, &setting, &before, &sink);
    environment.runtime.block_on(run);
    let told = told.0.lock().unwrap();
    let warned: Vec<&str> = told
        .iter()
        .filter_map(|event| {
            let Event::Warning(warning) = event else {
                return None;
            };
            Some(warning.text.en.as_str())
        })
        .filter(|text| text.contains("the target's certificate (for "))
        .collect();
    let [once] = warned[..] else {
        panic!("{warned:?}")
    };
    assert!(once.contains("expires in 19 days ("), "{once}");
}
