//! One file a subcommand; the only place that reads environment, flags and profile, and knows the mock.

mod doctor;
mod explain;
mod japanese;
mod journal;
mod list;
mod mock;
mod orphans;
mod record;
mod resume;
mod review;
mod run;
mod select;
mod selftest;
mod snapshots;
mod suite;
mod target;

use std::{
    fmt,
    io::{self, Write},
    net::SocketAddr,
    path::{Path, PathBuf},
};

use clap::{
    CommandFactory as _, FromArgMatches as _, Parser, Subcommand, ValueEnum, error::ErrorKind,
};
use renkei_mock::{pki::PkiError, server::StartError};

use crate::{
    diagnostic::meant,
    project::Unreadable,
    sentinel::Guard,
    text::{Lang, Text},
    verdict::Exit,
};

/// Integration test harness for information linkage (情報連携)
#[derive(Debug, Parser)]
#[command(name = "renkei", version)]
pub struct Arguments {
    /// Language of what is shown; else that of the locale
    #[arg(long, global = true)]
    lang: Option<LangArgument>,
    #[command(subcommand)]
    command: Command,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum LangArgument {
    Ja,
    En,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Run the scenarios against the bundled mock, or a target
    Run(run::RunArguments),
    /// Make the reports of a run again from its folder
    Report {
        /// The run folder
        folder: PathBuf,
        /// A report to write: junit=FILE, json=FILE, github=FILE, or github for annotations among what is shown
        #[arg(long = "report", value_name = "KIND=FILE", value_parser = run::report_argument)]
        reports: Vec<run::ReportArgument>,
    },
    /// Stand between your software and a target, and make a scenario of what passes
    Record(record::RecordArguments),
    /// Look at the way to a target layer by layer, with what to do where it fails
    Doctor(doctor::DoctorArguments),
    /// Read the whole suite and show each mistake; nothing is sent
    Check,
    /// List scenarios, and the items and rules that none names
    List {
        #[command(flatten)]
        select: select::SelectArguments,
        /// As JSON
        #[arg(long)]
        json: bool,
    },
    /// Write the JSON Schemas of scenario, profile, people and items files to a folder
    Schema {
        /// The folder
        folder: PathBuf,
        /// Where the reference of the scenario files goes too
        #[arg(long, value_name = "FILE")]
        reference: Option<PathBuf>,
    },
    /// Show the snapshots that wait to be accepted
    Review {
        #[command(flatten)]
        waiting: snapshots::WaitingArguments,
        /// Show each of them whole
        #[arg(long = "full")]
        whole: bool,
    },
    /// Accept the waiting snapshots; all of them where none is named
    Accept(snapshots::WaitingArguments),
    /// Throw the waiting snapshots away; all of them where none is named
    Reject(snapshots::WaitingArguments),
    /// Run the mock of the network alone
    Mock(mock::MockArguments),
    /// Make a set of test certificates in a folder
    Pki {
        /// The folder
        folder: PathBuf,
    },
    /// Write WSDL and schemas to a folder
    Contract {
        /// The folder
        folder: PathBuf,
    },
    /// Explain a rule, a fault code or an exit code; all rules without one
    Explain {
        /// Such as R-CON-01, F-CON-01 or 5
        what: Option<String>,
    },
    /// Prove that the suite notices when a rule is off or an answer is spoilt
    Selftest(selftest::SelftestArguments),
}

/// Reads the command line; where that is all there is to do, shows what is to be shown.
pub fn arguments() -> Result<Arguments, Exit> {
    let written: Vec<std::ffi::OsString> = std::env::args_os().collect();
    let lang = asked(&written).unwrap_or_else(locale);
    let command = match lang {
        Lang::Ja => japanese::of(Arguments::command()),
        Lang::En => Arguments::command(),
    };
    let read = command.try_get_matches_from(written);
    read.and_then(|read| Arguments::from_arg_matches(&read))
        .map_err(|error| {
            // Where not even this can be written, the exit code still tells.
            // Where a command is missing, the help itself is shown, which is in Japanese.
            let help = error.kind() == ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand;
            if lang == Lang::Ja && error.use_stderr() && !help {
                let _ = writeln!(io::stderr(), "{}", japanese::mistake(&error));
            } else {
                let _ = error.print();
            }
            if error.use_stderr() {
                Exit::Usage
            } else {
                Exit::Ok
            }
        })
}

/// The language that is asked for, as far as can be seen before the command line is read.
fn asked(written: &[std::ffi::OsString]) -> Option<Lang> {
    let mut parts = written.iter().filter_map(|part| part.to_str());
    let lang = loop {
        let part = parts.next()?;
        if part == "--lang" {
            break parts.next()?;
        }
        if let Some(lang) = part.strip_prefix("--lang=") {
            break lang;
        }
    };
    match lang {
        "ja" => Some(Lang::Ja),
        "en" => Some(Lang::En),
        _ => None,
    }
}

/// Does what was asked.
pub async fn run(arguments: Arguments) -> Exit {
    let lang = arguments.lang.map_or_else(locale, |lang| match lang {
        LangArgument::Ja => Lang::Ja,
        LangArgument::En => Lang::En,
    });
    let mut out = Guard::new(Patient(anstream::stdout().lock()), lang);
    let done = match arguments.command {
        Command::Run(arguments) => run::run(&mut out, arguments, lang).await,
        Command::Report { folder, reports } => run::report(&mut out, &folder, &reports, lang),
        Command::Record(arguments) => record::record(&mut out, arguments, lang).await,
        Command::Doctor(arguments) => doctor::doctor(&mut out, arguments, lang).await,
        Command::Check => suite::check(&mut out, lang),
        Command::List { select, json } => list::list(&mut out, &select, json, lang),
        Command::Schema { folder, reference } => {
            suite::schema(&mut out, &folder, reference.as_deref())
        }
        Command::Review { waiting, whole } => review::review(&mut out, &waiting, whole, lang),
        Command::Accept(waiting) => snapshots::accept(&mut out, &waiting, lang),
        Command::Reject(waiting) => snapshots::reject(&mut out, &waiting, lang),
        Command::Mock(arguments) => mock::mock(&mut out, arguments).await,
        Command::Pki { folder } => mock::pki(&mut out, &folder),
        Command::Contract { folder } => mock::contract(&mut out, &folder),
        Command::Explain { what } => explain::explain(&mut out, what.as_deref(), lang),
        Command::Selftest(arguments) => selftest::selftest(&mut out, &arguments, lang).await,
    };
    match done {
        Ok(exit) => exit,
        Err(Stopped { exit, text }) => {
            // Where not even this can be written, the exit code still tells.
            let _ = writeln!(Guard::new(io::stderr(), lang), "{}", text.get(lang));
            exit
        }
    }
}

/// Why a command stopped.
#[derive(Debug)]
struct Stopped {
    exit: Exit,
    text: Text,
}

type Done = Result<Exit, Stopped>;

/// What was meant, or could be, after a sentence in each language that says that there is no such name.
fn hint<'a>(
    written: &str,
    candidates: impl IntoIterator<Item = &'a str> + Clone,
) -> (String, String) {
    meant(written, candidates).map_or_else(Default::default, |Text { ja, en }| {
        (format!("{ja}。"), format!("; {en}"))
    })
}

impl Stopped {
    /// A file or folder that was named, or is the usual one, cannot be used.
    fn file(path: &Path, error: &io::Error) -> Self {
        let (path, why) = (path.display(), Text::of_io(error));
        Self {
            exit: Exit::Usage,
            text: Text::new(
                format!("{path} を読み書きできません（{}）。", why.ja),
                format!("{path} cannot be read or written: {}", why.en),
            ),
        }
    }
}

impl Stopped {
    /// An address cannot be listened on.
    fn unlistened(address: SocketAddr, error: &io::Error) -> Self {
        let why = Text::of_io(error);
        Self {
            exit: Exit::Transport,
            text: Text::new(
                format!(
                    "{address} で待ち受けできません（{}）。別のポートを指定してください。",
                    why.ja
                ),
                format!("cannot listen on {address}: {}; name another port", why.en),
            ),
        }
    }
}

impl Stopped {
    /// A file or folder cannot be written.
    fn unwritten(path: &Path, error: &io::Error) -> Self {
        let (path, why) = (path.display(), Text::of_io(error));
        Self {
            exit: Exit::Internal,
            text: Text::new(
                format!("{path} に書き込めません（{}）。", why.ja),
                format!("{path} cannot be written: {}", why.en),
            ),
        }
    }
}

impl From<io::Error> for Stopped {
    fn from(error: io::Error) -> Self {
        let unshown = error.get_ref().and_then(|inner| inner.downcast_ref());
        if let Some(Unshown(error)) = unshown {
            let why = Text::of_io(error);
            return Self {
                exit: Exit::Internal,
                text: Text::new(
                    format!(
                        "標準出力に書き込めません（{}）。表示の出力先（リダイレクト先のファイルなど）を確認して、再度実行してください。",
                        why.ja
                    ),
                    format!(
                        "standard output cannot be written: {}; look where it leads, such as the file after '>', and try again",
                        why.en
                    ),
                ),
            };
        }
        let why = Text::of_io(&error);
        Self {
            exit: Exit::Internal,
            text: Text::new(
                format!("入出力の異常です（{}）。", why.ja),
                format!("input or output failed: {}", why.en),
            ),
        }
    }
}

impl From<Unreadable> for Stopped {
    fn from(error: Unreadable) -> Self {
        Self {
            exit: Exit::Suite,
            text: error.text(),
        }
    }
}

impl From<StartError> for Stopped {
    fn from(error: StartError) -> Self {
        let error = match error {
            StartError::Pki(error) => return error.into(),
            StartError::Listen(address, error) => {
                return Self::unlistened(address, &error);
            }
            other @ (StartError::ControlNotLoopback(_)
            | StartError::PublicUrl(_)
            | StartError::Tls(_)) => other,
        };
        let renkei_mock::text::Text { ja, en } = error.text();
        Self {
            exit: Exit::Transport,
            text: Text::new(ja, en),
        }
    }
}

impl From<PkiError> for Stopped {
    fn from(error: PkiError) -> Self {
        if let PkiError::Io(path, error) = &error {
            return Self {
                exit: Exit::Internal,
                ..Self::file(path, error)
            };
        }
        let renkei_mock::text::Text { ja, en } = error.text();
        Self {
            exit: Exit::Usage,
            text: Text::new(ja, en),
        }
    }
}

/// A writer for whose reader it is no fault to have read enough, such as `head`.
struct Patient<W: Write>(W);

impl<W: Write> Write for Patient<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        unless_gone(self.0.write(bytes), bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        unless_gone(self.0.flush(), ())
    }
}

fn unless_gone<T>(done: io::Result<T>, otherwise: T) -> io::Result<T> {
    match done {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(otherwise),
        Err(error) => Err(io::Error::new(error.kind(), Unshown(error))),
        Ok(done) => Ok(done),
    }
}

/// Why nothing can be shown.
#[derive(Debug)]
struct Unshown(io::Error);

impl fmt::Display for Unshown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl std::error::Error for Unshown {}

/// A folder of its own that is gone when it is no longer held.
fn temporary() -> Result<tempfile::TempDir, Stopped> {
    tempfile::tempdir().map_err(|error| {
        let (path, why) = (std::env::temp_dir(), Text::of_io(&error));
        let path = path.display();
        Stopped {
            exit: Exit::Internal,
            text: Text::new(
                format!(
                    "一時フォルダー {path} に作業用のフォルダーを作成できません（{}）。環境変数 TMPDIR（WindowsではTMP）に、書き込めるフォルダーを指定してください。",
                    why.ja
                ),
                format!(
                    "no work folder can be made in {path}: {}; let the environment variable TMPDIR (TMP on Windows) name a folder that can be written",
                    why.en
                ),
            ),
        }
    })
}

/// The environment is read here and nowhere else.
#[expect(
    clippy::disallowed_methods,
    reason = "this is the one place that reads the environment"
)]
fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

fn locale() -> Lang {
    let locale = ["LC_ALL", "LC_MESSAGES", "LANG"]
        .iter()
        .find_map(|name| variable(name))
        .unwrap_or_default();
    if locale.starts_with("ja") {
        Lang::Ja
    } else {
        Lang::En
    }
}
