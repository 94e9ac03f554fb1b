//! A step that runs a program of the system under test.

use std::time::Duration;

use toml::Spanned;

use crate::{
    event::{Outcome, Process, StepResult},
    expect::{self, differs, named, plain},
    message::{self, TemplateError},
    run::{
        given::renamed,
        judge::Judged,
        step::{Runner, unusable},
        written,
    },
    scenario::{Expect, Step},
    sentinel,
    system::{self, Beyond, Ended, Program},
    text::{Text, counted},
};

/// How long a program may run, where nothing else is said.
const PATIENCE: Duration = Duration::from_secs(60);

impl Runner<'_> {
    pub(super) async fn exec(
        &mut self,
        command: &[Spanned<String>],
        step: &Step,
        result: &mut StepResult,
    ) {
        let program = match self.program(command, step) {
            Ok(program) => program,
            Err(error) => {
                result.outcome = unusable(error.text());
                return;
            }
        };
        let own = program
            .command
            .iter()
            .chain(program.env.iter().map(|(_, value)| value));
        if own.into_iter().any(|text| sentinel::found(text)) {
            result.outcome = Outcome::IndividualNumber {
                place: "request".to_owned(),
            };
            return;
        }
        if let Err(why) = self.place().describe() {
            result.outcome = Outcome::Unusable { why };
            return;
        }
        let patience = step.timeout.as_ref();
        let patience = patience.map_or(PATIENCE, |lapse| lapse.get_ref().duration());
        let ran = match system::run(&program, patience, step.said_in()).await {
            Ok(ran) => ran,
            Err(error) => {
                result.outcome = Outcome::Unusable { why: error.text() };
                return;
            }
        };
        result.notes.extend(left_behind(ran.left));
        let number = self.keep_process(&program, &ran, result);
        match self.drain(Duration::ZERO).await {
            Ok(false) => {}
            Ok(true) => {
                result.outcome = Outcome::IndividualNumber {
                    place: "call".to_owned(),
                };
                return;
            }
            Err(outcome) => {
                result.outcome = outcome;
                return;
            }
        }
        if number {
            result.outcome = Outcome::IndividualNumber {
                place: "output".to_owned(),
            };
            return;
        }
        let expected = match self.expected(step) {
            Ok(expected) => expected,
            Err(error) => {
                result.outcome = unusable(error.text());
                return;
            }
        };
        let stdout = ran.stdout.text();
        let mut mismatches = mismatches(&expected, &ran, patience);
        let (taken, missing) = self.take(step, "stdout", &stdout.text);
        mismatches.extend(missing);
        let normal = self.normal_text(&stdout.text, &taken);
        let head = written::head(&told(ran.ended), &stdout, ran.stdout.beyond().as_ref());
        let content = sentinel::mask(&format!("{head}\n{}", stdout.shown(&normal)));
        let judged = Judged {
            mismatches,
            refusal: None,
        };
        result.outcome = self.compare(step, step.id.get_ref(), &content, judged);
        if let (Outcome::Passed, Some(process)) = (&result.outcome, &mut result.process) {
            process.stdout.hide();
            process.stderr.hide();
        } else {
            let lines = ran.stderr.text().text.lines().count();
            if result.outcome == Outcome::NewSnapshot && lines > 0 {
                let file = format!("{}/{}", self.scenario.id, file_of(result, "stderr"));
                result.notes.push(Text::new(
                    format!("標準エラー出力（{lines}行）は、スナップショットに含みません: {file}"),
                    format!(
                        "standard error has {}, which are no part of the snapshot: {file}",
                        counted(lines, "line")
                    ),
                ));
            }
            for (what, output) in [("stdout", &ran.stdout), ("stderr", &ran.stderr)] {
                result.notes.extend(written::odd(what, output));
            }
        }
    }

    /// The program with everything rendered.
    fn program(&self, command: &[Spanned<String>], step: &Step) -> Result<Program, TemplateError> {
        let identity = self.identity_of_system(step);
        let values = self.seen_as(identity);
        let render = |text: &Spanned<String>| message::plain(text.get_ref(), &values);
        let command = command.iter().map(render).collect::<Result<_, _>>()?;
        let mut env = self.place().environment(identity);
        for (name, value) in &step.env {
            env.push((name.get_ref().clone(), render(value)?));
        }
        let root = self
            .shared
            .project
            .root
            .clone()
            .unwrap_or_else(|| ".".into());
        let folder = match &step.folder {
            Some(folder) => root.join(render(folder)?),
            None => root,
        };
        Ok(Program {
            command,
            folder,
            env,
        })
    }

    /// Keeps what a program did; tells whether an individual number stands in it.
    fn keep_process(&self, program: &Program, ran: &system::Ran, result: &mut StepResult) -> bool {
        let keep = |name, output| {
            written::written(output, |looked| self.keep(&file_of(result, name), looked))
        };
        let (stdout, in_stdout) = keep("stdout", &ran.stdout);
        let (stderr, in_stderr) = keep("stderr", &ran.stderr);
        result.process = Some(Process {
            command: {
                let fixed = self.fixed();
                let parts = program.command.iter();
                parts.map(|part| renamed(part, &fixed)).collect()
            },
            ended: told(ran.ended).replace(": ", " "),
            stdout,
            stderr,
        });
        in_stdout || in_stderr
    }
}

/// What does not hold of a program that has ended.
fn mismatches(expected: &Expect, ran: &system::Ran, patience: Duration) -> Vec<Text> {
    let mut mismatches = Vec::new();
    let exit = expected.exit.unwrap_or(0);
    match ran.ended {
        Ended::Exit(code) if code == exit => {}
        Ended::Exit(code) => {
            mismatches.push(differs("exit", &exit.to_string(), plain(&code.to_string())));
        }
        Ended::Signal(signal) => mismatches.push(Text::new(
            format!("プログラムがシグナル{signal}で終了しました"),
            format!("the program was ended by signal {signal}"),
        )),
        Ended::Timeout => {
            let Text { ja, en } = Text::of_duration(patience);
            mismatches.push(Text::new(
                format!(
                    "プログラムが{ja}以内に終了しなかったため、終了させました。出力を確認し、時間のかかる処理である場合は timeout を長くしてください"
                ),
                format!(
                    "the program did not end within {en} and was made to; look at what it wrote, and let it have more time (timeout) where it needs that"
                ),
            ));
        }
    }
    let outputs = [
        ("stdout", &expected.stdout, &ran.stdout),
        ("stderr", &expected.stderr, &ran.stderr),
    ];
    for (what, selected, output) in outputs {
        let Some(selected) = selected else { continue };
        let selected = selected.get_ref();
        let found = expect::text(what, selected, &output.text().text);
        if let Some(Beyond { bytes, .. }) = output.beyond()
            && (!found.is_empty() || selected.is_of_whole())
        {
            mismatches.push(Text::new(
                format!(
                    "{}が長すぎるため、後ろの{bytes}バイトを確認できません。長い出力に対しては contains だけを使用できます",
                    named(what)
                ),
                format!(
                    "{what} was too long: {} at its end could not be looked at; of so much, 'contains' alone can be said",
                    counted(bytes, "byte")
                ),
            ));
        }
        mismatches.extend(found);
    }
    mismatches
}

/// The file that an output is kept in, below that of the scenario.
fn file_of(result: &StepResult, output: &str) -> String {
    format!("{:02}-{}.{output}.txt", result.sequence, result.step)
}

/// That a program went on in the background.
fn left_behind(count: usize) -> Option<Text> {
    let processes = if count == 1 {
        "1 process behind, which was".to_owned()
    } else {
        format!("{count} processes behind, which were")
    };
    (count > 0).then(|| {
        Text::new(
            format!(
                "プログラムが終了した時に残っていた{count}個のプロセスを終了させました。動作し続ける必要があるものは、profile.toml の [system] に記載してください"
            ),
            format!(
                "the program left {processes} ended; what must keep running belongs in [system] of profile.toml"
            ),
        )
    })
}

/// How a program ended, as snapshots have it.
pub(super) fn told(ended: Ended) -> String {
    match ended {
        Ended::Exit(code) => format!("exit: {code}"),
        Ended::Signal(signal) => format!("signal: {signal}"),
        Ended::Timeout => "timeout".to_owned(),
    }
}

/// How a program ended, for people.
pub(super) fn how(ended: Ended) -> Text {
    match ended {
        Ended::Exit(code) => Text::new(format!("終了コード{code}"), format!("exit {code}")),
        Ended::Signal(signal) => Text::new(format!("シグナル{signal}"), format!("signal {signal}")),
        Ended::Timeout => Text::new("時間切れ", "timeout"),
    }
}
