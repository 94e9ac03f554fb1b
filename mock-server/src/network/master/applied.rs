//! Which institution has fetched and applied what.
//!
//! The peers apply each version as it comes into force, so nothing is stored for them; one that is held back stays at
//! the versions of that time.

use imbl::OrdMap;

use crate::network::{
    master::{kind::MasterKind, store::Masters},
    moment::Moment,
    types::{Digest, InstitutionCode, MasterVersion},
};

/// What an institution has applied of a kind.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Applied {
    /// The version.
    pub version: MasterVersion,
    /// How many entries it has.
    pub count: usize,
    /// Over version and entries.
    pub digest: Digest,
    /// When it was applied.
    pub at: Moment,
}

/// A kind of which an institution has not applied the version in force.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Outdated {
    pub(crate) kind: MasterKind,
    pub(crate) expected: MasterVersion,
    pub(crate) applied: Option<MasterVersion>,
}

/// One fetch: by whom, of which version, and from which base where it is a differential.
pub(crate) type FetchKey = (
    InstitutionCode,
    MasterKind,
    MasterVersion,
    Option<MasterVersion>,
);

/// How far an institution has come with a fetch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Fetch {
    upto: usize,
    total: usize,
}

/// What the institutions have fetched and applied.
#[derive(Clone, Debug, Default)]
pub(crate) struct Applications {
    fetched: OrdMap<FetchKey, Fetch>,
    applied: OrdMap<(InstitutionCode, MasterKind), Applied>,
    held: OrdMap<InstitutionCode, Moment>,
}

/// Whether an institution reports by itself; all others are played by the network until they report something.
fn is_own(institution: &InstitutionCode) -> bool {
    institution.as_str().starts_with("202053-")
}

impl Masters {
    /// Notes that a page was handed out: the lines from one place up to another, of so many.
    pub(crate) fn note_fetched(&mut self, key: FetchKey, from: usize, upto: usize, total: usize) {
        let fetch = self
            .applications
            .fetched
            .entry(key)
            .or_insert(Fetch { upto: 0, total });
        if from <= fetch.upto {
            fetch.upto = fetch.upto.max(upto);
        }
    }

    /// Whether every page was handed out.
    pub(crate) fn is_fetched(&self, key: &FetchKey) -> bool {
        self.applications
            .fetched
            .get(key)
            .is_some_and(|fetch| fetch.upto >= fetch.total)
    }

    /// Notes an application; false where this very version is applied already.
    pub(crate) fn apply(
        &mut self,
        institution: &InstitutionCode,
        kind: MasterKind,
        applied: Applied,
    ) -> bool {
        let before = self.applied(applied.at, institution, kind);
        if before.is_some_and(|before| {
            before.version == applied.version && before.digest == applied.digest
        }) {
            return false;
        }
        self.applications
            .applied
            .insert((institution.clone(), kind), applied);
        true
    }

    /// What an institution has applied of a kind.
    pub(crate) fn applied(
        &self,
        at: Moment,
        institution: &InstitutionCode,
        kind: MasterKind,
    ) -> Option<Applied> {
        let key = (institution.clone(), kind);
        if let Some(applied) = self.applications.applied.get(&key) {
            return Some(applied.clone());
        }
        if is_own(institution) {
            return None;
        }
        let since = self.applications.held.get(institution).copied();
        let version = self.in_force(kind, since.unwrap_or(at))?;
        Some(Applied {
            version: version.version.clone(),
            count: version.entries.len(),
            digest: version.digest.clone(),
            at: since.unwrap_or(at),
        })
    }

    /// Whether an institution has applied the version in force of every kind; the first that it has not.
    pub(crate) fn up_to_date(
        &self,
        at: Moment,
        institution: &InstitutionCode,
    ) -> Result<(), Outdated> {
        self.outstanding(at, institution)
            .into_iter()
            .next()
            .map_or(Ok(()), Err)
    }

    /// Every kind of which an institution has not applied the version in force.
    pub(crate) fn outstanding(&self, at: Moment, institution: &InstitutionCode) -> Vec<Outdated> {
        // The peers keep pace by definition.
        if !is_own(institution)
            && !self.applications.held.contains_key(institution)
            && !self.has_reported(institution)
        {
            return Vec::new();
        }
        MasterKind::ALL
            .into_iter()
            .filter_map(|kind| {
                let expected = self.in_force(kind, at)?.version.clone();
                let applied = self.applied(at, institution, kind);
                let applied = applied.map(|applied| applied.version);
                (applied.as_ref() != Some(&expected)).then_some(Outdated {
                    kind,
                    expected,
                    applied,
                })
            })
            .collect()
    }

    fn has_reported(&self, institution: &InstitutionCode) -> bool {
        MasterKind::ALL.into_iter().any(|kind| {
            self.applications
                .applied
                .contains_key(&(institution.clone(), kind))
        })
    }

    /// Holds a peer back at the versions of now, or lets it go on; false for an institution that is no peer.
    pub(crate) fn hold(&mut self, institution: &InstitutionCode, since: Option<Moment>) -> bool {
        if is_own(institution) {
            return false;
        }
        match since {
            Some(since) => self.applications.held.insert(institution.clone(), since),
            None => self.applications.held.remove(institution),
        };
        true
    }

    /// What does not hold of the applications: each is of a version that is there, with its digest.
    pub(super) fn wrong_applications(&self) -> Vec<String> {
        self.applications
            .applied
            .iter()
            .filter_map(|((institution, kind), applied)| {
                let published = self.version(*kind, &applied.version);
                let right = published.is_some_and(|published| {
                    published.digest == applied.digest && published.entries.len() == applied.count
                });
                (!right).then(|| {
                    format!(
                        "{institution}: applied {} {} is not what was published",
                        kind.as_str(),
                        applied.version
                    )
                })
            })
            .collect()
    }
}
