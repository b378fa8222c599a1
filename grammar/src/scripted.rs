//! Guesses at what was meant in promises and tests.

use crate::Kind;
use crate::error::Problem;
use crate::guess::Guess;
use crate::keywords::nearest_line;
use crate::lex::Look;
use crate::machine::Context;
use crate::stretch::{Fault, Reading};

impl<'s> Reading<'_, 's> {
    /// `advence 3m`: a line of a test may begin with any name, so it is what follows that cannot be read.
    pub(crate) fn misspelt_line(&self, fault: &Fault<'_>) -> Option<Guess<'s>> {
        let first = self.before(fault).filter(|it| it.span.start <= fault.site.from)?;
        let found = self.word(first);
        let right = nearest_line(found).filter(|_| fault.site.context == Context::Line)?;
        Some(Guess::new(Problem::Misspelt { found: self.found(first), right }, first.span.clone(), right))
    }

    /// `ran start once`, `until idle`: a line of a test without its first word.
    pub(crate) fn missing_line_word(&self, fault: &Fault<'_>) -> Option<Guess<'s>> {
        let first = self.before(fault).filter(|it| it.span.start <= fault.site.from)?;
        let word = match self.word(first) {
            "path" | "ran" | "emitted" | "never" | "at" => "expect",
            "until" => "advance",
            "off" => "power",
            _ => return None,
        };
        let (before, start) = (self.found(first), first.span.start);
        let problem = Problem::MissingWord { word, before, right: format!("{word} {before}") };
        let guess = Guess::new(problem, start..start, format!("{word} "));
        let place = Some(first.span.clone());
        (fault.site.context == Context::Line).then_some(Guess { place, ..guess })
    }

    /// `require never in b`, `expect in b`: a state stands for being there.
    pub(crate) fn in_before_state(&self, fault: &Fault<'_>) -> Option<Guess<'s>> {
        let state = self.tokens.get(fault.index).filter(|it| self.is_name(it))?;
        let word =
            self.before(fault).filter(|it| self.word(it) == "in" && self.same_line(it.span.end, state.span.start))?;
        let begins = |it: &str| self.text[fault.site.from..].starts_with(it);
        (begins("require") || begins("expect")).then(|| self.needless(word, state))
    }

    /// A test without its first word.
    pub(crate) fn missing_test(&self, fault: &Fault<'_>) -> Option<Guess<'s>> {
        let name = self.tokens.get(fault.index).filter(|it| it.look == Look::Text && fault.expects(Kind::Test))?;
        let (before, start) = (self.found(name), name.span.start);
        let problem = Problem::MissingWord { word: "test", before, right: format!("test {before}") };
        Some(Guess { place: Some(name.span.clone()), ..Guess::new(problem, start..start, "test ") })
    }

    /// `require can reach S`.
    pub(crate) fn missing_always(&self, fault: &Fault<'_>) -> Option<Guess<'s>> {
        self.tokens.get(fault.index).filter(|it| self.word(it) == "reach" && fault.expects(Kind::Leads))?;
        let can = self.before(fault).filter(|it| self.word(it) == "can")?;
        let right = "always can reach".to_owned();
        let problem = Problem::MissingWord { word: "always", before: self.found(can), right };
        let start = can.span.start;
        Some(Guess { certain: true, place: Some(can.span.clone()), ..Guess::new(problem, start..start, "always ") })
    }

    /// `require allways can reach S`, which begins like `S leads to T`.
    pub(crate) fn misspelt_always(&self, fault: &Fault<'_>) -> Option<Guess<'s>> {
        let can = self.tokens.get(fault.index).filter(|it| self.word(it) == "can" && fault.expects(Kind::Leads))?;
        let first = self.before(fault).filter(|it| self.same_line(it.span.end, can.span.start))?;
        let problem = Problem::Misspelt { found: self.found(first), right: "always" };
        Some(Guess::new(problem, first.span.clone(), "always"))
    }

    /// `require S leads T`.
    pub(crate) fn half_of_leads_to(&self, fault: &Fault<'_>) -> Option<Guess<'s>> {
        let leads = self.tokens.get(fault.index).filter(|it| matches!(self.word(it), "leads" | "lead" | "->"))?;
        let problem = Problem::Misspelt { found: self.found(leads), right: "leads to" };
        fault.expects(Kind::Leads).then(|| Guess::new(problem, leads.span.clone(), "leads to"))
    }

    /// `w answers ok x3 then failed`.
    pub(crate) fn then_without_comma(&self, fault: &Fault<'_>) -> Option<Guess<'s>> {
        let is_series = fault.expects(Kind::Comma) && !fault.expects(Kind::Arrow);
        let then = self.tokens.get(fault.index).filter(|it| self.word(it) == "then" && is_series)?;
        let before = self.before(fault)?.span.end;
        let problem = Problem::MissingWord { word: ",", before: self.found(then), right: ", then".to_owned() };
        let guess = Guess::new(problem, before..before, ",");
        Some(Guess { certain: true, place: Some(then.span.clone()), ..guess })
    }

    /// `expect path a -> b`.
    pub(crate) fn arrow_in_path(&self, fault: &Fault<'_>) -> Option<Guess<'s>> {
        let arrow = self.tokens.get(fault.index).filter(|it| matches!(self.word(it), "->" | ","))?;
        let problem = Problem::WrongSign { found: self.found(arrow), right: ">" };
        let guess = Guess { certain: true, ..Guess::new(problem, arrow.span.clone(), " >") };
        fault.expects(Kind::Onward).then_some(guess)
    }
}
