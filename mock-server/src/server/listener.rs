//! Further listeners: each bound to one world as its `/`, with a certificate and a fault of its own, since TLS comes
//! before any path.

use std::{collections::BTreeMap, net::SocketAddr, sync::Arc, time::Duration};

use serde::{Deserialize, Serialize};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
    sync::watch,
    time::timeout,
};

use crate::{
    server::{
        Shared,
        port::{self, Binding},
        tls::{Refusal, Shown},
        worlds::{World, check_name, lock},
    },
    text::Text,
};

macro_rules! faults {
    ($($name:ident $ja:literal $en:literal),* $(,)?) => {
        /// What a listener does to those who connect.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
        #[serde(rename_all = "kebab-case")]
        pub(crate) enum Fault {
            $(#[doc = $en] $name,)*
        }

        impl Fault {
            /// All of them.
            pub(crate) const ALL: &[Self] = &[$(Self::$name),*];

            /// What it does.
            pub(crate) fn text(self) -> Text {
                let (ja, en) = match self {
                    $(Self::$name => ($ja, $en),)*
                };
                Text::fixed(ja, en)
            }
        }
    };
}

faults! {
    None "異常なし" "nothing",
    CloseOnConnect "接続直後に切断する" "the connection is closed as soon as it is there",
    CloseInHandshake "TLSハンドシェイクの途中で切断する" "the connection is closed in the middle of the handshake",
    AlertInHandshake "TLSハンドシェイクで警告（handshake_failure）を返す" "the handshake is answered with the alert `handshake_failure`",
    ResetInHandshake "TLSハンドシェイクの途中で接続をリセットする" "the connection is reset in the middle of the handshake",
    StallInHandshake "TLSハンドシェイクに応答しない" "the handshake is never answered",
    PlainHttp "TLSではなく平文のHTTPで応答する" "plain HTTP is answered in the place of TLS",
    CloseAfterHandshake "TLSハンドシェイクの完了後、要求を読まずに切断する" "the connection is closed after the handshake, before the request is read",
}

/// A listener that is open. It closes when this is dropped.
#[derive(Debug)]
pub(crate) struct Open {
    pub(crate) url: String,
    pub(crate) certificate: Shown,
    pub(crate) fault: Fault,
    _stop: watch::Sender<bool>,
}

/// How many further listeners one world may have.
const MOST: usize = 64;

/// Why a listener was not opened.
#[derive(Debug)]
pub(crate) enum NotOpened {
    /// The world has as many as it may.
    TooMany,
    /// There is one of this name.
    Taken,
    /// The name is not of the right form.
    BadName,
    /// The system or the certificate does not allow it.
    Failed(String),
}

/// Opens a listener on a free port of the address where the network listens. Its name, and its URL.
pub(crate) async fn open(
    shared: &Arc<Shared>,
    world_name: &str,
    world: &World,
    name: Option<String>,
    certificate: Shown,
    fault: Fault,
) -> Result<(String, String), NotOpened> {
    if name
        .as_deref()
        .is_some_and(|name| check_name(name).is_err())
    {
        return Err(NotOpened::BadName);
    }
    let acceptor = shared
        .tls
        .acceptor(certificate)
        .map_err(NotOpened::Failed)?;
    let failed = |error: std::io::Error| NotOpened::Failed(error.to_string());
    let address = SocketAddr::new(shared.listen.ip(), 0);
    let listener = TcpListener::bind(address).await.map_err(failed)?;
    let address = listener.local_addr().map_err(failed)?;
    let url = format!("https://{}/", super::reachable(address));
    let (stop, stopped) = watch::channel(false);
    let name = {
        let mut open = lock(&world.listeners);
        if open.len() >= MOST {
            return Err(NotOpened::TooMany);
        }
        let name = match name {
            Some(name) if open.contains_key(&name) => return Err(NotOpened::Taken),
            Some(name) => name,
            None => free_name(&open),
        };
        let opened = Open {
            url: url.clone(),
            certificate,
            fault,
            _stop: stop,
        };
        open.insert(name.clone(), opened);
        name
    };
    let binding = Binding {
        acceptor,
        fault,
        listener: format!("{world_name}/{name}"),
        world: Some(world_name.to_owned()),
    };
    tokio::spawn(port::serve(
        Arc::clone(shared),
        listener,
        Arc::new(binding),
        stopped,
    ));
    Ok((name, url))
}

fn free_name(open: &BTreeMap<String, Open>) -> String {
    (1..=MOST + 1)
        .map(|number| format!("listener-{number}"))
        .find(|name| !open.contains_key(name))
        .unwrap_or_default()
}

/// How long a client is listened to before its handshake is spoilt.
const FIRST_BYTES: Duration = Duration::from_secs(5);
/// How long a handshake is left without an answer.
const STALL: Duration = Duration::from_secs(600);

impl Fault {
    /// Does to a connection what spoils its handshake; the connection back where the handshake is not touched.
    pub(crate) async fn before_handshake(
        self,
        mut stream: TcpStream,
    ) -> Result<TcpStream, Refusal> {
        if matches!(self, Self::None | Self::CloseAfterHandshake) {
            return Ok(stream);
        }
        let mut hello = [0; 4096];
        if self != Self::CloseOnConnect {
            // The client's greeting is awaited, so that it is the handshake which fails and not the connection.
            let _ = timeout(FIRST_BYTES, stream.read(&mut hello)).await;
        }
        match self {
            Self::AlertInHandshake => {
                let _ = stream.write_all(&[21, 3, 3, 0, 2, 2, 40]).await;
                let _ = stream.shutdown().await;
                let _ = timeout(FIRST_BYTES, stream.read(&mut hello)).await;
            }
            Self::ResetInHandshake => {
                let _ = stream.set_zero_linger();
            }
            Self::StallInHandshake => {
                let gone =
                    async { while stream.read(&mut hello).await.is_ok_and(|read| read > 0) {} };
                let _ = timeout(STALL, gone).await;
            }
            Self::PlainHttp => {
                let answer =
                    "HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
                let _ = stream.write_all(answer.as_bytes()).await;
                let _ = stream.shutdown().await;
                let _ = timeout(FIRST_BYTES, stream.read(&mut hello)).await;
            }
            Self::CloseOnConnect => {
                let _ = stream.shutdown().await;
                let _ = timeout(FIRST_BYTES, stream.read(&mut hello)).await;
            }
            Self::None | Self::CloseAfterHandshake | Self::CloseInHandshake => {}
        }
        Err(self.refusal())
    }

    /// What the connection journal says of it.
    pub(crate) fn refusal(self) -> Refusal {
        Refusal {
            code: "fault",
            why: self.text(),
            certificate: None,
        }
    }
}
