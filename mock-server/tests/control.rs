//! The control API, by literal bytes: who may drive it, what it refuses, and what its journals keep.

mod support;

use serde_json::json;
use support::{Message, STATUS, start};

#[tokio::test]
async fn web_pages_and_foreign_hosts_are_refused() {
    let running = start().await;
    let get = |head: &str| format!("GET /worlds HTTP/1.1\r\n{head}Connection: close\r\n\r\n");
    for (head, status) in [
        ("Host: 127.0.0.1:1\r\n", "HTTP/1.1 200"),
        ("Host: mock.example\r\n", "HTTP/1.1 403"),
        (
            "Host: localhost\r\nOrigin: http://localhost\r\n",
            "HTTP/1.1 403",
        ),
        ("", "HTTP/1.1 403"),
    ] {
        let answer = running.control_raw(&get(head)).await;
        assert!(answer.starts_with(status), "{head}: {answer}");
    }
    running.mock.stop().await;
}

#[tokio::test]
async fn what_is_wrong_is_named() {
    let running = start().await;
    running.world("a").await;
    let cases = [
        ("POST", "/worlds", "{\"name\":\"a\"}", 409, "already"),
        ("POST", "/worlds", "{\"name\":\"B\"}", 400, "a-z"),
        ("POST", "/worlds", "{\"name\":\"b\",\"sed\":1}", 400, "seed"),
        ("POST", "/worlds", "{\"name\":\"b\",\"seed\":-1}", 400, "-1"),
        (
            "POST",
            "/worlds",
            "{\"name\":\"b\",\"epoch\":\"soon\"}",
            400,
            "soon",
        ),
        ("POST", "/worlds", "", 400, "EOF"),
        ("PUT", "/worlds", "", 405, "GET, POST"),
        ("GET", "/nowhere", "", 404, "openapi"),
        ("GET", "/worlds?x=1", "", 400, "'x'"),
        ("GET", "/worlds/b", "", 404, "no such world"),
        ("DELETE", "/worlds/main", "", 409, "main"),
        ("GET", "/worlds/a/calls?after=-1", "", 400, "-1"),
        (
            "POST",
            "/worlds/a/forks",
            "{\"name\":\"c\",\"checkpoint\":\"x\"}",
            404,
            "checkpoint",
        ),
        (
            "POST",
            "/worlds/a/checkpoints",
            "{\"name\":\"C\"}",
            400,
            "a-z",
        ),
        ("PUT", "/worlds/a/rules", "{\"off\":[\"R-X\"]}", 400, "R-X"),
        (
            "PUT",
            "/worlds/a/misbehaviour",
            "{\"name\":\"x\"}",
            400,
            "'x'",
        ),
        (
            "POST",
            "/worlds/a/acts",
            "{\"act\":\"aprove\"}",
            400,
            "approve-application",
        ),
        (
            "POST",
            "/worlds/a/acts",
            "{\"act\":\"misbehave\",\"name\":\"reset\",\"times\":0}",
            400,
            "1 or more",
        ),
        (
            "POST",
            "/worlds/a/acts",
            "{\"act\":\"behave\",\"name\":\"reset\"}",
            400,
            "name",
        ),
        (
            "POST",
            "/worlds/a/acts",
            "{\"act\":\"approve-application\",\"institution\":\"X\"}",
            409,
            "'X'",
        ),
        (
            "POST",
            "/worlds/a/listeners",
            "{\"fault\":\"x\"}",
            400,
            "close-in-handshake",
        ),
        ("DELETE", "/worlds/a/listeners/x", "", 404, "listener"),
        ("PATCH", "/worlds/a/clock", "{}", 400, "advance"),
        (
            "PATCH",
            "/worlds/a/clock",
            "{\"to\":\"2020-01-01T00:00:00Z\"}",
            409,
            "never goes back",
        ),
        (
            "PATCH",
            "/worlds/main/clock",
            "{\"advance\":1}",
            409,
            "flowing",
        ),
    ];
    for (method, path, body, status, says) in cases {
        let (got, answer) = running.control(method, path, body).await;
        assert_eq!(got, status, "{method} {path} {body}: {answer}");
        let en = answer["en"].as_str().unwrap();
        assert!(en.contains(says), "{method} {path} {body}: {en}");
        assert!(!answer["ja"].as_str().unwrap().is_empty());
    }
    let answer = running
        .control_raw("PUT /worlds HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
        .await;
    assert!(answer.contains("allow: GET, POST"), "{answer}");
    running.mock.stop().await;
}

#[tokio::test]
async fn worlds_are_made_forked_and_taken_away() {
    let running = start().await;
    let body = "{\"name\":\"a\",\"seed\":7,\"epoch\":\"2027-01-01T00:00:00+09:00\"}";
    assert_eq!(running.control("POST", "/worlds", body).await.0, 201);
    let (_, world) = running.control("GET", "/worlds/a", "").await;
    assert_eq!(
        world,
        json!({ "name": "a", "url": format!("{}w/a/", running.mock.url()), "seed": 7,
            "clock": { "now": "2027-01-01T00:00:00+09:00", "mode": "frozen" } })
    );
    running
        .control("POST", "/worlds/a/checkpoints", "{\"name\":\"c\"}")
        .await;
    running
        .control("PUT", "/worlds/a/rules", "{\"off\":[\"R-CON-01\"]}")
        .await;
    running
        .control("PATCH", "/worlds/a/clock", "{\"advance\":60}")
        .await;
    let fork = "{\"name\":\"b\",\"checkpoint\":\"c\"}";
    assert_eq!(
        running.control("POST", "/worlds/a/forks", fork).await.0,
        201
    );
    let (_, state) = running.control("GET", "/worlds/b/state", "").await;
    assert_eq!(state["clock"]["now"], "2027-01-01T00:00:00+09:00");
    assert_eq!(state["rulesOff"], json!([]));
    let (_, state) = running.control("GET", "/worlds/a/state", "").await;
    assert_eq!(state["clock"]["now"], "2027-01-01T00:01:00+09:00");
    assert_eq!(state["rulesOff"], json!(["R-CON-01"]));
    // A fork of a world as it stands has its rules on, too.
    running
        .control(
            "POST",
            "/worlds/a/forks",
            "{\"name\":\"d\",\"clock\":\"flowing\"}",
        )
        .await;
    let (_, rules) = running.control("GET", "/worlds/d/rules", "").await;
    assert_eq!(rules, json!({ "off": [] }));
    let (_, clock) = running.control("GET", "/worlds/d/clock", "").await;
    assert_eq!(clock["mode"], "flowing");
    assert_eq!(running.control("DELETE", "/worlds/a", "").await.0, 204);
    let (_, worlds) = running.control("GET", "/worlds", "").await;
    assert_eq!(worlds, json!({ "worlds": ["b", "d", "main"] }));
    running.mock.stop().await;
}

#[tokio::test]
async fn a_world_can_stand_at_the_front_until_it_is_gone() {
    let running = start().await;
    let url = running.mock.url().to_owned();
    let seen = |world: &str| {
        let path = format!("/worlds/{world}/calls");
        let running = &running;
        async move {
            let (_, page) = running.control("GET", &path, "").await;
            page["last"].as_u64()
        }
    };
    running.world("a").await;
    running.ask(&url, "iida-mayor", &STATUS).await;
    assert_eq!((seen("main").await, seen("a").await), (Some(1), Some(0)));
    let (status, front) = running.control("PUT", "/front", "{\"world\":\"a\"}").await;
    assert_eq!(status, 200);
    assert_eq!(front, json!({ "world": "a", "url": url }));
    running.ask(&url, "iida-mayor", &STATUS).await;
    assert_eq!((seen("main").await, seen("a").await), (Some(1), Some(1)));
    let (status, _) = running.control("PUT", "/front", "{\"world\":\"b\"}").await;
    assert_eq!(status, 404);
    running.control("DELETE", "/worlds/a", "").await;
    let (_, front) = running.control("GET", "/front", "").await;
    assert_eq!(front["world"], "main");
    running.ask(&url, "iida-mayor", &STATUS).await;
    assert_eq!(seen("main").await, Some(2));
    running.mock.stop().await;
}

#[tokio::test]
async fn calls_are_kept_with_their_bodies_masked() {
    let running = start().await;
    let url = running.world("a").await;
    // Put together here, so that no such number stands in a file.
    let number = ["1234", "5678", "9018"].concat();
    let planted = Message {
        rest: &format!("<n:Extra>{number}</n:Extra>"),
        ..STATUS
    };
    running.ask(&url, "iida-mayor", &planted).await;
    running.ask(&url, "iida-mayor", &STATUS).await;
    let (_, page) = running.control("GET", "/worlds/a/calls", "").await;
    assert_eq!((&page["dropped"], &page["last"]), (&json!(0), &json!(2)));
    let first = &page["calls"][0];
    assert_eq!(first["caller"], "202053-M");
    assert_eq!(first["status"], 500);
    assert_eq!(first["fault"], "F-FORM-02");
    assert_eq!(first["request"]["masked"], 1);
    let text = first["request"]["text"].as_str().unwrap();
    assert!(text.contains("<n:Extra>************</n:Extra>"), "{text}");
    assert!(!page.to_string().contains(&number));
    let second = &page["calls"][1];
    let header = first["headers"].as_array().unwrap().iter();
    let mut names = header.map(|pair| pair[0].as_str().unwrap());
    assert!(names.any(|name| name == "soapaction"), "{first}");
    assert_eq!(first["masked"], 0);
    assert_eq!(second["request_id"], "r-1");
    assert_eq!(
        second["action"],
        "\"urn:renkei:mock:unofficial:v1:GetConnectionStatus\""
    );
    assert!(
        second["answer"]["text"]
            .as_str()
            .unwrap()
            .contains("GetConnectionStatusResponse")
    );
    let (_, page) = running
        .control("GET", "/worlds/a/calls?after=1&bodies=false", "")
        .await;
    assert_eq!(page["calls"].as_array().unwrap().len(), 1);
    assert!(page["calls"][0]["request"].get("text").is_none());
    running.mock.stop().await;
}

#[tokio::test]
async fn a_call_with_a_number_is_known_however_much_the_journal_has_dropped() {
    let running = start().await;
    let url = running.world("a").await;
    let number = ["1234", "5678", "9018"].concat();
    let planted = Message {
        rest: &format!("<n:Extra>{}{number}</n:Extra>", "x ".repeat(70 << 10)),
        ..STATUS
    };
    running.ask(&url, "iida-mayor", &planted).await;
    let (_, page) = running.control("GET", "/worlds/a/calls", "").await;
    assert_eq!(page["calls"][0]["request"]["masked"], 1);
    assert_eq!(page["numbers"][0]["number"], 1);
    for _ in 0..1_000 {
        running.ask(&url, "iida-mayor", &STATUS).await;
    }
    let (_, page) = running.control("GET", "/worlds/a/calls", "").await;
    assert_eq!(
        (&page["dropped"], &page["last"]),
        (&json!(1), &json!(1_001))
    );
    assert_eq!(page["numbers"].as_array().unwrap().len(), 1);
    assert_eq!(page["numbers"][0]["path"], "connection");
    let (_, page) = running.control("GET", "/worlds/a/calls?after=1", "").await;
    assert_eq!(page["numbers"], json!([]));
    running.mock.stop().await;
}

#[tokio::test]
async fn who_waits_for_a_call_gets_it_and_who_waits_in_a_world_that_goes_is_told() {
    let running = start().await;
    let url = running.world("a").await;
    let (waited, _) = tokio::join!(
        running.control("GET", "/worlds/a/calls?after=0&wait=30s", ""),
        running.ask(&url, "iida-mayor", &STATUS)
    );
    assert_eq!(waited.1["last"], 1);
    let (_, nothing) = running
        .control("GET", "/worlds/a/calls?after=1&wait=10ms", "")
        .await;
    assert_eq!(nothing["calls"], json!([]));
    let (waited, _) = tokio::join!(
        running.control("GET", "/worlds/a/calls?after=1&wait=30s", ""),
        running.control("DELETE", "/worlds/a", "")
    );
    assert_eq!(waited.0, 404);
    running.mock.stop().await;
}

#[tokio::test]
async fn a_stop_does_not_wait_for_those_who_wait() {
    let running = start().await;
    let request = "GET /connections?after=9&wait=60s HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
    let authority = running
        .mock
        .control_url()
        .strip_prefix("http://")
        .unwrap()
        .to_owned();
    let mut stream = tokio::net::TcpStream::connect(&authority).await.unwrap();
    tokio::io::AsyncWriteExt::write_all(&mut stream, request.as_bytes())
        .await
        .unwrap();
    // It waits for sure once another request has been answered after it.
    running.control("GET", "/health", "").await;
    let stopped = tokio::time::timeout(std::time::Duration::from_secs(10), running.mock.stop());
    assert!(stopped.await.is_ok());
}

#[tokio::test]
async fn the_description_lists_every_path_that_there_is() {
    let running = start().await;
    let (_, description) = running.control("GET", "/openapi.json", "").await;
    let paths = description["paths"].as_object().unwrap();
    for (path, item) in paths {
        let path = path
            .replace("{world}", "main")
            .replace("{listener}", "none");
        for method in ["get", "post", "put", "patch", "delete"] {
            let (status, answer) = running.control(&method.to_uppercase(), &path, "").await;
            assert_eq!(
                status != 405,
                item.get(method).is_some(),
                "{method} {path}: {answer}"
            );
            assert!(status != 404 || path.ends_with("none"), "{method} {path}");
        }
    }
    assert_eq!(paths.len(), 19);
    running.mock.stop().await;
}

#[tokio::test]
async fn the_texts_name_every_rule_fault_misbehaviour_and_act() {
    let running = start().await;
    let (_, texts) = running.control("GET", "/texts", "").await;
    for (list, key) in [
        ("rules", "id"),
        ("faults", "code"),
        ("misbehaviours", "name"),
        ("listenerFaults", "name"),
    ] {
        let entries = texts[list].as_array().unwrap();
        assert!(!entries.is_empty());
        for entry in entries {
            for key in [key, "ja", "en"] {
                assert!(!entry[key].as_str().unwrap().is_empty(), "{entry}");
            }
        }
    }
    assert!(texts["misbehaviours"].as_array().unwrap().len() >= 25);
    let acts = texts["acts"].as_array().unwrap();
    assert!(acts.contains(&json!("misbehave")) && acts.contains(&json!("approve-application")));
    running.mock.stop().await;
}
