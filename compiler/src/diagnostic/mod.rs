//! The one type in which every stage reports what is wrong with a source; it knows no renderer.

mod brief;
pub mod code;
pub mod explain;
pub mod render;
pub mod sink;
pub mod suggest;

pub use code::Code;
pub use sink::Diagnostics;

use crate::source::FileId;
use brief::brief;
use machine_grammar::Span;
use serde::Serialize;

/// How bad it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// The program cannot be compiled.
    Error,
    /// It can, but probably does not do what its author means.
    Warning,
}

/// One mistake, told once.
///
/// The headline is one sentence, lower case, without a full stop, in the words of the language; the user's own
/// words stand in backticks. The way out goes into `help`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    /// Its stable code; `machinec explain CODE` tells more.
    pub code: Code,
    /// What is wrong, if only one sentence can be shown.
    pub headline: String,
    /// Places; the first is the primary one.
    pub labels: Vec<Label>,
    /// Further facts, one sentence each.
    pub notes: Vec<String>,
    /// The way out.
    pub help: Option<String>,
    /// The edit that does it, where one is worth offering.
    pub fix: Option<Fix>,
}

/// A place in a source and what is to be said of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Label {
    /// Which source.
    pub file: FileId,
    /// Where in it.
    pub span: Span,
    /// What is to be said; may be empty.
    pub text: String,
    /// The place of the mistake itself, not one that explains it.
    pub primary: bool,
}

/// An edit: replace `span` by `text`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fix {
    /// Which source.
    pub file: FileId,
    /// What is replaced; empty to insert.
    pub span: Span,
    /// By what.
    pub text: String,
    /// The author can have meant nothing else, so a machine may make it without asking.
    pub certain: bool,
}

impl Diagnostic {
    /// A mistake at one place. Add the rest with the methods below.
    #[must_use]
    pub fn new(code: Code, file: FileId, span: Span, headline: impl Into<String>) -> Self {
        let primary = Label { file, span, text: String::new(), primary: true };
        Self { code, headline: brief(headline.into()), labels: vec![primary], notes: Vec::new(), help: None, fix: None }
    }

    /// What to say at the primary place.
    #[must_use]
    pub fn label(mut self, text: impl Into<String>) -> Self {
        if let Some(primary) = self.labels.first_mut() {
            primary.text = brief(text.into());
        }
        self
    }

    /// A second place that explains the first.
    #[must_use]
    pub fn also(mut self, file: FileId, span: Span, text: impl Into<String>) -> Self {
        self.labels.push(Label { file, span, text: brief(text.into()), primary: false });
        self
    }

    /// A further fact.
    #[must_use]
    pub fn note(mut self, text: impl Into<String>) -> Self {
        self.notes.push(brief(text.into()));
        self
    }

    /// The way out.
    #[must_use]
    pub fn help(mut self, text: impl Into<String>) -> Self {
        self.help = Some(brief(text.into()));
        self
    }

    /// The edit that does it: a guess, unless [`Diagnostic::certain`] says otherwise.
    #[must_use]
    pub fn fix(mut self, file: FileId, span: Span, text: impl Into<String>) -> Self {
        self.fix = Some(Fix { file, span, text: text.into(), certain: false });
        self
    }

    /// The author can have meant nothing else than the edit makes of it.
    #[must_use]
    pub fn certain(self) -> Self {
        self.certain_if(true)
    }

    /// The same, if `certain`.
    #[must_use]
    pub fn certain_if(mut self, certain: bool) -> Self {
        self.fix = self.fix.map(|it| Fix { certain, ..it });
        self
    }

    /// Errors and warnings are told apart by their code's first letter.
    #[must_use]
    pub fn severity(&self) -> Severity {
        self.code.severity()
    }
}
