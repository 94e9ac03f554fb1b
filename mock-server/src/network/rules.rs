//! The catalogue of the rules that the network enforces, each with its source, and of the faults it answers with.

use std::fmt;

use crate::{network::Fault, text::Text};

/// Where a rule comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mark {
    /// Stated in a public source.
    Source,
    /// Stated in law.
    Law,
    /// Our assumption.
    Assumption,
}

impl Mark {
    /// The letter shown to users.
    pub fn letter(self) -> &'static str {
        match self {
            Self::Source => "S",
            Self::Law => "L",
            Self::Assumption => "A",
        }
    }
}

/// Whether sending a refused message again can help.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Retry {
    /// Never.
    Never,
    /// The same message with the same request id, later.
    SameRequest,
    /// A corrected message with a new request id.
    Corrected,
}

impl Retry {
    /// The value in the contract.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Never => "never",
            Self::SameRequest => "same-request",
            Self::Corrected => "corrected",
        }
    }
}

/// A rule of the network, in the order in which rules are tried.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum RuleId {
    /// The certificate's institution is in the institutions master.
    CallerKnown,
    /// The message's institution is the certificate's.
    SenderIsCaller,
    /// The institution's application for connection is approved.
    ConnectionApproved,
}

/// One entry of the catalogue.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rule {
    /// `R-<GROUP>-<NN>`.
    pub code: &'static str,
    /// The phase of the operation test to which it belongs.
    pub phase: &'static str,
    /// Where it comes from.
    pub mark: Mark,
    /// The rule in one sentence.
    pub text: Text,
    /// The fault that it answers with.
    pub fault: FaultCode,
    /// What happens when it is switched off.
    pub off: Text,
}

impl RuleId {
    /// All rules, in the order in which they are tried.
    pub const ALL: [Self; 3] = [
        Self::CallerKnown,
        Self::SenderIsCaller,
        Self::ConnectionApproved,
    ];

    /// The rule whose code this is.
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|rule| rule.entry().code == code)
    }

    /// The rule's entry in the catalogue.
    pub fn entry(self) -> Rule {
        match self {
            Self::CallerKnown => Rule {
                code: "R-CAL-01",
                phase: "connection",
                mark: Mark::Assumption,
                text: Text::new(
                    "クライアント証明書の機関コードは、機関マスターに登録されていなければならない。",
                    "the institution code in the client certificate is in the institutions master",
                ),
                fault: FaultCode::UnknownInstitution,
                off: Text::new(
                    "未登録の機関を、承認待ちの機関として扱う。",
                    "an unknown institution is treated as one that waits for approval",
                ),
            },
            Self::SenderIsCaller => Rule {
                code: "R-CAL-02",
                phase: "connection",
                mark: Mark::Assumption,
                text: Text::new(
                    "電文の機関コードは、クライアント証明書の機関コードと一致しなければならない。",
                    "the institution code in the message is the one in the client certificate",
                ),
                fault: FaultCode::SenderDiffers,
                off: Text::new(
                    "電文の機関コードを確かめず、証明書の機関として扱う。",
                    "what the message says is not looked at; the certificate's institution counts",
                ),
            },
            Self::ConnectionApproved => Rule {
                code: "R-CON-01",
                phase: "connection",
                mark: Mark::Assumption,
                text: Text::new(
                    "接続申請が承認されていない機関は、申請状況の確認以外を行うことができない。",
                    "an institution whose application is not approved may ask for its status alone",
                ),
                fault: FaultCode::NotApproved,
                off: Text::new(
                    "承認前の機関にも応答する。",
                    "an institution is answered before its approval",
                ),
            },
        }
    }

    /// The refusal of a message that broke this rule with this value.
    pub fn fault(self, value: &str) -> Fault {
        let entry = self.entry();
        Fault {
            code: entry.fault,
            rule: Some(self),
            text: Text::new(
                format!("{}（機関コード: {value}）", entry.fault.text().ja),
                format!("{} (institution code: {value})", entry.fault.text().en),
            ),
            retry: entry.fault.retry(),
        }
    }
}

impl fmt::Display for RuleId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.entry().code)
    }
}

/// The fault codes of the contract.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum FaultCode {
    /// The certificate's institution is not in the institutions master.
    UnknownInstitution,
    /// Message and certificate name different institutions.
    SenderDiffers,
    /// The application for connection is not approved.
    NotApproved,
    /// The bytes are no well-formed XML that the contract allows.
    NotWellFormed,
    /// The message is not what the schema says.
    NotValid,
    /// The HTTP request is not what the binding says.
    BadBinding,
}

impl FaultCode {
    /// All fault codes.
    pub const ALL: [Self; 6] = [
        Self::UnknownInstitution,
        Self::SenderDiffers,
        Self::NotApproved,
        Self::NotWellFormed,
        Self::NotValid,
        Self::BadBinding,
    ];

    /// The code in the contract: `F-<GROUP>-<NN>`.
    pub fn code(self) -> &'static str {
        match self {
            Self::UnknownInstitution => "F-CAL-01",
            Self::SenderDiffers => "F-CAL-02",
            Self::NotApproved => "F-CON-01",
            Self::NotWellFormed => "F-FORM-01",
            Self::NotValid => "F-FORM-02",
            Self::BadBinding => "F-FORM-03",
        }
    }

    /// What it means.
    pub fn text(self) -> Text {
        match self {
            Self::UnknownInstitution => Text::new(
                "証明書の機関は登録されていません。",
                "the certificate's institution is not registered",
            ),
            Self::SenderDiffers => Text::new(
                "電文の機関コードが証明書の機関と異なります。",
                "the message names another institution than the certificate",
            ),
            Self::NotApproved => Text::new(
                "接続申請が承認されていません。",
                "the application for connection is not approved",
            ),
            Self::NotWellFormed => Text::new(
                "電文が整形式のXMLではありません。",
                "the message is not well-formed XML",
            ),
            Self::NotValid => Text::new(
                "電文がスキーマに適合しません。",
                "the message does not agree with the schema",
            ),
            Self::BadBinding => Text::new(
                "HTTP要求が仕様に適合しません。",
                "the HTTP request does not agree with the binding",
            ),
        }
    }

    /// What to do next.
    pub fn next(self) -> Text {
        match self {
            Self::UnknownInstitution => Text::new(
                "使用している証明書と、機関マスターの機関コードを確認してください。",
                "check which certificate is in use, and the institution codes in the master",
            ),
            Self::SenderDiffers => Text::new(
                "首長部局と教育委員会の証明書を取り違えていないか確認してください。",
                "check that the certificates of mayor's office and board of education are not mixed up",
            ),
            Self::NotApproved => Text::new(
                "接続申請の状況を確認し、承認後に再度送信してください。",
                "ask for the status of the application, and send again once it is approved",
            ),
            Self::NotWellFormed | Self::NotValid | Self::BadBinding => Text::new(
                "示された箇所を修正し、新しい要求番号で送信してください。",
                "correct the place that is named, and send with a new request id",
            ),
        }
    }

    /// Whether sending again can help.
    pub fn retry(self) -> Retry {
        match self {
            Self::UnknownInstitution => Retry::Never,
            Self::NotApproved => Retry::SameRequest,
            Self::SenderDiffers | Self::NotWellFormed | Self::NotValid | Self::BadBinding => {
                Retry::Corrected
            }
        }
    }
}
