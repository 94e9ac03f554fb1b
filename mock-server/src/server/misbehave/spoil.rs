//! How each lie of the transport is told.

use hyper::{Response, StatusCode, body::Bytes, header};

use crate::{
    server::{
        misbehave::{
            Spoil,
            xml::{Leaf, end_of_payload, leaves},
        },
        stream::{End, Script},
    },
    wire::RawResponse,
};

/// What is sent in the place of a right answer.
#[derive(Debug)]
pub(crate) enum Outcome {
    /// An answer, right or spoilt.
    Answer(RawResponse),
    /// A whole HTTP response that the contract does not know.
    Response(Response<Bytes>),
    /// Literal bytes, and the end of the connection.
    Script(Script),
    /// Nothing, for as long as the client waits.
    Held,
}

impl Spoil {
    /// The answer, spoilt; `None` where it has nothing to spoil and is left as it is.
    pub(crate) fn apply(self, right: &RawResponse) -> Option<Outcome> {
        let text = std::str::from_utf8(&right.body).ok()?;
        let whole = |body: Vec<u8>| {
            let body = RawResponse {
                body,
                ..right.clone()
            };
            Some(Outcome::Answer(body))
        };
        let changed = |body: Option<String>| {
            body.filter(|body| body != text)
                .and_then(|body| whole(body.into_bytes()))
        };
        let script = |bytes: Vec<u8>, end: End| Some(Outcome::Script(Script { bytes, end }));
        match self {
            Self::WrongNamespace => changed(Some(text.replace("unofficial:v1", "unofficial:v2"))),
            Self::TruncatedBody => whole(half(text).as_bytes().to_vec()),
            Self::ContentLengthTooLong => {
                script(http(right, right.body.len() + 64, &right.body), End::Close)
            }
            Self::ContentLengthTooShort => script(
                http(right, right.body.len().saturating_sub(16), &right.body),
                End::Close,
            ),
            Self::WrongCharset => Some(Outcome::Answer(RawResponse {
                content_type: "text/xml; charset=Shift_JIS",
                ..right.clone()
            })),
            Self::WrongMediaType => Some(Outcome::Answer(RawResponse {
                content_type: "application/octet-stream",
                ..right.clone()
            })),
            Self::CharsetLie => {
                let units = std::iter::once(0xFEFF).chain(text.encode_utf16());
                whole(units.flat_map(u16::to_be_bytes).collect())
            }
            Self::ExtraElement => changed(
                end_of_payload(text).map(|at| replaced(text, at..at, "<n:Extra>1</n:Extra>")),
            ),
            Self::MissingElement => changed(
                leaves(text)
                    .last()
                    .map(|leaf| replaced(text, leaf.whole.clone(), "")),
            ),
            Self::DuplicatedElement => changed(leaves(text).last().map(|leaf| {
                let element = text.get(leaf.whole.clone()).unwrap_or("");
                replaced(text, leaf.whole.end..leaf.whole.end, element)
            })),
            Self::FaultWithOk => (right.status != 200).then(|| {
                Outcome::Answer(RawResponse {
                    status: 200,
                    ..right.clone()
                })
            }),
            Self::EmptyBody => Some(Outcome::Answer(RawResponse {
                status: 200,
                body: Vec::new(),
                ..right.clone()
            })),
            Self::HtmlInsteadOfXml => page(StatusCode::OK, None),
            Self::Redirect => page(
                StatusCode::TEMPORARY_REDIRECT,
                Some("https://other.invalid/"),
            ),
            Self::ChunkedGarbage => {
                let mut bytes = head(right, "Transfer-Encoding: chunked");
                bytes.extend_from_slice(b"zz\r\n");
                bytes.extend_from_slice(&right.body);
                bytes.extend_from_slice(b"\r\n0\r\n\r\n");
                script(bytes, End::Close)
            }
            Self::Late => Some(Outcome::Held),
            // What comes in the place of the answer is the refusal already.
            Self::TooBusy => Some(Outcome::Answer(right.clone())),
            Self::CloseBeforeApply | Self::CloseBeforeAnswer => script(Vec::new(), End::Cut),
            Self::CutInAnswer => script(
                http(right, right.body.len(), half(text).as_bytes()),
                End::Cut,
            ),
            Self::Reset => script(Vec::new(), End::Reset),
            Self::AnswerTwice => whole([text, text].concat().into_bytes()),
            Self::ResponseTwice => {
                let once = http(right, right.body.len(), &right.body);
                script([once.as_slice(), &once].concat(), End::Close)
            }
            Self::AnswerForAnotherRequest => changed(first(text, |leaf, value| {
                (leaf.name == "RequestId").then(|| other_id(value))
            })),
            Self::TimeOutOfZone => changed(Some(text.replace("+09:00<", "Z<"))),
            Self::WrongEra => changed(each(text, |_, value| wrong_era(value))),
            // Figures only: what is longer or has a leading zero is an identifier.
            Self::FigureOffByOne => changed(first(text, |_, value| {
                let is_figure = value.len() <= 8 && (value == "0" || !value.starts_with('0'));
                let figure: u64 = value.parse().ok().filter(|_| is_figure)?;
                Some((figure + 1).to_string())
            })),
            Self::CharacterReplaced => changed(first(text, |_, value| {
                with_character(value, |_| "〓".to_owned())
            })),
            Self::CharacterExpanded => changed(first(text, |_, value| {
                with_character(value, |c| format!("[U+{:04X}]", u32::from(c)))
            })),
        }
    }
}

/// The first leaf for which there is another value, with that value.
fn first(text: &str, other: impl Fn(&Leaf<'_>, &str) -> Option<String>) -> Option<String> {
    leaves(text).into_iter().find_map(|leaf| {
        let value = other(&leaf, text.get(leaf.text.clone())?)?;
        Some(replaced(text, leaf.text, &value))
    })
}

/// Every leaf for which there is another value, with that value.
fn each(text: &str, other: impl Fn(&Leaf<'_>, &str) -> Option<String>) -> Option<String> {
    let mut spoilt = text.to_owned();
    for leaf in leaves(text).into_iter().rev() {
        if let Some(value) = other(&leaf, text.get(leaf.text.clone())?) {
            spoilt.replace_range(leaf.text, &value);
        }
    }
    Some(spoilt)
}

fn replaced(text: &str, place: std::ops::Range<usize>, by: &str) -> String {
    let mut spoilt = text.to_owned();
    spoilt.replace_range(place, by);
    spoilt
}

/// A date, or the date of a time, read in the era before: 令和8年 taken for 平成8年.
fn wrong_era(value: &str) -> Option<String> {
    if let Some(rest) = value.strip_prefix("令和") {
        return Some(format!("平成{rest}"));
    }
    if let Some(rest) = value.strip_prefix("平成") {
        return Some(format!("昭和{rest}"));
    }
    let date = value.get(..10)?;
    let _: jiff::civil::Date = date.parse().ok()?;
    if !matches!(value.as_bytes().get(10), None | Some(b'T')) {
        return None;
    }
    let year: u32 = value.get(..4)?.parse().ok()?;
    Some(format!("{:04}{}", year.checked_sub(30)?, value.get(4..)?))
}

/// The first character beyond ASCII, changed; in text without one, nothing.
fn with_character(value: &str, other: impl Fn(char) -> String) -> Option<String> {
    let (at, found) = value.char_indices().find(|(_, c)| !c.is_ascii())?;
    Some(replaced(value, at..at + found.len_utf8(), &other(found)))
}

/// An id of the same form that no request had.
fn other_id(value: &str) -> String {
    match other_digit(value) {
        Some(other) => other,
        None => format!("another-{}", value.chars().take(50).collect::<String>()),
    }
}

/// The last digit or letter of a hexadecimal figure is another.
fn other_digit(value: &str) -> Option<String> {
    let (at, last) = value.char_indices().rfind(|(_, c)| c.is_ascii_hexdigit())?;
    let other = if last == '0' { "1" } else { "0" };
    Some(replaced(value, at..at + 1, other))
}

/// The first half, whole characters only.
fn half(text: &str) -> &str {
    let mut at = text.len() / 2;
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    text.get(..at).unwrap_or("")
}

fn page(status: StatusCode, location: Option<&'static str>) -> Option<Outcome> {
    let body = "<!DOCTYPE html><html><head><title>Gateway</title></head><body><h1>Please try again later</h1><p>しばらくしてから再度お試しください。</p></body></html>";
    let mut response = Response::builder()
        .status(status)
        .header(header::CONTENT_TYPE, "text/html; charset=utf-8");
    if let Some(location) = location {
        response = response.header(header::LOCATION, location);
    }
    response
        .body(Bytes::from_static(body.as_bytes()))
        .ok()
        .map(Outcome::Response)
}

fn http(right: &RawResponse, length: usize, body: &[u8]) -> Vec<u8> {
    let mut bytes = head(right, &format!("Content-Length: {length}"));
    bytes.extend_from_slice(body);
    bytes
}

fn head(right: &RawResponse, length: &str) -> Vec<u8> {
    let reason = if right.status == 200 {
        "OK"
    } else {
        "Internal Server Error"
    };
    format!(
        "HTTP/1.1 {} {reason}\r\nContent-Type: {}\r\n{length}\r\n\r\n",
        right.status, right.content_type
    )
    .into_bytes()
}
