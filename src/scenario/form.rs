//! The form of the steps: what can be said without knowing the suite.

use std::{
    collections::{BTreeMap, BTreeSet},
    ops::Range,
};

use hyper::header::HeaderValue;
use toml::Spanned;

use crate::{
    diagnostic::Diagnostic,
    message,
    scenario::{
        Kind, ScenarioFile, Step,
        awaited::{expectation, polling},
        keys, of_system,
        reader::NO_ID,
    },
    text::Text,
};

/// The mistakes of form in a file; of a file that is read in part, nothing is said of what seems missing.
pub(super) fn check(path: &str, file: &ScenarioFile, partial: bool) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    if file.steps.is_empty() && !partial {
        let text = Text::new("手順がありません", "the scenario has no step");
        found.push(Diagnostic::new(path, file.phase.span(), text));
    }
    for list in [&file.tags, &file.exports, &file.covers, &file.guards] {
        repeated(path, list, &mut found);
    }
    if let (Some(name), None) = (file.exports.first(), &file.establishes)
        && !partial
    {
        let text = Text::new(
            "exports には establishes が必要です",
            "exports go with a checkpoint: establishes is missing",
        );
        found.push(Diagnostic::new(path, name.span(), text));
    }
    let mut seen: BTreeSet<String> = BTreeSet::new();
    for step in &file.steps {
        let id = step.id.get_ref().as_str();
        let mut mistakes = Mistakes {
            path: &step.file,
            found: &mut found,
        };
        let simple = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        if !id.chars().all(simple) {
            let text = Text::new(
                format!("手順名「{id}」は使用できません"),
                format!("'{id}' cannot name a step"),
            );
            let hint = Text::new(
                "英小文字・数字・ハイフンで記載してください",
                "use a-z, 0-9 and -",
            );
            mistakes.add_with(step.id.span(), text, hint);
        }
        // Snapshots are called by steps.
        let again = step.snapshots().filter(|name| !seen.insert(name.clone()));
        if let Some(name) = again.last().filter(|_| id != NO_ID) {
            let text = Text::new(
                format!("手順名「{name}」が重複しています"),
                format!("two steps are called '{name}'"),
            );
            mistakes.add(step.id.span(), text);
        }
        step_form(step, &mut mistakes);
    }
    found
}

/// What is found in one file.
pub(super) struct Mistakes<'a> {
    path: &'a str,
    found: &'a mut Vec<Diagnostic>,
}

impl Mistakes<'_> {
    pub(super) fn add(&mut self, span: Range<usize>, text: Text) {
        self.found.push(Diagnostic::new(self.path, span, text));
    }

    pub(super) fn add_with(&mut self, span: Range<usize>, text: Text, hint: Text) {
        self.found
            .push(Diagnostic::new(self.path, span, text).hint(hint));
    }
}

fn repeated(path: &str, list: &[Spanned<String>], found: &mut Vec<Diagnostic>) {
    for (index, name) in list.iter().enumerate() {
        if list.iter().take(index).any(|before| before == name) {
            let text = Text::new(
                format!("「{}」が重複しています", name.get_ref()),
                format!("'{}' stands here twice", name.get_ref()),
            );
            found.push(Diagnostic::new(path, name.span(), text));
        }
    }
}

fn step_form(step: &Step, mistakes: &mut Mistakes<'_>) {
    let partial = step.partial;
    let written = step.kinds_written();
    if written.is_empty() && !partial {
        let Text { ja, en } = keys::listed();
        let text = Text::new(
            format!("{ja} のいずれか一つが必要です"),
            format!("a step has exactly one of {en}"),
        );
        mistakes.add(step.id.span(), text);
        return;
    }
    if let [(_, first), .., (_, last)] = written.as_slice() {
        let names: Vec<&str> = written.iter().map(|(name, _)| *name).collect();
        let text = Text::new(
            format!(
                "一つの手順に {} を記載することはできません",
                names.join(" と ")
            ),
            format!(
                "{} stand in one step, which does one thing",
                names.join(" and ")
            ),
        );
        let hint = Text::new(
            "[[step]] を分けて記載してください",
            "write a [[step]] for each",
        );
        let mistake = Diagnostic::new(mistakes.path, last.clone(), text).hint(hint);
        mistakes
            .found
            .push(mistake.also(mistakes.path, first.clone()));
        return;
    }
    let kind = step.kind();
    let sends = matches!(kind, Some(Kind::Send(_)));
    if sends && step.identity.is_none() && !partial {
        let text = Text::new(
            "send には as（送信者）が必要です",
            "send and as (the identity) go together",
        );
        mistakes.add(step.id.span(), text);
    }
    let names = step
        .capture
        .keys()
        .chain(step.with.keys().filter(|_| sends));
    for name in names {
        if !is_name(name.get_ref()) {
            let (text, hint) = no_name(name.get_ref());
            mistakes.add_with(name.span(), text, hint);
        }
    }
    for name in step.capture.keys() {
        if RESERVED.contains(&name.get_ref().as_str()) {
            let text = Text::new(
                format!("「{}」は予約されています", name.get_ref()),
                format!(
                    "'{}' is a name that every template has already",
                    name.get_ref()
                ),
            );
            mistakes.add(name.span(), text);
        }
    }
    if let (Some(_), Some(name)) = (&step.raw, step.with.keys().next()) {
        let text = Text::new(
            "raw は記載したまま送信されるため、with は使用されません",
            "raw is sent as it is written, so nothing uses with",
        );
        mistakes.add(name.span(), text);
    }
    if let Some(timeout) = &step.timeout
        && timeout.get_ref().duration().is_zero()
    {
        let text = Text::new(
            "timeout は0より大きくしてください",
            "timeout is longer than nothing",
        );
        mistakes.add(timeout.span(), text);
    }
    if let Some(given) = &step.method {
        method(given, mistakes);
    }
    headers(&step.headers, mistakes);
    if let Some(expect) = &step.expect {
        for header in expect.get_ref().header.keys() {
            header_name(header, mistakes);
        }
    }
    if let Some(expect) = &step.expect {
        expectation(expect, partial, mistakes);
    }
    if let Some(until) = &step.until {
        polling(until, step, mistakes);
    }
    of_system::check(step, mistakes);
}

/// A method of HTTP.
pub(super) fn method(given: &Spanned<String>, mistakes: &mut Mistakes<'_>) {
    let name = given.get_ref();
    if !is_token(name) {
        let text = Text::new(
            format!("「{name}」はHTTPのメソッドとして使用できません"),
            format!("'{name}' is no HTTP method"),
        );
        mistakes.add(given.span(), text);
    }
}

/// Headers that are sent.
pub(super) fn headers(
    headers: &BTreeMap<Spanned<String>, Spanned<String>>,
    mistakes: &mut Mistakes<'_>,
) {
    for (name, value) in headers {
        header_name(name, mistakes);
        let text = value.get_ref();
        if !message::is_template(text) && HeaderValue::from_bytes(text.as_bytes()).is_err() {
            let text = Text::new(
                "ヘッダーの値に使用できない文字があります",
                "a header cannot hold this value",
            );
            let hint = Text::new(
                "改行などの制御文字は使用できません",
                "line ends and other control characters are not possible",
            );
            mistakes.add_with(value.span(), text, hint);
        }
    }
}

fn header_name(name: &Spanned<String>, mistakes: &mut Mistakes<'_>) {
    if !is_token(name.get_ref()) {
        let text = Text::new(
            format!("「{}」はヘッダー名として使用できません", name.get_ref()),
            format!("'{}' cannot name a header", name.get_ref()),
        );
        mistakes.add(name.span(), text);
    }
}

/// Names that every template has.
const RESERVED: [&str; 5] = ["request_id", "institution", "people", "planted", "renkei"];

/// What is said of a name that a template cannot use.
pub(crate) fn no_name(name: &str) -> (Text, Text) {
    let text = Text::new(
        format!("「{name}」は名前として使用できません"),
        format!("'{name}' cannot be a name in a template"),
    );
    let hint = Text::new(
        "英字で始め、英数字と下線で記載してください",
        "begin with a letter; use letters, digits and _",
    );
    (text, hint)
}

/// Whether a template can use it as a name.
pub(crate) fn is_name(text: &str) -> bool {
    text.starts_with(|c: char| c.is_alphabetic() || c == '_')
        && text.chars().all(|c| c.is_alphanumeric() || c == '_')
}

/// A token of HTTP.
fn is_token(text: &str) -> bool {
    !text.is_empty()
        && text
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || "!#$%&'*+-.^_`|~".contains(c))
}
