//! What happens by itself at a later time, in order of (time, sequence).

use imbl::OrdMap;

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
}

/// What is still to happen, and the latest time that was reached.
#[derive(Clone, Debug)]
pub(crate) struct Schedule {
    now: Moment,
    sequence: u64,
    waiting: OrdMap<(Moment, u64), Due>,
}

impl Schedule {
    /// How much is still to happen.
    pub(crate) fn size(&self) -> usize {
        self.waiting.len()
    }

    pub(crate) fn new(epoch: Moment) -> Self {
        Self {
            now: epoch,
            sequence: 0,
            waiting: OrdMap::new(),
        }
    }

    /// Lets something happen at a time.
    pub(crate) fn add(&mut self, at: Moment, due: Due) {
        self.sequence += 1;
        self.waiting.insert((at, self.sequence), due);
    }

    /// Takes the first of what is due at or before a time, with its own time.
    pub(crate) fn next_due(&mut self, at: Moment) -> Option<(Moment, Due)> {
        let (key, _) = self.waiting.get_min()?;
        let key = *key;
        if key.0 > at {
            return None;
        }
        self.waiting.remove(&key).map(|due| (key.0, due))
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
