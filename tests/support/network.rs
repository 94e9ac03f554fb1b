//! What stands for the network: the mock, and servers with a certificate of its set that answer as a test tells them.

#![allow(
    dead_code,
    clippy::allow_attributes,
    clippy::unwrap_used,
    reason = "what cannot be started has failed; each test file uses a part of the support"
)]

use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

use renkei_mock::server::{Config, Limits, Mock};
use rustls::{
    ServerConfig,
    pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject as _},
};
use tokio_rustls::TlsAcceptor;

/// A mock on ports of its own, with its certificates in a folder.
pub(crate) async fn mock(pki: PathBuf) -> Mock {
    let loopback = ([127, 0, 0, 1], 0).into();
    let config = Config {
        listen: loopback,
        control: loopback,
        pki,
        names: Vec::new(),
        public_url: None,
        seed: 1,
        limits: Limits::default(),
    };
    Mock::start(config).await.unwrap()
}

/// Takes connections with a certificate of the set, and asks for none.
pub(crate) fn acceptor(pki: &Path, name: &str) -> TlsAcceptor {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(
            vec![CertificateDer::from_pem_file(pki.join(format!("{name}.pem"))).unwrap()],
            PrivateKeyDer::from_pem_file(pki.join(format!("{name}.key"))).unwrap(),
        )
        .unwrap();
    TlsAcceptor::from(Arc::new(config))
}
