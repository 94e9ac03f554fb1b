//! The catalogue of the rules that the network enforces, each with its source, and of the faults it answers with.
//!
//! One file a domain. Rules are tried in the catalogue's order (caller, form, version, permission, state); the first
//! refusal wins. A rule that others shadow is merged or moved, never exempted.

pub mod caller;
pub mod code;
pub mod connection;
pub mod connectivity;
pub mod faults;
pub mod form;
pub mod inquiry;
pub mod master;
pub mod portal;
pub mod provision;
pub mod record;
pub mod request;

use crate::{
    network::{Fault, form::hide},
    text::Text,
};

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

    /// For people.
    pub fn text(self) -> Text {
        match self {
            Self::Never => Text::fixed("再送しても受け付けられません。", "never"),
            Self::SameRequest => Text::fixed(
                "同じ電文を、同じ要求番号のまま、後で再送できます。",
                "the same message with the same request id, later",
            ),
            Self::Corrected => Text::fixed(
                "電文を修正し、新しい要求番号で送信してください。",
                "a corrected message with a new request id",
            ),
        }
    }
}

/// One rule of the network: an entry of the catalogue.
#[derive(Debug, PartialEq, Eq)]
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
    pub fault: &'static FaultCode,
    /// What happens when it is switched off.
    pub off: Text,
}

impl Rule {
    /// The refusal of a message that broke this rule, with what it is about; a personal number in it is hidden.
    pub fn fault(&'static self, about: &Text) -> Fault {
        let about = Text::new(hide(&about.ja), hide(&about.en));
        Fault {
            code: self.fault,
            rule: Some(self),
            text: Text::new(
                format!("{}（{}）", self.fault.text.ja, about.ja),
                format!("{} ({})", self.fault.text.en, about.en),
            ),
            retry: self.fault.retry,
        }
    }
}

/// A fault code of the contract.
#[derive(Debug, PartialEq, Eq)]
pub struct FaultCode {
    /// `F-<GROUP>-<NN>`.
    pub code: &'static str,
    /// What it means.
    pub text: Text,
    /// What to do next.
    pub next: Text,
    /// Whether sending again can help.
    pub retry: Retry,
}

/// All rules, in the order in which they are tried.
pub fn catalogue() -> impl Iterator<Item = &'static Rule> {
    [
        caller::RULES,
        form::RULES,
        request::RULES,
        connection::RULES,
        connectivity::AT_THE_GATE,
        master::RULES,
        code::atena::RULES,
        code::acquisition::RULES,
        code::link::RULES,
        connectivity::RULES,
        inquiry::RULES,
        provision::RULES,
        record::RULES,
        portal::RULES,
    ]
    .into_iter()
    .flatten()
    .copied()
}

/// The rule whose code this is.
pub fn rule(code: &str) -> Option<&'static Rule> {
    catalogue().find(|rule| rule.code == code)
}

/// All fault codes: those of form, then those of the rules.
pub fn fault_codes() -> Vec<&'static FaultCode> {
    let mut codes: Vec<&'static FaultCode> = faults::OF_FORM.to_vec();
    for rule in catalogue() {
        if !codes.contains(&rule.fault) {
            codes.push(rule.fault);
        }
    }
    codes
}

/// What a refusal is about: a name in both languages, and the value.
pub fn about(ja: &str, en: &str, value: impl std::fmt::Display) -> Text {
    Text::new(format!("{ja}: {value}"), format!("{en}: {value}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_unique_and_every_text_stands() {
        let codes: Vec<&str> = catalogue().map(|rule| rule.code).collect();
        let faults: Vec<&str> = fault_codes().iter().map(|fault| fault.code).collect();
        for list in [codes, faults] {
            let mut unique = list.clone();
            unique.sort_unstable();
            unique.dedup();
            assert_eq!(unique.len(), list.len(), "{list:?}");
        }
        for rule in catalogue() {
            for text in [&rule.text, &rule.off, &rule.fault.text, &rule.fault.next] {
                assert!(!text.ja.is_empty() && !text.en.is_empty(), "{}", rule.code);
            }
        }
    }
}
