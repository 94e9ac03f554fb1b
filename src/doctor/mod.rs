//! A diagnosis of the way to a target, layer by layer, for each place and each identity.
//!
//! `look` goes the way and notes what it sees; `findings` is a pure function of that, and `table` shows them. What a
//! diagnosis sends comes from the profile, and leaves nothing behind; where even that may leave a record, it stops before
//! the first message.

mod cause;
mod entry;
mod findings;
mod look;
mod question;
mod table;
#[cfg(test)]
mod tests;
mod words;

use jiff::Timestamp;

use crate::transport::{Broken, CertificateShown, TlsShown};

pub use cause::Trouble;
pub use findings::{Layer, Row, Section, State, exit, findings};
pub use look::{Person, Way, look};
pub use question::{Question, Reads, questions};
pub use table::{Head, table};

/// What was seen of one place: a host and a port.
#[derive(Clone, Debug)]
pub struct Observed {
    /// The host.
    pub host: String,
    /// Host and port.
    pub place: String,
    /// The endpoints that lie there, by name.
    pub endpoints: Vec<String>,
    /// The proxy on the way, where there is one.
    pub proxy: Option<String>,
    /// Why the CAs that are to be trusted cannot be used, where they cannot.
    pub ca: Option<Broken>,
    /// The addresses of the name: of the proxy's where there is one.
    pub name: Option<Result<Vec<String>, Broken>>,
    /// The address that took the connection.
    pub tcp: Option<Result<String, Broken>>,
    /// What the proxy said.
    pub tunnel: Option<Result<(), Broken>>,
    /// What was seen as each identity.
    pub seen: Vec<AsIdentity>,
}

/// What was seen as one identity.
#[derive(Clone, Debug)]
pub struct AsIdentity {
    /// Its name.
    pub identity: String,
    /// Its own certificate; why it cannot be used where it cannot.
    pub own: Result<Option<CertificateShown>, Broken>,
    /// The handshake; nothing where it was not come to.
    pub tls: Option<(TlsShown, Result<(), Broken>)>,
    /// Whether the target refused after the handshake; only where no message is sent.
    pub refusal: Option<Result<(), Broken>>,
    /// What each message brought.
    pub answers: Vec<Answered>,
}

/// What a message brought.
#[derive(Clone, Debug)]
pub struct Answered {
    /// The endpoint.
    pub endpoint: String,
    /// The operation; none for a plain GET.
    pub operation: Option<String>,
    /// The answer; none where the way broke again before it was sent.
    pub answer: Option<Result<Told, Broken>>,
}

/// What an answer told.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Told {
    /// The HTTP status.
    pub status: u16,
    /// Where it redirects to.
    pub location: Option<String>,
    /// How many seconds the `Date` header is ahead of this machine.
    pub ahead: Option<i64>,
    /// What the body told.
    pub body: Body,
}

/// What the body of an answer told.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Body {
    /// It was not asked for, or is no message.
    #[default]
    NoMessage,
    /// A fault, with its code and its text.
    Fault {
        /// The code.
        code: String,
        /// Its text.
        text: String,
    },
    /// Whether the network serves.
    Service {
        /// The state; empty where the answer has none.
        state: String,
        /// Whether it is that in which it serves.
        open: bool,
        /// How many seconds its own time is ahead of this machine.
        ahead: Option<i64>,
    },
    /// The versions of the masters.
    Masters {
        /// Each kind with the version in force.
        versions: Vec<(String, String)>,
        /// The kinds of which the sender has applied another.
        behind: Vec<String>,
    },
}

/// How far a time is ahead of another, in seconds.
fn ahead(time: Timestamp, now: Timestamp) -> i64 {
    time.as_second() - now.as_second()
}
