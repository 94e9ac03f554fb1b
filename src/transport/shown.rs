//! What a target shows in the TLS handshake: its certificates, and whether it asks for one. It is noted while the
//! connection is made, so that it can be told even where the handshake then fails.

use std::sync::{
    Arc, Mutex, PoisonError,
    atomic::{AtomicBool, Ordering},
};

use jiff::Timestamp;
use rustls::{
    CertificateError, DigitallySignedStruct, Error, SignatureScheme,
    client::{
        ResolvesClientCert, WebPkiServerVerifier,
        danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier},
    },
    pki_types::{CertificateDer, ServerName, UnixTime},
    sign::CertifiedKey,
};
use x509_parser::prelude::{FromDer as _, GeneralName, X509Certificate};

/// What a certificate says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CertificateShown {
    /// Whose it is.
    pub subject: String,
    /// Who made it.
    pub issuer: String,
    /// The names and addresses that it holds for.
    pub names: Vec<String>,
    /// From when it holds.
    pub not_before: Timestamp,
    /// Until when it holds.
    pub not_after: Timestamp,
}

/// How many days before its end a certificate is warned of.
pub const SOON: i64 = 30;

impl CertificateShown {
    /// Reads a certificate; nothing where it is none.
    pub fn of(der: &[u8]) -> Option<Self> {
        let (_, certificate) = X509Certificate::from_der(der).ok()?;
        let validity = certificate.validity();
        let time = |seconds: i64| Timestamp::from_second(seconds).ok();
        let names = certificate
            .subject_alternative_name()
            .ok()
            .flatten()
            .map(|extension| extension.value.general_names.iter().map(name).collect())
            .unwrap_or_default();
        Some(Self {
            subject: certificate.subject().to_string(),
            issuer: certificate.issuer().to_string(),
            names,
            not_before: time(validity.not_before.timestamp())?,
            not_after: time(validity.not_after.timestamp())?,
        })
    }

    /// Whom it is for: the names that it holds for, and where it has none, whose it is.
    pub fn holder(&self) -> String {
        if self.names.is_empty() {
            self.subject.clone()
        } else {
            self.names.join(", ")
        }
    }

    /// How many whole days are left; negative once it has expired.
    pub fn days_left(&self, now: Timestamp) -> i64 {
        let seconds = self.not_after.as_second() - now.as_second();
        seconds.div_euclid(86_400)
    }
}

fn name(name: &GeneralName<'_>) -> String {
    #[expect(
        clippy::wildcard_enum_match_arm,
        reason = "the other kinds of names are not for servers"
    )]
    match name {
        GeneralName::DNSName(name) | GeneralName::URI(name) | GeneralName::RFC822Name(name) => {
            (*name).to_owned()
        }
        GeneralName::IPAddress(bytes) => match <[u8; 4]>::try_from(*bytes) {
            Ok(four) => std::net::Ipv4Addr::from(four).to_string(),
            Err(_) => <[u8; 16]>::try_from(*bytes).map_or_else(
                |_| "?".to_owned(),
                |sixteen| std::net::Ipv6Addr::from(sixteen).to_string(),
            ),
        },
        other => other.to_string(),
    }
}

/// What was seen of a target in the handshake.
#[derive(Debug, Default)]
pub struct Seen {
    chain: Mutex<Vec<CertificateDer<'static>>>,
    asked: AtomicBool,
}

impl Seen {
    /// The certificates that it showed, its own first.
    pub fn chain(&self) -> Vec<CertificateShown> {
        let chain = self.chain.lock().unwrap_or_else(PoisonError::into_inner);
        chain
            .iter()
            .filter_map(|der| CertificateShown::of(der))
            .collect()
    }

    /// Whether it asked for a client certificate.
    pub fn asked(&self) -> bool {
        self.asked.load(Ordering::Acquire)
    }
}

/// The usual verifier, where there is an authority to trust, which notes what it is shown.
#[derive(Debug)]
pub(super) struct SeenVerifier {
    /// None where nobody is trusted: then all are refused.
    pub(super) inner: Option<Arc<WebPkiServerVerifier>>,
    pub(super) seen: Arc<Seen>,
}

impl ServerCertVerifier for SeenVerifier {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        let shown = [end_entity]
            .into_iter()
            .chain(intermediates)
            .map(|der| der.clone().into_owned())
            .collect();
        *self
            .seen
            .chain
            .lock()
            .unwrap_or_else(PoisonError::into_inner) = shown;
        self.trusting()?.verify_server_cert(
            end_entity,
            intermediates,
            server_name,
            ocsp_response,
            now,
        )
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.trusting()?.verify_tls12_signature(message, cert, dss)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.trusting()?.verify_tls13_signature(message, cert, dss)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        let provider = rustls::crypto::ring::default_provider();
        provider
            .signature_verification_algorithms
            .supported_schemes()
    }
}

impl SeenVerifier {
    fn trusting(&self) -> Result<&WebPkiServerVerifier, Error> {
        let nobody = Error::InvalidCertificate(CertificateError::UnknownIssuer);
        self.inner.as_deref().ok_or(nobody)
    }
}

/// The identity's certificate and key; that they were asked for is noted.
#[derive(Debug)]
pub(super) struct SeenKey {
    pub(super) own: Arc<CertifiedKey>,
    pub(super) seen: Arc<Seen>,
}

impl ResolvesClientCert for SeenKey {
    fn resolve(
        &self,
        _root_hint_subjects: &[&[u8]],
        _sigschemes: &[SignatureScheme],
    ) -> Option<Arc<CertifiedKey>> {
        self.seen.asked.store(true, Ordering::Release);
        Some(Arc::clone(&self.own))
    }

    fn has_certs(&self) -> bool {
        true
    }
}
