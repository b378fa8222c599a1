//! What one action does to data of which only pieces are known, and how it can fail.

use super::cells::is_point;
use super::relevant::Held;
use super::run::{Fields, Run};
use super::space::Space;
use crate::model::bounds::{Bounds, Known};
use crate::model::eval::{Failure, Reason};
use crate::model::{Action, ActionKind, Expr, ExprKind, Field, Place, SignalId, SignalSource, Type};
use machine_core::limits::QUEUE_MAX;
use machine_grammar::Span;

/// A calculation that fails, or can.
pub(super) struct Failing {
    /// Position among the reasons of `fault`.
    pub(super) reason: u16,
    pub(super) span: Span,
    /// Whatever is not known, it fails.
    pub(super) certain: bool,
}

/// Position of the reason for a queue that is full.
pub(super) const QUEUE: u16 = 5;

fn position(reason: Reason) -> u16 {
    match reason {
        Reason::Overflow => 0,
        Reason::Division => 1,
        Reason::Range => 2,
        Reason::Length => 3,
        Reason::Conversion => 4,
    }
}

/// How a calculation fails: for certain if all that it reads is known.
pub(super) fn failing<'e>(known: &Known<'e>, expr: &'e Expr, failures: &[Failure]) -> Option<Failing> {
    let first = failures.first()?;
    Some(Failing { reason: position(first.reason), span: expr.span, certain: is_exact(known, expr) })
}

/// Whether nothing is unknown of what a calculation reads, so that its bounds are its value.
fn is_exact<'e>(known: &Known<'e>, expr: &'e Expr) -> bool {
    let mut exact = true;
    expr.walk(&mut |it| {
        exact &= match &it.kind {
            ExprKind::Text(_) | ExprKind::List(_) | ExprKind::Widen(_) | ExprKind::Or(..) | ExprKind::And(..) => false,
            ExprKind::Call(..) => matches!(it.ty, Type::Int { .. } | Type::Duration),
            _ => Place::of(it).is_none_or(|place| is_point(known.of(place, &it.ty))),
        };
    });
    exact
}

impl<'m> Space<'m> {
    /// Does one action; tells how it can fail. If that is certain, nothing is done.
    pub(super) fn act(&self, run: &mut Run<'m>, known: &mut Known<'m>, action: &'m Action) -> Vec<Failing> {
        match &action.kind {
            ActionKind::Assign { data, value } => self.assign(run, known, *data, value),
            ActionKind::Emit { emit, values } => fit(known, values, &self.machine.emits[*emit].fields).1,
            ActionKind::Raise { event, values } => {
                let fields = &self.machine.events[*event].fields;
                let (fields, failing) = fit(known, values, fields);
                self.raise(run, *event, fields, action.span, failing)
            }
            ActionKind::Log(text) => {
                let mut failures = Vec::new();
                known.look(text, &mut failures);
                failing(known, text, &failures).into_iter().collect()
            }
            ActionKind::Poll(watcher) => {
                run.polled.push(*watcher);
                Vec::new()
            }
        }
    }

    fn assign(&self, run: &mut Run<'m>, known: &mut Known<'m>, data: usize, value: &'m Expr) -> Vec<Failing> {
        let mut failures = Vec::new();
        let bounds = known.fits(value, &self.machine.data[data].ty, &mut failures);
        let mut failing = failing(known, value, &failures);
        if bounds.is_empty() {
            failing.iter_mut().for_each(|it| it.certain = true);
        }
        if failing.as_ref().is_none_or(|it| !it.certain) {
            known.set(Place::Data(data), bounds);
            run.looked.fill(false);
            if let Some(at) = self.variables.iter().position(|it| it.held == Held::Data(data)) {
                run.assigned |= 1 << at;
            }
        }
        failing.into_iter().collect()
    }

    fn raise(
        &self,
        run: &mut Run<'m>,
        event: usize,
        fields: Fields<'m>,
        span: Span,
        mut failing: Vec<Failing>,
    ) -> Vec<Failing> {
        if run.queue.len() >= QUEUE_MAX {
            failing.push(Failing { reason: QUEUE, span, certain: true });
        }
        let source = SignalSource::Declared(event);
        if let Some(signal) = self.machine.signals.iter().position(|it| it.source == source) {
            run.queue.push_back((SignalId(signal), fields));
        }
        failing
    }
}

/// Values for the fields of an event.
fn fit<'m>(known: &Known<'m>, values: &'m [Expr], fields: &'m [Field]) -> (Fields<'m>, Vec<Failing>) {
    let mut found = Vec::new();
    let one = |(value, (name, ty)): (&'m Expr, &'m Field)| {
        let mut failures = Vec::new();
        let bounds: Bounds = known.fits(value, ty, &mut failures);
        found.extend(
            failing(known, value, &failures).map(|it| Failing { certain: it.certain || bounds.is_empty(), ..it }),
        );
        (name.as_str(), bounds)
    };
    let fields = values.iter().zip(fields).map(one).collect();
    (fields, found)
}
