//! What the operator of the network does, by the control API: nothing of it can be asked on the network's own port.

use serde::{Deserialize, Serialize};

use crate::{
    network::{
        Network,
        code::Disturb,
        connectivity::{Hop, Hours, Mode, Stop},
        limits::Limits,
        types::{InstitutionCode, ResidentCode},
    },
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
    /// Disturbs the notifications of the next acquisitions that the resident-registry leg sends.
    DisturbNotifications {
        /// In which way.
        how: Disturb,
        /// How many.
        times: u32,
    },
    /// A person's resident code is changed: the one that is named is nobody's from now on.
    ChangeResidentCode {
        /// The resident code until now.
        resident_code: String,
    },
    /// A hop does not answer any more.
    BreakHop {
        /// Which.
        hop: Hop,
        /// The institution, at the peer's hop.
        institution: Option<String>,
        /// On which way of asking; both where none is named.
        mode: Option<Mode>,
    },
    /// A hop answers again.
    MendHop {
        /// Which.
        hop: Hop,
        /// The institution, at the peer's hop.
        institution: Option<String>,
        /// On which way of asking; both where none is named.
        mode: Option<Mode>,
    },
    /// Sets the service hours of the network, or of one institution, in Japan's time.
    SetHours {
        /// The institution; the network where none is named.
        institution: Option<String>,
        /// `HH:MM`.
        opens: String,
        /// `HH:MM`, at most `24:00`.
        closes: String,
    },
    /// Announces a stop of the network.
    PlanStop {
        /// Its beginning, RFC 3339.
        from: String,
        /// Its end.
        until: String,
    },
}

/// What is wrong with an act.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ActRefused(pub Text);

impl Act {
    /// The names of all acts, as control and scenarios write them.
    pub const NAMES: &'static [&'static str] = &[
        "approve-application",
        "set-limits",
        "disturb-notifications",
        "change-resident-code",
        "break-hop",
        "mend-hop",
        "set-hours",
        "plan-stop",
    ];
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
            Act::DisturbNotifications { how, times } => {
                self.codes.disturb(how, times);
                Ok(())
            }
            Act::ChangeResidentCode { resident_code } => {
                let person = ResidentCode::new(&resident_code)
                    .and_then(|code| self.resident(&code))
                    .ok_or_else(|| {
                        ActRefused(Text::new(
                            "住民票コードが存在しません。",
                            "there is no such resident code",
                        ))
                    })?;
                self.codes.change_resident_code(person);
                Ok(())
            }
            Act::BreakHop {
                hop,
                institution,
                mode,
            } => {
                let institution = self.hop_of(hop, institution)?;
                self.connectivity.break_hop(hop, institution.as_ref(), mode);
                Ok(())
            }
            Act::MendHop {
                hop,
                institution,
                mode,
            } => {
                let institution = self.hop_of(hop, institution)?;
                self.connectivity.mend_hop(hop, institution.as_ref(), mode);
                Ok(())
            }
            Act::SetHours {
                institution,
                opens,
                closes,
            } => {
                let institution = institution
                    .map(|code| self.institution(&code))
                    .transpose()?;
                let hours = Hours::new(&opens, &closes).ok_or_else(|| {
                    ActRefused(Text::new(
                        format!("稼働時間「{opens}」～「{closes}」の形式が誤っています。"),
                        format!("'{opens}' to '{closes}' are no hours of a day"),
                    ))
                })?;
                self.connectivity.set_hours(institution, hours);
                Ok(())
            }
            Act::PlanStop { from, until } => {
                let stop = from
                    .parse()
                    .ok()
                    .zip(until.parse().ok())
                    .filter(|(from, until)| from < until)
                    .map(|(from, until)| Stop { from, until })
                    .ok_or_else(|| {
                        ActRefused(Text::new(
                            format!("計画停止「{from}」～「{until}」の形式が誤っています。"),
                            format!("'{from}' to '{until}' is no period"),
                        ))
                    })?;
                self.connectivity.plan_stop(stop);
                Ok(())
            }
        }
    }

    /// The institution of this code.
    fn institution(&self, code: &str) -> Result<InstitutionCode, ActRefused> {
        InstitutionCode::new(code)
            .filter(|institution| self.connections.knows(institution))
            .ok_or_else(|| {
                ActRefused(Text::new(
                    format!("機関コード「{code}」は登録されていません。"),
                    format!("no institution has the code '{code}'"),
                ))
            })
    }

    /// The institution whose hop it is: a peer's, and no other's.
    fn hop_of(
        &self,
        hop: Hop,
        institution: Option<String>,
    ) -> Result<Option<InstitutionCode>, ActRefused> {
        match (hop, institution) {
            (Hop::Peer, Some(code)) => self.institution(&code).map(Some),
            (Hop::IntermediateServer | Hop::InterfaceSystem | Hop::Core, None) => Ok(None),
            (Hop::Peer, None) => Err(ActRefused(Text::new(
                "相手先の区間には機関コードを指定してください。",
                "the peer's hop needs an institution code",
            ))),
            (Hop::IntermediateServer | Hop::InterfaceSystem | Hop::Core, Some(_)) => {
                Err(ActRefused(Text::new(
                    "この区間に機関コードは指定できません。",
                    "this hop belongs to no institution",
                )))
            }
            (Hop::BusinessSystem | Hop::Atena, _) => Err(ActRefused(Text::new(
                "機関内の区間は模擬環境の対象外です。",
                "hops in the caller's own house are not the mock's",
            ))),
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
