//! The words for slips, and for the habits of other languages.

use super::syntax_error::At;
use crate::diagnostic::{Code, Diagnostic};
use machine_grammar::{Kind, Problem};

impl At {
    /// Slips for which a word or two are enough: headline, label, help.
    pub(super) fn slip(self, problem: &Problem<'_>) -> Diagnostic {
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
            Problem::WrongSign { found, right } => wrong_sign(found, right),
            Problem::Needless { found, before } => needless(found, before),
            Problem::QuoteInBraces => quote_in_braces(),
            Problem::QuotedName { found, after, right } => quoted_name(found, after, right),
            Problem::OutsideMachine(found) => outside_machine(found),
            Problem::InsideMachine(found) => inside_machine(found),
            _ => return self.unexpected("", "", &[]),
        };
        self.says(code, headline).label(label).help(help)
    }

    // ---- Mistakes that are made all over a file, and words that have no counterpart

    pub(super) fn foreign_comment(self, mark: &str, others: usize) -> Diagnostic {
        let told = self.says(Code::UNEXPECTED, format!("a comment begins with `//`, not with `{mark}`"));
        more(told.label("a comment of another language"), others).help(if mark == "#" {
            "write `//` instead"
        } else {
            "write `//` before each of its lines"
        })
    }

    pub(super) fn semicolon(self, others: usize) -> Diagnostic {
        let told = self.says(Code::UNEXPECTED, "there are no semicolons here").label("not needed");
        more(told, others).help("remove it; nothing stands between two declarations")
    }

    pub(super) fn foreign_word(self, found: &str) -> Diagnostic {
        let help = match found {
            "else" | "elif" | "elsif" | "elseif" | "if" => {
                "let each case have its handler: `on check.ok when level > 3 -> a`, then `on check.ok -> b`"
            }
            "for" => "there are no loops; a watcher repeats by itself: `watch NAME = exec(\"./check.sh\") every 1m`",
            "transition" | "transitions" => {
                "write the transition into the state that it leaves: `on check.ok -> STATE`"
            }
            "states" => "write each state by itself: `state NAME { … }`",
            "watchers" => {
                "write each watcher into the state in which it runs: `watch NAME = exec(\"./check.sh\") every 1m`"
            }
            "?" => {
                "let each case have its handler: `on check.ok when level > 3 -> a { n = 1 }`, then `on check.ok -> a { n = 2 }`"
            }
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
    let what = match of {
        Kind::Arg => "an argument",
        Kind::Field => "a field",
        _ => "an entry",
    };
    let headline = format!("{what} is written `{right}`, with `:` and not with `=`");
    (Code::UNEXPECTED, headline, "expected `:`".into(), format!("write `{right}`"))
}

fn missing_word(word: &str, before: &str, right: &str) -> Words {
    let what = if word.starts_with(char::is_alphabetic) { "the word " } else { "" };
    let headline = format!("{what}`{word}` is missing before `{before}`");
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

fn wrong_sign(found: &str, right: &str) -> Words {
    let headline = format!("`{found}` is written `{right}` here");
    let help = match right {
        "and" | "or" | "not" | "in" => "the operators between conditions are words: `and`, `or`, `not`, `in`",
        "=" => "`=` gives a value, and `==` compares two",
        "==" => "`==` compares two values, and `=` gives one",
        ":" => "data is written `data NAME: TYPE = VALUE`",
        "+= 1" | "-= 1" => "what a machine remembers is changed by `=`, `+=` and `-=`",
        "data" => "what a machine remembers is declared once, by `data NAME: TYPE = VALUE`",
        "when" => "a condition is written `on EVENT when CONDITION -> STATE`, or `when CONDITION -> STATE`",
        "on" => "an event is waited for by `on EVENT -> STATE`, and a condition by `when CONDITION -> STATE`",
        "initial" => "the state in which a machine begins is written `initial state NAME { … }`",
        "final" => "the state in which a machine ends is written `final state NAME`",
        "{" => "what belongs to a state stands between `{` and `}`",
        "enters" => "write `on MACHINE enters STATE` for the moment at which another machine comes there",
        "(NAME)" => "what an event carries gets a name between brackets: `on air.ok(a) when a.co2 > 800 -> STATE`",
        "when not" => "a condition is written `when CONDITION`, and its opposite `when not (CONDITION)`",
        "again" => "`again` stands behind the state: `-> STATE again`",
        "." => "what a watcher reports stands behind it with `.`, as in `on check.ok -> STATE`",
        "after" => "a machine waits by `after DURATION -> STATE`",
        "stay" => "write `on EVENT stay` to answer without leaving the state",
        "watch" => "what is asked is a `watch NAME = KIND(…) every DURATION`, or a `run NAME = KIND(…)` to do it once",
        ".." => "a range of numbers is written `int in A..B`",
        "use" => "write `use std/NAME` for a template, or `use \"FILE.machine\"` for another file",
        _ => "",
    };
    let help = if help.is_empty() { format!("write `{right}`") } else { help.to_owned() };
    (Code::UNEXPECTED, headline, format!("did you mean `{right}`?"), help)
}

fn needless(found: &str, before: &str) -> Words {
    let headline = format!("`{found}` is not needed before `{before}`");
    (Code::UNEXPECTED, headline, "not needed".into(), format!("write `{before}` by itself"))
}

fn quote_in_braces() -> Words {
    let headline = "a text cannot stand between the braces of another";
    let help = r#"give it a name first, by `data NAME = "…"`, or write `\{` for the character itself"#;
    (Code::BRACE_IN_STRING, headline.into(), "the text ends here".into(), help.into())
}
