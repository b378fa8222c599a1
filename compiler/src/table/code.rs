//! Calculations and actions as the table holds them.

use super::number;
use super::order::Order;
use crate::model::{Action, ActionKind, Constant, Expr, ExprKind, Field, Function, Machine, SignalSource, Type};
use crate::source::{FileId, SourceMap};
use machine_core::definition as flat;
use machine_grammar::Span;
use std::sync::Arc;

/// What calculations are turned into: enums by number, positions by line.
pub(super) struct Code<'m> {
    machine: &'m Machine,
    order: &'m Order,
    sources: &'m SourceMap,
    file: FileId,
    /// Each list of words once, in the order in which they are met.
    enums: Vec<Arc<[String]>>,
    /// The number of the signal that each declared event is.
    declared: Vec<Option<u16>>,
}

impl<'m> Code<'m> {
    pub(super) fn new(machine: &'m Machine, order: &'m Order, sources: &'m SourceMap, file: FileId) -> Self {
        let signal = |event| {
            let is_it = |it: &crate::model::Signal| it.source == SignalSource::Declared(event);
            machine.signals.iter().position(is_it).map(number)
        };
        let declared = (0..machine.events.len()).map(signal).collect();
        Self { machine, order, sources, file, enums: Vec::new(), declared }
    }

    /// The number of signals in the table: those that handlers name, then declared events that none names.
    pub(super) fn number_events(&mut self) -> usize {
        let mut next = self.machine.signals.len();
        for it in &mut self.declared {
            if it.is_none() {
                *it = Some(number(next));
                next += 1;
            }
        }
        next
    }

    /// The signal of a declared event.
    pub(super) fn event(&self, event: usize) -> u16 {
        self.declared.get(event).copied().flatten().unwrap_or(u16::MAX)
    }

    /// The declared events in the order of the signals that no handler names.
    pub(super) fn unnamed_events(&self) -> Vec<usize> {
        let is_named = |event: &usize| self.event(*event) < number(self.machine.signals.len());
        (0..self.machine.events.len()).filter(|it| !is_named(it)).collect()
    }

    pub(super) fn enums(&self) -> Vec<flat::Enum> {
        self.enums.iter().map(|it| flat::Enum { words: it.to_vec() }).collect()
    }

    pub(super) fn position(&self, span: Span) -> flat::Position {
        let (line, column) = self.sources.line_column(self.file, span);
        flat::Position {
            source: 0,
            line: u32::try_from(line).unwrap_or(u32::MAX),
            column: u16::try_from(column).unwrap_or(u16::MAX),
        }
    }

    pub(super) fn enumeration(&mut self, words: &Arc<[String]>) -> u16 {
        let found = self.enums.iter().position(|it| it == words);
        number(found.unwrap_or_else(|| {
            self.enums.push(words.clone());
            self.enums.len() - 1
        }))
    }

    pub(super) fn ty(&mut self, ty: &Type) -> flat::Type {
        match ty {
            Type::Bool => flat::Type::Bool,
            Type::Int { min, max } => flat::Type::Int { min: *min, max: *max },
            Type::Float => flat::Type::Float,
            Type::Text { max } => flat::Type::Text { max: (*max).min(crate::model::TEXT_MOST) },
            Type::Path | Type::Map(_) | Type::Secret => flat::Type::Text { max: crate::model::TEXT_MOST },
            Type::Duration => flat::Type::Duration,
            Type::Time => flat::Type::Time,
            Type::Enum(words) => flat::Type::Enum(self.enumeration(words)),
            Type::List { of, max } => flat::Type::List { of: Box::new(self.ty(of)), max: *max },
        }
    }

    pub(super) fn field(&mut self, (name, ty): &Field) -> flat::Field {
        flat::Field { name: name.clone(), ty: self.ty(ty) }
    }

    /// A constant of a type; the type tells the words of enums.
    pub(super) fn value(&mut self, it: &Constant, ty: Option<&Type>) -> flat::Value {
        match it {
            Constant::Bool(it) => flat::Value::Bool(*it),
            Constant::Int(it) => flat::Value::Int(*it),
            Constant::Float(it) => flat::Value::Float(*it),
            Constant::Duration(it) => flat::Value::Duration(*it),
            Constant::Text(it) => flat::Value::Text(it.to_string()),
            Constant::Time(it) => flat::Value::Time(*it),
            Constant::Enum(word) => match ty {
                Some(Type::Enum(words)) => flat::Value::Enum(self.enumeration(words), *word),
                _ => flat::Value::Int(i64::from(*word)),
            },
            Constant::List(items) => {
                let of = if let Some(Type::List { of, .. }) = ty { Some(&**of) } else { None };
                flat::Value::List(items.iter().map(|it| self.value(it, of)).collect())
            }
            Constant::Map(entries) => {
                flat::Value::Map(entries.iter().map(|(key, it)| (key.to_string(), self.value(it, None))).collect())
            }
            Constant::Secret(it) => flat::Value::Secret(number(*it)),
            Constant::Computed(it) => flat::Value::Computed(Box::new(self.expr(it, &[]))),
        }
    }

    pub(super) fn action(&mut self, action: &Action, payload: &[Field]) -> flat::Action {
        let kind = match &action.kind {
            ActionKind::Assign { data, value } => {
                flat::ActionKind::Assign { data: number(*data), value: self.expr(value, payload) }
            }
            ActionKind::Emit { emit, values } => {
                flat::ActionKind::Emit { emit: number(*emit), values: self.exprs(values, payload) }
            }
            ActionKind::Raise { event, values } => {
                flat::ActionKind::Raise { signal: self.event(*event), values: self.exprs(values, payload) }
            }
            ActionKind::Log(text) => flat::ActionKind::Log(self.expr(text, payload)),
            ActionKind::Poll(watcher) => flat::ActionKind::Poll(self.order.watcher[watcher.0]),
        };
        flat::Action { position: self.position(action.span), kind }
    }

    fn exprs(&mut self, exprs: &[Expr], payload: &[Field]) -> Vec<flat::Expr> {
        exprs.iter().map(|it| self.expr(it, payload)).collect()
    }

    fn boxed(&mut self, expr: &Expr, payload: &[Field]) -> Box<flat::Expr> {
        Box::new(self.expr(expr, payload))
    }

    pub(super) fn expr(&mut self, expr: &Expr, payload: &[Field]) -> flat::Expr {
        match &expr.kind {
            ExprKind::Constant(it) => flat::Expr::Value(self.value(it, Some(&expr.ty))),
            // A template without an instance never becomes a table; promises and tests are not part of one.
            ExprKind::Param(_) | ExprKind::Secret(_) | ExprKind::In(_) => flat::Expr::Value(flat::Value::Bool(false)),
            ExprKind::Data(it) => flat::Expr::Data(number(*it)),
            ExprKind::Fact(it) => flat::Expr::Fact(number(*it)),
            ExprKind::Field(_, name) => flat::Expr::Field(field_at(name, payload), self.ty(&expr.ty)),
            ExprKind::Now => flat::Expr::Now,
            ExprKind::Not(it) => flat::Expr::Not(self.boxed(it, payload)),
            ExprKind::Minus(it) => flat::Expr::Minus(self.boxed(it, payload)),
            ExprKind::And(a, b) => flat::Expr::And(self.boxed(a, payload), self.boxed(b, payload)),
            ExprKind::Or(a, b) => flat::Expr::Or(self.boxed(a, payload), self.boxed(b, payload)),
            ExprKind::Compare(op, a, b) => flat::Expr::Compare(*op, self.boxed(a, payload), self.boxed(b, payload)),
            ExprKind::InRange(it, low, high) => {
                let mut compare = |op, bound: &Expr| {
                    Box::new(flat::Expr::Compare(op, self.boxed(it, payload), self.boxed(bound, payload)))
                };
                let above = compare(flat::Compare::GreaterOrEqual, low);
                flat::Expr::And(above, compare(flat::Compare::LessOrEqual, high))
            }
            ExprKind::Calculate(op, a, b) => flat::Expr::Calculate(*op, self.boxed(a, payload), self.boxed(b, payload)),
            ExprKind::Text(parts) => flat::Expr::Text(self.exprs(parts, payload)),
            ExprKind::Call(function, args) => flat::Expr::Call(*function, self.exprs(args, payload)),
            ExprKind::List(items) => {
                let of = if let Type::List { of, .. } = &expr.ty { self.ty(of) } else { flat::Type::Bool };
                flat::Expr::List(of, self.exprs(items, payload))
            }
            // Constants are widened when they are checked.
            ExprKind::Widen(it) => flat::Expr::Call(Function::ToFloat, vec![self.expr(it, payload)]),
        }
    }
}

/// Where a field stands in an event; `check` has seen to it that it does.
pub(super) fn field_at(name: &str, payload: &[Field]) -> u8 {
    let at = payload.iter().position(|it| it.0 == name);
    at.and_then(|it| u8::try_from(it).ok()).unwrap_or(u8::MAX)
}
