//! The help of the command line in Japanese, and what is wrong with what was typed. English stands in the comments of
//! the arguments themselves; a test holds that none is without Japanese.

use std::error::Error as _;

use clap::{
    Arg, Command, Error,
    error::{ContextKind, ContextValue, ErrorKind},
};

use crate::text::Text;

/// The command line with its help in Japanese.
pub(super) fn of(mut command: Command) -> Command {
    // Only then are the arguments there that the library adds.
    command.build();
    translated(command)
}

fn translated(command: Command) -> Command {
    let about = COMMANDS
        .iter()
        .find(|(name, _)| *name == command.get_name())
        .map(|(_, about)| *about);
    let command = match about {
        Some(about) => command.about(about),
        None => command,
    };
    command
        .help_template("{about-with-newline}\n使用方法: {usage}\n\n{all-args}")
        .subcommand_help_heading("コマンド")
        .mut_args(argument)
        .mut_subcommands(translated)
}

fn argument(argument: Arg) -> Arg {
    let heading = if argument.is_positional() {
        "引数"
    } else {
        "オプション"
    };
    let help = ARGUMENTS
        .iter()
        .find(|(name, _)| *name == argument.get_id().as_str())
        .map(|(_, help)| *help);
    let help = help.map(|help| format!("{help}{}", values(&argument)));
    let argument = argument
        .help_heading(heading)
        .hide_possible_values(true)
        .hide_default_value(true);
    match help {
        Some(help) => argument.help(help),
        None => argument,
    }
}

/// What can be given, and what is taken where nothing is: the library says both in English.
fn values(argument: &Arg) -> String {
    if !argument.get_action().takes_values() {
        return String::new();
    }
    let possible: Vec<String> = argument
        .get_possible_values()
        .iter()
        .map(|value| value.get_name().to_owned())
        .collect();
    let default: Vec<_> = argument
        .get_default_values()
        .iter()
        .map(|value| value.to_string_lossy())
        .collect();
    let mut text = String::new();
    if !possible.is_empty() {
        text = format!("［{}］", possible.join("・"));
    }
    if !default.is_empty() {
        text = format!("{text}［既定: {}］", default.join("・"));
    }
    text
}

/// What is wrong with what was typed, what may have been meant, and how it is used.
#[expect(
    clippy::wildcard_enum_match_arm,
    reason = "the library's list is long, and open; those that the arguments here can bring are told"
)]
pub(super) fn mistake(error: &Error) -> String {
    let of = |kind: ContextKind| error.get(kind).map(words).unwrap_or_default();
    let argument = of(ContextKind::InvalidArg).join(" ");
    let value = of(ContextKind::InvalidValue).join(" ");
    let mut text = match error.kind() {
        ErrorKind::InvalidValue | ErrorKind::ValueValidation if value.is_empty() => {
            format!("{argument} に値を指定してください。")
        }
        ErrorKind::InvalidValue | ErrorKind::ValueValidation => {
            format!(
                "値「{value}」は {argument} に使用できません。{}",
                why(error)
            )
        }
        ErrorKind::UnknownArgument => {
            format!("「{argument}」というオプション又は引数はありません。")
        }
        ErrorKind::InvalidSubcommand => {
            let name = of(ContextKind::InvalidSubcommand).join(" ");
            format!("コマンド「{name}」はありません。")
        }
        ErrorKind::MissingRequiredArgument => format!("{argument} を指定してください。"),
        ErrorKind::ArgumentConflict => {
            let other = of(ContextKind::PriorArg).join("、");
            if other == argument || other.is_empty() {
                format!("{argument} が重複しています。")
            } else {
                format!("{argument} は {other} と同時に指定できません。")
            }
        }
        ErrorKind::MissingSubcommand => "コマンドを指定してください。".to_owned(),
        ErrorKind::TooManyValues => format!("{argument} に指定した値が多すぎます。"),
        ErrorKind::InvalidUtf8 => "文字コードUTF-8で指定してください。".to_owned(),
        _ => "コマンドの指定に誤りがあります。".to_owned(),
    };
    let near = [
        ContextKind::SuggestedSubcommand,
        ContextKind::SuggestedArg,
        ContextKind::SuggestedValue,
    ];
    let near: Vec<String> = near.into_iter().flat_map(of).collect();
    let possible = of(ContextKind::ValidValue);
    if !near.is_empty() {
        text.extend(["「", &near.join("」「"), "」ではありませんか。"]);
    } else if !possible.is_empty() {
        text.extend(["使用できるもの: ", &possible.join("、"), "。"]);
    }
    for usage in of(ContextKind::Usage) {
        let usage = usage.trim();
        let usage = usage.strip_prefix("Usage: ").unwrap_or(usage);
        text.extend(["\n\n使用方法: ", usage]);
    }
    text + "\n\n詳細は --help を付けると表示されます。"
}

/// Why a value is refused by what reads it.
fn why(error: &Error) -> String {
    let Some(source) = error.source() else {
        return String::new();
    };
    if let Some(error) = source.downcast_ref::<regex::Error>() {
        return format!("正規表現の誤りです（{}）。", Text::of_pattern(error).ja);
    }
    let own = source.to_string();
    if let Some((_, range)) = own.split_once(" is not in ") {
        return format!("{range} の範囲で指定してください。");
    }
    match own.as_str() {
        "invalid digit found in string" => "数字で指定してください。".to_owned(),
        "invalid socket address syntax" => {
            "「127.0.0.1:8443」のように、アドレスとポートで指定してください。".to_owned()
        }
        _ => format!("（{own}）"),
    }
}

#[expect(
    clippy::wildcard_enum_match_arm,
    reason = "whatever else there is, is one text"
)]
fn words(value: &ContextValue) -> Vec<String> {
    match value {
        ContextValue::Strings(list) => list.clone(),
        ContextValue::None => Vec::new(),
        other => vec![other.to_string()],
    }
}

const COMMANDS: [(&str, &str); 17] = [
    ("renkei", "情報連携の総合運用テストを行う結合試験ツール"),
    (
        "run",
        "シナリオを模擬ネットワーク又は接続先に対して実施する",
    ),
    (
        "record",
        "ソフトウェアと接続先の間のやり取りを記録し、シナリオを作成する",
    ),
    ("report", "実施記録から報告を再作成する"),
    (
        "doctor",
        "接続先までを層ごとに確認し、異常があれば次の対応を示す",
    ),
    ("check", "シナリオ一式を検査する（何も送信しない）"),
    (
        "list",
        "シナリオと、どのシナリオにもない試験項目・規則を一覧表示する",
    ),
    (
        "schema",
        "シナリオ等のファイルのJSON Schemaをフォルダーに書き出す",
    ),
    ("review", "確認待ちのスナップショットを表示する"),
    (
        "accept",
        "確認待ちのスナップショットを採用する（指定がなければすべて）",
    ),
    (
        "reject",
        "確認待ちのスナップショットを破棄する（指定がなければすべて）",
    ),
    ("mock", "模擬ネットワークを単独で動かす"),
    ("pki", "試験用証明書一式をフォルダーに作成する"),
    ("contract", "WSDL・スキーマをフォルダーに書き出す"),
    (
        "explain",
        "規則・拒否コード・終了コードを説明する（指定がない場合は全規則）",
    ),
    (
        "selftest",
        "規則の無効化や応答の異常をシナリオが見逃さないことを確認する",
    ),
    ("help", "このヘルプ又はコマンドのヘルプを表示する"),
];

const ARGUMENTS: [(&str, &str); 43] = [
    ("lang", "表示の言語（指定がない場合はロケールによる）"),
    ("help", "ヘルプを表示する"),
    ("version", "版を表示する"),
    ("subcommand", "ヘルプを表示するコマンド"),
    ("paths", "対象のシナリオ（ファイル、フォルダー又は名前）"),
    (
        "waiting",
        "対象（シナリオ又はその手順の名前、スナップショットのファイル又はフォルダー）",
    ),
    ("whole", "省略せずに全体を表示する"),
    ("phase", "この段階のシナリオに限る"),
    ("tags", "このタグを持つシナリオに限る"),
    ("filter", "名前がこの正規表現に一致するものに限る"),
    ("profile", "シナリオ一式のものに代えて使用するプロファイル"),
    (
        "jobs",
        "並行して実施するシナリオの数（指定がない場合はコアの数）",
    ),
    ("fail_fast", "不合格があれば、以後のシナリオを開始しない"),
    ("seed", "乱数の種"),
    (
        "snapshots",
        "新しいスナップショットの扱い（指定がない場合は、環境変数CIがあればcheck、なければnew）",
    ),
    (
        "reports",
        "書き出す報告（junit=FILE、json=FILE、github=FILE。github のみの場合は表示の中に注釈を出力）",
    ),
    (
        "runs",
        "実施記録のフォルダーを置く場所（省略時は scenarios/ と同じ場所の runs）",
    ),
    (
        "target",
        "プロファイルの [target.NAME] に対して実施する（別に動いている模擬ネットワーク又は実際の試験環境）",
    ),
    (
        "patient",
        "確認する [target.NAME]（指定がない場合は唯一のもの、なければ同梱の模擬ネットワーク）",
    ),
    (
        "passed_to",
        "やり取りの相手とする [target.NAME]（ソフトウェアからの要求をそのまま送信する）",
    ),
    (
        "entrance",
        "ソフトウェアが接続先の代わりに接続する待受アドレス",
    ),
    (
        "from",
        "以前の記録（中断したものなど）の実施記録のフォルダー又は名前を指定し、そこからシナリオを作成する（何も送信しない）",
    ),
    ("id", "作成するシナリオの名前（省略時は recorded/ と日時）"),
    (
        "identities",
        "確認する送信者（複数指定できる。指定がない場合は接続先又はプロファイルのもの）",
    ),
    (
        "assumed",
        "他の方法で到達済みとする再開点（制御APIのない接続先に限る。複数指定できる）",
    ),
    (
        "resume",
        "中断した実施を、その実施記録のフォルダー又は名前を指定して再開する（制御APIのない接続先に限る）",
    ),
    (
        "dry_run",
        "電文をすべて作成して実施記録に保存し、何も送信しない",
    ),
    (
        "keep_worlds",
        "合格しなかったシナリオの模擬環境（world）を接続先に残す",
    ),
    ("folder", "対象のフォルダー"),
    ("json", "JSONで出力する"),
    ("reference", "シナリオの書き方も書き出すファイル"),
    ("listen", "模擬ネットワークの待受アドレス"),
    ("control", "制御APIの待受アドレス（自機に限る）"),
    (
        "pki",
        "証明書のフォルダー。なければ作成する（省略時は scenarios/ と同じ場所、scenarios/ がなければ現在のフォルダーの pki）",
    ),
    ("names", "サーバー証明書に追加する名前又はアドレス"),
    ("public_url", "公開するWSDLに記載するURL"),
    ("max_body", "要求の本文の上限（バイト）"),
    ("max_connections", "同時に応対する接続の上限"),
    ("log", "標準エラー出力に記録する程度"),
    ("what", "R-CON-01、F-CON-01、5 など"),
    ("full", "見つかるまででなく、全シナリオを各異常で試す"),
    ("rules", "この規則に限る（複数指定可）"),
    ("misbehaviours", "この異常に限る（複数指定可）"),
];

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory as _;

    fn is_japanese(text: &str) -> bool {
        text.chars().any(|c| c >= '\u{3000}')
    }

    #[test]
    fn every_command_and_argument_has_its_help_in_japanese() {
        let command = of(super::super::Arguments::command());
        command.clone().debug_assert();
        for command in std::iter::once(&command).chain(command.get_subcommands()) {
            let about = command.get_about().unwrap().to_string();
            assert!(is_japanese(&about), "{}", command.get_name());
            for argument in command.get_arguments() {
                let help = argument.get_help().unwrap_or_default().to_string();
                assert!(
                    is_japanese(&help),
                    "{} {}",
                    command.get_name(),
                    argument.get_id()
                );
            }
        }
    }
}
