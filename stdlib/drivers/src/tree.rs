//! All the processes of a command, wherever they have gone, and their end.
//!
//! A process belongs to a command when one of these holds:
//! - it is in the command's session (children stay in it unless they ask for another);
//! - its environment carries the command's `MACHINE_RUN_ID` (children that made a session of their own keep it);
//! - its parent belongs to the command (children that did both and cleared their environment);
//! - it is in a session in which a process of the command was found before (their parents may have ended since).
//!
//! In all cases it must be younger than the command: ids are used again, and a run id names a run that may have
//! left something behind before.

use std::collections::BTreeSet;
use std::fs;
use std::time::Duration;

use rustix::process::{Pid, PidfdFlags, Signal, kill_process_group, pidfd_open, pidfd_send_signal};
use rustix::time::{ClockId, clock_gettime};

/// The variable that marks all processes of a run.
pub(crate) const MARKER: &str = "MACHINE_RUN_ID";

/// How often the processes of a tree are looked for and killed before giving up on those that cannot die, held
/// up inside the system.
const ROUNDS: u32 = 40;

/// The ticks of a second in which the kernel counts when a process was started (`USER_HZ`, 100 on all Linux
/// systems that Rust runs on).
const TICKS: u64 = 100;

/// A moment after the system's start, in kernel ticks.
pub(crate) type Ticks = u64;

/// The moment it is now, on the clock by which the kernel says when a process was started.
pub(crate) fn now() -> Ticks {
    let time = clock_gettime(ClockId::Boottime);
    let seconds = u64::try_from(time.tv_sec).unwrap_or(0);
    let nanos = u64::try_from(time.tv_nsec).unwrap_or(0);
    seconds * TICKS + nanos * TICKS / 1_000_000_000
}

/// The processes of one command.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Tree {
    /// The command itself; unknown while it is being started.
    pub(crate) leader: Option<Pid>,
    /// The other sessions in which processes of the command were found.
    pub(crate) sessions: BTreeSet<i32>,
    /// The command's run id.
    pub(crate) run_id: String,
    /// A moment before the command was started.
    pub(crate) since: Ticks,
    /// Processes that carry the run id but are younger than this are another run's; `None` while it is this one
    /// that runs.
    pub(crate) until: Option<Ticks>,
}

impl Tree {
    /// The tree of a command that is about to be started.
    pub(crate) fn new(run_id: String, since: Ticks) -> Self {
        Self { leader: None, sessions: BTreeSet::new(), run_id, since, until: None }
    }

    /// Asks the command, and what is still in its process group, to end. Before, it is noted where its other
    /// processes are: when it has ended, nothing leads to them any more.
    pub(crate) fn ask_to_end(&mut self) {
        self.members();
        if let Some(leader) = self.leader {
            _ = kill_process_group(leader, Signal::TERM);
            // A stopped process would not hear of it.
            _ = kill_process_group(leader, Signal::CONT);
        }
    }

    /// Whether any of its processes is alive.
    pub(crate) fn is_alive(&mut self) -> bool {
        self.members().iter().any(|process| !process.is_dead)
    }

    /// Kills all its processes that can be found now, and tells whether there were any.
    pub(crate) fn kill(&mut self) -> bool {
        let alive: Vec<_> = self.members().into_iter().filter(|process| !process.is_dead).collect();
        alive.iter().for_each(Process::kill);
        !alive.is_empty()
    }

    /// Kills until none is left: those that fork meanwhile are found by the next round. Blocks for two seconds
    /// at most.
    pub(crate) fn kill_all(&mut self) {
        for round in 0..ROUNDS {
            if !self.kill() {
                return;
            }
            std::thread::sleep(Duration::from_millis(u64::from(round.clamp(2, 60))));
        }
    }

    /// The processes that belong to the command, dead ones that nobody has collected yet included.
    fn members(&mut self) -> Vec<Process> {
        let mut others: Vec<_> = processes().filter(|process| process.start >= self.since).collect();
        let mut members: Vec<_> = others.extract_if(.., |process| self.is_marked(process)).collect();
        let mut ids: BTreeSet<_> = members.iter().map(|process| process.pid).collect();
        loop {
            let children: Vec<_> = others.extract_if(.., |process| ids.contains(&process.parent)).collect();
            if children.is_empty() {
                break;
            }
            ids.extend(children.iter().map(|process| process.pid));
            members.extend(children);
        }
        self.sessions.extend(members.iter().map(|process| process.session));
        members
    }

    fn is_marked(&self, process: &Process) -> bool {
        self.leader.is_some_and(|leader| leader.as_raw_pid() == process.session)
            || self.sessions.contains(&process.session)
            || self.until.is_none_or(|until| process.start <= until) && process.carries(&self.run_id)
    }
}

/// One line of the process table.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Process {
    pid: i32,
    parent: i32,
    session: i32,
    start: Ticks,
    is_dead: bool,
}

impl Process {
    fn read(pid: i32) -> Option<Self> {
        let stat = fs::read(format!("/proc/{pid}/stat")).ok()?;
        Self::parse(pid, &String::from_utf8_lossy(&stat))
    }

    /// Reads `PID (NAME) STATE PARENT GROUP SESSION …`. The name may hold anything, brackets and spaces included,
    /// so the rest is found from its end.
    fn parse(pid: i32, stat: &str) -> Option<Self> {
        let fields: Vec<_> = stat.rsplit_once(')')?.1.split_ascii_whitespace().collect();
        Some(Self {
            pid,
            parent: fields.get(1)?.parse().ok()?,
            session: fields.get(3)?.parse().ok()?,
            start: fields.get(19)?.parse().ok()?,
            is_dead: matches!(*fields.first()?, "Z" | "X"),
        })
    }

    fn carries(&self, run_id: &str) -> bool {
        let Ok(environment) = fs::read(format!("/proc/{}/environ", self.pid)) else {
            return false;
        };
        let entries = environment.split(|byte| *byte == 0);
        let run_ids = entries.filter_map(|entry| entry.strip_prefix(MARKER.as_bytes())?.strip_prefix(b"="));
        run_ids.into_iter().any(|value| value == run_id.as_bytes())
    }

    /// Kills the process, and never another one that was given its id since it was read.
    fn kill(&self) {
        let Some(pidfd) = Pid::from_raw(self.pid).and_then(|pid| pidfd_open(pid, PidfdFlags::empty()).ok()) else {
            return;
        };
        if Self::read(self.pid).is_some_and(|now| now.start == self.start) {
            _ = pidfd_send_signal(pidfd, Signal::KILL);
        }
    }
}

/// All processes of the system, as far as they may be seen.
fn processes() -> impl Iterator<Item = Process> {
    let entries = fs::read_dir("/proc").into_iter().flatten().flatten();
    entries.filter_map(|entry| Process::read(entry.file_name().to_str()?.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_process_may_have_any_name() {
        let rest = "S 7 8 9 0 -1 0 0 0 0 0 0 0 0 0 20 0 1 0 4321 0 0";
        let process = Process { pid: 5, parent: 7, session: 9, start: 4321, is_dead: false };
        assert_eq!(Process::parse(5, &format!("5 (sh) {rest}")), Some(process.clone()));
        assert_eq!(Process::parse(5, &format!("5 (a) Z 1 (b) {rest}")), Some(process));
    }

    #[test]
    fn a_broken_line_is_no_process() {
        for line in ["", "5 (sh", "5 (sh) S", "5 (sh) S x 8 9"] {
            assert_eq!(Process::parse(5, line), None, "{line}");
        }
    }

    #[test]
    fn this_process_is_in_the_table_and_older_than_now() {
        let own = i32::try_from(std::process::id()).unwrap();
        let process = Process::read(own).unwrap();
        assert!(process.start <= now() && !process.is_dead);
        assert!(processes().any(|other| other.pid == own));
    }
}
