//! Where in the sources the code stands that may fail. Looked at only when it has failed.

use super::Table;
use super::read::Reader;
use crate::definition::Position;

/// One entry: where in the code it begins, and where that stands.
pub(crate) type Placed = (usize, Position);

/// Walks over the entries.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Walk<'t> {
    reader: Reader<'t>,
    at: usize,
    line: i64,
}

impl<'t> Walk<'t> {
    /// The entries behind the names of the sources; `None` if the names cannot be read.
    pub(crate) fn of(positions: &'t [u8]) -> Option<Self> {
        let mut reader = Reader::new(positions);
        reader.texts()?;
        Some(Self { reader, at: 0, line: 0 })
    }

    pub(crate) fn is_at_end(&self) -> bool {
        self.reader.is_at_end()
    }

    pub(crate) fn offset(&self) -> usize {
        self.reader.position()
    }
}

impl Iterator for Walk<'_> {
    type Item = Placed;

    fn next(&mut self) -> Option<Placed> {
        self.at += self.reader.length()?;
        let source = u16::try_from(self.reader.length()?).ok()?;
        self.line += self.reader.signed()?;
        let column = u16::try_from(self.reader.length()?).ok()?;
        Some((self.at, Position { source, line: u32::try_from(self.line).ok()?, column }))
    }
}

impl<'t> Table<'t> {
    /// Where the code at this offset stands.
    pub(crate) fn position(&self, at: usize) -> Position {
        let entries = Walk::of(self.extra.positions).into_iter().flatten();
        entries.take_while(|it| it.0 <= at).last().map_or_else(Position::default, |it| it.1)
    }

    /// Names of the sources that positions refer to, by index.
    pub fn sources(&self) -> impl Iterator<Item = &'t str> + use<'t> {
        let mut reader = Reader::new(self.extra.positions);
        let count = reader.length().unwrap_or(0);
        (0..count).map_while(move |_| reader.text())
    }
}
