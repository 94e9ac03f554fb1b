//! What is kept of what went out and came in, individual numbers masked.

use sha2::{Digest as _, Sha256};

use crate::{
    event::{Http, Kept},
    run::{Nowhere, Sink, Target, request::Rendered, step::Runner},
    sentinel,
    text::hex,
    transport::{Answer, Broken, Outgoing},
    xml::Document,
};

/// The most characters of a body that an event carries for reports.
const SHOWN: usize = 20_000;

impl Runner<'_> {
    pub(super) fn look(&self, body: &[u8], document: Option<&Document>) -> sentinel::Looked {
        let natural = document.map(|document| self.natural_values(document));
        sentinel::look(body, document, &natural.unwrap_or_default())
    }

    /// The values of the fields that hold twelve digits by nature.
    fn natural_values(&self, document: &Document) -> Vec<String> {
        let natural = self.shared.natural.iter();
        natural.flat_map(|xpath| xpath.select(document)).collect()
    }

    /// Whether an individual number may travel to an operation's endpoint.
    pub(super) fn may_carry(&self, operation: &str) -> bool {
        let profile = &self.shared.suite.profile;
        let operation = profile.operation.get(operation);
        operation.is_some_and(|operation| profile.sentinel.may_carry(&operation.endpoint))
    }

    /// Whether a number stands in what is sent besides the body.
    pub(super) fn in_head(&self, rendered: &Rendered) -> bool {
        let world = self.world.url.as_str();
        let path = rendered.outgoing.url.strip_prefix(world);
        sentinel::found(path.unwrap_or(&rendered.outgoing.url))
            || rendered
                .outgoing
                .headers
                .iter()
                .any(|(_, value)| sentinel::found(value))
    }

    pub(super) fn keep(&self, name: &str, looked: &sentinel::Looked) -> Kept {
        let bodies = self.shared.setting.target.bodies;
        let file = if bodies {
            format!("{}/{name}", self.scenario.id)
        } else {
            String::new()
        };
        if bodies {
            return kept_at(&*self.shared.sink, &file, looked);
        }
        Kept {
            shown: String::new(),
            ..kept_at(&Nowhere, &file, looked)
        }
    }
}

/// Keeps what was looked through in a file.
pub(crate) fn kept_at(sink: &dyn Sink, file: &str, looked: &sentinel::Looked) -> Kept {
    sink.keep(file, &looked.kept);
    Kept {
        file: file.to_owned(),
        sha256: hex(&Sha256::digest(&looked.kept)),
        bytes: looked.kept.len(),
        masked: looked.found,
        shown: glimpse(&String::from_utf8_lossy(&looked.kept)),
    }
}

/// As much of a text as an event carries.
pub(super) fn glimpse(text: &str) -> String {
    text.chars().take(SHOWN).collect()
}

/// What was sent and what came besides the bodies, individual numbers masked and secrets hidden. Headers may repeat what
/// stands in bodies, so they are left out where bodies are not kept.
pub(crate) fn http(
    outgoing: &Outgoing,
    answer: Option<&Result<Answer, Broken>>,
    target: &Target,
) -> Http {
    let masked = |headers: &[(String, String)]| {
        let parts = headers.iter().filter(|_| target.bodies);
        let shown = |text: &str| sentinel::mask(&target.hidden(text));
        parts
            .map(|(name, value)| (sentinel::mask(name), shown(value)))
            .collect()
    };
    let (status, came, broken) = match answer {
        Some(Ok(answer)) => (Some(answer.status), masked(&answer.headers), None),
        Some(Err(broken)) => (None, Vec::new(), Some(broken.text())),
        None => (None, Vec::new(), None),
    };
    Http {
        method: outgoing.method.to_string(),
        url: sentinel::mask(&outgoing.url),
        sent: masked(&outgoing.headers),
        status,
        came,
        broken,
        partial: None,
    }
}
