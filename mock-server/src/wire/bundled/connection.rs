//! The port `connection`.

use crate::{
    network::{
        self,
        connection::{Answer, Command},
    },
    wire::bundled::{Operation, writer::Writer},
};

pub(super) static OPERATIONS: &[Operation] = &[Operation {
    name: "GetConnectionStatus",
    endpoint: "connection",
    decode: |_| Ok(network::Command::Connection(Command::Status)),
}];

/// The operation that is answered.
pub(super) fn name(answer: &Answer) -> &'static str {
    match answer {
        Answer::Status(_) => "GetConnectionStatus",
    }
}

/// Writes what stands in the response after its head.
pub(super) fn encode(answer: &Answer, xml: &mut Writer) {
    match answer {
        Answer::Status(state) => xml.leaf("n:State", state.as_str()),
    }
}
