//! Where the records are kept: one line in the core, eight bytes a side.

use std::cmp::Ordering;

use imbl::{OrdMap, OrdSet, Vector};
use jiff::{Span, civil::Date};

use crate::network::{
    moment::Moment,
    population::PersonId,
    record::{
        Outcome, Period, Record, RecordEntry,
        names::{Name, Names},
    },
    request::RequestKey,
    types::{InstitutionCode, Key, ReceiptNumber},
};

/// For how many years a record is kept. [L: art. 23, order art. 30]
pub(super) const KEPT_YEARS: i64 = 7;

/// A record in the core.
#[derive(Clone, Debug)]
struct Core {
    at: i64,
    concluded: Option<i64>,
    inquirer: Name,
    delegator: Option<Name>,
    task: Name,
    provider: Name,
    item: Name,
    person: Option<PersonId>,
    outcome: Outcome,
    marked: bool,
}

impl Core {
    /// Whether both say the same of who asks whom about whom for what.
    fn asks_as(&self, other: &Self) -> bool {
        (self.inquirer, self.task, self.provider, self.item)
            == (other.inquirer, other.task, other.provider, other.item)
            && (self.delegator, self.person) == (other.delegator, other.person)
    }
}

/// A record at one side.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Side {
    number: u32,
    outcome: Outcome,
    marked: bool,
}

/// The records of all sides.
#[derive(Clone, Debug, Default)]
pub(crate) struct Records {
    names: Names,
    /// How many are gone: the first in `core` has the number after this.
    gone: u32,
    core: Vector<Core>,
    sides: OrdMap<Name, Vector<Side>>,
    /// Requests that failed and may be sent again, with their records.
    failed: OrdSet<(RequestKey, u32)>,
}

impl Records {
    /// How many records the core holds.
    pub(crate) fn size(&self) -> usize {
        self.core.len()
    }

    /// Writes a record at all sides that the inquiry reached, and gives its number: the receipt number of the inquiry.
    pub(crate) fn add(&mut self, entry: RecordEntry) -> ReceiptNumber {
        let (receipt, failed) = self.write(entry);
        self.failed.extend(failed);
        receipt
    }

    /// Writes the records of inquiries that came in one message: none of them is a retry of another.
    pub(crate) fn add_together(&mut self, entries: Vec<RecordEntry>) {
        let failed: Vec<(RequestKey, u32)> = entries
            .into_iter()
            .filter_map(|entry| self.write(entry).1)
            .collect();
        self.failed.extend(failed);
    }

    /// Writes a record, and says by which request it may be continued.
    fn write(&mut self, entry: RecordEntry) -> (ReceiptNumber, Option<(RequestKey, u32)>) {
        let RecordEntry {
            at,
            request,
            inquirer,
            delegator,
            task,
            provider,
            item,
            person,
            outcome,
            reached_provider,
        } = entry;
        let core = Core {
            at: at.unix(),
            concluded: None,
            inquirer: self.names.add(inquirer.as_str()),
            delegator: delegator.map(|code| self.names.add(code.as_str())),
            task: self.names.add(task.as_str()),
            provider: self.names.add(provider.as_str()),
            item: self.names.add(item.as_str()),
            person,
            outcome: Outcome::Pending,
            marked: false,
        };
        let asks_as = |number: &u32| self.core(*number).is_some_and(|known| known.asks_as(&core));
        let failed = self.failed.range((request, 0)..=(request, u32::MAX));
        let again = failed.map(|(_, number)| *number).find(asks_as);
        let number = if let Some(number) = again {
            // The same request again: one inquiry, one record.
            self.failed.remove(&(request, number));
            number
        } else {
            self.core.push_back(core);
            let number = self.count();
            self.write_side(&inquirer, number);
            number
        };
        let receipt = ReceiptNumber::numbered(number.into());
        if reached_provider {
            self.reach_provider(&receipt);
        }
        self.conclude(&receipt, outcome, at);
        let failed = (outcome == Outcome::Failed).then_some((request, number));
        (receipt, failed)
    }

    /// The inquiry was forwarded: the provider has a record of it from now on.
    pub(crate) fn reach_provider(&mut self, receipt: &ReceiptNumber) {
        let number = place(receipt);
        let Some(provider) = self
            .core(number)
            .and_then(|core| self.names.text(core.provider))
            .and_then(InstitutionCode::new)
        else {
            return;
        };
        self.write_side(&provider, number);
    }

    /// Says at every side that has the record what became of the inquiry.
    pub(crate) fn conclude(&mut self, receipt: &ReceiptNumber, outcome: Outcome, at: Moment) {
        let number = place(receipt);
        let Some(index) = self.index(number) else {
            return;
        };
        let Some(core) = self.core.get_mut(index) else {
            return;
        };
        core.outcome = outcome;
        core.concluded = (outcome != Outcome::Pending).then_some(at.unix());
        for name in [core.inquirer, core.provider] {
            if let Some(side) = self.side_mut(name, number) {
                side.outcome = outcome;
            }
        }
    }

    /// Marks a record of this institution as not to be disclosed, or takes the mark away; false where it has none.
    pub(crate) fn mark(
        &mut self,
        institution: &InstitutionCode,
        receipt: &ReceiptNumber,
        marked: bool,
    ) -> bool {
        let number = place(receipt);
        let Some(name) = self.names.find(institution.as_str()) else {
            return false;
        };
        match self.side_mut(name, number) {
            Some(side) => side.marked = marked,
            None => return false,
        }
        let any = self.marked_by(number).next().is_some();
        if let Some(index) = self.index(number)
            && let Some(core) = self.core.get_mut(index)
        {
            core.marked = any;
        }
        true
    }

    /// The core's record.
    pub(crate) fn get(&self, receipt: &ReceiptNumber) -> Option<Record> {
        let number = place(receipt);
        let core = self.core(number)?;
        self.shown(number, core.outcome, core.marked)
    }

    /// The core's records of a period, or all, in order.
    pub(crate) fn core_records(&self, period: Option<Period>) -> impl Iterator<Item = Record> {
        let first = period.map_or(self.gone, |period| self.before(period.from));
        (first + 1..=self.count())
            .map_while(move |number| {
                let core = self.core(number)?;
                let over = period.is_some_and(|period| !begins_by(core, period.to));
                (!over).then_some((number, core))
            })
            .filter_map(|(number, core)| self.shown(number, core.outcome, core.marked))
    }

    /// One institution's records of a period, as inquirer or provider, in order.
    pub(crate) fn of(
        &self,
        institution: &InstitutionCode,
        period: Period,
    ) -> impl Iterator<Item = Record> {
        let first = self.before(period.from) + 1;
        self.names
            .find(institution.as_str())
            .and_then(|name| self.sides.get(&name))
            .into_iter()
            .flat_map(move |side| {
                let from = match side.binary_search_by_key(&first, |record| record.number) {
                    Ok(index) | Err(index) => index,
                };
                side.focus().narrow(from..).into_iter()
            })
            .map_while(move |side| {
                let core = self.core(side.number)?;
                begins_by(core, period.to).then_some(side)
            })
            .filter_map(|side| self.shown(side.number, side.outcome, side.marked))
    }

    /// The number of the last record before a day.
    fn before(&self, day: Date) -> u32 {
        let earlier = |core: &Core| match Moment::from_unix(core.at) {
            Some(at) if at.date() >= day => Ordering::Greater,
            Some(_) | None => Ordering::Less,
        };
        let (Ok(count) | Err(count)) = self.core.binary_search_by(earlier);
        self.gone + u32::try_from(count).unwrap_or(u32::MAX - self.gone)
    }

    /// The record as one institution has it.
    pub(crate) fn at_side(
        &self,
        institution: &InstitutionCode,
        receipt: &ReceiptNumber,
    ) -> Option<Record> {
        let name = self.names.find(institution.as_str())?;
        let side = self.side(name, place(receipt))?;
        self.shown(side.number, side.outcome, side.marked)
    }

    /// Drops what is older than seven years.
    pub(crate) fn age(&mut self, now: Moment) {
        let before = self.gone;
        while let Some(first) = self.core.front()
            && is_over(first.at, now)
        {
            let names = [first.inquirer, first.provider];
            self.core.pop_front();
            self.gone += 1;
            for name in names {
                if let Some(side) = self.sides.get_mut(&name)
                    && side
                        .front()
                        .is_some_and(|record| record.number <= self.gone)
                {
                    side.pop_front();
                }
            }
        }
        if self.gone > before {
            let gone = self.gone;
            let kept = self.failed.iter().filter(|(_, number)| *number > gone);
            self.failed = kept.copied().collect();
        }
    }

    /// What does not agree between the sides, in English.
    pub(crate) fn violations(&self) -> Vec<String> {
        let mut wrong = Vec::new();
        for number in self.gone + 1..=self.count() {
            let Some(core) = self.core(number) else {
                continue;
            };
            let receipt = ReceiptNumber::numbered(number.into());
            if self.side(core.inquirer, number).is_none() {
                wrong.push(format!("the inquirer has no record {receipt}"));
            }
            let provided = matches!(
                core.outcome,
                Outcome::Answered | Outcome::Refused | Outcome::NoCopy | Outcome::NoPerson
            );
            if provided && self.side(core.provider, number).is_none() {
                wrong.push(format!("the provider has no record {receipt}"));
            }
            for name in [core.inquirer, core.provider] {
                let side = self.side(name, number);
                if side.is_some_and(|side| side.outcome != core.outcome) {
                    wrong.push(format!("a side and the core differ in record {receipt}"));
                }
            }
            if core.marked != self.marked_by(number).next().is_some() {
                wrong.push(format!("the mark of record {receipt} is not in the core"));
            }
        }
        for (name, side) in &self.sides {
            let known = side.iter().all(|record| {
                self.core(record.number)
                    .is_some_and(|core| core.inquirer == *name || core.provider == *name)
            });
            let ordered = side
                .iter()
                .zip(side.iter().skip(1))
                .all(|(left, right)| left.number < right.number);
            if !known || !ordered {
                let name = self.names.text(*name).unwrap_or_default();
                wrong.push(format!("{name} has a record that the core has not, or two"));
            }
        }
        wrong
    }

    /// Whether both are the same in memory, not only in what they say.
    #[cfg(test)]
    pub(crate) fn shares_all_with(&self, other: &Self) -> bool {
        self.core.ptr_eq(&other.core)
            && self.sides.ptr_eq(&other.sides)
            && self.failed.ptr_eq(&other.failed)
    }

    fn count(&self) -> u32 {
        self.gone + u32::try_from(self.core.len()).unwrap_or(u32::MAX - self.gone)
    }

    fn index(&self, number: u32) -> Option<usize> {
        number
            .checked_sub(self.gone + 1)
            .and_then(|index| usize::try_from(index).ok())
    }

    fn core(&self, number: u32) -> Option<&Core> {
        self.core.get(self.index(number)?)
    }

    fn write_side(&mut self, institution: &InstitutionCode, number: u32) {
        let name = self.names.add(institution.as_str());
        let outcome = self
            .core(number)
            .map_or(Outcome::Pending, |core| core.outcome);
        let side = self.sides.entry(name).or_default();
        if let Err(index) = side.binary_search_by_key(&number, |record| record.number) {
            let record = Side {
                number,
                outcome,
                marked: false,
            };
            side.insert(index, record);
        }
    }

    fn side(&self, name: Name, number: u32) -> Option<&Side> {
        let side = self.sides.get(&name)?;
        let index = side
            .binary_search_by_key(&number, |record| record.number)
            .ok()?;
        side.get(index)
    }

    fn side_mut(&mut self, name: Name, number: u32) -> Option<&mut Side> {
        let side = self.sides.get_mut(&name)?;
        let index = side
            .binary_search_by_key(&number, |record| record.number)
            .ok()?;
        side.get_mut(index)
    }

    /// The sides that marked a record.
    fn marked_by(&self, number: u32) -> impl Iterator<Item = Name> {
        self.core(number)
            .map(|core| [core.inquirer, core.provider])
            .into_iter()
            .flatten()
            .filter(move |name| self.side(*name, number).is_some_and(|side| side.marked))
    }

    fn shown(&self, number: u32, outcome: Outcome, marked: bool) -> Option<Record> {
        let Core {
            at,
            concluded,
            inquirer,
            delegator,
            task,
            provider,
            item,
            person,
            outcome: _,
            marked: _,
        } = self.core(number)?;
        let institution = |name| self.names.text(name).and_then(InstitutionCode::new);
        let key = |name| self.names.text(name).and_then(Key::new);
        Some(Record {
            number: ReceiptNumber::numbered(number.into()),
            at: Moment::from_unix(*at)?,
            concluded: concluded.and_then(Moment::from_unix),
            inquirer: institution(*inquirer)?,
            delegator: delegator.and_then(institution),
            task: key(*task)?,
            provider: institution(*provider)?,
            item: key(*item)?,
            person: *person,
            outcome,
            marked,
        })
    }
}

fn begins_by(core: &Core, day: Date) -> bool {
    Moment::from_unix(core.at).is_some_and(|at| at.date() <= day)
}

fn place(receipt: &ReceiptNumber) -> u32 {
    u32::try_from(receipt.number()).unwrap_or(u32::MAX)
}

/// Whether the day seven years after a time is over.
fn is_over(at: i64, now: Moment) -> bool {
    // A quick look first: seven years have at least 2,555 days.
    if now.unix() - at < 2_555 * 86_400 {
        return false;
    }
    Moment::from_unix(at)
        .and_then(|at| at.date().checked_add(Span::new().years(KEPT_YEARS)).ok())
        .is_some_and(|last| now.date() > last)
}
