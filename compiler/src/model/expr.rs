//! Checked calculations and actions: every name resolved, every type known.

use super::{Constant, StateId, Type, WatcherId};
pub use machine_core::definition::{Calculate, Compare, Function};
use machine_grammar::Span;

/// A calculation.
#[derive(Clone, Debug, PartialEq)]
pub struct Expr {
    /// What it is.
    pub kind: ExprKind,
    /// What it gives.
    pub ty: Type,
    /// Where it stands.
    pub span: Span,
}

/// The forms of a calculation.
#[derive(Clone, Debug, PartialEq)]
pub enum ExprKind {
    /// A value that is known.
    Constant(Constant),
    /// A parameter of a template that is checked without an instance.
    Param(String),
    /// Data, by its position.
    Data(usize),
    /// A fact, by its position.
    Fact(usize),
    /// A secret, by its position.
    Secret(usize),
    /// A field of the event that is handled: what the event is called, and the field's name.
    Field(String, String),
    /// Whether the machine is in a state, or inside it; only in promises and tests.
    In(StateId),
    /// `now()`.
    Now,
    /// `not x`.
    Not(Box<Expr>),
    /// `-x`.
    Minus(Box<Expr>),
    /// `a and b`.
    And(Box<Expr>, Box<Expr>),
    /// `a or b`.
    Or(Box<Expr>, Box<Expr>),
    /// `a < b`, …
    Compare(Compare, Box<Expr>, Box<Expr>),
    /// `x in a..b`.
    InRange(Box<Expr>, Box<Expr>, Box<Expr>),
    /// `a + b`, …
    Calculate(Calculate, Box<Expr>, Box<Expr>),
    /// Parts as text, one after the other.
    Text(Vec<Expr>),
    /// `max(a, b)`, …; for `x in list` the list comes first.
    Call(Function, Vec<Expr>),
    /// `[a, b]`.
    List(Vec<Expr>),
    /// A number that the other side wants with a fraction.
    Widen(Box<Expr>),
}

/// One thing that a machine does by itself.
#[derive(Clone, Debug, PartialEq)]
pub struct Action {
    /// What it is.
    pub kind: ActionKind,
    /// The whole action.
    pub span: Span,
}

/// The forms of an action.
#[derive(Clone, Debug, PartialEq)]
pub enum ActionKind {
    /// Data becomes a value.
    Assign {
        /// Which data.
        data: usize,
        /// What it becomes.
        value: Expr,
    },
    /// An event of the author's own, to the world.
    Emit {
        /// Position among the machine's emits.
        emit: usize,
        /// One value a field, in the order of the emit's fields.
        values: Vec<Expr>,
    },
    /// A declared event, to the machine itself.
    Raise {
        /// Position among the declared events.
        event: usize,
        /// One value a field, in the order of the event's fields.
        values: Vec<Expr>,
    },
    /// A line for people.
    Log(Expr),
    /// A watcher is asked now.
    Poll(WatcherId),
}

impl Expr {
    /// The expression and all inside it, outermost first.
    pub fn walk<'e>(&'e self, see: &mut dyn FnMut(&'e Self)) {
        see(self);
        self.inner().for_each(|it| it.walk(see));
    }

    /// Those directly inside.
    pub fn inner(&self) -> impl Iterator<Item = &Self> {
        let (few, many): ([Option<&Self>; 3], &[Self]) = match &self.kind {
            ExprKind::Not(it) | ExprKind::Minus(it) | ExprKind::Widen(it) => ([Some(it), None, None], &[]),
            ExprKind::And(a, b) | ExprKind::Or(a, b) | ExprKind::Compare(_, a, b) | ExprKind::Calculate(_, a, b) => {
                ([Some(a), Some(b), None], &[])
            }
            ExprKind::InRange(it, low, high) => ([Some(it), Some(low), Some(high)], &[]),
            ExprKind::Text(parts) | ExprKind::Call(_, parts) | ExprKind::List(parts) => ([None; 3], parts),
            _ => ([None; 3], &[]),
        };
        few.into_iter().flatten().chain(many)
    }

    /// Whether something in it satisfies `is`.
    #[must_use]
    pub fn any(&self, is: impl Fn(&Self) -> bool) -> bool {
        let mut found = false;
        self.walk(&mut |it| found |= is(it));
        found
    }

    /// The constant that it is.
    #[must_use]
    pub fn constant(&self) -> Option<&Constant> {
        match &self.kind {
            ExprKind::Constant(it) => Some(it),
            _ => None,
        }
    }
}

impl Action {
    /// The calculations of the action.
    #[must_use]
    pub fn exprs(&self) -> Vec<&Expr> {
        match &self.kind {
            ActionKind::Assign { value, .. } | ActionKind::Log(value) => vec![value],
            ActionKind::Emit { values, .. } | ActionKind::Raise { values, .. } => values.iter().collect(),
            ActionKind::Poll(_) => Vec::new(),
        }
    }
}
