//! Lies of the transport: what a broken or dishonest server does to a right answer.

use serde::{Deserialize, Serialize};

use crate::{text::Text, wire::RawResponse};

/// A way in which a world's answers are spoilt.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Misbehaviour {
    /// A fault is sent with status 200.
    FaultWithOk,
    /// Status 200 and no body.
    EmptyBody,
    /// The body ends in the middle.
    TruncatedBody,
    /// The namespace of another version.
    WrongNamespace,
    /// A charset other than the body's is named.
    WrongCharset,
    /// An element too many.
    ExtraElement,
    /// An element too few.
    MissingElement,
    /// A master's count is one too high.
    CountOffByOne,
    /// A master's digest is another's.
    WrongDigest,
    /// An older version is shown as the one in force.
    StaleMasterVersion,
    /// The time of the answer is in another zone.
    TimeOutOfZone,
    /// The answer belongs to another request.
    AnswerForAnotherRequest,
    /// The connection is closed before the answer.
    CloseBeforeAnswer,
}

impl Misbehaviour {
    /// All of them.
    pub const ALL: [Self; 13] = [
        Self::FaultWithOk,
        Self::EmptyBody,
        Self::TruncatedBody,
        Self::WrongNamespace,
        Self::WrongCharset,
        Self::ExtraElement,
        Self::MissingElement,
        Self::CountOffByOne,
        Self::WrongDigest,
        Self::StaleMasterVersion,
        Self::TimeOutOfZone,
        Self::AnswerForAnotherRequest,
        Self::CloseBeforeAnswer,
    ];

    /// What it does.
    pub fn text(self) -> Text {
        let (ja, en) = match self {
            Self::FaultWithOk => (
                "拒否を状態コード200で返す",
                "a fault is sent with status 200",
            ),
            Self::EmptyBody => ("状態コード200で本文がない", "status 200 and no body"),
            Self::TruncatedBody => ("本文が途中で終わる", "the body ends in the middle"),
            Self::WrongNamespace => ("名前空間が異なる", "the namespace of another version"),
            Self::WrongCharset => ("文字符号化方式の表示が異なる", "a wrong charset is named"),
            Self::ExtraElement => ("余分な要素がある", "an element too many"),
            Self::MissingElement => ("要素が欠けている", "an element too few"),
            Self::CountOffByOne => ("件数が1件多い", "a master's count is one too high"),
            Self::WrongDigest => ("ハッシュ値が異なる", "a digest is not the master's"),
            Self::StaleMasterVersion => (
                "旧版を適用中と示す",
                "an older version is shown as in force",
            ),
            Self::TimeOutOfZone => (
                "日時の時差が異なる",
                "the time of the answer is in another zone",
            ),
            Self::AnswerForAnotherRequest => (
                "別の要求への応答を返す",
                "the answer belongs to another request",
            ),
            Self::CloseBeforeAnswer => (
                "応答前に接続を切る",
                "the connection is closed before the answer",
            ),
        };
        Text::new(ja, en)
    }

    /// The answer, spoilt; `None` where no answer is sent at all.
    pub(crate) fn spoil(self, mut response: RawResponse) -> Option<RawResponse> {
        let text = String::from_utf8_lossy(&response.body).into_owned();
        let spoilt = match self {
            Self::CloseBeforeAnswer => return None,
            Self::FaultWithOk => {
                response.status = 200;
                text
            }
            Self::EmptyBody => {
                response.status = 200;
                String::new()
            }
            Self::TruncatedBody => text.chars().take(text.chars().count() / 2).collect(),
            Self::WrongNamespace => text.replace("unofficial:v1", "unofficial:v2"),
            Self::WrongCharset => {
                response.content_type = "text/xml; charset=Shift_JIS";
                text
            }
            Self::ExtraElement => text.replace("</s:Body>", "<n:Extra/></s:Body>"),
            Self::MissingElement => without_first(&text, "<n:RequestId>", "</n:RequestId>"),
            Self::CountOffByOne => text.replacen("<n:Count>7</n:Count>", "<n:Count>8</n:Count>", 1),
            Self::WrongDigest => text.replacen("sha256:", "sha256:0", 1),
            Self::StaleMasterVersion => text
                .replace(">in-force<", ">future<")
                .replace(">past<", ">in-force<"),
            Self::TimeOutOfZone => text.replacen("+09:00</n:AnsweredAt>", "Z</n:AnsweredAt>", 1),
            Self::AnswerForAnotherRequest => {
                without_first(&text, "<n:RequestId>", "</n:RequestId>").replacen(
                    "<n:Receipt>",
                    "<n:Receipt><n:RequestId>another-request</n:RequestId>",
                    1,
                )
            }
        };
        response.body = spoilt.into_bytes();
        Some(response)
    }
}

fn without_first(text: &str, open: &str, close: &str) -> String {
    match text
        .split_once(open)
        .and_then(|(before, rest)| Some((before, rest.split_once(close)?.1)))
    {
        Some((before, after)) => format!("{before}{after}"),
        None => text.to_owned(),
    }
}
