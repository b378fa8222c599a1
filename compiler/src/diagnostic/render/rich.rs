//! Source lines with what is wrong drawn under them, by codespan-reporting.

use super::excerpt::{Drawing, Excerpt, Line, Placed};
use super::visible::{TAB, visible, visible_line};
use super::{Style, advice, short};
use crate::diagnostic::{self, Diagnostic};
use crate::source::SourceMap;
use codespan_reporting::diagnostic as codespan;
use codespan_reporting::files::{Error, Files};
use codespan_reporting::term::termcolor::{Ansi, NoColor};
use codespan_reporting::term::{self, Chars, Config};
use std::ops::Range;

/// One diagnostic, with an empty line behind it.
pub(super) fn text(sources: &SourceMap, diagnostic: &Diagnostic, style: Style) -> String {
    let drawing = Drawing::new(sources, diagnostic, style);
    let picture = picture(sources, diagnostic, &drawing, style);
    // All files and places come from the drawing itself, so this cannot fail; but a message must never get lost.
    draw(&drawing, &picture, style).unwrap_or_else(|_| short::text(sources, diagnostic, style))
}

fn draw(drawing: &Drawing<'_>, picture: &codespan::Diagnostic<usize>, style: Style) -> Result<String, Error> {
    let chars = if style.unicode { Chars::box_drawing() } else { Chars::ascii() };
    let config = Config { chars, tab_width: TAB, ..Config::default() };
    let bytes = if style.colour {
        let mut out = Ansi::new(Vec::new());
        term::emit_to_write_style(&mut out, &config, drawing, picture)?;
        out.into_inner()
    } else {
        let mut out = NoColor::new(Vec::new());
        term::emit_to_write_style(&mut out, &config, drawing, picture)?;
        out.into_inner()
    };
    Ok(without_trailing_spaces(&String::from_utf8_lossy(&bytes)))
}

/// The drawing library ends some lines in spaces, which would be noise in snapshots and copied text.
fn without_trailing_spaces(text: &str) -> String {
    text.lines().flat_map(|line| [line.trim_end_matches(' '), "\n"]).collect()
}

/// The same diagnostic in the words of codespan-reporting; its files are indices into the drawing's excerpts.
fn picture(
    sources: &SourceMap,
    diagnostic: &Diagnostic,
    drawing: &Drawing<'_>,
    style: Style,
) -> codespan::Diagnostic<usize> {
    let notes = diagnostic.notes.iter().map(|it| wrapped("note: ", it, style));
    let help = advice::help(sources, diagnostic).map(|it| wrapped("help: ", &it, style));
    codespan::Diagnostic::new(severity(diagnostic))
        .with_code(diagnostic.code.number)
        .with_message(visible_line(&diagnostic.headline))
        .with_labels(drawing.labels.iter().map(label).collect())
        .with_notes(notes.chain(help).collect())
}

fn severity(diagnostic: &Diagnostic) -> codespan::Severity {
    match diagnostic.severity() {
        diagnostic::Severity::Error => codespan::Severity::Error,
        diagnostic::Severity::Warning => codespan::Severity::Warning,
    }
}

fn label(placed: &Placed) -> codespan::Label<usize> {
    let style = if placed.primary { codespan::LabelStyle::Primary } else { codespan::LabelStyle::Secondary };
    codespan::Label::new(style, placed.excerpt, placed.range.clone()).with_message(&placed.text)
}

/// A note broken at spaces into lines that fit; its further lines stand under its first word. A test in it is left as it is,
/// since it is there to be copied.
fn wrapped(prefix: &str, note: &str, style: Style) -> String {
    // The drawing puts up to six columns of line number and `=` before a note.
    let room = style.width.saturating_sub(prefix.len() + 6).max(30);
    let indent = " ".repeat(prefix.len());
    let note = visible(note);
    let mut is_test = false;
    let lines = note.lines().flat_map(|line| {
        is_test |= line.starts_with("test \"");
        let room = if is_test { usize::MAX } else { room };
        is_test &= line != "}";
        broken(line, room)
    });
    let lines: Vec<String> = lines.collect();
    format!("{prefix}{}", lines.join(&format!("\n{indent}")))
}

/// One line as several of at most `room` characters, unless a word is longer than that; all as far indented as the line.
fn broken(line: &str, room: usize) -> Vec<String> {
    let text = line.trim_start_matches(' ');
    let indent = &line[..line.len() - text.len()];
    let mut lines = vec![indent.to_owned()];
    let mut used = indent.len();
    for (at, word) in text.split(' ').enumerate() {
        let length = word.chars().count();
        let fits = at == 0 || used + 1 + length <= room;
        if !fits {
            lines.push(indent.to_owned());
            used = indent.len();
        }
        let blank = at > 0 && fits;
        if let Some(last) = lines.last_mut() {
            last.extend(blank.then_some(' '));
            last.push_str(word);
        }
        used += length + usize::from(blank);
    }
    lines
}

impl Drawing<'_> {
    fn excerpt(&self, id: usize) -> Result<&Excerpt<'_>, Error> {
        self.excerpts.get(id).ok_or(Error::FileMissing)
    }
}

impl Excerpt<'_> {
    fn line_with(&self, index: usize) -> Option<&Line> {
        let at = self.lines.binary_search_by_key(&index, |it| it.index).ok()?;
        self.lines.get(at)
    }
}

/// Line indices are those of the source, byte offsets those of the excerpt.
impl<'a> Files<'a> for Drawing<'_> {
    type FileId = usize;
    type Name = String;
    type Source = &'a str;

    fn name(&'a self, id: usize) -> Result<String, Error> {
        Ok(self.excerpt(id)?.name())
    }

    fn source(&'a self, id: usize) -> Result<&'a str, Error> {
        Ok(&self.excerpt(id)?.text)
    }

    fn line_index(&'a self, id: usize, byte: usize) -> Result<usize, Error> {
        let excerpt = self.excerpt(id)?;
        Ok(excerpt.lines.get(excerpt.line_at(byte)).map_or(0, |it| it.index))
    }

    fn column_number(&'a self, id: usize, _line: usize, byte: usize) -> Result<usize, Error> {
        Ok(self.excerpt(id)?.column(byte))
    }

    fn line_range(&'a self, id: usize, line: usize) -> Result<Range<usize>, Error> {
        let found = self.excerpt(id)?.line_with(line);
        found.map(|it| it.range.clone()).ok_or(Error::LineTooLarge { given: line, max: line })
    }
}
