//! The runner's only sockets towards a target: a hyper connection over rustls, stage by stage, so that a failure says
//! how far it got. How an exchange broke is data that a scenario can expect.
//!
//! Deliberately absent: sending anything twice, and following a redirect.

mod cause;
mod identity;
mod plain;
mod probe;
pub(crate) mod reason;
mod route;
mod shown;
mod watched;

use std::{fmt, sync::Arc, time::Duration};

use http_body_util::{BodyExt as _, Full};
use hyper::{
    Method, Request, Response, Uri,
    body::{Bytes, Incoming},
    client::conn::http1::{SendRequest, handshake},
    header::{CONTENT_LENGTH, CONTENT_TYPE, HOST, HeaderMap, HeaderName, HeaderValue},
};
use hyper_util::rt::TokioIo;
use rustls::ClientConfig;
use tokio::{
    net::TcpStream,
    task::JoinHandle,
    time::{Instant, timeout_at},
};
use tokio_rustls::client::TlsStream;

use crate::text::Text;
use watched::{Observed, Watched};

pub use cause::Cause;
pub use identity::{Certificate, Credentials, Prepared, Secret, Versions};
pub use plain::{listens, plain};
pub use probe::{Probe, TlsShown};
pub use route::{Place, Proxy, Route};
pub use shown::{CertificateShown, Seen};

/// How far an exchange got before it broke.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// Reading URL, certificate or key.
    Prepare,
    /// Finding the address of the name.
    Resolve,
    /// Connecting.
    Connect,
    /// Asking the proxy to connect.
    Proxy,
    /// The TLS handshake, or its end, which TLS 1.3 tells only when something is read.
    Tls,
    /// Sending, or waiting for the answer.
    Answer,
    /// Reading the answer.
    Body,
}

/// How an exchange ended that brought no answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// There was no connection.
    Refused,
    /// One of both sides refused the other in the TLS handshake, be it at once or when the first byte was to be read.
    TlsRefused,
    /// The connection was closed before the answer began.
    Closed,
    /// The connection was closed in the midst of the answer.
    Cut,
    /// Nothing, or not all, came in time.
    Timeout,
    /// What came is no HTTP.
    NotHttp,
    /// The answer is larger than what is read.
    TooLarge,
}

impl Outcome {
    /// All of them.
    pub const ALL: [Self; 7] = [
        Self::Refused,
        Self::TlsRefused,
        Self::Closed,
        Self::Cut,
        Self::Timeout,
        Self::NotHttp,
        Self::TooLarge,
    ];

    /// As scenarios and snapshots write it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Refused => "refused",
            Self::TlsRefused => "tls-refused",
            Self::Closed => "closed",
            Self::Cut => "cut",
            Self::Timeout => "timeout",
            Self::NotHttp => "not-http",
            Self::TooLarge => "too-large",
        }
    }
}

/// A broken exchange.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Broken {
    /// How far it got.
    pub stage: Stage,
    /// How it ended; none where it never began.
    pub outcome: Option<Outcome>,
    /// Why.
    pub why: Text,
    /// What kind of trouble it is, where it has one that says more than stage and outcome.
    pub cause: Option<Cause>,
}

impl fmt::Display for Broken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text().en)
    }
}

impl std::error::Error for Broken {}

impl Broken {
    /// The same with its kind.
    fn caused(self, cause: Option<Cause>) -> Self {
        Self { cause, ..self }
    }

    /// For people.
    pub fn text(&self) -> Text {
        let (ja, en) = match self.stage {
            Stage::Prepare => ("送信の準備ができません", "could not prepare to send"),
            Stage::Resolve => (
                "接続先の名前を解決できません",
                "the target's name could not be resolved",
            ),
            Stage::Connect => ("接続できません", "could not connect"),
            Stage::Proxy => (
                "プロキシを経由して接続できません",
                "could not connect through the proxy",
            ),
            Stage::Tls => ("TLSの接続を確立できません", "the TLS handshake failed"),
            Stage::Answer => ("応答がありません", "there was no answer"),
            Stage::Body => (
                "応答を最後まで受信できません",
                "the answer did not come whole",
            ),
        };
        let outcome = self
            .outcome
            .map(|outcome| format!(" [{}]", outcome.as_str()))
            .unwrap_or_default();
        Text::new(
            format!("{ja}{outcome}（{}）", self.why.ja),
            format!("{en}{outcome}: {}", self.why.en),
        )
    }
}

/// What is sent.
#[derive(Clone, Debug)]
pub struct Outgoing {
    /// The method.
    pub method: Method,
    /// The whole URL.
    pub url: String,
    /// The headers besides `Host`, by name; a later one of a name takes the place of an earlier one.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Vec<u8>,
}

/// What came back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// The HTTP status.
    pub status: u16,
    /// The headers as they came, names in lower case.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Vec<u8>,
}

impl Answer {
    /// The values of a header, in the order in which they came.
    pub fn header(&self, name: &str) -> Vec<&str> {
        self.headers
            .iter()
            .filter(|(known, _)| known.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.as_str())
            .collect()
    }

    /// `Content-Type`; empty where there is none.
    pub fn content_type(&self) -> String {
        self.header(CONTENT_TYPE.as_str()).join(", ")
    }
}

/// How long each stage of an exchange may take, and how much of an answer is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Finding the name and connecting.
    pub connect: Duration,
    /// The proxy's answer and the TLS handshake, each.
    pub handshake: Duration,
    /// From sending to the end of the answer.
    pub patience: Duration,
    /// The largest answer that is read into memory, in bytes.
    pub body: usize,
}

impl Limits {
    /// The same time for each stage.
    pub const fn each(patience: Duration, body: usize) -> Self {
        Self {
            connect: patience,
            handshake: patience,
            patience,
            body,
        }
    }
}

/// The most of a too large answer that is kept, as a multiple of the limit: a target may send without end.
const KEPT: usize = 64;

/// Where the bytes of an answer go that is too large for memory, from its first byte on, as they come.
pub type Overflow<'a> = &'a mut (dyn FnMut(&[u8]) + Send);

/// A connection of one identity to one target, opened at the first exchange and kept.
pub struct Connection {
    tls: Arc<ClientConfig>,
    proxy: Option<Proxy>,
    open: Option<Open>,
}

struct Open {
    sender: SendRequest<Full<Bytes>>,
    observed: Arc<Observed>,
    /// How the connection ended.
    ended: JoinHandle<Result<(), hyper::Error>>,
}

impl fmt::Debug for Connection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Connection")
    }
}

impl Connection {
    /// Nothing is opened yet.
    pub fn new(tls: Arc<ClientConfig>, proxy: Option<Proxy>) -> Self {
        Self {
            tls,
            proxy,
            open: None,
        }
    }

    /// Sends one request and reads its answer.
    pub async fn exchange(
        &mut self,
        outgoing: Outgoing,
        limits: Limits,
        overflow: Overflow<'_>,
    ) -> Result<Answer, Broken> {
        let uri: Uri = outgoing
            .url
            .parse()
            .map_err(|_| unfit("URL", &outgoing.url))?;
        let place = Place::of(&outgoing.url)?;
        let request = request(&uri, outgoing)?;
        let mut open = if let Some(open) = self.still_open().await? {
            open
        } else {
            let route = Route::new(self.proxy.clone(), &limits);
            Open::over(route.open(&self.tls, &place).await?).await?
        };
        let answer = open.exchange(request, limits, overflow).await?;
        // A connection on which something broke is not used again.
        self.open = Some(open);
        Ok(answer)
    }

    /// The kept connection, where it can be used once more. A target may close it between two exchanges; what it may
    /// not do is to send what nobody asked for.
    async fn still_open(&mut self) -> Result<Option<Open>, Broken> {
        let Some(mut open) = self.open.take() else {
            return Ok(None);
        };
        if open.sender.ready().await.is_ok() {
            return Ok(Some(open));
        }
        match open.ended.await {
            Ok(Err(error)) if chain(&error).contains("unexpected message") => Err(broken(
                Stage::Answer,
                Outcome::NotHttp,
                Text::new(
                    "前の応答の後に、余分なデータが届きました",
                    "more came than the last answer",
                ),
            )),
            Ok(_) | Err(_) => Ok(None),
        }
    }
}

impl Open {
    async fn over(stream: TlsStream<TcpStream>) -> Result<Self, Broken> {
        let observed = Arc::new(Observed::default());
        let stream = Watched::new(stream, Arc::clone(&observed));
        let (sender, connection) = handshake(TokioIo::new(stream))
            .await
            .map_err(|error| broken(Stage::Answer, Outcome::Closed, reason::of(&error)))?;
        Ok(Self {
            sender,
            observed,
            ended: tokio::spawn(connection),
        })
    }

    async fn exchange(
        &mut self,
        request: Request<Full<Bytes>>,
        limits: Limits,
        overflow: Overflow<'_>,
    ) -> Result<Answer, Broken> {
        let deadline = Instant::now() + limits.patience;
        let before = self.observed.read();
        let response = timeout_at(deadline, self.sender.send_request(request))
            .await
            .map_err(|_| late(Stage::Answer, limits.patience))?
            .map_err(|error| no_answer(&error, &self.observed, before))?;
        came(response, deadline, limits, overflow).await
    }
}

/// Reads an answer whose head has come.
async fn came(
    response: Response<Incoming>,
    deadline: Instant,
    limits: Limits,
    overflow: Overflow<'_>,
) -> Result<Answer, Broken> {
    let (parts, body) = response.into_parts();
    let body = timeout_at(deadline, whole(body, &parts.headers, limits.body, overflow))
        .await
        .map_err(|_| late(Stage::Body, limits.patience))??;
    let headers = parts.headers.iter().map(|(name, value)| {
        let value = String::from_utf8_lossy(value.as_bytes()).into_owned();
        (name.as_str().to_owned(), value)
    });
    Ok(Answer {
        status: parts.status.as_u16(),
        headers: headers.collect(),
        body,
    })
}

/// Reads a body to its end. One that is larger than the limit leaves memory as it comes, and is no answer.
async fn whole(
    mut body: Incoming,
    headers: &HeaderMap,
    limit: usize,
    overflow: Overflow<'_>,
) -> Result<Vec<u8>, Broken> {
    let announced = headers
        .get(CONTENT_LENGTH)
        .and_then(|length| length.to_str().ok()?.parse::<usize>().ok());
    let (mut kept, mut came) = (Vec::new(), 0_usize);
    let mut large = false;
    while let Some(frame) = body.frame().await {
        let data = match frame.map(hyper::body::Frame::into_data) {
            Ok(Ok(data)) => data,
            // Trailers say nothing here.
            Ok(Err(_)) => continue,
            Err(_) if large => break,
            Err(error) => return Err(cut(came, announced, &error)),
        };
        came = came.saturating_add(data.len());
        if came > limit && !large {
            large = true;
            overflow(&kept);
            kept = Vec::new();
        }
        if large {
            overflow(&data);
        } else {
            kept.extend_from_slice(&data);
        }
        if came / KEPT > limit {
            break;
        }
    }
    if large {
        return Err(broken(
            Stage::Body,
            Outcome::TooLarge,
            Text::new(
                format!("応答が上限の{limit}バイトを超えています（受信{came}バイト）"),
                format!("the answer is larger than {limit} bytes: {came} bytes came"),
            ),
        ));
    }
    Ok(kept)
}

fn cut(came: usize, announced: Option<usize>, error: &hyper::Error) -> Broken {
    let Text { ja, en } = reason::of(error);
    let text = match announced {
        Some(announced) => Text::new(
            format!("{announced}バイトのうち{came}バイトを受信しました。{ja}"),
            format!("the connection ended after {came} of {announced} bytes: {en}"),
        ),
        None => Text::new(
            format!("{came}バイトを受信しました。{ja}"),
            format!("the connection ended after {came} bytes: {en}"),
        ),
    };
    broken(Stage::Body, Outcome::Cut, text)
}

fn request(uri: &Uri, outgoing: Outgoing) -> Result<Request<Full<Bytes>>, Broken> {
    let mut headers = HeaderMap::new();
    let authority = uri.authority().map(ToString::to_string).unwrap_or_default();
    let host = HeaderValue::from_str(&authority).map_err(|_| unfit("URL", &authority))?;
    headers.insert(HOST, host);
    for (name, value) in outgoing.headers {
        let header: HeaderName = name.parse().map_err(|_| unfit("header", &name))?;
        let value = HeaderValue::from_bytes(value.as_bytes()).map_err(|_| unfit(&name, &value))?;
        headers.insert(header, value);
    }
    let target = uri.path_and_query().map_or("/", |path| path.as_str());
    let mut request = Request::builder()
        .method(outgoing.method)
        .uri(target)
        .body(Full::new(Bytes::from(outgoing.body)))
        .map_err(|_| unfit("URL", target))?;
    *request.headers_mut() = headers;
    Ok(request)
}

/// What an exchange amounts to that brought no head of an answer, by what was seen on the wire rather than by what the
/// library calls it.
fn no_answer(error: &hyper::Error, observed: &Observed, before: u64) -> Broken {
    let fresh = before == 0;
    let read = observed.read() > before;
    let why = observed.trouble().unwrap_or_else(|| reason::of(error));
    if fresh && !read && observed.refused() {
        broken(Stage::Tls, Outcome::TlsRefused, why).caused(observed.cause())
    } else if !read {
        broken(Stage::Answer, Outcome::Closed, why)
    } else if error.is_parse() {
        broken(Stage::Answer, Outcome::NotHttp, reason::of(error))
    } else {
        broken(Stage::Body, Outcome::Cut, why)
    }
}

fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        text = format!("{text}: {cause}");
        source = cause.source();
    }
    text
}

fn prepare(why: Text) -> Broken {
    Broken {
        stage: Stage::Prepare,
        outcome: None,
        why,
        cause: None,
    }
}

/// What cannot stand where it is written.
fn unfit(what: &str, written: &str) -> Broken {
    prepare(Text::new(
        format!("「{written}」は{what}に使用できません"),
        format!("'{written}' cannot be used as {what}"),
    ))
}

fn broken(stage: Stage, outcome: Outcome, why: Text) -> Broken {
    Broken {
        stage,
        outcome: Some(outcome),
        why,
        cause: None,
    }
}

fn late(stage: Stage, patience: Duration) -> Broken {
    let seconds = patience.as_secs_f64();
    broken(
        stage,
        Outcome::Timeout,
        Text::new(
            format!("{seconds}秒以内に完了しませんでした"),
            format!("not done within {seconds} s"),
        ),
    )
}
