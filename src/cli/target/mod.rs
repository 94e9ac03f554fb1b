//! What `run` runs against: the bundled mock, or a target of the profile.

mod certificates;
mod described;

use std::{collections::BTreeMap, path::PathBuf, time::Duration};

use renkei_mock::server::Mock;

use crate::{
    cli::{Stopped, hint, mock, temporary},
    control::Control,
    message::Values,
    plan::{Suite, before_it, establisher},
    profile,
    project::Project,
    run::{LIMITS, Real, Target},
    scenario::{Scenario, data::Lapse},
    text::Text,
    transport::Limits,
    verdict::Exit,
};
use certificates::certificates;

pub(super) use certificates::{expiring, wrong};
pub(super) use described::of_profile;

/// The longest that one step waits where nothing is said.
const LONGEST_WAIT: Duration = Duration::from_secs(15 * 60);

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
    /// The profile in the place of the suite's own.
    pub(super) profile: Option<PathBuf>,
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
        let folder = temporary()?;
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
    suite.profile.add(&target);
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
    let mut assumed: BTreeMap<String, Values> = BTreeMap::new();
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
        let given: Values = given
            .into_iter()
            .map(|(name, value)| (name, value.into()))
            .collect();
        // Where it was reached, so was all that comes before it.
        let before = before_it(suite, source).filter_map(|one| one.file.establishes.as_ref());
        for earlier in before.map(toml::Spanned::get_ref) {
            let known = assumed.entry(earlier.clone()).or_default();
            let own = target.exports.get(earlier).cloned().unwrap_or_default();
            known.extend(own.into_iter().map(|(name, value)| (name, value.into())));
        }
        assumed.insert(name.clone(), given);
    }
    let senders = target.certificates.is_none();
    let real = Real {
        endpoints: target.endpoint.clone(),
        cannot: target.cannot.clone(),
        longest_wait: target.longest_wait.map_or(LONGEST_WAIT, Lapse::duration),
        senders: senders.then(|| target.identity.keys().cloned().collect()),
        assumed,
        profile: asked
            .profile
            .as_ref()
            .map(|profile| profile.display().to_string()),
        files: asked.files.clone(),
        ..Real::of(jiff::Timestamp::now)
    };
    Ok((real, missing))
}

/// What goes with a checkpoint, that of those before it included.
fn handed_on<'a>(suite: &'a Suite, source: &'a Scenario) -> impl Iterator<Item = &'a String> {
    let all = std::iter::once(source).chain(before_it(suite, source));
    let names = all.flat_map(|scenario| &scenario.file.exports);
    names.map(toml::Spanned::get_ref)
}

pub(super) fn usage(ja: String, en: String) -> Stopped {
    Stopped {
        exit: Exit::Usage,
        text: Text::new(ja, en),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_nonce_has_sixteen_digits_and_is_another_each_time() {
        let [first, second] = [nonce().unwrap(), nonce().unwrap()];
        assert_ne!(first, second);
        assert_eq!(first.to_string().len(), 16);
    }
}
