//! The values that the code of a table speaks of: what is worth trying of all that an event may carry.

use super::Table;
use super::code::{ENTRY_ADD_WITHIN, ENTRY_CLASS, Entry, Form, Op};
use super::layout::CODE_UNIT;
use super::read::Reader;
use alloc::vec::Vec;

/// What stands in code.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Constants<'t> {
    /// Whole numbers, durations and times, in the order of their size.
    pub numbers: Vec<i64>,
    /// Texts.
    pub texts: Vec<&'t str>,
    /// The time by the calendar is read.
    pub reads_time: bool,
}

impl<'t> Table<'t> {
    /// All values that its code compares with, calculates with or sets.
    #[must_use]
    pub fn constants(&self) -> Constants<'t> {
        let (mut found, mut reader) = (Constants::default(), Reader::new(self.extra.code));
        while let Some(form) = Reader::u8(&mut reader.clone()).and_then(Form::of) {
            let whole = match form {
                Form::Compare | Form::Set => found.entries(&mut reader),
                Form::Expr | Form::Actions { .. } => found.operations(&mut reader),
            };
            if whole.is_none() {
                break;
            }
            reader.take(reader.position().next_multiple_of(CODE_UNIT) - reader.position());
        }
        found.numbers.sort_unstable();
        found.numbers.dedup();
        found.texts.sort_unstable();
        found.texts.dedup();
        found
    }
}

impl<'t> Constants<'t> {
    fn entries(&mut self, reader: &mut Reader<'t>) -> Option<()> {
        loop {
            let entry = Entry::of(reader.array()?);
            self.numbers.push(entry.constant.into());
            if entry.head & ENTRY_CLASS == ENTRY_ADD_WITHIN {
                reader.take(CODE_UNIT)?;
            }
            if entry.is_last() {
                return Some(());
            }
        }
    }

    fn operations(&mut self, reader: &mut Reader<'t>) -> Option<()> {
        reader.u8()?;
        loop {
            match Op::read(reader)? {
                Op::End => return Some(()),
                Op::Int(it) | Op::Duration(it) | Op::Time(it) => self.numbers.push(it),
                Op::Text(_, text) => self.texts.extend(core::str::from_utf8(text)),
                Op::Now => self.reads_time = true,
                _ => {}
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::OwnedTable;
    use crate::testing::air::air;

    #[test]
    fn what_code_speaks_of_is_found() {
        let table = OwnedTable::verify(air().encode().unwrap().into()).unwrap();
        let found = table.table().constants();
        assert!([2, 3, 10, 1_000].iter().all(|it| found.numbers.contains(it)), "{found:?}");
        assert!(found.texts.contains(&"room ") && found.reads_time, "{found:?}");
    }
}
