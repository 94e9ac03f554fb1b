//! Lies of the transport: what a broken or dishonest server does to a right answer.
//!
//! Each entry changes every answer that it applies to; where an answer has nothing to spoil it is left alone.
//! Deliberately absent: lies about what an answer means, which the network tells itself.

mod spoil;
mod xml;

use serde::{Deserialize, Serialize};

use crate::{network::lies::Lie, text::Text};

pub(crate) use spoil::Outcome;

macro_rules! spoils {
    ($($name:ident $ja:literal $en:literal),* $(,)?) => {
        /// A way in which the bytes of an answer, or the connection under it, are spoilt.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(rename_all = "kebab-case")]
        pub enum Spoil {
            $(#[doc = $en] $name,)*
        }

        impl Spoil {
            /// All of them.
            pub const ALL: &[Self] = &[$(Self::$name),*];

            /// What it does.
            pub fn text(self) -> Text {
                let (ja, en) = match self {
                    $(Self::$name => ($ja, $en),)*
                };
                Text::fixed(ja, en)
            }
        }
    };
}

spoils! {
    WrongNamespace "名前空間が異なる" "the namespace is that of another version",
    TruncatedBody "本文が途中で終わる（Content-Lengthはその長さに一致）" "the body ends in the middle, and Content-Length agrees with what is left",
    ContentLengthTooLong "Content-Lengthが本文より長い" "Content-Length promises more than is sent",
    ContentLengthTooShort "Content-Lengthが本文より短い" "Content-Length promises less than is sent",
    WrongCharset "Content-Typeの文字符号化方式が本文と異なる" "Content-Type names another charset than the body's",
    CharsetLie "UTF-8と示しながら本文はUTF-16である" "the body is in UTF-16 while UTF-8 is said",
    WrongMediaType "Content-TypeがXMLではない" "Content-Type is not that of XML",
    ExtraElement "余分な要素がある" "there is an element too many",
    MissingElement "要素が欠けている" "there is an element too few",
    DuplicatedElement "要素が重複している" "an element stands twice",
    FaultWithOk "拒否を状態コード200で返す" "a fault is sent with status 200",
    EmptyBody "状態コード200で本文がない" "status 200 comes without a body",
    HtmlInsteadOfXml "XMLではなくHTMLのエラー画面を返す" "an HTML error page comes in the place of XML",
    Redirect "別の接続先へ転送を指示する" "a redirect to another place is answered",
    ChunkedGarbage "チャンク形式の長さ表示が壊れている" "the length of a chunk is garbage",
    Late "制限時間を超えても応答しない" "the answer is held back beyond every limit",
    CloseBeforeApply "要求を処理せずに接続を切る" "the connection is closed, and the request is not carried out",
    TooBusy "同時接続数が上限に達したとして、要求を処理せずに拒否する" "the request is refused as one connection too many, and not carried out",
    CloseBeforeAnswer "要求を処理した後、応答せずに接続を切る" "the request is carried out, and the connection closed before the answer",
    CutInAnswer "応答の途中で接続が切れる" "the connection is cut in the middle of the answer",
    Reset "要求を処理した後、接続をリセットする" "the request is carried out, and the connection reset",
    AnswerTwice "一つの本文に応答が二つある" "the body holds the answer twice",
    ResponseTwice "HTTP応答を二度返す" "the HTTP response is sent twice",
    AnswerForAnotherRequest "別の要求への応答を返す" "the answer names another request",
    TimeOutOfZone "日時の時差表示が異なる" "times are marked with another zone, their figures unchanged",
    WrongEra "日付の元号を取り違える（30年のずれ）" "dates are of the wrong era: thirty years off",
    FigureOffByOne "数値が1多い" "a figure is one too high",
    CharacterReplaced "文字が別の文字に置き換わる" "a character is replaced by another",
    CharacterExpanded "一文字が複数の文字に置き換わる" "one character becomes several",
}

/// A misbehaviour of a world, of whichever kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum Misbehaviour {
    /// The bytes or the connection are spoilt.
    Spoil(Spoil),
    /// The network answers what is wrong.
    Lie(Lie),
}

impl Misbehaviour {
    /// All of them.
    pub fn all() -> impl Iterator<Item = Self> {
        let lies = Lie::ALL.iter().copied().map(Self::Lie);
        Spoil::ALL.iter().copied().map(Self::Spoil).chain(lies)
    }

    /// The one that control knows by this name.
    pub fn named(name: &str) -> Option<Self> {
        Self::all().find(|misbehaviour| misbehaviour.name() == name)
    }

    /// The name that control knows it by.
    pub fn name(self) -> String {
        serde_json::to_value(self)
            .ok()
            .and_then(|value| value.as_str().map(str::to_owned))
            .unwrap_or_default()
    }

    /// What it does.
    pub fn text(self) -> Text {
        match self {
            Self::Spoil(spoil) => spoil.text(),
            Self::Lie(lie) => lie.text(),
        }
    }
}
