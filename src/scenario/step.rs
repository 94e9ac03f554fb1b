//! What a step may say. One type holds all keys, since a file may mix them wrongly; [`Step::kind`] is the one that it is.

use std::{borrow::Cow, collections::BTreeMap, fmt, ops::Range};

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{
    Deserialize, Deserializer,
    de::{Error, MapAccess, Visitor, value::MapAccessDeserializer},
};
use toml::Spanned;

use crate::{
    message::{self, TemplateError, Values},
    scenario::data::{Data, Lapse, Moment},
    text::Text,
    transport,
};

/// One step: it sends, moves the clock, acts on the network, opens a listener, checks, or stands for shared steps.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Step {
    /// Its name, unique in the scenario; also the name of its snapshot.
    #[schemars(with = "String")]
    pub id: Spanned<String>,
    /// What it shows, where that is not plain.
    pub title: Option<Text>,
    /// Whether it runs even after a failure.
    #[serde(default)]
    pub always: bool,

    /// The operation to send.
    #[schemars(with = "Option<String>")]
    pub send: Option<Spanned<String>>,
    /// The identity that sends.
    #[serde(rename = "as")]
    #[schemars(with = "Option<String>")]
    pub identity: Option<Spanned<String>>,
    /// Values for the message's template, or for the shared steps.
    #[serde(default)]
    #[schemars(with = "BTreeMap<String, Data>")]
    pub with: BTreeMap<Spanned<String>, Spanned<Data>>,
    /// Literal text in the place of a rendered template.
    #[schemars(with = "Option<String>")]
    pub raw: Option<Spanned<String>>,
    /// Another `Content-Type` than that of the contract.
    pub content_type: Option<String>,
    /// Another `SOAPAction` than that of the operation.
    pub action: Option<String>,
    /// Further headers of the request, or others than the usual ones.
    #[serde(default)]
    #[schemars(with = "BTreeMap<String, String>")]
    pub headers: BTreeMap<Spanned<String>, Spanned<String>>,
    /// Another method than `POST`.
    #[schemars(with = "Option<String>")]
    pub method: Option<Spanned<String>>,
    /// Another path than that of the operation.
    #[schemars(with = "Option<String>")]
    pub path: Option<Spanned<String>>,
    /// An earlier step whose request id this one repeats: a retry.
    #[schemars(with = "Option<String>")]
    pub same_request_as: Option<Spanned<String>>,
    /// Sends again until the answer is as described.
    pub until: Option<Until>,
    /// An earlier `listen` step through whose listener this one is sent.
    #[schemars(with = "Option<String>")]
    pub via: Option<Spanned<String>>,
    /// How long to wait for the answer, by the clock on the wall.
    #[schemars(with = "Option<Lapse>")]
    pub timeout: Option<Spanned<Lapse>>,
    /// Puts a specimen into the template variable `planted`.
    #[schemars(with = "Option<Specimen>")]
    pub plants: Option<Spanned<Specimen>>,
    /// What must come back.
    #[schemars(with = "Option<Expect>")]
    pub expect: Option<Spanned<Expect>>,
    /// Names for values of the answer, by XPath.
    #[serde(default)]
    #[schemars(with = "BTreeMap<String, String>")]
    pub capture: BTreeMap<Spanned<String>, Spanned<String>>,
    /// Why the answer is not compared with a snapshot.
    #[schemars(with = "Option<String>")]
    pub no_snapshot: Option<Spanned<String>>,

    /// Moves the world's clock on.
    #[schemars(with = "Option<Lapse>")]
    pub advance: Option<Spanned<Lapse>>,
    /// Moves the world's clock to a time.
    #[schemars(with = "Option<Moment>")]
    pub at: Option<Spanned<Moment>>,
    /// What the operator of the network does.
    #[schemars(with = "Option<BTreeMap<String, Data>>")]
    pub network: Option<Spanned<BTreeMap<Spanned<String>, Spanned<Data>>>>,
    /// Opens a further listener of this scenario's world.
    #[schemars(with = "Option<Listen>")]
    pub listen: Option<Spanned<Listen>>,
    /// The file of shared steps that stand here.
    #[serde(rename = "use")]
    #[schemars(with = "Option<String>")]
    pub shared: Option<Spanned<String>>,
    /// What of the world must hold.
    #[schemars(with = "Option<Check>")]
    pub check: Option<Spanned<Check>>,

    /// The file in which the step's spans lie: the scenario's own, or that of the shared steps.
    #[serde(skip)]
    pub file: String,
    /// Whether something in it could not be read, so that nothing can be said of what seems missing.
    #[serde(skip)]
    pub partial: bool,
    /// Where shared steps are used, the outermost place.
    #[serde(skip)]
    pub used: Option<(String, Range<usize>)>,
}

/// What a step is.
#[derive(Clone, Copy, Debug)]
pub enum Kind<'a> {
    /// Sends an operation.
    Send(&'a Spanned<String>),
    /// Moves the world's clock on.
    Advance(Lapse),
    /// Moves the world's clock to a time.
    At(&'a Moment),
    /// The operator of the network acts.
    Network(&'a BTreeMap<Spanned<String>, Spanned<Data>>),
    /// Opens a listener.
    Listen(&'a Listen),
    /// Stands for shared steps; none is left after reading.
    Use(&'a Spanned<String>),
    /// Checks the world.
    Check(Check),
}

impl Step {
    /// All kinds that the step names; a right one names one.
    pub fn kinds(&self) -> Vec<Kind<'_>> {
        [
            self.send.as_ref().map(Kind::Send),
            self.advance
                .as_ref()
                .map(|given| Kind::Advance(*given.get_ref())),
            self.at.as_ref().map(|given| Kind::At(given.get_ref())),
            self.network
                .as_ref()
                .map(|given| Kind::Network(given.get_ref())),
            self.listen
                .as_ref()
                .map(|given| Kind::Listen(given.get_ref())),
            self.shared.as_ref().map(Kind::Use),
            self.check
                .as_ref()
                .map(|given| Kind::Check(*given.get_ref())),
        ]
        .into_iter()
        .flatten()
        .collect()
    }

    /// What the step is; nothing where it is no right step, which reading has reported.
    pub fn kind(&self) -> Option<Kind<'_>> {
        match self.kinds().as_slice() {
            [kind] => Some(*kind),
            _ => None,
        }
    }

    /// What must come back, if the step says so.
    pub fn expected(&self) -> Option<&Expect> {
        self.expect.as_ref().map(Spanned::get_ref)
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
        } = self;
        let fault = fault
            .as_ref()
            .map(|fault| Ok(Spanned::new(fault.span(), text(fault.get_ref(), values)?)))
            .transpose()?;
        Ok(Self {
            status: *status,
            fault,
            header: selections(header, values)?,
            xpath: selections(xpath, values)?,
            outcome: *outcome,
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
        .map(|(key, selected)| {
            let key = Spanned::new(key.span(), text(key.get_ref(), values)?);
            let rendered = match selected.get_ref() {
                Selected::Equals(value) => Selected::Equals(text(value, values)?),
                Selected::Described(described) => Selected::Described(Described {
                    one_of: described
                        .one_of
                        .as_ref()
                        .map(|all| all.iter().map(|value| text(value, values)).collect())
                        .transpose()?,
                    ..described.clone()
                }),
            };
            Ok((key, Spanned::new(selected.span(), rendered)))
        })
        .collect()
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

/// A further listener of the scenario's world.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Listen {
    /// The certificate that it shows: `good`, `other-name`, `expired`, `other-ca`.
    #[schemars(with = "Option<String>")]
    pub certificate: Option<Spanned<String>>,
    /// What is wrong with it: `none`, `close-in-handshake`, `alert-in-handshake`, `reset`, …
    #[schemars(with = "Option<String>")]
    pub fault: Option<Spanned<String>>,
}

/// What is put into a request on purpose.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Specimen {
    /// A number in the form of an individual number, made for this step; what is kept of the exchange is masked.
    IndividualNumber,
}

/// What of the world must hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Check {
    /// The invariants of the network.
    Invariants,
}

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
                f.write_str("a value, or a table with exists, count, matches or one-of")
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
