//! What the reports say alike.

use crate::{
    event::{Hindrance, Outcome, ScenarioEnd, ScenarioResult, StepResult},
    report::Record,
    text::{Lang, Text},
    verdict::Exit,
};

/// What stands in brackets after something else.
pub(super) fn bracketed(text: &str, lang: Lang) -> String {
    match lang {
        Lang::Ja => format!("（{text}）"),
        Lang::En => format!(" ({text})"),
    }
}

/// Why a scenario ran that was not chosen.
pub(super) fn prerequisite() -> Text {
    Text::new("前提として実施", "prerequisite")
}

/// What is said of a step's new answer.
pub(super) fn new_snapshot() -> Text {
    Text::new(
        "新しいスナップショット（未採用）",
        "new snapshot, not accepted yet",
    )
}

/// What is to be done with snapshots that differ or are new; none where there are no such ones. What is not as expected
/// besides is no matter of snapshots.
pub(super) fn unsettled(record: &Record) -> Option<Text> {
    let only_differs = |outcome: &Outcome| matches!(outcome, Outcome::Failed { mismatches, difference: Some(_) } if mismatches.is_empty());
    let mut outcomes = record.steps.iter().map(|step| &step.outcome);
    if outcomes.clone().any(only_differs) {
        let head = Text::new(
            "スナップショットとの差異が意図した変更によるものである場合は、",
            "where a difference from a snapshot is meant",
        );
        return Some(accept(&head, record));
    }
    outcomes
        .any(|outcome| *outcome == Outcome::NewSnapshot)
        .then(|| accept_new(record))
}

/// What is to be done with new snapshots.
pub(super) fn accept_new(record: &Record) -> Text {
    let head = Text::new("新しいスナップショットは、", "new snapshots");
    accept(&head, record)
}

fn accept(head: &Text, record: &Record) -> Text {
    let unkept = record.start.as_ref().is_some_and(|start| start.unkept);
    let (ja, en) = if unkept {
        (
            "この実施では保存していないため、手元で実施し、renkei review で内容を確認し、renkei accept で採用して、snapshots/ をコミットしてください",
            "they were not kept in this run (CI), so run at your desk, look with renkei review, take with renkei accept, and commit snapshots/",
        )
    } else {
        (
            "renkei review で内容を確認し、renkei accept で採用してください",
            "look with renkei review, and take with renkei accept",
        )
    };
    Text::new(format!("{}{ja}", head.ja), format!("{}: {en}", head.en))
}

/// Where to read on after a run that is not as expected; none after one that is.
pub(super) fn read_on(record: &Record, exit: Exit) -> Option<Text> {
    if exit == Exit::Ok {
        return None;
    }
    let explain = format!("renkei explain {}", exit.code());
    let broken = |end: &ScenarioEnd| matches!(end, ScenarioEnd::Broken);
    let target = record
        .start
        .as_ref()
        .and_then(|start| start.target.as_ref());
    let target = target.filter(|_| {
        exit == Exit::Transport && record.results.iter().any(|result| broken(&result.end))
    });
    Some(match target {
        Some(target) => Text::new(
            format!("詳細: renkei doctor --target {target}、{explain}"),
            format!("more: renkei doctor --target {target}, {explain}"),
        ),
        None => Text::new(format!("詳細: {explain}"), format!("more: {explain}")),
    })
}

/// What a warning begins with.
pub(super) fn warning_head() -> Text {
    Text::new("注意", "warning")
}

/// Why a scenario did not run where the one that it starts from has not run either, and what can be done.
fn nowhere(by: &str, checkpoint: &str, hindrance: Option<&Hindrance>) -> Text {
    let assume = Text::new(
        format!("他の方法で到達済みであれば --assume {checkpoint} を指定してください"),
        format!("say --assume {checkpoint} where that was done by other means"),
    );
    let Text { ja, en } = match hindrance {
        None => Text::new(
            format!("{by} を先に実施する（対象に含める）か、{}", assume.ja),
            format!("choose {by} too, or {}", assume.en),
        ),
        Some(Hindrance { scenario, why }) => Text::new(
            format!(
                "{scenario} がこの環境では実施できないためです（{}）。{}",
                why.ja, assume.ja
            ),
            format!(
                "{scenario} is not possible here ({}); {}",
                why.en, assume.en
            ),
        ),
    };
    Text::new(
        format!("再開点「{checkpoint}」に到達していません。{ja}"),
        format!("the checkpoint '{checkpoint}' has not been reached: {en}"),
    )
}

/// How a scenario ended, in a word or two; the first is the head of the column where it is counted.
pub(super) fn label(end: &ScenarioEnd) -> Text {
    match end {
        ScenarioEnd::Passed => Text::new("合格", "passed"),
        ScenarioEnd::NotRun => Text::new("未実施", "not run"),
        ScenarioEnd::Blocked { .. } if end.is_hindered() => Text::new(
            "この環境では不可（前提未達）",
            "not possible here (blocked)",
        ),
        ScenarioEnd::NotPossible { .. } => Text::new("この環境では不可", "not possible here"),
        ScenarioEnd::Assumed => Text::new("到達済み扱い", "taken for reached"),
        ScenarioEnd::New => Text::new("新規", "new"),
        ScenarioEnd::Blocked { .. } => Text::new("未実施（前提未達）", "not run (blocked)"),
        ScenarioEnd::Failed => Text::new("不合格", "failed"),
        ScenarioEnd::Broken => Text::new("異常（通信）", "broken (transport)"),
        ScenarioEnd::Unusable => Text::new("異常（実施不能）", "broken (unusable)"),
        ScenarioEnd::IndividualNumber => {
            Text::new("不合格（個人番号）", "failed (individual number)")
        }
        ScenarioEnd::Internal => Text::new("異常（内部）", "broken (internal)"),
    }
}

/// Why a scenario was not begun, where that is more than a word.
pub(super) fn not_begun(record: &Record, result: &ScenarioResult) -> Option<Text> {
    Some(match &result.end {
        ScenarioEnd::NotPossible { step, why } => {
            let step = step.as_ref().map(|step| format!("[{step}] "));
            let step = step.unwrap_or_default();
            Text::new(format!("{step}{}", why.ja), format!("{step}{}", why.en))
        }
        ScenarioEnd::Blocked {
            by,
            checkpoint: Some(checkpoint),
            hindrance,
        } => nowhere(by, checkpoint, hindrance.as_deref()),
        ScenarioEnd::Blocked {
            by,
            checkpoint: None,
            hindrance: _,
        } => {
            let root = record.root(result).filter(|root| root.scenario != *by);
            let (ja, en) = root.map_or_else(Default::default, |root| {
                let (id, end) = (&root.scenario, label(&root.end));
                (
                    format!("。元の原因は {id}（{}）です", end.ja),
                    format!("; the cause of it all is {id} ({})", end.en),
                )
            });
            Text::new(
                format!("前提のシナリオ {by} が合格していません{ja}"),
                format!("{by}, which it needs, has not passed{en}"),
            )
        }
        ScenarioEnd::Assumed => Text::new(
            "--assume により到達済みとみなすため、送信していません",
            "taken for reached by --assume, so nothing of it was sent",
        ),
        ScenarioEnd::Passed
        | ScenarioEnd::NotRun
        | ScenarioEnd::New
        | ScenarioEnd::Failed
        | ScenarioEnd::Broken
        | ScenarioEnd::Unusable
        | ScenarioEnd::IndividualNumber
        | ScenarioEnd::Internal => return None,
    })
}

/// Where a step stands, and whether that is in the binary.
pub(super) fn placed(step: &StepResult, lang: Lang) -> String {
    let built_in = Text::new("同梱", "built in");
    let built_in = step.built_in.then(|| bracketed(built_in.get(lang), lang));
    format!("{}{}", step.place, built_in.unwrap_or_default())
}

/// The first thing that is wrong with a step; none where nothing is.
pub(super) fn first_wrong(step: &StepResult) -> Option<Text> {
    match &step.outcome {
        Outcome::Passed | Outcome::Skipped | Outcome::NotPossible { .. } => None,
        Outcome::NewSnapshot => Some(new_snapshot()),
        Outcome::Broken { why } | Outcome::Unusable { why } | Outcome::NotKept { why } => {
            Some(why.clone())
        }
        Outcome::IndividualNumber { place } => Some(individual_number(place)),
        Outcome::Failed {
            mismatches,
            difference,
        } => mismatches.first().cloned().or_else(|| {
            let lines = difference.as_deref().unwrap_or_default().lines();
            let mut signed = lines.filter(|line| line.starts_with(['+', '-']));
            let Text { ja, en } = difference_head();
            let line = signed.next()?;
            Some(Text::new(format!("{ja}: {line}"), format!("{en}: {line}")))
        }),
    }
}

/// What a difference from an accepted snapshot begins with.
pub(super) fn difference_head() -> Text {
    Text::new(
        "スナップショットとの差異（- 採用済み、+ 今回）",
        "difference from the snapshot (- accepted, + now)",
    )
}

/// Where an individual number stands.
pub(super) fn individual_number(place: &str) -> Text {
    match place {
        "request" => Text::new(
            "送信内容に個人番号があるため、送信していません（番号は伏せています）",
            "an individual number stands in the request, so it was not sent (it is masked here)",
        ),
        "call" => Text::new(
            "試験対象のシステムが個人番号を送信しました（番号は伏せています）",
            "the system under test has sent an individual number (it is masked here)",
        ),
        "output" => Text::new(
            "試験対象のプログラムの出力に個人番号があります（番号は伏せています）",
            "an individual number stands in what the program wrote (it is masked here)",
        ),
        _ => Text::new(
            "応答に個人番号があります（番号は伏せています）",
            "an individual number stands in the answer (it is masked here)",
        ),
    }
}
