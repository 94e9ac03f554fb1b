//! The limits and delays of a world. All are assumptions [A]; scenarios set small ones.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// Limits and delays. Delays are seconds of the world's time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Limits {
    /// How many entries one submission may hold.
    pub batch: usize,
    /// How many entries one page of an answer holds.
    pub page: usize,
}

impl Limits {
    /// The limits of a new world.
    pub fn genesis() -> Self {
        Self {
            batch: 1_000,
            page: 500,
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
