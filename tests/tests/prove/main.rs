//! Promises, against brute force: small machines whose every run is known, and large ones that are let run.
//!
//! A run looks at a sample that a seed decides. `PROVE_SEED=7 PROVE_MACHINES=524288 PROVE_OFTEN=524288 cargo test -p
//! machine-tests --test prove` looks at others, and at all of them.
#![allow(clippy::expect_used, clippy::panic, reason = "a panic is a test's report")]

mod large;
mod nested;
mod often;
mod small;
mod texts;
mod timed;
mod wide;

use machine_compiler::model::{Claim, Compare, Constant, Expr, ExprKind, Goal, Machine, Property, StateId, Type};
use machine_compiler::prove::{Cap, Open, Verdict, decide, decide_within};
use machine_compiler::source::SourceMap;
use machine_core::{Effect, Input, Instance, Instant, Table, WatcherId, step};
use machine_grammar::Span;
use machine_tests::compare::generate::generate;
use machine_tests::compare::{Inputs, Pair, Random, build, listen, tree};
use machine_tests::reference::Value;
use std::collections::BTreeMap;

fn number(name: &str, usual: u64) -> u64 {
    std::env::var(name).ok().and_then(|it| it.parse().ok()).unwrap_or(usual)
}

fn goal(state: StateId) -> Goal {
    Goal { state, span: Span::default() }
}

fn promise(claim: Claim) -> Property {
    Property { claim, span: Span::default() }
}

fn truth(kind: ExprKind) -> Expr {
    Expr { kind, ty: Type::Bool, span: Span::default() }
}
