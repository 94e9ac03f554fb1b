//! Where results are fetched and inquiries taken back.

use super::PHASE;
use crate::{
    network::rules::{FaultCode, Mark, Retry, Rule},
    text::Text,
};

static NO_SUCH_RECEIPT: FaultCode = FaultCode {
    code: "F-INQ-07",
    text: Text::fixed(
        "この受付番号の照会は、この機関にはありません。",
        "this institution made no inquiry with this receipt number",
    ),
    next: Text::fixed(
        "受付番号と、照会した機関の証明書で接続しているかを確認してください。",
        "check the receipt number, and that the certificate is that of the institution which asked",
    ),
    retry: Retry::Corrected,
};

static RESULT_GONE: FaultCode = FaultCode {
    code: "F-INQ-08",
    text: Text::fixed(
        "照会結果の保存期限を過ぎました。",
        "what became of the inquiry is kept no longer",
    ),
    next: Text::fixed(
        "必要であれば改めて照会してください。",
        "ask again where it is still needed",
    ),
    retry: Retry::Never,
};

static TOO_LATE_TO_CANCEL: FaultCode = FaultCode {
    code: "F-INQ-09",
    text: Text::fixed(
        "結果が確定した照会は取り消せません。",
        "an inquiry of which it is settled what becomes of it cannot be taken back",
    ),
    next: Text::fixed("照会結果を取得してください。", "fetch its result"),
    retry: Retry::Never,
};

/// What the core answers where it does not permit an inquiry. It is found with the result.
/// An institution fetches and takes back what it asked itself.
pub static OWN_RECEIPT: Rule = Rule {
    code: "R-INQ-16",
    phase: PHASE,
    mark: Mark::Assumption,
    text: Text::fixed(
        "照会結果の取得及び照会の取消しは、その照会を行った機関のみが行うことができる。",
        "only the institution that asked fetches a result or takes an inquiry back",
    ),
    fault: &NO_SUCH_RECEIPT,
    off: Text::fixed(
        "他機関の照会の結果も応答し、存在しない受付番号には受付済みと応答する。",
        "results of others are answered, and an unknown receipt number is answered as accepted",
    ),
};

/// A result is kept for a time.
pub static RESULT_KEPT: Rule = Rule {
    code: "R-INQ-17",
    phase: PHASE,
    mark: Mark::Assumption,
    text: Text::fixed(
        "照会結果は、保存期限までに取得しなければならない。",
        "a result is fetched before its time is over",
    ),
    fault: &RESULT_GONE,
    off: Text::fixed(
        "期限を過ぎた照会には、期限切れの状態を応答する。",
        "an inquiry whose time is over is answered with its state",
    ),
};

/// What is settled is not taken back.
pub static CANCEL_IN_TIME: Rule = Rule {
    code: "R-INQ-18",
    phase: PHASE,
    mark: Mark::Assumption,
    text: Text::fixed(
        "照会の取消しは、結果が確定する前に行わなければならない。",
        "an inquiry is taken back before it is settled what becomes of it",
    ),
    fault: &TOO_LATE_TO_CANCEL,
    off: Text::fixed(
        "結果の確定した照会の取消しにも、取り消したと応答する。",
        "taking back a settled inquiry is acknowledged, without effect",
    ),
};
