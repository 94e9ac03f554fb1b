//! The run folder: every event is in its journal, and every body beside it. A thread of its own writes them in the order
//! in which they happened, so that no exchange waits for the disk, and an event is there only after the bodies that it
//! names: a run that is killed leaves a record that can be read up to there.

use std::{
    fs::{self, File},
    io::{self, Write as _},
    path::{Path, PathBuf},
    sync::{
        Arc, Mutex, PoisonError,
        mpsc::{Receiver, SyncSender, sync_channel},
    },
    thread::{self, JoinHandle},
    time::Duration,
};

use jiff::Timestamp;
use serde::Serialize;
use tokio::sync::Notify;

use crate::{
    cli::Stopped,
    event::Event,
    japan,
    report::{Progress, Record},
    run::Sink,
    sentinel::{self, Guard},
    text::Text,
    verdict::Exit,
};

/// The name of the journal in a run folder.
pub(super) const JOURNAL: &str = "events.jsonl";

/// The most entries that wait to be written; whoever brings more waits for the disk.
const WAITING: usize = 64;

/// Takes what happens to the thread that writes it.
#[derive(Debug)]
pub(super) struct Journal {
    folder: PathBuf,
    entries: SyncSender<Entry>,
    writer: Mutex<Option<JoinHandle<Written>>>,
    broken: Arc<Notify>,
}

/// What happened, where all of it could be written.
type Written = Result<Vec<Event>, Stopped>;

enum Entry {
    Body {
        file: String,
        bytes: Vec<u8>,
        /// Whether it goes behind what is there.
        more: bool,
    },
    Waits {
        scenario: String,
        step: String,
        longest: Duration,
    },
    Event {
        event: Event,
        at: Timestamp,
    },
    End,
}

impl Journal {
    /// Begins a journal in an empty folder.
    pub(super) fn begin(folder: PathBuf, progress: Progress) -> io::Result<Self> {
        let journal = File::create_new(folder.join(JOURNAL))?;
        // As long as it is held, the run goes on. Where a disk knows no locks, nobody can tell; on Windows a lock would
        // keep others from reading.
        if cfg!(unix) {
            let _ = journal.try_lock();
        }
        let writing = Writer {
            folder: folder.clone(),
            journal,
            events: Vec::new(),
            progress,
        };
        let (entries, waiting) = sync_channel(WAITING);
        let broken = Arc::new(Notify::new());
        let trouble = Arc::clone(&broken);
        let writer = thread::Builder::new().name(JOURNAL.to_owned());
        let writer = writer.spawn(move || {
            let written = writing.all(&waiting);
            if written.is_err() {
                trouble.notify_one();
            }
            written
        })?;
        Ok(Self {
            folder,
            entries,
            writer: Mutex::new(Some(writer)),
            broken,
        })
    }

    /// The folder.
    pub(super) fn folder(&self) -> &Path {
        &self.folder
    }

    /// Comes back once something could not be written: a run without a record is not to go on.
    pub(super) async fn broken(&self) {
        self.broken.notified().await;
    }

    /// What happened, in order, once all of it is written.
    pub(super) fn end(&self) -> Result<Record, Stopped> {
        // Where the writer has ended, what it gave tells why.
        let _ = self.entries.send(Entry::End);
        let mut writer = self.writer.lock().unwrap_or_else(PoisonError::into_inner);
        match writer.take().map(JoinHandle::join) {
            Some(Ok(written)) => written.map(Record::of),
            Some(Err(_)) | None => Err(io::Error::other("the journal's writer broke").into()),
        }
    }
}

impl Sink for Journal {
    fn keep(&self, file: &str, bytes: &[u8]) {
        let (file, bytes) = (file.to_owned(), bytes.to_vec());
        let more = false;
        let _ = self.entries.send(Entry::Body { file, bytes, more });
    }

    fn append(&self, file: &str, bytes: &[u8]) {
        let (file, bytes) = (file.to_owned(), bytes.to_vec());
        let more = true;
        let _ = self.entries.send(Entry::Body { file, bytes, more });
    }

    fn waits(&self, scenario: &str, step: &str, longest: Duration) {
        let (scenario, step) = (scenario.to_owned(), step.to_owned());
        let waits = Entry::Waits {
            scenario,
            step,
            longest,
        };
        let _ = self.entries.send(waits);
    }

    fn event(&self, event: Event) {
        let at = Timestamp::now();
        let _ = self.entries.send(Entry::Event { event, at });
    }
}

/// A line of the journal.
#[derive(Serialize)]
struct Line<'a> {
    at: String,
    #[serde(flatten)]
    event: &'a Event,
}

/// What the thread has that writes.
struct Writer {
    folder: PathBuf,
    journal: File,
    events: Vec<Event>,
    progress: Progress,
}

impl Writer {
    /// Writes what comes; ends at the first thing that cannot be written.
    fn all(mut self, entries: &Receiver<Entry>) -> Written {
        let written = self.each(entries).and_then(|()| self.is_there());
        self.progress.end();
        written.map(|()| self.events)
    }

    /// Whether what was written is found where it was: a folder may be deleted in the midst of a run.
    fn is_there(&self) -> Result<(), Stopped> {
        let path = self.folder.join(JOURNAL);
        let written = self.journal.metadata().map(|file| file.len());
        let found = fs::metadata(&path).map(|file| file.len());
        match (written, found) {
            (Ok(written), Ok(found)) if written == found => Ok(()),
            (Err(error), _) | (_, Err(error)) => Err(unwritten(&path, &error)),
            (Ok(_), Ok(_)) => {
                let other = io::Error::other("another file is in its place");
                Err(unwritten(&path, &other))
            }
        }
    }

    fn each(&mut self, entries: &Receiver<Entry>) -> Result<(), Stopped> {
        for entry in entries {
            match entry {
                Entry::Body { file, bytes, more } => {
                    let path = self.folder.join(file);
                    let written = if more {
                        append(&path, &bytes)
                    } else {
                        body(&path, &bytes)
                    };
                    written.map_err(|error| unwritten(&path, &error))?;
                }
                Entry::Waits {
                    scenario,
                    step,
                    longest,
                } => {
                    let mut out = Guard::new(anstream::stderr(), self.progress.lang());
                    self.progress.waits(&scenario, &step, longest, &mut out);
                }
                Entry::Event { event, at } => {
                    line(&mut self.journal, &event, at)
                        .map_err(|error| unwritten(&self.folder.join(JOURNAL), &error))?;
                    let mut out = Guard::new(anstream::stderr(), self.progress.lang());
                    self.progress.event(&event, &mut out);
                    self.events.push(event);
                }
                Entry::End => break,
            }
        }
        Ok(())
    }
}

fn body(path: &Path, bytes: &[u8]) -> io::Result<()> {
    fs::write(path, bytes).or_else(|error| {
        // The first file of a scenario finds no folder yet.
        let Some(folder) = path
            .parent()
            .filter(|_| error.kind() == io::ErrorKind::NotFound)
        else {
            return Err(error);
        };
        fs::create_dir_all(folder)?;
        fs::write(path, bytes)
    })
}

fn append(path: &Path, bytes: &[u8]) -> io::Result<()> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    let mut file = File::options().append(true).create(true).open(path)?;
    file.write_all(bytes)
}

fn line(journal: &mut File, event: &Event, at: Timestamp) -> io::Result<()> {
    let at = japan::milliseconds(at);
    let line = serde_json::to_string(&Line { at, event }).map_err(io::Error::other)?;
    journal.write_all(format!("{}\n", sentinel::mask(&line)).as_bytes())
}

/// A run whose record is not whole is no proof of anything.
fn unwritten(path: &Path, error: &io::Error) -> Stopped {
    let (path, why) = (path.display(), Text::of_io(error));
    Stopped {
        exit: Exit::Internal,
        text: Text::new(
            format!(
                "実施記録 {path} に書き込めないため、実施を中止しました（{}）。結果は判定していません。解消するか、実施記録を別の場所に置いて（renkei run では --runs）、再度実施してください。",
                why.ja
            ),
            format!(
                "the run was ended, since its record {path} cannot be written: {}; there is no verdict; mend that or put the record elsewhere (renkei run takes --runs), and run again",
                why.en
            ),
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        event::{ScenarioEnd, ScenarioResult},
        text::Lang,
    };

    fn ended(scenario: &str) -> Event {
        Event::Scenario(ScenarioResult {
            scenario: scenario.to_owned(),
            attempt: 1,
            sequence: 1,
            title: Text::new("甲", "a"),
            phase: "master".to_owned(),
            prerequisite: false,
            end: ScenarioEnd::Passed,
            world: None,
            work: None,
            milliseconds: 0,
        })
    }

    #[test]
    fn all_that_happened_is_written_in_order_when_the_journal_ends() {
        let folder = tempfile::tempdir().unwrap();
        let journal =
            Journal::begin(folder.path().to_owned(), Progress::new(false, Lang::En)).unwrap();
        let many = 3 * WAITING;
        for number in 0..many {
            journal.keep(&format!("a/{number}.xml"), b"<a/>");
            journal.event(ended(&number.to_string()));
        }
        let record = journal.end().unwrap();
        assert_eq!(record.results.len(), many);
        let written = fs::read_to_string(folder.path().join(JOURNAL)).unwrap();
        for (number, line) in written.lines().enumerate() {
            assert!(
                line.contains(&format!("\"scenario\":\"{number}\"")),
                "{line}"
            );
        }
        assert_eq!(fs::read_dir(folder.path().join("a")).unwrap().count(), many);
    }

    #[test]
    fn a_record_that_was_deleted_in_the_midst_of_a_run_is_no_proof() {
        let folder = tempfile::tempdir().unwrap();
        let run = folder.path().join("run");
        for put_back in [false, true] {
            fs::create_dir(&run).unwrap();
            let journal = Journal::begin(run.clone(), Progress::new(false, Lang::En)).unwrap();
            journal.event(ended("before"));
            fs::remove_dir_all(&run).unwrap();
            journal.keep("a/1.xml", b"<a/>");
            if put_back {
                fs::create_dir_all(&run).unwrap();
                fs::write(run.join(JOURNAL), "").unwrap();
            }
            let stopped = journal.end().unwrap_err();
            assert_eq!(stopped.exit, Exit::Internal);
            assert!(stopped.text.en.contains(JOURNAL), "{}", stopped.text);
            fs::remove_dir_all(&run).unwrap();
        }
    }

    #[tokio::test]
    async fn what_cannot_be_written_ends_the_run_and_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let journal =
            Journal::begin(folder.path().to_owned(), Progress::new(false, Lang::En)).unwrap();
        fs::write(folder.path().join("a"), "a file where a folder is to be").unwrap();
        journal.event(ended("before"));
        journal.keep("a/1.xml", b"<a/>");
        journal.event(ended("after"));
        journal.broken().await;
        let stopped = journal.end().unwrap_err();
        assert_eq!(stopped.exit, Exit::Internal);
        assert!(stopped.text.en.contains("1.xml"), "{}", stopped.text);
        let written = fs::read_to_string(folder.path().join(JOURNAL)).unwrap();
        assert_eq!(written.lines().count(), 1, "{written}");
        assert!(written.contains("before"));
    }
}
