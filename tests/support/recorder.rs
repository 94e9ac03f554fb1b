//! The recorder under test, the software that connects to it, by hand and with literal bytes, and a target that answers
//! as a test tells it.

#![allow(
    dead_code,
    clippy::allow_attributes,
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "what cannot be started has failed; each test file uses a part of the support"
)]

use std::{
    io::{BufRead as _, BufReader, Read as _, Write as _},
    net::{SocketAddr, TcpStream},
    path::Path,
    process::{Child, ChildStderr, ChildStdout},
    sync::{Arc, mpsc},
};

use rustls::{
    ClientConfig, ClientConnection, RootCertStore, SignatureScheme, StreamOwned,
    SupportedProtocolVersion,
    client::ResolvesClientCert,
    pki_types::{CertificateDer, PrivateKeyDer, ServerName, pem::PemObject as _},
    sign::CertifiedKey,
};
use serde_json::Value;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpListener,
    runtime::Runtime,
};

use crate::{
    network,
    support::{Suite, interrupt},
};

/// A recorder that is ready.
pub(crate) struct Recorder {
    child: Child,
    stdout: BufReader<ChildStdout>,
    stderr: BufReader<ChildStderr>,
    /// What it told when it was ready.
    pub(crate) ready: Value,
    /// What it has shown until now.
    pub(crate) shown: String,
}

impl Recorder {
    pub(crate) fn start(suite: &Suite, arguments: &[&str]) -> Self {
        let all = [&["record", "--target", "test"], arguments].concat();
        let mut child = suite.spawn(&all);
        let mut line = String::new();
        let mut stdout = BufReader::new(child.stdout.take().unwrap());
        let mut stderr = BufReader::new(child.stderr.take().unwrap());
        stdout.read_line(&mut line).unwrap();
        let Ok(ready) = serde_json::from_str(&line) else {
            let mut shown = String::new();
            stderr.read_to_string(&mut shown).unwrap();
            panic!("{line}{shown}");
        };
        Self {
            child,
            stdout,
            stderr,
            ready,
            shown: String::new(),
        }
    }

    pub(crate) fn address(&self) -> SocketAddr {
        let url = self.ready["url"].as_str().unwrap();
        let authority = url.trim_start_matches("https://").trim_end_matches('/');
        authority.parse().unwrap()
    }

    /// Reads what it shows to people until a line has something in it.
    pub(crate) fn until(&mut self, part: &str) {
        loop {
            let mut line = String::new();
            let read = self.stderr.read_line(&mut line).unwrap();
            assert!(read > 0, "{part} is not in {}", self.shown);
            self.shown.push_str(&line);
            if line.contains(part) {
                return;
            }
        }
    }

    pub(crate) fn interrupt(&self) {
        interrupt(&self.child);
    }

    /// Ends it as the machine would when it goes down.
    pub(crate) fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Stops it; gives its exit code and all that it has shown.
    pub(crate) fn stop(self) -> (i32, String) {
        self.interrupt();
        self.end()
    }

    /// Waits until it has ended.
    pub(crate) fn end(mut self) -> (i32, String) {
        self.stderr.read_to_string(&mut self.shown).unwrap();
        self.stdout.read_to_string(&mut self.shown).unwrap();
        let code = self.child.wait().unwrap().code().unwrap();
        (code, self.shown)
    }
}

/// A connection of the software.
pub(crate) struct Software {
    stream: StreamOwned<ClientConnection, TcpStream>,
}

impl Software {
    /// Connects with a certificate, trusting the authority of the recorder's; the key may be another's.
    pub(crate) fn connect(
        address: SocketAddr,
        ca: &Path,
        (certificate, key): (&Path, &Path),
        version: &'static SupportedProtocolVersion,
    ) -> Self {
        let mut roots = RootCertStore::empty();
        roots
            .add(CertificateDer::from_pem_file(ca).unwrap())
            .unwrap();
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let chain = CertificateDer::from_pem_file(certificate.with_extension("pem")).unwrap();
        let key = PrivateKeyDer::from_pem_file(key.with_extension("key")).unwrap();
        let key = provider.key_provider.load_private_key(key).unwrap();
        let shown = Shown(Arc::new(CertifiedKey::new(vec![chain], key)));
        let config = ClientConfig::builder_with_provider(provider)
            .with_protocol_versions(&[version])
            .unwrap()
            .with_root_certificates(roots)
            .with_client_cert_resolver(Arc::new(shown));
        let name = ServerName::try_from("127.0.0.1").unwrap();
        let connection = ClientConnection::new(Arc::new(config), name).unwrap();
        let stream = TcpStream::connect(address).unwrap();
        Self {
            stream: StreamOwned::new(connection, stream),
        }
    }

    pub(crate) fn send(&mut self, bytes: &[u8]) {
        self.stream.write_all(bytes).unwrap();
        self.stream.flush().unwrap();
    }

    /// Reads one answer whose length its head tells.
    pub(crate) fn answer(&mut self) -> (String, Vec<u8>) {
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            let mut byte = [0];
            self.stream.read_exact(&mut byte).unwrap();
            head.push(byte[0]);
        }
        let head = String::from_utf8(head).unwrap();
        let length = head
            .lines()
            .find_map(|line| line.strip_prefix("content-length: "));
        let mut body = vec![0; length.map_or(0, |length| length.parse().unwrap())];
        self.stream.read_exact(&mut body).unwrap();
        (head, body)
    }

    /// Sends and reads one answer, as text.
    pub(crate) fn ask(&mut self, bytes: &[u8]) -> (String, String) {
        self.send(bytes);
        let (head, body) = self.answer();
        (head, String::from_utf8(body).unwrap())
    }

    /// Why nothing comes.
    pub(crate) fn refused(mut self, bytes: &[u8]) -> String {
        let sent = self.stream.write_all(bytes);
        let mut byte = [0];
        let read = sent.and_then(|()| self.stream.read_exact(&mut byte));
        read.unwrap_err().to_string()
    }
}

/// A certificate and a key that need not belong together.
#[derive(Debug)]
struct Shown(Arc<CertifiedKey>);

impl ResolvesClientCert for Shown {
    fn resolve(&self, _: &[&[u8]], _: &[SignatureScheme]) -> Option<Arc<CertifiedKey>> {
        Some(Arc::clone(&self.0))
    }

    fn has_certs(&self) -> bool {
        true
    }
}

/// A request as software may write it.
pub(crate) fn post(path: &str, action: &str, body: &str) -> Vec<u8> {
    let length = body.len();
    format!("POST /{path} HTTP/1.1\r\nHost: t\r\nContent-Type: text/xml; charset=utf-8\r\nSOAPAction: \"{action}\"\r\nContent-Length: {length}\r\n\r\n{body}")
        .into_bytes()
}

/// The message that asks for the status.
pub(crate) fn status(request_id: &str, institution: &str) -> Vec<u8> {
    let body = format!(
        "<s:Envelope xmlns:s=\"http://schemas.xmlsoap.org/soap/envelope/\" xmlns:n=\"urn:renkei:mock:unofficial:v1\"><s:Body><n:GetConnectionStatus><n:Sender><n:RequestId>{request_id}</n:RequestId><n:Institution>{institution}</n:Institution></n:Sender></n:GetConnectionStatus></s:Body></s:Envelope>"
    );
    let action = "urn:renkei:mock:unofficial:v1:GetConnectionStatus";
    post("connection", action, &body)
}

/// A target that keeps what comes, and answers each request with what the test hands in.
pub(crate) struct Target {
    pub(crate) runtime: Runtime,
    pub(crate) url: String,
    /// The number of the connection, and the request as it came.
    pub(crate) came: mpsc::Receiver<(usize, String)>,
    answers: tokio::sync::broadcast::Sender<(usize, Vec<u8>)>,
}

impl Target {
    /// The request ends with `end`.
    pub(crate) fn start(pki: &Path, end: &'static str) -> Self {
        let runtime = Runtime::new().unwrap();
        let today = jiff::tz::Offset::UTC
            .to_datetime(jiff::Timestamp::now())
            .date();
        renkei_mock::pki::ensure(pki, &[], today).unwrap();
        let acceptor = network::acceptor(pki, "server");
        let listener = runtime.block_on(TcpListener::bind("127.0.0.1:0")).unwrap();
        let url = format!("https://{}/", listener.local_addr().unwrap());
        let (told, came) = mpsc::channel();
        let (answers, _) = tokio::sync::broadcast::channel::<(usize, Vec<u8>)>(16);
        let to_all = answers.clone();
        runtime.spawn(async move {
            let mut number = 0;
            while let Ok((stream, _)) = listener.accept().await {
                number += 1;
                let (own, acceptor, told) = (number, acceptor.clone(), told.clone());
                let mut answers = to_all.subscribe();
                tokio::spawn(async move {
                    let Ok(mut stream) = acceptor.accept(stream).await else {
                        return;
                    };
                    loop {
                        let mut request = Vec::new();
                        while !String::from_utf8_lossy(&request).ends_with(end) {
                            if stream.read_buf(&mut request).await.unwrap_or(0) == 0 {
                                return;
                            }
                        }
                        let request = String::from_utf8_lossy(&request).into_owned();
                        if told.send((own, request)).is_err() {
                            return;
                        }
                        let answer = loop {
                            match answers.recv().await {
                                Ok((to, answer)) if to == own => break answer,
                                Ok(_) => {}
                                Err(_) => return,
                            }
                        };
                        if stream.write_all(&answer).await.is_err() {
                            return;
                        }
                    }
                });
            }
        });
        Self {
            runtime,
            url,
            came,
            answers,
        }
    }

    /// Answers what came over a connection.
    pub(crate) fn answer(&self, connection: usize, bytes: &[u8]) {
        self.answers.send((connection, bytes.to_vec())).unwrap();
    }
}

/// An answer as a target may write it.
pub(crate) fn answer(head: &str, body: &str) -> Vec<u8> {
    let length = body.len();
    format!("HTTP/1.1 {head}\r\nContent-Type: text/xml; charset=utf-8\r\nContent-Length: {length}\r\n\r\n{body}")
        .into_bytes()
}
