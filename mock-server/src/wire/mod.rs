//! The contract seam: bytes to commands, replies to bytes. [`Contract`] is the seam, [`bundled`] the mock's own contract.

pub mod bundled;
mod inspect;
mod reader;

use crate::network::{Command, Fault, Reply, Sender, form::Found, moment::Moment};

/// An HTTP request as it arrived, its path relative to the world.
#[derive(Clone, Copy, Debug)]
pub struct RawRequest<'a> {
    /// The method, as sent.
    pub method: &'a str,
    /// The path within the world, without a leading slash: `master`.
    pub path: &'a str,
    /// `Content-Type`, where there is one.
    pub content_type: Option<&'a str>,
    /// `Content-Encoding`, where there is one.
    pub content_encoding: Option<&'a str>,
    /// `SOAPAction`, where there is one.
    pub soap_action: Option<&'a str>,
    /// The whole body.
    pub body: &'a [u8],
}

/// A message whose form is right.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decoded {
    /// Who sends it, as it says itself.
    pub sender: Sender,
    /// What it asks.
    pub command: Command,
    /// What it holds that no message may.
    pub found: Found,
}

/// An HTTP response to be sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RawResponse {
    /// The status code.
    pub status: u16,
    /// `Content-Type`.
    pub content_type: &'static str,
    /// The body.
    pub body: Vec<u8>,
}

/// How messages look on the wire.
pub trait Contract: Send + Sync {
    /// Reads a request; every fault of form is named.
    fn decode(&self, request: &RawRequest<'_>) -> Result<Decoded, Fault>;
    /// Writes the reply to a request whose id could be read.
    fn encode(&self, request_id: &str, answered_at: Moment, reply: &Reply) -> RawResponse;
    /// Writes a fault of form.
    fn encode_fault(&self, fault: &Fault) -> RawResponse;
    /// A document of the contract: `path` within the world, `query` after the question mark, `base` the world's URL.
    fn document(&self, path: &str, query: Option<&str>, base: &str) -> Option<RawResponse>;
}
