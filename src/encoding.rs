//! What the system under test says, as text. Programs on Japanese machines still write `Shift_JIS` where nobody tells
//! them otherwise, and a harness that cannot read that must not take 可 and 否 for the same.
//!
//! A byte that is no character of its encoding stands in the text as a character of its own, so that different bytes
//! never make the same text; [`shown`] writes it as `\x83`.

use encoding_rs::{
    DecoderResult, EUC_JP, Encoding, ISO_2022_JP, SHIFT_JIS, UTF_8, UTF_16BE, UTF_16LE,
};

use crate::{expect::named as called, text::Text};

/// The encodings that are named where one is not known.
pub const USUAL: [&str; 5] = ["shift_jis", "euc-jp", "iso-2022-jp", "utf-16le", "utf-8"];

/// The first of the characters that stand for bytes: the end of a plane that nobody uses.
const BYTE: u32 = 0x10_ff00;

/// An encoding by its name, as the web has them; `cp932` is what Windows calls the commonest.
pub fn named(name: &str) -> Option<&'static Encoding> {
    if name.trim().eq_ignore_ascii_case("cp932") {
        return Some(SHIFT_JIS);
    }
    Encoding::for_label_no_replacement(name.as_bytes())
}

/// The encoding that a `Content-Type` names, where it names one that is known.
pub fn of_content_type(value: &str) -> Option<&'static Encoding> {
    value.split(';').skip(1).find_map(|parameter| {
        let (name, value) = parameter.split_once('=')?;
        let charset = name.trim().eq_ignore_ascii_case("charset");
        charset
            .then(|| named(value.trim().trim_matches('"')))
            .flatten()
    })
}

/// Bytes that were read as text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reading {
    /// The text, line feeds alone between its lines, and no byte order mark before it.
    pub text: String,
    /// Whether a byte order mark stood before it.
    pub marked: bool,
    /// What is wrong with the encoding, where something is.
    pub foreign: Option<Foreign>,
}

/// Bytes that are not in the encoding as which they were read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Foreign {
    /// As what they were read.
    pub read_as: &'static str,
    /// What they look like instead.
    pub looks_like: Option<&'static str>,
}

/// Reads bytes as text: as their byte order mark says, else in the encoding given, else in UTF-8.
pub fn read(bytes: &[u8], encoding: Option<&'static Encoding>) -> Reading {
    let (encoding, mark) =
        Encoding::for_bom(bytes).unwrap_or_else(|| (encoding.unwrap_or(UTF_8), 0));
    let bytes = bytes.get(mark..).unwrap_or_default();
    let (text, whole) = decoded(bytes, encoding);
    let looks_like = if whole {
        // Each of these is made of characters of UTF-8, though not of those that anybody writes.
        let zeros = text.matches('\0').count();
        match encoding == UTF_8 {
            true if text.contains("\x1b$B") => looks(bytes, &[ISO_2022_JP]),
            true if zeros > 0 && zeros * 4 >= bytes.len() => looks(bytes, &[UTF_16LE, UTF_16BE]),
            true | false => None,
        }
    } else {
        looks(bytes, &[EUC_JP, SHIFT_JIS, UTF_8])
    };
    Reading {
        text: text.replace("\r\n", "\n"),
        marked: mark > 0,
        foreign: (!whole || looks_like.is_some()).then_some(Foreign {
            read_as: encoding.name(),
            looks_like,
        }),
    }
}

/// The text, and whether all bytes were characters.
fn decoded(bytes: &[u8], encoding: &'static Encoding) -> (String, bool) {
    let mut decoder = encoding.new_decoder_without_bom_handling();
    let (mut text, mut at, mut whole) = (String::new(), 0, true);
    loop {
        let rest = bytes.get(at..).unwrap_or_default();
        let room = decoder.max_utf8_buffer_length_without_replacement(rest.len());
        text.reserve(room.unwrap_or(rest.len()));
        let (result, read) = decoder.decode_to_string_without_replacement(rest, &mut text, true);
        at += read;
        match result {
            DecoderResult::InputEmpty => break,
            DecoderResult::OutputFull => {}
            DecoderResult::Malformed(count, after) => {
                whole = false;
                let end = at.saturating_sub(usize::from(after));
                let wrong = bytes.get(end.saturating_sub(usize::from(count))..end);
                text.extend(
                    wrong
                        .unwrap_or_default()
                        .iter()
                        .copied()
                        .filter_map(stand_in),
                );
            }
        }
    }
    (text, whole)
}

fn stand_in(byte: u8) -> Option<char> {
    char::from_u32(BYTE + u32::from(byte))
}

/// The byte that a character stands for.
fn stood_for(c: char) -> Option<u8> {
    u32::from(c)
        .checked_sub(BYTE)
        .and_then(|byte| u8::try_from(byte).ok())
}

/// The first of these encodings in which the bytes are text as people write it.
fn looks(bytes: &[u8], candidates: &[&'static Encoding]) -> Option<&'static str> {
    let likely = |encoding: &&&'static Encoding| {
        let (text, whole) = decoded(bytes, encoding);
        let odd = |c: char| c.is_control() && !matches!(c, '\n' | '\r' | '\t' | '\x1b');
        whole && !text.chars().any(odd) && text.chars().any(char::is_alphabetic)
    };
    candidates
        .iter()
        .find(likely)
        .map(|encoding| encoding.name())
}

impl Foreign {
    /// The line by which a snapshot says so.
    pub fn line(self) -> String {
        let Self {
            read_as,
            looks_like,
        } = self;
        match looks_like {
            Some(other) => format!("{LINE}{read_as}, perhaps {other}\n"),
            None => format!("{LINE}{read_as}\n"),
        }
    }

    /// For people; `what` was written.
    pub fn text(self, what: &str) -> Text {
        told(what, self.read_as, self.looks_like)
    }
}

/// How that line begins.
pub(crate) const LINE: &str = "encoding: not ";

fn told(what: &str, read_as: &str, looks_like: Option<&str>) -> Text {
    match looks_like {
        Some(other) => {
            let name = other.to_ascii_lowercase();
            Text::new(
                format!(
                    "{}は {read_as} ではありません。{other} と思われますので、手順に encoding = \"{name}\" を指定してください",
                    called(what)
                ),
                format!(
                    "{what} is not {read_as}; it looks like {other}: say encoding = \"{name}\" in the step"
                ),
            )
        }
        None => Text::new(
            format!(
                "{}は {read_as} ではありません。文字として読み取れないバイトは \\x83 のように表示します。文字コードが分かる場合は、手順に encoding を指定してください",
                called(what)
            ),
            format!(
                "{what} is not {read_as}; bytes that are no characters stand as \\x83; say in the step which 'encoding' it is, where it is one"
            ),
        ),
    }
}

/// What a snapshot says of an encoding, for people.
pub fn of_snapshot(content: &str) -> Option<Text> {
    let mut head = content.lines().take_while(|line| !line.is_empty());
    let said = head.find_map(|line| line.strip_prefix(LINE))?;
    // What came over HTTP begins with its status.
    let what = if content.starts_with(|c: char| c.is_ascii_digit()) {
        "body"
    } else {
        "stdout"
    };
    Some(match said.split_once(", perhaps ") {
        Some((read_as, other)) => told(what, read_as, Some(other)),
        None => told(what, said, None),
    })
}

/// A text as it can be shown and compared line by line: bytes that are no characters as `\x83`, control characters as
/// `\u{1b}`. Backslashes before such a one are doubled, and before what would be taken for one, so that no two texts
/// are shown alike.
pub fn shown(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut slashes = 0;
    for (at, c) in text.char_indices() {
        if c == '\\' {
            slashes += 1;
            continue;
        }
        let escaped = escape(c);
        let rest = text.get(at..).unwrap_or_default();
        let twice = slashes > 0 && (escaped.is_some() || seems_escaped(rest));
        out.extend(std::iter::repeat_n(
            '\\',
            if twice { 2 * slashes } else { slashes },
        ));
        slashes = 0;
        match escaped {
            Some(escaped) => out.push_str(&escaped),
            None => out.push(c),
        }
    }
    out.extend(std::iter::repeat_n('\\', slashes));
    out
}

fn escape(c: char) -> Option<String> {
    match stood_for(c) {
        Some(byte) => Some(format!("\\x{byte:02x}")),
        None if c.is_control() && !matches!(c, '\n' | '\t') => {
            Some(format!("\\u{{{:x}}}", u32::from(c)))
        }
        // A mark in the midst of a text cannot be seen.
        None if c == '\u{feff}' => Some("\\u{feff}".to_owned()),
        None => None,
    }
}

/// Whether a text after a backslash reads as what is escaped.
fn seems_escaped(rest: &str) -> bool {
    let hex = |from: usize| rest.as_bytes().get(from).is_some_and(u8::is_ascii_hexdigit);
    rest.starts_with("u{") || rest.starts_with('x') && hex(1) && hex(2)
}

impl Reading {
    /// The text as a snapshot has it, with the mark that stood before it.
    pub fn shown(&self, text: &str) -> String {
        let mark = if self.marked { "\\u{feff}" } else { "" };
        format!("{mark}{}", shown(text))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SHIFT_JIS_TEXT: &[u8] = b"\x93\xfa\x96\x7b\x8c\xea\r\n";

    #[test]
    fn a_text_is_read_as_its_mark_or_its_encoding_says() {
        let cases: [(&[u8], Option<&str>, &str); 6] = [
            (SHIFT_JIS_TEXT, Some("cp932"), "日本語\n"),
            (SHIFT_JIS_TEXT, Some("Windows-31J"), "日本語\n"),
            (b"\xc6\xfc\xcb\xdc\xb8\xec", Some("euc-jp"), "日本語"),
            (b"\x1b$BF|K\\8l\x1b(B\n", Some("iso-2022-jp"), "日本語\n"),
            ("\u{feff}日本語".as_bytes(), Some("shift_jis"), "日本語"),
            (b"\xff\xfe\xe5\x65\n\0", None, "日\n"),
        ];
        for (bytes, encoding, text) in cases {
            let reading = read(bytes, encoding.and_then(named));
            assert_eq!(reading.text, text);
            assert_eq!(reading.foreign, None);
        }
        assert_eq!(named("sift_jis"), None);
        let charset = |value| of_content_type(value).map(Encoding::name);
        assert_eq!(charset("text/html; Charset=\"x-sjis\""), Some("Shift_JIS"));
        assert_eq!(charset("text/html; charset=none"), None);
    }

    #[test]
    fn what_is_in_another_encoding_is_told_with_what_it_looks_like() {
        let cases: [(&[u8], Option<&str>); 7] = [
            (SHIFT_JIS_TEXT, Some("Shift_JIS")),
            (b"\x89\xc2\n", Some("Shift_JIS")),
            (b"\xc6\xfc\xcb\xdc\xb8\xec", Some("EUC-JP")),
            (b"\x1b$BF|K\\8l\x1b(B\n", Some("ISO-2022-JP")),
            (b"o\0k\0\n\0", Some("UTF-16LE")),
            (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\xff", None),
            (b"ok \xff\xff", None),
        ];
        for (bytes, looks_like) in cases {
            let foreign = read(bytes, None).foreign.unwrap();
            assert_eq!(foreign.looks_like, looks_like, "{bytes:?}");
            let head = format!("exit: 0\n{}\n", foreign.line());
            let told = foreign.text("stdout");
            assert_eq!(of_snapshot(&head), Some(told));
        }
        let other = read("日本語".as_bytes(), named("shift_jis")).foreign;
        assert_eq!(other.unwrap().looks_like, Some("UTF-8"));
        assert_eq!(read(b"\x1b[1mok\x1b[0m\0", None).foreign, None);
        assert_eq!(of_snapshot("exit: 0\n\nencoding: not UTF-8\n"), None);
    }

    #[test]
    fn no_two_different_outputs_are_shown_alike() {
        let outputs: [&[u8]; 16] = [
            b"\x89\xc2",
            b"\x94\xdb",
            b"\\x89\\xc2",
            b"\\\\x89\\xc2",
            b"\\\x89\xc2",
            b"\\\\\x89\xc2",
            b"\x1b",
            b"\\u{1b}",
            b"\\\x1b",
            b"\\\\u{1b}",
            b"\0",
            b"",
            "\u{feff}".as_bytes(),
            "\u{10ff89}".as_bytes(),
            "\u{fffd}".as_bytes(),
            b"\\u{feff}",
        ];
        let mut all: Vec<String> = Vec::new();
        for bytes in outputs {
            let reading = read(bytes, None);
            let shown = reading.shown(&reading.text);
            let controls = |c: char| c.is_control() || stood_for(c).is_some();
            assert!(!shown.contains(controls), "{shown:?}");
            assert!(!all.contains(&shown), "{shown:?}");
            all.push(shown);
        }
        assert_eq!(shown("C:\\new \\\\host\\x"), "C:\\new \\\\host\\x");
    }
}
