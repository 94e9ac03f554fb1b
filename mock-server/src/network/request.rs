//! Retries: the same request sent again has one effect and the same reply.
//!
//! A request is known by its sender and its id. What it said, and the reply, are kept for 24 hours of the network's
//! time \[A\]; after that only that the id was used, in eight bytes, so that an old one is refused and never done again.
//! Deliberately absent: requests that change nothing, those that a rule of the caller or of the form refused, and those
//! whose refusal says that the same request may be sent later. They are tried anew each time.

use std::{
    fmt::{self, Write as _},
    hash::{DefaultHasher, Hash as _, Hasher as _},
    sync::Arc,
};

use imbl::{OrdMap, OrdSet, Vector};

use crate::network::{
    Command, Fault, Network, Reply,
    caller::Caller,
    lies::Lie,
    moment::Moment,
    rules::{self, Retry},
    types::RequestId,
};

/// For how long a reply is kept. \[A\]
pub(crate) const KEPT_SECONDS: i64 = 24 * 60 * 60;

/// A request by its sender and its id, in eight bytes: two of a million meet once in ten million worlds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct RequestKey(u64);

impl RequestKey {
    pub(crate) fn new(caller: &Caller, id: &RequestId) -> Self {
        let mut hash = DefaultHasher::new();
        caller.name().hash(&mut hash);
        id.as_str().hash(&mut hash);
        Self(hash.finish())
    }
}

/// What a request said, in eight bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Content(u64);

impl Content {
    #[cfg(test)]
    pub(crate) fn numbered(number: u64) -> Self {
        Self(number)
    }

    pub(crate) fn of(command: &Command) -> Self {
        struct Into(DefaultHasher);
        impl fmt::Write for Into {
            fn write_str(&mut self, text: &str) -> fmt::Result {
                self.0.write(text.as_bytes());
                Ok(())
            }
        }
        let mut hash = Into(DefaultHasher::new());
        // Hashing cannot fail.
        let _ = write!(hash, "{command:?}");
        Self(hash.0.finish())
    }
}

#[derive(Clone, Debug)]
struct Kept {
    at: i64,
    content: Content,
    reply: Arc<Reply>,
}

/// The requests that were answered.
#[derive(Clone, Debug, Default)]
pub(crate) struct Requests {
    kept: OrdMap<RequestKey, Kept>,
    /// In the order of their times, so that what is old stands in front.
    order: Vector<(i64, RequestKey)>,
    old: OrdSet<RequestKey>,
}

impl Requests {
    /// Keeps of what is older than 24 hours only that it was.
    pub(crate) fn age(&mut self, now: Moment) {
        let oldest = now.unix() - KEPT_SECONDS;
        while let Some((at, key)) = self.order.front().copied().filter(|(at, _)| *at < oldest) {
            self.order.pop_front();
            // One that was done again, where a rule is off, is kept from its later time.
            if self.kept.get(&key).is_some_and(|kept| kept.at == at) {
                self.kept.remove(&key);
                self.old.insert(key);
            }
        }
    }

    fn keep(&mut self, now: Moment, key: RequestKey, content: Content, reply: &Reply) {
        let at = now.unix();
        self.old.remove(&key);
        self.order.push_back((at, key));
        let reply = Arc::new(reply.clone());
        self.kept.insert(key, Kept { at, content, reply });
    }

    /// What is wrong with what is kept, in English.
    pub(crate) fn violations(&self) -> Vec<String> {
        let mut wrong = Vec::new();
        if self.kept.keys().any(|key| self.old.contains(key)) {
            wrong.push("a request is both kept and too old".to_owned());
        }
        let in_order = self
            .order
            .iter()
            .zip(self.order.iter().skip(1))
            .all(|(earlier, later)| earlier.0 <= later.0);
        if !in_order || self.order.len() < self.kept.len() {
            wrong.push("the requests that are kept are not in the order of their times".to_owned());
        }
        wrong
    }

    /// Whether both are the same in memory, not only in what they say.
    #[cfg(test)]
    pub(crate) fn shares_all_with(&self, other: &Self) -> bool {
        self.kept.ptr_eq(&other.kept)
            && self.order.ptr_eq(&other.order)
            && self.old.ptr_eq(&other.old)
    }

    /// How many replies are kept, and ids known.
    pub(crate) fn size(&self) -> usize {
        self.kept.len() + self.old.len()
    }

    /// How many replies are kept, and how many ids are known to be old.
    #[cfg(test)]
    pub(crate) fn counts(&self) -> (usize, usize) {
        (self.kept.len(), self.old.len())
    }
}

impl Network {
    /// The reply to a request that was answered before; a refusal where its id says something else now, or is too old.
    pub(super) fn answered_before(
        &self,
        key: RequestKey,
        content: Content,
    ) -> Result<Option<Reply>, Fault> {
        // The id is the sender's own and differs from run to run: the fault names the place alone.
        let about = || rules::about("要素", "element", "Sender/RequestId");
        let kept = self.requests.kept.get(&key);
        let same = kept.filter(|kept| kept.content == content);
        self.enforce(
            &rules::request::ONE_CONTENT,
            kept.is_some() && same.is_none(),
            about,
        )?;
        self.enforce(
            &rules::request::NOT_TOO_OLD,
            self.requests.old.contains(&key),
            about,
        )?;
        Ok(same
            .filter(|_| !self.lies(Lie::RetryHasSecondEffect))
            .map(|kept| Reply::clone(&kept.reply)))
    }

    /// Keeps a reply for retries. One that invites the same request again is not kept: it shall be tried anew.
    pub(super) fn remember(
        &mut self,
        at: Moment,
        key: RequestKey,
        content: Content,
        reply: &Reply,
    ) {
        let again = |fault: &Fault| fault.retry == Retry::SameRequest;
        if !reply.as_ref().err().is_some_and(again) {
            self.requests.keep(at, key, content, reply);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::network::{master, testing::*};

    fn key(id: &str) -> RequestKey {
        RequestKey::new(
            &Caller::named("202053-M").unwrap(),
            &RequestId::new(id).unwrap(),
        )
    }

    fn id() -> RequestId {
        RequestId::new("r-1").unwrap()
    }

    /// A network that answered `r-1` at the epoch, and is as much older as said.
    fn answered(seconds: u64) -> Network {
        let mut network = network();
        network.remember(epoch(), key("r-1"), Content(1), &Ok(reply()));
        network.advance_to(epoch().plus(seconds).unwrap());
        network
    }

    fn reply() -> crate::network::Answer {
        crate::network::Answer::Master(master::Answer::List(Vec::new()))
    }

    #[test]
    fn a_request_is_new_known_other_or_too_old() {
        let day = 24 * 60 * 60;
        let cases = [
            (0, Content(1), Ok(Some(Ok(reply())))),
            (day, Content(1), Ok(Some(Ok(reply())))),
            (0, Content(2), Err("R-REQ-01")),
            (day + 1, Content(1), Err("R-REQ-02")),
            (day + 1, Content(2), Err("R-REQ-02")),
        ];
        for (seconds, content, expected) in cases {
            let found = answered(seconds).answered_before(key("r-1"), content);
            assert_eq!(
                found.map_err(|fault| fault.rule.unwrap().code),
                expected,
                "{seconds} {content:?}"
            );
        }
        assert_eq!(
            answered(0).answered_before(key("r-2"), Content(1)),
            Ok(None)
        );
    }

    #[test]
    fn with_its_rule_off_such_a_request_is_new() {
        for (seconds, content, rule) in [
            (0, Content(2), &rules::request::ONE_CONTENT),
            (24 * 60 * 60 + 1, Content(1), &rules::request::NOT_TOO_OLD),
        ] {
            let mut network = answered(seconds);
            network.set_rules_off(&[rule]);
            assert_eq!(network.answered_before(key("r-1"), content), Ok(None));
        }
    }

    #[test]
    fn the_same_id_of_another_caller_is_another_request() {
        let other = RequestKey::new(&Caller::named("202053-E").unwrap(), &id());
        assert_ne!(other, key("r-1"));
        assert_eq!(answered(0).answered_before(other, Content(1)), Ok(None));
    }

    #[test]
    fn a_refusal_that_invites_the_same_request_is_not_kept() {
        let mut network = network();
        for (id, rule) in [
            ("r-1", &rules::connection::CONNECTION_APPROVED),
            ("r-2", &rules::caller::SENDER_IS_CALLER),
        ] {
            let fault = rule.fault(&rules::about("値", "value", 1));
            network.remember(epoch(), key(id), Content(1), &Err(fault));
        }
        assert_eq!(network.requests.counts(), (1, 0));
    }

    #[test]
    fn after_a_day_only_the_id_is_kept() {
        assert_eq!(answered(0).requests.counts(), (1, 0));
        assert_eq!(answered(24 * 60 * 60 + 1).requests.counts(), (0, 1));
    }
}
