//! What an institution of the network does by itself.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;
use toml::Spanned;

use crate::scenario::data::{Data, Lapse};

/// What an institution does by itself: one of the keys after the first.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Peer {
    /// Its code.
    #[schemars(with = "String")]
    pub institution: Spanned<String>,
    /// It asks, at once: what an inquiry says, in its own numbers.
    #[schemars(with = "Option<BTreeMap<String, Data>>")]
    pub asks: Option<Spanned<BTreeMap<Spanned<String>, Spanned<Data>>>>,
    /// How long after that it asks again.
    #[schemars(with = "Option<Lapse>")]
    pub every: Option<Spanned<Lapse>>,
    /// How often it asks.
    #[schemars(with = "Option<u32>")]
    pub times: Option<Spanned<u32>>,
    /// It answers what is held at it.
    pub answers: Option<Answers>,
    /// It refuses what is held at it.
    pub refuses: Option<Refuses>,
    /// Whether it applies the masters that come into force.
    pub applies_masters: Option<bool>,
    /// Whether it is silent: nothing reaches it.
    pub silent: Option<bool>,
    /// Its service hours.
    pub hours: Option<Hours>,
}

/// How an institution answers.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Answers {
    /// How long after a request was held; at once where nothing is said.
    pub after: Option<Lapse>,
}

/// How an institution refuses.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Refuses {
    /// How long after a request was held; at once where nothing is said.
    pub after: Option<Lapse>,
    /// Why.
    #[schemars(with = "String")]
    pub reason: Spanned<String>,
}

/// Service hours.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Hours {
    /// When they begin.
    #[schemars(with = "String")]
    pub opens: Spanned<String>,
    /// When they end.
    #[schemars(with = "String")]
    pub closes: Spanned<String>,
}

impl Peer {
    /// The keys that say what it does, as far as they are given.
    pub(crate) fn verbs(&self) -> Vec<&'static str> {
        let Self {
            institution: _,
            asks,
            every: _,
            times: _,
            answers,
            refuses,
            applies_masters,
            silent,
            hours,
        } = self;
        let given = [
            ("asks", asks.is_some()),
            ("answers", answers.is_some()),
            ("refuses", refuses.is_some()),
            ("applies_masters", applies_masters.is_some()),
            ("silent", silent.is_some()),
            ("hours", hours.is_some()),
        ];
        let given = given.into_iter().filter(|(_, given)| *given);
        given.map(|(verb, _)| verb).collect()
    }
}
