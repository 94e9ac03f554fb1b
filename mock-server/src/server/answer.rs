//! One request of the network: its world, its limits, and what is sent back.

use std::{convert::Infallible, sync::Arc, time::Duration};

use http_body_util::{BodyExt as _, Full, LengthLimitError, Limited};
use hyper::{
    Method, Request, Response, StatusCode,
    body::{Body as _, Bytes, Incoming},
    header::{ALLOW, CONNECTION, CONTENT_TYPE, HOST, HeaderValue, RETRY_AFTER},
    http::request::Parts,
};
use tokio::{
    sync::watch,
    time::{sleep, timeout},
};

use crate::{
    network::{Fault, caller::Caller, rules::Retry},
    server::{
        Shared,
        misbehave::Outcome,
        port::Binding,
        refusal::{of_form, too_busy},
        stream::{Cue, End, Script},
        within,
        worlds::MAIN,
    },
    text::Text,
    wire::RawResponse,
};

/// One connection whose handshake is done.
pub(crate) struct Visit {
    pub(crate) shared: Arc<Shared>,
    pub(crate) binding: Arc<Binding>,
    pub(crate) caller: Caller,
    /// All whom the certificate names, `caller` first.
    pub(crate) callers: Vec<Caller>,
    /// Their names, as the journal has them.
    pub(crate) names: Arc<str>,
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
        let world = match name {
            Some(name) => shared.worlds.find(name),
            None => shared.worlds.find(&shared.worlds.front()),
        };
        let Ok(world) = world else {
            let text = Text::new(
                "この模擬環境（world）はありません。接続先のURLを確認してください。",
                "there is no such world; check the URL",
            );
            return self.refuse(
                &of_form(text, Retry::Corrected),
                StatusCode::INTERNAL_SERVER_ERROR,
            );
        };
        if matches!(parts.method, Method::GET | Method::HEAD) {
            let base = self.base(&parts, name.unwrap_or(MAIN));
            let document = shared.contract.document(path, parts.uri.query(), &base);
            if let Some(document) = document {
                return whole(document);
            }
        }
        let body = match self.read(body).await {
            Ok(body) => body,
            Err(fault) => return self.refuse(&fault, StatusCode::INTERNAL_SERVER_ERROR),
        };
        match self.exchange(&world, &parts, path, &body) {
            Outcome::Answer(answer) => allowing(whole(answer)),
            Outcome::Response(response) => allowing(response.map(Full::new)),
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

    /// The world that a path names, where it is not the one at `/`, and the path within it.
    fn place<'a>(&'a self, path: &'a str) -> (Option<&'a str>, &'a str) {
        let path = path.strip_prefix('/').unwrap_or(path);
        match &self.binding.world {
            Some(world) => (Some(world), path),
            None => match path
                .strip_prefix("w/")
                .and_then(|rest| rest.split_once('/'))
            {
                Some((world, path)) => (Some(world), path),
                None => (None, path),
            },
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

/// Where the method was wrong, with the one that is right.
fn allowing(mut answer: Answer) -> Answer {
    if answer.status() == StatusCode::METHOD_NOT_ALLOWED {
        let post = HeaderValue::from_static("POST");
        answer.headers_mut().insert(ALLOW, post);
    }
    answer
}

fn whole(answer: RawResponse) -> Answer {
    let RawResponse {
        status,
        content_type,
        body,
    } = answer;
    response(status, content_type, body.into()).map(Full::new)
}

/// A response of the contract.
pub(super) fn response(status: u16, content_type: &'static str, body: Bytes) -> Response<Bytes> {
    let mut answer = Response::new(body);
    *answer.status_mut() =
        StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let content_type = HeaderValue::from_static(content_type);
    answer.headers_mut().insert(CONTENT_TYPE, content_type);
    answer
}
