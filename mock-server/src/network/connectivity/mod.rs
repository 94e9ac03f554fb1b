//! The connectivity check (業務疎通確認): does each hop answer, and which one does not; service hours and planned stops.
//!
//! The caller's own hops, from the business system to the atena system, are not seen from here and are said to be so.

mod hop;
mod hours;
mod way;

use imbl::{OrdMap, OrdSet, Vector};

use crate::{
    network::{
        Context, Fault, Network,
        lies::Lie,
        moment::Moment,
        rules::{self, connectivity as rule},
        types::InstitutionCode,
    },
    text::Text,
};
pub use hop::{Broken, Checked, Hop, HopState};
pub use hours::{Hours, ServiceState, Status, Stop};
pub use way::{Mode, System, Way};

/// What can be asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Command {
    /// Send this back.
    Echo {
        /// On which way.
        way: Way,
        /// When the sender says it was sent.
        sent_at: Option<Moment>,
        /// What is sent back.
        payload: String,
    },
    /// Which hops answer.
    Route {
        /// On which way.
        way: Way,
        /// The institution at the end.
        peer: InstitutionCode,
    },
    /// Is the network open, and when?
    Status,
}

/// What is answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// What was sent.
    Echo {
        /// The way that it came.
        way: Way,
        /// The same characters.
        payload: String,
        /// When it came.
        received_at: Moment,
    },
    /// Each hop, from the business system to the peer.
    Route {
        /// The way that was checked.
        way: Way,
        /// The hops, in order.
        hops: Vec<Checked>,
    },
    /// Hours and stops.
    Status(Status),
}

/// A hop that is down: for one institution where it is a peer's, on one way of asking or both.
type Outage = (Hop, Option<InstitutionCode>, Mode);

/// Hours, stops and outages.
#[derive(Clone, Debug, Default)]
pub(crate) struct Connectivity {
    /// Of the network, and of institutions whose own hours are other; absent means always.
    hours: OrdMap<Option<InstitutionCode>, Hours>,
    stops: Vector<Stop>,
    outages: OrdSet<Outage>,
}

impl Connectivity {
    fn hours(&self, of: Option<&InstitutionCode>) -> Hours {
        self.hours
            .get(&of.cloned())
            .copied()
            .unwrap_or(Hours::ALWAYS)
    }

    pub(super) fn set_hours(&mut self, of: Option<InstitutionCode>, hours: Hours) {
        self.hours.insert(of, hours);
    }

    pub(super) fn plan_stop(&mut self, stop: Stop) {
        self.stops.push_back(stop);
    }

    /// Lets a hop fail, on both ways of asking where none is named.
    pub(super) fn break_hop(
        &mut self,
        hop: Hop,
        institution: Option<&InstitutionCode>,
        mode: Option<Mode>,
    ) {
        for mode in modes(mode) {
            self.outages.insert((hop, institution.cloned(), mode));
        }
    }

    /// Lets a hop answer again.
    pub(super) fn mend_hop(
        &mut self,
        hop: Hop,
        institution: Option<&InstitutionCode>,
        mode: Option<Mode>,
    ) {
        for mode in modes(mode) {
            self.outages.remove(&(hop, institution.cloned(), mode));
        }
    }

    fn is_down(&self, hop: Hop, institution: Option<&InstitutionCode>, mode: Mode) -> bool {
        self.outages.contains(&(hop, institution.cloned(), mode))
    }

    fn state(&self, at: Moment) -> ServiceState {
        if self.stops.iter().any(|stop| stop.holds(at)) {
            ServiceState::PlannedStop
        } else if self.hours(None).holds(at) {
            ServiceState::Open
        } else {
            ServiceState::OutOfHours
        }
    }
}

fn modes(mode: Option<Mode>) -> Vec<Mode> {
    mode.map_or(Mode::ALL.to_vec(), |mode| vec![mode])
}

impl Network {
    pub(super) fn connectivity(
        &mut self,
        context: &Context,
        command: Command,
    ) -> Result<Answer, Fault> {
        let at = context.at;
        match command {
            Command::Echo {
                way,
                sent_at,
                payload,
            } => {
                let apart = sent_at.map_or(0, |sent| at.unix().abs_diff(sent.unix()));
                let limit = self.limits.clock_skew;
                self.enforce(&rule::CLOCKS_AGREE, apart > limit, || {
                    Text::new(
                        format!("差: {apart}秒、許容範囲: {limit}秒"),
                        format!("apart: {apart} s, allowed: {limit} s"),
                    )
                })?;
                Ok(Answer::Echo {
                    way,
                    payload,
                    received_at: at,
                })
            }
            Command::Route { way, peer } => {
                self.enforce(&rule::PEER_KNOWN, !self.connections.knows(&peer), || {
                    rules::about("相手先", "peer", &peer)
                })?;
                self.enforce(&rule::PEER_IS_ANOTHER, peer == context.institution, || {
                    rules::about("相手先", "peer", &peer)
                })?;
                let hops = self.route(at, &context.institution, way.mode, &peer);
                Ok(Answer::Route { way, hops })
            }
            Command::Status => Ok(Answer::Status(Status {
                state: self.connectivity.state(at),
                now: at,
                hours: self.connectivity.hours(None),
                stops: self
                    .connectivity
                    .stops
                    .iter()
                    .filter(|stop| at < stop.until)
                    .copied()
                    .collect(),
            })),
        }
    }

    /// Whether the network takes requests now: within its hours, in no planned stop, and with every hop up to the core.
    pub(crate) fn open(&self, at: Moment) -> Result<(), Fault> {
        let state = self.connectivity.state(at);
        let now = || rules::about("日時", "time", at);
        self.enforce(&rule::IN_HOURS, state == ServiceState::OutOfHours, now)?;
        self.enforce(
            &rule::NO_PLANNED_STOP,
            state == ServiceState::PlannedStop,
            now,
        )?;
        let down = Hop::COMMON
            .into_iter()
            .find(|hop| self.connectivity.is_down(*hop, None, Mode::Online));
        self.enforce(&rule::ROUTE_UP, down.is_some(), || {
            Text::new(
                format!("区間: {}", down.map_or("", Hop::ja)),
                format!("hop: {}", down.map_or("", Hop::as_str)),
            )
        })
    }

    /// Why an institution at the end of a route does not answer; none where it does.
    pub(crate) fn peer_broken(
        &self,
        at: Moment,
        mode: Mode,
        peer: &InstitutionCode,
    ) -> Option<Broken> {
        if !self.connections.is_approved(peer) {
            Some(Broken::NotConnected)
        } else if self.connectivity.is_down(Hop::Peer, Some(peer), mode) {
            Some(Broken::Down)
        } else if !self.connectivity.hours(Some(peer)).holds(at) {
            Some(Broken::OutOfHours)
        } else if self.masters.up_to_date(at, peer).is_err() {
            Some(Broken::MastersDiffer)
        } else {
            None
        }
    }

    /// Each hop from the caller's business system to the peer.
    fn route(
        &self,
        at: Moment,
        caller: &InstitutionCode,
        mode: Mode,
        peer: &InstitutionCode,
    ) -> Vec<Checked> {
        let mut hops: Vec<Checked> = [Hop::BusinessSystem, Hop::Atena]
            .into_iter()
            .map(|hop| Checked {
                hop,
                institution: None,
                state: HopState::NotObserved,
            })
            .collect();
        let service = match self.connectivity.state(at) {
            ServiceState::Open => None,
            ServiceState::OutOfHours => Some(Broken::OutOfHours),
            ServiceState::PlannedStop => Some(Broken::PlannedStop),
        };
        let mut broken = false;
        for hop in Hop::COMMON.into_iter().chain([Hop::Peer]) {
            let institution = (hop == Hop::Peer).then(|| peer.clone());
            let reason = if hop == Hop::Peer {
                self.peer_broken(at, mode, peer)
            } else if self.connectivity.is_down(hop, None, mode) {
                Some(Broken::Down)
            } else if hop == Hop::InterfaceSystem {
                // The network closes at its gateway.
                service
            } else if hop == Hop::Core && self.masters.up_to_date(at, caller).is_err() {
                // The core compares the caller's masters with those in force.
                Some(Broken::MastersDiffer)
            } else {
                None
            };
            let state = match reason {
                _ if broken => HopState::NotReached,
                Some(reason) => HopState::Unreachable(reason),
                None => HopState::Reached,
            };
            broken |= reason.is_some();
            hops.push(Checked {
                hop,
                institution,
                state,
            });
        }
        if self.lies(Lie::HopReportedUp) {
            for hop in &mut hops {
                if hop.state != HopState::NotObserved {
                    hop.state = HopState::Reached;
                }
            }
        }
        hops
    }
}

#[cfg(test)]
mod tests;
