//! The clock that people read, and waiting for a time on it.

use std::future::{Future, pending};
use std::io;
use std::os::fd::OwnedFd;
use std::time::Duration;

use rustix::time::{
    ClockId, Itimerspec, TimerfdClockId, TimerfdFlags, TimerfdTimerFlags, Timespec, clock_gettime, timerfd_create,
    timerfd_settime,
};
use tokio::io::unix::AsyncFd;

use crate::spawn::watch;

/// A clock that can be set at any time.
pub trait Wall: Send + 'static {
    /// What it shows, in milliseconds since 1970.
    fn now(&self) -> i64;

    /// Waits until it shows at least this, or is set; without a time, for ever. May be given up and called again.
    fn rings(&mut self, at: Option<i64>) -> impl Future<Output = Rung> + Send;
}

/// Why a wait was over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rung {
    /// It is time.
    Due,
    /// The clock was set.
    Set,
}

/// The clock of this machine.
#[derive(Debug, Default)]
pub struct System {
    timer: Option<AsyncFd<OwnedFd>>,
}

/// Where the kernel has no timer, the clock is looked at so often.
const POLL: Duration = Duration::from_secs(20);

impl Wall for System {
    fn now(&self) -> i64 {
        let at = clock_gettime(ClockId::Realtime);
        at.tv_sec.saturating_mul(1_000).saturating_add(at.tv_nsec / 1_000_000)
    }

    async fn rings(&mut self, at: Option<i64>) -> Rung {
        let Some(at) = at else { return pending().await };
        match self.wait(at).await {
            Ok(rung) => rung,
            Err(_) => {
                let rest = u64::try_from(at.saturating_sub(self.now())).unwrap_or(0);
                tokio::time::sleep(POLL.min(Duration::from_millis(rest))).await;
                Rung::Set
            }
        }
    }
}

impl System {
    async fn wait(&mut self, at: i64) -> io::Result<Rung> {
        if self.timer.is_none() {
            let flags = TimerfdFlags::NONBLOCK | TimerfdFlags::CLOEXEC;
            self.timer = Some(watch(timerfd_create(TimerfdClockId::Realtime, flags)?)?);
        }
        let Some(timer) = &self.timer else { return Ok(Rung::Set) };
        let once = Itimerspec { it_interval: timespec(0), it_value: timespec(at.max(1)) };
        let flags = TimerfdTimerFlags::ABSTIME | TimerfdTimerFlags::CANCEL_ON_SET;
        match timerfd_settime(timer, flags, &once) {
            // It was set since the last wait.
            Err(rustix::io::Errno::CANCELED) => return Ok(Rung::Set),
            other => other?,
        };
        loop {
            let mut ready = timer.readable().await?;
            let mut count = [0; 8];
            match rustix::io::read(ready.get_inner(), &mut count[..]) {
                Ok(_) => return Ok(Rung::Due),
                Err(rustix::io::Errno::CANCELED) => return Ok(Rung::Set),
                // A false alarm.
                Err(_) => ready.clear_ready(),
            }
        }
    }
}

fn timespec(ms: i64) -> Timespec {
    Timespec { tv_sec: ms / 1_000, tv_nsec: ms % 1_000 * 1_000_000 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn it_rings_when_it_is_time() {
        let mut wall = System::default();
        for wait in [30, 5, 0, -1_000] {
            let at = wall.now() + wait;
            let rung = tokio::time::timeout(Duration::from_secs(60), wall.rings(Some(at))).await.unwrap();
            assert!(wall.now() >= at || rung == Rung::Set);
        }
    }

    #[tokio::test]
    async fn a_wait_can_be_given_up() {
        let mut wall = System::default();
        let far = wall.now() + 3_600_000;
        for at in [Some(far), None, Some(i64::MAX)] {
            assert!(tokio::time::timeout(Duration::from_millis(5), wall.rings(at)).await.is_err(), "{at:?}");
        }
        let at = wall.now();
        tokio::time::timeout(Duration::from_secs(60), wall.rings(Some(at))).await.unwrap();
    }
}
