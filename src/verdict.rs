//! What the results amount to. The exit code is one exhaustive function of them.

use crate::{
    event::{ScenarioEnd, ScenarioResult, SystemEnd},
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
    /// The target or the system under test could not be reached or was not ready, or the transport broke.
    Transport,
    /// Nothing failed, but there are new snapshots.
    NewSnapshots,
    /// Nothing was selected.
    Nothing,
    /// Nothing of what was selected was tried: it is not possible there, or taken for reached.
    Untried,
    /// An individual number was found.
    IndividualNumber,
    /// A fault of our own, or of the machine: a full disk, for one.
    Internal,
    /// The run was ended early, so some of its scenarios have not run.
    Interrupted,
}

impl Exit {
    /// All of them.
    pub const ALL: [Self; 11] = [
        Self::Ok,
        Self::Failed,
        Self::Usage,
        Self::Suite,
        Self::Transport,
        Self::NewSnapshots,
        Self::Nothing,
        Self::Untried,
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
            Self::Nothing | Self::Untried => 6,
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
                "期待との相違、スナップショットとの差異、応答の異常又は前提未達のシナリオがあります",
                "an expectation failed, a snapshot differs, an answer is wrong, or a scenario is blocked",
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
                "接続先又は試験対象のシステムに到達できない（準備の未完了、途中での終了を含む）か、通信に異常があります",
                "the target or the system under test could not be reached, was not ready or ended, or the transport broke",
            ),
            Self::NewSnapshots => (
                "未採用のスナップショットがあります",
                "there are snapshots that have not been accepted",
            ),
            Self::Nothing => ("対象となるシナリオがありません", "nothing was selected"),
            Self::Untried => (
                "選択したシナリオは、すべてこの環境では不可又は到達済み扱いのため、何も実施していません",
                "nothing was tried: all that was selected is not possible here or taken for reached",
            ),
            Self::IndividualNumber => ("個人番号を検出しました", "an individual number was found"),
            Self::Internal => (
                "この機器で書込み等ができないか、renkei 自体の不具合です",
                "this machine could not write or the like, or a fault of renkei's own",
            ),
            Self::Interrupted => (
                "途中で中断されたため、実施していないシナリオがあります",
                "the run was ended early, so some of its scenarios have not run",
            ),
        };
        Text::new(ja, en)
    }
}

impl Exit {
    /// A sentence with the code at its end.
    pub fn after(self, sentence: &Text) -> Text {
        let (Text { ja, en }, code) = (sentence, self.code());
        Text::new(
            format!("{ja}（終了コード{code}）"),
            format!("{en} (exit code {code})"),
        )
    }

    /// What to do next.
    pub fn next(self) -> Text {
        let (ja, en) = match self {
            Self::Ok => ("対応は不要です。", "nothing is to be done"),
            Self::Failed => (
                "表示された不合格の手順の期待値・差異と応答を確認し、相手のシステムに誤りがあれば修正して再度実施してください。前提未達のシナリオは、表示された前提のシナリオを対象に含めるか、--assume で到達済みとしてください。応答の変更が正しい場合は、シナリオの期待値を改めるか、renkei review で確認した後に renkei accept で採用してください。自己診断の場合は、見逃した規則等を検知する期待値をシナリオに追加してください。",
                "look at the expectations, differences and answers of the failed steps; mend the system that is at fault and run again. For a blocked scenario, choose what it starts from too, or say --assume, as is shown. Where the new answer is right, change the expectation, or look with renkei review and take it with renkei accept. After selftest, add expectations that notice what survived",
            ),
            Self::Usage => (
                "表示された内容に従って指定を改めてください。使用方法は renkei --help で確認できます。",
                "correct the command line as is said; renkei --help shows what is possible",
            ),
            Self::Suite => (
                "表示されたファイルの行を修正し、renkei check で誤りがないことを確認してから再度実施してください。",
                "mend the lines that are shown, until renkei check finds no mistake, and run again",
            ),
            Self::Transport => (
                "接続先が起動していること、URL・ポート・証明書が正しいことを確認し、再度実施してください。実際の試験環境（制御APIのない接続先）では、はじめから実施すると同じ申請等が重複するため、renkei run --resume に実施記録を指定して続きから実施してください。どの段階で失敗したかは結果の表示にあります。renkei doctor は、接続先までを層ごとに確認し、次の対応を表示します。試験対象のシステム（[system]）の場合は、表示された出力の末尾と実施記録の system.stderr.txt で理由を確認し、command、ready（待ち受け先、within）及び使用するポートを確認してください。",
                "see that the target runs, and that URL, port and certificates are right; then run again. Against a real environment (a target without control) go on with renkei run --resume RUN: from the beginning, all would be sent a second time. The result says at which stage it failed; renkei doctor looks at the way there layer by layer and says what to do. Where it is the system under test ([system]), its last lines, shown and in system.stderr.txt of the run folder, say why; look at command, at ready (where it listens, within), and at the ports that it uses",
            ),
            Self::NewSnapshots => (
                "renkei review で内容を確認し、正しければ renkei accept で採用し、誤りであれば renkei reject で破棄してください。CIで実施した場合（--snapshots check）は保存されていませんので、手元で実施して採用し、スナップショットをコミットしてください。",
                "look at them with renkei review; take what is right with renkei accept, throw away what is wrong with renkei reject. A run in CI (--snapshots check) does not keep them: run at hand, accept, and commit the snapshots",
            ),
            Self::Nothing => (
                "シナリオの名前・段階・タグの指定を改めてください。名前は renkei list で確認できます。",
                "choose other names, phases or tags; renkei list shows the names of the scenarios",
            ),
            Self::Untried => (
                "表示された理由（この環境では不可、到達済み扱い）を確認し、実施できるシナリオを選択してください。合格とは判断できません。",
                "look at the reasons that are shown, and choose scenarios that can be done there; this is no pass",
            ),
            Self::IndividualNumber => (
                "表示された箇所（ファイル、要求又は応答）から個人番号を取り除いてください。実在の人の番号であれば、情報セキュリティの責任者に報告し、その指示に従って、元のファイルとその控えを処置してください。実施記録と表示では番号を伏せているため、これらの削除は不要です。もともと12桁の番号である場合は、profile.toml の [sentinel] twelve_digits に記載してください。",
                "remove the number from the place that is shown: a file, a request or an answer. If it is a real person's, report it to whoever is responsible for information security, who decides what becomes of the file and its copies. Records of runs and what is shown hold it masked and need not be deleted. What has twelve digits by nature is named in [sentinel] twelve_digits of profile.toml",
            ),
            Self::Internal => (
                "表示された理由が空き容量や権限であれば、それを解消して再度実施してください。そうでなければ、表示された内容と renkei --version の結果を添えて開発元に報告してください。シナリオや接続先の誤りではありません。",
                "where the reason that is shown is space or permission, mend that and run again; else report what is shown, with renkei --version, to the developers. Neither scenarios nor the target are at fault",
            ),
            Self::Interrupted => (
                "合格と判断せず、最後まで実施してください。実際の試験環境（制御APIのない接続先）では、はじめから実施すると同じ申請等が重複するため、renkei run --resume に実施記録を指定して続きから実施してください。模擬ネットワークでは、はじめから実施し直してください。途中までの結果は renkei report に実施記録のフォルダーを指定すると確認できます。",
                "do not take it for a pass. Against a real environment (a target without control) go on with renkei run --resume RUN: from the beginning, all would be sent a second time. Against a mock, run again to the end. renkei report with the run folder shows what was done",
            ),
        };
        Text::new(ja, en)
    }
}

/// The exit of a run that announced so many scenarios. When several hold: 70, 7, 3, 4, 1, 130, 5, 0, 6; blocked takes its
/// cause's, and is a failure where that is none.
pub fn exit(results: &[ScenarioResult], announced: usize) -> Exit {
    let interrupted = (results.len() < announced).then_some(Exit::Interrupted);
    results
        .iter()
        .map(|result| of(result, results))
        .chain(interrupted)
        .max_by_key(|exit| rank(*exit))
        .unwrap_or(Exit::Nothing)
}

/// The exit of a recording in which something went through, and in which an individual number stood where none may be,
/// or did not.
pub fn recorded(number: bool) -> Exit {
    if number {
        Exit::IndividualNumber
    } else {
        Exit::Ok
    }
}

/// The exit of a run whose system under test ended like this.
pub fn with_system(exit: Exit, end: SystemEnd) -> Exit {
    let own = match end {
        SystemEnd::Stopped => return exit,
        SystemEnd::Killed => Exit::Failed,
        SystemEnd::NotReady | SystemEnd::Died => Exit::Transport,
        SystemEnd::NotStarted => Exit::Suite,
        SystemEnd::IndividualNumber => Exit::IndividualNumber,
    };
    if rank(own) > rank(exit) { own } else { exit }
}

/// What it means that the system under test ended like this.
pub fn of_system(end: SystemEnd) -> Text {
    let (ja, en) = match end {
        SystemEnd::Stopped => return Exit::Ok.text(),
        SystemEnd::IndividualNumber => return Exit::IndividualNumber.text(),
        SystemEnd::Killed => (
            "試験対象のシステム（[system]）が、停止の指示に応じませんでした",
            "the system under test ([system]) did not stop when it was told to",
        ),
        SystemEnd::NotReady => (
            "試験対象のシステム（[system]）の準備が完了しませんでした",
            "the system under test ([system]) was not ready",
        ),
        SystemEnd::Died => (
            "試験対象のシステム（[system]）が途中で終了しました",
            "the system under test ([system]) ended before it was told to",
        ),
        SystemEnd::NotStarted => (
            "試験対象のシステム（[system]）を起動できませんでした",
            "the system under test ([system]) could not be started",
        ),
    };
    Text::new(ja, en)
}

fn of(result: &ScenarioResult, results: &[ScenarioResult]) -> Exit {
    match &result.end {
        ScenarioEnd::Passed | ScenarioEnd::NotRun => Exit::Ok,
        // Counted apart, and never as passed.
        end if end.is_hindered() => Exit::Untried,
        ScenarioEnd::NotPossible { .. } | ScenarioEnd::Assumed => Exit::Untried,
        ScenarioEnd::New => Exit::NewSnapshots,
        ScenarioEnd::Failed => Exit::Failed,
        ScenarioEnd::Broken => Exit::Transport,
        ScenarioEnd::Unusable => Exit::Suite,
        ScenarioEnd::IndividualNumber => Exit::IndividualNumber,
        ScenarioEnd::Internal => Exit::Internal,
        // A chain of blocked scenarios has an end, since none can be blocked by one that comes later.
        ScenarioEnd::Blocked { by, .. } => results
            .iter()
            .position(|other| other.scenario == *by)
            .and_then(|at| results.split_at_checked(at + 1))
            .and_then(|(earlier, _)| Some((earlier.last()?, earlier)))
            .filter(|(cause, _)| cause.scenario != result.scenario)
            .map(|(cause, earlier)| of(cause, earlier))
            // What was asked for and has not run is no pass, whatever kept it from that.
            .filter(|exit| rank(*exit) > rank(Exit::Ok))
            .unwrap_or(Exit::Failed),
    }
}

fn rank(exit: Exit) -> u8 {
    match exit {
        Exit::Nothing | Exit::Untried | Exit::Usage => 0,
        Exit::Ok => 1,
        Exit::NewSnapshots => 2,
        Exit::Interrupted => 3,
        Exit::Failed => 4,
        Exit::Transport => 5,
        Exit::Suite => 6,
        Exit::IndividualNumber => 7,
        Exit::Internal => 8,
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
            work: None,
            milliseconds: 0,
        }
    }

    fn not_possible() -> ScenarioEnd {
        ScenarioEnd::NotPossible {
            step: None,
            why: Text::new("a", "a"),
        }
    }

    #[test]
    fn the_worst_result_decides() {
        let ends = [
            (ScenarioEnd::Assumed, 6),
            (not_possible(), 6),
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
    fn the_system_under_test_counts_as_well() {
        for (end, code) in [
            (SystemEnd::Stopped, 5),
            (SystemEnd::Killed, 1),
            (SystemEnd::NotReady, 4),
            (SystemEnd::Died, 4),
            (SystemEnd::NotStarted, 3),
            (SystemEnd::IndividualNumber, 7),
        ] {
            assert_eq!(with_system(Exit::NewSnapshots, end).code(), code);
            assert_eq!(with_system(Exit::Internal, end), Exit::Internal);
        }
    }

    #[test]
    fn what_is_blocked_takes_the_exit_of_its_cause() {
        let blocked = |id: &str, by: &str| {
            let end = ScenarioEnd::Blocked {
                by: by.into(),
                checkpoint: None,
                hindrance: None,
            };
            result(id, end)
        };
        for (end, code) in [
            (ScenarioEnd::Failed, 1),
            (ScenarioEnd::Broken, 4),
            (ScenarioEnd::IndividualNumber, 7),
            // A scenario that was asked for and has not run is never a pass.
            (ScenarioEnd::Passed, 1),
            (not_possible(), 1),
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
