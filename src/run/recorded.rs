//! A network that answers what it answered when it was recorded: nothing is sent, and snapshots are kept in memory. All
//! else of a run is as it is elsewhere, so that what is made of a recording is what a run makes of it.

use std::{
    collections::BTreeMap,
    sync::{Mutex, PoisonError},
};

use jiff::Timestamp;

use crate::{
    scenario::Step,
    text::Text,
    transport::{Answer, Broken, Outgoing, Stage},
};

/// What was sent and answered once, by step.
#[derive(Debug, Default)]
pub struct Recorded {
    /// When the first request came.
    pub start: Timestamp,
    /// The sendings of each step, in order: more than one where it polls.
    pub steps: BTreeMap<String, Vec<Sending>>,
    kept: Mutex<Kept>,
}

/// One sending.
#[derive(Clone, Debug)]
pub struct Sending {
    /// Its request id, where it had one.
    pub request_id: Option<String>,
    /// What came back.
    pub answer: Answer,
}

/// What a run over a recording leaves.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Kept {
    /// The bodies that the steps rendered, by step, in order.
    pub sent: BTreeMap<String, Vec<Vec<u8>>>,
    /// The snapshot files, by path.
    pub snapshots: BTreeMap<String, String>,
}

impl Recorded {
    /// What was recorded.
    pub fn new(start: Timestamp, steps: BTreeMap<String, Vec<Sending>>) -> Self {
        Self {
            start,
            steps,
            kept: Mutex::default(),
        }
    }

    /// Takes what the run left.
    pub fn take(&self) -> Kept {
        std::mem::take(&mut self.kept())
    }

    /// A step's sending; `poll` counts how often the step has been sent before.
    pub(super) fn sending(&self, step: &Step, poll: usize) -> Option<&Sending> {
        self.steps.get(step.id.get_ref())?.get(poll)
    }

    /// What was answered to a sending.
    pub(super) fn answer(
        &self,
        step: &Step,
        poll: usize,
        outgoing: &Outgoing,
    ) -> Result<Answer, Broken> {
        let id = step.id.get_ref();
        let mut kept = self.kept();
        let sent = kept.sent.entry(id.clone()).or_default();
        sent.push(outgoing.body.clone());
        let sending = self.sending(step, poll);
        let answer = sending.map(|sending| sending.answer.clone());
        answer.ok_or_else(|| Broken {
            stage: Stage::Answer,
            outcome: None,
            why: Text::new(
                format!("手順「{id}」の{}回目の送信は記録されていません", poll + 1),
                format!("sending {} of the step '{id}' was not recorded", poll + 1),
            ),
            cause: None,
        })
    }

    pub(super) fn keep(&self, path: &str, text: String) {
        self.kept().snapshots.insert(path.to_owned(), text);
    }

    fn kept(&self) -> std::sync::MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
