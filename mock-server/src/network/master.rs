//! The masters: kinds, versions, effective periods, entries and digests.

use std::fmt::Write as _;

use jiff::civil::{Date, date};
use sha2::{Digest as _, Sha256};

use crate::network::{Context, Fault, Network, moment::Moment};

/// What can be asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Command {
    /// Every version of every master.
    List,
}

impl Command {
    /// Whether it changes anything.
    pub(crate) fn changes(&self) -> bool {
        match self {
            Self::List => false,
        }
    }
}

/// What is answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// Every version of every master, ordered by kind and version.
    List(Vec<Master>),
}

/// A kind of master. [A: the kinds are ours]
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum MasterKind {
    /// Who takes part.
    Institutions,
    /// What the law names as tasks.
    Tasks,
    /// The procedures of each task.
    Procedures,
    /// What is provided.
    SpecificPersonalInformation,
    /// The fields of each item.
    Layouts,
    /// Who may ask whom for what.
    PermissionList,
    /// Who acts for whom.
    Delegations,
}

impl MasterKind {
    /// All kinds, in the contract's order.
    pub const ALL: [Self; 7] = [
        Self::Institutions,
        Self::Tasks,
        Self::Procedures,
        Self::SpecificPersonalInformation,
        Self::Layouts,
        Self::PermissionList,
        Self::Delegations,
    ];

    /// The value in the contract.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Institutions => "institutions",
            Self::Tasks => "tasks",
            Self::Procedures => "procedures",
            Self::SpecificPersonalInformation => "specific-personal-information",
            Self::Layouts => "layouts",
            Self::PermissionList => "permission-list",
            Self::Delegations => "delegations",
        }
    }

    fn entries(self) -> &'static [(&'static str, &'static str)] {
        match self {
            Self::Institutions => &[
                ("011002-E", "札幌市教育委員会"),
                ("011002-M", "札幌市長"),
                ("202029-M", "松本市長"),
                ("202053-E", "飯田市教育委員会"),
                ("202053-M", "飯田市長"),
                ("INS-0001", "模擬健康保険組合"),
                ("MIN-0001", "模擬省"),
            ],
            Self::Tasks => &[
                ("T-001", "児童手当の支給"),
                ("T-002", "就学援助"),
                ("T-003", "介護保険料の賦課"),
            ],
            Self::Procedures => &[
                ("P-001-01", "認定請求"),
                ("P-001-02", "現況届"),
                ("P-002-01", "援助の申請"),
            ],
            Self::SpecificPersonalInformation => &[
                ("RESIDENT-RECORD", "住民票関係情報"),
                ("TAX-INCOME", "地方税関係情報（所得・課税）"),
                ("TAX-INCOME-SIMILAR", "地方税関係情報（所得・控除）"),
            ],
            Self::Layouts => &[
                ("RESIDENT-RECORD/MOVED-IN-ON", "転入年月日"),
                ("TAX-INCOME/INCOME", "総所得金額"),
                ("TAX-INCOME/TAX", "市町村民税所得割額"),
            ],
            Self::PermissionList => &[
                ("202053-E/T-002/202053-M/TAX-INCOME", "許可"),
                ("202053-M/T-001/011002-M/TAX-INCOME", "許可"),
            ],
            Self::Delegations => &[("202053-E/202053-M/T-002", "委任")],
        }
    }
}

/// One version of one master.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Master {
    /// Its kind.
    pub kind: MasterKind,
    /// `YYYY.MM`.
    pub version: &'static str,
    /// The first day on which it is in force, from 00:00 in Japan.
    pub effective_from: Date,
    /// The last day on which it is in force; none when no later version is published.
    pub effective_to: Option<Date>,
    /// How many entries it has.
    pub count: usize,
    /// `sha256:` and 64 hexadecimal digits over its entries, each a line of key, tab and name.
    pub digest: String,
    /// Where it stands at the time of the answer.
    pub state: MasterState,
}

/// Where a version stands at a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MasterState {
    /// Its last day is over.
    Past,
    /// It holds today.
    InForce,
    /// Its first day is still to come.
    Future,
}

impl MasterState {
    /// The value in the contract.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Past => "past",
            Self::InForce => "in-force",
            Self::Future => "future",
        }
    }
}

impl Master {
    /// The same version, with its state at a time.
    #[must_use]
    pub fn seen_at(&self, at: Moment) -> Self {
        let today = at.date();
        let state = if today < self.effective_from {
            MasterState::Future
        } else if self.effective_to.is_some_and(|last| today > last) {
            MasterState::Past
        } else {
            MasterState::InForce
        };
        Self {
            state,
            ..self.clone()
        }
    }
}

/// All versions of all masters.
#[derive(Clone, Debug)]
pub(crate) struct Masters {
    versions: imbl::Vector<Master>,
}

impl Masters {
    /// The masters as they are published at the beginning.
    pub(crate) fn genesis() -> Self {
        Self {
            versions: genesis().into(),
        }
    }

    /// What does not hold of them.
    pub(crate) fn violations(&self) -> Vec<String> {
        let versions: Vec<Master> = self.versions.iter().cloned().collect();
        MasterKind::ALL
            .iter()
            .filter_map(|kind| gap_or_overlap(&versions, *kind))
            .collect()
    }
}

impl Network {
    pub(super) fn master(&mut self, context: &Context, command: Command) -> Result<Answer, Fault> {
        match command {
            Command::List => Ok(Answer::List(
                self.masters
                    .versions
                    .iter()
                    .map(|master| master.seen_at(context.at))
                    .collect(),
            )),
        }
    }
}

/// A past version and the one in force, of each kind.
fn genesis() -> Vec<Master> {
    let periods = [
        ("2025.04", date(2025, 4, 1), Some(date(2026, 3, 31))),
        ("2026.04", date(2026, 4, 1), None),
    ];
    let mut masters = Vec::new();
    for kind in MasterKind::ALL {
        for (version, effective_from, effective_to) in periods {
            let entries = kind.entries();
            let master = Master {
                kind,
                version,
                effective_from,
                effective_to,
                count: entries.len(),
                digest: digest(version, entries),
                state: MasterState::Future,
            };
            masters.push(master);
        }
    }
    masters
}

/// SHA-256 over the version and its entries in UTF-8, one `key TAB name LF` each, ordered by key.
fn digest(version: &str, entries: &[(&str, &str)]) -> String {
    let mut hash = Sha256::new();
    hash.update(format!("{version}\n"));
    for (key, name) in entries {
        hash.update(format!("{key}\t{name}\n"));
    }
    hash.finalize()
        .iter()
        .fold(String::from("sha256:"), |mut text, byte| {
            // Writing into a String cannot fail.
            let _ = write!(text, "{byte:02x}");
            text
        })
}

/// What is wrong with the periods of one kind: at each time exactly one version is in force.
fn gap_or_overlap(masters: &[Master], kind: MasterKind) -> Option<String> {
    let mut versions: Vec<&Master> = masters
        .iter()
        .filter(|master| master.kind == kind)
        .collect();
    versions.sort_by_key(|master| master.effective_from);
    versions.windows(2).find_map(|pair| match pair {
        [earlier, later] if earlier.effective_to != later.effective_from.yesterday().ok() => {
            Some(format!(
                "{}: {} does not end on the day before {} begins",
                kind.as_str(),
                earlier.version,
                later.version
            ))
        }
        _ => None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Moment {
        text.parse().unwrap()
    }

    #[test]
    fn a_version_is_in_force_from_midnight_of_its_first_day() {
        let masters = genesis();
        let newest = masters
            .iter()
            .find(|master| master.version == "2026.04")
            .unwrap();
        assert_eq!(
            newest.seen_at(at("2026-03-31T23:59:59+09:00")).state,
            MasterState::Future
        );
        assert_eq!(
            newest.seen_at(at("2026-04-01T00:00:00+09:00")).state,
            MasterState::InForce
        );
    }

    #[test]
    fn a_gap_between_two_versions_is_named() {
        let mut masters = genesis();
        assert_eq!(gap_or_overlap(&masters, MasterKind::Tasks), None);
        for master in &mut masters {
            if master.version == "2025.04" {
                master.effective_to = Some(date(2026, 3, 30));
            }
        }
        assert!(
            gap_or_overlap(&masters, MasterKind::Tasks)
                .unwrap()
                .contains("2025.04")
        );
    }
}
