//! Guesses at what was meant where the habits of another language show: a mark or a word too many, or one too few.

use crate::Kind;
use crate::error::Problem;
use crate::guess::Guess;
use crate::keywords::{RESERVED, nearest};
use crate::lex::{Look, Token};
use crate::stretch::{Fault, Reading};
use std::ops::Range;

impl<'s> Reading<'_, 's> {
    /// `every: 5s` behind the brackets, and the same with other modifiers.
    pub(crate) fn marked_pace(&self, fault: &Fault<'_>) -> Option<Guess<'s>> {
        self.tokens.get(fault.index).filter(|it| self.is_assignment(it))?;
        let is_paced = |it: &&Token| matches!(self.word(it), "every" | "splay" | "timeout" | "backoff" | "wait");
        let every = self.before(fault).filter(is_paced)?;
        let pace = self.tokens.get(fault.index + 1).filter(|it| it.look == Look::Number)?;
        let place = every.span.start..pace.span.end;
        let right = format!("{} {}", self.word(every), self.word(pace));
        let problem = Problem::MisplacedPace { found: self.original(&place), right };
        let at = every.span.end..pace.span.start;
        Some(Guess { certain: true, place: Some(place), ..Guess::new(problem, at, " ") })
    }

    /// `file("x", every: 5s)`: the pace moves behind the bracket, and what may follow it stays inside.
    pub(crate) fn pace_as_argument(&self, fault: &Fault<'_>) -> Option<Guess<'s>> {
        let every = self.tokens.get(fault.index).filter(|it| self.word(it) == "every")?;
        let before = self.before(fault).filter(|it| matches!(self.word(it), "," | "("))?;
        let behind = self.tokens.get(fault.index + 1..)?;
        let marks = usize::from(behind.first().is_some_and(|it| self.is_assignment(it)));
        let pace = behind.get(marks).filter(|it| it.look == Look::Number)?;
        let closer = behind.iter().find(|it| self.word(it) == ")")?;
        let (start, others) = self.without(before, &(every.span.start..pace.span.end), closer);
        let right = format!("every {}", self.word(pace));
        let text = format!("{others}) {right}");
        let place = every.span.start..pace.span.end;
        let problem = Problem::MisplacedPace { found: self.original(&place), right };
        let at = start..closer.span.end;
        let same_line = self.same_line(at.start, at.end);
        same_line.then(|| Guess { certain: true, place: Some(place), ..Guess::new(problem, at, text) })
    }

    /// What is left of the arguments from `before`, a `(` or `,`, to `closer` when `taken` is taken out, and where it
    /// begins.
    fn without(&self, before: &Token, taken: &Range<usize>, closer: &Token) -> (usize, String) {
        let others = self.text[taken.end..closer.span.start].trim_start_matches([',', ' ']);
        match self.word(before) {
            "(" => (taken.start, others.to_owned()),
            _ if others.is_empty() => (before.span.start, String::new()),
            _ => (before.span.start, format!(", {others}")),
        }
    }

    /// `timeout = 4s` between brackets, `A = "b"` in a map.
    pub(crate) fn equals_for_colon(&self, fault: &Fault<'_>) -> Option<Guess<'s>> {
        let equals = self.tokens.get(fault.index).filter(|it| self.word(it) == "=" && fault.expects(Kind::Colon))?;
        let name = self.before(fault).filter(|it| matches!(it.look, Look::Word | Look::Quoted | Look::Text))?;
        let value = self.tokens.get(fault.index + 1)?;
        let of = self.of_list(fault);
        let right = format!("{}: {}", self.word(name), self.shown_value(value, fault.index + 2));
        let problem = Problem::EqualsForColon { of, right };
        let at = name.span.end..equals.span.end;
        Some(Guess { certain: true, place: Some(equals.span.clone()), ..Guess::new(problem, at, ":") })
    }

    /// What a list is made of in which a colon is missing.
    fn of_list(&self, fault: &Fault<'_>) -> Kind {
        let in_braces = self.opener(fault.index, "{", "}").map_or(0, |it| it.start);
        let in_parens = self.opener(fault.index, "(", ")").map_or(0, |it| it.start);
        let owner = self.tokens.iter().take_while(|it| it.span.start < in_braces).last();
        let is_field = owner.is_some_and(|it| self.word(it) == "returns");
        match (in_braces > in_parens, fault.expects(Kind::CloseParen)) {
            (true, _) => {
                if is_field {
                    Kind::Field
                } else {
                    Kind::Entry
                }
            }
            (false, true) => Kind::Arg,
            (false, false) => Kind::Field,
        }
    }

    /// `deployer.ok -> monitor` without `on`.
    pub(crate) fn missing_on(&self, fault: &Fault<'_>) -> Option<Guess<'s>> {
        let first = self.tokens.get(fault.index).filter(|_| fault.expects(Kind::On))?;
        let events = self.events(fault.index)?;
        let right = format!("on {}", self.text[events.clone()].trim());
        let problem = Problem::MissingWord { word: "on", before: self.original(&events), right };
        let at = first.span.start..first.span.start;
        Some(Guess { certain: true, place: Some(events), ..Guess::new(problem, at, "on ") })
    }

    /// `initial unknown` without `state`.
    pub(crate) fn missing_state(&self, fault: &Fault<'_>) -> Option<Guess<'s>> {
        let name = self.tokens.get(fault.index).filter(|it| self.is_name(it) && fault.expects(Kind::StateWord))?;
        let role = self.before(fault).filter(|it| matches!(self.word(it), "initial" | "final"))?;
        // `initial stat unknown`: the word is there, with a slip in it.
        let named = self.tokens.get(fault.index + 1).is_some_and(|it| self.is_name(it) && self.follows(name, it));
        if named && nearest(self.word(name), &[Kind::StateWord]).is_some() {
            return None;
        }
        let right = format!("{} state {}", self.word(role), self.word(name));
        let problem = Problem::MissingWord { word: "state", before: self.found(name), right };
        let at = name.span.start..name.span.start;
        Some(Guess { certain: true, place: Some(name.span.clone()), ..Guess::new(problem, at, "state ") })
    }

    /// `-> "idle"`: a name in quotes.
    pub(crate) fn quoted_name(&self, fault: &Fault<'_>) -> Option<Guess<'s>> {
        let text = self.tokens.get(fault.index).filter(|it| it.look == Look::Text)?;
        let before = self.before(fault)?;
        if !matches!(
            self.word(before),
            "->" | "on"
                | "state"
                | "as"
                | "watch"
                | "run"
                | "machine"
                | "data"
                | "fact"
                | "event"
                | "emit"
                | "raise"
                | "poll"
        ) {
            return None;
        }
        // `run "./w.sh"`: a program, where its run should have a name.
        let next = self.tokens.get(fault.index + 1).filter(|it| self.follows(text, it));
        if matches!(self.word(before), "watch" | "run") && next.is_none_or(|it| !self.is_assignment(it)) {
            return None;
        }
        let inner = self.word(text).trim_matches('"');
        let right = written_name(inner, matches!(self.word(before), "->" | "on"))?;
        let problem = Problem::QuotedName { found: self.found(text), after: self.found(before), right: right.clone() };
        Some(Guess { certain: right == inner, ..Guess::new(problem, text.span.clone(), right) })
    }

    /// Where one or more events stand, if a response follows them: `air.ok, air.failed` before `->` or `stay`.
    pub(crate) fn events(&self, index: usize) -> Option<Range<usize>> {
        let tokens = self.tokens.get(index..)?;
        let response = tokens.iter().position(|it| matches!(self.word(it), "->" | "stay"))?;
        let events = tokens.get(..response)?;
        let is_event = |it: &[Token]| matches!(it, [watcher, dot, outcome] if self.is_name(watcher) && self.word(dot) == "." && self.is_name(outcome));
        let all = events.split(|it| self.word(it) == ",").all(is_event);
        let (first, last) = (events.first()?, events.last()?);
        all.then_some(first.span.start..last.span.end)
    }

    pub(crate) fn is_name(&self, token: &Token) -> bool {
        token.look == Look::Quoted || token.look == Look::Word && !RESERVED.contains(&self.word(token))
    }

    /// Whether `next` stands behind a token on the same line.
    pub(crate) fn follows(&self, token: &Token, next: &Token) -> bool {
        self.same_line(token.span.end, next.span.start)
    }

    fn is_assignment(&self, token: &Token) -> bool {
        matches!(self.word(token), ":" | "=")
    }

    /// A value as a message shows it, from its first token and what stands at the index behind that: what is more than a
    /// path is left to the imagination.
    fn shown_value(&self, token: &Token, behind: usize) -> &str {
        if !matches!(token.look, Look::Number | Look::Text | Look::Word) {
            return "…";
        }
        let field = self.tokens.get(behind..behind + 2).filter(|it| self.word(&it[0]) == ".");
        &self.text[token.span.start..field.map_or(token.span.end, |it| it[1].span.end)]
    }
}

/// A text as the name that it holds, or as the path where one may stand; between backticks where it needs them.
fn written_name(text: &str, may_be_path: bool) -> Option<String> {
    let is_path = may_be_path && text.split('.').all(is_plain_name);
    if is_path || is_plain_name(text) {
        return Some(text.to_owned());
    }
    let breaks_out = text.contains(['`', '"', '\\', '{', '}']) || may_be_path && text.contains('.');
    (!text.is_empty() && !breaks_out).then(|| format!("`{text}`"))
}

fn is_plain_name(text: &str) -> bool {
    let letter = |it: u8| it.is_ascii_alphabetic() || it == b'_';
    text.bytes().next().is_some_and(letter)
        && text.bytes().all(|it| letter(it) || it.is_ascii_digit())
        && !RESERVED.contains(&text)
}
