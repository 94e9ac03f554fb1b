//! Against what a suite runs, and how.

use std::{borrow::Cow, collections::BTreeMap, path::PathBuf, time::Duration};

use tokio_util::task::TaskTracker;

use crate::{
    control::Control,
    profile::Identity,
    run::Real,
    text::Text,
    transport::{Certificate, Credentials, Limits, Proxy, Secret, Versions},
};

/// What has begun and not ended: a run that is dropped leaves some of it.
pub type UnderWay = TaskTracker;

/// What becomes of new and different snapshots.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Snapshots {
    /// They are reported.
    Check,
    /// They are reported, and put beside the accepted ones to be looked at.
    New,
    /// They are accepted, where the expectations hold.
    Accept,
}

/// What a suite runs against.
#[derive(Clone, Debug)]
pub struct Target {
    /// Its name in the profile; none for the bundled mock.
    pub name: Option<String>,
    /// The mock's control API.
    pub control: Control,
    /// Where the network is reached, if not where its control says: there may be a proxy between.
    pub url: Option<String>,
    /// The CAs that are trusted, PEM.
    pub ca: PathBuf,
    /// The folder of the certificates that the profile's identities name.
    pub certificates: PathBuf,
    /// Certificates of identities that lie elsewhere.
    pub identities: BTreeMap<String, Credentials>,
    /// The proxy, where there is one.
    pub proxy: Option<Proxy>,
    /// The TLS versions that may be spoken.
    pub versions: Versions,
    /// Headers that every request carries besides those of its step.
    pub headers: Vec<(String, String)>,
    /// Those values of them that are shown and kept nowhere.
    pub secrets: Vec<Secret>,
    /// The least time between two sendings.
    pub every: Duration,
    /// Whether bodies are kept; else the normalised text and hashes alone.
    pub bodies: bool,
    /// A folder of snapshots below the suite's root that count before the common ones.
    pub snapshots: Option<String>,
    /// What is said of it where it is a network without control.
    pub real: Option<Real>,
}

impl Target {
    /// A mock with a folder of certificates as the mock makes it.
    pub fn of_mock(control: &str, pki: PathBuf) -> Self {
        Self {
            name: None,
            control: Control::new(control),
            url: None,
            ca: pki.join("ca.pem"),
            certificates: pki,
            identities: BTreeMap::new(),
            proxy: None,
            versions: Versions::ALL,
            headers: Vec::new(),
            secrets: Vec::new(),
            every: Duration::ZERO,
            bodies: true,
            snapshots: None,
            real: None,
        }
    }

    /// A text without the values that are shown and kept nowhere.
    pub(crate) fn hidden<'a>(&self, text: &'a str) -> Cow<'a, str> {
        let secrets = self.secrets.iter();
        secrets.fold(Cow::Borrowed(text), |text, secret| {
            Cow::Owned(text.replace(&secret.text, "***"))
        })
    }

    /// Where an identity's certificate and key come from.
    pub fn credentials(&self, name: &str, identity: &Identity) -> Credentials {
        self.identities.get(name).cloned().unwrap_or_else(|| {
            let file = |ending: &str| {
                self.certificates
                    .join(format!("{}.{ending}", identity.certificate))
            };
            Credentials::Files(Certificate {
                chain: file("pem"),
                key: file("key"),
            })
        })
    }
}

/// Against what a suite runs, and how.
#[derive(Clone, Debug)]
pub struct Setting {
    /// Against what.
    pub target: Target,
    /// Goes into request ids.
    pub seed: u64,
    /// How many scenarios run side by side.
    pub jobs: usize,
    /// What becomes of new and different snapshots.
    pub snapshots: Snapshots,
    /// Whether no scenario begins after one that did not pass.
    pub fail_fast: bool,
    /// Whether the worlds of scenarios that did not pass are left for a look.
    pub keep_worlds: bool,
    /// How long a target may take for an exchange, and how much of an answer is read.
    pub limits: Limits,
    /// What is wrong in the worlds of the chosen scenarios.
    pub spoilt: Spoilt,
    /// Part of the names of worlds, so that runs against one mock do not meet.
    pub nonce: String,
    /// Whether all is rendered and nothing is sent.
    pub dry_run: bool,
    /// What whoever reads the run must know besides.
    pub warnings: Vec<Text>,
    /// The folder of the folders that scenarios give to the system under test.
    pub works: PathBuf,
    /// What may still make a world, even after the run itself was dropped.
    pub under_way: UnderWay,
}

impl Setting {
    /// Against a target, one scenario after the other; nothing is written, and nothing else said.
    pub fn of(target: Target) -> Self {
        Self {
            target,
            seed: 1,
            jobs: 1,
            snapshots: Snapshots::Check,
            fail_fast: false,
            keep_worlds: false,
            limits: LIMITS,
            spoilt: Spoilt::default(),
            nonce: "run".to_owned(),
            dry_run: false,
            warnings: Vec::new(),
            works: PathBuf::new(),
            under_way: UnderWay::default(),
        }
    }
}

/// How much of an answer is waited for and read, where nothing else is said.
pub const LIMITS: Limits = Limits::each(Duration::from_secs(30), 16 << 20);

/// What is wrong in the worlds of the chosen scenarios, after their checkpoint: by this a selftest looks whether they
/// notice.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Spoilt {
    /// Rules that are off.
    pub rules_off: Vec<String>,
    /// What spoils every answer.
    pub misbehaviour: Option<String>,
    /// What is wrong with the listener, by `certificate` and `fault`.
    pub listener: Option<(String, String)>,
}
