//! The server-wide journal of connections: who came, whom the certificate names, and why a connection was refused.

use std::borrow::Cow;

use serde::Serialize;

use crate::server::{
    journal::{Bound, Journal},
    tls::{Certificate, Refusal},
};

/// How much the journal holds.
pub(crate) const CONNECTIONS: Bound = Bound {
    entries: 1_000,
    bytes: 1 << 20,
};

/// One connection that was tried.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Connection {
    /// Counts from 1.
    pub(crate) number: u64,
    /// The wall clock, since certificates follow it.
    pub(crate) at: String,
    /// `main`, or the world and the name of a further listener.
    pub(crate) listener: String,
    /// Whether the handshake was completed and requests were read.
    pub(crate) accepted: bool,
    /// Whom the certificate names.
    pub(crate) callers: Vec<String>,
    /// Why it was refused, for programs.
    pub(crate) code: Option<&'static str>,
    /// Why, in Japanese.
    pub(crate) why_ja: Option<Cow<'static, str>>,
    /// Why, in English.
    pub(crate) why: Option<Cow<'static, str>>,
    /// The certificate that was refused.
    pub(crate) certificate: Option<Certificate>,
}

/// Notes a connection.
pub(crate) fn note(
    journal: &Journal<Connection>,
    listener: &str,
    callers: Vec<String>,
    refusal: Option<Refusal>,
) {
    const WEIGHT: usize = 300;
    let at = jiff::Timestamp::now();
    journal.add(WEIGHT, |number| {
        let (code, why, certificate) = match refusal {
            Some(Refusal {
                code,
                why,
                certificate,
            }) => (Some(code), Some(why), certificate),
            None => (None, None, None),
        };
        let (why_ja, why) = why.map_or((None, None), |why| (Some(why.ja), Some(why.en)));
        Connection {
            number,
            at: format!("{at:.3}"),
            listener: listener.to_owned(),
            accepted: code.is_none(),
            callers,
            code,
            why_ja,
            why,
            certificate,
        }
    });
}
