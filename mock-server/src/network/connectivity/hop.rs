//! The hops between a business system and a peer, and what is found of them.

use serde::{Deserialize, Serialize};

use crate::network::types::InstitutionCode;

/// One hop of a route.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checked {
    /// Which.
    pub hop: Hop,
    /// The institution, at the peer's hop.
    pub institution: Option<InstitutionCode>,
    /// What was found.
    pub state: HopState,
}

/// What was found of a hop.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HopState {
    /// It lies in the caller's own house.
    NotObserved,
    /// It answered.
    Reached,
    /// It did not.
    Unreachable(Broken),
    /// One before it did not, so that nothing is known of it.
    NotReached,
}

/// Why a hop does not answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Broken {
    /// The line or the system is down.
    Down,
    /// It is out of its hours.
    OutOfHours,
    /// It is in a planned stop.
    PlannedStop,
    /// The institution's connection is not approved.
    NotConnected,
    /// The institution has not applied the masters that are in force.
    MastersDiffer,
}

impl Broken {
    /// The value in the contract.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Down => "down",
            Self::OutOfHours => "out-of-hours",
            Self::PlannedStop => "planned-stop",
            Self::NotConnected => "not-connected",
            Self::MastersDiffer => "masters-differ",
        }
    }
}

/// A hop between a business system and a peer. [S on the order]
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, schemars::JsonSchema,
)]
#[serde(rename_all = "kebab-case")]
pub enum Hop {
    /// The caller's business system.
    BusinessSystem,
    /// The caller's atena system.
    Atena,
    /// The caller's intermediate server.
    IntermediateServer,
    /// The interface system.
    InterfaceSystem,
    /// The core system.
    Core,
    /// The intermediate server of the peer.
    Peer,
}

impl Hop {
    /// The hops that are seen from here and belong to no peer.
    pub(super) const COMMON: [Self; 3] =
        [Self::IntermediateServer, Self::InterfaceSystem, Self::Core];

    /// The value in the contract.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::BusinessSystem => "business-system",
            Self::Atena => "atena",
            Self::IntermediateServer => "intermediate-server",
            Self::InterfaceSystem => "interface-system",
            Self::Core => "core",
            Self::Peer => "peer",
        }
    }

    /// What it is called in Japanese.
    pub(super) fn ja(self) -> &'static str {
        match self {
            Self::BusinessSystem => "業務システム",
            Self::Atena => "宛名システム",
            Self::IntermediateServer => "中間サーバー",
            Self::InterfaceSystem => "インターフェイスシステム",
            Self::Core => "コアシステム",
            Self::Peer => "相手先",
        }
    }
}
