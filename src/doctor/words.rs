//! What is wrong and what to do next, in both languages: one entry for each kind of trouble.

use crate::{
    doctor::Trouble,
    text::{Text, counted},
    transport::Stage,
};

impl Trouble {
    /// What happened.
    pub fn text(&self) -> Text {
        let with = |(ja, en): (&str, &str), why: &Text| {
            Text::new(format!("{ja}（{}）。", why.ja), format!("{en}: {}", why.en))
        };
        match self {
            Self::OwnUnusable(why) => with(
                (
                    "証明書又は秘密鍵を使用できません",
                    "certificate or key cannot be used",
                ),
                why,
            ),
            Self::OwnEnds(days) if *days < 0 => Text::new(
                "送信者の証明書の有効期限が切れています。",
                "the sender's certificate has expired",
            ),
            Self::OwnEnds(days) => Text::new(
                format!("送信者の証明書の有効期限まで{days}日です。"),
                format!("the sender's certificate ends in {}", counted(*days, "day")),
            ),
            Self::NameUnknown(host) => Text::new(
                format!("ホスト名「{host}」のアドレスが見つかりません。"),
                format!("the name '{host}' has no address"),
            ),
            Self::NobodyListens(place) => Text::new(
                format!(
                    "{place} への接続が拒否されました。このポートで待ち受けているプログラムがありません。"
                ),
                format!("{place} refuses connections: nobody listens at this port"),
            ),
            Self::CaUnusable(why) => with(
                (
                    "信頼する認証局の証明書を使用できないため、接続先の証明書を検証できません",
                    "the authority to trust cannot be used, so the target's certificate cannot be verified",
                ),
                why,
            ),
            Self::ProxyUnknown(host) => Text::new(
                format!("プロキシのホスト名「{host}」のアドレスが見つかりません。"),
                format!("the proxy's name '{host}' has no address"),
            ),
            Self::ProxyDown(place) => Text::new(
                format!(
                    "プロキシ {place} への接続が拒否されました。このポートで待ち受けているプログラムがありません。"
                ),
                format!("the proxy {place} refuses connections: nobody listens at this port"),
            ),
            Self::ProxyDenies(why) => with(
                (
                    "プロキシが認証を拒否しました",
                    "the proxy does not take user and password",
                ),
                why,
            ),
            Self::TooLarge(why) => with(("応答が大きすぎます", "the answer is too large"), why),
            Self::Unreachable(why) => with(("接続できません", "no connection"), why),
            Self::Late(stage) => late(*stage),
            Self::ProxyAsks(why) => with(
                (
                    "プロキシが認証を求めています",
                    "the proxy wants to know who asks",
                ),
                why,
            ),
            Self::ProxyRefuses(why) => with(
                (
                    "プロキシを経由して接続できません",
                    "no connection through the proxy",
                ),
                why,
            ),
            Self::NoTls => Text::new(
                "相手の応答がTLSではありません（平文のHTTPなど）。",
                "what answers speaks no TLS; plain HTTP, perhaps",
            ),
            Self::NothingInCommon(why) => with(
                (
                    "TLSの版又は暗号方式が一致しません",
                    "no TLS version or cipher in common",
                ),
                why,
            ),
            Self::HandshakeBroke(why) => with(
                ("TLSの接続を確立できません", "the TLS handshake broke"),
                why,
            ),
            Self::ServerOtherCa(issuer) => Text::new(
                format!(
                    "接続先の証明書は、信頼する認証局が発行したものではありません（発行者 {issuer}）。"
                ),
                format!(
                    "the target's certificate is of no trusted authority; its issuer is {issuer}"
                ),
            ),
            Self::ServerExpired(day) => Text::new(
                format!("接続先の証明書の有効期限（{day}）が切れています。"),
                format!("the target's certificate has expired ({day})"),
            ),
            Self::ServerNotYet(day) => Text::new(
                format!("接続先の証明書は有効期間（{day}から）前です。"),
                format!("the target's certificate is not valid before {day}"),
            ),
            Self::ServerOtherName(host, names) => Text::new(
                format!(
                    "接続先の証明書は別の名前のものです（接続先「{host}」、証明書「{names}」）。"
                ),
                format!(
                    "the target's certificate is for another name: '{host}' was called, it holds for {names}"
                ),
            ),
            Self::ServerIsCa => Text::new(
                "接続先が、認証局（CA）の証明書をサーバー証明書として提示しています。",
                "the target shows a CA certificate as its own",
            ),
            Self::ServerRefused(why) => with(
                (
                    "接続先の証明書を使用できません",
                    "the target's certificate does not hold",
                ),
                why,
            ),
            Self::ServerEnds(days) => Text::new(
                format!("接続先の証明書の有効期限まで{days}日です。"),
                format!("the target's certificate ends in {}", counted(*days, "day")),
            ),
            Self::NotAsked => Text::new(
                "接続先がクライアント証明書を求めません。相互認証になっていません。",
                "the target asks for no client certificate: this is no mutual TLS",
            ),
            Self::OwnMissing => Text::new(
                "接続先がクライアント証明書を求めていますが、受け取っていません。",
                "the target wants a client certificate and got none that it can use",
            ),
            Self::OwnOtherCa => Text::new(
                "接続先が、送信者の証明書を発行した認証局を信頼していません。",
                "the target does not trust the authority of the sender's certificate",
            ),
            Self::OwnExpired => Text::new(
                "送信者の証明書が、有効期間外として拒否されました。",
                "the sender's certificate is refused as expired or not valid yet",
            ),
            Self::OwnRevoked => Text::new(
                "送信者の証明書は失効しています。",
                "the sender's certificate is revoked",
            ),
            Self::OwnRefused(why) => with(
                (
                    "送信者の証明書が拒否されました",
                    "the sender's certificate is refused",
                ),
                why,
            ),
            Self::AnswerBroke(why) => with(("応答を受信できません", "no whole answer"), why),
            Self::NoHttp => Text::new("応答がHTTPではありません。", "the answer is no HTTP"),
            Self::Redirect(status, location) => Text::new(
                format!(
                    "別のURLへ転送されます（HTTP {status}、{location}）。転送先には接続していません。"
                ),
                format!("HTTP {status} leads to {location}; it was not followed"),
            ),
            Self::Denied(status) => Text::new(
                format!("アクセスが許可されていません（HTTP {status}）。"),
                format!("access is denied (HTTP {status})"),
            ),
            Self::NotThere(endpoint) => Text::new(
                format!("「{endpoint}」のURLはないと応答されました（HTTP 404）。"),
                format!("there is nothing at the URL of '{endpoint}' (HTTP 404)"),
            ),
            Self::Gateway(status) => Text::new(
                format!("途中の機器又は接続先の入口が異常を応答しました（HTTP {status}）。"),
                format!("a gateway answers that it cannot serve (HTTP {status})"),
            ),
            Self::NoMessage(status) => Text::new(
                format!("応答がSOAPの電文ではありません（HTTP {status}）。"),
                format!("the answer is no SOAP message (HTTP {status})"),
            ),
            Self::Fault(code, text) => Text::new(
                format!("接続先が電文を拒否しました（拒否コード {code}「{text}」）。"),
                format!("the target refuses the message: {code} ({text})"),
            ),
            Self::Clock(ahead) => {
                let (apart, ja, en) = apart(*ahead);
                Text::new(
                    format!("接続先の時計がこの機器の時計より{}{ja}います。", apart.ja),
                    format!("the target's clock is {} {en} this machine's", apart.en),
                )
            }
            Self::Closed(state) => Text::new(
                format!("ネットワークが利用できない状態です（{state}）。"),
                format!("the network does not serve: its state is '{state}'"),
            ),
            Self::Behind(kinds) => {
                let kinds = kinds.join(", ");
                Text::new(
                    format!("有効な版を適用していないマスターがあります（{kinds}）。"),
                    format!("the sender has not applied the versions in force: {kinds}"),
                )
            }
        }
    }

    /// What to do next.
    pub fn next(&self) -> Text {
        let (ja, en) = match self {
            Self::OwnUnusable(_) => (
                "profile.toml に記載した証明書・秘密鍵のファイル、パスワード、URLを確認してください。",
                "look at the files of certificate and key, the password and the URL in profile.toml",
            ),
            Self::CaUnusable(_) => (
                "profile.toml の ca（指定がない場合は certificates のフォルダーの ca.pem）に、接続先の証明書を発行した認証局の証明書（PEM）を指定してください。",
                "name the certificate of the authority that issued the target's (PEM) in ca of profile.toml; without ca it is ca.pem of the folder in certificates",
            ),
            Self::ProxyUnknown(_) => (
                "profile.toml の proxy の綴りと、この機器のDNS又はhostsの設定を確認してください。",
                "look at the spelling of proxy in profile.toml and at this machine's name server or hosts file",
            ),
            Self::ProxyDown(_) => (
                "proxy のホスト名とポート番号を確認し、プロキシが動作していることを、プロキシの管理者に確認してください。",
                "look at host and port in proxy; ask whoever runs the proxy whether it is up",
            ),
            Self::ProxyDenies(_) => (
                "環境変数の内容（利用者:パスワード）が正しいか、プロキシの管理者に確認してください。",
                "ask whoever runs the proxy for the right user:password, and put it into the environment variable",
            ),
            Self::TooLarge(_) => (
                "正しい応答であれば、profile.toml の largest_answer を大きくしてください。そうでなければ、接続先の担当者に確認してください。",
                "where such an answer is right, raise largest_answer in profile.toml; else ask whoever runs the target",
            ),
            Self::OwnEnds(days) if *days < 0 => (
                "新しい証明書の発行を受け、profile.toml の記載を改めてください。",
                "get a new certificate, and name it in profile.toml",
            ),
            Self::OwnEnds(_) => ("更新の手続をしてください。", "see to a new one"),
            Self::NameUnknown(_) => (
                "profile.toml の url の綴りと、この機器のDNS又はhostsの設定を確認してください。プロキシを経由する環境では proxy を指定してください。",
                "look at the spelling of url in profile.toml and at this machine's name server or hosts file; where a proxy is the way out, name it in proxy",
            ),
            Self::NobodyListens(_) => (
                "ポート番号を確認し、接続先の担当者に、動作していることとこの機器からの接続が許可されていることを確認してください。",
                "look at the port; ask whoever runs it whether it is up and takes connections from this machine",
            ),
            Self::Unreachable(_) => (
                "この機器のネットワークの接続、経路及びファイアウォールの設定を確認してください。",
                "look at this machine's network, its routes and the firewall",
            ),
            Self::Late(Stage::Answer | Stage::Body) => (
                "時間をおいて再度確認し、続く場合は接続先の担当者に連絡してください。時間が足りない場合は timeouts の answer を延ばしてください。",
                "try again later, and call whoever runs the target if it stays so; where it just needs more time, raise answer in timeouts",
            ),
            Self::Late(_) => (
                "途中のファイアウォールが通信を破棄していないか、ネットワークの担当者に確認してください。時間が足りない場合は timeouts を延ばしてください。",
                "ask the network's administrator whether a firewall drops what is sent; where it just needs more time, raise timeouts",
            ),
            Self::ProxyAsks(_) => (
                "「利用者:パスワード」を持つ環境変数を proxy_auth_env に指定してください。",
                "name the environment variable with user:password in proxy_auth_env",
            ),
            Self::ProxyRefuses(_) => (
                "proxy のホスト名とポート番号を確認し、この接続先へのCONNECTが許可されているか、プロキシの管理者に確認してください。",
                "look at host and port in proxy; ask whoever runs it whether CONNECT to this target is allowed",
            ),
            Self::NoTls => (
                "url のポート番号がHTTPS用のものか確認してください。途中に平文で応答する機器がないかも確認してください。",
                "look whether the port in url is that of HTTPS, and whether something between answers in plain text",
            ),
            Self::NothingInCommon(_) => (
                "profile.toml の tls の min・max と、接続先が対応する版を確認してください。クライアント証明書を求められて拒否された場合も、この表示になることがあります。",
                "compare min and max in tls of profile.toml with what the target speaks; some targets answer so to a client certificate that they refuse",
            ),
            Self::HandshakeBroke(_) => (
                "途中の機器（ファイアウォール、負荷分散装置）と接続先の記録を確認してください。証明書の登録が済んでいない場合も切断されることがあります。",
                "look at the logs of the target and of what lies between; some targets just hang up on a certificate that is not registered",
            ),
            Self::ServerOtherCa(_) => (
                "接続先の証明書を発行した認証局の証明書を入手し、profile.toml の ca に指定してください。覚えのない発行者の場合は、途中に通信を検査する機器がないか確認してください。",
                "get the certificate of the issuing authority and name it in ca; where the issuer is one that you do not know, something between may inspect the traffic",
            ),
            Self::ServerExpired(_) => (
                "接続先の担当者に証明書の更新を依頼してください。この機器の時計も確認してください。",
                "ask whoever runs the target for a new certificate; look at this machine's clock, too",
            ),
            Self::ServerNotYet(_) => (
                "この機器の時計を確認してください。正しい場合は、接続先の担当者に連絡してください。",
                "look at this machine's clock; where it is right, tell whoever runs the target",
            ),
            Self::ServerOtherName(..) => (
                "url のホスト名を証明書の名前に合わせるか、接続先の担当者に確認してください。",
                "call it in url by a name of its certificate, or ask whoever runs the target",
            ),
            Self::ServerIsCa => (
                "接続先に、CAが発行したサーバー証明書（CA:FALSE）を設定してください。自己署名の証明書を openssl req -x509 で作成する場合は、-addext basicConstraints=critical,CA:FALSE を指定します。",
                "let it show a server certificate (CA:FALSE) that a CA has issued; one signed by itself is made by openssl req -x509 with -addext basicConstraints=critical,CA:FALSE",
            ),
            Self::ServerRefused(_) => (
                "接続先の担当者に、サーバー証明書の内容を確認してください。",
                "ask whoever runs the target about its certificate",
            ),
            Self::ServerEnds(_) => (
                "接続先の担当者に更新の予定を確認してください。",
                "ask whoever runs the target when it gets a new one",
            ),
            Self::NotAsked => (
                "接続先が正しいか、接続先の担当者に確認してください。",
                "ask whoever runs the target whether this is the right one",
            ),
            Self::OwnMissing => (
                "profile.toml の identity に指定した証明書が、クライアント用であり、接続先の指定する認証局のものか確認してください。",
                "look whether the certificate in identity of profile.toml is one for clients, of the authority that the target names",
            ),
            Self::OwnOtherCa => (
                "この環境（試験用・本番用）のために発行された証明書か確認し、中間証明書を含めて指定してください。接続先での登録の状況も確認してください。",
                "look whether the certificate is the one issued for this environment (test or production), with those between it and its authority; ask whether it is registered there",
            ),
            Self::OwnExpired => (
                "証明書の有効期間と、双方の時計を確認してください。期限切れの場合は更新してください。",
                "look at the certificate's dates and at both clocks; get a new one where it has expired",
            ),
            Self::OwnRevoked => (
                "失効の理由を発行元に確認し、新しい証明書の発行を受けてください。",
                "ask its issuer why, and get a new one",
            ),
            Self::OwnRefused(_) => (
                "証明書の用途（クライアント認証）と、接続先での登録の状況を確認してください。",
                "look whether the certificate is for client authentication, and ask whether it is registered there",
            ),
            Self::AnswerBroke(_) => (
                "再度確認し、続く場合は、時刻を添えて接続先の担当者に連絡してください。",
                "try again; where it stays so, tell whoever runs the target, with the time",
            ),
            Self::NoHttp => (
                "url のポート番号を確認してください。",
                "look at the port in url",
            ),
            Self::Redirect(..) => (
                "転送先が正しい接続先か確認し、正しければ profile.toml の url 又は endpoint を改めてください。",
                "look whether that is the right place; where it is, write it in url or endpoint of profile.toml",
            ),
            Self::Denied(_) => (
                "この送信者がこの接続先に登録されているか、接続先の担当者に確認してください。",
                "ask whoever runs the target whether this sender is registered for it",
            ),
            Self::NotThere(_) => (
                "profile.toml の url と endpoint のパスを確認してください。POSTだけに応答する接続先では、この応答でも正常な場合があります。",
                "look at the path in url and endpoint of profile.toml; a target that knows POST alone may answer so and be well",
            ),
            Self::Gateway(_) => (
                "接続先の担当者に、稼働の状況を確認してください。",
                "ask whoever runs the target whether it is up",
            ),
            Self::NoMessage(_) => (
                "profile.toml の url・endpoint と、操作の action・content_type を確認してください。",
                "look at url and endpoint, and at action and content_type of the operation in profile.toml",
            ),
            Self::Fault(..) => (
                "接続先の仕様書で拒否コードの意味を確認してください（同梱の模擬ネットワークでは renkei explain 拒否コード）。",
                "look the code up in the target's documents; for the bundled mock, renkei explain CODE",
            ),
            Self::Clock(_) => (
                "双方の時計を合わせてください（NTP）。証明書の検証や日時の判定に失敗することがあります。",
                "set both clocks right (NTP): certificates and times may be refused",
            ),
            Self::Closed(_) => (
                "利用できる時間帯と停止の予定を確認し、利用できる時間に再度確認してください。",
                "look up its hours and planned stops, and try again when it serves",
            ),
            Self::Behind(_) => (
                "マスターの取得と適用の状況を確認してください。試験の開始前であれば、対応は不要です。",
                "look whether the masters were fetched and applied; before the tests begin, nothing is to be done",
            ),
        };
        Text::new(ja, en)
    }
}

fn late(stage: Stage) -> Text {
    let (ja, en) = match stage {
        Stage::Prepare | Stage::Resolve => (
            "名前解決が時間内に終わりません。",
            "the name server did not answer in time",
        ),
        Stage::Connect => ("接続が時間内に確立しません。", "no connection in time"),
        Stage::Proxy => (
            "プロキシが時間内に応答しません。",
            "the proxy did not answer in time",
        ),
        Stage::Tls => (
            "TLSの確立が時間内に終わりません。",
            "the TLS handshake was not done in time",
        ),
        Stage::Answer => ("時間内に応答がありません。", "no answer in time"),
        Stage::Body => (
            "応答が時間内に終わりません。",
            "the answer did not end in time",
        ),
    };
    Text::new(ja, en)
}

/// How far two clocks are apart, in words.
pub(super) fn apart(ahead: i64) -> (Text, &'static str, &'static str) {
    let seconds = ahead.unsigned_abs();
    let (hours, minutes) = (seconds / 3600, seconds / 60 % 60);
    let days = hours / 24;
    let text = if days > 1 {
        Text::new(format!("{days}日"), format!("{days} days"))
    } else if seconds < 60 {
        Text::new(format!("{seconds}秒"), format!("{seconds} s"))
    } else if hours == 0 {
        Text::new(format!("{minutes}分"), format!("{minutes} min"))
    } else {
        Text::new(
            format!("{hours}時間{minutes}分"),
            format!("{hours} h {minutes} min"),
        )
    };
    if ahead > 0 {
        (text, "進んで", "ahead of")
    } else {
        (text, "遅れて", "behind")
    }
}
