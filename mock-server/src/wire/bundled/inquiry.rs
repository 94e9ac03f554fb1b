//! The port `inquiry`.

use crate::{
    network::{
        self, Fault,
        inquiry::{About, Answer, Command, Question, Time, Told},
        types::{AtenaNumber, BatchNumber, InstitutionCode, Key, ReceiptNumber},
    },
    wire::{
        bundled::{Operation, provision, record, refusal, values, writer::Writer},
        reader::Children,
    },
};

pub(super) static OPERATIONS: &[Operation] = &[
    Operation {
        name: "SubmitInquiry",
        endpoint: "inquiry",
        decode: |fields| {
            let question = question(fields)?;
            Ok(network::Command::Inquiry(Command::Submit(question)))
        },
    },
    Operation {
        name: "SubmitInquiryBatch",
        endpoint: "inquiry",
        decode: |fields| {
            let questions = fields.list("Inquiry", question)?;
            Ok(network::Command::Inquiry(Command::SubmitBatch(questions)))
        },
    },
    Operation {
        name: "GetInquiryResult",
        endpoint: "inquiry",
        decode: |fields| {
            let batch =
                fields.typed_optional("BatchNumber", BatchNumber::FORM, BatchNumber::new)?;
            let command = match batch {
                Some(batch) => Command::BatchResult(batch),
                None => Command::Result(receipt(fields)?),
            };
            Ok(network::Command::Inquiry(command))
        },
    },
    Operation {
        name: "CancelInquiry",
        endpoint: "inquiry",
        decode: |fields| {
            let receipt = receipt(fields)?;
            Ok(network::Command::Inquiry(Command::Cancel(receipt)))
        },
    },
];

fn question(fields: &mut Children<'_, '_>) -> Result<Question, Fault> {
    let atena = atena(fields)?;
    let task = fields.typed("Task", Key::FORM, Key::new)?;
    let procedure = fields.typed("Procedure", Key::FORM, Key::new)?;
    let delegator =
        fields.typed_optional("Delegator", InstitutionCode::FORM, InstitutionCode::new)?;
    let provider = fields.typed("Provider", InstitutionCode::FORM, InstitutionCode::new)?;
    let item = item(fields)?;
    let time = time(fields)?;
    let consent = fields.typed_optional("Consent", values::MARK, values::mark)?;
    Ok(Question {
        atena,
        task,
        procedure,
        delegator,
        provider,
        item,
        time,
        consent: consent.unwrap_or(false),
    })
}

fn time(fields: &mut Children<'_, '_>) -> Result<Time, Fault> {
    if let Some(year) = year(fields)? {
        return Ok(Time::Year(year));
    }
    let Some(from) = fields.typed_optional("From", values::DAY, values::day)? else {
        return Ok(Time::Now);
    };
    let to = record::day("To", fields)?;
    Ok(Time::Period(from, to))
}

/// A fiscal year, where one is named.
pub(super) fn year(fields: &mut Children<'_, '_>) -> Result<Option<i16>, Fault> {
    fields.typed_optional("Year", values::YEAR, values::year)
}

/// An item.
pub(super) fn item(fields: &mut Children<'_, '_>) -> Result<Key, Fault> {
    fields.typed("Item", Key::FORM, Key::new)
}

/// An atena number.
pub(super) fn atena(fields: &mut Children<'_, '_>) -> Result<AtenaNumber, Fault> {
    fields.typed("AtenaNumber", AtenaNumber::FORM, AtenaNumber::new)
}

/// A receipt number.
pub(super) fn receipt(fields: &mut Children<'_, '_>) -> Result<ReceiptNumber, Fault> {
    fields.typed("ReceiptNumber", ReceiptNumber::FORM, ReceiptNumber::new)
}

/// The operation that is answered.
pub(super) fn name(answer: &Answer) -> &'static str {
    match answer {
        Answer::Submitted(_) => "SubmitInquiry",
        Answer::Batch { .. } => "SubmitInquiryBatch",
        Answer::Result(_) | Answer::BatchResult { .. } => "GetInquiryResult",
        Answer::Cancelled(_) => "CancelInquiry",
    }
}

/// Writes what stands in the response after its head.
pub(super) fn encode(answer: &Answer, xml: &mut Writer) {
    match answer {
        Answer::Submitted(receipt) => xml.leaf("n:ReceiptNumber", receipt.as_str()),
        Answer::Batch { batch, entries } => {
            xml.leaf("n:BatchNumber", batch.as_str());
            let taken = entries.iter().filter(|(_, taken)| taken.is_ok()).count();
            xml.leaf("n:TakenCount", taken.to_string());
            xml.leaf("n:RefusedCount", (entries.len() - taken).to_string());
            for (question, taken) in entries {
                xml.open("n:Entry");
                xml.leaf("n:AtenaNumber", question.atena.as_str());
                xml.leaf("n:Provider", question.provider.as_str());
                xml.leaf("n:Item", question.item.as_str());
                match taken {
                    Ok(receipt) => xml.leaf("n:ReceiptNumber", receipt.as_str()),
                    Err(fault) => refusal(xml, fault),
                }
                xml.close("n:Entry");
            }
        }
        Answer::Result(told) => result(told, xml),
        Answer::BatchResult { batch, entries } => {
            xml.open("n:Batch");
            xml.leaf("n:BatchNumber", batch.as_str());
            let under_way = entries
                .iter()
                .filter(|(_, state)| state.is_under_way())
                .count();
            xml.leaf("n:Total", entries.len().to_string());
            xml.leaf("n:UnderWay", under_way.to_string());
            for (receipt, state) in entries {
                xml.open("n:Entry");
                xml.leaf("n:ReceiptNumber", receipt.as_str());
                xml.leaf("n:State", state.as_str());
                xml.close("n:Entry");
            }
            xml.close("n:Batch");
        }
        Answer::Cancelled(receipt) => {
            xml.leaf("n:ReceiptNumber", receipt.as_str());
            xml.leaf("n:State", "cancelled");
        }
    }
}

fn result(told: &Told, xml: &mut Writer) {
    let Told {
        receipt,
        state,
        asked,
        denial,
        reason,
        copies,
    } = told;
    xml.open("n:Inquiry");
    xml.leaf("n:ReceiptNumber", receipt.as_str());
    xml.leaf("n:State", state.as_str());
    if let Some(asked) = asked {
        about(asked, xml);
    }
    if let Some(denial) = denial {
        xml.open("n:Denial");
        super::reason(xml, denial);
        xml.close("n:Denial");
    }
    xml.optional("n:Reason", reason.as_ref());
    for given in copies {
        provision::given(given, xml);
    }
    xml.close("n:Inquiry");
}

/// What was asked.
pub(super) fn about(about: &About, xml: &mut Writer) {
    let About {
        inquirer,
        delegator,
        provider,
        atena,
        task,
        procedure,
        item,
        time,
        asked_at,
        concluded_at,
    } = about;
    xml.leaf("n:Inquirer", inquirer.as_str());
    xml.optional(
        "n:Delegator",
        delegator.as_ref().map(InstitutionCode::as_str),
    );
    xml.leaf("n:Provider", provider.as_str());
    xml.optional("n:AtenaNumber", atena.as_ref().map(AtenaNumber::as_str));
    xml.leaf("n:Task", task.as_str());
    xml.optional("n:Procedure", procedure.as_ref().map(Key::as_str));
    xml.leaf("n:Item", item.as_str());
    match time {
        Time::Now => {}
        Time::Year(year) => xml.leaf("n:Year", year.to_string()),
        Time::Period(from, to) => {
            xml.leaf("n:From", from.to_string());
            xml.leaf("n:To", to.to_string());
        }
    }
    xml.leaf("n:AskedAt", asked_at.to_string());
    xml.optional("n:ConcludedAt", concluded_at.map(|at| at.to_string()));
}
