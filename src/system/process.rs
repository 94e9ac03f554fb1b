//! One program, from its start to its end, with all that it has started in turn. However this is left, nothing of it goes
//! on.

use std::{
    io,
    path::PathBuf,
    process::{ExitStatus, Stdio},
    time::Duration,
};

use encoding_rs::Encoding;
use tokio::{
    process::{Child, Command},
    time::{Instant, sleep_until, timeout},
};

use crate::{system::Output, text::Text};

/// How long a program has to end by itself when it is told to.
const GRACE: Duration = Duration::from_secs(2);
/// How long what has left the group may go on to hold the output open.
const DRAINED: Duration = Duration::from_secs(1);

/// A program to run.
#[derive(Clone, Debug)]
pub struct Program {
    /// The program and its arguments.
    pub command: Vec<String>,
    /// Where it runs.
    pub folder: PathBuf,
    /// Variables beside those that are inherited.
    pub env: Vec<(String, String)>,
}

/// How a program ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ended {
    /// By itself, with this code.
    Exit(i32),
    /// By a signal that nobody here sent.
    Signal(i32),
    /// Not in time, so that it was made to.
    Timeout,
}

/// What a program did.
#[derive(Clone, Debug)]
pub struct Ran {
    /// How it ended.
    pub ended: Ended,
    /// What it wrote to its standard output.
    pub stdout: Output,
    /// What it wrote to its standard error.
    pub stderr: Output,
}

/// Why a program did not even start.
#[derive(Debug)]
pub struct NotStarted {
    program: String,
    folder: PathBuf,
    error: io::Error,
}

impl NotStarted {
    /// For people.
    pub fn text(&self) -> Text {
        let Self {
            program,
            folder,
            error,
        } = self;
        let shown = folder.display();
        if !folder.is_dir() {
            return Text::new(
                format!("作業フォルダー {shown} がありません。folder を確認してください"),
                format!("there is no folder {shown} to run '{program}' in; see 'folder'"),
            );
        }
        let why = Text::of_io(error);
        if error.kind() == io::ErrorKind::NotFound && program.contains(' ') {
            let parts: Vec<String> = program
                .split_whitespace()
                .map(|part| format!("\"{part}\""))
                .collect();
            let parts = parts.join(", ");
            return Text::new(
                format!(
                    "プログラム「{program}」が見つかりません（作業フォルダー: {shown}）。引数は一つずつ分けて記載してください（例: [{parts}]）"
                ),
                format!(
                    "there is no program '{program}' (folder: {shown}); each argument is a text of its own, as in [{parts}]"
                ),
            );
        }
        if error.kind() == io::ErrorKind::PermissionDenied {
            return Text::new(
                format!(
                    "プログラム「{program}」を実行する権限がありません（作業フォルダー: {shown}）。実行権限を付与するか、それを実行するプログラムを先に記載してください（例: \"python3\", \"{program}\"）"
                ),
                format!(
                    "'{program}' may not be executed (folder: {shown}); make it executable, or name first what runs it, as in \"python3\", \"{program}\""
                ),
            );
        }
        if error.kind() == io::ErrorKind::NotFound {
            return Text::new(
                format!(
                    "プログラム「{program}」が見つかりません（作業フォルダー: {shown}）。インストールされていること、PATH に含まれること、相対パスの場合は作業フォルダーからの位置を確認してください"
                ),
                format!(
                    "there is no program '{program}' (folder: {shown}); see that it is installed and in PATH, or that its path is right from that folder"
                ),
            );
        }
        Text::new(
            format!(
                "プログラム「{program}」を起動できません（{}、作業フォルダー: {shown}）",
                why.ja
            ),
            format!(
                "'{program}' cannot be started: {} (folder: {shown})",
                why.en
            ),
        )
    }
}

/// A program that runs. When this is dropped, it and all that it has started are ended.
#[derive(Debug)]
pub(super) struct Running {
    /// The program itself.
    pub(super) child: Child,
    group: Group,
}

/// Starts a program in a group of its own, with nothing on its standard input.
pub(super) fn start(program: &Program) -> Result<Running, NotStarted> {
    let (name, arguments) = program
        .command
        .split_first()
        .map_or(("", &[][..]), |(name, rest)| (name.as_str(), rest));
    let mut command = Command::new(name);
    command
        .args(arguments)
        .current_dir(&program.folder)
        .envs(program.env.iter().map(|(name, value)| (name, value)))
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true);
    #[cfg(unix)]
    command.process_group(0);
    let child = command.spawn().map_err(|error| NotStarted {
        program: name.to_owned(),
        folder: program.folder.clone(),
        error,
    })?;
    let group = Group::of(&child);
    Ok(Running { child, group })
}

impl Running {
    /// Tells it to end, and makes it where it does not. Tells whether it did.
    pub(super) async fn end(&mut self, signal: Signal, grace: Duration) -> bool {
        self.group.signal(signal);
        if cfg!(windows) {
            // Nothing else can be told there.
            self.kill();
        }
        if timeout(grace, self.child.wait()).await.is_ok() {
            return true;
        }
        self.kill();
        // It has no say in this.
        let _ = self.child.wait().await;
        signal == Signal::Kill
    }

    /// Ends it, and whatever it has left behind.
    pub(super) fn kill(&mut self) {
        self.group.signal(Signal::Kill);
        // Where it leads none, the program alone; one that has ended cannot be ended.
        let _ = self.child.start_kill();
    }
}

/// Runs a program to its end; it writes in this encoding.
pub async fn run(
    program: &Program,
    patience: Duration,
    encoding: Option<&'static Encoding>,
) -> Result<Ran, NotStarted> {
    let mut running = start(program)?;
    let output = Output::in_encoding(encoding);
    let (mut stdout, mut stderr) = (output.clone(), output);
    let out = running.child.stdout.take();
    let err = running.child.stderr.take();
    let status = {
        let reading = async {
            let out = async {
                if let Some(from) = out {
                    stdout.read(from).await;
                }
            };
            let err = async {
                if let Some(from) = err {
                    stderr.read(from).await;
                }
            };
            tokio::join!(out, err);
        };
        tokio::pin!(reading);
        let deadline = Instant::now() + patience;
        let mut read = false;
        let status = loop {
            tokio::select! {
                () = &mut reading, if !read => read = true,
                status = running.child.wait() => break Some(status),
                () = sleep_until(deadline) => break None,
            }
        };
        if status.is_none() {
            // What it still has to say is read meanwhile, since one that cannot write does not end.
            let ending = running.end(Signal::Term, GRACE);
            tokio::pin!(ending);
            loop {
                tokio::select! {
                    () = &mut reading, if !read => read = true,
                    _ = &mut ending => break,
                }
            }
        }
        // What it has left behind would hold the output open.
        running.kill();
        if !read {
            let _ = timeout(DRAINED, &mut reading).await;
        }
        status
    };
    Ok(Ran {
        ended: status.map_or(Ended::Timeout, |status| {
            status.map_or(Ended::Signal(0), ended)
        }),
        stdout,
        stderr,
    })
}

/// How a program ended that did so by itself.
pub(super) fn ended(status: ExitStatus) -> Ended {
    #[cfg(unix)]
    if let Some(signal) = std::os::unix::process::ExitStatusExt::signal(&status) {
        return Ended::Signal(signal);
    }
    status.code().map_or(Ended::Signal(0), Ended::Exit)
}

/// What a program is told to end by.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Signal {
    /// To end (`SIGTERM`).
    #[default]
    Term,
    /// As by Ctrl-C (`SIGINT`).
    Int,
    /// At once, without being asked (`SIGKILL`).
    Kill,
}

/// The group of processes that a program leads.
#[cfg(unix)]
#[derive(Debug)]
struct Group(Option<u32>);

#[cfg(unix)]
impl Group {
    fn of(leader: &Child) -> Self {
        Self(leader.id())
    }

    fn signal(&mut self, signal: Signal) {
        use rustix::process::{Pid, Signal as Unix, kill_process_group};
        let signal = match signal {
            Signal::Term => Unix::TERM,
            Signal::Int => Unix::INT,
            Signal::Kill => Unix::KILL,
        };
        let leader = self.0.and_then(|id| i32::try_from(id).ok());
        if let Some(leader) = leader.and_then(Pid::from_raw) {
            // A group that is gone needs no signal.
            let _ = kill_process_group(leader, signal);
        }
    }
}

/// The same on Windows: a job, whose processes end when it is closed. What a program starts before it stands in the job
/// is not in it, nor is anything where no job can be made.
#[cfg(windows)]
#[derive(Debug)]
struct Group(Option<win32job::Job>);

#[cfg(windows)]
impl Group {
    fn of(leader: &Child) -> Self {
        let mut limits = win32job::ExtendedLimitInfo::new();
        limits.limit_kill_on_job_close();
        let job = win32job::Job::create_with_limit_info(&limits).ok();
        let stands = |job: &win32job::Job| {
            let handle = leader.raw_handle();
            handle.is_some_and(|handle| job.assign_process(handle as isize).is_ok())
        };
        Self(job.filter(stands))
    }

    /// There are no signals: whatever is told, all end at once.
    fn signal(&mut self, _signal: Signal) {
        self.0 = None;
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        self.signal(Signal::Kill);
    }
}
