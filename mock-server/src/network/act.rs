//! What the operator of the network does, by the control API: nothing of it can be asked on the network's own port.

use serde::{Deserialize, Serialize};

use crate::{
    network::{Network, limits::Limits, types::InstitutionCode},
    text::Text,
};

/// One act of the operator.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "act", rename_all = "kebab-case", deny_unknown_fields)]
pub enum Act {
    /// Approves an institution's application for connection.
    ApproveApplication {
        /// The institution code.
        institution: String,
    },
    /// Changes limits; what is not named stays.
    SetLimits {
        /// The limits to change, by name.
        limits: serde_json::Map<String, serde_json::Value>,
    },
}

/// What is wrong with an act.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ActRefused(pub Text);

impl Act {
    /// The names of all acts, as control and scenarios write them.
    pub const NAMES: &'static [&'static str] = &["approve-application", "set-limits"];
}

impl Network {
    /// Does what the operator does. A refused act changes nothing.
    pub fn operate(&mut self, act: Act) -> Result<(), ActRefused> {
        match act {
            Act::ApproveApplication { institution } => {
                let approved = InstitutionCode::new(&institution)
                    .is_some_and(|institution| self.connections.approve(&institution));
                if approved {
                    return Ok(());
                }
                Err(ActRefused(Text::new(
                    format!("機関コード「{institution}」は登録されていません。"),
                    format!("no institution has the code '{institution}'"),
                )))
            }
            Act::SetLimits { limits } => {
                self.limits = Limits::changed(&self.limits, limits).map_err(|error| {
                    ActRefused(Text::new(
                        format!("制限値の指定が誤っています（{error}）。"),
                        format!("the limits cannot be set: {error}"),
                    ))
                })?;
                Ok(())
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::network::testing::network;

    #[test]
    fn an_act_that_cannot_be_done_changes_nothing_and_names_what_is_wrong() {
        let mut network = network();
        let unknown = Act::ApproveApplication {
            institution: "000000-M".into(),
        };
        assert!(
            network
                .operate(unknown)
                .unwrap_err()
                .0
                .en
                .contains("000000-M")
        );
        let limits = [("no-such-limit".to_owned(), 1.into())]
            .into_iter()
            .collect();
        assert!(
            network
                .operate(Act::SetLimits { limits })
                .unwrap_err()
                .0
                .en
                .contains("no-such-limit")
        );
    }
}
