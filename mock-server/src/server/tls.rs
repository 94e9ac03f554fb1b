//! Mutual TLS 1.2 and 1.3: who may connect, who the caller is by the certificate, and why a connection was refused.

use std::{
    io,
    path::{Path, PathBuf},
    sync::{Arc, Mutex},
};

use rustls::{
    CertificateError, DigitallySignedStruct, DistinguishedName, PeerIncompatible, RootCertStore,
    ServerConfig, SignatureScheme,
    client::danger::HandshakeSignatureValid,
    pki_types::{
        CertificateDer, CertificateRevocationListDer, PrivateKeyDer, UnixTime, pem::PemObject as _,
    },
    server::{
        WebPkiClientVerifier,
        danger::{ClientCertVerified, ClientCertVerifier},
    },
};
use serde::{Deserialize, Serialize};
use tokio::net::TcpStream;
use tokio_rustls::{TlsAcceptor, server::TlsStream};
use x509_parser::prelude::{FromDer as _, GeneralName, X509Certificate};

use crate::{
    network::{caller::Caller, types::InstitutionCode},
    pki::CALLER_URI,
    server::worlds::lock,
    text::Text,
};

/// Which certificate a listener shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Shown {
    /// The server's own.
    Good,
    /// One of the CA, for a name that is not this machine's.
    OtherName,
    /// One of the CA that has expired.
    Expired,
    /// One of another CA.
    OtherCa,
}

/// What the acceptors of all listeners share.
#[derive(Debug)]
pub(crate) struct Tls {
    pki: PathBuf,
    verifier: Arc<Watched>,
}

impl Tls {
    /// Reads the CA and the list of what it revoked.
    pub(crate) fn new(pki: &Path) -> Result<Self, String> {
        let mut roots = RootCertStore::empty();
        let ca = CertificateDer::from_pem_file(pki.join("ca.pem"))
            .map_err(|error| format!("ca.pem: {error}"))?;
        roots.add(ca).map_err(|error| format!("ca.pem: {error}"))?;
        let crl = CertificateRevocationListDer::from_pem_file(pki.join("crl.pem"))
            .map_err(|error| format!("crl.pem: {error}"))?;
        let verifier = WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider())
            .with_crls([crl])
            .build()
            .map_err(|error| error.to_string())?;
        Ok(Self {
            pki: pki.to_owned(),
            verifier: Arc::new(Watched(verifier)),
        })
    }

    /// An acceptor that shows this certificate, and demands one of the set's CA that is valid and not revoked.
    pub(crate) fn acceptor(&self, shown: Shown) -> Result<TlsAcceptor, String> {
        let name = match shown {
            Shown::Good => "server",
            Shown::OtherName => "bad/server-other-name",
            Shown::Expired => "bad/server-expired",
            Shown::OtherCa => "bad/server-other-ca",
        };
        let chain = CertificateDer::from_pem_file(self.pki.join(format!("{name}.pem")))
            .map_err(|error| format!("{name}.pem: {error}"))?;
        let key = PrivateKeyDer::from_pem_file(self.pki.join(format!("{name}.key")))
            .map_err(|error| format!("{name}.key: {error}"))?;
        let config = ServerConfig::builder_with_provider(provider())
            .with_safe_default_protocol_versions()
            .map_err(|error| error.to_string())?
            .with_client_cert_verifier(Arc::clone(&self.verifier) as Arc<dyn ClientCertVerifier>)
            .with_single_cert(vec![chain], key)
            .map_err(|error| error.to_string())?;
        Ok(TlsAcceptor::from(Arc::new(config)))
    }
}

fn provider() -> Arc<rustls::crypto::CryptoProvider> {
    Arc::new(rustls::crypto::ring::default_provider())
}

/// A client certificate, as the connection journal shows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Certificate {
    /// The subject's distinguished name.
    pub(crate) subject: String,
    /// The serial number in hexadecimal.
    pub(crate) serial: String,
    /// The SAN URIs.
    pub(crate) uris: Vec<String>,
    /// From when it is valid.
    pub(crate) not_before: String,
    /// Until when it is valid.
    pub(crate) not_after: String,
}

/// Why a connection was not accepted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Refusal {
    /// A word for programs.
    pub(crate) code: &'static str,
    /// A sentence for people.
    pub(crate) why: Text,
    /// The certificate that it is about.
    pub(crate) certificate: Option<Certificate>,
}

impl Refusal {
    pub(crate) fn new(code: &'static str, ja: &'static str, en: &'static str) -> Self {
        Self {
            code,
            why: Text::new(ja, en),
            certificate: None,
        }
    }

    /// The certificate is right and says not who its holder is.
    pub(crate) fn no_caller() -> Self {
        Self::new(
            "no-caller",
            "証明書に送信者を示すURIがありません。",
            "no URI in the certificate names a caller",
        )
    }
}

/// Does the handshake; a refusal says which certificate was refused, and why.
pub(crate) async fn accept(
    acceptor: &TlsAcceptor,
    stream: TcpStream,
) -> Result<TlsStream<TcpStream>, Refusal> {
    let seen = Arc::new(Mutex::new(None));
    let accepted = SEEN.scope(Arc::clone(&seen), acceptor.accept(stream)).await;
    accepted.map_err(|error| {
        let seen = lock(&seen).take();
        seen.unwrap_or_else(|| refusal(&error))
    })
}

/// The callers whom the SAN URIs of a certificate name: one, or several where one certificate serves several offices.
pub(crate) fn callers(certificates: Option<&[CertificateDer<'_>]>) -> Vec<Caller> {
    certificates
        .and_then(<[_]>::first)
        .map_or_else(Vec::new, callers_of)
}

fn callers_of(certificate: &CertificateDer<'_>) -> Vec<Caller> {
    let caller = |uri: &String| match uri.strip_prefix(CALLER_URI)? {
        "registry" => Some(Caller::Registry),
        "portal" => Some(Caller::Portal),
        name => InstitutionCode::new(name.strip_prefix("institution:")?).map(Caller::Institution),
    };
    uris(certificate).iter().filter_map(caller).collect()
}

tokio::task_local! {
    /// Where the verifier leaves its reason: rustls hands on the error alone, without the certificate.
    static SEEN: Arc<Mutex<Option<Refusal>>>;
}

/// The verifier of rustls, which also leaves a note about whom it refuses.
#[derive(Debug)]
struct Watched(Arc<dyn ClientCertVerifier>);

impl ClientCertVerifier for Watched {
    fn root_hint_subjects(&self) -> &[DistinguishedName] {
        self.0.root_hint_subjects()
    }

    fn verify_client_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        now: UnixTime,
    ) -> Result<ClientCertVerified, rustls::Error> {
        let refuse = |mut refusal: Refusal| {
            refusal.certificate = describe(end_entity);
            let _ = SEEN.try_with(|seen| *lock(seen) = Some(refusal));
        };
        let verified = self
            .0
            .verify_client_cert(end_entity, intermediates, now)
            .inspect_err(|error| refuse(of_tls(error)))?;
        if callers_of(end_entity).is_empty() {
            refuse(Refusal::no_caller());
            return Err(CertificateError::ApplicationVerificationFailure.into());
        }
        Ok(verified)
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        self.0.verify_tls12_signature(message, certificate, signed)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        self.0.verify_tls13_signature(message, certificate, signed)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.0.supported_verify_schemes()
    }
}

fn refusal(error: &io::Error) -> Refusal {
    let tls = error
        .get_ref()
        .and_then(|inner| inner.downcast_ref::<rustls::Error>());
    match tls {
        Some(error) => of_tls(error),
        None => Refusal::new(
            "handshake-cut",
            "TLSハンドシェイクの途中で接続が切れました。",
            "the client went away during the handshake",
        ),
    }
}

#[expect(
    clippy::wildcard_enum_match_arm,
    reason = "rustls has many more errors, and may get others"
)]
fn of_tls(error: &rustls::Error) -> Refusal {
    use CertificateError as Why;
    match error {
        rustls::Error::NoCertificatesPresented => Refusal::new(
            "no-certificate",
            "クライアント証明書が提示されていません。",
            "no client certificate was shown",
        ),
        rustls::Error::InvalidCertificate(Why::Expired | Why::ExpiredContext { .. }) => {
            Refusal::new(
                "expired",
                "クライアント証明書の有効期限が切れています。",
                "the client certificate has expired",
            )
        }
        rustls::Error::InvalidCertificate(Why::NotValidYet | Why::NotValidYetContext { .. }) => {
            Refusal::new(
                "not-yet-valid",
                "クライアント証明書の有効期間がまだ始まっていません。",
                "the client certificate is not valid yet",
            )
        }
        rustls::Error::InvalidCertificate(Why::Revoked) => Refusal::new(
            "revoked",
            "クライアント証明書は失効しています。",
            "the client certificate is revoked",
        ),
        rustls::Error::InvalidCertificate(Why::UnknownIssuer | Why::BadSignature) => Refusal::new(
            "other-ca",
            "クライアント証明書は、この試験用認証局が発行したものではありません。",
            "the client certificate was not made by this test CA",
        ),
        rustls::Error::InvalidCertificate(
            Why::InvalidPurpose | Why::InvalidPurposeContext { .. },
        ) => Refusal::new(
            "wrong-usage",
            "証明書の用途がクライアント認証ではありません。",
            "the certificate is not for client authentication",
        ),
        // A client of TLS 1.1 or before names no signature algorithms, and rustls stumbles over that first.
        rustls::Error::PeerIncompatible(
            PeerIncompatible::SignatureAlgorithmsExtensionRequired
            | PeerIncompatible::Tls12NotOffered
            | PeerIncompatible::SupportedVersionsExtensionRequired,
        ) => Refusal::new(
            "tls-version",
            "クライアントがTLS 1.2及び1.3のいずれにも対応していません。",
            "the client offered neither TLS 1.2 nor 1.3",
        ),
        rustls::Error::AlertReceived(alert) => Refusal {
            code: "client-refused",
            why: Text::new(
                format!("クライアントがサーバーを拒否しました（TLS警告 {alert:?}）。"),
                format!("the client refused the server, with the TLS alert {alert:?}"),
            ),
            certificate: None,
        },
        error => Refusal {
            code: "handshake-failed",
            why: Text::new(
                format!("TLSハンドシェイクに失敗しました（{error}）。"),
                format!("the TLS handshake failed: {error}"),
            ),
            certificate: None,
        },
    }
}

fn describe(certificate: &CertificateDer<'_>) -> Option<Certificate> {
    let (_, parsed) = X509Certificate::from_der(certificate).ok()?;
    let time = |seconds: i64| {
        jiff::Timestamp::from_second(seconds).map_or_else(|_| String::new(), |at| at.to_string())
    };
    let validity = parsed.validity();
    Some(Certificate {
        subject: parsed.subject().to_string().chars().take(200).collect(),
        serial: parsed.raw_serial_as_string().chars().take(64).collect(),
        // Whoever connects may show a certificate of their own making; the journal keeps a few of its names.
        uris: uris(certificate)
            .iter()
            .take(4)
            .map(|uri| uri.chars().take(200).collect())
            .collect(),
        not_before: time(validity.not_before.timestamp()),
        not_after: time(validity.not_after.timestamp()),
    })
}

fn uris(certificate: &CertificateDer<'_>) -> Vec<String> {
    let Ok((_, certificate)) = X509Certificate::from_der(certificate) else {
        return Vec::new();
    };
    let Ok(Some(names)) = certificate.subject_alternative_name() else {
        return Vec::new();
    };
    let mut uris = Vec::new();
    for name in &names.value.general_names {
        if let GeneralName::URI(uri) = name {
            uris.push((*uri).to_owned());
        }
    }
    uris
}
