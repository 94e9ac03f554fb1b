//! A step that sends: what goes out and comes in is looked through and kept; where it polls, only the last answer
//! counts.

use std::{fmt::Write as _, time::Duration};

use hyper::Method;
use serde_json::json;
use sha2::{Digest as _, Sha256};

use crate::{
    event::{Exchange, Http, Kept, Outcome, StepResult},
    expect::{self, Seen},
    run::{
        judge::operation_of,
        request::Rendered,
        step::{Runner, unusable},
    },
    scenario::{Step, Until},
    sentinel,
    transport::{self, Answer, Broken, Connection, Limits, Outgoing},
    xml::Document,
};

/// The most characters of a body that an event carries for reports.
const SHOWN: usize = 20_000;

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
            if let Err(outcome) = self.wait(every).await {
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
            identity: step
                .identity
                .as_ref()
                .map(|name| name.get_ref().clone())
                .unwrap_or_default(),
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
        let answer = self.exchange(step, &rendered).await;
        result.http.push(http(&rendered.outgoing, &answer));
        let (mut document, mut number) = (None, false);
        let (mut kept, mut shown) = (None, Vec::new());
        if let Ok(answer) = &answer {
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
    async fn wait(&self, every: Duration) -> Result<(), Outcome> {
        if !self.world.frozen {
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

    async fn exchange(&mut self, step: &Step, rendered: &Rendered) -> Result<Answer, Broken> {
        let setting = &self.shared.setting;
        let (name, identity) = self.identity(step).map_err(|error| Broken {
            stage: transport::Stage::Prepare,
            outcome: None,
            why: error,
        })?;
        let via = step.via.as_ref().map(|via| via.get_ref().clone());
        let key = (via.unwrap_or_default(), name.clone());
        let mut connection = if let Some(kept) = self.connections.remove(&key) {
            kept
        } else {
            let certificate = setting.target.certificate(&name, identity);
            Connection::new(self.shared.client_config(certificate)?)
        };
        let patience = step
            .timeout
            .as_ref()
            .map(|lapse| lapse.get_ref().duration());
        let limits = Limits {
            patience: patience.unwrap_or(setting.limits.patience),
            ..setting.limits
        };
        let answer = connection
            .exchange(rendered.outgoing.clone(), limits)
            .await?;
        // A connection on which something broke is not used again.
        self.connections.insert(key, connection);
        Ok(answer)
    }

    fn look(&self, body: &[u8], document: Option<&Document>) -> sentinel::Looked {
        let natural = document.map(|document| self.natural_values(document));
        sentinel::look(body, document, &natural.unwrap_or_default())
    }

    /// The values of the fields that hold twelve digits by nature.
    fn natural_values(&self, document: &Document) -> Vec<String> {
        let natural = self.shared.natural.iter();
        natural.flat_map(|xpath| xpath.select(document)).collect()
    }

    /// Whether an individual number may travel to an endpoint: on a user's own hop before the network.
    fn may_carry(&self, operation: &str) -> bool {
        let profile = &self.shared.suite.profile;
        let operation = profile.operation.get(operation);
        operation.is_some_and(|operation| {
            let named = |list: &[String]| list.contains(&operation.endpoint);
            named(&profile.sentinel.masked) && !named(&profile.sentinel.never)
        })
    }

    /// Whether a number stands in what is sent besides the body.
    fn in_head(&self, rendered: &Rendered) -> bool {
        let world = self.world.url.as_str();
        let path = rendered.outgoing.url.strip_prefix(world);
        sentinel::found(path.unwrap_or(&rendered.outgoing.url))
            || rendered
                .outgoing
                .headers
                .iter()
                .any(|(_, value)| sentinel::found(value))
    }

    fn keep(&self, name: &str, looked: &sentinel::Looked) -> Kept {
        let file = format!("{}/{name}", self.scenario.id);
        self.shared.sink.keep(&file, &looked.kept);
        let mut sha256 = String::new();
        for byte in Sha256::digest(&looked.kept) {
            // Writing into a String cannot fail.
            let _ = write!(sha256, "{byte:02x}");
        }
        let shown = String::from_utf8_lossy(&looked.kept);
        Kept {
            file,
            sha256,
            bytes: looked.kept.len(),
            masked: looked.found,
            shown: shown.chars().take(SHOWN).collect(),
        }
    }
}

/// What was sent and what came besides the bodies, individual numbers masked.
fn http(outgoing: &Outgoing, answer: &Result<Answer, Broken>) -> Http {
    let masked = |headers: &[(String, String)]| {
        let parts = headers.iter();
        parts
            .map(|(name, value)| (sentinel::mask(name), sentinel::mask(value)))
            .collect()
    };
    let (status, came, broken) = match answer {
        Ok(answer) => (Some(answer.status), masked(&answer.headers), None),
        Err(broken) => (None, Vec::new(), Some(broken.text())),
    };
    Http {
        method: outgoing.method.to_string(),
        url: sentinel::mask(&outgoing.url),
        sent: masked(&outgoing.headers),
        status,
        came,
        broken,
    }
}
