//! A started process: waiting for its end without a signal handler, and collecting how it ended.

use std::io;
use std::os::fd::OwnedFd;

use rustix::process::{Pid, PidfdFlags, Signal, WaitId, WaitIdOptions, WaitIdStatus, kill_process, pidfd_open, waitid};
use tokio::io::unix::AsyncFd;

use crate::spawn::watch;

/// A process that this one has started. Until it is [collected](Self::collect) its id cannot be given to another.
pub(crate) struct Child {
    pid: Pid,
    pidfd: AsyncFd<OwnedFd>,
}

/// How a process ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ended {
    /// With an exit status, 0 to 255.
    Exit(i32),
    /// By a signal.
    Signal(i32),
}

impl Child {
    /// Takes charge of the process that was started as `pid`; when that fails the process is ended.
    pub(crate) fn adopt(pid: Pid) -> io::Result<Self> {
        open(pid).map(|pidfd| Self { pid, pidfd }).inspect_err(|_| discard(pid))
    }

    /// Waits until the process has ended. Can be given up and called again.
    pub(crate) async fn ended(&self) {
        // A pidfd becomes readable when its process ends, and stays so. An error means that the reactor is going
        // away, and this task with it.
        _ = self.pidfd.readable().await.map(|mut ready| ready.retain_ready());
    }

    /// How the process ended, and the end of its entry in the process table; `None` when it still lives.
    pub(crate) fn collect(&self) -> Option<Ended> {
        let options = WaitIdOptions::EXITED | WaitIdOptions::NOHANG;
        let status = waitid(WaitId::Pid(self.pid), options).ok().flatten()?;
        ended(&status)
    }

    /// Sees to it that a process which outlives even SIGKILL for now, held up inside the system, is collected
    /// when it goes at last.
    pub(crate) fn collect_later(self) {
        tokio::spawn(async move {
            self.ended().await;
            self.collect();
        });
    }
}

fn open(pid: Pid) -> io::Result<AsyncFd<OwnedFd>> {
    let pidfd = pidfd_open(pid, PidfdFlags::NONBLOCK)?;
    watch(pidfd)
}

/// Without a descriptor nobody could wait for the process, so it must not stay.
fn discard(pid: Pid) {
    _ = kill_process(pid, Signal::KILL);
    _ = waitid(WaitId::Pid(pid), WaitIdOptions::EXITED);
}

fn ended(status: &WaitIdStatus) -> Option<Ended> {
    let exit = status.exit_status().map(Ended::Exit);
    exit.or_else(|| status.terminating_signal().map(Ended::Signal))
}

/// A signal by its name, `SIGTERM`, or by its number where it has none.
pub(crate) fn signal_name(number: i32) -> String {
    const NAMES: [&str; 31] = [
        "HUP", "INT", "QUIT", "ILL", "TRAP", "ABRT", "BUS", "FPE", "KILL", "USR1", "SEGV", "USR2", "PIPE", "ALRM",
        "TERM", "STKFLT", "CHLD", "CONT", "STOP", "TSTP", "TTIN", "TTOU", "URG", "XCPU", "XFSZ", "VTALRM", "PROF",
        "WINCH", "IO", "PWR", "SYS",
    ];
    let name = usize::try_from(number).ok().and_then(|n| NAMES.get(n.checked_sub(1)?));
    name.map_or_else(|| format!("signal {number}"), |name| format!("SIG{name}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signals_have_their_usual_names() {
        assert_eq!([1, 9, 15, 31].map(signal_name), ["SIGHUP", "SIGKILL", "SIGTERM", "SIGSYS"]);
        assert_eq!([0, -1, 34].map(signal_name), ["signal 0", "signal -1", "signal 34"]);
    }
}
