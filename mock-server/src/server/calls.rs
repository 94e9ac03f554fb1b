//! What a world's journal keeps of a call. Bodies are masked first, and cut where they are long.

use serde::Serialize;

use crate::server::{journal::Bound, mask::masked, misbehave::Spoil};

/// How much the journal of one world holds.
pub(crate) const CALLS: Bound = Bound {
    entries: 1_000,
    bytes: 4 << 20,
};

/// How much of one body is kept, in bytes.
const KEPT: usize = 64 << 10;

/// One call.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Call {
    /// Counts from 1 in each world, in the order in which calls were answered.
    pub(crate) number: u64,
    /// The world's time.
    pub(crate) at: String,
    /// Whom the certificate names.
    pub(crate) caller: String,
    /// The method.
    pub(crate) method: String,
    /// The path within the world.
    pub(crate) path: String,
    /// The header `SOAPAction`.
    pub(crate) action: Option<String>,
    /// The request id, where the message could be read.
    pub(crate) request_id: Option<String>,
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
    pub(crate) fn weight(request: &Body, answer: &Body) -> usize {
        const ENVELOPE: usize = 300;
        ENVELOPE + request.weight() + answer.weight()
    }
}

/// A body as it is kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Body {
    /// How long it was, in bytes.
    pub(crate) bytes: usize,
    /// Its beginning, masked; none where the reader of the journal did not ask for it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) text: Option<Box<str>>,
    /// How many individual numbers were masked in it.
    pub(crate) masked: usize,
    /// Whether `text` is only its beginning.
    pub(crate) cut: bool,
}

impl Body {
    pub(crate) fn keep(body: &[u8]) -> Self {
        let beginning = body.get(..KEPT);
        let text = String::from_utf8_lossy(beginning.unwrap_or(body));
        let (text, masked) = masked(&text);
        Self {
            bytes: body.len(),
            text: Some(text.into()),
            masked,
            cut: beginning.is_some_and(|beginning| beginning.len() < body.len()),
        }
    }

    /// The same without its text.
    pub(crate) fn bare(&self) -> Self {
        let Self {
            bytes,
            text: _,
            masked,
            cut,
        } = *self;
        Self {
            bytes,
            text: None,
            masked,
            cut,
        }
    }

    fn weight(&self) -> usize {
        self.text.as_ref().map_or(0, |text| text.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_body_is_cut_and_its_length_kept() {
        let body = Body::keep(&vec![b'a'; KEPT + 1]);
        assert_eq!((body.bytes, body.cut), (KEPT + 1, true));
        assert_eq!(body.weight(), KEPT);
        assert!(!Body::keep(&vec![b'a'; KEPT]).cut);
        assert_eq!(body.bare().weight(), 0);
    }
}
