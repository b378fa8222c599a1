//! What a carrier gets: an event as the journal holds it, and what is known of it without opening it.

use super::label::Label;
use crate::journal::Lsn;
use serde::Deserialize;
use serde_json::value::RawValue;
use std::borrow::Cow;

/// An event in the journal: its record, and which of the record's events. The place before the first one is
/// [`Position::START`].
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Position {
    /// The record.
    pub lsn: u64,
    /// Which of its events, from 0.
    pub place: u32,
}

impl Position {
    /// Before everything.
    pub const START: Position = Position { lsn: 0, place: 0 };

    /// The place after this one, whether or not there is an event.
    #[must_use]
    pub fn after(self) -> Position {
        match self.place.checked_add(1) {
            Some(place) => Position { place, ..self },
            None => Position { lsn: self.lsn.saturating_add(1), place: 0 },
        }
    }

    /// The place before this one, whether or not there is an event.
    #[must_use]
    pub fn before(self) -> Position {
        match self.place.checked_sub(1) {
            Some(place) => Position { place, ..self },
            None if self.lsn > 0 => Position { lsn: self.lsn - 1, place: u32::MAX },
            None => Position::START,
        }
    }

    /// After all events of a record.
    #[must_use]
    pub fn end_of(lsn: Lsn) -> Position {
        Position { lsn: lsn.0, place: u32::MAX }
    }
}

/// An event on its way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Parcel {
    /// Where it is in the journal.
    pub position: Position,
    /// The machine that it is about; `None` for the node itself.
    pub machine: Option<String>,
    /// Its number among those of its machine, or of the node.
    pub sequence: u64,
    /// Its `id`.
    pub id: String,
    /// Its `type`.
    pub kind: String,
    /// The CloudEvent in JSON, byte for byte as the journal holds it: on one line, without its end.
    pub json: Box<[u8]>,
    /// It was asked for again, and comes beside the others: it is sent like them, and does not count as progress.
    pub again: bool,
}

/// A record, as far as its events are concerned.
#[derive(Deserialize)]
pub(super) struct Page<'r> {
    /// When it was written, in nanoseconds since 1970.
    pub(super) wall: u64,
    #[serde(borrow)]
    entry: Entry<'r>,
    #[serde(borrow, default)]
    events: Vec<&'r RawValue>,
}

#[derive(Deserialize)]
#[serde(rename_all = "lowercase")]
enum Entry<'r> {
    #[serde(borrow)]
    Machine(Named<'r>),
    Run(serde::de::IgnoredAny),
    Node(serde::de::IgnoredAny),
}

#[derive(Deserialize)]
struct Named<'r> {
    #[serde(borrow)]
    name: Cow<'r, str>,
}

impl<'r> Page<'r> {
    /// Reads a record; nothing if this version did not write it.
    pub(super) fn read(record: &'r [u8]) -> Option<Self> {
        serde_json::from_str(str::from_utf8(record).ok()?).ok()
    }

    /// The machine that its events are about.
    pub(super) fn machine(&self) -> Option<&str> {
        match &self.entry {
            Entry::Machine(Named { name }) => Some(name),
            Entry::Run(_) | Entry::Node(_) => None,
        }
    }

    /// Its events from a place on, each with the place that it has.
    pub(super) fn events(&self, from: u32) -> impl Iterator<Item = (u32, &'r RawValue)> {
        (0..).zip(&self.events).skip(usize::try_from(from).unwrap_or(usize::MAX)).map(|(place, event)| (place, *event))
    }

    /// What its events show, from a place on.
    pub(super) fn labels(&self, from: u32) -> impl Iterator<Item = (u32, Label<'r>)> {
        self.events(from).filter_map(|(place, event)| Some((place, Label::read(event)?)))
    }

    /// The parcel of one of its events; nothing if this version did not write that.
    pub(super) fn parcel(&self, position: Position, event: &RawValue) -> Option<Parcel> {
        let label = Label::read(event)?;
        Some(Parcel {
            position,
            machine: self.machine().map(str::to_owned),
            sequence: label.sequence()?,
            id: label.id.into_owned(),
            kind: label.kind.into_owned(),
            json: event.get().as_bytes().into(),
            again: false,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_in_order_and_each_has_one_before_and_one_after() {
        let (first, later) = (Position { lsn: 7, place: 0 }, Position { lsn: 7, place: 5 });
        assert!(Position::START < first && first < later && later < Position::end_of(Lsn(7)));
        assert_eq!((later.after().before(), later.before().after()), (later, later));
        assert_eq!(
            (first.before(), Position::end_of(Lsn(6)).after().before()),
            (Position::end_of(Lsn(6)), first.before())
        );
        assert_eq!(Position::end_of(Lsn(6)).after(), first, "nothing of a record is left that is done with");
        assert_eq!(Position::START.before(), Position::START);
    }
}
