//! The only sockets on which somebody else connects: mutual TLS for those whose very certificate is known, and whole
//! requests for a host that answers them.
//!
//! Deliberately absent: what is done with a request. An exchange goes on to its end even where who asked has gone away,
//! since what it did elsewhere is done.

use std::{fmt, io, net::SocketAddr, path::Path, sync::Arc, time::Duration};

use http_body_util::{BodyExt as _, Full, LengthLimitError, Limited};
use hyper::{
    HeaderMap, Method, Request, Response, StatusCode,
    body::{Bytes, Incoming},
    header::{HeaderName, HeaderValue},
    server::conn::http1,
    service::service_fn,
};
use hyper_util::rt::TokioIo;
use rustls::{
    AlertDescription, CertificateError, DigitallySignedStruct, DistinguishedName, ServerConfig,
    SignatureScheme,
    client::danger::HandshakeSignatureValid,
    crypto::{WebPkiSupportedAlgorithms, verify_tls12_signature, verify_tls13_signature},
    pki_types::{CertificateDer, UnixTime},
    server::danger::{ClientCertVerified, ClientCertVerifier},
};
use tokio::{
    net::{TcpListener, TcpStream},
    sync::{Mutex, mpsc, watch},
    time::{sleep, timeout},
};
use tokio_rustls::TlsAcceptor;

use crate::{
    text::Text,
    transport::{
        Answer, Broken, CertificateShown,
        identity::{certificates, key_of},
        prepare, reason,
    },
};

/// How long no connection is accepted after the system could not give one.
const BREATH: Duration = Duration::from_millis(50);

/// A request that came whole.
#[derive(Clone, Debug)]
pub struct Came {
    /// The method.
    pub method: Method,
    /// The path without a slash at its front, with its query.
    pub path: String,
    /// The headers as they came, names in lower case.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Vec<u8>,
}

/// Why somebody who connected was not taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refused {
    /// The certificate is not one of those that are known; none where it cannot be described.
    Certificate(Option<CertificateShown>),
    /// It does not trust the certificate that is shown here.
    Distrusted,
    /// The handshake failed otherwise.
    Handshake(Text),
    /// A request was larger than what is read, in bytes.
    TooLarge(usize),
}

/// Who answers requests.
pub trait Host: Send + Sync + 'static {
    /// What goes with one connection.
    type Visit: Send + 'static;

    /// Begins a connection for the holder of a certificate (DER); none where it is not known.
    fn visit(&self, certificate: &[u8]) -> Option<Self::Visit>;

    /// Hears of somebody who was not taken.
    fn refused(&self, refused: Refused);

    /// Answers a request. Those of one connection come one after the other.
    fn answer(
        self: Arc<Self>,
        visit: &mut Self::Visit,
        came: Came,
    ) -> impl Future<Output = Answer> + Send;
}

/// A listener, and what it shows and demands.
pub struct Entrance<H> {
    listener: TcpListener,
    acceptor: TlsAcceptor,
    host: Arc<H>,
    /// How long a handshake may take.
    handshake: Duration,
    /// The largest request that is read, in bytes.
    largest: usize,
}

impl<H> fmt::Debug for Entrance<H> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Entrance")
    }
}

/// Opens a port; 0 takes a free one.
pub async fn listen(address: SocketAddr) -> io::Result<(TcpListener, SocketAddr)> {
    let listener = TcpListener::bind(address).await?;
    let address = listener.local_addr()?;
    Ok((listener, address))
}

impl<H: Host> Entrance<H> {
    /// Shows the certificate of a file, with the key of another.
    pub fn new(
        listener: TcpListener,
        (chain, key): (&Path, &Path),
        host: Arc<H>,
        handshake: Duration,
        largest: usize,
    ) -> Result<Self, Broken> {
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let known = Known {
            host: Arc::clone(&host),
            algorithms: provider.signature_verification_algorithms,
        };
        let config = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .map_err(|error| prepare(reason::of(&error)))?
            .with_client_cert_verifier(Arc::new(known))
            .with_single_cert(certificates(chain)?, key_of(key)?)
            .map_err(|error| prepare(reason::of(&error)))?;
        Ok(Self {
            listener,
            acceptor: TlsAcceptor::from(Arc::new(config)),
            host,
            handshake,
            largest,
        })
    }

    /// Takes connections until told to stop, then waits until all that is under way has ended.
    pub async fn serve(self, mut stopped: watch::Receiver<bool>) {
        let this = Arc::new(self);
        // Whatever is under way holds a sender; what comes after all of them are gone is the end.
        let (under_way, mut ended) = mpsc::channel::<()>(1);
        loop {
            let accepted = tokio::select! {
                accepted = this.listener.accept() => accepted,
                () = told(&mut stopped) => break,
            };
            match accepted {
                Ok((stream, _)) => {
                    let (this, stopped) = (Arc::clone(&this), stopped.clone());
                    let under_way = under_way.clone();
                    tokio::spawn(async move { this.connection(stream, stopped, under_way).await });
                }
                Err(_) => sleep(BREATH).await,
            }
        }
        drop((this, under_way));
        // Nothing is ever sent.
        let _ = ended.recv().await;
    }

    async fn connection(
        &self,
        stream: TcpStream,
        mut stopped: watch::Receiver<bool>,
        under_way: mpsc::Sender<()>,
    ) {
        let _ = stream.set_nodelay(true);
        let accepted = tokio::select! {
            accepted = timeout(self.handshake, self.acceptor.accept(stream)) => accepted,
            () = told(&mut stopped) => return,
        };
        let stream = match accepted {
            Ok(Ok(stream)) => stream,
            Ok(Err(error)) => {
                if let Some(refused) = of_handshake(&error) {
                    self.host.refused(refused);
                }
                return;
            }
            Err(_) => return self.host.refused(Refused::Handshake(reason::timeout())),
        };
        let shown = stream.get_ref().1.peer_certificates();
        let Some(visit) = shown
            .and_then(<[_]>::first)
            .and_then(|leaf| self.host.visit(leaf))
        else {
            return;
        };
        let visit = Arc::new(Mutex::new(visit));
        let service = service_fn(|request| {
            let (host, visit) = (Arc::clone(&self.host), Arc::clone(&visit));
            let (largest, under_way) = (self.largest, under_way.clone());
            async move {
                let came = match whole(request, largest).await {
                    Ok(came) => came,
                    Err(Some(refused)) => {
                        host.refused(refused);
                        return Ok(response(too_large(largest)));
                    }
                    // Who asks has gone away in the midst of it.
                    Err(None) => return Err(io::Error::from(io::ErrorKind::UnexpectedEof)),
                };
                let task = tokio::spawn(async move {
                    let _under_way = under_way;
                    host.answer(&mut *visit.lock().await, came).await
                });
                task.await.map(response).map_err(io::Error::other)
            }
        });
        let mut connection =
            std::pin::pin!(http1::Builder::new().serve_connection(TokioIo::new(stream), service));
        // How a connection ends is for who made it to tell.
        tokio::select! {
            _ = &mut connection => {}
            () = told(&mut stopped) => {
                connection.as_mut().graceful_shutdown();
                let _ = connection.await;
            }
        }
    }
}

async fn told(stopped: &mut watch::Receiver<bool>) {
    // Where its sender is gone, nobody is left to be waited for.
    let _ = stopped.wait_for(|stopped| *stopped).await;
}

/// Why a handshake failed; none where it was over a certificate that is not known, of which the verifier has told.
fn of_handshake(error: &io::Error) -> Option<Refused> {
    use AlertDescription as A;
    use rustls::Error as E;
    let inner = error.get_ref().and_then(|inner| inner.downcast_ref::<E>());
    let unknown = CertificateError::ApplicationVerificationFailure;
    match inner {
        Some(E::InvalidCertificate(why)) if *why == unknown => None,
        Some(E::AlertReceived(
            A::UnknownCA
            | A::BadCertificate
            | A::CertificateUnknown
            | A::CertificateExpired
            | A::UnsupportedCertificate,
        )) => Some(Refused::Distrusted),
        Some(_) | None => Some(Refused::Handshake(reason::of(error))),
    }
}

/// Reads a request to its end.
async fn whole(request: Request<Incoming>, largest: usize) -> Result<Came, Option<Refused>> {
    let (parts, body) = request.into_parts();
    let body = Limited::new(body, largest).collect().await;
    let body = body.map_err(|error| {
        error
            .is::<LengthLimitError>()
            .then_some(Refused::TooLarge(largest))
    })?;
    let path = parts.uri.path_and_query().map_or("", |path| path.as_str());
    let headers = parts.headers.iter().map(|(name, value)| {
        let value = String::from_utf8_lossy(value.as_bytes()).into_owned();
        (name.as_str().to_owned(), value)
    });
    Ok(Came {
        method: parts.method,
        path: path.trim_start_matches('/').to_owned(),
        headers: headers.collect(),
        body: body.to_bytes().to_vec(),
    })
}

fn too_large(largest: usize) -> Answer {
    let text = Text::new(
        format!("要求が上限の{largest}バイトを超えているため、接続先に送信していません。"),
        format!("the request is larger than {largest} bytes and was not passed on"),
    );
    Answer::plain(StatusCode::PAYLOAD_TOO_LARGE.as_u16(), &text)
}

impl Answer {
    /// A plain text in both languages.
    pub fn plain(status: u16, text: &Text) -> Self {
        Self {
            status,
            headers: vec![(
                "content-type".to_owned(),
                "text/plain; charset=utf-8".to_owned(),
            )],
            body: format!("{}\n{}\n", text.ja, text.en).into_bytes(),
        }
    }
}

fn response(answer: Answer) -> Response<Full<Bytes>> {
    let Answer {
        status,
        headers,
        body,
    } = answer;
    let mut map = HeaderMap::new();
    for (name, value) in headers {
        let name: Result<HeaderName, _> = name.parse();
        if let (Ok(name), Ok(value)) = (name, HeaderValue::from_bytes(value.as_bytes())) {
            map.append(name, value);
        }
    }
    let mut response = Response::new(Full::new(Bytes::from(body)));
    *response.status_mut() = StatusCode::from_u16(status).unwrap_or(StatusCode::BAD_GATEWAY);
    *response.headers_mut() = map;
    response
}

/// Takes the very certificates that the host knows, whoever issued them: what else is wrong with one is for the target
/// to say. That the client holds its key is verified as ever.
struct Known<H> {
    host: Arc<H>,
    algorithms: WebPkiSupportedAlgorithms,
}

impl<H> fmt::Debug for Known<H> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Known")
    }
}

impl<H: Host> ClientCertVerifier for Known<H> {
    /// None is named, so that every client shows what it has.
    fn root_hint_subjects(&self) -> &[DistinguishedName] {
        &[]
    }

    fn verify_client_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        _intermediates: &[CertificateDer<'_>],
        _now: UnixTime,
    ) -> Result<ClientCertVerified, rustls::Error> {
        if self.host.visit(end_entity).is_some() {
            return Ok(ClientCertVerified::assertion());
        }
        let shown = CertificateShown::of(end_entity);
        self.host.refused(Refused::Certificate(shown));
        Err(CertificateError::ApplicationVerificationFailure.into())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        verify_tls12_signature(message, cert, dss, &self.algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        verify_tls13_signature(message, cert, dss, &self.algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.algorithms.supported_schemes()
    }
}
