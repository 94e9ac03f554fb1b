//! The port `master`.

use crate::{
    network::{
        self,
        master::{Answer, Command, Master},
    },
    wire::bundled::{Operation, writer::Writer},
};

pub(super) static OPERATIONS: &[Operation] = &[Operation {
    name: "ListMasters",
    endpoint: "master",
    decode: |_| Ok(network::Command::Master(Command::List)),
}];

/// The operation that is answered.
pub(super) fn name(answer: &Answer) -> &'static str {
    match answer {
        Answer::List(_) => "ListMasters",
    }
}

/// Writes what stands in the response after its head.
pub(super) fn encode(answer: &Answer, xml: &mut Writer) {
    match answer {
        Answer::List(masters) => masters.iter().for_each(|entry| master(xml, entry)),
    }
}

fn master(xml: &mut Writer, master: &Master) {
    let Master {
        kind,
        version,
        effective_from,
        effective_to,
        count,
        digest,
        state,
    } = master;
    xml.open("n:Master");
    xml.leaf("n:Kind", kind.as_str());
    xml.leaf("n:Version", version);
    xml.leaf("n:EffectiveFrom", &effective_from.to_string());
    if let Some(last) = effective_to {
        xml.leaf("n:EffectiveTo", &last.to_string());
    }
    xml.leaf("n:Count", &count.to_string());
    xml.leaf("n:Digest", digest);
    xml.leaf("n:State", state.as_str());
    xml.close("n:Master");
}
