//! One step: render, send, read, compare.

use std::{
    collections::BTreeMap,
    fmt::{Display, Write as _},
    time::Duration,
};

use hmac::{Hmac, KeyInit as _, Mac as _};
use hyper::Method;
use serde_json::json;
use sha2::Sha256;
use toml::Spanned;

use crate::{
    event::{Outcome, StepResult},
    expect::{self, Seen},
    message::{self, Values},
    normalise::Numbering,
    plan::{Suite, template_path},
    profile::Identity,
    project::Project,
    run::{Setting, Snapshots},
    scenario::{Kind, Scenario, Step, data::Data},
    sentinel, snapshot,
    text::Text,
    transport::{self, Answer, Broken, Certificate, Connection, Limits, Outgoing},
    xml::{Document, XPath},
};

/// How long a target may take for an exchange, and how much of an answer is read.
const LIMITS: Limits = Limits {
    patience: Duration::from_secs(30),
    body: 16 << 20,
};
const XML: &str = "text/xml; charset=utf-8";

/// What the steps of one scenario share.
pub(super) struct Runner<'a> {
    suite: &'a Suite,
    project: &'a Project,
    scenario: &'a Scenario,
    setting: &'a Setting,
    world: String,
    url: String,
    values: Values,
    numbering: Numbering,
    connections: BTreeMap<String, Connection>,
}

impl<'a> Runner<'a> {
    pub(super) fn new(
        suite: &'a Suite,
        project: &'a Project,
        scenario: &'a Scenario,
        setting: &'a Setting,
        world: String,
        url: String,
        start: &str,
    ) -> Self {
        Self {
            suite,
            project,
            scenario,
            setting,
            world,
            url,
            values: Values::new(),
            numbering: Numbering::new(start),
            connections: BTreeMap::new(),
        }
    }

    pub(super) async fn step(&mut self, index: usize, step: &Step, skip: bool) -> StepResult {
        let mut result = blank(self.scenario, self.project, index, step);
        if skip {
            result.outcome = Outcome::Skipped;
            return result;
        }
        let not_yet = |what: &str| Outcome::Broken {
            why: Text::new(
                format!("「{what}」の手順はまだ実施できません"),
                format!("a step with '{what}' cannot be done yet"),
            ),
        };
        match step.kind() {
            Some(Kind::Send(_)) => self.send(step, &mut result).await,
            Some(Kind::Network(act)) => self.act(act, &mut result).await,
            Some(Kind::Advance(by)) => {
                self.clock(json!({ "advance": by.seconds() }), &mut result)
                    .await;
            }
            Some(Kind::At(to)) => self.clock(json!({ "to": to.as_str() }), &mut result).await,
            Some(Kind::Listen(_)) => result.outcome = not_yet("listen"),
            Some(Kind::Check(_)) => result.outcome = not_yet("check"),
            Some(Kind::Use(_)) | None => result.outcome = not_yet("use"),
        }
        result
    }

    /// The operator of the network acts.
    async fn act(&self, act: &BTreeMap<Spanned<String>, Spanned<Data>>, result: &mut StepResult) {
        match message::json_object(act, &self.seen()) {
            Ok(act) => {
                self.tell(Method::POST, "acts", act, result).await;
            }
            Err(error) => result.outcome = broken_by(&error),
        }
    }

    /// Moves the world's clock.
    async fn clock(&self, to: serde_json::Value, result: &mut StepResult) {
        self.tell(Method::PATCH, "clock", to, result).await;
    }

    async fn tell(
        &self,
        method: Method,
        what: &str,
        body: serde_json::Value,
        result: &mut StepResult,
    ) {
        let path = format!("/worlds/{}/{what}", self.world);
        if let Err(error) = self.setting.control.send(method, &path, body).await {
            result.outcome = broken_by(&error);
        }
    }

    /// What the texts of the scenario see: people and what was captured.
    fn seen(&self) -> Values {
        let mut values = self.values.clone();
        values.insert("people".to_owned(), self.suite.people.clone());
        values
    }

    async fn send(&mut self, step: &Step, result: &mut StepResult) {
        let outgoing = match self.render(step) {
            Ok(outgoing) => outgoing,
            Err(error) => {
                result.outcome = Outcome::Broken {
                    why: Text::new(error.clone(), error),
                };
                return;
            }
        };
        let request = String::from_utf8_lossy(&outgoing.body).into_owned();
        let (number, shown) = looked_through(&request);
        result.request = shown;
        if number {
            result.outcome = Outcome::IndividualNumber;
            return;
        }
        if let Ok(document) = Document::parse(&outgoing.body) {
            // Requests are numbered too, so that an answer to another one shows.
            self.numbering.normalise(&document, &self.suite.profile);
        }
        match self.exchange(step, outgoing).await {
            Ok(answer) => self.judge(step, &answer, result),
            Err(why) => result.outcome = Outcome::Broken { why },
        }
    }

    fn render(&mut self, step: &Step) -> Result<Outgoing, String> {
        let operation_name = step
            .send
            .as_ref()
            .map(|send| send.get_ref().clone())
            .unwrap_or_default();
        let operation = self
            .suite
            .profile
            .operation
            .get(&operation_name)
            .ok_or("no such operation")?;
        let mut seen = self.seen();
        seen.insert("request_id".to_owned(), self.request_id(step).into());
        seen.insert(
            "institution".to_owned(),
            self.identity(step)?.institution.clone().into(),
        );
        let mut values = seen.clone();
        for (name, data) in &step.with {
            let value = message::value(data.get_ref(), &seen).map_err(|error| error.to_string())?;
            values.insert(name.get_ref().clone(), value);
        }
        let body = match (&step.raw, self.project.get(&template_path(&operation_name))) {
            (Some(raw), _) => raw.get_ref().clone(),
            (None, Some(template)) => {
                message::render(template, &values).map_err(|error| error.to_string())?
            }
            (None, None) => return Err("no template".to_owned()),
        };
        let content_type = step.content_type.as_deref().unwrap_or(XML);
        let action = step.action.as_deref().unwrap_or(&operation.action);
        Ok(Outgoing {
            method: Method::POST,
            url: format!("{}{}", self.url, operation.endpoint),
            headers: vec![
                ("Content-Type".to_owned(), content_type.to_owned()),
                ("SOAPAction".to_owned(), format!("\"{action}\"")),
            ],
            body: body.into_bytes(),
        })
    }

    async fn exchange(&mut self, step: &Step, outgoing: Outgoing) -> Result<Answer, Text> {
        let certificate = self
            .identity(step)
            .map_err(|error| Text::new(error.clone(), error))?
            .certificate
            .clone();
        let mut connection = match self.connections.remove(&certificate) {
            Some(connection) => connection,
            None => self.open(&certificate).map_err(|broken| broken.text())?,
        };
        let answer = connection
            .exchange(outgoing, LIMITS)
            .await
            .map_err(|broken| broken.text())?;
        self.connections.insert(certificate, connection);
        Ok(answer)
    }

    fn open(&self, certificate: &str) -> Result<Connection, Broken> {
        let pki = &self.setting.pki;
        let certificate = Certificate {
            chain: pki.join(format!("{certificate}.pem")),
            key: pki.join(format!("{certificate}.key")),
        };
        transport::client_config(&pki.join("ca.pem"), &certificate).map(Connection::new)
    }

    fn judge(&mut self, step: &Step, answer: &Answer, result: &mut StepResult) {
        let body = String::from_utf8_lossy(&answer.body);
        result.status = Some(answer.status);
        let (number, shown) = looked_through(&body);
        result.response = shown;
        if number {
            result.outcome = Outcome::IndividualNumber;
            return;
        }
        let profile = &self.suite.profile;
        let document = Document::parse(&answer.body);
        let mut mismatches = Vec::new();
        if let Err(error) = &document {
            mismatches.push(Text::new(
                format!("応答が整形式のXMLではありません（{error}）"),
                format!("the answer is not well-formed XML: {error}"),
            ));
        }
        let document = document.ok();
        let seen = Seen {
            status: answer.status,
            document: document.as_ref(),
            fault_code: &profile.fault_code,
            namespaces: &profile.namespaces,
        };
        if let Some(expect) = step.expected() {
            mismatches.extend(expect::check(expect, &seen));
        }
        let select = |expression: &str| -> Option<String> {
            let xpath = XPath::compile(expression, &profile.namespaces).ok()?;
            xpath.select(document.as_ref()?).ok()?.into_iter().next()
        };
        result.rule = select("//n:Fault/n:RuleId");
        for (name, expression) in &step.capture {
            let shown = name.get_ref();
            match select(expression.get_ref()) {
                Some(value) => {
                    self.values.insert(name.get_ref().clone(), value.into());
                }
                None => mismatches.push(Text::new(
                    format!("「{shown}」を取得できません（{}）", expression.get_ref()),
                    format!(
                        "nothing to capture as '{shown}' by {}",
                        expression.get_ref()
                    ),
                )),
            }
        }
        let canonical = match &document {
            Some(document) => self.numbering.normalise(document, profile),
            None => body.escape_debug().to_string() + "\n",
        };
        let content = sentinel::mask(&format!(
            "{} {}\n\n{canonical}",
            answer.status,
            answer.content_type()
        ));
        result.outcome = self.compare(step, &content, mismatches);
        if let Outcome::NewSnapshot
        | Outcome::Failed {
            difference: Some(_),
            ..
        } = result.outcome
        {
            // The snapshot's content is the most useful form of the answer, and what is accepted.
            result.response = content;
        }
    }

    fn compare(&self, step: &Step, content: &str, mismatches: Vec<Text>) -> Outcome {
        let path = snapshot::path(&self.scenario.id, step.id.get_ref());
        let accepted = self.project.get(&path).and_then(snapshot::read);
        let difference = accepted.and_then(|accepted| snapshot::difference(accepted, content));
        if !mismatches.is_empty() {
            return Outcome::Failed {
                mismatches,
                difference,
            };
        }
        if accepted.is_some() && difference.is_none() {
            return Outcome::Passed;
        }
        if let Err(error) = self.keep(&path, step, content) {
            return Outcome::Broken {
                why: Text::new(error.to_string(), error.to_string()),
            };
        }
        match (self.setting.snapshots, difference) {
            (Snapshots::Accept, _) => Outcome::Passed,
            (Snapshots::Check | Snapshots::New, None) => Outcome::NewSnapshot,
            (Snapshots::Check | Snapshots::New, difference) => Outcome::Failed {
                mismatches,
                difference,
            },
        }
    }

    /// Keeps a new or different snapshot, as the setting says; the embedded suite keeps none.
    fn keep(&self, path: &str, step: &Step, content: &str) -> std::io::Result<()> {
        let Some(root) = &self.project.root else {
            return Ok(());
        };
        let text = snapshot::write(&self.scenario.path, step.id.get_ref(), content);
        match self.setting.snapshots {
            Snapshots::Check => Ok(()),
            Snapshots::New => snapshot::store(root, &format!("{path}.new"), &text),
            Snapshots::Accept => snapshot::store(root, path, &text),
        }
    }

    fn identity(&self, step: &Step) -> Result<&'a Identity, String> {
        let name = step
            .identity
            .as_ref()
            .map(|name| name.get_ref().as_str())
            .unwrap_or_default();
        self.suite
            .profile
            .identity
            .get(name)
            .ok_or_else(|| format!("no identity '{name}'"))
    }

    /// An HMAC of seed, scenario and step: the same in each run, different for each step. It starts with letters, and
    /// its digits stand in groups of four between letters, so that it is never taken for an individual number.
    fn request_id(&self, step: &Step) -> String {
        let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(&self.setting.seed.to_be_bytes()) else {
            return "request".to_owned();
        };
        mac.update(self.scenario.id.as_bytes());
        mac.update(b"\0");
        mac.update(step.id.get_ref().as_bytes());
        let digest = mac.finalize().into_bytes();
        let mut id = String::from("req");
        for pair in digest.chunks(2).take(6) {
            let value = pair
                .iter()
                .fold(0_u32, |value, byte| value << 8 | u32::from(*byte));
            // Writing into a String cannot fail.
            let _ = write!(id, "-x{value:04x}");
        }
        id
    }
}

/// Whether a body holds an individual number, and the body as it may be kept.
fn looked_through(body: &str) -> (bool, String) {
    let document = Document::parse(body.as_bytes()).ok();
    let looked = sentinel::look(body.as_bytes(), document.as_ref(), &[]);
    (
        looked.found,
        String::from_utf8_lossy(&looked.kept).into_owned(),
    )
}

fn broken_by(error: &dyn Display) -> Outcome {
    Outcome::Broken {
        why: Text::new(error.to_string(), error.to_string()),
    }
}

/// A result for what broke outside the steps.
pub(super) fn broken(scenario: &Scenario, index: usize, error: &dyn Display) -> StepResult {
    StepResult {
        scenario: scenario.id.clone(),
        sequence: index + 1,
        step: "world".to_owned(),
        place: scenario.path.clone(),
        outcome: Outcome::Broken {
            why: Text::new(error.to_string(), error.to_string()),
        },
        request: String::new(),
        response: String::new(),
        status: None,
        rule: None,
    }
}

fn blank(scenario: &Scenario, project: &Project, index: usize, step: &Step) -> StepResult {
    let line = project
        .get(&step.file)
        .map_or(1, |text| Scenario::line_of(text, &step.id.span()));
    StepResult {
        scenario: scenario.id.clone(),
        sequence: index + 1,
        step: step.id.get_ref().clone(),
        place: format!("{}:{line}", step.file),
        outcome: Outcome::Passed,
        request: String::new(),
        response: String::new(),
        status: None,
        rule: None,
    }
}
