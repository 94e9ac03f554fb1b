//! Why no call of the system under test may have come, by what the network knows beside its world: connections that ended
//! before anything could be asked, and calls to another place.

use std::collections::BTreeMap;

use serde::{
    Deserialize,
    de::{DeserializeOwned, IgnoredAny},
};

use crate::{control::Control, run::step::Runner, text::Text};

/// One connection, as the journal tells it.
#[derive(Clone, Debug, Deserialize)]
struct Connection {
    listener: String,
    /// Why it was refused; none where it was not.
    code: Option<String>,
    why_ja: Option<String>,
    why: Option<String>,
    certificate: Option<Shown>,
}

/// The certificate that was refused.
#[derive(Clone, Debug, Deserialize)]
struct Shown {
    subject: String,
}

#[derive(Deserialize)]
struct Page<T> {
    #[serde(alias = "calls")]
    connections: Vec<T>,
    last: u64,
}

/// How far the journals had come that are not of one world alone; none where the network does not tell.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Before {
    connections: Option<u64>,
    calls: Option<u64>,
}

/// Where calls go that leave the world's path out.
const MAIN: &str = "/worlds/main/calls";
const CONNECTIONS: &str = "/connections";

/// How far they have come.
pub(super) async fn before(control: &Control) -> Before {
    let connections = page::<Connection>(control, CONNECTIONS, "", u64::MAX).await;
    let calls = page::<IgnoredAny>(control, MAIN, "&bodies=false", u64::MAX).await;
    Before {
        connections: connections.map(|page| page.last),
        calls: calls.map(|page| page.last),
    }
}

async fn page<T: DeserializeOwned>(
    control: &Control,
    journal: &str,
    query: &str,
    after: u64,
) -> Option<Page<T>> {
    let page = control
        .get(&format!("{journal}?after={after}{query}"))
        .await;
    serde_json::from_value(page.ok()?).ok()
}

impl Runner<'_> {
    /// What may be why no call has come: connections that were refused since the scenario began, those of a kind
    /// together, and calls that left out the world's path.
    pub(super) async fn unheard(&self) -> Vec<Text> {
        let mut said = self.refused_connections().await;
        said.extend(self.at_the_root().await);
        said
    }

    async fn at_the_root(&self) -> Option<Text> {
        let shared = self.shared;
        // A system for the whole run calls there, and that is its scenario's world.
        let after = self
            .calls
            .before
            .calls
            .filter(|_| shared.served.is_none())?;
        let control = &shared.setting.target.control;
        let page = page::<IgnoredAny>(control, MAIN, "&bodies=false", after).await?;
        let (count, url) = (page.connections.len(), &self.world.url);
        (count > 0).then(|| {
            Text::new(
                format!("別の模擬環境（main）に届いた呼出しがあります（{count}件）。RENKEI_URL（renkei.url。今回は {url}）を、パスも含めてそのまま使用してください"),
                format!("calls came to another world, 'main' ({count}): take RENKEI_URL (renkei.url, now {url}) as it is, path included"),
            )
        })
    }

    async fn refused_connections(&self) -> Vec<Text> {
        let shared = self.shared;
        let Some(after) = self.calls.before.connections else {
            return Vec::new();
        };
        let control = &shared.setting.target.control;
        let Some(page) = page::<Connection>(control, CONNECTIONS, "", after).await else {
            return Vec::new();
        };
        let own = format!("{}/", self.world.name);
        let mut kinds: BTreeMap<(String, String), (usize, Connection)> = BTreeMap::new();
        for connection in page.connections {
            let here = connection.listener == "main" || connection.listener.starts_with(&own);
            let Some(code) = connection.code.clone().filter(|_| here) else {
                continue;
            };
            let subject = connection.certificate.as_ref();
            let subject = subject.map_or_else(String::new, |shown| shown.subject.clone());
            let kind = kinds.entry((code, subject));
            kind.or_insert((0, connection)).0 += 1;
        }
        // One system or one scenario at a time: else another's may be among them.
        let others =
            shared.served.is_none() && shared.setting.jobs > 1 && shared.under_test.len() > 1;
        kinds
            .into_iter()
            .map(|((code, subject), (count, connection))| {
                told(&code, &subject, count, &connection, others)
            })
            .collect()
    }
}

fn told(code: &str, subject: &str, count: usize, connection: &Connection, others: bool) -> Text {
    let why_ja = connection.why_ja.as_deref().unwrap_or_default();
    let why_ja = why_ja.trim_end_matches('。');
    let why = connection.why.as_deref().unwrap_or_default();
    let (mut of_ja, mut of) = (String::new(), String::new());
    if !subject.is_empty() {
        of_ja = format!("（証明書: {subject}）");
        of = format!(" (certificate: {subject})");
    }
    let next = next(code);
    let (among_ja, among) = if others {
        (
            "。並行して実施した他のシナリオの接続である可能性もあります（--jobs 1 で区別できます）",
            "; it may be another scenario's that ran at the same time (--jobs 1 tells)",
        )
    } else {
        ("", "")
    };
    Text::new(
        format!(
            "要求の前に終わった接続があります（{count}件）: {why_ja}{of_ja}。{}{among_ja}",
            next.ja
        ),
        format!(
            "connections ended before anything was asked ({count}, {code}): {why}{of}; {}{among}",
            next.en
        ),
    )
}

/// What to do about a connection that was refused.
fn next(code: &str) -> Text {
    let (ja, en) = match code {
        "client-refused" => (
            "試験対象のシステムに、信頼する認証局として RENKEI_CA（renkei.ca）の証明書を設定してください",
            "let the system under test trust RENKEI_CA (renkei.ca)",
        ),
        "no-certificate" => (
            "試験対象のシステムが RENKEI_CERTIFICATE・RENKEI_KEY（renkei.certificate・renkei.key）をクライアント証明書として提示するようにしてください",
            "let the system under test show RENKEI_CERTIFICATE with RENKEI_KEY (renkei.certificate, renkei.key) as its client certificate",
        ),
        "expired" | "not-yet-valid" | "revoked" | "other-ca" | "wrong-usage" | "no-caller" => (
            "今回の RENKEI_CERTIFICATE・RENKEI_KEY（renkei.certificate・renkei.key）を使用しているか、以前の証明書が残っていないかを確認してください",
            "see that it is RENKEI_CERTIFICATE with RENKEI_KEY (renkei.certificate, renkei.key) of this run, and no earlier one",
        ),
        "tls-version" => (
            "試験対象のシステムでTLS 1.2又は1.3を有効にしてください",
            "let the system under test speak TLS 1.2 or 1.3",
        ),
        "handshake-cut" | "handshake-timeout" => (
            "試験対象のシステムの出力で、接続をやめた理由（証明書の検証、待ち時間など）を確認してください",
            "look in what the system under test wrote for why it gave up: trust, a time limit",
        ),
        "handshake-failed" => (
            "URLが https:// で始まる RENKEI_URL（renkei.url）であること及びTLSの設定を確認してください",
            "see that it calls RENKEI_URL (renkei.url), which begins with https://, and how its TLS is set",
        ),
        "too-many-connections" => (
            "試験対象のシステムが接続を閉じているか確認してください",
            "see that the system under test closes its connections",
        ),
        _ => (
            "試験対象のシステムのTLSの設定と出力を確認してください",
            "look at the TLS settings and the output of the system under test",
        ),
    };
    Text::new(ja, en)
}
