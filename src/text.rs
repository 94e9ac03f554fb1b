//! What people read, in Japanese and English. A missing language does not compile.

use std::{fmt, io, time::Duration};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The language of what is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lang {
    /// Japanese.
    Ja,
    /// English.
    En,
}

/// One text in both languages.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Text {
    /// Japanese, as an official would write it.
    pub ja: String,
    /// English.
    pub en: String,
}

/// Stands in no file, since TOML and XML forbid it.
const SEPARATOR: char = '\u{1f}';

/// What is written in the place of a full-width sign, or of one that only looks like a quote or a hyphen.
pub(crate) fn half(c: char) -> Option<char> {
    match c {
        '\u{3000}' => Some(' '),
        '！'..='～' => u32::from(c).checked_sub(0xfee0).and_then(char::from_u32),
        '“' | '”' | '„' | '「' | '」' => Some('"'),
        '‘' | '’' => Some('\''),
        '、' => Some(','),
        '。' => Some('.'),
        '‐' | '‑' | '–' | '−' | 'ー' => Some('-'),
        _ => None,
    }
}

/// A name as it is meant where it was written full-width.
pub(crate) fn half_width(written: &str) -> String {
    let halves = written.trim().chars();
    halves.map(|c| half(c).unwrap_or(c)).collect()
}

/// Bytes such as those of a hash, as they are shown.
pub(crate) fn hex(bytes: &[u8]) -> String {
    let digits: Vec<String> = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    digits.concat()
}

/// A count with its noun, in English: `1 day`, `2 days`.
pub(crate) fn counted<N: Copy + fmt::Display + PartialEq + From<u8>>(
    count: N,
    noun: &str,
) -> String {
    let end = if count == N::from(1) { "" } else { "s" };
    format!("{count} {noun}{end}")
}

impl Text {
    /// Both languages of one text.
    pub fn new(ja: impl Into<String>, en: impl Into<String>) -> Self {
        Self {
            ja: ja.into(),
            en: en.into(),
        }
    }

    /// Both languages in one string, for errors that pass through a reader that knows one only.
    pub(crate) fn joined(&self) -> String {
        format!("{}{SEPARATOR}{}", self.ja, self.en)
    }

    /// The two languages that [`Text::joined`] put together.
    pub(crate) fn split(joined: &str) -> Option<Self> {
        joined
            .split_once(SEPARATOR)
            .map(|(ja, en)| Self::new(ja, en))
    }

    /// A length of time, in English as scenarios write it.
    pub fn of_duration(duration: Duration) -> Self {
        let milliseconds = duration.as_millis();
        let units = [
            (3_600_000, "時間", "h"),
            (60_000, "分", "m"),
            (1_000, "秒", "s"),
        ];
        let whole = units
            .into_iter()
            .find(|(unit, ..)| milliseconds >= *unit && milliseconds.is_multiple_of(*unit));
        let (unit, ja, en) = whole.unwrap_or((1, "ミリ秒", "ms"));
        let count = milliseconds / unit;
        Self::new(format!("{count}{ja}"), format!("{count}{en}"))
    }

    /// What the system says of a file or a connection: it speaks one language, so the commonest are told here.
    pub fn of_io(error: &io::Error) -> Self {
        let known = [
            (
                io::ErrorKind::NotFound,
                "ファイル又はフォルダーがありません",
            ),
            (io::ErrorKind::PermissionDenied, "アクセス権がありません"),
            (
                io::ErrorKind::ReadOnlyFilesystem,
                "書込みが禁止されています",
            ),
            (io::ErrorKind::StorageFull, "空き容量が不足しています"),
            (
                io::ErrorKind::AlreadyExists,
                "同じ名前のファイル又はフォルダーが既にあります",
            ),
            (io::ErrorKind::NotADirectory, "フォルダーではありません"),
            (
                io::ErrorKind::IsADirectory,
                "ファイルではなくフォルダーです",
            ),
            (io::ErrorKind::AddrInUse, "他のプログラムが使用しています"),
            (
                io::ErrorKind::AddrNotAvailable,
                "この機器のアドレスではありません",
            ),
            (io::ErrorKind::ConnectionRefused, "接続を拒否されました"),
            (io::ErrorKind::ConnectionReset, "接続を切断されました"),
            (io::ErrorKind::ConnectionAborted, "接続が中断されました"),
            (io::ErrorKind::NotConnected, "接続されていません"),
            (io::ErrorKind::BrokenPipe, "書込み先が閉じられました"),
            (
                io::ErrorKind::HostUnreachable,
                "接続先の機器に到達できません",
            ),
            (
                io::ErrorKind::NetworkUnreachable,
                "接続先のネットワークに到達できません",
            ),
            (io::ErrorKind::TimedOut, "時間内に応答がありません"),
            (
                io::ErrorKind::QuotaExceeded,
                "使用できる容量の上限を超えました",
            ),
            (io::ErrorKind::FileTooLarge, "ファイルが大きすぎます"),
            (io::ErrorKind::WriteZero, "書き込めません"),
            (io::ErrorKind::UnexpectedEof, "途中で終わっています"),
            (
                io::ErrorKind::ResourceBusy,
                "他のプログラムが使用しています",
            ),
            (
                io::ErrorKind::InvalidFilename,
                "ファイル名が長すぎるか、使用できない文字があります",
            ),
            (
                io::ErrorKind::DirectoryNotEmpty,
                "フォルダーが空ではありません",
            ),
            (io::ErrorKind::OutOfMemory, "メモリーが不足しています"),
            (
                io::ErrorKind::InvalidInput,
                "指定された名前又は値は使用できません",
            ),
        ];
        let mut own = error.to_string();
        // The system's number of it says nothing to whoever reads this.
        own.truncate(own.find(" (os error ").unwrap_or(own.len()));
        let known = known.into_iter().find(|(kind, _)| *kind == error.kind());
        let ja = match known {
            Some((_, ja)) => ja.to_owned(),
            // What has no kind of its own.
            None if own.starts_with("failed to lookup address") => {
                "ホスト名からアドレスを取得できません".to_owned()
            }
            None if own.contains("Too many open files") => {
                "同時に開けるファイルの数の上限に達しました".to_owned()
            }
            None if error.kind() == io::ErrorKind::InvalidData => {
                format!("内容を読み取れません: {own}")
            }
            None => format!("入出力の異常: {own}"),
        };
        Self::new(ja, own)
    }

    /// What the reader of regular expressions says of one: it shows it over several lines, and the last says what is
    /// wrong, in English and without a kind.
    pub(crate) fn of_pattern(error: &regex::Error) -> Self {
        let known = [
            ("unclosed group", "括弧 ( が閉じていません"),
            ("unopened group", "対応する ( のない ) があります"),
            ("unclosed character class", "括弧 [ が閉じていません"),
            (
                "repetition operator missing",
                "* + ? の前に繰り返すものがありません",
            ),
            ("repetition quantifier", "繰り返しの回数 { } が誤っています"),
            ("repetition count", "繰り返しの回数 { } が誤っています"),
            ("invalid character class range", "文字の範囲が逆です"),
            ("escape sequence", "\\ の後の文字が誤っています"),
            ("look-around", "先読み・後読みは使用できません"),
            ("backreferences", "後方参照は使用できません"),
        ];
        let own = error.to_string();
        let own = own.lines().last().unwrap_or_default();
        let own = own.trim_start_matches("error: ");
        let ja = known.into_iter().find(|(part, _)| own.contains(part));
        let ja = ja.map_or(own, |(_, ja)| ja);
        Self::new(ja, own)
    }

    /// The text in one language.
    pub fn get(&self, lang: Lang) -> &str {
        match lang {
            Lang::Ja => &self.ja,
            Lang::En => &self.en,
        }
    }
}

impl fmt::Display for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} / {}", self.ja, self.en)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_is_no_plural() {
        assert_eq!(counted(1_usize, "day"), "1 day");
        assert_eq!(counted(0_i64, "day"), "0 days");
        assert_eq!(counted(2_u64, "day"), "2 days");
    }

    #[test]
    fn a_length_of_time_is_told_in_its_largest_whole_unit() {
        for (milliseconds, ja, en) in [
            (0, "0ミリ秒", "0ms"),
            (300, "300ミリ秒", "300ms"),
            (1_500, "1500ミリ秒", "1500ms"),
            (5_000, "5秒", "5s"),
            (90_000, "90秒", "90s"),
            (600_000, "10分", "10m"),
            (7_200_000, "2時間", "2h"),
        ] {
            let told = Text::of_duration(Duration::from_millis(milliseconds));
            assert_eq!(told, Text::new(ja, en));
        }
    }
}
