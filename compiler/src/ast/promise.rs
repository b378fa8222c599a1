//! What a machine promises: `require …`.

use super::{Expr, Name, Path};
use machine_grammar::Span;

/// `require …`.
#[derive(Debug)]
pub struct Promise<'s> {
    /// What is promised.
    pub claim: Claim<'s>,
    /// The whole promise.
    pub span: Span,
}

/// The forms that a promise can have.
#[derive(Debug)]
pub enum Claim<'s> {
    /// `always can reach S or T`.
    CanReach(Vec<Path<'s>>),
    /// `A leads to B or C`.
    LeadsTo(Path<'s>, Vec<Path<'s>>),
    /// `never A -> B`.
    NeverFollows(Path<'s>, Path<'s>),
    /// `never EXPR`.
    Never(Expr<'s>),
    /// `at most N transitions per DURATION`.
    AtMost(AtMost<'s>),
}

/// `at most N transitions [per DURATION]`.
#[derive(Debug)]
pub struct AtMost<'s> {
    /// How many.
    pub count: Expr<'s>,
    /// What is counted, as written.
    pub of: Name<'s>,
    /// In what time.
    pub per: Option<Expr<'s>>,
    /// From `at` to the end.
    pub span: Span,
}
