//! One program, from its start to its end, with all that it has started in turn. However this is left, nothing of it goes
//! on.

use std::{
    path::PathBuf,
    process::{ExitStatus, Stdio},
    time::Duration,
};

use encoding_rs::Encoding;
use tokio::{
    process::{Child, Command},
    time::{Instant, sleep, sleep_until, timeout},
};

use crate::system::{NotStarted, Output, group::Group};

/// How long a program has to end by itself when it is told to.
const GRACE: Duration = Duration::from_secs(2);
/// How long what has left the group may go on to hold the output open.
const DRAINED: Duration = Duration::from_secs(1);

/// How long what a program has left behind may take to end by itself, and how often it is looked whether it has.
const ENDING: Duration = Duration::from_millis(200);
const OFTEN: Duration = Duration::from_millis(20);

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
    /// How many processes it had left behind when it ended by itself, which were ended.
    pub left: usize,
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
    let group = Group::of(&child, program);
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

    /// How many processes it has left behind that do not end by themselves at once.
    async fn left(&self) -> usize {
        let deadline = Instant::now() + ENDING;
        loop {
            let left = self.group.count();
            if left == 0 || Instant::now() >= deadline {
                return left;
            }
            sleep(OFTEN).await;
        }
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
    let (status, left) = {
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
        let left = match status {
            Some(_) => running.left().await,
            None => 0,
        };
        // What it has left behind would hold the output open.
        running.kill();
        if !read {
            let _ = timeout(DRAINED, &mut reading).await;
        }
        (status, left)
    };
    Ok(Ran {
        ended: status.map_or(Ended::Timeout, |status| {
            status.map_or(Ended::Signal(0), ended)
        }),
        stdout,
        stderr,
        left,
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
