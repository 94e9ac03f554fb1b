//! Certificates and keys from files to what a connection needs.

use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

use rustls::{
    ClientConfig, RootCertStore,
    client::Resumption,
    pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject as _},
};

use crate::{
    text::Text,
    transport::{Broken, prepare, reason},
};

/// The files of one identity.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Certificate {
    /// The certificate, with those between it and the CA after it; PEM.
    pub chain: PathBuf,
    /// Its key, PEM.
    pub key: PathBuf,
}

/// Reads an identity's files, and the CAs that are trusted. An expired or revoked certificate is taken as well: it is
/// the target that must refuse it.
pub fn client_config(ca: &Path, certificate: &Certificate) -> Result<Arc<ClientConfig>, Broken> {
    let mut roots = RootCertStore::empty();
    for authority in certificates(ca)? {
        roots
            .add(authority)
            .map_err(|error| wrong(ca, &reason::of(&error)))?;
    }
    let chain = certificates(&certificate.chain)?;
    let key = PrivateKeyDer::from_pem_file(&certificate.key)
        .map_err(|error| wrong(&certificate.key, &reason::of(&error)))?;
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let mut config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| prepare(reason::of(&error)))?
        .with_root_certificates(roots)
        .with_client_auth_cert(chain, key)
        .map_err(|error| wrong(&certificate.chain, &reason::of(&error)))?;
    // A resumed session would pass by the certificates, which are part of what is tested.
    config.resumption = Resumption::disabled();
    Ok(Arc::new(config))
}

fn certificates(path: &Path) -> Result<Vec<CertificateDer<'static>>, Broken> {
    let read =
        CertificateDer::pem_file_iter(path).map_err(|error| wrong(path, &reason::of(&error)))?;
    let found: Vec<_> = read
        .collect::<Result<_, _>>()
        .map_err(|error| wrong(path, &reason::of(&error)))?;
    if found.is_empty() {
        return Err(wrong(
            path,
            &Text::new(
                "証明書（PEM形式）がありません",
                "there is no certificate in PEM",
            ),
        ));
    }
    Ok(found)
}

fn wrong(path: &Path, why: &Text) -> Broken {
    let path = path.display();
    prepare(Text::new(
        format!("{path}: {}", why.ja),
        format!("{path}: {}", why.en),
    ))
}
