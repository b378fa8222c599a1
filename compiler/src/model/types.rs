//! Types and constants: what a value can be, and values that are known when the machine is compiled.

use super::Expr;
use compact_str::CompactString;
use std::sync::Arc;

/// What a value can be.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Type {
    /// `bool`.
    Bool,
    /// `int`, or `int in A..B`: both ends included.
    Int {
        /// The least.
        min: i64,
        /// The greatest.
        max: i64,
    },
    /// `float`; a whole number that is written out is one too.
    Float,
    /// `string`, or `string up to N`: at most so many bytes.
    Text {
        /// Most bytes.
        max: u16,
    },
    /// `path`: text that names a file or directory; only arguments and parameters have it.
    Path,
    /// `duration`.
    Duration,
    /// `time`.
    Time,
    /// `a | b | c`: equal lists of words are the same enum.
    Enum(Arc<[String]>),
    /// `list of T`, or `list of T up to N`.
    List {
        /// What is in it.
        of: Box<Type>,
        /// Most items.
        max: u16,
    },
    /// `map of T`; only arguments have it.
    Map(Box<Type>),
    /// `secret`; only arguments have it, and only a secret can be given for it.
    Secret,
}

/// Most bytes of a text whose type does not say it.
pub const TEXT_DEFAULT: u16 = 1024;
/// Most bytes that a type can ask for.
pub const TEXT_MOST: u16 = 16_384;
/// Most items of a list whose type does not say it.
pub const LIST_DEFAULT: u16 = 64;

impl Type {
    /// `int` without bounds.
    pub const INT: Self = Self::Int { min: i64::MIN, max: i64::MAX };
    /// `string` without a bound of its own.
    pub const TEXT: Self = Self::Text { max: TEXT_DEFAULT };
    /// `string` of an argument: as long as a table can hold.
    pub const ARGUMENT_TEXT: Self = Self::Text { max: u16::MAX };

    /// The same kind of value, whatever its bounds: what two operands have to share.
    #[must_use]
    pub fn is_like(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Int { .. }, Self::Int { .. }) => true,
            (Self::Text { .. } | Self::Path, Self::Text { .. } | Self::Path) => true,
            (Self::List { of: a, .. }, Self::List { of: b, .. }) | (Self::Map(a), Self::Map(b)) => a.is_like(b),
            (a, b) => a == b,
        }
    }

    /// Text of either sort.
    #[must_use]
    pub fn is_text(&self) -> bool {
        matches!(self, Self::Text { .. } | Self::Path)
    }
}

impl std::fmt::Display for Type {
    /// As it is written in a source.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Bool => f.write_str("bool"),
            Self::Int { min: i64::MIN, max: i64::MAX } => f.write_str("int"),
            Self::Int { min, max } => write!(f, "int in {min}..{max}"),
            Self::Float => f.write_str("float"),
            Self::Text { max: TEXT_DEFAULT | u16::MAX } => f.write_str("string"),
            Self::Text { max } => write!(f, "string up to {max}"),
            Self::Path => f.write_str("path"),
            Self::Duration => f.write_str("duration"),
            Self::Time => f.write_str("time"),
            Self::Enum(words) => f.write_str(&words.join(" | ")),
            Self::List { of, max: LIST_DEFAULT } => write!(f, "list of {of}"),
            Self::List { of, max } => write!(f, "list of {of} up to {max}"),
            Self::Map(of) => write!(f, "map of {of}"),
            Self::Secret => f.write_str("secret"),
        }
    }
}

/// A value that is known when the machine is compiled; two of the forms stand only in arguments of watchers.
#[derive(Clone, Debug, PartialEq)]
pub enum Constant {
    /// `true`, `false`.
    Bool(bool),
    /// A whole number.
    Int(i64),
    /// A number with a fraction.
    Float(f64),
    /// Milliseconds.
    Duration(u64),
    /// Text, also for paths.
    Text(CompactString),
    /// Position of a word in the enum that the type tells.
    Enum(u16),
    /// Milliseconds since 1970.
    Time(i64),
    /// Values in order; also the further arguments of a parameter with `...`.
    List(Vec<Constant>),
    /// Entries in the order of the source, keys unique.
    Map(Vec<(CompactString, Constant)>),
    /// A secret, by its position; only in an argument.
    Secret(usize),
    /// Calculated when the watcher is asked; only in an argument.
    Computed(Box<Expr>),
}
