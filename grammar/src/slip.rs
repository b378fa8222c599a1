//! Guesses at what was meant where a mark or a word of another language stands for one of this language.

use crate::Kind;
use crate::error::Problem;
use crate::guess::Guess;
use crate::keywords::nearest;
use crate::lex::{Look, Token};
use crate::machine::Context;
use crate::stretch::{Fault, Reading};
use std::ops::Range;

/// Operators of other languages, and what they are here.
const OPERATORS: [(&str, &str); 17] = [
    ("=", "=="),
    ("&&", "and"),
    ("||", "or"),
    ("&", "and"),
    ("|", "or"),
    ("===", "=="),
    ("!==", "!="),
    ("<>", "!="),
    ("=<", "<="),
    ("...", ".."),
    ("**", "*"),
    ("≥", ">="),
    ("≤", "<="),
    ("≠", "!="),
    ("×", "*"),
    ("equals", "=="),
    ("is", "=="),
];

/// Keywords of other languages, what they are here, and what has to be expected for that.
const KEYWORDS: [(&str, &str, Kind); 33] = [
    ("if", "when", Kind::Arrow),
    ("if", "when", Kind::When),
    ("where", "when", Kind::Arrow),
    ("let", "data", Kind::Data),
    ("var", "data", Kind::Data),
    ("val", "data", Kind::Data),
    ("const", "data", Kind::Data),
    ("import", "use", Kind::Use),
    ("include", "use", Kind::Use),
    ("print", "log", Kind::Log),
    ("echo", "log", Kind::Log),
    ("trigger", "raise", Kind::Raise),
    ("send", "emit", Kind::Emit),
    ("publish", "emit", Kind::Emit),
    ("wait", "after", Kind::After),
    ("sleep", "after", Kind::After),
    ("timer", "after", Kind::After),
    ("timeout", "after", Kind::After),
    ("ignore", "stay", Kind::Stay),
    ("nothing", "stay", Kind::Stay),
    ("pass", "stay", Kind::Stay),
    ("at", "after", Kind::After),
    ("in", "after", Kind::After),
    ("start", "initial", Kind::On),
    ("begin", "initial", Kind::On),
    ("first", "initial", Kind::On),
    ("default", "initial", Kind::On),
    ("end", "final", Kind::On),
    ("last", "final", Kind::On),
    ("terminal", "final", Kind::On),
    ("substate", "state", Kind::On),
    ("unless", "when not", Kind::Arrow),
    ("to", "..", Kind::Range),
];

/// Words before an assignment in other languages.
const BEFORE_ASSIGNMENT: [&str; 5] = ["set", "let", "var", "const", "data"];

impl<'s> Reading<'_, 's> {
    /// `:=` or `==` for `=`, `=` for `==`, `&&` for `and`.
    pub(crate) fn wrong_sign(&self, fault: &Fault<'_>) -> Option<Guess<'s>> {
        let token = self.tokens.get(fault.index)?;
        let right = match self.word(token) {
            ":=" | "==" => "=",
            "=" if self.is_after_when(fault) => "==",
            "=" => return None,
            word => operator(word)?,
        };
        Some(self.replacing(token, right))
    }

    /// `count++`
    pub(crate) fn increment(&self, fault: &Fault<'_>) -> Option<Guess<'s>> {
        let token = self.tokens.get(fault.index)?;
        let right = match self.word(token) {
            "++" => "+= 1",
            "--" => "-= 1",
            _ => return None,
        };
        let name = self.before(fault).filter(|it| matches!(it.look, Look::Word | Look::Quoted))?;
        let at = name.span.end..token.span.end;
        let problem = Problem::WrongSign { found: self.found(token), right };
        Some(Guess { certain: true, place: Some(token.span.clone()), ..Guess::new(problem, at, format!(" {right}")) })
    }

    /// `data count: 5` for `data count = 5`.
    pub(crate) fn colon_for_equals(&self, fault: &Fault<'_>) -> Option<Guess<'s>> {
        let token = self.tokens.get(fault.index)?;
        if self.word(token) == ":" && fault.expects(Kind::AssignMark) {
            return Some(Guess { text: " =".to_owned(), ..self.replacing(token, "=") });
        }
        // `"low" | "high"` is an enum with its words in quotes.
        let is_enum = self.tokens.get(fault.index + 1).is_some_and(|it| self.word(it) == "|");
        let is_text = token.look == Look::Text && !is_enum;
        let is_range = self.text[token.span.end..].starts_with("..");
        let is_number = token.look == Look::Number && !is_range && !self.word(token).contains("..");
        let is_value = is_text || is_number || matches!(self.word(token), "true" | "false");
        let colon = self.before(fault).filter(|it| is_value && self.word(it) == ":" && fault.expects(Kind::Type))?;
        Some(Guess { text: " =".to_owned(), ..self.replacing(colon, "=") })
    }

    /// `data count = int = 5` for `data count: int = 5`.
    pub(crate) fn equals_before_type(&self, fault: &Fault<'_>) -> Option<Guess<'s>> {
        self.tokens.get(fault.index).filter(|it| self.word(it) == "=")?;
        let first = self.tokens.partition_point(|it| it.span.start < fault.site.from);
        let [keyword, name, equals] = self.tokens.get(first..first + 3)? else { return None };
        let is_data = matches!(self.word(keyword), "data" | "fact") && self.word(equals) == "=";
        let at = name.span.end..equals.span.end;
        let problem = Problem::WrongSign { found: self.found(equals), right: ":" };
        is_data.then(|| Guess { place: Some(equals.span.clone()), ..Guess::new(problem, at, ":") })
    }

    /// `if` for `when`, `let` for `data`, `import` for `use`.
    pub(crate) fn foreign_keyword(&self, fault: &Fault<'_>) -> Option<Guess<'s>> {
        let token = self.tokens.get(fault.index)?;
        let word = self.word(token);
        if word == "if" && fault.expects(Kind::On) && self.events(fault.index + 1).is_some() {
            return Some(self.replacing(token, "on"));
        }
        if BEFORE_ASSIGNMENT.contains(&word) && fault.expects(Kind::Watch) && self.is_asked(fault) {
            return Some(self.replacing(token, "watch"));
        }
        let known = KEYWORDS.iter().find(|it| it.0 == word && fault.expects(it.2));
        // What stands for `stay` may be a state as well, before which the arrow is missing.
        let replaced = known.map(|it| Guess { certain: it.1 != "stay", ..self.replacing(token, it.1) });
        replaced.or_else(|| self.foreign_action(fault))
    }

    /// `let w = exec("./w.sh")`: what is given a name is no value, but a watcher.
    fn is_asked(&self, fault: &Fault<'_>) -> bool {
        let kinds = ["exec", "shell", "file", "kv", "schedule"];
        let behind = |it: usize| self.tokens.get(fault.index + it).map_or("", |it| self.word(it));
        behind(2) == "=" && kinds.contains(&behind(3)) && behind(4) == "("
    }

    /// `print "done"`: the word could be what is assigned to, so reading fails only behind it.
    fn foreign_action(&self, fault: &Fault<'_>) -> Option<Guess<'s>> {
        let word = self.before(fault).filter(|it| it.look == Look::Word && fault.expects(Kind::AssignMark))?;
        let actions = [Kind::Emit, Kind::Raise, Kind::Log, Kind::Poll];
        let known = KEYWORDS.iter().find(|it| it.0 == self.word(word) && actions.contains(&it.2));
        if let Some(known) = known {
            return Some(self.replacing(word, known.1));
        }
        let right = nearest(self.word(word), &actions).filter(|it| *it != self.word(word))?;
        let problem = Problem::Misspelt { found: self.found(word), right };
        Some(Guess::new(problem, word.span.clone(), right))
    }

    /// `set count = 5` among actions, `on enter { … }`.
    pub(crate) fn needless_word(&self, fault: &Fault<'_>) -> Option<Guess<'s>> {
        let token = self.tokens.get(fault.index)?;
        if matches!(self.word(token), "enter" | "exit") {
            let on = self.before(fault).filter(|it| self.word(it) == "on")?;
            return Some(self.needless(on, token));
        }
        if fault.site.context != Context::Action {
            return None;
        }
        // What can be taken for an action of that name fails only at the word behind.
        let before = self.before(fault).filter(|it| it.span.start >= fault.site.from);
        let (word, next) = match before.filter(|it| BEFORE_ASSIGNMENT.contains(&self.word(it))) {
            Some(before) => (before, token),
            None => (token, self.tokens.get(fault.index + 1)?),
        };
        BEFORE_ASSIGNMENT.contains(&self.word(word)).then(|| self.needless(word, next))
    }

    /// `on air.ok idle` without `->`.
    pub(crate) fn missing_arrow(&self, fault: &Fault<'_>) -> Option<Guess<'s>> {
        let is_name = |it: &&Token| self.is_name(it) && !matches!(self.word(it), "and" | "or" | "not" | "in" | "is");
        let promised = self.text[fault.site.from..].starts_with("require");
        let token = self.tokens.get(fault.index).filter(is_name).filter(|_| fault.expects(Kind::Arrow) && !promised)?;
        let before = self.before(fault).filter(|it| self.same_line(it.span.end, token.span.start))?;
        if !self.is_name(before) && !matches!(before.look, Look::Number) && self.word(before) != ")" {
            return None;
        }
        // Another one behind means that this was to be something else.
        let behind = self.tokens.get(fault.index + 1..).unwrap_or(&[]);
        let rest = &self.text[token.span.end..];
        let line_end = token.span.end + rest.find('\n').unwrap_or(rest.len());
        let mut on_line = behind.iter().take_while(|it| it.span.start < line_end);
        if on_line.any(|it| matches!(self.word(it), "->" | "enters" | "stay")) {
            return None;
        }
        let right = format!("-> {}", self.word(token));
        let problem = Problem::MissingWord { word: "->", before: self.found(token), right };
        let at = token.span.start..token.span.start;
        Some(Guess { place: Some(token.span.clone()), ..Guess::new(problem, at, "-> ") })
    }

    // ---- What they share

    fn replacing(&self, token: &Token, right: &'static str) -> Guess<'s> {
        let problem = Problem::WrongSign { found: self.found(token), right };
        Guess { certain: true, place: Some(token.span.clone()), ..Guess::new(problem, token.span.clone(), right) }
    }

    pub(crate) fn needless(&self, word: &Token, next: &Token) -> Guess<'s> {
        let at: Range<usize> = word.span.start..next.span.start;
        let problem = Problem::Needless { found: self.found(word), before: self.found(next) };
        Guess { certain: true, place: Some(word.span.clone()), ..Guess::new(problem, at, "") }
    }

    /// Whether a condition is being read: the last keyword before is `when`.
    pub(crate) fn is_after_when(&self, fault: &Fault<'_>) -> bool {
        let tokens = self.tokens.get(..fault.index).unwrap_or(&[]);
        let here = tokens.iter().rev().take_while(|it| it.span.start >= fault.site.from);
        let mut words = here.map(|it| self.word(it)).filter(|it| matches!(*it, "when" | "->" | "stay" | "on"));
        words.next() == Some("when")
    }
}

/// The operator of this language for one of another, or for itself in other letters; `None` for all else.
#[must_use]
pub fn operator(written: &str) -> Option<&'static str> {
    OPERATORS.iter().find(|it| it.0 == written).map(|it| it.1).or_else(|| shouted(written))
}

/// The same for signs that mean nothing else anywhere, so that no guess is needed.
pub(crate) fn foreign_sign(written: &str) -> Option<&'static str> {
    match written {
        ":=" => Some("="),
        "!" => Some("not"),
        "&&" | "||" | "===" | "!==" | "<>" | "≥" | "≤" | "≠" | "×" => operator(written),
        _ => None,
    }
}

/// `AND` for `and`.
fn shouted(word: &str) -> Option<&'static str> {
    ["and", "or", "not", "in"].into_iter().find(|it| it.eq_ignore_ascii_case(word) && *it != word)
}
