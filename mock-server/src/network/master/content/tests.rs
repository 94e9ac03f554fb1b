//! Tests of what each revision refers to, and of what changes.

use super::*;
use crate::network::{
    master::entry::FieldRule,
    types::{EntryKey, InstitutionCode, Key},
};

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
