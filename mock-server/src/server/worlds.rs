//! Worlds: independent networks, each with a clock, rules that are switched off, a misbehaviour, listeners and a call
//! journal.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock},
};

use crate::{
    network::{Network, Setup, lies::Lie, moment::Moment, rules::Rule},
    server::{
        calls::{CALLS, Call, SIGHTINGS, Sighting},
        journal::Journal,
        listener::Open,
        misbehave::{Misbehaviour, Spoil},
        now,
    },
};

/// The world that stands at `/` where no other was put there.
pub(crate) const MAIN: &str = "main";

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

/// A lie of the transport that is under way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Spoiling {
    pub(crate) spoil: Spoil,
    /// How many answers are still to be spoilt; none where all are.
    pub(crate) left: Option<u32>,
}

/// A lie of the network that is under way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Lying {
    pub(crate) lie: Lie,
    /// For how many replies it still holds; none where for all.
    pub(crate) left: Option<u32>,
}

/// What a world's lock guards. It is held for one synchronous step, never over an await.
#[derive(Debug)]
pub(crate) struct State {
    pub(crate) network: Network,
    pub(crate) clock: Clock,
    pub(crate) spoiling: Option<Spoiling>,
    pub(crate) lying: Option<Lying>,
    pub(crate) rules_off: Vec<&'static Rule>,
    /// Whether a certificate that names several institutions may act for each of them \[A\].
    pub(crate) joint_certificates: bool,
    pub(crate) checkpoints: BTreeMap<String, (Network, Clock)>,
}

impl State {
    fn new(network: Network, clock: Clock) -> Self {
        Self {
            network,
            clock,
            spoiling: None,
            lying: None,
            rules_off: Vec::new(),
            joint_certificates: false,
            checkpoints: BTreeMap::new(),
        }
    }

    /// Network and clock, honest and with all rules on.
    pub(crate) fn snapshot(&self) -> (Network, Clock) {
        let mut network = self.network.clone();
        network.set_lie(None);
        network.set_rules_off(&[]);
        (network, self.clock)
    }

    /// Lets the world misbehave in exactly this way, for so many answers; or behave.
    pub(crate) fn misbehave(&mut self, how: Option<(Misbehaviour, Option<u32>)>) {
        self.spoiling = None;
        self.lying = None;
        match how {
            Some((Misbehaviour::Spoil(spoil), left)) => {
                self.spoiling = Some(Spoiling { spoil, left });
            }
            Some((Misbehaviour::Lie(lie), left)) => self.lying = Some(Lying { lie, left }),
            None => {}
        }
        self.network.set_lie(self.lying.map(|lying| lying.lie));
    }

    /// The misbehaviour that is under way, and for how many answers it still is.
    pub(crate) fn misbehaviour(&self) -> Option<(Misbehaviour, Option<u32>)> {
        let spoiling = self
            .spoiling
            .map(|spoiling| (Misbehaviour::Spoil(spoiling.spoil), spoiling.left));
        let lying = self
            .lying
            .map(|lying| (Misbehaviour::Lie(lying.lie), lying.left));
        spoiling.or(lying)
    }

    /// One more answer is spoilt so; false where the misbehaviour has ended meanwhile.
    pub(crate) fn count_spoilt(&mut self, spoil: Spoil) -> bool {
        let Some(spoiling) = self.spoiling.filter(|spoiling| spoiling.spoil == spoil) else {
            return false;
        };
        self.spoiling = match spoiling.left {
            None => Some(spoiling),
            Some(left) => (left > 1).then(|| Spoiling {
                spoil,
                left: Some(left - 1),
            }),
        };
        true
    }

    /// One more reply was given while the network may have lied.
    pub(crate) fn count_lie(&mut self) {
        if let Some(Lying {
            lie,
            left: Some(left),
        }) = self.lying
        {
            self.lying = (left > 1).then(|| Lying {
                lie,
                left: Some(left - 1),
            });
            self.network.set_lie(self.lying.map(|lying| lying.lie));
        }
    }
}

/// One world.
#[derive(Debug)]
pub(crate) struct World {
    pub(crate) seed: u64,
    pub(crate) state: Mutex<State>,
    pub(crate) calls: Journal<Call>,
    /// Which of its calls held an individual number, those that the journal has dropped too.
    pub(crate) sightings: Journal<Sighting>,
    pub(crate) listeners: Mutex<BTreeMap<String, Open>>,
}

impl World {
    fn new(seed: u64, network: Network, clock: Clock) -> Self {
        Self {
            seed,
            state: Mutex::new(State::new(network, clock)),
            calls: Journal::new(CALLS),
            sightings: Journal::new(SIGHTINGS),
            listeners: Mutex::new(BTreeMap::new()),
        }
    }

    pub(crate) fn state(&self) -> MutexGuard<'_, State> {
        lock(&self.state)
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
    /// The world `main` stays.
    Main,
}

/// All worlds of a mock. Its lock is never held together with a world's.
#[derive(Debug)]
pub(crate) struct Worlds {
    map: RwLock<BTreeMap<String, Arc<World>>>,
    /// The name of the world that stands at `/`.
    front: Mutex<Arc<str>>,
}

impl Worlds {
    pub(crate) fn new(main: Network, seed: u64) -> Self {
        let main = Arc::new(World::new(seed, main, Clock::Flowing));
        Self {
            map: RwLock::new([(MAIN.to_owned(), main)].into()),
            front: Mutex::new(MAIN.into()),
        }
    }

    pub(crate) fn names(&self) -> Vec<String> {
        self.read(|map| map.keys().cloned().collect())
    }

    pub(crate) fn find(&self, name: &str) -> Result<Arc<World>, WorldError> {
        self.read(|map| map.get(name).cloned())
            .ok_or(WorldError::NoWorld)
    }

    /// The name of the world that stands at `/`.
    pub(crate) fn front(&self) -> Arc<str> {
        Arc::clone(&lock(&self.front))
    }

    /// Lets a world stand at `/`, until another does or it is deleted.
    pub(crate) fn set_front(&self, name: &str) -> Result<(), WorldError> {
        self.find(name)?;
        *lock(&self.front) = name.into();
        Ok(())
    }

    pub(crate) fn create(&self, name: &str, setup: Setup, clock: Clock) -> Result<(), WorldError> {
        check_name(name)?;
        self.insert(name, World::new(setup.seed, Network::new(setup), clock))
    }

    /// A new world from a checkpoint, or from a world as it stands: network and clock, nothing else.
    pub(crate) fn fork(
        &self,
        from: &str,
        checkpoint: Option<&str>,
        name: &str,
    ) -> Result<(), WorldError> {
        check_name(name)?;
        let source = self.find(from)?;
        let seed = source.seed;
        let (network, clock) = {
            let source = source.state();
            match checkpoint {
                Some(checkpoint) => source
                    .checkpoints
                    .get(checkpoint)
                    .cloned()
                    .ok_or(WorldError::NoCheckpoint)?,
                None => source.snapshot(),
            }
        };
        self.insert(name, World::new(seed, network, clock))
    }

    /// Takes a world away: its listeners close, and who waits for its calls is woken.
    pub(crate) fn delete(&self, name: &str) -> Result<(), WorldError> {
        if name == MAIN {
            return Err(WorldError::Main);
        }
        let removed = self.write(|map| map.remove(name));
        let world = removed.ok_or(WorldError::NoWorld)?;
        {
            let mut front = lock(&self.front);
            if **front == *name {
                *front = MAIN.into();
            }
        }
        lock(&world.listeners).clear();
        world.calls.close();
        Ok(())
    }

    fn insert(&self, name: &str, world: World) -> Result<(), WorldError> {
        self.write(|map| {
            if map.contains_key(name) {
                return Err(WorldError::Taken);
            }
            map.insert(name.to_owned(), Arc::new(world));
            Ok(())
        })
    }

    fn read<T>(&self, look: impl FnOnce(&BTreeMap<String, Arc<World>>) -> T) -> T {
        look(&self.map.read().unwrap_or_else(PoisonError::into_inner))
    }

    fn write<T>(&self, change: impl FnOnce(&mut BTreeMap<String, Arc<World>>) -> T) -> T {
        change(&mut self.map.write().unwrap_or_else(PoisonError::into_inner))
    }
}

/// Names of worlds, checkpoints and listeners.
pub(crate) fn check_name(name: &str) -> Result<(), WorldError> {
    let right = (1..=64).contains(&name.len())
        && name
            .chars()
            .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-');
    if right {
        Ok(())
    } else {
        Err(WorldError::BadName)
    }
}

/// A lock that outlives a panic of another holder; what it guards is replaced whole, never half.
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
        let setup = Setup {
            epoch: epoch(),
            seed: 1,
        };
        let worlds = Worlds::new(Network::new(setup), 1);
        let frozen = Clock::Frozen(epoch());
        worlds.create("a", setup, frozen).unwrap();
        {
            let a = worlds.find("a").unwrap();
            let mut state = a.state();
            state.misbehave(Some((Misbehaviour::Spoil(Spoil::EmptyBody), None)));
            state.joint_certificates = true;
            let kept = state.snapshot();
            state.checkpoints.insert("c".into(), kept);
        }
        worlds.fork("a", Some("c"), "b").unwrap();
        let b = worlds.find("b").unwrap();
        assert!(b.state().misbehaviour().is_none() && !b.state().joint_certificates);
        assert!(b.state().checkpoints.is_empty());
        assert_eq!(b.calls.after(0).last, 0);
        assert_eq!(
            worlds.fork("a", Some("x"), "d"),
            Err(WorldError::NoCheckpoint)
        );
        assert_eq!(worlds.fork("a", None, "b"), Err(WorldError::Taken));
        assert_eq!(
            worlds.create("A B", setup, frozen),
            Err(WorldError::BadName)
        );
        assert_eq!(worlds.delete(MAIN), Err(WorldError::Main));
    }

    #[test]
    fn the_world_at_the_front_is_main_again_once_it_is_gone() {
        let setup = Setup {
            epoch: epoch(),
            seed: 1,
        };
        let worlds = Worlds::new(Network::new(setup), 1);
        assert_eq!(&*worlds.front(), MAIN);
        assert_eq!(worlds.set_front("a"), Err(WorldError::NoWorld));
        for name in ["a", "b"] {
            worlds.create(name, setup, Clock::Frozen(epoch())).unwrap();
        }
        worlds.set_front("a").unwrap();
        worlds.delete("b").unwrap();
        assert_eq!(&*worlds.front(), "a");
        worlds.delete("a").unwrap();
        assert_eq!(&*worlds.front(), MAIN);
    }

    #[test]
    fn a_misbehaviour_ends_after_as_many_answers_as_it_was_set_for() {
        let network = Network::new(Setup {
            epoch: epoch(),
            seed: 1,
        });
        let mut state = State::new(network, Clock::Flowing);
        state.misbehave(Some((Misbehaviour::Spoil(Spoil::Reset), Some(2))));
        assert!(!state.count_spoilt(Spoil::EmptyBody));
        assert!(state.count_spoilt(Spoil::Reset));
        assert!(state.count_spoilt(Spoil::Reset));
        assert!(!state.count_spoilt(Spoil::Reset));
        assert_eq!(state.misbehaviour(), None);
    }
}
