//! The port `master`.

use crate::{
    network::{
        self, Fault,
        master::{
            Answer, Applied, Command, Entry, Line, Master, MasterKind, Package, Report, Standing,
        },
        types::{Digest, MasterVersion, PageToken},
    },
    wire::{
        bundled::{Operation, writer::Writer},
        reader::Children,
    },
};

pub(super) static OPERATIONS: &[Operation] = &[
    Operation {
        name: "ListMasters",
        endpoint: "master",
        decode: |_| Ok(network::Command::Master(Command::List)),
    },
    Operation {
        name: "GetMaster",
        endpoint: "master",
        decode: |fields| {
            let command = Command::Get {
                kind: kind(fields)?,
                version: version("Version", fields)?,
                base: version("Base", fields)?,
                page: fields.typed_optional("Page", PageToken::FORM, PageToken::new)?,
            };
            Ok(network::Command::Master(command))
        },
    },
    Operation {
        name: "ReportMasterApplication",
        endpoint: "master",
        decode: |fields| {
            let report = Report {
                kind: kind(fields)?,
                version: fields.typed("Version", MasterVersion::FORM, MasterVersion::new)?,
                base: version("Base", fields)?,
                count: fields.typed("Count", "0-9, 1–9", count)?,
                digest: fields.typed("Digest", Digest::FORM, Digest::new)?,
            };
            Ok(network::Command::Master(Command::Report(report)))
        },
    },
    Operation {
        name: "GetAppliedMasters",
        endpoint: "master",
        decode: |_| Ok(network::Command::Master(Command::Applied)),
    },
];

fn kind(fields: &mut Children<'_, '_>) -> Result<MasterKind, Fault> {
    fields.typed("Kind", MasterKind::FORM, MasterKind::named)
}

fn version(name: &str, fields: &mut Children<'_, '_>) -> Result<Option<MasterVersion>, Fault> {
    fields.typed_optional(name, MasterVersion::FORM, MasterVersion::new)
}

fn count(text: &str) -> Option<usize> {
    let digits = (1..=9).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
    digits.then(|| text.parse().ok()).flatten()
}

/// The operation that is answered.
pub(super) fn name(answer: &Answer) -> &'static str {
    match answer {
        Answer::List(_) => "ListMasters",
        Answer::Package(_) => "GetMaster",
        Answer::Agreed { .. } => "ReportMasterApplication",
        Answer::Applied(_) => "GetAppliedMasters",
    }
}

/// Writes what stands in the response after its head.
pub(super) fn encode(answer: &Answer, xml: &mut Writer) {
    match answer {
        Answer::List(masters) => masters.iter().for_each(|entry| master(xml, entry)),
        Answer::Package(found) => package(xml, found),
        Answer::Agreed {
            kind,
            applied: found,
            changed,
            outstanding,
        } => {
            xml.leaf("n:Kind", kind.as_str());
            applied(xml, found);
            xml.leaf("n:Changed", changed.to_string());
            for kind in outstanding {
                xml.leaf("n:Outstanding", kind.as_str());
            }
        }
        Answer::Applied(standings) => {
            for found in standings {
                standing(xml, found);
            }
        }
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
    xml.leaf("n:Version", version.as_str());
    xml.leaf("n:EffectiveFrom", effective_from.to_string());
    xml.optional("n:EffectiveTo", effective_to.map(|last| last.to_string()));
    xml.leaf("n:Count", count.to_string());
    xml.leaf("n:Digest", digest.as_str());
    xml.leaf("n:State", state.as_str());
    xml.close("n:Master");
}

fn package(xml: &mut Writer, package: &Package) {
    let Package {
        master: of,
        base,
        lines,
        next,
    } = package;
    master(xml, of);
    xml.optional("n:Base", base.as_ref().map(MasterVersion::as_str));
    for line in lines {
        match line {
            Line::Entry(found) => entry(xml, "n:Entry", found),
            Line::Added(found) => entry(xml, "n:Added", found),
            Line::Changed(found) => entry(xml, "n:Changed", found),
            Line::Removed(key) => {
                xml.open("n:Removed");
                xml.leaf("n:Key", key);
                xml.close("n:Removed");
            }
        }
    }
    xml.optional("n:NextPage", next.as_ref().map(PageToken::as_str));
}

fn entry(xml: &mut Writer, name: &str, entry: &Entry) {
    xml.open(name);
    xml.leaf("n:Key", &entry.key);
    xml.leaf("n:Name", entry.name);
    for (attribute, value) in entry.attributes() {
        xml.open("n:Attribute");
        xml.leaf("n:Name", attribute);
        xml.leaf("n:Value", value);
        xml.close("n:Attribute");
    }
    xml.close(name);
}

fn applied(xml: &mut Writer, applied: &Applied) {
    let Applied {
        version,
        count,
        digest,
        at,
    } = applied;
    xml.leaf("n:Version", version.as_str());
    xml.leaf("n:Count", count.to_string());
    xml.leaf("n:Digest", digest.as_str());
    xml.leaf("n:AppliedAt", at.to_string());
}

fn standing(xml: &mut Writer, standing: &Standing) {
    let Standing {
        kind,
        in_force,
        applied: found,
    } = standing;
    let agrees = found
        .as_ref()
        .is_some_and(|found| found.version == *in_force);
    xml.open("n:Standing");
    xml.leaf("n:Kind", kind.as_str());
    xml.leaf("n:InForce", in_force.as_str());
    if let Some(found) = found {
        xml.open("n:Applied");
        applied(xml, found);
        xml.close("n:Applied");
    }
    xml.leaf("n:Agrees", agrees.to_string());
    xml.close("n:Standing");
}
