//! Lines of a program that implements a kind, bounded.

use std::collections::VecDeque;

/// The longest line that is taken, in bytes.
pub(crate) const LONGEST: usize = 64 * 1024;

/// One line, without its end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Line {
    /// As it came.
    Whole(Vec<u8>),
    /// The output ended in its middle.
    Half(Vec<u8>),
    /// More than [`LONGEST`] bytes; what was in it is lost.
    TooLong,
}

/// Splits what is printed; blank lines are nothing.
#[derive(Debug, Default)]
pub(crate) struct Lines {
    current: Vec<u8>,
    is_too_long: bool,
    only_last: bool,
    ready: VecDeque<Line>,
}

impl Lines {
    /// Keeps no line but the last.
    pub(crate) fn only_last() -> Self {
        Self { only_last: true, ..Self::default() }
    }

    /// Takes the next piece.
    pub(crate) fn push(&mut self, bytes: &[u8]) {
        let mut pieces = bytes.split(|byte| *byte == b'\n');
        let last = pieces.next_back();
        for piece in pieces {
            self.extend(piece);
            self.end_line(Line::Whole);
        }
        self.extend(last.unwrap_or_default());
    }

    /// Nothing more comes.
    pub(crate) fn finish(&mut self) {
        self.end_line(Line::Half);
    }

    /// The next line.
    pub(crate) fn next(&mut self) -> Option<Line> {
        self.ready.pop_front()
    }

    fn extend(&mut self, bytes: &[u8]) {
        if self.current.len() + bytes.len() > LONGEST {
            self.is_too_long = true;
        }
        if self.is_too_long {
            self.current = Vec::new();
        } else {
            self.current.extend_from_slice(bytes);
        }
    }

    fn end_line(&mut self, as_line: fn(Vec<u8>) -> Line) {
        let bytes = std::mem::take(&mut self.current);
        let is_too_long = std::mem::take(&mut self.is_too_long);
        let line = match bytes.trim_ascii() {
            _ if is_too_long => Line::TooLong,
            [] => return,
            text => as_line(text.to_vec()),
        };
        if self.only_last {
            self.ready.clear();
        }
        self.ready.push_back(line);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(mut lines: Lines, pieces: &[&[u8]]) -> Vec<Line> {
        pieces.iter().for_each(|it| lines.push(it));
        lines.finish();
        std::iter::from_fn(|| lines.next()).collect()
    }

    #[test]
    fn lines_come_one_by_one_wherever_the_pieces_end() {
        let whole = |text: &str| Line::Whole(text.into());
        let found = lines(Lines::default(), &[b"one\ntw", b"o\r\n", b"\n\n three", b"\nfour"]);
        assert_eq!(found, [whole("one"), whole("two"), whole("three"), Line::Half(b"four".into())]);
        assert_eq!(lines(Lines::only_last(), &[b"one\ntwo\n\n"]), [whole("two")]);
        assert_eq!(lines(Lines::only_last(), &[b"one\nt"]), [Line::Half(b"t".into())]);
        assert_eq!(lines(Lines::default(), &[b"", b"\n"]), []);
    }

    #[test]
    fn a_line_without_an_end_takes_no_room() {
        let mut endless = Lines::default();
        for _ in 0..1_000 {
            endless.push(&[b'x'; 16 * 1024]);
            assert!(endless.current.capacity() <= 2 * LONGEST);
        }
        endless.push(b"\nshort\n");
        assert_eq!([endless.next(), endless.next()], [Some(Line::TooLong), Some(Line::Whole(b"short".into()))]);
    }
}
