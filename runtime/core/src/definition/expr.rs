//! Calculations and actions.

use super::{Type, Value};
use alloc::{boxed::Box, vec::Vec};

/// Where something stands in a source.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Position {
    /// Index into the sources.
    pub source: u16,
    /// Line, from 1.
    pub line: u32,
    /// Column, from 1.
    pub column: u16,
}

/// What decides whether a handler is taken.
#[derive(Clone, Debug, PartialEq)]
pub struct Guard {
    /// Where it stands.
    pub position: Position,
    /// A truth value.
    pub expr: Expr,
}

/// One thing that a machine does by itself.
#[derive(Clone, Debug, PartialEq)]
pub struct Action {
    /// Where it stands.
    pub position: Position,
    /// What it is.
    pub kind: ActionKind,
}

/// The forms of an action.
#[derive(Clone, Debug, PartialEq)]
pub enum ActionKind {
    /// Data becomes a value. One that is out of the data's range is a fault.
    Assign {
        /// Index into the data.
        data: u16,
        /// What it becomes.
        value: Expr,
    },
    /// An event of the author's own; one value a field.
    Emit {
        /// Index into the emits.
        emit: u16,
        /// What it carries.
        values: Vec<Expr>,
    },
    /// An event to the machine itself, taken when the transition is complete; one value a field.
    Raise {
        /// Index into the signals.
        signal: u16,
        /// What it carries.
        values: Vec<Expr>,
    },
    /// A line for people; a text.
    Log(Expr),
    /// Asks a watcher now, if it is active.
    Poll(u16),
}

/// A calculation. Operands have the types that the operator asks for; the encoder does not convert anything.
#[derive(Clone, Debug, PartialEq)]
pub enum Expr {
    /// A constant.
    Value(Value),
    /// Data of the machine.
    Data(u16),
    /// A fact of the node.
    Fact(u16),
    /// A field of the event that is being handled.
    Field(u8, Type),
    /// Another machine is in a state.
    Condition(u16),
    /// The time by the calendar when the step began.
    Now,
    /// `not x`.
    Not(Box<Expr>),
    /// `-x` of an int, float or duration.
    Minus(Box<Expr>),
    /// Both hold; the second is not looked at if the first does not.
    And(Box<Expr>, Box<Expr>),
    /// One of them holds; the second is not looked at if the first does.
    Or(Box<Expr>, Box<Expr>),
    /// Two values of one type (enums: of the same), compared. Bools, enums and lists only for being equal or not.
    Compare(Compare, Box<Expr>, Box<Expr>),
    /// Calculation with two numbers: int with int, float with float; durations are added and subtracted, multiplied and
    /// divided by an int (second operand), and divided by one another to an int; a duration is added to or subtracted
    /// from a time (second operand); two times are subtracted to a duration.
    Calculate(Calculate, Box<Expr>, Box<Expr>),
    /// The operand as text, all parts one after the other. Texts stand as they are, durations as in the source, times as
    /// RFC 3339 in UTC, floats in the shortest form that reads back, lists with commas between.
    Text(Vec<Expr>),
    /// A function of the language.
    Call(Function, Vec<Expr>),
    /// Values of one type, no lists, as a list.
    List(Type, Vec<Expr>),
}

/// How two values are compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Compare {
    /// `==`
    Equal,
    /// `!=`
    NotEqual,
    /// `<`
    Less,
    /// `<=`
    LessOrEqual,
    /// `>`
    Greater,
    /// `>=`
    GreaterOrEqual,
}

/// What is calculated from two values. What goes beyond its type is a fault.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Calculate {
    /// `+`
    Add,
    /// `-`
    Subtract,
    /// `*`
    Multiply,
    /// `/`: towards zero for whole numbers; by zero it is a fault, for floats too.
    Divide,
    /// `%`: of whole numbers, with the sign of the first.
    Remainder,
}

/// A function of the language.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Function {
    /// The lesser of two ints, floats, durations or times.
    Min,
    /// The greater of two.
    Max,
    /// Of an int, float or duration.
    Abs,
    /// Characters of a text, items of a list; an int.
    Len,
    /// Text in text, or item in list (list first).
    Contains,
    /// Text begins with text.
    StartsWith,
    /// Text ends with text.
    EndsWith,
    /// Text fits a pattern of `*` and `?` as a whole.
    Matches,
    /// Text in small letters (ASCII).
    Lower,
    /// Text in capital letters (ASCII).
    Upper,
    /// An int from a float (towards zero) or a text; what is none is a fault `conversion`.
    ToInt,
    /// A float from an int or a text.
    ToFloat,
}
