//! Each misbehaviour, by the bytes that a client gets, and what became of the request.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test that cannot reach its own mock has failed"
)]

mod support;

use std::time::Duration;

use support::{MASTERS, Message, Running, STATUS, Seen, start};

async fn misbehave(running: &Running, name: &str, times: Option<u32>) {
    let times = times.map_or(String::new(), |times| format!(",\"times\":{times}"));
    let act = format!("{{\"act\":\"misbehave\",\"name\":\"{name}\"{times}}}");
    let (status, answer) = running.control("POST", "/worlds/a/acts", &act).await;
    assert_eq!(status, 204, "{name}: {answer}");
}

/// What became of one call in world `a` under a misbehaviour.
async fn under(running: &Running, url: &str, name: &str, message: &Message<'_>) -> Seen {
    misbehave(running, name, None).await;
    running.ask(url, "sapporo-mayor", message).await
}

fn body(seen: &Seen) -> &str {
    seen.text()
        .split_once("\r\n\r\n")
        .map_or("", |(_, body)| body)
}

#[tokio::test]
async fn every_misbehaviour_changes_what_comes_of_a_right_answer_or_of_a_fault() {
    let running = start().await;
    let url = running.world("a").await;
    // A fault: the mayor of Sapporo speaks for Iida.
    let right = running.ask(&url, "sapporo-mayor", &MASTERS).await;
    let fault = running.ask(&url, "sapporo-mayor", &STATUS).await;
    assert!(right.text().starts_with("HTTP/1.1 200") && fault.text().starts_with("HTTP/1.1 500"));
    let (_, texts) = running.control("GET", "/texts", "").await;
    let undated = |seen: &Seen| {
        let lines = seen
            .text()
            .lines()
            .filter(|line| !line.starts_with("date: "));
        (
            std::mem::discriminant(seen),
            lines.collect::<Vec<_>>().join("\n"),
        )
    };
    for entry in texts["misbehaviours"].as_array().unwrap() {
        let name = entry["name"].as_str().unwrap();
        if entry["kind"] != "transport" || name == "late" {
            continue;
        }
        let changed_right =
            undated(&under(&running, &url, name, &MASTERS).await) != undated(&right);
        let changed_fault = undated(&under(&running, &url, name, &STATUS).await) != undated(&fault);
        let only_of_faults = ["fault-with-ok", "character-replaced", "character-expanded"];
        let (_, calls) = running
            .control("GET", "/worlds/a/calls?bodies=false", "")
            .await;
        let [.., of_right, of_fault] = calls["calls"].as_array().unwrap().as_slice() else {
            unreachable!()
        };
        assert_eq!(
            of_right["spoilt"] == name,
            changed_right,
            "{name}: {of_right}"
        );
        assert_eq!(
            of_fault["spoilt"] == name,
            changed_fault,
            "{name}: {of_fault}"
        );
        assert_eq!(changed_right, !only_of_faults.contains(&name), "{name}");
        if only_of_faults.contains(&name) {
            assert!(changed_fault, "{name}");
        }
    }
    assert_eq!(
        running
            .control("POST", "/worlds/a/acts", "{\"act\":\"behave\"}")
            .await
            .0,
        204
    );
    let again = running.ask(&url, "sapporo-mayor", &MASTERS).await;
    assert_eq!(undated(&again), undated(&right));
    running.mock.stop().await;
}

#[tokio::test]
async fn what_is_spoilt_on_the_wire_is_what_the_name_says() {
    let running = start().await;
    let url = running.world("a").await;
    let right = running.ask(&url, "sapporo-mayor", &MASTERS).await;
    let right = body(&right).to_owned();

    let seen = under(&running, &url, "content-length-too-long", &MASTERS).await;
    assert!(
        seen.text()
            .contains(&format!("Content-Length: {}\r\n", right.len() + 64))
    );
    assert_eq!(body(&seen), right);

    let seen = under(&running, &url, "content-length-too-short", &MASTERS).await;
    assert!(
        seen.text()
            .contains(&format!("Content-Length: {}\r\n", right.len() - 16))
    );

    let seen = under(&running, &url, "cut-in-answer", &MASTERS).await;
    assert!(matches!(seen, Seen::Cut(_)), "{seen:?}");
    assert!(
        seen.text()
            .contains(&format!("Content-Length: {}\r\n", right.len()))
    );
    assert!(body(&seen).len() <= right.len() / 2 && right.starts_with(body(&seen)));

    let seen = under(&running, &url, "truncated-body", &MASTERS).await;
    assert!(right.starts_with(body(&seen)) && body(&seen).len() < right.len());
    assert!(
        seen.text()
            .contains(&format!("content-length: {}\r\n", body(&seen).len()))
    );

    assert_eq!(
        under(&running, &url, "close-before-answer", &MASTERS).await,
        Seen::Cut(String::new())
    );
    assert_eq!(
        under(&running, &url, "reset", &MASTERS).await,
        Seen::Reset(String::new())
    );

    let seen = under(&running, &url, "response-twice", &MASTERS).await;
    assert_eq!(seen.text().matches("HTTP/1.1 200 OK").count(), 2);
    let seen = under(&running, &url, "answer-twice", &MASTERS).await;
    assert_eq!(body(&seen), format!("{right}{right}"));

    let seen = under(&running, &url, "redirect", &MASTERS).await;
    assert!(seen.text().starts_with("HTTP/1.1 307"), "{seen:?}");
    assert!(seen.text().contains("location: https://other.invalid/\r\n"));

    let seen = under(&running, &url, "chunked-garbage", &MASTERS).await;
    assert!(
        seen.text()
            .contains("Transfer-Encoding: chunked\r\n\r\nzz\r\n")
    );

    let seen = under(&running, &url, "charset-lie", &MASTERS).await;
    assert!(seen.text().contains("charset=utf-8") && body(&seen).contains('\0'));

    let seen = under(&running, &url, "wrong-era", &MASTERS).await;
    assert!(body(&seen).contains(">1996-"), "{seen:?}");

    let seen = under(&running, &url, "answer-for-another-request", &MASTERS).await;
    assert!(
        body(&seen).contains("<n:RequestId>r-0</n:RequestId>"),
        "{seen:?}"
    );

    let seen = under(&running, &url, "character-expanded", &STATUS).await;
    assert!(body(&seen).contains("[U+"), "{seen:?}");
    running.mock.stop().await;
}

#[tokio::test]
async fn an_answer_that_is_held_back_never_comes() {
    let running = start().await;
    let url = running.world("a").await;
    misbehave(&running, "late", None).await;
    let seen = running
        .exchange(
            &url,
            Some("clients/sapporo-mayor"),
            &MASTERS.bytes(&url),
            Duration::from_millis(300),
        )
        .await;
    assert_eq!(seen, Seen::Silent(String::new()));
    let (_, calls) = running.control("GET", "/worlds/a/calls?wait=10s", "").await;
    assert_eq!(calls["calls"][0]["status"], serde_json::Value::Null);
    assert_eq!(calls["calls"][0]["spoilt"], "late");
    running.mock.stop().await;
}

#[tokio::test]
async fn a_misbehaviour_set_for_so_many_answers_ends_after_them() {
    let running = start().await;
    let url = running.world("a").await;
    misbehave(&running, "fault-with-ok", Some(2)).await;
    // A right answer has nothing that this could spoil, and does not count.
    for (message, status) in [
        (&STATUS, "HTTP/1.1 200"),
        (&MASTERS, "HTTP/1.1 200"),
        (&STATUS, "HTTP/1.1 200"),
        (&STATUS, "HTTP/1.1 500"),
    ] {
        let seen = running.ask(&url, "sapporo-mayor", message).await;
        assert!(seen.text().starts_with(status), "{seen:?}");
    }
    let (_, left) = running.control("GET", "/worlds/a/misbehaviour", "").await;
    assert_eq!(left, serde_json::json!({ "name": null, "left": null }));
    running.mock.stop().await;
}

/// How many atena numbers world `a` has registered.
async fn registered(running: &Running) -> u64 {
    let (_, state) = running.control("GET", "/worlds/a/state", "").await;
    state["network"]["atena-numbers"].as_u64().unwrap()
}

#[tokio::test]
async fn a_request_whose_answer_is_withheld_is_done_once_and_one_that_is_dropped_not_at_all() {
    let running = start().await;
    let url = running.world("a").await;
    let register = Message {
        endpoint: "code",
        operation: "RegisterAtena",
        institution: "011002-M",
        request_id: "r-1",
        rest: "<n:Entry><n:AtenaNumber>SAPPORO-9001</n:AtenaNumber><n:Kind>resident</n:Kind></n:Entry>",
    };
    let before = registered(&running).await;

    misbehave(&running, "close-before-apply", Some(1)).await;
    let seen = running.ask(&url, "sapporo-mayor", &register).await;
    assert_eq!(seen, Seen::Cut(String::new()));
    assert_eq!(registered(&running).await, before);

    misbehave(&running, "close-before-answer", Some(1)).await;
    let seen = running.ask(&url, "sapporo-mayor", &register).await;
    assert_eq!(seen, Seen::Cut(String::new()));
    assert_eq!(registered(&running).await, before + 1);

    // The retry gets the answer that was withheld, and nothing is done again.
    let seen = running.ask(&url, "sapporo-mayor", &register).await;
    assert!(
        body(&seen).contains("<n:TakenCount>1</n:TakenCount>"),
        "{seen:?}"
    );
    assert_eq!(registered(&running).await, before + 1);
    running.mock.stop().await;
}
