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
