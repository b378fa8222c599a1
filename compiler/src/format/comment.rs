//! Comments in their order, and how each stands to the code around it.

use machine_grammar::{Span, Tree};
use unicode_width::UnicodeWidthStr;

/// How a comment stands to the code around it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    /// On a line of its own.
    Own,
    /// Behind code on the same line.
    Behind,
    /// Straight below a comment that stands behind code, in the same column: it goes on where that one ends.
    Below,
}

/// One comment.
#[derive(Clone, Copy, Debug)]
pub(super) struct Comment<'s> {
    pub(super) place: Place,
    /// With its `//`, without blanks at its end.
    pub(super) text: &'s str,
    pub(super) span: Span,
}

/// The comments of a source from one of them on.
pub(super) struct Comments<'s> {
    source: &'s str,
    spans: std::vec::IntoIter<Span>,
    last: Option<Last>,
}

/// What the next comment has to fit to be the continuation of the last.
#[derive(Clone, Copy)]
struct Last {
    next_line: usize,
    column: usize,
    place: Place,
}

impl<'s> Comments<'s> {
    pub(super) fn new(tree: &Tree<'s>) -> Self {
        Self { source: tree.source(), spans: tree.comments().to_vec().into_iter(), last: None }
    }

    /// The next comment if it begins before `offset`.
    pub(super) fn next_before(&mut self, offset: u32) -> Option<Comment<'s>> {
        self.has_before(offset).then(|| self.spans.next()).flatten().map(|it| self.comment(it))
    }

    /// Whether there is one more that begins before `offset`.
    pub(super) fn has_before(&self, offset: u32) -> bool {
        self.spans.as_slice().first().is_some_and(|it| it.start < offset)
    }

    fn comment(&mut self, span: Span) -> Comment<'s> {
        let before = self.source.get(..span.start as usize).unwrap_or("");
        let line_start = before.rfind('\n').map_or(0, |it| it + 1);
        let lead = before.get(line_start..).unwrap_or("");
        let column = lead.width();
        let place = self.place(lead, line_start, column);
        self.last = Some(Last { next_line: span.end as usize + 1, column, place });
        let text = self.source.get(span.range()).unwrap_or("").trim_end();
        Comment { place, text, span }
    }

    fn place(&self, lead: &str, line_start: usize, column: usize) -> Place {
        if !lead.trim_start_matches('\u{FEFF}').trim().is_empty() {
            return Place::Behind;
        }
        let goes_on = |it: Last| it.place != Place::Own && it.next_line == line_start && it.column == column;
        if self.last.is_some_and(goes_on) { Place::Below } else { Place::Own }
    }
}

/// Whether there is an empty line straight before `offset`.
pub(super) fn follows_blank_line(source: &str, offset: u32) -> bool {
    let before = source.get(..offset as usize).unwrap_or("");
    let blanks = before.get(before.trim_end().len()..).unwrap_or("");
    blanks.matches('\n').nth(1).is_some()
}
