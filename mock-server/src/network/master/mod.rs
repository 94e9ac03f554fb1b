//! The masters: kinds, versions, effective periods and entries; how institutions fetch and apply them.

mod acts;
mod applied;
mod content;
mod entry;
mod era;
mod kind;
mod package;
mod store;
#[cfg(test)]
mod tests;

pub use applied::Applied;
pub use entry::{Detail, Entry, Field, FieldKind, FieldRule};
pub use kind::{MasterKind, MasterState};
pub use package::{Line, Package};
pub use store::Master;
pub(crate) use store::{Impossible, Masters};

use crate::{
    network::{
        Context, Fault, Network,
        lies::Lie,
        moment::Moment,
        rules::{self, master as rule},
        types::{Digest, InstitutionCode, MasterVersion, PageToken},
    },
    text::Text,
};
use store::Published;

/// What can be asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Command {
    /// Every version of every master.
    List,
    /// A page of a version.
    Get {
        /// Of which kind.
        kind: MasterKind,
        /// Which version; the one in force where none is named.
        version: Option<MasterVersion>,
        /// From which version on, where only the changes are wanted.
        base: Option<MasterVersion>,
        /// Which page; the first where none is named.
        page: Option<PageToken>,
    },
    /// A version was applied.
    Report(Report),
    /// What has the institution applied?
    Applied,
}

/// That an institution has applied a version.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report {
    /// Of which kind.
    pub kind: MasterKind,
    /// Which version.
    pub version: MasterVersion,
    /// On which version, where only the changes were applied.
    pub base: Option<MasterVersion>,
    /// How many entries the institution has now.
    pub count: usize,
    /// The digest over them.
    pub digest: Digest,
}

impl Command {
    /// Whether it changes anything. That a page was fetched is noted, but fetching it again is no second effect.
    pub(crate) fn changes(&self) -> bool {
        match self {
            Self::List | Self::Get { .. } | Self::Applied => false,
            Self::Report(_) => true,
        }
    }
}

/// What is answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// Every version of every master, ordered by kind and version.
    List(Vec<Master>),
    /// A page of a version.
    Package(Package),
    /// The application agrees with what was published.
    Agreed {
        /// Of which kind.
        kind: MasterKind,
        /// What is applied now.
        applied: Applied,
        /// Whether this report changed it.
        changed: bool,
        /// The kinds of which the version in force is still to be applied.
        outstanding: Vec<MasterKind>,
    },
    /// What the institution has applied, of every kind.
    Applied(Vec<Standing>),
}

/// What an institution has applied of a kind, beside what it should have.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Standing {
    /// The kind.
    pub kind: MasterKind,
    /// The version in force.
    pub in_force: MasterVersion,
    /// What is applied; none where nothing is.
    pub applied: Option<Applied>,
}

impl Network {
    pub(super) fn master(&mut self, context: &Context, command: Command) -> Result<Answer, Fault> {
        match command {
            Command::List => Ok(Answer::List(self.list(context.at))),
            Command::Get {
                kind,
                version,
                base,
                page,
            } => self
                .package(context, kind, version, base.as_ref(), page.as_ref())
                .map(Answer::Package),
            Command::Report(report) => self.report(context, report),
            Command::Applied => Ok(Answer::Applied(
                self.standing(context.at, &context.institution),
            )),
        }
    }

    /// That the institution has applied the version in force of every kind, without which it takes no part.
    pub(crate) fn masters_applied(&self, context: &Context) -> Result<(), Fault> {
        let outdated = self
            .masters
            .up_to_date(context.at, &context.institution)
            .err();
        self.enforce(&rule::UP_TO_DATE, outdated.is_some(), || {
            let Some(outdated) = &outdated else {
                return rules::about("種別", "kind", "");
            };
            let expected = &outdated.expected;
            let (ja, en) = outdated.applied.as_ref().map_or_else(
                || ("なし".to_owned(), "none".to_owned()),
                |version| (version.to_string(), version.to_string()),
            );
            Text::new(
                format!(
                    "種別: {}、適用すべき版: {expected}、適用済みの版: {ja}",
                    outdated.kind.ja()
                ),
                format!(
                    "kind: {}, in force: {expected}, applied: {en}",
                    outdated.kind.as_str()
                ),
            )
        })
    }

    fn list(&self, at: Moment) -> Vec<Master> {
        let mut list = self.masters.list(at);
        if self.lies(Lie::WithdrawnStillListed) {
            let kinds = MasterKind::ALL.into_iter();
            list = kinds
                .flat_map(|kind| self.masters.of(kind))
                .map(|version| self.masters.shown(version, at))
                .collect();
        }
        if self.lies(Lie::StaleMasterVersion) {
            list.retain(|master| master.state == MasterState::Past);
            for master in &mut list {
                (master.state, master.effective_to) = (MasterState::InForce, None);
            }
        }
        list.into_iter().map(|master| self.told(master)).collect()
    }

    /// A version as the network tells of it, which is not always the truth.
    fn told(&self, mut master: Master) -> Master {
        if self.lies(Lie::WrongDigest) {
            master.digest = Digest::from_bytes(&[0x1e; 32]);
        }
        if self.lies(Lie::CountOffByOne) {
            master.count += 1;
        }
        master
    }

    /// A version that is there and not withdrawn. Where the rules are off, the one in force stands for it.
    fn published(
        &self,
        at: Moment,
        kind: MasterKind,
        version: &MasterVersion,
    ) -> Result<Published, Fault> {
        let found = self.masters.version(kind, version);
        self.enforce(&rule::VERSION_KNOWN, found.is_none(), || {
            rules::about("版", "version", version)
        })?;
        let withdrawn = found.and_then(|found| found.withdrawn);
        self.enforce(&rule::NOT_WITHDRAWN, withdrawn.is_some(), || {
            rules::about("版", "version", version)
        })?;
        found
            .or_else(|| self.masters.in_force(kind, at))
            .cloned()
            .ok_or_else(|| rule::VERSION_KNOWN.fault(&rules::about("版", "version", version)))
    }

    fn package(
        &mut self,
        context: &Context,
        kind: MasterKind,
        version: Option<MasterVersion>,
        base: Option<&MasterVersion>,
        page: Option<&PageToken>,
    ) -> Result<Package, Fault> {
        let at = context.at;
        let version = match version {
            Some(version) => version,
            None => self.latest(kind, at)?,
        };
        let published = self.published(at, kind, &version)?;
        let base = match base {
            Some(base) => Some(self.published(at, kind, base)?),
            None => None,
        };
        let before = self.masters.predecessor(&published, at);
        let follows = base.as_ref().is_none_or(|base| before == Some(base));
        self.enforce(&rule::BASE_IS_PREDECESSOR, !follows, || {
            about_version(
                "直前の版",
                "the version before",
                before.map(|it| &it.version),
            )
        })?;
        let lines = package::lines(&published, base.as_ref());
        let base = base.map(|base| base.version);
        let version = &published.version;
        let from = page.map_or(Some(0), |page| {
            package::line_of(page, kind, version, base.as_ref(), lines.len())
        });
        self.enforce(&rule::PAGE_KNOWN, from.is_none(), || {
            rules::about("ページ", "page", page.map_or("", PageToken::as_str))
        })?;
        let from = from.unwrap_or(0);
        let upto = lines.len().min(from + self.limits.page.max(1));
        let next = (upto < lines.len())
            .then(|| package::token(kind, version, base.as_ref(), upto))
            .flatten();
        let key = (
            context.institution.clone(),
            kind,
            version.clone(),
            base.clone(),
        );
        let total = lines.len();
        let mut lines: Vec<Line> = lines.into_iter().skip(from).take(upto - from).collect();
        self.masters.note_fetched(key, from, upto, total);
        if self.lies(Lie::EntryMissing) {
            lines.pop();
        }
        Ok(Package {
            master: self.told(self.masters.shown(&published, at)),
            base,
            lines,
            next,
        })
    }

    /// The version that is meant where none is named.
    fn latest(&self, kind: MasterKind, at: Moment) -> Result<MasterVersion, Fault> {
        let now = self.masters.in_force(kind, at);
        let told = match now {
            Some(now) if self.lies(Lie::StaleMasterVersion) => self.masters.predecessor(now, at),
            _ => now,
        };
        told.map(|told| told.version.clone())
            .ok_or_else(|| rule::VERSION_KNOWN.fault(&rules::about("種別", "kind", kind.as_str())))
    }

    fn report(&mut self, context: &Context, report: Report) -> Result<Answer, Fault> {
        let Report {
            kind,
            version,
            base,
            count,
            digest,
        } = report;
        let (at, institution) = (context.at, &context.institution);
        let published = self.published(at, kind, &version)?;
        let state = self.masters.state(&published, at);
        let from = published.effective_from;
        self.enforce(&rule::NOT_EARLY, state == MasterState::Future, || {
            rules::about("施行日", "in force from", from)
        })?;
        self.enforce(&rule::NOT_PAST, state == MasterState::Past, || {
            let now = self.masters.in_force(kind, at);
            about_version(
                "有効な版",
                "the version in force",
                now.map(|it| &it.version),
            )
        })?;
        let fetched = (institution.clone(), kind, version.clone(), base.clone());
        self.enforce(&rule::FETCHED, !self.masters.is_fetched(&fetched), || {
            rules::about("版", "version", &version)
        })?;
        let before = self
            .masters
            .applied(at, institution, kind)
            .map(|applied| applied.version);
        let on_other = base.is_some() && before != base && before.as_ref() != Some(&version);
        self.enforce(&rule::CHANGES_ON_BASE, on_other, || {
            about_version("適用済みの版", "applied", before.as_ref())
        })?;
        self.enforce(
            &rule::COUNT_AGREES,
            count != published.entries.len(),
            || rules::about("報告された件数", "the count reported", count),
        )?;
        self.enforce(&rule::DIGEST_AGREES, digest != published.digest, || {
            rules::about("報告されたハッシュ値", "the digest reported", &digest)
        })?;
        let applied = Applied {
            version: published.version.clone(),
            count: published.entries.len(),
            digest: published.digest.clone(),
            at,
        };
        let changed = self.masters.apply(institution, kind, applied.clone());
        Ok(Answer::Agreed {
            kind,
            applied: self
                .masters
                .applied(at, institution, kind)
                .unwrap_or(applied),
            changed,
            outstanding: self
                .masters
                .outstanding(at, institution)
                .into_iter()
                .map(|outdated| outdated.kind)
                .collect(),
        })
    }

    fn standing(&self, at: Moment, institution: &InstitutionCode) -> Vec<Standing> {
        MasterKind::ALL
            .into_iter()
            .filter_map(|kind| {
                Some(Standing {
                    kind,
                    in_force: self.masters.in_force(kind, at)?.version.clone(),
                    applied: self.masters.applied(at, institution, kind),
                })
            })
            .collect()
    }
}

/// A version that a refusal is about; that there is none is said in words.
fn about_version(ja: &str, en: &str, version: Option<&MasterVersion>) -> Text {
    match version {
        Some(version) => rules::about(ja, en, version),
        None => Text::new(format!("{ja}: なし"), format!("{en}: none")),
    }
}
