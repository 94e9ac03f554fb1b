//! How an exchange breaks, by literal bytes: each server here does one thing wrong.

#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot prepare its server has failed"
)]

use std::{future::Future, path::Path, sync::Arc, time::Duration};

use hyper::Method;
use renkei::transport::{
    Answer, Broken, Certificate, Connection, Limits, Outcome, Outgoing, Stage, client_config,
};
use rustls::{
    ServerConfig,
    pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject as _},
};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
};
use tokio_rustls::{TlsAcceptor, server::TlsStream};

const LIMITS: Limits = Limits {
    patience: Duration::from_secs(10),
    body: 1000,
};

fn pki() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let today = jiff::civil::date(2026, 11, 24);
    renkei_mock::pki::ensure(&folder.path().join("pki"), &[], today).unwrap();
    folder
}

fn certificate(pki: &Path, name: &str) -> Certificate {
    Certificate {
        chain: pki.join(format!("{name}.pem")),
        key: pki.join(format!("{name}.key")),
    }
}

fn connection(pki: &Path, name: &str) -> Connection {
    Connection::new(client_config(&pki.join("ca.pem"), &certificate(pki, name)).unwrap())
}

fn acceptor(pki: &Path, name: &str) -> TlsAcceptor {
    let Certificate { chain, key } = certificate(pki, name);
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(
            vec![CertificateDer::from_pem_file(chain).unwrap()],
            PrivateKeyDer::from_pem_file(key).unwrap(),
        )
        .unwrap();
    TlsAcceptor::from(Arc::new(config))
}

fn outgoing(port: u16) -> Outgoing {
    Outgoing {
        method: Method::POST,
        url: format!("https://127.0.0.1:{port}/a?b=c"),
        headers: vec![("X-One".to_owned(), "1".to_owned())],
        body: b"<a/>".to_vec(),
    }
}

async fn listening() -> (TcpListener, u16) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    (listener, port)
}

/// What the next connection brings, read up to the end of [`outgoing`].
async fn asked(listener: &TcpListener, acceptor: &TlsAcceptor) -> (TlsStream<TcpStream>, String) {
    let (stream, _) = listener.accept().await.unwrap();
    let mut stream = acceptor.accept(stream).await.unwrap();
    let mut request = Vec::new();
    while !request.ends_with(b"<a/>") {
        stream.read_buf(&mut request).await.unwrap();
    }
    let request = String::from_utf8(request).unwrap().to_lowercase();
    (stream, request)
}

/// One exchange with a server that reads the request and then does what it is told.
async fn against<F, T>(serve: F) -> Result<Answer, Broken>
where
    F: FnOnce(TlsStream<TcpStream>) -> T + Send + 'static,
    T: Future<Output = ()> + Send,
{
    let folder = pki();
    let pki = folder.path().join("pki");
    let (listener, port) = listening().await;
    let acceptor = acceptor(&pki, "server");
    let server = tokio::spawn(async move {
        let (stream, request) = asked(&listener, &acceptor).await;
        assert!(request.starts_with("post /a?b=c http/1.1\r\n"), "{request}");
        assert!(request.contains("\r\nx-one: 1\r\n"), "{request}");
        serve(stream).await;
    });
    let answer = connection(&pki, "clients/iida-mayor")
        .exchange(outgoing(port), LIMITS)
        .await;
    drop(server);
    answer
}

async fn bytes(literal: &'static [u8]) -> Result<Answer, Broken> {
    against(move |mut stream| async move {
        stream.write_all(literal).await.unwrap();
        stream.shutdown().await.unwrap();
    })
    .await
}

fn outcome(answer: Result<Answer, Broken>) -> Outcome {
    answer.unwrap_err().outcome.unwrap()
}

#[tokio::test]
async fn an_answer_comes_with_its_headers_and_a_redirect_is_an_answer() {
    let answer = bytes(b"HTTP/1.1 302 Found\r\nLocation: https://127.0.0.1/\r\nX-A: 1\r\nX-A: 2\r\nContent-Length: 2\r\n\r\nok")
        .await
        .unwrap();
    assert_eq!(answer.status, 302);
    assert_eq!(answer.header("x-a"), ["1", "2"]);
    assert_eq!(answer.body, b"ok");
}

#[tokio::test]
async fn each_way_to_break_has_its_name() {
    assert_eq!(outcome(bytes(b"").await), Outcome::Closed);
    let cut_head = bytes(b"HTTP/1.1 200 OK\r\nConte").await;
    assert_eq!(outcome(cut_head), Outcome::Cut);
    let cut_body = bytes(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n<a>").await;
    assert_eq!(outcome(cut_body), Outcome::Cut);
    let other = bytes(b"220 mail.example ready\r\n\r\n").await;
    assert_eq!(outcome(other), Outcome::NotHttp);
    let large: &'static [u8] = Box::leak(
        format!("HTTP/1.1 200 OK\r\nContent-Length: 1001\r\n\r\n{:1001}", "")
            .into_bytes()
            .into_boxed_slice(),
    );
    assert_eq!(outcome(bytes(large).await), Outcome::TooLarge);
}

#[tokio::test]
async fn a_second_answer_that_nobody_asked_for_is_told_with_the_next_exchange() {
    let folder = pki();
    let pki = folder.path().join("pki");
    let (listener, port) = listening().await;
    let acceptor = acceptor(&pki, "server");
    let server = tokio::spawn(async move {
        let (mut stream, _) = asked(&listener, &acceptor).await;
        let answer = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
        stream
            .write_all(&[&answer[..], answer].concat())
            .await
            .unwrap();
        let _ = stream.read_buf(&mut Vec::new()).await;
    });
    let mut connection = connection(&pki, "clients/iida-mayor");
    let first = connection.exchange(outgoing(port), LIMITS).await;
    assert_eq!(first.unwrap().body, b"ok");
    let second = connection.exchange(outgoing(port), LIMITS).await;
    assert_eq!(outcome(second), Outcome::NotHttp);
    server.abort();
}

#[tokio::test]
async fn a_reset_without_an_answer_is_closed() {
    let answer = against(|stream| async move {
        let (stream, _) = stream.into_inner();
        stream.set_zero_linger().unwrap();
        drop(stream);
    })
    .await;
    assert_eq!(outcome(answer), Outcome::Closed);
}

#[tokio::test]
async fn what_never_answers_is_a_timeout() {
    let folder = pki();
    let pki = folder.path().join("pki");
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let limits = Limits {
        patience: Duration::from_millis(50),
        ..LIMITS
    };
    let answer = connection(&pki, "clients/iida-mayor")
        .exchange(outgoing(port), limits)
        .await;
    assert_eq!(outcome(answer), Outcome::Timeout);
}

#[tokio::test]
async fn nobody_there_is_refused() {
    let folder = pki();
    let pki = folder.path().join("pki");
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    drop(listener);
    let answer = connection(&pki, "clients/iida-mayor")
        .exchange(outgoing(port), LIMITS)
        .await;
    assert_eq!(outcome(answer), Outcome::Refused);
}

#[tokio::test]
async fn a_client_that_the_target_refuses_and_a_target_that_the_client_refuses_are_both_tls_refused()
 {
    let folder = pki();
    let pki = folder.path().join("pki");
    let loopback = ([127, 0, 0, 1], 0).into();
    let mock = renkei_mock::server::Mock::start(renkei_mock::server::Config {
        listen: loopback,
        control: loopback,
        pki: pki.clone(),
        names: Vec::new(),
        public_url: None,
        seed: 1,
        limits: renkei_mock::server::Limits::default(),
    })
    .await
    .unwrap();
    let port = mock.url().trim_end_matches('/').rsplit_once(':').unwrap().1;
    // More than once, since an alert and the reset behind it race.
    for _ in 0..10 {
        for bad in ["expired", "not-yet-valid", "revoked", "other-ca"] {
            let answer = connection(&pki, &format!("bad/{bad}"))
                .exchange(outgoing(port.parse().unwrap()), LIMITS)
                .await;
            assert_eq!(outcome(answer), Outcome::TlsRefused, "{bad}");
        }
    }
    mock.stop().await;

    let (listener, port) = listening().await;
    let acceptor = acceptor(&pki, "bad/other-ca");
    let server = tokio::spawn(async move {
        let (stream, _) = listener.accept().await.unwrap();
        assert!(acceptor.accept(stream).await.is_err());
    });
    let answer = connection(&pki, "clients/iida-mayor")
        .exchange(outgoing(port), LIMITS)
        .await;
    assert_eq!(answer.unwrap_err().stage, Stage::Tls);
    server.await.unwrap();
}

#[test]
fn every_certificate_of_a_chain_file_is_read_and_a_bad_file_is_named() {
    let folder = pki();
    let pki = folder.path().join("pki");
    let Certificate { chain, key } = certificate(&pki, "clients/iida-mayor");
    let two = pki.join("two.pem");
    let joined = [chain, pki.join("ca.pem")].map(|path| std::fs::read_to_string(path).unwrap());
    std::fs::write(&two, joined.concat()).unwrap();
    assert_eq!(CertificateDer::pem_file_iter(&two).unwrap().count(), 2);
    let good = Certificate { chain: two, key };
    assert!(client_config(&pki.join("ca.pem"), &good).is_ok());
    let none = Certificate {
        chain: pki.join("none.pem"),
        ..good
    };
    let broken = client_config(&pki.join("ca.pem"), &none).unwrap_err();
    assert_eq!((broken.stage, broken.outcome), (Stage::Prepare, None));
    assert!(broken.why.en.contains("none.pem"));
}
