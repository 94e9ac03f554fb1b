//! The port `registry`: the resident-registry leg, the only one on which resident codes travel.

use crate::{
    network::{
        self,
        code::{Command, Sent},
        types::ResidentCode,
    },
    wire::bundled::{Operation, code},
};

pub(super) static OPERATIONS: &[Operation] = &[Operation {
    name: "SendResidentCodes",
    endpoint: "registry",
    decode: |fields| {
        let entries = fields.list("Entry", |entry| {
            let number = code::acquisition(entry)?;
            let none = entry.typed_optional("NoResidentCode", "empty", |text| {
                text.is_empty().then_some(())
            })?;
            if none.is_some() {
                return Ok((number, Sent::NoCode));
            }
            let resident = entry.typed("ResidentCode", ResidentCode::FORM, ResidentCode::new)?;
            Ok((number, Sent::Code(resident)))
        })?;
        Ok(network::Command::Code(Command::Send(entries)))
    },
}];
