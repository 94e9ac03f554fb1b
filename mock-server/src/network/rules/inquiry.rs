//! Rules of inquiries: at the intermediate server, at the core, and where results are fetched.

mod asking;
mod fetching;
mod permitting;

pub use self::{asking::*, fetching::*, permitting::*};
use crate::network::rules::Rule;

const PHASE: &str = "query-provide";

/// In the order in which they are tried.
pub static RULES: &[&Rule] = &[
    &BATCH_WITHIN_LIMIT,
    &BATCH_OF_ONE_PROCEDURE,
    &BATCH_ASKS_ONCE,
    &TASK_KNOWN,
    &PROCEDURE_OF_TASK,
    &ITEM_KNOWN,
    &PROVIDER_KNOWN,
    &PROVIDER_IS_ANOTHER,
    &TIME_FITS_ITEM,
    &YEAR_IN_RANGE,
    &PERIOD_IN_ORDER,
    &PERIOD_WITHIN_FIVE_YEARS,
    &CONSENT_GIVEN,
    &PERSON_LINKED,
    &LINK_CONFIRMED,
    &DELEGATION_KNOWN,
    &DELEGATION_REGISTERED,
    &IMPACT_ASSESSED,
    &ORDINANCE_FILED,
    &QUADRUPLE_PERMITTED,
    &PROVIDER_UP_TO_DATE,
    &PERMIT_VALID,
    &OWN_RECEIPT,
    &RESULT_KEPT,
    &CANCEL_IN_TIME,
];
