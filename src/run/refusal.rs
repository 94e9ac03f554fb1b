//! An answer that refuses: a fault, or an HTTP status of an error. One that nobody expects is never taken for what is
//! right, however new it is; be it an answer to a step, or to a call of the system under test.

use crate::{
    scenario::{Expect, Until},
    text::Text,
};

/// The least HTTP status that refuses.
const ERROR: u16 = 400;
/// How the line of a snapshot begins that tells the answer to a call.
pub(super) const ANSWER: &str = "Answer: ";

/// A refusal that no expectation says is meant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Refusal {
    status: u16,
    fault: Option<String>,
    to: To,
}

/// What was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum To {
    Step,
    Call,
}

impl Refusal {
    /// That of a step's answer, where it is one and neither `expect` nor `until` means it. An expectation of another
    /// fault or status has failed already, and says so itself.
    pub(super) fn of_step(
        status: u16,
        fault: Option<&str>,
        expected: &Expect,
        until: Option<&Until>,
    ) -> Option<Self> {
        let awaited = until.and_then(|until| until.status);
        Self::unmeant(To::Step, status, fault, expected, awaited)
    }

    /// That of the network's answer to a call, where one was sent.
    pub(super) fn of_call(
        status: Option<u16>,
        fault: Option<&str>,
        expected: &Expect,
    ) -> Option<Self> {
        Self::unmeant(To::Call, status?, fault, expected, None)
    }

    fn unmeant(
        to: To,
        status: u16,
        fault: Option<&str>,
        expected: &Expect,
        awaited: Option<u16>,
    ) -> Option<Self> {
        let refuses = fault.is_some() || status >= ERROR;
        let meant = |expected: Option<u16>| {
            expected.is_some_and(|expected| expected >= ERROR || expected != status)
        };
        let expected = expected.fault.is_some() || meant(expected.status) || meant(awaited);
        let fault = fault.map(str::to_owned);
        (refuses && !expected).then_some(Self { status, fault, to })
    }

    /// Whether a snapshot that was accepted has it too.
    pub(super) fn is_in(&self, accepted: &str) -> bool {
        let Self { status, fault, to } = self;
        let mut lines = accepted.lines();
        let line = match to {
            To::Step => lines.next(),
            To::Call => lines.find_map(|line| line.strip_prefix(ANSWER)),
        };
        let told = line.unwrap_or_default().split(' ').next();
        let fault = fault.as_deref();
        told == Some(&status.to_string()) && fault.is_none_or(|fault| accepted.contains(fault))
    }

    /// For people: what came, and how it is said that it is meant.
    pub(super) fn text(&self) -> Text {
        let Self { status, fault, to } = self;
        let (what, expect) = match fault {
            Some(fault) => (
                Text::new(
                    format!("拒否（{fault}、HTTP {status}）"),
                    format!("a fault that the step does not expect ({fault}, HTTP {status})"),
                ),
                format!("expect = {{ fault = \"{fault}\" }}"),
            ),
            None => (
                Text::new(
                    format!("エラー（HTTP {status}）"),
                    format!("an error that the step does not expect (HTTP {status})"),
                ),
                format!("expect = {{ status = {status} }}"),
            ),
        };
        let answer = match to {
            To::Step => Text::new("応答", "the answer"),
            To::Call => Text::new(
                "試験対象のシステムの呼出しへの応答",
                "the answer to the call of the system under test",
            ),
        };
        Text::new(
            format!(
                "{}が、想定していない{}です。これが正しい場合は、この手順に {expect} と記載してください",
                answer.ja, what.ja
            ),
            format!(
                "{} is {}; where it is meant, say {expect}",
                answer.en, what.en
            ),
        )
    }
}
