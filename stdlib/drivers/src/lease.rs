//! What a command works under that holds a slot of a limit across the fleet: the slot may be lost, and then the command
//! must have ended before another node can begin.
//!
//! The end is a point on the clock that never goes back and counts suspended time. It moves each time the slot is
//! renewed. Two hold it: the task of the command, and the guard, which is another process and keeps it even if this one
//! stands still.

use std::sync::Arc;
use std::time::Duration;

use rustix::time::{ClockId, clock_gettime};
use tokio::sync::mpsc::UnboundedSender;
use tokio::sync::watch;
use tokio::time::sleep;

/// The variable that names the slot's fencing token.
pub(crate) const TOKEN: &str = "MACHINE_FENCING_TOKEN";

/// A slot that is held for what was asked. Clones are the same; when the last one is gone, the slot is given back.
#[derive(Clone, Debug)]
pub struct Lease(Arc<Held>);

#[derive(Debug)]
struct Held {
    token: u64,
    claim: u64,
    until: watch::Receiver<u64>,
    grace: Duration,
    over: UnboundedSender<u64>,
}

impl Lease {
    /// A slot that is held until a time that moves, in nanoseconds since boot. Commands are asked to end so long before
    /// that. When all is over, the number of the claim is sent.
    #[must_use]
    pub fn new(
        claim: u64,
        token: u64,
        until: watch::Receiver<u64>,
        grace: Duration,
        over: UnboundedSender<u64>,
    ) -> Self {
        Self(Arc::new(Held { token, claim, until, grace, over }))
    }

    /// Higher than that of all who held the slot before.
    #[must_use]
    pub fn token(&self) -> u64 {
        self.0.token
    }

    /// When everything has to have ended, as far as is known now, in nanoseconds since boot.
    pub(crate) fn until(&self) -> u64 {
        *self.0.until.borrow()
    }

    /// How much time is left until then.
    pub(crate) fn rest(&self) -> Duration {
        rest(self.until())
    }

    /// What would be begun now would have to be asked to end at once.
    pub(crate) fn is_over(&self) -> bool {
        self.rest() <= self.0.grace
    }

    /// Waits until the command has to be asked to end. `note` is told of every end there is.
    pub(crate) async fn runs_out(&self, note: impl Fn(u64)) {
        let mut until = self.0.until.clone();
        loop {
            let at = *until.borrow_and_update();
            note(at);
            let left = rest(at).saturating_sub(self.0.grace);
            tokio::select! {
                biased;
                Ok(()) = until.changed() => {}
                () = sleep(left) => if self.is_over() { return },
            }
        }
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        // Whoever keeps the slots may have gone; then they run out by themselves.
        _ = self.over.send(self.claim);
    }
}

fn rest(until: u64) -> Duration {
    Duration::from_nanos(until.saturating_sub(now()))
}

/// Nanoseconds since boot, suspended time included.
pub(crate) fn now() -> u64 {
    let at = clock_gettime(ClockId::Boottime);
    let part = |it: i64| u64::try_from(it).unwrap_or(0);
    part(at.tv_sec).saturating_mul(1_000_000_000).saturating_add(part(at.tv_nsec))
}
