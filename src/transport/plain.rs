//! What does not go to the network but to the system under test: requests without TLS, what a connection with it needs
//! that shows no certificate, and whether somebody listens.

use std::{path::Path, sync::Arc, time::Duration};

use http_body_util::Full;
use hyper::{Request, Uri, body::Bytes, client::conn::http1::handshake};
use hyper_util::rt::TokioIo;
use rustls::ClientConfig;
use tokio::{
    net::TcpStream,
    time::{Instant, timeout_at},
};

use crate::transport::{
    Answer, Broken, Limits, Outcome, Outgoing, Place, Route, Stage, broken, came, identity::roots,
    late, prepare, reason, request,
};

/// Sends one request over a connection of its own, and reads its answer.
pub async fn plain(outgoing: Outgoing, limits: Limits) -> Result<Answer, Broken> {
    let uri: Uri = outgoing
        .url
        .parse()
        .map_err(|error| prepare(reason::of(&error)))?;
    let place = Place::of(&outgoing.url)?;
    let request = request(&uri, outgoing)?;
    let route = Route::new(None, &limits);
    let addresses = route.resolve(&place).await?;
    let stream = route.connect(&place, &addresses).await?;
    over(stream, request, limits).await
}

/// What a connection needs that trusts an authority and shows no certificate of its own.
pub fn trusting(ca: &Path) -> Result<Arc<ClientConfig>, Broken> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| prepare(reason::of(&error)))?
        .with_root_certificates(roots(ca)?)
        .with_no_client_auth();
    Ok(Arc::new(config))
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

async fn over(
    stream: TcpStream,
    request: Request<Full<Bytes>>,
    limits: Limits,
) -> Result<Answer, Broken> {
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
