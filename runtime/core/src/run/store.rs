//! The memory of data and facts, and how values get into it.

use super::Reason;
use super::value::{Keep, Value, View, part};
use super::{Made, Scratch};
use crate::fit::fits;
use crate::table::Table;
use crate::table::places::Place;
use crate::table::types::Type;
use crate::{Data, DataList};

/// Data and facts, to be changed.
pub(crate) struct Store<'s> {
    pub(crate) words: &'s mut [i64],
    pub(crate) items: &'s mut [i64],
    pub(crate) bytes: &'s mut [u8],
}

impl Store<'_> {
    /// Puts a value that was calculated into a slot.
    pub(crate) fn assign(
        &mut self,
        view: &Around<'_>,
        scratch: &Scratch,
        slot: u16,
        value: Value,
    ) -> Result<(), Reason> {
        let (ty, place) = view.table.slot_type(slot.into()).ok_or(Reason::Range)?;
        if let Value::Text(_) | Value::List(_) = value {
            return self.assign_content(view, scratch.made(), slot, (ty, place), value);
        }
        let data = value.data(&view.view(&[], &[], &[]), scratch.made());
        check(view.table, data, ty)?;
        self.words[usize::from(slot)] = data.word();
        Ok(())
    }

    fn assign_content(
        &mut self,
        view: &Around<'_>,
        made: Made<'_>,
        slot: u16,
        (ty, place): (Type<'_>, Place),
        value: Value,
    ) -> Result<(), Reason> {
        let data = value.data(&view.view(self.words, self.items, self.bytes), made);
        check(view.table, data, ty)?;
        match value {
            Value::Text(it) if it.keep == Keep::Store => {
                let start = it.start as usize;
                self.bytes.copy_within(start..start + it.length as usize, place.bytes as usize);
                self.set_length(slot, place, it.length as usize);
            }
            Value::List(it) if it.keep == Keep::Store => {
                let [from, to, count] = [it.items, place.items, it.count].map(|it| it as usize);
                let stride = ty_stride(ty);
                self.items.copy_within(from..from + count, to);
                for index in 0..count {
                    let start = it.bytes as usize + index * it.stride as usize;
                    let length = stride.min(it.stride as usize);
                    self.bytes.copy_within(start..start + length, place.bytes as usize + index * stride);
                }
                self.set_count(slot, place, stride, count);
            }
            other => {
                let data = other.data(&view.view(&[], &[], &[]), made);
                self.put(slot, (ty, place), data);
            }
        }
        Ok(())
    }

    /// Puts a value that has the type of the slot into it.
    pub(crate) fn put(&mut self, slot: u16, (ty, place): (Type<'_>, Place), data: Data<'_>) {
        match data {
            Data::Text(it) => {
                copy(self.bytes, place.bytes as usize, it.as_bytes());
                self.set_length(slot, place, it.len());
            }
            Data::List(it) => self.put_list(slot, ty, place, it),
            other => self.words[usize::from(slot)] = other.word(),
        }
    }

    fn put_list(&mut self, slot: u16, ty: Type<'_>, place: Place, list: DataList<'_>) {
        let stride = ty_stride(ty);
        for (index, item) in list.iter().enumerate() {
            if let Some(word) = self.items.get_mut(place.items as usize + index) {
                *word = item.word();
            }
            if let Data::Text(text) = item {
                let start = place.bytes as usize + index * stride;
                copy(self.bytes, start, text.as_bytes());
                clear(self.bytes, start + text.len(), start + stride);
            }
        }
        self.set_count(slot, place, stride, list.len());
    }

    /// What is behind the text is cleared, so that equal values are equal bytes.
    fn set_length(&mut self, slot: u16, place: Place, length: usize) {
        let old = core::mem::replace(&mut self.words[usize::from(slot)], length as i64) as usize;
        let start = place.bytes as usize;
        clear(self.bytes, start + length, start + old.max(length));
    }

    fn set_count(&mut self, slot: u16, place: Place, stride: usize, count: usize) {
        let old = (core::mem::replace(&mut self.words[usize::from(slot)], count as i64) as usize).max(count);
        let [items, bytes] = [place.items, place.bytes].map(|it| it as usize);
        if let Some(behind) = self.items.get_mut(items + count..items + old) {
            behind.fill(0);
        }
        clear(self.bytes, bytes + count * stride, bytes + old * stride);
    }
}

fn ty_stride(ty: Type<'_>) -> usize {
    if let Type::List { of, .. } = ty { of.ty().room().bytes as usize } else { 0 }
}

fn copy(bytes: &mut [u8], start: usize, from: &[u8]) {
    if let Some(to) = bytes.get_mut(start..start + from.len()) {
        to.copy_from_slice(from);
    }
}

fn clear(bytes: &mut [u8], start: usize, end: usize) {
    if let Some(behind) = bytes.get_mut(start..end) {
        behind.fill(0);
    }
}

/// What a value lacks to be of a type.
pub(crate) fn check(table: &Table<'_>, data: Data<'_>, ty: Type<'_>) -> Result<(), Reason> {
    if fits(table, data, ty) {
        return Ok(());
    }
    Err(match (data, ty) {
        (Data::Text(_), _) => Reason::Length,
        (Data::List(items), Type::List { max, .. }) if items.len() > usize::from(max) => Reason::Length,
        (Data::List(items), _) if items.iter().any(|it| matches!(it, Data::Text(_))) => Reason::Length,
        _ => Reason::Range,
    })
}

/// The value of a slot with this type, place and word.
pub(crate) fn read<'v>((ty, place): (Type<'_>, Place), word: i64, items: &'v [i64], bytes: &'v [u8]) -> Data<'v> {
    match ty {
        Type::Text { .. } => Data::Text(crate::data::text(part(bytes, place.bytes, word as u32))),
        Type::List { of, .. } => {
            let of = of.ty();
            let (stride, count) = (of.room().bytes, word as u32);
            let (items, bytes) = (part(items, place.items, count), part(bytes, place.bytes, count * stride));
            let stored = crate::data::Stored { of: of.word(), items, bytes, stride: stride as usize };
            Data::List(DataList::stored(stored))
        }
        other => other.word().scalar(word).unwrap_or(Data::Bool(false)),
    }
}

/// What a calculation can look at but the store.
#[derive(Clone, Copy)]
pub(crate) struct Around<'v> {
    pub(crate) table: &'v Table<'v>,
    pub(crate) conditions: &'v [bool],
    pub(crate) wall: i64,
    pub(crate) payload: &'v [Data<'v>],
}

impl<'v> Around<'v> {
    /// With the store.
    pub(crate) fn view<'a>(&self, words: &'a [i64], items: &'a [i64], bytes: &'a [u8]) -> View<'a>
    where
        'v: 'a,
    {
        let Self { table, conditions, wall, payload } = *self;
        View { table, words, items, bytes, conditions, wall, payload }
    }
}

/// Fields of an event in memory of their own: how much they need is known from the start.
#[derive(Clone, Debug, Default)]
pub(crate) struct Record {
    pub(crate) signal: u16,
    words: alloc::boxed::Box<[i64]>,
    items: alloc::boxed::Box<[i64]>,
    bytes: alloc::boxed::Box<[u8]>,
}

impl Record {
    pub(crate) fn new(words: usize, room: Place) -> Self {
        Self {
            signal: 0,
            words: alloc::vec![0; words].into(),
            items: alloc::vec![0; room.items as usize].into(),
            bytes: alloc::vec![0; room.bytes as usize].into(),
        }
    }

    /// Keeps values of these types.
    pub(crate) fn keep<'t>(&mut self, signal: u16, types: impl Iterator<Item = Type<'t>>, values: &[Data<'_>]) {
        if core::mem::replace(&mut self.signal, signal) != signal {
            // What stands there belongs to another event, whose values are laid out in another way.
            self.words.fill(0);
            self.items.fill(0);
            self.bytes.fill(0);
        }
        let mut places = crate::table::places::Places::default();
        let mut store = Store { words: &mut self.words, items: &mut self.items, bytes: &mut self.bytes };
        for (index, (ty, value)) in types.zip(values).enumerate() {
            let place = places.next(ty.room());
            store.put(index as u16, (ty, place), *value);
        }
    }

    /// The values that were kept, into `out`; how many.
    pub(crate) fn values<'v, 't>(&'v self, types: impl Iterator<Item = Type<'t>>, out: &mut [Data<'v>]) -> usize {
        let (mut places, mut count) = (crate::table::places::Places::default(), 0);
        for (index, (ty, out)) in types.zip(out).enumerate() {
            let place = places.next(ty.room());
            let word = self.words.get(index).copied().unwrap_or(0);
            *out = read((ty, place), word, &self.items, &self.bytes);
            count = index + 1;
        }
        count
    }
}
