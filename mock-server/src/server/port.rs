//! The network's own port: mutual TLS, HTTP/1.1, one contract, many worlds. It has no back door.

use std::{sync::Arc, time::Duration};

use http_body_util::{BodyExt as _, Full, Limited};
use hyper::{
    Request, Response,
    body::{Bytes, Incoming},
    header::{CONNECTION, CONTENT_ENCODING, CONTENT_TYPE, HeaderName},
    service::service_fn,
};
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::{net::TcpListener, sync::watch, task::JoinSet, time::timeout};
use tokio_rustls::TlsAcceptor;

use crate::{
    network::{Fault, Input, caller::Caller, rules::faults},
    server::{
        tls::{self, Connections},
        worlds::{MAIN, Worlds, lock},
    },
    text::Text,
    wire::{Contract, RawRequest, RawResponse},
};

/// What the port serves.
#[derive(Clone)]
pub(crate) struct Port {
    pub(crate) contract: Arc<dyn Contract>,
    pub(crate) worlds: Arc<Worlds>,
    pub(crate) connections: Arc<Connections>,
    pub(crate) max_body: usize,
    pub(crate) patience: Duration,
}

/// Accepts connections until told to stop, then lets those under way end.
pub(crate) async fn serve(
    port: Port,
    listener: TcpListener,
    acceptor: TlsAcceptor,
    mut stopped: watch::Receiver<bool>,
) {
    let mut tasks = JoinSet::new();
    loop {
        tokio::select! {
            accepted = listener.accept() => match accepted {
                Ok((stream, _)) => {
                    let _ = stream.set_nodelay(true);
                    tasks.spawn(connection(port.clone(), stream, acceptor.clone(), stopped.clone()));
                }
                Err(error) => tracing::warn!(%error, "a connection could not be accepted"),
            },
            Some(_) = tasks.join_next() => {}
            _ = stopped.changed() => break,
        }
    }
    while tasks.join_next().await.is_some() {}
}

async fn connection(
    port: Port,
    stream: tokio::net::TcpStream,
    acceptor: TlsAcceptor,
    mut stopped: watch::Receiver<bool>,
) {
    let stream = match timeout(port.patience, acceptor.accept(stream)).await {
        Ok(Ok(stream)) => stream,
        Ok(Err(error)) => return port.connections.record(None, Some(error.to_string())),
        Err(_) => {
            return port
                .connections
                .record(None, Some("the handshake took too long".to_owned()));
        }
    };
    let Some(caller) = tls::caller(stream.get_ref().1.peer_certificates()) else {
        return port.connections.record(
            None,
            Some("the certificate names no institution".to_owned()),
        );
    };
    port.connections.record(Some(caller.to_string()), None);
    let patience = port.patience;
    let service = service_fn(move |request| {
        let port = port.clone();
        let caller = caller.clone();
        async move { answer(&port, &caller, request).await }
    });
    let connection = hyper::server::conn::http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(patience)
        .serve_connection(TokioIo::new(stream), service);
    tokio::pin!(connection);
    tokio::select! {
        ended = connection.as_mut() => log_end(ended),
        _ = stopped.changed() => {
            connection.as_mut().graceful_shutdown();
            log_end(connection.await);
        }
    }
}

fn log_end(ended: Result<(), hyper::Error>) {
    if let Err(error) = ended {
        tracing::debug!(%error, "a connection ended early");
    }
}

/// A connection that is to be closed without an answer.
#[derive(Debug)]
struct Closed;

impl std::fmt::Display for Closed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("closed without an answer")
    }
}

impl std::error::Error for Closed {}

async fn answer(
    port: &Port,
    caller: &Caller,
    request: Request<Incoming>,
) -> Result<Response<Full<Bytes>>, Closed> {
    let (parts, body) = request.into_parts();
    let path = parts.uri.path().trim_start_matches('/');
    let (world, path) = match path
        .strip_prefix("w/")
        .and_then(|rest| rest.split_once('/'))
    {
        Some((world, path)) => (world, path),
        None => (MAIN, path),
    };
    let Ok(found) = port.worlds.find(world) else {
        let text = Text::new("この世界はありません。", "there is no such world");
        return Ok(respond(port.contract.encode_fault(&form_fault(text)), true));
    };
    if parts.method == hyper::Method::GET
        && let Some(document) =
            port.contract
                .document(path, parts.uri.query(), &port.worlds.url(world))
    {
        return Ok(respond(document, false));
    }
    let body = match timeout(port.patience, Limited::new(body, port.max_body).collect()).await {
        Ok(Ok(body)) => body.to_bytes(),
        Ok(Err(_)) => {
            let limit = port.max_body;
            let text = Text::new(
                format!("電文が上限{limit}バイトを超えているか、途中で途切れました。"),
                format!("the body is over the limit of {limit} bytes, or was cut off"),
            );
            return Ok(respond(port.contract.encode_fault(&form_fault(text)), true));
        }
        Err(_) => {
            let text = Text::new(
                "電文の受信が時間内に終わりませんでした。",
                "the body did not arrive in time",
            );
            return Ok(respond(port.contract.encode_fault(&form_fault(text)), true));
        }
    };
    let header = |name: HeaderName| {
        parts
            .headers
            .get(name)
            .and_then(|value| value.to_str().ok())
    };
    let raw = RawRequest {
        method: parts.method.as_str(),
        path,
        content_type: header(CONTENT_TYPE),
        content_encoding: header(CONTENT_ENCODING),
        soap_action: header(HeaderName::from_static("soapaction")),
        body: &body,
    };
    let decoded = port.contract.decode(&raw);
    let mut world = lock(&found);
    let at = world.clock.now();
    let (response, fault) = match decoded {
        Ok(decoded) => {
            let request_id = decoded.sender.request_id.clone();
            let input = Input {
                at,
                caller: caller.clone(),
                sender: decoded.sender,
                command: decoded.command,
                found: decoded.found,
            };
            let reply = world.network.apply(input);
            let fault = reply.as_ref().err().map(|fault| fault.code.code);
            (port.contract.encode(request_id.as_str(), at, &reply), fault)
        }
        Err(fault) => (port.contract.encode_fault(&fault), Some(fault.code.code)),
    };
    world.record(caller.to_string(), path.to_owned(), response.status, fault);
    match world.misbehaviour {
        None => Ok(respond(response, false)),
        Some(misbehaviour) => misbehaviour
            .spoil(response)
            .map(|response| respond(response, false))
            .ok_or(Closed),
    }
}

fn form_fault(text: Text) -> Fault {
    Fault {
        code: &faults::BAD_BINDING,
        rule: None,
        text,
        retry: faults::BAD_BINDING.retry,
    }
}

fn respond(response: RawResponse, close: bool) -> Response<Full<Bytes>> {
    let RawResponse {
        status,
        content_type,
        body,
    } = response;
    let mut answer = Response::new(Full::new(Bytes::from(body)));
    *answer.status_mut() =
        hyper::StatusCode::from_u16(status).unwrap_or(hyper::StatusCode::INTERNAL_SERVER_ERROR);
    answer.headers_mut().insert(
        CONTENT_TYPE,
        hyper::header::HeaderValue::from_static(content_type),
    );
    if close {
        answer
            .headers_mut()
            .insert(CONNECTION, hyper::header::HeaderValue::from_static("close"));
    }
    answer
}
