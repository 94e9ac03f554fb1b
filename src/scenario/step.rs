//! What a step may say. One type holds all keys, since a file may mix them wrongly; [`Step::kind`] is the one that it
//! is, and `keys` says which keys go with which kind.

use std::{collections::BTreeMap, ops::Range, time::Duration};

use schemars::JsonSchema;
use serde::Deserialize;
use toml::Spanned;

use crate::{
    encoding,
    scenario::{
        data::{Data, Lapse, Moment},
        expect::{Expect, Until},
        peer::Peer,
    },
    text::Text,
};

/// One step: it sends, moves the clock, acts on the network, opens a listener, checks, makes the system under test do
/// something, looks at what that has sent, or stands for shared steps.
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
    /// The identity that sends; with exec whose certificate the system under test is given, with http over TLS whose
    /// certificate is shown where the system asks for one.
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
    /// How long to wait for the answer, or for the program's end, by the clock on the wall.
    #[schemars(with = "Option<Lapse>")]
    pub timeout: Option<Spanned<Lapse>>,
    /// Puts a specimen into the template variable `planted`.
    #[schemars(with = "Option<Specimen>")]
    pub plants: Option<Spanned<Specimen>>,
    /// What must come back.
    #[schemars(with = "Option<Expect>")]
    pub expect: Option<Spanned<Expect>>,
    /// Names for values: of an answer or a call by XPath, of what a program writes by a regular expression with one group.
    #[serde(default)]
    #[schemars(with = "BTreeMap<String, String>")]
    pub capture: BTreeMap<Spanned<String>, Spanned<String>>,
    /// Why there is no comparison with a snapshot.
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

    /// A program of the system under test to run, with its arguments; there is no shell.
    #[schemars(with = "Option<Vec<String>>")]
    pub exec: Option<Spanned<Vec<Spanned<String>>>>,
    /// Variables of the environment, beside those that are inherited and those that describe the network.
    #[serde(default)]
    #[schemars(with = "BTreeMap<String, String>")]
    pub env: BTreeMap<Spanned<String>, Spanned<String>>,
    /// The folder in which the program runs, below the suite's root.
    #[schemars(with = "Option<String>")]
    pub folder: Option<Spanned<String>>,
    /// The encoding of what the program writes, or of the body that comes; UTF-8 where none is said, or what the answer's
    /// `Content-Type` says. A byte order mark counts first.
    #[schemars(with = "Option<String>")]
    pub encoding: Option<Spanned<String>>,
    /// A request to the system under test.
    #[schemars(with = "Option<Http>")]
    pub http: Option<Spanned<Http>>,
    /// An operation that the system under test must have sent.
    #[schemars(with = "Option<String>")]
    pub expect_call: Option<Spanned<String>>,
    /// An operation that the system under test must not have sent until then, beside what was expected before; a step with
    /// exec or http comes before it, unless there is a `[system]`.
    #[schemars(with = "Option<String>")]
    pub expect_no_call: Option<Spanned<String>>,
    /// The identity that must have sent it.
    #[schemars(with = "Option<String>")]
    pub from: Option<Spanned<String>>,
    /// How long a call may be in coming, by the clock on the wall.
    #[schemars(with = "Option<Lapse>")]
    pub within: Option<Spanned<Lapse>>,
    /// Whether the call may have come before the one that was expected before it; it then says nothing of those after it.
    pub order: Option<Order>,
    /// How many such calls must come, and no more by the end of the scenario; where it is left out, one is looked for and
    /// more are not looked at.
    #[schemars(with = "Option<usize>")]
    pub times: Option<Spanned<usize>>,
    /// What an institution of the network does by itself.
    #[schemars(with = "Option<Peer>")]
    pub peer: Option<Spanned<Peer>>,

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
    /// Runs a program of the system under test.
    Exec(&'a [Spanned<String>]),
    /// Sends a request to the system under test.
    Http(&'a Http),
    /// Looks for a call of the system under test.
    ExpectCall(&'a Spanned<String>),
    /// Looks whether there is no further call of the system under test.
    ExpectNoCall(&'a Spanned<String>),
    /// An institution of the network acts by itself.
    Peer(&'a Peer),
}

impl Kind<'_> {
    /// The key by which it is written.
    pub fn key(self) -> &'static str {
        match self {
            Self::Send(_) => "send",
            Self::Advance(_) => "advance",
            Self::At(_) => "at",
            Self::Network(_) => "network",
            Self::Listen(_) => "listen",
            Self::Use(_) => "use",
            Self::Check(_) => "check",
            Self::Exec(_) => "exec",
            Self::Http(_) => "http",
            Self::ExpectCall(_) => "expect_call",
            Self::ExpectNoCall(_) => "expect_no_call",
            Self::Peer(_) => "peer",
        }
    }
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
            self.exec.as_ref().map(|given| Kind::Exec(given.get_ref())),
            self.http.as_ref().map(|given| Kind::Http(given.get_ref())),
            self.expect_call.as_ref().map(Kind::ExpectCall),
            self.expect_no_call.as_ref().map(Kind::ExpectNoCall),
            self.peer.as_ref().map(|given| Kind::Peer(given.get_ref())),
        ]
        .into_iter()
        .flatten()
        .collect()
    }

    /// The key of each kind that the step names, with the place of its value.
    pub(crate) fn kinds_written(&self) -> Vec<(&'static str, Range<usize>)> {
        let places = [
            self.send.as_ref().map(Spanned::span),
            self.advance.as_ref().map(Spanned::span),
            self.at.as_ref().map(Spanned::span),
            self.network.as_ref().map(Spanned::span),
            self.listen.as_ref().map(Spanned::span),
            self.shared.as_ref().map(Spanned::span),
            self.check.as_ref().map(Spanned::span),
            self.exec.as_ref().map(Spanned::span),
            self.http.as_ref().map(Spanned::span),
            self.expect_call.as_ref().map(Spanned::span),
            self.expect_no_call.as_ref().map(Spanned::span),
            self.peer.as_ref().map(Spanned::span),
        ];
        let kinds = self.kinds().into_iter().map(Kind::key);
        let mut written: Vec<_> = kinds.zip(places.into_iter().flatten()).collect();
        written.sort_by_key(|(_, place)| place.start);
        written
    }

    /// What the step is; nothing where it is no right step, which reading has reported.
    pub fn kind(&self) -> Option<Kind<'_>> {
        match self.kinds().as_slice() {
            [kind] => Some(*kind),
            _ => None,
        }
    }

    /// How long the step may wait at most.
    pub fn longest_wait(&self) -> Duration {
        let until = self.until.as_ref().map(|until| until.within.get_ref());
        let advance = self.advance.as_ref().map(Spanned::get_ref);
        let lapse = until.or(advance);
        lapse.map_or(Duration::ZERO, |lapse| lapse.duration())
    }

    /// Whether the step only looks into the network: leaving it out changes nothing.
    pub fn is_look(&self) -> bool {
        matches!(self.kind(), Some(Kind::Check(_)))
    }

    /// How many calls it looks for.
    pub fn times(&self) -> usize {
        let times = self.times.as_ref().map_or(1, |times| *times.get_ref());
        times.min(MOST_CALLS)
    }

    /// The names of its snapshots: where a call must come more than once, the later ones' with `-2`, `-3` and so on.
    pub fn snapshots(&self) -> impl Iterator<Item = String> {
        (1..=self.times().max(1)).map(|number| nth(self.id.get_ref(), "-", number))
    }

    /// The names that it captures: where a call must come more than once, the later ones' with `_2`, `_3` and so on.
    pub fn captured(&self) -> Vec<String> {
        let times = self.times();
        let names = self.capture.keys();
        names
            .flat_map(|name| (1..=times).map(|time| nth(name.get_ref(), "_", time)))
            .collect()
    }

    /// Whether it is about what the system under test does.
    pub fn is_of_system(&self) -> bool {
        self.makes_it_act()
            || matches!(
                self.kind(),
                Some(Kind::ExpectCall(_) | Kind::ExpectNoCall(_))
            )
    }

    /// Whether it makes the system under test act.
    pub fn makes_it_act(&self) -> bool {
        matches!(self.kind(), Some(Kind::Exec(_) | Kind::Http(_)))
    }

    /// The encoding of what the system under test says, if the step says so; reading has reported one that is not known.
    pub fn said_in(&self) -> Option<&'static encoding_rs::Encoding> {
        encoding::named(self.encoding.as_ref()?.get_ref())
    }

    /// What must come back, if the step says so.
    pub fn expected(&self) -> Option<&Expect> {
        self.expect.as_ref().map(Spanned::get_ref)
    }
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

/// A request to the system under test.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Http {
    /// The method; GET where none is given.
    #[schemars(with = "Option<String>")]
    pub method: Option<Spanned<String>>,
    /// The whole URL, `http` or `https`.
    #[schemars(with = "String")]
    pub url: Spanned<String>,
    /// The headers besides `Host`.
    #[serde(default)]
    #[schemars(with = "BTreeMap<String, String>")]
    pub headers: BTreeMap<Spanned<String>, Spanned<String>>,
    /// The body.
    #[schemars(with = "Option<String>")]
    pub body: Option<Spanned<String>>,
    /// The file of the authority that signed the system's certificate, PEM, below the suite's root.
    #[schemars(with = "Option<String>")]
    pub ca: Option<Spanned<String>>,
}

/// Where a call must stand among those that are expected.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Order {
    /// Anywhere: it may have come before the call that was expected before it.
    Any,
}

/// The most calls that one step may look for: as many as the journal of calls holds.
pub(crate) const MOST_CALLS: usize = 1_000;

/// A name for the first, second, third of many.
pub(crate) fn nth(name: &str, joint: &str, number: usize) -> String {
    if number <= 1 {
        name.to_owned()
    } else {
        format!("{name}{joint}{number}")
    }
}
