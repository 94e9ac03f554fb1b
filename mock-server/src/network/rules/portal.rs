//! Rules of MynaPortal.

use crate::{
    network::rules::{FaultCode, Mark, Retry, Rule},
    text::Text,
};

static UNKNOWN_PERSON: FaultCode = FaultCode {
    code: "F-POR-01",
    text: Text::fixed(
        "この利用者は登録されていません。",
        "no person is known by this handle",
    ),
    next: Text::fixed(
        "利用者の識別子を確認してください。",
        "check the person's handle",
    ),
    retry: Retry::Corrected,
};

static NO_OWN_RECORD: FaultCode = FaultCode {
    code: "F-POR-02",
    text: Text::fixed(
        "本人が確認できる記録はありません。",
        "there is no such record that the person may see",
    ),
    next: Text::fixed(
        "受付番号を確認してください。不開示とされた記録は、存否も示されません。",
        "check the receipt number; of a record that is not to be disclosed, not even its existence is told",
    ),
    retry: Retry::Never,
};

static UNKNOWN_ITEM: FaultCode = FaultCode {
    code: "F-POR-03",
    text: Text::fixed(
        "この特定個人情報はマスターにありません。",
        "the masters know no such item",
    ),
    next: Text::fixed(
        "現在有効なマスターの特定個人情報を指定してください。",
        "name an item of the masters that are in force",
    ),
    retry: Retry::Corrected,
};

/// The handle leads to a person.
pub static PERSON_KNOWN: Rule = Rule {
    code: "R-POR-01",
    phase: "query-provide",
    mark: Mark::Assumption,
    text: Text::fixed(
        "マイナポータルの利用者は、登録された者でなければならない。",
        "the person for whom MynaPortal asks is known",
    ),
    fault: &UNKNOWN_PERSON,
    off: Text::fixed(
        "未登録の利用者には、情報なしと応答する。",
        "for an unknown person the answer is that there is nothing",
    ),
};

/// A person sees their own records that are not marked.
pub static OWN_AND_DISCLOSED: Rule = Rule {
    code: "R-POR-02",
    phase: "query-provide",
    mark: Mark::Source,
    text: Text::fixed(
        "本人が確認できる記録は、本人に関する記録であって不開示とされていないものに限る。",
        "a person sees the records about themselves that are not marked as not to be disclosed, and no others",
    ),
    fault: &NO_OWN_RECORD,
    off: Text::fixed(
        "受付番号で求められた記録を、他人の記録又は不開示の記録でも示す。",
        "a record that is asked for by its number is shown, be it marked or of another person",
    ),
};

/// The item is in the master that is in force.
pub static ITEM_KNOWN: Rule = Rule {
    code: "R-POR-03",
    phase: "query-provide",
    mark: Mark::Assumption,
    text: Text::fixed(
        "自己情報として求める特定個人情報は、現在有効なマスターになければならない。",
        "the item of which a person asks for their own information is in the master that is in force",
    ),
    fault: &UNKNOWN_ITEM,
    off: Text::fixed(
        "マスターにない特定個人情報には、情報なしと応答する。",
        "for an item that the masters do not know the answer is that there is nothing",
    ),
};

/// In the order in which they are tried.
pub static RULES: &[&Rule] = &[&PERSON_KNOWN, &OWN_AND_DISCLOSED, &ITEM_KNOWN];
