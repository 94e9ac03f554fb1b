//! What the masters say. All of it is made up \[A\]; only the cities' names and codes are real.
//!
//! A version is one of four revisions of the content: of 2025.04, of 2026.04, of 2026.12 (with every kind of change that
//! an institution has to stand: an item, a field and a permission more, an item, a field and a permission less, a field
//! longer, a field of another kind, a field that becomes required), and of 2027 (a field and a permission more).

use std::{collections::BTreeMap, sync::Arc};

use jiff::civil::date;

use crate::network::{
    master::{
        entry::{Detail, Entry, FieldKind, FieldRule},
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

fn layouts() -> Rows {
    use FieldKind::{Date, EraDate, Number, Text};
    let field = |kind, max_length, required| {
        Detail::Field(FieldRule {
            kind,
            max_length,
            required,
        })
    };
    vec![
        row(
            ALWAYS,
            "CHILD-ALLOWANCE/AMOUNT",
            "支給額",
            field(Number, 7, true),
        ),
        row(
            ALWAYS,
            "CHILD-ALLOWANCE/CHILDREN",
            "対象児童数",
            field(Number, 2, false),
        ),
        // Of another kind: what was free text becomes a date.
        row(
            UNTIL_2026_12,
            "CHILD-ALLOWANCE/SINCE",
            "支給開始",
            field(Text, 20, false),
        ),
        row(
            SINCE_2026_12,
            "CHILD-ALLOWANCE/SINCE",
            "支給開始",
            field(Date, 10, false),
        ),
        row(
            SINCE_2026_12,
            "CHILDCARE/FACILITY",
            "施設名",
            field(Text, 100, true),
        ),
        row(
            SINCE_2026_12,
            "CHILDCARE/SINCE",
            "利用開始年月日",
            field(Date, 10, true),
        ),
        row(ALWAYS, "DISABILITY/GRADE", "等級", field(Text, 10, true)),
        row(
            ALWAYS,
            "DISABILITY/ISSUED-ON",
            "交付年月日",
            field(Date, 10, true),
        ),
        row(ALWAYS, "DISABILITY/NOTE", "備考", field(Text, 200, false)),
        row(
            ALWAYS,
            "INSURANCE/ENDED-ON",
            "資格喪失年月日",
            field(Date, 10, false),
        ),
        row(
            ALWAYS,
            "INSURANCE/INSURER",
            "保険者名",
            field(Text, 100, true),
        ),
        row(
            ALWAYS,
            "INSURANCE/QUALIFIED-ON",
            "資格取得年月日",
            field(Date, 10, true),
        ),
        // Becomes required.
        row(
            UNTIL_2026_12,
            "RESIDENT-RECORD/HOUSEHOLD",
            "世帯番号",
            field(Text, 20, false),
        ),
        row(
            SINCE_2026_12,
            "RESIDENT-RECORD/HOUSEHOLD",
            "世帯番号",
            field(Text, 20, true),
        ),
        row(
            ALWAYS,
            "RESIDENT-RECORD/MOVED-IN-ON",
            "転入年月日",
            field(Date, 10, true),
        ),
        row(
            ALWAYS,
            "RESIDENT-RECORD/NOTE",
            "備考",
            field(Text, 200, false),
        ),
        row(
            ALWAYS,
            "RESIDENT-RECORD/RELATION",
            "続柄",
            field(Text, 20, false),
        ),
        row(
            ALWAYS,
            "STUDY-SUPPORT/AMOUNT",
            "援助額",
            field(Number, 7, true),
        ),
        row(
            ALWAYS,
            "STUDY-SUPPORT/SCHOOL",
            "学校名",
            field(Text, 100, true),
        ),
        // A field more.
        row(
            SINCE_2026_12,
            "TAX-INCOME/DEPENDANTS",
            "扶養親族数",
            field(Number, 2, false),
        ),
        // Longer.
        row(
            UNTIL_2026_12,
            "TAX-INCOME/INCOME",
            "総所得金額",
            field(Number, 8, true),
        ),
        row(
            SINCE_2026_12,
            "TAX-INCOME/INCOME",
            "総所得金額",
            field(Number, 10, true),
        ),
        row(ALWAYS, "TAX-INCOME/NOTE", "備考", field(Text, 200, false)),
        row(
            SINCE_2027,
            "TAX-INCOME/RESIDENCE",
            "1月1日の住所地",
            field(Text, 100, false),
        ),
        // A field less.
        row(
            UNTIL_2026_12,
            "TAX-INCOME/SPOUSE",
            "配偶者控除の有無",
            field(Text, 1, false),
        ),
        row(
            ALWAYS,
            "TAX-INCOME/TAX",
            "市町村民税所得割額",
            field(Number, 10, true),
        ),
        row(
            UNTIL_2026_12,
            "TAX-INCOME-SIMILAR/DEDUCTION",
            "所得控除額",
            field(Number, 10, false),
        ),
        row(
            UNTIL_2026_12,
            "TAX-INCOME-SIMILAR/INCOME",
            "総所得金額",
            field(Number, 10, true),
        ),
        row(
            ALWAYS,
            "WELFARE/DECIDED-ON",
            "決定年月日（和暦）",
            field(EraDate, 20, false),
        ),
        row(ALWAYS, "WELFARE/KIND", "扶助の種類", field(Text, 20, true)),
        row(ALWAYS, "WELFARE/NOTE", "備考", field(Text, 200, false)),
        row(
            ALWAYS,
            "WELFARE/SINCE",
            "保護開始年月日",
            field(Date, 10, true),
        ),
    ]
}

/// What one mayor's office may ask of another: in which revisions, for which task, which item.
const MAYOR_OF_MAYOR: &[(Life, &str, &str)] = &[
    (ALWAYS, "T-001", "CHILD-ALLOWANCE"),
    (ALWAYS, "T-001", "RESIDENT-RECORD"),
    (ALWAYS, "T-001", "TAX-INCOME"),
    (ALWAYS, "T-003", "RESIDENT-RECORD"),
    (ALWAYS, "T-003", "TAX-INCOME"),
    (UNTIL_2026_12, "T-003", "WELFARE"),
    (SINCE_2027, "T-003", "WELFARE"),
    (SINCE_2026_12, "T-004", "CHILD-ALLOWANCE"),
    (SINCE_2026_12, "T-004", "CHILDCARE"),
    (ALWAYS, "T-004", "DISABILITY"),
    (ALWAYS, "T-004", "RESIDENT-RECORD"),
    (ALWAYS, "T-004", "TAX-INCOME"),
    (UNTIL_2026_12, "T-004", "TAX-INCOME-SIMILAR"),
    (ALWAYS, "T-004", "WELFARE"),
    (ALWAYS, "T-005", "TAX-INCOME"),
    (SINCE_2026_04, "T-101", "TAX-INCOME"),
    (SINCE_2026_04, "T-102", "TAX-INCOME"),
];

/// Which mayors' offices may ask which.
const MAYORS: &[(&str, &str)] = &[
    ("202053-M", "011002-M"),
    ("202053-M", "202029-M"),
    ("011002-M", "202053-M"),
    ("202029-M", "202053-M"),
];

/// All others that may ask: inquirer, task, provider, item.
const OTHERS: &[(&str, &str, &str, &str)] = &[
    ("202053-M", "T-001", "INS-0001", "INSURANCE"),
    ("202053-M", "T-004", "INS-0001", "INSURANCE"),
    ("202053-M", "T-004", "MIN-0001", "DISABILITY"),
    ("011002-M", "T-004", "INS-0001", "INSURANCE"),
    ("202053-E", "T-002", "202053-M", "TAX-INCOME"),
    ("202053-E", "T-002", "202053-M", "RESIDENT-RECORD"),
    ("202053-E", "T-002", "011002-M", "TAX-INCOME"),
    ("202053-E", "T-002", "011002-M", "RESIDENT-RECORD"),
    ("202053-E", "T-002", "011002-E", "STUDY-SUPPORT"),
    ("011002-E", "T-002", "202053-M", "TAX-INCOME"),
    ("011002-E", "T-002", "202053-E", "STUDY-SUPPORT"),
    ("MIN-0001", "T-004", "202053-M", "WELFARE"),
    ("MIN-0001", "T-004", "202053-M", "TAX-INCOME"),
    ("INS-0001", "T-003", "202053-M", "TAX-INCOME"),
    ("INS-0001", "T-003", "202053-M", "RESIDENT-RECORD"),
];

fn permissions() -> Rows {
    let between = MAYORS.iter().flat_map(|(inquirer, provider)| {
        MAYOR_OF_MAYOR.iter().map(move |(life, task, item)| {
            (life.clone(), format!("{inquirer}/{task}/{provider}/{item}"))
        })
    });
    let others = OTHERS.iter().map(|(inquirer, task, provider, item)| {
        (ALWAYS, format!("{inquirer}/{task}/{provider}/{item}"))
    });
    between
        .chain(others)
        .map(|(life, key)| row(life, &key, "許可", Detail::None))
        .collect()
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::network::types::{EntryKey, InstitutionCode, Key};

    fn keys(kind: MasterKind, version: &str) -> Vec<String> {
        entries(kind, &MasterVersion::new(version).unwrap())
            .iter()
            .map(|entry| entry.key.to_string())
            .collect()
    }

    #[test]
    fn every_revision_refers_to_what_it_holds_itself() {
        for version in ["2025.04", "2026.04", "2026.12", "2027.04"] {
            let of = |kind| keys(kind, version);
            let institutions = of(MasterKind::Institutions);
            let tasks = of(MasterKind::Tasks);
            let items = of(MasterKind::SpecificPersonalInformation);
            let layouts = of(MasterKind::Layouts);
            for key in of(MasterKind::PermissionList) {
                let parts: Vec<&str> = key.split('/').collect();
                let [inquirer, task, provider, item] = parts[..] else {
                    panic!("{key}")
                };
                assert!(institutions.iter().any(|code| code == inquirer), "{key}");
                assert!(institutions.iter().any(|code| code == provider), "{key}");
                assert!(tasks.iter().any(|code| code == task), "{version} {key}");
                assert!(items.iter().any(|code| code == item), "{version} {key}");
            }
            for item in &items {
                let required = entries(MasterKind::Layouts, &MasterVersion::new(version).unwrap())
                    .iter()
                    .filter(|entry| entry.key.starts_with(&format!("{item}/")))
                    .filter(|entry| {
                        matches!(
                            entry.detail,
                            Detail::Field(FieldRule { required: true, .. })
                        )
                    })
                    .count();
                assert!(required > 0, "{version} {item}");
            }
            for field in layouts {
                let (item, name) = field.split_once('/').unwrap();
                assert!(items.iter().any(|key| key == item), "{version} {field}");
                assert!(Key::new(name).is_some());
            }
            for code in institutions {
                assert!(InstitutionCode::new(&code).is_some());
            }
            for kind in MasterKind::ALL {
                assert!(of(kind).iter().all(|key| EntryKey::new(key).is_some()));
            }
        }
    }

    #[test]
    fn the_revision_of_december_changes_in_every_way() {
        let gone = |kind, key: &str| {
            let has = |version| keys(kind, version).iter().any(|found| found == key);
            (has("2026.04"), has("2026.12"))
        };
        let items = MasterKind::SpecificPersonalInformation;
        assert_eq!(gone(items, "CHILDCARE"), (false, true));
        assert_eq!(gone(items, "TAX-INCOME-SIMILAR"), (true, false));
        assert_eq!(
            gone(MasterKind::Layouts, "TAX-INCOME/DEPENDANTS"),
            (false, true)
        );
        assert_eq!(
            gone(MasterKind::Layouts, "TAX-INCOME/SPOUSE"),
            (true, false)
        );
        let permissions = MasterKind::PermissionList;
        let added = "202053-M/T-004/011002-M/CHILD-ALLOWANCE";
        assert_eq!(gone(permissions, added), (false, true));
        let removed = "202053-M/T-003/011002-M/WELFARE";
        assert_eq!(gone(permissions, removed), (true, false));
    }
}
