//! The words for what the grammar found wrong.

use super::expected::{is_kept_word, list, way_out};
use crate::diagnostic::{Code, Diagnostic};
use crate::source::FileId;
use machine_grammar::{Kind, MAX_DEPTH, MAX_SOURCE, Problem, Span, SyntaxError};

/// The message for an error.
pub(super) fn diagnostic(file: FileId, error: &SyntaxError<'_>) -> Diagnostic {
    let told = At { file, span: error.span, related: error.related }.tell(&error.problem);
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
struct At {
    file: FileId,
    span: Span,
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

    /// Slips for which a word or two are enough: headline, label, help.
    fn slip(self, problem: &Problem<'_>) -> Diagnostic {
        let (code, headline, label, help) = match problem {
            Problem::Misspelt { found, right } => misspelt(found, right),
            Problem::Reserved(word) => reserved(word),
            Problem::NeedsBackticks(found) => needs_backticks(found),
            Problem::Doubled(found) => doubled(found),
            Problem::DoubledBrace => doubled_brace(),
            Problem::UnclosedText => unclosed_text(),
            Problem::UnclosedName => unclosed_name(),
            Problem::WrongArrow(found) => wrong_arrow(found),
            Problem::WrongQuotes(found) => wrong_quotes(found),
            Problem::Unquoted(found) => unquoted(found),
            Problem::SpacedUnit { found, right } => spaced_unit(found, right),
            Problem::MisplacedPace { found, right } => misplaced_pace(found, right),
            Problem::EqualsForColon { of, right } => equals_for_colon(*of, right),
            Problem::MissingWord { word, before, right } => missing_word(word, before, right),
            Problem::QuotedName { found, after, right } => quoted_name(found, after, right),
            Problem::OutsideMachine(found) => outside_machine(found),
            Problem::InsideMachine(found) => inside_machine(found),
            _ => return self.unexpected("", "", &[]),
        };
        self.says(code, headline).label(label).help(help)
    }

    fn says(self, code: Code, headline: impl Into<String>) -> Diagnostic {
        Diagnostic::new(code, self.file, self.span, headline)
    }

    // ---- Something else was expected

    fn unexpected(self, found: &str, after: &str, expected: &[Kind]) -> Diagnostic {
        let text = if found.is_empty() { "the end of the file".to_owned() } else { format!("`{found}`") };
        let wanted = list(after, expected);
        let told = if wanted.is_empty() {
            self.says(Code::UNEXPECTED, format!("{text} cannot stand here"))
        } else {
            self.says(Code::UNEXPECTED, format!("expected {wanted}, found {text}")).label(format!("expected {wanted}"))
        };
        let told = told.help(way_out(expected));
        if is_kept_word(found, expected) {
            told.note(format!("`{found}` is a word that is kept for a coming version"))
        } else {
            told
        }
    }

    fn missing(self, after: &str, expected: &[Kind]) -> Diagnostic {
        let wanted = list(after, expected);
        let wanted = if wanted.is_empty() { "more" } else { &wanted };
        self.says(Code::UNEXPECTED, format!("expected {wanted} behind `{after}`"))
            .label(format!("expected {wanted} behind this"))
            .help(way_out(expected))
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

    // ---- Habits from other languages

    fn foreign_comment(self, mark: &str, others: usize) -> Diagnostic {
        let told = self.says(Code::UNEXPECTED, format!("a comment begins with `//`, not with `{mark}`"));
        more(told.label("a comment of another language"), others).help(if mark == "#" {
            "write `//` instead"
        } else {
            "write `//` before each of its lines"
        })
    }

    fn semicolon(self, others: usize) -> Diagnostic {
        let told = self.says(Code::UNEXPECTED, "there are no semicolons here").label("not needed");
        more(told, others).help("remove it; nothing stands between two declarations")
    }

    fn foreign_word(self, found: &str) -> Diagnostic {
        let help = match found {
            "else" | "if" => "let each event have its handler: `on check.ok -> a` and `on check.failed -> b`",
            "transition" | "transitions" => {
                "write the transition into the state that it leaves: `on check.ok -> STATE`"
            }
            "states" => "write each state by itself: `state NAME { … }`",
            "watchers" => {
                "write each watcher into the state in which it runs: `watch NAME = exec(\"./check.sh\") every 1m`"
            }
            "import" | "include" => "declare all that a machine needs in the machine",
            "goto" => "write `->`",
            "end" => "blocks end with `}`",
            _ => {
                "a machine is written `machine NAME 1.0.0 { … }`, and made of `state`, `watch`, `run`, `on` and `after`"
            }
        };
        self.says(Code::UNEXPECTED, format!("the language has no `{found}`")).label("cannot stand here").help(help)
    }
}

fn more(told: Diagnostic, others: usize) -> Diagnostic {
    match others {
        0 => told,
        1 => told.note("there is another one in this file"),
        _ => told.note(format!("there are {others} more in this file")),
    }
}

/// Code, headline, label, help.
type Words = (Code, String, String, String);

fn misspelt(found: &str, right: &str) -> Words {
    let headline = format!("`{found}` is not a keyword");
    (Code::MISSPELT_KEYWORD, headline, format!("did you mean `{right}`?"), format!("write `{right}`"))
}

fn reserved(word: &str) -> Words {
    let headline = format!("`{word}` is a word of the language and no name");
    (
        Code::RESERVED_WORD,
        headline,
        "reserved".into(),
        format!("choose another name, or write `` `{word}` `` between backticks"),
    )
}

fn needs_backticks(found: &str) -> Words {
    let headline = format!("`{found}` is a name only between backticks");
    let label = "a plain name has letters, digits and `_`, and no digit first".into();
    (Code::UNEXPECTED, headline, label, format!("write `` `{found}` ``, or choose a plain name"))
}

fn doubled(found: &str) -> Words {
    (Code::UNEXPECTED, format!("`{found}` stands here twice"), "once is enough".into(), format!("remove one `{found}`"))
}

fn doubled_brace() -> Words {
    (Code::STRAY_BRACE, "this `{` opens nothing".into(), "the second in a row".into(), "remove it".into())
}

fn unclosed_text() -> Words {
    let help = "write the missing `\"`; a text ends on the line on which it begins, `\\n` stands for a new line";
    (Code::UNCLOSED_STRING, "this text has no closing `\"`".into(), "begins here".into(), help.into())
}

fn unclosed_name() -> Words {
    let help = "write the missing backtick; a name ends on the line on which it begins";
    (Code::UNCLOSED_STRING, "this name has no closing backtick".into(), "begins here".into(), help.into())
}

fn wrong_arrow(found: &str) -> Words {
    let headline = format!("a transition is written `->`, not `{found}`");
    (Code::UNEXPECTED, headline, "expected `->`".into(), "write `->`".into())
}

fn wrong_quotes(found: &str) -> Words {
    let headline = format!("a text stands between `\"`, unlike `{found}`");
    (Code::UNEXPECTED, headline, "other quotes".into(), "write `\"` on both sides".into())
}

fn unquoted(found: &str) -> Words {
    let headline = format!("`{found}` is a text and needs quotes");
    (Code::UNEXPECTED, headline, "a text without quotes".into(), format!("write `\"{found}\"`"))
}

fn spaced_unit(found: &str, right: &str) -> Words {
    let headline = format!("`{found}` is not how a duration is written");
    let help = format!("write `{right}`; the units are `ms`, `s`, `m`, `h`, `d` and `w`");
    (Code::BAD_UNIT, headline, format!("did you mean `{right}`?"), help)
}

fn misplaced_pace(found: &str, right: &str) -> Words {
    let mark = found.chars().find(|it| matches!(it, ':' | '='));
    let without = mark.map_or_else(String::new, |it| format!(", without `{it}`"));
    let headline = format!("`{right}` stands behind the brackets{without}");
    (Code::UNEXPECTED, headline, "written like an argument".into(), format!("write `{right}` behind the `)`"))
}

fn equals_for_colon(of: Kind, right: &str) -> Words {
    let what = if of == Kind::Arg { "an argument" } else { "an entry" };
    let headline = format!("{what} is written `{right}`, with `:` and not with `=`");
    (Code::UNEXPECTED, headline, "expected `:`".into(), format!("write `{right}`"))
}

fn missing_word(word: &str, before: &str, right: &str) -> Words {
    let headline = format!("the word `{word}` is missing before `{before}`");
    (Code::UNEXPECTED, headline, format!("expected `{word}` before this"), format!("write `{right}`"))
}

fn quoted_name(found: &str, after: &str, right: &str) -> Words {
    let headline = format!("a name stands without quotes, unlike `{found}`");
    let shown = if right.starts_with('`') { format!("`` {after} {right} ``") } else { format!("`{after} {right}`") };
    (Code::UNEXPECTED, headline, "a text, where a name belongs".into(), format!("write {shown}"))
}

fn outside_machine(found: &str) -> Words {
    let headline = format!("`{found}` stands outside of any machine");
    (Code::UNEXPECTED, headline, "belongs inside a machine".into(), "write `machine NAME 1.0.0 { … }` around it".into())
}

fn inside_machine(found: &str) -> Words {
    let headline = format!("a `{found}` cannot stand inside another declaration");
    let help = "put it behind the closing `}` of the machine, or see whether that `}` is missing";
    (Code::UNEXPECTED, headline, "belongs between machines".into(), help.into())
}
