//! The system under test, where it runs during the whole run.

use std::collections::BTreeMap;

use regex::Regex;
use schemars::JsonSchema;
use serde::Deserialize;
use toml::{Spanned, de::DeValue};

use crate::{
    diagnostic::{Diagnostic, unknown},
    message::{self, Values},
    profile::{PATH, Profile},
    scenario::{awaited::no_regex, data::Lapse, read},
    system::Signal,
    text::Text,
};

/// The system under test.
#[derive(Clone, Debug, Default, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct System {
    /// The identity whose certificate it is given where a step names none.
    #[serde(rename = "as")]
    pub identity: Option<String>,
    /// The program and its arguments; where there is none, steps alone run something.
    #[serde(default)]
    pub command: Vec<String>,
    /// The folder in which it runs, below the suite's root.
    pub folder: Option<String>,
    /// Variables of its environment, beside those that are inherited and those that describe the network.
    #[serde(default)]
    pub env: BTreeMap<String, String>,
    /// By what it shows that it is ready.
    pub ready: Option<Ready>,
    /// By which signal it is told to stop.
    pub stop: Option<Signal>,
    /// How long it may take to stop.
    pub stop_within: Option<Lapse>,
}

/// By what a system shows that it is ready: one of the keys before the last.
#[derive(Clone, Debug, Default, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Ready {
    /// Where it listens, such as `127.0.0.1:8080`.
    pub tcp: Option<String>,
    /// A URL that it answers with a status of success.
    pub http: Option<String>,
    /// A regular expression that a line of its output matches.
    pub output: Option<String>,
    /// How long it may take.
    pub within: Option<Lapse>,
}

/// What `renkei.…` has in every text.
pub(crate) const ALWAYS: [&str; 4] = ["url", "ca", "work", "now"];
/// What it has besides where there is an identity.
pub(crate) const OF_IDENTITY: [&str; 3] = ["certificate", "key", "institution"];

/// What `renkei.…` stands for while nothing runs: each of its names for this.
pub(crate) fn stand_ins(identity: bool, stand_in: &str) -> minijinja::Value {
    let names = ALWAYS.iter().chain(OF_IDENTITY.iter().filter(|_| identity));
    let values: Values = names
        .map(|name| ((*name).to_owned(), stand_in.into()))
        .collect();
    values.into()
}

impl System {
    /// All texts that are rendered.
    pub(crate) fn texts(&self) -> impl Iterator<Item = &String> {
        let ready = self.ready.iter();
        let ready = ready.flat_map(|ready| ready.tcp.iter().chain(&ready.http));
        let own = self.command.iter().chain(self.env.values());
        own.chain(&self.folder).chain(ready)
    }
}

/// What the reader of the form cannot see.
pub(super) fn check(profile: &Profile, root: &Spanned<DeValue<'_>>, found: &mut Vec<Diagnostic>) {
    let Some(system) = &profile.system else {
        return;
    };
    let place = |path: &[&str]| read::places(root, path).1;
    if let Some(name) = &system.identity
        && !profile.identity.contains_key(name)
    {
        let kind = Text::new("送信者", "identity");
        let known = profile.identity.keys().map(String::as_str);
        found.push(unknown(PATH, place(&["system", "as"]), &kind, name, known));
    }
    let mut mistake = |path: &[&str], text: Text| {
        found.push(Diagnostic::new(PATH, place(path), text));
    };
    let idle = system.command.is_empty();
    let needs = system.ready.is_some() || system.stop.is_some() || !system.env.is_empty();
    if idle && needs || system.command.first().is_some_and(String::is_empty) {
        let text = Text::new(
            "起動するプログラム（command）の指定が必要です",
            "'command' must say what is started",
        );
        mistake(&["system"], text);
    }
    if let Some(ready) = &system.ready {
        let given = [&ready.tcp, &ready.http, &ready.output];
        if given.into_iter().flatten().count() != 1 {
            let text = Text::new(
                "tcp・http・output のいずれか一つが必要です",
                "exactly one of tcp, http and output is needed",
            );
            mistake(&["system", "ready"], text);
        }
        if let Some(Err(error)) = ready.output.as_deref().map(Regex::new) {
            mistake(&["system", "ready", "output"], no_regex(&error));
        }
        let is_place = |tcp: &String| {
            tcp.rsplit_once(':').is_some_and(|(host, port)| {
                !host.is_empty() && port.parse::<u16>().is_ok_and(|port| port > 0)
            })
        };
        if let Some(tcp) = &ready.tcp
            && !message::is_template(tcp)
            && !is_place(tcp)
        {
            let text = Text::new(
                format!("「{tcp}」は「ホスト:ポート」の形式ではありません"),
                format!("'{tcp}' is no host:port"),
            );
            mistake(&["system", "ready", "tcp"], text);
        }
    }
    let renkei = stand_ins(system.identity.is_some(), "dummy");
    let values = Values::from([("renkei".to_owned(), renkei)]);
    for text in system.texts().filter(|text| message::is_template(text)) {
        if let Err(error) = message::plain(text, &values) {
            mistake(&["system"], error.text());
        }
    }
}
