//! Listeners, TLS, worlds, clocks and the control API.
//!
//! [`Mock::start`] is the whole interface. The mock opens no connections. Deliberately absent: what a message means.

mod control;
mod misbehave;
mod port;
mod tls;
mod worlds;

use std::{
    fmt, io,
    net::SocketAddr,
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use tokio::{net::TcpListener, sync::watch, task::JoinHandle};

use crate::{
    network::moment::Moment,
    pki::{self, PkiError},
    server::{tls::Connections, worlds::Worlds},
    wire::{Contract, bundled::Bundled},
};

pub use misbehave::Misbehaviour;

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
    /// The URL that the served WSDL names; else the listener's own.
    pub public_url: Option<String>,
    /// The largest request body, in bytes.
    pub max_body: usize,
    /// How long a client may take for its handshake, its headers, and its body: each.
    pub patience: Duration,
}

/// Why the mock did not start.
#[derive(Debug)]
pub enum StartError {
    /// The control API must not leave this machine.
    ControlNotLoopback(SocketAddr),
    /// The certificates cannot be used.
    Pki(PkiError),
    /// The address cannot be listened on.
    Listen(SocketAddr, io::Error),
    /// The certificates are no good for TLS.
    Tls(String),
}

impl fmt::Display for StartError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::ControlNotLoopback(address) => write!(
                f,
                "制御用の待受アドレス{address}は自機（ループバック）に限られます。 / the control API listens on loopback only, not on {address}; forward the port instead"
            ),
            Self::Pki(error) => write!(f, "{error}"),
            Self::Listen(address, error) => write!(
                f,
                "{address}で待ち受けできません。他のプログラムが使用していないか確認してください。 / cannot listen on {address}; is the port in use? ({error})"
            ),
            Self::Tls(error) => write!(
                f,
                "証明書を読み込めません。 / the certificates cannot be used: {error}"
            ),
        }
    }
}

impl std::error::Error for StartError {}

/// A running mock.
#[derive(Debug)]
pub struct Mock {
    url: String,
    control_url: String,
    pki: PathBuf,
    stop: watch::Sender<bool>,
    tasks: Vec<JoinHandle<()>>,
}

impl Mock {
    /// Starts listening; returns when both ports are open.
    pub async fn start(config: Config) -> Result<Self, StartError> {
        if !config.control.ip().is_loopback() {
            return Err(StartError::ControlNotLoopback(config.control));
        }
        let now = now();
        pki::ensure(&config.pki, &config.names, now.date()).map_err(StartError::Pki)?;
        let acceptor = tls::acceptor(&config.pki).map_err(StartError::Tls)?;
        let network = listen(config.listen).await?;
        let control = listen(config.control).await?;
        let address = local(&network, config.listen)?;
        let url = config
            .public_url
            .unwrap_or_else(|| format!("https://{address}/"));
        let control_url = format!("http://{}", local(&control, config.control)?);
        let contract: Arc<dyn Contract> = Arc::new(Bundled);
        let worlds = Arc::new(Worlds::new(url.clone(), now));
        let connections = Arc::new(Connections::default());
        let (stop, stopped) = watch::channel(false);
        let port = port::Port {
            contract,
            worlds: Arc::clone(&worlds),
            connections: Arc::clone(&connections),
            max_body: config.max_body,
            patience: config.patience,
        };
        let tasks = vec![
            tokio::spawn(port::serve(port, network, acceptor, stopped.clone())),
            tokio::spawn(control::serve(control, worlds, connections, stopped)),
        ];
        Ok(Self {
            url,
            control_url,
            pki: config.pki,
            stop,
            tasks,
        })
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

    /// Stops listening and waits for what is under way.
    pub async fn stop(self) {
        let Self { stop, tasks, .. } = self;
        let _ = stop.send(true);
        for task in tasks {
            let _ = task.await;
        }
    }
}

/// The wall clock, which only this edge of the mock reads.
pub(crate) fn now() -> Moment {
    Moment::from_unix(jiff::Timestamp::now().as_second()).unwrap_or_else(worlds::epoch)
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
