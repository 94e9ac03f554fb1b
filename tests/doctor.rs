//! `renkei doctor` against the mock with good and bad certificates, listeners that misbehave, and servers that answer
//! with literal bytes.

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
mod support;

use std::net::TcpListener as Listener;

use hyper::Method;
use renkei::control::Control;
use renkei_mock::server::Mock;
use serde_json::{Value, json};
use support::Suite;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpListener,
    runtime::Runtime,
};
use unicode_width::UnicodeWidthStr as _;

/// The bundled profile with what it sends, and a mock with its certificates in `pki`.
struct Clinic {
    suite: Suite,
    runtime: Runtime,
    mock: Mock,
}

impl Clinic {
    fn new() -> Self {
        let suite = Suite::new();
        suite.write(
            "scenarios/profile.toml",
            include_str!("../scenarios/profile.toml"),
        );
        suite.write(
            "scenarios/messages/GetServiceStatus.xml",
            include_str!("../scenarios/messages/GetServiceStatus.xml"),
        );
        suite.write(
            "scenarios/messages/GetAppliedMasters.xml",
            include_str!("../scenarios/messages/GetAppliedMasters.xml"),
        );
        let runtime = Runtime::new().unwrap();
        let mock = runtime.block_on(network::mock(suite.root().join("pki")));
        Self {
            suite,
            runtime,
            mock,
        }
    }

    /// Looks at a URL with further keys of the target, as one identity.
    fn look(&self, url: &str, keys: &str, identity: &str) -> (i32, String) {
        let profile = include_str!("../scenarios/profile.toml");
        let target = format!("\n[target.test]\nurl = \"{url}\"\ncertificates = \"pki\"\n{keys}\n");
        self.suite
            .write("scenarios/profile.toml", &format!("{profile}{target}"));
        let (code, shown) = self.suite.renkei(&["doctor", "--as", identity]);
        for line in shown.lines() {
            assert!(line.width() <= 80, "{line}");
        }
        (code, shown)
    }

    fn control(&self, method: Method, path: &str, body: Value) -> Value {
        let control = Control::new(self.mock.control_url());
        self.runtime
            .block_on(control.send(method, path, body))
            .unwrap()
    }

    /// A listener of the mock with a certificate and a fault.
    fn listener(&self, certificate: &str, fault: &str) -> String {
        let body = json!({ "certificate": certificate, "fault": fault });
        let opened = self.control(Method::POST, "/worlds/main/listeners", body);
        opened["url"].as_str().unwrap().to_owned()
    }

    /// How many messages have come to the mock.
    fn calls(&self) -> usize {
        let calls = self.control(Method::GET, "/worlds/main/calls", Value::Null);
        calls["calls"].as_array().unwrap().len()
    }

    /// A server of the mock's certificate that answers every request with the same bytes.
    fn literal(&self, answer: String) -> String {
        let acceptor = network::acceptor(self.mock.pki(), "server");
        self.serve(move |stream| {
            let (acceptor, answer) = (acceptor.clone(), answer.clone());
            async move {
                let Ok(mut stream) = acceptor.accept(stream).await else {
                    return;
                };
                let mut request = vec![0; 16 << 10];
                if stream.read(&mut request).await.unwrap_or(0) > 0 {
                    let _ = stream.write_all(answer.as_bytes()).await;
                    let _ = stream.shutdown().await;
                }
            }
        })
        .replace("http:", "https:")
    }

    /// A proxy that answers with a status line and closes.
    fn proxy(&self, status: &'static str) -> String {
        self.serve(move |mut stream| async move {
            let mut request = vec![0; 4096];
            let _ = stream.read(&mut request).await;
            let _ = stream
                .write_all(format!("{status}\r\n\r\n").as_bytes())
                .await;
            let _ = stream.shutdown().await;
        })
    }

    fn serve<F>(&self, each: impl Fn(tokio::net::TcpStream) -> F + Send + 'static) -> String
    where
        F: Future<Output = ()> + Send + 'static,
    {
        let listener = self
            .runtime
            .block_on(TcpListener::bind("127.0.0.1:0"))
            .unwrap();
        let url = format!("http://{}/", listener.local_addr().unwrap());
        self.runtime.spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(each(stream));
            }
        });
        url
    }
}

/// The state of a layer: the first word of its line.
fn state<'a>(shown: &'a str, layer: &str) -> &'a str {
    let mut lines = shown.lines().map(str::trim_start);
    let line = lines.find(|line| {
        let rest = line.split_once(' ').map_or("", |(_, rest)| rest);
        rest.trim_start().starts_with(layer)
    });
    let line = line.unwrap_or_else(|| panic!("no {layer} in {shown}"));
    line.split(' ').next().unwrap()
}

/// What is looked for in a text that was broken into lines.
fn flat(shown: &str) -> String {
    shown.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn a_newcomers_first_look_finds_nothing_wrong() {
    let suite = Suite::bare("extends = \"bundled\"\n");
    let (code, shown) = suite.renkei(&["doctor"]);
    assert_eq!(code, 0, "{shown}");
    assert!(shown.contains("connections taken for"), "{shown}");
    assert!(
        shown.contains("0 wrong, 1 to look after, 0 not observed"),
        "{shown}"
    );
}

#[test]
fn a_network_that_is_well_is_said_to_be() {
    let clinic = Clinic::new();
    let (code, shown) = clinic.look(clinic.mock.url(), "", "sapporo-mayor");
    assert_eq!(code, 0, "{shown}");
    for layer in [
        "name",
        "TCP",
        "TLS",
        "its certificate",
        "own certificate",
        "taken there",
        "HTTP",
        "SOAP",
        "clock",
        "service",
        "masters",
    ] {
        assert_eq!(state(&shown, layer), "ok", "{layer}: {shown}");
    }
    assert!(flat(&shown).contains("institutions 2026.04"), "{shown}");
    assert!(
        shown.ends_with("0 wrong, 0 to look after, 0 not observed\n"),
        "{shown}"
    );
}

#[test]
fn each_failure_has_its_layer_its_cause_and_its_next_step() {
    let clinic = Clinic::new();
    let mock = clinic.mock.url().to_owned();
    // A port at which nobody listens any more.
    let closed = Listener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let proxy = |status| format!("proxy = \"{}\"", clinic.proxy(status));
    let soon = "timeouts = { handshake = \"300ms\", answer = \"300ms\" }";
    let mayor = "sapporo-mayor";
    // URL, keys of the target, identity; exit code, layer that fails, layer after it, cause, next step.
    let none = String::new;
    let cases = [
        ("https://nobody.invalid/".into(), none(), mayor, 4, "name", "TCP", "'nobody.invalid' has no address", "spelling of url"),
        (format!("https://{closed}/"), none(), mayor, 4, "TCP", "TLS", "nobody listens", "look at the port"),
        (mock.clone(), proxy("HTTP/1.1 407 Who?"), mayor, 4, "proxy", "TLS", "wants to know who asks", "proxy_auth_env"),
        (mock.clone(), format!("{}\nproxy_auth_env = \"PATH\"", proxy("HTTP/1.1 407 Who?")), mayor, 4, "proxy", "TLS", "the environment variable PATH", "the right user:password"),
        (mock.clone(), proxy("\u{1}\u{2}hello"), mayor, 4, "proxy", "TLS", "the proxy's answer is no HTTP", "host and port in proxy"),
        (mock.clone(), format!("proxy = \"http://{closed}\""), mayor, 4, "TCP", "TLS", "the proxy 127.0.0.1:", "whoever runs the proxy"),
        (mock.clone(), "proxy = \"http://nobody.invalid:8080\"".into(), mayor, 4, "name", "TCP", "the proxy's name 'nobody.invalid'", "spelling of proxy"),
        (mock.clone(), proxy("HTTP/1.1 403 No"), mayor, 4, "proxy", "TLS", "403 No", "whether CONNECT"),
        (clinic.listener("other-ca", "none"), none(), mayor, 4, "its certificate", "taken there", "of no trusted authority", "name it in ca"),
        (clinic.listener("expired", "none"), none(), mayor, 4, "its certificate", "taken there", "has expired (", "this machine's clock"),
        (clinic.listener("other-name", "none"), none(), mayor, 4, "its certificate", "taken there", "'127.0.0.1' was called", "by a name of its certificate"),
        (clinic.listener("good", "plain-http"), none(), mayor, 4, "TLS", "its certificate", "speaks no TLS", "that of HTTPS"),
        (clinic.listener("good", "close-in-handshake"), none(), mayor, 4, "TLS", "its certificate", "handshake broke", "just hang up"),
        (clinic.listener("good", "stall-in-handshake"), soon.into(), mayor, 4, "TLS", "its certificate", "handshake was not done in time", "firewall"),
        (mock.clone(), none(), "bad-revoked", 4, "taken there", "HTTP", "is revoked", "get a new one"),
        (mock.clone(), none(), "bad-expired", 4, "taken there", "HTTP", "refused as expired", "both clocks"),
        (mock.clone(), none(), "bad-other-ca", 4, "taken there", "HTTP", "does not trust the authority", "for this environment"),
        (mock.clone(), none(), "bad-wrong-usage", 4, "taken there", "HTTP", "certificate is refused", "client authentication"),
        (mock.clone(), "tls = { max = \"1.2\" }".into(), "bad-revoked", 4, "taken there", "HTTP", "is revoked", "get a new one"),
        (mock.clone(), none(), "iida-mayor", 1, "SOAP", "service", "F-CON-01", "renkei explain"),
        (clinic.literal("HTTP/1.1 302 Found\r\nLocation: https://elsewhere.example/\r\nContent-Length: 0\r\n\r\n".into()), none(), mayor, 1, "HTTP", "SOAP", "leads to https://elsewhere.example/", "url or endpoint"),
        (clinic.literal("HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n".into()), none(), mayor, 4, "HTTP", "SOAP", "access is denied", "registered"),
        (clinic.literal("HTTP/1.1 503 Busy\r\nContent-Length: 0\r\n\r\n".into()), none(), mayor, 4, "HTTP", "SOAP", "cannot serve (HTTP 503)", "whether it is up"),
        (clinic.literal("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi".into()), none(), mayor, 1, "SOAP", "service", "no SOAP message", "content_type"),
        (clinic.literal("SSH-2.0-x\r\n\r\n".into()), none(), mayor, 4, "HTTP", "SOAP", "no HTTP", "port in url"),
        (clinic.literal(format!("HTTP/1.1 200 OK\r\nContent-Length: 2000\r\n\r\n{}", "x".repeat(2000))), "largest_answer = \"1KiB\"".into(), mayor, 4, "HTTP", "SOAP", "too large", "largest_answer in profile.toml"),
        (clinic.literal("HTTP/1.1 200 OK\r\nContent-Length: 20\r\n\r\nhalf".into()), none(), mayor, 4, "HTTP", "SOAP", "4 of 20 bytes", "try again"),
        (clinic.literal("HTTP/1.1 200 OK\r\nDate: Tue, 01 Jan 2030 00:00:00 GMT\r\nContent-Length: 0\r\n\r\n".into()), none(), mayor, 1, "clock", "service", "ahead of this machine's", "NTP"),
    ];
    let mut wrong = Vec::new();
    for (url, keys, identity, exit, layer, after, cause, next) in cases {
        let (code, shown) = clinic.look(&url, &keys, identity);
        let case = format!("{url} {keys} {identity}\n{shown}");
        let text = flat(&shown);
        let (_, told) = text.split_once("next: ").unwrap_or_default();
        let right = code == exit
            && (state(&shown, layer), state(&shown, after)) == ("WRONG", "-")
            && text.contains(cause)
            && told.contains(next);
        if !right {
            wrong.push(format!("{exit}, {layer}, {cause}, {next}: {code} {case}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn a_target_that_asks_for_no_certificate_is_warned_of() {
    let clinic = Clinic::new();
    let url = clinic.literal("HTTP/1.1 405 No\r\nContent-Length: 0\r\n\r\n".into());
    let (_, shown) = clinic.look(&url, "", "sapporo-mayor");
    assert_eq!(state(&shown, "taken there"), "look", "{shown}");
    assert!(flat(&shown).contains("this is no mutual TLS"), "{shown}");
}

#[test]
fn one_identity_that_cannot_be_used_keeps_no_other_from_being_looked_at() {
    let clinic = Clinic::new();
    let url = clinic.mock.url();
    let keys = "[target.test.identity.iida-mayor]\ncertificate = \"pki/clients/iida-mayor.pem\"\nkey = \"pki/clients/insurer.key\"";
    let profile = include_str!("../scenarios/profile.toml");
    let text =
        format!("{profile}\n[target.test]\nurl = \"{url}\"\ncertificates = \"pki\"\n{keys}\n");
    clinic.suite.write("scenarios/profile.toml", &text);
    let (code, shown) = clinic.suite.renkei(&["doctor"]);
    assert_eq!(code, 3, "{shown}");
    let (place, rest) = shown.split_once("as iida-mayor").unwrap();
    let (iida, sapporo) = rest.split_once("as sapporo-mayor").unwrap();
    assert_eq!(state(place, "its certificate"), "ok", "{shown}");
    assert_eq!(state(iida, "own certificate"), "WRONG", "{shown}");
    assert_eq!(state(iida, "taken there"), "-", "{shown}");
    assert_eq!(state(sapporo, "masters"), "ok", "{shown}");
    assert!(flat(&shown).contains("does not fit"), "{shown}");
}

#[test]
fn a_ca_that_cannot_be_used_is_told_as_such_and_the_rest_looked_at() {
    let clinic = Clinic::new();
    clinic.suite.write("none.pem", "nothing");
    let url = clinic.mock.url();
    let (code, shown) = clinic.look(url, "ca = \"none.pem\"", "sapporo-mayor");
    assert_eq!(code, 3, "{shown}");
    assert_eq!(state(&shown, "TLS"), "ok", "{shown}");
    assert_eq!(state(&shown, "its certificate"), "WRONG", "{shown}");
    assert_eq!(state(&shown, "own certificate"), "ok", "{shown}");
    let text = flat(&shown);
    assert!(text.contains("TLS as far as its certificate"), "{shown}");
    // What the target shows is told all the same.
    assert!(text.contains("its certificate until 20"), "{shown}");
    assert!(text.contains("no certificate in it"), "{shown}");
    assert!(text.contains("in ca of profile.toml"), "{shown}");
}

#[test]
fn an_identity_that_the_target_names_no_certificate_of_is_told_where_to_name_it() {
    let clinic = Clinic::new();
    let url = clinic.mock.url();
    let profile = include_str!("../scenarios/profile.toml");
    let keys = "[target.test.identity.iida-mayor]\ncertificate = \"pki/clients/iida-mayor.pem\"\nkey = \"pki/clients/iida-mayor.key\"";
    let text = format!("{profile}\n[target.test]\nurl = \"{url}\"\nca = \"pki/ca.pem\"\n{keys}\n");
    clinic.suite.write("scenarios/profile.toml", &text);
    let (code, shown) = clinic.suite.renkei(&["doctor", "--as", "sapporo-mayor"]);
    assert_eq!(code, 3, "{shown}");
    assert_eq!(state(&shown, "own certificate"), "WRONG", "{shown}");
    let text = flat(&shown);
    assert!(
        text.contains("name it in [target.test.identity.sapporo-mayor]"),
        "{shown}"
    );
    assert!(!text.contains("No such file"), "{shown}");
}

#[test]
fn no_message_is_sent_to_production() {
    let clinic = Clinic::new();
    let url = clinic.mock.url().to_owned();
    for (identity, code, taken) in [("sapporo-mayor", 0, "ok"), ("bad-revoked", 4, "WRONG")] {
        let (exit, shown) = clinic.look(&url, "production = true", identity);
        assert_eq!(exit, code, "{shown}");
        assert_eq!(state(&shown, "taken there"), taken, "{shown}");
        assert!(flat(&shown).contains("no message was sent"), "{shown}");
        assert!(!shown.contains("SOAP"), "{shown}");
    }
    assert_eq!(clinic.calls(), 0);
    clinic.look(&url, "", "sapporo-mayor");
    assert!(clinic.calls() > 0);
}

#[test]
fn a_network_that_is_closed_is_reached_and_wrong() {
    let clinic = Clinic::new();
    let now = jiff::tz::Offset::constant(9).to_datetime(jiff::Timestamp::now());
    // Hours that are far from now, whenever that is.
    let (opens, closes) = match now.hour() {
        ..12 => ("20:00", "21:00"),
        12.. => ("03:00", "04:00"),
    };
    let act = json!({ "act": "set-hours", "opens": opens, "closes": closes });
    clinic.control(Method::POST, "/worlds/main/acts", act);
    let (code, shown) = clinic.look(clinic.mock.url(), "", "sapporo-mayor");
    assert_eq!(code, 1, "{shown}");
    assert_eq!(state(&shown, "service"), "WRONG", "{shown}");
    assert!(flat(&shown).contains("planned stops"), "{shown}");
}

#[test]
fn names_that_nobody_knows_are_wrong_usage() {
    let clinic = Clinic::new();
    clinic.look(clinic.mock.url(), "", "sapporo-mayor");
    let (code, shown) = clinic.suite.renkei(&["doctor", "--as", "saporo-mayor"]);
    assert_eq!(code, 2, "{shown}");
    assert!(shown.contains("sapporo-mayor"), "{shown}");
    let (code, shown) = clinic.suite.renkei(&["doctor", "--target", "tset"]);
    assert_eq!(code, 2, "{shown}");
    assert!(shown.contains("did you mean 'test'"), "{shown}");
}
