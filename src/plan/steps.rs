//! The names in steps: operations, identities, earlier steps, acts; and what is looked for in answers.

use std::collections::BTreeMap;

use toml::Spanned;

use crate::{
    diagnostic::{Diagnostic, unknown},
    message::{self, Values},
    plan::{Context, act, names, system, templates},
    profile::stand_ins,
    scenario::{
        Clock, Kind, Listen, Scenario, Selected, Step, Use, expect::Selections, read::inside,
        shared::show_use,
    },
    text::Text,
    xml::XPath,
};

/// Checks the steps of a scenario, in order: what a step captures is known from the next on.
pub(super) fn check(cx: &Context<'_>, scenario: &Scenario, found: &mut Vec<Diagnostic>) {
    let (inherited, all) = names::inherited(cx, scenario);
    let mut seen = Seen {
        values: Values::from([
            ("people".to_owned(), cx.suite.people.clone()),
            ("renkei".to_owned(), stand_ins(false, STAND_IN)),
        ]),
        complete: all && !scenario.partial,
        scenario,
        at: 0,
    };
    for name in inherited {
        seen.add(name);
    }
    let mut missing = Vec::new();
    for (index, step) in scenario.file.steps.iter().enumerate() {
        seen.at = index;
        let begins = scenario.uses.iter().filter(|one| one.steps.start == index);
        missing.extend(begins.map(|one| (one, seen.missing(one))));
        let known = found.len();
        match step.kind() {
            Some(Kind::Send(operation)) => {
                sending(cx, step, operation, &seen, found);
                answer(cx, step, &seen, found);
            }
            Some(Kind::Network(act)) => {
                for data in act.values() {
                    templates::data(cx, step, data, &seen, found);
                }
                let span = step.network.as_ref().map_or(step.id.span(), Spanned::span);
                act::network(cx, step, act, &span, found);
            }
            Some(Kind::Listen(listen)) => listener(cx, step, listen, found),
            Some(
                Kind::Exec(_)
                | Kind::Http(_)
                | Kind::ExpectCall(_)
                | Kind::ExpectNoCall(_)
                | Kind::Peer(_),
            ) => system::check(cx, step, &seen, found),
            Some(Kind::Advance(_) | Kind::At(_)) => flowing(step, scenario, found),
            Some(Kind::Use(_) | Kind::Check(_)) | None => {}
        }
        if let Some((path, span)) = &step.used {
            for mistake in found
                .iter_mut()
                .skip(known)
                .filter(|mistake| mistake.path == step.file)
            {
                show_use(mistake, cx.source(&step.file), path, span);
            }
        }
        for name in step.captured() {
            seen.add(&name);
        }
    }
    for (shared, names) in missing {
        shared.tell_missing(&names, |path| cx.source(path), found);
    }
}

/// The clock that flows cannot be moved.
fn flowing(step: &Step, scenario: &Scenario, found: &mut Vec<Diagnostic>) {
    if scenario.file.clock != Some(Clock::Flowing) {
        return;
    }
    let moved = step.advance.as_ref().map(Spanned::span);
    let moved = moved.or(step.at.as_ref().map(Spanned::span));
    let text = Text::new(
        "clock = \"flowing\" のシナリオでは、時計を進められません",
        "a scenario with clock = \"flowing\" cannot move its clock",
    );
    found.push(Diagnostic::new(
        &step.file,
        moved.unwrap_or(step.id.span()),
        text,
    ));
}

/// What a step sees of the values before it.
pub(super) struct Seen<'a> {
    /// The values; each captured one a stand-in.
    pub(super) values: Values,
    /// Whether these are all that there are.
    pub(super) complete: bool,
    /// The scenario.
    pub(super) scenario: &'a Scenario,
    /// Which step it is.
    at: usize,
}

impl Seen<'_> {
    /// The same place with other values.
    pub(super) fn with(&self, values: Values) -> Self {
        Self { values, ..*self }
    }

    fn add(&mut self, name: &str) {
        // A capture that is called like these is a mistake of its own.
        if !matches!(name, "people" | "renkei") {
            self.values.insert(name.to_owned(), STAND_IN.into());
        }
    }

    /// What shared steps ask for that nothing before them, and none of them, brings.
    fn missing<'u>(&self, shared: &'u Use) -> Vec<&'u str> {
        let steps = self.scenario.file.steps.get(shared.steps.clone());
        let steps = steps.unwrap_or_default();
        let brought = |name: &str| {
            self.values.contains_key(name)
                || steps.iter().any(|step| {
                    name == "planted" && step.plants.is_some()
                        || step.captured().iter().any(|captured| captured == name)
                })
        };
        let asked = shared.asked.iter().map(String::as_str);
        asked
            .filter(|name| self.complete && !brought(name))
            .collect()
    }

    /// The step that captures a name only later.
    pub(super) fn later(&self, name: &str) -> Option<&str> {
        let mut steps = self.scenario.file.steps.iter().skip(self.at);
        steps
            .find(|step| step.captured().iter().any(|captured| captured == name))
            .map(|step| step.id.get_ref().as_str())
    }

    /// Whether a step of the right kind comes before this one.
    pub(super) fn any_earlier(&self, right: impl Fn(&Step) -> bool) -> bool {
        self.scenario.file.steps.iter().take(self.at).any(right)
    }

    /// Whether a step comes before this one, and is of the right kind.
    fn earlier(&self, name: &str, right: fn(&Step) -> bool) -> bool {
        let steps = self.scenario.file.steps.iter().take(self.at);
        steps
            .filter(|step| right(step))
            .any(|step| step.id.get_ref() == name)
    }
}

/// Stands in for a value that only a run brings.
pub(super) const STAND_IN: &str = "dummy";

fn sending(
    cx: &Context<'_>,
    step: &Step,
    operation: &Spanned<String>,
    seen: &Seen<'_>,
    found: &mut Vec<Diagnostic>,
) {
    identity(cx, step, step.identity.as_ref(), found);
    if self::operation(cx, step, operation, found) {
        templates::message(cx, step, operation, seen, found);
    }
    let via = Text::new("これより前の listen の手順", "earlier step with listen");
    reference(
        step,
        step.via.as_ref(),
        &via,
        |step| step.listen.is_some(),
        seen,
        found,
    );
    let again = Text::new("これより前の send の手順", "earlier step with send");
    let first = step.same_request_as.as_ref();
    reference(step, first, &again, |step| step.send.is_some(), seen, found);
}

/// The name of an identity of the profile.
pub(super) fn identity(
    cx: &Context<'_>,
    step: &Step,
    name: Option<&Spanned<String>>,
    found: &mut Vec<Diagnostic>,
) {
    if let Some(name) = name {
        let kind = Text::new("送信者", "identity");
        is_known(step, name, &kind, &cx.suite.profile.identity, found);
    }
}

/// The name of an operation of the profile; tells whether there is such a one.
pub(super) fn operation(
    cx: &Context<'_>,
    step: &Step,
    name: &Spanned<String>,
    found: &mut Vec<Diagnostic>,
) -> bool {
    let kind = Text::new("操作", "operation");
    is_known(step, name, &kind, &cx.suite.profile.operation, found)
}

fn is_known<T>(
    step: &Step,
    name: &Spanned<String>,
    kind: &Text,
    known: &BTreeMap<String, T>,
    found: &mut Vec<Diagnostic>,
) -> bool {
    let is_known = known.contains_key(name.get_ref());
    if !is_known {
        let known = known.keys().map(String::as_str);
        let (place, name) = (name.span(), name.get_ref());
        found.push(unknown(&step.file, place, kind, name, known));
    }
    is_known
}

/// A name of an earlier step of the right kind.
fn reference(
    step: &Step,
    name: Option<&Spanned<String>>,
    kind: &Text,
    right: fn(&Step) -> bool,
    seen: &Seen<'_>,
    found: &mut Vec<Diagnostic>,
) {
    let Some(name) = name else { return };
    if !seen.scenario.partial && !seen.earlier(name.get_ref(), right) {
        let steps = seen.scenario.file.steps.iter().take(seen.at);
        let known = steps
            .filter(|step| right(step))
            .map(|step| step.id.get_ref().as_str());
        found.push(unknown(
            &step.file,
            name.span(),
            kind,
            name.get_ref(),
            known,
        ));
    }
}

/// What is looked for in an answer or a call.
pub(super) fn answer(cx: &Context<'_>, step: &Step, seen: &Seen<'_>, found: &mut Vec<Diagnostic>) {
    if let Some(expect) = step.expected() {
        if let Some(fault) = &expect.fault {
            templates::text(cx, step, fault.get_ref(), &fault.span(), seen, found);
        }
        selections(cx, step, &expect.header, false, seen, found);
        selections(cx, step, &expect.xpath, true, seen, found);
    }
    if let Some(until) = &step.until {
        selections(cx, step, &until.xpath, true, seen, found);
    }
    for expression in step.capture.values() {
        xpath(cx, step, expression, seen, found);
    }
}

fn selections(
    cx: &Context<'_>,
    step: &Step,
    given: &Selections,
    by_xpath: bool,
    seen: &Seen<'_>,
    found: &mut Vec<Diagnostic>,
) {
    for (key, selected) in given {
        if by_xpath {
            xpath(cx, step, key, seen, found);
        }
        selection(cx, step, selected, seen, found);
    }
}

/// The texts of what is expected.
pub(super) fn selection(
    cx: &Context<'_>,
    step: &Step,
    selected: &Spanned<Selected>,
    seen: &Seen<'_>,
    found: &mut Vec<Diagnostic>,
) {
    let texts: Vec<&String> = match selected.get_ref() {
        Selected::Equals(text) => vec![text],
        Selected::Described(described) => {
            let one_of = described.one_of.iter().flatten();
            one_of.chain(&described.contains).collect()
        }
    };
    for text in texts {
        templates::text(cx, step, text, &selected.span(), seen, found);
    }
}

fn xpath(
    cx: &Context<'_>,
    step: &Step,
    expression: &Spanned<String>,
    seen: &Seen<'_>,
    found: &mut Vec<Diagnostic>,
) {
    let written = expression.get_ref();
    let span = expression.span();
    let Some(text) = templates::text(cx, step, written, &span, seen, found) else {
        return;
    };
    let profile = &cx.suite.profile;
    if let Err(error) = XPath::check(&text, &profile.namespaces, profile.no_prefix) {
        let source = cx.source(&step.file);
        let place = if message::is_template(written) {
            span
        } else {
            inside(source, &span, written, &error.span)
        };
        let hint = error.hint(&profile.namespaces);
        found.push(Diagnostic::new(&step.file, place, error.text()).hint(hint));
    }
}

fn listener(cx: &Context<'_>, step: &Step, listen: &Listen, found: &mut Vec<Diagnostic>) {
    let Listen { certificate, fault } = listen;
    let names = [
        (
            certificate,
            Text::new("接続口の証明書", "certificate of a listener"),
            &cx.known.certificates,
        ),
        (
            fault,
            Text::new("接続口の異常", "fault of a listener"),
            &cx.known.faults,
        ),
    ];
    for (name, kind, known) in names {
        if let Some(name) = name
            && !known.is_empty()
            && !known.contains(name.get_ref())
        {
            let known = known.iter().map(String::as_str);
            found.push(unknown(
                &step.file,
                name.span(),
                &kind,
                name.get_ref(),
                known,
            ));
        }
    }
}
