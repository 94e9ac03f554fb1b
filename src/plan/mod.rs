//! Scenarios and profile to a plan: every name resolved, every mistake found before anything is sent.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, de::DeserializeOwned};
use toml::Spanned;

use crate::{
    diagnostic::{Diagnostic, unknown},
    message::{self, Values},
    profile::{self, Profile},
    project::Project,
    scenario::{self, Expect, Scenario, read},
    text::Text,
    xml::{Document, XPath},
};

/// The phases, in order, with their names.
pub const PHASES: [(&str, &str, &str); 6] = [
    ("connection", "接続申請", "connection application"),
    ("master", "マスター取得・適用", "master fetch and apply"),
    ("code", "符号取得・適用", "code fetch and apply"),
    ("connectivity", "業務疎通確認", "connectivity check"),
    ("query-provide", "情報照会・情報提供", "query and provide"),
    (
        "master-update",
        "マスター更新・適用",
        "master update and apply",
    ),
];

/// A test item that scenarios cover, or that people attest by hand.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Item {
    /// The phase.
    pub phase: String,
    /// What is tried.
    pub text: Text,
    /// Whether it is attested by hand.
    #[serde(default)]
    pub by_hand: bool,
}

/// A suite, read and resolved.
#[derive(Clone, Debug, Default)]
pub struct Suite {
    /// The profile.
    pub profile: Profile,
    /// The scenarios by id, establishers before those that start from them.
    pub scenarios: Vec<Scenario>,
    /// The test items by id.
    pub items: BTreeMap<String, Item>,
    /// The people as templates see them, by name.
    pub people: minijinja::Value,
}

/// Where the test items lie.
const ITEMS: &str = "scenarios/items.toml";
/// Where the people lie.
const PEOPLE: &str = "scenarios/people.toml";

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Items {
    #[serde(default)]
    item: BTreeMap<String, Item>,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct People {
    #[serde(default)]
    person: BTreeMap<String, BTreeMap<String, String>>,
}

/// Reads a file that a suite may have.
fn optional<T: DeserializeOwned + Default>(
    project: &Project,
    path: &str,
    found: &mut Vec<Diagnostic>,
) -> T {
    let Some(text) = project.get(path) else {
        return T::default();
    };
    let readable = read::without_mark(text);
    let table = read::document(path, &readable, found);
    read::typed(path, &table, &[], found).unwrap_or_default()
}

/// Reads and resolves a whole suite; `rules` are the rule ids of the mock's catalogue, empty where none is known.
pub fn load(project: &Project, rules: &BTreeSet<String>) -> (Suite, Vec<Diagnostic>) {
    let Some(text) = project.get(profile::PATH) else {
        let text = Text::new("profile.toml がありません", "there is no profile.toml");
        return (
            Suite::default(),
            vec![Diagnostic {
                path: profile::PATH.to_owned(),
                span: 0..0,
                text,
                hint: None,
            }],
        );
    };
    let (profile, mut diagnostics) = profile::parse(text);
    let items = optional::<Items>(project, ITEMS, &mut diagnostics).item;
    let people = optional::<People>(project, PEOPLE, &mut diagnostics).person;
    let people = minijinja::Value::from(people);
    let mut scenarios = Vec::new();
    for (path, text) in &project.files {
        let in_phase_folder = path
            .strip_prefix("scenarios/")
            .is_some_and(|rest| rest.contains('/') && !rest.starts_with("steps/"));
        if in_phase_folder && path.as_bytes().ends_with(b".toml") {
            let (scenario, mistakes) = scenario::parse(path, text, &project.files);
            diagnostics.extend(mistakes);
            scenarios.extend(scenario);
        }
    }
    let suite = Suite {
        profile,
        scenarios,
        items,
        people,
    };
    for scenario in &suite.scenarios {
        diagnostics.extend(resolve(scenario, &suite, project, rules));
    }
    let Suite {
        profile,
        scenarios,
        items,
        people,
    } = suite;
    let (scenarios, cycles) = order(scenarios);
    diagnostics.extend(cycles);
    (
        Suite {
            profile,
            scenarios,
            items,
            people,
        },
        diagnostics,
    )
}

/// The scenario that leaves a checkpoint.
pub fn establisher<'a>(scenarios: &'a [Scenario], name: &str) -> Option<&'a Scenario> {
    scenarios.iter().find(|scenario| {
        scenario
            .file
            .establishes
            .as_ref()
            .is_some_and(|left| left.get_ref() == name)
    })
}

fn resolve(
    scenario: &Scenario,
    suite: &Suite,
    project: &Project,
    rules: &BTreeSet<String>,
) -> Vec<Diagnostic> {
    let file = &scenario.file;
    let path = &scenario.path;
    let mut found = Vec::new();
    let kind = |ja: &str, en: &str| Text::new(ja, en);
    let phases: Vec<&str> = PHASES.iter().map(|(name, ..)| *name).collect();
    if file.phase.get_ref() != scenario::NO_PHASE
        && !phases.contains(&file.phase.get_ref().as_str())
    {
        found.push(unknown(
            path,
            file.phase.span(),
            &kind("段階", "phase"),
            file.phase.get_ref(),
            phases,
        ));
    }
    let established: Vec<&str> = suite
        .scenarios
        .iter()
        .filter_map(|other| {
            other
                .file
                .establishes
                .as_ref()
                .map(|name| name.get_ref().as_str())
        })
        .collect();
    if let Some(name) = &file.starts_from
        && !established.contains(&name.get_ref().as_str())
    {
        found.push(unknown(
            path,
            name.span(),
            &kind("再開点", "checkpoint"),
            name.get_ref(),
            established.iter().copied(),
        ));
    }
    if let Some(name) = &file.establishes
        && established
            .iter()
            .filter(|other| *other == name.get_ref())
            .count()
            > 1
    {
        let text = Text::new(
            format!("再開点「{}」を設けるシナリオが複数あります", name.get_ref()),
            format!("more than one scenario establishes '{}'", name.get_ref()),
        );
        found.push(Diagnostic {
            path: path.clone(),
            span: name.span(),
            text,
            hint: None,
        });
    }
    for item in &file.covers {
        if !suite.items.contains_key(item.get_ref()) {
            let known = suite.items.keys().map(String::as_str);
            found.push(unknown(
                path,
                item.span(),
                &kind("試験項目", "test item"),
                item.get_ref(),
                known,
            ));
        }
    }
    for rule in &file.guards {
        if !rules.is_empty() && !rules.contains(rule.get_ref()) {
            let known = rules.iter().map(String::as_str);
            found.push(unknown(
                path,
                rule.span(),
                &kind("規則", "rule"),
                rule.get_ref(),
                known,
            ));
        }
    }
    // Captures of the establisher come along with its checkpoint.
    let source = file
        .starts_from
        .as_ref()
        .and_then(|name| establisher(&suite.scenarios, name.get_ref()));
    let exports = source.map_or(&[][..], |source| source.file.exports.as_slice());
    let mut captured: BTreeSet<&str> = exports.iter().map(|name| name.get_ref().as_str()).collect();
    for step in &file.steps {
        let path = &step.file;
        if let Some(identity) = &step.identity
            && !suite.profile.identity.contains_key(identity.get_ref())
        {
            let known = suite.profile.identity.keys().map(String::as_str);
            found.push(unknown(
                path,
                identity.span(),
                &kind("送信者", "identity"),
                identity.get_ref(),
                known,
            ));
        }
        if let Some(operation) = &step.send {
            if suite.profile.operation.contains_key(operation.get_ref()) {
                found.extend(check_template(
                    path, operation, step, &captured, suite, project,
                ));
            } else {
                let known = suite.profile.operation.keys().map(String::as_str);
                found.push(unknown(
                    path,
                    operation.span(),
                    &kind("操作", "operation"),
                    operation.get_ref(),
                    known,
                ));
            }
        }
        let expressions = step
            .expect
            .iter()
            .flat_map(|expect| expressions(expect.get_ref()))
            .chain(step.capture.values().map(|x| x.get_ref().as_str()));
        for expression in expressions {
            if let Err(error) = XPath::check(
                expression,
                &suite.profile.namespaces,
                suite.profile.no_prefix,
            ) {
                let error = error.text();
                let text = Text::new(
                    format!("「{expression}」: {}", error.ja),
                    format!("'{expression}': {}", error.en),
                );
                found.push(Diagnostic {
                    path: path.clone(),
                    span: step.id.span(),
                    text,
                    hint: None,
                });
            }
        }
        captured.extend(step.capture.keys().map(|name| name.get_ref().as_str()));
    }
    found
}

fn expressions(expect: &Expect) -> impl Iterator<Item = &str> {
    expect
        .xpath
        .keys()
        .map(|expression| expression.get_ref().as_str())
}

/// Renders a step's template with dummy values: it must know every name and be well-formed.
fn check_template(
    path: &str,
    operation: &Spanned<String>,
    step: &scenario::Step,
    captured: &BTreeSet<&str>,
    suite: &Suite,
    project: &Project,
) -> Option<Diagnostic> {
    let mistake = |text: Text| {
        Some(Diagnostic {
            path: path.to_owned(),
            span: operation.span(),
            text,
            hint: None,
        })
    };
    if step.raw.is_some() {
        return None;
    }
    let file = template_path(operation.get_ref());
    let Some(template) = project.get(&file) else {
        return mistake(Text::new(
            format!("電文のひな形「{file}」がありません"),
            format!("there is no template {file}"),
        ));
    };
    let mut seen = Values::from([("people".to_owned(), suite.people.clone())]);
    let dummies = ["request_id", "institution"]
        .into_iter()
        .chain(captured.iter().copied());
    seen.extend(dummies.map(|name| (name.to_owned(), "dummy".into())));
    let mut values = seen.clone();
    if step.plants.is_some() {
        values.insert("planted".to_owned(), "dummy".into());
        seen.insert("planted".to_owned(), "dummy".into());
    }
    for (name, data) in &step.with {
        let name = name.get_ref();
        match message::value(data.get_ref(), &seen) {
            Ok(value) => values.insert(name.clone(), value),
            Err(error) => {
                return mistake(Text::new(
                    format!("with.{name}: {error}"),
                    format!("with.{name}: {error}"),
                ));
            }
        };
    }
    match message::render(template, &values) {
        Err(error) => mistake(Text::new(
            format!("{file}: {error}"),
            format!("{file}: {error}"),
        )),
        Ok(rendered) => match Document::parse(rendered.as_bytes()) {
            Ok(_) => None,
            Err(error) => mistake(Text::new(
                format!("{file}: 整形式のXMLになりません（{error}）"),
                format!("{file} does not give well-formed XML: {error}"),
            )),
        },
    }
}

/// Where an operation's template lies.
pub fn template_path(operation: &str) -> String {
    format!("scenarios/messages/{operation}.xml")
}

/// Establishers before those that start from them, else by id; scenarios in a cycle are named.
fn order(mut rest: Vec<Scenario>) -> (Vec<Scenario>, Vec<Diagnostic>) {
    rest.sort_by(|left, right| left.id.cmp(&right.id));
    let mut ordered: Vec<Scenario> = Vec::new();
    loop {
        let (ready, waiting): (Vec<Scenario>, Vec<Scenario>) =
            rest.iter().cloned().partition(|scenario| {
                scenario.file.starts_from.as_ref().is_none_or(|name| {
                    establisher(&ordered, name.get_ref()).is_some()
                        || establisher(&rest, name.get_ref()).is_none()
                })
            });
        if ready.is_empty() {
            let cycle = waiting.iter().filter_map(|scenario| {
                scenario
                    .file
                    .starts_from
                    .as_ref()
                    .map(|name| (scenario, name))
            });
            let diagnostics = cycle
                .map(|(scenario, name)| Diagnostic {
                    path: scenario.path.clone(),
                    span: name.span(),
                    text: Text::new(
                        "starts_from が循環しています",
                        "starts_from goes round in a circle",
                    ),
                    hint: None,
                })
                .collect();
            return (ordered, diagnostics);
        }
        ordered.extend(ready);
        rest = waiting;
        if rest.is_empty() {
            return (ordered, Vec::new());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PROFILE: &str = "fault_code = '//n:Code'\n[namespaces]\nn = 'urn:n'\n[operation.ListMasters]\nendpoint = 'master'\naction = 'x'\n[identity.iida-mayor]\ncertificate = 'c'\ninstitution = '202053-M'\n";
    const HEAD: &str = "title = { ja = 'a', en = 'a' }\nphase = 'master'\n";
    const STEP: &str = "[[step]]\nid = 'a'\nsend = 'ListMasters'\nas = 'iida-mayor'\n";

    fn mistakes(files: &[(&str, String)]) -> Vec<String> {
        let mut project = Project::default();
        project.files.insert(profile::PATH.into(), PROFILE.into());
        project.files.insert(
            "scenarios/messages/ListMasters.xml".into(),
            "<a>{{ request_id }}</a>".into(),
        );
        for (path, text) in files {
            project.files.insert((*path).to_owned(), text.clone());
        }
        let rules = BTreeSet::from(["R-CON-01".to_owned()]);
        load(&project, &rules)
            .1
            .into_iter()
            .map(|diagnostic| diagnostic.text.en)
            .collect()
    }

    #[test]
    fn every_unknown_name_is_found_before_anything_is_sent() {
        let a = "scenarios/1-master/a.toml";
        let one = |text: String| mistakes(&[(a, text)]);
        assert_eq!(one(format!("{HEAD}{STEP}")), [""; 0]);
        let cases = [
            (
                format!("{HEAD}{STEP}").replace("ListMasters", "ListMaster"),
                "no operation 'ListMaster'",
            ),
            (
                format!("{HEAD}{STEP}").replace("iida-mayor", "iida"),
                "no identity 'iida'",
            ),
            (
                format!("{HEAD}starts_from = 'x'\n{STEP}"),
                "no checkpoint 'x'",
            ),
            (
                format!("{HEAD}covers = ['9-99']\n{STEP}"),
                "no test item '9-99'",
            ),
            (
                format!("{HEAD}guards = ['R-X-01']\n{STEP}"),
                "no rule 'R-X-01'",
            ),
            (
                format!("{HEAD}{STEP}").replace("'master'", "'mister'"),
                "no phase 'mister'",
            ),
            (
                format!("{HEAD}{STEP}expect = {{ xpath = {{ '//State' = 'x' }} }}\n"),
                "no prefix",
            ),
            (
                format!("{HEAD}{STEP}expect = {{ xpath = {{ '//q:State' = 'x' }} }}\n"),
                "'q' is not declared",
            ),
            (
                format!("{HEAD}{STEP}with = {{ b = '{{{{ nobody }}}}' }}\n"),
                "with.b",
            ),
            (
                format!("{HEAD}starts_from = 'c'\nestablishes = 'c'\n{STEP}"),
                "circle",
            ),
        ];
        for (text, says) in cases {
            let found = one(text);
            assert!(
                found.iter().any(|mistake| mistake.contains(says)),
                "{says}: {found:?}"
            );
        }
    }

    #[test]
    fn all_mistakes_of_all_files_are_shown_at_once_and_two_establishers_are_one() {
        let text = format!("{HEAD}establishes = 'c'\n{STEP}");
        let found = mistakes(&[
            ("scenarios/1-master/a.toml", text.clone()),
            ("scenarios/1-master/b.toml", text),
            ("scenarios/1-master/c.toml", "title = 1".to_owned()),
        ]);
        assert_eq!(found.len(), 5, "{found:?}");
    }
}
