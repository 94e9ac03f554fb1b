//! A step that runs a program of the system under test.

use std::time::Duration;

use regex::Regex;
use toml::Spanned;

use crate::{
    event::{Outcome, Process, StepResult},
    expect::{self, differs, named, plain},
    message::{self, TemplateError},
    run::{
        given::renamed,
        judge::Judged,
        step::{Runner, unusable},
        written::written,
    },
    scenario::{Expect, Step},
    sentinel,
    system::{self, Ended, Program},
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
        let ran = match system::run(&program, patience).await {
            Ok(ran) => ran,
            Err(error) => {
                result.outcome = Outcome::Unusable { why: error.text() };
                return;
            }
        };
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
        let mut mismatches = mismatches(&expected, &ran, patience);
        let stdout = ran.stdout.text();
        mismatches.extend(self.capture_from(step, "stdout", &stdout));
        let mut normal = self.numbering.text(&stdout, &self.fixed());
        if ran.stdout.left_out() > 0 {
            normal.push_str("\n[the rest is left out]\n");
        }
        let content = sentinel::mask(&format!("{}\n\n{normal}", told(ran.ended)));
        let judged = Judged {
            mismatches,
            refusal: None,
        };
        result.outcome = self.compare(step, step.id.get_ref(), &content, judged);
        if let (Outcome::Passed, Some(process)) = (&result.outcome, &mut result.process) {
            process.stdout.hide();
            process.stderr.hide();
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
        let file = |name: &str| format!("{:02}-{}.{name}.txt", result.sequence, result.step);
        let (stdout, in_stdout) = written(&ran.stdout, |looked| self.keep(&file("stdout"), looked));
        let (stderr, in_stderr) = written(&ran.stderr, |looked| self.keep(&file("stderr"), looked));
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

    /// Takes values from a text, by regular expressions with one group; gives what is not there.
    pub(super) fn capture_from(&mut self, step: &Step, what: &str, text: &str) -> Vec<Text> {
        let seen = self.seen();
        let mut mismatches = Vec::new();
        for (name, expression) in &step.capture {
            let expression = message::plain(expression.get_ref(), &seen).unwrap_or_default();
            let found = Regex::new(&expression).ok().and_then(|pattern| {
                let found = pattern.captures(text)?.get(1)?;
                Some(found.as_str().to_owned())
            });
            let name = name.get_ref();
            match found {
                Some(value) => {
                    self.values.insert(name.clone(), value.into());
                }
                None => mismatches.push(Text::new(
                    format!(
                        "「{name}」を{}から取得できません（{expression}）",
                        named(what)
                    ),
                    format!("nothing to capture as '{name}' from {what} by {expression}"),
                )),
            }
        }
        mismatches
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
        let found = expect::text(what, selected.get_ref(), &output.text());
        if !found.is_empty() && output.left_out() > 0 {
            let left_out = output.left_out();
            mismatches.push(Text::new(
                format!(
                    "{}が長すぎるため、{left_out}バイトを保存せず、確認していません",
                    named(what)
                ),
                format!(
                    "{what} was too long: {} neither kept nor looked at",
                    counted(left_out, "byte")
                ),
            ));
        }
        mismatches.extend(found);
    }
    mismatches
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
