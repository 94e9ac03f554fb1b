//! What the TOML reader says, in both languages: it has no kinds, so that its messages are told apart by their words.

use toml::de::Error;

use crate::{
    diagnostic::{Diagnostic, meant},
    text::Text,
};

/// What the TOML reader found, in both languages, with the key that was meant.
pub(super) fn mistake(path: &str, error: &Error) -> Diagnostic {
    let message = error.message();
    let mut names = message.split('`').skip(1).step_by(2);
    let name = names.next().unwrap_or_default();
    let (text, hint) = if let Some(text) = Text::split(message) {
        (text, None)
    } else if message.starts_with("unknown field") {
        (no_key(name), meant(name, names))
    } else if message.starts_with("unknown variant") {
        (impossible(name), meant(name, names))
    } else if message.starts_with("missing field") {
        (missing(&[name]), None)
    } else if message.starts_with("invalid type") || message.starts_with("invalid value") {
        (wrong_type(message), listed(message))
    } else {
        let text = Text::new(
            format!("TOMLの書式の誤りです（{}）", in_japanese(message)),
            format!("not TOML: {message}"),
        );
        let hint = message.contains("escape").then(|| {
            Text::new(
                "\\ を含む文字列は 'C:\\app' のように ' で囲むか、\\\\ 又は / と記載してください",
                "write a text that holds \\ in single quotes, as in 'C:\\app', or write \\\\ or / in its place",
            )
        });
        (text, hint)
    };
    Diagnostic::new(path, error.span().unwrap_or(0..0), text).hint(hint)
}

/// A key that nothing reads.
pub(crate) fn no_key(name: &str) -> Text {
    Text::new(
        format!("キー「{name}」はありません"),
        format!("there is no key '{name}'"),
    )
}

/// A value that is none of those that may stand there.
pub(crate) fn impossible(value: &str) -> Text {
    Text::new(
        format!("値「{value}」は使用できません"),
        format!("the value '{value}' is not possible here"),
    )
}

/// Keys that must stand there.
pub(crate) fn missing(names: &[&str]) -> Text {
    let (keys, are) = if names.len() == 1 {
        ("key", "is")
    } else {
        ("keys", "are")
    };
    Text::new(
        format!("キー「{}」がありません", names.join("」「")),
        format!("the {keys} '{}' {are} missing", names.join("', '")),
    )
}

/// A text that stands where a list must: the list that may be meant.
fn listed(message: &str) -> Option<Text> {
    let (found, expected) = message.split_once(", expected ")?;
    let written = found.split_once("string \"")?.1.strip_suffix('"')?;
    expected.starts_with("a sequence").then(|| {
        let words = written.split_whitespace().map(|word| format!("\"{word}\""));
        let words: Vec<String> = words.collect();
        let list = format!("[{}]", words.join(", "));
        Text::new(
            format!("一つずつ分けて記載します（例: {list}）"),
            format!("each is a text of its own, as in {list}"),
        )
    })
}

/// A value of another type, as the reader tells it.
fn wrong_type(message: &str) -> Text {
    let (given, expected) = message
        .split_once(": ")
        .and_then(|(_, rest)| rest.split_once(", expected "))
        .unwrap_or(("", message));
    let (given, value) = match given.split_once(['`', '"']) {
        Some((given, value)) => (given.trim(), value.trim_end_matches(['`', '"'])),
        None => (given, ""),
    };
    other_type(given, value, expected)
}

/// A value of another type than is expected, as people call the types.
pub(crate) fn other_type(given: &str, value: &str, expected: &str) -> Text {
    let ((given_ja, given_en), (ja, en)) = (type_named(given), type_named(expected));
    let (value_ja, value_en) = if value.is_empty() {
        (String::new(), String::new())
    } else {
        (format!("「{value}」"), format!(" '{value}'"))
    };
    Text::new(
        format!("値の型が違います。{ja}が必要ですが、{given_ja}{value_ja}が記載されています"),
        format!("this takes {en}, and {given_en}{value_en} is written"),
    )
}

fn type_named(name: &str) -> (String, String) {
    const TYPES: [(&str, &str, &str); 13] = [
        ("a string", "文字列", "a text in quotes"),
        ("string", "文字列", "a text"),
        ("a boolean", "真偽値（true・false）", "true or false"),
        ("boolean", "真偽値（true・false）", "true or false"),
        ("integer", "整数", "a whole number"),
        ("floating point", "小数", "a number with a fraction"),
        ("a map", "表（{ … }）", "a table ({ … })"),
        ("map", "表（{ … }）", "a table ({ … })"),
        ("object", "表（{ … }）", "a table ({ … })"),
        ("a sequence", "一覧（[ … ]）", "a list ([ … ])"),
        ("sequence", "一覧（[ … ]）", "a list ([ … ])"),
        ("array", "一覧（[ … ]）", "a list ([ … ])"),
        ("struct Text", "{ ja = …, en = … }", "{ ja = …, en = … }"),
    ];
    // Such as u16, i64 and usize.
    let whole = name.strip_prefix(['u', 'i']).is_some_and(|bits| {
        bits == "size" || !bits.is_empty() && bits.chars().all(|c| c.is_ascii_digit())
    });
    let name = match name {
        _ if whole => "integer",
        "struct Text" => name,
        _ if name.starts_with("struct ") => "a map",
        _ => name,
    };
    let known = TYPES.iter().find(|(known, ..)| *known == name);
    known.map_or((name.to_owned(), name.to_owned()), |(_, ja, en)| {
        ((*ja).to_owned(), (*en).to_owned())
    })
}

/// The commonest messages of the TOML reader.
fn in_japanese(message: &str) -> &str {
    let known = [
        ("duplicate key", "同じキーが二つあります"),
        ("invalid unquoted key", "キーに使用できない文字があります"),
        ("missing key", "キーがないか、括弧が閉じていません"),
        ("missing comma", "コンマがないか、括弧が閉じていません"),
        ("unclosed", "括弧が閉じていません"),
        ("basic string, expected", "引用符が閉じていません"),
        ("literal string, expected `'`", "引用符が閉じていません"),
        ("must be quoted", "文字列は引用符で囲んでください"),
        ("key with no value", "キーの後に = と値が必要です"),
        ("expected newline", "1行に一つのキーを記載してください"),
        ("missing value", "= の後に値が必要です"),
        ("missing assignment", "キーの後に = と値が必要です"),
        ("extra `=`", "= が余分です"),
        ("unexpected `=`", "一覧 [ … ] の中に = は使用できません"),
        ("extra assignment", "= が余分です"),
        ("extra comma", "コンマが余分です"),
        ("missing array opening", "対応する [ のない ] があります"),
        (
            "missing inline table opening",
            "対応する { のない } があります",
        ),
        ("missing table open", "対応する [ のない ] があります"),
        ("missing opening quote", "引用符が対応していません"),
        ("missing comment start", "注釈は # で始めてください"),
        (
            "invalid inline table element",
            "表 { … } の中の記載が誤っています",
        ),
        ("keys cannot be empty", "キーが空です"),
        ("multi-line", "複数行の文字列の引用符又は文字が誤っています"),
        ("basic string", "文字列に使用できない文字があります"),
        ("literal string", "文字列に使用できない文字があります"),
        ("escape", "\\ の後の文字が誤っています"),
        ("unicode value", "\\u の後の桁数が足りません"),
        ("comment character", "注釈に使用できない文字があります"),
        ("carriage return", "改行が誤っています"),
        ("leading zero", "数値の先頭に 0 は使用できません"),
        ("digits", "数値の書式が誤っています"),
        ("sign", "数値の符号が誤っています"),
        ("radix", "数値の書式が誤っています"),
        ("number prefix", "数値の書式が誤っています"),
        ("out of range", "数値が大きすぎるか小さすぎます"),
        ("invalid integer", "数値の書式が誤っています"),
        ("invalid float", "数値の書式が誤っています"),
        ("datetime", "日時の書式が誤っています"),
        ("cannot extend value", "表でない値にキーを追加できません"),
        ("recurs", "入れ子が深すぎます"),
        ("unexpected key or value", "この行の記載が誤っています"),
        ("unexpected content", "この行の記載が誤っています"),
        ("invalid key-value pair", "この行の記載が誤っています"),
        ("invalid value", "値の書式が誤っています"),
    ];
    known
        .into_iter()
        .find(|(part, _)| message.contains(part))
        .map_or(message, |(_, japanese)| japanese)
}
