//! Message templates to request bodies. Values are XML-escaped; an unknown name is an error.

use std::collections::BTreeMap;

use minijinja::{AutoEscape, Environment, UndefinedBehavior};

/// Renders a template with values.
pub fn render(template: &str, values: &BTreeMap<String, String>) -> Result<String, String> {
    let mut environment = Environment::new();
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    environment.set_auto_escape_callback(|_| AutoEscape::Html);
    environment.render_str(template, values).map_err(|error| {
        let line = error
            .line()
            .map_or(String::new(), |line| format!(" (line {line})"));
        format!(
            "{}{line}",
            error
                .detail()
                .map_or_else(|| error.kind().to_string(), str::to_owned)
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_escaped_and_unknown_names_are_errors() {
        let values = BTreeMap::from([("a".to_owned(), "<&>\"'𠮷".to_owned())]);
        assert_eq!(
            render("<x>{{ a }}</x>", &values).unwrap(),
            "<x>&lt;&amp;&gt;&quot;&#x27;𠮷</x>"
        );
        assert!(render("<x>\n{{ b }}</x>", &values).is_err());
    }
}
