//! The port `connectivity`.

use crate::{
    network::{
        self, Fault,
        connectivity::{
            Answer, Checked, Command, HopState, Hours, Mode, Status, Stop, System, Way,
        },
        types::InstitutionCode,
    },
    wire::{
        bundled::{Operation, values, writer::Writer},
        reader::Children,
    },
};

/// How many characters an echo carries.
const PAYLOAD: usize = 200;

pub(super) static OPERATIONS: &[Operation] = &[
    Operation {
        name: "Echo",
        endpoint: "connectivity",
        decode: |fields| {
            let way = way(fields)?;
            let sent_at = fields.typed_optional("SentAt", values::MOMENT, values::moment)?;
            let payload = fields.typed("Payload", "1–200", |text| {
                let right = (1..=PAYLOAD).contains(&text.chars().count());
                right.then(|| text.to_owned())
            })?;
            Ok(network::Command::Connectivity(Command::Echo {
                way,
                sent_at,
                payload,
            }))
        },
    },
    Operation {
        name: "CheckRoute",
        endpoint: "connectivity",
        decode: |fields| {
            let way = way(fields)?;
            let peer = fields.typed("Peer", InstitutionCode::FORM, InstitutionCode::new)?;
            Ok(network::Command::Connectivity(Command::Route { way, peer }))
        },
    },
    Operation {
        name: "GetServiceStatus",
        endpoint: "connectivity",
        decode: |_| Ok(network::Command::Connectivity(Command::Status)),
    },
];

fn way(fields: &mut Children<'_, '_>) -> Result<Way, Fault> {
    let systems =
        "residents, tax, child-allowance, welfare, nursing-insurance, disability, study-support";
    let system = fields.typed("System", systems, System::named)?;
    let mode = fields.typed("Mode", "online, batch", Mode::named)?;
    Ok(Way { system, mode })
}

/// The operation that is answered.
pub(super) fn name(answer: &Answer) -> &'static str {
    match answer {
        Answer::Echo { .. } => "Echo",
        Answer::Route { .. } => "CheckRoute",
        Answer::Status(_) => "GetServiceStatus",
    }
}

/// Writes what stands in the response after its head.
pub(super) fn encode(answer: &Answer, xml: &mut Writer) {
    match answer {
        Answer::Echo {
            way,
            payload,
            received_at,
        } => {
            write_way(xml, *way);
            xml.leaf("n:ReceivedAt", received_at.to_string());
            xml.leaf("n:Payload", payload);
        }
        Answer::Route { way, hops } => {
            write_way(xml, *way);
            let first_broken = hops
                .iter()
                .find(|hop| matches!(hop.state, HopState::Unreachable(_)));
            xml.leaf(
                "n:Result",
                if first_broken.is_some() {
                    "broken"
                } else {
                    "reached"
                },
            );
            xml.optional("n:FirstBroken", first_broken.map(|hop| hop.hop.as_str()));
            for checked in hops {
                hop(xml, checked);
            }
        }
        Answer::Status(status) => write_status(xml, status),
    }
}

fn write_way(xml: &mut Writer, way: Way) {
    let Way { system, mode } = way;
    xml.leaf("n:System", system.as_str());
    xml.leaf("n:Mode", mode.as_str());
}

fn hop(xml: &mut Writer, checked: &Checked) {
    let Checked {
        hop,
        institution,
        state,
    } = checked;
    let (state, reason) = match state {
        HopState::NotObserved => ("not-observed", None),
        HopState::Reached => ("reached", None),
        HopState::Unreachable(reason) => ("unreachable", Some(reason.as_str())),
        HopState::NotReached => ("not-reached", None),
    };
    xml.open("n:Hop");
    xml.leaf("n:Name", hop.as_str());
    xml.optional(
        "n:Institution",
        institution.as_ref().map(InstitutionCode::as_str),
    );
    xml.leaf("n:State", state);
    xml.optional("n:Reason", reason);
    xml.close("n:Hop");
}

fn write_status(xml: &mut Writer, status: &Status) {
    let Status {
        state,
        now,
        hours,
        stops,
    } = status;
    let Hours { opens, closes } = *hours;
    xml.leaf("n:State", state.as_str());
    xml.leaf("n:Now", now.to_string());
    xml.leaf("n:Opens", time_of_day(opens));
    xml.leaf("n:Closes", time_of_day(closes));
    for Stop { from, until } in stops {
        xml.open("n:PlannedStop");
        xml.leaf("n:From", from.to_string());
        xml.leaf("n:Until", until.to_string());
        xml.close("n:PlannedStop");
    }
}

fn time_of_day(seconds: u32) -> String {
    format!("{:02}:{:02}", seconds / 3_600, seconds / 60 % 60)
}
