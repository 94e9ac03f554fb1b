//! The states of an inquiry, and where inquiries are kept.
//!
//! Who asks whom about whom for what stands in the record with the same number, and is not kept twice.

use std::sync::Arc;

use imbl::{OrdMap, OrdSet, Vector};
use jiff::civil::Date;

use crate::network::{
    moment::Moment,
    provision::Given,
    record::{
        Outcome, Record,
        names::{Name, Names},
    },
    rules::Rule,
    types::{InstitutionCode, Key, ReceiptNumber},
};

/// Where an inquiry stands. \[A\]
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum State {
    /// The intermediate server took it.
    Accepted,
    /// The core does not permit it: it is not forwarded.
    Denied,
    /// The core issued a permit.
    Permitted,
    /// It was forwarded to the provider.
    AtProvider,
    /// The provider holds it for a person's decision.
    Held,
    /// The provider answered.
    Answered,
    /// The provider refused.
    Refused,
    /// The provider has no such copy.
    NoCopy,
    /// The provider does not know the person.
    NoPerson,
    /// The inquirer took it back.
    Cancelled,
    /// The inquirer fetched what became of it.
    Fetched,
    /// It was not answered while the permit was valid, or not fetched in time.
    Expired,
}

impl State {
    /// All of them.
    pub const ALL: [Self; 12] = [
        Self::Accepted,
        Self::Denied,
        Self::Permitted,
        Self::AtProvider,
        Self::Held,
        Self::Answered,
        Self::Refused,
        Self::NoCopy,
        Self::NoPerson,
        Self::Cancelled,
        Self::Fetched,
        Self::Expired,
    ];

    /// The value in the contract.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Accepted => "accepted",
            Self::Denied => "denied",
            Self::Permitted => "permitted",
            Self::AtProvider => "at-provider",
            Self::Held => "held",
            Self::Answered => "answered",
            Self::Refused => "refused",
            Self::NoCopy => "no-copy",
            Self::NoPerson => "no-person",
            Self::Cancelled => "cancelled",
            Self::Fetched => "fetched",
            Self::Expired => "expired",
        }
    }

    /// Whether an inquiry may go from this state to another.
    pub fn leads_to(self, next: Self) -> bool {
        match self {
            Self::Accepted => matches!(next, Self::Denied | Self::Permitted | Self::Cancelled),
            // A permit that nobody used runs out; until then the inquiry can be taken back.
            Self::Permitted => {
                matches!(next, Self::AtProvider | Self::Cancelled | Self::Expired)
            }
            Self::AtProvider => matches!(
                next,
                Self::Answered
                    | Self::Held
                    | Self::NoCopy
                    | Self::NoPerson
                    | Self::Cancelled
                    | Self::Expired
            ),
            Self::Held => matches!(
                next,
                Self::Answered | Self::Refused | Self::Cancelled | Self::Expired
            ),
            Self::Answered | Self::Denied | Self::Refused | Self::NoCopy | Self::NoPerson => {
                matches!(next, Self::Fetched | Self::Expired)
            }
            Self::Cancelled | Self::Fetched | Self::Expired => false,
        }
    }

    /// Whether something is still to happen before there is something to fetch.
    pub fn is_under_way(self) -> bool {
        matches!(
            self,
            Self::Accepted | Self::Permitted | Self::AtProvider | Self::Held
        )
    }

    /// What the records say of an inquiry in this state; nothing new where it was fetched.
    pub(super) fn outcome(self) -> Option<Outcome> {
        match self {
            Self::Accepted | Self::Permitted | Self::AtProvider | Self::Held => {
                Some(Outcome::Pending)
            }
            Self::Denied => Some(Outcome::Denied),
            Self::Answered => Some(Outcome::Answered),
            Self::Refused => Some(Outcome::Refused),
            Self::NoCopy => Some(Outcome::NoCopy),
            Self::NoPerson => Some(Outcome::NoPerson),
            Self::Cancelled => Some(Outcome::Cancelled),
            Self::Expired => Some(Outcome::Expired),
            Self::Fetched => None,
        }
    }

    /// The state that the records' outcome stands for; of one that was fetched, the state before.
    pub(super) fn of_outcome(outcome: Outcome) -> Option<Self> {
        match outcome {
            Outcome::Pending => None,
            Outcome::Denied | Outcome::Failed => Some(Self::Denied),
            Outcome::Answered => Some(Self::Answered),
            Outcome::Refused => Some(Self::Refused),
            Outcome::NoCopy => Some(Self::NoCopy),
            Outcome::NoPerson => Some(Self::NoPerson),
            Outcome::Cancelled => Some(Self::Cancelled),
            Outcome::Expired => Some(Self::Expired),
        }
    }
}

/// How it was asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Asked {
    /// One inquiry at once.
    Online,
    /// As one of the batch with this number.
    InBatch(u32),
}

/// Of which time it is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Time {
    /// What holds now.
    Now,
    /// Of a fiscal year.
    Year(i16),
    /// Of the days from the first to the second, both included.
    Period(Date, Date),
}

/// A provision permit (情報提供許可証): for one inquiry, until a moment. [A on its end]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Permit {
    /// For how many seconds after the inquiry it is valid.
    pub(crate) seconds: u32,
    /// For which inquirer, task, provider and item.
    pub(crate) quadruple: [Name; 4],
}

/// How it ended, beyond its state.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Ending {
    /// There is nothing to add; what a peer answered is derived.
    Plain,
    /// Why the core did not permit it.
    Denied(&'static Rule),
    /// Why the provider refused.
    Refused(Arc<str>),
    /// What was answered from what is stored, or by a person.
    Given(Arc<[Given]>),
}

/// What is kept of one inquiry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Inquiry {
    pub(crate) state: State,
    pub(crate) asked: Asked,
    pub(crate) time: Time,
    pub(crate) procedure: Name,
    pub(crate) permit: Option<Permit>,
    pub(crate) ending: Ending,
}

/// What is kept of a batch: whose it is, and the first and the last inquiry that was taken of it.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Batch {
    institution: Name,
    taken: Option<(u32, u32)>,
}

/// A move that no inquiry may make.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Forbidden {
    number: u32,
    from: State,
    to: State,
}

/// The inquiries of all institutions.
#[derive(Clone, Debug, Default)]
pub(crate) struct Inquiries {
    names: Names,
    list: OrdMap<u32, Inquiry>,
    /// Those that wait until their provider can be reached, in the order in which they were asked.
    waiting: OrdMap<InstitutionCode, OrdSet<u32>>,
    /// Those that a provider holds.
    held: OrdMap<InstitutionCode, OrdSet<u32>>,
    batches: Vector<Batch>,
    forbidden: Vector<Forbidden>,
}

impl Inquiries {
    /// An inquiry begins.
    pub(super) fn begin(
        &mut self,
        receipt: &ReceiptNumber,
        asked: Asked,
        time: Time,
        procedure: &Key,
    ) {
        let inquiry = Inquiry {
            state: State::Accepted,
            asked,
            time,
            procedure: self.names.add(procedure.as_str()),
            permit: None,
            ending: Ending::Plain,
        };
        self.list.insert(place(receipt), inquiry);
    }

    /// The next batch's number.
    pub(super) fn next_batch(&self) -> u32 {
        u32::try_from(self.batches.len() + 1).unwrap_or(u32::MAX)
    }

    /// Keeps the next batch.
    pub(super) fn keep_batch(
        &mut self,
        institution: &InstitutionCode,
        first: Option<&ReceiptNumber>,
        last: Option<&ReceiptNumber>,
    ) {
        let batch = Batch {
            institution: self.names.add(institution.as_str()),
            taken: first
                .zip(last)
                .map(|(first, last)| (place(first), place(last))),
        };
        self.batches.push_back(batch);
    }

    /// Whose batch this is, and the inquiries that were taken of it.
    pub(super) fn batch(&self, number: u64) -> (Option<InstitutionCode>, Vec<ReceiptNumber>) {
        let index = usize::try_from(number)
            .ok()
            .and_then(|number| number.checked_sub(1));
        let Some(batch) = index.and_then(|index| self.batches.get(index)) else {
            return (None, Vec::new());
        };
        let institution = self.names.text(batch.institution);
        let receipts = batch
            .taken
            .into_iter()
            .flat_map(|(first, last)| self.list.range(first..=last))
            .filter(|(_, inquiry)| match inquiry.asked {
                Asked::InBatch(of) => u64::from(of) == number,
                Asked::Online => false,
            })
            .map(|(place, _)| ReceiptNumber::numbered((*place).into()))
            .collect();
        (institution.and_then(InstitutionCode::new), receipts)
    }

    /// The inquiry with a receipt number.
    pub(crate) fn get(&self, receipt: &ReceiptNumber) -> Option<&Inquiry> {
        self.list.get(&place(receipt))
    }

    /// Its procedure.
    pub(crate) fn procedure(&self, inquiry: &Inquiry) -> Option<Key> {
        self.names.text(inquiry.procedure).and_then(Key::new)
    }

    /// Moves an inquiry on. A move that is not allowed is made all the same, and remembered: it is a violation.
    pub(super) fn advance(&mut self, receipt: &ReceiptNumber, to: State, ending: Ending) {
        let number = place(receipt);
        let Some(inquiry) = self.list.get_mut(&number) else {
            return;
        };
        let from = inquiry.state;
        inquiry.state = to;
        if ending != Ending::Plain {
            inquiry.ending = ending;
        }
        if !from.leads_to(to) {
            self.forbidden.push_back(Forbidden { number, from, to });
        }
    }

    /// Gives an inquiry its permit.
    pub(super) fn permit(&mut self, receipt: &ReceiptNumber, record: &Record, seconds: u64) {
        let quadruple = self.quadruple(record);
        if let Some(inquiry) = self.list.get_mut(&place(receipt)) {
            let seconds = u32::try_from(seconds).unwrap_or(u32::MAX);
            inquiry.permit = Some(Permit { seconds, quadruple });
        }
    }

    fn quadruple(&mut self, record: &Record) -> [Name; 4] {
        [
            record.inquirer.as_str(),
            record.task.as_str(),
            record.provider.as_str(),
            record.item.as_str(),
        ]
        .map(|name| self.names.add(name))
    }

    /// Whether a permit is for exactly what a record says.
    fn is_for(&self, permit: Permit, record: &Record) -> bool {
        let texts = permit.quadruple.map(|name| self.names.text(name));
        texts
            == [
                Some(record.inquirer.as_str()),
                Some(record.task.as_str()),
                Some(record.provider.as_str()),
                Some(record.item.as_str()),
            ]
    }

    /// Lets an inquiry wait for its provider.
    pub(super) fn wait(&mut self, provider: &InstitutionCode, receipt: &ReceiptNumber) {
        let waiting = self.waiting.entry(provider.clone()).or_default();
        waiting.insert(place(receipt));
    }

    /// An inquiry does not wait any more.
    pub(super) fn stop_waiting(&mut self, provider: &InstitutionCode, receipt: &ReceiptNumber) {
        if let Some(waiting) = self.waiting.get_mut(provider) {
            waiting.remove(&place(receipt));
        }
    }

    /// Whether an inquiry that was asked earlier waits for the same provider.
    pub(super) fn earlier_waits(
        &self,
        provider: &InstitutionCode,
        receipt: &ReceiptNumber,
    ) -> bool {
        self.waiting
            .get(provider)
            .and_then(OrdSet::get_min)
            .is_some_and(|first| *first < place(receipt))
    }

    /// The provider holds an inquiry.
    pub(super) fn hold(&mut self, provider: &InstitutionCode, receipt: &ReceiptNumber) {
        let held = self.held.entry(provider.clone()).or_default();
        held.insert(place(receipt));
    }

    /// The provider holds it no more.
    pub(super) fn release(&mut self, provider: &InstitutionCode, receipt: &ReceiptNumber) {
        if let Some(held) = self.held.get_mut(provider) {
            held.remove(&place(receipt));
        }
    }

    /// What a provider holds, in the order in which it was asked.
    pub(crate) fn held_by(
        &self,
        provider: &InstitutionCode,
    ) -> impl Iterator<Item = ReceiptNumber> {
        self.held
            .get(provider)
            .into_iter()
            .flat_map(OrdSet::iter)
            .map(|number| ReceiptNumber::numbered((*number).into()))
    }

    /// What does not hold, given the records: states go by allowed moves alone, and nothing is provided but by a permit
    /// that was valid then, for exactly that quadruple, which the permission list allowed.
    pub(crate) fn violations(
        &self,
        record: impl Fn(&ReceiptNumber) -> Option<Record>,
        permitted: impl Fn(&Record) -> bool,
    ) -> Vec<String> {
        let mut wrong: Vec<String> = self
            .forbidden
            .iter()
            .map(|Forbidden { number, from, to }| {
                let (from, to) = (from.as_str(), to.as_str());
                format!("inquiry {number} went from {from} to {to}")
            })
            .collect();
        for (number, inquiry) in &self.list {
            let receipt = ReceiptNumber::numbered((*number).into());
            // Records are dropped after seven years; the inquiries with them are over.
            let Some(record) = record(&receipt) else {
                continue;
            };
            if inquiry.state != State::Fetched && inquiry.state.outcome() != Some(record.outcome) {
                wrong.push(format!("inquiry {receipt} and its record differ"));
            }
            if record.outcome == Outcome::Answered {
                wrong.extend(
                    self.unpermitted(inquiry, &record, permitted(&record))
                        .map(|why| format!("inquiry {receipt} was answered {why}")),
                );
            }
        }
        wrong
    }

    fn unpermitted(
        &self,
        inquiry: &Inquiry,
        record: &Record,
        allowed: bool,
    ) -> Option<&'static str> {
        let Some(permit) = inquiry.permit else {
            return Some("without a permit");
        };
        let answered = record.concluded.map_or(i64::MAX, Moment::unix);
        if !self.is_for(permit, record) {
            Some("by the permit of another")
        } else if answered - record.at.unix() > i64::from(permit.seconds) {
            Some("after its permit had run out")
        } else if !allowed {
            Some("although the permission list does not allow it")
        } else {
            None
        }
    }
}

fn place(receipt: &ReceiptNumber) -> u32 {
    u32::try_from(receipt.number()).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_states_lead_where_the_field_says() {
        let allowed = [
            ("accepted", "denied permitted cancelled"),
            ("denied", "fetched expired"),
            ("permitted", "at-provider cancelled expired"),
            (
                "at-provider",
                "held answered no-copy no-person cancelled expired",
            ),
            ("held", "answered refused cancelled expired"),
            ("answered", "fetched expired"),
            ("refused", "fetched expired"),
            ("no-copy", "fetched expired"),
            ("no-person", "fetched expired"),
            ("cancelled", ""),
            ("fetched", ""),
            ("expired", ""),
        ];
        assert_eq!(allowed.len(), State::ALL.len());
        for (from, (name, expected)) in State::ALL.into_iter().zip(allowed) {
            assert_eq!(from.as_str(), name);
            let found: Vec<&str> = State::ALL
                .into_iter()
                .filter(|to| from.leads_to(*to))
                .map(State::as_str)
                .collect();
            assert_eq!(found.join(" "), expected, "{name}");
        }
    }

    #[test]
    fn an_inquiry_is_small() {
        assert!(size_of::<Inquiry>() <= 96, "{}", size_of::<Inquiry>());
    }
}
