//! Message templates to request bodies. Values are XML-escaped once, in the template; an unknown name is an error.

use std::{
    collections::{BTreeMap, BTreeSet},
    ops::Range,
    sync::LazyLock,
};

use minijinja::{AutoEscape, Environment, ErrorKind, UndefinedBehavior, Value, value::ValueKind};
use toml::Spanned;

use crate::{scenario::data::Data, text::Text};

/// What templates see, by name.
pub type Values = BTreeMap<String, Value>;

/// What is wrong with a template.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TemplateError {
    /// Where in the template, in bytes.
    pub span: Option<Range<usize>>,
    /// What is wrong.
    pub detail: Text,
    /// The name that has no value, with what is asked of it, such as `people.sato.atena`.
    pub undefined: Option<String>,
}

impl TemplateError {
    /// For people.
    pub fn text(&self) -> Text {
        match &self.undefined {
            Some(name) => Text::new(
                format!("「{name}」に値がありません"),
                format!("'{name}' has no value"),
            ),
            None => Text::new(
                format!("ひな形の誤りです（{}）", self.detail.ja),
                format!("not a template: {}", self.detail.en),
            ),
        }
    }
}

impl std::fmt::Display for TemplateError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.text().en)
    }
}

impl std::error::Error for TemplateError {}

/// A message's template, read once for all that is asked of it.
#[derive(Clone, Debug)]
pub struct Template<'s> {
    written: &'s str,
    compiled: minijinja::Template<'s, 's>,
}

impl<'s> Template<'s> {
    /// Reads a template.
    pub fn read(written: &'s str) -> Result<Self, TemplateError> {
        let compiled = XML
            .template_from_str(without_mark(written))
            .map_err(|error| failed(written, &error))?;
        Ok(Self { written, compiled })
    }

    /// The names that it asks for, whether it needs them or not.
    pub fn names(&self) -> BTreeSet<String> {
        let names = self.compiled.undeclared_variables(false);
        names.into_iter().collect()
    }

    /// Renders it; values are XML-escaped.
    pub fn render(&self, values: &Values) -> Result<String, TemplateError> {
        let rendered = self.compiled.render(values);
        rendered.map_err(|error| failed(self.written, &error))
    }
}

/// Renders a message's template; values are XML-escaped.
pub fn render(template: &str, values: &Values) -> Result<String, TemplateError> {
    Template::read(template)?.render(values)
}

/// Renders a text of a scenario as it is; where it goes into a message, the message's template escapes it.
pub fn plain(text: &str, values: &Values) -> Result<String, TemplateError> {
    if !is_template(text) {
        return Ok(text.to_owned());
    }
    // Rendering takes a line feed from the end of a template; a value keeps it.
    let (template, end) = match text.strip_suffix('\n') {
        Some(_) => (text, "\n"),
        None => (text, ""),
    };
    TEXT.render_str(template, values)
        .map(|rendered| rendered + end)
        .map_err(|error| failed(text, &error))
}

/// Whether a text of a scenario holds anything to render.
pub fn is_template(text: &str) -> bool {
    text.contains("{{") || text.contains("{%")
}

/// A scenario's value for a template, every text in it rendered.
pub fn value(data: &Data, values: &Values) -> Result<Value, TemplateError> {
    Ok(match data {
        Data::Text(text) => Value::from(plain(text, values)?),
        Data::Integer(number) => Value::from(*number),
        Data::Float(number) => Value::from(*number),
        Data::Boolean(value) => Value::from(*value),
        Data::List(items) => Value::from(
            items
                .iter()
                .map(|item| value(item.get_ref(), values))
                .collect::<Result<Vec<Value>, TemplateError>>()?,
        ),
        Data::Table(entries) => Value::from(
            entries
                .iter()
                .map(|(name, item)| Ok((name.clone(), value(item.get_ref(), values)?)))
                .collect::<Result<Values, TemplateError>>()?,
        ),
    })
}

/// A scenario's value as JSON, every text in it rendered.
pub fn json(data: &Data, values: &Values) -> Result<serde_json::Value, TemplateError> {
    Ok(match data {
        Data::Text(text) => plain(text, values)?.into(),
        Data::Integer(number) => (*number).into(),
        Data::Float(number) => (*number).into(),
        Data::Boolean(value) => (*value).into(),
        Data::List(items) => items
            .iter()
            .map(|item| json(item.get_ref(), values))
            .collect::<Result<Vec<serde_json::Value>, TemplateError>>()?
            .into(),
        Data::Table(entries) => serde_json::Value::Object(
            entries
                .iter()
                .map(|(name, item)| Ok((name.clone(), json(item.get_ref(), values)?)))
                .collect::<Result<_, TemplateError>>()?,
        ),
    })
}

/// A table of a scenario as a JSON object, every text in it rendered.
pub fn json_object(
    entries: &BTreeMap<Spanned<String>, Spanned<Data>>,
    values: &Values,
) -> Result<serde_json::Value, TemplateError> {
    entries
        .iter()
        .map(|(name, item)| Ok((name.get_ref().clone(), json(item.get_ref(), values)?)))
        .collect::<Result<_, TemplateError>>()
        .map(serde_json::Value::Object)
}

/// For messages.
static XML: LazyLock<Environment<'static>> = LazyLock::new(|| environment(AutoEscape::Html));
/// For texts of scenarios.
static TEXT: LazyLock<Environment<'static>> = LazyLock::new(|| environment(AutoEscape::None));

fn environment(escape: AutoEscape) -> Environment<'static> {
    let mut environment = Environment::new();
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    // Only so does a mistake name what has no value; a release build leaves it off where nothing is said.
    environment.set_debug(true);
    environment.set_auto_escape_callback(move |_| escape.clone());
    environment.set_formatter(|out, state, value| {
        if value.kind() == ValueKind::Bool {
            // As XML writes it, and as the scenario does.
            let text = if value.is_true() { "true" } else { "false" };
            return out.write_str(text).map_err(Into::into);
        }
        let escapes = *state.auto_escape() != AutoEscape::None;
        if escapes && !value.is_safe() && !value.is_undefined() {
            return out
                .write_str(&xml_escaped(&value.to_string()))
                .map_err(Into::into);
        }
        minijinja::escape_formatter(out, state, value)
    });
    environment
}

/// A text as XML writes it, in an element or an attribute. A carriage return must be a reference: readers of XML would
/// make a line feed of it.
fn xml_escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&apos;"),
            '\r' => out.push_str("&#13;"),
            other => out.push(other),
        }
    }
    out
}

fn without_mark(template: &str) -> &str {
    template.trim_start_matches('\u{feff}')
}

fn failed(template: &str, error: &minijinja::Error) -> TemplateError {
    let mark = template.len() - without_mark(template).len();
    let detail = error
        .detail()
        .map_or_else(|| error.kind().to_string(), str::to_owned);
    let undefined = detail
        .split_once("` is undefined")
        .and_then(|(before, _)| before.rsplit_once('`'))
        .map(|(_, name)| name.to_owned());
    TemplateError {
        span: error.range().map(|span| span.start + mark..span.end + mark),
        detail: Text::new(in_japanese(error.kind(), &detail), detail),
        undefined,
    }
}

/// What is wrong, and what it is about: that stands in the library's own words.
fn in_japanese(kind: ErrorKind, detail: &str) -> String {
    const KINDS: [(ErrorKind, &str); 10] = [
        (ErrorKind::SyntaxError, "構文の誤り"),
        (ErrorKind::UnknownFilter, "そのフィルターはありません"),
        (ErrorKind::UnknownTest, "その判定（is）はありません"),
        (ErrorKind::UnknownFunction, "その関数はありません"),
        (ErrorKind::UnknownMethod, "そのメソッドはありません"),
        (ErrorKind::TooManyArguments, "引数が多すぎます"),
        (ErrorKind::MissingArgument, "引数が足りません"),
        (ErrorKind::BadEscape, "文字列のエスケープが誤っています"),
        (
            ErrorKind::InvalidOperation,
            "この値に対してできない操作です",
        ),
        (ErrorKind::TemplateNotFound, "他のひな形は取り込めません"),
    ];
    if detail.ends_with("expected end of variable block") {
        return "}} で閉じられていないか、中の書き方が誤っています".to_owned();
    }
    if detail.ends_with("expected end of block") {
        return "%} で閉じられていないか、中の書き方が誤っています".to_owned();
    }
    match KINDS.iter().find(|(known, _)| *known == kind) {
        Some((_, ja)) => format!("{ja}: {detail}"),
        None => format!("その他の誤り: {detail}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_escaped_once_and_unknown_names_are_errors() {
        let captured = Values::from([("a".to_owned(), Value::from("<&>\"'/\r𠮷"))]);
        let with = value(&Data::Text("{{ a }}!".to_owned()), &captured).unwrap();
        let values = Values::from([("b".to_owned(), with)]);
        assert_eq!(
            render("<x>{{ b }}</x>", &values).unwrap(),
            "<x>&lt;&amp;&gt;&quot;&apos;/&#13;𠮷!</x>"
        );
        let error = render("<x>\n{{ c }}</x>", &values).unwrap_err();
        assert_eq!(error.span, Some(7..8));
        assert_eq!(error.undefined.as_deref(), Some("c"));
    }

    #[test]
    fn a_template_that_notepad_wrote_is_read_and_its_places_stay_right() {
        let template = "\u{feff}<x>\r\n{{ c }}</x>\r\n";
        let error = render(template, &Values::new()).unwrap_err();
        assert_eq!(&template[error.span.unwrap()], "c");
        let values = Values::from([("c".to_owned(), Value::from(1))]);
        assert!(render(template, &values).unwrap().starts_with("<x>"));
    }

    #[test]
    fn a_boolean_is_written_as_xml_has_it() {
        let values = Values::from([("a".to_owned(), Value::from(true))]);
        let template = "<x>{{ a }}{{ not a }}{% if a %}!{% endif %}</x>";
        assert_eq!(render(template, &values).unwrap(), "<x>truefalse!</x>");
        assert_eq!(plain("{{ a }}", &values).unwrap(), "true");
    }

    #[test]
    fn a_value_keeps_a_mark_at_its_beginning_and_a_line_feed_at_its_end() {
        for text in ["\u{feff}a\n", "\u{feff}{{ b }}\n", "\n\n"] {
            let values = Values::from([("b".to_owned(), Value::from("a"))]);
            assert_eq!(plain(text, &values).unwrap(), text.replace("{{ b }}", "a"));
        }
    }

    #[test]
    fn lists_and_tables_can_be_walked_in_a_template() {
        let data: BTreeMap<String, Data> =
            toml::from_str("copies = [{ of = '{{ a }}', n = 1 }, { of = 'x', n = 2 }]").unwrap();
        let captured = Values::from([("a".to_owned(), Value::from("&"))]);
        let values = Values::from([(
            "copies".to_owned(),
            value(&data["copies"], &captured).unwrap(),
        )]);
        assert_eq!(
            render(
                "{% for c in copies %}<c n='{{ c.n }}'>{{ c.of }}</c>{% endfor %}",
                &values
            )
            .unwrap(),
            "<c n='1'>&amp;</c><c n='2'>x</c>"
        );
        assert_eq!(
            json(&data["copies"], &captured).unwrap(),
            serde_json::json!([{ "of": "&", "n": 1 }, { "of": "x", "n": 2 }])
        );
    }
}
