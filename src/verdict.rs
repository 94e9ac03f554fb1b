//! What the results amount to. The exit code is one exhaustive function of them.

use crate::{
    event::{ScenarioEnd, ScenarioResult},
    text::Text,
};

/// How the program ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exit {
    /// All as expected.
    Ok,
    /// An expectation failed, a snapshot differs, or the selftest has a survivor.
    Failed,
    /// Wrong usage.
    Usage,
    /// A scenario or the profile is wrong.
    Suite,
    /// The target could not be reached, or the transport broke.
    Transport,
    /// Nothing failed, but there are new snapshots.
    NewSnapshots,
    /// Nothing was selected.
    Nothing,
    /// An individual number was found.
    IndividualNumber,
    /// A fault of our own.
    Internal,
}

impl Exit {
    /// All of them.
    pub const ALL: [Self; 9] = [
        Self::Ok,
        Self::Failed,
        Self::Usage,
        Self::Suite,
        Self::Transport,
        Self::NewSnapshots,
        Self::Nothing,
        Self::IndividualNumber,
        Self::Internal,
    ];

    /// The exit code.
    pub fn code(self) -> u8 {
        match self {
            Self::Ok => 0,
            Self::Failed => 1,
            Self::Usage => 2,
            Self::Suite => 3,
            Self::Transport => 4,
            Self::NewSnapshots => 5,
            Self::Nothing => 6,
            Self::IndividualNumber => 7,
            Self::Internal => 70,
        }
    }

    /// What it means.
    pub fn text(self) -> Text {
        let (ja, en) = match self {
            Self::Ok => ("すべて期待どおりです", "all as expected"),
            Self::Failed => (
                "期待との相違又はスナップショットとの差異があります",
                "an expectation failed or a snapshot differs",
            ),
            Self::Usage => (
                "コマンドの指定に誤りがあります",
                "wrong usage of the command line",
            ),
            Self::Suite => (
                "シナリオ又はプロファイルに誤りがあります",
                "a scenario or the profile is wrong; nothing was sent",
            ),
            Self::Transport => (
                "接続先に到達できないか、通信に異常があります",
                "the target could not be reached, or the transport broke",
            ),
            Self::NewSnapshots => (
                "確認待ちの新しいスナップショットがあります",
                "there are new snapshots to accept",
            ),
            Self::Nothing => ("対象となるシナリオがありません", "nothing was selected"),
            Self::IndividualNumber => ("個人番号を検出しました", "an individual number was found"),
            Self::Internal => ("renkei自体の不具合です", "a fault of renkei's own"),
        };
        Text::new(ja, en)
    }
}

/// The exit of a run. When several hold: 70, 7, 3, 4, 1, 5, 0; blocked takes its cause's.
pub fn exit(results: &[ScenarioResult]) -> Exit {
    results
        .iter()
        .map(|result| of(result, results))
        .max_by_key(|exit| rank(*exit))
        .unwrap_or(Exit::Nothing)
}

fn of(result: &ScenarioResult, results: &[ScenarioResult]) -> Exit {
    match &result.end {
        ScenarioEnd::Passed | ScenarioEnd::NotRun => Exit::Ok,
        ScenarioEnd::New => Exit::NewSnapshots,
        ScenarioEnd::Failed => Exit::Failed,
        ScenarioEnd::Broken => Exit::Transport,
        ScenarioEnd::Unusable => Exit::Suite,
        ScenarioEnd::IndividualNumber => Exit::IndividualNumber,
        ScenarioEnd::Internal => Exit::Internal,
        // A chain of blocked scenarios has an end, since none can be blocked by one that comes later.
        ScenarioEnd::Blocked { by } => results
            .iter()
            .position(|other| other.scenario == *by)
            .and_then(|at| results.split_at_checked(at + 1))
            .and_then(|(earlier, _)| Some((earlier.last()?, earlier)))
            .filter(|(cause, _)| cause.scenario != result.scenario)
            .map_or(Exit::Failed, |(cause, earlier)| of(cause, earlier)),
    }
}

fn rank(exit: Exit) -> u8 {
    match exit {
        Exit::Ok | Exit::Nothing | Exit::Usage => 0,
        Exit::NewSnapshots => 1,
        Exit::Failed => 2,
        Exit::Transport => 3,
        Exit::Suite => 4,
        Exit::IndividualNumber => 5,
        Exit::Internal => 6,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn result(id: &str, end: ScenarioEnd) -> ScenarioResult {
        ScenarioResult {
            scenario: id.into(),
            attempt: 1,
            sequence: 1,
            title: Text::new("a", "a"),
            phase: "master".into(),
            prerequisite: false,
            end,
            world: None,
            milliseconds: 0,
        }
    }

    #[test]
    fn the_worst_result_decides() {
        let ends = [
            (ScenarioEnd::Passed, 0),
            (ScenarioEnd::NotRun, 0),
            (ScenarioEnd::New, 5),
            (ScenarioEnd::Failed, 1),
            (ScenarioEnd::Broken, 4),
            (ScenarioEnd::Unusable, 3),
            (ScenarioEnd::IndividualNumber, 7),
            (ScenarioEnd::Internal, 70),
        ];
        let mut results = Vec::new();
        assert_eq!(exit(&results), Exit::Nothing);
        for (end, code) in ends {
            results.insert(0, result("a", end));
            assert_eq!(exit(&results).code(), code);
        }
    }

    #[test]
    fn what_is_blocked_takes_the_exit_of_its_cause() {
        let blocked = |id: &str, by: &str| result(id, ScenarioEnd::Blocked { by: by.into() });
        for (end, code) in [
            (ScenarioEnd::Failed, 1),
            (ScenarioEnd::Broken, 4),
            (ScenarioEnd::IndividualNumber, 7),
        ] {
            let results = [result("a", end), blocked("b", "a"), blocked("c", "b")];
            assert_eq!(exit(&results).code(), code);
            let alone = of(&results[2], &results);
            assert_eq!(alone.code(), code);
        }
        assert_eq!(
            exit(&[blocked("b", "gone"), blocked("c", "c")]),
            Exit::Failed
        );
    }
}
