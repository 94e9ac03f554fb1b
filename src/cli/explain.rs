//! `explain`: a rule, a fault code or an exit code; without one, all rules as Markdown (`docs/rules.md`).

use std::io::Write;

use renkei_mock::network::rules as catalogue;

use crate::{
    cli::{Done, Stopped, hint},
    text::{Lang, Text},
    verdict::Exit,
};

/// Explains one thing, or lists all rules.
pub(super) fn explain(out: &mut dyn Write, what: Option<&str>, lang: Lang) -> Done {
    let Some(what) = what else { return rules(out) };
    let pick = |text: &renkei_mock::text::Text| match lang {
        Lang::Ja => text.ja.to_string(),
        Lang::En => text.en.to_string(),
    };
    if let Some(entry) = catalogue::rule(what) {
        writeln!(
            out,
            "{} [{}] {}",
            entry.code,
            entry.mark.letter(),
            pick(&entry.text)
        )?;
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
        .find(|fault| fault.code == what)
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
            fault.retry.as_str()
        )?;
        return Ok(Exit::Ok);
    }
    if let Some(exit) = Exit::ALL
        .into_iter()
        .find(|exit| exit.code().to_string() == what)
    {
        writeln!(out, "{} {}", exit.code(), exit.text().get(lang))?;
        return Ok(Exit::Ok);
    }
    let codes = catalogue::catalogue()
        .map(|rule| rule.code)
        .chain(catalogue::fault_codes().into_iter().map(|fault| fault.code));
    let (ja, en) = hint(what, codes.collect::<Vec<_>>());
    Err(Stopped {
        exit: Exit::Usage,
        text: Text::new(
            format!("「{what}」という規則・拒否コード・終了コードはありません。{ja}"),
            format!("there is no rule, fault code or exit code '{what}'{en}"),
        ),
    })
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
