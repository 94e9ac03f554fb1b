//! The lines that stand above the body of a snapshot, for whoever reads Japanese. The file itself has them in one language,
//! whatever the language of the run.

use crate::{encoding, text::Lang, transport::Outcome};

/// How the line begins that says what a snapshot leaves out.
pub(crate) const LEFT_OUT: &str = "left out: ";

/// A snapshot, or a difference of two, as it is shown.
pub fn shown(text: &str, lang: Lang) -> String {
    if lang == Lang::En {
        return text.to_owned();
    }
    let mut above = true;
    let lines = text.lines().map(|line| {
        let signed = line
            .get(..2)
            .filter(|sign| ["- ", "+ ", "  "].contains(sign));
        let sign = signed.unwrap_or_default();
        let rest = line.get(sign.len()..).unwrap_or_default();
        above &= !rest.is_empty() && !line.starts_with("@ ");
        let more = line
            .strip_prefix("… (+")
            .and_then(|rest| rest.strip_suffix(')'));
        match (in_japanese(rest).filter(|_| above), more) {
            (Some(told), _) => format!("{sign}{told}"),
            (None, Some(more)) => format!("…（ほか{more}行）"),
            (None, None) => line.to_owned(),
        }
    });
    lines.collect::<Vec<_>>().join("\n")
}

/// How a program or an exchange ended, or what a call was answered with; none where a line tells nothing of this.
pub fn in_japanese(line: &str) -> Option<String> {
    if line == "timeout" {
        return Some("時間切れ".to_owned());
    }
    if let Some(said) = line.strip_prefix(encoding::LINE) {
        return Some(match said.split_once(", perhaps ") {
            Some((read_as, other)) => format!("文字コード: {read_as} 以外（{other} と推定）"),
            None => format!("文字コード: {said} 以外"),
        });
    }
    if let Some(said) = line.strip_prefix(LEFT_OUT) {
        let (bytes, hash) = said.split_once(" bytes at the end, ")?;
        return Some(format!("省略: 末尾の{bytes}バイト、{hash}"));
    }
    let (word, value) = line.split_once(' ')?;
    let value = match (word.trim_end_matches(':'), value) {
        ("outcome", value) => {
            let mut known = Outcome::ALL.into_iter();
            let known = known.find(|outcome| outcome.as_str() == value)?;
            known.in_japanese()
        }
        ("Answer", "none") => "なし",
        _ => value,
    };
    let word = match word.trim_end_matches(':') {
        "exit" => "終了コード",
        "signal" => "シグナル",
        "outcome" => "通信の結果",
        "Answer" => "応答",
        _ => return None,
    };
    Some(format!("{word}: {value}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_stands_above_the_body_is_told_in_japanese() {
        for (text, ja) in [
            ("exit: 75\n\nexit: 1\n", "終了コード: 75\n\nexit: 1"),
            (
                "- exit: 0\n+ timeout\n  \n- timeout",
                "- 終了コード: 0\n+ 時間切れ\n  \n- timeout",
            ),
            ("@ s:Body\n- exit: 0", "@ s:Body\n- exit: 0"),
            (
                "POST /master\nAnswer: 500 F-1\n\n<a/>",
                "POST /master\n応答: 500 F-1\n\n<a/>",
            ),
            (
                "exit: 0\nencoding: not UTF-8, perhaps Shift_JIS\nleft out: 7 bytes at the end, SHA-256 ab\n",
                "終了コード: 0\n文字コード: UTF-8 以外（Shift_JIS と推定）\n省略: 末尾の7バイト、SHA-256 ab",
            ),
            ("<a/>\n… (+3)", "<a/>\n…（ほか3行）"),
            ("outcome: cut", "通信の結果: 応答の途中で切断された"),
            ("200 text/xml\n\n<a/>", "200 text/xml\n\n<a/>"),
        ] {
            assert_eq!(shown(text, Lang::Ja), ja);
            assert_eq!(shown(text, Lang::En), text);
        }
    }
}
