//! Listeners, TLS, worlds, clocks and the control API.
//!
//! [`Mock::start`] is the whole interface. The mock opens no connections. Deliberately absent: what a message means.

mod answer;
mod calls;
mod connections;
mod control;
mod exchange;
mod journal;
mod listener;
mod mask;
mod misbehave;
mod port;
mod refusal;
mod stream;
mod tls;
mod worlds;

use std::{
    fmt, io,
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr},
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use tokio::{
    net::TcpListener,
    sync::{Semaphore, watch},
    task::JoinHandle,
};

use crate::{
    network::{Network, Setup, moment::Moment},
    pki::{self, PkiError},
    server::{
        connections::{CONNECTIONS, Connection},
        journal::Journal,
        listener::Fault,
        tls::{Shown, Tls},
        worlds::{MAIN, Worlds},
    },
    text::Text,
    wire::{Contract, bundled::Bundled},
};

pub use misbehave::{Misbehaviour, Spoil};

/// How the mock is started.
#[derive(Clone, Debug)]
pub struct Config {
    /// Where the network listens; port 0 takes a free one.
    pub listen: SocketAddr,
    /// Where the control API listens; loopback only.
    pub control: SocketAddr,
    /// The folder of the certificates; made where it is missing.
    pub pki: PathBuf,
    /// Further names and addresses for the server's certificate.
    pub names: Vec<String>,
    /// The URL that the served WSDL names; else what the request's `Host` says.
    pub public_url: Option<String>,
    /// The seed of the world `main`.
    pub seed: u64,
    /// What it takes, and for how long it waits.
    pub limits: Limits,
}

/// What the server takes, and for how long it waits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// The largest request body, in bytes.
    pub body: usize,
    /// How many connections are served at once; those beyond are told to come again.
    pub connections: usize,
    /// How long a client may take for its handshake, its headers, and its body: each.
    pub patience: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            body: 16 << 20,
            connections: 1_024,
            patience: Duration::from_secs(30),
        }
    }
}

/// Why the mock did not start.
#[derive(Debug)]
pub enum StartError {
    /// The control API must not leave this machine.
    ControlNotLoopback(SocketAddr),
    /// The public URL is none.
    PublicUrl(String),
    /// The certificates cannot be used.
    Pki(PkiError),
    /// The address cannot be listened on.
    Listen(SocketAddr, io::Error),
    /// The certificates are no good for TLS.
    Tls(String),
}

impl StartError {
    /// For people.
    pub fn text(&self) -> Text {
        match self {
            Self::ControlNotLoopback(address) => Text::new(
                format!(
                    "制御用の待受アドレスは自機（ループバック）に限られます（指定: {address}）。"
                ),
                format!(
                    "the control API listens on loopback only, not on {address}; forward the port instead"
                ),
            ),
            Self::PublicUrl(url) => Text::new(
                format!(
                    "公開URL「{url}」が誤っています。https://ホスト名[:ポート]/[パス/] の形で指定してください。"
                ),
                format!("'{url}' is no public URL; give https://host[:port]/[path/]"),
            ),
            Self::Pki(error) => error.text(),
            Self::Listen(address, error) => Text::new(
                format!(
                    "{address} で待ち受けできません。他のプログラムが使用していないか確認してください（{error}）。"
                ),
                format!("cannot listen on {address}; is the port in use? ({error})"),
            ),
            Self::Tls(error) => Text::new(
                format!("証明書を読み込めません（{error}）"),
                format!("the certificates cannot be used: {error}"),
            ),
        }
    }
}

impl fmt::Display for StartError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.text().fmt(f)
    }
}

impl std::error::Error for StartError {}

/// What listeners, connections and the control API share.
struct Shared {
    contract: Box<dyn Contract>,
    worlds: Worlds,
    connections: Journal<Connection>,
    tls: Tls,
    /// Where the network listens.
    listen: SocketAddr,
    /// The URL of the world `main`.
    url: String,
    /// Whether `url` was given, and stands in the WSDL whatever a request's `Host` says.
    public: bool,
    limits: Limits,
    /// One permit for each connection that is served.
    places: Arc<Semaphore>,
    /// One permit for each connection that is told to come again.
    doorsteps: Arc<Semaphore>,
    stopped: watch::Receiver<bool>,
}

impl Shared {
    /// The URL of a world, with a slash at its end.
    fn world_url(&self, name: &str) -> String {
        within(&self.url, name)
    }
}

/// The URL of a world below that of `main`, with a slash at its end.
fn within(base: &str, world: &str) -> String {
    let base = base.trim_end_matches('/');
    if world == MAIN {
        format!("{base}/")
    } else {
        format!("{base}/w/{world}/")
    }
}

/// A running mock.
#[derive(Debug)]
pub struct Mock {
    address: SocketAddr,
    url: String,
    control_url: String,
    pki: PathBuf,
    stop: watch::Sender<bool>,
    tasks: Vec<JoinHandle<()>>,
}

/// How long a stop waits for what is under way.
const GRACE: Duration = Duration::from_secs(3);
/// How many connections beyond the cap are told so at once; the rest are closed.
const DOORSTEPS: usize = 64;

impl Mock {
    /// Starts listening; returns when both ports are open.
    pub async fn start(config: Config) -> Result<Self, StartError> {
        let Config {
            listen: at,
            control,
            pki,
            names,
            public_url,
            seed,
            limits,
        } = config;
        if !control.ip().is_loopback() {
            return Err(StartError::ControlNotLoopback(control));
        }
        let public_url = public_url.map(checked_url).transpose()?;
        let now = now();
        pki::ensure(&pki, &names, now.date()).map_err(StartError::Pki)?;
        let tls = Tls::new(&pki).map_err(StartError::Tls)?;
        let acceptor = tls.acceptor(Shown::Good).map_err(StartError::Tls)?;
        let network = listen(at).await?;
        let control_listener = listen(control).await?;
        let address = local(&network, at)?;
        let public = public_url.is_some();
        let url = public_url.unwrap_or_else(|| format!("https://{}/", reachable(address)));
        let control_url = format!("http://{}", local(&control_listener, control)?);
        let main = Network::new(Setup { epoch: now, seed });
        let (stop, stopped) = watch::channel(false);
        let shared = Arc::new(Shared {
            contract: Box::new(Bundled),
            worlds: Worlds::new(main, seed),
            connections: Journal::new(CONNECTIONS),
            tls,
            listen: address,
            url: url.clone(),
            public,
            limits,
            places: Arc::new(Semaphore::new(
                limits.connections.min(Semaphore::MAX_PERMITS),
            )),
            doorsteps: Arc::new(Semaphore::new(DOORSTEPS)),
            stopped: stopped.clone(),
        });
        let binding = Arc::new(port::Binding {
            acceptor,
            fault: Fault::None,
            listener: MAIN.to_owned(),
            world: None,
        });
        let tasks = vec![
            tokio::spawn(port::serve(Arc::clone(&shared), network, binding, stopped)),
            tokio::spawn(control::serve(control_listener, shared)),
        ];
        tracing::info!(%address, url, control = control_url, "listening");
        Ok(Self {
            address,
            url,
            control_url,
            pki,
            stop,
            tasks,
        })
    }

    /// Where the network listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The URL of the network's world `main`, with a slash at its end.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// The URL of the control API, without a slash at its end.
    pub fn control_url(&self) -> &str {
        &self.control_url
    }

    /// The folder of the certificates.
    pub fn pki(&self) -> &Path {
        &self.pki
    }

    /// Stops listening and waits for what is under way, but not for long.
    pub async fn stop(self) {
        let Self { stop, tasks, .. } = self;
        tracing::info!("stopping");
        let _ = stop.send(true);
        let deadline = tokio::time::Instant::now() + GRACE;
        for mut task in tasks {
            if tokio::time::timeout_at(deadline, &mut task).await.is_err() {
                task.abort();
            }
        }
    }
}

/// What control says of rules, faults, misbehaviours, acts and listeners' faults, for whoever checks names while no mock
/// runs.
pub fn texts() -> serde_json::Value {
    control::texts()
}

/// The acts by name, each with its form as a JSON Schema without references, for whoever checks acts while no mock runs.
pub fn acts() -> Vec<(String, serde_json::Value)> {
    control::acts()
}

/// The wall clock, which only this edge of the mock reads.
pub(crate) fn now() -> Moment {
    Moment::from_unix(jiff::Timestamp::now().as_second()).unwrap_or_else(worlds::epoch)
}

/// The address by which this machine reaches a listener that listens on all of its addresses.
pub fn reachable(address: SocketAddr) -> SocketAddr {
    let ip = match address.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(ip) if ip.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
        ip @ (IpAddr::V4(_) | IpAddr::V6(_)) => ip,
    };
    SocketAddr::new(ip, address.port())
}

/// A public URL with a slash at its end.
fn checked_url(url: String) -> Result<String, StartError> {
    let parsed: Option<hyper::Uri> = url.parse().ok();
    let right = parsed.is_some_and(|uri| {
        matches!(uri.scheme_str(), Some("https" | "http"))
            && uri.host().is_some_and(|host| !host.is_empty())
            && uri.query().is_none()
    });
    if right && !url.contains('#') {
        Ok(format!("{}/", url.trim_end_matches('/')))
    } else {
        Err(StartError::PublicUrl(url))
    }
}

async fn listen(address: SocketAddr) -> Result<TcpListener, StartError> {
    TcpListener::bind(address)
        .await
        .map_err(|error| StartError::Listen(address, error))
}

fn local(listener: &TcpListener, asked: SocketAddr) -> Result<SocketAddr, StartError> {
    listener
        .local_addr()
        .map_err(|error| StartError::Listen(asked, error))
}
