//! What can be wrong with a line.

use std::ops::Range;

/// A mistake in a line: one sentence, where it is, and the way out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mistake {
    /// Which bytes of the line it is about.
    pub span: Range<usize>,
    /// What is wrong, without a full stop.
    pub headline: String,
    /// What to say of the place itself.
    pub label: Box<str>,
    /// What to write instead.
    pub help: Box<str>,
    /// What is meant, if that is plain: to be put in the place of `span`.
    pub right: Option<Box<str>>,
    /// The words that may stand there, if one of them is meant and misspelt.
    pub words: &'static [&'static str],
    /// There is no such day.
    pub never_comes: bool,
    /// There is no time zone of this name.
    pub is_zone: bool,
}

impl Mistake {
    pub(crate) fn new(span: Range<usize>, headline: impl Into<String>) -> Self {
        let (label, help) = (Box::default(), Box::default());
        Self {
            span,
            headline: headline.into(),
            label,
            help,
            right: None,
            words: &[],
            never_comes: false,
            is_zone: false,
        }
    }

    pub(crate) fn label(self, label: impl Into<Box<str>>) -> Self {
        Self { label: label.into(), ..self }
    }

    pub(crate) fn help(self, help: impl Into<Box<str>>) -> Self {
        Self { help: help.into(), ..self }
    }

    pub(crate) fn right(self, right: impl Into<Box<str>>) -> Self {
        Self { right: Some(right.into()), ..self }
    }

    pub(crate) fn words(self, words: &'static [&'static str]) -> Self {
        Self { words, ..self }
    }
}
