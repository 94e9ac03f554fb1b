//! Where inquiries are kept: each in a few bytes, in the order of their numbers.
//!
//! Who asks whom about whom for what stands in the record with the same number, and is not kept twice. What was
//! answered is kept only where it does not follow from the population.

use imbl::{OrdMap, OrdSet, Vector};

use crate::network::{
    inquiry::state::{Asked, Ending, Inquiry, Permit, State, Time},
    moment::Moment,
    record::{
        Outcome, Record,
        names::{Name, Names},
    },
    types::{InstitutionCode, Key, ReceiptNumber},
};

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
    /// The inquiry with the number 1 first; none in the place of a number whose inquiry was refused at once.
    list: Vector<Option<Inquiry>>,
    /// Of those that ended otherwise than plainly.
    endings: OrdMap<u32, Ending>,
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
        };
        let Some(index) = index(place(receipt)) else {
            return;
        };
        while self.list.len() <= index {
            self.list.push_back(None);
        }
        self.list.set(index, Some(inquiry));
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
            .flat_map(|(first, last)| first..=last)
            .filter(|place| match self.at(*place).map(|inquiry| inquiry.asked) {
                Some(Asked::InBatch(of)) => u64::from(of) == number,
                Some(Asked::Online) | None => false,
            })
            .map(|place| ReceiptNumber::numbered(place.into()))
            .collect();
        (institution.and_then(InstitutionCode::new), receipts)
    }

    /// The inquiry with a receipt number.
    pub(crate) fn get(&self, receipt: &ReceiptNumber) -> Option<&Inquiry> {
        self.at(place(receipt))
    }

    fn at(&self, place: u32) -> Option<&Inquiry> {
        self.list.get(index(place)?)?.as_ref()
    }

    fn at_mut(&mut self, place: u32) -> Option<&mut Inquiry> {
        self.list.get_mut(index(place)?)?.as_mut()
    }

    /// How an inquiry ended, beyond its state.
    pub(crate) fn ending(&self, receipt: &ReceiptNumber) -> &Ending {
        self.endings.get(&place(receipt)).unwrap_or(&Ending::Plain)
    }

    /// Its procedure.
    pub(crate) fn procedure(&self, inquiry: &Inquiry) -> Option<Key> {
        self.names.text(inquiry.procedure).and_then(Key::new)
    }

    /// Moves an inquiry on. A move that is not allowed is made all the same, and remembered: it is a violation.
    pub(super) fn advance(&mut self, receipt: &ReceiptNumber, to: State, ending: Ending) {
        let number = place(receipt);
        let Some(inquiry) = self.at_mut(number) else {
            return;
        };
        let from = std::mem::replace(&mut inquiry.state, to);
        if ending != Ending::Plain {
            self.endings.insert(number, ending);
        }
        if !from.leads_to(to) {
            self.forbidden.push_back(Forbidden { number, from, to });
        }
    }

    /// Gives an inquiry its permit.
    pub(super) fn permit(&mut self, receipt: &ReceiptNumber, record: &Record, seconds: u64) {
        let quadruple = self.names.add(&record.quadruple());
        if let Some(inquiry) = self.at_mut(place(receipt)) {
            let seconds = u32::try_from(seconds).unwrap_or(u32::MAX);
            inquiry.permit = Some(Permit { seconds, quadruple });
        }
    }

    /// Whether a permit is for exactly what a record says.
    fn is_for(&self, permit: Permit, record: &Record) -> bool {
        self.names.text(permit.quadruple) == Some(record.quadruple().as_str())
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
        let inquiries = (1_u64..).zip(&self.list);
        for (number, inquiry) in inquiries.filter_map(|(number, it)| Some((number, (*it)?))) {
            let receipt = ReceiptNumber::numbered(number);
            // Records are dropped after seven years; the inquiries with them are over.
            let Some(record) = record(&receipt) else {
                continue;
            };
            if inquiry.state != State::Fetched && inquiry.state.outcome() != Some(record.outcome) {
                wrong.push(format!("inquiry {receipt} and its record differ"));
            }
            if record.outcome == Outcome::Answered {
                wrong.extend(
                    self.unpermitted(&inquiry, &record, permitted(&record))
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

/// Where the inquiry with a number stands.
fn index(place: u32) -> Option<usize> {
    usize::try_from(place.checked_sub(1)?).ok()
}

fn place(receipt: &ReceiptNumber) -> u32 {
    u32::try_from(receipt.number()).unwrap_or(u32::MAX)
}
