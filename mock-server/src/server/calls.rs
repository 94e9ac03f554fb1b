//! What a world's journal keeps of a call, and what of it leaves the mock: numbers are masked there, not before, so that
//! a call that nobody reads costs no look.

use std::{borrow::Cow, sync::Arc};

use base64::{Engine as _, prelude::BASE64_STANDARD};
use hyper::{HeaderMap, Method, body::Bytes, http::request::Parts};
use serde::{Serialize, Serializer};

use crate::{
    network::{moment::Moment, types::RequestId},
    server::{
        journal::Bound,
        mask::{holds, masked, text_of},
        misbehave::Spoil,
    },
};

/// How much the journal of one world holds: bodies are kept whole, so it is the bytes together that are bounded.
pub(crate) const CALLS: Bound = Bound {
    entries: 1_000,
    bytes: 64 << 20,
};

/// How many calls with an individual number are known of one world.
pub(crate) const SIGHTINGS: Bound = Bound {
    entries: 1_000,
    bytes: 1 << 20,
};

/// How many characters of a path, a query, a method and a header are kept.
const SHORT: usize = 200;

/// A call in which an individual number stood: known for longer than the call itself.
#[derive(Debug, Serialize)]
pub(crate) struct Sighting {
    /// The call's.
    pub(crate) number: u64,
    /// The path within the world.
    pub(crate) path: Line,
    /// The request id, where the message could be read.
    #[serde(serialize_with = "shown_id")]
    pub(crate) request_id: Option<RequestId>,
    /// How long its body was.
    pub(crate) bytes: usize,
}

impl Sighting {
    /// What it weighs in its journal.
    pub(crate) const WEIGHT: usize = 300;

    /// Whether a number stands in a request beside its body. All of it is looked at, however much is kept.
    pub(crate) fn in_head(parts: &Parts) -> bool {
        let Parts { uri, headers, .. } = parts;
        holds(uri.path())
            || uri.query().is_some_and(holds)
            || headers
                .values()
                .any(|value| holds(&String::from_utf8_lossy(value.as_bytes())))
    }

    /// Whether a number stands in a body that could not be read as a message.
    pub(crate) fn in_body(body: &[u8]) -> bool {
        holds(&text_of(body))
    }
}

#[expect(clippy::ref_option, reason = "serde hands a field over so")]
fn shown_id<S: Serializer>(id: &Option<RequestId>, serializer: S) -> Result<S::Ok, S::Error> {
    let id = id.as_ref().map(|id| masked(id.as_str()).0);
    id.serialize(serializer)
}

/// One call, as it was. It has no `Serialize`: what leaves the mock is [`Shown`].
#[derive(Debug)]
pub(crate) struct Call {
    /// Counts from 1 in each world, in the order in which calls were answered.
    pub(crate) number: u64,
    /// The world's time.
    pub(crate) at: Moment,
    /// Whom the certificate names.
    pub(crate) caller: Arc<str>,
    /// The method.
    pub(crate) method: Method,
    /// The path within the world.
    pub(crate) path: Line,
    /// What stood after it, behind a question mark.
    pub(crate) query: Option<Line>,
    /// The header `SOAPAction`.
    pub(crate) action: Option<Line>,
    /// The headers of the request, in the order in which they came.
    pub(crate) headers: Headers,
    /// The request id, where the message could be read.
    pub(crate) request_id: Option<RequestId>,
    /// The status that was answered; none where no answer was sent.
    pub(crate) status: Option<u16>,
    /// The fault code of the right answer.
    pub(crate) fault: Option<&'static str>,
    /// How the answer was spoilt.
    pub(crate) spoilt: Option<Spoil>,
    /// What came.
    pub(crate) request: Body,
    /// What was answered, or would have been.
    pub(crate) answer: Body,
}

impl Call {
    /// What it weighs in the journal.
    pub(crate) fn weight(headers: &Headers, request: &Body, answer: &Body) -> usize {
        const ENVELOPE: usize = 300;
        ENVELOPE + headers.0.len() + request.0.len() + answer.0.len()
    }

    /// What a reader of the journal gets, with or without the text of the bodies.
    pub(crate) fn shown(&self, texts: bool) -> Shown<'_> {
        let Self {
            number,
            at,
            caller,
            method,
            path,
            query,
            action,
            headers,
            request_id,
            status,
            fault,
            spoilt,
            request,
            answer,
        } = self;
        let (headers, in_headers) = headers.shown();
        let in_query = query.as_ref().map_or(0, |query| masked(&query.0).1);
        Shown {
            number: *number,
            at: at.to_string(),
            caller,
            method: masked(Line::cut(method.as_str())).0,
            path,
            query: query.as_ref(),
            action: action.as_ref(),
            headers,
            masked: masked(&path.0).1 + in_query + in_headers,
            request_id: request_id.as_ref().map(|id| masked(id.as_str()).0),
            status: *status,
            fault: *fault,
            spoilt: *spoilt,
            request: request.shown(texts),
            answer: answer.shown(texts),
        }
    }
}

/// A text of one line, cut where it is long.
#[derive(Clone, Debug)]
pub(crate) struct Line(Box<str>);

impl Line {
    pub(crate) fn keep(text: &str) -> Self {
        Self(Self::cut(text).into())
    }

    fn cut(text: &str) -> &str {
        let end = text.char_indices().nth(SHORT).map(|(at, _)| at);
        end.and_then(|end| text.get(..end)).unwrap_or(text)
    }
}

impl Serialize for Line {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        masked(&self.0).0.serialize(serializer)
    }
}

/// Headers, a line each: copied, since they lie in a larger buffer of the connection.
#[derive(Debug)]
pub(crate) struct Headers(Box<str>);

impl Headers {
    pub(crate) fn copied(headers: &HeaderMap) -> Self {
        let mut lines = String::new();
        for (name, value) in headers {
            lines.push_str(name.as_str());
            lines.push(':');
            lines.push_str(Line::cut(&String::from_utf8_lossy(value.as_bytes())));
            lines.push('\n');
        }
        Self(lines.into())
    }

    /// Name and value of each, and how many numbers were masked in the values.
    fn shown(&self) -> (Vec<(&str, Cow<'_, str>)>, usize) {
        let mut count = 0;
        let pairs = self.0.lines().filter_map(|line| line.split_once(':'));
        let pairs = pairs.map(|(name, value)| {
            let (value, masked) = masked(value);
            count += masked;
            (name, value)
        });
        (pairs.collect(), count)
    }
}

/// A body as it came.
#[derive(Debug)]
pub(crate) struct Body(Bytes);

impl Body {
    /// Keeps what came: copied, since it lies in a larger buffer of the connection.
    pub(crate) fn copied(body: &[u8]) -> Self {
        Self(Bytes::copy_from_slice(body))
    }

    /// Keeps what was answered, which is shared with the connection.
    pub(crate) fn shared(body: &Bytes) -> Self {
        Self(body.clone())
    }

    fn shown(&self, text: bool) -> ShownBody {
        let kept = text_of(&self.0);
        let (shown, masked) = masked(&kept);
        let is_text = std::str::from_utf8(&self.0).is_ok();
        ShownBody {
            bytes: self.0.len(),
            base64: (text && !is_text && masked == 0).then(|| BASE64_STANDARD.encode(&self.0)),
            text: text.then(|| shown.into_owned()),
            masked,
        }
    }
}

/// A call as it leaves the mock.
#[derive(Debug, Serialize)]
pub(crate) struct Shown<'a> {
    number: u64,
    at: String,
    caller: &'a str,
    method: Cow<'a, str>,
    path: &'a Line,
    query: Option<&'a Line>,
    action: Option<&'a Line>,
    /// Name and value of each header.
    headers: Vec<(&'a str, Cow<'a, str>)>,
    /// How many individual numbers were masked in path, query and headers.
    masked: usize,
    request_id: Option<Cow<'a, str>>,
    status: Option<u16>,
    fault: Option<&'static str>,
    spoilt: Option<Spoil>,
    request: ShownBody,
    answer: ShownBody,
}

#[derive(Debug, PartialEq, Eq, Serialize)]
struct ShownBody {
    /// How long it was, in bytes.
    bytes: usize,
    /// What it says; none where the reader of the journal did not ask for it.
    #[serde(skip_serializing_if = "Option::is_none")]
    text: Option<String>,
    /// Its bytes, where they are no UTF-8 and nothing was masked.
    #[serde(skip_serializing_if = "Option::is_none")]
    base64: Option<String>,
    /// How many individual numbers were masked in it.
    masked: usize,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_body_is_kept_whole_and_its_bytes_are_told_where_they_are_no_text() {
        let long = Bytes::from(vec![b'a'; 1 << 20]);
        for body in [Body::copied(&long), Body::shared(&long)] {
            let shown = body.shown(true);
            assert_eq!((shown.bytes, shown.base64), (1 << 20, None));
            assert_eq!(shown.text.map(|text| text.len()), Some(1 << 20));
            assert_eq!(body.shown(false).text, None);
        }
        let bytes = [0x8A, b'a', 0xFF];
        let shown = Body::copied(&bytes).shown(true);
        assert_eq!(shown.base64, Some(BASE64_STANDARD.encode(bytes)));
        assert_eq!(Body::copied(&bytes).shown(false).base64, None);
    }

    #[test]
    fn what_leaves_is_masked_and_counted() {
        // A number with a right check digit, put together here so that none stands in a file.
        let number = format!("{}{}", "12345678901", 8);
        let bytes = Bytes::from(format!("<a>{number}</a>"));
        let mut broken = vec![0xff];
        broken.extend_from_slice(&bytes);
        for body in [Body::shared(&bytes), Body::copied(&broken)] {
            let shown = body.shown(true);
            assert_eq!((shown.masked, shown.base64), (1, None));
            assert!(shown.text.unwrap().ends_with("<a>************</a>"));
            assert_eq!(body.shown(false).masked, 1);
        }
        let mut headers = HeaderMap::new();
        headers.insert("x-person", number.parse().unwrap());
        headers.insert("x-long", "a".repeat(SHORT + 1).parse().unwrap());
        let call = Call {
            number: 1,
            at: Moment::constant(0),
            caller: "202053-M".into(),
            method: Method::POST,
            path: Line::keep(&number),
            query: Some(Line::keep(&format!("n={number}"))),
            action: Some(Line::keep(&number)),
            headers: Headers::copied(&headers),
            request_id: RequestId::new(&number),
            status: None,
            fault: None,
            spoilt: None,
            request: Body::shared(&bytes),
            answer: Body::shared(&bytes),
        };
        let shown = serde_json::to_string(&call.shown(true)).unwrap();
        assert_eq!(shown.matches("************").count(), 7, "{shown}");
        assert!(!shown.contains(&number));
        let shown: serde_json::Value = serde_json::from_str(&shown).unwrap();
        assert_eq!(shown["masked"], 3);
        assert_eq!(shown["headers"][1][1], "a".repeat(SHORT));
    }

    #[test]
    fn a_long_line_is_cut_after_whole_characters() {
        assert_eq!(Line::cut(&"字".repeat(201)), "字".repeat(200));
    }
}
