//! What a diagnosis sends as one identity: the operations that the profile names for it, and a plain GET to each other
//! endpoint.

use std::collections::{BTreeMap, BTreeSet};

use hyper::Method;
use jiff::{Timestamp, fmt::rfc2822};

use crate::{
    doctor::{Body, Told, ahead},
    message::{self, Values},
    plan::template_path,
    profile::{Masters, Profile, Service},
    project::Project,
    run::{self, request_id},
    text::Text,
    transport::{Answer, Outgoing},
    xml::{Document, Namespaces, XPath},
};

/// One message.
#[derive(Clone, Debug)]
pub struct Question {
    /// The endpoint that it goes to.
    pub endpoint: String,
    /// The operation; none for a plain GET.
    pub operation: Option<String>,
    /// What is sent.
    pub outgoing: Outgoing,
    /// What is read from its answer.
    pub reads: Option<Reads>,
}

/// What is read from an answer.
#[derive(Clone, Debug)]
pub struct Reads {
    namespaces: Namespaces,
    fault: String,
    kind: Kind,
}

#[derive(Clone, Debug)]
enum Kind {
    Service(Service),
    Masters(Masters),
}

/// What is sent as one identity to the endpoints of these URLs. A template that asks for more than a diagnosis knows is a
/// mistake of the profile.
pub fn questions(
    profile: &Profile,
    project: &Project,
    urls: &BTreeMap<String, String>,
    institution: &str,
    headers: &[(String, String)],
    seed: u64,
) -> Result<Vec<Question>, Text> {
    let service = profile.doctor.service.clone();
    let masters = profile.doctor.masters.clone();
    let kinds = [
        service.map(|it| (it.operation.clone(), Kind::Service(it))),
        masters.map(|it| (it.operation.clone(), Kind::Masters(it))),
    ];
    let mut asked = Vec::new();
    for (name, kind) in kinds.into_iter().flatten() {
        let Some(operation) = profile.operation.get(&name) else {
            continue;
        };
        let Some(url) = urls.get(&operation.endpoint) else {
            continue;
        };
        let file = template_path(&name);
        let template = project.get(&file).ok_or_else(|| {
            Text::new(
                format!("{file} がありません（profile.toml の [doctor] の「{name}」）"),
                format!("there is no {file}, for '{name}' in [doctor] of profile.toml"),
            )
        })?;
        let id = request_id(seed, "doctor", &format!("{institution}/{name}"), 0);
        let values = Values::from([
            ("request_id".to_owned(), id.into()),
            ("institution".to_owned(), institution.into()),
        ]);
        let body = message::render(template, &values).map_err(|error| {
            let why = error.text();
            Text::new(
                format!("{file}: {}。[doctor] の操作で使用できるのは request_id と institution だけです", why.ja),
                format!("{file}: {}; operations of [doctor] have request_id and institution alone", why.en),
            )
        })?;
        let content_type = operation.content_type.as_deref();
        let mut all = run::headers(content_type, &operation.action);
        all.extend(headers.iter().cloned());
        asked.push(Question {
            endpoint: operation.endpoint.clone(),
            outgoing: Outgoing {
                method: Method::POST,
                url: url.clone(),
                headers: all,
                body: body.into_bytes(),
            },
            reads: Some(Reads {
                namespaces: profile.namespaces.clone(),
                fault: profile.fault_code_of(&name).to_owned(),
                kind,
            }),
            operation: Some(name),
        });
    }
    let reached: BTreeSet<String> = asked.iter().map(|it| it.endpoint.clone()).collect();
    let others = urls.iter().filter(|(name, _)| !reached.contains(*name));
    asked.extend(others.map(|(endpoint, url)| Question {
        endpoint: endpoint.clone(),
        operation: None,
        outgoing: Outgoing {
            method: Method::GET,
            url: url.clone(),
            headers: headers.to_vec(),
            body: Vec::new(),
        },
        reads: None,
    }));
    Ok(asked)
}

impl Question {
    /// What an answer tells that came at this time.
    pub fn told(&self, answer: &Answer, now: Timestamp) -> Told {
        let header = |name: &str| answer.header(name).first().map(|value| (*value).to_owned());
        let date = header("date").and_then(|date| rfc2822::parse(&date).ok());
        Told {
            status: answer.status,
            location: header("location").filter(|_| (300..400).contains(&answer.status)),
            ahead: date.map(|date| ahead(date.timestamp(), now)),
            body: self
                .reads
                .as_ref()
                .and_then(|reads| reads.body(answer, now))
                .unwrap_or_default(),
        }
    }
}

impl Reads {
    fn body(&self, answer: &Answer, now: Timestamp) -> Option<Body> {
        let document = Document::parse(&answer.body).ok()?;
        let all = |expression: &str| -> Vec<String> {
            XPath::compile(expression, &self.namespaces)
                .map(|xpath| xpath.select(&document))
                .unwrap_or_default()
        };
        let first = |expression: &str| all(expression).into_iter().next().unwrap_or_default();
        if !all("//*[local-name()='Body']/*[local-name()='Fault']").is_empty() {
            return Some(Body::Fault {
                code: first(&self.fault),
                text: first("//*[local-name()='faultstring' or local-name()='Text']"),
            });
        }
        if all("//*[local-name()='Body']/*").is_empty() {
            return None;
        }
        Some(match &self.kind {
            Kind::Service(service) => {
                let state = first(&service.state);
                let time = service.time.as_deref().map(first);
                let time = time.and_then(|time| time.parse::<Timestamp>().ok());
                Body::Service {
                    open: state == service.open,
                    state,
                    ahead: time.map(|time| ahead(time, now)),
                }
            }
            Kind::Masters(masters) => Body::Masters {
                versions: all(&masters.kinds)
                    .into_iter()
                    .zip(all(&masters.versions))
                    .collect(),
                behind: masters.behind.as_deref().map(all).unwrap_or_default(),
            },
        })
    }
}
