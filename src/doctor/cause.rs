//! What can be wrong on the way to a target. What is said of each stands in `words`.

use crate::{
    doctor::State,
    text::Text,
    transport::{Broken, Cause, Outcome, Stage},
    verdict::Exit,
};

/// Something that is wrong, or soon will be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Trouble {
    /// The identity's certificate or key cannot be used.
    OwnUnusable(Text),
    /// The identity's certificate ends so soon, in days; negative where it has ended.
    OwnEnds(i64),
    /// The CAs that are to be trusted cannot be read.
    CaUnusable(Text),
    /// The name has no address.
    NameUnknown(String),
    /// The proxy's name has no address.
    ProxyUnknown(String),
    /// Nobody listens there.
    NobodyListens(String),
    /// Nobody listens where the proxy is to be.
    ProxyDown(String),
    /// There is no way there, or the connection broke.
    Unreachable(Text),
    /// Nothing came in time.
    Late(Stage),
    /// The proxy wants to know who asks.
    ProxyAsks(Text),
    /// The proxy does not take what it was told of who asks.
    ProxyDenies(Text),
    /// The proxy refuses, or is none.
    ProxyRefuses(Text),
    /// What answers speaks no TLS.
    NoTls,
    /// There is no TLS version or cipher in common.
    NothingInCommon(Text),
    /// The handshake broke for another reason.
    HandshakeBroke(Text),
    /// The target's certificate is of another authority.
    ServerOtherCa(String),
    /// The target's certificate has expired.
    ServerExpired(String),
    /// The target's certificate is not valid yet.
    ServerNotYet(String),
    /// The target's certificate is for other names than the one that was called.
    ServerOtherName(String, String),
    /// The target shows the certificate of an authority as its own.
    ServerIsCa,
    /// The target's certificate is not taken for another reason.
    ServerRefused(Text),
    /// The target's certificate ends so soon, in days.
    ServerEnds(i64),
    /// The target asks for no client certificate.
    NotAsked,
    /// The target wants a client certificate and took none.
    OwnMissing,
    /// The target does not trust the authority of the identity's certificate.
    OwnOtherCa,
    /// The target holds the identity's certificate for expired.
    OwnExpired,
    /// The identity's certificate is revoked.
    OwnRevoked,
    /// The identity's certificate is not taken for another reason.
    OwnRefused(Text),
    /// The connection broke before or in an answer.
    AnswerBroke(Text),
    /// The answer is larger than what is read.
    TooLarge(Text),
    /// What came is no HTTP.
    NoHttp,
    /// The answer leads elsewhere.
    Redirect(u16, String),
    /// Access is denied.
    Denied(u16),
    /// There is no such path.
    NotThere(String),
    /// Something between answers in the place of the network.
    Gateway(u16),
    /// The answer is no message.
    NoMessage(u16),
    /// The message was refused.
    Fault(String, String),
    /// The clocks are so far apart, in seconds.
    Clock(i64),
    /// The network does not serve.
    Closed(String),
    /// The sender has not applied the version in force of these kinds.
    Behind(Vec<String>),
}

impl Trouble {
    /// What a broken way amounts to. `place` is whom the connection went to.
    pub fn of(broken: &Broken, place: &str) -> Self {
        let why = broken.why.clone();
        if broken.outcome == Some(Outcome::Timeout) {
            return Self::Late(broken.stage);
        }
        match (broken.stage, broken.cause) {
            (Stage::Prepare, _) => Self::OwnUnusable(why),
            (Stage::Resolve, _) => Self::NameUnknown(host(place)),
            (_, Some(Cause::NobodyListens)) => Self::NobodyListens(place.to_owned()),
            (Stage::Proxy, Some(Cause::ProxyAsks)) => Self::ProxyAsks(why),
            (Stage::Proxy, Some(Cause::ProxyDenies)) => Self::ProxyDenies(why),
            (Stage::Proxy, _) => Self::ProxyRefuses(why),
            (_, Some(Cause::NoTls)) => Self::NoTls,
            (_, Some(Cause::NothingInCommon)) => Self::NothingInCommon(why),
            (_, Some(Cause::ServerOtherCa)) => Self::ServerOtherCa(String::new()),
            (_, Some(Cause::ServerExpired)) => Self::ServerExpired(String::new()),
            (_, Some(Cause::ServerNotYet)) => Self::ServerNotYet(String::new()),
            (_, Some(Cause::ServerOtherName)) => Self::ServerOtherName(host(place), String::new()),
            (_, Some(Cause::ServerIsCa)) => Self::ServerIsCa,
            (_, Some(Cause::ServerRefused)) => Self::ServerRefused(why),
            (_, Some(Cause::OwnMissing)) => Self::OwnMissing,
            (_, Some(Cause::OwnOtherCa)) => Self::OwnOtherCa,
            (_, Some(Cause::OwnExpired)) => Self::OwnExpired,
            (_, Some(Cause::OwnRevoked)) => Self::OwnRevoked,
            (_, Some(Cause::OwnRefused)) => Self::OwnRefused(why),
            (Stage::Connect, _) | (_, Some(Cause::Unreachable)) => Self::Unreachable(why),
            (Stage::Tls, _) => Self::HandshakeBroke(why),
            (Stage::Answer | Stage::Body, _) if broken.outcome == Some(Outcome::NotHttp) => {
                Self::NoHttp
            }
            (Stage::Answer | Stage::Body, _) if broken.outcome == Some(Outcome::TooLarge) => {
                Self::TooLarge(why)
            }
            (Stage::Answer | Stage::Body, _) => Self::AnswerBroke(why),
        }
    }

    /// The same where it is the proxy that was called.
    #[expect(
        clippy::wildcard_enum_match_arm,
        reason = "the others say the same of whomever was called"
    )]
    pub(super) fn of_proxy(self) -> Self {
        match self {
            Self::NameUnknown(host) => Self::ProxyUnknown(host),
            Self::NobodyListens(place) => Self::ProxyDown(place),
            other => other,
        }
    }

    /// Whether it is about the identity's own certificate as the target sees it.
    pub(super) fn is_of_identity(&self) -> bool {
        matches!(
            self,
            Self::OwnMissing
                | Self::OwnOtherCa
                | Self::OwnExpired
                | Self::OwnRevoked
                | Self::OwnRefused(_)
        )
    }

    /// How bad it is.
    #[expect(
        clippy::wildcard_enum_match_arm,
        reason = "all others are worse than what is named"
    )]
    pub fn state(&self) -> State {
        match self {
            Self::OwnEnds(days) | Self::ServerEnds(days) if *days >= 0 => State::Warned,
            Self::NotAsked | Self::NotThere(_) | Self::Behind(_) => State::Warned,
            _ => State::Failed,
        }
    }

    /// What it amounts to: 3 for what the profile names, 4 where there is no way or no entry, 1 for a wrong answer.
    #[expect(
        clippy::wildcard_enum_match_arm,
        reason = "all others are that there is no way or no entry"
    )]
    pub fn exit(&self) -> Exit {
        match self {
            _ if self.state() != State::Failed => Exit::Ok,
            Self::OwnUnusable(_) | Self::CaUnusable(_) => Exit::Suite,
            Self::Redirect(..)
            | Self::NoMessage(_)
            | Self::Fault(..)
            | Self::Clock(_)
            | Self::Closed(_) => Exit::Failed,
            _ => Exit::Transport,
        }
    }
}

/// The host of a place as an authority writes it.
fn host(place: &str) -> String {
    let host = place.rsplit_once(':').map_or(place, |(host, _)| host);
    host.trim_matches(['[', ']']).to_owned()
}
