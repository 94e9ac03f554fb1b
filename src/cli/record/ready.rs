//! What is told when everything is ready: to programs in a line, and to people what to set in their software.

use std::{
    collections::BTreeSet,
    io::Write,
    path::{Path, PathBuf},
};

use serde_json::{Map, Value, json};

use crate::{
    cli::Stopped,
    plan::Suite,
    relay::Known,
    sentinel::Guard,
    text::{Lang, Text},
};

/// What is told.
pub(super) struct Ready<'a> {
    pub(super) url: String,
    pub(super) ca: PathBuf,
    pub(super) endpoints: BTreeSet<String>,
    pub(super) known: &'a [Known],
    pub(super) run: &'a Path,
}

impl Ready<'_> {
    pub(super) fn show(&self, out: &mut dyn Write, name: &str, lang: Lang) -> Result<(), Stopped> {
        let url = |endpoint: &str| format!("{}{}", self.url, endpoint.trim_start_matches('/'));
        let endpoints: Map<String, Value> = self
            .endpoints
            .iter()
            .map(|endpoint| (endpoint.clone(), url(endpoint).into()))
            .collect();
        let line =
            json!({ "url": self.url, "ca": self.ca, "endpoints": endpoints, "run": self.run });
        let mut lines = vec![
            Text::new(
                format!(
                    "接続先 {name} との間で記録します。ソフトウェアの設定を次のとおり変更してください。"
                ),
                format!("recording between your software and the target {name}; set in the software:"),
            )
            .get(lang)
            .to_owned(),
        ];
        let urls = Text::new("接続先のURL", "URLs in the place of the target's");
        lines.push(format!("  {}:", urls.get(lang)));
        lines.extend(self.endpoints.iter().map(|one| format!("    {}", url(one))));
        let ca = Text::new("信頼する認証局", "the authority to trust");
        lines.push(format!("  {}: {}", ca.get(lang), self.ca.display()));
        let own = Text::new(
            "クライアント証明書: 接続先に対するものと同じ（変更不要）",
            "its client certificate: the very one that it uses for the target, as it is",
        );
        lines.push(format!("  {}", own.get(lang)));
        for known in self.known {
            let identities = known.identities.join(", ");
            lines.push(format!("    {identities}: {}", known.subject));
        }
        let end = Text::new(
            "終了はCtrl-Cです。終了時にシナリオを書き出します。",
            "Ctrl-C ends it; the scenario is written then.",
        );
        lines.push(end.get(lang).to_owned());
        for line in lines {
            // Where nobody looks on, the line for programs says the most of it.
            let _ = writeln!(Guard::new(anstream::stderr(), lang), "{line}");
        }
        writeln!(out, "{line}")?;
        out.flush()?;
        Ok(())
    }
}

/// The paths of the operations.
pub(super) fn endpoints(suite: &Suite) -> BTreeSet<String> {
    let operations = suite.profile.operation.values();
    operations.map(|one| one.endpoint.clone()).collect()
}
