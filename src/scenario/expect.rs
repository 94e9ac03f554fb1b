//! What must come back, or have been sent: expectations as a step writes them, with their texts rendered.

use std::{borrow::Cow, collections::BTreeMap, fmt};

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{
    Deserialize, Deserializer,
    de::{Error, MapAccess, Visitor, value::MapAccessDeserializer},
};
use toml::Spanned;

use crate::{
    message::{self, TemplateError, Values},
    scenario::data::Lapse,
    transport,
};

/// What must come back.
#[derive(Clone, Debug, Default, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Expect {
    /// The HTTP status.
    pub status: Option<u16>,
    /// The fault code.
    #[schemars(with = "Option<String>")]
    pub fault: Option<Spanned<String>>,
    /// Header → what it must hold.
    #[serde(default)]
    #[schemars(with = "BTreeMap<String, Selected>")]
    pub header: Selections,
    /// XPath → what it must select.
    #[serde(default)]
    #[schemars(with = "BTreeMap<String, Selected>")]
    pub xpath: Selections,
    /// What must happen in the place of an answer.
    pub outcome: Option<transport::Outcome>,
    /// The exit code of the program; 0 where nothing is said.
    pub exit: Option<i32>,
    /// What the program must write to its standard output.
    #[schemars(with = "Option<Selected>")]
    pub stdout: Option<Spanned<Selected>>,
    /// What the program must write to its standard error.
    #[schemars(with = "Option<Selected>")]
    pub stderr: Option<Spanned<Selected>>,
    /// What the body of the answer to `http` must be.
    #[schemars(with = "Option<Selected>")]
    pub body: Option<Spanned<Selected>>,
}

/// What an XPath must select.
#[derive(Clone, Debug, PartialEq)]
pub enum Selected {
    /// Exactly this one value.
    Equals(String),
    /// Something described.
    Described(Described),
}

/// A description of what is selected; each part that is given must hold.
#[derive(Clone, Debug, Default, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Described {
    /// Whether anything is selected.
    pub exists: Option<bool>,
    /// How many nodes are selected.
    pub count: Option<usize>,
    /// A regular expression that each value matches as a whole.
    #[schemars(with = "Option<String>")]
    pub matches: Option<Spanned<String>>,
    /// Values of which each selected one is one.
    pub one_of: Option<Vec<String>>,
    /// A text that each selected value contains.
    pub contains: Option<String>,
}

impl Selected {
    /// Whether it cannot be said of a part of a text.
    pub fn is_of_whole(&self) -> bool {
        match self {
            Self::Equals(_) => true,
            Self::Described(Described {
                exists: _,
                count,
                matches,
                one_of,
                contains: _,
            }) => count.is_some() || matches.is_some() || one_of.is_some(),
        }
    }
}

impl JsonSchema for Selected {
    fn schema_name() -> Cow<'static, str> {
        "Selected".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let described = generator.subschema_for::<Described>();
        json_schema!({ "anyOf": [{ "type": ["string", "integer", "boolean"] }, described] })
    }
}

impl<'de> Deserialize<'de> for Selected {
    /// By hand, since an untagged enum loses the places and says only that nothing fits.
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Written;
        impl<'de> Visitor<'de> for Written {
            type Value = Selected;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a value, or a table with exists, count, matches, one-of or contains")
            }

            fn visit_str<E: Error>(self, text: &str) -> Result<Selected, E> {
                Ok(Selected::Equals(text.to_owned()))
            }

            fn visit_bool<E: Error>(self, value: bool) -> Result<Selected, E> {
                Ok(Selected::Equals(value.to_string()))
            }

            fn visit_i64<E: Error>(self, value: i64) -> Result<Selected, E> {
                Ok(Selected::Equals(value.to_string()))
            }

            fn visit_map<A: MapAccess<'de>>(self, entries: A) -> Result<Selected, A::Error> {
                Described::deserialize(MapAccessDeserializer::new(entries)).map(Selected::Described)
            }
        }
        deserializer.deserialize_any(Written)
    }
}

impl Expect {
    /// The same with every text rendered: what is expected may name what was captured.
    pub fn rendered(&self, values: &Values) -> Result<Self, TemplateError> {
        let Self {
            status,
            fault,
            header,
            xpath,
            outcome,
            exit,
            stdout,
            stderr,
            body,
        } = self;
        let fault = fault
            .as_ref()
            .map(|fault| Ok(Spanned::new(fault.span(), text(fault.get_ref(), values)?)))
            .transpose()?;
        let whole = |given: &Option<Spanned<Selected>>| {
            let given = given.as_ref();
            given.map(|given| selected(given, values)).transpose()
        };
        Ok(Self {
            status: *status,
            fault,
            header: selections(header, values)?,
            xpath: selections(xpath, values)?,
            outcome: *outcome,
            exit: *exit,
            stdout: whole(stdout)?,
            stderr: whole(stderr)?,
            body: whole(body)?,
        })
    }
}

impl Until {
    /// The same with every text rendered.
    pub fn rendered(&self, values: &Values) -> Result<Self, TemplateError> {
        Ok(Self {
            xpath: selections(&self.xpath, values)?,
            ..self.clone()
        })
    }
}

/// What is selected, by XPath or header.
pub type Selections = BTreeMap<Spanned<String>, Spanned<Selected>>;

fn selections(given: &Selections, values: &Values) -> Result<Selections, TemplateError> {
    given
        .iter()
        .map(|(key, given)| {
            let key = Spanned::new(key.span(), text(key.get_ref(), values)?);
            Ok((key, selected(given, values)?))
        })
        .collect()
}

fn selected(
    given: &Spanned<Selected>,
    values: &Values,
) -> Result<Spanned<Selected>, TemplateError> {
    let rendered = match given.get_ref() {
        Selected::Equals(value) => Selected::Equals(text(value, values)?),
        Selected::Described(described) => {
            let one_of = described.one_of.as_ref();
            let contains = described.contains.as_ref();
            Selected::Described(Described {
                one_of: one_of
                    .map(|all| all.iter().map(|value| text(value, values)).collect())
                    .transpose()?,
                contains: contains.map(|part| text(part, values)).transpose()?,
                ..described.clone()
            })
        }
    };
    Ok(Spanned::new(given.span(), rendered))
}

fn text(text: &str, values: &Values) -> Result<String, TemplateError> {
    if message::is_template(text) {
        message::plain(text, values)
    } else {
        Ok(text.to_owned())
    }
}

/// Sends again until the answer is as described; only the last answer is judged.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Until {
    /// The HTTP status to wait for.
    pub status: Option<u16>,
    /// XPath → what it must select.
    #[serde(default)]
    #[schemars(with = "BTreeMap<String, Selected>")]
    pub xpath: Selections,
    /// How long to wait between two sendings; a frozen clock is moved on by as much.
    #[schemars(with = "Lapse")]
    pub every: Spanned<Lapse>,
    /// How long to go on.
    #[schemars(with = "Lapse")]
    pub within: Spanned<Lapse>,
}
