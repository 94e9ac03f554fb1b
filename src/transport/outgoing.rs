//! What is sent, and how it stands in HTTP.

use http_body_util::Full;
use hyper::{
    Method, Request, Uri,
    body::Bytes,
    header::{HOST, HeaderMap, HeaderName, HeaderValue},
};

use crate::transport::{Broken, unfit};

/// What is sent.
#[derive(Clone, Debug)]
pub struct Outgoing {
    /// The method.
    pub method: Method,
    /// The whole URL.
    pub url: String,
    /// The headers besides `Host`, by name; a later one of a name takes the place of an earlier one.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Vec<u8>,
}

pub(super) fn request(uri: &Uri, outgoing: Outgoing) -> Result<Request<Full<Bytes>>, Broken> {
    let mut headers = HeaderMap::new();
    let authority = uri.authority().map(ToString::to_string).unwrap_or_default();
    let host = HeaderValue::from_str(&authority).map_err(|_| unfit("URL", &authority))?;
    headers.insert(HOST, host);
    for (name, value) in outgoing.headers {
        let header: HeaderName = name.parse().map_err(|_| unfit("header", &name))?;
        let value = HeaderValue::from_bytes(value.as_bytes()).map_err(|_| unfit(&name, &value))?;
        headers.insert(header, value);
    }
    let target = uri.path_and_query().map_or("/", |path| path.as_str());
    let mut request = Request::builder()
        .method(outgoing.method)
        .uri(target)
        .body(Full::new(Bytes::from(outgoing.body)))
        .map_err(|_| unfit("URL", target))?;
    *request.headers_mut() = headers;
    Ok(request)
}
