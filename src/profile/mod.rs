//! What is fixed for a suite: prefixes, operations, identities, targets, and which values are volatile or 12 digits long.

mod check;
mod doctor;
mod system;
mod target;

use std::{collections::BTreeMap, ops::Range};

use schemars::JsonSchema;
use serde::Deserialize;
use toml::{
    Spanned,
    de::{DeTable, DeValue},
};

use crate::{
    diagnostic::{Diagnostic, nearest, unknown},
    project,
    scenario::{
        mistake::missing,
        read::{self, Readable},
    },
    text::{Text, half_width},
    xml::{Namespaces, XPath},
};

pub use doctor::{Doctor, Masters, Service};
pub(crate) use system::{ALWAYS, OF_IDENTITY, stand_ins};
pub use system::{Ready, System};
pub use target::{Bodies, Credentials, Kind, Size, Target, Timeouts, Tls, TlsVersion};

/// Where the profile lies.
pub const PATH: &str = "scenarios/profile.toml";

/// The profile of a suite.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Profile {
    /// A profile that holds where this one says nothing: that of the embedded suite.
    pub extends: Option<Extends>,
    /// Prefixes for XPath and snapshots.
    #[serde(default)]
    pub namespaces: Namespaces,
    /// Whether an XPath may name elements without a prefix, for contracts whose elements have no namespace.
    #[serde(default)]
    pub no_prefix: bool,
    /// The XPath of the fault code in a fault.
    pub fault_code: String,
    /// The XPath of the id of the rule that a fault names, for reports; none where faults name none.
    pub fault_rule: Option<String>,
    /// How each operation is sent.
    #[serde(default)]
    pub operation: BTreeMap<String, Operation>,
    /// Who may send.
    #[serde(default)]
    pub identity: BTreeMap<String, Identity>,
    /// XPath or element name → label of the placeholder that stands for its values.
    #[serde(default)]
    pub volatile: BTreeMap<String, String>,
    /// Each an `XPath` or the name of an element that holds a time.
    #[serde(default)]
    pub times: Vec<String>,
    /// Where an individual number may not be, and what only looks like one.
    #[serde(default)]
    pub sentinel: Sentinel,
    /// What `renkei doctor` sends.
    #[serde(default)]
    pub doctor: Doctor,
    /// Networks that run elsewhere.
    #[serde(default)]
    pub target: BTreeMap<String, Target>,
    /// The system under test, where it runs during the whole run.
    pub system: Option<System>,
}

/// What a profile extends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Extends {
    /// The suite in the binary: its profile, messages, people, test items and shared steps.
    Bundled,
}

/// How an operation is sent.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Operation {
    /// The path below the target's URL.
    pub endpoint: String,
    /// The value of `SOAPAction`, without quotes.
    pub action: String,
    /// The `Content-Type`; that of SOAP 1.1 where none is given.
    pub content_type: Option<String>,
    /// The XPath of the fault code in this operation's faults, where it is another than the profile's.
    pub fault_code: Option<String>,
}

/// Who sends: which certificate, and which institution the message names.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Identity {
    /// The certificate's file in the certificate folder, without its ending.
    pub certificate: String,
    /// The institution code that the message names.
    pub institution: String,
}

/// Where an individual number may not be, and what only looks like one.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Sentinel {
    /// Endpoints that must never see one; all where neither list names any.
    #[serde(default)]
    pub never: Vec<String>,
    /// Endpoints where the law has one travel: what is kept is masked, and it is no finding.
    #[serde(default)]
    pub masked: Vec<String>,
    /// XPath → why what it selects has 12 digits by nature and is no individual number.
    #[serde(default)]
    pub twelve_digits: BTreeMap<String, String>,
}

impl Sentinel {
    /// Whether an individual number may travel to an endpoint: on a user's own hop before the network.
    pub fn may_carry(&self, endpoint: &str) -> bool {
        let endpoint = endpoint.trim_matches('/');
        let named = |list: &[String]| list.iter().any(|name| name.trim_matches('/') == endpoint);
        named(&self.masked) && !named(&self.never)
    }

    /// The fields that hold twelve digits by nature, with the reason, for reports.
    pub fn natural(&self) -> Vec<String> {
        let fields = self.twelve_digits.iter();
        fields
            .map(|(xpath, why)| format!("{xpath} ({why})"))
            .collect()
    }
}

impl Profile {
    /// The operation that a path and an action mean.
    pub fn operation_at(&self, path: &str, action: &str) -> Option<&str> {
        let path = path.trim_matches('/');
        let mut operations = self.operation.iter();
        operations
            .find(|(_, one)| one.endpoint.trim_matches('/') == path && one.action == action)
            .map(|(name, _)| name.as_str())
    }

    /// The XPath of the fault code in an operation's faults.
    pub fn fault_code_of(&self, operation: &str) -> &str {
        self.operation
            .get(operation)
            .and_then(|operation| operation.fault_code.as_deref())
            .unwrap_or(&self.fault_code)
    }

    /// Takes in the volatile values and times that a target adds. What it says of an element counts before what is said
    /// for all targets.
    pub fn add(&mut self, target: &Target) {
        self.times
            .retain(|place| !target.volatile.contains_key(place));
        self.volatile
            .retain(|place, _| !target.times.contains(place));
        self.volatile.extend(target.volatile.clone());
        self.times.extend(target.times.iter().cloned());
    }
}

/// Whether a key of `volatile` or an entry of `times` is an XPath; else it is an element's name.
pub fn is_xpath(text: &str) -> bool {
    !text
        .chars()
        .all(|c| c.is_alphanumeric() || matches!(c, '_' | '-' | '.'))
}

/// Whether a profile's text says that it extends the embedded suite.
pub fn extends_bundled(text: &str) -> bool {
    let readable = Readable::new(PATH, text, &mut Vec::new());
    let table = readable.tables();
    let value = table.get_ref().get("extends").map(Spanned::get_ref);
    matches!(value, Some(DeValue::String(name)) if name == "bundled")
}

/// Reads a profile; never fails.
pub fn parse(text: &str) -> (Profile, Vec<Diagnostic>) {
    let extends = extends_bundled(text);
    if !extends && means_to_extend(text) {
        let (profile, found) = read(text, true);
        // Else nothing is wrong with that line, and it says something else.
        if !found.is_empty() {
            return (profile, found);
        }
    }
    read(text, extends)
}

/// Whether a line says almost that the profile extends another: then only that is wrong, and not all that seems missing.
fn means_to_extend(text: &str) -> bool {
    let lines = text.lines().map(str::trim_start);
    let mut head = lines.take_while(|line| !line.starts_with('['));
    head.any(|line| {
        let key = line.split(['=', '＝']).next().unwrap_or_default();
        !line.starts_with('#') && nearest(&half_width(key), ["extends"]).is_some()
    })
}

fn read(text: &str, extends: bool) -> (Profile, Vec<Diagnostic>) {
    let mut found = Vec::new();
    let readable = Readable::new(PATH, text, &mut found);
    let mut table = readable.tables();
    let bundled = project::bundled(PATH).unwrap_or_default();
    let base = Readable::new(PATH, bundled, &mut Vec::new());
    if extends {
        let named = table.get_ref().get_key_value("extends");
        let place = named.map_or(0..0, |(name, value)| name.span().start..value.span().end);
        extend(table.get_mut(), base.tables().into_inner(), &place);
    }
    let required = [("fault_code", DeValue::String("''".into()))];
    let profile: Profile =
        read::typed(PATH, &table, &required, readable.partial, &mut found).unwrap_or_default();
    if !extends {
        let missing = missing(&["fault_code"]);
        for mistake in found.iter_mut().filter(|mistake| mistake.text == missing) {
            mistake.hint = Some(Text::new(
                "同梱の操作・電文・送信者を使用する場合は、先頭に extends = \"bundled\" と記載してください。使用しない場合は fault_code（エラーコードのXPath）を記載してください",
                "to use the operations, messages and identities of the binary, write extends = \"bundled\" at the top; else write fault_code, the XPath of the code in a fault",
            ));
        }
    }
    let root = Spanned::new(0..text.len(), DeValue::Table(table.into_inner()));
    check(&profile, &root, readable.partial, text, &mut found);
    (profile, found)
}

/// Puts in what a table does not say itself; lists grow. What is put in has its place where it was asked for.
fn extend<'i>(own: &mut DeTable<'i>, base: DeTable<'i>, place: &Range<usize>) {
    for (key, value) in base {
        let name = key.get_ref().clone();
        match (
            own.get_mut(name.as_ref()).map(Spanned::get_mut),
            value.into_inner(),
        ) {
            (Some(DeValue::Table(own)), DeValue::Table(base)) => extend(own, base, place),
            (Some(DeValue::Array(own)), DeValue::Array(base)) => {
                for item in base {
                    own.push(moved(item.into_inner(), place));
                }
            }
            (Some(_), _) => {}
            (None, value) => {
                let key = Spanned::new(place.clone(), key.into_inner());
                own.insert(key, moved(value, place));
            }
        }
    }
}

/// A value with all places in it at one.
fn moved<'i>(mut value: DeValue<'i>, place: &Range<usize>) -> Spanned<DeValue<'i>> {
    match &mut value {
        DeValue::Array(items) => {
            for item in items.iter_mut() {
                *item = moved(
                    std::mem::replace(item.get_mut(), DeValue::Boolean(false)),
                    place,
                );
            }
        }
        DeValue::Table(table) => {
            let base = std::mem::take(table);
            extend(table, base, place);
        }
        DeValue::String(_)
        | DeValue::Integer(_)
        | DeValue::Float(_)
        | DeValue::Boolean(_)
        | DeValue::Datetime(_) => {}
    }
    Spanned::new(place.clone(), value)
}

/// What the reader of the form cannot see: `XPath`s, and names of what the profile itself declares.
fn check(
    profile: &Profile,
    root: &Spanned<DeValue<'_>>,
    partial: bool,
    text: &str,
    found: &mut Vec<Diagnostic>,
) {
    let mut xpath = |expression: &str, path: &[&str]| {
        if let Err(error) = XPath::check(expression, &profile.namespaces, profile.no_prefix) {
            if partial && error.mistake.is_of_profile() {
                return;
            }
            let (key, value) = read::places(root, path);
            // Where the expression is itself the key, the mistake is there.
            let span = if path.last() == Some(&expression) {
                key
            } else {
                value
            };
            let span = read::inside(text, &span, expression, &error.span);
            found.push(
                Diagnostic::new(PATH, span, error.text()).hint(error.hint(&profile.namespaces)),
            );
        }
    };
    xpath(&profile.fault_code, &["fault_code"]);
    if let Some(expression) = &profile.fault_rule {
        xpath(expression, &["fault_rule"]);
    }
    for (name, operation) in &profile.operation {
        if let Some(expression) = &operation.fault_code {
            xpath(expression, &["operation", name, "fault_code"]);
        }
    }
    for expression in profile.volatile.keys().filter(|key| is_xpath(key)) {
        xpath(expression, &["volatile", expression]);
    }
    for expression in profile.times.iter().filter(|time| is_xpath(time)) {
        xpath(expression, &["times"]);
    }
    for ([table, key], expression) in profile.doctor.xpaths() {
        xpath(expression, &["doctor", table, key]);
    }
    for (name, target) in &profile.target {
        for expression in target.volatile.keys().filter(|key| is_xpath(key)) {
            xpath(expression, &["target", name, "volatile", expression]);
        }
        for expression in target.times.iter().filter(|time| is_xpath(time)) {
            xpath(expression, &["target", name, "times"]);
        }
    }
    for expression in profile.sentinel.twelve_digits.keys() {
        xpath(expression, &["sentinel", "twelve_digits", expression]);
    }
    let endpoints = || {
        profile
            .operation
            .values()
            .map(|operation| operation.endpoint.as_str())
    };
    for (list, named) in [
        ("never", &profile.sentinel.never),
        ("masked", &profile.sentinel.masked),
    ] {
        for name in named
            .iter()
            .filter(|name| !endpoints().any(|known| known == *name))
        {
            found.push(unknown(
                PATH,
                read::places(root, &["sentinel", list]).1,
                &Text::new("接続先", "endpoint"),
                name,
                endpoints(),
            ));
        }
    }
    check::doctor(profile, root, found);
    check::targets(profile, root, found);
    system::check(profile, root, found);
}

/// Where in the profile's text a key of it stands, with its value; that of the nearest table above where there is none.
pub fn place(text: &str, path: &[&str]) -> Range<usize> {
    places(text, path).1
}

/// Where a key itself stands.
pub(crate) fn key(text: &str, path: &[&str]) -> Range<usize> {
    places(text, path).0
}

fn places(text: &str, path: &[&str]) -> (Range<usize>, Range<usize>) {
    let readable = Readable::new(PATH, text, &mut Vec::new());
    let table = readable.tables().into_inner();
    read::places(&Spanned::new(0..text.len(), DeValue::Table(table)), path)
}
