//! Mutual TLS: who may connect, who the caller is by the certificate, and why a connection was refused.

use std::{
    collections::VecDeque,
    path::Path,
    sync::{Arc, Mutex, PoisonError},
};

use rustls::{
    RootCertStore, ServerConfig,
    pki_types::{CertificateDer, CertificateRevocationListDer, PrivateKeyDer, pem::PemObject as _},
    server::WebPkiClientVerifier,
};
use serde::Serialize;
use tokio_rustls::TlsAcceptor;
use x509_parser::prelude::{FromDer as _, GeneralName, X509Certificate};

use crate::{
    network::{caller::Caller, types::InstitutionCode},
    pki::{INSTITUTION_URI, PORTAL_URI, REGISTRY_URI},
};

/// How many connections the journal holds.
const KEPT: usize = 1_000;

/// An acceptor that demands a client certificate of the set's CA which is not revoked. TLS 1.2 and 1.3.
pub(crate) fn acceptor(pki: &Path) -> Result<TlsAcceptor, String> {
    let read = |name: &str| pki.join(name);
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let mut roots = RootCertStore::empty();
    let ca = CertificateDer::from_pem_file(read("ca.pem"))
        .map_err(|error| format!("ca.pem: {error}"))?;
    roots.add(ca).map_err(|error| format!("ca.pem: {error}"))?;
    let crl = CertificateRevocationListDer::from_pem_file(read("crl.pem"))
        .map_err(|error| format!("crl.pem: {error}"))?;
    let verifier =
        WebPkiClientVerifier::builder_with_provider(Arc::new(roots), Arc::clone(&provider))
            .with_crls([crl])
            .build()
            .map_err(|error| error.to_string())?;
    let chain = CertificateDer::from_pem_file(read("server.pem"))
        .map_err(|error| format!("server.pem: {error}"))?;
    let key = PrivateKeyDer::from_pem_file(read("server.key"))
        .map_err(|error| format!("server.key: {error}"))?;
    let config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| error.to_string())?
        .with_client_cert_verifier(verifier)
        .with_single_cert(vec![chain], key)
        .map_err(|error| error.to_string())?;
    Ok(TlsAcceptor::from(Arc::new(config)))
}

/// The caller, from the SAN URI of its certificate.
pub(crate) fn caller(certificates: Option<&[CertificateDer<'_>]>) -> Option<Caller> {
    let (_, certificate) = X509Certificate::from_der(certificates?.first()?).ok()?;
    let names = certificate.subject_alternative_name().ok()??;
    names.value.general_names.iter().find_map(|name| {
        let GeneralName::URI(uri) = name else {
            return None;
        };
        match *uri {
            REGISTRY_URI => Some(Caller::Registry),
            PORTAL_URI => Some(Caller::Portal),
            _ => uri
                .strip_prefix(INSTITUTION_URI)
                .and_then(InstitutionCode::new)
                .map(Caller::Institution),
        }
    })
}

/// One connection that was tried.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Connection {
    /// Counts from 1.
    pub(crate) number: u64,
    /// The institution code of the certificate, where the handshake got so far.
    pub(crate) caller: Option<String>,
    /// Whether the handshake was completed.
    pub(crate) accepted: bool,
    /// Why not.
    pub(crate) why: Option<String>,
}

/// The server-wide journal of connections; bounded.
#[derive(Debug, Default)]
pub(crate) struct Connections(Mutex<(u64, VecDeque<Connection>)>);

impl Connections {
    pub(crate) fn record(&self, caller: Option<String>, why: Option<String>) {
        let mut journal = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        journal.0 += 1;
        let number = journal.0;
        if journal.1.len() == KEPT {
            journal.1.pop_front();
        }
        journal.1.push_back(Connection {
            number,
            caller,
            accepted: why.is_none(),
            why,
        });
    }

    pub(crate) fn list(&self) -> (u64, Vec<Connection>) {
        let journal = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let kept = journal.1.iter().cloned().collect::<Vec<_>>();
        (journal.0 - kept.len() as u64, kept)
    }
}
