//! Which operation a message is, and with which values its template renders to it; where there is none, a new one.

use crate::{
    message::{Template, Values},
    plan::template_path,
    profile::Operation,
    record::{
        Base, Made,
        fresh::{self, Known},
        given::Table,
        ids,
        message::{Body, Message, media_type},
        names::{self, Prefixes},
        slots::skeleton,
        steps::Recording,
        values::{self, Around},
    },
    text::Text,
};

/// The content type of SOAP 1.1, which an operation has where it names none.
const SOAP_1_1: &str = "text/xml";

impl Recording {
    /// An operation of the profile, or a new one.
    pub(super) fn operation(&self, name: &str) -> Option<&Operation> {
        self.operations
            .get(name)
            .or_else(|| self.profile.operation.get(name))
    }

    /// The operations that a message may be, the likeliest first.
    fn candidates(&self, message: &Message) -> Vec<String> {
        let called = &message.request.called().name.local;
        let all = self.profile.operation.iter().chain(&self.operations);
        let mut found: Vec<(u8, &String)> = all
            .filter(|(_, operation)| operation.endpoint.trim_matches('/') == message.endpoint)
            .filter_map(|(name, operation)| {
                let same_action = !message.action.is_empty() && operation.action == message.action;
                let same_name = name == called || is_shape_of(name, called);
                match (same_action, same_name) {
                    (true, true) => Some((0, name)),
                    (true, false) => Some((1, name)),
                    (false, true) => Some((2, name)),
                    (false, false) => None,
                }
            })
            .collect();
        found.sort();
        found.into_iter().map(|(_, name)| name.clone()).collect()
    }

    /// The first operation whose template renders to a message, with the values for it.
    pub(super) fn fitting(&self, at: usize, base: &Base<'_>) -> Option<(String, Table)> {
        let message = self.messages.get(at)?;
        let mut candidates = self.candidates(message).into_iter();
        candidates.find_map(|name| {
            let text = self.template(&name, base)?;
            let values = find(text, &message.request, base, &self.prefixes)?;
            Some((name, values))
        })
    }

    /// An operation with a template that is made of a message and those after it that have the same skeleton.
    pub(super) fn fresh(
        &mut self,
        at: usize,
        base: &Base<'_>,
        made: &mut Made,
    ) -> Option<(String, Table)> {
        let message = self.messages.get(at)?;
        let own = skeleton(&message.request.tree);
        let same = |other: &Message| {
            other.endpoint == message.endpoint
                && other.action == message.action
                && skeleton(&other.request.tree) == own
        };
        let alike = self.messages.iter().enumerate().skip(at);
        let alike = alike.filter(|(_, other)| same(other));
        let (places, bodies): (Vec<usize>, Vec<&Body>) =
            alike.map(|(at, message)| (at, &message.request)).unzip();
        let identity = self.profile.identity.get(&message.identity)?;
        let request_id = ids::request_id(self, &places);
        let known = Known {
            request_id: request_id.as_deref(),
            institution: &identity.institution,
            brought: &|value| self.brought_before(at, value),
        };
        let text = fresh::template(&bodies, &known)?;
        let values = find(&text, &message.request, base, &self.prefixes)?;
        let called = message.request.called().name.local.clone();
        let known = self.candidates(message).into_iter().next();
        // An operation without a template has been waiting for one.
        let waiting = known.filter(|name| self.template(name, base).is_none());
        let new = waiting.is_none();
        let taken =
            |name: &str| self.operation(name).is_some() || self.template(name, base).is_some();
        let name = waiting.unwrap_or_else(|| names::free(&file_name(&called), "-", taken));
        let plain = media_type(&message.content_type) == SOAP_1_1;
        let operation = Operation {
            endpoint: message.endpoint.clone(),
            action: message.action.clone(),
            content_type: (!plain).then(|| message.content_type.clone()),
            fault_code: None,
        };
        if new {
            if name != called {
                made.notes.push(another_shape(&called, &name));
            }
            self.operations.insert(name.clone(), operation);
            made.operations.push(name.clone());
        }
        self.templates.insert(name.clone(), text);
        Some((name, values))
    }

    pub(super) fn template<'a>(&'a self, name: &str, base: &Base<'a>) -> Option<&'a str> {
        let new = self.templates.get(name).map(String::as_str);
        new.or_else(|| base.project.get(&template_path(name)))
    }
}

/// The media type of what an operation sends.
pub(super) fn media_of(operation: &Operation) -> String {
    media_type(operation.content_type.as_deref().unwrap_or(SOAP_1_1))
}

/// The values with which a template renders to a message.
fn find(text: &str, message: &Body, base: &Base<'_>, prefixes: &Prefixes) -> Option<Table> {
    let template = Template::read(text).ok()?;
    let seen = Values::from([("people".to_owned(), base.suite.people.clone())]);
    let around = Around {
        values: &seen,
        namespaces: &prefixes.namespaces,
    };
    values::find(&template, message, &around)
}

/// Whether an operation stands for a further shape of one: `Ask-2` for `Ask`.
pub(super) fn is_shape_of(name: &str, called: &str) -> bool {
    let number = name
        .strip_prefix(called)
        .and_then(|rest| rest.strip_prefix('-'));
    number.is_some_and(|number| !number.is_empty() && number.chars().all(|c| c.is_ascii_digit()))
}

/// A name that can be one of a file.
fn file_name(name: &str) -> String {
    let kept = |c: char| {
        if c.is_alphanumeric() || matches!(c, '-' | '_' | '.') {
            c
        } else {
            '-'
        }
    };
    name.chars().map(kept).collect()
}

fn another_shape(called: &str, name: &str) -> Text {
    Text::new(
        format!(
            "「{called}」の電文の一部は、既存のひな形では表せない形でした。別の操作「{name}」としてひな形を作成しました"
        ),
        format!(
            "some messages '{called}' have a shape that the template there is cannot have; they became an operation of their own, '{name}'"
        ),
    )
}
