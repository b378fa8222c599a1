//! A carrier without a node: for benchmarks, which measure nothing else then.

use super::thread::{Delivery, Site};
use super::{Carrier, Epochs, Keep, Position};
use crate::journal::Lsn;
use std::io;
use std::path::Path;
use std::time::Duration;
use tokio::sync::mpsc::unbounded_channel;

/// Has a carrier carry what the journal in `state` holds up to a record, until it has delivered all of it.
///
/// # Errors
/// When the system has no thread to give.
#[doc(hidden)]
pub fn carry_alone(state: &Path, id: [u8; 16], durable: Lsn, carrier: Box<dyn Carrier>) -> io::Result<()> {
    let (notices, _told) = unbounded_channel();
    let (journal, cursors) = (state.join("journal"), state.join("delivery"));
    let site = Site { journal, cursors, id, durable, epochs: Epochs::new(1, &[]) };
    let delivery = Delivery::start(vec![carrier], Keep::default(), site, notices)?;
    let end = Position { lsn: durable.0, place: 0 };
    while delivery.figures().iter().any(|it| it.delivered < end) {
        std::thread::sleep(Duration::from_millis(1));
    }
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(delivery.end(Duration::from_secs(5)));
    Ok(())
}
