//! What is sent: request ids and rendered messages.

use std::fmt::Write as _;

use hmac::{Hmac, KeyInit as _, Mac as _};
use hyper::Method;
use sha2::Sha256;

use crate::{
    message::{self, TemplateError},
    plan::template_path,
    profile::Identity,
    run::step::Runner,
    scenario::Step,
    sentinel,
    text::Text,
    transport::Outgoing,
};

/// A request, ready to be sent.
#[derive(Clone, Debug)]
pub(super) struct Rendered {
    pub(super) request_id: String,
    pub(super) outgoing: Outgoing,
}

impl<'a> Runner<'a> {
    /// Renders a step's message; `poll` counts how often the step has been sent before.
    pub(super) fn render(
        &self,
        operation_name: &str,
        step: &Step,
        poll: usize,
    ) -> Result<Rendered, Text> {
        let profile = &self.shared.suite.profile;
        let operation = profile
            .operation
            .get(operation_name)
            .ok_or_else(|| missing("操作", "operation", operation_name))?;
        let (_, identity) = self.identity(step)?;
        let request_id = self.request_id(step, poll)?;
        let mut seen = self.seen();
        seen.insert("request_id".to_owned(), request_id.clone().into());
        seen.insert(
            "institution".to_owned(),
            identity.institution.clone().into(),
        );
        if step.plants.is_some() {
            seen.insert("planted".to_owned(), sentinel::specimen().into());
        }
        let plain = |text: &str| message::plain(text, &seen).map_err(|error| error.text());
        let mut values = seen.clone();
        for (name, data) in &step.with {
            let value = message::value(data.get_ref(), &seen)
                .map_err(|error| within(&format!("with.{}", name.get_ref()), &error))?;
            values.insert(name.get_ref().clone(), value);
        }
        let file = template_path(operation_name);
        let template = self.shared.project.get(&file);
        let body = match (&step.raw, template) {
            (Some(raw), _) => raw.get_ref().clone(),
            (None, Some(template)) => {
                message::render(template, &values).map_err(|error| within(&file, &error))?
            }
            (None, None) => return Err(missing("ひな形", "template", &file)),
        };
        let own = step.content_type.as_deref();
        let action = step.action.as_deref().unwrap_or(&operation.action);
        let mut headers = headers(own.or(operation.content_type.as_deref()), action);
        headers.extend(self.shared.setting.target.headers.iter().cloned());
        for (name, value) in &step.headers {
            headers.push((name.get_ref().clone(), plain(value.get_ref())?));
        }
        let base = match &step.via {
            Some(listen) => self
                .listeners
                .get(listen.get_ref())
                .ok_or_else(|| missing("listen の手順", "step with listen", listen.get_ref()))?,
            None => &self.world.url,
        };
        let real = self.shared.setting.target.real.as_ref();
        let own = real.and_then(|real| real.endpoints.get(&operation.endpoint));
        let url = match (&step.path, own) {
            (Some(path), _) => {
                let path = plain(path.get_ref())?;
                format!("{base}{}", path.trim_start_matches('/'))
            }
            (None, Some(own)) => own.clone(),
            (None, None) => format!("{base}{}", operation.endpoint.trim_start_matches('/')),
        };
        let method = match &step.method {
            Some(method) => Method::from_bytes(method.get_ref().as_bytes())
                .map_err(|_| missing("HTTPのメソッド", "HTTP method", method.get_ref()))?,
            None => Method::POST,
        };
        Ok(Rendered {
            request_id,
            outgoing: Outgoing {
                method,
                url,
                headers,
                body: body.into_bytes(),
            },
        })
    }

    /// The request id of a step, or of the one that it repeats.
    pub(super) fn request_id(&self, step: &Step, poll: usize) -> Result<String, Text> {
        match &step.same_request_as {
            Some(earlier) => self
                .request_ids
                .get(earlier.get_ref())
                .cloned()
                .ok_or_else(|| {
                    let earlier = earlier.get_ref();
                    Text::new(
                        format!("手順「{earlier}」は何も送信していません"),
                        format!("the step '{earlier}' has sent nothing"),
                    )
                }),
            None => Ok(self
                .shared
                .recorded()
                .and_then(|recorded| recorded.sending(step, poll)?.request_id.clone())
                .unwrap_or_else(|| {
                    let (seed, step) = (self.shared.setting.seed, step.id.get_ref());
                    request_id(seed, &self.scenario.id, step, poll)
                })),
        }
    }

    /// The name and the entry of the identity that a step sends as.
    pub(super) fn identity(&self, step: &Step) -> Result<(String, &'a Identity), Text> {
        let name = identity_name(step);
        let identity = self.shared.suite.profile.identity.get(&name);
        identity
            .map(|identity| (name.clone(), identity))
            .ok_or_else(|| missing("送信者", "identity", &name))
    }
}

/// Reading has reported what is not there; this is what is said should it come here all the same.
fn missing(ja: &str, en: &str, name: &str) -> Text {
    Text::new(
        format!("{ja}「{name}」がありません"),
        format!("there is no {en} '{name}'"),
    )
}

fn within(place: &str, error: &TemplateError) -> Text {
    let why = error.text();
    Text::new(
        format!("{place}: {}", why.ja),
        format!("{place}: {}", why.en),
    )
}

/// The name of the identity that a step sends as; empty where it names none.
pub(super) fn identity_name(step: &Step) -> String {
    let name = step.identity.as_ref();
    name.map(|name| name.get_ref().clone()).unwrap_or_default()
}

/// The headers of a message: its content type, that of SOAP 1.1 where nothing else is said, and its action.
pub(crate) fn headers(content_type: Option<&str>, action: &str) -> Vec<(String, String)> {
    let content_type = content_type.unwrap_or("text/xml; charset=utf-8");
    vec![
        ("Content-Type".to_owned(), content_type.to_owned()),
        ("SOAPAction".to_owned(), format!("\"{action}\"")),
    ]
}

/// An HMAC of seed, scenario, step and poll: the same in each run, different for each sending. It starts with letters,
/// and its digits stand in groups of four between letters, so that it is never taken for an individual number.
pub(crate) fn request_id(seed: u64, scenario: &str, step: &str, poll: usize) -> String {
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(&seed.to_be_bytes()) else {
        return "request".to_owned();
    };
    mac.update(scenario.as_bytes());
    mac.update(b"\0");
    mac.update(step.as_bytes());
    if poll > 0 {
        mac.update(format!("\0{poll}").as_bytes());
    }
    let digest = mac.finalize().into_bytes();
    let mut id = String::from("req");
    for pair in digest.chunks(2).take(6) {
        let value = pair
            .iter()
            .fold(0_u32, |value, byte| value << 8 | u32::from(*byte));
        // Writing into a String cannot fail.
        let _ = write!(id, "-x{value:04x}");
    }
    id
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn request_ids_repeat_and_differ_in_every_part() {
        let ids = [
            request_id(1, "a", "b", 0),
            request_id(2, "a", "b", 0),
            request_id(1, "x", "b", 0),
            request_id(1, "a", "x", 0),
            request_id(1, "a", "b", 1),
            request_id(1, "a", "b", 2),
        ];
        assert_eq!(ids[0], request_id(1, "a", "b", 0));
        assert_eq!(ids.iter().collect::<BTreeSet<_>>().len(), ids.len());
    }
}
