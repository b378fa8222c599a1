//! What must never be: a transition, or a condition. Decided on all that may happen.

use super::graph::Graph;
use super::relevant::Held;
use super::run::{Move, truth};
use super::space::{Bits, Space};
use super::trace::{Found, Taken};
use crate::model::eval::{Value, eval};
use crate::model::{Constant, Expr, ExprKind, StateId, Type};
use std::collections::HashMap;

/// The shortest way on which a transition leads from inside `from` to inside `to`.
pub(super) fn follows(graph: &mut Graph<'_>, from: StateId, to: StateId) -> Option<Found> {
    let [from, to] = [from, to].map(|it| graph.space.inside(&[it]));
    let number = |it: StateId, space: &Space<'_>| space.number_of(it);
    let is_it = |it: &Move, space: &Space<'_>| from[number(it.from, space)] && to[number(it.to, space)];
    let start = graph.starts.iter().position(|(_, way)| way.moves.iter().any(|it| is_it(it, &graph.space)));
    if let Some(at) = start {
        let to = graph.starts[at].1.from(graph.starts[at].0);
        return graph.position(to).map(|to| Found::at(vec![Taken::start(at as u32, to)]));
    }
    let guilty: Vec<bool> =
        graph.table.ways.iter().map(|way| way.moves.iter().any(|it| is_it(it, &graph.space))).collect();
    if !guilty.contains(&true) {
        return None;
    }
    let (at, edge) = graph.first_along(&guilty)?;
    Some(Found::at([graph.trace_to(at), vec![Taken::along(at, edge)]].concat()))
}

/// The shortest way to where a condition holds; if there is none, to where it may hold.
pub(super) fn holds(graph: &Graph<'_>, condition: &Expr) -> Option<Found> {
    let mut by_leaf = Looked::new(&graph.space, condition);
    let mut unsure = None;
    for at in 0..graph.configs.len() {
        match by_leaf.truth(graph, at) {
            Some(true) => return Some(Found::at(graph.trace_to(at as u32))),
            Some(false) => {}
            None => _ = unsure.get_or_insert(at),
        }
    }
    unsure.map(|at| Found { depends_on_promise: true, ..Found::at(graph.trace_to(at as u32)) })
}

/// A condition in each leaf, where it is known whether the machine is in a state, with what it was found to be.
struct Looked {
    conditions: Vec<Expr>,
    reads: Vec<Bits>,
    known: HashMap<(usize, u64), Option<bool>>,
}

impl Looked {
    fn new(space: &Space<'_>, condition: &Expr) -> Self {
        let is_read = |held| condition.any(|it| Held::of(it) == Some(held));
        let reads = space.variables.iter().filter(|it| is_read(it.held)).map(|it| it.bits).collect();
        let conditions = space.leaves.iter().map(|leaf| in_leaf(space, *leaf, condition)).collect();
        Self { conditions, reads, known: HashMap::new() }
    }

    fn truth(&mut self, graph: &Graph<'_>, at: usize) -> Option<bool> {
        let (leaf, config) = (graph.leaf_at(at), graph.configs[at]);
        let key = self.reads.iter().fold(0, |key, it| key << it.mask.count_ones() | it.get(config));
        let condition = &self.conditions[leaf];
        *self.known.entry((leaf, key)).or_insert_with(|| truth(&graph.space.known(config), condition))
    }
}

/// The condition, where it is known which states are active.
pub(super) fn in_leaf(space: &Space<'_>, leaf: StateId, condition: &Expr) -> Expr {
    let within = |it: &Expr| Box::new(in_leaf(space, leaf, it));
    let all = |parts: &[Expr]| parts.iter().map(|it| in_leaf(space, leaf, it)).collect();
    let kind = match &condition.kind {
        ExprKind::In(state) => ExprKind::Constant(Constant::Bool(space.contains(*state, leaf))),
        ExprKind::Not(it) => ExprKind::Not(within(it)),
        ExprKind::Minus(it) => ExprKind::Minus(within(it)),
        ExprKind::Widen(it) => ExprKind::Widen(within(it)),
        ExprKind::And(a, b) => ExprKind::And(within(a), within(b)),
        ExprKind::Or(a, b) => ExprKind::Or(within(a), within(b)),
        ExprKind::Compare(op, a, b) => ExprKind::Compare(*op, within(a), within(b)),
        ExprKind::Calculate(op, a, b) => ExprKind::Calculate(*op, within(a), within(b)),
        ExprKind::InRange(it, low, high) => ExprKind::InRange(within(it), within(low), within(high)),
        ExprKind::Text(parts) => ExprKind::Text(all(parts)),
        ExprKind::List(parts) => ExprKind::List(all(parts)),
        ExprKind::Call(function, parts) => ExprKind::Call(*function, all(parts)),
        other => other.clone(),
    };
    let ty = if matches!(condition.kind, ExprKind::In(_)) { Type::Bool } else { condition.ty.clone() };
    Expr { kind, ty, span: condition.span }
}

/// Whether a condition over data holds in a leaf, where all data is known.
pub(super) fn is_shown(space: &Space<'_>, leaf: StateId, data: &[Value], condition: &Expr) -> bool {
    let condition = in_leaf(space, leaf, condition);
    let known = |it: &Expr| if let ExprKind::Data(at) = it.kind { data.get(at).cloned() } else { None };
    eval(&condition, &known) == Ok(Some(Value::Bool(true)))
}
