//! The names in a scenario's head: phase, checkpoints, test items, rules, exports.

use std::collections::BTreeSet;

use crate::{
    diagnostic::{Diagnostic, unknown},
    plan::{Context, PHASES, establisher, is_scenario},
    profile,
    scenario::{NO_PHASE, Scenario, Step},
    text::Text,
};

/// Checks the heads of all scenarios.
pub(super) fn check(cx: &Context<'_>, found: &mut Vec<Diagnostic>) {
    let established = established(cx);
    exports_of_targets(cx, &established, found);
    for scenario in &cx.suite.scenarios {
        own_name(cx, scenario, found);
        head(cx, scenario, &established, found);
    }
}

/// The checkpoints for which the profile's targets give values.
fn exports_of_targets(
    cx: &Context<'_>,
    established: &BTreeSet<String>,
    found: &mut Vec<Diagnostic>,
) {
    for (target, settings) in &cx.suite.profile.target {
        for (name, values) in &settings.exports {
            values_of(cx, target, name, values.keys(), found);
            if !established.contains(name) {
                let path = ["target", target, "exports", name];
                let place = profile::key(cx.source(profile::PATH), &path);
                let kind = Text::new("再開点", "checkpoint");
                let known = established.iter().map(String::as_str);
                found.push(unknown(profile::PATH, place, &kind, name, known));
            }
        }
    }
}

/// The values that a target gives for a checkpoint: one that nobody exports is misspelt, and another is lacking then.
fn values_of<'a>(
    cx: &Context<'_>,
    target: &str,
    checkpoint: &str,
    given: impl Iterator<Item = &'a String>,
    found: &mut Vec<Diagnostic>,
) {
    let Some(source) = establisher(&cx.suite.scenarios, checkpoint) else {
        return;
    };
    let (mut known, all) = inherited(cx, source);
    if source.partial || !all {
        return;
    }
    known.extend(
        source
            .file
            .exports
            .iter()
            .map(|name| name.get_ref().as_str()),
    );
    for value in given.filter(|value| !known.contains(&value.as_str())) {
        let path = ["target", target, "exports", checkpoint, value];
        let place = profile::key(cx.source(profile::PATH), &path);
        let kind = Text::new(
            format!("再開点「{checkpoint}」に付く値"),
            format!("export of '{checkpoint}':"),
        );
        let known = known.iter().copied();
        found.push(unknown(profile::PATH, place, &kind, value, known));
    }
}

/// The longest name of a scenario: the names of worlds are made of it.
const LONGEST: usize = 48;

/// Whether a scenario may be called so.
pub fn is_id(id: &str) -> bool {
    let simple = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '-' | '/');
    id.chars().all(simple) && id.len() <= LONGEST
}

/// What a scenario may be called.
pub fn ids() -> Text {
    Text::new(
        format!(
            "フォルダー名とファイル名は、英小文字・数字・ハイフンで、合わせて{LONGEST}文字以内にしてください"
        ),
        format!("call folder and file by a-z, 0-9 and -, together no longer than {LONGEST}"),
    )
}

/// The name of the file: worlds and snapshots are called by it.
fn own_name(cx: &Context<'_>, scenario: &Scenario, found: &mut Vec<Diagnostic>) {
    let mut mistake = |text: Text| {
        found.push(Diagnostic::new(&scenario.path, 0..0, text).hint(ids()));
    };
    if !is_id(&scenario.id) {
        mistake(Text::new(
            format!("「{}」はシナリオの名前として使用できません", scenario.id),
            format!("'{}' cannot name a scenario", scenario.id),
        ));
    }
    let flat = |id: &str| id.replace('/', "-");
    let same = |other: &&Scenario| other.id != scenario.id && flat(&other.id) == flat(&scenario.id);
    if let Some(other) = cx.suite.scenarios.iter().find(same) {
        mistake(Text::new(
            format!("「{}」は「{}」と区別できません", scenario.id, other.id),
            format!("'{}' cannot be told from '{}'", scenario.id, other.id),
        ));
    }
}

/// The checkpoints that files name as theirs, those of files that cannot be read too: one mistake brings no others.
fn established(cx: &Context<'_>) -> BTreeSet<String> {
    let mut names: BTreeSet<String> = cx
        .suite
        .scenarios
        .iter()
        .filter_map(|scenario| scenario.file.establishes.as_ref())
        .map(|name| name.get_ref().clone())
        .collect();
    let texts = cx
        .project
        .files
        .iter()
        .filter(|(path, _)| is_scenario(path))
        .map(|(_, text)| text.as_str())
        .chain(cx.project.lossy.values().map(String::as_str));
    for line in texts.flat_map(str::lines) {
        let quoted = line
            .trim_start()
            .strip_prefix("establishes")
            .and_then(|rest| rest.trim_start().strip_prefix('='))
            .map(str::trim_start);
        let name = quoted
            .and_then(|text| text.strip_prefix(['"', '\'']))
            .and_then(|text| text.split(['"', '\'']).next());
        names.extend(name.map(str::to_owned));
    }
    names
}

fn head(
    cx: &Context<'_>,
    scenario: &Scenario,
    established: &BTreeSet<String>,
    found: &mut Vec<Diagnostic>,
) {
    let (path, file) = (&scenario.path, &scenario.file);
    let phases = PHASES.iter().map(|(name, ..)| *name);
    let phase = file.phase.get_ref();
    if phase != NO_PHASE && !phases.clone().any(|known| known == phase) {
        let kind = Text::new("段階", "phase");
        found.push(unknown(path, file.phase.span(), &kind, phase, phases));
    }
    own_folder(scenario, found);
    if let Some(name) = &file.starts_from
        && !established.contains(name.get_ref())
    {
        let kind = Text::new("再開点", "checkpoint");
        let known = established.iter().map(String::as_str);
        found.push(unknown(path, name.span(), &kind, name.get_ref(), known));
    }
    if let Some(name) = &file.establishes {
        let other = cx.suite.scenarios.iter().find_map(|other| {
            let theirs = other.file.establishes.as_ref()?;
            (other.id != scenario.id && theirs.get_ref() == name.get_ref())
                .then(|| (other.path.clone(), theirs.span()))
        });
        if let Some((other, span)) = other {
            let text = Text::new(
                format!("再開点「{}」を設けるシナリオが複数あります", name.get_ref()),
                format!("more than one scenario establishes '{}'", name.get_ref()),
            );
            found.push(Diagnostic::new(path, name.span(), text).also(&other, span));
        }
    }
    for item in &file.covers {
        if !cx.suite.items.contains_key(item.get_ref()) {
            let kind = Text::new("試験項目", "test item");
            let known = cx.suite.items.keys().map(String::as_str);
            found.push(unknown(path, item.span(), &kind, item.get_ref(), known));
        }
    }
    for rule in &file.guards {
        let rules = &cx.known.rules;
        if !rules.is_empty() && !rules.contains(rule.get_ref()) {
            let kind = Text::new("規則", "rule");
            let known = rules.iter().map(String::as_str);
            found.push(unknown(path, rule.span(), &kind, rule.get_ref(), known));
        }
    }
    let inherited = inherited(cx, scenario).0.into_iter().map(str::to_owned);
    let captured: BTreeSet<String> = file
        .steps
        .iter()
        .flat_map(Step::captured)
        .chain(inherited)
        .collect();
    for name in &file.exports {
        if !scenario.partial && !captured.contains(name.get_ref()) {
            let kind = Text::new("取得した値", "captured value");
            let known = captured.iter().map(String::as_str);
            found.push(unknown(path, name.span(), &kind, name.get_ref(), known));
        }
    }
}

/// A folder that is called after another phase than the scenario's: one of both is wrong, and whoever looks for the
/// scenario looks in vain.
fn own_folder(scenario: &Scenario, found: &mut Vec<Diagnostic>) {
    let phase = scenario.file.phase.get_ref();
    let folder = scenario.id.split('/').next().unwrap_or_default();
    let called = folder.trim_start_matches(|c: char| c.is_ascii_digit() || c == '-');
    let known = |name: &str| PHASES.iter().position(|(known, ..)| *known == name);
    let (Some(right), Some(_)) = (known(phase), known(called)) else {
        return;
    };
    if called == phase {
        return;
    }
    let text = Text::new(
        format!("段階「{phase}」のシナリオが、段階「{called}」のフォルダーにあります"),
        format!("a scenario of the phase '{phase}' lies in the folder of the phase '{called}'"),
    );
    let hint = Text::new(
        format!(
            "フォルダー scenarios/{right}-{phase} に移すか、phase = \"{called}\" としてください"
        ),
        format!("move it to scenarios/{right}-{phase}, or write phase = \"{called}\""),
    );
    let span = scenario.file.phase.span();
    found.push(Diagnostic::new(&scenario.path, span, text).hint(hint));
}

/// The names that come along with the checkpoint, those from before it included, and whether these are all: an
/// establisher that can be read in part only may export more.
pub(super) fn inherited<'a>(cx: &Context<'a>, scenario: &Scenario) -> (Vec<&'a str>, bool) {
    let mut names = Vec::new();
    let mut at = scenario.file.starts_from.as_ref();
    // No way is longer than the suite, even where it goes round in a circle.
    for _ in 0..=cx.suite.scenarios.len() {
        let Some(checkpoint) = at else {
            return (names, true);
        };
        match establisher(&cx.suite.scenarios, checkpoint.get_ref()) {
            Some(source) if !source.partial => {
                names.extend(
                    source
                        .file
                        .exports
                        .iter()
                        .map(|name| name.get_ref().as_str()),
                );
                at = source.file.starts_from.as_ref();
            }
            Some(_) | None => return (names, false),
        }
    }
    (names, false)
}
