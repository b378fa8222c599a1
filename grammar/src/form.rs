//! Guesses at what was meant where a part of a declaration has another form: other brackets, a word at another place, or
//! two values with a choice between them.

use crate::Kind;
use crate::error::Problem;
use crate::guess::Guess;
use crate::keywords::{nearest, unit};
use crate::lex::{Look, Token};
use crate::stretch::{Fault, Reading};
use std::ops::Range;

impl<'s> Reading<'_, 's> {
    /// `inital unknown {`: a slip in the word, and `state` is missing.
    pub(crate) fn misspelt_role(&self, fault: &Fault<'_>) -> Option<Guess<'s>> {
        let role = self.tokens.get(fault.index).filter(|it| it.look == Look::Word && fault.expects(Kind::On))?;
        let name = self.tokens.get(fault.index + 1).filter(|it| self.is_name(it) && self.follows(role, it))?;
        let ends = |it: &Token| self.word(it) == "{" || !self.follows(name, it);
        self.tokens.get(fault.index + 2).filter(|it| ends(it))?;
        let right = match nearest(self.word(role), &[Kind::Initial, Kind::Final])? {
            "initial" => "initial state",
            _ => "final state",
        };
        let is_state = nearest(self.word(name), &[Kind::StateWord]).is_some();
        let problem = Problem::Misspelt { found: self.found(role), right };
        (!is_state).then(|| Guess::new(problem, role.span.clone(), right))
    }

    /// `state idle ( … )`
    pub(crate) fn state_in_brackets(&self, fault: &Fault<'_>) -> Option<Guess<'s>> {
        let opener = self.tokens.get(fault.index).filter(|it| matches!(self.word(it), "(" | "["))?;
        let name = self.before(fault).filter(|it| self.is_name(it))?;
        let state = self.tokens.get(fault.index.checked_sub(2)?).filter(|it| self.word(it) == "state")?;
        let closer = self.closer(fault.index, self.word(opener))?;
        let problem = Problem::WrongSign { found: self.found(opener), right: "{" };
        let guess = Guess::new(problem, opener.span.clone(), "{");
        let other = Some((closer.span.clone(), "}"));
        self.same_line(state.span.start, name.span.end).then_some(Guess { other, ..guess })
    }

    /// The bracket that closes the one at this index.
    fn closer(&self, index: usize, opener: &str) -> Option<&Token> {
        let closer = if opener == "(" { ")" } else { "]" };
        let mut depth = 0_usize;
        for token in self.tokens.get(index..)? {
            match self.word(token) {
                it if it == opener => depth += 1,
                it if it == closer && depth == 1 => return Some(token),
                it if it == closer => depth -= 1,
                _ => {}
            }
        }
        None
    }

    /// `-> known.again`
    pub(crate) fn again_behind_dot(&self, fault: &Fault<'_>) -> Option<Guess<'s>> {
        let again = self.tokens.get(fault.index).filter(|it| self.word(it) == "again")?;
        let dot = self.before(fault).filter(|it| self.word(it) == ".")?;
        let at = dot.span.start..again.span.end;
        let problem = Problem::WrongSign { found: self.original(&at), right: "again" };
        Some(Guess { certain: true, place: Some(at.clone()), ..Guess::new(problem, at, " again") })
    }

    /// `speed = co2 > 800 ? high : low`: read on as if only the first were there.
    pub(crate) fn choice_of_values(&self, fault: &Fault<'_>) -> Option<Guess<'s>> {
        let mark = self.tokens.get(fault.index).filter(|it| self.word(it) == "?")?;
        let line = self.line(mark.span.start);
        let begins = |it: &&Token| matches!(self.word(it), "=" | "+=" | "-=" | ":" | "," | "(" | "{" | "log" | "when");
        let mut before = self.tokens.get(..fault.index)?.iter().rev().take_while(|it| it.span.start >= line.start);
        let start = before.find(begins)?;
        let mut behind = self.tokens.get(fault.index + 1..)?.iter().take_while(|it| it.span.start < line.end);
        let colon = behind.find(|it| self.word(it) == ":")?;
        let first = self.text[mark.span.end..colon.span.start].trim();
        let end = self.end_of_value(colon)?;
        let at = start.span.end..end;
        let problem = Problem::ForeignWord(self.found(mark));
        Some(Guess { place: Some(mark.span.clone()), ..Guess::new(problem, at, format!(" {first}")) })
    }

    /// `on air.ok as a when a.co2 > 5`
    pub(crate) fn event_as(&self, fault: &Fault<'_>) -> Option<Guess<'s>> {
        let token = self.tokens.get(fault.index).filter(|it| self.word(it) == "as" && fault.expects(Kind::Arrow))?;
        let name = self.tokens.get(fault.index + 1).filter(|it| self.is_name(it))?;
        let when = self.tokens.get(fault.index + 2)?;
        let before = self.before(fault)?;
        let place = token.span.start..name.span.end;
        let problem = Problem::WrongSign { found: self.original(&place), right: "(NAME)" };
        // The name itself stays, so that it is found where it is used.
        let at = before.span.end..name.span.start;
        let other = Some((name.span.end..name.span.end, ")"));
        let guess = Guess { place: Some(place), other, ..Guess::new(problem, at, "(") };
        (self.word(when) == "when").then_some(guess)
    }

    /// `on door is open`, `on door enter open`
    pub(crate) fn missing_enters(&self, fault: &Fault<'_>) -> Option<Guess<'s>> {
        let words = ["is", "enter", "entered", "becomes", "in"];
        let token = self.tokens.get(fault.index).filter(|it| words.contains(&self.word(it)))?;
        let machine = self.before(fault).filter(|it| self.is_name(it) && fault.expects(Kind::Arrow))?;
        let on = self.tokens.get(fault.index.checked_sub(2)?)?;
        self.tokens.get(fault.index + 1).filter(|it| self.is_name(it))?;
        let begins = matches!(self.word(on), "on" | ",") && self.follows(machine, token);
        let problem = Problem::WrongSign { found: self.found(token), right: "enters" };
        begins.then(|| Guess::new(problem, token.span.clone(), "enters"))
    }

    /// `at most 5 transitions an hour`
    pub(crate) fn rate(&self, fault: &Fault<'_>) -> Option<Guess<'s>> {
        let words = ["a", "an", "in", "each", "every", "per"];
        let token =
            self.tokens.get(fault.index).filter(|it| words.contains(&self.word(it)) && fault.expects(Kind::Per))?;
        let of = self.tokens.get(fault.index + 1).filter(|it| self.follows(token, it))?;
        let unit = unit(self.word(of))?;
        let at = token.span.start..of.span.end;
        let right = format!("per 1{unit}");
        let problem = Problem::SpacedUnit { found: self.original(&at), right: right.clone() };
        Some(Guess::new(problem, at, right))
    }

    /// `timeout 10m` between brackets, `co2 int` among fields.
    pub(crate) fn missing_colon(&self, fault: &Fault<'_>) -> Option<Guess<'s>> {
        let types = ["bool", "int", "float", "string", "duration", "time", "list", "map", "path"];
        let token = self.tokens.get(fault.index).filter(|_| fault.expects(Kind::Colon))?;
        let name = self.before(fault).filter(|it| self.is_name(it) && self.follows(it, token))?;
        let is_value = matches!(token.look, Look::Number | Look::Text) || types.contains(&self.word(token));
        let right = format!("{}: {}", self.word(name), self.word(token));
        let problem = Problem::MissingWord { word: ":", before: self.found(token), right };
        let at = name.span.end..token.span.start;
        let place = Some(token.span.clone());
        // `string reason` is the other way round.
        let is_turned = types.contains(&self.word(name));
        (is_value && !is_turned).then(|| Guess { certain: true, place, ..Guess::new(problem, at, ": ") })
    }

    /// `{ done(why: reason) }` without `emit`.
    pub(crate) fn missing_emit(&self, fault: &Fault<'_>) -> Option<Guess<'s>> {
        self.tokens.get(fault.index).filter(|it| self.word(it) == "(" && fault.expects(Kind::AssignMark))?;
        let name = self.before(fault).filter(|it| self.is_name(it))?;
        let begins = self.tokens.get(fault.index.checked_sub(2)?)?;
        let is_other = matches!(self.word(name), "exec" | "shell" | "emit" | "raise" | "log" | "poll");
        let is_first = self.word(begins) == "{" || !self.follows(begins, name);
        let right = format!("emit {}", self.word(name));
        let problem = Problem::MissingWord { word: "emit", before: self.found(name), right };
        let at = name.span.start..name.span.start;
        let place = Some(name.span.clone());
        (is_first && !is_other).then(|| Guess { place, ..Guess::new(problem, at, "emit ") })
    }

    /// The line around a place.
    fn line(&self, at: usize) -> Range<usize> {
        let start = self.text[..at].rfind('\n').map_or(0, |it| it + 1);
        start..self.text[at..].find('\n').map_or(self.text.len(), |it| at + it)
    }

    /// Where the operand behind a token ends.
    fn end_of_value(&self, before: &Token) -> Option<usize> {
        let index = self.tokens.partition_point(|it| it.span.start <= before.span.start);
        let mut end = self.tokens.get(index)?.span.end;
        for pair in self.tokens.get(index + 1..)?.chunks(2) {
            match pair {
                [sign, operand] if matches!(self.word(sign), "." | "+" | "-" | "*" | "/" | "%") => {
                    end = operand.span.end
                }
                _ => break,
            }
        }
        Some(end)
    }
}
