//! Guesses at marks and words that stand where none is needed, or for another one, within a line that shows what was
//! meant.

use crate::Kind;
use crate::error::Problem;
use crate::guess::Guess;
use crate::lex::{Look, Token};
use crate::machine::Context;
use crate::stretch::{Fault, Reading};

/// What `1,5` of a unit is made of: the unit, the next smaller one, and how many of these are in it.
const SMALLER: [(&str, &str, u64); 5] =
    [("s", "ms", 1000), ("m", "s", 60), ("h", "m", 60), ("d", "h", 24), ("w", "d", 7)];

impl<'s> Reading<'_, 's> {
    /// `-> state deploy` for `-> deploy`, `-> stay` for `stay`.
    pub(crate) fn needless_in_handler(&self, fault: &Fault<'_>) -> Option<Guess<'s>> {
        let token = self.tokens.get(fault.index)?;
        let arrow = self.before(fault).filter(|it| it.look == Look::Arrow && self.follows(it, token))?;
        match self.word(token) {
            "stay" => Some(self.needless(arrow, token)),
            "state" => {
                let name = self.tokens.get(fault.index + 1).filter(|it| self.is_name(it) && self.follows(token, it))?;
                Some(self.needless(token, name))
            }
            _ => None,
        }
    }

    /// `fact.place` for `place`, `$place` for `place`.
    pub(crate) fn needless_before_value(&self, fault: &Fault<'_>) -> Option<Guess<'s>> {
        let token = self.tokens.get(fault.index)?;
        let behind = |it: usize| self.tokens.get(fault.index + it).filter(|it| self.follows(token, it));
        // `= new fan(…)`: the word could be the template's name.
        if let Some(new) = self.before(fault).filter(|it| self.word(it) == "new" && self.is_name(token)) {
            return Some(self.needless(new, token));
        }
        match self.word(token) {
            "fact" | "data" | "secret" => {
                behind(1).filter(|it| self.word(it) == ".")?;
                Some(self.needless(token, behind(2).filter(|it| self.is_name(it))?))
            }
            "limit" if self.before(fault).is_some_and(|it| self.word(it) == "under") => {
                Some(self.needless(token, behind(1).filter(|it| self.is_name(it))?))
            }
            "$" if self.before(fault).is_some_and(|it| matches!(self.word(it), "after" | "every" | "wait")) => {
                Some(self.needless(token, behind(1).filter(|it| self.is_name(it))?))
            }
            // Between the brackets of a watcher it may be part of a text without quotes.
            "$" if self.is_after_when(fault) || fault.site.context == Context::Action => {
                Some(self.needless(token, behind(1).filter(|it| self.is_name(it))?))
            }
            _ => None,
        }
    }

    /// `on w:ok` for `on w.ok`.
    pub(crate) fn colon_in_event(&self, fault: &Fault<'_>) -> Option<Guess<'s>> {
        let colon = self.tokens.get(fault.index).filter(|it| self.word(it) == ":" && self.is_in_name(fault))?;
        let behind = self.tokens.get(fault.index + 2).filter(|it| self.follows(colon, it))?;
        let goes_on = matches!(self.word(behind), "->" | "stay" | "," | "(" | "when");
        let problem = Problem::WrongSign { found: self.found(colon), right: "." };
        goes_on.then(|| Guess { certain: true, ..Guess::new(problem, colon.span.clone(), ".") })
    }

    /// Whether a mark stands between two names without a blank: it belongs to them, and says nothing of the handler.
    pub(crate) fn is_in_name(&self, fault: &Fault<'_>) -> bool {
        let Some(mark) = self.tokens.get(fault.index) else { return false };
        let touches = |it: &&Token| it.span.end == mark.span.start && self.is_name(it);
        let touched = |it: &&Token| it.span.start == mark.span.end && self.is_name(it);
        self.before(fault).filter(touches).is_some() && self.tokens.get(fault.index + 1).filter(touched).is_some()
    }

    /// `1,5s` for `1s500ms`.
    pub(crate) fn comma_in_duration(&self, fault: &Fault<'_>) -> Option<Guess<'s>> {
        let comma = self.tokens.get(fault.index).filter(|it| self.word(it) == ",")?;
        let whole = self.before(fault).filter(|it| it.look == Look::Number && it.span.end == comma.span.start)?;
        let part = self.tokens.get(fault.index + 1).filter(|it| it.span.start == comma.span.end)?;
        let at = whole.span.start..part.span.end;
        let right = with_smaller_unit(self.word(whole), self.word(part))?;
        let problem = Problem::SpacedUnit { found: self.original(&at), right: right.clone() };
        Some(Guess { certain: true, ..Guess::new(problem, at, right) })
    }

    /// `returns { "level": int }`: fields as JSON has them.
    pub(crate) fn field_in_quotes(&self, fault: &Fault<'_>) -> Option<Guess<'s>> {
        let text = self.tokens.get(fault.index).filter(|it| it.look == Look::Text && !fault.expects(Kind::Text))?;
        let before = self.before(fault).filter(|it| matches!(self.word(it), "{" | ","))?;
        self.tokens.get(fault.index + 1).filter(|it| self.word(it) == ":")?;
        let right = self.word(text).trim_matches('"').to_owned();
        let plain = right.starts_with(|it: char| it.is_ascii_alphabetic() || it == '_')
            && right.chars().all(|it| it.is_ascii_alphanumeric() || it == '_');
        let problem = Problem::QuotedName { found: self.found(text), after: self.found(before), right: right.clone() };
        plain.then(|| Guess { certain: true, ..Guess::new(problem, text.span.clone(), right) })
    }
}

/// `1,5s` as it is written: `1s500ms`; nothing if it does not come out even.
fn with_smaller_unit(whole: &str, part: &str) -> Option<String> {
    let digits = part.find(|it: char| !it.is_ascii_digit())?;
    let (part, unit) = part.split_at(digits);
    let (_, smaller, count) = SMALLER.iter().find(|it| it.0 == unit)?;
    let scale = 10_u64.checked_pow(u32::try_from(part.len()).ok()?)?;
    let sum = part.parse::<u64>().ok()?.checked_mul(*count)?;
    let whole: u64 = whole.parse().ok()?;
    let rest = (sum % scale == 0).then(|| sum / scale)?;
    Some(match (whole, rest) {
        (_, 0) => format!("{whole}{unit}"),
        (0, _) => format!("{rest}{smaller}"),
        _ => format!("{whole}{unit}{rest}{smaller}"),
    })
}

#[cfg(test)]
mod tests {
    use super::with_smaller_unit;

    #[test]
    fn a_part_of_a_unit_is_so_many_of_the_next() {
        for (whole, part, right) in
            [("1", "5s", "1s500ms"), ("10", "25m", "10m15s"), ("0", "5h", "30m"), ("2", "0d", "2d")]
        {
            assert_eq!(with_smaller_unit(whole, part).as_deref(), Some(right));
        }
        for (whole, part) in [("1", "5"), ("1", "333m"), ("1", "5x"), ("1", "99999999999999999999s")] {
            assert_eq!(with_smaller_unit(whole, part), None);
        }
    }
}
