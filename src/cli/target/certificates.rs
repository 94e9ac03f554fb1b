//! The certificates of whoever sends, looked at before anything is sent.

use std::{collections::BTreeSet, path::Path};

use crate::{
    cli::Stopped,
    japan,
    plan::Suite,
    profile,
    project::Project,
    run::Target,
    scenario::Scenario,
    text::{Text, counted},
    transport::{Broken, Certificate, CertificateShown, Credentials, Prepared, SOON},
    verdict::Exit,
};

/// Reads the certificates of whoever sends in the chosen scenarios: a wrong path would spoil them all, one by one.
pub(super) fn certificates(
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
pub(in crate::cli) fn expiring(
    identity: &str,
    own: &CertificateShown,
    now: jiff::Timestamp,
) -> Option<Text> {
    let days = own.days_left(now);
    if days > SOON {
        return None;
    }
    let last = japan::local(own.not_after).date();
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
                "the certificate of '{identity}' expires in {} ({last}); see to a new one",
                counted(days, "day")
            ),
        )
    })
}

/// A file or variable that cannot be used, with the key and the line of the profile that name it.
pub(in crate::cli) fn wrong(
    project: &Project,
    target: &Target,
    identity: &str,
    broken: &Broken,
) -> Stopped {
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
}
