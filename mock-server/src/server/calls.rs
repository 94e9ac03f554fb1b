//! What a world's journal keeps of a call, and what of it leaves the mock: numbers are masked there, not before, so that
//! a call that nobody reads costs no look.

use std::{borrow::Cow, sync::Arc};

use hyper::{HeaderMap, Method, body::Bytes};
use serde::{Serialize, Serializer};

use crate::{
    network::{moment::Moment, types::RequestId},
    server::{journal::Bound, mask::masked, misbehave::Spoil},
};

/// How much the journal of one world holds.
pub(crate) const CALLS: Bound = Bound {
    entries: 1_000,
    bytes: 4 << 20,
};

/// How much of one body is kept, in bytes.
const KEPT: usize = 64 << 10;

/// How many characters of a path, a method and a header are kept.
const SHORT: usize = 200;

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
        ENVELOPE + headers.0.len() + request.kept.len() + answer.kept.len()
    }

    /// What a reader of the journal gets, with or without the text of the bodies.
    pub(crate) fn shown(&self, texts: bool) -> Shown<'_> {
        let Self {
            number,
            at,
            caller,
            method,
            path,
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
        Shown {
            number: *number,
            at: at.to_string(),
            caller,
            method: masked(Line::cut(method.as_str())).0,
            path,
            action: action.as_ref(),
            headers,
            masked: masked(&path.0).1 + in_headers,
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

/// A body as it is kept.
#[derive(Debug)]
pub(crate) struct Body {
    bytes: usize,
    kept: Bytes,
}

impl Body {
    /// Keeps what came: copied, since it lies in a larger buffer of the connection.
    pub(crate) fn copied(body: &[u8]) -> Self {
        Self {
            bytes: body.len(),
            kept: Bytes::copy_from_slice(body.get(..KEPT).unwrap_or(body)),
        }
    }

    /// Keeps what was answered, which is shared with the connection where it is kept whole.
    pub(crate) fn shared(body: &Bytes) -> Self {
        if body.len() > KEPT {
            return Self::copied(body);
        }
        Self {
            bytes: body.len(),
            kept: body.clone(),
        }
    }

    fn shown(&self, text: bool) -> ShownBody {
        let (kept, masked) = match String::from_utf8_lossy(&self.kept) {
            Cow::Borrowed(kept) => masked(kept),
            Cow::Owned(kept) => {
                let (kept, count) = masked(&kept);
                (Cow::Owned(kept.into_owned()), count)
            }
        };
        ShownBody {
            bytes: self.bytes,
            text: text.then(|| kept.into_owned()),
            masked,
            cut: self.kept.len() < self.bytes,
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
    action: Option<&'a Line>,
    /// Name and value of each header.
    headers: Vec<(&'a str, Cow<'a, str>)>,
    /// How many individual numbers were masked in path and headers.
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
    /// Its beginning; none where the reader of the journal did not ask for it.
    #[serde(skip_serializing_if = "Option::is_none")]
    text: Option<String>,
    /// How many individual numbers were masked in it.
    masked: usize,
    /// Whether `text` is only its beginning.
    cut: bool,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_body_is_cut_and_its_length_kept() {
        let long = Bytes::from(vec![b'a'; KEPT + 1]);
        for body in [Body::copied(&long), Body::shared(&long)] {
            let shown = body.shown(true);
            assert_eq!((shown.bytes, shown.cut), (KEPT + 1, true));
            assert_eq!(shown.text.map(|text| text.len()), Some(KEPT));
            assert_eq!(body.shown(false).text, None);
        }
        assert!(!Body::copied(&long[..KEPT]).shown(true).cut);
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
            assert_eq!(shown.masked, 1);
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
        assert_eq!(shown.matches("************").count(), 6, "{shown}");
        assert!(!shown.contains(&number));
        let shown: serde_json::Value = serde_json::from_str(&shown).unwrap();
        assert_eq!(shown["masked"], 2);
        assert_eq!(shown["headers"][1][1], "a".repeat(SHORT));
    }

    #[test]
    fn a_long_line_is_cut_after_whole_characters() {
        assert_eq!(Line::cut(&"字".repeat(201)), "字".repeat(200));
    }
}
