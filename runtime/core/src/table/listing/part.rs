//! Parts of a calculation as text, with what has to be known to put them together.

use crate::Data;
use alloc::{format, string::String, string::ToString};

/// How tightly a part holds together, from the loosest to the tightest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Bond {
    Or,
    And,
    Not,
    Compare,
    Add,
    Multiply,
    Minus,
    Whole,
}

/// What a part is, where that matters to what stands around it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Shape {
    Other,
    /// A value that has items.
    List,
    /// A text that is known; its content.
    Text(String),
    /// An int that is known.
    Int(i64),
    /// `x in y`; so many bytes are left of the word.
    In(usize),
    /// A number is at least something, or at most: both sides, and whether each is an int that is known.
    Bound(Limit),
}

/// `x >= limit` or `x <= limit` of something that is no text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Limit {
    pub(super) is_least: bool,
    pub(super) of: String,
    pub(super) limit: String,
    pub(super) number: Option<i64>,
}

/// A value as it is written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Part {
    pub(super) text: String,
    pub(super) bond: Bond,
    pub(super) shape: Shape,
}

impl Part {
    pub(super) fn new(text: impl Into<String>, bond: Bond) -> Self {
        Self { text: text.into(), bond, shape: Shape::Other }
    }

    pub(super) fn whole(text: impl Into<String>) -> Self {
        Self::new(text, Bond::Whole)
    }

    pub(super) fn list(text: impl Into<String>) -> Self {
        Self { shape: Shape::List, ..Self::whole(text) }
    }

    pub(super) fn text(content: &str) -> Self {
        Self { shape: Shape::Text(content.to_string()), ..Self::whole(text(content)) }
    }

    pub(super) fn int(it: i64) -> Self {
        // Its digits alone would be too large a number.
        let written = if it == i64::MIN { format!("({} - 1)", it + 1) } else { it.to_string() };
        let bond = if it < 0 && it > i64::MIN { Bond::Minus } else { Bond::Whole };
        Self { shape: Shape::Int(it), ..Self::new(written, bond) }
    }

    /// Digits on both sides of a point, however many that takes.
    pub(super) fn float(it: f64) -> Self {
        let mut written = it.to_string();
        if !written.contains('.') {
            written += ".0";
        }
        Self::new(written, if it.is_sign_negative() { Bond::Minus } else { Bond::Whole })
    }

    pub(super) fn duration(it: i64) -> Self {
        Self::new(simple(Data::Duration(it)), if it < 0 { Bond::Minus } else { Bond::Whole })
    }

    pub(super) fn time(it: i64) -> Self {
        Self::whole(format!("\"{}\"", simple(Data::Time(it))))
    }

    /// In brackets if it holds together less tightly than this.
    pub(super) fn at_least(self, bond: Bond) -> String {
        if self.bond < bond { format!("({})", self.text) } else { self.text }
    }
}

fn simple(value: Data<'_>) -> String {
    let mut out = String::new();
    _ = crate::text::write(&mut out, value);
    out
}

/// A text between quotes.
pub(super) fn text(content: &str) -> String {
    format!("\"{}\"", escaped(content))
}

/// What stands between the quotes of a text.
pub(super) fn escaped(content: &str) -> String {
    let mut out = String::with_capacity(content.len());
    for it in content.chars() {
        match it {
            '\n' => out += r"\n",
            '\t' => out += r"\t",
            '\r' => out += r"\r",
            '"' | '\\' | '{' | '}' => {
                out.push('\\');
                out.push(it);
            }
            // What cannot be seen is not allowed in a source; an apostrophe is escaped in other languages only.
            it if it != '\'' && it.escape_debug().len() > 1 => out += &it.escape_unicode().to_string(),
            it => out.push(it),
        }
    }
    out
}
