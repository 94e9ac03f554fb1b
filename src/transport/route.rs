//! The way to a target, stage by stage: its name, the connection, the proxy, TLS. An exchange goes through them one
//! after the other; a diagnosis stops at each.

use std::{future::Future, net::SocketAddr, sync::Arc, time::Duration};

use base64::{Engine as _, prelude::BASE64_STANDARD as STANDARD};
use hyper::Uri;
use rustls::{ClientConfig, pki_types::ServerName};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpStream, lookup_host},
    time::timeout,
};
use tokio_rustls::{TlsConnector, client::TlsStream};

use crate::{
    text::Text,
    transport::{
        Broken, Cause, Limits, Outcome, Secret, Stage, broken, cause, late, reason, unfit,
    },
};

/// The largest head of a proxy's answer, in bytes.
const HEAD: usize = 16 << 10;

/// A host and a port.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// The name or address.
    pub host: String,
    /// The port.
    pub port: u16,
}

impl Place {
    /// Where a URL leads to.
    pub fn of(url: &str) -> Result<Self, Broken> {
        let uri: Uri = url.parse().map_err(|_| unfit("URL", url))?;
        let host = uri.host().unwrap_or_default();
        let authority = uri.authority().map_or("", |authority| authority.as_str());
        let at = authority.rsplit('@').next().unwrap_or_default();
        // The library reads a number that is no port as none at all, which would lead elsewhere.
        let port = match at.strip_prefix(host).unwrap_or_default() {
            "" if uri.scheme_str() == Some("http") => 80,
            "" => 443,
            port => port
                .strip_prefix(':')
                .and_then(|port| port.parse().ok())
                .filter(|port| *port > 0)
                .ok_or_else(|| unfit("URL", url))?,
        };
        Ok(Self {
            host: host.trim_matches(['[', ']']).to_owned(),
            port,
        })
    }

    /// As a URL writes it.
    pub fn authority(&self) -> String {
        if self.host.contains(':') {
            format!("[{}]:{}", self.host, self.port)
        } else {
            format!("{}:{}", self.host, self.port)
        }
    }
}

/// How a target is reached.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Route {
    /// The proxy, where there is one.
    pub proxy: Option<Proxy>,
    /// How long finding the name and connecting may take.
    pub connect: Duration,
    /// How long the proxy's answer and the TLS handshake may take, each.
    pub handshake: Duration,
}

/// A proxy that makes connections (`CONNECT`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proxy {
    /// Where it is.
    pub place: Place,
    /// `user:password`, where it asks for that.
    pub authorization: Option<Secret>,
}

impl Route {
    /// Through a proxy or straight, within the limits of an exchange.
    pub fn new(proxy: Option<Proxy>, limits: &Limits) -> Self {
        Self {
            proxy,
            connect: limits.connect,
            handshake: limits.handshake,
        }
    }

    /// To whom the first connection goes: the proxy where there is one, else the target.
    pub fn first<'a>(&'a self, target: &'a Place) -> &'a Place {
        self.proxy.as_ref().map_or(target, |proxy| &proxy.place)
    }

    /// Finds the addresses of a name.
    pub async fn resolve(&self, place: &Place) -> Result<Vec<SocketAddr>, Broken> {
        let look = lookup_host((place.host.as_str(), place.port));
        let found = within(self.connect, Stage::Resolve, look)
            .await?
            .map_err(|error| {
                let host = &place.host;
                broken(
                    Stage::Resolve,
                    Outcome::Refused,
                    Text::new(
                        format!("ホスト名「{host}」のアドレスが見つかりません。綴りとDNSの設定を確認してください（{error}）"),
                        format!("no address is known for '{host}'; look at its spelling and at the name server ({error})"),
                    ),
                )
            })?;
        Ok(found.collect())
    }

    /// Connects to the first address that answers.
    pub async fn connect(
        &self,
        place: &Place,
        addresses: &[SocketAddr],
    ) -> Result<TcpStream, Broken> {
        let refused = |error: std::io::Error| {
            let (to, why) = (place.authority(), Text::of_io(&error));
            let text = if self.proxy.is_some() {
                Text::new(
                    format!("プロキシ {to}: {}", why.ja),
                    format!("the proxy {to}: {}", why.en),
                )
            } else {
                Text::new(format!("{to}: {}", why.ja), format!("{to}: {}", why.en))
            };
            broken(Stage::Connect, Outcome::Refused, text).caused(cause::of(&error))
        };
        let stream = within(self.connect, Stage::Connect, TcpStream::connect(addresses))
            .await?
            .map_err(refused)?;
        stream.set_nodelay(true).map_err(refused)?;
        Ok(stream)
    }

    /// Has the proxy connect to the target; the stream stays as it is where there is no proxy.
    pub async fn tunnel(&self, stream: TcpStream, target: &Place) -> Result<TcpStream, Broken> {
        match &self.proxy {
            Some(proxy) => {
                within(self.handshake, Stage::Proxy, through(stream, proxy, target)).await?
            }
            None => Ok(stream),
        }
    }

    /// Makes the TLS handshake.
    pub async fn secure(
        &self,
        stream: TcpStream,
        tls: &Arc<ClientConfig>,
        target: &Place,
    ) -> Result<TlsStream<TcpStream>, Broken> {
        let name = ServerName::try_from(target.host.clone());
        let name = name.map_err(|_| unfit("URL", &target.host))?;
        let connected = TlsConnector::from(Arc::clone(tls)).connect(name, stream);
        within(self.handshake, Stage::Tls, connected)
            .await?
            .map_err(|error| {
                let why = reason::of(&error);
                broken(Stage::Tls, Outcome::TlsRefused, why).caused(cause::of(&error))
            })
    }

    /// All stages.
    pub(super) async fn open(
        &self,
        tls: &Arc<ClientConfig>,
        target: &Place,
    ) -> Result<TlsStream<TcpStream>, Broken> {
        let first = self.first(target);
        let addresses = self.resolve(first).await?;
        let stream = self.connect(first, &addresses).await?;
        let stream = self.tunnel(stream, target).await?;
        self.secure(stream, tls, target).await
    }
}

async fn within<T>(
    patience: Duration,
    stage: Stage,
    work: impl Future<Output = T>,
) -> Result<T, Broken> {
    timeout(patience, work)
        .await
        .map_err(|_| late(stage, patience))
}

/// Asks a proxy for a connection to the target.
async fn through(
    mut stream: TcpStream,
    proxy: &Proxy,
    target: &Place,
) -> Result<TcpStream, Broken> {
    let failed = |error: std::io::Error| {
        let why = Text::of_io(&error);
        broken(Stage::Proxy, Outcome::Closed, why)
    };
    let to = target.authority();
    let mut request = format!("CONNECT {to} HTTP/1.1\r\nHost: {to}\r\n");
    if let Some(authorization) = &proxy.authorization {
        let text = STANDARD.encode(authorization.text.as_bytes());
        request = format!("{request}Proxy-Authorization: Basic {text}\r\n");
    }
    request.push_str("\r\n");
    stream.write_all(request.as_bytes()).await.map_err(failed)?;
    let mut head = Vec::new();
    // Byte by byte, since what comes after the head is not for us.
    while !head.ends_with(b"\r\n\r\n") {
        match stream.read_u8().await {
            Ok(byte) if head.len() < HEAD && begins_http(&head, byte) => head.push(byte),
            Ok(_) => return Err(no_http()),
            // It had begun to say what is no answer to anything.
            Err(error) if error.kind() == std::io::ErrorKind::UnexpectedEof && !head.is_empty() => {
                return Err(no_http());
            }
            Err(error) if error.kind() == std::io::ErrorKind::UnexpectedEof => {
                return Err(broken(
                    Stage::Proxy,
                    Outcome::Closed,
                    Text::new(
                        "プロキシが応答の前に切断しました",
                        "the proxy closed the connection before it answered",
                    ),
                ));
            }
            Err(error) => return Err(failed(error)),
        }
    }
    let head = String::from_utf8_lossy(&head);
    let line = head.lines().next().unwrap_or_default();
    let status = line
        .strip_prefix("HTTP/1.")
        .and_then(|rest| rest.split_once(' '))
        .map(|(_, status)| status.trim())
        .filter(|status| status.len() >= 3)
        .ok_or_else(no_http)?;
    if status.starts_with('2') {
        return Ok(stream);
    }
    let status: String = status
        .chars()
        .filter(|c| !c.is_control())
        .take(80)
        .collect();
    let asks = status.starts_with("407");
    let (Text { ja, en }, cause) = match &proxy.authorization {
        Some(Secret { name, .. }) if asks => (
            Text::new(
                format!(
                    "。環境変数 {name} の利用者とパスワードが受け付けられません。その内容を確認してください"
                ),
                format!(
                    "; it does not take the user and password of the environment variable {name}, so look at what that holds"
                ),
            ),
            Some(Cause::ProxyDenies),
        ),
        None if asks => (
            Text::new(
                "。「利用者:パスワード」を持つ環境変数を proxy_auth_env に指定してください",
                "; name the environment variable with user:password in proxy_auth_env",
            ),
            Some(Cause::ProxyAsks),
        ),
        Some(_) | None => (
            Text::new(
                "。この接続先への接続が許可されているかを、プロキシの管理者に確認してください",
                "; ask whoever runs the proxy whether it may connect there",
            ),
            None,
        ),
    };
    Err(broken(
        Stage::Proxy,
        Outcome::Refused,
        Text::new(
            format!("プロキシが {to} への接続を拒否しました: {status}{ja}"),
            format!("the proxy refused to connect to {to}: {status}{en}"),
        ),
    )
    .caused(cause))
}

/// Whether what has come with one more byte may be the head of an answer in HTTP.
fn begins_http(head: &[u8], byte: u8) -> bool {
    b"HTTP/1."
        .get(head.len())
        .is_none_or(|wanted| *wanted == byte)
}

fn no_http() -> Broken {
    broken(
        Stage::Proxy,
        Outcome::NotHttp,
        Text::new(
            "プロキシの応答がHTTPではありません。proxy のポート番号を確認してください",
            "the proxy's answer is no HTTP; look at the port in 'proxy'",
        ),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_never_another_than_the_one_that_is_written() {
        let place = |url: &str| Place::of(url).ok().map(|place| place.authority());
        for (url, expected) in [
            ("https://a.example/b", Some("a.example:443")),
            ("http://a.example", Some("a.example:80")),
            ("https://[::1]:8443/", Some("[::1]:8443")),
            ("https://a.example:65535/", Some("a.example:65535")),
            ("https://a.example:65536/", None),
            ("https://a.example:0/", None),
            ("https://a.example:/", None),
        ] {
            assert_eq!(place(url).as_deref(), expected, "{url}");
        }
    }
}
