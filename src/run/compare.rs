//! What came against the snapshot of its step: which one counts, what differs, and what becomes of a new one.

use std::time::Duration;

use crate::{
    event::Outcome,
    run::{Snapshots, judge::Judged, refusal::Refusal, step::Runner},
    scenario::Step,
    snapshot,
    text::Text,
};

impl Runner<'_> {
    /// Compares what came with the snapshot of the step, or with that of the name given.
    pub(super) fn compare(
        &self,
        step: &Step,
        name: &str,
        content: &str,
        judged: Judged,
    ) -> Outcome {
        let Judged {
            mut mismatches,
            refusal,
        } = judged;
        if step.no_snapshot.is_some() {
            mismatches.splice(0..0, refusal.map(|refusal| refusal.text()));
            return if mismatches.is_empty() {
                Outcome::Passed
            } else {
                Outcome::Failed {
                    mismatches,
                    difference: None,
                }
            };
        }
        let id = &self.scenario.id;
        let common = snapshot::path(id, name);
        let project = &self.shared.project;
        let folder = self.shared.setting.target.snapshots.as_deref();
        // One of the target's own counts before the common one, and new ones go there.
        let path = folder.map_or_else(|| common.clone(), |own| snapshot::path_in(own, id, name));
        let accepted = project.get(&path).or_else(|| project.get(&common));
        let accepted = match accepted.map(snapshot::read) {
            None => None,
            Some(Some(accepted)) => Some(accepted),
            // Never taken for a missing one: it would be overwritten.
            Some(None) => {
                return Outcome::Unusable {
                    why: Text::new(
                        format!(
                            "採用済みのスナップショット {path} を読み取れません（先頭の --- の部分がありません）。修正するか削除してください"
                        ),
                        format!(
                            "the accepted snapshot {path} cannot be read: it has no front matter; mend or delete it"
                        ),
                    ),
                };
            }
        };
        let accepts = |refusal: &Refusal| {
            let accepted = accepted.as_deref();
            accepted.is_some_and(|accepted| refusal.is_in(accepted))
        };
        let unmeant = refusal.filter(|refusal| !accepts(refusal));
        // What else does not hold mostly follows from it.
        mismatches.splice(0..0, unmeant.map(|refusal| refusal.text()));
        let content = &match (&accepted, self.slack()) {
            (Some(accepted), Some(slack)) => {
                let content = snapshot::loose(accepted, content, &self.own_labels());
                snapshot::within(accepted, &content, slack)
            }
            (Some(_) | None, _) => content.to_owned(),
        };
        let difference = accepted
            .as_deref()
            .and_then(|accepted| snapshot::difference(accepted, content, snapshot::Cap::GLANCE));
        if !mismatches.is_empty() {
            return Outcome::Failed {
                mismatches,
                difference,
            };
        }
        if accepted.is_some() && difference.is_none() {
            self.settle(&path);
            return Outcome::Passed;
        }
        if let Err(error) = self.keep_snapshot(&path, name, content) {
            let why = Text::of_io(&error);
            return Outcome::NotKept {
                why: Text::new(
                    format!(
                        "スナップショット {path} を書き込めません（{}）。解消してから再度実施してください",
                        why.ja
                    ),
                    format!(
                        "the snapshot {path} cannot be written: {}; mend that and run again",
                        why.en
                    ),
                ),
            };
        }
        match (self.shared.setting.snapshots, difference) {
            (Snapshots::Accept, _) => Outcome::Passed,
            (Snapshots::Check | Snapshots::New, None) => Outcome::NewSnapshot,
            (Snapshots::Check | Snapshots::New, difference) => Outcome::Failed {
                mismatches,
                difference,
            },
        }
    }

    /// How far times may be from those of a snapshot, where the clock cannot be stopped: as long as the scenario has
    /// taken or may have waited, and a minute.
    fn slack(&self) -> Option<Duration> {
        let real = self.shared.setting.target.real.as_ref()?;
        let start: jiff::Timestamp = self.world.start.parse().ok()?;
        let taken = (real.now)().as_second() - start.as_second();
        Some(self.waits + Duration::from_secs(taken.unsigned_abs() + 60))
    }

    /// The labels of values that are volatile at the target alone.
    fn own_labels(&self) -> Vec<&str> {
        let name = self.shared.setting.target.name.as_deref();
        let target = name.and_then(|name| self.shared.suite.profile.target.get(name));
        let volatile = target
            .into_iter()
            .flat_map(|target| target.volatile.values());
        volatile.map(String::as_str).collect()
    }

    /// Keeps a new or different snapshot, as the setting says; the embedded suite keeps none.
    fn keep_snapshot(&self, path: &str, name: &str, content: &str) -> std::io::Result<()> {
        if let Some(recorded) = self.shared.recorded() {
            let text = snapshot::write(&self.scenario.path, name, content);
            recorded.keep(path, text);
            return Ok(());
        }
        let Some(root) = &self.shared.project.root else {
            return Ok(());
        };
        let text = snapshot::write(&self.scenario.path, name, content);
        match self.shared.setting.snapshots {
            Snapshots::Check => Ok(()),
            Snapshots::New => snapshot::store(&root.join(format!("{path}.new")), &text),
            Snapshots::Accept => {
                snapshot::store(&root.join(path), &text)?;
                self.settle(path);
                Ok(())
            }
        }
    }

    /// Takes a waiting snapshot away that is settled since: the answer is as accepted.
    fn settle(&self, path: &str) {
        if let Some(root) = &self.shared.project.root
            && self.shared.setting.snapshots != Snapshots::Check
        {
            // Mostly there is none.
            let _ = snapshot::reject(root, path);
        }
    }
}
