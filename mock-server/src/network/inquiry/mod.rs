//! Inquiries (情報照会): ask, be permitted, and fetch the result later; one at a time or many in a batch.
//!
//! The intermediate server takes an inquiry or refuses it at once; the core permits or denies it later, and the provider
//! answers later still, so that what became of it is found with its result [S: asynchronous]. An inquiry that is under
//! way over midnight ends under the masters with which it began \[A\].
//!
//! An institution may act for another in a task (委任): it asks with its own certificate and its own numbers, and leaves the
//! record; whether it may is judged for the institution that delegated. \[A\]
//!
//! A batch that is refused whole has no number, and each of its inquiries leaves a record, as one that is refused by
//! itself does \[A\].

mod ask;
mod fetch;
mod flow;
mod state;
mod store;
#[cfg(test)]
pub(crate) mod tests;

use std::sync::Arc;

pub(crate) use flow::Step;
pub(crate) use state::{Ending, Inquiry};
pub use state::{State, Time};
pub(crate) use store::Inquiries;

use crate::network::{
    Context, Fault, Network,
    moment::Moment,
    provision::Given,
    types::{AtenaNumber, BatchNumber, InstitutionCode, Key, ReceiptNumber},
};

/// What can be asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Command {
    /// One inquiry.
    Submit(Question),
    /// Many inquiries, for a household or for many people.
    SubmitBatch(Vec<Question>),
    /// What became of an inquiry?
    Result(ReceiptNumber),
    /// Where do the inquiries of a batch stand?
    BatchResult(BatchNumber),
    /// Take an inquiry back.
    Cancel(ReceiptNumber),
}

/// About whom, for what, whom and which item is asked.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Question {
    /// The inquirer's number of the person.
    pub atena: AtenaNumber,
    /// The task.
    pub task: Key,
    /// The procedure.
    pub procedure: Key,
    /// For which institution the inquirer acts in the task (委任元); none where it asks for itself.
    pub delegator: Option<InstitutionCode>,
    /// Whom.
    pub provider: InstitutionCode,
    /// Which item.
    pub item: Key,
    /// Of which time.
    pub time: Time,
    /// Whether the person consents.
    pub consent: bool,
}

impl Command {
    /// Whether it changes anything. That a result was fetched is noted, but fetching it again is no second effect.
    pub(crate) fn changes(&self) -> bool {
        match self {
            Self::Submit(_) | Self::SubmitBatch(_) | Self::Cancel(_) => true,
            Self::Result(_) | Self::BatchResult(_) => false,
        }
    }
}

/// What is answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// Taken.
    Submitted(ReceiptNumber),
    /// The batch, and what became of each inquiry in it.
    Batch {
        /// The batch's number.
        batch: BatchNumber,
        /// About whom, and the receipt number or why it was refused.
        entries: Vec<(Question, Result<ReceiptNumber, Fault>)>,
    },
    /// What became of an inquiry.
    Result(Box<Told>),
    /// Where the inquiries of a batch stand.
    BatchResult {
        /// The batch's number.
        batch: BatchNumber,
        /// Each inquiry that was taken.
        entries: Vec<(ReceiptNumber, State)>,
    },
    /// Taken back.
    Cancelled(ReceiptNumber),
}

/// What an inquirer is told of an inquiry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Told {
    /// Its number.
    pub receipt: ReceiptNumber,
    /// Where it stands.
    pub state: State,
    /// What was asked; nothing where there is no such inquiry and the rule that says so is off.
    pub asked: Option<About>,
    /// Why the core did not permit it.
    pub denial: Option<Fault>,
    /// Why the provider refused.
    pub reason: Option<Arc<str>>,
    /// What was answered.
    pub copies: Vec<Given>,
}

/// What was asked, as inquirer and provider are told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct About {
    /// Who asks.
    pub inquirer: InstitutionCode,
    /// For whom it acts; none where it asks for itself.
    pub delegator: Option<InstitutionCode>,
    /// Whom.
    pub provider: InstitutionCode,
    /// The number of the person at the institution that is told; none where there is no link any more.
    pub atena: Option<AtenaNumber>,
    /// For which task.
    pub task: Key,
    /// For which procedure.
    pub procedure: Option<Key>,
    /// Which item.
    pub item: Key,
    /// Of which time.
    pub time: Time,
    /// When it was asked.
    pub asked_at: Moment,
    /// When it was settled what becomes of it.
    pub concluded_at: Option<Moment>,
}

impl Network {
    pub(super) fn inquiry(&mut self, context: &Context, command: Command) -> Result<Answer, Fault> {
        match command {
            Command::Submit(question) => self.submit(context, &question).map(Answer::Submitted),
            Command::SubmitBatch(questions) => self.submit_batch(context, questions),
            Command::Result(receipt) => self
                .result(context, receipt)
                .map(|told| Answer::Result(Box::new(told))),
            Command::BatchResult(batch) => self.batch_result(context, batch),
            Command::Cancel(receipt) => self.cancel(context, receipt).map(Answer::Cancelled),
        }
    }

    /// What does not hold of inquiries.
    pub(super) fn inquiry_violations(&self) -> Vec<String> {
        self.inquiries.violations(
            |receipt| self.records.get(receipt),
            |record| {
                let (asker, provider) = (record.permitted_to(), &record.provider);
                let delegated = |from| {
                    let masters = &self.masters;
                    masters.delegates(record.at, from, &record.inquirer, &record.task)
                };
                record.delegator.as_ref().is_none_or(delegated)
                    && self
                        .masters
                        .permits(record.at, asker, &record.task, provider, &record.item)
            },
        )
    }
}
