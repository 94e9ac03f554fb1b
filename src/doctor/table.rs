//! The sections of a diagnosis on a terminal of 80 columns: a line for each layer, and below what is wrong with what to
//! do next, each once.

use std::io::{self, Write};

use unicode_width::{UnicodeWidthChar as _, UnicodeWidthStr as _};

use crate::{
    doctor::{Layer, Row, Section, State, Trouble},
    text::{Lang, Text},
};

/// The width of a terminal that everybody has.
const WIDTH: usize = 80;
/// The widths of the columns for state and layer.
const STATE: usize = 6;
const LAYER: usize = 16;

/// What stands above the sections.
#[derive(Clone, Debug)]
pub struct Head {
    /// What was looked at.
    pub target: Text,
    /// Whether no message was sent, since it may leave a record.
    pub silent: bool,
}

/// Shows the sections.
pub fn table(out: &mut dyn Write, head: &Head, sections: &[Section], lang: Lang) -> io::Result<()> {
    paragraph(out, head.target.get(lang), "", "")?;
    let mut troubles: Vec<&Trouble> = Vec::new();
    for section in sections {
        writeln!(out)?;
        match &section.identity {
            None => {
                let endpoints = section.endpoints.join(", ");
                let text = match lang {
                    Lang::Ja => format!("{}（{endpoints}）", section.place),
                    Lang::En => format!("{} ({endpoints})", section.place),
                };
                paragraph(out, &text, "", "")?;
            }
            Some(identity) => {
                let text = Text::new(format!("送信者 {identity}"), format!("as {identity}"));
                let text = format!("{} → {}", text.get(lang), section.place);
                paragraph(out, &text, "", "")?;
            }
        }
        for row in &section.rows {
            let number = row.trouble.as_ref().map(|trouble| {
                let known = troubles.iter().position(|known| *known == trouble);
                known.unwrap_or_else(|| {
                    troubles.push(trouble);
                    troubles.len() - 1
                }) + 1
            });
            line(out, row, number, lang)?;
        }
    }
    if head.silent {
        let text = Text::new(
            "本番環境（production = true）のため、電文は送信していません。TLSの確立までは接続先に記録の対象となる処理が生じませんが、その先では、照会でなくても機関名での利用の記録が残ることがあります。HTTP以降の項目は確認していません。",
            "this is the production network (production = true), so no message was sent: the handshake leaves no record of use, and any message after it may leave one in the institution's name. The layers from HTTP on were not looked at",
        );
        writeln!(out)?;
        paragraph(out, text.get(lang), "", "")?;
    }
    for (at, trouble) in troubles.iter().enumerate() {
        writeln!(out)?;
        let first = format!("[{}] ", at + 1);
        let space = " ".repeat(first.width());
        paragraph(out, trouble.text().get(lang), &first, &space)?;
        let next = Text::new("次の対応: ", "next: ");
        let first = format!("{space}{}", next.get(lang));
        let rest = " ".repeat(first.width());
        paragraph(out, trouble.next().get(lang), &first, &rest)?;
    }
    writeln!(out)?;
    let count = |state| {
        let rows = sections.iter().flat_map(|section| &section.rows);
        rows.filter(|row| row.state == state).count()
    };
    let (failed, warned) = (count(State::Failed), count(State::Warned));
    let unseen = count(State::NotObserved);
    let text = Text::new(
        format!("異常{failed}件、注意{warned}件、未確認{unseen}件"),
        format!("{failed} wrong, {warned} to look after, {unseen} not observed"),
    );
    paragraph(out, text.get(lang), "", "")
}

fn line(out: &mut dyn Write, row: &Row, number: Option<usize>, lang: Lang) -> io::Result<()> {
    let (ja, en) = match row.state {
        State::Good => ("正常", "ok"),
        State::Warned => ("注意", "look"),
        State::Failed => ("異常", "WRONG"),
        State::NotObserved => ("－", "-"),
    };
    let state = Text::new(ja, en);
    let name = name(row.layer);
    let first = format!(
        "  {}{}",
        padded(state.get(lang), STATE),
        padded(name.get(lang), LAYER)
    );
    let shown = match row.state {
        State::NotObserved if row.shown.en.is_empty() => Text::new("未確認", "not observed"),
        State::NotObserved | State::Good | State::Warned | State::Failed => row.shown.clone(),
    };
    let shown = shown.get(lang);
    let text = match number {
        Some(number) if shown.is_empty() => format!("[{number}]"),
        Some(number) => format!("{shown} [{number}]"),
        None => shown.to_owned(),
    };
    paragraph(out, &text, &first, &" ".repeat(first.width()))
}

fn padded(text: &str, width: usize) -> String {
    format!("{text}{}", " ".repeat(width.saturating_sub(text.width())))
}

/// Writes a text, broken where the terminal ends.
fn paragraph(out: &mut dyn Write, text: &str, first: &str, rest: &str) -> io::Result<()> {
    let mut indent = first;
    for line in wrapped(text, WIDTH.saturating_sub(first.width())) {
        writeln!(out, "{}", format!("{indent}{line}").trim_end())?;
        indent = rest;
    }
    Ok(())
}

/// The lines of a text: broken at spaces, and after full-width characters except before a mark that begins no line.
/// (`textwrap` breaks Japanese with ICU only, whose crates and tables are much for this.)
fn wrapped(text: &str, width: usize) -> Vec<String> {
    let mut lines = Vec::new();
    let mut line = String::new();
    // Where the line may be broken, in bytes.
    let mut may = 0;
    let mut last = ' ';
    for c in text.chars() {
        let wide = |c: char| c.width() == Some(2);
        if (last == ' ' || wide(last) || wide(c))
            && !"、。，．）」］』・ー ".contains(c)
            && !"（「［『".contains(last)
        {
            may = line.len();
        }
        line.push(c);
        last = c;
        if line.trim_end().width() > width {
            let at = if may == 0 {
                line.len() - c.len_utf8()
            } else {
                may
            };
            let rest = line.split_off(at);
            lines.push(line.trim_end().to_owned());
            line = rest;
            may = 0;
        }
    }
    lines.push(line);
    lines
}

fn name(layer: Layer) -> Text {
    let (ja, en) = match layer {
        Layer::Name => ("名前解決", "name"),
        Layer::Tcp => ("TCP接続", "TCP"),
        Layer::Proxy => ("プロキシ", "proxy"),
        Layer::Tls => ("TLS", "TLS"),
        Layer::Server => ("サーバー証明書", "its certificate"),
        Layer::Own => ("自身の証明書", "own certificate"),
        Layer::Taken => ("相互認証", "taken there"),
        Layer::Http => ("HTTP", "HTTP"),
        Layer::Soap => ("SOAP", "SOAP"),
        Layer::Clock => ("時計", "clock"),
        Layer::Service => ("サービスの状態", "service"),
        Layer::Masters => ("マスターの版", "masters"),
    };
    Text::new(ja, en)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_break_at_spaces_and_between_full_width_characters() {
        let lines = |text, width| wrapped(text, width).join("|");
        assert_eq!(lines("one two three", 8), "one two|three");
        assert_eq!(lines("一二三四五", 4), "一二|三四|五");
        assert_eq!(lines("一二。三「四」", 4), "一|二。|三|「四|」");
        assert_eq!(lines("abcdefgh", 3), "abc|def|gh");
        assert_eq!(lines("", 3), "");
    }
}
