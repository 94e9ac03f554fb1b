//! What came back, read to its end or to the limit.

use http_body_util::BodyExt as _;
use hyper::{
    Response,
    body::Incoming,
    header::{CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE, HeaderMap},
};
use tokio::time::{Instant, timeout_at};

use crate::{
    text::{Text, counted},
    transport::{Broken, Limits, Outcome, Stage, broken, late, reason},
};

/// What came back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// The HTTP status.
    pub status: u16,
    /// The headers as they came, names in lower case.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Vec<u8>,
}

impl Answer {
    /// The values of a header, in the order in which they came.
    pub fn header(&self, name: &str) -> Vec<&str> {
        self.headers
            .iter()
            .filter(|(known, _)| known.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.as_str())
            .collect()
    }

    /// `Content-Type`; empty where there is none.
    pub fn content_type(&self) -> String {
        self.header(CONTENT_TYPE.as_str()).join(", ")
    }
}

/// The most of a too large answer that is kept, as a multiple of the limit: a target may send without end.
const KEPT: usize = 16;

/// Where the bytes of an answer go that is none, from its first byte on: one too large for memory as they come, and one
/// that did not come whole.
pub type Overflow<'a> = &'a mut (dyn FnMut(&[u8]) + Send);

/// Reads an answer whose head has come.
pub(super) async fn came(
    response: Response<Incoming>,
    deadline: Instant,
    limits: Limits,
    overflow: Overflow<'_>,
) -> Result<Answer, Broken> {
    let (parts, body) = response.into_parts();
    unencoded(&parts.headers)?;
    let mut kept = Vec::new();
    let read = whole(body, &parts.headers, limits.body, &mut kept, &mut *overflow);
    let read = timeout_at(deadline, read).await;
    if let Err(broken) = read.unwrap_or_else(|_| Err(late(Stage::Body, limits.patience))) {
        if !kept.is_empty() {
            overflow(&kept);
        }
        return Err(broken);
    }
    let headers = parts.headers.iter().map(|(name, value)| {
        let value = String::from_utf8_lossy(value.as_bytes()).into_owned();
        (name.as_str().to_owned(), value)
    });
    Ok(Answer {
        status: parts.status.as_u16(),
        headers: headers.collect(),
        body: kept,
    })
}

/// Nothing can be looked through that is compressed, and nobody asks for it.
fn unencoded(headers: &HeaderMap) -> Result<(), Broken> {
    let codings = headers.get_all(CONTENT_ENCODING).iter();
    let codings = codings.filter_map(|coding| coding.to_str().ok());
    let mut codings = codings.flat_map(|codings| codings.split(','));
    let Some(coding) = codings.find(|coding| !coding.trim().eq_ignore_ascii_case("identity"))
    else {
        return Ok(());
    };
    let coding = coding.trim();
    Err(broken(
        Stage::Body,
        Outcome::Encoded,
        Text::new(
            format!(
                "圧縮された応答（Content-Encoding: {coding}）です。圧縮は求めておらず、個人番号の有無を確認できないため、保存していません。接続先の圧縮の設定を解除してください"
            ),
            format!(
                "the answer is compressed (Content-Encoding: {coding}) although nobody asked for it; it cannot be looked through for individual numbers, so it was not kept; have that turned off at the target"
            ),
        ),
    ))
}

/// Reads a body to its end. One that is larger than the limit leaves memory as it comes, and is no answer.
async fn whole(
    mut body: Incoming,
    headers: &HeaderMap,
    limit: usize,
    kept: &mut Vec<u8>,
    overflow: Overflow<'_>,
) -> Result<(), Broken> {
    let announced = headers
        .get(CONTENT_LENGTH)
        .and_then(|length| length.to_str().ok()?.parse::<usize>().ok());
    let mut large = announced.is_some_and(|announced| announced > limit);
    let mut came = 0_usize;
    if !large {
        kept.reserve_exact(announced.unwrap_or(0));
    }
    while let Some(frame) = body.frame().await {
        let data = match frame.map(hyper::body::Frame::into_data) {
            Ok(Ok(data)) => data,
            // Trailers say nothing here.
            Ok(Err(_)) => continue,
            Err(_) if came > limit => break,
            Err(error) => return Err(cut(came, announced, &error)),
        };
        came = came.saturating_add(data.len());
        if came > limit && !large {
            large = true;
            overflow(kept);
            *kept = Vec::new();
        }
        if large {
            overflow(&data);
        } else {
            // Twice as much each time, but never more than the limit.
            let room = kept.capacity() - kept.len();
            if room < data.len() {
                let more = kept.len().min(limit - kept.len());
                kept.reserve_exact(more.max(data.len()));
            }
            kept.extend_from_slice(&data);
        }
        if came / KEPT > limit {
            break;
        }
    }
    if large {
        let given_up = came / KEPT > limit;
        return Err(broken(
            Stage::Body,
            Outcome::TooLarge,
            Text::new(
                format!(
                    "応答が上限の{limit}バイトを超えています（受信{came}バイト{}）",
                    if given_up {
                        "。以降は受信していません"
                    } else {
                        ""
                    },
                ),
                format!(
                    "the answer is larger than {}: {came} came{}",
                    counted(limit, "byte"),
                    if given_up {
                        ", and the rest was not read"
                    } else {
                        ""
                    },
                ),
            ),
        ));
    }
    Ok(())
}

fn cut(came: usize, announced: Option<usize>, error: &hyper::Error) -> Broken {
    let Text { ja, en } = reason::of(error);
    let text = match announced {
        Some(announced) => Text::new(
            format!("{announced}バイトのうち{came}バイトを受信しました。{ja}"),
            format!(
                "the connection ended after {came} of {}: {en}",
                counted(announced, "byte")
            ),
        ),
        None => Text::new(
            format!("{came}バイトを受信しました。{ja}"),
            format!("the connection ended after {}: {en}", counted(came, "byte")),
        ),
    };
    broken(Stage::Body, Outcome::Cut, text)
}
