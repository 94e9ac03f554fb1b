//! A connection that is kept between exchanges.

use std::{fmt, sync::Arc};

use http_body_util::Full;
use hyper::{
    Request, Uri,
    body::Bytes,
    client::conn::http1::{SendRequest, handshake},
};
use hyper_util::rt::TokioIo;
use rustls::{ClientConfig, pki_types::CertificateDer};
use tokio::{
    net::TcpStream,
    task::JoinHandle,
    time::{Instant, timeout_at},
};
use tokio_rustls::client::TlsStream;

use crate::{
    text::Text,
    transport::{
        Answer, Broken, CertificateShown, Limits, Outcome, Outgoing, Overflow, Place, Proxy, Route,
        Stage, broken, came, late, reason, request, unfit,
        watched::{Observed, Watched},
    },
};

/// A connection of one identity to one target, opened at the first exchange and kept.
pub struct Connection {
    tls: Arc<ClientConfig>,
    proxy: Option<Proxy>,
    open: Option<Open>,
    /// What it showed as its certificate, until somebody asks.
    server: Option<CertificateDer<'static>>,
}

pub(super) struct Open {
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
            server: None,
        }
    }

    /// The certificate that the target showed, once for each time that it was connected to.
    pub fn server(&mut self) -> Option<CertificateShown> {
        CertificateShown::of(&self.server.take()?)
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
            let stream = route.open(&self.tls, &place).await?;
            let shown = stream.get_ref().1.peer_certificates();
            self.server = shown.and_then(|chain| chain.first().cloned());
            Open::over(stream).await?
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
    pub(super) async fn over(stream: TlsStream<TcpStream>) -> Result<Self, Broken> {
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

    pub(super) async fn exchange(
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
