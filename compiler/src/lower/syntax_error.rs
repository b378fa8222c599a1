//! The words for what the grammar found wrong.

use super::around::{misspelt_modifier, without_value};
use super::expected::{list, way_out};
use crate::diagnostic::{Code, Diagnostic};
use crate::source::FileId;
use machine_grammar::{Kind, MAX_DEPTH, MAX_SOURCE, Problem, RESERVED, Span, SyntaxError};

/// The message for an error in this source.
pub(super) fn diagnostic(file: FileId, source: &str, error: &SyntaxError<'_>) -> Diagnostic {
    let at = At { file, span: error.span, related: error.related };
    let told = match &error.problem {
        Problem::Unexpected { found, expected, .. } => {
            let meant = at.below_watcher(source, found, expected).or_else(|| at.meant(source, found, expected));
            meant.or_else(|| at.mixed_up(source, found, expected))
        }
        Problem::Misspelt { found, right } => {
            if let Some(told) = at.reach_from(source, found, right) {
                return told;
            }
            None
        }
        Problem::Missing { expected, .. } if expected.contains(&Kind::Equals) => {
            without_value(source, error.span).map(|right| at.tell(&error.problem).help(format!("write `{right}`")))
        }
        _ => None,
    };
    let told = told.unwrap_or_else(|| at.tell(&error.problem));
    match &error.fix {
        Some(fix) => told.fix(file, fix.span, fix.text.clone()).certain_if(fix.certain),
        None => told,
    }
}

/// Whether the error kept the whole file from being read.
pub(super) fn hides_all(error: &SyntaxError<'_>) -> bool {
    matches!(error.problem, Problem::TooDeep | Problem::TooLarge)
}

/// The place of an error.
#[derive(Clone, Copy)]
pub(super) struct At {
    pub(super) file: FileId,
    pub(super) span: Span,
    related: Option<Span>,
}

impl At {
    fn tell(self, problem: &Problem<'_>) -> Diagnostic {
        match problem {
            Problem::Unexpected { found, after, expected } => self.unexpected(found, after, expected),
            Problem::Missing { after, expected } => self.missing(after, expected),
            Problem::UnclosedBrace { others } => self.unclosed_brace(*others),
            Problem::StrayBrace => self.stray_brace(),
            Problem::UnclosedBracket { closer } => self.unclosed_bracket(closer),
            Problem::Forbidden { character, name } => self.forbidden(*character, name),
            Problem::ForeignComment { mark, others } => self.foreign_comment(mark, *others),
            Problem::Semicolon { others } => self.semicolon(*others),
            Problem::ForeignWord(found) => self.foreign_word(found),
            Problem::TooDeep => self.too_deep(),
            Problem::TooLarge => self.too_large(),
            _ => self.slip(problem),
        }
    }

    pub(super) fn says(self, code: Code, headline: impl Into<String>) -> Diagnostic {
        Diagnostic::new(code, self.file, self.span, headline)
    }

    // ---- Something else was expected

    pub(super) fn unexpected(self, found: &str, after: &str, expected: &[Kind]) -> Diagnostic {
        let text = if found.is_empty() { "the end of the file".to_owned() } else { format!("`{found}`") };
        let wanted = list(after, expected);
        let told = if wanted.is_empty() {
            self.says(Code::UNEXPECTED, format!("{text} cannot stand here"))
        } else {
            self.says(Code::UNEXPECTED, format!("expected {wanted}, found {text}")).label(format!("expected {wanted}"))
        };
        if expected.contains(&Kind::Name)
            && RESERVED.contains(&found)
            && !expected.iter().any(|it| matches!(it, Kind::On | Kind::Expect))
        {
            return told.help(format!(
                "`{found}` is a word of the language: choose another name, or write it between backticks"
            ));
        }
        told.help(way_out(after, expected))
    }

    /// `evry 10s` on a line of its own: what stands above it ends with its line as well as not.
    fn below_watcher(self, source: &str, found: &str, expected: &[Kind]) -> Option<Diagnostic> {
        let is_declaration = expected.contains(&Kind::After) && expected.contains(&Kind::On);
        let right = misspelt_modifier(source, self.span, found).filter(|_| is_declaration)?;
        let told = self.says(Code::UNEXPECTED, format!("`{found}` is neither a declaration nor a modifier"));
        let told = told.label(format!("did you mean `{right}`?"));
        Some(told.help(format!("write `{right}`")).fix(self.file, self.span, right))
    }

    fn missing(self, after: &str, expected: &[Kind]) -> Diagnostic {
        let wanted = list(after, expected);
        let wanted = if wanted.is_empty() { "more" } else { &wanted };
        self.says(Code::UNEXPECTED, format!("expected {wanted} behind `{after}`"))
            .label(format!("expected {wanted} behind this"))
            .help(way_out(after, expected))
    }

    // ---- Brackets

    fn unclosed_brace(self, others: usize) -> Diagnostic {
        let headline = match others {
            0 => "this `{` is never closed".to_owned(),
            1 => "this `{` and the one around it are never closed".to_owned(),
            more => format!("this `{{` and {more} around it are never closed"),
        };
        let told = self.says(Code::UNCLOSED_BRACE, headline).label("opened here");
        match self.related {
            Some(place) => told.also(self.file, place, "by the indentation, the `}` belongs here"),
            None => told,
        }
        .help("write the missing `}`")
    }

    fn stray_brace(self) -> Diagnostic {
        match self.related {
            Some(closer) => self
                .says(Code::STRAY_BRACE, "a `{` is missing here")
                .label("by the indentation, a `{` belongs here")
                .also(self.file, closer, "so that this `}` closes nothing")
                .help("write the missing `{`, or remove the `}`"),
            None => self
                .says(Code::STRAY_BRACE, "this `}` closes nothing")
                .label("no `{` is open here")
                .help("remove it, or write the `{` that it should close"),
        }
    }

    fn unclosed_bracket(self, closer: &str) -> Diagnostic {
        let told =
            self.says(Code::UNCLOSED_BRACE, format!("a `{closer}` is missing")).label(format!("expected `{closer}`"));
        match self.related {
            Some(opener) => told.also(self.file, opener, "opened here"),
            None => told,
        }
        .help(format!("write the missing `{closer}`"))
    }

    fn too_deep(self) -> Diagnostic {
        self.says(Code::NESTED_TOO_DEEP, format!("brackets nest more than {MAX_DEPTH} deep"))
            .label("one level too deep")
            .note("the rest of this file was not looked at")
            .help("close a bracket before, or split the machine into several")
    }

    // ---- Characters and sizes

    fn forbidden(self, character: char, name: &str) -> Diagnostic {
        let code = format!("U+{:04X}", u32::from(character));
        let why = if character.is_control() {
            "a control character may be shown as nothing at all"
        } else {
            "it is not shown, and can make a text look like another"
        };
        self.says(Code::FORBIDDEN_CHAR, format!("{name} ({code}) cannot stand in a source"))
            .label(code.clone())
            .note(why)
            .help(format!("remove it; in a text, write `\\u{{{:x}}}`", u32::from(character)))
    }

    fn too_large(self) -> Diagnostic {
        self.says(Code::SOURCE_TOO_LARGE, format!("this file is larger than {} MiB", MAX_SOURCE >> 20))
            .label("the file ends only here")
            .help("split it into several files, or see whether it is a source at all")
    }
}
