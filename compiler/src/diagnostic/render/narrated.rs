//! Sentences instead of drawings, for screen readers and braille lines, by miette.
//!
//! miette knows one source a report and no notes, so labels in other files become related reports and notes are told
//! with the help. Nothing that `rich` shows is lost.

use super::excerpt::{Drawing, Excerpt, Placed};
use super::visible::visible;
use super::{Style, advice, short};
use crate::diagnostic::{self, Diagnostic};
use crate::source::SourceMap;
use miette::{
    LabeledSpan, MietteError, MietteSpanContents, NarratableReportHandler, Severity, SourceCode, SourceSpan,
    SpanContents,
};
use std::fmt;

/// Nobody looks at the right edge here, but a megabyte on one line must not be read aloud.
const STYLE: Style = Style { width: 500, colour: false, unicode: false };

/// One diagnostic, with an empty line behind it.
pub(super) fn text(sources: &SourceMap, diagnostic: &Diagnostic) -> String {
    let drawing = Drawing::new(sources, diagnostic, STYLE);
    let report = Report::new(sources, diagnostic, &drawing);
    let mut out = String::new();
    match NarratableReportHandler::new().with_context_lines(0).render_report(&mut out, &report) {
        Ok(()) => out + "\n",
        // All places come from the drawing itself, so this cannot happen; but a message must never get lost.
        Err(fmt::Error) => short::text(sources, diagnostic, STYLE),
    }
}

/// A borrowed view of one diagnostic, or of its labels in one further file.
struct Report<'a> {
    headline: String,
    code: Option<&'static str>,
    severity: Severity,
    help: Option<String>,
    excerpt: Option<&'a Excerpt<'a>>,
    labels: Vec<&'a Placed>,
    related: Vec<Report<'a>>,
}

impl<'a> Report<'a> {
    fn new(sources: &SourceMap, diagnostic: &Diagnostic, drawing: &'a Drawing<'a>) -> Self {
        let further = 1..drawing.excerpts.len();
        Self {
            headline: format!("{}: {}", place(sources, diagnostic), visible(&diagnostic.headline)),
            code: Some(diagnostic.code.number),
            severity: severity(diagnostic),
            help: help_and_notes(sources, diagnostic),
            excerpt: drawing.excerpts.first(),
            labels: labels_in(drawing, 0),
            related: further.map(|it| Self::elsewhere(drawing, it)).collect(),
        }
    }

    fn elsewhere(drawing: &'a Drawing<'a>, excerpt: usize) -> Self {
        let labels = labels_in(drawing, excerpt);
        let texts: Vec<&str> = labels.iter().map(|it| it.text.as_str()).filter(|it| !it.is_empty()).collect();
        Self {
            headline: texts.join("; "),
            code: None,
            severity: Severity::Advice,
            help: None,
            excerpt: drawing.excerpts.get(excerpt),
            labels,
            related: Vec::new(),
        }
    }
}

fn labels_in<'a>(drawing: &'a Drawing<'_>, excerpt: usize) -> Vec<&'a Placed> {
    drawing.labels.iter().filter(|it| it.excerpt == excerpt).collect()
}

/// The place of the primary label in words; with cut lines the columns that miette tells are those of the excerpt.
fn place(sources: &SourceMap, diagnostic: &Diagnostic) -> String {
    let Some(label) = diagnostic.labels.first() else { return String::from("nowhere") };
    let (line, column) = sources.line_column(label.file, label.span);
    format!("{}, line {line}, column {column}", visible(&sources.get(label.file).name))
}

fn severity(diagnostic: &Diagnostic) -> Severity {
    match diagnostic.severity() {
        diagnostic::Severity::Error => Severity::Error,
        diagnostic::Severity::Warning => Severity::Warning,
    }
}

fn help_and_notes(sources: &SourceMap, diagnostic: &Diagnostic) -> Option<String> {
    let notes = diagnostic.notes.iter().map(|it| format!("note: {it}"));
    let lines: Vec<String> = advice::help(sources, diagnostic).into_iter().chain(notes).collect();
    (!lines.is_empty()).then(|| visible(&lines.join("\n")).into_owned())
}

impl fmt::Display for Report<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.headline)
    }
}

impl fmt::Debug for Report<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl std::error::Error for Report<'_> {}

impl miette::Diagnostic for Report<'_> {
    fn code<'b>(&'b self) -> Option<Box<dyn fmt::Display + 'b>> {
        self.code.map(|it| Box::new(it) as _)
    }

    fn severity(&self) -> Option<Severity> {
        Some(self.severity)
    }

    fn help<'b>(&'b self) -> Option<Box<dyn fmt::Display + 'b>> {
        self.help.as_ref().map(|it| Box::new(it) as _)
    }

    fn source_code(&self) -> Option<&dyn SourceCode> {
        self.excerpt.map(|it| it as _)
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        let text = |it: &Placed| (!it.text.is_empty()).then(|| it.text.clone());
        Some(Box::new(self.labels.iter().map(move |it| LabeledSpan::new(text(it), it.range.start, it.range.len()))))
    }

    fn related<'b>(&'b self) -> Option<Box<dyn Iterator<Item = &'b dyn miette::Diagnostic> + 'b>> {
        if self.related.is_empty() {
            return None;
        }
        Some(Box::new(self.related.iter().map(|it| it as _)))
    }
}

/// Whole lines only: the context that miette asks for is always 0, because the excerpt holds no other lines.
impl SourceCode for Excerpt<'_> {
    fn read_span<'b>(
        &'b self,
        span: &SourceSpan,
        _before: usize,
        _after: usize,
    ) -> Result<Box<dyn SpanContents<'b> + 'b>, MietteError> {
        let first = self.line_at(span.offset());
        let last = self.line_at(span.offset() + span.len());
        let lines = self.lines.get(first..=last).unwrap_or_default();
        let (Some(start), Some(end)) = (lines.first(), lines.last()) else { return Err(MietteError::OutOfBounds) };
        let data = self.text.get(start.range.start..end.range.end).unwrap_or("").as_bytes();
        let covered = SourceSpan::new(start.range.start.into(), data.len());
        let column = self.column(start.range.start) - 1;
        let contents = MietteSpanContents::new_named(self.name(), data, covered, start.index, column, lines.len());
        Ok(Box::new(contents))
    }
}
