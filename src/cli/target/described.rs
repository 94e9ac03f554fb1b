//! A target as the profile describes it.

use std::{collections::BTreeMap, path::Path, time::Duration};

use hyper::header::HeaderValue;

use crate::{
    cli::{Stopped, target::usage, variable},
    control::Control,
    profile::{self, Bodies, Kind, Size, Tls, TlsVersion},
    run::{LIMITS, Target},
    scenario::data::Lapse,
    transport::{Certificate, Credentials, Limits, Place, Proxy, Secret, Versions},
    verdict::Exit,
};

/// What is said of it, with the files under `root` and the variables read.
pub(in crate::cli) fn of_profile(
    name: &str,
    target: &profile::Target,
    root: &Path,
) -> Result<(Target, Limits), Stopped> {
    let folder = target.certificates.as_deref();
    let folder = folder.map_or_else(|| root.to_owned(), |folder| root.join(folder));
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
    let (mut headers, mut secrets) = (target.headers.clone(), Vec::new());
    for (header, variable) in &target.headers_env {
        let secret = of_header(name, header, variable)?;
        headers.insert(header.clone(), secret.text.clone());
        secrets.push(secret);
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
        headers: headers.into_iter().collect(),
        secrets,
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

/// The value of a header, as an environment variable holds it.
fn of_header(target: &str, header: &str, variable: &str) -> Result<Secret, Stopped> {
    let (place, key) = (
        format!("[target.{target}]"),
        format!("headers_env.{header}"),
    );
    let secret = secret(variable, &place, &key)?;
    if HeaderValue::from_bytes(secret.text.as_bytes()).is_ok() {
        return Ok(secret);
    }
    Err(usage(
        format!(
            "環境変数 {variable} の値に、ヘッダーに使用できない文字（改行など）があります（{place} の {key}）。"
        ),
        format!(
            "what the environment variable {variable} holds cannot stand in a header; a line break, perhaps ({key} of {place})"
        ),
    ))
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
