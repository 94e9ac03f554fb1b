//! The network's port, by literal bytes over TLS: what is refused, how, and what the connection journal says of it.

mod support;

use std::time::Duration;

use renkei_mock::server::Limits;
use support::{MASTERS, STATUS, Seen, finish, start, start_at, start_with};

fn small() -> Limits {
    Limits {
        body: 2_000,
        ..Limits::default()
    }
}

fn impatient() -> Limits {
    Limits {
        patience: Duration::from_secs(2),
        ..Limits::default()
    }
}

#[tokio::test]
async fn a_body_over_the_limit_is_refused_without_being_read_to_its_end() {
    let running = start_with(small()).await;
    // What is promised and never sent; what is promised and sent in part; and chunks without end.
    let sized = "POST /master HTTP/1.1\r\nHost: x\r\nContent-Type: text/xml; charset=utf-8\r\nContent-Length: 1000000\r\n\r\n";
    let chunked = "POST /master HTTP/1.1\r\nHost: x\r\nContent-Type: text/xml; charset=utf-8\r\nTransfer-Encoding: chunked\r\n\r\n";
    let chunk = format!("bb8\r\n{}\r\n", "a".repeat(3_000));
    for request in [
        sized.to_owned(),
        format!("{sized}{}", "a".repeat(3_000)),
        format!("{chunked}{chunk}{chunk}"),
    ] {
        let answer = running.send(request.as_bytes()).await;
        assert!(answer.starts_with("HTTP/1.1 500"), "{answer}");
        assert!(
            answer.contains("2000 bytes") && answer.contains("F-FORM-03"),
            "{answer}"
        );
    }
    running.mock.stop().await;
}

#[tokio::test]
async fn a_sender_that_stalls_is_answered_and_let_go() {
    let running = start_with(impatient()).await;
    let body = b"POST /master HTTP/1.1\r\nHost: x\r\nContent-Type: text/xml\r\nContent-Length: 100\r\n\r\n<a>";
    let headers = b"POST /master HTTP/1.1\r\nHost: x\r\nContent-";
    let (body, headers) = tokio::join!(running.send(body), running.send(headers));
    assert!(
        body.contains("did not arrive in time") && body.contains("same-request"),
        "{body}"
    );
    assert!(
        headers.starts_with("HTTP/1.1 408") && headers.contains("within 2 seconds"),
        "{headers}"
    );
    // A connection that never asked anything is closed without a word.
    assert_eq!(running.send(b"").await, "");
    running.mock.stop().await;
}

#[tokio::test]
async fn a_bad_certificate_gets_no_answer_and_the_journal_says_why() {
    let running = start().await;
    let url = running.mock.url().to_owned();
    let request = b"GET /master?wsdl HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
    assert!(running.send(request).await.starts_with("HTTP/1.1 200"));
    let last = running.last_connection().await;
    assert_eq!(last["accepted"], true);
    assert_eq!(last["callers"], serde_json::json!(["202053-M"]));
    let cases = [
        (Some("bad/expired"), "expired"),
        (Some("bad/not-yet-valid"), "not-yet-valid"),
        (Some("bad/revoked"), "revoked"),
        (Some("bad/other-ca"), "other-ca"),
        (Some("bad/wrong-usage"), "wrong-usage"),
        (Some("bad/no-caller"), "no-caller"),
        (None, "no-certificate"),
    ];
    for (certificate, code) in cases {
        let seen = running
            .exchange(&url, certificate, request, Duration::from_secs(10))
            .await;
        assert!(matches!(seen, Seen::NoHandshake(_)), "{code}: {seen:?}");
        let last = running.last_connection().await;
        assert_eq!(last["accepted"], false);
        assert_eq!(last["code"], code, "{last}");
        assert!(!last["why_ja"].as_str().unwrap().is_empty());
        let shown = match certificate {
            None => serde_json::Value::Null,
            Some(name) => name.strip_prefix("bad/").unwrap().into(),
        };
        assert_eq!(
            last["certificate"]["subject"],
            shown
                .as_str()
                .map_or(shown.clone(), |name| format!("CN={name}").into()),
            "{last}"
        );
    }
    running.mock.stop().await;
}

#[tokio::test]
async fn what_hyper_itself_refuses_gets_a_fault_that_names_the_limit() {
    let running = start().await;
    let many = "X: y\r\n".repeat(101);
    let long = format!("X: {}\r\n", "y".repeat(40_000));
    let head = "POST /master HTTP/1.1\r\nHost: x\r\n";
    let cases = [
        (format!("{head}{many}\r\n"), "HTTP/1.1 431", "100 headers"),
        (format!("{head}{long}\r\n"), "HTTP/1.1 431", "32768 bytes"),
        (
            format!("GET /{} HTTP/1.1\r\nHost: x\r\n\r\n", "a".repeat(70_000)),
            "HTTP/1.1 4",
            "F-FORM-03",
        ),
        ("hello\r\n\r\n".to_owned(), "HTTP/1.1 400", "no HTTP/1.1"),
        (
            "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".to_owned(),
            "HTTP/1.1 400",
            "no HTTP/1.1",
        ),
    ];
    for (request, status, says) in cases {
        let answer = running.send(request.as_bytes()).await;
        assert!(
            answer.starts_with(status) && answer.contains(says),
            "{says}: {answer}"
        );
    }
    running.mock.stop().await;
}

#[tokio::test]
async fn old_and_unusual_requests_are_answered_or_clearly_refused() {
    let running = start().await;
    let cases: [(&[u8], &str, &str); 11] = [
        (
            b"GET /master?wsdl HTTP/1.0\r\n\r\n",
            "HTTP/1.0 200",
            "127.0.0.1",
        ),
        (
            b"GET /master?wsdl HTTP/1.1\r\nConnection: close\r\n\r\n",
            "HTTP/1.1 200",
            "127.0.0.1",
        ),
        (
            b"PUT /master HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 0\r\n\r\n",
            "HTTP/1.1 405",
            "method PUT instead of POST",
        ),
        (
            b"DELETE /master HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
            "HTTP/1.1 405",
            "method DELETE",
        ),
        (
            b"GET /master HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
            "HTTP/1.1 405",
            "allow: POST",
        ),
        (
            b"HEAD /master?wsdl HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
            "HTTP/1.1 200",
            "text/xml",
        ),
        (
            b"POST /w/nowhere/master HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n",
            "HTTP/1.1 500",
            "no such world",
        ),
        (
            b"POST /master HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
            "HTTP/1.1 500",
            "chunks are not right",
        ),
        (
            b"POST /master HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Type: text/xml\r\nContent-Encoding: identity\r\nContent-Encoding: gzip\r\nContent-Length: 0\r\n\r\n",
            "HTTP/1.1 500",
            "identity, gzip&apos; is not taken",
        ),
        (
            b"POST /master HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Type: text/xml\r\nContent-Encoding: \xff\r\nContent-Length: 0\r\n\r\n",
            "HTTP/1.1 500",
            "is not taken",
        ),
        (
            b"POST /master HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Type: text/xml\r\nContent-Type: text/xml; charset=Shift_JIS\r\nContent-Length: 0\r\n\r\n",
            "HTTP/1.1 500",
            "text/xml, text/xml; charset=Shift_JIS",
        ),
    ];
    for (request, status, says) in cases {
        let answer = running.send(request).await;
        assert!(
            answer.starts_with(status) && answer.contains(says),
            "{says}: {answer}"
        );
    }
    running.mock.stop().await;
}

#[tokio::test]
async fn a_client_that_asks_before_it_sends_its_body_is_told_to_go_on_or_refused_at_once() {
    let running = start_with(small()).await;
    let head = |length: usize| {
        format!(
            "POST /master HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nConnection: close\r\nContent-Length: {length}\r\n\r\n"
        )
    };
    let answer = running.send(format!("{}<a/>", head(4)).as_bytes()).await;
    let (first, second) = answer.split_once("\r\n\r\n").unwrap();
    assert_eq!(first, "HTTP/1.1 100 Continue");
    assert!(
        second.starts_with("HTTP/1.1 500") && second.contains("F-FORM-03"),
        "{second}"
    );
    let answer = running.send(head(3_000).as_bytes()).await;
    assert!(
        answer.starts_with("HTTP/1.1 500") && answer.contains("2000 bytes"),
        "{answer}"
    );
    running.mock.stop().await;
}

#[tokio::test]
async fn requests_in_one_go_are_answered_in_order() {
    let running = start().await;
    let get = "GET /master?wsdl HTTP/1.1\r\nHost: x\r\n\r\n";
    let bytes = format!(
        "{get}{}",
        String::from_utf8(STATUS.bytes(running.mock.url())).unwrap()
    );
    let answer = running.send(bytes.as_bytes()).await;
    assert_eq!(answer.matches("HTTP/1.1 200").count(), 2, "{answer}");
    assert!(
        answer.find("definitions").unwrap() < answer.find("GetConnectionStatusResponse").unwrap()
    );
    // The refusal of what is no request comes after the answer to what was one.
    let answer = running.send(format!("{get}hello\r\n\r\n").as_bytes()).await;
    let (_, second) = answer.split_once("</wsdl:definitions>").unwrap();
    assert!(
        second.contains("HTTP/1.1 400") && second.contains("F-FORM-03"),
        "{second}"
    );
    running.mock.stop().await;
}

#[tokio::test]
async fn beyond_the_cap_a_connection_is_told_to_come_again() {
    let running = start_with(Limits {
        connections: 1,
        ..Limits::default()
    })
    .await;
    let url = running.mock.url().to_owned();
    let held = running
        .connect(&url, Some("clients/iida-mayor"))
        .await
        .unwrap();
    let seen = running.ask(&url, "iida-mayor", &STATUS).await;
    let Seen::Closed(answer) = seen else {
        unreachable!("{seen:?}")
    };
    assert!(answer.starts_with("HTTP/1.1 503"), "{answer}");
    for says in [
        "retry-after: 1",
        "F-SRV-01",
        "same-request",
        "1 connections",
    ] {
        assert!(answer.contains(says), "{says}: {answer}");
    }
    let last = running.last_connection().await;
    assert_eq!(last["code"], "too-many-connections");
    // Who was there first is served, and then there is a place again.
    let answer = finish(held, &STATUS.bytes(&url), Duration::from_secs(10)).await;
    assert!(answer.text().starts_with("HTTP/1.1 200"), "{answer:?}");
    running.mock.stop().await;
}

#[tokio::test]
async fn the_wsdl_names_the_host_that_the_client_used_or_the_public_url() {
    let wsdl = |path: &str, host: &str| {
        format!("GET {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n").into_bytes()
    };
    let running = start().await;
    running.world("a").await;
    let answer = running
        .send(&wsdl("/w/a/master?wsdl", "mock.example:99"))
        .await;
    assert!(
        answer.contains("location=\"https://mock.example:99/w/a/master\""),
        "{answer}"
    );
    // What is no host is not repeated.
    let answer = running.send(&wsdl("/master?wsdl", "\"><x>")).await;
    assert!(!answer.contains("<x>"), "{answer}");
    running.mock.stop().await;

    let running = start_at(Limits::default(), Some("https://proxy.example/a&b")).await;
    running.world("a").await;
    let url = format!("https://{}/", running.mock.address());
    let request = wsdl("/w/a/master?wsdl", "mock.example:99");
    let certificate = Some("clients/iida-mayor");
    let seen = running
        .exchange(&url, certificate, &request, Duration::from_secs(10))
        .await;
    let answer = seen.text();
    assert!(
        answer.contains("location=\"https://proxy.example/a&amp;b/w/a/master\""),
        "{answer}"
    );
    running.mock.stop().await;
}

#[tokio::test]
async fn a_certificate_for_two_offices_serves_both_only_where_the_world_says_so() {
    let running = start().await;
    let url = running.world("a").await;
    let as_education = support::Message {
        institution: "202053-E",
        ..STATUS
    };
    let refused = running.ask(&url, "iida-joint", &as_education).await;
    assert!(refused.text().contains("R-CAL-02"), "{refused:?}");
    let allow = "{\"act\":\"joint-certificates\",\"allowed\":true}";
    assert_eq!(
        running.control("POST", "/worlds/a/acts", allow).await.0,
        204
    );
    for message in [as_education, STATUS] {
        let seen = running.ask(&url, "iida-joint", &message).await;
        assert!(seen.text().starts_with("HTTP/1.1 200"), "{seen:?}");
    }
    let refused = running.ask(&url, "iida-joint", &MASTERS).await;
    assert!(refused.text().contains("R-CAL-02"), "{refused:?}");
    running.mock.stop().await;
}
