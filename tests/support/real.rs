//! Real environments for tests: a mock of which the suite knows no control, and targets that answer with literal bytes.

use renkei::control::Control;
use renkei_mock::server::Mock;
use serde_json::Value;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpListener,
    runtime::Runtime,
};

use crate::{network, support::Suite};

/// A mock of which the suite knows no control: its world `main` stands for a real environment.
pub struct Environment {
    pub runtime: Runtime,
    pub mock: Mock,
}

impl Environment {
    pub fn new(suite: &Suite) -> Self {
        let runtime = Runtime::new().unwrap();
        let mock = runtime.block_on(network::mock(suite.root().join("pki")));
        let environment = Self { runtime, mock };
        let url = environment.mock.url().to_owned();
        target(suite, &url, "");
        environment
    }

    /// What came, in order.
    pub fn calls(&self) -> Vec<Value> {
        let control = Control::new(self.mock.control_url());
        let calls = self.runtime.block_on(control.get("/worlds/main/calls"));
        calls.unwrap()["calls"].as_array().unwrap().clone()
    }

    /// The request ids of what came, in order.
    pub fn came(&self) -> Vec<String> {
        let calls = self.calls();
        calls
            .iter()
            .map(|call| request_id(&call.to_string()))
            .collect()
    }
}

pub fn request_id(text: &str) -> String {
    let (_, rest) = text.split_once("RequestId>").unwrap();
    rest.split_once('<').unwrap().0.to_owned()
}

/// Adds `[target.test]`, with the certificates of the suite's folder `pki` and further keys.
pub fn target(suite: &Suite, url: &str, keys: &str) {
    let text = format!("\n[target.test]\nurl = \"{url}\"\ncertificates = \"pki\"\n{keys}\n");
    suite.append("scenarios/profile.toml", &text);
}

/// A target that reads a request on each connection, and answers it with literal bytes.
pub fn literal(suite: &Suite, answer: Vec<u8>) -> (Runtime, String) {
    let runtime = Runtime::new().unwrap();
    let pki = suite.root().join("pki");
    let today = jiff::tz::Offset::UTC
        .to_datetime(jiff::Timestamp::now())
        .date();
    renkei_mock::pki::ensure(&pki, &[], today).unwrap();
    let acceptor = network::acceptor(&pki, "server");
    let listener = runtime.block_on(TcpListener::bind("127.0.0.1:0")).unwrap();
    let url = format!("https://{}/", listener.local_addr().unwrap());
    runtime.spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let (acceptor, answer) = (acceptor.clone(), answer.clone());
            tokio::spawn(async move {
                let Ok(mut stream) = acceptor.accept(stream).await else {
                    return;
                };
                let mut request = Vec::new();
                while !String::from_utf8_lossy(&request).contains("</s:Envelope>") {
                    if stream.read_buf(&mut request).await.unwrap_or(0) == 0 {
                        return;
                    }
                }
                let _ = stream.write_all(&answer).await;
                let _ = stream.shutdown().await;
            });
        }
    });
    (runtime, url)
}

pub fn answer(head: &str, body: &str) -> Vec<u8> {
    let length = body.len();
    format!("HTTP/1.1 {head}\r\nContent-Type: text/xml; charset=utf-8\r\nContent-Length: {length}\r\n\r\n{body}")
        .into_bytes()
}

pub const ANSWER: &str = "<s:Envelope xmlns:s=\"http://schemas.xmlsoap.org/soap/envelope/\" xmlns:n=\"urn:renkei:mock:unofficial:v1\"><s:Body><n:GetConnectionStatusResponse><n:State>approved</n:State><n:Trace>trace-00000001</n:Trace><n:AppliedAt>2026-11-02T09:00:00+09:00</n:AppliedAt></n:GetConnectionStatusResponse></s:Body></s:Envelope>";
