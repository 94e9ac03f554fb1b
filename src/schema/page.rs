//! What stands between the tables of the reference, in Japanese and English.

pub(super) const INTRODUCTION: &str = "\
# シナリオの書き方 / Scenario files

<!-- Made by `renkei schema`; change the types or the generator, not this page. -->

シナリオは、TOMLファイル1個が試験1件です。`scenarios/` の下の段階別フォルダーに置きます。フォルダー名とファイル名（`1-master/list`）がシナリオの名前になります。
文字コードはUTF-8です（BOMの有無、改行の種類は問いません。メモ帳で作成できます）。
記載の誤りは、送信を始める前に、すべて一度に、ファイル名・行・訂正案とともに表示されます（`renkei check`）。

A scenario is one TOML file, one test, in a folder of `scenarios/` that stands for its phase. Folder and file name
(`1-master/list`) are its name. Files are UTF-8, with or without a byte order mark, with any line ends.
Every mistake is shown before anything is sent, all at once, with file, line and what to write instead (`renkei check`).

```toml
title = { ja = \"マスターの一覧を取得する\", en = \"list the masters\" }
phase = \"master\"
starts_from = \"connection-approved\"   # 承認済みの状態から開始する / begins once the connection is approved
covers = [\"1-01\"]                     # 試験項目 / test items

[[step]]
id = \"list\"
send = \"ListMasters\"                  # messages/ListMasters.xml
as = \"iida-mayor\"                     # profile.toml の identity / an identity of the profile
expect = { status = 200, xpath = { \"//n:Master[n:State = 'in-force']\" = { count = 7 } } }
```

実行は `renkei run --filter 1-master/list`、初回の応答の採用は `renkei review` と `renkei accept` です。
Run it with `renkei run --filter 1-master/list`; look at the first answer with `renkei review` and take it with `renkei accept`.

| ファイル / file | 内容 | what it holds |
| --- | --- | --- |
| `scenarios/<段階>/*.toml` | シナリオ | scenarios |
| `scenarios/messages/<操作>.xml` | 電文のひな形 | templates of messages, one an operation |
| `scenarios/steps/*.toml` | 共通手順 | shared steps |
| `scenarios/profile.toml` | 接続先・送信者・置換規則 | endpoints, identities, what is volatile |
| `scenarios/people.toml` | 試験用の人物（すべて架空） | the people of the tests, all made up |
| `scenarios/items.toml` | 試験項目 | test items |
| `snapshots/<シナリオ>/<手順>.snap` | 採用した応答 | accepted answers |

下の表の＊は必須です。 In the tables below ＊ marks what must be there.

| phase | 段階 | meaning |
| --- | --- | --- |
";

pub(super) const SCENARIO: &str = "\
再開点（checkpoint）は、ネットワークの状態と時計に名前を付けたものです。`establishes` のシナリオが残し、`starts_from` のシナリオがその複製から開始するため、シナリオは互いに影響しません。
A checkpoint is the state of the network and its clock under a name. One scenario leaves it (`establishes`); each that
`starts_from` it gets a copy of its own, so that no scenario disturbs another.
";

pub(super) const STEPS: &str = "
## 手順 / Steps

手順は `[[step]]` で始め、`id` と、手順の種類を示すキーを一つだけ記載します。前の手順が不合格になると、`always` の手順を除き、残りは実施されません。
A step begins with `[[step]]` and has an `id` and exactly one key that says what kind of step it is. After a step that
did not pass, only steps with `always` run.

文字列の中の `{{ … }}` は、人物（`people.名前.項目`）、前の手順の取得値（`capture`）、再開点から引き継いだ値（`exports`）に置き換わります。使用できるのは `with`、`network`、`expect`、`until`、`capture` です。
`{{ … }}` in a text stands for people (`people.NAME.KEY`), for what earlier steps captured, and for what came along with
the checkpoint. It may be used in `with`, `network`, `expect`, `until` and `capture`.
";

pub(super) const EXEC: &str = "\
試験対象のシステムのプログラムを実行します。シェルは使用しません。標準入力は空です。終了しない場合は、そのプログラムが起動したものも含めて終了させます。
接続に必要なものは、文字列の中の変数、環境変数、JSONファイルの3通りで渡します。
Runs a program of the system under test, without a shell and with nothing on its standard input. One that does not end
in time is made to, with all that it has started. What it needs comes as variables in texts, in its environment, and in a
JSON file:

| 変数 / variable | 環境変数 / environment | 内容 | what it is |
| --- | --- | --- | --- |
| `renkei.url` | `RENKEI_URL` | シナリオ専用のネットワークのURL（`/` で終わる） | the URL of the scenario's network, with `/` at its end |
| `renkei.ca` | `RENKEI_CA` | 接続先の認証局の証明書 | the authority of the network's certificate |
| `renkei.certificate` | `RENKEI_CERTIFICATE` | `as` の証明書 | the certificate of `as` |
| `renkei.key` | `RENKEI_KEY` | その秘密鍵 | its private key |
| `renkei.institution` | `RENKEI_INSTITUTION` | その機関コード | its institution code |
| `renkei.work` | `RENKEI_WORK` | シナリオの作業フォルダー。再開点とともに複製されます | the scenario's folder; a copy goes with the checkpoint |
| `renkei.now` | `RENKEI_NOW` | ネットワークの現在日時 | the network's time |
| | `RENKEI_FILE` | 上記と全送信者を記載したJSONファイル: `{url, ca, work, now, identities: {名前: {institution, certificate, key}}}` | a JSON file with the same for all identities |

終了コードと標準出力は、スナップショットと比較されます。`expect` の `stdout`・`stderr` は出力全体（最後の改行を除く）に対する値又は条件で、`count` は行数です。
プログラムが終了すると、それが起動して残っているプロセスも終了させ、その旨を表示します。`timeout` を過ぎたとき、実施を中断したときも同じです。対象は、同じプロセスグループ（Windowsではジョブ）のものと、Linuxでは環境変数 `RENKEI_FILE` を引き継いだもの（`setsid`・`nohup` を含む）です。動作し続ける必要があるものは、profile.toml の `[system]` に記載します。
出力・応答の本文は `encoding` の文字コードで読み取ります。文字として読み取れないバイトは `\\x83`、制御文字は `\\u{1b}` と表示され、異なるバイトは異なる表示になります。標準エラー出力はログとみなし、スナップショットには含みません。1MiBを超える出力は、超えた部分の長さとハッシュ値だけを比較します。
`capture` で取得した値は、その手順のスナップショットでは `{名前}` になります（8文字以上の値は他の箇所でも。ネットワークが発行した番号は `{receipt-1}` のまま）。実施のたびに変わる値（ジョブ番号、日時など）は、取得すると差異になりません。値そのものの確認が必要な場合は `expect` に記載してください。正規表現が異なる複数の値に一致する場合は不合格となります。最初の値だけを取得するには、式の先頭に `(?s)\\A.*?` を付けます。
When a program ends, what it has started and left behind is ended too, and the report says so; likewise at its `timeout`
and where a run is ended. That is its group of processes (on Windows its job) and, on Linux, whatever has inherited the
variable `RENKEI_FILE`, be it by `setsid` or `nohup`. What must keep running belongs in `[system]` of profile.toml.
Exit code and standard output are compared with a snapshot. In `expect`, `stdout` and `stderr` are about the whole output
without its last line end; `count` is of lines. Standard error is taken for a log and is not in the snapshot. Outputs, and
the bodies that `http` gets, are read in the step's `encoding`. A byte that is no character stands as `\\x83`, a control
character as `\\u{1b}`, and different bytes never look alike. Of an output of more than 1 MiB the rest is compared by its
length and SHA-256.
What a step captures from an output or a body stands in its own snapshot as `{name}` (a value of 8 characters or more
wherever else it stands there, too; numbers that the network gave stay `{receipt-1}`): so a job number or a time that
changes with each run is captured, and makes no difference. Where its value matters, say so in `expect`. An expression
that fits several different values fails; `(?s)\\A.*?` before it takes the first.
";

pub(super) const EXPECT_CALL: &str = "\
試験対象のシステムがネットワークに送信した電文を確認します。シナリオ自身の send は対象外です。`expect` の `xpath`・`header` は要求に、`status`・`fault` はそれに対する応答に適用します。見つからない場合は、最も近い呼出しと、その相違点が表示されます。
スナップショットは、要求と、それに対する応答の状態コード・拒否コード（`Answer:`）です。拒否された呼出しは、想定したものと示さない限り不合格となります（「スナップショット」の節）。
`times` は、ちょうどその件数であることを意味します。シナリオの終了までに、他の手順で確認しない呼出しがほかにもあれば不合格となりますので、二重の送信が誤りとなる操作には `times = 1` と記載してください。省略した場合は1件を確認し、それを超えるものは確認しません。
一つの呼出しを確認できる手順は一つのみです。条件に合う最初の呼出しが選ばれますので、条件の厳しい手順を先に記載してください。
`times` が2以上の場合、2件目以降の取得値は `名前_2`、スナップショットは `手順名-2` となります。
Looks at what the system under test has sent to the network; what the scenario itself sends is left out. In `expect`,
`xpath` and `header` are about the request, `status` and `fault` about its answer. Where there is no such call, the nearest
one is shown, and where it differs. The snapshot has the request, and status and fault of its answer (`Answer:`); a call
that was refused fails unless it is said that this is meant (see Snapshots). `times` means exactly so many: where more
come by the end of the scenario that no other step finds, it fails, so say `times = 1` where a double sending would be a
mistake; where it is left out, one is looked for and more are not looked at. A call is found by one step alone, and a step
takes the first that fits: put the one that asks for more first. With `times`, what the later calls give is called
`name_2`, and their snapshots `step-2`.
";

pub(super) const PEER: &str = "\
peer の照会が拒否された場合は、想定したものと示さない限り不合格となります（誰も照会していないシナリオは、何も示さないためです）。想定した拒否は、`expect = { fault = \"F-INQ-01\" }` のように記載します。
An inquiry of a peer that is refused fails unless it is said that this is meant, since a scenario in which nobody asked
shows nothing: `expect = { fault = \"F-INQ-01\" }`.
";

pub(super) const EXPECT: &str = "\
XPath 1.0と値を対応させます。値は「選択されるものが一つだけで、その値に等しい」という意味です。値の代わりに条件（次の節）を記載できます。
接頭辞は profile.toml のものです。宣言のない接頭辞と、接頭辞のない要素名は、何も選択しないまま合格してしまうため、誤りとして扱います。
An XPath 1.0 is given what it must select: a value means exactly one node with this value; a description (next section)
may stand in its place. Prefixes are those of the profile. A prefix that is not declared and an element without one
would silently select nothing, so both are mistakes.
";

pub(super) const DESCRIBED: &str = "\
記載した条件は、すべて満たされる必要があります。 Each part that is given must hold.
";

pub(super) const UNTIL: &str = "\
非同期の結果を待つ場合に使用します。判定し、スナップショットと比較するのは最後の応答だけです。
For asynchronous answers. Only the last answer is judged and compared with its snapshot.
";

pub(super) const SNAPSHOTS: &str = "
## スナップショット / Snapshots

応答はすべて `snapshots/<シナリオ>/<手順>.snap` と比較されます。内容は、状態コード、Content-Type、正規化した本文（応答がない場合は outcome）です。初めての応答と変わった応答は `renkei review` で確認し、`renkei accept` で採用します。
profile.toml の `volatile` の値は `{receipt-1}` のような名前に置き換わり、同じ値は同じ名前になります。`times` の日時は、シナリオの開始からの経過と時差（`{t+00:00:10 +09:00}`）になります。
Every answer is compared with `snapshots/<scenario>/<step>.snap`: status, Content-Type and the canonical body, or the
outcome where there is no answer. Look at new and different ones with `renkei review`, take them with `renkei accept`.
Values that the profile calls `volatile` become placeholders such as `{receipt-1}`, the same one wherever the same value
stands; `times` become the offset from the scenario's start with their zone, `{t+00:00:10 +09:00}`.

想定していない拒否（拒否コード、又は400以上の状態コード）は、`expect` の `fault`・`status`（又は `until` の `status`）か、採用済みのスナップショットにない限り、新しい応答ではなく不合格となります。
A refusal (a fault, or an HTTP status of 400 or more) that neither `expect` (`fault`, `status`) nor `until` (`status`)
nor the accepted snapshot has is no new answer: the step fails.

採用していない応答は、手元では確認待ち（終了コード5）となります。環境変数 `CI` がある場合は保存せず、同じく終了コード5とし、JUnitでは種別 `new-snapshot` の failure とします。
An answer that nobody has accepted yet waits for it (exit code 5). Where `CI` is set it is not kept; the exit code is 5
too, and JUnit counts a failure of type `new-snapshot`.
";

pub(super) const SHARED: &str = "\
`use` の手順の `with` が引数となり、共通手順のすべての文字列で `{{ 名前 }}` として使用できます。`\"{{ 名前 }}\"` だけの文字列には、数値・一覧・表もそのまま入ります。手順名は `<use の手順名>-<共通手順名>` になります。
What the step with `use` gives in `with` are parameters; `{{ name }}` stands for them in any text of the shared steps. A
text that is only `\"{{ name }}\"` takes a number, list or table as it is. Steps are called `<step with use>-<inner step>`.

```toml
# scenarios/steps/ask.toml
[[step]]
id = \"submit\"
send = \"SubmitInquiry\"
as = \"{{ who }}\"
with = { atena = \"{{ atena }}\" }
capture = { receipt = \"//n:ReceiptNumber\" }

# scenarios/4-query-provide/ask.toml
[[step]]
id = \"tax\"
use = \"steps/ask.toml\"
with = { who = \"iida-mayor\", atena = \"{{ people.sato.atena }}\" }
```
";

pub(super) const PEOPLE: &str = "\
実在の人物の情報を記載しないでください。個人番号は、どのファイルにも記載できません。
Never write a real person's data. An individual number stands in no file.
";

pub(super) const TEMPLATES: &str = "
## 電文のひな形 / Templates: `scenarios/messages/<Operation>.xml`

[minijinja](https://docs.rs/minijinja) のひな形です。値はXML用に一度だけエスケープされます。使用できる名前は次のとおりです。
Templates are minijinja. Values are XML-escaped, once. These names can be used:

| name | 意味 | meaning |
| --- | --- | --- |
| `request_id` | 要求番号。手順ごとに異なり、再実行しても同じ値です | the request id: another for each step, the same in each run |
| `institution` | 送信者の機関コード | the institution code of the sender |
| `people` | people.toml の人物 | the people |
| `planted` | `plants` の試験値（その手順のみ） | the specimen of `plants`, in that step alone |
| `with` の名前 / names of `with` | 手順で渡した値 | what the step gives |
| 取得値 / captures | 前の手順と再開点の値 | what earlier steps and the checkpoint brought |

値のない名前は誤りです。省略できる部分は `{% if name is defined %}…{% endif %}`、繰り返しは `{% for copy in copies %}…{% endfor %}` と記載します。
A name without a value is a mistake. What may be left out stands in `{% if name is defined %}…{% endif %}`, what repeats
in `{% for copy in copies %}…{% endfor %}`.
";

pub(super) const PROFILE: &str = "\
仕様の異なる接続先で使用する場合は、このファイルと `messages/` を差し替えます。プログラムの変更は不要です。
Against another contract, this file and `messages/` are what changes, not the program.
";

pub(super) const SCHEMAS: &str = "
## エディターの補完 / Editors

`docs/schema/` のJSON Schema（`renkei schema フォルダー` で書き出せます）を、TOMLに対応したエディターに設定すると、キーの補完と説明が表示されます。
Editors that know TOML complete keys and explain them with the JSON Schemas of `docs/schema/`, which
`renkei schema DIR` writes too. With Taplo or Even Better TOML, for one:

```toml
# .taplo.toml
[[rule]]
include = [\"scenarios/*-*/*.toml\"]
schema = { path = \"docs/schema/scenario.schema.json\" }
```
";
