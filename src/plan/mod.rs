//! Scenarios and profile to a plan: every name resolved, every mistake found before anything is sent.

mod act;
mod files;
mod names;
mod order;
mod steps;
mod system;
mod templates;

use std::collections::{BTreeMap, BTreeSet};

use schemars::JsonSchema;
use serde::{Deserialize, de::DeserializeOwned};
use toml::{Spanned, de::DeValue};

use crate::{
    diagnostic::{Diagnostic, unknown},
    profile::{self, Profile},
    project::Project,
    scenario::{
        self, Scenario,
        form::{is_name, no_name},
        read::{self, Readable},
    },
    sentinel,
    text::Text,
};

pub use names::{ids, is_id};

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
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
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
    /// Whether the scenarios were not looked at, since profile, people or test items hold mistakes.
    pub scenarios_unread: bool,
}

/// What the network knows by name; where a list is empty, it is not known and every name is taken.
#[derive(Clone, Debug, Default)]
pub struct Known {
    /// The ids of the rules.
    pub rules: BTreeSet<String>,
    /// The acts of the operator, each with its form: a JSON Schema without references.
    pub acts: BTreeMap<String, serde_json::Value>,
    /// The certificates of a listener.
    pub certificates: BTreeSet<String>,
    /// The faults of a listener.
    pub faults: BTreeSet<String>,
}

/// The people, by name: each with values of any key.
pub(crate) type People = BTreeMap<String, BTreeMap<String, String>>;

/// Where the test items lie.
pub const ITEMS: &str = "scenarios/items.toml";
/// Where the people lie.
pub const PEOPLE: &str = "scenarios/people.toml";

/// What the file of the test items may say.
#[derive(Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ItemsFile {
    /// The items by id.
    #[serde(default)]
    item: BTreeMap<String, Item>,
}

/// What the file of the people may say.
#[derive(Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct PeopleFile {
    /// The people by name.
    #[serde(default)]
    person: People,
}

/// Reads and resolves a whole suite.
pub fn load(project: &Project, known: &Known) -> (Suite, Vec<Diagnostic>) {
    let mut found = Vec::new();
    let profile = match project.get(profile::PATH) {
        Some(text) => {
            let (profile, mistakes) = profile::parse(text);
            found.extend(mistakes);
            profile
        }
        None if project.unreadable.contains_key(profile::PATH) => Profile::default(),
        None => {
            let text = Text::new("profile.toml がありません", "there is no profile.toml");
            found.push(Diagnostic::new(profile::PATH, 0..0, text));
            return (Suite::default(), found);
        }
    };
    let items = items(project, &mut found);
    let people = people(project, &mut found);
    let shared = [profile::PATH, ITEMS, PEOPLE].map(|path| project.unreadable.get(path));
    found.extend(shared.into_iter().flatten().cloned());
    if !found.is_empty() {
        // What scenarios rest on comes first: each of them would seem wrong too.
        let suite = Suite {
            profile,
            scenarios_unread: true,
            ..Suite::default()
        };
        return (suite, sorted(found));
    }
    found.extend(project.unreadable.values().cloned());
    // Where a number may be meant, the sentinel looks at what is sent, with the profile's exceptions.
    if profile.sentinel.twelve_digits.is_empty() && profile.sentinel.masked.is_empty() {
        individual_numbers(project, &mut found);
    }
    files::check(project, &mut found);
    let mut scenarios = Vec::new();
    for (path, text) in &project.files {
        if path.starts_with("scenarios/steps/") {
            // What no scenario uses is read for its form alone; parameters may stand anywhere in it.
            Readable::new(path, text, &mut found);
        }
        if is_scenario(path) {
            let (scenario, mistakes) = scenario::parse(path, text, &project.files);
            found.extend(mistakes);
            scenarios.extend(scenario);
        }
    }
    let (scenarios, mistakes) = order::order(scenarios);
    found.extend(mistakes);
    let suite = Suite {
        profile,
        scenarios,
        items,
        people: minijinja::Value::from(people.clone()),
        scenarios_unread: false,
    };
    let templates = templates::read(project, &mut found);
    let cx = Context {
        suite: &suite,
        templates: &templates,
        people: &people,
        project,
        known,
    };
    names::check(&cx, &mut found);
    files::check_steps(&suite.scenarios, &mut found);
    for scenario in &suite.scenarios {
        steps::check(&cx, scenario, &mut found);
    }
    let found = templates::once(sorted(found), project);
    (suite, found)
}

/// By file and line. What shared steps say wrongly is said once, however often they are used.
fn sorted(mut found: Vec<Diagnostic>) -> Vec<Diagnostic> {
    found.sort_by(|left, right| {
        let key = |of: &Diagnostic| {
            (
                of.path.clone(),
                of.span.start,
                of.span.end,
                of.text.en.clone(),
            )
        };
        key(left).cmp(&key(right))
    });
    found.dedup();
    found
}

/// What a check sees.
#[derive(Clone, Copy)]
struct Context<'a> {
    suite: &'a Suite,
    templates: &'a templates::Templates<'a>,
    people: &'a People,
    project: &'a Project,
    known: &'a Known,
}

impl Context<'_> {
    /// The text of a file that a place is in.
    fn source(&self, path: &str) -> &str {
        self.project.get(path).unwrap_or_default()
    }
}

/// Whether a file is a scenario: in a folder of `scenarios/` that is not one of shared parts.
pub(crate) fn is_scenario(path: &str) -> bool {
    path.strip_prefix("scenarios/")
        .and_then(|rest| rest.split_once('/'))
        .is_some_and(|(folder, file)| {
            !matches!(folder, "steps" | "messages") && file.as_bytes().ends_with(b".toml")
        })
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
    let readable = Readable::new(path, text, found);
    read::typed(path, &readable.tables(), &[], readable.partial, found).unwrap_or_default()
}

/// A file's tables once more, for the places of what has been read from it.
fn with_root<T>(project: &Project, path: &str, read: impl FnOnce(&Spanned<DeValue<'_>>) -> T) -> T {
    let text = project.get(path).unwrap_or_default();
    let readable = Readable::new(path, text, &mut Vec::new());
    let table = readable.tables();
    let span = table.span();
    read(&Spanned::new(span, DeValue::Table(table.into_inner())))
}

fn items(project: &Project, found: &mut Vec<Diagnostic>) -> BTreeMap<String, Item> {
    let items = optional::<ItemsFile>(project, ITEMS, found).item;
    let phases = PHASES.iter().map(|(name, ..)| *name);
    with_root(project, ITEMS, |root| {
        for (id, item) in &items {
            if !phases.clone().any(|phase| phase == item.phase) {
                let (_, place) = read::places(root, &["item", id, "phase"]);
                let kind = Text::new("段階", "phase");
                found.push(unknown(ITEMS, place, &kind, &item.phase, phases.clone()));
            }
        }
    });
    items
}

fn people(project: &Project, found: &mut Vec<Diagnostic>) -> People {
    let people = optional::<PeopleFile>(project, PEOPLE, found).person;
    with_root(project, PEOPLE, |root| {
        for (name, keys) in &people {
            let path = ["person", name];
            let own = (!is_name(name)).then(|| (name, read::places(root, &path).0));
            let theirs = keys.keys().filter(|key| !is_name(key)).map(|key| {
                let path = ["person", name, key];
                (key, read::places(root, &path).0)
            });
            for (name, place) in own.into_iter().chain(theirs) {
                let (text, hint) = no_name(name);
                found.push(Diagnostic::new(PEOPLE, place, text).hint(hint));
            }
        }
    });
    people
}

/// An individual number stands in no file of a suite, whoever's it may be.
fn individual_numbers(project: &Project, found: &mut Vec<Diagnostic>) {
    let files = project.files.iter();
    for (path, text) in files.filter(|(path, _)| path.starts_with("scenarios/")) {
        for place in sentinel::places(text) {
            let hint = Text::new(
                "ファイルに個人番号は記載できません。検出を確認する手順には plants を使用してください。もともと12桁の番号は profile.toml の [sentinel] twelve_digits に記載してください",
                "no file may hold one; a step that tries what happens uses plants; what has 12 digits by nature is named in [sentinel] twelve_digits of profile.toml",
            );
            found.push(Diagnostic::new(path, place, individual_number()).hint(hint));
        }
    }
}

/// What is said of an individual number in a file; it weighs more than other mistakes.
pub fn individual_number() -> Text {
    Text::new(
        "個人番号が記載されています",
        "an individual number is written here",
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

/// What a scenario starts from.
pub(crate) fn source<'a>(suite: &'a Suite, scenario: &Scenario) -> Option<&'a Scenario> {
    let name = scenario.file.starts_from.as_ref()?;
    establisher(&suite.scenarios, name.get_ref())
}

/// What must have run before a scenario, the nearest first.
pub(crate) fn before_it<'a>(
    suite: &'a Suite,
    scenario: &Scenario,
) -> impl Iterator<Item = &'a Scenario> {
    std::iter::successors(source(suite, scenario), |scenario| source(suite, scenario))
}

/// Where an operation's template lies.
pub fn template_path(operation: &str) -> String {
    format!("scenarios/messages/{operation}.xml")
}
