//! What the expectations of a test mean: the compiler's own calculation, over the machine that runs.

use super::subject::Subject;
use super::words;
use machine_compiler::model::eval::{self, eval};
use machine_compiler::model::{Expr, ExprKind, print};
use machine_sim::script::{Claim, Judge, is_in};
use machine_sim::{Seen, Value};

/// The claims of a test, by number.
pub(super) struct Claims<'t> {
    subject: &'t Subject<'t>,
    exprs: Vec<&'t Expr>,
}

impl<'t> Claims<'t> {
    pub(super) fn about(subject: &'t Subject<'t>) -> Self {
        Self { subject, exprs: Vec::new() }
    }

    /// Another one.
    pub(super) fn add(&mut self, expr: &'t Expr) -> Claim {
        self.exprs.push(expr);
        let is_other = |it: &Expr| matches!(it.kind, ExprKind::Data(_) | ExprKind::Fact(_) | ExprKind::Now);
        Claim { number: self.exprs.len() - 1, is_state: !expr.any(is_other) }
    }

    /// As it is written.
    pub(super) fn written(&self, claim: usize) -> String {
        self.exprs.get(claim).map_or_else(String::new, |it| self.subject.model.written(it))
    }

    fn known(&self, expr: &Expr, seen: &Seen<'_>) -> Option<eval::Value> {
        let index = |it: usize| u16::try_from(it).unwrap_or(u16::MAX);
        Some(match expr.kind {
            ExprKind::Data(it) => words::calculated(&Value::of(seen.instance.data(seen.table, index(it)))),
            ExprKind::Fact(it) => words::calculated(&Value::of(seen.instance.fact(seen.table, index(it)))),
            ExprKind::In(state) => eval::Value::Bool(is_in(seen.table, seen.state, self.subject.state(state))),
            ExprKind::Now => eval::Value::Time(seen.clock.wall()),
            _ => return None,
        })
    }

    /// What data or fact is, in words; and once for all states, which it is in.
    fn said(&self, expr: &Expr, seen: &Seen<'_>) -> Option<String> {
        match expr.kind {
            ExprKind::In(_) => Some(format!("it is in `{}`", self.subject.path(seen.state))),
            ExprKind::Data(_) | ExprKind::Fact(_) | ExprKind::Now => {
                let written = match self.known(expr, seen)? {
                    eval::Value::Time(ms) => super::calendar::utc(ms),
                    value => print::value(&value, &expr.ty),
                };
                Some(format!("`{}` is {written}", self.subject.model.written(expr)))
            }
            _ => None,
        }
    }
}

impl Judge for Claims<'_> {
    fn holds(&mut self, claim: usize, seen: &Seen<'_>) -> bool {
        let Some(expr) = self.exprs.get(claim) else { return false };
        matches!(eval(expr, &|it| self.known(it, seen)), Ok(Some(eval::Value::Bool(true))))
    }

    fn explain(&mut self, claim: usize, seen: &Seen<'_>) -> String {
        let Some(expr) = self.exprs.get(claim) else { return String::new() };
        if let Err(failure) = eval(expr, &|it| self.known(it, seen)) {
            return format!("it cannot be calculated: {}", failure.what);
        }
        let mut said: Vec<String> = Vec::new();
        expr.walk(&mut |it| {
            if let Some(text) = self.said(it, seen).filter(|it| !said.contains(it)) {
                said.push(text);
            }
        });
        said.join(", ")
    }
}
