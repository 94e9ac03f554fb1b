//! Further listeners: their certificates, their faults, and their end.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test that cannot reach its own mock has failed"
)]

mod support;

use std::time::Duration;

use support::{Running, STATUS, Seen, start};

async fn open(running: &Running, world: &str, body: &str) -> (String, String) {
    let path = format!("/worlds/{world}/listeners");
    let (status, opened) = running.control("POST", &path, body).await;
    assert_eq!(status, 201, "{opened}");
    let text = |key: &str| opened[key].as_str().unwrap().to_owned();
    (text("name"), text("url"))
}

#[tokio::test]
async fn a_listener_has_its_world_as_its_root() {
    let running = start().await;
    running.world("a").await;
    let (name, url) = open(&running, "a", "{}").await;
    assert_eq!(name, "listener-1");
    let seen = running.ask(&url, "iida-mayor", &STATUS).await;
    assert!(seen.text().starts_with("HTTP/1.1 200"), "{seen:?}");
    let (_, calls) = running.control("GET", "/worlds/a/calls", "").await;
    assert_eq!(calls["last"], 1);
    assert_eq!(running.last_connection().await["listener"], "a/listener-1");
    // No other world can be reached through it.
    let other = support::Message {
        endpoint: "w/main/connection",
        ..STATUS
    };
    let seen = running.ask(&url, "iida-mayor", &other).await;
    assert!(
        seen.text().contains("no endpoint /w/main/connection"),
        "{seen:?}"
    );
    let wsdl = b"GET /master?wsdl HTTP/1.1\r\nHost: mock.example:5\r\nConnection: close\r\n\r\n";
    let seen = running
        .exchange(
            &url,
            Some("clients/iida-mayor"),
            wsdl,
            Duration::from_secs(10),
        )
        .await;
    assert!(
        seen.text()
            .contains("location=\"https://mock.example:5/master\""),
        "{seen:?}"
    );
    running.mock.stop().await;
}

#[tokio::test]
async fn a_listener_closes_when_it_or_its_world_is_deleted() {
    let running = start().await;
    running.world("a").await;
    let (name, first) = open(&running, "a", "{\"name\":\"door\"}").await;
    assert_eq!(name, "door");
    let (_, second) = open(&running, "a", "{}").await;
    let taken = running
        .control("POST", "/worlds/a/listeners", "{\"name\":\"door\"}")
        .await;
    assert_eq!(taken.0, 409);
    assert_eq!(
        running
            .control("DELETE", "/worlds/a/listeners/door", "")
            .await
            .0,
        204
    );
    let (_, listeners) = running.control("GET", "/worlds/a/listeners", "").await;
    assert_eq!(listeners["listeners"].as_array().unwrap().len(), 1);
    closed(&running, &first).await;
    assert_eq!(running.control("DELETE", "/worlds/a", "").await.0, 204);
    closed(&running, &second).await;
    running.mock.stop().await;
}

/// The port is closed by a task of its own: soon, not at once.
async fn closed(running: &Running, url: &str) {
    for _ in 0..10_000 {
        match running.connect(url, Some("clients/iida-mayor")).await {
            Err(error) if error.kind() == std::io::ErrorKind::ConnectionRefused => return,
            Ok(_) | Err(_) => tokio::task::yield_now().await,
        }
    }
    unreachable!("{url} is still open");
}

#[tokio::test]
async fn a_client_distrusts_each_bad_certificate_for_its_own_reason() {
    let running = start().await;
    running.world("a").await;
    for (certificate, why) in [
        ("other-name", "not valid for name"),
        ("expired", "expired"),
        ("other-ca", "nknown"),
    ] {
        let body = format!("{{\"certificate\":\"{certificate}\"}}");
        let (_, url) = open(&running, "a", &body).await;
        let seen = running.ask(&url, "iida-mayor", &STATUS).await;
        let Seen::NoHandshake(error) = &seen else {
            unreachable!("{certificate}: {seen:?}")
        };
        assert!(
            error.contains(why) || error.contains("BadSignature"),
            "{certificate}: {error}"
        );
        // The client knows before the server does.
        let (_, page) = running.control("GET", "/connections?wait=10s", "").await;
        let last = page["connections"]
            .as_array()
            .unwrap()
            .last()
            .unwrap()
            .clone();
        assert_eq!(last["code"], "client-refused", "{last}");
    }
    running.mock.stop().await;
}

#[tokio::test]
async fn each_fault_of_the_handshake_is_what_it_says_and_stands_in_the_journal() {
    let running = start().await;
    running.world("a").await;
    let cases = [
        ("close-on-connect", "eof"),
        ("close-in-handshake", "eof"),
        ("alert-in-handshake", "HandshakeFailure"),
        ("reset-in-handshake", "reset"),
        ("plain-http", "corrupt"),
    ];
    for (fault, how) in cases {
        let (_, url) = open(&running, "a", &format!("{{\"fault\":\"{fault}\"}}")).await;
        let seen = running.ask(&url, "iida-mayor", &STATUS).await;
        let Seen::NoHandshake(error) = &seen else {
            unreachable!("{fault}: {seen:?}")
        };
        assert!(
            error.to_lowercase().contains(&how.to_lowercase()),
            "{fault}: {error}"
        );
    }
    let (_, url) = open(&running, "a", "{\"fault\":\"close-after-handshake\"}").await;
    let seen = running.ask(&url, "iida-mayor", &STATUS).await;
    assert_eq!(seen, Seen::Closed(String::new()));
    let last = running.last_connection().await;
    assert_eq!(last["code"], "fault");
    assert!(
        last["why"]
            .as_str()
            .unwrap()
            .contains("after the handshake"),
        "{last}"
    );

    let (_, url) = open(&running, "a", "{\"fault\":\"stall-in-handshake\"}").await;
    let connecting = running.connect(&url, Some("clients/iida-mayor"));
    let stalled = tokio::time::timeout(Duration::from_millis(300), connecting).await;
    assert!(stalled.is_err());
    let (_, calls) = running.control("GET", "/worlds/a/calls", "").await;
    assert_eq!(calls["last"], 0);
    running.mock.stop().await;
}
