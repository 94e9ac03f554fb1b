//! TOML text to scenarios, with spans; never fails: what cannot be read becomes a diagnostic.

use std::{collections::BTreeMap, ops::Range};

use serde::Deserialize;
use toml::Spanned;

use crate::{diagnostic::Diagnostic, profile::toml_mistake, text::Text};

/// One scenario file.
#[derive(Clone, Debug)]
pub struct Scenario {
    /// `<folder>/<file stem>`, such as `1-master/list`.
    pub id: String,
    /// The file, relative to the suite's root.
    pub path: String,
    /// What the file says.
    pub file: ScenarioFile,
}

/// What a scenario file may say.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ScenarioFile {
    /// What it shows.
    pub title: Text,
    /// The phase of the operation test.
    pub phase: Spanned<String>,
    /// The checkpoint that it leaves.
    pub establishes: Option<Spanned<String>>,
    /// The checkpoint from which it starts.
    pub starts_from: Option<Spanned<String>>,
    /// The test items that it covers.
    #[serde(default)]
    pub covers: Vec<Spanned<String>>,
    /// The rules whose absence it notices.
    #[serde(default)]
    pub guards: Vec<Spanned<String>>,
    /// Its steps, in order.
    #[serde(rename = "step", default)]
    pub steps: Vec<Step>,
}

/// One step: it sends, acts on the network, or moves the clock.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Step {
    /// Its name, unique in the scenario; also the name of its snapshot.
    pub id: Spanned<String>,
    /// The operation to send.
    pub send: Option<Spanned<String>>,
    /// The identity that sends.
    #[serde(rename = "as")]
    pub identity: Option<Spanned<String>>,
    /// Values for the message's template.
    #[serde(default)]
    pub with: BTreeMap<String, String>,
    /// Another `Content-Type` than that of the contract.
    pub content_type: Option<String>,
    /// Another `SOAPAction` than that of the operation.
    pub action: Option<String>,
    /// Literal bytes in the place of a rendered template.
    pub raw: Option<String>,
    /// What must come back.
    pub expect: Option<Expect>,
    /// Names for values of the answer, by XPath.
    #[serde(default)]
    pub capture: BTreeMap<String, Spanned<String>>,
    /// What the operator of the network does.
    pub network: Option<BTreeMap<String, String>>,
    /// Moves the world's clock by so many seconds.
    pub advance: Option<u64>,
    /// Moves the world's clock to a time, RFC 3339.
    pub at: Option<String>,
    /// Whether it runs even after a failure.
    #[serde(default)]
    pub always: bool,
}

/// What must come back.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Expect {
    /// The HTTP status.
    pub status: Option<u16>,
    /// The fault code.
    pub fault: Option<String>,
    /// XPath → what it must select.
    #[serde(default)]
    pub xpath: BTreeMap<String, Selected>,
}

/// What an XPath must select.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(untagged)]
pub enum Selected {
    /// Exactly this one value.
    Equals(String),
    /// Something described.
    Described(Described),
}

/// A description of what is selected; each part that is given must hold.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Described {
    /// Whether anything is selected.
    pub exists: Option<bool>,
    /// How many nodes are selected.
    pub count: Option<usize>,
    /// A regular expression that each value matches as a whole.
    pub matches: Option<String>,
    /// Values of which each selected one is one.
    pub one_of: Option<Vec<String>>,
}

impl Scenario {
    /// The line of a step, from 1.
    pub fn line_of(text: &str, span: &Range<usize>) -> usize {
        text.get(..span.start)
            .map_or(1, |before| before.matches('\n').count() + 1)
    }
}

/// Reads one file.
pub fn parse(path: &str, text: &str) -> (Option<Scenario>, Vec<Diagnostic>) {
    // A byte order mark becomes white space of the same length, so that spans stay right.
    let readable = text.replacen(
        '\u{feff}',
        "\n\n\n",
        usize::from(text.starts_with('\u{feff}')),
    );
    let id = path
        .trim_start_matches("scenarios/")
        .trim_end_matches(".toml")
        .to_owned();
    match toml::from_str::<ScenarioFile>(&readable) {
        Ok(file) => {
            let diagnostics = check(path, &file);
            (
                Some(Scenario {
                    id,
                    path: path.to_owned(),
                    file,
                }),
                diagnostics,
            )
        }
        Err(error) => (None, vec![toml_mistake(path, "", &error)]),
    }
}

fn check(path: &str, file: &ScenarioFile) -> Vec<Diagnostic> {
    let mut diagnostics = Vec::new();
    let mut mistake = |span: Range<usize>, text: Text, hint: Option<Text>| {
        diagnostics.push(Diagnostic {
            path: path.to_owned(),
            span,
            text,
            hint,
        });
    };
    if file.steps.is_empty() {
        mistake(
            file.phase.span(),
            Text::new("手順がありません", "the scenario has no step"),
            None,
        );
    }
    let mut seen: Vec<&str> = Vec::new();
    for step in &file.steps {
        let id = step.id.get_ref().as_str();
        let simple = !id.is_empty()
            && id
                .chars()
                .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-');
        if !simple {
            mistake(
                step.id.span(),
                Text::new(
                    format!("手順名「{id}」は使用できません"),
                    format!("'{id}' cannot name a step"),
                ),
                Some(Text::new(
                    "英小文字・数字・ハイフンで記載してください",
                    "use a-z, 0-9 and -",
                )),
            );
        }
        if seen.contains(&id) {
            mistake(
                step.id.span(),
                Text::new(
                    format!("手順名「{id}」が重複しています"),
                    format!("two steps are called '{id}'"),
                ),
                None,
            );
        }
        seen.push(id);
        let kinds = [
            step.send.is_some(),
            step.network.is_some(),
            step.advance.is_some(),
            step.at.is_some(),
        ];
        if kinds.into_iter().filter(|given| *given).count() != 1 {
            mistake(
                step.id.span(),
                Text::new(
                    "send・network・advance・at のいずれか一つが必要です",
                    "a step has one of send, network, advance and at",
                ),
                None,
            );
        }
        if step.send.is_some() != step.identity.is_some() {
            mistake(
                step.id.span(),
                Text::new(
                    "send には as（送信者）が必要です",
                    "send and as (the identity) go together",
                ),
                None,
            );
        }
    }
    diagnostics
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = "title = { ja = \"甲\", en = \"a\" }\nphase = \"master\"\n\n[[step]]\nid = \"one\"\nsend = \"ListMasters\"\nas = \"iida-mayor\"\n";

    fn mistakes(text: &str) -> Vec<String> {
        parse("scenarios/1-master/a.toml", text)
            .1
            .into_iter()
            .map(|diagnostic| diagnostic.text.en)
            .collect()
    }

    #[test]
    fn files_that_notepad_wrote_are_read() {
        let windows = format!("\u{feff}{}", GOOD.replace('\n', "\r\n"));
        assert!(mistakes(&windows).is_empty());
        let (scenario, _) = parse("scenarios/1-master/a.toml", &windows);
        let step_span = scenario
            .as_ref()
            .map(|scenario| scenario.file.steps[0].id.span())
            .unwrap();
        assert_eq!(&windows[step_span.clone()], "\"one\"");
        assert_eq!(Scenario::line_of(&windows, &step_span), 5);
    }

    #[test]
    fn each_mistake_of_form_is_found() {
        let cases = [
            (GOOD.replace("send =", "sned ="), "unknown field `sned`"),
            (
                GOOD.replace("\"one\"", "\"One Step\""),
                "cannot name a step",
            ),
            (
                format!("{GOOD}[[step]]\nid = \"one\"\nadvance = 1\n"),
                "two steps",
            ),
            (GOOD.replace("as = \"iida-mayor\"\n", ""), "go together"),
            (format!("{GOOD}advance = 3\n"), "one of send"),
            (
                GOOD.replace("phase = \"master\"\n", ""),
                "missing field `phase`",
            ),
        ];
        for (text, says) in cases {
            let found = mistakes(&text);
            assert!(
                found.iter().any(|mistake| mistake.contains(says)),
                "{says}: {found:?}"
            );
        }
    }
}
