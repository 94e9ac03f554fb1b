//! What the system under test says: in whatever encoding, however much, and what of it changes from run to run.

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

use std::{
    io::{Read as _, Write as _},
    net::TcpListener,
    thread,
};

use program::{MAYOR, exec, one};
use support::Suite;

/// 可 and 否 in `Shift_JIS`.
const YES: &str = "bytes=89c20a";
const NO: &str = "bytes=94db0a";

/// What is shown of a run against a snapshot that was accepted of another doing.
fn after(accepted: &str, then: &str, keys: &str) -> (i32, String) {
    let suite = one(&exec("run", accepted, keys));
    suite.accept(&[]);
    suite
        .with("0-a/one", "", &exec("run", then, keys))
        .renkei(&["run"])
}

#[test]
fn bytes_that_are_no_characters_show_which_they_are() {
    for keys in ["", "encoding = \"euc-jp\""] {
        let (code, shown) = after(YES, NO, keys);
        assert_eq!(code, 1, "{shown}");
        assert!(shown.contains("- \\x89\\xc2\n"), "{shown}");
        assert!(shown.contains("+ \\x94\\xdb\n"), "{shown}");
        assert!(!shown.contains('\u{fffd}'), "{shown}");
    }
    let hint = "is not UTF-8; it looks like Shift_JIS: say encoding = \"shift_jis\" in the step";
    let suite = one(&exec("run", YES, ""));
    for (arguments, code) in [(["run"], 5), (["review"], 0)] {
        let (exit, shown) = suite.renkei(&arguments);
        assert_eq!(exit, code, "{shown}");
        assert!(shown.contains(hint), "{shown}");
    }
}

#[test]
fn what_is_said_is_read_in_the_encoding_of_the_step() {
    let keys = "encoding = \"shift_jis\"\nexpect = { stdout = { contains = \"可\" } }\ncapture = { said = \"(可|否)\" }";
    let suite = one(&exec("run", YES, keys));
    suite.accept(&[]);
    let said = suite.read("snapshots/0-a/one/run.snap");
    assert!(said.ends_with("running 1 test\n{said}\n"), "{said}");
    assert!(!said.contains("encoding:"), "{said}");
    let kept = suite.run_folder().join("0-a/one/01-run.stdout.txt");
    let kept = std::fs::read(kept).unwrap();
    assert!(kept.ends_with(b"\x89\xc2\n"), "{kept:?}");
    let (code, shown) = after(YES, NO, "encoding = \"shift_jis\"");
    assert_eq!(code, 1, "{shown}");
    assert!(shown.contains("+ 否\n"), "{shown}");
}

#[test]
fn an_individual_number_is_found_in_whatever_encoding() {
    // Full-width digits in `Shift_JIS`.
    let number = renkei::sentinel::specimen();
    let digits = number
        .bytes()
        .map(|digit| format!("82{:02x}", digit - b'0' + 0x4f));
    let does = format!("bytes={}", digits.collect::<String>());
    let (code, shown) = one(&exec("run", &does, "encoding = \"shift_jis\"")).renkei(&["run"]);
    assert_eq!(code, 7, "{shown}");
    assert!(shown.contains("in what the program wrote"), "{shown}");
}

#[test]
fn control_characters_do_not_reach_a_snapshot() {
    let suite = one(&exec("run", "bytes=611b5b316d0062070d0a630d640a", ""));
    suite.accept(&[]);
    let said = suite.read("snapshots/0-a/one/run.snap");
    assert!(
        said.ends_with("a\\u{1b}[1m\\u{0}b\\u{7}\nc\\u{d}d\n"),
        "{said:?}"
    );
}

#[test]
fn a_difference_in_what_is_not_kept_shows_and_is_told() {
    let (code, shown) = after("flood=2 say=result=OK", "flood=2 say=result=NG", "");
    assert_eq!(code, 1, "{shown}");
    assert!(shown.contains("- left out: "), "{shown}");
    assert!(
        shown.contains("only length and SHA-256 are compared"),
        "{shown}"
    );
    let whole = "expect = { stdout = { matches = \"(?s).*\" } }";
    let (code, shown) = one(&exec("run", "flood=2", whole)).renkei(&["run"]);
    assert_eq!(code, 1, "{shown}");
    assert!(shown.contains("could not be looked at"), "{shown}");
    let suite = one(&exec("run", "flood=2 say=result=OK", ""));
    for arguments in [["run"], ["review"]] {
        let (_, shown) = suite.renkei(&arguments);
        assert!(shown.contains("SHA-256"), "{shown}");
    }
}

/// A suite that asks once what answers so.
fn asking(head: &str, body: &[u8], keys: &str) -> Suite {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let head = format!(
        "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: {}\r\n{head}\r\n\r\n",
        body.len()
    );
    let answer = [head.as_bytes(), body].concat();
    thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let _ = stream.read(&mut [0; 4096]);
        stream.write_all(&answer).unwrap();
    });
    one(&format!(
        "[[step]]\nid = \"ask\"\nhttp = {{ url = \"http://127.0.0.1:{port}/\" }}\n{keys}\n"
    ))
}

#[test]
fn an_answer_is_read_as_its_header_its_mark_or_the_step_says() {
    let shift_jis = b"<p>\x93\xfa\x96\x7b\x8c\xea</p>".as_slice();
    let marked = [b"\xff\xfe".as_slice(), &utf16("<p>日本語</p>")].concat();
    let cases = [
        ("Content-Type: text/html; charset=Shift_JIS", shift_jis, ""),
        (
            "Content-Type: text/html; charset=utf-8",
            shift_jis,
            "encoding = \"cp932\"\n",
        ),
        ("Content-Type: text/html", marked.as_slice(), ""),
    ];
    for (head, body, keys) in cases {
        let keys = format!("{keys}expect = {{ body = {{ contains = \"日本語\" }} }}");
        let suite = asking(head, body, &keys);
        suite.accept(&[]);
        let said = suite.read("snapshots/0-a/one/ask.snap");
        assert!(said.contains("<p>日本語</p>"), "{said}");
    }
    let suite = asking("Content-Type: text/html", shift_jis, "");
    let (code, shown) = suite.renkei(&["run"]);
    assert_eq!(code, 5, "{shown}");
    assert!(
        shown.contains("body is not UTF-8; it looks like Shift_JIS"),
        "{shown}"
    );
}

fn utf16(text: &str) -> Vec<u8> {
    text.encode_utf16().flat_map(u16::to_le_bytes).collect()
}

#[test]
fn what_a_step_captures_stands_in_its_snapshot_by_its_name() {
    let keys = "capture = { job = \"job=(\\\\d+)\", at = \"at=(\\\\d+)\" }";
    let does = |job: &str, at: &str| format!("say=job={job} say=at={at},7 say=job-{at}");
    let (code, shown) = after(
        &does("1", "1795599900123"),
        &does("22", "1795599900456"),
        keys,
    );
    assert_eq!(code, 0, "{shown}");
    let suite = one(&exec("run", &does("7", "1795599900123"), keys));
    suite.accept(&[]);
    let said = suite.read("snapshots/0-a/one/run.snap");
    // The short one may stand elsewhere by chance.
    assert!(said.ends_with("job={job}\nat={at},7\njob-{at}\n"), "{said}");
    // What the network knows shows which one it is.
    let keys = format!("{MAYOR}\ncapture = {{ id = \"id=(\\\\S+)\" }}");
    let suite = one(&exec("run", "ask=town-0001", &keys));
    suite.accept(&[]);
    let said = suite.read("snapshots/0-a/one/run.snap");
    assert!(said.contains("id={request-1}\n"), "{said}");
}

#[test]
fn an_expression_that_fits_several_values_takes_none_of_them() {
    let capture = |expression: &str| format!("capture = {{ job = '{expression}' }}");
    let run = |does: &str, expression: &str| {
        one(&exec("run", does, &capture(expression))).renkei(&["run"])
    };
    let (code, shown) = run("say=job=1 say=job=2 say=job=1", "job=(\\d+)");
    assert_eq!(code, 1, "{shown}");
    assert!(
        shown.contains("2 different values in stdout fit 'job' (job=(\\d+): 1, 2)"),
        "{shown}"
    );
    assert_eq!(run("say=job=1 say=job=1", "job=(\\d+)").0, 5);
    assert_eq!(run("say=job=1 say=job=2", "(?s)\\A.*?job=(\\d+)").0, 5);
}

#[test]
fn standard_error_is_no_part_of_a_snapshot_and_that_is_said() {
    let (code, shown) = one(&exec("run", "complain=a complain=b", "")).renkei(&["run"]);
    assert_eq!(code, 5, "{shown}");
    let says =
        "standard error has 2 lines, which are no part of the snapshot: 0-a/one/01-run.stderr.txt";
    assert!(shown.contains(says), "{shown}");
}

#[test]
fn what_can_be_done_about_an_answer_that_does_not_come_is_said() {
    // Somebody who listens, and says nothing or closes.
    for (answers, keys, says) in [
        (
            false,
            "timeout = \"300ms\"",
            "let it have more time (timeout)",
        ),
        (true, "", "let 'url' begin with https://"),
    ] {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let held = thread::spawn(move || {
            let (stream, _) = listener.accept().unwrap();
            (!answers).then_some(stream)
        });
        let suite = one(&format!(
            "[[step]]\nid = \"ask\"\nhttp = {{ url = \"http://127.0.0.1:{port}/\" }}\n{keys}\n"
        ));
        let (code, shown) = suite.renkei(&["run"]);
        assert_eq!(code, 4, "{shown}");
        assert!(shown.contains(says), "{says}: {shown}");
        held.join().unwrap();
    }
}
