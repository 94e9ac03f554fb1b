//! `explain`: a rule, a fault code, an exit code, a misbehaviour or a listener's fault; without one, all rules as Markdown (`docs/rules.md`).

use std::io::Write;

use renkei_mock::{network::rules as catalogue, server};
use serde_json::Value;

use crate::{
    cli::{Done, Stopped, hint},
    event::Rule,
    text::{Lang, Text, half_width},
    verdict::Exit,
};

/// Explains one thing, or lists all rules.
pub(super) fn explain(out: &mut dyn Write, what: Option<&str>, lang: Lang) -> Done {
    let Some(what) = what else { return rules(out) };
    let what = half_width(what);
    let what = what.as_str();
    let pick = |text: &renkei_mock::text::Text| match lang {
        Lang::Ja => text.ja.to_string(),
        Lang::En => text.en.to_string(),
    };
    if let Some(entry) = catalogue::catalogue().find(|rule| rule.code.eq_ignore_ascii_case(what)) {
        writeln!(out, "{} {}", entry.code, pick(&entry.text))?;
        let rule = Rule {
            id: entry.code.to_owned(),
            mark: entry.mark.letter().to_owned(),
            text: Text::new("", ""),
        };
        if let Some(origin) = rule.origin() {
            let head = Text::new("根拠", "source");
            writeln!(
                out,
                "  {}: {} [{}]",
                head.get(lang),
                origin.get(lang),
                rule.mark
            )?;
        }
        writeln!(
            out,
            "  {}: {}",
            Text::new("拒否", "fault").get(lang),
            entry.fault.code
        )?;
        writeln!(
            out,
            "  {}: {}",
            Text::new("次の対応", "what to do").get(lang),
            pick(&entry.fault.next)
        )?;
        writeln!(
            out,
            "  {}: {}",
            Text::new("無効にしたとき", "when off").get(lang),
            pick(&entry.off)
        )?;
        return Ok(Exit::Ok);
    }
    if let Some(fault) = catalogue::fault_codes()
        .into_iter()
        .find(|fault| fault.code.eq_ignore_ascii_case(what))
    {
        writeln!(out, "{} {}", fault.code, pick(&fault.text))?;
        writeln!(
            out,
            "  {}: {}",
            Text::new("次の対応", "what to do").get(lang),
            pick(&fault.next)
        )?;
        writeln!(
            out,
            "  {}: {}",
            Text::new("再送", "retry").get(lang),
            pick(&fault.retry.text())
        )?;
        return Ok(Exit::Ok);
    }
    let meant = Exit::ALL
        .into_iter()
        .filter(|exit| exit.code().to_string() == what);
    let meant: Vec<Exit> = meant.collect();
    for exit in &meant {
        writeln!(out, "{} {}", exit.code(), exit.text().get(lang))?;
        writeln!(
            out,
            "  {}: {}",
            Text::new("次の対応", "what to do").get(lang),
            exit.next().get(lang)
        )?;
    }
    if !meant.is_empty() {
        return Ok(Exit::Ok);
    }
    let texts = server::texts();
    let spoilt = spoilt(&texts);
    if let Some((name, text)) = spoilt
        .iter()
        .find(|(name, _)| name.eq_ignore_ascii_case(what))
    {
        let kind = Text::new("異常な応答", "a wrong answer");
        writeln!(out, "{name} [{}] {}", kind.get(lang), text.get(lang))?;
        writeln!(
            out,
            "  {}: renkei selftest --misbehaviour {name}",
            Text::new("自己診断", "to see whether the suite notices").get(lang),
        )?;
        return Ok(Exit::Ok);
    }
    let mut exits: Vec<String> = Exit::ALL
        .iter()
        .map(|exit| exit.code().to_string())
        .collect();
    exits.dedup();
    let codes = catalogue::catalogue()
        .map(|rule| rule.code)
        .chain(catalogue::fault_codes().into_iter().map(|fault| fault.code))
        .chain(spoilt.iter().map(|(name, _)| name.as_str()));
    let (ja, en) = if what.parse::<u64>().is_ok() {
        (
            format!("終了コード: {}。", exits.join("、")),
            format!("; exit codes: {}", exits.join(", ")),
        )
    } else {
        let upper = what.to_ascii_uppercase();
        let written = if upper.starts_with("R-") || upper.starts_with("F-") {
            upper.as_str()
        } else {
            what
        };
        hint(written, codes.collect::<Vec<_>>())
    };
    Err(Stopped {
        exit: Exit::Usage,
        text: Text::new(
            format!("「{what}」という規則・拒否コード・終了コード・異常な応答はありません。{ja}"),
            format!("there is no rule, fault code, exit code or misbehaviour '{what}'{en}"),
        ),
    })
}

/// The ways in which answers and listeners can be wrong, by name.
fn spoilt(texts: &Value) -> Vec<(String, Text)> {
    ["misbehaviours", "listenerFaults"]
        .into_iter()
        .filter_map(|list| texts.get(list)?.as_array())
        .flatten()
        .filter_map(|entry| {
            let of = |key: &str| entry.get(key)?.as_str();
            Some((of("name")?.to_owned(), Text::new(of("ja")?, of("en")?)))
        })
        .collect()
}

fn rules(out: &mut dyn Write) -> Done {
    writeln!(out, "# Rules of the mock / 模擬ネットワークの規則\n")?;
    writeln!(
        out,
        "Made by `renkei explain`. Marks: [L] law, [S] public source, [A] our assumption."
    )?;
    writeln!(out, "根拠: [L] 法令、[S] 公開資料、[A] 当方の想定。\n")?;
    writeln!(
        out,
        "| rule | mark | phase | 規則 | rule in English | fault | when off |\n| --- | --- | --- | --- | --- | --- | --- |"
    )?;
    for entry in catalogue::catalogue() {
        writeln!(
            out,
            "| {} | {} | {} | {} | {} | {} | {} |",
            entry.code,
            entry.mark.letter(),
            entry.phase,
            entry.text.ja,
            entry.text.en,
            entry.fault.code,
            entry.off.en
        )?;
    }
    Ok(Exit::Ok)
}
