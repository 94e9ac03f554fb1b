//! An answer that refuses: a fault, or an HTTP status of an error. One that nobody expects is never taken for what is
//! right, however new it is.

use crate::{
    scenario::{Expect, Until},
    text::Text,
};

/// The least HTTP status that refuses.
const ERROR: u16 = 400;

/// A refusal that no expectation says is meant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Refusal {
    status: u16,
    fault: Option<String>,
}

impl Refusal {
    /// That of an answer, where it is one and neither `expect` nor `until` means it. An expectation of another fault or
    /// status has failed already, and says so itself.
    pub(super) fn unmeant(
        status: u16,
        fault: Option<&str>,
        expected: &Expect,
        until: Option<&Until>,
    ) -> Option<Self> {
        let refuses = fault.is_some() || status >= ERROR;
        let awaited = until.and_then(|until| until.status);
        let meant = |expected: Option<u16>| {
            expected.is_some_and(|expected| expected >= ERROR || expected != status)
        };
        let expected = expected.fault.is_some() || meant(expected.status) || meant(awaited);
        (refuses && !expected).then(|| Self {
            status,
            fault: fault.map(str::to_owned),
        })
    }

    /// Whether a snapshot that was accepted has it too.
    pub(super) fn is_in(&self, accepted: &str) -> bool {
        let line = accepted.lines().next().unwrap_or_default();
        let status = line.split(' ').next().unwrap_or_default();
        let fault = self.fault.as_deref();
        status == self.status.to_string() && fault.is_none_or(|fault| accepted.contains(fault))
    }

    /// For people: what came, and how it is said that it is meant.
    pub(super) fn text(&self) -> Text {
        let status = self.status;
        match &self.fault {
            Some(fault) => Text::new(
                format!(
                    "想定していない拒否が応答されました（{fault}、HTTP {status}）。想定どおりである場合は、この手順に expect = {{ fault = \"{fault}\" }} と記載してください"
                ),
                format!(
                    "the answer is a fault that the step does not expect ({fault}, HTTP {status}); where it is meant, say expect = {{ fault = \"{fault}\" }}"
                ),
            ),
            None => Text::new(
                format!(
                    "想定していないエラーの状態コード {status} が応答されました。想定どおりである場合は、この手順に expect = {{ status = {status} }} と記載してください"
                ),
                format!(
                    "the answer has the HTTP status {status} of an error, which the step does not expect; where it is meant, say expect = {{ status = {status} }}"
                ),
            ),
        }
    }
}
