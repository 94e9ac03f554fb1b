//! What a dry run would have sent, in numbers.

use std::{
    collections::BTreeMap,
    io::{self, Write},
};

use crate::{
    report::{Record, columns},
    text::{Lang, Text},
};

/// Writes, for each operation and sender, how many requests were rendered.
pub fn dry_run(out: &mut dyn Write, record: &Record, lang: Lang) -> io::Result<()> {
    let mut counts: BTreeMap<(&str, &str), usize> = BTreeMap::new();
    for exchange in record
        .steps
        .iter()
        .filter_map(|step| step.exchange.as_ref())
    {
        *counts
            .entry((&exchange.operation, &exchange.identity))
            .or_default() += 1;
    }
    let total: usize = counts.values().sum();
    let heads = [
        Text::new("操作", "operation"),
        Text::new("送信者", "identity"),
        Text::new("要求", "requests"),
    ];
    let mut rows = vec![heads.iter().map(|head| head.get(lang).to_owned()).collect()];
    for ((operation, identity), count) in counts {
        rows.push(vec![
            operation.to_owned(),
            identity.to_owned(),
            count.to_string(),
        ]);
    }
    let sum = Text::new("計", "total").get(lang).to_owned();
    rows.push(vec![sum, String::new(), total.to_string()]);
    columns(out, &rows)?;
    let text = Text::new(
        "電文を作成し、実施記録に保存しました。何も送信していません。",
        "the requests were rendered into the run folder; nothing was sent",
    );
    writeln!(out, "\n{}", text.get(lang))
}
