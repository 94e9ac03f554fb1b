//! What the masters say. All of it is made up \[A\]; only the cities' names and codes are real.
//!
//! A version is one of four revisions of the content: of 2025.04, of 2026.04, of 2026.12 (with every kind of change that
//! an institution has to stand: an item, a field and a permission more, an item, a field and a permission less, a field
//! longer, a field of another kind, a field that becomes required), and of 2027 (a field and a permission more).

mod layouts;
mod permissions;
#[cfg(test)]
mod tests;

use std::{collections::BTreeMap, sync::Arc};

use jiff::civil::date;

use self::{layouts::layouts, permissions::permissions};
use crate::network::{
    master::{
        entry::{Detail, Entry},
        kind::MasterKind,
    },
    types::MasterVersion,
};

/// A revision of the content, from 0.
type Revision = u8;

/// The revisions in which a row stands: from the first, up to but without the second.
type Life = std::ops::Range<Revision>;

const ALWAYS: Life = 0..9;
const SINCE_2026_04: Life = 1..9;
const SINCE_2026_12: Life = 2..9;
const SINCE_2027: Life = 3..9;
const UNTIL_2026_04: Life = 0..1;
const UNTIL_2026_12: Life = 0..2;

fn revision(version: &MasterVersion) -> Revision {
    match version.as_str() {
        early if early < "2026.04" => 0,
        middle if middle < "2026.12" => 1,
        late if late < "2027.00" => 2,
        _ => 3,
    }
}

/// The entries of a version of a kind, ordered by key.
pub(super) fn entries(kind: MasterKind, version: &MasterVersion) -> Arc<[Entry]> {
    let revision = revision(version);
    let rows = match kind {
        MasterKind::Institutions => institutions(),
        MasterKind::Tasks => tasks(),
        MasterKind::Procedures => procedures(),
        MasterKind::SpecificPersonalInformation => items(),
        MasterKind::Layouts => layouts(),
        MasterKind::PermissionList => permissions(),
        MasterKind::Delegations => delegations(),
    };
    let mut sorted = BTreeMap::new();
    for (life, entry) in rows {
        if life.contains(&revision) {
            sorted.insert(Arc::clone(&entry.key), entry);
        }
    }
    sorted.into_values().collect()
}

type Rows = Vec<(Life, Entry)>;

fn row(life: Life, key: &str, name: &'static str, detail: Detail) -> (Life, Entry) {
    let entry = Entry {
        key: key.into(),
        name,
        detail,
    };
    (life, entry)
}

fn institutions() -> Rows {
    let abolished = Detail::Abolished {
        on: date(2026, 4, 1),
        successor: "202029-M",
    };
    vec![
        row(ALWAYS, "011002-E", "札幌市教育委員会", Detail::None),
        row(ALWAYS, "011002-M", "札幌市長", Detail::None),
        row(ALWAYS, "202029-M", "松本市長", Detail::None),
        row(ALWAYS, "202053-E", "飯田市教育委員会", Detail::None),
        row(ALWAYS, "202053-M", "飯田市長", Detail::None),
        // A village that never was: it stands for a municipality that a merger ended.
        row(UNTIL_2026_04, "209996-M", "模擬村長", Detail::None),
        row(SINCE_2026_04, "209996-M", "模擬村長", abolished),
        row(ALWAYS, "INS-0001", "模擬健康保険組合", Detail::None),
        row(ALWAYS, "MIN-0001", "模擬省", Detail::None),
    ]
}

fn tasks() -> Rows {
    let law = || Detail::Task { ordinance: false };
    let ordinance = || Detail::Task { ordinance: true };
    vec![
        row(ALWAYS, "T-001", "児童手当の支給", law()),
        row(ALWAYS, "T-002", "就学援助", law()),
        row(ALWAYS, "T-003", "介護保険料の賦課", law()),
        row(ALWAYS, "T-004", "生活保護の決定・実施", law()),
        row(UNTIL_2026_12, "T-005", "公営住宅の管理", law()),
        row(SINCE_2026_12, "T-005", "公営住宅及び改良住宅の管理", law()),
        row(SINCE_2026_04, "T-101", "子ども医療費の助成", ordinance()),
        row(
            SINCE_2026_04,
            "T-102",
            "ひとり親家庭医療費の助成",
            ordinance(),
        ),
    ]
}

fn procedures() -> Rows {
    let of = |task| Detail::Procedure { task };
    vec![
        row(ALWAYS, "P-001-01", "認定請求", of("T-001")),
        row(UNTIL_2026_12, "P-001-02", "現況届", of("T-001")),
        row(ALWAYS, "P-002-01", "援助の申請", of("T-002")),
        row(ALWAYS, "P-003-01", "保険料の賦課", of("T-003")),
        row(ALWAYS, "P-004-01", "保護の開始", of("T-004")),
        row(SINCE_2026_12, "P-004-02", "保護の変更", of("T-004")),
        row(ALWAYS, "P-005-01", "入居の申込み", of("T-005")),
        row(SINCE_2026_04, "P-101-01", "助成の申請", of("T-101")),
        row(SINCE_2026_04, "P-102-01", "助成の申請", of("T-102")),
    ]
}

fn items() -> Rows {
    let free = || Detail::Item { consent: false };
    let consent = || Detail::Item { consent: true };
    vec![
        row(ALWAYS, "CHILD-ALLOWANCE", "児童手当関係情報", free()),
        row(
            SINCE_2026_12,
            "CHILDCARE",
            "子どものための教育・保育給付関係情報",
            free(),
        ),
        row(ALWAYS, "DISABILITY", "障害者関係情報", free()),
        row(ALWAYS, "INSURANCE", "医療保険資格関係情報", free()),
        row(ALWAYS, "RESIDENT-RECORD", "住民票関係情報", free()),
        row(ALWAYS, "STUDY-SUPPORT", "就学援助関係情報", free()),
        row(
            ALWAYS,
            "TAX-INCOME",
            "地方税関係情報（所得・課税）",
            consent(),
        ),
        row(
            UNTIL_2026_12,
            "TAX-INCOME-SIMILAR",
            "地方税関係情報（所得・控除）",
            consent(),
        ),
        row(ALWAYS, "WELFARE", "生活保護関係情報", free()),
    ]
}

/// Who has whom act for it: from, to, task.
fn delegations() -> Rows {
    vec![
        row(
            SINCE_2026_12,
            "011002-E/011002-M/T-002",
            "委任",
            Detail::None,
        ),
        row(ALWAYS, "202053-E/202053-M/T-002", "委任", Detail::None),
    ]
}
