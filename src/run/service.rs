//! The system under test that runs for the whole run: when it is started, what its end means, and what is kept of it.

use std::{
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use regex::Regex;
use serde_json::Value;

use crate::{
    event::{SystemEnd, SystemResult, Written},
    message::{self, TemplateError, Values},
    plan::Suite,
    profile::System,
    project::Project,
    run::{
        Setting, Sink,
        exec::how,
        given::{Where, renamed},
        kept::kept_at,
        world::{rebased, text},
        written::written,
    },
    scenario::data::Lapse,
    sentinel,
    system::{self, Ended, NotReady, Output, Program, Ready, Service, Stopped},
    text::Text,
    transport::{self, Place},
};

/// How long a system may take to be ready, and to stop, where nothing else is said.
const READY: Duration = Duration::from_secs(30);
const STOP: Duration = Duration::from_secs(10);
/// How long it is tried whether somebody listens already.
const LOOK: Duration = Duration::from_secs(1);
/// How many of its last lines are told where it ended.
const LINES: usize = 5;

/// The system while it runs.
pub(super) struct Served {
    service: Service,
    settings: System,
    command: Vec<String>,
    sink: Arc<dyn Sink>,
}

/// Starts the system that the profile names; none where it names none.
pub(super) async fn start(
    suite: &Suite,
    project: &Project,
    setting: &Setting,
    sink: &Arc<dyn Sink>,
) -> Result<Option<Served>, Box<SystemResult>> {
    let settings = suite.profile.system.clone().unwrap_or_default();
    if settings.command.is_empty() || setting.dry_run || setting.target.real.is_some() {
        return Ok(None);
    }
    let mut command = settings.command.clone();
    let failed = |end: SystemEnd, why: Text, command: &[String]| {
        Box::new(result_of(
            end,
            Some(why),
            command,
            &Outputs::default(),
            sink,
        ))
    };
    let prepared = prepare(suite, project, setting, &settings).await;
    let prepared = prepared.map_err(|(end, why)| failed(end, why, &command))?;
    command = prepared.named;
    if let Some(place) = &prepared.place
        && transport::listens(place, LOOK).await
    {
        let (host, port) = (&place.host, place.port);
        let why = Text::new(
            format!(
                "{host} のポート{port}は、既に他のプログラムが使用しています。そのプログラムを終了するか、別のポートを使用してください。起動していません"
            ),
            format!(
                "somebody else listens at port {port} of {host} already: end that program, or use another port; nothing was started"
            ),
        );
        return Err(failed(SystemEnd::NotReady, why, &command));
    }
    let service = Service::start(&prepared.program);
    let service = service.map_err(|error| failed(SystemEnd::NotStarted, error.text(), &command))?;
    let within = settings.ready.as_ref().and_then(|ready| ready.within);
    let within = within.map_or(READY, Lapse::duration);
    let served = Served {
        service,
        settings,
        command,
        sink: Arc::clone(sink),
    };
    match served.service.ready(&prepared.ready, within).await {
        Ok(()) => Ok(Some(served)),
        Err(NotReady::Ended(ended)) => {
            served.stop_service().await;
            let why = served.ended(ended);
            Err(Box::new(served.result(SystemEnd::Died, Some(why))))
        }
        Err(NotReady::Late(last)) => {
            served.stop_service().await;
            let awaited = match &prepared.ready {
                Ready::Tcp(place) => Text::new(
                    format!("{}:{} への接続を待っていました", place.host, place.port),
                    format!("nobody listened at {}:{}", place.host, place.port),
                ),
                Ready::Http(url) => {
                    let Text { ja, en } = last.unwrap_or_else(|| Text::new("なし", "none"));
                    Text::new(
                        format!(
                            "{url} が成功の状態コードを返すのを待っていました。最後の応答: {ja}"
                        ),
                        format!("{url} did not answer with a status of success, but last: {en}"),
                    )
                }
                Ready::Output(pattern) => Text::new(
                    format!("出力に「{pattern}」が現れるのを待っていました"),
                    format!("no line of its output matched '{pattern}'"),
                ),
                Ready::AtOnce => Text::new("", ""),
            };
            let within = Text::of_duration(within);
            let why = Text::new(
                format!(
                    "{}以内に準備が完了しませんでした（[system] の ready。{}）。指定と出力を確認し、起動に時間がかかる場合は within を長くしてください",
                    within.ja, awaited.ja
                ),
                format!(
                    "it was not ready within {} ([system] ready: {}); see that this is right, and its output; let it have more time (within) where it needs that",
                    within.en, awaited.en
                ),
            );
            let why = served.with_last_lines(why);
            Err(Box::new(served.result(SystemEnd::NotReady, Some(why))))
        }
    }
}

/// What is started, and by what it shows that it is ready.
struct Prepared {
    program: Program,
    /// The command with names in the place of what differs from run to run.
    named: Vec<String>,
    ready: Ready,
    /// Where it will listen, as far as that is known.
    place: Option<Place>,
}

async fn prepare(
    suite: &Suite,
    project: &Project,
    setting: &Setting,
    settings: &System,
) -> Result<Prepared, (SystemEnd, Text)> {
    let front = setting.target.control.get("/front").await;
    let front = front.map_err(|error| (SystemEnd::NotReady, error.text()))?;
    let url = rebased(&text(&front, "url"), setting.target.url.as_deref());
    let clock = setting.target.control.get("/worlds/main/clock").await;
    let now = text(&clock.unwrap_or(Value::Null), "now");
    let work = setting.works.join("system");
    let wrong = |why: Text| (SystemEnd::NotStarted, why);
    system::begin(&work, None).map_err(|error| {
        let why = Text::of_io(&error);
        let work = work.display();
        wrong(Text::new(
            format!("{work}: {}", why.ja),
            format!("{work}: {}", why.en),
        ))
    })?;
    let place = Where {
        profile: &suite.profile,
        target: &setting.target,
        url: &url,
        work: &work,
        now: &now,
    };
    place.describe().map_err(wrong)?;
    let identity = settings.identity.as_deref();
    let values = Values::from([("renkei".to_owned(), place.values(identity).into())]);
    let rendered = render(
        settings,
        &values,
        place.environment(identity),
        root(project),
    );
    let (program, ready) = rendered.map_err(|error| wrong(error.text()))?;
    let fixed = place.fixed(project.root.as_deref());
    let parts = program.command.iter();
    let named = parts.map(|part| renamed(part, &fixed)).collect();
    let place = match &ready {
        Ready::Tcp(place) => Some(place.clone()),
        Ready::Http(url) => Place::of(url).ok(),
        Ready::Output(_) | Ready::AtOnce => None,
    };
    Ok(Prepared {
        program,
        named,
        ready,
        place,
    })
}

fn root(project: &Project) -> &Path {
    project.root.as_deref().unwrap_or(Path::new("."))
}

fn render(
    settings: &System,
    values: &Values,
    mut env: Vec<(String, String)>,
    root: &Path,
) -> Result<(Program, Ready), TemplateError> {
    let plain = |text: &String| message::plain(text, values);
    for (name, value) in &settings.env {
        env.push((name.clone(), plain(value)?));
    }
    let command = settings.command.iter().map(plain);
    let folder: PathBuf = match &settings.folder {
        Some(folder) => root.join(plain(folder)?),
        None => root.to_owned(),
    };
    let program = Program {
        command: command.collect::<Result<_, _>>()?,
        folder,
        env,
    };
    let ready = match &settings.ready {
        None => Ready::AtOnce,
        Some(ready) => match (&ready.tcp, &ready.http, &ready.output) {
            (Some(tcp), _, _) => {
                let place = Place::of(&format!("http://{}", plain(tcp)?));
                place.map_or(Ready::AtOnce, Ready::Tcp)
            }
            (None, Some(url), _) => Ready::Http(plain(url)?),
            // Reading the profile has shown that it is one.
            (None, None, Some(output)) => Regex::new(output).map_or(Ready::AtOnce, Ready::Output),
            (None, None, None) => Ready::AtOnce,
        },
    };
    Ok((program, ready))
}

#[derive(Default)]
struct Outputs {
    stdout: Output,
    stderr: Output,
}

impl Served {
    /// Waits until the system has ended although nobody told it to; gives what that means for a scenario.
    pub(super) async fn died(&self) -> Text {
        death(self.service.died().await)
    }

    /// The same with what it has written last, which is told once, where the system itself is.
    fn ended(&self, ended: Ended) -> Text {
        self.with_last_lines(death(ended))
    }

    /// A sentence with what the system has written last.
    fn with_last_lines(&self, Text { ja, en }: Text) -> Text {
        let last = sentinel::mask(&self.said_since((0, 0), LINES));
        if last.is_empty() {
            return Text::new(ja, en);
        }
        Text::new(format!("{ja}\n{last}"), format!("{en}\n{last}"))
    }

    /// How much it has written, to either output.
    pub(super) fn written(&self) -> (u64, u64) {
        let (stdout, stderr) = self.service.outputs();
        (stdout.total(), stderr.total())
    }

    /// The last lines that it has written since: to its standard error, else to its standard output.
    pub(super) fn said_since(
        &self,
        (stdout_then, stderr_then): (u64, u64),
        lines: usize,
    ) -> String {
        let (stdout, stderr) = self.service.outputs();
        if stderr.total() > stderr_then {
            stderr.last_lines_since(stderr_then, lines)
        } else {
            stdout.last_lines_since(stdout_then, lines)
        }
    }

    /// Keeps what it has written so far, since nobody knows how the run ends.
    pub(super) fn keep(&self) {
        let (stdout, stderr) = self.service.outputs();
        keep(&Outputs { stdout, stderr }, &self.sink);
    }

    /// Whether it has ended although nobody told it to.
    pub(super) fn is_dead(&self) -> bool {
        self.service.is_dead()
    }

    async fn stop_service(&self) -> Stopped {
        let signal = self.settings.stop.unwrap_or_default();
        let within = self.settings.stop_within.map_or(STOP, Lapse::duration);
        self.service.stop(signal, within).await
    }

    /// Stops it; gives how it did.
    pub(super) async fn stop(&self) -> SystemResult {
        match self.stop_service().await {
            Stopped::Willingly => self.result(SystemEnd::Stopped, None),
            Stopped::Before(ended) => self.result(SystemEnd::Died, Some(self.ended(ended))),
            Stopped::Killed => {
                let within = self.settings.stop_within.map_or(STOP, Lapse::duration);
                let within = Text::of_duration(within);
                let why = Text::new(
                    format!(
                        "停止の指示から{}以内に終了しなかったため、強制終了しました（[system] の stop・stop_within）",
                        within.ja
                    ),
                    format!(
                        "it did not end within {} of being told to stop, and was killed ([system] stop, stop_within)",
                        within.en
                    ),
                );
                self.result(SystemEnd::Killed, Some(why))
            }
        }
    }

    fn result(&self, end: SystemEnd, why: Option<Text>) -> SystemResult {
        let (stdout, stderr) = self.service.outputs();
        result_of(
            end,
            why,
            &self.command,
            &Outputs { stdout, stderr },
            &self.sink,
        )
    }
}

fn death(ended: Ended) -> Text {
    let Text { ja, en } = how(ended);
    Text::new(
        format!("試験対象のシステムが終了しました（{ja}）"),
        format!("the system under test has ended ({en})"),
    )
}

fn keep(outputs: &Outputs, sink: &Arc<dyn Sink>) -> (Written, Written, bool) {
    let keep =
        |output: &Output, file: &str| written(output, |looked| kept_at(&**sink, file, looked));
    let (stdout, in_stdout) = keep(&outputs.stdout, "system.stdout.txt");
    let (stderr, in_stderr) = keep(&outputs.stderr, "system.stderr.txt");
    (stdout, stderr, in_stdout || in_stderr)
}

fn result_of(
    end: SystemEnd,
    why: Option<Text>,
    command: &[String],
    outputs: &Outputs,
    sink: &Arc<dyn Sink>,
) -> SystemResult {
    let (stdout, stderr, number) = keep(outputs, sink);
    let (end, why) = if number {
        let text = Text::new(
            "試験対象のシステムの出力に個人番号があります（番号は伏せています）",
            "an individual number stands in what the system wrote (it is masked here)",
        );
        (SystemEnd::IndividualNumber, Some(text))
    } else {
        (end, why)
    };
    let mut result = SystemResult {
        command: command.to_vec(),
        end,
        why,
        stdout,
        stderr,
    };
    if result.why.is_none() {
        result.stdout.hide();
        result.stderr.hide();
    }
    result
}

/// Lets a scenario's world stand where the system looks for the network; gives the URL.
pub(super) async fn to_front(
    setting: &Setting,
    name: &str,
) -> Result<String, crate::control::ControlError> {
    let body = serde_json::json!({ "world": name });
    let control = &setting.target.control;
    let front = control.send(hyper::Method::PUT, "/front", body).await?;
    Ok(rebased(&text(&front, "url"), setting.target.url.as_deref()))
}
