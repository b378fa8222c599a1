//! The lines of the sources that one diagnostic points at, cut to the width and made harmless to show.
//!
//! A renderer is given the excerpt instead of the source: its text, and the labels' places in it. Line and column
//! numbers stay those of the source.

use super::{Style, clip, visible};
use crate::diagnostic::{Diagnostic, Label};
use crate::source::{FileId, SourceMap};
use machine_grammar::Span;
use std::collections::BTreeSet;
use std::ops::Range;

/// A label over more lines than this is drawn on its first line only.
const TALLEST: usize = 8;
/// A narrower terminal is treated as if it had this many columns.
const NARROWEST: usize = 40;

/// All excerpts of one diagnostic and its labels in them.
pub(super) struct Drawing<'a> {
    /// One a file, in the order in which the labels name them.
    pub(super) excerpts: Vec<Excerpt<'a>>,
    /// The labels, in their order.
    pub(super) labels: Vec<Placed>,
}

/// A label whose place is in an excerpt.
pub(super) struct Placed {
    /// Index into [`Drawing::excerpts`].
    pub(super) excerpt: usize,
    /// Bytes of the excerpt's text.
    pub(super) range: Range<usize>,
    /// What is said there, harmless.
    pub(super) text: String,
    /// As in [`Label`].
    pub(super) primary: bool,
}

/// The shown lines of one source.
pub(super) struct Excerpt<'a> {
    sources: &'a SourceMap,
    file: FileId,
    /// The shown lines, a line break after each.
    pub(super) text: String,
    /// In the order of the source.
    pub(super) lines: Vec<Line>,
    /// Where the characters of the source are in `text`; both ascend.
    marks: Vec<Mark>,
}

/// One shown line.
pub(super) struct Line {
    /// Its number in the source, from 0.
    pub(super) index: usize,
    /// Its bytes in the excerpt's text, without the line break.
    pub(super) range: Range<usize>,
}

struct Mark {
    source: usize,
    shown: usize,
}

impl<'a> Drawing<'a> {
    /// Draws nothing yet, but gathers all that is needed for it.
    pub(super) fn new(sources: &'a SourceMap, diagnostic: &Diagnostic, style: Style) -> Self {
        let mut files: Vec<FileId> = Vec::new();
        for label in &diagnostic.labels {
            if !files.contains(&label.file) {
                files.push(label.file);
            }
        }
        let of = |file: &FileId| Excerpt::new(sources, *file, &diagnostic.labels, style);
        let excerpts: Vec<_> = files.iter().map(of).collect();
        let place = |label: &Label| {
            let excerpt = files.iter().position(|it| *it == label.file).unwrap_or(0);
            Placed {
                excerpt,
                range: excerpts[excerpt].place(label.span),
                text: visible::visible_line(&label.text).into_owned(),
                primary: label.primary,
            }
        };
        let labels = diagnostic.labels.iter().map(place).collect();
        Self { excerpts, labels }
    }
}

impl<'a> Excerpt<'a> {
    fn new(sources: &'a SourceMap, file: FileId, labels: &[Label], style: Style) -> Self {
        let mut excerpt = Self { sources, file, text: String::new(), lines: Vec::new(), marks: Vec::new() };
        let spans: Vec<_> = labels.iter().filter(|it| it.file == file).map(|it| excerpt.drawable(it.span)).collect();
        let wanted = excerpt.wanted_lines(&spans);
        let digits = wanted.last().map_or(1, |last| (last + 1).ilog10() as usize + 1);
        let width = style.width.max(NARROWEST) - digits - " | ".len();
        let ellipsis = if style.unicode { "…" } else { "..." };
        for index in wanted {
            excerpt.add_line(index, &spans, width, ellipsis);
        }
        excerpt
    }

    /// The part of a span that is drawn: without the line break at its end, and of a tall one the first line.
    fn drawable(&self, span: Span) -> Range<usize> {
        let length = self.sources.get(self.file).text.len();
        let start = span.range().start.min(length);
        let end = span.range().end.clamp(start, length);
        let first = self.line_of(start);
        let last = self.line_of(end);
        if last - first > TALLEST {
            return start..self.bytes_of(first).end.max(start);
        }
        let at_line_start = last > first && end == self.bytes_of(last).start;
        start..if at_line_start { self.bytes_of(last - 1).end.max(start) } else { end }
    }

    /// All lines that the spans touch, and single lines between two of them: a gap sign would take as much room.
    fn wanted_lines(&self, spans: &[Range<usize>]) -> BTreeSet<usize> {
        let mut wanted: BTreeSet<usize> =
            spans.iter().flat_map(|it| self.line_of(it.start)..=self.line_of(it.end)).collect();
        let gaps: Vec<usize> = wanted.iter().map(|it| it + 1).filter(|it| wanted.contains(&(it + 1))).collect();
        wanted.extend(gaps);
        wanted
    }

    fn add_line(&mut self, index: usize, spans: &[Range<usize>], width: usize, ellipsis: &str) {
        let bytes = self.bytes_of(index);
        let source = self.sources.get(self.file);
        let line = source.text.get(bytes.clone()).unwrap_or("");
        let touches = |it: &&Range<usize>| it.start <= bytes.end && it.end >= bytes.start;
        let focus = |it: &Range<usize>| it.start.saturating_sub(bytes.start);
        let focuses: Vec<usize> = spans.iter().filter(touches).map(focus).collect();
        let start = self.text.len();
        let mut seen = 0;
        for piece in clip::pieces(line, &focuses, width, ellipsis.chars().count()) {
            self.skip(bytes.start + seen, seen < piece.start, ellipsis);
            self.add_piece(line, bytes.start, piece.clone());
            seen = piece.end;
        }
        self.skip(bytes.start + seen, seen < line.len(), ellipsis);
        self.mark(bytes.end);
        self.lines.push(Line { index, range: start..self.text.len() });
        self.text.push('\n');
    }

    fn add_piece(&mut self, line: &str, line_start: usize, piece: Range<usize>) {
        for (at, ch) in line.get(piece.clone()).unwrap_or("").char_indices() {
            self.mark(line_start + piece.start + at);
            visible::push(&mut self.text, ch);
        }
    }

    /// Shows that what follows `source` is left out.
    fn skip(&mut self, source: usize, really: bool, ellipsis: &str) {
        if really {
            self.mark(source);
            self.text.push_str(ellipsis);
        }
    }

    fn mark(&mut self, source: usize) {
        self.marks.push(Mark { source, shown: self.text.len() });
    }

    /// Where a span of the source is in the text.
    fn place(&self, span: Span) -> Range<usize> {
        let drawn = self.drawable(span);
        let start = self.shown(drawn.start);
        start..self.shown(drawn.end).max(start)
    }

    fn shown(&self, source: usize) -> usize {
        let next = self.marks.partition_point(|it| it.source < source);
        self.marks.get(next).or(self.marks.last()).map_or(0, |it| it.shown)
    }

    /// The place in the source of a place in the text.
    fn origin(&self, shown: usize) -> usize {
        let next = self.marks.partition_point(|it| it.shown <= shown);
        next.checked_sub(1).and_then(|it| self.marks.get(it)).map_or(0, |it| it.source)
    }

    /// Index in [`Excerpt::lines`] of the line at a place in the text; the first one when there is none.
    pub(super) fn line_at(&self, shown: usize) -> usize {
        self.lines.partition_point(|it| it.range.start <= shown).saturating_sub(1)
    }

    /// Column in the source, from 1, of a place in the text.
    pub(super) fn column(&self, shown: usize) -> usize {
        let origin = self.origin(shown);
        self.sources.line_column(self.file, Span::new(origin, origin)).1
    }

    /// The source's name, harmless.
    pub(super) fn name(&self) -> String {
        visible::visible_line(&self.sources.get(self.file).name).into_owned()
    }

    fn line_of(&self, offset: usize) -> usize {
        let starts = &self.sources.get(self.file).line_starts;
        starts.partition_point(|start| *start <= offset).saturating_sub(1)
    }

    /// The bytes of a line of the source without its line break.
    fn bytes_of(&self, index: usize) -> Range<usize> {
        let source = self.sources.get(self.file);
        let start = source.line_starts.get(index).copied().unwrap_or(source.text.len());
        let end = source.line_starts.get(index + 1).copied().unwrap_or(source.text.len());
        let line = source.text.get(start..end).unwrap_or("");
        let line = line.strip_suffix('\n').map_or(line, |it| it.strip_suffix('\r').unwrap_or(it));
        start..start + line.len()
    }
}
