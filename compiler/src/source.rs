//! The sources of one run and where their lines begin.

use machine_grammar::Span;

/// Index of a source in its [`SourceMap`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FileId(pub usize);

/// One source: its name for messages and its text.
#[derive(Debug)]
pub struct Source {
    /// The path as the user wrote it.
    pub name: String,
    /// The text.
    pub text: String,
    /// Offset of the first byte of every line.
    pub line_starts: Vec<usize>,
}

/// All sources of one run, by [`FileId`].
#[derive(Debug, Default)]
pub struct SourceMap {
    files: Vec<Source>,
}

impl SourceMap {
    /// Adds a source.
    pub fn add(&mut self, name: impl Into<String>, text: impl Into<String>) -> FileId {
        let text = text.into();
        let line_starts = codespan_reporting::files::line_starts(&text).collect();
        self.files.push(Source { name: name.into(), text, line_starts });
        FileId(self.files.len() - 1)
    }

    /// The source with this id.
    #[must_use]
    pub fn get(&self, id: FileId) -> &Source {
        &self.files[id.0]
    }

    /// All sources with their ids.
    pub fn iter(&self) -> impl Iterator<Item = (FileId, &Source)> {
        self.files.iter().enumerate().map(|(index, it)| (FileId(index), it))
    }

    /// Line and column of a place, both from 1; columns count characters.
    #[must_use]
    pub fn line_column(&self, id: FileId, span: Span) -> (usize, usize) {
        let source = self.get(id);
        let at = (span.start as usize).min(source.text.len());
        let line = source.line_starts.partition_point(|start| *start <= at).max(1);
        let before = source.text.get(source.line_starts[line - 1]..at).unwrap_or("");
        (line, before.chars().count() + 1)
    }
}
