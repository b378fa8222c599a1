//! Types, values, and what has a name and a type.

use super::Expr;
use alloc::{boxed::Box, string::String, vec::Vec};

/// The type of a value at run time.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Type {
    /// `true`, `false`.
    Bool,
    /// A whole number from `min` to `max`, both included.
    Int {
        /// The least.
        min: i64,
        /// The greatest.
        max: i64,
    },
    /// A number with a fraction.
    Float,
    /// Text of at most so many bytes.
    Text {
        /// Most bytes.
        max: u16,
    },
    /// Milliseconds.
    Duration,
    /// Milliseconds since 1970, UTC.
    Time,
    /// A word of the enum with this index.
    Enum(u16),
    /// Values of one type, which is no list.
    List {
        /// What is in it.
        of: Box<Type>,
        /// Most items.
        max: u16,
    },
}

impl Type {
    /// A whole number without bounds.
    pub const INT: Self = Self::Int { min: i64::MIN, max: i64::MAX };
}

/// `a | b | c`: a value is the position of its word.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Enum {
    /// Its words in order.
    pub words: Vec<String>,
}

/// Something with a name and a type.
#[derive(Clone, Debug, PartialEq)]
pub struct Field {
    /// Its name.
    pub name: String,
    /// Its type.
    pub ty: Type,
}

/// Data of the machine or a fact of the node.
#[derive(Clone, Debug, PartialEq)]
pub struct Datum {
    /// Its name and type.
    pub field: Field,
    /// Its doc comment.
    pub doc: String,
    /// What it is at first, or while the node does not know the fact.
    pub value: Value,
}

/// A value that is known when the machine is compiled.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// `true`, `false`.
    Bool(bool),
    /// A whole number.
    Int(i64),
    /// A number with a fraction.
    Float(f64),
    /// Milliseconds.
    Duration(u64),
    /// Text.
    Text(String),
    /// Values in order.
    List(Vec<Value>),
    /// Entries in order, keys unique.
    Map(Vec<(String, Value)>),
    /// Milliseconds since 1970; never an argument.
    Time(i64),
    /// A word of an enum; never an argument.
    Enum(u16, u16),
    /// A secret, by its index; only an entry of a map in an argument.
    Secret(u16),
    /// Calculated when the watcher is asked; only in an argument. Cannot fail: compiler and verifier see to that.
    Computed(Box<Expr>),
}
