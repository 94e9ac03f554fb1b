//! The connection application (接続申請): who takes part, and since when.

use imbl::OrdMap;

use crate::network::{Context, Fault, Network, types::InstitutionCode};

/// What can be asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Command {
    /// Where does the application stand?
    Status,
}

impl Command {
    /// Whether it changes anything.
    pub(crate) fn changes(&self) -> bool {
        match self {
            Self::Status => false,
        }
    }
}

/// What is answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// Where the application stands.
    Status(ConnectionState),
}

/// Where an institution's application for connection stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ConnectionState {
    /// Applied, not yet approved.
    Applied,
    /// Approved: the institution may use the network.
    Approved,
}

impl ConnectionState {
    /// The value in the contract.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Applied => "applied",
            Self::Approved => "approved",
        }
    }
}

/// The institutions and their applications.
#[derive(Clone, Debug)]
pub(crate) struct Connections {
    states: OrdMap<InstitutionCode, ConnectionState>,
}

impl Connections {
    pub(crate) fn genesis() -> Self {
        let states = [
            ("202053-M", ConnectionState::Applied),
            ("202053-E", ConnectionState::Applied),
            ("011002-M", ConnectionState::Approved),
            ("011002-E", ConnectionState::Approved),
            ("202029-M", ConnectionState::Applied),
            ("MIN-0001", ConnectionState::Approved),
            ("INS-0001", ConnectionState::Approved),
        ];
        Self {
            states: states
                .into_iter()
                .filter_map(|(code, state)| Some((InstitutionCode::new(code)?, state)))
                .collect(),
        }
    }

    pub(crate) fn knows(&self, institution: &InstitutionCode) -> bool {
        self.states.contains_key(institution)
    }

    /// All institutions.
    pub(crate) fn institutions(&self) -> impl Iterator<Item = &InstitutionCode> {
        self.states.keys()
    }

    pub(crate) fn is_approved(&self, institution: &InstitutionCode) -> bool {
        self.state(institution) == ConnectionState::Approved
    }

    /// An unknown institution counts as one that waits, where the rule that refuses it is off.
    fn state(&self, institution: &InstitutionCode) -> ConnectionState {
        self.states
            .get(institution)
            .copied()
            .unwrap_or(ConnectionState::Applied)
    }

    /// Approves; false where there is no such institution.
    pub(crate) fn approve(&mut self, institution: &InstitutionCode) -> bool {
        match self.states.get_mut(institution) {
            Some(state) => {
                *state = ConnectionState::Approved;
                true
            }
            None => false,
        }
    }
}

impl Network {
    pub(super) fn connection(
        &mut self,
        context: &Context,
        command: Command,
    ) -> Result<Answer, Fault> {
        match command {
            Command::Status => Ok(Answer::Status(self.connections.state(&context.institution))),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::network::{self, Command as Any, act::Act, testing::*};

    #[test]
    fn an_institution_that_is_not_approved_may_ask_where_it_stands() {
        let mut network = network();
        let status = |network: &mut Network| {
            ask(
                network,
                "202053-M",
                "r-1",
                0,
                Any::Connection(Command::Status),
            )
        };
        let is = |state| Ok(network::Answer::Connection(Answer::Status(state)));
        assert_eq!(status(&mut network), is(ConnectionState::Applied));
        network
            .operate(Act::ApproveApplication {
                institution: "202053-M".into(),
            })
            .unwrap();
        assert_eq!(status(&mut network), is(ConnectionState::Approved));
    }
}
