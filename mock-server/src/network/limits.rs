//! The limits and delays of a world. All are assumptions \[A\]; scenarios set small ones.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// Limits and delays. Delays are seconds of the world's time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Limits {
    /// How many entries one submission may hold.
    pub batch: usize,
    /// How many entries one page of an answer holds.
    pub page: usize,
    /// How long after the resident-registry leg the notification of a code comes.
    pub notification_delay: u64,
    /// For how long an acquisition number can be used.
    pub acquisition_life: u64,
    /// How long after an online inquiry the core judges it.
    pub permit_delay: u64,
    /// How long after a batch the core judges its inquiries.
    pub batch_delay: u64,
    /// How long after an inquiry reached its provider it is answered from the copies.
    pub answer_delay: u64,
    /// How often it is tried to forward what could not be forwarded.
    pub forward_interval: u64,
    /// For how long a provision permit is valid.
    pub permit_life: u64,
    /// For how long a result is kept for its inquirer.
    pub result_life: u64,
    /// How far the clocks of sender and network may be apart.
    pub clock_skew: u64,
    /// Whether this stands for the production network, which takes no test certificate.
    pub production: bool,
}

impl Limits {
    /// The limits of a new world.
    pub fn genesis() -> Self {
        Self {
            batch: 1_000,
            page: 500,
            notification_delay: 60,
            acquisition_life: 7 * 24 * 60 * 60,
            permit_delay: 5,
            batch_delay: 60,
            answer_delay: 10,
            forward_interval: 60,
            permit_life: 3 * 24 * 60 * 60,
            result_life: 14 * 24 * 60 * 60,
            clock_skew: 300,
            production: false,
        }
    }

    /// These limits with some changed; what is wrong where a name is unknown or a value has another form.
    pub fn changed(&self, changes: Map<String, Value>) -> Result<Self, String> {
        let mut all = match serde_json::to_value(self) {
            Ok(Value::Object(all)) => all,
            Ok(_) | Err(_) => Map::new(),
        };
        all.extend(changes);
        serde_json::from_value(Value::Object(all)).map_err(|error| error.to_string())
    }
}
