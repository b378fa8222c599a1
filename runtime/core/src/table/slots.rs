//! Data and facts, read in place.

use super::Table;
use super::places::Place;
use super::read::Reader;
use super::types::Type;
use super::value::{Items, Value};

/// All that a table says of data or of a fact but its doc comment.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Entry<'t> {
    pub(crate) ty: Type<'t>,
    /// Where its content is kept, if it has any beside its word.
    pub(crate) place: Place,
    pub(crate) name: &'t str,
    pub(crate) value: Value<'t>,
}

impl<'t> Entry<'t> {
    /// The entry that begins here; the reader moves behind it.
    pub(crate) fn read(reader: &mut Reader<'t>) -> Option<Self> {
        let (ty, place) = type_and_place(reader)?;
        Some(Self { ty, place, name: reader.text()?, value: Items::one(reader)? })
    }
}

fn type_and_place<'t>(reader: &mut Reader<'t>) -> Option<(Type<'t>, Place)> {
    let ty = Type::read(reader)?;
    let mut place = Place::default();
    if matches!(ty, Type::List { .. }) {
        place.items = reader.u32()?;
    }
    if matches!(ty, Type::List { .. } | Type::Text { .. }) {
        place.bytes = reader.u32()?;
    }
    Some((ty, place))
}

impl<'t> Table<'t> {
    /// How many data and facts there are; data come first.
    pub(crate) fn slot_count(&self) -> usize {
        self.extra.data + self.extra.facts
    }

    /// Where the entry of a slot begins.
    fn slot_reader(&self, slot: usize) -> Option<Reader<'t>> {
        let start = self.extra.slots.get(4 + 4 * slot..)?.first_chunk()?;
        let entry = self.extra.slots.get(u32::from_le_bytes(*start) as usize..)?;
        (slot < self.slot_count()).then(|| Reader::new(entry))
    }

    pub(crate) fn slot(&self, slot: usize) -> Option<Entry<'t>> {
        Entry::read(&mut self.slot_reader(slot)?)
    }

    /// Type of a slot and where its content is kept.
    pub(crate) fn slot_type(&self, slot: usize) -> Option<(Type<'t>, Place)> {
        type_and_place(&mut self.slot_reader(slot)?)
    }

    pub(crate) fn slots(&self) -> impl Iterator<Item = Entry<'t>> + use<'t> {
        let table = *self;
        (0..self.slot_count()).map_while(move |slot| table.slot(slot))
    }
}
