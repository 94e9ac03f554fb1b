//! `[doctor]`: which operations a diagnosis may send, and what their answers tell.

use schemars::JsonSchema;
use serde::Deserialize;

/// What `renkei doctor` sends. The operations named here must leave nothing behind.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Doctor {
    /// As whom it looks where the target has no `identity` of its own; as all where nothing is said.
    #[serde(default, rename = "as")]
    pub identities: Vec<String>,
    /// The operation that asks whether the network serves.
    pub service: Option<Service>,
    /// The operation that asks for the versions of the masters.
    pub masters: Option<Masters>,
}

/// The operation that asks whether the network serves.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Service {
    /// Its name.
    pub operation: String,
    /// The XPath of the state in the answer.
    pub state: String,
    /// The state in which the network serves.
    pub open: String,
    /// The XPath of the network's own time, where it tells one.
    pub time: Option<String>,
}

/// The operation that asks for the versions of the masters.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Masters {
    /// Its name.
    pub operation: String,
    /// The XPath of the kinds.
    pub kinds: String,
    /// The XPath of the version in force of each, in the same order.
    pub versions: String,
    /// The XPath of the kinds of which the sender has not applied that version.
    pub behind: Option<String>,
}

impl Doctor {
    /// The operations that are sent.
    pub fn operations(&self) -> impl Iterator<Item = (&'static str, &String)> {
        let service = self.service.iter().map(|it| ("service", &it.operation));
        let masters = self.masters.iter().map(|it| ("masters", &it.operation));
        service.chain(masters)
    }

    /// Table and key of each XPath.
    pub(super) fn xpaths(&self) -> Vec<([&'static str; 2], &String)> {
        let mut found = Vec::new();
        if let Some(service) = &self.service {
            found.push((["service", "state"], &service.state));
            found.extend(service.time.iter().map(|time| (["service", "time"], time)));
        }
        if let Some(masters) = &self.masters {
            found.push((["masters", "kinds"], &masters.kinds));
            found.push((["masters", "versions"], &masters.versions));
            let behind = masters.behind.iter();
            found.extend(behind.map(|behind| (["masters", "behind"], behind)));
        }
        found
    }
}
