//! Rules of the exchange records.

use crate::{
    network::rules::{FaultCode, Mark, Retry, Rule},
    text::Text,
};

static BAD_PERIOD: FaultCode = FaultCode {
    code: "F-REC-01",
    text: Text::fixed(
        "期間の指定が誤っています。",
        "the period cannot be asked for",
    ),
    next: Text::fixed(
        "期間の開始日を終了日以前とし、366日以内に分けて送信してください。",
        "let the period begin before it ends, and ask for at most 366 days at a time",
    ),
    retry: Retry::Corrected,
};

static NO_LONGER_KEPT: FaultCode = FaultCode {
    code: "F-REC-02",
    text: Text::fixed(
        "保存期間（7年）を過ぎた記録は残っていません。",
        "records are kept for seven years; there are none of that time any more",
    ),
    next: Text::fixed(
        "直近7年の期間を指定してください。",
        "ask for a period within the last seven years",
    ),
    retry: Retry::Corrected,
};

static NO_SUCH_RECORD: FaultCode = FaultCode {
    code: "F-REC-03",
    text: Text::fixed(
        "この受付番号の記録は、この機関にはありません。",
        "this institution has no record with this receipt number",
    ),
    next: Text::fixed(
        "受付番号と、照会又は提供した機関の証明書で接続しているかを確認してください。",
        "check the receipt number, and that the certificate is that of the institution which asked or provided",
    ),
    retry: Retry::Corrected,
};

static NO_SUCH_PAGE: FaultCode = FaultCode {
    code: "F-REC-04",
    text: Text::fixed("このページはありません。", "there is no such page"),
    next: Text::fixed(
        "1から、応答に示されたページ数までを指定してください。",
        "ask for a page from 1 to the number of pages that the answer names",
    ),
    retry: Retry::Corrected,
};

/// A period begins before it ends.
pub static PERIOD_IN_ORDER: Rule = Rule {
    code: "R-REC-01",
    phase: "query-provide",
    mark: Mark::Assumption,
    text: Text::fixed(
        "記録を求める期間の開始日は、終了日以前でなければならない。",
        "a period for which records are asked does not end before it begins",
    ),
    fault: &BAD_PERIOD,
    off: Text::fixed(
        "終了日より後に始まる期間には、記録なしと応答する。",
        "for a period that ends before it begins the answer is that there are no records",
    ),
};

/// A period has at most 366 days.
pub static PERIOD_WITHIN_A_YEAR: Rule = Rule {
    code: "R-REC-02",
    phase: "query-provide",
    mark: Mark::Assumption,
    text: Text::fixed(
        "記録を求める期間は、366日以内でなければならない。",
        "a period for which records are asked has at most 366 days",
    ),
    fault: &BAD_PERIOD,
    off: Text::fixed(
        "長い期間の記録も応答する。",
        "records of longer periods are answered",
    ),
};

/// Records are kept for seven years.
pub static WITHIN_SEVEN_YEARS: Rule = Rule {
    code: "R-REC-03",
    phase: "query-provide",
    mark: Mark::Law,
    text: Text::fixed(
        "情報提供等記録の保存期間は7年であり、これを過ぎた期間の記録は求められない。",
        "exchange records are kept for seven years; none can be asked for of a time before",
    ),
    fault: &NO_LONGER_KEPT,
    off: Text::fixed(
        "7年より前の期間には、記録なしと応答する。",
        "for a time more than seven years ago the answer is that there are no records",
    ),
};

/// An institution sees and marks its own records alone.
pub static OWN_RECORD: Rule = Rule {
    code: "R-REC-04",
    phase: "query-provide",
    mark: Mark::Assumption,
    text: Text::fixed(
        "機関は、自らが照会又は提供した記録のみを確認し、不開示とすることができる。",
        "an institution sees and marks the records of what it asked or provided itself, and no others",
    ),
    fault: &NO_SUCH_RECORD,
    off: Text::fixed(
        "他機関の記録も応答する。他機関の記録への不開示の設定は、応答のみで効果がない。",
        "records of other institutions are answered; a mark on one is acknowledged and has no effect",
    ),
};

/// A page that is asked for exists.
pub static PAGE_EXISTS: Rule = Rule {
    code: "R-REC-05",
    phase: "query-provide",
    mark: Mark::Assumption,
    text: Text::fixed(
        "求めるページは、1から全ページ数までの間になければならない。",
        "a page that is asked for lies between 1 and the number of pages",
    ),
    fault: &NO_SUCH_PAGE,
    off: Text::fixed(
        "存在しないページには、空のページを応答する。",
        "a page that is not there is answered empty",
    ),
};

/// In the order in which they are tried.
pub static RULES: &[&Rule] = &[
    &PERIOD_IN_ORDER,
    &PERIOD_WITHIN_A_YEAR,
    &WITHIN_SEVEN_YEARS,
    &OWN_RECORD,
    &PAGE_EXISTS,
];
