//! A port of the network: accepts connections, does their handshake, and hands their requests on. It has no back door.

use std::{sync::Arc, time::Duration};

use hyper::{body::Incoming, service::service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
    sync::{OwnedSemaphorePermit, Semaphore, watch},
    task::JoinSet,
    time::{sleep, timeout},
};
use tokio_rustls::{TlsAcceptor, server::TlsStream};

use crate::{
    network::{caller::Caller, rules::faults},
    server::{
        Shared,
        answer::Visit,
        connections::note,
        listener::Fault,
        refusal::refused_by_hyper,
        stream::{Cue, Stage},
        tls::{self, Refusal},
    },
};

/// What a listener shows, what it does to those who connect, and where they are.
pub(crate) struct Binding {
    pub(crate) acceptor: TlsAcceptor,
    pub(crate) fault: Fault,
    /// Its name in the connection journal.
    pub(crate) listener: String,
    /// The world that stands at its `/`; none where `/` is `main` and `/w/<name>/` any other.
    pub(crate) world: Option<String>,
}

/// How many bytes the headers of a request may have.
pub(crate) const MAX_HEADERS_SIZE: usize = 32 << 10;
/// How many headers a request may have.
pub(crate) const MAX_HEADERS: usize = 100;
/// How long no connection is accepted after the system could not give one.
const BREATH: Duration = Duration::from_millis(50);

/// Accepts connections until told to stop, then lets those under way end.
pub(crate) async fn serve(
    shared: Arc<Shared>,
    listener: TcpListener,
    binding: Arc<Binding>,
    mut stopped: watch::Receiver<bool>,
) {
    let mut all_stopped = shared.stopped.clone();
    let mut tasks = JoinSet::new();
    loop {
        tokio::select! {
            accepted = listener.accept() => match accepted {
                Ok((stream, _)) => {
                    let _ = stream.set_nodelay(true);
                    let Some(place) = Place::take(&shared) else {
                        note(&shared.connections, &binding.listener, Vec::new(), Some(too_many()));
                        continue;
                    };
                    let visit = connection(Arc::clone(&shared), Arc::clone(&binding), place, stream, stopped.clone());
                    tasks.spawn(visit);
                }
                Err(error) => {
                    tracing::warn!(%error, listener = binding.listener, "a connection could not be accepted");
                    sleep(BREATH).await;
                }
            },
            Some(_) = tasks.join_next() => {}
            // Also when its sender is gone: the listener's world was deleted.
            _ = stopped.changed() => break,
            _ = all_stopped.changed() => break,
        }
    }
    drop(listener);
    while tasks.join_next().await.is_some() {}
}

/// The right to be served, or to be told to come again.
struct Place {
    _permit: OwnedSemaphorePermit,
    busy: bool,
}

impl Place {
    fn take(shared: &Shared) -> Option<Self> {
        let permit = |semaphore: &Arc<Semaphore>| Arc::clone(semaphore).try_acquire_owned().ok();
        let served = permit(&shared.places).map(|permit| (permit, false));
        let (permit, busy) = served.or_else(|| Some((permit(&shared.doorsteps)?, true)))?;
        Some(Self {
            _permit: permit,
            busy,
        })
    }
}

fn too_many() -> Refusal {
    Refusal {
        code: "too-many-connections",
        why: faults::TOO_BUSY.text.clone(),
        certificate: None,
    }
}

async fn connection(
    shared: Arc<Shared>,
    binding: Arc<Binding>,
    place: Place,
    stream: TcpStream,
    mut stopped: watch::Receiver<bool>,
) {
    let handshake = tokio::select! {
        done = handshake(&shared, &binding, stream) => done,
        _ = stopped.changed() => return,
    };
    let (stream, caller, callers) = match handshake {
        Ok(done) => done,
        Err(refusal) => {
            tracing::debug!(
                code = refusal.code,
                listener = binding.listener,
                "a connection was refused"
            );
            return note(
                &shared.connections,
                &binding.listener,
                Vec::new(),
                Some(refusal),
            );
        }
    };
    let names: Vec<String> = callers.iter().map(ToString::to_string).collect();
    let joined = names.join(" ").into();
    let refusal = place.busy.then(too_many);
    note(&shared.connections, &binding.listener, names, refusal);

    let cue = Cue::default();
    let refuse = {
        let shared = Arc::clone(&shared);
        Arc::new(move |status| refused_by_hyper(&shared, status))
    };
    let stage = Stage::new(stream, cue.clone(), refuse);
    let patience = shared.limits.patience;
    let visit = Arc::new(Visit {
        shared,
        binding,
        caller,
        callers,
        names: joined,
        cue,
        busy: place.busy,
        stopped: stopped.clone(),
    });
    let service = service_fn(move |request: hyper::Request<Incoming>| {
        let visit = Arc::clone(&visit);
        async move { visit.answer(request).await }
    });
    let mut connection = hyper::server::conn::http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(patience)
        .max_headers(MAX_HEADERS)
        .max_header_size(MAX_HEADERS_SIZE)
        .serve_connection(TokioIo::new(stage), service);
    let ended = tokio::select! {
        ended = &mut connection => ended,
        _ = stopped.changed() => {
            std::pin::Pin::new(&mut connection).graceful_shutdown();
            (&mut connection).await
        }
    };
    if let Err(error) = &ended {
        tracing::debug!(%error, "a connection ended early");
    }
    let refusal = match ended {
        Err(error) if error.is_timeout() => Some(408),
        // HTTP/2, for one, hyper refuses without a word.
        Err(error) if error.is_parse() => Some(400),
        Ok(()) | Err(_) => None,
    };
    connection.into_parts().io.into_inner().end(refusal).await;
}

async fn handshake(
    shared: &Shared,
    binding: &Binding,
    stream: TcpStream,
) -> Result<(TlsStream<TcpStream>, Caller, Vec<Caller>), Refusal> {
    let stream = binding.fault.before_handshake(stream).await?;
    let accepted = timeout(
        shared.limits.patience,
        tls::accept(&binding.acceptor, stream),
    );
    let mut stream = accepted.await.map_err(|_| {
        Refusal::new(
            "handshake-timeout",
            "TLSハンドシェイクが時間内に終わりませんでした。",
            "the handshake took too long",
        )
    })??;
    if binding.fault == Fault::CloseAfterHandshake {
        let _ = stream.shutdown().await;
        // What is closed with bytes unread is reset; read them, so that it is always an end and never a reset.
        let mut bytes = [0; 4096];
        let drained = async { while stream.read(&mut bytes).await.is_ok_and(|read| read > 0) {} };
        let _ = timeout(Duration::from_secs(1), drained).await;
        return Err(binding.fault.refusal());
    }
    let callers = tls::callers(stream.get_ref().1.peer_certificates());
    match callers.first().cloned() {
        Some(caller) => Ok((stream, caller, callers)),
        None => Err(Refusal::no_caller()),
    }
}
