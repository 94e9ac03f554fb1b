//! Bounded journals: the newest entries, how many older ones were dropped, and a way to wait for the next.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex},
};

use tokio::sync::Notify;

use crate::server::worlds::lock;

/// How much a journal holds.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Bound {
    /// Entries at most.
    pub(crate) entries: usize,
    /// Bytes at most, as the entries count themselves; the newest entry is kept whatever its size.
    pub(crate) bytes: usize,
}

/// How many bytes of entries a page holds at most, or one entry.
const PAGE: usize = 8 << 20;

/// Entries numbered from 1.
#[derive(Debug)]
pub(crate) struct Journal<T> {
    bound: Bound,
    kept: Mutex<Kept<T>>,
    added: Notify,
}

#[derive(Debug)]
struct Kept<T> {
    entries: VecDeque<(usize, Arc<T>)>,
    bytes: usize,
    counted: u64,
}

/// What a journal holds after a number.
#[derive(Debug)]
pub(crate) struct Page<T> {
    /// The entries, oldest first.
    pub(crate) entries: Vec<Arc<T>>,
    /// How many entries the journal has dropped so far.
    pub(crate) dropped: u64,
    /// Up to which number this tells: that of the newest entry, or of the last one here where there are more.
    pub(crate) last: u64,
    /// Whether there are more entries than one page holds.
    pub(crate) more: bool,
}

impl<T> Journal<T> {
    pub(crate) fn new(bound: Bound) -> Self {
        let kept = Kept {
            entries: VecDeque::new(),
            bytes: 0,
            counted: 0,
        };
        Self {
            bound,
            kept: Mutex::new(kept),
            added: Notify::new(),
        }
    }

    /// Adds an entry of so many bytes, made from its number.
    pub(crate) fn add(&self, bytes: usize, entry: impl FnOnce(u64) -> T) {
        {
            let mut kept = lock(&self.kept);
            kept.counted += 1;
            let entry = Arc::new(entry(kept.counted));
            kept.entries.push_back((bytes, entry));
            kept.bytes += bytes;
            while kept.entries.len() > 1
                && (kept.entries.len() > self.bound.entries || kept.bytes > self.bound.bytes)
            {
                if let Some((bytes, _)) = kept.entries.pop_front() {
                    kept.bytes -= bytes;
                }
            }
        }
        self.added.notify_waiters();
    }

    /// The first entries whose number is above `after`, as many as a page holds.
    pub(crate) fn after(&self, after: u64) -> Page<T> {
        let kept = lock(&self.kept);
        let dropped = kept.counted - kept.entries.len() as u64;
        let skip = usize::try_from(after.saturating_sub(dropped)).unwrap_or(usize::MAX);
        let mut entries = Vec::new();
        let mut bytes = 0;
        let mut last = kept.counted;
        let mut more = false;
        for (number, (weight, entry)) in (dropped + 1..).zip(&kept.entries).skip(skip) {
            bytes += weight;
            more = bytes > PAGE && !entries.is_empty();
            if more {
                last = number - 1;
                break;
            }
            entries.push(Arc::clone(entry));
        }
        Page {
            entries,
            dropped,
            last,
            more,
        }
    }

    /// Waits until there is an entry above `after`, or the journal is closed.
    pub(crate) async fn wait(&self, after: u64) {
        let added = self.added.notified();
        tokio::pin!(added);
        // Registered before the look, so that an entry between look and wait is not missed.
        added.as_mut().enable();
        if lock(&self.kept).counted <= after {
            added.await;
        }
    }

    /// Wakes whoever waits, though nothing was added: what the journal belongs to is gone.
    pub(crate) fn close(&self) {
        self.added.notify_waiters();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_newest_are_kept_within_both_bounds_and_the_rest_is_counted() {
        let journal = Journal::new(Bound {
            entries: 3,
            bytes: 100,
        });
        for bytes in [10, 10, 10, 10] {
            journal.add(bytes, |number| number);
        }
        let numbers = |page: Page<u64>| page.entries.iter().map(|n| **n).collect::<Vec<_>>();
        assert_eq!(numbers(journal.after(0)), [2, 3, 4]);
        assert_eq!(numbers(journal.after(3)), [4]);
        assert_eq!(numbers(journal.after(9)), [0_u64; 0]);
        journal.add(90, |number| number);
        assert_eq!(numbers(journal.after(0)), [4, 5]);
        journal.add(1_000, |number| number);
        let page = journal.after(0);
        assert_eq!((page.dropped, page.last), (5, 6));
        assert_eq!(numbers(page), [6]);
    }

    #[test]
    fn what_is_too_much_for_one_page_comes_in_several() {
        let journal = Journal::new(Bound {
            entries: 9,
            bytes: usize::MAX,
        });
        for bytes in [1, PAGE, 1, PAGE - 1] {
            journal.add(bytes, |number| number);
        }
        let mut pages = Vec::new();
        let mut after = 0;
        loop {
            let page = journal.after(after);
            after = page.last;
            pages.push(page.entries.iter().map(|n| **n).collect::<Vec<_>>());
            if !page.more {
                break;
            }
        }
        assert_eq!(pages, [vec![1], vec![2], vec![3, 4]]);
    }

    #[tokio::test]
    async fn who_waits_is_woken_by_the_next_entry() {
        let journal = Arc::new(Journal::new(Bound {
            entries: 3,
            bytes: 100,
        }));
        let waiting = {
            let journal = Arc::clone(&journal);
            tokio::spawn(async move { journal.wait(1).await })
        };
        journal.add(1, |number| number);
        tokio::task::yield_now().await;
        assert!(!waiting.is_finished());
        journal.add(1, |number| number);
        waiting.await.unwrap();
        journal.wait(1).await;
    }
}
