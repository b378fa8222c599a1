//! Doc comments on their way to the declaration below them.

use super::Lower;
use crate::diagnostic::{Code, Diagnostic};
use machine_grammar::{Node, Span};

/// The doc comments since the last declaration.
#[derive(Default)]
pub(super) struct Docs {
    text: String,
    /// The last of them.
    last: Option<Span>,
}

impl Docs {
    /// Adds a line, unless it stands behind something: then it is not above what it seems to describe.
    pub(super) fn add(&mut self, lower: &mut Lower<'_, '_>, node: Node<'_, '_>) {
        if !self.add_if_above(lower.source, node) {
            let help = "put it on the line above, or write `//`";
            lower.report(lower.misplaced_doc(node.span(), "stands behind what it describes", help));
        }
    }

    /// The same without a word; whether the line was added.
    pub(super) fn add_if_above(&mut self, source: &str, node: Node<'_, '_>) -> bool {
        if !begins_line(source, node.span()) {
            return false;
        }
        if self.last.is_some() {
            self.text.push('\n');
        }
        let text = node.text().trim_start_matches('/').trim_end();
        self.text.push_str(text.strip_prefix(' ').unwrap_or(text));
        self.last = Some(node.span());
        true
    }

    /// The text so far, for the declaration that follows.
    pub(super) fn take(&mut self) -> String {
        self.last = None;
        std::mem::take(&mut self.text)
    }

    /// Nothing follows in this block, so what is left describes nothing.
    pub(super) fn end(self, lower: &mut Lower<'_, '_>) {
        if let Some(span) = self.last {
            lower.doc_of_nothing(span);
        }
    }
}

fn begins_line(source: &str, span: Span) -> bool {
    let before = source.get(..span.start as usize).unwrap_or("");
    let line = before.rfind('\n').map_or(before, |it| before.get(it + 1..).unwrap_or(""));
    line.trim_start_matches('\u{FEFF}').trim().is_empty()
}

impl Lower<'_, '_> {
    /// Tells a doc comment behind which no declaration comes.
    pub(super) fn doc_of_nothing(&mut self, span: Span) {
        let help = "write `//` for a comment that belongs to no declaration";
        self.report(self.misplaced_doc(span, "describes nothing", help).certain());
    }

    fn misplaced_doc(&self, span: Span, why: &str, help: &str) -> Diagnostic {
        let marks = Span::new(span.start as usize, span.start as usize + "///".len());
        let headline = format!("this doc comment {why}");
        Diagnostic::new(Code::UNEXPECTED, self.file, span, headline)
            .label("a doc comment belongs above a declaration")
            .help(help)
            .fix(self.file, marks, "//")
    }
}
