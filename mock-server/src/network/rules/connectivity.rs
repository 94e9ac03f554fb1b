//! Rules of the connectivity check (phase 3): those of the gate, which hold for every other operation, and its own.

use crate::{
    network::rules::{FaultCode, Mark, Retry, Rule},
    text::Text,
};

static OUT_OF_HOURS: FaultCode = FaultCode {
    code: "F-CNT-01",
    text: Text::fixed("稼働時間外です。", "it is out of the network's hours"),
    next: Text::fixed(
        "稼働時間を確認し、時間内に同じ要求番号で再度送信してください。",
        "ask for the hours, and send the same request within them",
    ),
    retry: Retry::SameRequest,
};

static PLANNED_STOP: FaultCode = FaultCode {
    code: "F-CNT-02",
    text: Text::fixed("計画停止中です。", "the network is in a planned stop"),
    next: Text::fixed(
        "計画停止の終了後に、同じ要求番号で再度送信してください。",
        "send the same request after the stop",
    ),
    retry: Retry::SameRequest,
};

static ROUTE_BROKEN: FaultCode = FaultCode {
    code: "F-CNT-03",
    text: Text::fixed(
        "到達できない区間があるため、処理できません。",
        "a hop on the way cannot be reached",
    ),
    next: Text::fixed(
        "示された区間の復旧後に、同じ要求番号で再度送信してください。",
        "send the same request once the hop that is named is up again",
    ),
    retry: Retry::SameRequest,
};

static CLOCKS_DIFFER: FaultCode = FaultCode {
    code: "F-CNT-04",
    text: Text::fixed(
        "送信日時と受信日時との差が許容範囲を超えています。",
        "the clocks of sender and network are too far apart",
    ),
    next: Text::fixed(
        "送信側の時刻同期及び時間帯（日本標準時）を確認してください。",
        "check the synchronisation of the sender's clock, and its time zone (Japan's)",
    ),
    retry: Retry::Corrected,
};

static PEER_UNKNOWN: FaultCode = FaultCode {
    code: "F-CNT-05",
    text: Text::fixed(
        "相手先の機関コードは登録されていません。",
        "no institution has the peer's code",
    ),
    next: Text::fixed(
        "機関マスターの機関コードを確認してください。",
        "check the code in the institutions master",
    ),
    retry: Retry::Corrected,
};

static PEER_IS_SELF: FaultCode = FaultCode {
    code: "F-CNT-06",
    text: Text::fixed("相手先が自機関です。", "the peer is the institution itself"),
    next: Text::fixed(
        "首長部局と教育委員会は別の機関です。相手先の機関コードを確認してください。",
        "mayor's office and board of education are two institutions; check the peer's code",
    ),
    retry: Retry::Corrected,
};

/// The network is used within its hours.
pub static IN_HOURS: Rule = Rule {
    code: "R-CNT-01",
    phase: "connectivity",
    mark: Mark::Assumption,
    text: Text::fixed(
        "接続申請、疎通確認及び稼働状況の確認以外は、稼働時間内でなければ行うことができない。",
        "but for connection, connectivity and status, the network is used within its hours",
    ),
    fault: &OUT_OF_HOURS,
    off: Text::fixed("稼働時間外でも処理する。", "the hours are not looked at"),
};

/// Nothing is done during a planned stop.
pub static NO_PLANNED_STOP: Rule = Rule {
    code: "R-CNT-02",
    phase: "connectivity",
    mark: Mark::Assumption,
    text: Text::fixed(
        "計画停止の間は、接続申請、疎通確認及び稼働状況の確認以外を行うことができない。",
        "during a planned stop nothing but connection, connectivity and status is answered",
    ),
    fault: &PLANNED_STOP,
    off: Text::fixed(
        "計画停止の間も処理する。",
        "a planned stop is not looked at",
    ),
};

/// The way to the core is up.
pub static ROUTE_UP: Rule = Rule {
    code: "R-CNT-03",
    phase: "connectivity",
    mark: Mark::Assumption,
    text: Text::fixed(
        "中間サーバー、インターフェイスシステム及びコアシステムに到達できない間は、要求を処理しない。",
        "nothing is done while intermediate server, interface system or core system cannot be reached",
    ),
    fault: &ROUTE_BROKEN,
    off: Text::fixed(
        "到達できない区間があっても処理する。",
        "hops that are down are not looked at",
    ),
};

/// The clocks agree.
pub static CLOCKS_AGREE: Rule = Rule {
    code: "R-CNT-04",
    phase: "connectivity",
    mark: Mark::Assumption,
    text: Text::fixed(
        "電文の送信日時と受信日時との差は、許容範囲内でなければならない。",
        "the time at which a message says it was sent is near the network's time",
    ),
    fault: &CLOCKS_DIFFER,
    off: Text::fixed(
        "送信日時を確認しない。",
        "the time of sending is not looked at",
    ),
};

/// The peer is an institution.
pub static PEER_KNOWN: Rule = Rule {
    code: "R-CNT-05",
    phase: "connectivity",
    mark: Mark::Assumption,
    text: Text::fixed(
        "疎通を確認する相手先は、機関マスターに登録された機関でなければならない。",
        "the peer whose route is checked is in the institutions master",
    ),
    fault: &PEER_UNKNOWN,
    off: Text::fixed(
        "未登録の機関を、未接続の機関として扱う。",
        "an unknown institution is treated as one that is not connected",
    ),
};

/// The peer is another institution.
pub static PEER_IS_ANOTHER: Rule = Rule {
    code: "R-CNT-06",
    phase: "connectivity",
    mark: Mark::Assumption,
    text: Text::fixed(
        "疎通を確認する相手先は、自機関以外の機関でなければならない。",
        "the peer whose route is checked is another institution",
    ),
    fault: &PEER_IS_SELF,
    off: Text::fixed(
        "自機関を相手先として確認する。",
        "the institution itself is checked as the peer",
    ),
};

/// What holds for every operation but those of connection and connectivity; tried before the domain's rules.
pub static AT_THE_GATE: &[&Rule] = &[&IN_HOURS, &NO_PLANNED_STOP, &ROUTE_UP];

/// In the order in which they are tried.
pub static RULES: &[&Rule] = &[&CLOCKS_AGREE, &PEER_KNOWN, &PEER_IS_ANOTHER];
