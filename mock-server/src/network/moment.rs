//! A point in the network's time, in whole seconds; shown in Japan's one zone, +09:00.

use std::{fmt, str::FromStr};

use jiff::{Timestamp, civil::Date, tz::Offset};

/// A point in time, in whole seconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Moment(Timestamp);

impl Moment {
    /// From seconds since 1970-01-01T00:00:00Z; `None` outside the years that a date can have.
    pub fn from_unix(seconds: i64) -> Option<Self> {
        Timestamp::from_second(seconds).ok().map(Self)
    }

    /// From seconds that are known to be a date when this is compiled.
    pub const fn constant(seconds: i64) -> Self {
        Self(Timestamp::constant(seconds, 0))
    }

    /// Later by so many seconds; `None` past the end of the calendar.
    pub fn plus(self, seconds: u64) -> Option<Self> {
        let seconds = i64::try_from(seconds).ok()?;
        Self::from_unix(self.0.as_second().checked_add(seconds)?)
    }

    /// Seconds since 1970-01-01T00:00:00Z.
    pub fn unix(self) -> i64 {
        self.0.as_second()
    }

    /// How many seconds of the day have passed in Japan.
    pub fn seconds_of_day(self) -> u32 {
        let time = japan().to_datetime(self.0).time();
        [time.hour(), time.minute(), time.second()]
            .into_iter()
            .fold(0, |sum, part| sum * 60 + u32::from(part.unsigned_abs()))
    }

    /// The date in Japan.
    pub fn date(self) -> Date {
        japan().to_datetime(self.0).date()
    }
}

impl Moment {
    /// The first second of a day in Japan.
    pub fn midnight(day: Date) -> Option<Self> {
        let start = japan().to_timestamp(day.at(0, 0, 0, 0)).ok()?;
        Some(Self(start))
    }
}

impl fmt::Display for Moment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0.display_with_offset(japan()))
    }
}

impl FromStr for Moment {
    type Err = jiff::Error;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let exact: Timestamp = text.parse()?;
        Timestamp::from_second(exact.as_second()).map(Self)
    }
}

fn japan() -> Offset {
    Offset::constant(9)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_is_shown_in_japan_and_its_date_changes_at_midnight_there() {
        let late: Moment = "2026-11-30T14:59:59Z".parse().unwrap();
        assert_eq!(late.to_string(), "2026-11-30T23:59:59+09:00");
        assert_eq!(late.date().to_string(), "2026-11-30");
        assert_eq!(late.plus(1).unwrap().date().to_string(), "2026-12-01");
    }
}
