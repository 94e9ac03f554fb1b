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
use x509_parser::{pem::Pem, prelude::GeneralName};

use crate::text::Text;

/// The start of every SAN URI that names a caller.
pub const CALLER_URI: &str = "urn:renkei:mock:";

/// Each identity with what the SAN URIs of its certificate say after [`CALLER_URI`].
pub const IDENTITIES: [(&str, &[&str]); 11] = [
    ("iida-mayor", &["institution:202053-M"]),
    ("iida-education", &["institution:202053-E"]),
    // One certificate for both offices: served as both only where the world says so [A].
    (
        "iida-joint",
        &["institution:202053-M", "institution:202053-E"],
    ),
    ("sapporo-mayor", &["institution:011002-M"]),
    ("sapporo-education", &["institution:011002-E"]),
    ("matsumoto-mayor", &["institution:202029-M"]),
    ("ministry", &["institution:MIN-0001"]),
    ("insurer", &["institution:INS-0001"]),
    ("registry", &["registry"]),
    ("portal", &["portal"]),
    ("unknown-institution", &["institution:999999-M"]),
];

/// The ways in which a client certificate of `bad/` is bad. That of `no-caller` is the CA's and valid, but names nobody.
pub const BAD: [&str; 6] = [
    "expired",
    "not-yet-valid",
    "revoked",
    "other-ca",
    "wrong-usage",
    "no-caller",
];

/// The ways in which a server certificate of `bad/server-…` is bad, for listeners that are to be distrusted.
pub const BAD_SERVER: [&str; 3] = ["other-name", "expired", "other-ca"];

const SUBJECT: &str = "renkei mock test CA (unofficial)";
const REVOKED_SERIAL: u64 = 66;

/// Why a set could not be made or used.
#[derive(Debug)]
pub enum PkiError {
    /// The folder holds something else than a set that this program made.
    Foreign(PathBuf),
    /// The set's certificates are past their last day.
    Expired(PathBuf),
    /// The set's server certificate does not hold for a name that was asked for.
    Unnamed(PathBuf, String),
    /// A file could not be read or written.
    Io(PathBuf, io::Error),
    /// A certificate could not be made.
    Make(rcgen::Error),
}

impl PkiError {
    /// For people.
    pub fn text(&self) -> Text {
        let (path, ja, en) = match self {
            Self::Foreign(path) => (
                path,
                "このフォルダーの内容は、この版が作成する試験用証明書一式ではありません。別のフォルダーを指定するか、不要であれば削除してください。".to_owned(),
                "the folder holds something else than a whole set of test certificates of this version; name another one, or delete it if it is not needed".to_owned(),
            ),
            Self::Expired(path) => (
                path,
                "証明書の有効期限が切れています。フォルダーを削除して再作成してください。".to_owned(),
                "the test certificates have expired; delete the folder to have it made again".to_owned(),
            ),
            Self::Unnamed(path, name) => (
                path,
                format!("サーバー証明書に名前「{name}」が含まれていません。フォルダーを削除して再作成してください。"),
                format!("the server certificate does not hold for '{name}'; delete the folder to have it made again"),
            ),
            Self::Io(path, error) => (
                path,
                format!("読み書きできません（{error}）"),
                format!("cannot be read or written: {error}"),
            ),
            Self::Make(error) => {
                return Text::new(
                    format!("試験用証明書を作成できません（{error}）"),
                    format!("a test certificate could not be made: {error}"),
                );
            }
        };
        let path = path.display();
        Text::new(format!("{path}: {ja}"), format!("{path}: {en}"))
    }
}

impl fmt::Display for PkiError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.text().fmt(f)
    }
}

impl std::error::Error for PkiError {}

impl From<rcgen::Error> for PkiError {
    fn from(error: rcgen::Error) -> Self {
        Self::Make(error)
    }
}

/// Makes a set in the folder, or checks that the one that is there can be used on this day and under these names.
pub fn ensure(folder: &Path, names: &[String], today: Date) -> Result<(), PkiError> {
    if occupied(folder) {
        return check(folder, names, today);
    }
    let parent = folder
        .parent()
        .filter(|parent| !parent.as_os_str().is_empty())
        .unwrap_or(Path::new("."));
    fs::create_dir_all(parent).map_err(|error| PkiError::Io(parent.to_owned(), error))?;
    // Made aside and moved, so that a set is there whole or not at all, also when two programs make it at once.
    let mut partial = folder.as_os_str().to_owned();
    partial.push(format!(".partial-{}", std::process::id()));
    let partial = PathBuf::from(partial);
    let _ = fs::remove_dir_all(&partial);
    make(&partial, names, today)?;
    let _ = fs::remove_dir(folder);
    match fs::rename(&partial, folder) {
        Ok(()) => Ok(()),
        Err(_) if occupied(folder) => {
            let _ = fs::remove_dir_all(&partial);
            check(folder, names, today)
        }
        Err(error) => Err(PkiError::Io(folder.to_owned(), error)),
    }
}

fn occupied(folder: &Path) -> bool {
    fs::read_dir(folder).is_ok_and(|mut entries| entries.next().is_some())
        || folder.symlink_metadata().is_ok_and(|found| !found.is_dir())
}

/// The certificates of a set, by their path without an ending.
fn certificates() -> impl Iterator<Item = String> {
    let clients = IDENTITIES.iter().map(|(name, _)| format!("clients/{name}"));
    let bad = BAD.iter().map(|name| format!("bad/{name}"));
    let servers = BAD_SERVER.iter().map(|name| format!("bad/server-{name}"));
    clients
        .chain(bad)
        .chain(servers)
        .chain(["server".to_owned()])
}

fn check(folder: &Path, names: &[String], today: Date) -> Result<(), PkiError> {
    let foreign = || PkiError::Foreign(folder.to_owned());
    let complete = certificates().all(|name| {
        folder.join(format!("{name}.pem")).is_file() && folder.join(format!("{name}.key")).is_file()
    });
    if !complete || !folder.join("crl.pem").is_file() {
        return Err(foreign());
    }
    let pem = pem_of(&folder.join("ca.pem")).ok_or_else(foreign)?;
    let ca = pem.parse_x509().map_err(|_| foreign())?;
    if !ca.subject().to_string().contains(SUBJECT) {
        return Err(foreign());
    }
    let midnight = jiff::tz::Offset::UTC.to_timestamp(today.at(0, 0, 0, 0));
    let now = midnight.map_or(i64::MAX, jiff::Timestamp::as_second);
    if now >= ca.validity().not_after.timestamp() {
        return Err(PkiError::Expired(folder.to_owned()));
    }
    let pem = pem_of(&folder.join("server.pem")).ok_or_else(foreign)?;
    let server = pem.parse_x509().map_err(|_| foreign())?;
    let held = server.subject_alternative_name().ok().flatten();
    let held = held.map_or(&[][..], |names| names.value.general_names.as_slice());
    let holds = |name: &&String| {
        held.iter().any(|entry| {
            if let GeneralName::IPAddress(octets) = entry {
                return match name.parse() {
                    Ok(IpAddr::V4(address)) => address.octets()[..] == **octets,
                    Ok(IpAddr::V6(address)) => address.octets()[..] == **octets,
                    Err(_) => false,
                };
            }
            matches!(entry, GeneralName::DNSName(held) if held.eq_ignore_ascii_case(name))
        })
    };
    match names.iter().find(|name| !holds(name)) {
        None => Ok(()),
        Some(name) => Err(PkiError::Unnamed(folder.to_owned(), name.clone())),
    }
}

fn pem_of(path: &Path) -> Option<Pem> {
    let bytes = fs::read(path).ok()?;
    x509_parser::pem::parse_x509_pem(&bytes)
        .ok()
        .map(|(_, pem)| pem)
}

fn make(folder: &Path, names: &[String], today: Date) -> Result<(), PkiError> {
    let year = i32::from(today.year());
    let (ca, ca_pem) = authority(year)?;
    let (other, _) = authority(year)?;
    write(&folder.join("ca.pem"), &ca_pem, false)?;

    let loopback = ["localhost", "127.0.0.1", "::1"].map(str::to_owned);
    let all: Vec<String> = loopback.iter().chain(names).cloned().collect();
    let good = server(&all, year)?;
    pair(folder, "server", &good, &ca)?;
    for name in BAD_SERVER {
        let mut params = good.clone();
        match name {
            "other-name" => params = server(&["other-name.invalid".to_owned()], year)?,
            "expired" => params.not_after = date_time_ymd(year - 1, 6, 1),
            _ => {}
        }
        let issuer = if name == "other-ca" { &other } else { &ca };
        pair(folder, &format!("bad/server-{name}"), &params, issuer)?;
    }

    for (name, callers) in IDENTITIES {
        pair(
            folder,
            &format!("clients/{name}"),
            &client(name, callers, year)?,
            &ca,
        )?;
    }
    for name in BAD {
        let mut params = client(name, &["institution:202053-M"], year)?;
        match name {
            "expired" => params.not_after = date_time_ymd(year - 1, 6, 1),
            "not-yet-valid" => params.not_before = date_time_ymd(year + 1, 1, 2),
            "revoked" => params.serial_number = Some(SerialNumber::from(REVOKED_SERIAL)),
            "wrong-usage" => params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth],
            "no-caller" => params.subject_alt_names.clear(),
            _ => {}
        }
        let issuer = if name == "other-ca" { &other } else { &ca };
        pair(folder, &format!("bad/{name}"), &params, issuer)?;
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

fn server(names: &[String], year: i32) -> Result<CertificateParams, PkiError> {
    let mut params = leaf("renkei mock", year, ExtendedKeyUsagePurpose::ServerAuth)?;
    for name in names {
        params.subject_alt_names.push(match name.parse::<IpAddr>() {
            Ok(address) => SanType::IpAddress(address),
            Err(_) => SanType::DnsName(name.as_str().try_into()?),
        });
    }
    Ok(params)
}

fn client(name: &str, callers: &[&str], year: i32) -> Result<CertificateParams, PkiError> {
    let mut params = leaf(name, year, ExtendedKeyUsagePurpose::ClientAuth)?;
    for caller in callers {
        params.subject_alt_names.push(SanType::URI(
            format!("{CALLER_URI}{caller}").as_str().try_into()?,
        ));
    }
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

    fn set() -> (tempfile::TempDir, PathBuf) {
        let folder = tempfile::tempdir().unwrap();
        let set = folder.path().join("pki");
        ensure(&set, &["mock.example".to_owned()], date(2026, 11, 23)).unwrap();
        (folder, set)
    }

    #[test]
    fn a_set_is_used_again_and_refused_when_expired_or_foreign() {
        let (folder, set) = set();
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
        assert_eq!(
            fs::read_dir(folder.path()).unwrap().count(),
            1,
            "nothing half made is left"
        );
    }

    #[test]
    fn a_file_or_a_folder_of_other_things_is_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("notes.txt"), "mine").unwrap();
        for path in [folder.path().to_owned(), folder.path().join("notes.txt")] {
            assert!(matches!(
                ensure(&path, &[], date(2026, 11, 23)),
                Err(PkiError::Foreign(_))
            ));
        }
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[test]
    fn a_name_that_the_server_certificate_lacks_is_named() {
        let (_folder, set) = set();
        let names = ["127.0.0.1", "::1", "MOCK.example"].map(str::to_owned);
        ensure(&set, &names, date(2026, 11, 23)).unwrap();
        for name in ["other.example", "192.0.2.1"] {
            let error = ensure(&set, &[name.to_owned()], date(2026, 11, 23)).unwrap_err();
            assert!(matches!(&error, PkiError::Unnamed(_, named) if named == name));
        }
    }

    #[cfg(unix)]
    #[test]
    fn every_key_is_readable_by_its_owner_alone() {
        use std::os::unix::fs::PermissionsExt as _;
        let (_folder, set) = set();
        for name in certificates() {
            let file = fs::metadata(set.join(format!("{name}.key"))).unwrap();
            assert_eq!(file.permissions().mode() & 0o777, 0o600, "{name}");
        }
    }
}
