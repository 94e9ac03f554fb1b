//! Service hours and planned stops.

use crate::network::moment::Moment;

/// Hours of a day, in seconds from midnight in Japan.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Hours {
    /// The first second.
    pub opens: u32,
    /// The first second that is out of them; 86400 is the end of the day.
    pub closes: u32,
}

impl Hours {
    /// The whole day.
    pub const ALWAYS: Self = Self {
        opens: 0,
        closes: 86_400,
    };

    /// From two times such as `08:00` and `24:00`.
    pub fn new(opens: &str, closes: &str) -> Option<Self> {
        let read = |text: &str| -> Option<u32> {
            let (hour, minute) = text.split_once(':')?;
            let two = |part: &str| {
                // A sign would be taken for a part of the number.
                let right = part.len() == 2 && part.chars().all(|c| c.is_ascii_digit());
                right.then(|| part.parse().ok()).flatten()
            };
            let (hour, minute): (u32, u32) = (two(hour)?, two(minute)?);
            let seconds = hour * 3_600 + minute * 60;
            (minute < 60 && seconds <= 86_400).then_some(seconds)
        };
        let (opens, closes) = (read(opens)?, read(closes)?);
        (opens < closes).then_some(Self { opens, closes })
    }

    pub(super) fn holds(self, at: Moment) -> bool {
        (self.opens..self.closes).contains(&at.seconds_of_day())
    }
}

/// A stop that was announced: from a moment, until another that is no more in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stop {
    /// Its first second.
    pub from: Moment,
    /// The first second after it.
    pub until: Moment,
}

impl Stop {
    pub(super) fn holds(self, at: Moment) -> bool {
        self.from <= at && at < self.until
    }
}

/// What the network says of itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Status {
    /// Whether it is open.
    pub state: ServiceState,
    /// Its time.
    pub now: Moment,
    /// Its hours.
    pub hours: Hours,
    /// The stops that are not over.
    pub stops: Vec<Stop>,
}

/// Whether the network is open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ServiceState {
    /// It is.
    Open,
    /// It is out of its hours.
    OutOfHours,
    /// It is in a planned stop.
    PlannedStop,
}

impl ServiceState {
    /// The value in the contract.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::OutOfHours => "out-of-hours",
            Self::PlannedStop => "planned-stop",
        }
    }
}
