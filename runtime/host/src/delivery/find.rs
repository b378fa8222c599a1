//! Looking for an event in the journal.

use super::parcel::{Page, Position};
use crate::journal::{JournalError, Lsn, Reader, stretches};
use memchr::memmem::Finder;
use std::path::Path;

/// After so many records others on the thread have their turn.
const AT_ONCE: usize = 1_000;

/// Where an event is, by its machine (`None` for the node itself) and number, if the journal holds it up to `durable`.
/// What is recent is found soonest: segments are looked through from the newest to the oldest.
pub(super) async fn find(
    dir: &Path,
    durable: Lsn,
    machine: Option<&str>,
    sequence: u64,
) -> Result<Option<Position>, JournalError> {
    // Only records in which this stands are worth being taken apart.
    let text = format!("\"sequence\":\"{sequence:020}\"");
    let finder = Finder::new(&text);
    let mut last = durable;
    let mut reader = Reader::new(dir);
    for stretch in stretches(dir)?.into_iter().rev() {
        reader.go_to(stretch.first);
        let mut passed = 0_usize;
        while let Some((lsn, record)) = reader.next(last)? {
            if finder.find(record).is_some()
                && let Some(place) = place(record, machine, sequence)
            {
                return Ok(Some(Position { lsn: lsn.0, place }));
            }
            passed += 1;
            if passed.is_multiple_of(AT_ONCE) {
                tokio::task::yield_now().await;
            }
        }
        last = last.min(stretch.first.before());
    }
    Ok(None)
}

fn place(record: &[u8], machine: Option<&str>, sequence: u64) -> Option<u32> {
    let page = Page::read(record).filter(|it| it.machine() == machine)?;
    page.labels(0).find(|(_, label)| label.sequence() == Some(sequence)).map(|(place, _)| place)
}
