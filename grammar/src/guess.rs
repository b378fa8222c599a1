//! What was most likely meant where a stretch cannot be read further. A guess is made only if the parser then gets on,
//! so each of these may be generous.

use crate::Kind;
use crate::error::Problem;
use crate::keywords::{ARROWS, RESERVED, is_plain_unit, is_slip_of_only, nearest, unit};
use crate::lex::{Look, Token};
use crate::stretch::{Fault, Reading};
use std::ops::Range;

/// A guess at what was meant: replace a place of the copy.
pub(crate) struct Guess<'s> {
    pub(crate) problem: Problem<'s>,
    pub(crate) at: Range<usize>,
    pub(crate) text: String,
    /// Nothing else can have been meant, given that the parser gets on.
    pub(crate) certain: bool,
    /// Where the mistake is, if that is less than what is replaced.
    pub(crate) place: Option<Range<usize>>,
    pub(crate) related: Option<Range<usize>>,
    /// What has to be replaced with it further on.
    pub(crate) other: Option<(Range<usize>, &'static str)>,
}

impl<'s> Reading<'_, 's> {
    /// What may have been meant, the most certain first.
    pub(crate) fn guesses(&self, fault: &Fault<'_>) -> Vec<Guess<'s>> {
        let all = [
            self.doubled(fault),
            self.missing_on(fault),
            self.misspelt_role(fault),
            self.missing_state(fault),
            self.state_in_brackets(fault),
            self.again_behind_dot(fault),
            self.choice_of_values(fault),
            self.event_as(fault),
            self.missing_enters(fault),
            self.rate(fault),
            self.missing_colon(fault),
            self.missing_emit(fault),
            self.foreign_keyword(fault),
            self.needless_word(fault),
            self.needless_in_handler(fault),
            self.needless_before_value(fault),
            self.colon_in_event(fault),
            self.comma_in_duration(fault),
            self.field_in_quotes(fault),
            self.misspelt(fault),
            self.misspelt_line(fault),
            self.missing_line_word(fault),
            self.in_before_state(fault),
            self.missing_test(fault),
            self.missing_always(fault),
            self.misspelt_always(fault),
            self.half_of_leads_to(fault),
            self.then_without_comma(fault),
            self.arrow_in_path(fault),
            self.wrong_sign(fault),
            self.increment(fault),
            self.colon_for_equals(fault),
            self.equals_before_type(fault),
            self.marked_pace(fault),
            self.pace_as_argument(fault),
            self.equals_for_colon(fault),
            self.quoted_name(fault),
            self.wrong_arrow(fault),
            self.spaced_unit(fault),
            self.missing_arrow(fault),
            self.unquoted(fault),
            self.unquoted_word(fault),
            self.reserved(fault),
            self.needs_backticks(fault),
            self.unclosed_bracket(fault),
        ];
        all.into_iter().flatten().filter(|it| it.at.start >= fault.site.from).collect()
    }

    fn doubled(&self, fault: &Fault<'_>) -> Option<Guess<'s>> {
        let token = self.tokens.get(fault.index)?;
        let before = self.before(fault).filter(|it| self.word(it) == self.word(token))?;
        let at = before.span.end..token.span.end;
        let same_line = self.same_line(at.start, at.end);
        // The same text twice may be two arguments with nothing between them.
        let certain = matches!(token.look, Look::Mark | Look::Arrow) || RESERVED.contains(&self.word(token));
        same_line.then(|| Guess {
            place: Some(token.span.clone()),
            certain,
            ..Guess::new(Problem::Doubled(self.found(token)), at, "")
        })
    }

    fn misspelt(&self, fault: &Fault<'_>) -> Option<Guess<'s>> {
        let token = self.tokens.get(fault.index).filter(|it| it.look == Look::Word)?;
        let right = nearest(self.word(token), fault.expected)?;
        let problem = Problem::Misspelt { found: self.found(token), right };
        let certain = is_slip_of_only(self.word(token), fault.expected);
        Some(Guess { certain, ..Guess::new(problem, token.span.clone(), right) })
    }

    fn wrong_arrow(&self, fault: &Fault<'_>) -> Option<Guess<'s>> {
        let token = self.tokens.get(fault.index)?;
        if !fault.expects(Kind::Arrow) || !ARROWS.contains(&self.word(token)) || self.is_in_name(fault) {
            return None;
        }
        // `- >` is two tokens.
        let next = self.tokens.get(fault.index + 1).filter(|it| self.word(it) == ">" && self.word(token) == "-");
        let at = token.span.start..next.unwrap_or(token).span.end;
        Some(Guess { certain: true, ..Guess::new(Problem::WrongArrow(self.original(&at)), at, "->") })
    }

    fn spaced_unit(&self, fault: &Fault<'_>) -> Option<Guess<'s>> {
        let number = self.before(fault).filter(|it| it.look == Look::Number)?;
        let token = self.tokens.get(fault.index).filter(|it| it.look == Look::Word)?;
        let unit = unit(self.word(token)).filter(|_| self.same_line(number.span.end, token.span.start))?;
        let at = number.span.start..token.span.end;
        let right = format!("{}{unit}", self.word(number));
        let problem = Problem::SpacedUnit { found: self.original(&at), right: right.clone() };
        Some(Guess { certain: is_plain_unit(self.word(token)), ..Guess::new(problem, at, right) })
    }

    /// `exec(./run.sh)`: all that hangs together is the text.
    fn unquoted(&self, fault: &Fault<'_>) -> Option<Guess<'s>> {
        let token = self.tokens.get(fault.index).filter(|it| "./~$-\\".contains(self.word(it)))?;
        let in_arguments = [Kind::Text, Kind::Arg, Kind::CloseParen, Kind::CloseBracket];
        if !in_arguments.iter().any(|it| fault.expects(*it)) {
            return None;
        }
        let at = self.hanging_together(token.span.start, |it| !it.is_whitespace() && !"(),[]{}\"`".contains(it));
        let text = &self.text[at.clone()];
        let quoted = format!("\"{}\"", text.replace('\\', "\\\\"));
        let has_letters = text.contains(char::is_alphabetic);
        // A shell would put something else for `~` and `$`, and quotes would keep them as they are.
        let certain = text.chars().all(|it| it.is_alphanumeric() || "./_-".contains(it));
        has_letters.then(|| Guess { certain, ..Guess::new(Problem::Unquoted(self.original(&at)), at, quoted) })
    }

    /// `from env TOKEN`: a word where only a text can stand.
    fn unquoted_word(&self, fault: &Fault<'_>) -> Option<Guess<'s>> {
        let token = self.tokens.get(fault.index).filter(|it| it.look == Look::Word)?;
        let only_text = fault.expects(Kind::Text) && !fault.expects(Kind::Number) && !fault.expects(Kind::UsePath);
        let quoted = format!("\"{}\"", self.word(token));
        let problem = Problem::Unquoted(self.found(token));
        only_text.then(|| Guess { certain: true, ..Guess::new(problem, token.span.clone(), quoted) })
    }

    fn reserved(&self, fault: &Fault<'_>) -> Option<Guess<'s>> {
        let token = self.tokens.get(fault.index).filter(|it| RESERVED.contains(&self.word(it)))?;
        let before = self.before(fault)?;
        // `on check.exit`: no name helps where an outcome is meant.
        if self.word(before) == "." && self.word(token) == "exit" {
            return None;
        }
        if !(fault.expects(Kind::Name) || fault.expects(Kind::Path))
            || !self.same_line(before.span.end, token.span.start)
        {
            return None;
        }
        let problem = Problem::Reserved(self.found(token));
        Some(Guess::new(problem, token.span.clone(), format!("`{}`", self.word(token))))
    }

    /// A digit first, a `-`, a letter with an accent.
    fn needs_backticks(&self, fault: &Fault<'_>) -> Option<Guess<'s>> {
        let token = self.tokens.get(fault.index)?;
        let dash = self.word(token) == "-" && self.before(fault).is_some_and(|it| it.span.end == token.span.start);
        let wanted = fault.expects(Kind::Name) || fault.expects(Kind::Path);
        let digit_first = wanted && token.look == Look::Number;
        let accent = token.look == Look::Word && !self.word(token).is_ascii();
        if !(dash || digit_first || accent) {
            return None;
        }
        let at = self.hanging_together(token.span.start, |it| it.is_alphanumeric() || "_-".contains(it));
        let text = format!("`{}`", &self.text[at.clone()]);
        (at.len() > 1).then(|| Guess::new(Problem::NeedsBackticks(self.original(&at)), at, text))
    }

    /// `every`, another declaration, another closing bracket or the end of the file comes before `)` or `]`.
    fn unclosed_bracket(&self, fault: &Fault<'_>) -> Option<Guess<'s>> {
        let (closer, opener) = if fault.expects(Kind::CloseParen) {
            (")", "(")
        } else if fault.expects(Kind::CloseBracket) {
            ("]", "[")
        } else {
            return None;
        };
        let before = self.before(fault)?;
        let ends =
            |it: &Token| RESERVED.contains(&self.word(it)) || ")}]".contains(self.word(it)) || it.look == Look::Arrow;
        let goes_on = self.tokens.get(fault.index).is_some_and(|it| !ends(it));
        let end = before.span.end;
        let related = self.opener(fault.index, opener, closer);
        let guess =
            Guess { related, certain: true, ..Guess::new(Problem::UnclosedBracket { closer }, end..end, closer) };
        (!goes_on).then_some(guess)
    }

    /// The nearest bracket before a token that nothing has closed.
    pub(crate) fn opener(&self, index: usize, opener: &str, closer: &str) -> Option<Range<usize>> {
        let mut depth = 0_usize;
        for token in self.tokens.get(..index)?.iter().rev() {
            let word = self.word(token);
            if word == closer {
                depth += 1;
            } else if word == opener && depth == 0 {
                return Some(token.span.clone());
            } else if word == opener {
                depth -= 1;
            }
        }
        None
    }
}

impl<'s> Guess<'s> {
    pub(crate) fn new(problem: Problem<'s>, at: Range<usize>, text: impl Into<String>) -> Self {
        Self { problem, at, text: text.into(), certain: false, place: None, related: None, other: None }
    }
}
