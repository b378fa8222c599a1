//! What is handed out next: what was asked for again comes first, then the journal from where it was left.

use super::super::again::Again;
use super::super::keep::{after_damage, unreadable};
use super::super::parcel::{Page, Parcel, Position};
use super::Backlog;
use crate::event::happening::What;
use crate::journal::{JournalError, Lsn};

/// After so many records that hold nothing for it, a carrier lets the others go on.
const AT_ONCE: usize = 256;

impl Backlog {
    /// The next of what was asked for again; says so when a range is over.
    pub(super) fn read_again(&mut self, most_bytes: usize) -> Vec<Parcel> {
        loop {
            let Some(again) = &mut self.again else {
                let Some(held) = self.share.lock().again.pop_front() else { return Vec::new() };
                self.again = Some(Again::new(held, &self.dir));
                continue;
            };
            match again.read(most_bytes) {
                Ok(parcels) if !parcels.is_empty() => {
                    self.share.lock().parcels += parcels.len() as u64;
                    return parcels;
                }
                Ok(_) => {}
                Err(error) => self.share.warn(format!("a range cannot be sent again: {error}")),
            }
            if let Some(Again { held, sent: Some(range), .. }) = self.again.take() {
                let sink = self.share.name.clone();
                self.share.happened(held.machine.as_deref(), What::Resent { sink, range }, None);
            }
        }
    }

    /// Reads on from `next`; nothing if there is nothing durable, or nothing in a good many records.
    pub(super) fn read(&mut self, most_bytes: usize, durable: Lsn) -> Result<Vec<Parcel>, JournalError> {
        let (mut parcels, mut room) = (Vec::new(), most_bytes);
        self.next = self.next.max(Position { lsn: self.share.lock().floor.0, place: 0 });
        self.reader.go_to(Lsn(self.next.lsn));
        for _ in 0..AT_ONCE {
            let (lsn, record) = match self.reader.next(durable) {
                Ok(Some(record)) => record,
                Ok(None) => break,
                // What was read before comes first; the next call meets the same again.
                Err(_) if !parcels.is_empty() => break,
                Err(error) => {
                    let first = self.pass(error)?;
                    self.next = Position { lsn: first.0, place: 0 };
                    self.reader.go_to(first);
                    continue;
                }
            };
            let from = if lsn.0 == self.next.lsn { self.next.place } else { 0 };
            let whole = take(lsn, record, from, &mut room, &mut parcels);
            self.next = match whole {
                true => Position { lsn: lsn.0 + 1, place: 0 },
                false => {
                    let last = parcels.last().filter(|it| it.position.lsn == lsn.0);
                    last.map_or(Position { lsn: lsn.0, place: from }, |it| it.position.after())
                }
            };
            if !whole {
                break;
            }
        }
        Ok(parcels)
    }

    /// Where to go on after what cannot be read: that is said, and never guessed.
    fn pass(&self, error: JournalError) -> Result<Lsn, JournalError> {
        let (from, delivered) = (Lsn(self.next.lsn.max(1)), self.delivered_to());
        let (first, is_news) = match &error {
            // Whoever never delivered anything begins with what there is.
            JournalError::Gone { first, .. } => (*first, delivered != Position::START),
            JournalError::Damaged { .. } => match after_damage(&self.dir, from)? {
                Some(first) => (first, true),
                None => return Err(error),
            },
            _ => return Err(error),
        };
        if is_news {
            self.share.warn(unreadable(&self.share.name, from, first, &error));
        }
        Ok(first)
    }
}

/// Adds the events of a record as long as there is room; whether those were all. The first one always has room.
fn take(lsn: Lsn, record: &[u8], from: u32, room: &mut usize, parcels: &mut Vec<Parcel>) -> bool {
    let Some(page) = Page::read(record) else { return true };
    for (place, event) in page.events(from) {
        if event.get().len() > *room && !parcels.is_empty() {
            return false;
        }
        *room = room.saturating_sub(event.get().len());
        parcels.extend(page.parcel(Position { lsn: lsn.0, place }, event));
    }
    true
}
