//! Message templates to request bodies. Values are XML-escaped once, in the template; an unknown name is an error.

use std::{collections::BTreeMap, ops::Range};

use minijinja::{AutoEscape, Environment, UndefinedBehavior, Value};
use toml::Spanned;

use crate::scenario::data::Data;

/// What templates see, by name.
pub type Values = BTreeMap<String, Value>;

/// What is wrong with a template.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TemplateError {
    /// Where in the template, in bytes.
    pub span: Option<Range<usize>>,
    /// What is wrong.
    pub detail: String,
}

impl std::fmt::Display for TemplateError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.detail)
    }
}

impl std::error::Error for TemplateError {}

/// Renders a message's template; values are XML-escaped.
pub fn render(template: &str, values: &Values) -> Result<String, TemplateError> {
    rendered(template, values, AutoEscape::Html)
}

/// Renders a text of a scenario as it is; where it goes into a message, the message's template escapes it.
pub fn plain(text: &str, values: &Values) -> Result<String, TemplateError> {
    rendered(text, values, AutoEscape::None)
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

fn rendered(template: &str, values: &Values, escape: AutoEscape) -> Result<String, TemplateError> {
    let mut environment = Environment::new();
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    environment.set_auto_escape_callback(move |_| escape.clone());
    environment
        .render_str(template, values)
        .map_err(|error| TemplateError {
            span: error.range(),
            detail: error
                .detail()
                .map_or_else(|| error.kind().to_string(), str::to_owned),
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_escaped_once_and_unknown_names_are_errors() {
        let captured = Values::from([("a".to_owned(), Value::from("<&>\"'𠮷"))]);
        let with = value(&Data::Text("{{ a }}!".to_owned()), &captured).unwrap();
        let values = Values::from([("b".to_owned(), with)]);
        assert_eq!(
            render("<x>{{ b }}</x>", &values).unwrap(),
            "<x>&lt;&amp;&gt;&quot;&#x27;𠮷!</x>"
        );
        let error = render("<x>\n{{ c }}</x>", &values).unwrap_err();
        assert_eq!(error.span, Some(7..8));
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
