//! Wakes the node at a point in time. A timer of the kernel on the clock that counts suspended time, because the event
//! loop's own timers stand still while the machine sleeps.

use machine_core::Instant;
use rustix::fd::OwnedFd;
use rustix::time::{
    Itimerspec, TimerfdClockId, TimerfdFlags, TimerfdTimerFlags, Timespec, timerfd_create, timerfd_settime,
};
use std::io;
use tokio::io::unix::AsyncFd;

/// What is due within this time shares one wake-up; nothing is ever early.
pub(crate) const SLACK_NS: u64 = 10_000_000;

/// One alarm.
#[derive(Debug)]
pub(crate) struct Alarm {
    timer: AsyncFd<OwnedFd>,
    set: Option<u64>,
}

impl Alarm {
    /// An alarm that is not set. Needs a tokio runtime.
    pub(crate) fn new() -> io::Result<Self> {
        let flags = TimerfdFlags::NONBLOCK | TimerfdFlags::CLOEXEC;
        let timer = timerfd_create(TimerfdClockId::Boottime, flags)?;
        Ok(Self { timer: machine_drivers::spawn::watch(timer)?, set: None })
    }

    /// Sets it to the first multiple of the slack that is not before `at`, or not at all.
    pub(crate) fn set(&mut self, at: Option<Instant>) -> io::Result<()> {
        let at = at.map(|it| it.0.next_multiple_of(SLACK_NS).max(1));
        if at == self.set {
            return Ok(());
        }
        self.set = at;
        let zero = Timespec { tv_sec: 0, tv_nsec: 0 };
        let value = at.map_or(zero, timespec);
        timerfd_settime(
            self.timer.get_ref(),
            TimerfdTimerFlags::ABSTIME,
            &Itimerspec { it_interval: zero, it_value: value },
        )?;
        Ok(())
    }

    /// Waits until it rings.
    pub(crate) async fn rings(&mut self) -> io::Result<()> {
        let mut ready = self.timer.readable().await?;
        let mut count = [0; 8];
        // The count does not matter, and a false alarm reads nothing.
        let _ = rustix::io::read(ready.get_inner(), &mut count[..]);
        ready.clear_ready();
        drop(ready);
        self.set = None;
        Ok(())
    }
}

fn timespec(ns: u64) -> Timespec {
    let part = |it: u64| i64::try_from(it).unwrap_or(i64::MAX);
    Timespec { tv_sec: part(ns / 1_000_000_000), tv_nsec: part(ns % 1_000_000_000) }
}
