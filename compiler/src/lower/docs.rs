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
        if !begins_line(lower.source, node.span()) {
            let help = "put it on the line above, or write `//`";
            return lower.misplaced_doc(node.span(), "stands behind what it describes", help);
        }
        if self.last.is_some() {
            self.text.push('\n');
        }
        let text = node.text().trim_start_matches('/').trim_end();
        self.text.push_str(text.strip_prefix(' ').unwrap_or(text));
        self.last = Some(node.span());
    }

    /// The text so far, for the declaration that follows.
    pub(super) fn take(&mut self) -> String {
        self.last = None;
        std::mem::take(&mut self.text)
    }

    /// Nothing follows in this block, so what is left describes nothing.
    pub(super) fn end(self, lower: &mut Lower<'_, '_>) {
        if let Some(span) = self.last {
            lower.misplaced_doc(span, "describes nothing", "write `//` for a comment that belongs to no declaration");
        }
    }
}

fn begins_line(source: &str, span: Span) -> bool {
    let before = source.get(..span.start as usize).unwrap_or("");
    let line = before.rfind('\n').map_or(before, |it| before.get(it + 1..).unwrap_or(""));
    line.trim_start_matches('\u{FEFF}').trim().is_empty()
}

impl Lower<'_, '_> {
    fn misplaced_doc(&mut self, span: Span, why: &str, help: &str) {
        let marks = Span::new(span.start as usize, span.start as usize + "///".len());
        let headline = format!("this doc comment {why}");
        let diagnostic = Diagnostic::new(Code::UNEXPECTED, self.file, span, headline)
            .label("a doc comment belongs above a declaration")
            .help(help)
            .fix(self.file, marks, "//");
        self.report(diagnostic);
    }
}
