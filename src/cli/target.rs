//! What `run` runs against: the bundled mock, or a target of the profile.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::{Path, PathBuf},
    time::Duration,
};

use renkei_mock::server::Mock;

use crate::{
    cli::{Stopped, hint, mock, variable},
    control::Control,
    plan::{Suite, before_it, establisher},
    profile::{self, Bodies, Kind, Size, Tls, TlsVersion},
    project::Project,
    run::{LIMITS, Real, Target},
    scenario::{Scenario, data::Lapse},
    text::Text,
    transport::{
        Broken, Certificate, CertificateShown, Credentials, Limits, Place, Prepared, Proxy, Secret,
        Versions,
    },
    verdict::Exit,
};

/// The longest that one step waits where nothing is said.
const LONGEST_WAIT: Duration = Duration::from_secs(15 * 60);
/// How many days before its end a certificate is warned of.
const WARNED: i64 = 30;

/// Something to run against, for as long as this is held.
pub(super) struct Opened {
    pub(super) target: Target,
    /// How long each stage of an exchange may take there, and how much of an answer is read.
    pub(super) limits: Limits,
    /// Part of the names of worlds, so that two runs against one mock do not meet.
    pub(super) nonce: String,
    /// What whoever reads the run must know.
    pub(super) warnings: Vec<Text>,
    embedded: Option<(Mock, tempfile::TempDir)>,
}

/// What was asked for besides the target.
pub(super) struct Asked {
    /// The checkpoints that were reached by other means.
    pub(super) assumed: Vec<String>,
    /// Whether nothing is to be sent.
    pub(super) dry_run: bool,
    /// The SHA-256 of each file that says what is sent and what must come back.
    pub(super) files: BTreeMap<String, String>,
}

impl Opened {
    /// Stops what was started for it.
    pub(super) async fn close(self) {
        if let Some((mock, _folder)) = self.embedded {
            mock.stop().await;
        }
    }

    fn bundled(target: Target, embedded: Option<(Mock, tempfile::TempDir)>) -> Self {
        Self {
            target,
            limits: LIMITS,
            nonce: "run".to_owned(),
            warnings: Vec::new(),
            embedded,
        }
    }
}

/// Starts the bundled mock, or looks whether the target is there.
pub(super) async fn open(
    name: Option<&str>,
    asked: &Asked,
    suite: &Suite,
    project: &Project,
    chosen: &[Scenario],
) -> Result<Opened, Stopped> {
    let Some(name) = name else {
        only_without_control(asked)?;
        if asked.dry_run {
            let mut target = Target::of_mock("", PathBuf::new());
            target.control = Control::absent();
            return Ok(Opened::bundled(target, None));
        }
        let folder = tempfile::tempdir()?;
        let mock = mock::embedded(&folder.path().join("pki")).await?;
        let target = Target::of_mock(mock.control_url(), mock.pki().to_owned());
        return Ok(Opened::bundled(target, Some((mock, folder))));
    };
    let root = match &project.root {
        Some(root) => root.clone(),
        None => std::env::current_dir()?,
    };
    let settings = of_name(name, suite)?;
    if settings.production {
        return Err(production(name));
    }
    let (mut target, limits) = of_profile(name, settings, &root)?;
    let mut warnings = Vec::new();
    if settings.control.is_none() {
        let (real, missing) = real(settings, asked, suite)?;
        target.real = Some(real);
        warnings.extend(missing);
    } else {
        only_without_control(asked)?;
    }
    warnings.extend(certificates(&target, suite, project, chosen)?);
    if target.real.is_none() && !asked.dry_run {
        let there = target.control.get("/health").await;
        there.map_err(|error| Stopped {
            exit: Exit::Transport,
            text: error.text(),
        })?;
    }
    let now = jiff::Timestamp::now().as_millisecond();
    Ok(Opened {
        target,
        limits,
        nonce: format!("r{now:x}-{:x}", std::process::id()),
        warnings,
        embedded: None,
    })
}

/// What a target adds to the suite: volatile values, times, and snapshots of its own.
pub(super) fn apply(
    name: Option<&str>,
    suite: &mut Suite,
    project: &mut Project,
) -> Result<(), Stopped> {
    let target = name.and_then(|name| suite.profile.target.get(name).cloned());
    let Some(target) = target else {
        return Ok(());
    };
    suite.profile.volatile.extend(target.volatile);
    suite.profile.times.extend(target.times);
    if let Some(folder) = &target.snapshots {
        project.include(folder)?;
    }
    Ok(())
}

/// A nonce that no run had before. It has sixteen digits, so that it is never taken for an individual number, and every
/// reader of JSON holds it whole.
pub(super) fn nonce() -> Result<u64, Stopped> {
    let mut bytes = [0; 8];
    let random = rustls::crypto::ring::default_provider().secure_random;
    random.fill(&mut bytes).map_err(|_| Stopped {
        exit: Exit::Internal,
        text: Text::new(
            "この機器で乱数を得られません。",
            "this machine gives no random numbers",
        ),
    })?;
    let least = 1 << 52;
    Ok(least + u64::from_be_bytes(bytes) % least)
}

/// The entry of a target; where the name is wrong, what may have been meant.
pub(super) fn of_name<'a>(name: &str, suite: &'a Suite) -> Result<&'a profile::Target, Stopped> {
    let targets = &suite.profile.target;
    targets.get(name).ok_or_else(|| {
        let (ja, en) = hint(name, targets.keys().map(String::as_str));
        usage(
            format!("profile.toml に [target.{name}] がありません。{ja}"),
            format!("there is no [target.{name}] in profile.toml{en}"),
        )
    })
}

/// Why nothing is run or recorded against the real network.
pub(super) fn production(name: &str) -> Stopped {
    usage(
        format!(
            "[target.{name}] は本番環境（production = true）です。照会は、実在する人についての提供の記録として長期間（7年間）残るため、実施も記録も行いません。疎通の確認には、記録を残さない範囲で確認する renkei doctor --target {name} を使用してください。何も送信していません。"
        ),
        format!(
            "[target.{name}] is the production network (production = true): an inquiry there leaves a record about a real person for seven years, so nothing is run or recorded; renkei doctor --target {name} looks as far as leaves none. Nothing was sent"
        ),
    )
}

fn only_without_control(asked: &Asked) -> Result<(), Stopped> {
    if asked.assumed.is_empty() {
        return Ok(());
    }
    Err(usage(
        "--assume は、制御APIのない接続先でのみ指定できます。模擬ネットワークでは、前提のシナリオが自動的に実施されます。".to_owned(),
        "--assume is for targets without control; against a mock, what a scenario starts from is run by itself".to_owned(),
    ))
}

/// What is said of a network without control, and what those who read the run must know of it.
fn real(
    target: &profile::Target,
    asked: &Asked,
    suite: &Suite,
) -> Result<(Real, Vec<Text>), Stopped> {
    let mut assumed = BTreeMap::new();
    let mut missing = Vec::new();
    for name in &asked.assumed {
        let Some(source) = establisher(&suite.scenarios, name) else {
            let known = suite.scenarios.iter();
            let known =
                known.filter_map(|one| Some(one.file.establishes.as_ref()?.get_ref().as_str()));
            let (ja, en) = hint(name, known);
            return Err(usage(
                format!("再開点「{name}」はありません（--assume）。{ja}"),
                format!("there is no checkpoint '{name}' (--assume){en}"),
            ));
        };
        let given = target.exports.get(name).cloned().unwrap_or_default();
        let lacking: Vec<&str> = handed_on(suite, source)
            .filter(|value| !given.contains_key(*value))
            .map(String::as_str)
            .collect();
        if !lacking.is_empty() {
            let list = lacking.join(", ");
            missing.push(Text::new(
                format!("再開点「{name}」に付く値が exports.{name} にありません: {list}。使用する手順は実施できません"),
                format!("values that go with the checkpoint '{name}' are not in exports.{name}: {list}; steps that use them cannot be done"),
            ));
        }
        let given = given.into_iter();
        let given = given.map(|(name, value)| (name, value.into())).collect();
        assumed.insert(name.clone(), given);
    }
    let senders = target.certificates.is_none();
    let real = Real {
        endpoints: target.endpoint.clone(),
        cannot: target.cannot.clone(),
        longest_wait: target.longest_wait.map_or(LONGEST_WAIT, Lapse::duration),
        senders: senders.then(|| target.identity.keys().cloned().collect()),
        assumed,
        now: jiff::Timestamp::now,
        files: asked.files.clone(),
        resumed: None,
    };
    Ok((real, missing))
}

/// What goes with a checkpoint, that of those before it included.
fn handed_on<'a>(suite: &'a Suite, source: &'a Scenario) -> impl Iterator<Item = &'a String> {
    let all = std::iter::once(source).chain(before_it(suite, source));
    let names = all.flat_map(|scenario| &scenario.file.exports);
    names.map(toml::Spanned::get_ref)
}

/// Reads the certificates of whoever sends in the chosen scenarios: a wrong path would spoil them all, one by one.
fn certificates(
    target: &Target,
    suite: &Suite,
    project: &Project,
    chosen: &[Scenario],
) -> Result<Vec<Text>, Stopped> {
    let mut warnings = Vec::new();
    let senders: BTreeSet<&String> = chosen
        .iter()
        .flat_map(|scenario| &scenario.file.steps)
        .filter_map(|step| step.identity.as_ref().map(toml::Spanned::get_ref))
        .collect();
    for name in senders {
        let real = target.real.as_ref();
        let held = real.and_then(|real| real.senders.as_ref());
        if held.is_some_and(|held| !held.contains(name)) {
            // What it would send is not possible there, and is told as such.
            continue;
        }
        if let Some(identity) = suite.profile.identity.get(name) {
            let credentials = target.credentials(name, identity);
            let read = Prepared::read(&target.ca, &credentials, target.versions)
                .map_err(|broken| wrong(project, target, name, &broken))?;
            if real.is_some()
                && let Some(own) = read.certificate()
            {
                warnings.extend(expiring(name, &own, jiff::Timestamp::now()));
            }
        }
    }
    Ok(warnings)
}

/// What is told of a certificate that will soon be of no use, or is already.
pub(super) fn expiring(
    identity: &str,
    own: &CertificateShown,
    now: jiff::Timestamp,
) -> Option<Text> {
    let days = own.days_left(now);
    if days > WARNED {
        return None;
    }
    let last = jiff::tz::Offset::constant(9).to_datetime(own.not_after);
    let last = last.strftime("%Y-%m-%d");
    Some(if days < 0 {
        Text::new(
            format!(
                "送信者「{identity}」の証明書は有効期限（{last}）が切れています。接続先に拒否されます。更新してください"
            ),
            format!(
                "the certificate of '{identity}' has expired ({last}): the target will refuse it; get a new one"
            ),
        )
    } else {
        Text::new(
            format!(
                "送信者「{identity}」の証明書の有効期限（{last}）まで{days}日です。更新の手続をしてください"
            ),
            format!(
                "the certificate of '{identity}' expires in {days} days ({last}); see to a new one"
            ),
        )
    })
}

/// A file or variable that cannot be used, with the key and the line of the profile that name it.
fn wrong(project: &Project, target: &Target, identity: &str, broken: &Broken) -> Stopped {
    let name = target.name.as_deref().unwrap_or_default();
    let of_identity = |key: &'static str| vec!["target", name, "identity", identity, key];
    let path = |path: &Path| path.display().to_string();
    let mut named = vec![(path(&target.ca), vec!["target", name, "ca"])];
    named.extend(match target.identities.get(identity) {
        Some(Credentials::Files(Certificate { chain, key })) => vec![
            (path(chain), of_identity("certificate")),
            (path(key), of_identity("key")),
        ],
        Some(Credentials::Pkcs12 { file, .. }) => vec![(path(file), of_identity("pkcs12"))],
        Some(Credentials::Texts { chain, key }) => vec![
            (chain.name.clone(), of_identity("certificate_env")),
            (key.name.clone(), of_identity("key_env")),
        ],
        None => Vec::new(),
    });
    let begins = |place: &str| broken.why.en.starts_with(&format!("{place}: "));
    let found = named.into_iter().find(|(place, _)| begins(place));
    let keys = found.map_or_else(|| vec!["target", name, "certificates"], |(_, keys)| keys);
    let text = project.get(profile::PATH).unwrap_or_default();
    let line = Scenario::line_of(text, &profile::place(text, &keys));
    let key = keys.get(2..).unwrap_or_default().join(".");
    let (path, Text { ja, en }) = (profile::PATH, &broken.why);
    Stopped {
        exit: Exit::Suite,
        text: Text::new(
            format!(
                "{path}:{line} [target.{name}] の {key} を使用できません（送信者「{identity}」）。\n  {ja}。\n何も送信していません。"
            ),
            format!(
                "{path}:{line} [target.{name}]: {key} cannot be used (for '{identity}')\n  {en}\nnothing was sent"
            ),
        ),
    }
}

/// A target as the profile describes it, its variables read.
pub(super) fn of_profile(
    name: &str,
    target: &profile::Target,
    root: &Path,
) -> Result<(Target, Limits), Stopped> {
    let folder = root.join(target.certificates.as_deref().unwrap_or("."));
    let ca = match &target.ca {
        Some(ca) => root.join(ca),
        None => folder.join("ca.pem"),
    };
    let mut identities = BTreeMap::new();
    for (identity, credentials) in &target.identity {
        // Reading the profile has reported what does not go together.
        if let Ok(kind) = credentials.kind() {
            let place = format!("[target.{name}.identity.{identity}]");
            identities.insert(identity.clone(), credentials_of(kind, root, &place)?);
        }
    }
    let lapse = |given: Option<Lapse>, usual| given.map_or(usual, Lapse::duration);
    let limits = Limits {
        connect: lapse(target.timeouts.connect, LIMITS.connect),
        handshake: lapse(target.timeouts.handshake, LIMITS.handshake),
        patience: lapse(target.timeouts.answer, LIMITS.patience),
        body: target.largest_answer.map_or(LIMITS.body, Size::bytes),
    };
    let target = Target {
        name: Some(name.to_owned()),
        control: match &target.control {
            Some(control) => Control::new(control),
            None => Control::absent(),
        },
        url: Some(target.url.clone()),
        ca,
        certificates: folder,
        identities,
        proxy: proxy_of(name, target)?,
        versions: versions_of(target.tls),
        headers: target.headers.clone().into_iter().collect(),
        every: lapse(target.every, Duration::ZERO),
        bodies: target.bodies == Bodies::All,
        snapshots: target
            .snapshots
            .as_deref()
            .map(|folder| folder.trim_end_matches('/').to_owned()),
        real: None,
    };
    Ok((target, limits))
}

pub(super) fn usage(ja: String, en: String) -> Stopped {
    Stopped {
        exit: Exit::Usage,
        text: Text::new(ja, en),
    }
}

fn credentials_of(kind: Kind<'_>, root: &Path, place: &str) -> Result<Credentials, Stopped> {
    Ok(match kind {
        Kind::Files { certificate, key } => Credentials::Files(Certificate {
            chain: root.join(certificate),
            key: root.join(key),
        }),
        Kind::Pkcs12 { file, password } => Credentials::Pkcs12 {
            file: root.join(file),
            password: match password {
                Some(variable) => secret(variable, place, "password_env")?,
                None => Secret::default(),
            },
        },
        Kind::Variables { certificate, key } => Credentials::Texts {
            chain: secret(certificate, place, "certificate_env")?,
            key: secret(key, place, "key_env")?,
        },
    })
}

/// What an environment variable holds. Its value is shown nowhere.
fn secret(name: &str, place: &str, key: &str) -> Result<Secret, Stopped> {
    match variable(name) {
        Some(text) => Ok(Secret {
            name: name.to_owned(),
            text,
        }),
        None => Err(usage(
            format!("環境変数 {name} が設定されていません（{place} の {key}）。"),
            format!("the environment variable {name} is not set ({key} of {place})"),
        )),
    }
}

fn proxy_of(name: &str, target: &profile::Target) -> Result<Option<Proxy>, Stopped> {
    let Some(url) = &target.proxy else {
        return Ok(None);
    };
    let place = Place::of(url).map_err(|error| Stopped {
        exit: Exit::Suite,
        text: error.text(),
    })?;
    let authorization = target
        .proxy_auth_env
        .as_deref()
        .map(|variable| secret(variable, &format!("[target.{name}]"), "proxy_auth_env"))
        .transpose()?;
    Ok(Some(Proxy {
        place,
        authorization,
    }))
}

fn versions_of(tls: Tls) -> Versions {
    let spoken = |version| {
        tls.min.is_none_or(|min| min <= version) && tls.max.is_none_or(|max| version <= max)
    };
    Versions {
        tls12: spoken(TlsVersion::V1_2),
        tls13: spoken(TlsVersion::V1_3),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_certificate_is_warned_of_from_thirty_days_before_its_end() {
        let own = CertificateShown {
            subject: String::new(),
            issuer: String::new(),
            names: Vec::new(),
            not_before: jiff::Timestamp::UNIX_EPOCH,
            not_after: "2026-12-31T09:00:00+09:00".parse().unwrap(),
        };
        let told = |now: &str| {
            let told = expiring("mayor", &own, now.parse().unwrap());
            told.map(|text| text.en)
        };
        assert_eq!(told("2026-11-30T08:59:59+09:00"), None);
        let last = told("2026-12-01T09:00:00+09:00").unwrap();
        assert!(last.contains("expires in 30 days (2026-12-31)"), "{last}");
        let over = told("2026-12-31T09:00:01+09:00").unwrap();
        assert!(over.contains("has expired (2026-12-31)"), "{over}");
    }

    #[test]
    fn a_nonce_has_sixteen_digits_and_is_another_each_time() {
        let [first, second] = [nonce().unwrap(), nonce().unwrap()];
        assert_ne!(first, second);
        assert_eq!(first.to_string().len(), 16);
    }
}
