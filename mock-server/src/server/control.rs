//! The control API: JSON over HTTP on loopback. A web page in a tester's browser cannot drive it, since any `Origin`
//! and any `Host` that is not loopback are refused.

use std::{convert::Infallible, sync::Arc};

use http_body_util::{BodyExt as _, Full, Limited};
use hyper::{
    Method, Request, Response, StatusCode,
    body::{Bytes, Incoming},
    header::{CONTENT_TYPE, HOST, HeaderValue, ORIGIN},
    service::service_fn,
};
use hyper_util::rt::{TokioIo, TokioTimer};
use serde::{Deserialize, de::DeserializeOwned};
use serde_json::{Value, json};
use tokio::{net::TcpListener, sync::watch, task::JoinSet};

use crate::{
    network::{act::Act, moment::Moment, rules},
    server::{
        Misbehaviour,
        tls::Connections,
        worlds::{Clock, WorldError, Worlds, epoch, lock},
    },
    text::Text,
};

const OPENAPI: &str = include_str!("openapi.json");
const MAX_BODY: usize = 1 << 20;

/// Serves the control API until told to stop.
pub(crate) async fn serve(
    listener: TcpListener,
    worlds: Arc<Worlds>,
    connections: Arc<Connections>,
    mut stopped: watch::Receiver<bool>,
) {
    let mut tasks = JoinSet::new();
    loop {
        tokio::select! {
            accepted = listener.accept() => {
                let Ok((stream, _)) = accepted else { continue };
                let worlds = Arc::clone(&worlds);
                let connections = Arc::clone(&connections);
                let mut stopped = stopped.clone();
                tasks.spawn(async move {
                    let service = service_fn(move |request| {
                        let worlds = Arc::clone(&worlds);
                        let connections = Arc::clone(&connections);
                        async move { Ok::<_, Infallible>(answer(&worlds, &connections, request).await) }
                    });
                    let connection = hyper::server::conn::http1::Builder::new()
                        .timer(TokioTimer::new())
                        .serve_connection(TokioIo::new(stream), service);
                    tokio::pin!(connection);
                    tokio::select! {
                        _ = connection.as_mut() => {}
                        _ = stopped.changed() => {
                            connection.as_mut().graceful_shutdown();
                            let _ = connection.await;
                        }
                    }
                });
            }
            Some(_) = tasks.join_next() => {}
            _ = stopped.changed() => break,
        }
    }
    while tasks.join_next().await.is_some() {}
}

/// What is wrong with a request, with the status that says so.
struct Refused(StatusCode, &'static str, Text);

type Answered = Result<(StatusCode, Value), Refused>;

async fn answer(
    worlds: &Worlds,
    connections: &Connections,
    request: Request<Incoming>,
) -> Response<Full<Bytes>> {
    let (status, value) = match dispatch(worlds, connections, request).await {
        Ok(answered) => answered,
        Err(Refused(status, code, text)) => (
            status,
            json!({ "code": code, "ja": text.ja, "en": text.en }),
        ),
    };
    let body = if status == StatusCode::NO_CONTENT {
        Bytes::new()
    } else {
        Bytes::from(value.to_string())
    };
    let mut response = Response::new(Full::new(body));
    *response.status_mut() = status;
    if status != StatusCode::NO_CONTENT {
        response
            .headers_mut()
            .insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    }
    response
}

async fn dispatch(
    worlds: &Worlds,
    connections: &Connections,
    request: Request<Incoming>,
) -> Answered {
    let (parts, body) = request.into_parts();
    let header = |name| {
        parts
            .headers
            .get(name)
            .and_then(|value| value.to_str().ok())
    };
    let host = header(HOST).unwrap_or("");
    if parts.headers.contains_key(ORIGIN) || !is_loopback(host) {
        return Err(Refused(
            StatusCode::FORBIDDEN,
            "foreign-origin",
            Text::new(
                "自機以外又はWebページからの操作は受け付けません。",
                "only this machine may drive the mock, and no web page",
            ),
        ));
    }
    let body = Limited::new(body, MAX_BODY)
        .collect()
        .await
        .map_err(|_| bad_request("the body could not be read"))?
        .to_bytes();
    let path: Vec<&str> = parts
        .uri
        .path()
        .split('/')
        .filter(|part| !part.is_empty())
        .collect();
    match (&parts.method, path.as_slice()) {
        (&Method::GET, ["health"]) => {
            ok(json!({ "name": "renkei-mock", "version": env!("CARGO_PKG_VERSION") }))
        }
        (&Method::GET, ["openapi.json"]) => serde_json::from_str(OPENAPI)
            .map(|value: Value| (StatusCode::OK, value))
            .map_err(|_| bad_request("openapi.json")),
        (&Method::GET, ["texts"]) => ok(texts()),
        (&Method::GET, ["connections"]) => {
            let (dropped, kept) = connections.list();
            ok(json!({ "connections": kept, "dropped": dropped }))
        }
        (&Method::GET, ["worlds"]) => ok(json!({ "worlds": worlds.names() })),
        (&Method::POST, ["worlds"]) => {
            let NewWorld { name, epoch: at } = read(&body)?;
            worlds
                .create(&name, at.as_deref().map_or(Ok(epoch()), moment)?)
                .map_err(refused)?;
            Ok((
                StatusCode::CREATED,
                json!({ "name": name, "url": worlds.url(&name) }),
            ))
        }
        (&Method::DELETE, ["worlds", world]) => {
            worlds.delete(world).map_err(refused)?;
            done()
        }
        (method, ["worlds", world, rest @ ..]) => in_world(worlds, method, world, rest, &body),
        _ => Err(Refused(
            StatusCode::NOT_FOUND,
            "no-such-path",
            Text::new(
                "この操作はありません。/openapi.json を参照してください。",
                "there is no such operation; see /openapi.json",
            ),
        )),
    }
}

fn in_world(worlds: &Worlds, method: &Method, name: &str, rest: &[&str], body: &[u8]) -> Answered {
    let world = worlds.find(name).map_err(refused)?;
    match (method, rest) {
        (&Method::GET, []) => ok(json!({ "name": name, "url": worlds.url(name) })),
        (&Method::POST, ["checkpoints"]) => {
            let Named { name } = read(body)?;
            lock(&world).checkpoint(name.clone());
            Ok((StatusCode::CREATED, json!({ "name": name })))
        }
        (&Method::POST, ["forks"]) => {
            let NewFork {
                name: fork,
                checkpoint,
            } = read(body)?;
            worlds
                .fork(name, checkpoint.as_deref(), &fork)
                .map_err(refused)?;
            Ok((
                StatusCode::CREATED,
                json!({ "name": fork, "url": worlds.url(&fork) }),
            ))
        }
        (&Method::GET, ["clock"]) => {
            let clock = lock(&world).clock;
            let mode = match clock {
                Clock::Frozen(_) => "frozen",
                Clock::Flowing => "flowing",
            };
            ok(json!({ "now": clock.now().to_string(), "mode": mode }))
        }
        (&Method::PATCH, ["clock"]) => {
            let Move { advance, to } = read(body)?;
            let mut world = lock(&world);
            let Clock::Frozen(now) = world.clock else {
                return Err(conflict(Text::new(
                    "進行中の時計は操作できません。",
                    "a flowing clock cannot be moved",
                )));
            };
            let then = match (advance, to) {
                (Some(seconds), None) => now
                    .plus(seconds)
                    .ok_or_else(|| bad_request("past the end of the calendar"))?,
                (None, Some(to)) => moment(&to)?,
                (Some(_), Some(_)) | (None, None) => {
                    return Err(bad_request("one of 'advance' (seconds) and 'to'"));
                }
            };
            if then < now {
                return Err(conflict(Text::new(
                    "時計は戻せません。",
                    "time never goes back",
                )));
            }
            world.clock = Clock::Frozen(then);
            ok(json!({ "now": then.to_string(), "mode": "frozen" }))
        }
        (&Method::PUT, ["rules"]) => {
            let RulesOff { off } = read(body)?;
            let rules = off
                .iter()
                .map(|code| {
                    rules::rule(code).ok_or_else(|| bad_request(&format!("no rule '{code}'")))
                })
                .collect::<Result<Vec<_>, _>>()?;
            lock(&world).network.set_rules_off(&rules);
            done()
        }
        (&Method::PUT, ["misbehaviour"]) => {
            let Spoil { name } = read(body)?;
            lock(&world).misbehaviour = Some(name);
            done()
        }
        (&Method::DELETE, ["misbehaviour"]) => {
            lock(&world).misbehaviour = None;
            done()
        }
        (&Method::POST, ["acts"]) => {
            let act: Act = read(body)?;
            lock(&world)
                .network
                .operate(act)
                .map_err(|error| conflict(error.0))?;
            done()
        }
        (&Method::GET, ["calls"]) => {
            let (dropped, calls) = lock(&world).calls();
            ok(json!({ "calls": calls, "dropped": dropped }))
        }
        (&Method::GET, ["invariants"]) => ok(json!({ "violations": lock(&world).network.check() })),
        _ => Err(Refused(
            StatusCode::NOT_FOUND,
            "no-such-path",
            Text::new(
                "この操作はありません。/openapi.json を参照してください。",
                "there is no such operation; see /openapi.json",
            ),
        )),
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NewWorld {
    name: String,
    epoch: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Named {
    name: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NewFork {
    name: String,
    checkpoint: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Move {
    advance: Option<u64>,
    to: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RulesOff {
    off: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Spoil {
    name: Misbehaviour,
}

/// The texts of rules, faults and misbehaviours, for whoever reports on them.
fn texts() -> Value {
    let rules: Vec<Value> = rules::catalogue()
        .map(|entry| {
            json!({
                "id": entry.code, "phase": entry.phase, "mark": entry.mark.letter(), "ja": entry.text.ja, "en": entry.text.en,
                "fault": entry.fault.code, "retry": entry.fault.retry.as_str(), "off": entry.off,
            })
        })
        .collect();
    let faults: Vec<Value> = rules::fault_codes()
        .into_iter()
        .map(|fault| {
            let text = &fault.text;
            json!({ "code": fault.code, "ja": text.ja, "en": text.en, "retry": fault.retry.as_str(), "next": fault.next })
        })
        .collect();
    let misbehaviours: Vec<Value> = Misbehaviour::ALL
        .iter()
        .map(|misbehaviour| {
            let text = misbehaviour.text();
            json!({ "name": misbehaviour, "ja": text.ja, "en": text.en })
        })
        .collect();
    json!({ "rules": rules, "faults": faults, "misbehaviours": misbehaviours })
}

fn is_loopback(host: &str) -> bool {
    let name = host.rsplit_once(':').map_or(host, |(name, _)| name);
    name == "localhost"
        || name
            .trim_matches(['[', ']'])
            .parse::<std::net::IpAddr>()
            .is_ok_and(|address| address.is_loopback())
}

fn read<T: DeserializeOwned>(body: &[u8]) -> Result<T, Refused> {
    serde_json::from_slice(body).map_err(|error| bad_request(&error.to_string()))
}

fn moment(text: &str) -> Result<Moment, Refused> {
    text.parse()
        .map_err(|_| bad_request(&format!("'{text}' is no RFC 3339 time")))
}

#[expect(
    clippy::unnecessary_wraps,
    reason = "every arm of the dispatch answers with the same type"
)]
fn ok(value: Value) -> Answered {
    Ok((StatusCode::OK, value))
}

#[expect(
    clippy::unnecessary_wraps,
    reason = "every arm of the dispatch answers with the same type"
)]
fn done() -> Answered {
    Ok((StatusCode::NO_CONTENT, Value::Null))
}

fn bad_request(en: &str) -> Refused {
    Refused(
        StatusCode::BAD_REQUEST,
        "bad-request",
        Text::new(format!("要求の内容が誤っています（{en}）。"), en.to_owned()),
    )
}

fn conflict(text: Text) -> Refused {
    Refused(StatusCode::CONFLICT, "conflict", text)
}

fn refused(error: WorldError) -> Refused {
    let (status, code, ja, en) = match error {
        WorldError::NoWorld => (
            StatusCode::NOT_FOUND,
            "no-such-world",
            "この世界はありません。",
            "there is no such world",
        ),
        WorldError::NoCheckpoint => (
            StatusCode::NOT_FOUND,
            "no-such-checkpoint",
            "この再開点はありません。",
            "there is no such checkpoint",
        ),
        WorldError::Taken => (
            StatusCode::CONFLICT,
            "taken",
            "同じ名前の世界があります。",
            "there is a world of this name already",
        ),
        WorldError::BadName => (
            StatusCode::BAD_REQUEST,
            "bad-name",
            "名前は英小文字・数字・ハイフン64文字以内です。",
            "a name is 1 to 64 of a-z, 0-9 and -",
        ),
    };
    Refused(status, code, Text::new(ja, en))
}
