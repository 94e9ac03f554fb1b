//! Certificates and keys, from files or given as texts, to what a connection needs.

use std::{
    fmt,
    path::{Path, PathBuf},
    sync::Arc,
};

use p12_keystore::{Pkcs12Archive, error::Error as Pkcs12Error};
use rustls::{
    ClientConfig, InconsistentKeys, RootCertStore, SupportedProtocolVersion,
    client::{Resumption, WebPkiServerVerifier},
    pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer, pem::PemObject as _},
    sign::CertifiedKey,
    version::{TLS12, TLS13},
};

use crate::{
    text::Text,
    transport::{
        Broken, prepare, reason,
        shown::{CertificateShown, Seen, SeenKey, SeenVerifier},
    },
};

/// The files of one identity.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Certificate {
    /// The certificate, with those between it and the CA after it; PEM.
    pub chain: PathBuf,
    /// Its key, PEM.
    pub key: PathBuf,
}

/// Where one identity's certificate and key come from.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Credentials {
    /// Two files.
    Files(Certificate),
    /// A PKCS#12 file.
    Pkcs12 {
        /// The file.
        file: PathBuf,
        /// Its password, and the variable that it came from.
        password: Secret,
    },
    /// Two texts, PEM.
    Texts {
        /// The certificate with its chain.
        chain: Secret,
        /// The key.
        key: Secret,
    },
}

/// A text that is never shown, with the name of the variable that it came from.
#[derive(Clone, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Secret {
    /// The variable; empty where there is none.
    pub name: String,
    /// What it holds.
    pub text: String,
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Secret({})", self.name)
    }
}

/// The TLS versions that may be spoken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Versions {
    /// TLS 1.2.
    pub tls12: bool,
    /// TLS 1.3.
    pub tls13: bool,
}

impl Versions {
    /// All that are safe.
    pub const ALL: Self = Self {
        tls12: true,
        tls13: true,
    };

    fn list(self) -> Vec<&'static SupportedProtocolVersion> {
        let all = [(self.tls12, &TLS12), (self.tls13, &TLS13)];
        all.into_iter()
            .filter_map(|(spoken, version)| spoken.then_some(version))
            .collect()
    }
}

/// Whom a connection trusts, and as whom it is made.
#[derive(Clone)]
pub struct Prepared {
    /// None where nobody is trusted.
    roots: Option<Arc<RootCertStore>>,
    own: Arc<CertifiedKey>,
    versions: Versions,
}

impl fmt::Debug for Prepared {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Prepared")
    }
}

impl Prepared {
    /// Reads the CAs that are trusted, and an identity. A key that does not fit its certificate is a mistake here; an
    /// expired or revoked certificate is taken: it is the target that must refuse it.
    pub fn read(ca: &Path, credentials: &Credentials, versions: Versions) -> Result<Self, Broken> {
        Ok(Self {
            roots: Some(Arc::new(roots(ca)?)),
            own: Arc::new(own(credentials)?),
            versions,
        })
    }

    /// The same where the file of the CAs cannot be used: a target can still be looked at, and is then refused.
    pub fn trusting_nobody(credentials: &Credentials, versions: Versions) -> Result<Self, Broken> {
        Ok(Self {
            roots: None,
            own: Arc::new(own(credentials)?),
            versions,
        })
    }

    /// What a connection needs.
    pub fn config(&self) -> Result<Arc<ClientConfig>, Broken> {
        let seen = Arc::new(Seen::default());
        self.watched(&seen)
    }

    /// The same; what the target shows and asks for is noted.
    pub fn watched(&self, seen: &Arc<Seen>) -> Result<Arc<ClientConfig>, Broken> {
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let verifier = self.roots.as_ref().map(|roots| {
            let (roots, provider) = (Arc::clone(roots), Arc::clone(&provider));
            WebPkiServerVerifier::builder_with_provider(roots, provider).build()
        });
        let verifier = verifier
            .transpose()
            .map_err(|error| prepare(reason::of(&error)))?;
        let mut config = ClientConfig::builder_with_provider(provider)
            .with_protocol_versions(&self.versions.list())
            .map_err(|error| prepare(reason::of(&error)))?
            .dangerous()
            .with_custom_certificate_verifier(Arc::new(SeenVerifier {
                inner: verifier,
                seen: Arc::clone(seen),
            }))
            .with_client_cert_resolver(Arc::new(SeenKey {
                own: Arc::clone(&self.own),
                seen: Arc::clone(seen),
            }));
        // A resumed session would pass by the certificates, which are part of what is tested.
        config.resumption = Resumption::disabled();
        Ok(Arc::new(config))
    }

    /// The identity's own certificate as it is shown (DER).
    pub fn der(&self) -> &[u8] {
        self.own.cert.first().map_or(&[], |der| der.as_ref())
    }

    /// The identity's own certificate; nothing where it cannot be described.
    pub fn certificate(&self) -> Option<CertificateShown> {
        self.own
            .cert
            .first()
            .and_then(|der| CertificateShown::of(der))
    }
}

fn own(credentials: &Credentials) -> Result<CertifiedKey, Broken> {
    let (place, chain, key) = match credentials {
        Credentials::Files(Certificate { chain, key }) => (
            chain.display().to_string(),
            certificates(chain)?,
            key_of(key)?,
        ),
        Credentials::Pkcs12 { file, password } => {
            let (chain, key) = of_pkcs12(file, password)?;
            (file.display().to_string(), chain, key)
        }
        Credentials::Texts { chain, key } => (
            chain.name.clone(),
            of_pem(&chain.name, chain.text.as_bytes())?,
            key_of_pem(&key.name, key.text.as_bytes())?,
        ),
    };
    let provider = rustls::crypto::ring::default_provider();
    CertifiedKey::from_der(chain, key, &provider).map_err(|error| {
        let other = rustls::Error::InconsistentKeys(InconsistentKeys::KeyMismatch);
        let text = if error == other {
            Text::new(
                "秘密鍵がこの証明書のものではありません。証明書と秘密鍵の組合せを確認してください",
                "the private key does not fit this certificate; look which key belongs to which certificate",
            )
        } else {
            reason::of(&error)
        };
        wrong(&place, &text)
    })
}

/// Why the file of the CAs that are trusted cannot be used, where it cannot.
pub fn distrusted(ca: &Path) -> Option<Broken> {
    roots(ca).err()
}

/// The authorities of a file.
pub(super) fn roots(ca: &Path) -> Result<RootCertStore, Broken> {
    let mut roots = RootCertStore::empty();
    for authority in certificates(ca)? {
        roots
            .add(authority)
            .map_err(|error| wrong(&ca.display(), &reason::of(&error)))?;
    }
    Ok(roots)
}

/// The certificates of a file, PEM or DER.
pub(super) fn certificates(path: &Path) -> Result<Vec<CertificateDer<'static>>, Broken> {
    of_pem(&path.display(), &file(path)?)
}

fn of_pem(place: &dyn fmt::Display, bytes: &[u8]) -> Result<Vec<CertificateDer<'static>>, Broken> {
    if is_der(bytes) {
        return Ok(vec![CertificateDer::from(bytes.to_vec())]);
    }
    let found: Vec<_> = CertificateDer::pem_slice_iter(bytes)
        .collect::<Result<_, _>>()
        .map_err(|error| wrong(place, &reason::of(&error)))?;
    if found.is_empty() {
        let text = Text::new(
            "証明書（-----BEGIN CERTIFICATE-----）がありません",
            "there is no certificate in it (-----BEGIN CERTIFICATE-----)",
        );
        return Err(wrong(place, &text));
    }
    Ok(found)
}

pub(super) fn key_of(path: &Path) -> Result<PrivateKeyDer<'static>, Broken> {
    key_of_pem(&path.display(), &file(path)?)
}

fn key_of_pem(place: &dyn fmt::Display, bytes: &[u8]) -> Result<PrivateKeyDer<'static>, Broken> {
    if is_der(bytes)
        && let Ok(key) = PrivateKeyDer::try_from(bytes.to_vec())
    {
        return Ok(key);
    }
    PrivateKeyDer::from_pem_slice(bytes).map_err(|_| {
        let text = String::from_utf8_lossy(bytes);
        let text = if text.contains("ENCRYPTED") {
            Text::new(
                "秘密鍵がパスワードで保護されています。パスワードを外すか、PKCS#12のファイルを pkcs12 に指定してください",
                "the private key is protected by a password; take the password off, or name a PKCS#12 file in pkcs12",
            )
        } else {
            Text::new(
                "秘密鍵（-----BEGIN PRIVATE KEY-----）がありません",
                "there is no private key in it (-----BEGIN PRIVATE KEY-----)",
            )
        };
        wrong(place, &text)
    })
}

/// The chain, the identity's own certificate first, and the key of a PKCS#12 file.
fn of_pkcs12(
    path: &Path,
    password: &Secret,
) -> Result<(Vec<CertificateDer<'static>>, PrivateKeyDer<'static>), Broken> {
    let wrong = |text: Text| wrong(&path.display(), &text);
    let bytes = file(path)?;
    let archive = Pkcs12Archive::from_pkcs12(&bytes, &password.text)
        .map_err(|error| wrong(unopened(&error, password)))?;
    let [key] = archive.keys.as_slice() else {
        let count = archive.keys.len();
        return Err(wrong(Text::new(
            format!("PKCS#12のファイルには秘密鍵が一つ必要ですが、{count}個あります"),
            format!("a PKCS#12 file must hold one private key; this one holds {count}"),
        )));
    };
    let id = key.local_key_id.as_ref().map(|id| id.0.as_slice());
    let mut rest = archive.certs;
    let at = rest
        .iter()
        .position(|bag| id.is_some() && bag.local_key_id.as_deref() == id)
        .unwrap_or(0);
    if rest.is_empty() {
        return Err(wrong(Text::new(
            "PKCS#12のファイルに証明書がありません",
            "there is no certificate in the PKCS#12 file",
        )));
    }
    let mut chain = vec![rest.swap_remove(at).cert];
    while let Some(last) = chain.last()
        && let Some(at) = rest
            .iter()
            .position(|bag| bag.cert.subject() == last.issuer())
    {
        chain.push(rest.swap_remove(at).cert);
    }
    let chain = chain
        .iter()
        .map(|certificate| CertificateDer::from(certificate.as_der().to_vec()))
        .collect();
    let key = PrivatePkcs8KeyDer::from(key.key.as_der().to_vec());
    Ok((chain, key.into()))
}

fn unopened(error: &Pkcs12Error, password: &Secret) -> Text {
    #[expect(
        clippy::wildcard_enum_match_arm,
        reason = "the others are kinds of damage, which the library words"
    )]
    match error {
        // Without a checksum, a wrong password shows only when what it opens makes no sense.
        Pkcs12Error::MacError(_) | Pkcs12Error::Pkcs5Error(_) | Pkcs12Error::UnpadError => {
            if password.name.is_empty() {
                return Text::new(
                    "パスワードで保護されています。パスワードを持つ環境変数を password_env に指定してください",
                    "it is protected by a password; name the environment variable that holds it in password_env",
                );
            }
            Text::new(
                format!("パスワードが違います（環境変数 {}）", password.name),
                format!(
                    "the password is wrong (environment variable {})",
                    password.name
                ),
            )
        }
        Pkcs12Error::UnsupportedEncryptionScheme | Pkcs12Error::UnsupportedMacAlgorithm => {
            Text::new(
                "このPKCS#12の暗号方式には対応していません。AES-256で作成し直してください（openssl pkcs12 -export など）",
                "its way of encryption is not known here; make it again with AES-256, for one with openssl pkcs12 -export",
            )
        }
        other => Text::new(
            format!("PKCS#12のファイルではないか、壊れています（{other}）"),
            format!("it is no PKCS#12 file, or damaged: {other}"),
        ),
    }
}

fn file(path: &Path) -> Result<Vec<u8>, Broken> {
    std::fs::read(path).map_err(|error| wrong(&path.display(), &Text::of_io(&error)))
}

/// Whether bytes are DER: a sequence of some length. PEM is text, and text never begins so.
fn is_der(bytes: &[u8]) -> bool {
    matches!(bytes, [0x30, 0x81..=0x83, ..])
}

fn wrong(place: &dyn fmt::Display, text: &Text) -> Broken {
    prepare(Text::new(
        format!("{place}: {}", text.ja),
        format!("{place}: {}", text.en),
    ))
}
