//! The least time between two sendings to a target, whoever sends.

use std::{
    sync::{Mutex, PoisonError},
    time::Duration,
};

use tokio::time::{Instant, sleep_until};

/// When something may be sent again.
#[derive(Debug)]
pub(crate) struct Pace {
    every: Duration,
    next: Mutex<Option<Instant>>,
}

impl Pace {
    pub(crate) fn new(every: Duration) -> Self {
        Self {
            every,
            next: Mutex::default(),
        }
    }

    /// Waits until something may be sent again.
    pub(crate) async fn wait(&self) {
        if self.every.is_zero() {
            return;
        }
        let now = Instant::now();
        let at = {
            let mut next = self.next.lock().unwrap_or_else(PoisonError::into_inner);
            let at = next.map_or(now, |next| next.max(now));
            *next = Some(at + self.every);
            at
        };
        sleep_until(at).await;
    }
}
