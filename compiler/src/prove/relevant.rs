//! What decides where a machine goes: data and facts that some condition, promise or failing calculation reads, and
//! all that is assigned to those.

use super::texts::Texts;
use crate::model::bounds::{Known, Place};
use crate::model::eval::Value;
use crate::model::{Action, ActionKind, Calculate, Claim, Expr, ExprKind, Machine, SignalSource, Type};
use std::collections::{BTreeMap, BTreeSet};

/// Data or a fact.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Held {
    /// Data, by position.
    Data(usize),
    /// A fact, by position.
    Fact(usize),
}

impl Held {
    /// What an expression names, if it is that.
    pub(super) fn of(expr: &Expr) -> Option<Self> {
        match expr.kind {
            ExprKind::Data(it) => Some(Self::Data(it)),
            ExprKind::Fact(it) => Some(Self::Fact(it)),
            _ => None,
        }
    }

    /// Its type.
    pub(super) fn ty(self, machine: &Machine) -> &Type {
        match self {
            Self::Data(it) => &machine.data[it].ty,
            Self::Fact(it) => &machine.facts[it].ty,
        }
    }

    /// The same for calculations with bounds.
    pub(super) fn place<'e>(self) -> Place<'e> {
        match self {
            Self::Data(it) => Place::Data(it),
            Self::Fact(it) => Place::Fact(it),
        }
    }
}

/// What matters, and how finely.
#[derive(Default, PartialEq)]
pub(super) struct Relevant {
    /// In the order of the declarations.
    pub(super) held: BTreeSet<Held>,
    /// What numbers are compared with, by the name that is compared: data and facts.
    pub(super) constants: BTreeMap<Held, Vec<i64>>,
    /// Data that only ever becomes a constant, or changes by one.
    pub(super) counters: BTreeSet<Held>,
    /// What texts are told apart by.
    pub(super) texts: Texts,
    /// Some calculation of the machine can fail.
    pub(super) can_fail: bool,
}

impl Relevant {
    /// What matters for these promises of a machine.
    pub(super) fn of(machine: &Machine, claims: &[&Claim]) -> Self {
        let mut out = Self { texts: Texts::of(machine, claims), ..Self::default() };
        let promised = claims.iter().filter_map(|it| if let Claim::Never(it) = it { Some(it) } else { None });
        for condition in conditions(machine).chain(promised) {
            out.reads(condition);
            out.compares(condition);
        }
        for handler in &machine.handlers {
            let known = handler.guard.as_deref().and_then(|it| Known::default().given(it, true));
            out.acts(machine, &handler.actions, known.unwrap_or_default());
        }
        for state in &machine.states {
            out.acts(machine, &state.enter, Known::default());
            out.acts(machine, &state.exit, Known::default());
        }
        out.can_fail |= conditions(machine).any(fails);
        while out.follow(machine) {}
        out.counters = (0..machine.data.len()).filter(|it| counts(machine, *it)).map(Held::Data).collect();
        out
    }

    /// What actions read that can fail, one after the other.
    fn acts<'m>(&mut self, machine: &'m Machine, actions: &'m [Action], mut known: Known<'m>) {
        for action in actions {
            if can_fail(machine, action, &known) {
                self.can_fail = true;
                action.exprs().into_iter().for_each(|it| self.reads(it));
            }
            match &action.kind {
                ActionKind::Raise { values, .. } => values.iter().for_each(|it| self.reads(it)),
                ActionKind::Assign { data, value } => {
                    let bounds = known.fits(value, &machine.data[*data].ty, &mut Vec::new());
                    known.set(Place::Data(*data), bounds);
                }
                _ => {}
            }
        }
    }

    fn reads(&mut self, expr: &Expr) {
        expr.walk(&mut |it| self.held.extend(Held::of(it)));
    }

    /// Notes the constants of each comparison for all that it compares.
    fn compares(&mut self, expr: &Expr) {
        expr.walk(&mut |it| {
            if let ExprKind::Compare(..) | ExprKind::InRange(..) = it.kind {
                let constants = numbers(it);
                it.walk(&mut |part| {
                    if let Some(held) = Held::of(part) {
                        self.constants.entry(held).or_default().extend(&constants);
                    }
                });
            }
        });
    }

    /// What is assigned to something that matters does, too. Whether that was new.
    fn follow(&mut self, machine: &Machine) -> bool {
        let before = self.held.len();
        for action in actions(machine) {
            if let ActionKind::Assign { data, value } = &action.kind
                && self.held.contains(&Held::Data(*data))
            {
                self.reads(value);
            }
        }
        self.held.len() > before
    }
}

/// Constants of an expression that are numbers, and what is just beside them.
pub(super) fn numbers(expr: &Expr) -> Vec<i64> {
    let mut found = Vec::new();
    expr.walk(&mut |it| {
        let value = it.constant().and_then(Value::of);
        if let Some(Value::Int(it) | Value::Duration(it) | Value::Time(it)) = value {
            found.extend([it, it.saturating_add(1)]);
        }
    });
    found
}

/// Every condition of the machine.
pub(super) fn conditions(machine: &Machine) -> impl Iterator<Item = &Expr> {
    let guards = machine.handlers.iter().filter_map(|it| it.guard.as_deref());
    let whens = machine.signals.iter().filter_map(|it| match &it.source {
        SignalSource::When(_, condition) => Some(condition),
        _ => None,
    });
    guards.chain(whens)
}

/// Every action of the machine.
pub(super) fn actions(machine: &Machine) -> impl Iterator<Item = &Action> {
    let blocks = machine.states.iter().flat_map(|it| it.enter.iter().chain(&it.exit));
    machine.handlers.iter().flat_map(|it| &it.actions).chain(blocks)
}

fn fails(expr: &Expr) -> bool {
    let mut failures = Vec::new();
    Known::default().look(expr, &mut failures);
    !failures.is_empty()
}

/// Whether an action can fail where so much is known.
fn can_fail<'m>(machine: &'m Machine, action: &'m Action, known: &Known<'m>) -> bool {
    let fits = |value, ty| {
        let mut failures = Vec::new();
        known.fits(value, ty, &mut failures);
        failures.is_empty()
    };
    match &action.kind {
        ActionKind::Assign { data, value } => !fits(value, &machine.data[*data].ty),
        ActionKind::Emit { emit, values } => {
            !values.iter().zip(&machine.emits[*emit].fields).all(|(value, (_, ty))| fits(value, ty))
        }
        ActionKind::Raise { .. } => true,
        ActionKind::Log(value) => {
            let mut failures = Vec::new();
            known.look(value, &mut failures);
            !failures.is_empty()
        }
        ActionKind::Poll(_) => false,
    }
}

/// Whether data only ever becomes a constant, or itself and a constant.
fn counts(machine: &Machine, data: usize) -> bool {
    let is_itself = |it: &Expr| Held::of(it) == Some(Held::Data(data));
    let is_simple = |value: &Expr| match &value.kind {
        ExprKind::Constant(_) => true,
        ExprKind::Calculate(Calculate::Add | Calculate::Subtract, a, b) => {
            is_itself(a) && b.constant().is_some() || is_itself(b) && a.constant().is_some()
        }
        ExprKind::Call(_, parts) => parts.iter().all(|it| it.constant().is_some() || is_stepped(it, data)),
        _ => is_itself(value),
    };
    let assigned = actions(machine).filter_map(|it| match &it.kind {
        ActionKind::Assign { data: it, value } if *it == data => Some(value),
        _ => None,
    });
    assigned.into_iter().all(is_simple)
}

/// `n`, `n + 1`, `n - 1`.
fn is_stepped(expr: &Expr, data: usize) -> bool {
    let is_itself = |it: &Expr| Held::of(it) == Some(Held::Data(data));
    match &expr.kind {
        ExprKind::Calculate(Calculate::Add | Calculate::Subtract, a, b) => is_itself(a) && b.constant().is_some(),
        _ => is_itself(expr),
    }
}
