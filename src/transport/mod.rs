//! The runner's only sockets: towards a target, a hyper connection over rustls, stage by stage, so that a failure says how
//! far it got; and the recorder's, to which the user's software connects. How an exchange broke is data that a scenario
//! can expect.
//!
//! Deliberately absent: sending anything twice, and following a redirect.

mod accept;
mod answer;
mod broken;
mod cause;
mod certificate;
mod connection;
mod identity;
mod outgoing;
mod plain;
mod probe;
pub(crate) mod reason;
mod route;
mod shown;
mod watched;

use std::time::Duration;

use answer::came;
use broken::{broken, late, prepare, unfit};
use connection::Open;
use outgoing::request;

pub use accept::{Came, Entrance, Host, Refused, listen};
pub use answer::{Answer, Overflow};
pub use broken::{Broken, Outcome, Stage};
pub use cause::Cause;
pub use connection::Connection;
pub use identity::{Certificate, Credentials, Prepared, Secret, Versions, distrusted};
pub use outgoing::Outgoing;
pub use plain::{listens, plain, trusting};
pub use probe::{Probe, TlsShown};
pub use route::{Place, Proxy, Route};
pub use shown::{CertificateShown, SOON, Seen};

/// How long each stage of an exchange may take, and how much of an answer is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Finding the name and connecting.
    pub connect: Duration,
    /// The proxy's answer and the TLS handshake, each.
    pub handshake: Duration,
    /// From sending to the end of the answer.
    pub patience: Duration,
    /// The largest answer that is read into memory, in bytes.
    pub body: usize,
}

impl Limits {
    /// The same time for each stage.
    pub const fn each(patience: Duration, body: usize) -> Self {
        Self {
            connect: patience,
            handshake: patience,
            patience,
            body,
        }
    }
}
