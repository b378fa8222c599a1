//! The two clocks of a node: one that never goes back and counts suspended time, one that people read.

use machine_core::Instant;
use rustix::time::{ClockId, Timespec, clock_gettime};

/// The operating system's clocks.
#[derive(Clone, Debug)]
pub(crate) struct Clock {
    boot: String,
}

impl Clock {
    /// The clocks of this machine, as it was booted now.
    pub(crate) fn system() -> Self {
        let boot = std::fs::read_to_string("/proc/sys/kernel/random/boot_id").unwrap_or_default();
        Self { boot: boot.trim().to_owned() }
    }

    /// Names this boot; [`Clock::now`] begins anew with each. Empty where the system does not tell.
    pub(crate) fn boot(&self) -> &str {
        &self.boot
    }

    /// Nanoseconds since boot, suspended time included. Never goes back.
    pub(crate) fn now(&self) -> Instant {
        Instant(nanoseconds(clock_gettime(ClockId::Boottime)))
    }

    /// Nanoseconds since 1970, UTC. Goes where it is set.
    pub(crate) fn wall_ns(&self) -> u64 {
        nanoseconds(clock_gettime(ClockId::Realtime))
    }
}

fn nanoseconds(at: Timespec) -> u64 {
    let seconds = u64::try_from(at.tv_sec).unwrap_or(0);
    seconds.saturating_mul(1_000_000_000).saturating_add(u64::try_from(at.tv_nsec).unwrap_or(0))
}
