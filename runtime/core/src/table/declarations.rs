//! Enums, secrets, limits, conditions and earlier names of states, read in place: five lists, one after the other.

use super::Table;
use super::layout::*;
use super::parts::{Condition, Limit, Secret, SecretSource};
use super::read::Reader;
use crate::definition::Reach;
use crate::id::StateId;

/// The lists of the section, in their order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum List {
    Enums,
    Secrets,
    Limits,
    Conditions,
    Was,
}

pub(crate) const LISTS: [List; 5] = [List::Enums, List::Secrets, List::Limits, List::Conditions, List::Was];

/// Moves behind one item of a list.
pub(crate) fn skip(list: List, reader: &mut Reader<'_>) -> Option<()> {
    match list {
        List::Enums => {
            let words = reader.u16()?;
            (0..words).try_for_each(|_| reader.text().map(drop))
        }
        List::Secrets => secret(reader).map(drop),
        List::Limits => limit(reader).map(drop),
        List::Conditions => condition(reader).map(drop),
        List::Was => was(reader).map(drop),
    }
}

pub(crate) fn secret<'t>(reader: &mut Reader<'t>) -> Option<Secret<'t>> {
    let tag = reader.u8()?;
    let (name, place) = (reader.text()?, reader.text()?);
    match tag {
        SECRET_ENV => Some(Secret { name, source: SecretSource::Env(place) }),
        SECRET_FILE => Some(Secret { name, source: SecretSource::File(place) }),
        _ => None,
    }
}

pub(crate) fn limit<'t>(reader: &mut Reader<'t>) -> Option<Limit<'t>> {
    Some(Limit { reach: Reach::of_byte(reader.u8()?)?, count: reader.u32()?, name: reader.text()? })
}

fn condition<'t>(reader: &mut Reader<'t>) -> Option<Condition<'t>> {
    Some(Condition { machine: reader.text()?, state: reader.text()? })
}

pub(crate) fn was<'t>(reader: &mut Reader<'t>) -> Option<(StateId, &'t str)> {
    Some((StateId(reader.u16()?), reader.text()?))
}

impl<'t> Table<'t> {
    /// How many items a list has, and where they begin.
    pub(crate) fn list(&self, wanted: List) -> (u16, Reader<'t>) {
        let mut reader = Reader::new(self.extra.declarations);
        for list in LISTS {
            let count = reader.u16().unwrap_or(0);
            if list == wanted {
                return (count, reader);
            }
            (0..count).for_each(|_| _ = skip(list, &mut reader));
        }
        (0, reader)
    }

    fn items<T>(&self, list: List, read: fn(&mut Reader<'t>) -> Option<T>) -> impl Iterator<Item = T> + use<'t, T> {
        let (count, mut reader) = self.list(list);
        (0..count).map_while(move |_| read(&mut reader))
    }

    /// How many enums there are.
    #[must_use]
    pub fn enums(&self) -> usize {
        usize::from(self.list(List::Enums).0)
    }

    /// The words of an enum, in order.
    pub fn words(&self, of: u16) -> impl Iterator<Item = &'t str> + use<'t> {
        let (count, mut reader) = self.list(List::Enums);
        (0..of.min(count)).for_each(|_| _ = skip(List::Enums, &mut reader));
        let words = if of < count { reader.u16().unwrap_or(0) } else { 0 };
        (0..words).map_while(move |_| reader.text())
    }

    /// One word of an enum; empty if there is none.
    #[must_use]
    pub fn word(&self, of: u16, word: u16) -> &'t str {
        self.words(of).nth(usize::from(word)).unwrap_or("")
    }

    /// How many words an enum has.
    pub(crate) fn word_count(&self, of: u16) -> u16 {
        let (count, mut reader) = self.list(List::Enums);
        (0..of.min(count)).for_each(|_| _ = skip(List::Enums, &mut reader));
        if of < count { reader.u16().unwrap_or(0) } else { 0 }
    }

    /// Secrets that its watchers' arguments use, by index.
    pub fn secrets(&self) -> impl Iterator<Item = Secret<'t>> + use<'t> {
        self.items(List::Secrets, secret)
    }

    /// Limits that its watchers work under, by index.
    pub fn limits(&self) -> impl Iterator<Item = Limit<'t>> + use<'t> {
        self.items(List::Limits, limit)
    }

    /// Where other machines have to be, by index.
    pub fn conditions(&self) -> impl Iterator<Item = Condition<'t>> + use<'t> {
        self.items(List::Conditions, condition)
    }

    /// How many conditions there are.
    pub(crate) fn condition_count(&self) -> usize {
        usize::from(self.list(List::Conditions).0)
    }

    /// Paths that earlier versions used for a state.
    pub fn was(&self, state: StateId) -> impl Iterator<Item = &'t str> + use<'t> {
        self.items(List::Was, was).filter(move |it| it.0 == state).map(|it| it.1)
    }
}
