//! What the system under test is given: where the network is, whose certificate it has, and a folder of its own.

use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use crate::{
    event::Outcome,
    message::Values,
    profile::Profile,
    run::{
        Target,
        step::Runner,
        world::{self, text},
    },
    scenario::{Kind, Step},
    system,
    text::Text,
    transport::Credentials,
};

/// What it is given besides what the target has.
#[derive(Clone, Debug)]
pub(super) struct Given {
    /// The world's time, as far as it is known.
    pub(super) now: String,
    /// The scenario's folder.
    pub(super) work: PathBuf,
}

/// A path that does not depend on where a program runs.
fn absolute(path: &Path) -> String {
    let absolute = std::path::absolute(path);
    absolute.as_deref().unwrap_or(path).display().to_string()
}

/// Where a network is, and what goes with it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Where<'a> {
    pub(super) profile: &'a Profile,
    pub(super) target: &'a Target,
    pub(super) url: &'a str,
    pub(super) work: &'a Path,
    pub(super) now: &'a str,
}

impl Where<'_> {
    /// What `renkei.…` stands for.
    pub(super) fn values(&self, identity: Option<&str>) -> Values {
        let Self {
            profile,
            target,
            url,
            work,
            now,
        } = self;
        let mut values: Vec<(&str, String)> = vec![
            ("url", (*url).to_owned()),
            ("ca", absolute(&target.ca)),
            ("work", absolute(work)),
            ("now", (*now).to_owned()),
        ];
        let entry = identity.and_then(|name| Some((name, profile.identity.get(name)?)));
        if let Some((name, identity)) = entry {
            values.push(("institution", identity.institution.clone()));
            // What a variable holds, or a PKCS#12 file, is not handed on.
            if let Credentials::Files(files) = target.credentials(name, identity) {
                values.extend([
                    ("certificate", absolute(&files.chain)),
                    ("key", absolute(&files.key)),
                ]);
            }
        }
        let values = values.into_iter();
        values
            .map(|(name, value)| (name.to_owned(), value.into()))
            .collect()
    }

    /// The same as variables of the environment.
    pub(super) fn environment(&self, identity: Option<&str>) -> Vec<(String, String)> {
        let variable = |(name, value): (String, minijinja::Value)| {
            (
                format!("RENKEI_{}", name.to_ascii_uppercase()),
                value.to_string(),
            )
        };
        let mut environment: Vec<_> = self.values(identity).into_iter().map(variable).collect();
        environment.push(("RENKEI_FILE".to_owned(), absolute(&self.file())));
        environment
    }

    /// The file that holds the same, with all identities.
    fn file(&self) -> PathBuf {
        self.work.with_extension("json")
    }

    /// Writes that file.
    pub(super) fn describe(&self) -> Result<(), Text> {
        let part = |values: &Values, key: &str| values.get(key).map(ToString::to_string);
        let names = self.profile.identity.keys();
        let identities: serde_json::Map<String, Value> = names
            .map(|name| {
                let own = self.values(Some(name));
                let identity = json!({
                    "institution": part(&own, "institution"),
                    "certificate": part(&own, "certificate"),
                    "key": part(&own, "key"),
                });
                (name.clone(), identity)
            })
            .collect();
        let given = self.values(None);
        let content = json!({
            "url": part(&given, "url"), "ca": part(&given, "ca"), "work": part(&given, "work"),
            "now": part(&given, "now"), "identities": identities,
        });
        let file = self.file();
        system::describe(&file, &content).map_err(|error| {
            let (file, why) = (file.display(), Text::of_io(&error));
            Text::new(format!("{file}: {}", why.ja), format!("{file}: {}", why.en))
        })
    }

    /// What differs from run to run and may stand in what a program writes, with the names that take its place.
    pub(super) fn fixed(&self, root: Option<&Path>) -> Vec<(String, String)> {
        let named = |value: String, name: &str| (value, name.to_owned());
        let mut fixed = vec![
            named(absolute(self.work), "{work}"),
            named(self.url.to_owned(), "{url}"),
            named(self.url.trim_end_matches('/').to_owned(), "{url}"),
            named(absolute(&self.target.certificates), "{certificates}"),
        ];
        fixed.extend(root.map(|root| named(absolute(root), "{suite}")));
        fixed.retain(|(value, _)| !value.is_empty());
        fixed
    }
}

/// A text with names in the place of what differs from run to run.
pub(super) fn renamed(text: &str, fixed: &[(String, String)]) -> String {
    let fixed = fixed.iter();
    fixed.fold(text.to_owned(), |text, (value, name)| {
        text.replace(value, name)
    })
}

impl Runner<'_> {
    /// The identity whose certificate a step's system has.
    pub(super) fn identity_of_system<'s>(&'s self, step: &'s Step) -> Option<&'s str> {
        let system = self.shared.suite.profile.system.as_ref();
        let own = step.identity.as_ref().map(|name| name.get_ref().as_str());
        own.or(system.and_then(|system| system.identity.as_deref()))
    }

    /// Where the scenario's network is.
    pub(super) fn place(&self) -> Where<'_> {
        Where {
            profile: &self.shared.suite.profile,
            target: &self.shared.setting.target,
            url: &self.world.url,
            work: &self.given.work,
            now: &self.given.now,
        }
    }

    /// What differs from run to run, with the names that take its place.
    pub(super) fn fixed(&self) -> Vec<(String, String)> {
        self.place().fixed(self.shared.project.root.as_deref())
    }

    /// Reads the world's time where the step can use it.
    pub(super) async fn look_at_the_clock(&mut self, step: &Step) -> Result<(), Outcome> {
        let source = self.shared.project.get(&step.file).unwrap_or_default();
        let system = matches!(step.kind(), Some(Kind::Exec(_) | Kind::Http(_)));
        if !system && !source.contains("renkei.now") {
            return Ok(());
        }
        let path = format!("/worlds/{}/clock", self.world.name);
        let clock = self.shared.setting.target.control.get(&path).await;
        let clock = clock.map_err(|error| world::outcome(&error))?;
        self.given.now = text(&clock, "now");
        Ok(())
    }
}
