//! The port `portal`.

use crate::{
    network::{
        self, Fault,
        portal::{Answer, Command, Information, Notice},
        types::{Key, PortalPerson},
    },
    wire::{
        bundled::{Operation, inquiry, provision, record, writer::Writer},
        reader::Children,
    },
};

pub(super) static OPERATIONS: &[Operation] = &[
    Operation {
        name: "GetOwnRecords",
        endpoint: "portal",
        decode: |fields| {
            let command = Command::OwnRecords {
                person: person(fields)?,
                selection: record::selection(fields)?,
                page: record::page(fields)?,
            };
            Ok(network::Command::Portal(command))
        },
    },
    Operation {
        name: "GetOwnInformation",
        endpoint: "portal",
        decode: |fields| {
            let command = Command::OwnInformation {
                person: person(fields)?,
                item: fields.typed("Item", Key::FORM, Key::new)?,
                year: inquiry::year(fields)?,
            };
            Ok(network::Command::Portal(command))
        },
    },
    Operation {
        name: "GetNotices",
        endpoint: "portal",
        decode: |fields| {
            let command = Command::Notices {
                person: person(fields)?,
                since: record::day("Since", fields)?,
                page: record::page(fields)?,
            };
            Ok(network::Command::Portal(command))
        },
    },
];

/// The operation that is answered.
pub(super) fn name(answer: &Answer) -> &'static str {
    match answer {
        Answer::OwnRecords(_) => "GetOwnRecords",
        Answer::OwnInformation(_) => "GetOwnInformation",
        Answer::Notices(_) => "GetNotices",
    }
}

/// Writes what stands in the response after its head.
pub(super) fn encode(answer: &Answer, xml: &mut Writer) {
    match answer {
        Answer::OwnRecords(page) => {
            record::paging(page, xml);
            for exchange in &page.entries {
                xml.open("n:Record");
                record::exchange(exchange, xml);
                xml.close("n:Record");
            }
        }
        Answer::OwnInformation(told) => {
            for Information { provider, given } in told {
                xml.open("n:Information");
                xml.leaf("n:Provider", provider.as_str());
                provision::given(given, xml);
                xml.close("n:Information");
            }
        }
        Answer::Notices(page) => {
            record::paging(page, xml);
            for entry in &page.entries {
                notice(entry, xml);
            }
        }
    }
}

fn person(fields: &mut Children<'_, '_>) -> Result<PortalPerson, Fault> {
    fields.typed("Person", PortalPerson::FORM, PortalPerson::new)
}

fn notice(notice: &Notice, xml: &mut Writer) {
    let Notice {
        at,
        receipt,
        provider,
        inquirer,
        item,
    } = notice;
    xml.open("n:Notice");
    xml.leaf("n:ProvidedAt", at.to_string());
    xml.leaf("n:ReceiptNumber", receipt.as_str());
    xml.leaf("n:Provider", provider.as_str());
    xml.leaf("n:Inquirer", inquirer.as_str());
    xml.leaf("n:Item", item.as_str());
    xml.close("n:Notice");
}
