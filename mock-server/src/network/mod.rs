//! The information-provision network as a pure state machine: no clock, no I/O, no randomness.
//!
//! [`Network::apply`] is total: a refusal is a reply. Deliberately absent: names of messages on the wire, sockets, time.

pub mod master;
pub mod moment;
pub mod rules;

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::network::{
    master::{Master, MasterKind},
    moment::Moment,
    rules::{FaultCode, Retry, RuleId},
};
use crate::text::Text;

/// What the network looks like at its beginning.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Setup {
    /// The time at which the network begins.
    pub epoch: Moment,
}

/// One message, as it arrived: when, from whom by the certificate, and what it says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Input {
    /// The world's time.
    pub at: Moment,
    /// The institution code in the client certificate; never taken from the message.
    pub caller: String,
    /// What the message says of its sender.
    pub sender: Sender,
    /// What is asked.
    pub command: Command,
}

/// The sender as the message names it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sender {
    /// 1–64 characters of `A-Z a-z 0-9 . _ -`.
    pub request_id: String,
    /// The institution code that the message claims.
    pub institution: String,
}

/// What can be asked of the network.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Command {
    /// The masters: kind, version, effective period, count, digest.
    ListMasters,
    /// The application for connection: where does it stand?
    GetConnectionStatus,
}

/// What the network answers when it does not refuse.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// Every version of every master, ordered by kind and version.
    ListMasters(Vec<Master>),
    /// The state of the connection application.
    GetConnectionStatus(ConnectionState),
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

/// A refusal: which rule or form fault, in both languages, and whether a retry can help.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// The fault code of the contract.
    pub code: FaultCode,
    /// The rule that was broken; none where the form was.
    pub rule: Option<RuleId>,
    /// What happened, with the value that it is about.
    pub text: Text,
    /// Whether sending again can help.
    pub retry: Retry,
}

/// The network's reply to one input.
pub type Reply = Result<Answer, Fault>;

/// What the operator of the network does, by the control API.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "act", rename_all = "kebab-case", deny_unknown_fields)]
pub enum Act {
    /// Approves an institution's application for connection.
    ApproveApplication {
        /// The institution code.
        institution: String,
    },
}

/// What is wrong with an act.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ActRefused(pub Text);

/// The whole state of one network.
#[derive(Clone, Debug)]
pub struct Network {
    institutions: BTreeMap<String, ConnectionState>,
    masters: Vec<Master>,
    rules_off: BTreeSet<RuleId>,
}

impl Network {
    /// A network with its institutions and masters as they stand at the epoch.
    pub fn new(setup: Setup) -> Self {
        let institutions = [
            ("202053-M", ConnectionState::Applied),
            ("202053-E", ConnectionState::Applied),
            ("011002-M", ConnectionState::Approved),
            ("011002-E", ConnectionState::Approved),
            ("202029-M", ConnectionState::Applied),
            ("MIN-0001", ConnectionState::Approved),
            ("INS-0001", ConnectionState::Approved),
        ];
        Self {
            institutions: institutions
                .map(|(code, state)| (code.to_owned(), state))
                .into(),
            masters: master::genesis(setup.epoch),
            rules_off: BTreeSet::new(),
        }
    }

    /// Switches exactly these rules off.
    pub fn set_rules_off(&mut self, off: BTreeSet<RuleId>) {
        self.rules_off = off;
    }

    /// Answers one message. Rules are tried in catalogue order; the first refusal wins.
    pub fn apply(&self, input: &Input) -> Reply {
        let Input {
            at,
            caller,
            sender,
            command,
        } = input;
        self.enforce(
            RuleId::CallerKnown,
            !self.institutions.contains_key(caller),
            caller,
        )?;
        self.enforce(
            RuleId::SenderIsCaller,
            sender.institution != *caller,
            &sender.institution,
        )?;
        match command {
            Command::GetConnectionStatus => Ok(Answer::GetConnectionStatus(self.state_of(caller))),
            Command::ListMasters => {
                let unapproved = self.state_of(caller) != ConnectionState::Approved;
                self.enforce(RuleId::ConnectionApproved, unapproved, caller)?;
                Ok(Answer::ListMasters(
                    self.masters
                        .iter()
                        .map(|master| master.seen_at(*at))
                        .collect(),
                ))
            }
        }
    }

    /// Does what the operator does.
    pub fn operate(&mut self, act: Act) -> Result<(), ActRefused> {
        match act {
            Act::ApproveApplication { institution } => {
                match self.institutions.get_mut(&institution) {
                    Some(state) => {
                        *state = ConnectionState::Approved;
                        Ok(())
                    }
                    None => Err(ActRefused(Text::new(
                        format!("機関コード「{institution}」は登録されていません。"),
                        format!("no institution has the code '{institution}'"),
                    ))),
                }
            }
        }
    }

    /// The invariants that do not hold, in English; empty when all do.
    pub fn check(&self) -> Vec<String> {
        MasterKind::ALL
            .iter()
            .filter_map(|kind| master::gap_or_overlap(&self.masters, *kind))
            .collect()
    }

    fn state_of(&self, institution: &str) -> ConnectionState {
        self.institutions
            .get(institution)
            .copied()
            .unwrap_or(ConnectionState::Applied)
    }

    fn enforce(&self, rule: RuleId, broken: bool, value: &str) -> Result<(), Fault> {
        if broken && !self.rules_off.contains(&rule) {
            return Err(rule.fault(value));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ask(network: &Network, caller: &str, institution: &str, command: Command) -> Reply {
        let sender = Sender {
            request_id: "r-1".into(),
            institution: institution.into(),
        };
        network.apply(&Input {
            at: epoch(),
            caller: caller.into(),
            sender,
            command,
        })
    }

    fn epoch() -> Moment {
        "2026-11-02T09:00:00+09:00".parse().unwrap()
    }

    fn refused_by(reply: Reply) -> Option<RuleId> {
        reply.err().and_then(|fault| fault.rule)
    }

    #[test]
    fn each_rule_refuses_and_its_switch_lets_through() {
        let cases = [
            ("999999-M", "999999-M", RuleId::CallerKnown),
            ("011002-M", "202053-M", RuleId::SenderIsCaller),
            ("202053-M", "202053-M", RuleId::ConnectionApproved),
        ];
        for (caller, claimed, rule) in cases {
            let mut network = Network::new(Setup { epoch: epoch() });
            assert_eq!(
                refused_by(ask(&network, caller, claimed, Command::ListMasters)),
                Some(rule)
            );
            network.set_rules_off([rule].into());
            assert_ne!(
                refused_by(ask(&network, caller, claimed, Command::ListMasters)),
                Some(rule)
            );
        }
    }

    #[test]
    fn an_institution_that_is_not_approved_may_ask_where_it_stands() {
        let mut network = Network::new(Setup { epoch: epoch() });
        let ask_status = |network: &Network| {
            ask(
                network,
                "202053-M",
                "202053-M",
                Command::GetConnectionStatus,
            )
        };
        assert_eq!(
            ask_status(&network),
            Ok(Answer::GetConnectionStatus(ConnectionState::Applied))
        );
        network
            .operate(Act::ApproveApplication {
                institution: "202053-M".into(),
            })
            .unwrap();
        assert_eq!(
            ask_status(&network),
            Ok(Answer::GetConnectionStatus(ConnectionState::Approved))
        );
        assert!(ask(&network, "202053-M", "202053-M", Command::ListMasters).is_ok());
    }

    #[test]
    fn an_act_on_an_unknown_institution_changes_nothing_and_names_it() {
        let mut network = Network::new(Setup { epoch: epoch() });
        let refused = network
            .operate(Act::ApproveApplication {
                institution: "000000-M".into(),
            })
            .unwrap_err();
        assert!(refused.0.en.contains("000000-M"));
        assert!(network.check().is_empty());
    }
}
