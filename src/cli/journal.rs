//! The run folder: every event is in its journal, and every body beside it, as soon as it has happened, so that a run
//! that is killed leaves a readable record.

use std::{
    fs::{self, File},
    io::{self, IsTerminal as _, Write as _},
    path::{Path, PathBuf},
    sync::{Mutex, MutexGuard, PoisonError},
};

use serde_json::Value;

use crate::{
    event::Event,
    report::{Progress, Record},
    run::Sink,
    sentinel::{self, Guard},
    text::Lang,
};

/// The name of the journal in a run folder.
pub(super) const JOURNAL: &str = "events.jsonl";

/// Writes what happens, and shows progress.
#[derive(Debug)]
pub(super) struct Journal {
    folder: PathBuf,
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    file: File,
    events: Vec<Event>,
    progress: Progress,
    trouble: Option<io::Error>,
}

impl Journal {
    /// Begins a journal in an empty folder.
    pub(super) fn begin(folder: PathBuf, lang: Lang) -> io::Result<Self> {
        let file = File::create_new(folder.join(JOURNAL))?;
        let progress = Progress::new(io::stderr().is_terminal(), lang);
        Ok(Self {
            folder,
            state: Mutex::new(State {
                file,
                events: Vec::new(),
                progress,
                trouble: None,
            }),
        })
    }

    /// The folder.
    pub(super) fn folder(&self) -> &Path {
        &self.folder
    }

    /// What happened, in order; an error where something could not be written.
    pub(super) fn end(&self) -> io::Result<Record> {
        let mut state = self.state();
        state.progress.end();
        match state.trouble.take() {
            Some(error) => Err(error),
            None => Ok(Record::of(std::mem::take(&mut state.events))),
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Sink for Journal {
    fn keep(&self, file: &str, bytes: &[u8]) {
        let path = self.folder.join(file);
        let written = fs::write(&path, bytes).or_else(|error| {
            // The first file of a scenario finds no folder yet.
            if error.kind() != io::ErrorKind::NotFound {
                return Err(error);
            }
            fs::create_dir_all(path.parent().unwrap_or(&self.folder))?;
            fs::write(&path, bytes)
        });
        if let Err(error) = written {
            self.state().trouble.get_or_insert(error);
        }
    }

    fn event(&self, event: &Event) {
        let mut state = self.state();
        let line = serde_json::to_value(event).map_err(io::Error::other);
        let written = line.and_then(|mut line| {
            if let Value::Object(fields) = &mut line {
                let now = jiff::tz::Offset::constant(9).to_datetime(jiff::Timestamp::now());
                let now = now.strftime("%Y-%m-%dT%H:%M:%S%.3f+09:00").to_string();
                fields.insert("at".to_owned(), now.into());
            }
            let line = sentinel::mask(&line.to_string());
            state.file.write_all(format!("{line}\n").as_bytes())
        });
        if let Err(error) = written {
            state.trouble.get_or_insert(error);
        }
        state
            .progress
            .event(event, &mut Guard::new(anstream::stderr()));
        state.events.push(event.clone());
    }
}
