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

    /// Sets it to the first multiple of the slack that is not before `at`.
    pub(crate) fn set(&mut self, at: Instant) -> io::Result<()> {
        let at = rounded(at);
        if self.set == Some(at) {
            return Ok(());
        }
        self.set = Some(at);
        let once = Itimerspec { it_interval: timespec(0), it_value: timespec(at) };
        timerfd_settime(self.timer.get_ref(), TimerfdTimerFlags::ABSTIME, &once)?;
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

/// In nanoseconds. Zero would mean that it is not set.
fn rounded(at: Instant) -> u64 {
    at.0.checked_next_multiple_of(SLACK_NS).unwrap_or(u64::MAX).max(SLACK_NS)
}

fn timespec(ns: u64) -> Timespec {
    let part = |it: u64| i64::try_from(it).unwrap_or(i64::MAX);
    Timespec { tv_sec: part(ns / 1_000_000_000), tv_nsec: part(ns % 1_000_000_000) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::Clock;
    use std::time::Duration;

    #[test]
    fn what_is_due_together_rings_together_and_nothing_early() {
        for (at, rings) in [(0, 1), (1, 1), (SLACK_NS, 1), (SLACK_NS + 1, 2), (2 * SLACK_NS - 1, 2)] {
            assert_eq!(rounded(Instant(at)), rings * SLACK_NS, "{at}");
        }
        assert_eq!(rounded(Instant::NEVER), u64::MAX);
    }

    #[tokio::test]
    async fn it_rings_when_it_is_time() {
        let (mut alarm, clock) = (Alarm::new().unwrap(), Clock::system());
        for wait in [25, 5, 0] {
            let at = clock.now().after_ms(wait);
            alarm.set(at).unwrap();
            tokio::time::timeout(Duration::from_secs(60), alarm.rings()).await.unwrap().unwrap();
            assert!(clock.now() >= at);
        }
    }

    #[tokio::test]
    async fn a_time_far_away_can_be_set_and_taken_back() {
        let (mut alarm, clock) = (Alarm::new().unwrap(), Clock::system());
        alarm.set(Instant::NEVER).unwrap();
        alarm.set(clock.now()).unwrap();
        tokio::time::timeout(Duration::from_secs(60), alarm.rings()).await.unwrap().unwrap();
    }
}
