//! Edits that make a broken source readable, and the way back from a place in the edited text to the source.

use crate::Span;
use std::ops::Range;

/// Replace `at` by `text`; nothing of the source when `at` is empty.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Edit {
    pub(crate) at: Range<usize>,
    pub(crate) text: String,
}

impl Edit {
    pub(crate) fn new(at: Range<usize>, text: impl Into<String>) -> Self {
        Self { at, text: text.into() }
    }

    pub(crate) fn insert(at: usize, text: &str) -> Self {
        Self::new(at..at, text)
    }
}

/// A source with edits applied.
pub(crate) struct Patched {
    pub(crate) text: String,
    pieces: Vec<Piece>,
}

/// A stretch of the edited text that is either a copy of the source or what an edit put there.
struct Piece {
    start: usize,
    source: Range<usize>,
    copied: bool,
}

impl Patched {
    /// Applies the edits in the order of the source; of two that overlap only the first is made.
    pub(crate) fn new(source: &str, edits: &[Edit]) -> Self {
        let mut sorted: Vec<&Edit> = edits.iter().collect();
        sorted.sort_by_key(|it| (it.at.start, std::cmp::Reverse(it.at.end)));
        let mut patched = Self { text: String::with_capacity(source.len() + 64), pieces: Vec::new() };
        let mut done = 0;
        for edit in sorted.into_iter().filter(|it| it.at.end <= source.len()) {
            if edit.at.start >= done {
                patched.push(done..edit.at.start, &source[done..edit.at.start], true);
                patched.push(edit.at.clone(), &edit.text, false);
                done = edit.at.end;
            }
        }
        patched.push(done..source.len(), &source[done..], true);
        patched
    }

    fn push(&mut self, source: Range<usize>, text: &str, copied: bool) {
        self.pieces.push(Piece { start: self.text.len(), source, copied });
        self.text.push_str(text);
    }

    /// The stretch of the source that became `span`.
    pub(crate) fn original(&self, span: Range<usize>) -> Range<usize> {
        let start = self.start(span.start);
        let end = if span.is_empty() { start } else { self.end(span.end) };
        start..end.max(start)
    }

    /// Where what begins here begins in the source: behind text that was removed before it.
    fn start(&self, at: usize) -> usize {
        match self.piece_before(self.pieces.partition_point(|it| it.start <= at)) {
            Some(piece) if at == piece.start => piece.source.start,
            Some(piece) => piece.place(at),
            None => at,
        }
    }

    /// Where what ends here ends in the source: before text that was removed behind it.
    fn end(&self, at: usize) -> usize {
        self.piece_before(self.pieces.partition_point(|it| it.start < at)).map_or(at, |piece| piece.place(at))
    }

    /// Where the piece before this one ends in the edited text.
    fn end_before(&self, index: usize) -> usize {
        self.pieces.get(index).map_or(self.text.len(), |it| it.start)
    }

    fn piece_before(&self, index: usize) -> Option<&Piece> {
        index.checked_sub(1).and_then(|it| self.pieces.get(it))
    }

    /// The same for a span of the tree, and whether an edit changed anything in it.
    pub(crate) fn original_span(&self, span: Span) -> (Span, bool) {
        let range = span.range();
        let original = self.original(range.clone());
        let changed = self.touches(range);
        (Span::new(original.start, original.end), changed)
    }

    /// Whether an edit reaches into this stretch of the edited text.
    fn touches(&self, span: Range<usize>) -> bool {
        let first = self.pieces.partition_point(|it| it.start < span.start);
        let inside = |it: &&Piece| it.start < span.end;
        let around = self.piece_before(first).is_some_and(|it| !it.copied) && self.end_before(first) > span.start;
        around || self.pieces.iter().skip(first).take_while(inside).any(|it| !it.copied)
    }
}

impl Piece {
    /// The place of the source for a place inside or at the end of this.
    fn place(&self, at: usize) -> usize {
        if self.copied { self.source.start + (at - self.start) } else { self.source.end }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_lead_back_to_the_source() {
        let edits = [Edit::insert(2, "XX"), Edit::new(4..6, ""), Edit::new(7..8, "long")];
        let patched = Patched::new("abcdefghij", &edits);
        assert_eq!(patched.text, "abXXcdglongij");
        assert_eq!(patched.original(0..2), 0..2);
        assert_eq!(patched.original(2..4), 2..2);
        assert_eq!(patched.original(4..6), 2..4);
        assert_eq!(patched.original(6..11), 6..8);
        assert_eq!(patched.original(11..13), 8..10);
    }

    #[test]
    fn what_an_edit_wrote_is_known_in_all_its_parts() {
        let patched = Patched::new("abcdef", &[Edit::new(2..4, "VWXYZ")]);
        for (span, changed) in [(0..2, false), (1..3, true), (3..4, true), (6..7, true), (7..9, false)] {
            assert_eq!(patched.touches(span.clone()), changed, "{span:?}");
        }
    }

    #[test]
    fn of_two_edits_that_overlap_the_first_is_made() {
        let edits = [Edit::new(3..6, "-"), Edit::new(1..4, "+")];
        assert_eq!(Patched::new("abcdefgh", &edits).text, "a+efgh");
    }
}
