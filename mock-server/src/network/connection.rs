//! The connection application (接続申請): who takes part, since when, and for which tasks.
//!
//! Not applied → applied → approved or rejected; rejected → applied; approved ↔ suspended; each → abolished. \[A\]

mod acts;
mod application;
mod state;
#[cfg(test)]
mod tests;

pub use application::{Application, Delegation, Schedule, TaskApplication};
pub use state::ConnectionState;
pub(crate) use state::{Connections, Lapse};

use crate::{
    network::{
        Context, Fault, Network,
        rules::{self, connection as rule},
        types::InstitutionCode,
    },
    text::Text,
};

/// What can be asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Command {
    /// An application for connection.
    Apply(Application),
    /// Where does the application stand?
    Status,
}

impl Command {
    /// Whether it changes anything.
    pub(crate) fn changes(&self) -> bool {
        match self {
            Self::Apply(_) => true,
            Self::Status => false,
        }
    }
}

/// What is answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// The application was received.
    Applied(ConnectionState),
    /// Where the application stands, and what it says; nothing where the institution never applied.
    Status(ConnectionState, Option<Application>),
}

impl Network {
    pub(super) fn connection(
        &mut self,
        context: &Context,
        command: Command,
    ) -> Result<Answer, Fault> {
        let institution = &context.institution;
        match command {
            Command::Status => Ok(Answer::Status(
                self.connections.state(institution),
                self.connections.application(institution).cloned(),
            )),
            Command::Apply(application) => {
                self.check_applicant(context, &application)?;
                self.check_tasks(context, &application)?;
                self.check_partner(context, &application)?;
                self.connections.apply(institution, application);
                Ok(Answer::Applied(self.connections.state(institution)))
            }
        }
    }

    /// The institution may apply now, and the application is its own.
    fn check_applicant(&self, context: &Context, application: &Application) -> Result<(), Fault> {
        let institution = &context.institution;
        let state = self.connections.state(institution);
        let may = matches!(
            state,
            ConnectionState::NotApplied | ConnectionState::Rejected
        );
        self.enforce(&rule::MAY_APPLY, !may, || {
            Text::new(
                format!("状況: {}", state.ja()),
                format!("state: {}", state.as_str()),
            )
        })?;
        self.enforce(
            &rule::APPLICANT_AGREES,
            application.institution != *institution,
            || rules::about("申請機関", "applicant", &application.institution),
        )?;
        let entry = self
            .masters
            .institution(context.at, &application.institution);
        let agrees = entry.is_some_and(|entry| entry.name == application.name);
        self.enforce(&rule::NAME_AGREES, !agrees, || {
            rules::about("機関名", "name", &application.name)
        })
    }

    /// Every task is known, its impact is assessed, and an ordinance task is filed; delegations stand in the master.
    fn check_tasks(&self, context: &Context, application: &Application) -> Result<(), Fault> {
        let at = context.at;
        let today = at.date();
        for task in &application.tasks {
            let about = || rules::about("事務", "task", &task.task);
            self.enforce(&rule::TASK_KNOWN, !self.masters.task(at, &task.task), about)?;
            let assessed = task.assessed_on.is_some_and(|day| day <= today);
            self.enforce(&rule::IMPACT_ASSESSED, !assessed, about)?;
            let filed = task.ordinance_filed_on.is_some_and(|day| day <= today);
            let unfiled = self.masters.is_ordinance(at, &task.task) && !filed;
            self.enforce(&rule::ORDINANCE_FILED, unfiled, about)?;
        }
        for delegation in &application.delegations {
            let Delegation { to, task } = delegation;
            let known = self.masters.delegates(at, &context.institution, to, task);
            self.enforce(&rule::DELEGATION_KNOWN, !known, || {
                rules::about("委任先・事務", "delegate and task", format!("{to} {task}"))
            })?;
        }
        Ok(())
    }

    /// The partner is another institution that is there, and the schedule is one.
    fn check_partner(&self, context: &Context, application: &Application) -> Result<(), Fault> {
        let partner = &application.partner;
        let known = self.connections.knows(partner) && *partner != context.institution;
        self.enforce(&rule::PARTNER_KNOWN, !known, || {
            rules::about("相手機関", "partner", partner)
        })?;
        self.enforce(
            &rule::PARTNER_STANDS,
            self.connections.is_abolished(partner),
            || self.about_successor(partner),
        )?;
        let Schedule { from, to } = application.schedule;
        self.enforce(&rule::SCHEDULE_IN_ORDER, to < from, || {
            rules::about("日程", "schedule", format!("{from}, {to}"))
        })?;
        self.enforce(&rule::SCHEDULE_AHEAD, from < context.at.date(), || {
            rules::about("開始日", "first day", from)
        })
    }

    /// An abolished institution, and who took over.
    pub(super) fn about_successor(&self, institution: &InstitutionCode) -> Text {
        match self.connections.successor(institution) {
            Some(successor) => Text::new(
                format!("廃止された機関: {institution}、承継機関: {successor}"),
                format!("abolished: {institution}, successor: {successor}"),
            ),
            None => rules::about("廃止された機関", "abolished", institution),
        }
    }
}
