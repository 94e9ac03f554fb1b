//! What `run` runs against: the bundled mock, or a target of the profile.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::Path,
};

use renkei_mock::server::Mock;

use crate::{
    cli::{Stopped, hint, mock},
    control::Control,
    plan::Suite,
    profile,
    project::Project,
    run::Target,
    scenario::Scenario,
    text::Text,
    transport::{Certificate, client_config},
    verdict::Exit,
};

/// Something to run against, for as long as this is held.
pub(super) struct Opened {
    pub(super) target: Target,
    /// Part of the names of worlds, so that two runs against one mock do not meet.
    pub(super) nonce: String,
    embedded: Option<(Mock, tempfile::TempDir)>,
}

impl Opened {
    /// Stops what was started for it.
    pub(super) async fn close(self) {
        if let Some((mock, _folder)) = self.embedded {
            mock.stop().await;
        }
    }
}

/// Starts the bundled mock, or looks whether the target is there.
pub(super) async fn open(
    name: Option<&str>,
    suite: &Suite,
    project: &Project,
    chosen: &[Scenario],
) -> Result<Opened, Stopped> {
    let Some(name) = name else {
        let folder = tempfile::tempdir()?;
        let mock = mock::embedded(&folder.path().join("pki")).await?;
        return Ok(Opened {
            target: Target::of_mock(mock.control_url(), mock.pki().to_owned()),
            nonce: "run".to_owned(),
            embedded: Some((mock, folder)),
        });
    };
    let root = match &project.root {
        Some(root) => root.clone(),
        None => std::env::current_dir()?,
    };
    let target = of_profile(name, suite, &root)?;
    certificates(&target, suite, chosen)?;
    let there = target.control.get("/health").await;
    there.map_err(|error| Stopped {
        exit: Exit::Transport,
        text: error.text(),
    })?;
    let now = jiff::Timestamp::now().as_millisecond();
    Ok(Opened {
        target,
        nonce: format!("r{now:x}-{:x}", std::process::id()),
        embedded: None,
    })
}

/// Reads the certificates of whoever sends in the chosen scenarios: a wrong path would spoil them all, one by one.
fn certificates(target: &Target, suite: &Suite, chosen: &[Scenario]) -> Result<(), Stopped> {
    let senders: BTreeSet<&String> = chosen
        .iter()
        .flat_map(|scenario| &scenario.file.steps)
        .filter_map(|step| step.identity.as_ref().map(toml::Spanned::get_ref))
        .collect();
    for name in senders {
        if let Some(identity) = suite.profile.identity.get(name) {
            let certificate = target.certificate(name, identity);
            client_config(&target.ca, &certificate).map_err(|error| Stopped {
                exit: Exit::Suite,
                text: error.text(),
            })?;
        }
    }
    Ok(())
}

fn of_profile(name: &str, suite: &Suite, root: &Path) -> Result<Target, Stopped> {
    let usage = |ja: String, en: String| Stopped {
        exit: Exit::Usage,
        text: Text::new(ja, en),
    };
    let targets = &suite.profile.target;
    let Some(target) = targets.get(name) else {
        let (ja, en) = hint(name, targets.keys().map(String::as_str));
        return Err(usage(
            format!("profile.toml に [target.{name}] がありません。{ja}"),
            format!("there is no [target.{name}] in profile.toml{en}"),
        ));
    };
    let profile::Target {
        url,
        control,
        certificates,
        ca,
        identity,
    } = target;
    let Some(control) = control else {
        return Err(usage(
            format!(
                "接続先「{name}」に control（模擬ネットワークの制御API）の指定がありません。制御APIのない接続先での実施には、まだ対応していません。"
            ),
            format!(
                "the target '{name}' has no 'control' (the control API of a mock); a run against a network without one is not supported yet"
            ),
        ));
    };
    let folder = root.join(certificates.as_deref().unwrap_or("."));
    let ca = match (ca, certificates) {
        (Some(ca), _) => root.join(ca),
        (None, Some(_)) => folder.join("ca.pem"),
        (None, None) => {
            return Err(usage(
                format!("[target.{name}] に certificates 又は ca の指定が必要です。"),
                format!("[target.{name}] needs 'certificates' or 'ca'"),
            ));
        }
    };
    let identities: BTreeMap<String, Certificate> = identity
        .iter()
        .map(|(identity, pair)| {
            let files = Certificate {
                chain: root.join(&pair.certificate),
                key: root.join(&pair.key),
            };
            (identity.clone(), files)
        })
        .collect();
    Ok(Target {
        name: Some(name.to_owned()),
        control: Control::new(control),
        url: Some(url.clone()),
        ca,
        certificates: folder,
        identities,
    })
}
