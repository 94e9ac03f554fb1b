//! The fields of each item.

use super::{ALWAYS, Rows, SINCE_2026_12, SINCE_2027, UNTIL_2026_12, row};
use crate::network::master::entry::{Detail, FieldKind, FieldRule};

pub(super) fn layouts() -> Rows {
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
