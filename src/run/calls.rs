//! What the system under test has sent, by the world's call journal.

use std::{collections::VecDeque, time::Duration};

use base64::{Engine as _, prelude::BASE64_STANDARD};
use serde::{Deserialize, Deserializer};

use crate::{
    control::ControlError,
    event::Outcome,
    run::{
        last::Exactly, missing::listed, request::Rendered, step::Runner, unheard::Before, world,
    },
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
    /// The step that has found it.
    #[serde(skip)]
    pub(super) found_by: Option<String>,
}

#[derive(Clone, Debug, Deserialize)]
pub(super) struct Body {
    bytes: usize,
    #[serde(default)]
    pub(super) text: String,
    /// The bytes, where they are no UTF-8.
    #[serde(default, deserialize_with = "decoded")]
    base64: Option<Vec<u8>>,
    masked: usize,
}

impl Body {
    /// What came, byte for byte but for numbers that were masked.
    pub(super) fn came(&self) -> &[u8] {
        self.base64.as_deref().unwrap_or(self.text.as_bytes())
    }
}

fn decoded<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Vec<u8>>, D::Error> {
    let text: Option<String> = Option::deserialize(deserializer)?;
    let bytes = text.map(|text| BASE64_STANDARD.decode(text));
    bytes.transpose().map_err(serde::de::Error::custom)
}

/// A call in which the network has found an individual number, be it still in the journal or not.
#[derive(Debug, Deserialize)]
struct Sighting {
    number: u64,
    path: String,
    request_id: Option<String>,
    bytes: usize,
}

#[derive(Deserialize)]
struct Page {
    calls: Vec<Call>,
    numbers: Vec<Sighting>,
    dropped: u64,
    last: u64,
    more: bool,
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

    /// The request's tree, where it is one.
    pub(super) fn document(&self) -> Option<Document> {
        Document::parse(self.request.came()).ok()
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
    /// The number of the latest call that a step has found in order.
    pub(super) found: u64,
    /// What must not come more often than it was found.
    pub(super) exact: Vec<Exactly>,
    /// What the runner itself has sent and has not yet seen in the journal.
    own: VecDeque<Own>,
    /// Those with an individual number that have not been told, and where in them it stands.
    numbers: Vec<Text>,
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
    fn is_own(&mut self, request_id: Option<&str>, path: &str, bytes: usize) -> bool {
        let is = |own: &Own| match request_id {
            Some(id) => *id == own.request_id,
            None => bytes == own.bytes && own.path.ends_with(path),
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
        let mut wait = wait;
        let mut found = false;
        loop {
            let page = self.page(wait).await;
            let Some(page) = page.map_err(|error| world::outcome(&error))? else {
                return Ok(found);
            };
            let more = page.more;
            found |= self.take_in(page);
            if !more {
                return Ok(found);
            }
            wait = Duration::ZERO;
        }
    }

    /// Takes in a page of the journal; tells whether an individual number was in it.
    fn take_in(&mut self, page: Page) -> bool {
        let Page {
            calls,
            numbers,
            dropped,
            last,
            more: _,
        } = page;
        self.calls.lost += dropped.saturating_sub(self.calls.after);
        self.calls.after = self.calls.after.max(last);
        // What the journal has dropped comes before all that it still holds.
        let is_lost = |sighting: &&Sighting| sighting.number <= dropped;
        let mut found = false;
        for lost in numbers.iter().filter(is_lost) {
            let own = (self.calls).is_own(lost.request_id.as_deref(), &lost.path, lost.bytes);
            if !own && !self.may_hold_number(&lost.path) {
                let (number, path) = (lost.number, sentinel::mask(&lost.path));
                let which = format!("#{number} /{path}");
                self.calls.numbers.push(Text::new(which.clone(), which));
                found = true;
            }
        }
        for call in calls {
            let bytes = call.request.bytes;
            if (self.calls).is_own(call.request_id.as_deref(), &call.path, bytes) {
                continue;
            }
            let request = call.document();
            let seen = numbers.iter().any(|seen| seen.number == call.number);
            // The network and the runner look for it each by their own rules.
            let holds = seen
                || call.masked > 0
                || call.request.masked > 0
                || sentinel::look(call.request.came(), request.as_ref(), &[]).found;
            if holds && !self.may_hold_number(&call.path) {
                self.calls.numbers.push(self.where_in(&call));
                found = true;
            }
            let answer = Document::parse(call.answer.came()).ok();
            for document in [request, answer].iter().flatten() {
                self.numbering.learn(document, &self.shared.normal);
            }
            self.calls.seen.push(call);
        }
        found
    }

    /// A call with a number, and in which part of it that stands.
    fn where_in(&self, call: &Call) -> Text {
        let Text { ja, en } = self.named(call);
        if call.masked > 0 {
            return Text::new(
                format!("{ja}（パス・クエリ・ヘッダー）"),
                format!("{en} (path, query or headers)"),
            );
        }
        Text::new(format!("{ja}（本文）"), format!("{en} (body)"))
    }

    /// Which calls had an individual number; once.
    pub(super) fn with_number(&mut self) -> Option<Text> {
        let numbers = std::mem::take(&mut self.calls.numbers);
        let Text { ja, en } = listed(numbers.into_iter());
        (!en.is_empty()).then(|| {
            Text::new(
                format!("個人番号が含まれていた呼出し: {ja}"),
                format!("calls with an individual number: {en}"),
            )
        })
    }

    /// Whether an individual number may stand in what is sent to a path.
    fn may_hold_number(&self, path: &str) -> bool {
        self.shared.suite.profile.sentinel.may_carry(path)
    }

    async fn page(&self, wait: Duration) -> Result<Option<Page>, ControlError> {
        let wait = wait.min(LONGEST_WAIT).as_millis();
        let (world, after) = (&self.world.name, self.calls.after);
        let path = format!("/worlds/{world}/calls?after={after}&wait={wait}ms");
        let page = self.shared.setting.target.control.get(&path).await?;
        Ok(serde_json::from_value(page).ok())
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
