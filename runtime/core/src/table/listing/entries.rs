//! Code in short entries: words compared with constants, or set to them.

use super::names::Names;
use super::part::{Bond, Part};
use crate::table::Type;
use crate::table::code::*;
use crate::table::read::Reader;
use alloc::{format, string::String, string::ToString, vec::Vec};

impl Names<'_> {
    /// The conditions that begin here, all of which have to hold.
    pub(super) fn conditions(&self, reader: &mut Reader<'_>) -> String {
        let entries = entries(reader);
        let (mut written, mut left) = (Vec::new(), entries.as_slice());
        while let [first, rest @ ..] = left {
            left = match rest {
                [second, rest @ ..] if is_range(*first, *second) => {
                    let [low, high] = [first, second].map(|it| self.constant(*it));
                    written.push(format!("{} in {low}..{high}", self.slot(first.slot.into())));
                    rest
                }
                _ => {
                    written.push(self.condition(*first));
                    rest
                }
            };
        }
        written.join(" and ")
    }

    fn condition(&self, entry: Entry) -> String {
        let (name, truth) = (self.slot(entry.slot.into()), entry.head & ENTRY_TRUTH);
        match (self.slots.get(usize::from(entry.slot)).map(|it| it.1), truth, entry.constant) {
            (Some(Type::Bool), 0b010, 1) => name,
            (Some(Type::Bool), 0b010, _) => format!("not {name}"),
            _ => format!("{name} {} {}", sign(truth), self.constant(entry)),
        }
    }

    /// The changes that begin here.
    pub(super) fn changes(&self, reader: &mut Reader<'_>) -> Vec<String> {
        entries(reader).into_iter().map(|it| self.change(it)).collect()
    }

    fn change(&self, entry: Entry) -> String {
        let (name, by) = (self.slot(entry.slot.into()), entry.constant);
        match entry.head & ENTRY_CLASS {
            ENTRY_SET => format!("{name} = {}", self.constant(entry)),
            _ if by < 0 => format!("{name} -= {}", by.unsigned_abs()),
            _ => format!("{name} += {by}"),
        }
    }

    /// The constant of an entry, as what its slot holds.
    fn constant(&self, entry: Entry) -> String {
        let it = i64::from(entry.constant);
        match self.slots.get(usize::from(entry.slot)).map(|it| it.1) {
            Some(Type::Bool) => (it != 0).to_string(),
            Some(Type::Enum(of)) => self.word(of, it as u16),
            Some(Type::Duration) => Part::duration(it).at_least(Bond::Minus),
            Some(Type::Time) => Part::time(it).text,
            _ => it.to_string(),
        }
    }
}

/// The entries of a block; bounds tell nothing that the type does not.
fn entries(reader: &mut Reader<'_>) -> Vec<Entry> {
    let mut entries = Vec::new();
    while let Some(entry) = reader.array().map(Entry::of) {
        entries.push(entry);
        if entry.head & ENTRY_CLASS == ENTRY_ADD_WITHIN {
            reader.take(4);
        }
        if entry.is_last() {
            break;
        }
    }
    entries
}

/// At least something, and then at most something that is not less.
fn is_range(first: Entry, second: Entry) -> bool {
    let truths = [first, second].map(|it| it.head & ENTRY_TRUTH);
    truths == [0b110, 0b011] && first.slot == second.slot && first.constant <= second.constant
}

fn sign(truth: u8) -> &'static str {
    match truth {
        0b001 => "<",
        0b010 => "==",
        0b011 => "<=",
        0b100 => ">",
        0b101 => "!=",
        _ => ">=",
    }
}
