//! What the operator of the network does, by the control API: nothing of it can be asked on the network's own port.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{
    network::{
        Network,
        code::Disturb,
        connection::{ConnectionState, Lapse},
        connectivity::{Hop, Hours, Mode, Stop},
        limits::Limits,
        peers::{Manner, PeerAsks},
        types::{InstitutionCode, ResidentCode},
        written,
    },
    text::Text,
};

/// One act of the operator.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "act", rename_all = "kebab-case", deny_unknown_fields)]
pub enum Act {
    /// Approves an institution's application for connection.
    ApproveApplication {
        /// The institution code.
        #[schemars(schema_with = "written::institution")]
        institution: String,
    },
    /// Rejects it.
    RejectApplication {
        /// The institution code.
        #[schemars(schema_with = "written::institution")]
        institution: String,
    },
    /// Stops an approved institution for the time being.
    SuspendConnection {
        /// The institution code.
        #[schemars(schema_with = "written::institution")]
        institution: String,
    },
    /// Lets a suspended institution go on.
    ResumeConnection {
        /// The institution code.
        #[schemars(schema_with = "written::institution")]
        institution: String,
    },
    /// Ends an institution, as a merger does.
    AbolishInstitution {
        /// The institution code.
        #[schemars(schema_with = "written::institution")]
        institution: String,
        /// Who takes over.
        #[schemars(default, schema_with = "written::institution")]
        successor: Option<String>,
    },
    /// The impact assessment of a task no longer holds at an institution.
    LapseAssessment {
        /// The institution code.
        #[schemars(schema_with = "written::institution")]
        institution: String,
        /// The task.
        task: String,
    },
    /// The filing of an ordinance task no longer holds at an institution.
    LapseOrdinanceFiling {
        /// The institution code.
        #[schemars(schema_with = "written::institution")]
        institution: String,
        /// The task.
        task: String,
    },
    /// Publishes a version of a master.
    PublishMaster {
        /// Of which kind; of all where none is named.
        #[schemars(default, schema_with = "written::master")]
        kind: Option<String>,
        /// `YYYY.MM`, later than all before. Its content follows from it.
        #[schemars(schema_with = "written::version")]
        version: String,
        /// The first day on which it is in force.
        #[schemars(schema_with = "written::day")]
        #[serde(rename = "effective-from")]
        effective_from: String,
    },
    /// Takes a version of a master back, before its first day or after.
    WithdrawMaster {
        /// Of which kind; of all where none is named.
        #[schemars(default, schema_with = "written::master")]
        kind: Option<String>,
        /// The version.
        #[schemars(schema_with = "written::version")]
        version: String,
    },
    /// Holds a peer back: it applies no version that comes into force from now on.
    HoldPeer {
        /// The institution code.
        #[schemars(schema_with = "written::institution")]
        institution: String,
    },
    /// Lets a peer that was held back apply what is in force.
    ReleasePeer {
        /// The institution code.
        #[schemars(schema_with = "written::institution")]
        institution: String,
    },
    /// Changes limits; what is not named stays.
    SetLimits {
        /// The limits to change, by name.
        #[schemars(schema_with = "written::limits")]
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
        #[schemars(default, schema_with = "written::institution")]
        institution: Option<String>,
        /// On which way of asking; both where none is named.
        mode: Option<Mode>,
    },
    /// A hop answers again.
    MendHop {
        /// Which.
        hop: Hop,
        /// The institution, at the peer's hop.
        #[schemars(default, schema_with = "written::institution")]
        institution: Option<String>,
        /// On which way of asking; both where none is named.
        mode: Option<Mode>,
    },
    /// Sets the service hours of the network, or of one institution, in Japan's time.
    SetHours {
        /// The institution; the network where none is named.
        #[schemars(default, schema_with = "written::institution")]
        institution: Option<String>,
        /// `HH:MM`.
        #[schemars(schema_with = "written::hour")]
        opens: String,
        /// `HH:MM`, at most `24:00`.
        #[schemars(schema_with = "written::hour")]
        closes: String,
    },
    /// Announces a stop of the network.
    PlanStop {
        /// Its beginning, RFC 3339.
        #[schemars(schema_with = "written::moment")]
        from: String,
        /// Its end.
        #[schemars(schema_with = "written::moment")]
        until: String,
    },
    /// An institution asks by itself.
    PeerAsks(PeerAsks),
    /// An institution answers, after a time, what is held at it.
    PeerAnswers {
        /// The institution code.
        #[schemars(schema_with = "written::institution")]
        institution: String,
        /// After how many seconds; at once where nothing is said.
        after: Option<u64>,
    },
    /// An institution refuses, after a time, what is held at it.
    PeerRefuses {
        /// The institution code.
        #[schemars(schema_with = "written::institution")]
        institution: String,
        /// After how many seconds; at once where nothing is said.
        after: Option<u64>,
        /// Why.
        reason: String,
    },
}

/// What is wrong with an act.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ActRefused(pub Text);

/// A refusal of an act, in both languages.
pub(in crate::network) fn refused(ja: String, en: String) -> ActRefused {
    ActRefused(Text::new(ja, en))
}

/// No institution has this code.
pub(in crate::network) fn no_such(code: &str) -> ActRefused {
    refused(
        format!("機関コード「{code}」は登録されていません。"),
        format!("no institution has the code '{code}'"),
    )
}

impl Network {
    /// Does what the operator does. A refused act changes nothing.
    pub fn operate(&mut self, act: Act) -> Result<(), ActRefused> {
        match act {
            Act::ApproveApplication { institution } => self.move_connection(
                &institution,
                &[ConnectionState::Applied],
                ConnectionState::Approved,
            ),
            Act::RejectApplication { institution } => self.move_connection(
                &institution,
                &[ConnectionState::Applied],
                ConnectionState::Rejected,
            ),
            Act::SuspendConnection { institution } => self.move_connection(
                &institution,
                &[ConnectionState::Approved],
                ConnectionState::Suspended,
            ),
            Act::ResumeConnection { institution } => self.move_connection(
                &institution,
                &[ConnectionState::Suspended],
                ConnectionState::Approved,
            ),
            Act::AbolishInstitution {
                institution,
                successor,
            } => self.abolish(&institution, successor.as_deref()),
            Act::LapseAssessment { institution, task } => {
                self.lapse(&institution, &task, Lapse::Assessment)
            }
            Act::LapseOrdinanceFiling { institution, task } => {
                self.lapse(&institution, &task, Lapse::OrdinanceFiling)
            }
            Act::PublishMaster {
                kind,
                version,
                effective_from,
            } => self.publish_master(kind.as_deref(), &version, &effective_from),
            Act::WithdrawMaster { kind, version } => {
                self.withdraw_master(kind.as_deref(), &version)
            }
            Act::HoldPeer { institution } => self.hold_peer(&institution, true),
            Act::ReleasePeer { institution } => self.hold_peer(&institution, false),
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
            Act::PeerAsks(asks) => self.let_peer_ask(&asks),
            Act::PeerAnswers { institution, after } => {
                self.let_peer_decide(&institution, after.unwrap_or(0), Manner::Answers)
            }
            Act::PeerRefuses {
                institution,
                after,
                reason,
            } => {
                let manner = Manner::Refuses(reason.into());
                self.let_peer_decide(&institution, after.unwrap_or(0), manner)
            }
        }
    }

    /// The institution of this code.
    pub(in crate::network) fn institution(
        &self,
        code: &str,
    ) -> Result<InstitutionCode, ActRefused> {
        InstitutionCode::new(code)
            .filter(|institution| self.connections.knows(institution))
            .ok_or_else(|| no_such(code))
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
