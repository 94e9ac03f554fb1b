//! How much a network holds, in figures: for whoever watches it through the control API.

use std::collections::BTreeMap;

use crate::network::Network;

impl Network {
    /// How many of each thing there are.
    pub fn summary(&self) -> BTreeMap<&'static str, usize> {
        let [atena, acquisitions, notifications] = self.codes.sizes();
        BTreeMap::from([
            ("atena-numbers", atena),
            ("acquisition-numbers", acquisitions),
            ("notifications", notifications),
            ("exchange-records", self.records.size()),
            ("requests-remembered", self.requests.size()),
            ("events-due", self.schedule.size()),
        ])
    }
}
