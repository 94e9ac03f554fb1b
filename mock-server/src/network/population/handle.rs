//! MynaPortal's handles: a person's place, mixed so that it tells nothing, with 16 bits that check the rest.
//!
//! Mixed and not hashed, so that a handle leads to its person without a table of all.

use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;

use crate::network::types::PortalPerson;

const ROUNDS: [u8; 4] = [0, 1, 2, 3];
const CHECK: u8 = 4;

pub(super) fn of(place: u32) -> PortalPerson {
    let [a, b, c, d] = place.to_be_bytes();
    let mut halves = (u16::from_be_bytes([a, b]), u16::from_be_bytes([c, d]));
    for round in ROUNDS {
        halves = (halves.1, halves.0 ^ mixed(round, halves.1, 0));
    }
    PortalPerson::from_groups([halves.0, halves.1, mixed(CHECK, halves.0, halves.1)])
}

pub(super) fn place(handle: &PortalPerson) -> Option<u32> {
    let [left, right, check] = handle.groups()?;
    if mixed(CHECK, left, right) != check {
        return None;
    }
    let mut halves = (left, right);
    for round in ROUNDS.into_iter().rev() {
        halves = (halves.1 ^ mixed(round, halves.0, 0), halves.0);
    }
    Some(u32::from(halves.0) << 16 | u32::from(halves.1))
}

fn mixed(round: u8, left: u16, right: u16) -> u16 {
    // A key of any length is taken.
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(b"portal person") else {
        return 0;
    };
    mac.update(&[round]);
    mac.update(&left.to_be_bytes());
    mac.update(&right.to_be_bytes());
    mac.finalize()
        .into_bytes()
        .iter()
        .take(2)
        .fold(0, |value, byte| value << 8 | u16::from(*byte))
}
