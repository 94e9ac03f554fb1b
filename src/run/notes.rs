//! What helps to see why a step about the system under test did not pass: which calls came until then, and what the
//! system wrote last.

use std::time::Duration;

use crate::{
    event::{Outcome, StepResult},
    run::{calls::Call, missing::listed, service::Served, step::Runner},
    scenario::Step,
    sentinel,
    text::Text,
};

/// The most calls that are named.
const NAMED: usize = 8;
/// The most lines of what the system wrote.
const LINES: usize = 10;

/// How far the system had come when a step began.
#[derive(Clone, Copy, Debug)]
pub(super) struct Mark {
    /// How many of its calls had been seen.
    calls: usize,
    /// How much it had written.
    written: (u64, u64),
}

impl Runner<'_> {
    pub(super) fn mark(&self) -> Mark {
        let served = self.shared.served.as_ref();
        Mark {
            calls: self.calls.seen.len(),
            written: served.map(Served::written).unwrap_or_default(),
        }
    }

    /// Tells it of a step that did not pass.
    pub(super) async fn note(&mut self, step: &Step, mark: Mark, result: &mut StepResult) {
        if !step.is_of_system() {
            return;
        }
        if step.makes_it_act() {
            match self.drain(Duration::ZERO).await {
                Ok(false) => {}
                Ok(true) => {
                    result.outcome = Outcome::IndividualNumber {
                        place: "call".to_owned(),
                    };
                }
                // Why the step did not pass is told already.
                Err(_) => return,
            }
            let came = self.calls.seen.get(mark.calls..).unwrap_or_default();
            let none = came.is_empty();
            // What the network refused last is the likeliest reason.
            let mut refused = came.iter().rev().filter_map(|call| call.fault.as_ref());
            let refused = refused.find_map(|code| self.shared.faults.get(code));
            result.fault = result.fault.take().or_else(|| refused.cloned());
            let exchange = result.exchange.as_ref();
            let broken = exchange.and_then(|exchange| exchange.broken.as_deref());
            let refused = broken == Some("refused");
            let dead = self.shared.served.as_ref().is_some_and(Served::is_dead);
            let hint = match broken {
                Some("refused") => Some(self.nobody_there()),
                Some("timeout") => Some(self.late()),
                Some("closed" | "not-http") if !dead => speaks_tls(step),
                Some(_) | None => None,
            };
            result.notes.extend(hint);
            let unheard = if none {
                self.unheard().await
            } else {
                Vec::new()
            };
            // Of a program that did not even start, or was not reached, there is nothing to say; nor has what ended well
            // and said something else to do with calls that it did not send.
            let unstarted = refused || matches!(result.outcome, Outcome::Unusable { .. });
            let well = ended_well(step, result) && unheard.is_empty();
            if !(none && (unstarted || well)) {
                result.notes.push(self.came(came));
                result.notes.extend(self.lost());
            }
            result.notes.extend(unheard);
            if none && !well && result.process.is_some() && self.identity_of_system(step).is_none()
            {
                result.notes.push(Text::new(
                    "この手順には as がないため、証明書と秘密鍵（RENKEI_CERTIFICATE・RENKEI_KEY）を渡していません",
                    "the step has no 'as', so the program was given no certificate and key (RENKEI_CERTIFICATE, RENKEI_KEY)",
                ));
            }
        }
        result.notes.extend(self.with_number());
        if self.shared.setting.target.bodies
            && let Some(served) = &self.shared.served
            // What one that has ended wrote last stands where its end is told.
            && !served.is_dead()
        {
            let said = served.said_since(mark.written, LINES);
            let said = sentinel::mask(&said);
            if !said.is_empty() {
                result.notes.push(Text::new(
                    format!("この手順の間の、試験対象のシステム（[system]）の出力の末尾:\n{said}"),
                    format!(
                        "what the system under test ([system]) wrote last during this step:\n{said}"
                    ),
                ));
            }
        }
    }

    /// What is said where nobody listens at the URL of a step with `http`.
    fn nobody_there(&self) -> Text {
        if self.shared.served.is_some() {
            return Text::new(
                "[system] で起動したシステムが待ち受けるポートと、この手順の url を確認してください",
                "see at which port the system of [system] listens, and the 'url' of this step",
            );
        }
        Text::new(
            "試験対象のシステムが起動していることと、この手順の url を確認してください。profile.toml の [system] に記載すると、実施の間だけ起動します",
            "see that the system under test runs, and the 'url' of this step; one that is named in [system] of profile.toml is started for the run",
        )
    }

    /// What is said where no answer came in time to a step with `http`.
    fn late(&self) -> Text {
        if self.shared.served.is_some() {
            return Text::new(
                "試験対象のシステムの出力（実施記録の system.stdout.txt・system.stderr.txt）を確認し、時間のかかる処理である場合は、この手順の timeout を長くしてください",
                "look at what the system wrote (system.stdout.txt and system.stderr.txt of the run folder), and let it have more time (timeout) where it needs that",
            );
        }
        Text::new(
            "試験対象のシステムのログを確認し、時間のかかる処理である場合は、この手順の timeout を長くしてください",
            "look at the log of the system under test, and let it have more time (timeout) where it needs that",
        )
    }

    /// The calls that came while a step ran.
    fn came(&self, calls: &[Call]) -> Text {
        if calls.is_empty() {
            return Text::new(
                "この手順の間に、ネットワークへの呼出しはありませんでした",
                "no call came to the network during this step",
            );
        }
        let skipped = calls.len().saturating_sub(NAMED);
        let (before_ja, before) = if skipped > 0 {
            ("…、", "…, ")
        } else {
            ("", "")
        };
        let names = calls.iter().skip(skipped).map(|call| self.named(call));
        let (count, Text { ja, en }) = (calls.len(), listed(names));
        Text::new(
            format!("この手順の間の呼出し（{count}件）: {before_ja}{ja}"),
            format!("calls during this step ({count}): {before}{en}"),
        )
    }
}

/// Whether the system did what it was told to as a whole, however it differs from what is expected in the parts.
fn ended_well(step: &Step, result: &StepResult) -> bool {
    let expected = step.expected();
    let status = result.http.last().and_then(|http| http.status);
    match (&result.process, status) {
        (Some(process), _) => {
            let exit = expected.and_then(|expected| expected.exit).unwrap_or(0);
            process.ended == format!("exit {exit}")
        }
        (None, Some(status)) => {
            let awaited = expected.and_then(|expected| expected.status);
            awaited.map_or(status < 400, |awaited| awaited == status)
        }
        (None, None) => false,
    }
}

/// What is said where something else than an answer came to a request without TLS.
fn speaks_tls(step: &Step) -> Option<Text> {
    let http = step.http.as_ref()?.get_ref();
    http.url.get_ref().starts_with("http://").then(|| {
        Text::new(
            "このポートがTLSで待ち受けている場合は、url を https:// とし、ca（認証局の証明書のファイル）を指定してください",
            "where TLS is spoken at this port, let 'url' begin with https://, and name the authority's file (ca)",
        )
    })
}
