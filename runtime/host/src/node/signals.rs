//! The signals that a node listens to.

use std::io;
use std::time::{Duration, Instant};
use tokio::signal::unix::{Signal, SignalKind, signal};

/// What comes so soon after the first is the same wish: `timeout`, for one, sends its signal to the process and then to
/// the whole group.
const ONE_WISH: Duration = Duration::from_millis(500);

/// SIGINT and SIGTERM tell the node to end, SIGHUP to look at everything anew.
pub(super) struct Signals {
    interrupt: Signal,
    terminate: Signal,
    hang_up: Signal,
}

impl Signals {
    /// Listens from now on. Needs a tokio runtime.
    pub(super) fn new() -> io::Result<Self> {
        Ok(Self {
            interrupt: signal(SignalKind::interrupt())?,
            terminate: signal(SignalKind::terminate())?,
            hang_up: signal(SignalKind::hangup())?,
        })
    }

    /// Waits for one; whether it tells the node to end.
    pub(super) async fn next(&mut self) -> bool {
        tokio::select! {
            _ = self.interrupt.recv() => true,
            _ = self.terminate.recv() => true,
            _ = self.hang_up.recv() => false,
        }
    }

    /// Waits until the node, which was told to end, is told so again.
    pub(super) async fn end_again(&mut self) {
        let first = Instant::now();
        while !self.next().await || first.elapsed() < ONE_WISH {}
    }
}
