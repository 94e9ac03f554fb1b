//! The stream under hyper: lets a script replace an answer byte by byte, gives hyper's own refusals a body, and ends a
//! connection as it is told.

use std::{
    io::{self, IoSlice},
    pin::Pin,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
    },
    task::{Context, Poll, ready},
    time::Duration,
};

use tokio::{
    io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _, ReadBuf},
    net::TcpStream,
    time::timeout,
};
use tokio_rustls::server::TlsStream;

use crate::server::worlds::lock;

/// How a connection ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum End {
    /// In good order.
    Close,
    /// The TCP connection is closed without the farewell of TLS.
    Cut,
    /// The TCP connection is reset.
    Reset,
}

/// Bytes to be sent in the place of an answer, after which the connection ends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Script {
    /// The bytes.
    pub(crate) bytes: Vec<u8>,
    /// How it ends.
    pub(crate) end: End,
}

/// What the service that answers tells the stream under it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Cue(Arc<Inner>);

#[derive(Debug, Default)]
struct Inner {
    answered: AtomicBool,
    unread: AtomicBool,
    script: Mutex<Option<Script>>,
}

impl Cue {
    /// The next bytes that hyper writes are an answer of the service, not a refusal of its own.
    pub(crate) fn answered(&self) {
        self.0.answered.store(true, Ordering::Relaxed);
    }

    /// The request was answered without being read to its end.
    pub(crate) fn unread(&self) {
        self.0.unread.store(true, Ordering::Relaxed);
    }

    /// The next answer is replaced.
    pub(crate) fn play(&self, script: Script) {
        *lock(&self.0.script) = Some(script);
    }
}

/// Makes the answer to a request that hyper itself refused with this status.
pub(crate) type Refuse = Arc<dyn Fn(u16) -> Vec<u8> + Send + Sync>;

/// The stream. hyper polls it and the service in one task, so its locks are never contended.
pub(crate) struct Stage {
    stream: TlsStream<TcpStream>,
    cue: Cue,
    refuse: Refuse,
    playing: Option<(Script, usize)>,
    over: Option<End>,
    wrote: bool,
    received: bool,
}

impl Stage {
    pub(crate) fn new(stream: TlsStream<TcpStream>, cue: Cue, refuse: Refuse) -> Self {
        Self {
            stream,
            cue,
            refuse,
            playing: None,
            over: None,
            wrote: false,
            received: false,
        }
    }

    /// Ends the connection after hyper is done with it; with this refusal where a request came that it left unanswered.
    pub(crate) async fn end(mut self, refusal: Option<u16>) {
        // A script that was to be played instead of an answer that hyper never wrote.
        if self.over.is_none()
            && let Some(script) = lock(&self.cue.0.script).take()
        {
            self.over = Some(script.end);
        }
        match self.over {
            Some(End::Reset) => {
                let _ = self.stream.get_ref().0.set_zero_linger();
                return;
            }
            Some(End::Cut) => {
                let _ = self.stream.get_mut().0.shutdown().await;
            }
            Some(End::Close) | None => {
                if let Some(status) = refusal.filter(|_| self.received && self.over.is_none()) {
                    let bytes = (self.refuse)(status);
                    let _ = timeout(FAREWELL, self.stream.write_all(&bytes)).await;
                }
                let _ = timeout(FAREWELL, self.stream.shutdown()).await;
            }
        }
        if self.cue.0.unread.load(Ordering::Relaxed) || self.over.is_some() {
            // What is closed with bytes unread is reset, and the client may lose the answer: read on for a while.
            let stream = self.stream.get_mut().0;
            let mut left = DRAINED;
            let mut bytes = [0; 8 << 10];
            let drain = async {
                while left > 0 {
                    match stream.read(&mut bytes).await {
                        Ok(0) | Err(_) => break,
                        Ok(read) => left = left.saturating_sub(read),
                    }
                }
            };
            let _ = timeout(FAREWELL, drain).await;
        }
    }

    /// Whether a script has taken the place of an answer; hyper's bytes are then swallowed.
    fn scripted(&mut self, bytes: &[u8]) -> bool {
        if self.over.is_some() || self.playing.is_some() {
            return true;
        }
        if let Some(script) = lock(&self.cue.0.script).take() {
            self.playing = Some((script, 0));
            return true;
        }
        if !self.cue.0.answered.load(Ordering::Relaxed)
            && let Some(status) = status(bytes).filter(|status| *status >= 400)
        {
            let script = Script {
                bytes: (self.refuse)(status),
                end: End::Close,
            };
            self.cue.unread();
            self.playing = Some((script, 0));
            return true;
        }
        self.wrote = true;
        false
    }
}

/// How long a farewell may take.
const FAREWELL: Duration = Duration::from_secs(1);
/// How many bytes of a request that was refused are read on, so that its sender gets the answer.
const DRAINED: usize = 1 << 20;

/// The status of the answer that begins here.
fn status(bytes: &[u8]) -> Option<u16> {
    let rest = bytes.strip_prefix(b"HTTP/1.")?;
    std::str::from_utf8(rest.get(2..5)?).ok()?.parse().ok()
}

impl AsyncRead for Stage {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        if self.over.is_some() {
            return Poll::Ready(Ok(()));
        }
        let before = buffer.filled().len();
        ready!(Pin::new(&mut self.stream).poll_read(context, buffer))?;
        if buffer.filled().len() > before {
            self.received = true;
        }
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for Stage {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        if self.scripted(bytes) {
            return Poll::Ready(Ok(bytes.len()));
        }
        Pin::new(&mut self.stream).poll_write(context, bytes)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        slices: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let first = slices.iter().find(|slice| !slice.is_empty());
        if self.scripted(first.map_or(&[], |slice| slice)) {
            return Poll::Ready(Ok(slices.iter().map(|slice| slice.len()).sum()));
        }
        Pin::new(&mut self.stream).poll_write_vectored(context, slices)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let stage = &mut *self;
        if let Some((script, sent)) = &mut stage.playing {
            while let Some(rest) = script.bytes.get(*sent..).filter(|rest| !rest.is_empty()) {
                *sent += ready!(Pin::new(&mut stage.stream).poll_write(context, rest))?;
            }
            ready!(Pin::new(&mut stage.stream).poll_flush(context))?;
            stage.over = Some(script.end);
            stage.playing = None;
        }
        if stage.over.is_none() {
            ready!(Pin::new(&mut stage.stream).poll_flush(context))?;
            // hyper flushes after every look, also when it wrote nothing.
            if std::mem::take(&mut stage.wrote) {
                stage.received = false;
                stage.cue.0.answered.store(false, Ordering::Relaxed);
            }
        }
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        // Where a script has played, `end` decides.
        if self.over.is_some() {
            return Poll::Ready(Ok(()));
        }
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}
