//! Templates, rendered with stand-ins: they must know every name and give well-formed XML.

use std::{
    collections::{BTreeMap, BTreeSet},
    ops::Range,
};

use toml::Spanned;

use crate::{
    diagnostic::{Diagnostic, meant, nearest},
    message::{self, Template, TemplateError, Values},
    plan::{
        Context,
        steps::{STAND_IN, Seen},
        system, template_path,
    },
    project::Project,
    scenario::{Scenario, Step, data::Data, read::inside},
    text::Text,
    xml::Document,
};

/// The templates of a suite by path, each with the names that it asks for; those that cannot be read are left out.
pub(super) type Templates<'a> = BTreeMap<&'a str, (Template<'a>, BTreeSet<String>)>;

/// Reads all templates, those that no step sends too.
pub(super) fn read<'a>(project: &'a Project, found: &mut Vec<Diagnostic>) -> Templates<'a> {
    let mut templates = Templates::new();
    let files = project.files.iter();
    for (path, text) in files.filter(|(path, _)| path.starts_with("scenarios/messages/")) {
        match Template::read(text) {
            Ok(template) => {
                let names = template.names();
                templates.insert(path, (template, names));
            }
            Err(error) => {
                let place = error.span.clone().unwrap_or(0..0);
                found.push(Diagnostic::new(path, place, error.text()));
            }
        }
    }
    templates
}

/// Renders a text of a step; nothing where it is wrong, which is reported.
pub(super) fn text(
    cx: &Context<'_>,
    step: &Step,
    text: &str,
    span: &Range<usize>,
    seen: &Seen<'_>,
    found: &mut Vec<Diagnostic>,
) -> Option<String> {
    if !message::is_template(text) {
        return Some(text.to_owned());
    }
    let mut values = seen.values.clone();
    let mut right = true;
    loop {
        let error = match message::plain(text, &values) {
            Ok(text) => return right.then_some(text),
            Err(error) => error,
        };
        right = false;
        if let Some((text_wrong, hint)) = wrong(cx, &error, seen) {
            let place = match &error.span {
                Some(part) => inside(cx.source(&step.file), span, text, part),
                None => span.clone(),
            };
            let mut diagnostic = Diagnostic::new(&step.file, place, text_wrong).hint(hint);
            diagnostic.also.clone_from(&step.used);
            found.push(diagnostic);
        }
        // Going on with a stand-in shows the other names without a value.
        let root = error.undefined.as_deref().and_then(root_of);
        let root = root.filter(|root| !values.contains_key(*root))?;
        values.insert(root.to_owned(), STAND_IN.into());
    }
}

/// Renders a value of a step; a text in it that is wrong is reported, and a stand-in takes its place.
pub(super) fn data(
    cx: &Context<'_>,
    step: &Step,
    given: &Spanned<Data>,
    seen: &Seen<'_>,
    found: &mut Vec<Diagnostic>,
) -> minijinja::Value {
    match given.get_ref() {
        Data::Text(written) => text(cx, step, written, &given.span(), seen, found)
            .unwrap_or_else(|| STAND_IN.to_owned())
            .into(),
        Data::List(items) => items
            .iter()
            .map(|item| data(cx, step, item, seen, found))
            .collect::<Vec<_>>()
            .into(),
        Data::Table(entries) => entries
            .iter()
            .map(|(name, item)| (name.clone(), data(cx, step, item, seen, found)))
            .collect::<Values>()
            .into(),
        Data::Integer(number) => (*number).into(),
        Data::Float(number) => (*number).into(),
        Data::Boolean(value) => (*value).into(),
    }
}

/// Checks the message of a step: its values, and its template with them.
pub(super) fn message(
    cx: &Context<'_>,
    step: &Step,
    operation: &Spanned<String>,
    seen: &Seen<'_>,
    found: &mut Vec<Diagnostic>,
) {
    let mut values = seen.values.clone();
    let mut own = vec!["request_id", "institution"];
    if step.plants.is_some() {
        own.push("planted");
    }
    values.extend(own.iter().map(|name| ((*name).to_owned(), marked(name))));
    let with_own = seen.with(values.clone());
    for (name, given) in &step.with {
        let value = data(cx, step, given, &with_own, found);
        values.insert(name.get_ref().clone(), value);
    }
    if step.raw.is_some() {
        nothing_planted(step, found);
        return;
    }
    let path = template_path(operation.get_ref());
    let Some(written) = cx.project.get(&path) else {
        if !cx.project.unreadable.contains_key(&path) {
            let text = Text::new(
                format!("電文のひな形「{path}」がありません"),
                format!("there is no template {path}"),
            );
            // Once is enough: many steps may send it.
            if !found.iter().any(|known| known.text == text) {
                found.push(Diagnostic::new(&step.file, operation.span(), text));
            }
        }
        return;
    };
    let Some((template, names)) = cx.templates.get(path.as_str()) else {
        // What is wrong with it has been reported.
        return;
    };
    for name in step.with.keys() {
        // Where the template misspells a name that every step has, that is the mistake, and is said of the template.
        let misspelt = own.contains(&name.get_ref().as_str())
            && names.iter().any(|used| {
                !values.contains_key(used)
                    && nearest(used, own.iter().copied()) == Some(name.get_ref())
            });
        if !names.contains(name.get_ref()) && !misspelt {
            let text = Text::new(
                format!("ひな形 {path} は「{}」を使用していません", name.get_ref()),
                format!("the template {path} has no use for '{}'", name.get_ref()),
            );
            let hint = meant(name.get_ref(), names.iter().map(String::as_str));
            found.push(Diagnostic::new(&step.file, name.span(), text).hint(hint));
        }
    }
    let used_at = (step.file.as_str(), step.id.span());
    let mut stood_in = false;
    let rendered = loop {
        match template.render(&values) {
            Ok(rendered) => break rendered,
            Err(error) => {
                let root = error.undefined.as_deref().and_then(root_of);
                // A part of a stand-in is no mistake of its own.
                let asked = root.is_some_and(|root| names.contains(root));
                let known = root.is_none_or(|root| values.contains_key(root));
                let follows = stood_in && (known || !asked);
                if !follows && let Some((text, hint)) = wrong(cx, &error, seen) {
                    let missing = root.filter(|_| asked && !known);
                    let near = missing.and_then(|root| nearest(root, own.iter().copied()));
                    let hint = match (missing, near) {
                        // Every step has these; none is asked to give a misspelt one.
                        (_, Some(near)) => meant(near, [near]),
                        (Some(root), None) => Some(Text::new(
                            format!("手順の with に「{root}」を記載してください"),
                            format!("give '{root}' in with of the step"),
                        )),
                        (None, None) => hint,
                    };
                    let place = error.span.clone().unwrap_or(0..0);
                    let diagnostic = Diagnostic::new(&path, place, text).hint(hint);
                    found.push(diagnostic.also(used_at.0, used_at.1.clone()));
                }
                match root.filter(|root| names.contains(*root) && !values.contains_key(*root)) {
                    Some(root) => values.insert(root.to_owned(), STAND_IN.into()),
                    None => return,
                };
                stood_in = true;
            }
        }
    };
    if let Err(error) = Document::parse(rendered.trim_start_matches('\u{feff}').as_bytes()) {
        // The column is that of what was rendered, which differs from step to step.
        let why = &error.why;
        let text = Text::new(
            format!("整形式のXMLになりません（{}）", why.ja),
            format!("this does not give well-formed XML: {}", why.en),
        );
        let place = error.place.map_or(0..0, |(line, column)| {
            place(written, &rendered, line, column)
        });
        found.push(Diagnostic::new(&path, place, text).also(used_at.0, used_at.1.clone()));
    }
    if step.plants.is_some() && !rendered.contains(|c| PLANTED.contains(c)) {
        nothing_planted(step, found);
    }
}

/// A step that plants something nowhere would prove nothing.
fn nothing_planted(step: &Step, found: &mut Vec<Diagnostic>) {
    let Some(plants) = &step.plants else { return };
    let text = Text::new(
        "「planted」を使用していないため、何も混入されません",
        "nothing uses 'planted', so nothing is planted",
    );
    let hint = Text::new(
        "with の値に {{ planted }} と記載してください",
        "write {{ planted }} in a value of with",
    );
    found.push(Diagnostic::new(&step.file, plants.span(), text).hint(hint));
}

/// The most steps that are named beside a mistake, after the one that is shown.
const NAMED: usize = 3;

/// Says once what is wrong with a template, with the steps that it is wrong for; sorted before.
pub(super) fn once(found: Vec<Diagnostic>, project: &Project) -> Vec<Diagnostic> {
    let mut kept: Vec<(Diagnostic, Vec<String>)> = Vec::new();
    for mistake in found {
        let of_template = mistake.path.starts_with("scenarios/messages/");
        let same = kept.iter_mut().find(|(other, _)| {
            let what = |of: &Diagnostic| (of.path.clone(), of.span.clone(), of.text.clone());
            of_template && what(other) == what(&mistake) && other.hint == mistake.hint
        });
        match (same, &mistake.also) {
            (Some((_, others)), Some((path, span))) => {
                let line = Scenario::line_of(project.shown(path), span);
                others.push(format!("{path}:{line}"));
            }
            (Some(_) | None, _) => kept.push((mistake, Vec::new())),
        }
    }
    kept.into_iter()
        .map(|(mistake, others)| told_of(mistake, &others))
        .collect()
}

fn told_of(mut mistake: Diagnostic, others: &[String]) -> Diagnostic {
    if others.is_empty() {
        return mistake;
    }
    let named: Vec<&str> = others.iter().take(NAMED).map(String::as_str).collect();
    let more = if others.len() > NAMED { "…" } else { "" };
    let count = others.len() + 1;
    let steps = Text::new(
        format!(
            "{count}件の手順に共通する誤りです（他に {}{more}）",
            named.join("、")
        ),
        format!(
            "{count} steps have this mistake; the others: {}{more}",
            named.join(", ")
        ),
    );
    mistake.hint = Some(match mistake.hint {
        Some(hint) => Text::new(
            format!("{}。{}", hint.ja, steps.ja),
            format!("{}\n{}", hint.en, steps.en),
        ),
        None => steps,
    });
    mistake
}

/// As long as a specimen, so that a step may cut it into parts, and of runes, which nothing else holds.
const PLANTED: &str = "ᚠᚢᚦᚨᚱᚲᚷᚹᚺᚾᛁᛃ";

fn marked(name: &str) -> minijinja::Value {
    if name == "planted" { PLANTED } else { STAND_IN }.into()
}

/// What is wrong with a name that has no value; nothing where it may have one after all.
fn wrong(cx: &Context<'_>, error: &TemplateError, seen: &Seen<'_>) -> Option<(Text, Option<Text>)> {
    let Some(name) = &error.undefined else {
        return Some((error.text(), None));
    };
    let mut parts = name.split('.');
    let root = root_of(name)?;
    if root == "people" {
        parts.next();
        let (person, key) = (parts.next().unwrap_or_default(), parts.next());
        if let (Some(keys), Some(key)) = (cx.people.get(person), key) {
            let text = Text::new(
                format!("人物「{person}」に項目「{key}」はありません"),
                format!("the person '{person}' has no '{key}'"),
            );
            return Some((text, meant(key, keys.keys().map(String::as_str))));
        }
        let text = Text::new(
            format!("人物「{person}」はありません"),
            format!("there is no person '{person}'"),
        );
        return Some((text, meant(person, cx.people.keys().map(String::as_str))));
    }
    if root == "renkei" {
        let key = parts.nth(1).unwrap_or_default();
        return Some((error.text(), system::hint(key)));
    }
    if seen.values.contains_key(root) {
        return Some((error.text(), None));
    }
    if !seen.complete {
        return None;
    }
    let hint = if let Some(step) = seen.later(root) {
        Some(Text::new(
            format!("手順「{step}」で取得されます。それより後の手順で使用してください"),
            format!("step '{step}' captures it; use it only after that"),
        ))
    } else {
        // Short names are near to this one by chance.
        let names = seen.values.keys().map(String::as_str);
        meant(root, names.filter(|name| *name != "renkei"))
    };
    Some((error.text(), hint))
}

/// The name at which a path such as `people.sato.atena` begins.
fn root_of(name: &str) -> Option<&str> {
    name.split(['.', '['])
        .next()
        .filter(|root| !root.is_empty())
}

/// The place in a template of a place in what it gave: the same line, where no loop moved it, else the line that reads
/// the same.
fn place(template: &str, rendered: &str, line: usize, column: usize) -> Range<usize> {
    let same_lines = template.lines().count() == rendered.lines().count();
    let text = rendered
        .lines()
        .nth(line.saturating_sub(1))
        .unwrap_or_default();
    let line = if same_lines {
        line.saturating_sub(1)
    } else {
        template
            .lines()
            .position(|written| written.trim() == text.trim())
            .unwrap_or(0)
    };
    let start: usize = template
        .split_inclusive('\n')
        .take(line)
        .map(str::len)
        .sum();
    let written = template.lines().nth(line).unwrap_or_default();
    if written != text {
        return start..start + written.len();
    }
    let offset = written
        .char_indices()
        .nth(column.saturating_sub(1))
        .map_or(written.len(), |(offset, _)| offset);
    start + offset..start + offset
}
