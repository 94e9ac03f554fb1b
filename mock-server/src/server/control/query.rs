//! The query of a reader of a journal: after which entry, how long to wait, with bodies or without.

use std::time::Duration;

use tokio::time::timeout;

use super::answers::{Refused, bad_request};
use crate::server::{
    Shared,
    journal::{Journal, Page},
};

/// How long a reader of a journal may wait.
const LONGEST_WAIT: Duration = Duration::from_secs(60);

/// The query of a reader of a journal.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Query {
    after: u64,
    wait: Duration,
    pub(super) bare: bool,
}

impl Query {
    pub(super) fn read(query: Option<&str>, path: &[&str]) -> Result<Self, Refused> {
        let mut read = Self::default();
        let mut seen = Vec::new();
        let takes: &[&str] = match path {
            ["connections"] => &["after", "wait"],
            ["worlds", _, "peers"] => &["after"],
            ["worlds", _, "calls"] => &["after", "wait", "bodies"],
            _ => &[],
        };
        for pair in query
            .unwrap_or("")
            .split('&')
            .filter(|pair| !pair.is_empty())
        {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            if !takes.contains(&name) || seen.contains(&name) {
                return Err(bad_request(&format!(
                    "'{name}' is unknown here or stands twice in the query"
                )));
            }
            seen.push(name);
            let wrong = || bad_request(&format!("'{name}' cannot be '{value}'"));
            match name {
                "after" => read.after = value.parse().map_err(|_| wrong())?,
                "wait" => read.wait = duration(value).ok_or_else(wrong)?,
                _ => {
                    read.bare = match value {
                        "true" => false,
                        "false" => true,
                        _ => return Err(wrong()),
                    }
                }
            }
        }
        Ok(read)
    }

    /// Whether a number is above that after which is asked.
    pub(super) fn is_after(&self, number: u64) -> bool {
        number > self.after
    }

    /// What a journal holds after the number, once there is something or the wait is over.
    pub(super) async fn page<T>(&self, shared: &Shared, journal: &Journal<T>) -> Page<T> {
        if !self.wait.is_zero() {
            let mut stopped = shared.stopped.clone();
            tokio::select! {
                _ = timeout(self.wait, journal.wait(self.after)) => {}
                _ = stopped.changed() => {}
            }
        }
        journal.after(self.after)
    }
}

/// `5s` or `500ms`, not over the longest wait.
fn duration(text: &str) -> Option<Duration> {
    let figure = |figure: &str| {
        let digits = !figure.is_empty() && figure.chars().all(|c| c.is_ascii_digit());
        digits.then(|| figure.parse().ok()).flatten()
    };
    let duration = match text.strip_suffix("ms") {
        Some(milliseconds) => Duration::from_millis(figure(milliseconds)?),
        None => Duration::from_secs(figure(text.strip_suffix('s')?)?),
    };
    (duration <= LONGEST_WAIT).then_some(duration)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_query_takes_its_own_names_once_and_in_their_form() {
        let calls = ["worlds", "a", "calls"];
        let read = |query: &str, path: &[&str]| Query::read(Some(query), path).ok();
        assert_eq!(
            read("after=7&wait=500ms&bodies=false", &calls),
            Some(Query {
                after: 7,
                wait: Duration::from_millis(500),
                bare: true
            })
        );
        for wrong in [
            "after=-1",
            "after=",
            "wait=5",
            "wait=61s",
            "wait=+5s",
            "wait=s",
            "bodies=1",
            "after=1&after=2",
            "other=1",
        ] {
            assert_eq!(read(wrong, &calls), None, "{wrong}");
        }
        assert_eq!(read("bodies=true", &["connections"]), None);
        assert_eq!(read("after=1", &["worlds"]), None);
    }
}
