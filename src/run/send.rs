//! A step that sends: what goes out and comes in is looked through and kept; where it polls, only the last answer
//! counts.

use std::{collections::btree_map::Entry, time::Duration};

use hyper::Method;
use serde_json::json;

use crate::{
    event::{Exchange, Kept, Outcome, StepResult},
    expect::{self, Seen},
    run::{
        Sink,
        judge::operation_of,
        kept::http,
        request::{Rendered, identity_name},
        spill::Spill,
        step::{Runner, unusable},
    },
    scenario::{Step, Until},
    sentinel,
    text::Text,
    transport::{self, Answer, Broken, Connection, Limits, Overflow},
    xml::Document,
};

/// An exchange that has happened.
pub(super) struct Happened {
    pub(super) rendered: Rendered,
    /// The request's tree, where it is one.
    pub(super) request: Option<Document>,
    pub(super) answer: Result<Answer, Broken>,
    /// The answer's tree, individual numbers masked.
    pub(super) document: Option<Document>,
    /// The answer's body, individual numbers masked.
    pub(super) shown: Vec<u8>,
    /// Whether the answer holds an individual number.
    pub(super) number: bool,
}

impl Runner<'_> {
    pub(super) async fn send(&mut self, operation: &str, step: &Step, result: &mut StepResult) {
        let every = step.until.as_ref().map(|until| until.every.get_ref());
        let within = step.until.as_ref().map(|until| until.within.get_ref());
        let every = every.map(|lapse| lapse.duration()).unwrap_or_default();
        let within = within.map(|lapse| lapse.duration()).unwrap_or_default();
        let mut waited = Duration::ZERO;
        let mut poll = 0;
        let last = loop {
            let rendered = match self.render(operation, step, poll) {
                Ok(rendered) => rendered,
                Err(error) => {
                    result.outcome = unusable(error);
                    return;
                }
            };
            let Some(happened) = self.once(operation, step, poll, rendered, result).await else {
                return;
            };
            let again = waited + every;
            let done = self
                .until(step)
                .as_ref()
                .is_none_or(|until| self.is_over(step, until, &happened));
            if done || again > within || every.is_zero() {
                break happened;
            }
            let left = within.saturating_sub(waited);
            if let Err(outcome) = self.wait(step, every, left, poll).await {
                result.outcome = outcome;
                return;
            }
            waited = again;
            poll += 1;
        };
        self.request_ids
            .insert(step.id.get_ref().clone(), last.rendered.request_id.clone());
        self.judge(step, &last, result);
        if matches!(result.outcome, Outcome::Passed) {
            for kept in result.exchange.iter_mut().flat_map(|exchange| {
                Some(&mut exchange.request)
                    .into_iter()
                    .chain(&mut exchange.response)
            }) {
                kept.shown.clear();
            }
        }
    }

    /// Sends once. Gives nothing where the outcome is settled without an answer to judge.
    async fn once(
        &mut self,
        operation: &str,
        step: &Step,
        poll: usize,
        rendered: Rendered,
        result: &mut StepResult,
    ) -> Option<Happened> {
        let request = Document::parse(&rendered.outgoing.body).ok();
        let name = format!("{:02}-{}", result.sequence, result.step);
        let name = if poll == 0 {
            name
        } else {
            format!("{name}.{}", poll + 1)
        };
        let looked = self.look(&rendered.outgoing.body, request.as_ref());
        let found = looked.found || self.in_head(&rendered);
        let exchange = result.exchange.insert(Exchange {
            operation: operation.to_owned(),
            identity: identity_name(step),
            sent: poll + 1,
            request: self.keep(&format!("{name}.request.xml"), &looked),
            response: None,
            status: None,
            broken: None,
        });
        if found && step.plants.is_none() && !self.may_carry(operation) {
            exchange.sent = poll;
            result.outcome = Outcome::IndividualNumber {
                place: "request".to_owned(),
            };
            return None;
        }
        self.calls.own(&rendered, &self.world.url);
        let (answer, spilt) = self.exchange((step, poll), &name, &rendered).await;
        let target = &self.shared.setting.target;
        let mut sent = http(&rendered.outgoing, Some(&answer), target);
        let (mut document, mut number) = (None, false);
        let (mut kept, mut shown) = (None, Vec::new());
        if let Some((partial, found)) = spilt {
            sent.partial = Some(partial);
            number = found && !self.may_carry(operation);
        }
        result.http.push(sent);
        if let Ok(answer) = &answer {
            self.skew(answer);
            document = Document::parse(&answer.body).ok();
            let looked = self.look(&answer.body, document.as_ref());
            let head = answer
                .headers
                .iter()
                .any(|(_, value)| sentinel::found(value));
            number = (looked.found || head) && !self.may_carry(operation);
            kept = Some(self.keep(&format!("{name}.response.xml"), &looked));
            if looked.found {
                // What is judged goes into messages and snapshots: no number may be in it.
                document = Document::parse(&looked.kept).ok();
            }
            shown = looked.kept;
        }
        if let Some(exchange) = &mut result.exchange {
            exchange.response = kept;
            match &answer {
                Ok(answer) => exchange.status = Some(answer.status),
                Err(broken) => {
                    exchange.broken = broken.outcome.map(|outcome| outcome.as_str().to_owned());
                }
            }
        }
        Some(Happened {
            rendered,
            request,
            answer,
            document,
            shown,
            number,
        })
    }

    /// What the step waits for, the texts in it rendered; reading has shown that they can be.
    pub(super) fn until(&self, step: &Step) -> Option<Until> {
        step.until.as_ref()?.rendered(&self.seen()).ok()
    }

    /// Whether a poll brought what is waited for, or something after which waiting is no use.
    fn is_over(&self, step: &Step, until: &Until, happened: &Happened) -> bool {
        let Ok(answer) = &happened.answer else {
            return true;
        };
        let profile = &self.shared.suite.profile;
        let seen = Seen {
            status: answer.status,
            headers: &answer.headers,
            document: happened.document.as_ref(),
            fault_code: profile.fault_code_of(operation_of(step)),
            namespaces: &profile.namespaces,
        };
        happened.number || expect::awaited(until, &seen).is_empty()
    }

    /// Lets time pass: the world's, where it stands until it is moved.
    async fn wait(
        &self,
        step: &Step,
        every: Duration,
        left: Duration,
        poll: usize,
    ) -> Result<(), Outcome> {
        if self.shared.recorded().is_some() {
            return Ok(());
        }
        if !self.world.frozen {
            if poll == 0 {
                self.shared
                    .sink
                    .waits(&self.scenario.id, step.id.get_ref(), left);
            }
            tokio::time::sleep(every).await;
            return Ok(());
        }
        let seconds = every.as_secs().max(1);
        let moved = self
            .tell(Method::PATCH, "clock", json!({ "advance": seconds }))
            .await;
        if matches!(moved, Outcome::Passed) {
            Ok(())
        } else {
            Err(moved)
        }
    }

    /// Sends and reads. What comes and is no answer is kept as it comes; it is given too, and whether a number is in it.
    async fn exchange(
        &mut self,
        (step, poll): (&Step, usize),
        name: &str,
        rendered: &Rendered,
    ) -> (Result<Answer, Broken>, Option<(Kept, bool)>) {
        let shared = self.shared;
        let file = format!("{}/{name}.response.partial", self.scenario.id);
        let sink = shared.setting.target.bodies.then_some(shared.sink.as_ref());
        let mut spill = Spill::new(sink.map(|sink| sink as &dyn Sink), file);
        let answer = match shared.recorded() {
            Some(recorded) => recorded.answer(step, poll, &rendered.outgoing),
            None => {
                self.sent(step, rendered, &mut |bytes| spill.take(bytes))
                    .await
            }
        };
        let spilt = spill.end();
        let answer = answer.map_err(|mut broken| {
            if let Some((kept, _)) = &spilt
                && !kept.file.is_empty()
            {
                let Text { ja, en } = &mut broken.why;
                *ja = format!("{ja}。受信した内容は実施記録の {} にあります", kept.file);
                *en = format!("{en}; what came lies in {} of the run folder", kept.file);
            }
            if broken.outcome == Some(transport::Outcome::TooLarge)
                && let Some(name) = &shared.setting.target.name
            {
                let Text { ja, en } = &mut broken.why;
                *ja = format!("{ja}。正しい応答であれば、[target.{name}] の largest_answer を大きくしてください");
                *en = format!("{en}; where such an answer is right, raise largest_answer in [target.{name}]");
            }
            broken
        });
        (answer, spilt)
    }

    async fn sent(
        &mut self,
        step: &Step,
        rendered: &Rendered,
        overflow: Overflow<'_>,
    ) -> Result<Answer, Broken> {
        let setting = &self.shared.setting;
        let (name, identity) = self.identity(step).map_err(|error| Broken {
            stage: transport::Stage::Prepare,
            outcome: None,
            why: error,
            cause: None,
        })?;
        let via = step.via.as_ref().map(|via| via.get_ref().clone());
        let key = (via.unwrap_or_default(), name.clone());
        self.shared.pace.wait().await;
        let connection = match self.connections.entry(key) {
            Entry::Occupied(kept) => kept.into_mut(),
            Entry::Vacant(place) => {
                let credentials = setting.target.credentials(&name, identity);
                let tls = self.shared.client_config(credentials)?;
                place.insert(Connection::new(tls, setting.target.proxy.clone()))
            }
        };
        let patience = step
            .timeout
            .as_ref()
            .map(|lapse| lapse.get_ref().duration());
        let limits = patience.map_or(setting.limits, |patience| {
            Limits::each(patience, setting.limits.body)
        });
        let answer = connection
            .exchange(rendered.outgoing.clone(), limits, overflow)
            .await;
        if let Some(real) = &setting.target.real
            && let Some(server) = connection.server()
        {
            self.ends_soon(real, &server);
        }
        answer
    }
}
