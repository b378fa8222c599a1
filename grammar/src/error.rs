//! What can be wrong with the syntax of a source: facts and places, no wording.

use crate::{Kind, Span};

/// One mistake in the syntax, told once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SyntaxError<'s> {
    /// What is wrong.
    pub problem: Problem<'s>,
    /// Where; may be empty at the place where something is missing.
    pub span: Span,
    /// A second place that explains the first: the bracket that is not closed, the `}` that closes nothing.
    pub related: Option<Span>,
    /// The edit that puts it right.
    pub fix: Option<Fix>,
}

/// An edit: replace `span` by `text`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fix {
    /// What is replaced; empty to insert.
    pub span: Span,
    /// By what.
    pub text: String,
    /// The author can have meant nothing else, so it may be made without asking; if not, it is only worth offering.
    pub certain: bool,
}

/// What is wrong. Texts are the user's own words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Problem<'s> {
    /// `found` cannot stand here.
    Unexpected {
        /// The word or mark; empty at the end of the file.
        found: &'s str,
        /// The word or mark before it in the same declaration; empty if there is none.
        after: &'s str,
        /// What could stand here instead, by [`Kind::word`]; in no particular order, each once.
        expected: Vec<Kind>,
    },
    /// Something is missing behind `after`, and the next word stands on another line.
    Missing {
        /// The word or mark behind which it is missing.
        after: &'s str,
        /// What could stand there, as above.
        expected: Vec<Kind>,
    },
    /// The same word or mark twice.
    Doubled(&'s str),
    /// A keyword with a slip in it.
    Misspelt {
        /// What was written.
        found: &'s str,
        /// The keyword that was meant, without backticks.
        right: &'static str,
    },
    /// A reserved word where a name belongs.
    Reserved(&'s str),
    /// A name with a character that needs backticks.
    NeedsBackticks(&'s str),
    /// `{` without `}`.
    UnclosedBrace {
        /// How many more, around this one, have none either.
        others: usize,
    },
    /// `}` without `{`; with a related place, that is the `}`, and a `{` is missing at the place of the error.
    StrayBrace,
    /// A `{` straight behind another.
    DoubledBrace,
    /// `(` or `[` without its counterpart, which belongs where the error is.
    UnclosedBracket {
        /// `)` or `]`.
        closer: &'static str,
    },
    /// `"` without `"` on its line.
    UnclosedText,
    /// A backtick without its counterpart on its line.
    UnclosedName,
    /// A character that may stand nowhere in a source, not even in a comment.
    Forbidden {
        /// Which.
        character: char,
        /// What it is called.
        name: &'static str,
    },
    /// Brackets nest more than [`crate::MAX_DEPTH`] deep.
    TooDeep,
    /// The source is longer than [`crate::MAX_SOURCE`] bytes.
    TooLarge,
    /// A comment as other languages write it: `#` or `/* */`.
    ForeignComment {
        /// `#` or `/*`.
        mark: &'static str,
        /// How many more of them follow in the file.
        others: usize,
    },
    /// `;`
    Semicolon {
        /// How many more of them follow in the file.
        others: usize,
    },
    /// `=>`, `→`, `goto` and the like for `->`.
    WrongArrow(&'s str),
    /// A text in quotes of another sort.
    WrongQuotes(&'s str),
    /// A text without quotes.
    Unquoted(&'s str),
    /// `5 minutes`: a unit as a word.
    SpacedUnit {
        /// Number and unit as written.
        found: &'s str,
        /// The same as it should be.
        right: String,
    },
    /// How often a watcher runs, written like an argument: with `:`, or between the brackets.
    MisplacedPace {
        /// As written: `every: 5s`.
        found: &'s str,
        /// As it belongs behind the brackets: `every 5s`.
        right: String,
    },
    /// A mark or a word of other languages for one of this language: `&&` for `and`, `:=` for `=`, `let` for `data`.
    WrongSign {
        /// As written.
        found: &'s str,
        /// As it is here.
        right: &'static str,
    },
    /// A word that says nothing here: `set` in `set x = 1`.
    Needless {
        /// The word.
        found: &'s str,
        /// The word behind it.
        before: &'s str,
    },
    /// `=` between a name and its value, where `:` belongs.
    EqualsForColon {
        /// [`Kind::Arg`], [`Kind::Entry`] or [`Kind::Field`].
        of: Kind,
        /// Both with the right mark: `timeout: 4s`.
        right: String,
    },
    /// A keyword without which the rest can be understood all the same.
    MissingWord {
        /// The keyword.
        word: &'static str,
        /// The words before which it belongs.
        before: &'s str,
        /// Both together: `on air.ok`.
        right: String,
    },
    /// A quote between the braces of a text, where it ends the text.
    QuoteInBraces,
    /// A name between quotes.
    QuotedName {
        /// With its quotes.
        found: &'s str,
        /// The word or mark before it: `->`.
        after: &'s str,
        /// Without them, perhaps between backticks.
        right: String,
    },
    /// A declaration that belongs into a machine stands outside.
    OutsideMachine(&'s str),
    /// A declaration that stands between machines stands inside one.
    InsideMachine(&'s str),
    /// A word of another language, for which there is another way here.
    ForeignWord(&'s str),
}

impl<'s> SyntaxError<'s> {
    pub(crate) fn new(problem: Problem<'s>, span: std::ops::Range<usize>) -> Self {
        Self { problem, span: Span::new(span.start, span.end), related: None, fix: None }
    }

    pub(crate) fn related(mut self, span: std::ops::Range<usize>) -> Self {
        self.related = Some(Span::new(span.start, span.end));
        self
    }

    /// An edit that is a guess, unless [`SyntaxError::certain_if`] says otherwise.
    pub(crate) fn fix(mut self, span: std::ops::Range<usize>, text: impl Into<String>) -> Self {
        self.fix = Some(Fix { span: Span::new(span.start, span.end), text: text.into(), certain: false });
        self
    }

    /// The author can have meant nothing else than the edit makes of it.
    pub(crate) fn certain(self) -> Self {
        self.certain_if(true)
    }

    pub(crate) fn certain_if(mut self, certain: bool) -> Self {
        self.fix = self.fix.map(|it| Fix { certain, ..it });
        self
    }
}

/// Bytes that are not a text in UTF-8.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotText {
    /// Offset of the first byte that is not.
    pub offset: usize,
    /// Its line, from 1.
    pub line: usize,
    /// The byte.
    pub byte: u8,
}

/// The bytes of a file as text.
///
/// # Errors
///
/// When they are not UTF-8: where they stop being so.
pub fn decode(bytes: &[u8]) -> Result<&str, NotText> {
    std::str::from_utf8(bytes).map_err(|error| {
        let offset = error.valid_up_to();
        let (before, rest) = bytes.split_at(offset);
        let line = 1 + before.iter().filter(|it| **it == b'\n').count();
        NotText { offset, line, byte: rest.first().copied().unwrap_or(0) }
    })
}
