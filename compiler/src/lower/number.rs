//! Whole numbers, numbers with a fraction, durations.

use super::Lower;
use crate::ast::ExprKind;
use crate::diagnostic::{Code, Diagnostic};
use machine_grammar::{Node, Span, is_plain_unit, unit};

/// The units and their milliseconds, largest first.
const UNITS: [(&str, u64); 6] =
    [("w", 604_800_000), ("d", 86_400_000), ("h", 3_600_000), ("m", 60_000), ("s", 1_000), ("ms", 1)];

/// Why a number cannot be read.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Mistake {
    /// The unit at this offset is none; the text with the nearest right one, if there is any.
    Unit { at: usize, unit: String, right: Option<String> },
    /// Not written as a number: why, and how it should be.
    Form { why: &'static str, help: String },
    /// Too large for what it is.
    Range,
}

impl<'s> Lower<'_, 's> {
    /// A number of any sort; `None` if it has a mistake, which is then reported.
    pub(super) fn number(&mut self, node: Node<'_, 's>) -> Option<ExprKind<'s>> {
        let text = node.text();
        read(text).map_err(|it| self.report(self.number_mistake(node.span(), text, it))).ok()
    }

    fn number_mistake(&self, span: Span, text: &str, mistake: Mistake) -> Diagnostic {
        match mistake {
            Mistake::Unit { at, unit, right } => self.bad_unit(span, at, &unit, right),
            Mistake::Form { why, help } => {
                Diagnostic::new(Code::BAD_NUMBER, self.file, span, format!("`{text}` is not a number: {why}"))
                    .label(why)
                    .help(help)
            }
            Mistake::Range => Diagnostic::new(Code::BAD_NUMBER, self.file, span, format!("`{text}` is too large"))
                .label("too large")
                .help(format!("whole numbers, and the milliseconds of a duration, go up to {}", i64::MAX)),
        }
    }

    fn bad_unit(&self, span: Span, at: usize, unit: &str, right: Option<String>) -> Diagnostic {
        let start = span.start as usize + at;
        let place = Span::new(start, start + unit.len());
        let diagnostic = Diagnostic::new(Code::BAD_UNIT, self.file, place, format!("`{unit}` is not a unit of time"));
        match right {
            Some(right) => diagnostic
                .label(format!("did you mean `{right}`?"))
                .help(format!("write `{right}`; the units are `ms`, `s`, `m`, `h`, `d` and `w`"))
                .fix(self.file, span, right)
                .certain_if(is_plain_unit(unit)),
            None => diagnostic
                .label("no such unit")
                .help("the units are `ms`, `s`, `m`, `h`, `d` and `w`, without a blank: `500ms`, `10s`, `1h30m`"),
        }
    }
}

fn read<'s>(text: &str) -> Result<ExprKind<'s>, Mistake> {
    let digits = text.strip_prefix('-').unwrap_or(text);
    let is_digits = |it: &str| !it.is_empty() && it.bytes().all(|byte| byte.is_ascii_digit());
    if is_digits(digits) {
        return text.parse().map(ExprKind::Int).map_err(|_| Mistake::Range);
    }
    if digits.split_once('.').is_some_and(|(whole, fraction)| is_digits(whole) && is_digits(fraction)) {
        return text.parse().map(ExprKind::Float).map_err(|_| Mistake::Range);
    }
    form(text, digits)?;
    duration(text).map(ExprKind::Duration)
}

/// Refuses what is written as numbers are in other languages.
fn form(text: &str, digits: &str) -> Result<(), Mistake> {
    let prefixed = ["0x", "0X", "0b", "0B", "0o", "0O"].iter().any(|it| digits.starts_with(it));
    let (why, help) = if prefixed {
        ("numbers are decimal", "write its decimal digits".to_owned())
    } else if digits.contains('_') {
        ("it has a `_` in it", format!("write `{}`", text.replace('_', "")))
    } else if digits.len() < text.len() {
        ("a duration cannot be negative", format!("write `{digits}`"))
    } else if digits.contains('.') {
        return Err(fraction(digits));
    } else {
        return Ok(());
    };
    Err(Mistake::Form { why, help })
}

/// A duration with a fraction, or a number with two.
fn fraction(text: &str) -> Mistake {
    let exact = text.find(|it: char| it.is_ascii_alphabetic()).and_then(|at| {
        let (number, unit) = text.split_at(at);
        let (_, factor) = UNITS.iter().find(|it| it.0 == unit)?;
        let milliseconds = number.parse::<f64>().ok()? * *factor as f64;
        (milliseconds < 1e15).then(|| written(milliseconds.round() as u64))
    });
    match exact {
        Some(right) => Mistake::Form { why: "a duration has no fraction", help: format!("write `{right}`") },
        None => Mistake::Form {
            why: "it has more than digits and one dot",
            help: "write a version only behind a machine's name, and any other text between quotes".to_owned(),
        },
    }
}

/// A duration as its author would write it.
fn written(mut milliseconds: u64) -> String {
    let mut text = String::new();
    for (unit, factor) in UNITS {
        let count = milliseconds / factor;
        milliseconds %= factor;
        if count > 0 {
            text.push_str(&format!("{count}{unit}"));
        }
    }
    if text.is_empty() { "0s".to_owned() } else { text }
}

/// Milliseconds of `90s`, `1h30m`: each unit once, the larger first.
fn duration(text: &str) -> Result<u64, Mistake> {
    let mut total = 0_u64;
    let mut smallest = u64::MAX;
    let mut at = 0;
    while let Some(rest) = text.get(at..).filter(|it| !it.is_empty()) {
        let digits = rest.find(|it: char| !it.is_ascii_digit()).unwrap_or(rest.len());
        let (count, behind) = rest.split_at(digits);
        let letters = behind.find(|it: char| it.is_ascii_digit()).unwrap_or(behind.len());
        let word = behind.get(..letters).unwrap_or("");
        let factor = factor(text, at + digits, word)?;
        if factor >= smallest {
            return Err(disorder());
        }
        smallest = factor;
        let value = count.parse::<u64>().ok().and_then(|it| it.checked_mul(factor));
        total = value.and_then(|it| it.checked_add(total)).ok_or(Mistake::Range)?;
        at += digits + letters;
    }
    Ok(total)
}

fn disorder() -> Mistake {
    let help = "write each unit once and the larger first, such as `1h30m`".to_owned();
    Mistake::Form { why: "its units are in disorder", help }
}

/// The milliseconds of a unit.
fn factor(text: &str, at: usize, word: &str) -> Result<u64, Mistake> {
    if word.is_empty() {
        let help = "write a unit behind each number: `1h30m`".to_owned();
        return Err(Mistake::Form { why: "its last unit is missing", help });
    }
    let known = UNITS.iter().find(|it| it.0 == word).map(|it| it.1);
    known.ok_or_else(|| {
        let put = |right| [text.get(..at).unwrap_or(""), right, text.get(at + word.len()..).unwrap_or("")].concat();
        Mistake::Unit { at, unit: word.to_owned(), right: unit(word).map(put) }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: &str) {
        assert_eq!(format!("{:?}", read(text)), expected);
    }

    #[test]
    fn numbers() {
        check("0", "Ok(Int(0))");
        check("-12", "Ok(Int(-12))");
        check("2.50", "Ok(Float(2.5))");
        check("500ms", "Ok(Duration(500))");
        check("1h30m", "Ok(Duration(5400000))");
        check("1w2d3h4m5s6ms", "Ok(Duration(788645006))");
    }

    #[test]
    fn units_that_are_none() {
        check("10sec", r#"Err(Unit { at: 2, unit: "sec", right: Some("10s") })"#);
        check("1hour30m", r#"Err(Unit { at: 1, unit: "hour", right: Some("1h30m") })"#);
        check("3y", r#"Err(Unit { at: 1, unit: "y", right: None })"#);
    }

    #[test]
    fn forms_that_are_none() {
        check("1.5h", r#"Err(Form { why: "a duration has no fraction", help: "write `1h30m`" })"#);
        check("1_000", r#"Err(Form { why: "it has a `_` in it", help: "write `1000`" })"#);
        check("-5s", r#"Err(Form { why: "a duration cannot be negative", help: "write `5s`" })"#);
        check("0x1F", r#"Err(Form { why: "numbers are decimal", help: "write its decimal digits" })"#);
        for text in ["30m1h", "1h1h", "1h30", "1.2.3"] {
            assert!(matches!(read(text), Err(Mistake::Form { .. })), "{text}");
        }
    }

    #[test]
    fn numbers_that_are_too_large() {
        for text in ["9223372036854775808", "-9223372036854775809", "99999999999999999999s", "99999999999999999w"] {
            assert_eq!(read(text).err(), Some(Mistake::Range), "{text}");
        }
    }
}
