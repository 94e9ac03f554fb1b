//! Why bytes are no well-formed XML, as people need to hear it. The library tells it in English, without a kind.

use crate::text::Text;

/// How messages begin, and what they mean. What follows a beginning that ends in a space names something.
const KNOWN: [(&str, &str); 31] = [
    (
        "Mismatched end tag: ",
        "終了タグが開始タグと対応していません",
    ),
    (
        "Unexpected end tag",
        "対応する開始タグのない終了タグがあります",
    ),
    (
        "Unknown entity reference: ",
        "定義されていない実体参照があります",
    ),
    ("Circular entity reference: ", "実体参照が循環しています"),
    ("Entity", "実体の展開が上限を超えるか、誤っています"),
    ("Invalid XML character ", "XMLで使用できない文字があります"),
    (
        "Character reference ",
        "文字参照がXMLで使用できない文字を指しています",
    ),
    ("Invalid character reference", "文字参照が誤っています"),
    (
        "Invalid decimal character reference",
        "文字参照が誤っています",
    ),
    ("Invalid hex character reference", "文字参照が誤っています"),
    ("Duplicate attribute: ", "属性が重複しています"),
    (
        "Undeclared namespace prefix: ",
        "宣言されていない接頭辞があります",
    ),
    (
        "Invalid namespace declaration",
        "名前空間の宣言が誤っています",
    ),
    ("Only one root element", "最上位の要素が複数あります"),
    ("Document must have a root element", "要素がありません"),
    (
        "Content found outside of root element",
        "最上位の要素の外に文字があります",
    ),
    (
        "'<' not allowed in attribute value",
        "属性の値に < は使用できません",
    ),
    (
        "Expected whitespace between attributes",
        "属性と属性の間に空白が必要です",
    ),
    (
        "Expected quote character",
        "属性の値は引用符で囲んでください",
    ),
    ("Expected XML name", "要素又は属性の名前が必要です"),
    ("Expected whitespace", "空白が必要です"),
    ("Expected ", "必要な記号がありません"),
    ("Comments must not", "コメントの中に -- は使用できません"),
    ("']]>' not allowed", "文字の中に ]]> は使用できません"),
    ("Element nesting exceeds", "要素の入れ子が深すぎます"),
    (
        "Processing instruction target",
        "処理命令の名前に xml は使用できません",
    ),
    ("Invalid XML version", "XMLの版の指定が誤っています"),
    ("Invalid encoding name", "文字コードの名前が誤っています"),
    ("Invalid standalone value", "standalone の値が誤っています"),
    ("Only one DOCTYPE", "DOCTYPE宣言が複数あります"),
    ("DOCTYPE", "DOCTYPE宣言は使用できません"),
];

/// What a message means; what it names stands after it.
pub(super) fn of(message: &str) -> Text {
    let known = KNOWN.iter().find(|(begin, _)| message.starts_with(begin));
    let Some((begin, ja)) = known else {
        return Text::new(format!("XMLの書式の誤り: {message}"), message);
    };
    let named = message.strip_prefix(begin).unwrap_or_default();
    let named = named
        .replace("expected ", "正: ")
        .replace(", found ", "、実際: ");
    let named = named.trim();
    let ja = if begin.ends_with([' ', ':']) && !named.is_empty() {
        format!("{ja}［{named}］")
    } else {
        (*ja).to_owned()
    };
    Text::new(ja, message)
}

/// It ends in its midst.
pub(super) fn cut() -> Text {
    Text::new("途中で終わっています", "it ends in its midst")
}

#[cfg(test)]
mod tests {
    use crate::xml::Document;

    #[test]
    fn the_commonest_mistakes_are_told_in_japanese_with_their_place() {
        let cases = [
            (
                "<a></b>",
                "終了タグが開始タグと対応していません［正: </a>、実際: </b>］",
            ),
            ("<a>&x;</a>", "定義されていない実体参照があります［&x;］"),
            ("<a b='1' b='2'/>", "属性が重複しています［b］"),
            ("<n:a/>", "宣言されていない接頭辞があります［n］"),
            ("<a/><b/>", "最上位の要素"),
            ("<a b=1/>", "引用符"),
            ("<a>\u{1}</a>", "使用できない文字"),
            ("<a>", ""),
            ("", ""),
        ];
        for (xml, ja) in cases {
            let error = Document::parse(xml.as_bytes()).unwrap_err();
            let told = error.text();
            assert!(told.ja.contains(ja), "{xml}: {}", told.ja);
            assert!(!told.ja.contains("書式の誤り: "), "{xml}: {}", told.ja);
        }
    }
}
