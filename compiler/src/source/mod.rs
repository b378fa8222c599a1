//! The sources of one run, where their lines begin, and which of them uses which.

mod standard;
mod uses;

pub use uses::{Link, Missed, joined};

use machine_grammar::Span;
use std::collections::BTreeMap;

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
    /// Only other sources ask for it, with `use`: its machines are checked, and no tables are made of them.
    pub only_used: bool,
}

/// All sources of one run, by [`FileId`]; beside them, in every map, those that ship with the compiler.
#[derive(Debug, Default)]
pub struct SourceMap {
    files: Vec<Source>,
    links: BTreeMap<(FileId, String), Link>,
}

impl SourceMap {
    /// Adds a source.
    pub fn add(&mut self, name: impl Into<String>, text: impl Into<String>) -> FileId {
        self.push(Source::new(name, text))
    }

    /// Adds a source that nobody asked for but other sources.
    pub fn add_used(&mut self, name: impl Into<String>, text: impl Into<String>) -> FileId {
        self.push(Source { only_used: true, ..Source::new(name, text) })
    }

    fn push(&mut self, source: Source) -> FileId {
        self.files.push(source);
        FileId(self.files.len() - 1)
    }

    /// The same sources with other texts, as `text` gives them.
    #[must_use]
    pub fn with_texts(&self, mut text: impl FnMut(FileId, &Source) -> String) -> Self {
        let anew = |(id, it): (FileId, &Source)| Source {
            only_used: it.only_used,
            ..Source::new(it.name.clone(), text(id, it))
        };
        Self { files: self.iter().map(anew).collect(), links: self.links.clone() }
    }

    /// The source with this id.
    #[must_use]
    pub fn get(&self, id: FileId) -> &Source {
        standard::source(id).unwrap_or_else(|| &self.files[id.0])
    }

    /// All sources that were added, with their ids.
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

impl Source {
    /// Its name without the folder: tables hold it, and are the same wherever they were compiled.
    #[must_use]
    pub fn short_name(&self) -> &str {
        self.name.rsplit('/').next().unwrap_or(&self.name)
    }

    fn new(name: impl Into<String>, text: impl Into<String>) -> Self {
        let text = text.into();
        let line_starts = codespan_reporting::files::line_starts(&text).collect();
        Self { name: name.into(), text, line_starts, only_used: false }
    }
}
