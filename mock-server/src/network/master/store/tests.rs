//! Tests of which version is in force when, and of what it says.

use super::*;

fn at(text: &str) -> Moment {
    text.parse().unwrap()
}

fn version(text: &str) -> MasterVersion {
    MasterVersion::new(text).unwrap()
}

fn in_force(masters: &Masters, when: &str) -> String {
    let found = masters.in_force(MasterKind::Layouts, at(when)).unwrap();
    assert_eq!(masters.violations(at(when)), [""; 0], "{when}");
    found.version.to_string()
}

const NOVEMBER: &str = "2026-11-02T09:00:00+09:00";

fn published() -> Masters {
    let mut masters = Masters::genesis();
    for kind in MasterKind::ALL {
        masters
            .publish(kind, &version("2026.12"), date(2026, 12, 1), at(NOVEMBER))
            .unwrap();
    }
    masters
}

#[test]
fn a_version_is_in_force_from_midnight_of_its_first_day() {
    let masters = published();
    for (when, expected) in [
        ("2026-03-31T23:59:59+09:00", "2025.04"),
        ("2026-04-01T00:00:00+09:00", "2026.04"),
        ("2026-11-30T23:59:59+09:00", "2026.04"),
        ("2026-12-01T00:00:00+09:00", "2026.12"),
        ("2026-11-30T15:00:00Z", "2026.12"),
    ] {
        assert_eq!(in_force(&masters, when), expected, "{when}");
    }
}

#[test]
fn what_is_withdrawn_gives_way_to_the_version_before_and_did_hold_before() {
    let mut masters = published();
    let withdrawn = "2026-12-03T10:00:00+09:00";
    let kind = MasterKind::Layouts;
    masters
        .withdraw(kind, &version("2026.12"), at(withdrawn))
        .unwrap();
    for (when, expected) in [
        ("2026-12-03T09:59:59+09:00", "2026.12"),
        (withdrawn, "2026.04"),
        ("2027-12-03T10:00:00+09:00", "2026.04"),
    ] {
        assert_eq!(in_force(&masters, when), expected, "{when}");
    }
    assert_eq!(
        masters.withdraw(kind, &version("2026.12"), at(withdrawn)),
        Err(Impossible::Unknown)
    );
}

#[test]
fn what_cannot_be_published_or_withdrawn_is_told_apart() {
    let mut masters = published();
    let kind = MasterKind::Tasks;
    for (name, from, expected) in [
        ("2026.12", date(2027, 1, 1), Impossible::NotNewer),
        ("2026.11", date(2027, 1, 1), Impossible::NotNewer),
        ("2027.04", date(2026, 12, 1), Impossible::TooEarly),
        ("2027.04", date(2026, 11, 2), Impossible::TooEarly),
    ] {
        let refused = masters.publish(kind, &version(name), from, at(NOVEMBER));
        assert_eq!(refused, Err(expected), "{name} {from}");
    }
    let mut take = |name| masters.withdraw(kind, &version(name), at(NOVEMBER));
    assert_eq!(take("2027.04"), Err(Impossible::Unknown));
    assert_eq!(take("2026.12"), Ok(()));
    assert_eq!(take("2026.04"), Ok(()));
    assert_eq!(take("2025.04"), Err(Impossible::LastOne));
}

#[test]
fn the_permission_list_and_the_layouts_follow_the_version_in_force() {
    let masters = published();
    let code = |text| InstitutionCode::new(text).unwrap();
    let key = |text| Key::new(text).unwrap();
    let before = at("2026-11-30T23:59:59+09:00");
    let after = at("2026-12-01T00:00:00+09:00");
    let permits = |when, task, item| {
        let (iida, sapporo) = (code("202053-M"), code("011002-M"));
        masters.permits(when, &iida, &key(task), &sapporo, &key(item))
    };
    assert!(permits(before, "T-003", "WELFARE"));
    assert!(!permits(after, "T-003", "WELFARE"));
    assert!(!permits(before, "T-004", "CHILDCARE"));
    assert!(permits(after, "T-004", "CHILDCARE"));
    let fields = |when| -> Vec<String> {
        masters
            .layout(when, &key("TAX-INCOME"))
            .map(|field| format!("{} {}", field.name, field.rule.max_length))
            .collect()
    };
    assert_eq!(
        fields(before),
        ["INCOME 8", "NOTE 200", "SPOUSE 1", "TAX 10"]
    );
    assert_eq!(
        fields(after),
        ["DEPENDANTS 2", "INCOME 10", "NOTE 200", "TAX 10"]
    );
}
