//! A network without control: a real test environment. There is one world; nothing of it can be moved, and what is sent
//! there stays.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
    time::Duration,
};

use jiff::Timestamp;

use crate::{
    message::Values,
    scenario::{Kind, Scenario, Step, data::Lapse},
    text::Text,
};

/// What is said of a network without control.
#[derive(Clone, Debug)]
pub struct Real {
    /// The whole URLs of endpoints that are not below the target's.
    pub endpoints: BTreeMap<String, String>,
    /// What it cannot do: operation or kind of step → why.
    pub cannot: BTreeMap<String, String>,
    /// The longest that one step may wait.
    pub longest_wait: Duration,
    /// The identities that have a certificate for it; none where a folder may hold any.
    pub senders: Option<BTreeSet<String>>,
    /// The checkpoints that were reached by other means, with what goes with them.
    pub assumed: BTreeMap<String, Values>,
    /// The time there, as far as this machine knows.
    pub now: fn() -> Timestamp,
    /// The profile that is used in the place of the suite's own.
    pub profile: Option<String>,
    /// The SHA-256 of each file that says what is sent and what must come back.
    pub files: BTreeMap<String, String>,
    /// The run that this one goes on with.
    pub resumed: Option<super::Resumed>,
    /// What it answered when it was recorded: this is read, and nothing is sent.
    pub recorded: Option<Arc<super::Recorded>>,
}

impl Real {
    /// One of which no more is known than the time there: it can do everything.
    pub fn of(now: fn() -> Timestamp) -> Self {
        Self {
            endpoints: BTreeMap::new(),
            cannot: BTreeMap::new(),
            longest_wait: Duration::MAX,
            senders: None,
            assumed: BTreeMap::new(),
            now,
            profile: None,
            files: BTreeMap::new(),
            resumed: None,
            recorded: None,
        }
    }

    /// When a scenario that begins now begins.
    pub(super) fn at(&self) -> Timestamp {
        let recorded = self.recorded.as_ref();
        recorded.map_or_else(self.now, |recorded| recorded.start)
    }

    /// Whether what a scenario leads to was reached by other means: then nothing of it is sent once more.
    pub(super) fn assumes(&self, scenario: &Scenario) -> bool {
        let leads_to = scenario.file.establishes.as_ref();
        leads_to.is_some_and(|name| self.assumed.contains_key(name.get_ref()))
    }

    /// Why a scenario is not possible there, with the step that is not; what is only a look at the network is no reason.
    pub(super) fn hindrance(&self, scenario: &Scenario) -> Option<(String, Text)> {
        scenario.file.steps.iter().find_map(|step| {
            let why = self.cannot(step).or_else(|| self.beyond(step))?;
            Some((step.id.get_ref().clone(), why))
        })
    }

    /// What the profile says that it cannot do.
    fn cannot(&self, step: &Step) -> Option<Text> {
        let kind = step.kind()?;
        let operation = step.send.as_ref().map(|send| send.get_ref().as_str());
        let what = operation
            .filter(|operation| self.cannot.contains_key(*operation))
            .unwrap_or(kind.key());
        if step.is_look() {
            return None;
        }
        let why = self.cannot.get(what)?;
        Some(Text::new(
            format!("{what}: {why}"),
            format!("{what}: {why}"),
        ))
    }

    /// What no network without control can do.
    fn beyond(&self, step: &Step) -> Option<Text> {
        if let Some(name) = &step.identity
            && let Some(senders) = &self.senders
            && !senders.contains(name.get_ref())
        {
            let name = name.get_ref();
            return Some(Text::new(
                format!("送信者「{name}」の証明書が、この環境の identity にありません"),
                format!("the target has no certificate of '{name}' (identity)"),
            ));
        }
        if step.via.is_some() {
            return Some(needs_control("via"));
        }
        if step.plants.is_some() {
            return Some(Text::new(
                "個人番号の形式の試験値は、実際の環境に送信しません（plants）",
                "no real environment is sent a number in the form of an individual number (plants)",
            ));
        }
        let waits = step.until.as_ref().map(|until| *until.within.get_ref());
        match step.kind()? {
            Kind::Send(_) => waits.and_then(|within| self.too_long(within)),
            Kind::Advance(by) => self.too_long(by),
            kind @ (Kind::At(_)
            | Kind::Network(_)
            | Kind::Listen(_)
            | Kind::Exec(_)
            | Kind::Http(_)
            | Kind::ExpectCall(_)
            | Kind::ExpectNoCall(_)
            | Kind::Peer(_)) => Some(needs_control(kind.key())),
            // A look is left out alone, and reading has put the shared steps in their place.
            Kind::Check(_) | Kind::Use(_) => None,
        }
    }

    fn too_long(&self, lapse: Lapse) -> Option<Text> {
        let (wait, most) = (lapse.duration().as_secs(), self.longest_wait.as_secs());
        (lapse.duration() > self.longest_wait).then(|| {
            Text::new(
                format!("{wait}秒の待機は longest_wait（{most}秒）を超えます"),
                format!("it would wait for {wait} s, more than longest_wait ({most} s)"),
            )
        })
    }
}

/// Why a step of a scenario that is possible is left out.
pub(super) fn left_out(step: &Step) -> Option<Text> {
    step.is_look().then(|| {
        Text::new(
            "ネットワーク内部の確認には制御APIが必要です",
            "looking into the network needs control",
        )
    })
}

fn needs_control(key: &str) -> Text {
    Text::new(
        format!("「{key}」にはネットワークの制御APIが必要です"),
        format!("'{key}' needs control of the network"),
    )
}
