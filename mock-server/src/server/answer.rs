//! One request of the network: its limits, its world, the network's reply, and what a misbehaviour makes of it.

use std::{convert::Infallible, sync::Arc, time::Duration};

use http_body_util::{BodyExt as _, Full, LengthLimitError, Limited};
use hyper::{
    Request, Response, StatusCode,
    body::{Body as _, Bytes, Incoming},
    header::{
        CONNECTION, CONTENT_ENCODING, CONTENT_TYPE, HOST, HeaderName, HeaderValue, RETRY_AFTER,
    },
    http::request::Parts,
};
use tokio::{
    sync::watch,
    time::{sleep, timeout},
};

use crate::{
    network::{
        Fault, Input, Sender,
        caller::Caller,
        rules::{FaultCode, Retry, faults},
    },
    server::{
        Shared,
        calls::{Body, Call},
        mask::masked,
        misbehave::{Outcome, Spoil},
        port::{Binding, MAX_HEADERS, MAX_HEADERS_SIZE},
        stream::{Cue, End, Script},
        within,
        worlds::{MAIN, State, World},
    },
    text::Text,
    wire::{RawRequest, RawResponse},
};

/// One connection whose handshake is done.
pub(crate) struct Visit {
    pub(crate) shared: Arc<Shared>,
    pub(crate) binding: Arc<Binding>,
    pub(crate) caller: Caller,
    /// All whom the certificate names, `caller` first.
    pub(crate) callers: Vec<Caller>,
    pub(crate) cue: Cue,
    /// There are too many connections already.
    pub(crate) busy: bool,
    pub(crate) stopped: watch::Receiver<bool>,
}

type Answer = Response<Full<Bytes>>;

/// How long an answer is held back from a client that does not go.
const HELD: Duration = Duration::from_secs(600);

impl Visit {
    /// Answers a request, whatever it is.
    pub(crate) async fn answer(&self, request: Request<Incoming>) -> Result<Answer, Infallible> {
        let answer = self.respond(request).await;
        self.cue.answered();
        Ok(answer)
    }

    async fn respond(&self, request: Request<Incoming>) -> Answer {
        let shared = &*self.shared;
        let (parts, body) = request.into_parts();
        if self.busy {
            return self.refuse(
                &too_busy(shared.limits.connections),
                StatusCode::SERVICE_UNAVAILABLE,
            );
        }
        let (name, path) = self.place(parts.uri.path());
        let Ok(world) = shared.worlds.find(name) else {
            let text = Text::new(
                "この世界はありません。接続先のURLを確認してください。",
                "there is no such world; check the URL",
            );
            return self.refuse(
                &of_form(text, Retry::Corrected),
                StatusCode::INTERNAL_SERVER_ERROR,
            );
        };
        if parts.method == hyper::Method::GET {
            let base = escaped(&self.base(&parts, name));
            let document = shared.contract.document(path, parts.uri.query(), &base);
            if let Some(document) = document {
                return whole(document);
            }
        }
        let body = match self.read(body).await {
            Ok(body) => body,
            Err(fault) => return self.refuse(&fault, StatusCode::INTERNAL_SERVER_ERROR),
        };
        let outcome = self.exchange(&world, &parts, path, &body);
        match outcome {
            Outcome::Answer(answer) => whole(answer),
            Outcome::Response(response) => response.map(Full::new),
            Outcome::Script(script) => self.play(script),
            Outcome::Held => {
                let mut stopped = self.stopped.clone();
                tokio::select! {
                    () = sleep(HELD) => {}
                    _ = stopped.changed() => {}
                }
                self.play(Script {
                    bytes: Vec::new(),
                    end: End::Cut,
                })
            }
        }
    }

    /// The world that a path names, and the path within it.
    fn place<'a>(&'a self, path: &'a str) -> (&'a str, &'a str) {
        let path = path.strip_prefix('/').unwrap_or(path);
        match &self.binding.world {
            Some(world) => (world, path),
            None => path
                .strip_prefix("w/")
                .and_then(|rest| rest.split_once('/'))
                .unwrap_or((MAIN, path)),
        }
    }

    /// The URL of a world as the client sees it.
    fn base(&self, parts: &Parts, world: &str) -> String {
        let is_authority = |host: &&str| {
            !host.is_empty()
                && host.len() <= 255
                && host
                    .chars()
                    .all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | ':' | '-' | '[' | ']'))
        };
        let bound = self.binding.world.is_some();
        if self.shared.public && !bound {
            return self.shared.world_url(world);
        }
        let host = parts.headers.get(HOST).and_then(|host| host.to_str().ok());
        let authority = parts
            .uri
            .authority()
            .map(hyper::http::uri::Authority::as_str);
        match host.or(authority).filter(is_authority) {
            Some(host) => within(
                &format!("https://{host}/"),
                if bound { MAIN } else { world },
            ),
            None => self.shared.world_url(world),
        }
    }

    /// Reads a body up to the limit, and no further.
    async fn read(&self, body: Incoming) -> Result<Bytes, Fault> {
        let limit = self.shared.limits.body;
        let too_long = || {
            let text = Text::new(
                format!("電文が上限の{limit}バイトを超えています。"),
                format!("the body is over the limit of {limit} bytes"),
            );
            of_form(text, Retry::Corrected)
        };
        if body.size_hint().lower() > limit as u64 {
            return Err(too_long());
        }
        let patience = self.shared.limits.patience;
        match timeout(patience, Limited::new(body, limit).collect()).await {
            Ok(Ok(body)) => Ok(body.to_bytes()),
            Ok(Err(error)) if error.is::<LengthLimitError>() => Err(too_long()),
            Ok(Err(_)) => {
                let text = Text::new(
                    "電文が途中で途切れたか、チャンク形式が誤っています。",
                    "the body was cut off, or its chunks are not right",
                );
                Err(of_form(text, Retry::SameRequest))
            }
            Err(_) => {
                let seconds = patience.as_secs();
                let text = Text::new(
                    format!("電文の受信が{seconds}秒以内に終わりませんでした。"),
                    format!("the body did not arrive in time: within {seconds} seconds"),
                );
                Err(of_form(text, Retry::SameRequest))
            }
        }
    }

    /// Hands a request to its world, spoils the answer if the world says so, and keeps both in the journal.
    fn exchange(&self, world: &World, parts: &Parts, path: &str, body: &[u8]) -> Outcome {
        let content_type = header(parts, CONTENT_TYPE);
        let content_encoding = header(parts, CONTENT_ENCODING);
        let action = header(parts, HeaderName::from_static("soapaction"));
        let action = action.as_deref();
        let raw = RawRequest {
            method: parts.method.as_str(),
            path,
            content_type: content_type.as_deref(),
            content_encoding: content_encoding.as_deref(),
            soap_action: action,
            body,
        };
        let decoded = self.shared.contract.decode(&raw);
        let request_id = decoded
            .as_ref()
            .ok()
            .map(|decoded| decoded.sender.request_id.to_string());
        // Under the lock: only what touches the world's state. Reading and writing messages go on beside each other.
        let (at, spoil, reply) = {
            let mut state = world.state();
            let at = state.clock.now();
            let spoil = state.spoiling.map(|spoiling| spoiling.spoil);
            let undone = matches!(spoil, Some(Spoil::CloseBeforeApply | Spoil::TooBusy));
            let reply = if undone {
                None
            } else {
                Some(decoded.map(|decoded| {
                    let caller = self.caller(&state, &decoded.sender);
                    let reply = state.network.apply(Input {
                        at,
                        caller,
                        sender: decoded.sender,
                        command: decoded.command,
                        found: decoded.found,
                    });
                    state.count_lie();
                    reply
                }))
            };
            (at, spoil, reply)
        };
        let (right, fault) = match &reply {
            None => (None, None),
            Some(Ok(reply)) => {
                let id = request_id.as_deref().unwrap_or("");
                let fault = reply.as_ref().err().map(|fault| fault.code.code);
                (Some(self.shared.contract.encode(id, at, reply)), fault)
            }
            Some(Err(fault)) => (
                Some(self.shared.contract.encode_fault(fault)),
                Some(fault.code.code),
            ),
        };
        let right = right.unwrap_or_else(|| self.undone(spoil));
        let spoilt = spoil.and_then(|spoil| {
            let outcome = spoil.apply(&right)?;
            world
                .state()
                .count_spoilt(spoil)
                .then_some((spoil, outcome))
        });
        let request = Body::keep(body);
        let answer = Body::keep(&right.body);
        let (spoil, outcome) = match spoilt {
            Some((spoil, outcome)) => (Some(spoil), outcome),
            None => (None, Outcome::Answer(right)),
        };
        let status = match &outcome {
            Outcome::Answer(answer) => Some(answer.status),
            Outcome::Response(response) => Some(response.status().as_u16()),
            Outcome::Script(_) | Outcome::Held => None,
        };
        world
            .calls
            .add(Call::weight(&request, &answer), |number| Call {
                number,
                at: at.to_string(),
                caller: self.names(),
                method: short(parts.method.as_str()),
                path: short(path),
                action: action.map(short),
                request_id,
                status,
                fault,
                spoilt: spoil,
                request,
                answer,
            });
        outcome
    }

    /// What is answered to a request that is not carried out: that there is no place for it, or nothing.
    fn undone(&self, spoil: Option<Spoil>) -> RawResponse {
        if spoil != Some(Spoil::TooBusy) {
            return RawResponse {
                status: 200,
                content_type: "",
                body: Vec::new(),
            };
        }
        let fault = too_busy(self.shared.limits.connections);
        RawResponse {
            status: StatusCode::SERVICE_UNAVAILABLE.as_u16(),
            ..self.shared.contract.encode_fault(&fault)
        }
    }

    /// Who calls: the one whom the certificate names. Where it names several and the world allows that, the one in
    /// whose name the message speaks \[A\]; else the first, so that a message of another is refused by its rule.
    fn caller(&self, state: &State, sender: &Sender) -> Caller {
        let named = |caller: &&Caller| caller.name() == sender.institution.as_str();
        let spoken = self.callers.iter().find(named);
        let spoken = spoken.filter(|_| state.joint_certificates);
        spoken.unwrap_or(&self.caller).clone()
    }

    fn names(&self) -> String {
        let names: Vec<&str> = self.callers.iter().map(Caller::name).collect();
        names.join(" ")
    }

    /// A refusal after which the connection is closed, since the rest of the request was not read.
    fn refuse(&self, fault: &Fault, status: StatusCode) -> Answer {
        self.cue.unread();
        let mut answer = whole(self.shared.contract.encode_fault(fault));
        *answer.status_mut() = status;
        let headers = answer.headers_mut();
        headers.insert(CONNECTION, HeaderValue::from_static("close"));
        if status == StatusCode::SERVICE_UNAVAILABLE {
            headers.insert(RETRY_AFTER, HeaderValue::from_static("1"));
        }
        answer
    }

    /// Lets literal bytes take the place of the answer, which hyper is then given for form's sake.
    fn play(&self, script: Script) -> Answer {
        self.cue.play(script);
        let mut answer = Response::new(Full::new(Bytes::new()));
        answer
            .headers_mut()
            .insert(CONNECTION, HeaderValue::from_static("close"));
        answer
    }
}

/// What a header says, be it sent more than once or in bytes that are no text: none of it is overlooked.
fn header(parts: &Parts, name: HeaderName) -> Option<String> {
    let values = parts.headers.get_all(name).iter();
    let texts: Vec<_> = values
        .map(|value| String::from_utf8_lossy(value.as_bytes()))
        .collect();
    (!texts.is_empty()).then(|| texts.join(", "))
}

/// The whole answer to a request that hyper refused before anybody else saw it.
pub(crate) fn refused_by_hyper(shared: &Shared, status: u16) -> Vec<u8> {
    let (reason, text) = match status {
        408 => (
            "Request Timeout",
            Text::new(
                format!(
                    "要求のヘッダーの受信が{}秒以内に終わりませんでした。",
                    shared.limits.patience.as_secs()
                ),
                format!(
                    "the headers of the request did not arrive within {} seconds",
                    shared.limits.patience.as_secs()
                ),
            ),
        ),
        414 => (
            "URI Too Long",
            Text::fixed(
                "要求のURIが長すぎます。",
                "the URI of the request is too long",
            ),
        ),
        431 => (
            "Request Header Fields Too Large",
            Text::new(
                format!(
                    "要求のヘッダーが上限（{MAX_HEADERS}個、合計{MAX_HEADERS_SIZE}バイト）を超えています。"
                ),
                format!(
                    "the headers of the request are over the limit of {MAX_HEADERS} headers and {MAX_HEADERS_SIZE} bytes"
                ),
            ),
        ),
        _ => (
            "Bad Request",
            Text::fixed(
                "HTTP/1.1の要求ではありません。",
                "this is no HTTP/1.1 request",
            ),
        ),
    };
    let retry = if status == 408 {
        Retry::SameRequest
    } else {
        Retry::Corrected
    };
    let RawResponse {
        status: _,
        content_type,
        body,
    } = shared.contract.encode_fault(&of_form(text, retry));
    let mut bytes = format!(
        "HTTP/1.1 {status} {reason}\r\nContent-Type: {content_type}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
        body.len()
    )
    .into_bytes();
    bytes.extend(body);
    bytes
}

fn too_busy(limit: usize) -> Fault {
    let about = Text::new(
        format!("上限: {limit}接続"),
        format!("limit: {limit} connections"),
    );
    fault(&faults::TOO_BUSY, &about, faults::TOO_BUSY.retry)
}

fn of_form(text: Text, retry: Retry) -> Fault {
    Fault {
        code: &faults::BAD_BINDING,
        rule: None,
        text,
        retry,
    }
}

fn fault(code: &'static FaultCode, about: &Text, retry: Retry) -> Fault {
    Fault {
        code,
        rule: None,
        text: Text::new(
            format!("{}（{}）", code.text.ja, about.ja),
            format!("{} ({})", code.text.en, about.en),
        ),
        retry,
    }
}

fn whole(answer: RawResponse) -> Answer {
    let RawResponse {
        status,
        content_type,
        body,
    } = answer;
    let mut answer = Response::new(Full::new(Bytes::from(body)));
    *answer.status_mut() =
        StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let content_type = HeaderValue::from_static(content_type);
    answer.headers_mut().insert(CONTENT_TYPE, content_type);
    answer
}

/// As much of a value as the journal keeps.
fn short(text: &str) -> String {
    let text: String = text.chars().take(200).collect();
    masked(&text).0.into_owned()
}

/// As it may stand in an attribute.
fn escaped(url: &str) -> String {
    url.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
        .replace('\'', "&apos;")
}
