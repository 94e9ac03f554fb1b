//! A system that runs for the whole run: started, waited for, watched, and stopped.

use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use regex::Regex;
use tokio::{
    io::{AsyncRead, AsyncReadExt as _},
    sync::{oneshot, watch},
    task::JoinHandle,
    time::{Instant, interval, timeout},
};

use crate::{
    system::{
        Ended, NotStarted, Output, Program,
        process::{self, Running, Signal},
    },
    text::Text,
    transport::{self, Limits, Outgoing, Place},
};

/// How often it is looked whether a system is ready.
const OFTEN: Duration = Duration::from_millis(50);
/// How long one look may take.
const LOOK: Duration = Duration::from_secs(2);
/// How long the outputs of a system that has ended may go on to be held open.
const DRAINED: Duration = Duration::from_secs(1);

/// By what a system shows that it is ready.
#[derive(Clone, Debug)]
pub enum Ready {
    /// It listens there.
    Tcp(Place),
    /// It answers this URL with a status of success.
    Http(String),
    /// A line of its output matches.
    Output(Regex),
    /// As soon as it runs.
    AtOnce,
}

/// Why a system is not ready.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NotReady {
    /// It ended before.
    Ended(Ended),
    /// It went on running, and was not ready in time; what it answered last, where it was asked.
    Late(Option<Text>),
}

/// How a system that was told to stop did so.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stopped {
    /// In time.
    Willingly,
    /// Not in time, so that it was ended.
    Killed,
    /// It had ended before it was told to.
    Before(Ended),
}

/// A system that runs. When this is dropped, it is ended with all that it has started.
#[derive(Debug)]
pub struct Service {
    outputs: Arc<Outputs>,
    ended: watch::Receiver<Option<Ended>>,
    stop: Mutex<Option<oneshot::Sender<(Signal, Duration)>>>,
    keeper: Mutex<Option<JoinHandle<Stopped>>>,
    readers: Mutex<Vec<JoinHandle<()>>>,
}

#[derive(Debug)]
struct Outputs {
    stdout: Mutex<Output>,
    stderr: Mutex<Output>,
    /// How many times something came.
    news: watch::Sender<u64>,
}

/// A lock that outlives a panic of another holder.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Service {
    /// Starts a system.
    pub fn start(program: &Program) -> Result<Self, NotStarted> {
        let mut running = process::start(program)?;
        let outputs = Arc::new(Outputs {
            stdout: Mutex::default(),
            stderr: Mutex::default(),
            news: watch::Sender::new(0),
        });
        let stdout = running.child.stdout.take().map(|from| {
            let outputs = Arc::clone(&outputs);
            tokio::spawn(async move { read(from, &outputs.stdout, &outputs.news).await })
        });
        let stderr = running.child.stderr.take().map(|from| {
            let outputs = Arc::clone(&outputs);
            tokio::spawn(async move { read(from, &outputs.stderr, &outputs.news).await })
        });
        let (tell, ended) = watch::channel(None);
        let (stop, stopped) = oneshot::channel();
        let keeper = tokio::spawn(keep(running, stopped, tell));
        Ok(Self {
            outputs,
            ended,
            stop: Mutex::new(Some(stop)),
            keeper: Mutex::new(Some(keeper)),
            readers: Mutex::new(stdout.into_iter().chain(stderr).collect()),
        })
    }

    /// Waits until it is ready.
    pub async fn ready(&self, ready: &Ready, within: Duration) -> Result<(), NotReady> {
        let last = Mutex::new(None);
        let look = async {
            match ready {
                Ready::AtOnce => {}
                Ready::Tcp(place) => again(|| transport::listens(place, LOOK)).await,
                Ready::Http(url) => again(|| answers(url, &last)).await,
                Ready::Output(pattern) => self.writes(pattern).await,
            }
        };
        tokio::select! {
            // One that has ended is not ready, whoever else may listen there.
            biased;
            ended = self.died() => Err(NotReady::Ended(ended)),
            ready = timeout(within, look) => {
                ready.map_err(|_| NotReady::Late(lock(&last).take()))
            }
        }
    }

    /// Waits until a line of its output matches.
    async fn writes(&self, pattern: &Regex) {
        let mut news = self.outputs.news.subscribe();
        loop {
            let outputs = [&self.outputs.stdout, &self.outputs.stderr];
            let said = |output: &&Mutex<Output>| {
                let text = lock(output).text().text;
                text.lines().any(|line| pattern.is_match(line))
            };
            if outputs.iter().any(said) || news.changed().await.is_err() {
                return;
            }
        }
    }

    /// Waits until it has ended, whyever.
    pub async fn died(&self) -> Ended {
        let mut ended = self.ended.clone();
        let told = ended.wait_for(Option::is_some).await;
        told.ok()
            .and_then(|ended| *ended)
            .unwrap_or(Ended::Signal(0))
    }

    /// Whether it has ended.
    pub fn is_dead(&self) -> bool {
        self.ended.borrow().is_some()
    }

    /// Tells it to stop, and makes it where it does not in time.
    pub async fn stop(&self, signal: Signal, within: Duration) -> Stopped {
        if let Some(stop) = lock(&self.stop).take() {
            // It may have ended by itself meanwhile.
            let _ = stop.send((signal, within));
        }
        let keeper = lock(&self.keeper).take();
        let stopped = match keeper {
            Some(keeper) => keeper.await.unwrap_or(Stopped::Killed),
            None => Stopped::Killed,
        };
        let readers = std::mem::take(&mut *lock(&self.readers));
        let deadline = Instant::now() + DRAINED;
        for reader in readers {
            // What has left the group may hold an output open.
            let _ = tokio::time::timeout_at(deadline, reader).await;
        }
        stopped
    }

    /// What it has written so far.
    pub fn outputs(&self) -> (Output, Output) {
        let Outputs { stdout, stderr, .. } = &*self.outputs;
        (lock(stdout).clone(), lock(stderr).clone())
    }
}

/// Holds a system until it ends or is to stop.
async fn keep(
    mut running: Running,
    stop: oneshot::Receiver<(Signal, Duration)>,
    tell: watch::Sender<Option<Ended>>,
) -> Stopped {
    let told = tokio::select! {
        status = running.child.wait() => {
            let ended = status.map_or(Ended::Signal(0), process::ended);
            running.kill();
            // Whoever waits for that gets it.
            let _ = tell.send(Some(ended));
            return Stopped::Before(ended);
        }
        told = stop => told,
    };
    let Ok((signal, within)) = told else {
        // Nobody holds it any more.
        running.kill();
        return Stopped::Killed;
    };
    let willing = running.end(signal, within).await;
    running.kill();
    if willing {
        Stopped::Willingly
    } else {
        Stopped::Killed
    }
}

async fn read(mut from: impl AsyncRead + Unpin, output: &Mutex<Output>, news: &watch::Sender<u64>) {
    let mut bytes = vec![0; 16 << 10];
    // A stream that breaks has ended.
    while let Ok(count @ 1..) = from.read(&mut bytes).await {
        lock(output).take(bytes.get(..count).unwrap_or_default());
        news.send_modify(|times| *times += 1);
    }
    lock(output).end();
}

/// Looks again and again, until it is so.
async fn again<F: Future<Output = bool>>(look: impl Fn() -> F) {
    let mut often = interval(OFTEN);
    loop {
        often.tick().await;
        if look().await {
            return;
        }
    }
}

/// Whether it answers with a status of success; what it said instead is kept.
async fn answers(url: &str, last: &Mutex<Option<Text>>) -> bool {
    let outgoing = Outgoing {
        method: hyper::Method::GET,
        url: url.to_owned(),
        headers: Vec::new(),
        body: Vec::new(),
    };
    let answer = transport::plain(outgoing, Limits::each(LOOK, 1 << 20)).await;
    let said = match answer {
        Ok(answer) if (200..300).contains(&answer.status) => return true,
        Ok(answer) => {
            let status = format!("HTTP {}", answer.status);
            Text::new(status.clone(), status)
        }
        Err(broken) => broken.text(),
    };
    *lock(last) = Some(said);
    false
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::{io::AsyncWriteExt as _, net::TcpListener};

    #[tokio::test]
    async fn what_is_answered_in_the_place_of_success_is_kept() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/", listener.local_addr().unwrap());
        let server = tokio::spawn(async move {
            for status in ["503", "204"] {
                let (mut stream, _) = listener.accept().await.unwrap();
                let _ = stream.read(&mut [0; 1000]).await;
                let answer = format!("HTTP/1.1 {status} X\r\nContent-Length: 0\r\n\r\n");
                stream.write_all(answer.as_bytes()).await.unwrap();
            }
        });
        let last = Mutex::new(None);
        assert!(!answers(&url, &last).await);
        assert_eq!(*lock(&last), Some(Text::new("HTTP 503", "HTTP 503")));
        assert!(answers(&url, &last).await);
        server.await.unwrap();
        assert!(!answers(&url, &last).await);
        let said = lock(&last).take().unwrap();
        assert!(said.en.starts_with("could not connect"), "{said:?}");
    }
}
