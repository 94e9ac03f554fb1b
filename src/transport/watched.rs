//! A TLS stream that remembers what was seen on it. The HTTP library tells "closed before the answer" and "refused by
//! an alert" in many ways, depending on whether it was reading or writing then; what was seen does not depend on it.

use std::{
    io,
    pin::Pin,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    task::{Context, Poll, ready},
};

use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    net::TcpStream,
};
use tokio_rustls::client::TlsStream;

use crate::{
    text::Text,
    transport::{Cause, cause, reason},
};

/// What was seen on a stream.
#[derive(Debug, Default)]
pub(super) struct Observed {
    read: AtomicU64,
    trouble: Mutex<Option<Trouble>>,
}

/// What went wrong on a stream.
#[derive(Clone, Debug)]
struct Trouble {
    alert: bool,
    why: Text,
    cause: Option<Cause>,
}

impl Observed {
    /// How many bytes came, decrypted.
    pub(super) fn read(&self) -> u64 {
        self.read.load(Ordering::Acquire)
    }

    /// Whether the target refused by a TLS alert.
    pub(super) fn refused(&self) -> bool {
        self.kept().as_ref().is_some_and(|trouble| trouble.alert)
    }

    /// The first thing that went wrong.
    pub(super) fn trouble(&self) -> Option<Text> {
        self.kept().as_ref().map(|trouble| trouble.why.clone())
    }

    /// Its kind.
    pub(super) fn cause(&self) -> Option<Cause> {
        self.kept().as_ref()?.cause
    }

    fn kept(&self) -> std::sync::MutexGuard<'_, Option<Trouble>> {
        self.trouble.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn note(&self, error: &io::Error) {
        let alert = error
            .get_ref()
            .and_then(|inner| inner.downcast_ref::<rustls::Error>())
            .is_some_and(|inner| matches!(inner, rustls::Error::AlertReceived(_)));
        let mut kept = self.kept();
        // An alert says more than the reset that follows it.
        if kept.is_none() || alert {
            *kept = Some(Trouble {
                alert,
                why: reason::of(error),
                cause: cause::of(error),
            });
        }
    }
}

/// The stream.
pub(super) struct Watched {
    stream: TlsStream<TcpStream>,
    observed: Arc<Observed>,
}

impl Watched {
    pub(super) fn new(stream: TlsStream<TcpStream>, observed: Arc<Observed>) -> Self {
        Self { stream, observed }
    }

    /// Where sending failed, the alert that says why may still wait to be read.
    fn sent<T>(&mut self, done: io::Result<T>, context: &mut Context<'_>) -> Poll<io::Result<T>> {
        if let Err(error) = &done {
            self.observed.note(error);
            let mut space = [0; 512];
            let mut buffer = ReadBuf::new(&mut space);
            if let Poll::Ready(Err(error)) =
                Pin::new(&mut self.stream).poll_read(context, &mut buffer)
            {
                self.observed.note(&error);
            }
        }
        Poll::Ready(done)
    }
}

impl AsyncRead for Watched {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        let done = ready!(Pin::new(&mut self.stream).poll_read(context, buffer));
        match &done {
            Ok(()) => {
                let read = buffer.filled().len() - before;
                self.observed.read.fetch_add(read as u64, Ordering::AcqRel);
            }
            Err(error) => self.observed.note(error),
        }
        Poll::Ready(done)
    }
}

impl AsyncWrite for Watched {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let done = ready!(Pin::new(&mut self.stream).poll_write(context, bytes));
        self.sent(done, context)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let done = ready!(Pin::new(&mut self.stream).poll_flush(context));
        self.sent(done, context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}
