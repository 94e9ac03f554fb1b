//! How an exchange breaks, by literal bytes: each server here does one thing wrong.

#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot prepare its server has failed"
)]

#[path = "support/network.rs"]
mod network;

use std::{future::Future, path::Path, time::Duration};

use hyper::Method;
use network::acceptor;
use p12_keystore::{EncryptionAlgorithm, KeyStore, KeyStoreEntry, PrivateKeyChain};
use renkei::transport::{
    Answer, Broken, Cause, Certificate, Connection, Credentials, Limits, Outcome, Outgoing, Place,
    Prepared, Probe, Proxy, Secret, Stage, Versions, trusting,
};
use rustls::pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject as _};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
};
use tokio_rustls::{TlsAcceptor, server::TlsStream};

const LIMITS: Limits = Limits::each(Duration::from_secs(10), 1000);

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

fn prepared(pki: &Path, name: &str, versions: Versions) -> Prepared {
    let credentials = Credentials::Files(certificate(pki, name));
    Prepared::read(&pki.join("ca.pem"), &credentials, versions).unwrap()
}

fn connection(pki: &Path, name: &str) -> Connection {
    let prepared = prepared(pki, name, Versions::ALL);
    Connection::new(prepared.config().unwrap(), None)
}

async fn exchange(connection: &mut Connection, port: u16) -> Result<Answer, Broken> {
    connection
        .exchange(outgoing(port), LIMITS, &mut |_| {})
        .await
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
    let answer = exchange(&mut connection(&pki, "clients/iida-mayor"), port).await;
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
    let plain = "HTTP/1.1 200 OK\r\nContent-Encoding: identity\r\nContent-Length: 3\r\n\r\n<a>";
    assert_eq!(bytes(plain.as_bytes()).await.unwrap().body, b"<a>");
    let packed = "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 3\r\n\r\n<a>";
    assert_eq!(outcome(bytes(packed.as_bytes()).await), Outcome::Encoded);
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
    let first = exchange(&mut connection, port).await;
    assert_eq!(first.unwrap().body, b"ok");
    let second = exchange(&mut connection, port).await;
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
    let (_listener, port) = listening().await;
    let limits = Limits::each(Duration::from_millis(50), 1000);
    let answer = connection(&pki, "clients/iida-mayor")
        .exchange(outgoing(port), limits, &mut |_| {})
        .await;
    assert_eq!(outcome(answer), Outcome::Timeout);
}

#[tokio::test]
async fn nobody_there_is_refused() {
    let folder = pki();
    let pki = folder.path().join("pki");
    let (listener, port) = listening().await;
    drop(listener);
    let answer = exchange(&mut connection(&pki, "clients/iida-mayor"), port).await;
    assert_eq!(outcome(answer), Outcome::Refused);
}

#[tokio::test]
async fn a_client_that_the_target_refuses_and_a_target_that_the_client_refuses_are_both_tls_refused()
 {
    let folder = pki();
    let pki = folder.path().join("pki");
    let mock = network::mock(pki.clone()).await;
    let port = mock.url().trim_end_matches('/').rsplit_once(':').unwrap().1;
    // More than once, since an alert and the reset behind it race.
    for _ in 0..10 {
        for bad in ["expired", "not-yet-valid", "revoked", "other-ca"] {
            let mut connection = connection(&pki, &format!("bad/{bad}"));
            let answer = exchange(&mut connection, port.parse().unwrap()).await;
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
    let answer = exchange(&mut connection(&pki, "clients/iida-mayor"), port).await;
    assert_eq!(answer.unwrap_err().stage, Stage::Tls);
    server.await.unwrap();
}

/// A certificate that signs itself, with its key, as `own.pem` and `own.key`.
fn own(folder: &Path, ca: bool) {
    let mut params = rcgen::CertificateParams::new(vec!["127.0.0.1".to_owned()]).unwrap();
    if ca {
        params.is_ca = rcgen::IsCa::Ca(rcgen::BasicConstraints::Unconstrained);
    }
    let key = rcgen::KeyPair::generate().unwrap();
    let own = params.self_signed(&key).unwrap();
    std::fs::write(folder.join("own.pem"), own.pem()).unwrap();
    std::fs::write(folder.join("own.key"), key.serialize_pem()).unwrap();
}

#[tokio::test]
async fn a_server_that_shows_the_certificate_of_an_authority_is_told_so() {
    for ca in [true, false] {
        let folder = tempfile::tempdir().unwrap();
        own(folder.path(), ca);
        let (listener, port) = listening().await;
        let acceptor = acceptor(folder.path(), "own");
        let server = tokio::spawn(async move {
            let (stream, _) = listener.accept().await.unwrap();
            assert_eq!(acceptor.accept(stream).await.is_ok(), !ca);
        });
        let trusting = trusting(&folder.path().join("own.pem")).unwrap();
        let broken = exchange(&mut Connection::new(trusting, None), port)
            .await
            .unwrap_err();
        server.await.unwrap();
        if ca {
            assert_eq!(broken.cause, Some(Cause::ServerIsCa));
            let why = broken.text().en;
            let says = "the TLS handshake failed [tls-refused]: the server shows a CA certificate as its own; let it show one for servers (CA:FALSE";
            assert!(why.starts_with(says), "{why}");
        }
    }
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
    let read = |chain: &Path, key: &Path| {
        let files = Certificate {
            chain: chain.to_owned(),
            key: key.to_owned(),
        };
        Prepared::read(
            &pki.join("ca.pem"),
            &Credentials::Files(files),
            Versions::ALL,
        )
    };
    let good = read(&two, &key).unwrap().certificate().unwrap();
    assert!(good.subject.contains("iida-mayor"), "{good:?}");
    assert!(good.names[0].contains("202053-M"), "{good:?}");
    let wrong = |chain: &Path, key: &Path| {
        let broken = read(chain, key).unwrap_err();
        assert_eq!((broken.stage, broken.outcome), (Stage::Prepare, None));
        broken.why
    };
    let none = wrong(&pki.join("none.pem"), &key);
    assert!(none.en.contains("none.pem"), "{none}");
    assert!(
        none.ja.contains("ファイル又はフォルダーがありません"),
        "{none}"
    );
    let swapped = wrong(&key, &key);
    assert!(
        swapped.en.contains("there is no certificate in it"),
        "{swapped}"
    );
    let swapped = wrong(&two, &two);
    assert!(
        swapped.en.contains("there is no private key in it"),
        "{swapped}"
    );
    let other = wrong(&two, &pki.join("clients/sapporo-mayor.key"));
    assert!(
        other.en.contains("does not fit this certificate"),
        "{other}"
    );
    let locked = pki.join("locked.key");
    std::fs::write(
        &locked,
        "-----BEGIN ENCRYPTED PRIVATE KEY-----\nAAAA\n-----END ENCRYPTED PRIVATE KEY-----\n",
    )
    .unwrap();
    let locked = wrong(&two, &locked);
    assert!(locked.en.contains("protected by a password"), "{locked}");
}

/// A PKCS#12 file of an identity.
fn pkcs12(pki: &Path, name: &str, password: &str, way: EncryptionAlgorithm) -> Vec<u8> {
    let Certificate { chain, key } = certificate(pki, name);
    let der = |path: &Path| CertificateDer::from_pem_file(path).unwrap().to_vec();
    let key = PrivateKeyDer::from_pem_file(key).unwrap();
    let certificates = [der(&chain), der(&pki.join("ca.pem"))]
        .map(|der| p12_keystore::Certificate::from_der(&der).unwrap());
    let key = p12_keystore::PrivateKey::from_der(key.secret_der()).unwrap();
    let chain = PrivateKeyChain::new(vec![1_u8], key, certificates);
    let mut store = KeyStore::new();
    store.add_entry("mayor", KeyStoreEntry::PrivateKeyChain(chain));
    store
        .writer(password)
        .encryption_algorithm(way)
        .encryption_iterations(10)
        .mac_iterations(10)
        .write()
        .unwrap()
}

#[test]
fn a_pkcs12_file_is_read_and_a_wrong_password_has_its_own_message() {
    let folder = pki();
    let pki = folder.path().join("pki");
    let file = pki.join("mayor.p12");
    let read = |variable: &str, password: &str| {
        let credentials = Credentials::Pkcs12 {
            file: file.clone(),
            password: Secret {
                name: variable.to_owned(),
                text: password.to_owned(),
            },
        };
        assert!(password.is_empty() || !format!("{credentials:?}").contains(password));
        Prepared::read(&pki.join("ca.pem"), &credentials, Versions::ALL)
    };
    for way in [
        EncryptionAlgorithm::PbeWithHmacSha256AndAes256,
        EncryptionAlgorithm::PbeWithShaAnd3KeyTripleDesCbc,
    ] {
        std::fs::write(&file, pkcs12(&pki, "clients/iida-mayor", "himitsu", way)).unwrap();
        let own = read("P12", "himitsu").unwrap().certificate().unwrap();
        assert!(own.subject.contains("iida-mayor"), "{own:?}");
        let wrong = read("P12", "chigau").unwrap_err().why;
        assert!(
            wrong
                .en
                .contains("the password is wrong (environment variable P12)"),
            "{wrong}"
        );
        assert!(!wrong.en.contains("chigau"), "{wrong}");
        let none = read("", "").unwrap_err().why;
        assert!(none.en.contains("password_env"), "{none}");
    }
    std::fs::write(&file, "no such thing").unwrap();
    let damaged = read("P12", "himitsu").unwrap_err().why;
    assert!(damaged.en.contains("no PKCS#12 file"), "{damaged}");
}

/// What is said of an answer of nine parts of 1000 bytes, of which so many come, and what of it went out of memory.
async fn nine_parts(head: &'static str, parts: u8) -> (Broken, Vec<u8>) {
    let (pki, listener, port) = serving().await;
    let acceptor = acceptor(&pki.path().join("pki"), "server");
    let server = tokio::spawn(async move {
        let (mut stream, _) = asked(&listener, &acceptor).await;
        let head = format!("HTTP/1.1 200 OK\r\n{head}\r\n\r\n");
        stream.write_all(head.as_bytes()).await.unwrap();
        for part in 0..parts {
            let digit = char::from(b'0' + part);
            let part = digit.to_string().repeat(1000);
            stream.write_all(part.as_bytes()).await.unwrap();
        }
        stream.shutdown().await.unwrap();
    });
    let mut came = Vec::new();
    let mut connection = connection(&pki.path().join("pki"), "clients/iida-mayor");
    let broken = connection
        .exchange(outgoing(port), LIMITS, &mut |bytes| {
            came.extend_from_slice(bytes);
        })
        .await
        .unwrap_err();
    server.await.unwrap();
    (broken, came)
}

#[tokio::test]
async fn an_answer_that_is_too_large_goes_out_of_memory_as_it_comes() {
    for head in ["Content-Length: 9000", "Connection: close"] {
        let (broken, came) = nine_parts(head, 9).await;
        assert_eq!(broken.outcome, Some(Outcome::TooLarge), "{head}");
        assert!(broken.why.en.contains(": 9000 came"), "{broken}");
        let whole: String = ('0'..='8')
            .map(|digit| digit.to_string().repeat(1000))
            .collect();
        assert!(came == whole.as_bytes(), "{head}");
    }
}

#[tokio::test]
async fn an_answer_that_says_it_is_too_large_never_enters_memory_and_may_be_cut() {
    let (broken, came) = nine_parts("Content-Length: 9000", 1).await;
    assert_eq!(broken.outcome, Some(Outcome::Cut));
    assert!(broken.why.en.contains("1000 of 9000 bytes"), "{broken}");
    assert_eq!(came, [b'0'; 1000]);
}

#[tokio::test]
async fn an_answer_without_end_is_given_up() {
    let (pki, listener, port) = serving().await;
    let acceptor = acceptor(&pki.path().join("pki"), "server");
    let server = tokio::spawn(async move {
        let (stream, _) = listener.accept().await.unwrap();
        let mut stream = acceptor.accept(stream).await.unwrap();
        let head = "HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\n";
        stream.write_all(head.as_bytes()).await.unwrap();
        while stream.write_all(&[b'x'; 1000]).await.is_ok() {}
    });
    let mut came = 0;
    let mut connection = connection(&pki.path().join("pki"), "clients/iida-mayor");
    let broken = connection
        .exchange(outgoing(port), LIMITS, &mut |bytes| came += bytes.len())
        .await
        .unwrap_err();
    assert_eq!(broken.outcome, Some(Outcome::TooLarge));
    assert!((16_000..100_000).contains(&came), "{came}");
    drop(connection);
    server.await.unwrap();
}

#[tokio::test]
async fn half_an_answer_says_how_much_came() {
    let cut = bytes(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n<a>").await;
    let cut = cut.unwrap_err();
    assert!(cut.why.en.contains("after 3 of 9 bytes"), "{cut}");
}

async fn serving() -> (tempfile::TempDir, TcpListener, u16) {
    let (listener, port) = listening().await;
    (pki(), listener, port)
}

/// A proxy that reads one request, answers with literal bytes, and then joins its client with a port, if any.
async fn proxy(answer: &'static [u8], to: Option<u16>) -> (Place, tokio::task::JoinHandle<String>) {
    let (listener, port) = listening().await;
    let task = tokio::spawn(async move {
        let (mut client, _) = listener.accept().await.unwrap();
        let mut request = Vec::new();
        while !request.ends_with(b"\r\n\r\n") {
            client.read_buf(&mut request).await.unwrap();
        }
        client.write_all(answer).await.unwrap();
        if let Some(port) = to {
            let mut server = TcpStream::connect(("127.0.0.1", port)).await.unwrap();
            let _ = tokio::io::copy_bidirectional(&mut client, &mut server).await;
        }
        String::from_utf8(request).unwrap()
    });
    let place = Place {
        host: "127.0.0.1".to_owned(),
        port,
    };
    (place, task)
}

async fn through(place: Place, port: u16, pki: &Path) -> Result<Answer, Broken> {
    let proxy = Proxy {
        place,
        authorization: Some(Secret {
            name: "PROXY".to_owned(),
            text: "user:himitsu".to_owned(),
        }),
    };
    let prepared = prepared(pki, "clients/iida-mayor", Versions::ALL);
    let mut connection = Connection::new(prepared.config().unwrap(), Some(proxy));
    exchange(&mut connection, port).await
}

#[tokio::test]
async fn a_proxy_joins_and_one_that_refuses_is_told_with_its_status() {
    let (folder, listener, port) = serving().await;
    let pki = folder.path().join("pki");
    let acceptor = acceptor(&pki, "server");
    let server = tokio::spawn(async move {
        let (mut stream, _) = asked(&listener, &acceptor).await;
        let answer = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
        stream.write_all(answer).await.unwrap();
        stream.shutdown().await.unwrap();
    });
    let (place, task) = proxy(b"HTTP/1.1 200 Connection established\r\n\r\n", Some(port)).await;
    assert_eq!(through(place, port, &pki).await.unwrap().body, b"ok");
    server.await.unwrap();
    let request = task.await.unwrap();
    // dXNlcjpoaW1pdHN1 is user:himitsu.
    assert_eq!(
        request,
        format!(
            "CONNECT 127.0.0.1:{port} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nProxy-Authorization: Basic dXNlcjpoaW1pdHN1\r\n\r\n"
        )
    );
    for (answer, outcome, part) in [
        (
            &b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n"[..],
            Outcome::Refused,
            "403 Forbidden; ask",
        ),
        (
            b"HTTP/1.0 407 Proxy Authentication Required\r\n\r\n",
            Outcome::Refused,
            "it does not take the user and password of the environment variable",
        ),
        (b"\0\x01hello", Outcome::NotHttp, "no HTTP"),
        (b"SSH-2.0-x\r\n\r\n", Outcome::NotHttp, "no HTTP"),
        (b"", Outcome::Closed, "before it answered"),
    ] {
        let (place, task) = proxy(answer, None).await;
        let broken = through(place, port, &pki).await.unwrap_err();
        task.await.unwrap();
        assert_eq!(
            (broken.stage, broken.outcome),
            (Stage::Proxy, Some(outcome))
        );
        assert!(broken.why.en.contains(part), "{broken}");
        assert!(!format!("{broken:?}").contains("himitsu"), "{broken:?}");
    }
}

#[tokio::test]
async fn a_probe_goes_stage_by_stage_and_tells_what_was_shown_even_where_it_is_distrusted() {
    let folder = pki();
    let pki = folder.path().join("pki");
    let mock = network::mock(pki.clone()).await;
    let url = mock.url().to_owned();
    let only = |tls12, tls13| Versions { tls12, tls13 };
    for (versions, version) in [(only(true, false), "1.2"), (only(false, true), "1.3")] {
        let prepared = prepared(&pki, "clients/iida-mayor", versions);
        let mut probe = Probe::new(&url, None, LIMITS, prepared).unwrap();
        assert_eq!(probe.first().host, "127.0.0.1");
        assert_eq!(probe.resolve().await.unwrap().len(), 1);
        probe.connect().await.unwrap();
        probe.tunnel().await.unwrap();
        let (shown, done) = probe.secure().await;
        done.unwrap();
        assert_eq!((shown.version, shown.asked), (Some(version), true));
        assert!(shown.chain[0].names.iter().any(|name| name == "127.0.0.1"));
        let now = shown.chain[0].not_before;
        assert!(shown.chain[0].days_left(now) > 30);
        let mut get = outgoing(0);
        get.url = format!("{url}connectivity?wsdl");
        get.method = Method::GET;
        get.body = Vec::new();
        let limits = Limits::each(LIMITS.patience, 1 << 20);
        let answer = probe.exchange(get, limits).await.unwrap();
        assert_eq!(answer.status, 200);
    }
    let other = pki.join("bad/server-other-ca.pem");
    let credentials = Credentials::Files(certificate(&pki, "clients/iida-mayor"));
    let distrusting = Prepared::read(&other, &credentials, Versions::ALL).unwrap();
    let mut probe = Probe::new(&url, None, LIMITS, distrusting).unwrap();
    assert_eq!(probe.tunnel().await.unwrap_err().stage, Stage::Prepare);
    probe.resolve().await.unwrap();
    probe.connect().await.unwrap();
    probe.tunnel().await.unwrap();
    let (shown, done) = probe.secure().await;
    let broken = done.unwrap_err();
    assert_eq!(broken.outcome, Some(Outcome::TlsRefused));
    assert!(broken.why.ja.contains("信頼する認証局（CA）"), "{broken}");
    assert_eq!(shown.version, None);
    assert!(!shown.chain.is_empty());
    mock.stop().await;
}

#[tokio::test]
async fn a_name_that_nobody_knows_is_told_as_such() {
    let folder = pki();
    let mut connection = connection(&folder.path().join("pki"), "clients/iida-mayor");
    let mut unknown = outgoing(443);
    unknown.url = "https://no-such-host.invalid/".to_owned();
    let broken = connection
        .exchange(unknown, LIMITS, &mut |_| {})
        .await
        .unwrap_err();
    assert_eq!(
        (broken.stage, broken.outcome),
        (Stage::Resolve, Some(Outcome::Refused))
    );
    assert!(broken.why.ja.contains("no-such-host.invalid"), "{broken}");
}

#[tokio::test]
async fn a_port_where_no_tls_is_spoken_is_told_as_such() {
    let (folder, listener, port) = serving().await;
    let server = tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        let mut hello = [0; 64];
        let _ = stream.read(&mut hello).await;
        let plain = b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n";
        stream.write_all(plain).await.unwrap();
    });
    let mut connection = connection(&folder.path().join("pki"), "clients/iida-mayor");
    let broken = exchange(&mut connection, port).await.unwrap_err();
    server.await.unwrap();
    assert_eq!(broken.outcome, Some(Outcome::TlsRefused));
    assert!(broken.why.en.contains("no TLS"), "{broken}");
}
