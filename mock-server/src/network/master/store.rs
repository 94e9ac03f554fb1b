//! All versions of all masters: which is in force when, and what it says.
//!
//! A version has a first day and no last one: it holds until the next begins. So there is no gap and no overlap, also
//! where a version is withdrawn.

#[cfg(test)]
mod tests;

use std::sync::Arc;

use imbl::{OrdMap, Vector};
use jiff::civil::{Date, date};

use crate::network::{
    master::{
        applied::Applications,
        content,
        entry::{self, Detail, Entry, Field},
        kind::{MasterKind, MasterState},
    },
    moment::Moment,
    types::{Digest, InstitutionCode, Key, MasterVersion},
};

/// One version of one master, as it is published.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Published {
    pub(crate) kind: MasterKind,
    pub(crate) version: MasterVersion,
    /// The first day on which it is in force, from 00:00 in Japan.
    pub(crate) effective_from: Date,
    pub(crate) entries: Arc<[Entry]>,
    pub(crate) digest: Digest,
    /// When the network took it back.
    pub(crate) withdrawn: Option<Moment>,
}

impl Published {
    fn new(kind: MasterKind, version: MasterVersion, effective_from: Date) -> Self {
        let entries = content::entries(kind, &version);
        let digest = entry::digest(&version, &entries);
        Self {
            kind,
            version,
            effective_from,
            entries,
            digest,
            withdrawn: None,
        }
    }

    pub(crate) fn entry(&self, key: &str) -> Option<&Entry> {
        self.entries
            .binary_search_by(|entry| (*entry.key).cmp(key))
            .ok()
            .and_then(|place| self.entries.get(place))
    }

    /// Whether it was not withdrawn then.
    fn stands(&self, at: Moment) -> bool {
        self.withdrawn.is_none_or(|since| at < since)
    }
}

/// One version of one master, as the list shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Master {
    /// Its kind.
    pub kind: MasterKind,
    /// Its version.
    pub version: MasterVersion,
    /// The first day on which it is in force, from 00:00 in Japan.
    pub effective_from: Date,
    /// The last day on which it is in force; none when no later version is published.
    pub effective_to: Option<Date>,
    /// How many entries it has.
    pub count: usize,
    /// Over version and entries.
    pub digest: Digest,
    /// Where it stands at the time of the answer.
    pub state: MasterState,
}

/// Why a version cannot be published or withdrawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Impossible {
    /// A version of this or a later name is there.
    NotNewer,
    /// Its first day is not after today, or not after that of the version before.
    TooEarly,
    /// No such version, or withdrawn before.
    Unknown,
    /// It is the only one that stands.
    LastOne,
}

/// All versions of all masters.
#[derive(Clone, Debug)]
pub(crate) struct Masters {
    /// Of each kind in the order of their versions, which is that of their first days.
    versions: OrdMap<MasterKind, Vector<Arc<Published>>>,
    /// What the institutions have fetched and applied.
    pub(super) applications: Applications,
}

impl Masters {
    /// The masters as they are published at the beginning: a past version and the one in force, of each kind.
    pub(crate) fn genesis() -> Self {
        let first = [("2025.04", date(2025, 4, 1)), ("2026.04", date(2026, 4, 1))];
        let of = |kind| -> Vector<Arc<Published>> {
            first
                .iter()
                .filter_map(|(version, from)| {
                    Some(Arc::new(Published::new(
                        kind,
                        MasterVersion::new(version)?,
                        *from,
                    )))
                })
                .collect()
        };
        Self {
            versions: MasterKind::ALL
                .into_iter()
                .map(|kind| (kind, of(kind)))
                .collect(),
            applications: Applications::default(),
        }
    }

    /// All versions of a kind, the withdrawn ones too, in their order.
    pub(crate) fn of(&self, kind: MasterKind) -> impl DoubleEndedIterator<Item = &Published> {
        self.versions
            .get(&kind)
            .into_iter()
            .flat_map(|versions| versions.iter().map(|version| &**version))
    }

    /// A version by its name, also a withdrawn one.
    pub(crate) fn version(&self, kind: MasterKind, version: &MasterVersion) -> Option<&Published> {
        self.of(kind)
            .find(|published| published.version == *version)
    }

    /// The version of a kind that is in force at a time.
    pub(crate) fn in_force(&self, kind: MasterKind, at: Moment) -> Option<&Published> {
        let today = at.date();
        self.of(kind)
            .rev()
            .find(|version| version.effective_from <= today && version.stands(at))
    }

    /// The version before one, of those that were not withdrawn.
    pub(crate) fn predecessor(&self, of: &Published, at: Moment) -> Option<&Published> {
        self.of(of.kind)
            .rev()
            .find(|version| version.version < of.version && version.stands(at))
    }

    /// Where a version stands at a time.
    pub(crate) fn state(&self, of: &Published, at: Moment) -> MasterState {
        if at.date() < of.effective_from {
            MasterState::Future
        } else if self
            .in_force(of.kind, at)
            .is_some_and(|version| version.version == of.version)
        {
            MasterState::InForce
        } else {
            MasterState::Past
        }
    }

    /// A version as the list shows it.
    pub(crate) fn shown(&self, of: &Published, at: Moment) -> Master {
        let next = self
            .of(of.kind)
            .find(|version| version.version > of.version && version.stands(at));
        Master {
            kind: of.kind,
            version: of.version.clone(),
            effective_from: of.effective_from,
            effective_to: next.and_then(|next| next.effective_from.yesterday().ok()),
            count: of.entries.len(),
            digest: of.digest.clone(),
            state: self.state(of, at),
        }
    }

    /// What stands at a time, by kind and version.
    pub(crate) fn list(&self, at: Moment) -> Vec<Master> {
        MasterKind::ALL
            .into_iter()
            .flat_map(|kind| self.of(kind))
            .filter(|version| version.stands(at))
            .map(|version| self.shown(version, at))
            .collect()
    }

    /// Publishes a version.
    pub(crate) fn publish(
        &mut self,
        kind: MasterKind,
        version: &MasterVersion,
        effective_from: Date,
        at: Moment,
    ) -> Result<(), Impossible> {
        if self.of(kind).any(|other| other.version >= *version) {
            return Err(Impossible::NotNewer);
        }
        let standing = self.of(kind).rev().find(|version| version.stands(at));
        let after = standing.is_none_or(|other| other.effective_from < effective_from);
        if effective_from <= at.date() || !after {
            return Err(Impossible::TooEarly);
        }
        let published = Published::new(kind, version.clone(), effective_from);
        self.versions
            .entry(kind)
            .or_default()
            .push_back(Arc::new(published));
        Ok(())
    }

    /// Takes a version back, before or after its first day.
    pub(crate) fn withdraw(
        &mut self,
        kind: MasterKind,
        version: &MasterVersion,
        at: Moment,
    ) -> Result<(), Impossible> {
        let others_in_force = self
            .in_force(kind, at)
            .is_none_or(|now| now.version != *version)
            || self
                .version(kind, version)
                .is_some_and(|now| self.predecessor(now, at).is_some());
        let found = self.versions.get_mut(&kind).and_then(|versions| {
            versions
                .iter_mut()
                .find(|published| published.version == *version && published.withdrawn.is_none())
        });
        let found = found.ok_or(Impossible::Unknown)?;
        if !others_in_force {
            return Err(Impossible::LastOne);
        }
        Arc::make_mut(found).withdrawn = Some(at);
        Ok(())
    }

    /// Whether a quadruple stands in the permission list that is in force at a time.
    pub(crate) fn permits(
        &self,
        at: Moment,
        inquirer: &InstitutionCode,
        task: &Key,
        provider: &InstitutionCode,
        item: &Key,
    ) -> bool {
        let key = format!("{inquirer}/{task}/{provider}/{item}");
        self.has(MasterKind::PermissionList, at, &key)
    }

    /// Whether there is such an institution at a time, abolished or not.
    pub(crate) fn institution(&self, at: Moment, code: &InstitutionCode) -> Option<&Entry> {
        self.find(MasterKind::Institutions, at, code.as_str())
    }

    /// Whether there is such a task at a time.
    pub(crate) fn task(&self, at: Moment, task: &Key) -> bool {
        self.has(MasterKind::Tasks, at, task.as_str())
    }

    /// Whether a task stands in an ordinance (独自利用事務).
    pub(crate) fn is_ordinance(&self, at: Moment, task: &Key) -> bool {
        self.find(MasterKind::Tasks, at, task.as_str())
            .is_some_and(|entry| entry.detail == Detail::Task { ordinance: true })
    }

    /// Whether there is such a procedure of this task at a time.
    pub(crate) fn procedure_of(&self, at: Moment, procedure: &Key, task: &Key) -> bool {
        self.find(MasterKind::Procedures, at, procedure.as_str())
            .is_some_and(|entry| {
                matches!(&entry.detail, Detail::Procedure { task: of } if *of == task.as_str())
            })
    }

    /// Whether there is such an institution at a time, and it is not abolished.
    pub(crate) fn takes_part(&self, at: Moment, code: &InstitutionCode) -> bool {
        let abolished = |entry: &Entry| matches!(&entry.detail, Detail::Abolished { on, .. } if *on <= at.date());
        self.institution(at, code)
            .is_some_and(|entry| !abolished(entry))
    }

    /// Whether there is such an item at a time.
    pub(crate) fn item(&self, at: Moment, item: &Key) -> bool {
        self.has(MasterKind::SpecificPersonalInformation, at, item.as_str())
    }

    /// Whether an item may be asked for only with the person's consent.
    pub(crate) fn needs_consent(&self, at: Moment, item: &Key) -> bool {
        self.find(MasterKind::SpecificPersonalInformation, at, item.as_str())
            .is_some_and(|entry| entry.detail == Detail::Item { consent: true })
    }

    /// The fields of an item in the layout that is in force at a time, by name.
    pub(crate) fn layout(&self, at: Moment, item: &Key) -> impl Iterator<Item = Field<'_>> {
        let prefix = format!("{item}/");
        self.in_force(MasterKind::Layouts, at)
            .into_iter()
            .flat_map(|version| version.entries.iter())
            .filter_map(move |entry| {
                let name = entry.key.strip_prefix(&prefix)?;
                let Detail::Field(rule) = entry.detail else {
                    return None;
                };
                Some(Field {
                    name,
                    label: entry.name,
                    rule,
                })
            })
    }

    /// Whether an institution may have another act for it in a task.
    pub(crate) fn delegates(
        &self,
        at: Moment,
        from: &InstitutionCode,
        to: &InstitutionCode,
        task: &Key,
    ) -> bool {
        self.has(MasterKind::Delegations, at, &format!("{from}/{to}/{task}"))
    }

    /// What does not hold of them at a time: exactly one version of each kind is in force, and each ends on the day
    /// before the next begins. It is held against what the list shows, not against how it is worked out.
    pub(crate) fn violations(&self, at: Moment) -> Vec<String> {
        let list = self.list(at);
        let periods = MasterKind::ALL.into_iter().flat_map(|kind| {
            let of: Vec<&Master> = list.iter().filter(|master| master.kind == kind).collect();
            wrong_periods(kind, &of)
        });
        periods.chain(self.wrong_applications()).collect()
    }

    fn find(&self, kind: MasterKind, at: Moment, key: &str) -> Option<&Entry> {
        self.in_force(kind, at)?.entry(key)
    }

    fn has(&self, kind: MasterKind, at: Moment, key: &str) -> bool {
        self.find(kind, at, key).is_some()
    }
}

fn wrong_periods(kind: MasterKind, versions: &[&Master]) -> Vec<String> {
    let name = kind.as_str();
    let mut wrong = Vec::new();
    let in_force = versions
        .iter()
        .filter(|master| master.state == MasterState::InForce)
        .count();
    if in_force != 1 {
        wrong.push(format!("{name}: {in_force} versions are in force"));
    }
    for pair in versions.windows(2) {
        if let [earlier, later] = pair
            && earlier.effective_to != later.effective_from.yesterday().ok()
        {
            wrong.push(format!(
                "{name}: {} does not end on the day before {} begins",
                earlier.version, later.version
            ));
        }
    }
    if versions
        .last()
        .is_some_and(|last| last.effective_to.is_some())
    {
        wrong.push(format!("{name}: nothing follows the last version"));
    }
    wrong
}
