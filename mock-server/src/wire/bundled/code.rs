//! The port `code`.

use crate::{
    network::{
        self, Fault,
        code::{Answer, Application, AtenaKind, Command, Entries, Issued, Merge, Notified, Totals},
        types::{AcquisitionNumber, AtenaNumber, LinkageCode, NotificationNumber},
    },
    wire::{
        bundled::{Operation, refusal, writer::Writer},
        reader::Children,
    },
};

pub(super) static OPERATIONS: &[Operation] = &[
    Operation {
        name: "RegisterAtena",
        endpoint: "code",
        decode: |fields| {
            let entries = fields.list("Entry", |entry| {
                let number = atena(entry)?;
                let kind = entry.typed("Kind", "resident, non-resident", AtenaKind::named)?;
                Ok((number, kind))
            })?;
            Ok(network::Command::Code(Command::Register(entries)))
        },
    },
    Operation {
        name: "DeleteAtena",
        endpoint: "code",
        decode: |fields| {
            let entries = fields.list("Entry", atena)?;
            Ok(network::Command::Code(Command::Delete(entries)))
        },
    },
    Operation {
        name: "MergeAtena",
        endpoint: "code",
        decode: |fields| {
            let entries = fields.list("Entry", |entry| {
                let read = |entry: &mut Children<'_, '_>, name| {
                    entry.typed(name, AtenaNumber::FORM, AtenaNumber::new)
                };
                let keep = read(entry, "Keep")?;
                let merge = read(entry, "Merge")?;
                Ok(Merge { keep, merge })
            })?;
            Ok(network::Command::Code(Command::Merge(entries)))
        },
    },
    Operation {
        name: "RequestAcquisitionNumbers",
        endpoint: "code",
        decode: |fields| {
            let entries = fields.list("Entry", atena)?;
            Ok(network::Command::Code(Command::Request(entries)))
        },
    },
    Operation {
        name: "GetCodeNotifications",
        endpoint: "code",
        decode: |fields| {
            let after = fields.typed_optional(
                "After",
                NotificationNumber::FORM,
                NotificationNumber::new,
            )?;
            Ok(network::Command::Code(Command::Notifications { after }))
        },
    },
    Operation {
        name: "ReportCodeApplication",
        endpoint: "code",
        decode: |fields| {
            let entries = fields.list("Entry", |entry| {
                let acquisition = acquisition(entry)?;
                let atena = atena(entry)?;
                let code = code(entry)?;
                Ok(Application {
                    acquisition,
                    atena,
                    code,
                })
            })?;
            Ok(network::Command::Code(Command::Report(entries)))
        },
    },
    Operation {
        name: "ConfirmLinks",
        endpoint: "code",
        decode: |fields| {
            let count = fields.typed_optional("Count", "0–99999999", |text| {
                let right = text.len() <= 8 && text.chars().all(|c| c.is_ascii_digit());
                right.then(|| text.parse().ok()).flatten()
            })?;
            let links = fields.list("Entry", link)?;
            Ok(network::Command::Code(Command::Confirm { links, count }))
        },
    },
    Operation {
        name: "GiveUpLink",
        endpoint: "code",
        decode: |fields| {
            let entries = fields.list("Entry", link)?;
            Ok(network::Command::Code(Command::GiveUp(entries)))
        },
    },
];

fn atena(entry: &mut Children<'_, '_>) -> Result<AtenaNumber, Fault> {
    entry.typed("AtenaNumber", AtenaNumber::FORM, AtenaNumber::new)
}

fn code(entry: &mut Children<'_, '_>) -> Result<LinkageCode, Fault> {
    entry.typed("LinkageCode", LinkageCode::FORM, LinkageCode::new)
}

fn link(entry: &mut Children<'_, '_>) -> Result<(AtenaNumber, LinkageCode), Fault> {
    let number = atena(entry)?;
    let code = code(entry)?;
    Ok((number, code))
}

pub(super) fn acquisition(entry: &mut Children<'_, '_>) -> Result<AcquisitionNumber, Fault> {
    entry.typed(
        "AcquisitionNumber",
        AcquisitionNumber::FORM,
        AcquisitionNumber::new,
    )
}

/// The operation that is answered.
pub(super) fn name(answer: &Answer) -> &'static str {
    match answer {
        Answer::Register(_) => "RegisterAtena",
        Answer::Delete(_) => "DeleteAtena",
        Answer::Merge(_) => "MergeAtena",
        Answer::Request(_) => "RequestAcquisitionNumbers",
        Answer::Send(_) => "SendResidentCodes",
        Answer::Notifications { .. } => "GetCodeNotifications",
        Answer::Report { .. } => "ReportCodeApplication",
        Answer::Confirm { .. } => "ConfirmLinks",
        Answer::GiveUp(_) => "GiveUpLink",
    }
}

/// Writes what stands in the response after its head.
pub(super) fn encode(answer: &Answer, xml: &mut Writer) {
    match answer {
        Answer::Register(entries) => of_atena(xml, entries, "registered"),
        Answer::Delete(entries) => of_atena(xml, entries, "deleted"),
        Answer::Merge(entries) => of_atena(xml, entries, "merged"),
        Answer::Request(entries) => {
            counts(xml, entries);
            for (number, result) in entries {
                xml.open("n:Entry");
                xml.leaf("n:AtenaNumber", number.as_str());
                match result {
                    Ok(Issued { number, expires_at }) => {
                        xml.leaf("n:AcquisitionNumber", number.as_str());
                        xml.leaf("n:ExpiresAt", expires_at.to_string());
                    }
                    Err(fault) => refusal(xml, fault),
                }
                xml.close("n:Entry");
            }
        }
        Answer::Send(entries) => {
            counts(xml, entries);
            for (number, result) in entries {
                xml.open("n:Entry");
                xml.leaf("n:AcquisitionNumber", number.as_str());
                match result {
                    Ok(()) => xml.leaf("n:State", "sent"),
                    Err(fault) => refusal(xml, fault),
                }
                xml.close("n:Entry");
            }
        }
        Answer::Notifications { page, more } => {
            for entry in page {
                notification(xml, entry);
            }
            xml.leaf("n:MoreCount", more.to_string());
        }
        Answer::Report { entries, state } => of_atena(xml, entries, state.as_str()),
        Answer::Confirm { entries, totals } => {
            of_atena(xml, entries, "confirmed");
            let Totals {
                residents,
                non_residents,
                linked,
                confirmed,
            } = totals;
            xml.open("n:Totals");
            xml.leaf("n:Residents", residents.to_string());
            xml.leaf("n:NonResidents", non_residents.to_string());
            xml.leaf("n:Linked", linked.to_string());
            xml.leaf("n:Confirmed", confirmed.to_string());
            xml.close("n:Totals");
        }
        Answer::GiveUp(entries) => of_atena(xml, entries, "given-up"),
    }
}

fn notification(xml: &mut Writer, entry: &Notified) {
    let Notified {
        number,
        acquisition,
        at,
        outcome,
    } = entry;
    xml.open("n:Notification");
    xml.leaf("n:NotificationNumber", number.as_str());
    xml.leaf("n:AcquisitionNumber", acquisition.as_str());
    xml.leaf("n:NotifiedAt", at.to_string());
    match outcome {
        Ok(code) => xml.leaf("n:LinkageCode", code.as_str()),
        Err(failure) => xml.leaf("n:Failure", failure.as_str()),
    }
    xml.close("n:Notification");
}

fn of_atena(xml: &mut Writer, entries: &Entries<AtenaNumber, ()>, state: &str) {
    counts(xml, entries);
    for (number, result) in entries {
        xml.open("n:Entry");
        xml.leaf("n:AtenaNumber", number.as_str());
        match result {
            Ok(()) => xml.leaf("n:State", state),
            Err(fault) => refusal(xml, fault),
        }
        xml.close("n:Entry");
    }
}

fn counts<K, T>(xml: &mut Writer, entries: &Entries<K, T>) {
    let taken = entries.iter().filter(|(_, result)| result.is_ok()).count();
    xml.leaf("n:TakenCount", taken.to_string());
    xml.leaf("n:RefusedCount", (entries.len() - taken).to_string());
}
