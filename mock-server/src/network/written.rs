//! What the operator writes in an act, as a JSON Schema says it, with an example of each form: whoever checks acts before
//! they are sent knows no more than this.

use schemars::{JsonSchema as _, Schema, SchemaGenerator, json_schema};

use crate::network::{
    connection::Connections, limits::Limits, master::MasterKind, types::InstitutionCode,
};

pub(super) fn institution(_: &mut SchemaGenerator) -> Schema {
    let known = Connections::genesis();
    let codes: Vec<&str> = known.institutions().map(InstitutionCode::as_str).collect();
    json_schema!({ "type": "string", "enum": codes })
}

pub(super) fn master(_: &mut SchemaGenerator) -> Schema {
    let names = MasterKind::ALL.map(MasterKind::as_str);
    json_schema!({ "type": "string", "enum": names })
}

pub(super) fn version(_: &mut SchemaGenerator) -> Schema {
    json_schema!({ "type": "string", "pattern": r"^[0-9]{4}\.[0-9]{2}$", "examples": ["2026.12"] })
}

pub(super) fn day(_: &mut SchemaGenerator) -> Schema {
    json_schema!({ "type": "string", "format": "date", "examples": ["2026-12-01"] })
}

pub(super) fn moment(_: &mut SchemaGenerator) -> Schema {
    json_schema!({ "type": "string", "format": "date-time", "examples": ["2026-12-01T00:00:00+09:00"] })
}

pub(super) fn hour(_: &mut SchemaGenerator) -> Schema {
    json_schema!({ "type": "string", "pattern": r"^(([01][0-9]|2[0-3]):[0-5][0-9]|24:00)$", "examples": ["08:30"] })
}

/// Any of the limits; what is not named stays.
pub(super) fn limits(generator: &mut SchemaGenerator) -> Schema {
    let mut schema = Limits::json_schema(generator);
    schema.remove("required");
    schema
}
