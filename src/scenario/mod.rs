//! TOML text to scenarios, with places; never fails: what cannot be read becomes a diagnostic.

pub(crate) mod awaited;
pub mod data;
pub mod expect;
pub(crate) mod form;
pub(crate) mod keys;
pub(crate) mod mistake;
pub(crate) mod of_system;
pub mod peer;
pub(crate) mod read;
mod reader;
pub(crate) mod shared;
pub mod step;

use std::{collections::BTreeMap, ops::Range};

use schemars::JsonSchema;
use serde::Deserialize;
use toml::{
    Spanned,
    de::{DeString, DeTable, DeValue},
};

use self::{read::Readable, reader::Reader};
use crate::{diagnostic::Diagnostic, text::Text};

pub use self::{
    expect::{Described, Expect, Selected, Until},
    shared::Use,
    step::{Check, Http, Kind, Listen, Order, Specimen, Step},
};

/// One scenario file.
#[derive(Clone, Debug)]
pub struct Scenario {
    /// `<folder>/<file stem>`, such as `1-master/list`.
    pub id: String,
    /// The file, relative to the suite's root.
    pub path: String,
    /// What the file says, its shared steps put in.
    pub file: ScenarioFile,
    /// Where it uses shared steps.
    pub uses: Vec<Use>,
    /// Whether lines had to be left out, so that nothing can be said of what seems missing.
    pub partial: bool,
}

/// What a scenario file may say.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ScenarioFile {
    /// What it shows.
    pub title: Text,
    /// The phase of the operation test.
    #[schemars(with = "String")]
    pub phase: Spanned<String>,
    /// Words by which a run can choose it.
    #[serde(default)]
    #[schemars(with = "Vec<String>")]
    pub tags: Vec<Spanned<String>>,
    /// The checkpoint that it leaves.
    #[schemars(with = "Option<String>")]
    pub establishes: Option<Spanned<String>>,
    /// Captures that go with the checkpoint to the scenarios that start from it, and on from these.
    #[serde(default)]
    #[schemars(with = "Vec<String>")]
    pub exports: Vec<Spanned<String>>,
    /// The checkpoint from which it starts.
    #[schemars(with = "Option<String>")]
    pub starts_from: Option<Spanned<String>>,
    /// The test items that it covers.
    #[serde(default)]
    #[schemars(with = "Vec<String>")]
    pub covers: Vec<Spanned<String>>,
    /// The rules whose absence it notices.
    #[serde(default)]
    #[schemars(with = "Vec<String>")]
    pub guards: Vec<Spanned<String>>,
    /// How the time of its world passes: it stands until a step moves it, unless this says otherwise.
    pub clock: Option<Clock>,
    /// Its steps, in order.
    #[serde(rename = "step", default)]
    pub steps: Vec<Step>,
}

/// How the time of a world passes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Clock {
    /// It follows the clock on the wall.
    Flowing,
}

/// What a file of shared steps may say.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SharedFile {
    /// What the steps do.
    pub title: Option<Text>,
    /// The steps, in order.
    #[serde(rename = "step", default)]
    pub steps: Vec<Step>,
}

impl Scenario {
    /// Whether the system under test does anything in it.
    pub fn uses_system(&self) -> bool {
        self.file.steps.iter().any(Step::is_of_system)
    }

    /// The line of a step, from 1.
    pub fn line_of(text: &str, span: &Range<usize>) -> usize {
        let before = text.as_bytes().get(..span.start).unwrap_or_default();
        // Counted in bytes part by part, which compilers make fast: each step of a long file asks.
        let parts = before.chunks(usize::from(u8::MAX));
        let ends = |part: &[u8]| part.iter().map(|byte| u8::from(*byte == b'\n')).sum::<u8>();
        parts.map(|part| usize::from(ends(part))).sum::<usize>() + 1
    }
}

/// Reads one file; `files` are those of the suite, for the shared steps.
pub fn parse(
    path: &str,
    text: &str,
    files: &BTreeMap<String, String>,
) -> (Option<Scenario>, Vec<Diagnostic>) {
    let mut found = Vec::new();
    let readable = Readable::new(path, text, &mut found);
    let mut table = readable.tables();
    let steps = table.get_mut().remove("step");
    let required = [
        (
            "title",
            DeValue::Table(DeTable::from_iter(["ja", "en"].map(|language| {
                let key = Spanned::new(0..0, DeString::Borrowed(language));
                let value = DeValue::String(DeString::Borrowed(""));
                (key, Spanned::new(0..0, value))
            }))),
        ),
        ("phase", DeValue::String(DeString::Borrowed(NO_PHASE))),
    ];
    let mut partial = readable.partial;
    let read = read::typed::<ScenarioFile>(path, &table, &required, partial, &mut found);
    let Some(mut file) = read else {
        return (None, found);
    };
    let mut reader = Reader {
        files,
        found,
        under_way: vec![path.to_owned()],
        partial,
        uses: Vec::new(),
        count: 0,
    };
    if let Some(steps) = &steps {
        file.steps = reader.steps(path, steps, partial);
    }
    partial |= reader.partial;
    let mut found = reader.found;
    found.extend(form::check(path, &file, partial));
    file.steps.retain(|step| step.shared.is_none());
    let scenario = Scenario {
        id: path
            .trim_start_matches("scenarios/")
            .trim_end_matches(".toml")
            .to_owned(),
        path: path.to_owned(),
        file,
        uses: reader.uses,
        partial,
    };
    (Some(scenario), found)
}

/// Stands in for a phase that is missing, so that nothing more is said of it.
pub(crate) const NO_PHASE: &str = "";

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = "title = { ja = \"甲\", en = \"a\" }\nphase = \"master\"\n\n[[step]]\nid = \"one\"\nsend = \"ListMasters\"\nas = \"iida-mayor\"\n";

    fn mistakes(text: &str) -> Vec<String> {
        parse("scenarios/1-master/a.toml", text, &BTreeMap::new())
            .1
            .into_iter()
            .map(|diagnostic| diagnostic.text.en)
            .collect()
    }

    #[test]
    fn files_that_notepad_wrote_are_read() {
        let windows = format!("\u{feff}{}", GOOD.replace('\n', "\r\n"));
        assert!(mistakes(&windows).is_empty());
        let (scenario, _) = parse("scenarios/1-master/a.toml", &windows, &BTreeMap::new());
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
            (GOOD.replace("send =", "sned ="), "no key 'sned'"),
            (
                GOOD.replace("\"one\"", "\"One Step\""),
                "cannot name a step",
            ),
            (
                format!("{GOOD}[[step]]\nid = \"one\"\nadvance = 1\n"),
                "two steps",
            ),
            (GOOD.replace("as = \"iida-mayor\"\n", ""), "go together"),
            (
                format!("{GOOD}advance = 3\n"),
                "send and advance stand in one step",
            ),
            (
                GOOD.replace("phase = \"master\"\n", ""),
                "the key 'phase' is missing",
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

    #[test]
    fn shared_steps_stand_where_they_are_used() {
        let files = BTreeMap::from([(
            "scenarios/steps/ask.toml".to_owned(),
            "[[step]]\nid = 'send'\nsend = '{{ what }}'\nas = 'iida-mayor'\nwith = { n = '{{ n }}', all = '{{ list }}', receipt = '{{ receipt }}' }\n\
             [[step]]\nid = 'again'\nsend = '{{ what }}'\nas = 'iida-mayor'\nsame_request_as = 'send'\nexpect = { xpath = { \"//n:A[n:B='{{ n }}']\" = '{{ n }}th' } }\n"
                .to_owned(),
        )]);
        let text = "title = { ja = 'a', en = 'a' }\nphase = 'master'\n[[step]]\nid = 'twice'\nuse = 'steps/ask.toml'\n\
                    with = { what = 'Echo', n = 3, list = [{ a = 1 }], more = 1 }\nalways = true\n";
        let (scenario, found) = parse("scenarios/1-a/a.toml", text, &files);
        let steps = scenario.unwrap().file.steps;
        let ids: Vec<&str> = steps
            .iter()
            .map(|step| step.id.get_ref().as_str())
            .collect();
        assert_eq!(ids, ["twice-send", "twice-again"]);
        assert!(
            steps
                .iter()
                .all(|step| step.always && step.file == "scenarios/steps/ask.toml")
        );
        assert_eq!(steps[0].send.as_ref().unwrap().get_ref(), "Echo");
        assert_eq!(steps[0].with["n"].get_ref(), &data::Data::Integer(3));
        assert!(
            matches!(steps[0].with["all"].get_ref(), data::Data::List(items) if items.len() == 1)
        );
        assert_eq!(
            steps[0].with["receipt"].get_ref(),
            &data::Data::Text("{{ receipt }}".into())
        );
        assert_eq!(
            steps[1].same_request_as.as_ref().unwrap().get_ref(),
            "twice-send"
        );
        let xpath = &steps[1].expected().unwrap().xpath;
        assert_eq!(
            xpath["//n:A[n:B='3']"].get_ref(),
            &Selected::Equals("3th".into())
        );
        let found: Vec<&str> = found
            .iter()
            .map(|mistake| mistake.text.en.as_str())
            .collect();
        assert_eq!(
            found,
            ["scenarios/steps/ask.toml has no use for the parameter 'more'"]
        );
    }
}
