//! The network's port, by literal bytes over TLS: what is refused, how, and what the connection journal says of it.

#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot reach its own mock has failed"
)]

use std::{net::SocketAddr, path::Path, sync::Arc, time::Duration};

use renkei_mock::server::{Config, Mock};
use rustls::{
    ClientConfig, RootCertStore,
    pki_types::{CertificateDer, PrivateKeyDer, ServerName, pem::PemObject as _},
};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
};

async fn start(folder: &Path, patience: Duration) -> Mock {
    let loopback = SocketAddr::from(([127, 0, 0, 1], 0));
    let config = Config {
        listen: loopback,
        control: loopback,
        pki: folder.join("pki"),
        names: Vec::new(),
        public_url: None,
        max_body: 2_000,
        patience,
    };
    Mock::start(config).await.unwrap()
}

fn address(url: &str) -> SocketAddr {
    url.split("://")
        .nth(1)
        .unwrap()
        .trim_end_matches('/')
        .parse()
        .unwrap()
}

/// Sends bytes with a certificate of the set, and reads all that comes; what cannot be read is empty.
async fn send(mock: &Mock, certificate: &str, bytes: &[u8]) -> String {
    let pki = mock.pki();
    let mut roots = RootCertStore::empty();
    roots
        .add(CertificateDer::from_pem_file(pki.join("ca.pem")).unwrap())
        .unwrap();
    let chain = CertificateDer::from_pem_file(pki.join(format!("{certificate}.pem"))).unwrap();
    let key = PrivateKeyDer::from_pem_file(pki.join(format!("{certificate}.key"))).unwrap();
    let config =
        ClientConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_root_certificates(roots)
            .with_client_auth_cert(vec![chain], key)
            .unwrap();
    let stream = TcpStream::connect(address(mock.url())).await.unwrap();
    let name = ServerName::try_from("127.0.0.1").unwrap();
    let mut text = Vec::new();
    if let Ok(mut stream) = tokio_rustls::TlsConnector::from(Arc::new(config))
        .connect(name, stream)
        .await
    {
        let _ = stream.write_all(bytes).await;
        let _ = stream.flush().await;
        let _ = stream.read_to_end(&mut text).await;
    }
    String::from_utf8_lossy(&text).into_owned()
}

async fn control(mock: &Mock, request: &str) -> String {
    let mut stream = TcpStream::connect(address(mock.control_url()))
        .await
        .unwrap();
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut text = Vec::new();
    stream.read_to_end(&mut text).await.unwrap();
    String::from_utf8(text).unwrap()
}

#[tokio::test]
async fn a_body_over_the_limit_is_refused_without_being_read_to_its_end() {
    let folder = tempfile::tempdir().unwrap();
    let mock = start(folder.path(), Duration::from_secs(30)).await;
    // A million bytes are promised and three thousand sent: the answer comes without the rest.
    let mut request = b"POST /master HTTP/1.1\r\nHost: x\r\nContent-Type: text/xml; charset=utf-8\r\nContent-Length: 1000000\r\n\r\n".to_vec();
    request.extend(std::iter::repeat_n(b'a', 3_000));
    let answer = send(&mock, "clients/iida-mayor", &request).await;
    assert!(answer.starts_with("HTTP/1.1 500"), "{answer}");
    assert!(
        answer.contains("2000 bytes") && answer.contains("F-FORM-03"),
        "{answer}"
    );
    mock.stop().await;
}

#[tokio::test]
async fn a_sender_that_stalls_is_answered_and_let_go() {
    let folder = tempfile::tempdir().unwrap();
    let mock = start(folder.path(), Duration::from_secs(3)).await;
    let request = b"POST /master HTTP/1.1\r\nHost: x\r\nContent-Type: text/xml\r\nContent-Length: 100\r\n\r\n<a>";
    let answer = send(&mock, "clients/iida-mayor", request).await;
    assert!(answer.contains("did not arrive in time"), "{answer}");
    mock.stop().await;
}

#[tokio::test]
async fn a_bad_certificate_gets_no_answer_and_the_journal_says_why() {
    let folder = tempfile::tempdir().unwrap();
    let mock = start(folder.path(), Duration::from_secs(30)).await;
    let request = b"GET /master?wsdl HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
    assert!(
        send(&mock, "clients/iida-mayor", request)
            .await
            .starts_with("HTTP/1.1 200")
    );
    for (name, why) in [
        ("expired", "xpired"),
        ("not-yet-valid", "NotValidYet"),
        ("revoked", "evoked"),
        ("other-ca", "nvalid"),
    ] {
        assert_eq!(
            send(&mock, &format!("bad/{name}"), request).await,
            "",
            "{name}"
        );
        let journal = control(
            &mock,
            "GET /connections HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n",
        )
        .await;
        let last = journal.rsplit("\"number\"").next().unwrap();
        assert!(
            last.contains("\"accepted\":false")
                && last
                    .to_lowercase()
                    .contains(&why.to_lowercase().replace("notvalidyet", "not valid yet")),
            "{name}: {last}"
        );
    }
    mock.stop().await;
}

#[tokio::test]
async fn control_refuses_web_pages_and_foreign_hosts_and_names_what_is_wrong() {
    let folder = tempfile::tempdir().unwrap();
    let mock = start(folder.path(), Duration::from_secs(30)).await;
    let get = |head: &str| format!("GET /worlds HTTP/1.1\r\n{head}\r\nConnection: close\r\n\r\n");
    assert!(
        control(&mock, &get("Host: 127.0.0.1:1"))
            .await
            .starts_with("HTTP/1.1 200")
    );
    assert!(
        control(&mock, &get("Host: mock.example"))
            .await
            .starts_with("HTTP/1.1 403")
    );
    assert!(
        control(&mock, &get("Host: localhost\r\nOrigin: http://localhost"))
            .await
            .starts_with("HTTP/1.1 403")
    );
    let post = |path: &str, body: &str| {
        format!(
            "POST {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Length: {}\r\n\r\n{body}",
            body.len()
        )
    };
    assert!(
        control(&mock, &post("/worlds", "{\"name\":\"a\"}"))
            .await
            .starts_with("HTTP/1.1 201")
    );
    assert!(
        control(&mock, &post("/worlds", "{\"name\":\"a\"}"))
            .await
            .starts_with("HTTP/1.1 409")
    );
    let unknown = control(
        &mock,
        &post(
            "/worlds/a/acts",
            "{\"act\":\"aprove\",\"institution\":\"x\"}",
        ),
    )
    .await;
    assert!(
        unknown.starts_with("HTTP/1.1 400") && unknown.contains("approve-application"),
        "{unknown}"
    );
    mock.stop().await;
}
