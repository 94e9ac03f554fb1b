//! What the system under test has sent, by the world's call journal.

use std::{collections::VecDeque, time::Duration};

use serde::Deserialize;

use crate::{
    control::ControlError,
    event::Outcome,
    run::{request::Rendered, step::Runner, unheard::Before, world},
    sentinel,
    text::{Text, counted},
    xml::Document,
};

/// How long one question to the journal may wait for an answer.
const LONGEST_WAIT: Duration = Duration::from_secs(20);

/// One call of the system under test, as the journal tells it.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct Call {
    pub(super) number: u64,
    pub(super) at: String,
    pub(super) caller: String,
    pub(super) method: String,
    pub(super) path: String,
    #[serde(default)]
    pub(super) headers: Vec<(String, String)>,
    /// How many individual numbers were masked before its body.
    #[serde(default)]
    masked: usize,
    request_id: Option<String>,
    pub(super) status: Option<u16>,
    pub(super) fault: Option<String>,
    pub(super) request: Body,
    pub(super) answer: Body,
    /// Whether a step has found it.
    #[serde(skip)]
    pub(super) matched: bool,
}

#[derive(Clone, Debug, Deserialize)]
pub(super) struct Body {
    pub(super) bytes: usize,
    #[serde(default)]
    pub(super) text: String,
    masked: usize,
    pub(super) cut: bool,
}

#[derive(Deserialize)]
struct Page {
    calls: Vec<Call>,
    dropped: u64,
    last: u64,
}

impl Call {
    /// A header's values; empty where there is none.
    pub(super) fn header(&self, name: &str) -> String {
        let all = self.headers.iter().filter(|(known, _)| known == name);
        let values: Vec<&str> = all.map(|(_, value)| value.as_str()).collect();
        values.join(", ")
    }

    /// `SOAPAction` without its quotes.
    pub(super) fn action(&self) -> String {
        self.header("soapaction").trim_matches('"').to_owned()
    }

    /// What the network answered: the status, and the fault where it refused; `none` where no answer was sent.
    pub(super) fn answered(&self) -> String {
        let status = self.status.map(|status| status.to_string());
        let status = status.unwrap_or_else(|| "none".to_owned());
        match &self.fault {
            Some(fault) => format!("{status} {fault}"),
            None => status,
        }
    }

    /// The request's tree, where all of it is there and is one.
    pub(super) fn document(&self) -> Option<Document> {
        let whole = (!self.request.cut).then_some(&self.request.text)?;
        Document::parse(whole.as_bytes()).ok()
    }
}

/// What has been seen of a world's calls.
#[derive(Debug, Default)]
pub(super) struct Calls {
    /// Those of the system under test, in the order of the journal.
    pub(super) seen: Vec<Call>,
    /// The newest number that the journal has told.
    after: u64,
    /// How many calls were lost, since the journal had dropped them before they were asked for.
    pub(super) lost: u64,
    /// How far what is not of this world alone had come when the scenario began.
    pub(super) before: Before,
    /// The number of the latest call that a step has found.
    pub(super) found: u64,
    /// What the runner itself has sent and has not yet seen in the journal.
    own: VecDeque<Own>,
    /// Whether an individual number has been found in a call and told.
    told: bool,
}

/// Something that the runner itself has sent.
#[derive(Debug)]
struct Own {
    request_id: String,
    path: String,
    bytes: usize,
}

impl Calls {
    /// Takes in what the runner is about to send, so that it is never taken for the system's.
    pub(super) fn own(&mut self, rendered: &Rendered, base: &str) {
        let url = rendered.outgoing.url.as_str();
        let path = url.strip_prefix(base).unwrap_or(url);
        self.own.push_back(Own {
            request_id: rendered.request_id.clone(),
            path: path.split('?').next().unwrap_or_default().to_owned(),
            bytes: rendered.outgoing.body.len(),
        });
    }

    /// Whether a call is the runner's own: by its request id, and where the network could not read that, by its size
    /// and path.
    fn is_own(&mut self, call: &Call) -> bool {
        let is = |own: &Own| match &call.request_id {
            Some(id) => *id == own.request_id,
            None => call.request.bytes == own.bytes && own.path.ends_with(&call.path),
        };
        let at = self.own.iter().position(is);
        if let Some(at) = at {
            self.own.remove(at);
        }
        at.is_some()
    }
}

impl Runner<'_> {
    /// Reads what is new in the journal, waiting for something as long as is said. Tells whether an individual number
    /// was in a call of the system under test.
    pub(super) async fn drain(&mut self, wait: Duration) -> Result<bool, Outcome> {
        let page = self
            .page(wait)
            .await
            .map_err(|error| world::outcome(&error))?;
        let Some(page) = page else {
            return Ok(false);
        };
        self.calls.lost += page.dropped.saturating_sub(self.calls.after);
        self.calls.after = self.calls.after.max(page.last);
        for call in page.calls {
            if self.calls.is_own(&call) {
                continue;
            }
            for body in [&call.request, &call.answer] {
                if let Ok(document) = Document::parse(body.text.as_bytes()) {
                    self.numbering.learn(&document, &self.shared.normal);
                }
            }
            self.calls.seen.push(call);
        }
        let found = !self.calls.told && self.calls.seen.iter().any(|call| self.holds_number(call));
        self.calls.told |= found;
        Ok(found)
    }

    async fn page(&self, wait: Duration) -> Result<Option<Page>, ControlError> {
        let wait = wait.min(LONGEST_WAIT).as_millis();
        let (world, after) = (&self.world.name, self.calls.after);
        let path = format!("/worlds/{world}/calls?after={after}&wait={wait}ms");
        let page = self.shared.setting.target.control.get(&path).await?;
        Ok(serde_json::from_value(page).ok())
    }

    /// Whether the network masked an individual number in a call, where none may be.
    fn holds_number(&self, call: &Call) -> bool {
        let may = self.shared.suite.profile.sentinel.may_carry(&call.path);
        let masked = call.masked > 0 || call.request.masked > 0;
        // The network and the runner look for it each by their own rules.
        (masked || sentinel::found(&call.request.text)) && !may
    }

    /// Looks through what came until the end of the scenario.
    pub(super) async fn last_calls(&mut self) -> Result<(), Outcome> {
        let system = self.shared.suite.profile.system.is_some();
        if (system || self.scenario.uses_system()) && self.drain(Duration::ZERO).await? {
            return Err(Outcome::IndividualNumber {
                place: "call".to_owned(),
            });
        }
        Ok(())
    }

    /// What is said where the journal could not tell all.
    pub(super) fn lost(&self) -> Option<Text> {
        let lost = self.calls.lost;
        (lost > 0).then(|| {
            Text::new(
                format!("呼出しの記録が上限を超えたため、{lost}件の呼出しは確認できませんでした。一つの手順で送信する件数を減らしてください"),
                format!("the journal of calls was full, so {} could not be looked at; let each step send fewer", counted(lost, "call")),
            )
        })
    }
}
