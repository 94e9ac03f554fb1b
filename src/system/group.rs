//! All the processes that a program has started, so that they end with it.

#[cfg(unix)]
use std::fs;

use tokio::process::Child;

use crate::system::{Program, Signal};

/// The variable by which the processes of one program are known: no two programs that run at once have it alike.
#[cfg(unix)]
const MARK: &str = "RENKEI_FILE";
/// How many times it is looked for processes to end.
#[cfg(unix)]
const ROUNDS: usize = 3;

/// The group of processes that a program leads. Whatever has left it (`setsid`) is known on Linux by the variable that it
/// has inherited.
#[cfg(unix)]
#[derive(Debug)]
pub(super) struct Group {
    leader: Option<u32>,
    mark: Option<Vec<u8>>,
}

#[cfg(unix)]
impl Group {
    pub(super) fn of(leader: &Child, program: &Program) -> Self {
        let mark = program.env.iter().find(|(name, _)| name == MARK);
        Self {
            leader: leader.id(),
            mark: mark.map(|(name, value)| format!("{name}={value}").into_bytes()),
        }
    }

    /// How many processes there are besides the leader, once that has ended; as far as they can be counted.
    pub(super) fn count(&self) -> usize {
        if cfg!(target_os = "linux") {
            return self.marked().len();
        }
        let group = self.group();
        let is_there = |group| rustix::process::test_kill_process_group(group).is_ok();
        usize::from(group.is_some_and(is_there))
    }

    fn group(&self) -> Option<rustix::process::Pid> {
        let leader = self.leader.and_then(|id| i32::try_from(id).ok());
        leader.and_then(rustix::process::Pid::from_raw)
    }

    /// The processes that have inherited the variable; none where the system does not show that.
    fn marked(&self) -> Vec<rustix::process::Pid> {
        let Some(mark) = &self.mark else {
            return Vec::new();
        };
        let carries = |id: i32| {
            let environment = fs::read(format!("/proc/{id}/environ"));
            environment.is_ok_and(|all| all.split(|byte| *byte == 0).any(|one| one == mark))
        };
        let entries = fs::read_dir("/proc").into_iter().flatten().flatten();
        entries
            .filter_map(|entry| entry.file_name().to_str()?.parse::<i32>().ok())
            .filter(|id| carries(*id))
            .filter_map(rustix::process::Pid::from_raw)
            .collect()
    }

    pub(super) fn signal(&mut self, signal: Signal) {
        use rustix::process::{Signal as Unix, kill_process, kill_process_group};
        let signal = match signal {
            Signal::Term => Unix::TERM,
            Signal::Int => Unix::INT,
            Signal::Kill => Unix::KILL,
        };
        if let Some(group) = self.group() {
            // A group that is gone needs no signal.
            let _ = kill_process_group(group, signal);
        }
        if signal != Unix::KILL {
            return;
        }
        // One that is about to end may have begun another.
        for _ in 0..ROUNDS {
            let marked = self.marked();
            if marked.is_empty() {
                break;
            }
            for process in marked {
                let _ = kill_process(process, signal);
            }
        }
        self.mark = None;
    }
}

/// The same on Windows: a job, whose processes end when it is closed. What a program starts before it stands in the job
/// is not in it, nor is anything where no job can be made.
#[cfg(windows)]
#[derive(Debug)]
pub(super) struct Group(Option<win32job::Job>);

#[cfg(windows)]
impl Group {
    pub(super) fn of(leader: &Child, _program: &Program) -> Self {
        let mut limits = win32job::ExtendedLimitInfo::new();
        limits.limit_kill_on_job_close();
        let job = win32job::Job::create_with_limit_info(&limits).ok();
        let stands = |job: &win32job::Job| {
            let handle = leader.raw_handle();
            handle.is_some_and(|handle| job.assign_process(handle as isize).is_ok())
        };
        Self(job.filter(stands))
    }

    /// How many processes there are besides the leader, once that has ended.
    pub(super) fn count(&self) -> usize {
        let job = self.0.as_ref();
        let ids = job.and_then(|job| job.query_process_id_list().ok());
        ids.map_or(0, |ids| ids.len())
    }

    /// There are no signals: whatever is told, all end at once.
    pub(super) fn signal(&mut self, _signal: Signal) {
        self.0 = None;
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        self.signal(Signal::Kill);
    }
}
