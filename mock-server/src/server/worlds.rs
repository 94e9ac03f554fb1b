//! Worlds: independent networks, each with a clock, rules that are switched off, a misbehaviour and a call journal.

use std::{
    collections::{BTreeMap, VecDeque},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use serde::Serialize;

use crate::{
    network::{Network, Setup, moment::Moment},
    server::{Misbehaviour, now},
};

/// The world that stands at `/`.
pub(crate) const MAIN: &str = "main";
/// How many calls a journal holds.
const KEPT: usize = 1_000;

/// When worlds begin: Monday 2 November 2026, 09:00 in Japan.
pub(crate) fn epoch() -> Moment {
    Moment::constant(1_793_577_600)
}

/// How a world's time passes.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Clock {
    /// It stands still until it is moved.
    Frozen(Moment),
    /// It follows the wall clock.
    Flowing,
}

impl Clock {
    pub(crate) fn now(self) -> Moment {
        match self {
            Self::Frozen(moment) => moment,
            Self::Flowing => now(),
        }
    }
}

/// One call, as the journal keeps it. Bodies are not kept.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Call {
    /// Counts from 1 in each world.
    pub(crate) number: u64,
    /// The world's time.
    pub(crate) at: String,
    /// The institution code of the certificate.
    pub(crate) caller: String,
    /// The path within the world.
    pub(crate) path: String,
    /// The status that was answered.
    pub(crate) status: u16,
    /// The fault code that was answered.
    pub(crate) fault: Option<&'static str>,
}

/// One world.
#[derive(Debug)]
pub(crate) struct World {
    pub(crate) network: Network,
    pub(crate) clock: Clock,
    pub(crate) misbehaviour: Option<Misbehaviour>,
    checkpoints: BTreeMap<String, (Network, Clock)>,
    calls: VecDeque<Call>,
    counted: u64,
}

impl World {
    fn new(network: Network, clock: Clock) -> Self {
        Self {
            network,
            clock,
            misbehaviour: None,
            checkpoints: BTreeMap::new(),
            calls: VecDeque::new(),
            counted: 0,
        }
    }

    /// Keeps network and clock under a name.
    pub(crate) fn checkpoint(&mut self, name: String) {
        self.checkpoints
            .insert(name, (self.network.clone(), self.clock));
    }

    pub(crate) fn record(
        &mut self,
        caller: String,
        path: String,
        status: u16,
        fault: Option<&'static str>,
    ) {
        self.counted += 1;
        if self.calls.len() == KEPT {
            self.calls.pop_front();
        }
        let call = Call {
            number: self.counted,
            at: self.clock.now().to_string(),
            caller,
            path,
            status,
            fault,
        };
        self.calls.push_back(call);
    }

    /// How many calls were dropped, and those that are kept.
    pub(crate) fn calls(&self) -> (u64, Vec<Call>) {
        (
            self.counted - self.calls.len() as u64,
            self.calls.iter().cloned().collect(),
        )
    }
}

/// What a world could not do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum WorldError {
    /// There is no such world.
    NoWorld,
    /// There is no such checkpoint.
    NoCheckpoint,
    /// There is one of this name already.
    Taken,
    /// A name is 1–64 of `a-z 0-9 -`.
    BadName,
}

/// All worlds of a mock. Its lock is never held together with a world's.
#[derive(Debug)]
pub(crate) struct Worlds {
    base: String,
    map: Mutex<BTreeMap<String, Arc<Mutex<World>>>>,
}

impl Worlds {
    pub(crate) fn new(base: String, now: Moment) -> Self {
        let main = World::new(
            Network::new(Setup {
                epoch: now,
                seed: 1,
            }),
            Clock::Flowing,
        );
        Self {
            base,
            map: Mutex::new([(MAIN.to_owned(), Arc::new(Mutex::new(main)))].into()),
        }
    }

    /// The URL of a world, with a slash at its end.
    pub(crate) fn url(&self, name: &str) -> String {
        let base = self.base.trim_end_matches('/');
        if name == MAIN {
            format!("{base}/")
        } else {
            format!("{base}/w/{name}/")
        }
    }

    pub(crate) fn names(&self) -> Vec<String> {
        lock(&self.map).keys().cloned().collect()
    }

    pub(crate) fn find(&self, name: &str) -> Result<Arc<Mutex<World>>, WorldError> {
        lock(&self.map)
            .get(name)
            .cloned()
            .ok_or(WorldError::NoWorld)
    }

    pub(crate) fn create(&self, name: &str, epoch: Moment) -> Result<(), WorldError> {
        self.insert(
            name,
            World::new(Network::new(Setup { epoch, seed: 1 }), Clock::Frozen(epoch)),
        )
    }

    /// A new world from a checkpoint, or from a world as it stands: network and clock, nothing else.
    pub(crate) fn fork(
        &self,
        from: &str,
        checkpoint: Option<&str>,
        name: &str,
    ) -> Result<(), WorldError> {
        let source = self.find(from)?;
        let (network, clock) = {
            let source = lock(&source);
            match checkpoint {
                Some(checkpoint) => source
                    .checkpoints
                    .get(checkpoint)
                    .cloned()
                    .ok_or(WorldError::NoCheckpoint)?,
                None => (source.network.clone(), source.clock),
            }
        };
        self.insert(name, World::new(network, clock))
    }

    pub(crate) fn delete(&self, name: &str) -> Result<(), WorldError> {
        if name == MAIN {
            return Err(WorldError::BadName);
        }
        lock(&self.map)
            .remove(name)
            .map(|_| ())
            .ok_or(WorldError::NoWorld)
    }

    fn insert(&self, name: &str, world: World) -> Result<(), WorldError> {
        let right = (1..=64).contains(&name.len())
            && name
                .chars()
                .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-');
        if !right {
            return Err(WorldError::BadName);
        }
        let mut map = lock(&self.map);
        if map.contains_key(name) {
            return Err(WorldError::Taken);
        }
        map.insert(name.to_owned(), Arc::new(Mutex::new(world)));
        Ok(())
    }
}

/// A lock that outlives a panic of another holder; a world's state is replaced whole, never half.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn worlds_begin_on_a_monday_morning_in_japan() {
        assert_eq!(epoch().to_string(), "2026-11-02T09:00:00+09:00");
    }

    #[test]
    fn a_fork_has_network_and_clock_but_neither_misbehaviour_nor_calls() {
        let worlds = Worlds::new("https://127.0.0.1:1/".into(), epoch());
        worlds.create("a", epoch()).unwrap();
        {
            let a = worlds.find("a").unwrap();
            let mut a = lock(&a);
            a.misbehaviour = Some(Misbehaviour::EmptyBody);
            a.record("202053-M".into(), "master".into(), 200, None);
            a.checkpoint("c".into());
        }
        worlds.fork("a", Some("c"), "b").unwrap();
        let b = worlds.find("b").unwrap();
        assert!(lock(&b).misbehaviour.is_none());
        assert!(lock(&b).calls().1.is_empty());
        assert_eq!(
            worlds.fork("a", Some("x"), "d"),
            Err(WorldError::NoCheckpoint)
        );
        assert_eq!(worlds.fork("a", None, "b"), Err(WorldError::Taken));
        assert_eq!(worlds.create("A B", epoch()), Err(WorldError::BadName));
    }
}
