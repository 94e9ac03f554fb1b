//! Who may ask whom for what, and for which task.

use super::{ALWAYS, Life, Rows, SINCE_2026_04, SINCE_2026_12, SINCE_2027, UNTIL_2026_12, row};
use crate::network::master::entry::Detail;

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

pub(super) fn permissions() -> Rows {
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
