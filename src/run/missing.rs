//! What is said where a call did not come: the nearest one that did and where it differs, or what came instead.

use std::time::Duration;

use crate::{
    event::StepResult,
    run::{
        calls::Call,
        sought::{Sought, differences, operation_of},
        step::Runner,
    },
    text::Text,
};

/// The most calls that are named where none is near.
const NAMED: usize = 8;

/// How far a call is from the operation that is sought.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Near {
    Same,
    /// Path and action are those of none: they may be misspelt.
    Unknown,
    Other,
}

impl Runner<'_> {
    /// What is said of a call that did not come, or not often enough; `found` are those that did.
    pub(super) fn missing(
        &self,
        sought: &Sought,
        found: &[usize],
        within: Duration,
        result: &mut StepResult,
    ) -> Vec<Text> {
        let profile = &self.shared.suite.profile;
        let near = |call: &Call| match operation_of(call, profile) {
            Some(operation) if operation == sought.operation => Near::Same,
            Some(_) => Near::Other,
            None => Near::Unknown,
        };
        let mut said = vec![short_of(sought, found.len(), within)];
        said.extend(self.lost());
        said.extend(self.found_before(sought));
        let others = self.calls.seen.iter().enumerate();
        let others = others.filter(|(at, call)| call.found_by.is_none() && !found.contains(at));
        let others: Vec<&Call> = others.map(|(_, call)| call).collect();
        let nearest = others
            .iter()
            .map(|call| (*call, differences(call, sought, profile)))
            // One that is right came too early.
            .min_by_key(|(call, differences)| (near(call), differences.len(), call.number));
        match nearest {
            Some((call, differences)) if near(call) < Near::Other => {
                let Text { ja, en } = self.named(call);
                said.push(Text::new(
                    format!("最も近い呼出し: {ja}"),
                    format!("the nearest call: {en}"),
                ));
                if call.number <= self.calls.found && !sought.any_order {
                    said.push(Text::new(
                        "前の手順で確認した呼出しより先に送信されています（順序を問わない場合は order = \"any\"）",
                        "it came before the call that was expected before it (order = \"any\" where that is no matter)",
                    ));
                }
                said.extend(differences);
                let call = self.keep_call(call, 1, result);
                result.calls.push(call);
            }
            Some(_) => {
                let names = others.iter().take(NAMED).map(|call| self.named(call));
                let Text { ja, en } = listed(names);
                let (more_ja, more) = if others.len() > NAMED {
                    ("、…", ", …")
                } else {
                    ("", "")
                };
                said.push(Text::new(
                    format!("届いた呼出し: {ja}{more_ja}"),
                    format!("these calls came: {en}{more}"),
                ));
            }
            None if self.calls.seen.is_empty() => said.push(self.none_at_all()),
            // Those that did come are told already.
            None if !found.is_empty() || said.len() > 1 => {}
            None => said.push(Text::new(
                "届いた呼出しは、すべて前の手順で確認済みです",
                "all calls that came were found by earlier steps",
            )),
        }
        said
    }

    /// Calls that are as sought, and that earlier steps have found.
    fn found_before(&self, sought: &Sought) -> Option<Text> {
        let profile = &self.shared.suite.profile;
        let fits = |call: &&Call| differences(call, sought, profile).is_empty();
        let found = self.calls.seen.iter().filter_map(|call| {
            let step = call.found_by.as_ref()?;
            Some(call).filter(fits).map(|call| (call, step))
        });
        let found = found.take(NAMED).map(|(call, step)| {
            let Text { ja, en } = self.named(call);
            Text::new(
                format!("{ja}（手順「{step}」）"),
                format!("{en} (by '{step}')"),
            )
        });
        let Text { ja, en } = listed(found);
        (!en.is_empty()).then(|| {
            Text::new(
                format!("条件に合う次の呼出しは、前の手順で確認済みです。一つの呼出しを確認できる手順は一つのみですので、条件の厳しい手順を先に記載してください: {ja}"),
                format!("these would be right, but earlier steps have found them, and a call is found by one step alone; put the step that asks for more first: {en}"),
            )
        })
    }

    fn none_at_all(&self) -> Text {
        let (later_ja, later) = if self.shared.served.is_some() {
            (
                "送信までに時間がかかる場合は within を長くしてください",
                "; let it have more time (within) where it needs that",
            )
        } else {
            ("", "")
        };
        Text::new(
            format!(
                "試験対象のシステムからの呼出しは1件もありません。接続先のURLが RENKEI_URL（renkei.url）であることを確認してください。{later_ja}"
            )
            .trim_end_matches('。'),
            format!(
                "no call of the system under test has come at all; see that it calls RENKEI_URL (renkei.url){later}"
            ),
        )
    }

    /// A call in a word.
    pub(super) fn named(&self, call: &Call) -> Text {
        let (number, caller) = (call.number, &call.caller);
        let operation = self.operation_named(call);
        let answer = call.answered();
        let ja = match call.status {
            Some(_) => answer.as_str(),
            None => "応答なし",
        };
        Text::new(
            format!("#{number} {operation}（{caller}）→ {ja}"),
            format!("#{number} {operation} ({caller}) → {answer}"),
        )
    }

    /// Its operation; path and action where the profile has none for them.
    pub(super) fn operation_named(&self, call: &Call) -> String {
        let known = operation_of(call, &self.shared.suite.profile);
        known.map_or_else(
            || {
                format!(
                    "{} /{} {}",
                    call.method,
                    call.path.trim_matches('/'),
                    call.action()
                )
            },
            str::to_owned,
        )
    }
}

/// Several names in a row.
pub(super) fn listed(names: impl Iterator<Item = Text>) -> Text {
    let (ja, en): (Vec<String>, Vec<String>) = names.map(|Text { ja, en }| (ja, en)).unzip();
    Text::new(ja.join("、"), en.join(", "))
}

/// That so many calls did not come in time.
fn short_of(sought: &Sought, found: usize, within: Duration) -> Text {
    let Sought {
        operation, times, ..
    } = sought;
    let from = sought.institution.as_ref();
    let (from_ja, from) = from.map_or_else(
        || (" ".to_owned(), String::new()),
        |from| (format!("（{from}）"), format!(" ({from})")),
    );
    let (in_ja, in_en) = if within.is_zero() {
        (String::new(), String::new())
    } else {
        let Text { ja, en } = Text::of_duration(within);
        (format!("{ja}以内に"), format!(" within {en}"))
    };
    if found == 0 {
        let (times_ja, times) = if *times > 1 {
            (
                format!("（期待値: {times}件）"),
                format!(" ({times} are expected)"),
            )
        } else {
            (String::new(), String::new())
        };
        return Text::new(
            format!("{operation}{from_ja}の呼出しが{in_ja}ありませんでした{times_ja}"),
            format!("no call {operation}{from} came{in_en}{times}"),
        );
    }
    Text::new(
        format!("{operation}{from_ja}の呼出しは{in_ja}{times}件のうち{found}件のみでした"),
        format!("only {found} of {times} calls {operation}{from} came{in_en}"),
    )
}
