//! The Japanese and an example of each key.

/// What is said of a key besides its English.
pub(super) struct Word {
    /// The table that it is in.
    pub(super) of: &'static str,
    /// The key.
    pub(super) key: &'static str,
    /// What it means, in Japanese.
    pub(super) ja: &'static str,
    /// How it is written.
    pub(super) example: &'static str,
}

/// What is said of a key.
pub(super) fn of(of: &str, key: &str) -> Option<&'static Word> {
    WORDS.iter().find(|word| word.of == of && word.key == key)
}

const fn word(
    of: &'static str,
    key: &'static str,
    ja: &'static str,
    example: &'static str,
) -> Word {
    Word {
        of,
        key,
        ja,
        example,
    }
}

#[rustfmt::skip]
pub(super) const WORDS: &[Word] = &[
    word("Text", "ja", "日本語の文", "ja = \"マスターの一覧を取得する\""),
    word("Text", "en", "英語の文", "en = \"list the masters\""),

    word("ScenarioFile", "title", "確認する内容（日本語・英語）", "title = { ja = \"マスターの一覧を取得する\", en = \"list the masters\" }"),
    word("ScenarioFile", "phase", "運用テストの段階", "phase = \"master\""),
    word("ScenarioFile", "tags", "実施時に選択するための目印（`--tag`）", "tags = [\"quick\"]"),
    word("ScenarioFile", "establishes", "このシナリオが終了時に残す再開点。一つの再開点を残せるシナリオは一つだけです", "establishes = \"masters-applied\""),
    word("ScenarioFile", "exports", "再開点とともに、後続のシナリオに引き継ぐ取得値", "exports = [\"version\"]"),
    word("ScenarioFile", "starts_from", "開始時の状態とする再開点。状態を複製した専用のネットワークで開始します", "starts_from = \"connection-approved\""),
    word("ScenarioFile", "covers", "このシナリオで確認する試験項目（items.toml）", "covers = [\"1-01\"]"),
    word("ScenarioFile", "guards", "効いていないときにこのシナリオが不合格となる規則。`renkei selftest` で検証されます", "guards = [\"R-CON-01\"]"),
    word("ScenarioFile", "clock", "ネットワークの時計。省略時は停止しており、手順で進めます。`flowing` は実時間に従います", "clock = \"flowing\""),
    word("ScenarioFile", "step", "手順。記載した順に実施します", "[[step]]\nid = \"later\"\nadvance = \"1h\""),

    word("SharedFile", "title", "共通手順の内容", "title = { ja = \"照会して結果を待つ\", en = \"ask and wait for the result\" }"),
    word("SharedFile", "step", "手順。`use` を記載した場所で、記載した順に実施します", "[[step]]\nid = \"ask\"\nsend = \"{{ operation }}\"\nas = \"{{ who }}\""),

    word("Step", "id", "手順名（英小文字・数字・ハイフン）。シナリオ内で重複できません。スナップショットの名前にもなります", "id = \"ask\""),
    word("Step", "title", "手順の内容（分かりにくい場合に記載）", "title = { ja = \"再送する\", en = \"send it again\" }"),
    word("Step", "always", "前の手順が不合格でも実施する", "always = true"),
    word("Step", "send", "送信する操作。`messages/<操作>.xml` から電文を作成します", "send = \"ListMasters\""),
    word("Step", "as", "送信者（profile.toml の identity）。exec では、試験対象のシステムに渡す証明書の持ち主。http（https://）では、要求されたときに提示する証明書の持ち主", "as = \"iida-mayor\""),
    word("Step", "with", "電文のひな形に渡す値（文字列・数値・一覧・表）。文字列の中では `{{ people.sato.atena }}` や取得値を使用できます。`use` の手順では引数です", "with = { atena = \"{{ people.sato.atena }}\", years = [2025, 2026] }"),
    word("Step", "raw", "ひな形の代わりに、記載したとおりに送信する文字列", "raw = '''<a/><b/>'''"),
    word("Step", "content_type", "通常と異なるContent-Type", "content_type = \"text/plain\""),
    word("Step", "action", "通常と異なるSOAPAction", "action = \"urn:other\""),
    word("Step", "headers", "追加又は変更する要求ヘッダー", "headers = { \"Content-Encoding\" = \"gzip\" }"),
    word("Step", "method", "POST以外のメソッド", "method = \"GET\""),
    word("Step", "path", "操作と異なる接続先のパス", "path = \"inquiry\""),
    word("Step", "same_request_as", "要求番号を同じにする、前の send の手順。再送になります", "same_request_as = \"ask\""),
    word("Step", "until", "応答が条件を満たすまで繰り返し送信する。最後の応答だけを判定します", "until = { xpath = { \"//n:State\" = \"answered\" }, every = \"10s\", within = \"10m\" }"),
    word("Step", "via", "経由する接続口を開いた、前の listen の手順", "via = \"expired\""),
    word("Step", "timeout", "応答又はプログラムの終了を待つ時間（実時間）。省略時は、応答は30秒、プログラムは60秒", "timeout = \"300ms\""),
    word("Step", "plants", "ひな形の変数 `planted` に個人番号の形式の試験値を入れる。この手順に限り、個人番号の検出として扱いません", "plants = \"individual-number\""),
    word("Step", "expect", "期待する応答・結果・呼出し", "expect = { status = 200, xpath = { \"//n:State\" = \"approved\" } }"),
    word("Step", "capture", "取得して、後の手順で使用する値（名前 = XPath）。exec・http では、括弧を一組含む正規表現（例: `receipt=(\\S+)`）", "capture = { receipt = \"//n:ReceiptNumber\" }"),
    word("Step", "no_snapshot", "スナップショットと比較しない理由", "no_snapshot = \"the next step shows it\""),
    word("Step", "advance", "ネットワークの時計を進める（`90s`・`10m`・`26h`・`400d`、単位がなければ秒）", "advance = \"26h\""),
    word("Step", "at", "ネットワークの時計を指定の日時まで進める（時差を付ける）", "at = \"2026-12-01T00:00:00+09:00\""),
    word("Step", "network", "ネットワークの運用者の処理（承認、マスターの公開・取下げ、異常動作など）", "network = { act = \"approve-application\", institution = \"202053-M\" }"),
    word("Step", "listen", "このシナリオ専用の接続口を追加で開く", "listen = { certificate = \"expired\" }"),
    word("Step", "use", "この場所で実施する共通手順のファイル（scenarios/ からの相対パス）", "use = \"steps/ask-and-wait.toml\""),
    word("Step", "check", "ネットワークの状態について確認すること", "check = \"invariants\""),

    word("Step", "exec", "実行する、試験対象のシステムのプログラムと引数", "exec = [\"python3\", \"town_office.py\", \"apply-masters\"]"),
    word("Step", "env", "追加する環境変数", "env = { TOWN_DB = \"{{ renkei.work }}/town.sqlite\" }"),
    word("Step", "folder", "プログラムを実行するフォルダー（scenarios/ のあるフォルダーからの相対パス。省略時はそのフォルダー）", "folder = \"client\""),
    word("Step", "encoding", "プログラムの出力又は応答の本文の文字コード。省略時はUTF-8（http では応答のContent-Typeの charset）。BOMがあればそれが優先します", "encoding = \"shift_jis\""),
    word("Step", "http", "試験対象のシステムへの要求", "http = { method = \"POST\", url = \"http://127.0.0.1:8080/inquire\", body = \"…\" }"),
    word("Step", "expect_call", "試験対象のシステムが送信するはずの操作", "expect_call = \"SubmitInquiry\""),
    word("Step", "expect_no_call", "試験対象のシステムが送信しないはずの操作（前の expect_call で確認したものを除く）。その時までの呼出しを確認するため、exec・http の手順の後に記載します（[system] がある場合を除く）。`expect` は対象の絞込みです", "expect_no_call = \"SubmitInquiry\""),
    word("Step", "from", "送信するはずの者（profile.toml の identity）", "from = \"iida-mayor\""),
    word("Step", "within", "呼出しを待つ時間（実時間）。省略時は、expect_call は5秒、expect_no_call は待ちません", "within = \"5s\""),
    word("Step", "order", "`any` の場合、前の expect_call で確認した呼出しより先でもよい。後の手順の順序にも影響しません", "order = \"any\""),
    word("Step", "times", "呼出しの件数。シナリオの終了までにこれを超えた場合も不合格となります。省略時は1件を確認し、それを超えるものは確認しません", "times = 1"),
    word("Step", "peer", "他の機関が自ら行うこと", "peer = { institution = \"011002-M\", answers = { after = \"1h\" } }"),

    word("Peer", "institution", "機関コード", "institution = \"011002-M\""),
    word("Peer", "asks", "照会する（直ちに1回目）。内容は SubmitInquiry と同じ名前で、宛名番号はその機関のものです", "asks = { atena = \"{{ people.suzuki.atena_sapporo }}\", task = \"T-001\", procedure = \"P-001-01\", provider = \"202053-M\", item = \"TAX-INCOME\", year = 2026, consent = true }"),
    word("Peer", "every", "照会の間隔（ネットワークの時計）", "every = \"10m\""),
    word("Peer", "times", "照会の回数。省略時は1回", "times = 3"),
    word("Peer", "answers", "自動応答不可の照会に、後から回答する", "answers = { after = \"1h\" }"),
    word("Peer", "refuses", "自動応答不可の照会を、後から拒否する", "refuses = { after = \"1h\", reason = \"照会の根拠を確認できない\" }"),
    word("Peer", "applies_masters", "適用日を迎えたマスターを適用するか", "applies_masters = false"),
    word("Peer", "silent", "応答しないか", "silent = true"),
    word("Peer", "hours", "稼働時間", "hours = { opens = \"08:00\", closes = \"20:00\" }"),
    word("Answers", "after", "保留されてから回答するまでの時間（ネットワークの時計）。省略時は直ちに", "after = \"1h\""),
    word("Refuses", "after", "保留されてから拒否するまでの時間（ネットワークの時計）。省略時は直ちに", "after = \"1h\""),
    word("Refuses", "reason", "拒否の理由", "reason = \"照会の根拠を確認できない\""),
    word("Hours", "opens", "開始時刻", "opens = \"08:00\""),
    word("Hours", "closes", "終了時刻（`24:00` まで）", "closes = \"20:00\""),

    word("Http", "method", "メソッド。省略時はGET", "method = \"POST\""),
    word("Http", "url", "URL（`http://` 又は `https://`）", "url = \"http://127.0.0.1:8080/inquire\""),
    word("Http", "headers", "ヘッダー", "headers = { \"Content-Type\" = \"application/json\" }"),
    word("Http", "body", "本文", "body = '{ \"atena\": \"{{ people.sato.atena }}\" }'"),
    word("Http", "ca", "システムの証明書を発行した認証局の証明書（PEM、scenarios/ のあるフォルダーからの相対パス）", "ca = \"pki/own-ca.pem\""),

    word("Until", "status", "待つHTTP状態コード", "status = 200"),
    word("Until", "xpath", "待つ内容（XPath = 値又は条件）", "xpath = { \"//n:State\" = \"answered\" }"),
    word("Until", "every", "送信の間隔。停止している時計は、この時間だけ進めます", "every = \"10s\""),
    word("Until", "within", "待つ時間の上限", "within = \"10m\""),

    word("Listen", "certificate", "接続口のサーバー証明書", "certificate = \"other-name\""),
    word("Listen", "fault", "接続口の異常", "fault = \"close-in-handshake\""),

    word("Expect", "status", "HTTP状態コード", "status = 500"),
    word("Expect", "fault", "拒否コード", "fault = \"F-CON-01\""),
    word("Expect", "header", "応答ヘッダー（名前 = 値又は条件）", "header = { \"Content-Type\" = { matches = \"text/xml.*\" } }"),
    word("Expect", "xpath", "応答の内容（XPath = 値又は条件）。取得値も使用できます", "xpath = { \"//n:Receipt\" = \"{{ receipt }}\", \"//n:Master\" = { count = 7 } }"),
    word("Expect", "outcome", "応答がないことと、その形", "outcome = \"tls-refused\""),

    word("Expect", "exit", "プログラムの終了コード。省略時は0", "exit = 2"),
    word("Expect", "stdout", "プログラムの標準出力（値又は条件）", "stdout = { contains = \"applied 7\" }"),
    word("Expect", "stderr", "プログラムの標準エラー出力（値又は条件）", "stderr = \"\""),
    word("Expect", "body", "http の応答の本文（値又は条件）", "body = { contains = \"accepted\" }"),

    word("Described", "exists", "選択されるものがあるか", "{ exists = false }"),
    word("Described", "count", "選択される数", "{ count = 7 }"),
    word("Described", "matches", "選択された値の全体がそれぞれ一致する正規表現", "{ matches = \"sha256:[0-9a-f]{64}\" }"),
    word("Described", "one-of", "選択された値がそれぞれ含まれる一覧", "{ one-of = [\"2026.04\", \"2026.06\"] }"),

    word("Described", "contains", "選択された値がそれぞれ含む文字列", "{ contains = \"甲\" }"),

    word("Profile", "extends", "記載のない設定を引き継ぐプロファイル。`bundled` は同梱のものです。電文のひな形・人物・試験項目・共通手順も引き継ぎます（シナリオとスナップショットは引き継ぎません）", "extends = \"bundled\""),
    word("Profile", "system", "試験対象のシステム", "[system]\nas = \"iida-mayor\""),
    word("Profile", "namespaces", "XPathとスナップショットで使用する接頭辞", "[namespaces]\nn = \"urn:renkei:mock:unofficial:v1\""),
    word("Profile", "no_prefix", "XPathで接頭辞のない要素名を認める（要素に名前空間がない仕様の場合）", "no_prefix = true"),
    word("Profile", "fault_code", "拒否の応答における拒否コードのXPath", "fault_code = \"//n:Fault/n:Code\""),
    word("Profile", "fault_rule", "拒否の応答における規則番号のXPath。規則の説明を結果に表示します", "fault_rule = \"//n:Fault/n:RuleId\""),
    word("Profile", "operation", "操作ごとの送信方法", "[operation.ListMasters]\nendpoint = \"master\"\naction = \"urn:…:ListMasters\""),
    word("Profile", "identity", "送信者", "[identity.iida-mayor]\ncertificate = \"clients/iida-mayor\"\ninstitution = \"202053-M\""),
    word("Profile", "volatile", "実施のたびに変わる値（XPath又は要素名 = 置き換える名前）", "[volatile]\nReceiptNumber = \"receipt\""),
    word("Profile", "times", "日時を持つ要素（XPath又は要素名）", "times = [\"AnsweredAt\"]"),
    word("Profile", "sentinel", "個人番号の検出の設定", "[sentinel]\nnever = [\"master\"]"),
    word("Profile", "target", "別に動作している接続先（`--target`）", "[target.test]\nurl = \"https://test.example.jp/renkei/\""),

    word("Profile", "doctor", "`renkei doctor` が送信する操作", "[doctor]\nas = [\"iida-mayor\"]"),

    word("Doctor", "as", "確認する送信者（接続先に identity がない場合）。省略時は全員", "as = [\"iida-mayor\"]"),
    word("Doctor", "service", "サービスの状態を照会する操作", "[doctor.service]\noperation = \"GetServiceStatus\"\nstate = \"//n:State\"\nopen = \"open\""),
    word("Doctor", "masters", "マスターの版を照会する操作", "[doctor.masters]\noperation = \"GetAppliedMasters\"\nkinds = \"//n:Standing/n:Kind\"\nversions = \"//n:Standing/n:InForce\""),

    word("Service", "operation", "操作。照会しても何も残らないものに限ります", "operation = \"GetServiceStatus\""),
    word("Service", "state", "応答における状態のXPath", "state = \"//n:State\""),
    word("Service", "open", "利用できる状態を表す値", "open = \"open\""),
    word("Service", "time", "応答におけるネットワークの時刻のXPath", "time = \"//n:Now\""),

    word("Masters", "operation", "操作。照会しても何も残らないものに限ります", "operation = \"GetAppliedMasters\""),
    word("Masters", "kinds", "種別のXPath", "kinds = \"//n:Standing/n:Kind\""),
    word("Masters", "versions", "種別ごとの有効な版のXPath（種別と同じ順）", "versions = \"//n:Standing/n:InForce\""),
    word("Masters", "behind", "送信者が有効な版を適用していない種別のXPath", "behind = \"//n:Standing[n:Agrees='false']/n:Kind\""),

    word("Operation", "endpoint", "接続先のURLに続くパス", "endpoint = \"master\""),
    word("Operation", "action", "SOAPActionの値（引用符なし）", "action = \"urn:…:ListMasters\""),
    word("Operation", "content_type", "Content-Typeの値。省略時はSOAP 1.1のもの", "content_type = \"text/xml; charset=utf-8\""),
    word("Operation", "fault_code", "この操作だけ拒否コードの場所が異なる場合のXPath", "fault_code = \"//n:Code\""),

    word("Identity", "certificate", "証明書フォルダー内のファイル（拡張子なし）", "certificate = \"clients/iida-mayor\""),
    word("Identity", "institution", "電文に記載する機関コード", "institution = \"202053-M\""),

    word("Sentinel", "never", "個人番号が流れてはならない接続先。どちらにも記載がなければ、すべての接続先です", "never = [\"master\", \"inquiry\"]"),
    word("Sentinel", "masked", "法令により個人番号が流れる接続先。保存時に伏せ、検出とは扱いません", "masked = [\"own-hop\"]"),
    word("Sentinel", "twelve_digits", "もともと12桁で、個人番号ではないもの（XPath = 理由）", "twelve_digits = { \"//n:AtenaNumber\" = \"our atena numbers have 12 digits\" }"),

    word("Target", "url", "接続先のURL。操作の endpoint が続きます", "url = \"https://test.example.jp:8443/\""),
    word("Target", "endpoint", "`url` の下にない接続先のURL（全体）", "endpoint.inquiry = \"https://inquiry.example.jp/service\""),
    word("Target", "control", "制御APIのURL（模擬ネットワークの場合）", "control = \"http://127.0.0.1:8081\""),
    word("Target", "production", "本番環境であること。照会の記録が長期間残るため、`run` は実施できません", "production = true"),
    word("Target", "certificates", "`renkei pki` と同じ構成の証明書フォルダー。パスは scenarios/ のあるフォルダーからの相対です", "certificates = \"pki\""),
    word("Target", "ca", "接続先の証明書を発行した認証局の証明書。なければフォルダー内の `ca.pem`", "ca = \"pki/ca.pem\""),
    word("Target", "identity", "フォルダーにない送信者の証明書と秘密鍵", "[target.test.identity.iida-mayor]\npkcs12 = \"mayor.p12\"\npassword_env = \"MAYOR_PASSWORD\""),
    word("Target", "proxy", "経由するプロキシ（CONNECT）", "proxy = \"http://proxy.example.jp:8080\""),
    word("Target", "proxy_auth_env", "プロキシの `利用者:パスワード` を持つ環境変数", "proxy_auth_env = \"PROXY_AUTH\""),
    word("Target", "timeouts", "段階ごとの待ち時間の上限。省略時は各30秒", "timeouts = { connect = \"5s\", handshake = \"10s\", answer = \"60s\" }"),
    word("Target", "headers", "すべての要求に付けるヘッダー", "headers = { \"X-Environment\" = \"test\" }"),
    word("Target", "headers_env", "値を表示・保存してはならないヘッダー。ヘッダー名 → 値を持つ環境変数", "headers_env = { \"X-Api-Key\" = \"API_KEY\" }"),
    word("Target", "tls", "使用できるTLSの版", "tls = { min = \"1.2\", max = \"1.3\" }"),
    word("Target", "largest_answer", "メモリーに読み込む応答の大きさの上限。超えた応答はディスクに保存し、超過として報告します。省略時は16MiB", "largest_answer = \"64MiB\""),
    word("Target", "every", "送信の間隔の下限", "every = \"500ms\""),
    word("Target", "longest_wait", "一つの手順で待つ時間の上限。省略時は15分", "longest_wait = \"30m\""),
    word("Target", "cannot", "この環境でできないこと（操作又は手順の種類 = 理由）", "cannot = { SubmitInquiryBatch = \"not offered in the test environment\" }"),
    word("Target", "bodies", "電文の保存。`none` とすると、正規化した内容とハッシュだけを保存します", "bodies = \"none\""),
    word("Target", "snapshots", "共通のスナップショットに優先するスナップショットのフォルダー。新しいものはここに置かれます", "snapshots = \"snapshots-test\""),
    word("Target", "volatile", "この環境で追加・変更する volatile", "volatile = { TraceId = \"trace\" }"),
    word("Target", "times", "この環境で追加する times", "times = [\"SentAt\"]"),
    word("Target", "exports", "再開点に付く値。`--assume` で他の方法により到達済みとした再開点で使用します（再開点 = { 名前 = 値 }）", "exports.codes-applied = { version = \"2026.04\" }"),

    word("System", "as", "手順に as がないとき、システムに渡す証明書の持ち主（profile.toml の identity）", "as = \"iida-mayor\""),
    word("System", "command", "実施の間、起動しておくプログラムと引数。省略時は、手順の exec だけが実行します", "command = [\"java\", \"-jar\", \"atena.jar\"]"),
    word("System", "folder", "プログラムを実行するフォルダー（scenarios/ のあるフォルダーからの相対パス）", "folder = \"server\""),
    word("System", "env", "追加する環境変数。`{{ renkei.url }}` などを使用できます", "env = { NETWORK_URL = \"{{ renkei.url }}\" }"),
    word("System", "ready", "準備が完了したことの確認方法", "ready = { tcp = \"127.0.0.1:8080\", within = \"60s\" }"),
    word("System", "stop", "停止を指示するシグナル。省略時は `term`", "stop = \"int\""),
    word("System", "stop_within", "停止を待つ時間。超えると強制終了し、不合格とします。省略時は10秒", "stop_within = \"20s\""),
    word("Ready", "tcp", "接続を受け付けるホストとポート", "tcp = \"127.0.0.1:8080\""),
    word("Ready", "http", "成功の応答（2xx）を返すURL", "http = \"http://127.0.0.1:8080/health\""),
    word("Ready", "output", "出力の1行が一致する正規表現", "output = \"started on port [0-9]+\""),
    word("Ready", "within", "待つ時間の上限。省略時は30秒", "within = \"60s\""),

    word("Credentials", "certificate", "証明書のファイル（PEM、中間証明書を含む）", "certificate = \"mayor.pem\""),
    word("Credentials", "key", "秘密鍵のファイル（PEM）", "key = \"mayor.key\""),
    word("Credentials", "pkcs12", "両方を含むPKCS#12のファイル（`.p12`、`.pfx`）", "pkcs12 = \"mayor.p12\""),
    word("Credentials", "password_env", "そのパスワードを持つ環境変数", "password_env = \"MAYOR_PASSWORD\""),
    word("Credentials", "certificate_env", "証明書（PEM）を持つ環境変数", "certificate_env = \"MAYOR_CERTIFICATE\""),
    word("Credentials", "key_env", "秘密鍵（PEM）を持つ環境変数", "key_env = \"MAYOR_KEY\""),

    word("Timeouts", "connect", "名前解決と接続（プロキシがあればプロキシへの接続）", "connect = \"5s\""),
    word("Timeouts", "handshake", "プロキシの応答とTLSの確立（それぞれ）", "handshake = \"10s\""),
    word("Timeouts", "answer", "送信から応答の終わりまで。手順の `timeout` が優先します", "answer = \"60s\""),

    word("Tls", "min", "下限（`1.2` 又は `1.3`）", "min = \"1.2\""),
    word("Tls", "max", "上限", "max = \"1.3\""),

    word("PeopleFile", "person", "人物。項目の名前は自由です", "[person.sato]\natena = \"IIDA-0001\""),

    word("ItemsFile", "item", "試験項目", "[item.1-01]\nphase = \"master\"\ntext = { ja = \"…\", en = \"…\" }"),
    word("Item", "phase", "運用テストの段階", "phase = \"master\""),
    word("Item", "text", "確認する内容", "text = { ja = \"全種別の版の一致\", en = \"versions of all kinds agree\" }"),
    word("Item", "by_hand", "手動で確認する項目", "by_hand = true"),
];
