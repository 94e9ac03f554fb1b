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
    /// The run was ended before all of its scenarios were.
    Interrupted,
}

impl Exit {
    /// All of them.
    pub const ALL: [Self; 10] = [
        Self::Ok,
        Self::Failed,
        Self::Usage,
        Self::Suite,
        Self::Transport,
        Self::NewSnapshots,
        Self::Nothing,
        Self::IndividualNumber,
        Self::Internal,
        Self::Interrupted,
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
            // As shells have it for what is ended by Ctrl-C.
            Self::Interrupted => 130,
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
                "a scenario or the profile is wrong",
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
            Self::Interrupted => (
                "途中で中断されたため、実施していないシナリオがあります",
                "the run was ended before all of its scenarios were",
            ),
        };
        Text::new(ja, en)
    }
}

/// The exit of a run that announced so many scenarios. When several hold: 70, 7, 3, 4, 1, 130, 5, 0; blocked takes its
/// cause's.
pub fn exit(results: &[ScenarioResult], announced: usize) -> Exit {
    let interrupted = (results.len() < announced).then_some(Exit::Interrupted);
    results
        .iter()
        .map(|result| of(result, results))
        .chain(interrupted)
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
        Exit::Interrupted => 2,
        Exit::Failed => 3,
        Exit::Transport => 4,
        Exit::Suite => 5,
        Exit::IndividualNumber => 6,
        Exit::Internal => 7,
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
        assert_eq!(exit(&results, 0), Exit::Nothing);
        for (end, code) in ends {
            results.insert(0, result("a", end));
            assert_eq!(exit(&results, 0).code(), code);
        }
    }

    #[test]
    fn what_was_announced_and_never_ended_is_told_where_nothing_failed() {
        for (end, code) in [
            (ScenarioEnd::Passed, 130),
            (ScenarioEnd::New, 130),
            (ScenarioEnd::Failed, 1),
        ] {
            assert_eq!(exit(&[result("a", end)], 2).code(), code);
        }
        assert_eq!(exit(&[], 2).code(), 130);
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
            assert_eq!(exit(&results, 3).code(), code);
            let alone = of(&results[2], &results);
            assert_eq!(alone.code(), code);
        }
        assert_eq!(
            exit(&[blocked("b", "gone"), blocked("c", "c")], 2),
            Exit::Failed
        );
    }
}
