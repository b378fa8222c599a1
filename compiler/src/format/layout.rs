//! From pieces to lines.

use super::comment::Place;
use super::measure::needs;
use super::piece::Piece;
use super::{INDENT, MAX_WIDTH};
use unicode_width::UnicodeWidthStr;

/// One line of the result.
#[derive(Debug, Default)]
pub(super) struct Line<'s> {
    /// Blanks before the text.
    pub(super) indent: usize,
    /// Code, or a comment on a line of its own.
    pub(super) text: String,
    /// Columns of both.
    pub(super) width: usize,
    /// Where in `text` the blank before a handler's response is, and its column.
    pub(super) stop: Option<(usize, usize)>,
    /// A comment behind the code; alone if it goes on where that of the line before ends.
    pub(super) comment: Option<&'s str>,
    /// The text is a comment.
    is_own_comment: bool,
    /// An empty line stands before.
    pub(super) blank_before: bool,
}

impl Line<'_> {
    /// There is no code on it.
    pub(super) fn is_comment(&self) -> bool {
        self.is_own_comment || self.text.is_empty()
    }

    /// There is code on it, and nothing behind.
    fn takes_comment(&self) -> bool {
        !self.is_comment() && self.comment.is_none()
    }

    /// Its code opens or closes a block or a broken list.
    pub(super) fn is_bracket(&self) -> bool {
        !self.is_own_comment && (self.text.ends_with(['{', '(', '[']) || self.text.starts_with(['}', ')', ']']))
    }

    fn is_empty(&self) -> bool {
        self.text.is_empty() && self.comment.is_none()
    }

    fn push(&mut self, text: &str) {
        self.text.push_str(text);
        self.width += text.width();
    }
}

/// Breaks the groups for which a line has no room, and those in which a line has to end.
pub(super) fn lines<'s>(pieces: &[Piece<'s>]) -> Vec<Line<'s>> {
    let mut layout = Layout::default();
    for (piece, need) in pieces.iter().zip(needs(pieces)) {
        layout.piece(*piece, need);
    }
    layout.finish_line();
    layout.lines
}

#[derive(Default)]
struct Layout<'s> {
    lines: Vec<Line<'s>>,
    line: Line<'s>,
    /// Where lines begin in the groups that are open; and whether these are broken.
    indents: Vec<usize>,
    broken: Vec<bool>,
    /// What comes next begins a line, behind an empty one.
    ended: bool,
    blank: bool,
    /// A blank stands before what comes next on this line.
    space: bool,
}

impl<'s> Layout<'s> {
    fn piece(&mut self, piece: Piece<'s>, need: usize) {
        match piece {
            Piece::Word(text) => self.word(text),
            Piece::Verbatim(text) => self.verbatim(text),
            Piece::Space => self.space = true,
            Piece::Stop => self.stop(),
            Piece::Break(blank) => self.may_end(blank),
            Piece::LastComma if self.is_broken() => self.word(","),
            Piece::LastComma => {}
            Piece::Newline => self.ended = true,
            Piece::Blank => (self.ended, self.blank) = (true, true),
            Piece::Open => self.open(need),
            Piece::Close => _ = (self.indents.pop(), self.broken.pop()),
            Piece::In => self.indents.push(self.indent() + INDENT),
            Piece::Out => _ = self.indents.pop(),
            Piece::Comment(place, text) => self.comment(place, text),
        }
    }

    /// Where a line would begin.
    fn indent(&self) -> usize {
        self.indents.last().copied().unwrap_or(0)
    }

    fn is_broken(&self) -> bool {
        self.broken.last().copied().unwrap_or(true)
    }

    fn open(&mut self, need: usize) {
        let (indent, column) = match self.ended {
            true => (self.indent(), self.indent()),
            false => (self.line.indent, self.line.width + usize::from(self.space)),
        };
        self.indents.push(indent);
        self.broken.push(column.saturating_add(need) > MAX_WIDTH);
    }

    fn word(&mut self, text: &'s str) {
        if self.ended {
            self.begin_line(self.indent());
        } else if self.space {
            self.line.push(" ");
        }
        self.space = false;
        self.line.push(text);
    }

    fn verbatim(&mut self, text: &'s str) {
        for (index, line) in text.lines().enumerate() {
            if index > 0 {
                self.begin_line(0);
            }
            self.word(line.trim_end());
        }
    }

    fn stop(&mut self) {
        if !self.ended {
            self.line.stop = Some((self.line.text.len(), self.line.width));
        }
        self.space = true;
    }

    fn may_end(&mut self, blank: bool) {
        if self.is_broken() {
            self.ended = true;
        } else {
            self.space |= blank;
        }
    }

    fn comment(&mut self, place: Place, text: &'s str) {
        match place {
            Place::Behind if self.line.takes_comment() => self.line.comment = Some(text),
            Place::Below if self.line.comment.is_some() => {
                self.begin_line(self.line.indent);
                self.line.comment = Some(text);
            }
            _ => {
                self.begin_line(self.indent());
                self.line.push(text);
                self.line.is_own_comment = true;
            }
        }
        self.ended = true;
    }

    fn begin_line(&mut self, indent: usize) {
        self.finish_line();
        let blank_before = self.blank && !self.lines.is_empty();
        self.line = Line { indent, width: indent, blank_before, ..Line::default() };
        (self.ended, self.blank, self.space) = (false, false, false);
    }

    fn finish_line(&mut self) {
        if !self.line.is_empty() {
            self.lines.push(std::mem::take(&mut self.line));
        }
    }
}
