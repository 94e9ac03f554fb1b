//! The port `connection`.

use crate::{
    network::{
        self, Fault,
        connection::{Answer, Application, Command, Delegation, Schedule, TaskApplication},
        types::{InstitutionCode, Key},
    },
    wire::{
        bundled::{NAMESPACE, Operation, record::day, values, writer::Writer},
        reader::Children,
    },
};

pub(super) static OPERATIONS: &[Operation] = &[
    Operation {
        name: "ApplyForConnection",
        endpoint: "connection",
        decode: |fields| {
            application(fields)
                .map(Command::Apply)
                .map(network::Command::Connection)
        },
    },
    Operation {
        name: "GetConnectionStatus",
        endpoint: "connection",
        decode: |_| Ok(network::Command::Connection(Command::Status)),
    },
];

/// The operation that is answered.
pub(super) fn name(answer: &Answer) -> &'static str {
    match answer {
        Answer::Applied(_) => "ApplyForConnection",
        Answer::Status(..) => "GetConnectionStatus",
    }
}

/// Writes what stands in the response after its head.
pub(super) fn encode(answer: &Answer, xml: &mut Writer) {
    match answer {
        Answer::Applied(state) => xml.leaf("n:State", state.as_str()),
        Answer::Status(state, applied) => {
            xml.leaf("n:State", state.as_str());
            if let Some(applied) = applied {
                xml.open("n:Application");
                write_application(applied, xml);
                xml.close("n:Application");
            }
        }
    }
}

fn institution(name: &str, fields: &mut Children<'_, '_>) -> Result<InstitutionCode, Fault> {
    fields.typed(name, InstitutionCode::FORM, InstitutionCode::new)
}

fn application(fields: &mut Children<'_, '_>) -> Result<Application, Fault> {
    let mut applicant = Children::of(fields.required(NAMESPACE, "Applicant")?)?;
    let code = institution("Institution", &mut applicant)?;
    let name = applicant.typed("Name", "1–100", |text| {
        (1..=100)
            .contains(&text.chars().count())
            .then(|| text.to_owned())
    })?;
    applicant.end()?;
    let mut delegations = Vec::new();
    while let Some(node) = fields.optional(NAMESPACE, "Delegation") {
        let mut delegation = Children::of(node)?;
        delegations.push(Delegation {
            to: institution("To", &mut delegation)?,
            task: delegation.typed("Task", Key::FORM, Key::new)?,
        });
        delegation.end()?;
    }
    let partner = institution("Partner", fields)?;
    let mut schedule = Children::of(fields.required(NAMESPACE, "Schedule")?)?;
    let (from, to) = (day("From", &mut schedule)?, day("To", &mut schedule)?);
    schedule.end()?;
    let mut tasks = vec![task(fields.required(NAMESPACE, "Task")?)?];
    while let Some(node) = fields.optional(NAMESPACE, "Task") {
        tasks.push(task(node)?);
    }
    Ok(Application {
        institution: code,
        name,
        delegations,
        partner,
        schedule: Schedule { from, to },
        tasks,
    })
}

fn task(node: roxmltree::Node<'_, '_>) -> Result<TaskApplication, Fault> {
    let mut fields = Children::of(node)?;
    let day = |name: &str, fields: &mut Children<'_, '_>| {
        fields.typed_optional(name, values::DAY, values::day)
    };
    let task = TaskApplication {
        task: fields.typed("Key", Key::FORM, Key::new)?,
        assessed_on: day("AssessedOn", &mut fields)?,
        ordinance_filed_on: day("OrdinanceFiledOn", &mut fields)?,
    };
    fields.end()?;
    Ok(task)
}

fn write_application(application: &Application, xml: &mut Writer) {
    let Application {
        institution,
        name,
        delegations,
        partner,
        schedule: Schedule { from, to },
        tasks,
    } = application;
    xml.open("n:Applicant");
    xml.leaf("n:Institution", institution.as_str());
    xml.leaf("n:Name", name);
    xml.close("n:Applicant");
    for Delegation { to, task } in delegations {
        xml.open("n:Delegation");
        xml.leaf("n:To", to.as_str());
        xml.leaf("n:Task", task.as_str());
        xml.close("n:Delegation");
    }
    xml.leaf("n:Partner", partner.as_str());
    xml.open("n:Schedule");
    xml.leaf("n:From", from.to_string());
    xml.leaf("n:To", to.to_string());
    xml.close("n:Schedule");
    for applied in tasks {
        let TaskApplication {
            task,
            assessed_on,
            ordinance_filed_on,
        } = applied;
        xml.open("n:Task");
        xml.leaf("n:Key", task.as_str());
        xml.optional("n:AssessedOn", assessed_on.map(|day| day.to_string()));
        xml.optional(
            "n:OrdinanceFiledOn",
            ordinance_filed_on.map(|day| day.to_string()),
        );
        xml.close("n:Task");
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        network::{connection::ConnectionState, testing::epoch},
        wire::{Contract, RawRequest, bundled::Bundled},
    };

    fn body(name: &str) -> String {
        let name = quick_xml::escape::partial_escape(name);
        format!(
            "<s:Envelope xmlns:s='http://schemas.xmlsoap.org/soap/envelope/' xmlns:n='{NAMESPACE}'><s:Body>\
             <n:ApplyForConnection><n:Sender><n:RequestId>r-1</n:RequestId><n:Institution>202053-M</n:Institution>\
             </n:Sender><n:Applicant><n:Institution>202053-M</n:Institution><n:Name>{name}</n:Name></n:Applicant>\
             <n:Partner>011002-M</n:Partner><n:Schedule><n:From>2026-11-09</n:From><n:To>2026-12-18</n:To>\
             </n:Schedule><n:Task><n:Key>T-001</n:Key></n:Task></n:ApplyForConnection></s:Body></s:Envelope>"
        )
    }

    #[test]
    fn a_name_is_read_and_told_again_as_it_was_written() {
        let hundred = "𠮟".repeat(100);
        for name in [
            "髙﨑市長",
            "𠮷野町長",
            "1〜2～3−4－5",
            "がパé",
            "か\u{3099}ハ\u{309A}e\u{301}",
            "Müller & <Søn> \"a\" 'b' ]]> &amp;",
            &hundred,
        ] {
            let body = body(name);
            let request = RawRequest {
                method: "POST",
                path: "connection",
                content_type: Some("text/xml; charset=utf-8"),
                content_encoding: None,
                soap_action: Some("\"urn:renkei:mock:unofficial:v1:ApplyForConnection\""),
                body: body.as_bytes(),
            };
            let decoded = Bundled.decode(&request).unwrap();
            let network::Command::Connection(Command::Apply(application)) = decoded.command else {
                panic!("{:?}", decoded.command)
            };
            assert_eq!(application.name, name);
            let status = Answer::Status(ConnectionState::Applied, Some(application));
            let reply = Ok(network::Answer::Connection(status));
            let told = String::from_utf8(Bundled.encode("r-2", epoch(), &reply).body).unwrap();
            let told = roxmltree::Document::parse(&told).unwrap();
            let told = told
                .descendants()
                .find(|node| node.has_tag_name((NAMESPACE, "Name")));
            assert_eq!(told.and_then(|node| node.text()), Some(name));
        }
    }
}
