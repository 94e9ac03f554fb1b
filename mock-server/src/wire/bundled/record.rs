//! The port `record`.

use jiff::civil::Date;

use crate::{
    network::{
        self, Fault,
        record::{Answer, Command, Exchange, InstitutionRecord, Page, Period, Selection},
        types::{AtenaNumber, InstitutionCode, ReceiptNumber},
    },
    wire::{
        bundled::{Operation, values, writer::Writer},
        reader::Children,
    },
};

pub(super) static OPERATIONS: &[Operation] = &[
    Operation {
        name: "GetExchangeRecords",
        endpoint: "record",
        decode: |fields| {
            let selection = selection(fields)?;
            let page = page(fields)?;
            Ok(network::Command::Record(Command::Get { selection, page }))
        },
    },
    Operation {
        name: "SetNonDisclosure",
        endpoint: "record",
        decode: |fields| {
            let receipt = fields.typed("ReceiptNumber", ReceiptNumber::FORM, ReceiptNumber::new)?;
            let marked = fields.typed("NonDisclosure", values::MARK, values::mark)?;
            let command = Command::SetNonDisclosure { receipt, marked };
            Ok(network::Command::Record(command))
        },
    },
];

/// The operation that is answered.
pub(super) fn name(answer: &Answer) -> &'static str {
    match answer {
        Answer::Records(_) => "GetExchangeRecords",
        Answer::NonDisclosure { .. } => "SetNonDisclosure",
    }
}

/// Writes what stands in the response after its head.
pub(super) fn encode(answer: &Answer, xml: &mut Writer) {
    match answer {
        Answer::Records(page) => {
            paging(page, xml);
            for record in &page.entries {
                institution_record(record, xml);
            }
        }
        Answer::NonDisclosure { receipt, marked } => {
            xml.leaf("n:ReceiptNumber", receipt.as_str());
            xml.leaf("n:NonDisclosure", marked.to_string());
        }
    }
}

/// The record of one inquiry, or those of a period.
pub(super) fn selection(fields: &mut Children<'_, '_>) -> Result<Selection, Fault> {
    let receipt =
        fields.typed_optional("ReceiptNumber", ReceiptNumber::FORM, ReceiptNumber::new)?;
    if let Some(receipt) = receipt {
        return Ok(Selection::Receipt(receipt));
    }
    Ok(Selection::Period(Period {
        from: day("From", fields)?,
        to: day("To", fields)?,
    }))
}

/// A date in the calendar.
pub(super) fn day(name: &str, fields: &mut Children<'_, '_>) -> Result<Date, Fault> {
    fields.typed(name, values::DAY, values::day)
}

/// Which page is asked for; the first where none is named.
pub(super) fn page(fields: &mut Children<'_, '_>) -> Result<u32, Fault> {
    let page = fields.typed_optional("Page", "0-9, 1–6", |text| {
        let digits =
            (1..=6).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
        digits.then(|| text.parse().ok()).flatten()
    })?;
    Ok(page.unwrap_or(1))
}

/// Which page this is, of how many, and how many entries there are in all.
pub(super) fn paging<T>(page: &Page<T>, xml: &mut Writer) {
    let Page {
        number,
        count,
        total,
        entries: _,
    } = page;
    xml.leaf("n:Page", number.to_string());
    xml.leaf("n:Pages", count.to_string());
    xml.leaf("n:Total", total.to_string());
}

fn institution_record(record: &InstitutionRecord, xml: &mut Writer) {
    let InstitutionRecord {
        role,
        atena,
        exchange,
        marked,
    } = record;
    xml.open("n:Record");
    self::exchange(exchange, xml);
    xml.leaf("n:Role", role.as_str());
    xml.optional("n:AtenaNumber", atena.as_ref().map(AtenaNumber::as_str));
    xml.leaf("n:NonDisclosure", marked.to_string());
    xml.close("n:Record");
}

/// What everyone sees of a record who may see it.
pub(super) fn exchange(exchange: &Exchange, xml: &mut Writer) {
    let Exchange {
        receipt,
        asked_at,
        concluded_at,
        inquirer,
        delegator,
        task,
        provider,
        item,
        outcome,
    } = exchange;
    xml.leaf("n:ReceiptNumber", receipt.as_str());
    xml.leaf("n:AskedAt", asked_at.to_string());
    xml.optional("n:ConcludedAt", concluded_at.map(|at| at.to_string()));
    xml.leaf("n:Inquirer", inquirer.as_str());
    xml.optional(
        "n:Delegator",
        delegator.as_ref().map(InstitutionCode::as_str),
    );
    xml.leaf("n:Task", task.as_str());
    xml.leaf("n:Provider", provider.as_str());
    xml.leaf("n:Item", item.as_str());
    xml.leaf("n:Outcome", outcome.as_str());
}
