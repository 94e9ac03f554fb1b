//! What the recorder does with a request of the user's software: looks at it, keeps it, passes it on to the target as the
//! identity whose certificate the software showed, and hands the answer back as it came.
//!
//! Deliberately absent: sockets, and what becomes of the exchanges, which is for [`crate::record`].

mod told;
mod way;

use std::{
    collections::BTreeSet,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
};

use hyper::{Method, StatusCode};
use jiff::Timestamp;
use rustls::ClientConfig;
use tokio::time::Instant;

use crate::{
    event::{Event, Exchange, Kept, Relayed, Warning},
    japan,
    plan::Suite,
    record::Passed,
    run::{Pace, Sink, Spill, Target, http, kept_at},
    sentinel::{self, Looked},
    text::Text,
    transport::{Answer, Broken, Came, Connection, Host, Limits, Outgoing, Refused},
    xml::{Document, XPath},
};

pub use way::Way;

/// A certificate with which the software may connect.
#[derive(Clone, Debug)]
pub struct Known {
    /// The certificate (DER).
    pub certificate: Vec<u8>,
    /// Whose it is.
    pub subject: String,
    /// The identities that have it, in the order of the profile.
    pub identities: Vec<String>,
    /// What is to be told where it is used: it will soon be of no use, say.
    pub warning: Option<Text>,
    /// As whom and whom to trust on the way to the target.
    pub tls: Arc<ClientConfig>,
}

/// The exchanges of a recording.
#[derive(Debug, Default)]
pub struct Recorded {
    /// Those of which a scenario can be made, each with its number in the run folder.
    pub passed: Vec<(usize, Passed)>,
    /// The others, with the reason.
    pub left_out: Vec<(usize, Text)>,
    /// Whether an individual number was where none may be.
    pub number: bool,
    /// What has been told, so that it is told once.
    told: BTreeSet<Text>,
}

/// Passes exchanges on to a target.
pub struct Relay {
    suite: Arc<Suite>,
    target: Target,
    limits: Limits,
    way: Way,
    known: Vec<Known>,
    natural: Vec<XPath>,
    pace: Pace,
    sink: Arc<dyn Sink>,
    now: fn() -> Timestamp,
    count: AtomicUsize,
    recorded: Mutex<Recorded>,
}

/// A connection of the software, and the one to the target that goes with it.
#[derive(Debug)]
pub struct Visit {
    known: Known,
    connection: Connection,
}

/// What was found out about an exchange on its way.
struct Seen {
    response: Option<Kept>,
    /// What came of an answer that is none.
    partial: Option<Kept>,
    fault: Option<String>,
    /// Whether a number stands in the answer.
    number: bool,
}

impl Relay {
    /// Nothing has come yet.
    pub fn new(
        suite: Arc<Suite>,
        (target, limits, way): (Target, Limits, Way),
        known: Vec<Known>,
        sink: Arc<dyn Sink>,
        now: fn() -> Timestamp,
    ) -> Self {
        let profile = &suite.profile;
        let natural = profile.sentinel.twelve_digits.keys();
        let natural = natural.filter_map(|place| XPath::compile(place, &profile.namespaces).ok());
        Self {
            natural: natural.collect(),
            pace: Pace::new(target.every),
            suite,
            target,
            limits,
            way,
            known,
            sink,
            now,
            count: AtomicUsize::new(0),
            recorded: Mutex::default(),
        }
    }

    /// What has gone through until now, in the order in which requests came.
    pub fn take(&self) -> Recorded {
        let mut recorded = std::mem::take(&mut *self.recorded());
        recorded.passed.sort_by_key(|(number, _)| *number);
        recorded.left_out.sort_by_key(|(number, _)| *number);
        recorded
    }

    fn recorded(&self) -> MutexGuard<'_, Recorded> {
        self.recorded.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Tells something that people must know, once.
    fn tell(&self, text: Text) {
        if self.recorded().told.insert(text.clone()) {
            self.sink.event(Event::Warning(Warning { text }));
        }
    }

    async fn pass(&self, visit: &mut Visit, came: Came) -> Answer {
        if let Some(warning) = &visit.known.warning {
            self.tell(warning.clone());
        }
        let at = (self.now)();
        let began = Instant::now();
        let sequence = self.count.fetch_add(1, Ordering::AcqRel) + 1;
        let profile = &self.suite.profile;
        let document = Document::parse(&came.body).ok();
        let endpoint = way::endpoint(&came.path);
        let operation = profile.operation_at(endpoint, &way::action(&came.headers));
        let operation = operation.unwrap_or_default();
        let headers = way::passed_on(&came.headers);
        let looked = self.look(&came.body, document.as_ref());
        let number = looked.found
            || sentinel::found(&came.path)
            || headers.iter().any(|(_, value)| sentinel::found(value));
        let may_carry = profile.sentinel.may_carry(endpoint);
        let mut exchange = Exchange {
            operation: operation.to_owned(),
            identity: self.identity(&visit.known, document.as_ref()),
            sent: 1,
            request: self.keep(&file(sequence, "request.xml"), &looked),
            response: None,
            status: None,
            broken: None,
        };
        let outgoing = Outgoing {
            method: came.method,
            url: self.way.url(&came.path),
            headers: way::with(&self.target.headers, &headers),
            body: came.body,
        };
        let kept_back = number && !may_carry;
        let (answer, seen) = if kept_back {
            exchange.sent = 0;
            (None, None)
        } else {
            let (answer, seen) = self
                .exchange(visit, sequence, operation, outgoing.clone())
                .await;
            (Some(answer), Some(seen))
        };
        let (status, broken) = match &answer {
            Some(Ok(answer)) => (Some(answer.status), None),
            Some(Err(broken)) => (None, broken.outcome),
            None => (None, None),
        };
        exchange.status = status;
        exchange.broken = broken.map(|outcome| outcome.as_str().to_owned());
        let number_came = seen.as_ref().is_some_and(|seen| seen.number);
        let place = match (kept_back, number_came && !may_carry) {
            (true, _) => Some("request"),
            (false, true) => Some("response"),
            (false, false) => None,
        };
        let left_out = (number || number_came).then(told::holds_number);
        let mut sent = http(&outgoing, answer.as_ref(), &self.target);
        let mut fault = None;
        if let Some(seen) = seen {
            (exchange.response, sent.partial, fault) = (seen.response, seen.partial, seen.fault);
        }
        self.sink.event(Event::Relayed(Box::new(Relayed {
            sequence,
            came: japan::milliseconds(at),
            http: sent,
            exchange: exchange.clone(),
            fault,
            number: place.map(str::to_owned),
            left_out: left_out.clone(),
            milliseconds: u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX),
        })));
        if let Some(Ok(answer)) = &answer
            && (300..400).contains(&answer.status)
            && answer.status != StatusCode::NOT_MODIFIED
        {
            self.tell(told::redirected(answer));
        }
        let back = match &answer {
            Some(Ok(answer)) if outgoing.method == Method::GET => self.described(answer),
            Some(Ok(answer)) => way::back(answer),
            Some(Err(broken)) => Answer::plain(StatusCode::BAD_GATEWAY.as_u16(), &broken.text()),
            None => Answer::plain(StatusCode::FORBIDDEN.as_u16(), &told::kept_from_target()),
        };
        let mut recorded = self.recorded();
        recorded.number |= place.is_some();
        match (left_out, answer) {
            (None, Some(answer)) => {
                let passed = Passed {
                    at,
                    identity: exchange.identity,
                    method: outgoing.method.to_string(),
                    path: came.path,
                    headers,
                    body: outgoing.body,
                    answer,
                };
                recorded.passed.push((sequence, passed));
            }
            (Some(why), _) => recorded.left_out.push((sequence, why)),
            // What is kept back is left out.
            (None, None) => {}
        }
        back
    }

    async fn exchange(
        &self,
        visit: &mut Visit,
        sequence: usize,
        operation: &str,
        outgoing: Outgoing,
    ) -> (Result<Answer, Broken>, Seen) {
        let name = file(sequence, "response.partial");
        let mut spill = Spill::new(Some(&*self.sink as &dyn Sink), name);
        self.pace.wait().await;
        let answer = visit
            .connection
            .exchange(outgoing, self.limits, &mut |bytes| spill.take(bytes))
            .await;
        let mut seen = Seen {
            response: None,
            partial: None,
            fault: None,
            number: false,
        };
        if let Some((kept, found)) = spill.end() {
            (seen.partial, seen.number) = (Some(kept), found);
        }
        if let Ok(answer) = &answer {
            let document = Document::parse(&answer.body).ok();
            let looked = self.look(&answer.body, document.as_ref());
            let mut values = answer.headers.iter().map(|(_, value)| value);
            seen.number = looked.found || values.any(|value| sentinel::found(value));
            seen.response = Some(self.keep(&file(sequence, "response.xml"), &looked));
            seen.fault = document.and_then(|document| self.fault(operation, &document));
        }
        (answer, seen)
    }

    /// A description of the service, such as a WSDL, leads its readers through the recorder.
    fn described(&self, answer: &Answer) -> Answer {
        let mut back = way::back(answer);
        let text = std::str::from_utf8(&answer.body).unwrap_or_default();
        if let Some(turned) = self.way.turned(text) {
            back.body = turned.into_bytes();
        }
        let document = Document::parse(&back.body).ok();
        let addresses = XPath::compile("//@location", &self.suite.profile.namespaces).ok();
        let addresses = document
            .zip(addresses)
            .map_or_else(Vec::new, |(document, addresses)| {
                addresses.select(&document)
            });
        let past =
            |address: &String| address.contains("://") && !address.starts_with(&self.way.here);
        if let Some(address) = addresses.into_iter().find(past) {
            self.tell(Text::new(
                format!("取得されたWSDLの送信先 {address} は、この記録を経由しません。ソフトウェアの送信先に、開始時に表示したURLを設定してください"),
                format!("a WSDL that was fetched names {address}, which does not lead through the recorder; set the URLs that were shown at the start in the software"),
            ));
        }
        back
    }

    /// The identity that sends: of several with one certificate, the one whose institution stands in the message.
    fn identity(&self, known: &Known, document: Option<&Document>) -> String {
        let identities = &self.suite.profile.identity;
        let values = match (document, known.identities.len()) {
            (Some(document), 2..) => document.values(),
            (Some(_) | None, _) => Vec::new(),
        };
        let stands = |name: &&String| {
            let institution = identities.get(*name).map(|identity| &identity.institution);
            values.iter().any(|value| Some(value) == institution)
        };
        let mut all = known.identities.iter();
        let found = all.clone().find(stands).or_else(|| all.next());
        found.cloned().unwrap_or_default()
    }

    fn fault(&self, operation: &str, document: &Document) -> Option<String> {
        let profile = &self.suite.profile;
        let path = profile.fault_code_of(operation);
        let code = XPath::compile(path, &profile.namespaces).ok()?;
        code.select(document).into_iter().next()
    }

    fn look(&self, body: &[u8], document: Option<&Document>) -> Looked {
        let natural = self.natural.iter();
        let natural: Vec<String> = natural
            .filter_map(|xpath| document.map(|document| xpath.select(document)))
            .flatten()
            .collect();
        sentinel::look(body, document, &natural)
    }

    fn keep(&self, file: &str, looked: &Looked) -> Kept {
        Kept {
            // Reports show bodies of steps alone.
            shown: String::new(),
            ..kept_at(&*self.sink, file, looked)
        }
    }
}

impl Host for Relay {
    type Visit = Visit;

    fn visit(&self, certificate: &[u8]) -> Option<Visit> {
        let mut all = self.known.iter();
        let known = all.find(|known| known.certificate == certificate)?.clone();
        let tls = Arc::clone(&known.tls);
        let connection = Connection::new(tls, self.target.proxy.clone());
        Some(Visit { known, connection })
    }

    fn refused(&self, refused: Refused) {
        self.tell(self.refusal(refused));
    }

    async fn answer(self: Arc<Self>, visit: &mut Visit, came: Came) -> Answer {
        self.pass(visit, came).await
    }
}

fn file(sequence: usize, ending: &str) -> String {
    format!("exchanges/{sequence:04}.{ending}")
}
