//! One way to a target gone stage by stage, for whoever wants to know at which it fails and what was seen until then.
//! Each stage needs those before it; a stage that is called too early says so.

use std::{net::SocketAddr, sync::Arc, time::Duration};

use rustls::ProtocolVersion;
use tokio::{io::AsyncReadExt as _, net::TcpStream, time::timeout};
use tokio_rustls::client::TlsStream;

use crate::{
    text::Text,
    transport::{
        Answer, Broken, CertificateShown, Limits, Open, Outcome, Outgoing, Place, Prepared, Proxy,
        Route, Seen, Stage, broken, cause, prepare, reason, request, unfit,
    },
};

/// One way, as far as it has been gone.
pub struct Probe {
    place: Place,
    route: Route,
    prepared: Prepared,
    seen: Arc<Seen>,
    addresses: Vec<SocketAddr>,
    stream: Option<TcpStream>,
    secured: Option<TlsStream<TcpStream>>,
    open: Option<Open>,
}

/// What the target showed in the TLS handshake, be it to the end or not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TlsShown {
    /// The version that was agreed on, such as `1.3`; none where the handshake failed before.
    pub version: Option<&'static str>,
    /// The certificates that it showed, its own first.
    pub chain: Vec<CertificateShown>,
    /// Whether it asked for a client certificate. That it took it shows only in an exchange.
    pub asked: bool,
}

impl std::fmt::Debug for Probe {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Probe")
    }
}

impl Probe {
    /// Nothing is done yet.
    pub fn new(
        url: &str,
        proxy: Option<Proxy>,
        limits: Limits,
        prepared: Prepared,
    ) -> Result<Self, Broken> {
        Ok(Self {
            place: Place::of(url)?,
            route: Route::new(proxy, &limits),
            prepared,
            seen: Arc::new(Seen::default()),
            addresses: Vec::new(),
            stream: None,
            secured: None,
            open: None,
        })
    }

    /// Where the first connection goes: the proxy where there is one, else the target.
    pub fn first(&self) -> &Place {
        self.route.first(&self.place)
    }

    /// Finds the addresses of that place.
    pub async fn resolve(&mut self) -> Result<&[SocketAddr], Broken> {
        self.addresses = self.route.resolve(self.route.first(&self.place)).await?;
        Ok(&self.addresses)
    }

    /// Connects to it; gives the address that answered.
    pub async fn connect(&mut self) -> Result<SocketAddr, Broken> {
        let first = self.route.first(&self.place);
        let stream = self.route.connect(first, &self.addresses).await?;
        let address = stream
            .peer_addr()
            .map_err(|error| prepare(Text::of_io(&error)))?;
        self.stream = Some(stream);
        Ok(address)
    }

    /// Has the proxy connect to the target; does nothing where there is no proxy.
    pub async fn tunnel(&mut self) -> Result<(), Broken> {
        let stream = self.stream.take().ok_or_else(too_early)?;
        self.stream = Some(self.route.tunnel(stream, &self.place).await?);
        Ok(())
    }

    /// Makes the TLS handshake. What was shown is told in either case.
    pub async fn secure(&mut self) -> (TlsShown, Result<(), Broken>) {
        let done = self.handshake().await;
        let version = self.secured.as_ref().and_then(|stream| {
            let agreed = stream.get_ref().1.protocol_version()?;
            let known = [
                (ProtocolVersion::TLSv1_2, "1.2"),
                (ProtocolVersion::TLSv1_3, "1.3"),
            ];
            let known = known.into_iter().find(|(version, _)| *version == agreed);
            known.map(|(_, name)| name)
        });
        let shown = TlsShown {
            version,
            chain: self.seen.chain(),
            asked: self.seen.asked(),
        };
        (shown, done)
    }

    async fn handshake(&mut self) -> Result<(), Broken> {
        let stream = self.stream.take().ok_or_else(too_early)?;
        let config = self.prepared.watched(&self.seen)?;
        let secured = self.route.secure(stream, &config, &self.place).await?;
        self.secured = Some(secured);
        Ok(())
    }

    /// Waits whether the target refuses after the handshake, as it does under TLS 1.3. Nothing is sent.
    pub async fn refusal(&mut self, patience: Duration) -> Result<(), Broken> {
        let stream = self.secured.as_mut().ok_or_else(too_early)?;
        let mut space = [0; 1];
        match timeout(patience, stream.read(&mut space)).await {
            Ok(Ok(0)) => Err(broken(
                Stage::Tls,
                Outcome::Closed,
                Text::new(
                    "TLSの確立の直後に切断されました",
                    "the connection was closed right after the handshake",
                ),
            )),
            Ok(Err(error)) => {
                let why = reason::of(&error);
                Err(broken(Stage::Tls, Outcome::TlsRefused, why).caused(cause::of(&error)))
            }
            Ok(Ok(_)) | Err(_) => Ok(()),
        }
    }

    /// Sends one request and reads its answer; may be called again.
    pub async fn exchange(&mut self, outgoing: Outgoing, limits: Limits) -> Result<Answer, Broken> {
        let uri = outgoing
            .url
            .parse()
            .map_err(|_| unfit("URL", &outgoing.url))?;
        let request = request(&uri, outgoing)?;
        let mut open = match (self.open.take(), self.secured.take()) {
            (Some(open), _) => open,
            (None, Some(stream)) => Open::over(stream).await?,
            (None, None) => return Err(too_early()),
        };
        let answer = open.exchange(request, limits, &mut |_| {}).await?;
        self.open = Some(open);
        Ok(answer)
    }
}

fn too_early() -> Broken {
    prepare(Text::new(
        "前の段階が完了していません",
        "the stage before has not been gone through",
    ))
}
