//! From what went through to steps.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

use crate::{
    message::Template,
    normalise::Rules,
    plan::template_path,
    profile::{self, Operation, Profile},
    record::{
        Base, LeftOut, Made, Passed,
        given::{Given, Table},
        message::{Body, Message, media_type, read},
        names::{self, Prefixes},
        operations::{is_shape_of, media_of},
        polls::{self, Until},
        profile as record_profile,
    },
    text::Text,
    xml::XPath,
};

/// What a scenario is made of.
#[derive(Debug)]
pub(super) struct Recording {
    pub(super) messages: Vec<Message>,
    pub(super) steps: Vec<Step>,
    /// Operations that the profile lacks.
    pub(super) operations: BTreeMap<String, Operation>,
    /// Templates that the suite lacks, by operation.
    pub(super) templates: BTreeMap<String, String>,
    /// The profile, with what the target adds.
    pub(super) profile: Profile,
    pub(super) prefixes: Prefixes,
    /// Names that a template asks for, and that some step leaves open: what is captured cannot be called so.
    pub(super) open: BTreeSet<String>,
    /// Value → the first message that says it.
    pub(super) sent: BTreeMap<String, usize>,
    /// Value → the first message whose answer says it.
    pub(super) came: BTreeMap<String, usize>,
    /// What elements that hold request ids are called.
    pub(super) id_names: BTreeSet<String>,
    /// Element name or XPath → label, of values that are volatile and unknown as such.
    pub(super) volatile: BTreeMap<String, String>,
    /// Elements that hold times and are unknown as such.
    pub(super) times: BTreeSet<String>,
}

/// A step that sends.
#[derive(Debug)]
pub(super) struct Step {
    pub(super) id: String,
    pub(super) operation: String,
    /// The operation without the number of its shape.
    pub(super) called: String,
    pub(super) identity: String,
    pub(super) at: Timestamp,
    /// The messages that it sends, by their places in the recording: more than one where it polls.
    pub(super) messages: Vec<usize>,
    /// Their request ids.
    pub(super) request_ids: Vec<Option<String>>,
    pub(super) with: Table,
    pub(super) same_request_as: Option<String>,
    pub(super) action: Option<String>,
    pub(super) content_type: Option<String>,
    pub(super) status: Option<u16>,
    pub(super) fault: Option<String>,
    pub(super) until: Option<Until>,
    pub(super) capture: Vec<(String, String)>,
}

impl Recording {
    /// Reads what went through; what can be no step is left out.
    pub(super) fn read(passed: &[Passed], base: &Base<'_>, made: &mut Made) -> Self {
        let mut profile = base.suite.profile.clone();
        if let Some(target) = profile.target.get(base.target).cloned() {
            profile.add(&target);
        }
        let natural = profile.sentinel.twelve_digits.keys();
        let natural = natural.filter_map(|place| XPath::compile(place, &profile.namespaces).ok());
        let natural: Vec<XPath> = natural.collect();
        let mut messages = Vec::new();
        for (index, passed) in passed.iter().enumerate() {
            match read(index, passed, &natural) {
                Ok(message) if profile.identity.contains_key(&message.identity) => {
                    messages.push(message);
                }
                Ok(message) => made.left_out.push(LeftOut {
                    index,
                    why: no_identity(&message.identity),
                }),
                Err(why) => made.left_out.push(LeftOut { index, why }),
            }
        }
        let mut prefixes = Prefixes::new(&profile.namespaces, profile.no_prefix);
        for message in &messages {
            prefixes.learn(&message.request.tree);
            prefixes.learn(&message.answered.tree);
        }
        let sent = first(&messages, |message| &message.request);
        let came = first(&messages, |message| &message.answered);
        let mut recording = Self {
            messages,
            sent,
            came,
            id_names: BTreeSet::new(),
            open: BTreeSet::new(),
            steps: Vec::new(),
            operations: BTreeMap::new(),
            templates: BTreeMap::new(),
            profile,
            prefixes,
            volatile: BTreeMap::new(),
            times: BTreeSet::new(),
        };
        recording.steps(base, made);
        polls::merge(&mut recording, base.target);
        made.notes.extend(headers(&recording.messages));
        recording
    }

    fn steps(&mut self, base: &Base<'_>, made: &mut Made) {
        let mut ids: BTreeSet<String> = BTreeSet::new();
        let mut sent: BTreeMap<String, String> = BTreeMap::new();
        for at in 0..self.messages.len() {
            let Some((operation, mut with)) = self
                .fitting(at, base)
                .or_else(|| self.fresh(at, base, made))
            else {
                if let Some(message) = self.messages.get(at) {
                    made.left_out.push(LeftOut {
                        index: message.index,
                        why: no_template(),
                    });
                }
                continue;
            };
            let Some(message) = self.messages.get(at) else {
                continue;
            };
            let request_id = take(&mut with, "request_id");
            let mut id_names = BTreeSet::new();
            let own = self.profile.identity.get(&message.identity);
            let own = own.map(|identity| identity.institution.as_str());
            with.retain(|(name, given)| {
                name != "institution"
                    || !matches!(given, Given::Text(text) if Some(text.as_str()) == own)
            });
            let called = &message.request.called().name.local;
            let called = if is_shape_of(&operation, called) {
                called.clone()
            } else {
                operation.clone()
            };
            let id = names::free(&names::of_step(&called), "-", |id| ids.contains(id));
            ids.insert(id.clone());
            let earlier = request_id.as_ref().and_then(|id| sent.get(id).cloned());
            if let Some(request_id) = &request_id {
                sent.entry(request_id.clone()).or_insert_with(|| id.clone());
                let values = message.request.tree.values().into_iter();
                let ids = values.filter(|(_, _, value)| value == request_id);
                id_names.extend(ids.map(|(_, name, _)| name.local.clone()));
            }
            let open: Vec<String> = self
                .template(&operation, base)
                .and_then(|text| Template::read(text).ok())
                .map(|template| template.names().into_iter())
                .into_iter()
                .flatten()
                .filter(|name| !with.iter().any(|(known, _)| known == name))
                .collect();
            let known = self.operation(&operation);
            let action = known.filter(|known| known.action != message.action);
            let content_type =
                known.filter(|known| media_of(known) != media_type(&message.content_type));
            let fault = self.fault(message, &operation);
            let status = message.answer.status;
            let step = Step {
                id,
                called,
                identity: message.identity.clone(),
                at: message.at,
                messages: vec![at],
                request_ids: vec![request_id],
                with,
                same_request_as: earlier,
                action: action.map(|_| message.action.clone()),
                content_type: content_type.map(|_| message.content_type.clone()),
                status: (status != 200 && fault.is_none()).then_some(status),
                fault,
                until: None,
                capture: Vec::new(),
                operation,
            };
            self.steps.push(step);
            self.open.extend(open);
            self.id_names.append(&mut id_names);
        }
    }

    /// The fault code that came.
    fn fault(&self, message: &Message, operation: &str) -> Option<String> {
        let xpath = XPath::compile(
            self.profile.fault_code_of(operation),
            &self.profile.namespaces,
        );
        let selected = xpath.ok()?.select(&message.answered.document);
        match selected.as_slice() {
            [code] if !code.is_empty() => Some(code.clone()),
            _ => None,
        }
    }

    /// The files besides the scenario and its snapshots, in the order in which they are to be written.
    pub(super) fn files(&self, base: &Base<'_>, made: &mut Made) -> Vec<(String, String)> {
        let mut files = Vec::new();
        let text = base.project.get(profile::PATH).unwrap_or_default();
        match record_profile::edited(text, self) {
            Some(Ok(text)) => files.push((profile::PATH.to_owned(), text)),
            Some(Err(why)) => made.notes.push(why),
            None => {}
        }
        let templates = self.templates.iter();
        files.extend(templates.map(|(name, text)| (template_path(name), text.clone())));
        files
    }

    /// Whether an answer before a message brought a value that nobody had said.
    pub(super) fn brought_before(&self, at: usize, value: &str) -> bool {
        let came = self.came.get(value);
        let sent = self.sent.get(value);
        came.is_some_and(|came| *came < at && sent.is_none_or(|sent| sent > came))
    }

    /// The rules of the profile.
    pub(super) fn rules(&self) -> Rules {
        Rules::of(&self.profile)
    }
}

/// Takes a text out of a table.
fn take(table: &mut Table, name: &str) -> Option<String> {
    let at = table
        .iter()
        .position(|(known, given)| known == name && matches!(given, Given::Text(_)))?;
    match table.remove(at).1 {
        Given::Text(text) => Some(text),
        Given::Captured(_) | Given::True | Given::List(_) | Given::Table(_) => None,
    }
}

fn no_identity(name: &str) -> Text {
    Text::new(
        format!("送信者「{name}」が profile.toml にありません"),
        format!("there is no identity '{name}' in profile.toml"),
    )
}

fn no_template() -> Text {
    Text::new(
        "この電文からひな形を作成できません",
        "no template can be made of this message",
    )
}

/// What is said of headers that no step sends by itself. Their values may be secret.
fn headers(messages: &[Message]) -> Option<Text> {
    let names = messages.iter().flat_map(|message| &message.headers);
    let names: BTreeSet<&str> = names.map(String::as_str).collect();
    let names = names.into_iter().collect::<Vec<_>>().join(", ");
    (!names.is_empty()).then(|| {
        Text::new(
            format!("要求のヘッダー {names} は記載していません。必要な場合は、手順又は接続先の headers に記載してください"),
            format!("the request headers {names} are not in it; where they are needed, write them in 'headers' of the steps or of the target"),
        )
    })
}

/// Value → the first message in whose request or answer it stands.
fn first(messages: &[Message], of: fn(&Message) -> &Body) -> BTreeMap<String, usize> {
    let mut first = BTreeMap::new();
    for (at, message) in messages.iter().enumerate() {
        for (_, _, value) in of(message).tree.values() {
            first.entry(value.to_owned()).or_insert(at);
        }
    }
    first
}
