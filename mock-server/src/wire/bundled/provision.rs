//! The port `provision`.

use crate::{
    network::{
        self, Fault,
        code::Entries,
        inquiry::State,
        provision::{
            Answer, AnsweredCopy, Command, Content, Copy, CopyKey, Filled, Given, HeldRequest,
            Marks, Row, Span, Written,
        },
        types::{AtenaNumber, Digest, Key, MasterVersion, ReceiptNumber},
    },
    wire::{
        bundled::{
            Operation,
            inquiry::{self, atena, item, receipt, year},
            record, refusal, values,
            writer::Writer,
        },
        reader::Children,
    },
};

pub(super) static OPERATIONS: &[Operation] = &[
    Operation {
        name: "RegisterCopies",
        endpoint: "provision",
        decode: |fields| {
            let copies = fields.list("Copy", written)?;
            Ok(network::Command::Provision(Command::Register(copies)))
        },
    },
    Operation {
        name: "UpdateCopies",
        endpoint: "provision",
        decode: |fields| {
            let copies = fields.list("Copy", written)?;
            Ok(network::Command::Provision(Command::Update(copies)))
        },
    },
    Operation {
        name: "DeleteCopies",
        endpoint: "provision",
        decode: |fields| {
            let keys = fields.list("Copy", key)?;
            Ok(network::Command::Provision(Command::Delete(keys)))
        },
    },
    Operation {
        name: "CompareCopies",
        endpoint: "provision",
        decode: |fields| {
            let command = Command::Compare {
                item: item(fields)?,
                year: year(fields)?,
                span: Span {
                    first: number("FirstAtenaNumber", fields)?,
                    last: number("LastAtenaNumber", fields)?,
                },
                originals: fields.list_or_none("Original", |original| {
                    let atena = atena(original)?;
                    let digest = original.typed("Digest", Digest::FORM, Digest::new)?;
                    Ok((atena, digest))
                })?,
            };
            Ok(network::Command::Provision(command))
        },
    },
    Operation {
        name: "ListHeldRequests",
        endpoint: "provision",
        decode: |fields| {
            let page = record::page(fields)?;
            Ok(network::Command::Provision(Command::Held { page }))
        },
    },
    Operation {
        name: "AnswerHeldRequest",
        endpoint: "provision",
        decode: |fields| {
            let command = Command::Answer {
                receipt: receipt(fields)?,
                copies: fields.list_or_none("Copy", answered)?,
            };
            Ok(network::Command::Provision(command))
        },
    },
    Operation {
        name: "RefuseHeldRequest",
        endpoint: "provision",
        decode: |fields| {
            let command = Command::Refuse {
                receipt: receipt(fields)?,
                reason: fields
                    .typed("Reason", "0–200", |text| short(text).then(|| text.into()))?,
            };
            Ok(network::Command::Provision(command))
        },
    },
];

fn short(text: &str) -> bool {
    text.chars().count() <= 200
}

fn key(fields: &mut Children<'_, '_>) -> Result<CopyKey, Fault> {
    Ok(CopyKey {
        atena: atena(fields)?,
        item: item(fields)?,
        year: year(fields)?,
    })
}

fn written(fields: &mut Children<'_, '_>) -> Result<Written, Fault> {
    let key = key(fields)?;
    let layout = layout(fields)?;
    let original_at = fields.typed("OriginalAt", values::MOMENT, values::moment)?;
    let mut mark = |name| fields.typed(name, values::MARK, values::mark);
    let marks = Marks {
        no_automatic_answer: mark("NoAutomaticAnswer")?,
        non_disclosure: mark("NonDisclosure")?,
        no_own_view: mark("NoOwnView")?,
    };
    let rows = fields.list("Row", row)?;
    let copy = Copy {
        layout,
        original_at,
        marks,
        rows,
    };
    Ok(Written { key, copy })
}

fn answered(fields: &mut Children<'_, '_>) -> Result<AnsweredCopy, Fault> {
    Ok(AnsweredCopy {
        item: item(fields)?,
        year: year(fields)?,
        layout: layout(fields)?,
        rows: fields.list("Row", row)?,
    })
}

fn layout(fields: &mut Children<'_, '_>) -> Result<MasterVersion, Fault> {
    fields.typed("LayoutVersion", MasterVersion::FORM, MasterVersion::new)
}

fn row(fields: &mut Children<'_, '_>) -> Result<Row, Fault> {
    Ok(Row {
        as_of: record::day("AsOf", fields)?,
        fields: fields.list("Field", field)?,
    })
}

fn field(fields: &mut Children<'_, '_>) -> Result<Filled, Fault> {
    let name = fields.typed("Name", Key::FORM, Key::new)?;
    let other = fields.typed("Kind", Content::KINDS, |text| match text {
        "value" => Some(None),
        "zero" => Some(Some(Content::Zero)),
        "empty" => Some(Some(Content::Empty)),
        "undeclared" => Some(Some(Content::Undeclared)),
        "no-record" => Some(Some(Content::NoRecord)),
        _ => None,
    })?;
    // A value stands there exactly where the kind is one: else it is missing here, or left over.
    let content = match other {
        Some(content) => content,
        None => fields.typed("Value", "0–200", |text| {
            short(text).then(|| Content::Value(text.into()))
        })?,
    };
    Ok(Filled { name, content })
}

/// An atena number, where one is named.
fn number(name: &str, fields: &mut Children<'_, '_>) -> Result<Option<AtenaNumber>, Fault> {
    fields.typed_optional(name, AtenaNumber::FORM, AtenaNumber::new)
}

/// The operation that is answered.
pub(super) fn name(answer: &Answer) -> &'static str {
    match answer {
        Answer::Registered(_) => "RegisterCopies",
        Answer::Updated(_) => "UpdateCopies",
        Answer::Deleted(_) => "DeleteCopies",
        Answer::Compared(_) => "CompareCopies",
        Answer::Held(_) => "ListHeldRequests",
        Answer::Answered(..) => "AnswerHeldRequest",
        Answer::Refused(..) => "RefuseHeldRequest",
    }
}

/// Writes what stands in the response after its head.
pub(super) fn encode(answer: &Answer, xml: &mut Writer) {
    match answer {
        Answer::Registered(list) | Answer::Updated(list) => {
            entries(list, xml, |digest, xml| {
                xml.leaf("n:Digest", digest.as_str());
            });
        }
        Answer::Deleted(list) => entries(list, xml, |(), xml| xml.leaf("n:State", "deleted")),
        Answer::Compared(list) => {
            for (atena, comparison) in list {
                xml.open("n:Entry");
                xml.leaf("n:AtenaNumber", atena.as_str());
                xml.leaf("n:Comparison", comparison.as_str());
                xml.close("n:Entry");
            }
        }
        Answer::Held(page) => {
            record::paging(page, xml);
            for request in &page.entries {
                held(request, xml);
            }
        }
        Answer::Answered(receipt, state) | Answer::Refused(receipt, state) => {
            decided(receipt, *state, xml);
        }
    }
}

fn decided(receipt: &ReceiptNumber, state: State, xml: &mut Writer) {
    xml.leaf("n:ReceiptNumber", receipt.as_str());
    xml.leaf("n:State", state.as_str());
}

fn entries<T>(list: &Entries<CopyKey, T>, xml: &mut Writer, write: impl Fn(&T, &mut Writer)) {
    let taken = list.iter().filter(|(_, taken)| taken.is_ok()).count();
    xml.leaf("n:TakenCount", taken.to_string());
    xml.leaf("n:RefusedCount", (list.len() - taken).to_string());
    for (CopyKey { atena, item, year }, taken) in list {
        xml.open("n:Entry");
        xml.leaf("n:AtenaNumber", atena.as_str());
        xml.leaf("n:Item", item.as_str());
        xml.optional("n:Year", year.map(|year| year.to_string()));
        match taken {
            Ok(done) => write(done, xml),
            Err(fault) => refusal(xml, fault),
        }
        xml.close("n:Entry");
    }
}

fn held(request: &HeldRequest, xml: &mut Writer) {
    let HeldRequest {
        receipt,
        about,
        permit_until,
    } = request;
    xml.open("n:Request");
    xml.leaf("n:ReceiptNumber", receipt.as_str());
    inquiry::about(about, xml);
    xml.optional("n:PermitUntil", permit_until.map(|at| at.to_string()));
    xml.close("n:Request");
}

/// A copy as it was given.
pub(super) fn given(given: &Given, xml: &mut Writer) {
    let Given { item, year, copy } = given;
    let Copy {
        layout,
        original_at: _,
        marks: _,
        rows,
    } = &**copy;
    xml.open("n:Copy");
    xml.leaf("n:Item", item.as_str());
    xml.optional("n:Year", year.map(|year| year.to_string()));
    xml.leaf("n:LayoutVersion", layout.as_str());
    for Row { as_of, fields } in rows {
        xml.open("n:Row");
        xml.leaf("n:AsOf", as_of.to_string());
        for Filled { name, content } in fields {
            xml.open("n:Field");
            xml.leaf("n:Name", name.as_str());
            xml.leaf("n:Kind", content.kind());
            xml.optional("n:Value", content.text());
            xml.close("n:Field");
        }
        xml.close("n:Row");
    }
    xml.close("n:Copy");
}
