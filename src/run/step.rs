//! One step: what kind it is, and those kinds that go through control.

use std::{collections::BTreeMap, path::PathBuf, time::Duration};

use hyper::Method;
use serde_json::{Value, json};
use tokio::time::Instant;
use toml::Spanned;

use crate::{
    event::{Outcome, StepResult},
    message::{self, Values},
    normalise::Numbering,
    project::Project,
    run::{
        Shared,
        calls::Calls,
        given::Given,
        heard::Peers,
        real,
        world::{self, World},
    },
    scenario::{Check, Kind, Listen, Scenario, Step, data::Data},
    sentinel,
    text::Text,
    transport::Connection,
};

/// The most lines of a step that a report shows.
const SHOWN: usize = 12;

/// What the steps of one scenario share.
pub(super) struct Runner<'a> {
    pub(super) shared: &'a Shared,
    pub(super) scenario: &'a Scenario,
    pub(super) world: World,
    /// What was captured, and what came with the checkpoint.
    pub(super) values: Values,
    /// The names of what came with the checkpoint.
    inherited: Vec<String>,
    pub(super) numbering: Numbering,
    /// Open connections, by URL and identity.
    pub(super) connections: BTreeMap<(String, String), Connection>,
    /// How long the steps until now may have waited at most: where answers come sooner or later than elsewhere, times in
    /// them differ by no more.
    pub(super) waits: Duration,
    /// The request id that each step sent last.
    pub(super) request_ids: BTreeMap<String, String>,
    /// The URLs of further listeners, by the step that opened them.
    pub(super) listeners: BTreeMap<String, String>,
    /// What the system under test is given.
    pub(super) given: Given,
    /// What has been seen of the world's calls.
    pub(super) calls: Calls,
    /// What is known of the peers.
    pub(super) peers: Peers,
}

impl<'a> Runner<'a> {
    pub(super) fn new(
        shared: &'a Shared,
        scenario: &'a Scenario,
        world: World,
        inherited: Values,
        work: PathBuf,
    ) -> Self {
        let numbering = Numbering::new(&world.start);
        let given = Given {
            now: world.start.clone(),
            work,
        };
        Self {
            shared,
            scenario,
            world,
            inherited: inherited.keys().cloned().collect(),
            values: inherited,
            numbering,
            connections: BTreeMap::new(),
            waits: Duration::ZERO,
            request_ids: BTreeMap::new(),
            listeners: BTreeMap::new(),
            given,
            calls: Calls::default(),
            peers: Peers::of(&shared.suite, scenario),
        }
    }

    pub(super) async fn step(&mut self, index: usize, step: &Step, skip: bool) -> StepResult {
        let began = Instant::now();
        let mut result = self.blank(index, step);
        if skip {
            result.outcome = Outcome::Skipped;
            return result;
        }
        self.waits += step.longest_wait();
        if self.shared.setting.target.real.is_some() {
            if let Some(why) = real::left_out(step) {
                result.outcome = Outcome::NotPossible { why };
                return result;
            }
            if let Some(Kind::Advance(by)) = step.kind() {
                self.pass(step, by.duration(), by.duration()).await;
                result.milliseconds =
                    u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX);
                return result;
            }
        }
        if let Err(outcome) = self.look_at_the_clock(step).await {
            result.outcome = outcome;
            return result;
        }
        match step.kind() {
            Some(Kind::Exec(command)) => self.exec(command, step, &mut result).await,
            Some(Kind::ExpectCall(operation)) => {
                self.expect_call(operation.get_ref(), step, &mut result)
                    .await;
            }
            Some(Kind::ExpectNoCall(operation)) => {
                self.expect_no_call(operation.get_ref(), step, &mut result)
                    .await;
            }
            Some(Kind::Peer(peer)) => result.outcome = self.peer(peer, step).await,
            Some(Kind::Http(http)) => self.http(http, step, &mut result).await,
            Some(Kind::Send(operation)) => {
                self.send(operation.get_ref(), step, &mut result).await;
            }
            Some(Kind::Network(act)) => result.outcome = self.act(act).await,
            Some(Kind::Advance(by)) => {
                let by = json!({ "advance": by.seconds() });
                result.outcome = self.tell(Method::PATCH, "clock", by).await;
            }
            Some(Kind::At(to)) => {
                let to = json!({ "to": to.as_str() });
                result.outcome = self.tell(Method::PATCH, "clock", to).await;
            }
            Some(Kind::Listen(listen)) => {
                result.outcome = self.listen(step.id.get_ref(), listen).await;
            }
            Some(Kind::Check(Check::Invariants)) => result.outcome = self.invariants().await,
            // Reading has put the shared steps in their place, and has reported what is no step.
            Some(Kind::Use(_)) | None => {
                result.outcome = unusable(Text::new(
                    "実施できる手順ではありません",
                    "this is no step that can be done",
                ));
            }
        }
        let lets_peers_ask = matches!(
            step.kind(),
            Some(Kind::Peer(_) | Kind::Advance(_) | Kind::At(_))
        );
        if lets_peers_ask
            && result.outcome == Outcome::Passed
            && let Err(outcome) = self.peers_heard().await
        {
            result.outcome = outcome;
        }
        if !matches!(result.outcome, Outcome::Passed | Outcome::Skipped) {
            result.source = source(&self.shared.project, step);
        }
        result.milliseconds = u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX);
        result
    }

    /// What goes with the checkpoint: all that came, and what the scenario exports of its own.
    pub(super) fn exports(&self) -> Values {
        let own = self.scenario.file.exports.iter();
        own.map(|name| name.get_ref().as_str())
            .chain(self.inherited.iter().map(String::as_str))
            .filter_map(|name| Some((name.to_owned(), self.values.get(name)?.clone())))
            .collect()
    }

    /// What the texts of the scenario see: people, what was captured, and where the network is.
    pub(super) fn seen(&self) -> Values {
        self.seen_as(None)
    }

    /// The same with the certificate of an identity.
    pub(super) fn seen_as(&self, identity: Option<&str>) -> Values {
        let mut values = self.values.clone();
        values.insert("people".to_owned(), self.shared.suite.people.clone());
        values.insert("renkei".to_owned(), self.place().values(identity).into());
        values
    }

    /// The operator of the network acts.
    async fn act(&self, act: &BTreeMap<Spanned<String>, Spanned<Data>>) -> Outcome {
        match message::json_object(act, &self.seen()) {
            Ok(act) if sentinel::found(&act.to_string()) => Outcome::IndividualNumber {
                place: "request".to_owned(),
            },
            Ok(act) => self.tell(Method::POST, "acts", act).await,
            Err(error) => unusable(error.text()),
        }
    }

    /// Opens a listener, through which later steps can send.
    async fn listen(&mut self, id: &str, listen: &Listen) -> Outcome {
        let Listen { certificate, fault } = listen;
        let mut body = serde_json::Map::new();
        for (key, value) in [("certificate", certificate), ("fault", fault)] {
            if let Some(value) = value {
                body.insert(key.to_owned(), value.get_ref().clone().into());
            }
        }
        match world::listen(self.shared, &self.world.name, body.into()).await {
            Ok(url) => {
                self.listeners.insert(id.to_owned(), url);
                Outcome::Passed
            }
            Err(error) => world::outcome(&error),
        }
    }

    /// The invariants of the network must hold.
    async fn invariants(&self) -> Outcome {
        let path = format!("/worlds/{}/invariants", self.world.name);
        let answer = match self.shared.setting.target.control.get(&path).await {
            Ok(answer) => answer,
            Err(error) => return world::outcome(&error),
        };
        let Some(violations) = answer.get("violations").and_then(Value::as_array) else {
            return unusable(Text::new(
                "制御APIが不変条件の結果を返しません",
                "control does not tell the violations of invariants",
            ));
        };
        if violations.is_empty() {
            return Outcome::Passed;
        }
        let mismatches = violations.iter().map(violation).collect();
        Outcome::Failed {
            mismatches,
            difference: None,
        }
    }

    pub(super) async fn tell(&self, method: Method, what: &str, body: Value) -> Outcome {
        let path = format!("/worlds/{}/{what}", self.world.name);
        match self
            .shared
            .setting
            .target
            .control
            .send(method, &path, body)
            .await
        {
            Ok(_) => Outcome::Passed,
            Err(error) => world::outcome(&error),
        }
    }

    /// Lets time pass where no clock can be moved; `longest` is told.
    pub(super) async fn pass(&self, step: &Step, time: Duration, longest: Duration) {
        let sink = &self.shared.sink;
        sink.waits(&self.scenario.id, step.id.get_ref(), longest);
        tokio::time::sleep(time).await;
    }

    /// A step that cannot be done, since what it needs is not known.
    pub(super) fn given_up(&self, index: usize, step: &Step, why: Text) -> StepResult {
        let mut result = self.blank(index, step);
        result.outcome = Outcome::Unusable { why };
        result
    }

    /// A step in the midst of which the system under test has ended.
    pub(super) fn broken(&self, index: usize, step: &Step, why: Text) -> StepResult {
        let mut result = self.blank(index, step);
        result.outcome = Outcome::Broken { why };
        result.source = source(&self.shared.project, step);
        result
    }

    pub(super) fn blank(&self, index: usize, step: &Step) -> StepResult {
        let text = self.shared.project.get(&step.file);
        let line = text.map_or(1, |text| Scenario::line_of(text, &step.id.span()));
        StepResult {
            scenario: self.scenario.id.clone(),
            attempt: 1,
            sequence: index + 1,
            step: step.id.get_ref().clone(),
            title: step.title.clone(),
            place: format!("{}:{line}", step.file),
            built_in: self.shared.project.built_in.contains(&step.file),
            source: String::new(),
            outcome: Outcome::Passed,
            exchange: None,
            http: Vec::new(),
            process: None,
            calls: Vec::new(),
            notes: Vec::new(),
            rule: None,
            fault: None,
            milliseconds: 0,
        }
    }
}

/// A result for what broke outside the steps.
pub(super) fn outside(scenario: &Scenario, index: usize, outcome: Outcome) -> StepResult {
    StepResult {
        scenario: scenario.id.clone(),
        attempt: 1,
        sequence: index + 1,
        step: "world".to_owned(),
        title: None,
        place: scenario.path.clone(),
        built_in: false,
        source: String::new(),
        outcome,
        exchange: None,
        http: Vec::new(),
        process: None,
        calls: Vec::new(),
        notes: Vec::new(),
        rule: None,
        fault: None,
        milliseconds: 0,
    }
}

pub(super) fn unusable(why: Text) -> Outcome {
    Outcome::Unusable { why }
}

/// A violation of an invariant, as control tells it: with texts in both languages, else as it is.
fn violation(violation: &Value) -> Text {
    let part = |key: &str| violation.get(key).and_then(Value::as_str);
    let name = part("invariant").or(part("id")).or(part("name"));
    let (ja, en) = match (part("ja"), part("en"), violation.as_str()) {
        (Some(ja), Some(en), _) => (ja.to_owned(), en.to_owned()),
        (_, _, Some(text)) => (text.to_owned(), text.to_owned()),
        (_, _, None) => (violation.to_string(), violation.to_string()),
    };
    let name = name.map(|name| format!("{name} ")).unwrap_or_default();
    Text::new(
        format!("不変条件の違反: {name}{ja}"),
        format!("an invariant does not hold: {name}{en}"),
    )
}

/// The step as it is written, from its `[[step]]` to the next, capped.
pub(super) fn source(project: &Project, step: &Step) -> String {
    let Some(text) = project.get(&step.file) else {
        return String::new();
    };
    let at = step.id.span().start.min(text.len());
    let (before, after) = text.split_at_checked(at).unwrap_or((text, ""));
    let start = before.rfind("[[step]]").unwrap_or(at);
    let end = after.find("\n[[").map_or(text.len(), |end| at + end);
    let lines: Vec<&str> = text
        .get(start..end)
        .unwrap_or_default()
        .trim_end()
        .lines()
        .collect();
    let mut shown = lines
        .iter()
        .take(SHOWN)
        .copied()
        .collect::<Vec<_>>()
        .join("\n");
    if lines.len() > SHOWN {
        shown.push_str("\n…");
    }
    shown
}
