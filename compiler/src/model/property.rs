//! What a machine promises: `require …`.

use super::{Expr, StateId};
use machine_grammar::Span;

/// One promise.
#[derive(Clone, Debug, PartialEq)]
pub struct Property {
    /// What is promised.
    pub claim: Claim,
    /// The whole promise.
    pub span: Span,
}

/// The forms of a promise.
#[derive(Clone, Debug, PartialEq)]
pub enum Claim {
    /// `always can reach S or T`: wherever the machine is, there is a way to one of these.
    CanReach(Vec<Goal>),
    /// `A leads to B or C`: whoever is in the first comes to one of the others in the end.
    LeadsTo(Goal, Vec<Goal>),
    /// `never A -> B`: no transition goes from the first, or from inside it, to the second, or into it.
    NeverFollows(Goal, Goal),
    /// `never EXPR`: it does not hold between two steps.
    Never(Expr),
    /// `at most N transitions per DURATION`, or so many `commands`.
    AtMost {
        /// How many.
        count: u64,
        /// What is counted.
        of: Counted,
        /// In any so many milliseconds.
        per_ms: u64,
    },
}

/// A state that a promise names; being inside it counts as being in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Goal {
    /// Which.
    pub state: StateId,
    /// Where it is named.
    pub span: Span,
}

/// What `at most` counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Counted {
    /// `transitions`.
    Transitions,
    /// `commands`: times that a watcher or run is asked, whatever its kind.
    Commands,
}
