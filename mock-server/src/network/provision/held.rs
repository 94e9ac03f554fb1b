//! Requests that are held for a person's decision: listed, answered or refused.

use std::sync::Arc;

use crate::network::{
    Context, Fault, Network,
    inquiry::{Ending, Inquiry, State, Time},
    moment::Moment,
    provision::{AnsweredCopy, Copy, Found, Given, HeldRequest, Marks},
    record::{Page, Record},
    rules::{self, inquiry as asking, provision as rule},
    types::ReceiptNumber,
};

impl Network {
    pub(super) fn held_requests(
        &self,
        context: &Context,
        page: u32,
    ) -> Result<Page<HeldRequest>, Fault> {
        let institution = &context.institution;
        let held = self
            .inquiries
            .held_by(institution)
            .filter_map(|receipt| {
                let (inquiry, record) = self.inquiry_and_record(&receipt)?;
                Some(HeldRequest {
                    about: self.about(institution, &inquiry, &record),
                    permit_until: permit_until(&inquiry, &record),
                    receipt,
                })
            })
            .collect();
        self.page(held, page)
    }

    pub(super) fn answer_held(
        &mut self,
        context: &Context,
        receipt: &ReceiptNumber,
        copies: Vec<AnsweredCopy>,
    ) -> Result<State, Fault> {
        let Some((inquiry, record)) = self.held_request(context, receipt)? else {
            return Ok(State::Answered);
        };
        self.answers_the_question(&inquiry, &record, &copies)?;
        for copy in &copies {
            self.fits_layout(record.at, &copy.item, &copy.layout, &copy.rows)?;
        }
        if inquiry.state != State::Held {
            return Ok(State::Answered);
        }
        let (list, undisclosed) = if copies.is_empty() {
            match self.provided(context.at, receipt, &record) {
                Found::Copies {
                    list, undisclosed, ..
                } => (list, undisclosed),
                Found::NoCopy | Found::NoPerson => {
                    self.enforce(&rule::COPY_THERE, true, || {
                        rules::about("受付番号", "receipt number", receipt)
                    })?;
                    (Vec::new(), false)
                }
            }
        } else {
            let marks = self.marks_of(context.at, receipt, &record);
            let given = |answered| given(answered, context.at, marks);
            (
                copies.into_iter().map(given).collect(),
                marks.non_disclosure,
            )
        };
        if undisclosed {
            self.records.mark(&record.provider, receipt, true);
        }
        let ending = Ending::Given(list.into());
        self.settle(context.at, receipt, &record, State::Answered, ending);
        Ok(State::Answered)
    }

    pub(super) fn refuse_held(
        &mut self,
        context: &Context,
        receipt: &ReceiptNumber,
        reason: &str,
    ) -> Result<State, Fault> {
        let request = self.held_request(context, receipt)?;
        let none = reason.trim().is_empty();
        self.enforce(&rule::REFUSAL_WITH_REASON, none, || {
            rules::about("受付番号", "receipt number", receipt)
        })?;
        if let Some((inquiry, record)) = request
            && inquiry.state == State::Held
        {
            let ending = Ending::Refused(reason.into());
            self.settle(context.at, receipt, &record, State::Refused, ending);
        }
        Ok(State::Refused)
    }

    /// What is held at the caller under a receipt number; none only where a rule is off.
    fn held_request(
        &self,
        context: &Context,
        receipt: &ReceiptNumber,
    ) -> Result<Option<(Inquiry, Record)>, Fault> {
        let found = self.inquiry_and_record(receipt);
        let own = found.as_ref().is_some_and(|(inquiry, record)| {
            record.provider == context.institution
                && !matches!(
                    inquiry.state,
                    State::Accepted | State::Permitted | State::Denied
                )
        });
        let about = || rules::about("受付番号", "receipt number", receipt);
        self.enforce(&rule::OWN_HELD_REQUEST, !own, about)?;
        let over = found
            .as_ref()
            .is_some_and(|(inquiry, record)| has_ended(inquiry, record, context.at));
        self.enforce(&asking::PERMIT_VALID, over, about)?;
        let held = found
            .as_ref()
            .is_none_or(|(inquiry, _)| inquiry.state == State::Held);
        self.enforce(&rule::HELD_NOW, !held, about)?;
        Ok(found)
    }

    /// A person's answer is of the item and the time that were asked for.
    fn answers_the_question(
        &self,
        inquiry: &Inquiry,
        record: &Record,
        copies: &[AnsweredCopy],
    ) -> Result<(), Fault> {
        let fits = |copy: &&AnsweredCopy| {
            copy.item == record.item
                && match inquiry.time {
                    Time::Now => copy.year.is_none(),
                    Time::Year(year) => copy.year == Some(year),
                    Time::Period(from, to) => {
                        copy.rows.iter().all(|row| (from..=to).contains(&row.as_of))
                    }
                }
        };
        let other = copies.iter().find(|copy| !fits(copy));
        self.enforce(&rule::ANSWER_OF_ASKED_ITEM, other.is_some(), || {
            let item = other.map_or("", |copy| copy.item.as_str());
            rules::about("回答の特定個人情報", "item of the answer", item)
        })
    }

    /// The marks of the copies that stand behind a request.
    fn marks_of(&self, at: Moment, receipt: &ReceiptNumber, record: &Record) -> Marks {
        match self.provided(at, receipt, record) {
            Found::Copies { list, .. } => list
                .first()
                .map(|given| given.copy.marks)
                .unwrap_or_default(),
            Found::NoCopy | Found::NoPerson => Marks::default(),
        }
    }
}

/// Whether a request ended because nobody answered it while its permit was valid.
fn has_ended(inquiry: &Inquiry, record: &Record, at: Moment) -> bool {
    inquiry.state == State::Expired && permit_until(inquiry, record).is_some_and(|until| at > until)
}

fn permit_until(inquiry: &Inquiry, record: &Record) -> Option<Moment> {
    let permit = inquiry.permit?;
    record.at.plus(permit.seconds.into())
}

fn given(answered: AnsweredCopy, at: Moment, marks: Marks) -> Given {
    let AnsweredCopy {
        item,
        year,
        layout,
        rows,
    } = answered;
    let copy = Copy {
        layout,
        original_at: at,
        marks,
        rows,
    };
    Given {
        item,
        year,
        copy: Arc::new(copy),
    }
}
