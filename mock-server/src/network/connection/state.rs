//! The institutions and where their applications stand.

use std::sync::Arc;

use imbl::{OrdMap, OrdSet};

use crate::network::{
    connection::application::Application,
    types::{InstitutionCode, Key},
};

/// Where an institution's application for connection stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ConnectionState {
    /// Nothing was applied for.
    NotApplied,
    /// Applied, neither approved nor rejected.
    Applied,
    /// Approved: the institution may use the network.
    Approved,
    /// Rejected: it may apply again.
    Rejected,
    /// Approved, and stopped for the time being.
    Suspended,
    /// The institution is no more.
    Abolished,
}

impl ConnectionState {
    /// The value in the contract.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::NotApplied => "not-applied",
            Self::Applied => "applied",
            Self::Approved => "approved",
            Self::Rejected => "rejected",
            Self::Suspended => "suspended",
            Self::Abolished => "abolished",
        }
    }

    /// What an official calls it.
    pub fn ja(self) -> &'static str {
        match self {
            Self::NotApplied => "未申請",
            Self::Applied => "申請中",
            Self::Approved => "承認済み",
            Self::Rejected => "不承認",
            Self::Suspended => "利用停止中",
            Self::Abolished => "廃止",
        }
    }
}

#[derive(Clone, Debug)]
struct Member {
    state: ConnectionState,
    application: Option<Arc<Application>>,
    successor: Option<InstitutionCode>,
    /// Tasks of which the impact assessment no longer holds.
    unassessed: OrdSet<Key>,
    /// Ordinance tasks of which the filing no longer holds.
    unfiled: OrdSet<Key>,
}

impl Member {
    fn new(state: ConnectionState) -> Self {
        Self {
            state,
            application: None,
            successor: None,
            unassessed: OrdSet::new(),
            unfiled: OrdSet::new(),
        }
    }
}

/// The institutions and their applications.
#[derive(Clone, Debug)]
pub(crate) struct Connections {
    members: OrdMap<InstitutionCode, Member>,
}

impl Connections {
    /// Iida's two have not applied; the peers are approved, for every task and without an application to show. A village
    /// that a merger ended is known and no more.
    pub(crate) fn genesis() -> Self {
        let states = [
            ("202053-M", ConnectionState::NotApplied),
            ("202053-E", ConnectionState::NotApplied),
            ("011002-M", ConnectionState::Approved),
            ("011002-E", ConnectionState::Approved),
            ("202029-M", ConnectionState::Approved),
            ("MIN-0001", ConnectionState::Approved),
            ("INS-0001", ConnectionState::Approved),
        ];
        let mut connections = Self {
            members: states
                .into_iter()
                .filter_map(|(code, state)| Some((InstitutionCode::new(code)?, Member::new(state))))
                .collect(),
        };
        if let (Some(village), successor) = (
            InstitutionCode::new("209996-M"),
            InstitutionCode::new("202029-M"),
        ) {
            let mut member = Member::new(ConnectionState::Abolished);
            member.successor = successor;
            connections.members.insert(village, member);
        }
        connections
    }

    pub(crate) fn knows(&self, institution: &InstitutionCode) -> bool {
        self.members.contains_key(institution)
    }

    /// All institutions.
    pub(crate) fn institutions(&self) -> impl Iterator<Item = &InstitutionCode> {
        self.members.keys()
    }

    pub(crate) fn is_approved(&self, institution: &InstitutionCode) -> bool {
        self.state(institution) == ConnectionState::Approved
    }

    pub(crate) fn is_suspended(&self, institution: &InstitutionCode) -> bool {
        self.state(institution) == ConnectionState::Suspended
    }

    /// Whether the institution is no more.
    pub(crate) fn is_abolished(&self, institution: &InstitutionCode) -> bool {
        self.state(institution) == ConnectionState::Abolished
    }

    /// Who took over from an abolished institution.
    pub(crate) fn successor(&self, institution: &InstitutionCode) -> Option<&InstitutionCode> {
        self.members.get(institution)?.successor.as_ref()
    }

    /// Where an application stands. An unknown institution counts as one that never applied, where the rule that refuses
    /// it is off.
    pub(crate) fn state(&self, institution: &InstitutionCode) -> ConnectionState {
        self.members
            .get(institution)
            .map_or(ConnectionState::NotApplied, |member| member.state)
    }

    /// What an institution applied for.
    pub(crate) fn application(&self, institution: &InstitutionCode) -> Option<&Application> {
        self.members.get(institution)?.application.as_deref()
    }

    /// Whether the impact assessment of a task is done at an institution. The peers' are.
    pub(crate) fn assessed(&self, institution: &InstitutionCode, task: &Key) -> bool {
        self.members.get(institution).is_some_and(|member| {
            !member.unassessed.contains(task)
                && member.applied_for(task, |task| task.assessed_on.is_some())
        })
    }

    /// Whether an institution registered that another acts for it in a task, and takes part itself. The peers registered
    /// what the master says.
    pub(crate) fn delegated(
        &self,
        from: &InstitutionCode,
        to: &InstitutionCode,
        task: &Key,
    ) -> bool {
        self.members.get(from).is_some_and(|member| {
            let registered = member.application.as_ref().is_none_or(|application| {
                let mut list = application.delegations.iter();
                list.any(|delegation| (&delegation.to, &delegation.task) == (to, task))
            });
            member.state == ConnectionState::Approved && registered
        })
    }

    /// Whether an institution has filed a task that stands in an ordinance of its own. The peers have.
    pub(crate) fn ordinance_filed(&self, institution: &InstitutionCode, task: &Key) -> bool {
        self.members.get(institution).is_some_and(|member| {
            !member.unfiled.contains(task)
                && member.applied_for(task, |task| task.ordinance_filed_on.is_some())
        })
    }

    /// Receives an application. Where the rules are off it may come from anyone, at any time.
    pub(crate) fn apply(&mut self, institution: &InstitutionCode, application: Application) {
        let member = self
            .members
            .entry(institution.clone())
            .or_insert(Member::new(ConnectionState::NotApplied));
        member.application = Some(Arc::new(application));
        member.state = ConnectionState::Applied;
    }

    /// Moves an institution from one of some states to another; tells the state where it is in none of them.
    pub(crate) fn move_to(
        &mut self,
        institution: &InstitutionCode,
        from: &[ConnectionState],
        to: ConnectionState,
    ) -> Result<(), Option<ConnectionState>> {
        let member = self.members.get_mut(institution).ok_or(None)?;
        if !from.contains(&member.state) {
            return Err(Some(member.state));
        }
        member.state = to;
        Ok(())
    }

    /// Ends an institution; false where there is no such one.
    pub(crate) fn abolish(
        &mut self,
        institution: &InstitutionCode,
        successor: Option<InstitutionCode>,
    ) -> bool {
        self.members.get_mut(institution).is_some_and(|member| {
            member.state = ConnectionState::Abolished;
            member.successor = successor;
            true
        })
    }

    /// Lets an impact assessment, or the filing of an ordinance task, no longer hold; false where there is no such
    /// institution.
    pub(crate) fn lapse(&mut self, institution: &InstitutionCode, task: Key, what: Lapse) -> bool {
        self.members.get_mut(institution).is_some_and(|member| {
            match what {
                Lapse::Assessment => member.unassessed.insert(task),
                Lapse::OrdinanceFiling => member.unfiled.insert(task),
            };
            true
        })
    }
}

/// What may cease to hold of a task.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Lapse {
    /// Its impact assessment.
    Assessment,
    /// The filing of its ordinance.
    OrdinanceFiling,
}

impl Member {
    /// Whether this holds of the task in the application. One that was approved from the beginning has none to show.
    fn applied_for(&self, task: &Key, holds: impl Fn(&super::TaskApplication) -> bool) -> bool {
        self.application
            .as_ref()
            .map_or(self.state == ConnectionState::Approved, |application| {
                application
                    .tasks
                    .iter()
                    .any(|applied| applied.task == *task && holds(applied))
            })
    }
}
