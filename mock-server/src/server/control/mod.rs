//! The control API: JSON over HTTP on loopback. A web page in a tester's browser cannot drive it, since any `Origin`
//! and any `Host` that is not loopback are refused.

mod answers;
mod description;
mod query;
mod texts;
mod world;

use std::{convert::Infallible, sync::Arc, time::Duration};

use http_body_util::{BodyExt as _, Full, Limited};
use hyper::{
    Method, Request, Response, StatusCode,
    body::{Bytes, Incoming},
    header::{ALLOW, CONTENT_TYPE, HOST, HeaderValue, ORIGIN},
    service::service_fn,
};
use hyper_util::rt::{TokioIo, TokioTimer};
use serde::{Deserialize, Deserializer, de::DeserializeOwned};
use serde_json::{Value, json};
use tokio::{net::TcpListener, task::JoinSet, time::timeout};

use self::{
    answers::{Answered, Refused, bad_request, conflict, created, done, ok, refused, unreadable},
    query::Query,
};
use crate::{
    network::{Setup, moment::Moment},
    server::{
        Shared,
        worlds::{Clock, MAIN, WorldError, epoch},
    },
    text::Text,
};

/// The largest body that control takes.
const MAX_BODY: usize = 1 << 20;

/// What control says of rules, faults, misbehaviours, acts and listeners' faults.
pub(super) fn texts() -> Value {
    texts::all()
}

/// The acts by name, each with its form.
pub(super) fn acts() -> Vec<(String, Value)> {
    texts::forms()
}

/// Serves the control API until told to stop.
pub(crate) async fn serve(listener: TcpListener, shared: Arc<Shared>) {
    let mut stopped = shared.stopped.clone();
    let mut tasks = JoinSet::new();
    loop {
        tokio::select! {
            accepted = listener.accept() => {
                let Ok((stream, _)) = accepted else {
                    tokio::time::sleep(Duration::from_millis(50)).await;
                    continue;
                };
                let _ = stream.set_nodelay(true);
                let shared = Arc::clone(&shared);
                let mut stopped = stopped.clone();
                tasks.spawn(async move {
                    let service = service_fn(move |request| {
                        let shared = Arc::clone(&shared);
                        async move { Ok::<_, Infallible>(answer(&shared, request).await) }
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

async fn answer(shared: &Arc<Shared>, request: Request<Incoming>) -> Response<Full<Bytes>> {
    let allowed = methods(&segments(request.uri().path()));
    let (status, body) = match dispatch(shared, request).await {
        Ok((StatusCode::NO_CONTENT, _)) => (StatusCode::NO_CONTENT, Bytes::new()),
        Ok((status, value)) => (status, Bytes::from(value.to_string())),
        Err(Refused(status, code, text)) => {
            let error = json!({ "code": code, "ja": text.ja, "en": text.en });
            (status, Bytes::from(error.to_string()))
        }
    };
    let mut response = Response::new(Full::new(body));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    if status != StatusCode::NO_CONTENT {
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    }
    if status == StatusCode::METHOD_NOT_ALLOWED
        && let Ok(allowed) = HeaderValue::from_str(&allowed.unwrap_or(&[]).join(", "))
    {
        headers.insert(ALLOW, allowed);
    }
    response
}

fn segments(path: &str) -> Vec<&str> {
    path.split('/').filter(|part| !part.is_empty()).collect()
}

/// The methods of a path; none where there is no such path.
fn methods(path: &[&str]) -> Option<&'static [&'static str]> {
    Some(match path {
        ["health" | "openapi.json" | "texts" | "connections"]
        | ["worlds", _, "calls" | "peers" | "state" | "invariants"] => &["GET"],
        ["worlds"] | ["worlds", _, "checkpoints" | "listeners"] => &["GET", "POST"],
        ["worlds", _] | ["worlds", _, "listeners", _] => &["GET", "DELETE"],
        ["worlds", _, "forks" | "acts"] => &["POST"],
        ["worlds", _, "clock"] => &["GET", "PATCH"],
        ["front"] | ["worlds", _, "rules"] => &["GET", "PUT"],
        ["worlds", _, "misbehaviour"] => &["GET", "PUT", "DELETE"],
        _ => return None,
    })
}

async fn dispatch(shared: &Arc<Shared>, request: Request<Incoming>) -> Answered {
    let (parts, body) = request.into_parts();
    let host = parts
        .headers
        .get(HOST)
        .and_then(|value| value.to_str().ok())
        .unwrap_or("");
    if parts.headers.contains_key(ORIGIN) || !is_loopback(host) {
        return Err(Refused(
            StatusCode::FORBIDDEN,
            "foreign-origin",
            Text::fixed(
                "自機以外又はWebページからの操作は受け付けません。",
                "only this machine may drive the mock, and no web page",
            ),
        ));
    }
    let path = segments(parts.uri.path());
    let Some(allowed) = methods(&path) else {
        return Err(Refused(
            StatusCode::NOT_FOUND,
            "no-such-path",
            Text::fixed(
                "この操作はありません。/openapi.json を参照してください。",
                "there is no such operation; see /openapi.json",
            ),
        ));
    };
    if !allowed.contains(&parts.method.as_str()) {
        let allowed = allowed.join(", ");
        return Err(Refused(
            StatusCode::METHOD_NOT_ALLOWED,
            "wrong-method",
            Text::new(
                format!("このメソッドは使用できません。使用できるのは {allowed} です。"),
                format!("this path takes {allowed}"),
            ),
        ));
    }
    let body = timeout(
        shared.limits.patience,
        Limited::new(body, MAX_BODY).collect(),
    )
    .await
    .map_err(|_| bad_request("the body did not arrive in time"))?
    .map_err(|_| {
        bad_request(&format!(
            "the body is over {MAX_BODY} bytes, or was cut off"
        ))
    })?
    .to_bytes();
    let query = Query::read(parts.uri.query(), &path)?;
    match (&parts.method, path.as_slice()) {
        (_, ["health"]) => {
            ok(json!({ "name": "renkei-mock", "version": env!("CARGO_PKG_VERSION") }))
        }
        (_, ["openapi.json"]) => ok(description::served()),
        (_, ["texts"]) => ok(texts()),
        (_, ["connections"]) => {
            let page = query.page(shared, &shared.connections).await;
            let connections: Vec<Value> = page.entries.iter().map(|entry| json!(**entry)).collect();
            ok(json!({ "connections": connections, "dropped": page.dropped, "last": page.last }))
        }
        (&Method::PUT, ["front"]) => {
            let Front { world } = read(&body)?;
            shared.worlds.set_front(&world).map_err(refused)?;
            ok(front(shared))
        }
        (_, ["front"]) => ok(front(shared)),
        (&Method::POST, ["worlds"]) => create(shared, &body),
        (_, ["worlds"]) => ok(json!({ "worlds": shared.worlds.names() })),
        (&Method::DELETE, ["worlds", world]) => {
            shared.worlds.delete(world).map_err(refused)?;
            done()
        }
        (method, ["worlds", world, rest @ ..]) => {
            world::dispatch(shared, world, method, rest, &query, &body).await
        }
        _ => Err(refused(WorldError::NoWorld)),
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Front {
    world: String,
}

fn front(shared: &Shared) -> Value {
    json!({ "world": *shared.worlds.front(), "url": shared.world_url(MAIN) })
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NewWorld {
    name: String,
    #[serde(default, deserialize_with = "given")]
    epoch: Option<String>,
    #[serde(default, deserialize_with = "given")]
    seed: Option<u64>,
    #[serde(default, deserialize_with = "given")]
    clock: Option<ClockMode>,
}

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum ClockMode {
    Frozen,
    Flowing,
}

fn create(shared: &Shared, body: &[u8]) -> Answered {
    let NewWorld {
        name,
        epoch: at,
        seed,
        clock,
    } = read(body)?;
    let clock = clock.unwrap_or(ClockMode::Frozen);
    let begin = match (at, clock) {
        (Some(at), _) => moment(&at)?,
        (None, ClockMode::Frozen) => epoch(),
        (None, ClockMode::Flowing) => super::now(),
    };
    let setup = Setup {
        epoch: begin,
        seed: seed.unwrap_or(1),
    };
    let clock = match clock {
        ClockMode::Frozen => Clock::Frozen(begin),
        ClockMode::Flowing => Clock::Flowing,
    };
    shared.worlds.create(&name, setup, clock).map_err(refused)?;
    created(json!({ "name": name, "url": shared.world_url(&name) }))
}

fn is_loopback(host: &str) -> bool {
    let authority: Option<hyper::http::uri::Authority> = host.parse().ok();
    authority.is_some_and(|authority| {
        let name = authority.host();
        name.eq_ignore_ascii_case("localhost")
            || name
                .trim_matches(['[', ']'])
                .parse::<std::net::IpAddr>()
                .is_ok_and(|address| address.is_loopback())
    })
}

fn read<T: DeserializeOwned>(body: &[u8]) -> Result<T, Refused> {
    serde_json::from_slice(body).map_err(|error| unreadable(&error))
}

/// A key that may be left out, and is never null where it stands.
fn given<'de, T: Deserialize<'de>, D: Deserializer<'de>>(value: D) -> Result<Option<T>, D::Error> {
    T::deserialize(value).map(Some)
}

fn moment(text: &str) -> Result<Moment, Refused> {
    text.parse()
        .map_err(|_| bad_request(&format!("'{text}' is no RFC 3339 time")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_loopback_is_a_host() {
        for host in [
            "localhost",
            "LOCALHOST:80",
            "127.0.0.1:8",
            "127.1.2.3",
            "[::1]:9",
        ] {
            assert!(is_loopback(host), "{host}");
        }
        for host in [
            "",
            "mock.example",
            "192.0.2.1",
            "localhost.example",
            "[::2]:9",
            "::1",
            "127.0.0.1.example:1",
        ] {
            assert!(!is_loopback(host), "{host}");
        }
    }
}
