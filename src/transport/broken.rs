//! How an exchange broke: data that a scenario can expect, and words for people.

use std::{fmt, time::Duration};

use crate::{text::Text, transport::Cause};

/// How far an exchange got before it broke.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// Reading URL, certificate or key.
    Prepare,
    /// Finding the address of the name.
    Resolve,
    /// Connecting.
    Connect,
    /// Asking the proxy to connect.
    Proxy,
    /// The TLS handshake, or its end, which TLS 1.3 tells only when something is read.
    Tls,
    /// Sending, or waiting for the answer.
    Answer,
    /// Reading the answer.
    Body,
}

/// How an exchange ended that brought no answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// There was no connection.
    Refused,
    /// One of both sides refused the other in the TLS handshake, be it at once or when the first byte was to be read.
    TlsRefused,
    /// The connection was closed before the answer began.
    Closed,
    /// The connection was closed in the midst of the answer.
    Cut,
    /// Nothing, or not all, came in time.
    Timeout,
    /// What came is no HTTP.
    NotHttp,
    /// The answer is larger than what is read.
    TooLarge,
    /// The answer is compressed, which nobody asked for.
    Encoded,
}

impl Outcome {
    /// All of them.
    pub const ALL: [Self; 8] = [
        Self::Refused,
        Self::TlsRefused,
        Self::Closed,
        Self::Cut,
        Self::Timeout,
        Self::NotHttp,
        Self::TooLarge,
        Self::Encoded,
    ];

    /// As scenarios and snapshots write it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Refused => "refused",
            Self::TlsRefused => "tls-refused",
            Self::Closed => "closed",
            Self::Cut => "cut",
            Self::Timeout => "timeout",
            Self::NotHttp => "not-http",
            Self::TooLarge => "too-large",
            Self::Encoded => "encoded",
        }
    }

    /// What it is, in Japanese.
    pub fn in_japanese(self) -> &'static str {
        match self {
            Self::Refused => "接続できない",
            Self::TlsRefused => {
                "TLSの接続を確立できない（最初の応答を読むときに判明する場合を含む）"
            }
            Self::Closed => "応答の前に切断された",
            Self::Cut => "応答の途中で切断された",
            Self::Timeout => "時間内に応答がない、又は応答が終わらない",
            Self::NotHttp => "HTTPではないものが届いた",
            Self::TooLarge => "応答が大きすぎる",
            Self::Encoded => "応答が圧縮されている",
        }
    }
}

/// A broken exchange.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Broken {
    /// How far it got.
    pub stage: Stage,
    /// How it ended; none where it never began.
    pub outcome: Option<Outcome>,
    /// Why.
    pub why: Text,
    /// What kind of trouble it is, where it has one that says more than stage and outcome.
    pub cause: Option<Cause>,
}

impl fmt::Display for Broken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text().en)
    }
}

impl std::error::Error for Broken {}

impl Broken {
    /// One that never began, since something that it needs is not right.
    pub fn unprepared(why: Text) -> Self {
        Self {
            stage: Stage::Prepare,
            outcome: None,
            why,
            cause: None,
        }
    }

    /// The same with its kind.
    pub(super) fn caused(self, cause: Option<Cause>) -> Self {
        Self { cause, ..self }
    }

    /// For people.
    pub fn text(&self) -> Text {
        let (ja, en) = match self.stage {
            Stage::Prepare => ("送信の準備ができません", "could not prepare to send"),
            Stage::Resolve => (
                "接続先の名前を解決できません",
                "the target's name could not be resolved",
            ),
            Stage::Connect => ("接続できません", "could not connect"),
            Stage::Proxy => (
                "プロキシを経由して接続できません",
                "could not connect through the proxy",
            ),
            Stage::Tls => ("TLSの接続を確立できません", "the TLS handshake failed"),
            Stage::Answer => ("応答がありません", "there was no answer"),
            Stage::Body => (
                "応答を最後まで受信できません",
                "the answer did not come whole",
            ),
        };
        let outcome = self
            .outcome
            .map(|outcome| format!(" [{}]", outcome.as_str()))
            .unwrap_or_default();
        Text::new(
            format!("{ja}（{}）", self.why.ja),
            format!("{en}{outcome}: {}", self.why.en),
        )
    }
}

pub(super) fn prepare(why: Text) -> Broken {
    Broken::unprepared(why)
}

/// What cannot stand where it is written.
pub(super) fn unfit(what: &str, written: &str) -> Broken {
    prepare(Text::new(
        format!("「{written}」は {what} に使用できません"),
        format!("'{written}' cannot be used as {what}"),
    ))
}

pub(super) fn broken(stage: Stage, outcome: Outcome, why: Text) -> Broken {
    Broken {
        stage,
        outcome: Some(outcome),
        why,
        cause: None,
    }
}

pub(super) fn late(stage: Stage, patience: Duration) -> Broken {
    let seconds = patience.as_secs_f64();
    broken(
        stage,
        Outcome::Timeout,
        Text::new(
            format!("{seconds}秒以内に完了しませんでした"),
            format!("not done within {seconds} s"),
        ),
    )
}
