//! The client of the mock's control API: plain HTTP and JSON on loopback.

use std::{fmt, time::Duration};

use http_body_util::{BodyExt as _, Full, Limited};
use hyper::{Method, Request, Uri, body::Bytes, client::conn::http1::handshake, header::HOST};
use hyper_util::rt::TokioIo;
use serde_json::Value;
use tokio::{net::TcpStream, time::timeout};

use crate::{sentinel, text::Text, transport::reason};

/// How long control may take to answer.
const PATIENCE: Duration = Duration::from_secs(30);
/// The largest answer that is read, in bytes.
const MAX_BODY: usize = 128 << 20;

/// The control API at a URL such as `http://127.0.0.1:1234`.
#[derive(Clone, Debug)]
pub struct Control {
    /// None where there is no control: everything is refused then.
    url: Option<String>,
    patience: Duration,
}

/// Why control did not do as asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ControlError {
    /// What was asked.
    pub call: String,
    /// The HTTP status, where there is an answer.
    pub status: Option<u16>,
    /// What it says, individual numbers masked.
    pub says: Text,
}

impl ControlError {
    /// For people.
    pub fn text(&self) -> Text {
        let Self { call, status, says } = self;
        match status {
            Some(status) => Text::new(
                format!("制御API {call} が拒否しました（{status}: {}）", says.ja),
                format!("control refused {call} ({status}): {}", says.en),
            ),
            None => Text::new(
                format!("制御API {call} に接続できません（{}）", says.ja),
                format!("control could not be asked {call}: {}", says.en),
            ),
        }
    }
}

impl fmt::Display for ControlError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text().en)
    }
}

impl std::error::Error for ControlError {}

impl Control {
    /// A client; nothing is sent yet.
    pub fn new(url: &str) -> Self {
        Self {
            url: Some(url.trim_end_matches('/').to_owned()),
            patience: PATIENCE,
        }
    }

    /// That of a network without control, which refuses everything.
    pub fn absent() -> Self {
        Self {
            url: None,
            patience: PATIENCE,
        }
    }

    /// The same with another patience.
    #[must_use]
    pub fn with_patience(self, patience: Duration) -> Self {
        Self { patience, ..self }
    }

    /// Reads something.
    pub async fn get(&self, path: &str) -> Result<Value, ControlError> {
        self.call(&Method::GET, path, None).await
    }

    /// Does something.
    pub async fn send(
        &self,
        method: Method,
        path: &str,
        body: Value,
    ) -> Result<Value, ControlError> {
        self.call(&method, path, Some(body)).await
    }

    async fn call(
        &self,
        method: &Method,
        path: &str,
        body: Option<Value>,
    ) -> Result<Value, ControlError> {
        let call = format!("{method} {path}");
        let Some(url) = &self.url else {
            return Err(ControlError {
                call,
                status: None,
                says: Text::new(
                    "この接続先には制御APIがありません",
                    "this target has no control API",
                ),
            });
        };
        let failed = |why: &Text| ControlError {
            call: call.clone(),
            status: None,
            says: Text::new(
                sentinel::mask(&format!("{}: {}", url, why.ja)),
                sentinel::mask(&format!("{}: {}", url, why.en)),
            ),
        };
        let (status, body) = timeout(self.patience, exchange(url, method, path, body))
            .await
            .map_err(|_| failed(&reason::timeout()))?
            .map_err(|error| failed(&reason::of(&*error)))?;
        let value: Option<Value> = serde_json::from_slice(&body).ok();
        if (200..300).contains(&status) {
            return Ok(value.unwrap_or(Value::Null));
        }
        let in_language = |key: &str| Some(value.as_ref()?.get(key)?.as_str()?.to_owned());
        let says = match (in_language("ja"), in_language("en")) {
            (Some(ja), Some(en)) => Text::new(sentinel::mask(&ja), sentinel::mask(&en)),
            (_, _) => both(&String::from_utf8_lossy(&body)),
        };
        Err(ControlError {
            call,
            status: Some(status),
            says,
        })
    }
}

async fn exchange(
    url: &str,
    method: &Method,
    path: &str,
    body: Option<Value>,
) -> Result<(u16, Bytes), Box<dyn std::error::Error + Send + Sync>> {
    let uri: Uri = format!("{url}{path}").parse()?;
    let authority = uri.authority().ok_or("no host")?.to_string();
    let host = uri.host().unwrap_or_default().trim_matches(['[', ']']);
    let stream = TcpStream::connect((host, uri.port_u16().unwrap_or(80))).await?;
    stream.set_nodelay(true)?;
    let (mut sender, connection) = handshake(TokioIo::new(stream)).await?;
    tokio::spawn(async move {
        // How it ends is told by the call that it carries.
        let _ = connection.await;
    });
    let body = body.map_or_else(Bytes::new, |body| Bytes::from(body.to_string()));
    let target = uri.path_and_query().map_or("/", |path| path.as_str());
    let request = Request::builder()
        .method(method)
        .uri(target)
        .header(HOST, authority)
        .header("content-type", "application/json")
        .body(Full::new(body))?;
    let response = sender.send_request(request).await?;
    let status = response.status().as_u16();
    let body = Limited::new(response.into_body(), MAX_BODY)
        .collect()
        .await?
        .to_bytes();
    Ok((status, body))
}

fn both(text: &str) -> Text {
    let text = sentinel::mask(text);
    Text::new(text.clone(), text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::{
        io::{AsyncReadExt as _, AsyncWriteExt as _},
        net::TcpListener,
    };

    /// A control API that answers with literal bytes, or never.
    async fn asked(answer: Option<String>) -> ControlError {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/", listener.local_addr().unwrap());
        let server = tokio::spawn(async move {
            let (mut stream, _) = listener.accept().await.unwrap();
            let mut request = [0; 1000];
            let _ = stream.read(&mut request).await;
            match answer {
                Some(answer) => stream.write_all(answer.as_bytes()).await.unwrap(),
                None => std::future::pending().await,
            }
        });
        let control = Control::new(&url).with_patience(Duration::from_millis(200));
        let error = control.get("/worlds").await.unwrap_err();
        server.abort();
        error
    }

    #[tokio::test]
    async fn control_that_never_answers_is_given_up() {
        let error = asked(None).await;
        assert_eq!(error.status, None);
        assert!(error.to_string().contains("no answer in time"), "{error}");
    }

    #[tokio::test]
    async fn a_refusal_is_told_in_both_languages_and_repeats_no_individual_number() {
        let number = sentinel::specimen();
        let body = format!("{{\"code\":\"x\",\"ja\":\"番号 {number}\",\"en\":\"no. {number}\"}}");
        let length = body.len();
        let answer = format!("HTTP/1.1 409 Conflict\r\nContent-Length: {length}\r\n\r\n{body}");
        let error = asked(Some(answer)).await;
        assert_eq!(error.status, Some(409));
        assert!(error.text().ja.contains("番号 [individual number masked]"));
        assert!(!error.to_string().contains(&number));
    }
}
