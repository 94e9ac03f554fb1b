//! A mock of one's own for each test, and two ways to talk to it: literal bytes over TLS, and its control API.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test that cannot reach its own mock has failed"
)]
#![allow(dead_code, reason = "no test file uses all of it")]
#![allow(
    clippy::allow_attributes,
    reason = "what is unused differs between the files that share this"
)]

use std::{net::SocketAddr, sync::Arc, time::Duration};

use renkei_mock::server::{Config, Limits, Mock};
use rustls::{
    ClientConfig, RootCertStore,
    pki_types::{CertificateDer, PrivateKeyDer, ServerName, pem::PemObject as _},
};
use serde_json::Value;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
    time::timeout,
};
use tokio_rustls::client::TlsStream;

/// A running mock and its folder.
pub(crate) struct Running {
    pub(crate) mock: Mock,
    pub(crate) folder: tempfile::TempDir,
}

/// What became of an exchange.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Seen {
    /// All that came until the server closed in good order.
    Closed(String),
    /// What came until the TCP connection ended without the farewell of TLS.
    Cut(String),
    /// What came until the TCP connection was reset.
    Reset(String),
    /// The handshake failed, and how.
    NoHandshake(String),
    /// Nothing more came in time.
    Silent(String),
}

impl Seen {
    /// What came, whatever came after it.
    pub(crate) fn text(&self) -> &str {
        match self {
            Self::Closed(text)
            | Self::Cut(text)
            | Self::Reset(text)
            | Self::NoHandshake(text)
            | Self::Silent(text) => text,
        }
    }
}

/// How long a test waits for what must come.
const LONG: Duration = Duration::from_secs(20);

pub(crate) async fn start() -> Running {
    start_with(Limits::default()).await
}

pub(crate) async fn start_with(limits: Limits) -> Running {
    start_at(limits, None).await
}

pub(crate) async fn start_at(limits: Limits, public_url: Option<&str>) -> Running {
    let folder = tempfile::tempdir().unwrap();
    let loopback = SocketAddr::from(([127, 0, 0, 1], 0));
    let config = Config {
        listen: loopback,
        control: loopback,
        pki: folder.path().join("pki"),
        names: Vec::new(),
        public_url: public_url.map(str::to_owned),
        seed: 1,
        limits,
    };
    let mock = Mock::start(config).await.unwrap();
    Running { mock, folder }
}

fn address(url: &str) -> SocketAddr {
    let authority = url.split("://").nth(1).unwrap();
    authority.split('/').next().unwrap().parse().unwrap()
}

impl Running {
    /// Connects with a certificate of the set.
    pub(crate) async fn connect(
        &self,
        url: &str,
        certificate: Option<&str>,
    ) -> Result<TlsStream<TcpStream>, std::io::Error> {
        let pki = self.mock.pki();
        let mut roots = RootCertStore::empty();
        roots
            .add(CertificateDer::from_pem_file(pki.join("ca.pem")).unwrap())
            .unwrap();
        let builder =
            ClientConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
                .with_safe_default_protocol_versions()
                .unwrap()
                .with_root_certificates(roots);
        let config = match certificate {
            Some(name) => {
                let chain = CertificateDer::from_pem_file(pki.join(format!("{name}.pem"))).unwrap();
                let key = PrivateKeyDer::from_pem_file(pki.join(format!("{name}.key"))).unwrap();
                builder.with_client_auth_cert(vec![chain], key).unwrap()
            }
            None => builder.with_no_client_auth(),
        };
        let stream = TcpStream::connect(address(url)).await?;
        let name = ServerName::try_from("127.0.0.1").unwrap();
        tokio_rustls::TlsConnector::from(Arc::new(config))
            .connect(name, stream)
            .await
    }

    /// Sends bytes and reads all that comes.
    pub(crate) async fn exchange(
        &self,
        url: &str,
        certificate: Option<&str>,
        bytes: &[u8],
        wait: Duration,
    ) -> Seen {
        match self.connect(url, certificate).await {
            Ok(stream) => finish(stream, bytes, wait).await,
            Err(error) => Seen::NoHandshake(error.to_string()),
        }
    }

    /// Sends bytes to the main port as the mayor of Iida, and reads all that comes.
    pub(crate) async fn send(&self, bytes: &[u8]) -> String {
        let url = self.mock.url().to_owned();
        let seen = self
            .exchange(&url, Some("clients/iida-mayor"), bytes, LONG)
            .await;
        match &seen {
            Seen::Closed(text) => text.clone(),
            Seen::Cut(_) | Seen::Reset(_) | Seen::NoHandshake(_) | Seen::Silent(_) => {
                panic!("{seen:?}")
            }
        }
    }

    /// Sends a message to an endpoint of a URL as an identity.
    pub(crate) async fn ask(&self, url: &str, identity: &str, message: &Message<'_>) -> Seen {
        let bytes = message.bytes(url);
        let certificate = format!("clients/{identity}");
        self.exchange(url, Some(&certificate), &bytes, LONG).await
    }

    /// Asks the control API: status and body.
    pub(crate) async fn control(&self, method: &str, path: &str, body: &str) -> (u16, Value) {
        let text = self
            .control_raw(&format!(
                "{method} {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Length: {}\r\n\r\n{body}",
                body.len()
            ))
            .await;
        let status = text.get(9..12).unwrap().parse().unwrap();
        let (_, body) = text.split_once("\r\n\r\n").unwrap();
        (status, serde_json::from_str(body).unwrap_or(Value::Null))
    }

    /// Asks the control API with literal bytes.
    pub(crate) async fn control_raw(&self, request: &str) -> String {
        let mut stream = TcpStream::connect(address(self.mock.control_url()))
            .await
            .unwrap();
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut text = Vec::new();
        timeout(LONG, stream.read_to_end(&mut text))
            .await
            .unwrap()
            .unwrap();
        String::from_utf8(text).unwrap()
    }

    /// A new world; its URL.
    pub(crate) async fn world(&self, name: &str) -> String {
        let (status, world) = self
            .control("POST", "/worlds", &format!("{{\"name\":\"{name}\"}}"))
            .await;
        assert_eq!(status, 201, "{world}");
        world["url"].as_str().unwrap().to_owned()
    }

    /// The newest entry of the connection journal.
    pub(crate) async fn last_connection(&self) -> Value {
        let (_, page) = self.control("GET", "/connections", "").await;
        page["connections"]
            .as_array()
            .unwrap()
            .last()
            .unwrap()
            .clone()
    }
}

/// Sends bytes and reads all that comes.
pub(crate) async fn finish(mut stream: TlsStream<TcpStream>, bytes: &[u8], wait: Duration) -> Seen {
    let _ = stream.write_all(bytes).await;
    let _ = stream.flush().await;
    let mut read = Vec::new();
    let mut chunk = [0; 4096];
    loop {
        let text = || String::from_utf8_lossy(&read).into_owned();
        match timeout(wait, stream.read(&mut chunk)).await {
            Err(_) => return Seen::Silent(text()),
            Ok(Ok(0)) => return Seen::Closed(text()),
            Ok(Ok(length)) => read.extend(&chunk[..length]),
            Ok(Err(error)) => {
                return if error.kind() == std::io::ErrorKind::UnexpectedEof {
                    Seen::Cut(text())
                } else if error.kind() == std::io::ErrorKind::ConnectionReset {
                    Seen::Reset(text())
                } else {
                    Seen::NoHandshake(error.to_string())
                };
            }
        }
    }
}

/// A SOAP message of the bundled contract.
pub(crate) struct Message<'a> {
    pub(crate) endpoint: &'a str,
    pub(crate) operation: &'a str,
    pub(crate) institution: &'a str,
    pub(crate) request_id: &'a str,
    /// What stands after the sender.
    pub(crate) rest: &'a str,
}

impl Message<'_> {
    /// The whole request; the server is asked to close afterwards.
    pub(crate) fn bytes(&self, url: &str) -> Vec<u8> {
        let path = url.split_once("://").unwrap().1.split_once('/').unwrap().1;
        let Self {
            endpoint,
            operation,
            institution,
            request_id,
            rest,
        } = self;
        let body = format!(
            "<s:Envelope xmlns:s=\"http://schemas.xmlsoap.org/soap/envelope/\" xmlns:n=\"urn:renkei:mock:unofficial:v1\"><s:Body><n:{operation}><n:Sender><n:RequestId>{request_id}</n:RequestId><n:Institution>{institution}</n:Institution></n:Sender>{rest}</n:{operation}></s:Body></s:Envelope>"
        );
        format!(
            "POST /{path}{endpoint} HTTP/1.1\r\nHost: x\r\nContent-Type: text/xml; charset=utf-8\r\nSOAPAction: \"urn:renkei:mock:unofficial:v1:{operation}\"\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}",
            body.len()
        )
        .into_bytes()
    }
}

/// Asks the mayor's own status.
pub(crate) const STATUS: Message<'_> = Message {
    endpoint: "connection",
    operation: "GetConnectionStatus",
    institution: "202053-M",
    request_id: "r-1",
    rest: "",
};

/// Asks for the masters.
pub(crate) const MASTERS: Message<'_> = Message {
    endpoint: "master",
    operation: "ListMasters",
    institution: "011002-M",
    request_id: "r-1",
    rest: "",
};
