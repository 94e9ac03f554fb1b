//! The runner's only sockets towards a target: a hyper connection over rustls, stage by stage, so that a failure says
//! how far it got. Nothing is sent twice, and no redirect is followed.

use std::{fmt, path::Path, sync::Arc, time::Duration};

use http_body_util::{BodyExt as _, Full, Limited};
use hyper::{
    Request, Uri,
    body::Bytes,
    client::conn::http1::{SendRequest, handshake},
    header::{CONTENT_TYPE, HOST},
};
use hyper_util::rt::TokioIo;
use rustls::{
    ClientConfig, RootCertStore,
    pki_types::{CertificateDer, PrivateKeyDer, ServerName, pem::PemObject as _},
};
use tokio::{net::TcpStream, time::timeout};
use tokio_rustls::TlsConnector;

use crate::text::Text;

/// The largest answer that is read, in bytes.
const MAX_BODY: usize = 16 << 20;

/// How far an exchange got before it broke.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// Reading URL, certificate or key.
    Prepare,
    /// Connecting.
    Connect,
    /// The TLS handshake.
    Tls,
    /// Sending, or waiting for the answer.
    Answer,
    /// Reading the answer's body.
    Body,
}

/// A broken exchange.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Broken {
    /// How far it got.
    pub stage: Stage,
    /// Why.
    pub why: String,
}

impl fmt::Display for Broken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text().en)
    }
}

impl std::error::Error for Broken {}

impl Broken {
    /// For people.
    pub fn text(&self) -> Text {
        let (ja, en) = match self.stage {
            Stage::Prepare => ("送信の準備ができません", "could not prepare to send"),
            Stage::Connect => ("接続できません", "could not connect"),
            Stage::Tls => ("TLSの接続を確立できません", "the TLS handshake failed"),
            Stage::Answer => ("応答がありません", "there was no answer"),
            Stage::Body => ("応答の受信が途中で終わりました", "the answer was cut off"),
        };
        Text::new(
            format!("{ja}（{}）", self.why),
            format!("{en}: {}", self.why),
        )
    }
}

/// What is sent.
#[derive(Clone, Debug)]
pub struct Outgoing {
    /// The whole URL.
    pub url: String,
    /// `Content-Type`.
    pub content_type: String,
    /// `SOAPAction`, without quotes.
    pub action: String,
    /// The body.
    pub body: Vec<u8>,
}

/// What came back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// The HTTP status.
    pub status: u16,
    /// `Content-Type`; empty where there is none.
    pub content_type: String,
    /// The body.
    pub body: Vec<u8>,
}

/// A connection of one identity to one target, opened at the first exchange and kept.
pub struct Connection {
    tls: Arc<ClientConfig>,
    patience: Duration,
    open: Option<SendRequest<Full<Bytes>>>,
}

impl fmt::Debug for Connection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Connection")
    }
}

impl Connection {
    /// Reads the CA, and the certificate and key of `pki/clients/<certificate>`.
    pub fn new(pki: &Path, certificate: &str, patience: Duration) -> Result<Self, Broken> {
        let prepare = |name: String, error: &dyn fmt::Display| Broken {
            stage: Stage::Prepare,
            why: format!("{name}: {error}"),
        };
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let mut roots = RootCertStore::empty();
        let ca = CertificateDer::from_pem_file(pki.join("ca.pem"))
            .map_err(|error| prepare("ca.pem".into(), &error))?;
        roots
            .add(ca)
            .map_err(|error| prepare("ca.pem".into(), &error))?;
        let pem = format!("{certificate}.pem");
        let chain = CertificateDer::from_pem_file(pki.join(&pem))
            .map_err(|error| prepare(pem.clone(), &error))?;
        let key = format!("{certificate}.key");
        let key = PrivateKeyDer::from_pem_file(pki.join(&key))
            .map_err(|error| prepare(key.clone(), &error))?;
        let tls = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .map_err(|error| prepare("TLS".into(), &error))?
            .with_root_certificates(roots)
            .with_client_auth_cert(vec![chain], key)
            .map_err(|error| prepare(pem, &error))?;
        Ok(Self {
            tls: Arc::new(tls),
            patience,
            open: None,
        })
    }

    /// Sends one request and reads its answer.
    pub async fn exchange(&mut self, outgoing: Outgoing) -> Result<Answer, Broken> {
        let uri: Uri = outgoing
            .url
            .parse()
            .map_err(|error| broken(Stage::Prepare, &error))?;
        let authority = uri.authority().map(ToString::to_string).unwrap_or_default();
        let kept = match self.open.take() {
            Some(mut sender) => sender.ready().await.is_ok().then_some(sender),
            None => None,
        };
        let mut sender = match kept {
            Some(sender) => sender,
            None => self.connect(&uri).await?,
        };
        let request = Request::post(uri.path())
            .header(HOST, authority)
            .header(CONTENT_TYPE, &outgoing.content_type)
            .header("SOAPAction", format!("\"{}\"", outgoing.action))
            .body(Full::new(Bytes::from(outgoing.body)))
            .map_err(|error| broken(Stage::Prepare, &error))?;
        let response = timeout(self.patience, sender.send_request(request))
            .await
            .map_err(|_| broken(Stage::Answer, &"timeout"))?
            .map_err(|error| broken(Stage::Answer, &error))?;
        let (parts, body) = response.into_parts();
        let body = timeout(self.patience, Limited::new(body, MAX_BODY).collect())
            .await
            .map_err(|_| broken(Stage::Body, &"timeout"))?
            .map_err(|error| broken(Stage::Body, &error))?
            .to_bytes();
        self.open = Some(sender);
        let content_type = parts
            .headers
            .get(CONTENT_TYPE)
            .and_then(|value| value.to_str().ok())
            .unwrap_or_default();
        Ok(Answer {
            status: parts.status.as_u16(),
            content_type: content_type.to_owned(),
            body: body.to_vec(),
        })
    }

    async fn connect(&self, uri: &Uri) -> Result<SendRequest<Full<Bytes>>, Broken> {
        let host = uri
            .host()
            .unwrap_or_default()
            .trim_matches(['[', ']'])
            .to_owned();
        let port = uri.port_u16().unwrap_or(443);
        let stream = timeout(self.patience, TcpStream::connect((host.as_str(), port)))
            .await
            .map_err(|_| broken(Stage::Connect, &"timeout"))?
            .map_err(|error| broken(Stage::Connect, &error))?;
        stream
            .set_nodelay(true)
            .map_err(|error| broken(Stage::Connect, &error))?;
        let name = ServerName::try_from(host).map_err(|error| broken(Stage::Prepare, &error))?;
        let stream = timeout(
            self.patience,
            TlsConnector::from(Arc::clone(&self.tls)).connect(name, stream),
        )
        .await
        .map_err(|_| broken(Stage::Tls, &"timeout"))?
        .map_err(|error| broken(Stage::Tls, &error))?;
        let (sender, connection) = handshake(TokioIo::new(stream))
            .await
            .map_err(|error| broken(Stage::Answer, &error))?;
        tokio::spawn(async move {
            // How a connection ends is told by the exchange that it carries.
            let _ = connection.await;
        });
        Ok(sender)
    }
}

fn broken(stage: Stage, error: &dyn fmt::Display) -> Broken {
    Broken {
        stage,
        why: error.to_string(),
    }
}
