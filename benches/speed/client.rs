//! The load: bare hyper connections over rustls, the same for every server.

use std::{net::SocketAddr, path::Path, sync::Arc};

use http_body_util::{BodyExt as _, Full};
use hyper::{
    Request,
    body::Bytes,
    client::conn::http1::{SendRequest, handshake},
};
use hyper_util::rt::TokioIo;
use rustls::{
    ClientConfig, RootCertStore,
    client::Resumption,
    pki_types::{CertificateDer, PrivateKeyDer, ServerName, pem::PemObject as _},
};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;

/// One request: its path, its `SOAPAction` and its body.
#[derive(Clone, Debug)]
pub(crate) struct Message {
    pub(crate) path: &'static str,
    pub(crate) action: &'static str,
    pub(crate) body: String,
}

/// A client's TLS, without resumption: every handshake is a full one.
pub(crate) fn tls(pki: &Path, identity: &str) -> Arc<ClientConfig> {
    let mut roots = RootCertStore::empty();
    roots
        .add(CertificateDer::from_pem_file(pki.join("ca.pem")).unwrap())
        .unwrap();
    let mut config =
        ClientConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_root_certificates(roots)
            .with_client_auth_cert(
                vec![
                    CertificateDer::from_pem_file(pki.join(format!("clients/{identity}.pem")))
                        .unwrap(),
                ],
                PrivateKeyDer::from_pem_file(pki.join(format!("clients/{identity}.key"))).unwrap(),
            )
            .unwrap();
    config.resumption = Resumption::disabled();
    Arc::new(config)
}

/// Where a URL's server listens.
pub(crate) fn address(url: &str) -> SocketAddr {
    url.split("://")
        .nth(1)
        .unwrap()
        .split('/')
        .next()
        .unwrap()
        .parse()
        .unwrap()
}

/// A connection to one server, below one path of it.
pub(crate) struct Session {
    sender: SendRequest<Full<Bytes>>,
    base: String,
}

/// Opens a connection.
pub(crate) async fn connect(url: &str, tls: &Arc<ClientConfig>) -> Session {
    let stream = TcpStream::connect(address(url)).await.unwrap();
    let _ = stream.set_nodelay(true);
    let name = ServerName::try_from("127.0.0.1").unwrap();
    let stream = TlsConnector::from(Arc::clone(tls))
        .connect(name, stream)
        .await
        .unwrap();
    let (sender, connection) = handshake(TokioIo::new(stream)).await.unwrap();
    tokio::spawn(connection);
    let path = url.splitn(4, '/').nth(3).unwrap();
    Session {
        sender,
        base: format!("/{path}"),
    }
}

/// Sends one message and reads the whole answer.
pub(crate) async fn send(session: &mut Session, message: Message) -> (u16, Bytes) {
    let Session { sender, base } = session;
    sender.ready().await.unwrap();
    let request = Request::post(format!("{base}{}", message.path))
        .header("host", "127.0.0.1")
        .header("content-type", "text/xml; charset=utf-8")
        .header(
            "soapaction",
            format!("\"urn:renkei:mock:unofficial:v1:{}\"", message.action),
        )
        .body(Full::new(Bytes::from(message.body)))
        .unwrap();
    let response = sender.send_request(request).await.unwrap();
    let status = response.status().as_u16();
    (
        status,
        response.into_body().collect().await.unwrap().to_bytes(),
    )
}

/// An envelope of the bundled contract.
pub(crate) fn envelope(operation: &str, request_id: &str, institution: &str, rest: &str) -> String {
    format!(
        r#"<?xml version="1.0" encoding="UTF-8"?><s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/" xmlns:n="urn:renkei:mock:unofficial:v1"><s:Body><n:{operation}><n:Sender><n:RequestId>{request_id}</n:RequestId><n:Institution>{institution}</n:Institution></n:Sender>{rest}</n:{operation}></s:Body></s:Envelope>"#
    )
}
