//! What happens by itself at a later time, in order of (time, sequence).

use imbl::{OrdMap, Vector};

use crate::network::{
    inquiry::Step,
    moment::Moment,
    types::{AcquisitionNumber, ReceiptNumber},
};

/// Something that happens by itself. Each domain has its own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Due {
    /// The core tells an institution what became of an acquisition.
    Notify(AcquisitionNumber),
    /// An inquiry goes on.
    Inquiry(Step, ReceiptNumber),
    /// A peer asks: the one with this place among those that do.
    PeerAsks(u32),
    /// A peer decides a request that is held at it.
    PeerDecides(ReceiptNumber),
}

/// The same in eight bytes: results wait for two weeks, and each inquiry has one.
#[derive(Clone, Copy, Debug)]
enum Kept {
    Notify(u32),
    Inquiry(Step, u32),
    PeerAsks(u32),
    PeerDecides(u32),
}

/// What is still to happen, and the latest time that was reached.
#[derive(Clone, Debug)]
pub(crate) struct Schedule {
    now: Moment,
    /// In the order in which it was added, for each time.
    waiting: OrdMap<Moment, Vector<Kept>>,
    size: usize,
}

impl Schedule {
    /// How much is still to happen.
    pub(crate) fn size(&self) -> usize {
        self.size
    }

    pub(crate) fn new(epoch: Moment) -> Self {
        Self {
            now: epoch,
            waiting: OrdMap::new(),
            size: 0,
        }
    }

    /// Lets something happen at a time.
    pub(crate) fn add(&mut self, at: Moment, due: &Due) {
        // Numbers have eight digits.
        let short = |number: u64| u32::try_from(number).unwrap_or(u32::MAX);
        let kept = match due {
            Due::Notify(number) => Kept::Notify(short(number.number())),
            Due::Inquiry(step, receipt) => Kept::Inquiry(*step, short(receipt.number())),
            Due::PeerAsks(place) => Kept::PeerAsks(*place),
            Due::PeerDecides(receipt) => Kept::PeerDecides(short(receipt.number())),
        };
        self.waiting.entry(at).or_default().push_back(kept);
        self.size += 1;
    }

    /// Takes the first of what is due at or before a time, with its own time.
    pub(crate) fn next_due(&mut self, at: Moment) -> Option<(Moment, Due)> {
        let (first, _) = self.waiting.get_min()?;
        let first = *first;
        if first > at {
            return None;
        }
        let together = self.waiting.get_mut(&first)?;
        let kept = together.pop_front();
        if together.is_empty() {
            self.waiting.remove(&first);
        }
        self.size -= 1;
        let due = match kept? {
            Kept::Notify(number) => Due::Notify(AcquisitionNumber::numbered(number.into())),
            Kept::Inquiry(step, number) => {
                Due::Inquiry(step, ReceiptNumber::numbered(number.into()))
            }
            Kept::PeerAsks(place) => Due::PeerAsks(place),
            Kept::PeerDecides(number) => Due::PeerDecides(ReceiptNumber::numbered(number.into())),
        };
        Some((first, due))
    }

    /// The latest time that was reached.
    pub(crate) fn now(&self) -> Moment {
        self.now
    }

    /// The time, which never goes back.
    pub(crate) fn reach(&mut self, at: Moment) -> Moment {
        self.now = self.now.max(at);
        self.now
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::network::testing::epoch;

    #[test]
    fn what_is_due_comes_in_the_order_of_times_and_then_as_it_was_added() {
        let at = |seconds| epoch().plus(seconds).unwrap();
        let judge = |number| Due::Inquiry(Step::Judge, ReceiptNumber::numbered(number));
        let notify = Due::Notify(AcquisitionNumber::numbered(3));
        let mut schedule = Schedule::new(epoch());
        for (seconds, due) in [
            (2, judge(2)),
            (1, judge(9)),
            (1, notify.clone()),
            (1, judge(1)),
            (2, Due::PeerAsks(4)),
            (2, Due::PeerDecides(ReceiptNumber::numbered(5))),
        ] {
            schedule.add(at(seconds), &due);
        }
        for (seconds, due) in [
            (1, judge(9)),
            (1, notify),
            (1, judge(1)),
            (2, judge(2)),
            (2, Due::PeerAsks(4)),
            (2, Due::PeerDecides(ReceiptNumber::numbered(5))),
        ] {
            assert_eq!(schedule.next_due(at(seconds)), Some((at(seconds), due)));
        }
        assert_eq!(schedule.next_due(at(9)), None);
        assert_eq!((schedule.size(), schedule.waiting.len()), (0, 0));
        assert_eq!(size_of::<Kept>(), 8);
    }
}
