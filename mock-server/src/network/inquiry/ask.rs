//! What the intermediate server looks at before it takes an inquiry.

use std::collections::BTreeSet;

use jiff::{Span, civil::Date};

use crate::network::{
    Context, Fault, Network,
    inquiry::{Answer, Question, Step, Time, state::Asked},
    provision::is_yearly,
    record::{Outcome, RecordEntry},
    rules::{self, Retry, inquiry as rule},
    types::{BatchNumber, ReceiptNumber},
};

/// How many years back a year may lie. \[A\]
const YEARS_BACK: i16 = 7;

/// How many years a period may have. \[A\]
const PERIOD_YEARS: i64 = 5;

impl Network {
    /// Takes one inquiry.
    pub(super) fn submit(
        &mut self,
        context: &Context,
        question: &Question,
    ) -> Result<ReceiptNumber, Fault> {
        self.take(context, question, Asked::Online)
    }

    /// Takes many inquiries, each by itself; a batch that is not put together rightly is refused whole, and each of its
    /// inquiries leaves a record of that.
    pub(super) fn submit_batch(
        &mut self,
        context: &Context,
        questions: Vec<Question>,
    ) -> Result<Answer, Fault> {
        if let Err(fault) = self.may_ask_together(context, &questions) {
            // What stands twice is one inquiry.
            let mut seen = BTreeSet::new();
            let entries: Vec<RecordEntry> = questions
                .iter()
                .filter(|question| seen.insert(*question))
                .map(|question| self.record_of(context, question, refused_as(&fault)))
                .collect();
            self.records.add_together(entries);
            return Err(fault);
        }
        let number = self.inquiries.next_batch();
        let entries: Vec<(Question, Result<ReceiptNumber, Fault>)> = questions
            .into_iter()
            .map(|question| {
                let taken = self.take(context, &question, Asked::InBatch(number));
                (question, taken)
            })
            .collect();
        let taken = || entries.iter().filter_map(|(_, taken)| taken.as_ref().ok());
        self.inquiries
            .keep_batch(&context.institution, taken().min(), taken().max());
        Ok(Answer::Batch {
            batch: BatchNumber::numbered(number.into()),
            entries,
        })
    }

    /// Whether a batch is put together rightly, and comes when the network is open and from one with the masters.
    fn may_ask_together(&self, context: &Context, questions: &[Question]) -> Result<(), Fault> {
        self.open(context.at)?;
        self.within_limit(&rule::BATCH_WITHIN_LIMIT, questions.len())?;
        let first = questions.first();
        let other = questions.iter().find(|question| {
            first.is_some_and(|first| {
                (&first.task, &first.procedure) != (&question.task, &question.procedure)
            })
        });
        self.enforce(&rule::BATCH_OF_ONE_PROCEDURE, other.is_some(), || {
            let procedure = other.map_or("", |question| question.procedure.as_str());
            rules::about("事務手続", "procedure", procedure)
        })?;
        let mut seen = BTreeSet::new();
        let twice = questions.iter().find(|question| !seen.insert(*question));
        self.enforce(&rule::BATCH_ASKS_ONCE, twice.is_some(), || {
            let atena = twice.map_or("", |question| question.atena.as_str());
            rules::about("団体内統合宛名番号", "atena number", atena)
        })?;
        self.masters_applied(context)
    }

    /// Takes an inquiry, or refuses it; both leave a record.
    fn take(
        &mut self,
        context: &Context,
        question: &Question,
        asked: Asked,
    ) -> Result<ReceiptNumber, Fault> {
        let judged = self.may_ask(context, question);
        let outcome = judged.as_ref().err().map_or(Outcome::Pending, refused_as);
        let receipt = self.records.add(self.record_of(context, question, outcome));
        judged?;
        self.inquiries
            .begin(&receipt, asked, question.time, &question.procedure);
        let delay = match asked {
            Asked::Online => self.limits.permit_delay,
            Asked::InBatch(_) => self.limits.batch_delay,
        };
        self.later(context.at, delay, Step::Judge, &receipt);
        Ok(receipt)
    }

    fn record_of(&self, context: &Context, question: &Question, outcome: Outcome) -> RecordEntry {
        let link = self.codes.link(&context.institution, &question.atena);
        RecordEntry {
            at: context.at,
            request: context.request,
            inquirer: context.institution.clone(),
            delegator: question.delegator.clone(),
            task: question.task.clone(),
            provider: question.provider.clone(),
            item: question.item.clone(),
            person: link.map(|link| link.person),
            outcome,
            reached_provider: false,
        }
    }

    fn may_ask(&self, context: &Context, question: &Question) -> Result<(), Fault> {
        let at = context.at;
        self.open(at)?;
        self.masters_applied(context)?;
        let Question {
            atena,
            task,
            procedure,
            // The core judges delegations.
            delegator: _,
            provider,
            item,
            time,
            consent,
        } = question;
        self.enforce(&rule::TASK_KNOWN, !self.masters.task(at, task), || {
            rules::about("事務", "task", task)
        })?;
        let of_task = self.masters.procedure_of(at, procedure, task);
        self.enforce(&rule::PROCEDURE_OF_TASK, !of_task, || {
            rules::about("事務手続", "procedure", procedure)
        })?;
        self.enforce(&rule::ITEM_KNOWN, !self.masters.item(at, item), || {
            rules::about("特定個人情報", "item", item)
        })?;
        let takes_part = self.masters.takes_part(at, provider);
        self.enforce(&rule::PROVIDER_KNOWN, !takes_part, || {
            rules::about("照会先", "provider", provider)
        })?;
        let itself = *provider == context.institution;
        self.enforce(&rule::PROVIDER_IS_ANOTHER, itself, || {
            rules::about("照会先", "provider", provider)
        })?;
        self.time_can_be_asked(at.date(), item, *time)?;
        let needed = self.masters.needs_consent(at, item);
        self.enforce(&rule::CONSENT_GIVEN, needed && !consent, || {
            rules::about("特定個人情報", "item", item)
        })?;
        let link = self.codes.link(&context.institution, atena);
        let about = || rules::about("団体内統合宛名番号", "atena number", atena);
        self.enforce(&rule::PERSON_LINKED, link.is_none(), about)?;
        let confirmed = link.is_none_or(|link| link.confirmed);
        self.enforce(&rule::LINK_CONFIRMED, !confirmed, about)
    }

    fn time_can_be_asked(
        &self,
        today: Date,
        item: &crate::network::types::Key,
        time: Time,
    ) -> Result<(), Fault> {
        let fits = match time {
            Time::Now => !is_yearly(item),
            Time::Year(_) => is_yearly(item),
            Time::Period(..) => true,
        };
        self.enforce(&rule::TIME_FITS_ITEM, !fits, || {
            rules::about("特定個人情報", "item", item)
        })?;
        match time {
            Time::Now => Ok(()),
            Time::Year(year) => {
                let known = (today.year() - YEARS_BACK..=today.year()).contains(&year);
                self.enforce(&rule::YEAR_IN_RANGE, !known, || {
                    rules::about("年度", "year", year)
                })
            }
            Time::Period(from, to) => {
                let about = || {
                    let days = format_args!("{from}/{to}").to_string();
                    rules::about("期間", "period", days)
                };
                self.enforce(&rule::PERIOD_IN_ORDER, to < from, about)?;
                let too_long = last_day(from).is_none_or(|last| to > last);
                self.enforce(&rule::PERIOD_WITHIN_FIVE_YEARS, too_long, about)
            }
        }
    }
}

/// What became of an inquiry that was refused so.
fn refused_as(fault: &Fault) -> Outcome {
    match fault.retry {
        Retry::SameRequest => Outcome::Failed,
        Retry::Never | Retry::Corrected => Outcome::Denied,
    }
}

/// The last day of a period of five years: the day before the corresponding day, or the month's last where there is
/// none. [L: Civil Code art. 143(2)]
fn last_day(from: Date) -> Option<Date> {
    let shifted = from.checked_add(Span::new().years(PERIOD_YEARS)).ok()?;
    if shifted.day() == from.day() {
        shifted.yesterday().ok()
    } else {
        Some(shifted)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_period_of_five_years_ends_as_the_civil_code_counts() {
        for (from, last) in [
            ("2020-02-28", "2025-02-27"),
            ("2020-02-29", "2025-02-28"),
            ("2020-03-01", "2025-02-28"),
            ("2019-03-01", "2024-02-29"),
            ("2021-01-01", "2025-12-31"),
        ] {
            let last: Date = last.parse().unwrap();
            assert_eq!(last_day(from.parse().unwrap()), Some(last), "{from}");
        }
    }
}
