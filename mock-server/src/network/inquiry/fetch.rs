//! What an inquirer fetches, and takes back.

use std::sync::Arc;

use crate::{
    network::{
        Context, Fault, Network,
        inquiry::{
            About, Answer, State, Told,
            state::{Ending, Inquiry},
        },
        lies::Lie,
        moment::Moment,
        population::{PersonId, SIZE},
        provision::{Content, Copy, Found, Given},
        record::Record,
        rules::{self, Rule, inquiry as rule},
        types::{BatchNumber, InstitutionCode, Key, ReceiptNumber},
    },
    text::Text,
};

impl Network {
    pub(super) fn result(
        &mut self,
        context: &Context,
        receipt: ReceiptNumber,
    ) -> Result<Told, Fault> {
        let Some((inquiry, record)) = self.own_inquiry(context, &receipt)? else {
            return Ok(Told {
                receipt,
                state: State::Accepted,
                asked: None,
                denial: None,
                reason: None,
                copies: Vec::new(),
            });
        };
        let life = i64::try_from(self.limits.result_life).unwrap_or(i64::MAX);
        let over = |concluded: Moment| context.at.unix().saturating_sub(concluded.unix()) > life;
        let fetched_long_ago =
            inquiry.state == State::Fetched && record.concluded.is_some_and(over);
        self.enforce(
            &rule::RESULT_KEPT,
            inquiry.state == State::Expired || fetched_long_ago,
            || rules::about("受付番号", "receipt number", &receipt),
        )?;
        let own = record.inquirer == context.institution;
        if own && inquiry.state.leads_to(State::Fetched) {
            self.inquiries
                .advance(&receipt, State::Fetched, Ending::Plain);
        }
        Ok(self.told_of(receipt, &inquiry, &record))
    }

    fn told_of(&self, receipt: ReceiptNumber, inquiry: &Inquiry, record: &Record) -> Told {
        let state = if inquiry.state == State::Fetched {
            State::of_outcome(record.outcome).unwrap_or(State::Fetched)
        } else {
            inquiry.state
        };
        let mut told = Told {
            asked: Some(self.about(&record.inquirer, inquiry, record)),
            denial: None,
            reason: None,
            copies: Vec::new(),
            receipt,
            state,
        };
        match self.inquiries.ending(&told.receipt) {
            Ending::Given(list) if state == State::Answered => told.copies = list.to_vec(),
            Ending::Denied(rule) if state == State::Denied => {
                told.denial = Some(denial(rule, record));
            }
            Ending::Refused(reason) if state == State::Refused => {
                told.reason = Some(Arc::clone(reason));
            }
            Ending::Plain if state == State::Answered => {
                told.copies = self.derived_again(&told.receipt, record, record.person);
            }
            Ending::Plain | Ending::Denied(_) | Ending::Refused(_) | Ending::Given(_) => {}
        }
        self.distort(&mut told, record);
        told
    }

    /// What a peer answered, made again: it follows from the population and the time of the answer.
    fn derived_again(
        &self,
        receipt: &ReceiptNumber,
        record: &Record,
        person: Option<PersonId>,
    ) -> Vec<Given> {
        let at = record.concluded.unwrap_or(record.at);
        let asked = Record {
            person,
            ..record.clone()
        };
        match self.provided(at, receipt, &asked) {
            Found::Copies { list, .. } => list,
            Found::NoCopy | Found::NoPerson => Vec::new(),
        }
    }

    /// The answers that are wrong on purpose.
    fn distort(&self, told: &mut Told, record: &Record) {
        if self.lies(Lie::DeniedYetAnswered) && told.state == State::Denied {
            told.state = State::Answered;
            told.denial = None;
            told.copies = self.derived_again(&told.receipt, record, record.person);
        }
        if told.state != State::Answered {
            return;
        }
        if self.lies(Lie::AnotherPersonsAnswer) {
            let other = record
                .person
                .and_then(|person| PersonId::new(person.place() % SIZE + 1));
            told.copies = self.derived_again(&told.receipt, record, other);
        }
        if self.lies(Lie::SimilarItemsAnswer) {
            for given in &mut told.copies {
                if let Some(similar) = Key::new(&format!("{}-SIMILAR", given.item)) {
                    given.item = similar;
                }
            }
        }
        if self.lies(Lie::ZeroForUndeclared) {
            for given in &mut told.copies {
                given.copy = zero_for_undeclared(&given.copy).into();
            }
        }
        if self.lies(Lie::CopyGivenTwice) {
            told.copies.extend(told.copies.clone());
        }
        if self.lies(Lie::AnswerForAnotherReceipt) {
            told.receipt = ReceiptNumber::numbered(told.receipt.number() + 1);
        }
    }

    /// What was asked, as an institution is told.
    pub(in crate::network) fn about(
        &self,
        institution: &InstitutionCode,
        inquiry: &Inquiry,
        record: &Record,
    ) -> About {
        About {
            inquirer: record.inquirer.clone(),
            delegator: record.delegator.clone(),
            provider: record.provider.clone(),
            atena: record
                .person
                .and_then(|person| self.codes.atena(institution, person)),
            task: record.task.clone(),
            procedure: self.inquiries.procedure(inquiry),
            item: record.item.clone(),
            time: inquiry.time,
            asked_at: record.at,
            concluded_at: record.concluded,
        }
    }

    /// What is kept under a receipt number.
    pub(in crate::network) fn inquiry_and_record(
        &self,
        receipt: &ReceiptNumber,
    ) -> Option<(Inquiry, Record)> {
        let inquiry = self.inquiries.get(receipt).copied();
        inquiry.zip(self.records.get(receipt))
    }

    /// An inquiry of the caller's own; none only where the rule is off.
    fn own_inquiry(
        &self,
        context: &Context,
        receipt: &ReceiptNumber,
    ) -> Result<Option<(Inquiry, Record)>, Fault> {
        let found = self.inquiry_and_record(receipt);
        let own = found
            .as_ref()
            .is_some_and(|(_, record)| record.inquirer == context.institution);
        self.enforce(&rule::OWN_RECEIPT, !own, || {
            rules::about("受付番号", "receipt number", receipt)
        })?;
        Ok(found)
    }

    pub(super) fn batch_result(
        &self,
        context: &Context,
        batch: BatchNumber,
    ) -> Result<Answer, Fault> {
        let (institution, receipts) = self.inquiries.batch(batch.number());
        let own = institution.as_ref() == Some(&context.institution);
        self.enforce(&rule::OWN_RECEIPT, !own, || {
            rules::about("一括照会番号", "batch number", &batch)
        })?;
        let state = |receipt: ReceiptNumber| {
            let inquiry = self.inquiries.get(&receipt)?;
            Some((receipt, inquiry.state))
        };
        Ok(Answer::BatchResult {
            batch,
            entries: receipts.into_iter().filter_map(state).collect(),
        })
    }

    pub(super) fn cancel(
        &mut self,
        context: &Context,
        receipt: ReceiptNumber,
    ) -> Result<ReceiptNumber, Fault> {
        let Some((inquiry, record)) = self.own_inquiry(context, &receipt)? else {
            return Ok(receipt);
        };
        let under_way = inquiry.state.is_under_way();
        self.enforce(&rule::CANCEL_IN_TIME, !under_way, || {
            rules::about("受付番号", "receipt number", &receipt)
        })?;
        if under_way {
            self.settle(
                context.at,
                &receipt,
                &record,
                State::Cancelled,
                Ending::Plain,
            );
        }
        Ok(receipt)
    }
}

/// The refusal that stands for a denial by the core.
fn denial(rule: &'static Rule, record: &Record) -> Fault {
    let mut about = rules::about("組合せ", "quadruple", record.quadruple());
    if record.delegator.is_some() {
        let inquirer = &record.inquirer;
        about = Text::new(
            format!("{}、委任を受けた照会者: {inquirer}", about.ja),
            format!("{}, asked for it by: {inquirer}", about.en),
        );
    }
    let mut fault = rule.fault(&about);
    // One fault code stands for all denials: which rule it was is said in its text, too.
    fault.text = Text::new(
        format!("{}{}", fault.text.ja, rule.text.ja),
        format!("{}: {}", fault.text.en, rule.text.en),
    );
    fault
}

fn zero_for_undeclared(copy: &Copy) -> Copy {
    let mut copy = copy.clone();
    for field in copy.rows.iter_mut().flat_map(|row| &mut row.fields) {
        if field.content == Content::Undeclared {
            field.content = Content::Zero;
        }
    }
    copy
}
