//! Time as this field counts it: +09:00, without a zone database.

use jiff::{Timestamp, civil::DateTime, tz::Offset};

/// The date and the time of day in Japan.
pub(crate) fn local(at: Timestamp) -> DateTime {
    Offset::constant(9).to_datetime(at)
}

/// Date and time to the second, with the offset.
pub(crate) fn seconds(at: Timestamp) -> String {
    local(at).strftime("%Y-%m-%dT%H:%M:%S+09:00").to_string()
}

/// Date and time to the millisecond, with the offset, as journals have it.
pub(crate) fn milliseconds(at: Timestamp) -> String {
    local(at)
        .strftime("%Y-%m-%dT%H:%M:%S%.3f+09:00")
        .to_string()
}
