//! `mock`, `pki` and `contract`, and the embedded mock of the other subcommands.

use std::{
    fs,
    io::Write,
    net::SocketAddr,
    path::{Path, PathBuf},
};

use clap::{Args, ValueEnum};
use renkei_mock::{
    pki,
    server::{Config, Limits, Mock},
    wire::bundled::FILES,
};
use serde_json::json;
use tracing_subscriber::filter::LevelFilter;

use crate::{
    cli::{Done, Stopped, suite},
    japan,
    project::Project,
    verdict::Exit,
};

#[derive(Debug, Args)]
pub(super) struct MockArguments {
    /// Where the network listens
    #[arg(long, default_value = "127.0.0.1:0")]
    listen: SocketAddr,
    /// Where the control API listens; loopback only
    #[arg(long, default_value = "127.0.0.1:0")]
    control: SocketAddr,
    /// The folder of the certificates, made where it is missing; else pki beside scenarios/, or here
    #[arg(long, value_name = "FOLDER")]
    pki: Option<PathBuf>,
    /// A further name or address for the server's certificate
    #[arg(long = "name", value_name = "HOST")]
    names: Vec<String>,
    /// The URL that the served WSDL names
    #[arg(long)]
    public_url: Option<String>,
    /// The seed of the world `main`
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// The largest request body, in bytes
    #[arg(long, default_value_t = Limits::default().body)]
    max_body: usize,
    /// How many connections are served at once
    #[arg(long, default_value = "1024", value_parser = clap::value_parser!(u16).range(1..))]
    max_connections: u16,
    /// How much is logged to standard error
    #[arg(long, value_enum, default_value_t = Log::Warn)]
    log: Log,
}

/// How much is logged.
#[derive(Clone, Copy, Debug, ValueEnum)]
enum Log {
    Off,
    Error,
    Warn,
    Info,
    Debug,
    Trace,
}

impl Log {
    fn level(self) -> LevelFilter {
        match self {
            Self::Off => LevelFilter::OFF,
            Self::Error => LevelFilter::ERROR,
            Self::Warn => LevelFilter::WARN,
            Self::Info => LevelFilter::INFO,
            Self::Debug => LevelFilter::DEBUG,
            Self::Trace => LevelFilter::TRACE,
        }
    }
}

/// Runs the mock until it is told to stop.
pub(super) async fn mock(out: &mut dyn Write, arguments: MockArguments) -> Done {
    let MockArguments {
        listen,
        control,
        pki,
        names,
        public_url,
        seed,
        max_body,
        max_connections,
        log,
    } = arguments;
    // A second subscriber in one process is refused; the first then goes on.
    let _ = tracing_subscriber::fmt()
        .with_max_level(log.level())
        .with_writer(std::io::stderr)
        .with_ansi(false)
        .try_init();
    let pki = match pki {
        Some(pki) => pki,
        None => suite::beside("pki", Project::root_above(&std::env::current_dir()?)),
    };
    let limits = Limits {
        body: max_body,
        connections: max_connections.into(),
        ..Limits::default()
    };
    // Before the line that says it is ready: whoever reads that may stop it at once.
    let stopped = stop_signal()?;
    let mock = Mock::start(Config {
        listen,
        control,
        pki,
        names,
        public_url,
        seed,
        limits,
    })
    .await?;
    writeln!(
        out,
        "{}",
        json!({ "url": mock.url(), "control": format!("{}/", mock.control_url()), "pki": mock.pki() })
    )?;
    out.flush()?;
    stopped.await;
    mock.stop().await;
    Ok(Exit::Ok)
}

/// Waits for who wants the mock to stop. Listens for it from the moment this is made, not from the first wait.
#[cfg(unix)]
pub(super) fn stop_signal() -> std::io::Result<impl Future<Output = ()>> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut terminate = signal(SignalKind::terminate())?;
    let mut hang_up = if hang_up_is_ignored() {
        None
    } else {
        Some(signal(SignalKind::hangup())?)
    };
    Ok(async move {
        let hung_up = async {
            match &mut hang_up {
                Some(hang_up) => hang_up.recv().await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
            _ = hung_up => {}
        }
    })
}

/// Whether whoever started this wants it to outlive the terminal (`nohup`), as far as the system tells.
#[cfg(unix)]
fn hang_up_is_ignored() -> bool {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let ignored = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    let ignored = ignored.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok());
    // The first of the signals.
    ignored.is_some_and(|mask| mask & 1 == 1)
}

/// Waits for who wants the mock to stop. Listens for it from the moment this is made, not from the first wait.
#[cfg(windows)]
pub(super) fn stop_signal() -> std::io::Result<impl Future<Output = ()>> {
    use tokio::signal::windows;
    let mut interrupt = windows::ctrl_c()?;
    let mut closed = windows::ctrl_close()?;
    Ok(async move {
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = closed.recv() => {}
        }
    })
}

/// A mock for one command, on free ports of loopback.
pub(super) async fn embedded(pki: &Path) -> Result<Mock, Stopped> {
    let loopback = SocketAddr::from(([127, 0, 0, 1], 0));
    let config = Config {
        listen: loopback,
        control: loopback,
        pki: pki.to_owned(),
        names: Vec::new(),
        public_url: None,
        seed: 1,
        limits: Limits::default(),
    };
    Ok(Mock::start(config).await?)
}

/// The day in Japan.
pub(super) fn today() -> jiff::civil::Date {
    japan::local(jiff::Timestamp::now()).date()
}

/// Makes a set of test certificates.
pub(super) fn pki(out: &mut dyn Write, folder: &Path) -> Done {
    pki::ensure(folder, &[], today())?;
    writeln!(out, "{}", folder.display())?;
    Ok(Exit::Ok)
}

/// Writes the contract's files.
pub(super) fn contract(out: &mut dyn Write, folder: &Path) -> Done {
    fs::create_dir_all(folder).map_err(|error| Stopped::unwritten(folder, &error))?;
    for (name, text) in FILES {
        let path = folder.join(name);
        fs::write(&path, text).map_err(|error| Stopped::unwritten(&path, &error))?;
        writeln!(out, "{}", path.display())?;
    }
    Ok(Exit::Ok)
}
