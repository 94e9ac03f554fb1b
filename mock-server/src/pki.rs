//! The test certificate authority and its certificates, good and bad. P-256 throughout.
//!
//! A set is a folder: `ca.pem`, `crl.pem`, `server.pem` + `.key`, `clients/<identity>.pem` + `.key`,
//! `bad/<fault>.pem` + `.key`. The CA's key is not kept, so no further certificate can be made from it.

use std::{
    fmt, fs, io,
    net::IpAddr,
    path::{Path, PathBuf},
};

use jiff::civil::Date;
use rcgen::{
    BasicConstraints, CertificateParams, CertificateRevocationListParams, DnType,
    ExtendedKeyUsagePurpose, IsCa, Issuer, KeyIdMethod, KeyPair, KeyUsagePurpose, RevocationReason,
    RevokedCertParams, SanType, SerialNumber, date_time_ymd,
};

use crate::network::caller::Caller;

/// The start of the SAN URI that names an institution.
pub const INSTITUTION_URI: &str = "urn:renkei:mock:institution:";
/// The SAN URI of the resident-registry leg.
pub const REGISTRY_URI: &str = "urn:renkei:mock:registry";
/// The SAN URI of MynaPortal.
pub const PORTAL_URI: &str = "urn:renkei:mock:portal";

/// Each identity with the caller whom its certificate names.
pub const IDENTITIES: [(&str, &str); 10] = [
    ("iida-mayor", "202053-M"),
    ("iida-education", "202053-E"),
    ("sapporo-mayor", "011002-M"),
    ("sapporo-education", "011002-E"),
    ("matsumoto-mayor", "202029-M"),
    ("ministry", "MIN-0001"),
    ("insurer", "INS-0001"),
    ("unknown-institution", "999999-M"),
    ("registry", Caller::REGISTRY),
    ("portal", Caller::PORTAL),
];

/// The ways in which a client certificate of `bad/` is bad.
pub const BAD: [&str; 4] = ["expired", "not-yet-valid", "revoked", "other-ca"];

const SUBJECT: &str = "renkei mock test CA (unofficial)";
const REVOKED_SERIAL: u64 = 66;

/// Why a set could not be made or used.
#[derive(Debug)]
pub enum PkiError {
    /// The folder holds something else than a set that this program made.
    Foreign(PathBuf),
    /// The set's certificates are past their last day.
    Expired(PathBuf),
    /// A file could not be read or written.
    Io(PathBuf, io::Error),
    /// A certificate could not be made.
    Make(rcgen::Error),
}

impl fmt::Display for PkiError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Foreign(path) => write!(
                f,
                "{} / フォルダー「{}」は証明書一式ではありません。別のフォルダーを指定してください。 / the folder holds something else than a whole set of test certificates; name another folder",
                path.display(),
                path.display()
            ),
            Self::Expired(path) => write!(
                f,
                "{} / 証明書の有効期限が切れています。フォルダーを削除して再作成してください。 / the test certificates have expired; delete the folder to have it made again",
                path.display()
            ),
            Self::Io(path, error) => write!(f, "{}: {error}", path.display()),
            Self::Make(error) => write!(f, "a test certificate could not be made: {error}"),
        }
    }
}

impl std::error::Error for PkiError {}

impl From<rcgen::Error> for PkiError {
    fn from(error: rcgen::Error) -> Self {
        Self::Make(error)
    }
}

/// Makes a set in the folder, or checks that the one that is there can be used on this day.
pub fn ensure(folder: &Path, names: &[String], today: Date) -> Result<(), PkiError> {
    let occupied = fs::read_dir(folder).is_ok_and(|mut entries| entries.next().is_some());
    if occupied {
        return check(folder, today);
    }
    let parent = folder
        .parent()
        .filter(|parent| !parent.as_os_str().is_empty())
        .unwrap_or(Path::new("."));
    fs::create_dir_all(parent).map_err(|error| PkiError::Io(parent.to_owned(), error))?;
    let mut partial = folder.as_os_str().to_owned();
    partial.push(".partial");
    let partial = PathBuf::from(partial);
    let _ = fs::remove_dir_all(&partial);
    make(&partial, names, today)?;
    let _ = fs::remove_dir(folder);
    fs::rename(&partial, folder).map_err(|error| PkiError::Io(folder.to_owned(), error))
}

fn check(folder: &Path, today: Date) -> Result<(), PkiError> {
    let clients = IDENTITIES.iter().map(|(name, _)| format!("clients/{name}"));
    let bad = BAD.iter().map(|name| format!("bad/{name}"));
    let pairs = clients.chain(bad).chain(["server".to_owned()]);
    let complete = pairs.into_iter().all(|name| {
        folder.join(format!("{name}.pem")).is_file() && folder.join(format!("{name}.key")).is_file()
    });
    let ca = fs::read(folder.join("ca.pem")).unwrap_or_default();
    let pem = x509_parser::pem::parse_x509_pem(&ca).ok();
    let certificate = pem.as_ref().and_then(|(_, pem)| pem.parse_x509().ok());
    let ours = certificate
        .as_ref()
        .is_some_and(|certificate| certificate.subject().to_string().contains(SUBJECT));
    match certificate {
        Some(certificate) if ours && complete && folder.join("crl.pem").is_file() => {
            let last = certificate.validity().not_after.timestamp();
            let midnight = jiff::tz::Offset::UTC.to_timestamp(today.at(0, 0, 0, 0));
            let now = midnight.map_or(i64::MAX, jiff::Timestamp::as_second);
            if now < last {
                Ok(())
            } else {
                Err(PkiError::Expired(folder.to_owned()))
            }
        }
        Some(_) | None => Err(PkiError::Foreign(folder.to_owned())),
    }
}

fn make(folder: &Path, names: &[String], today: Date) -> Result<(), PkiError> {
    let year = i32::from(today.year());
    let (ca, ca_pem) = authority(year)?;
    let (other, _) = authority(year)?;
    write(&folder.join("ca.pem"), &ca_pem, false)?;

    let mut server = leaf("renkei mock", year, ExtendedKeyUsagePurpose::ServerAuth)?;
    let loopback = ["localhost", "127.0.0.1", "::1"].map(str::to_owned);
    for name in loopback.iter().chain(names) {
        server.subject_alt_names.push(match name.parse::<IpAddr>() {
            Ok(address) => SanType::IpAddress(address),
            Err(_) => SanType::DnsName(name.as_str().try_into()?),
        });
    }
    pair(folder, "server", &server, &ca)?;

    for (name, code) in IDENTITIES {
        pair(
            folder,
            &format!("clients/{name}"),
            &client(code, year)?,
            &ca,
        )?;
    }
    for name in BAD {
        let mut params = client("202053-M", year)?;
        match name {
            "expired" => params.not_after = date_time_ymd(year - 1, 6, 1),
            "not-yet-valid" => params.not_before = date_time_ymd(year + 1, 1, 2),
            "revoked" => params.serial_number = Some(SerialNumber::from(REVOKED_SERIAL)),
            _ => {}
        }
        pair(
            folder,
            &format!("bad/{name}"),
            &params,
            if name == "other-ca" { &other } else { &ca },
        )?;
    }

    let list = CertificateRevocationListParams {
        this_update: date_time_ymd(year - 1, 1, 1),
        next_update: date_time_ymd(year + 2, 1, 1),
        crl_number: SerialNumber::from(1_u64),
        issuing_distribution_point: None,
        revoked_certs: vec![RevokedCertParams {
            serial_number: SerialNumber::from(REVOKED_SERIAL),
            revocation_time: date_time_ymd(year - 1, 1, 1),
            reason_code: Some(RevocationReason::KeyCompromise),
            invalidity_date: None,
        }],
        key_identifier_method: KeyIdMethod::Sha256,
    };
    write(&folder.join("crl.pem"), &list.signed_by(&ca)?.pem()?, false)
}

fn authority(year: i32) -> Result<(Issuer<'static, KeyPair>, String), PkiError> {
    let mut params = CertificateParams::new(Vec::<String>::new())?;
    params.distinguished_name.push(DnType::CommonName, SUBJECT);
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    params.not_before = date_time_ymd(year - 1, 1, 1);
    params.not_after = date_time_ymd(year + 2, 1, 1);
    let key = KeyPair::generate()?;
    let pem = params.self_signed(&key)?.pem();
    Ok((Issuer::new(params, key), pem))
}

fn leaf(
    name: &str,
    year: i32,
    usage: ExtendedKeyUsagePurpose,
) -> Result<CertificateParams, PkiError> {
    let mut params = CertificateParams::new(Vec::<String>::new())?;
    params.distinguished_name.remove(DnType::CommonName);
    params.distinguished_name.push(DnType::CommonName, name);
    params.extended_key_usages = vec![usage];
    params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    params.use_authority_key_identifier_extension = true;
    params.not_before = date_time_ymd(year - 1, 1, 1);
    params.not_after = date_time_ymd(year + 2, 1, 1);
    Ok(params)
}

fn client(name: &str, year: i32) -> Result<CertificateParams, PkiError> {
    let mut params = leaf(name, year, ExtendedKeyUsagePurpose::ClientAuth)?;
    let uri = match name {
        Caller::REGISTRY => REGISTRY_URI.to_owned(),
        Caller::PORTAL => PORTAL_URI.to_owned(),
        code => format!("{INSTITUTION_URI}{code}"),
    };
    params
        .subject_alt_names
        .push(SanType::URI(uri.as_str().try_into()?));
    Ok(params)
}

fn pair(
    folder: &Path,
    name: &str,
    params: &CertificateParams,
    issuer: &Issuer<'_, KeyPair>,
) -> Result<(), PkiError> {
    let key = KeyPair::generate()?;
    write(
        &folder.join(format!("{name}.pem")),
        &params.signed_by(&key, issuer)?.pem(),
        false,
    )?;
    write(
        &folder.join(format!("{name}.key")),
        &key.serialize_pem(),
        true,
    )
}

fn write(path: &Path, text: &str, secret: bool) -> Result<(), PkiError> {
    use io::Write as _;
    let failed = |error| PkiError::Io(path.to_owned(), error);
    if let Some(parent) = path.parent() {
        fs::create_dir_all(parent).map_err(failed)?;
    }
    let mut options = fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt as _;
        options.mode(if secret { 0o600 } else { 0o644 });
    }
    #[cfg(not(unix))]
    let _ = secret;
    options
        .open(path)
        .and_then(|mut file| file.write_all(text.as_bytes()))
        .map_err(failed)
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn a_set_is_used_again_and_refused_when_expired_or_foreign() {
        let folder = tempfile::tempdir().unwrap();
        let set = folder.path().join("pki");
        ensure(&set, &[], date(2026, 11, 23)).unwrap();
        let before = fs::read(set.join("ca.pem")).unwrap();
        ensure(&set, &[], date(2026, 12, 1)).unwrap();
        assert_eq!(fs::read(set.join("ca.pem")).unwrap(), before);
        assert!(matches!(
            ensure(&set, &[], date(2029, 1, 1)),
            Err(PkiError::Expired(_))
        ));
        fs::remove_file(set.join("server.key")).unwrap();
        assert!(matches!(
            ensure(&set, &[], date(2026, 12, 1)),
            Err(PkiError::Foreign(_))
        ));
    }

    #[cfg(unix)]
    #[test]
    fn a_key_is_readable_by_its_owner_alone() {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = tempfile::tempdir().unwrap();
        let set = folder.path().join("pki");
        ensure(&set, &[], date(2026, 11, 23)).unwrap();
        let mode = fs::metadata(set.join("clients/iida-mayor.key"))
            .unwrap()
            .permissions()
            .mode();
        assert_eq!(mode & 0o777, 0o600);
    }
}
