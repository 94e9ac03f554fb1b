//! `record`: what passes between the user's software and a target becomes a scenario.
//!
//! The path of data: exchanges that went through → steps with templates, values and captures → the runner itself, which
//! renders each step and reads the recorded answer in the place of a sent one → snapshots.

use jiff::Timestamp;

use crate::transport::{Answer, Broken};

/// One exchange that went through the recorder, in the order in which requests came.
#[derive(Clone, Debug)]
pub struct Passed {
    /// When the request had come whole.
    pub at: Timestamp,
    /// The identity that sent it, by its certificate.
    pub identity: String,
    /// The method.
    pub method: String,
    /// The path below the recorder's URL, without a slash at its front, with its query.
    pub path: String,
    /// The headers as the software sent them, without those that belong to its connection alone.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Vec<u8>,
    /// What came back.
    pub answer: Result<Answer, Broken>,
}
