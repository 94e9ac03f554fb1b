//! The client of the mock's control API: plain HTTP and JSON on loopback.

use std::fmt;

use http_body_util::{BodyExt as _, Full};
use hyper::{Method, Request, Uri, body::Bytes, client::conn::http1::handshake, header::HOST};
use hyper_util::rt::TokioIo;
use serde_json::Value;
use tokio::net::TcpStream;

/// The control API at a URL such as `http://127.0.0.1:1234`.
#[derive(Clone, Debug)]
pub struct Control {
    url: String,
}

/// Why control did not do as asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ControlError(pub String);

impl fmt::Display for ControlError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for ControlError {}

impl Control {
    /// A client; nothing is sent yet.
    pub fn new(url: &str) -> Self {
        Self {
            url: url.trim_end_matches('/').to_owned(),
        }
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
        let failed = |error: &dyn fmt::Display| {
            ControlError(format!("{method} {}{path}: {error}", self.url))
        };
        let uri: Uri = format!("{}{path}", self.url)
            .parse()
            .map_err(|error| failed(&error))?;
        let authority = uri.authority().map(ToString::to_string).unwrap_or_default();
        let stream = TcpStream::connect(&authority)
            .await
            .map_err(|error| failed(&error))?;
        let (mut sender, connection) = handshake(TokioIo::new(stream))
            .await
            .map_err(|error| failed(&error))?;
        tokio::spawn(async move {
            // How it ends is told by the call that it carries.
            let _ = connection.await;
        });
        let request = Request::builder()
            .method(method)
            .uri(uri.path())
            .header(HOST, authority)
            .body(Full::new(body.map_or_else(Bytes::new, |body| {
                Bytes::from(body.to_string())
            })))
            .map_err(|error| failed(&error))?;
        let response = sender
            .send_request(request)
            .await
            .map_err(|error| failed(&error))?;
        let status = response.status();
        let body = response
            .into_body()
            .collect()
            .await
            .map_err(|error| failed(&error))?
            .to_bytes();
        if status.is_success() {
            return Ok(serde_json::from_slice(&body).unwrap_or(Value::Null));
        }
        Err(failed(&format!(
            "{status} {}",
            String::from_utf8_lossy(&body)
        )))
    }
}
