//! Requests that do not go to the network but to the system under test: over HTTP, or over HTTPS without a certificate of
//! our own.

use std::{path::Path, sync::Arc, time::Duration};

use http_body_util::Full;
use hyper::{Request, Uri, body::Bytes, client::conn::http1::handshake};
use hyper_util::rt::TokioIo;
use rustls::ClientConfig;
use tokio::{
    io::{AsyncRead, AsyncWrite},
    time::{Instant, timeout_at},
};

use crate::transport::{
    Answer, Broken, Limits, Outcome, Outgoing, Place, Route, Stage, broken, came, identity::roots,
    late, prepare, reason, request,
};

/// Sends one request over a connection of its own, and reads its answer. `ca` is the file of the authority that is
/// trusted, where the URL asks for HTTPS.
pub async fn plain(
    outgoing: Outgoing,
    limits: Limits,
    ca: Option<&Path>,
) -> Result<Answer, Broken> {
    let uri: Uri = outgoing
        .url
        .parse()
        .map_err(|error| prepare(reason::of(&error)))?;
    let place = Place::of(&outgoing.url)?;
    let request = request(&uri, outgoing)?;
    let route = Route::new(None, &limits);
    let addresses = route.resolve(&place).await?;
    let stream = route.connect(&place, &addresses).await?;
    match ca.filter(|_| uri.scheme_str() == Some("https")) {
        Some(ca) => {
            let stream = route.secure(stream, &trusting(ca)?, &place).await?;
            over(stream, request, limits).await
        }
        None => over(stream, request, limits).await,
    }
}

/// Whether somebody listens at a place.
pub async fn listens(place: &Place, patience: Duration) -> bool {
    let route = Route {
        proxy: None,
        connect: patience,
        handshake: patience,
    };
    match route.resolve(place).await {
        Ok(addresses) => route.connect(place, &addresses).await.is_ok(),
        Err(_) => false,
    }
}

fn trusting(ca: &Path) -> Result<Arc<ClientConfig>, Broken> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| prepare(reason::of(&error)))?
        .with_root_certificates(roots(ca)?)
        .with_no_client_auth();
    Ok(Arc::new(config))
}

async fn over<S>(stream: S, request: Request<Full<Bytes>>, limits: Limits) -> Result<Answer, Broken>
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let unanswered =
        |error: hyper::Error| broken(Stage::Answer, Outcome::Closed, reason::of(&error));
    let deadline = Instant::now() + limits.patience;
    let (mut sender, connection) = handshake(TokioIo::new(stream)).await.map_err(unanswered)?;
    // How it ends is told by the answer.
    tokio::spawn(async move { drop(connection.await) });
    let response = timeout_at(deadline, sender.send_request(request))
        .await
        .map_err(|_| late(Stage::Answer, limits.patience))?
        .map_err(unanswered)?;
    came(response, deadline, limits, &mut |_| {}).await
}
