//! Expressions, walked as they are written ([page 8 of the manual](../../spec/08-expressions.md)).

use super::functions::{Calculated, call, less};
use super::text::shown;
use super::value::{Reason, Value};
use Value::{Bool, Duration, Float, Int, List, Text, Time, Word};
use machine_compiler::ast::{BinaryOp, Expr, ExprKind, Piece, UnaryOp};
use std::collections::BTreeMap;

/// Values by name.
pub type Values = BTreeMap<String, Value>;

/// What names mean while a handler is looked at.
#[derive(Clone, Copy)]
pub(super) struct Scope<'e> {
    /// What the event carries, and what the handler calls it.
    pub(super) binding: Option<(&'e str, &'e Values)>,
    /// Constants of the instance.
    pub(super) parameters: &'e Values,
    /// What the machine remembers.
    pub(super) data: &'e Values,
    /// What the node tells.
    pub(super) facts: &'e Values,
    /// The calendar's time, in milliseconds since 1970.
    pub(super) now: i64,
}

impl Scope<'_> {
    /// The value of an expression that the compiler accepted.
    pub(super) fn value(&self, expr: &Expr<'_>) -> Calculated {
        Ok(match &expr.kind {
            ExprKind::Text(it) => Text(it.to_string()),
            ExprKind::Interpolated(pieces) => Text(self.text(pieces)?),
            ExprKind::Int(it) => Int(*it),
            ExprKind::Float(it) => Float(*it),
            ExprKind::Duration(it) => Duration(i64::try_from(*it).map_err(|_| Reason::Overflow)?),
            ExprKind::Bool(it) => Bool(*it),
            ExprKind::List(items) => List(alike(self.all(items)?)),
            ExprKind::Name(name) => self.named(name.text),
            ExprKind::Field(of, name) => self.field(of, name.text),
            ExprKind::Call(name, _) if name.text == "now" => Time(self.now),
            ExprKind::Call(name, arguments) => {
                let values = self.all(arguments)?;
                call(name.text, &values).unwrap_or_else(|| unexpected(expr))?
            }
            ExprKind::Unary(op, it) => unary(*op, self.value(it)?).unwrap_or_else(|| unexpected(expr))?,
            ExprKind::Binary(op, _, a, b) => self.binary(*op, a, b)?,
            ExprKind::In { item, set, negated, .. } => Bool(self.is_in(item, set)? != *negated),
            ExprKind::Map(_) | ExprKind::Range(..) | ExprKind::Faulty => unexpected(expr)?,
        })
    }

    /// Whether a condition holds.
    pub(super) fn holds(&self, expr: &Expr<'_>) -> Result<bool, Reason> {
        Ok(self.value(expr)? == Bool(true))
    }

    fn all(&self, items: &[Expr<'_>]) -> Result<Vec<Value>, Reason> {
        items.iter().map(|it| self.value(it)).collect()
    }

    fn text(&self, pieces: &[Piece<'_>]) -> Result<String, Reason> {
        let piece = |it: &Piece<'_>| match it {
            Piece::Text(it) => Ok(it.clone()),
            Piece::Expr(it) => self.value(it).map(|it| shown(&it)),
        };
        pieces.iter().map(piece).collect()
    }

    /// A parameter, data, a fact, else a word.
    fn named(&self, name: &str) -> Value {
        let found = [self.parameters, self.data, self.facts].into_iter().find_map(|it| it.get(name));
        found.cloned().unwrap_or_else(|| Word(name.to_owned()))
    }

    fn field(&self, of: &Expr<'_>, field: &str) -> Value {
        let name = if let ExprKind::Name(name) = &of.kind { name.text } else { "" };
        let bound = self.binding.filter(|(binding, _)| *binding == name);
        // A field that is not there has been refused by the compiler.
        bound.and_then(|(_, values)| values.get(field)).cloned().unwrap_or_else(|| Word(format!("{name}.{field}?")))
    }

    fn binary(&self, op: BinaryOp, a: &Expr<'_>, b: &Expr<'_>) -> Calculated {
        let first = self.value(a)?;
        match (op, &first) {
            (BinaryOp::And, Bool(false)) | (BinaryOp::Or, Bool(true)) => return Ok(first),
            (BinaryOp::And | BinaryOp::Or, _) => return self.value(b),
            _ => {}
        }
        let second = self.value(b)?;
        match op {
            BinaryOp::Equal => Ok(Bool(first.same(&second))),
            BinaryOp::NotEqual => Ok(Bool(!first.same(&second))),
            BinaryOp::Less => order(less(&first, &second)),
            BinaryOp::Greater => order(less(&second, &first)),
            BinaryOp::LessOrEqual => order(less(&second, &first).map(|it| !it)),
            BinaryOp::GreaterOrEqual => order(less(&first, &second).map(|it| !it)),
            _ => combine(op, &first, &second),
        }
    }

    fn is_in(&self, item: &Expr<'_>, set: &Expr<'_>) -> Result<bool, Reason> {
        let item = self.value(item)?;
        if let ExprKind::Range(low, high) = &set.kind {
            let (low, high) = (self.value(low)?, self.value(high)?);
            return Ok(less(&item, &low) == Some(false) && less(&high, &item) == Some(false));
        }
        let set = self.value(set)?;
        Ok(matches!(set, List(items) if items.iter().any(|it| it.same(&item))))
    }
}

/// Beside floats, whole numbers that are written out are floats too.
fn alike(items: Vec<Value>) -> Vec<Value> {
    if !items.iter().any(|it| matches!(it, Float(_))) {
        return items;
    }
    items.into_iter().map(|it| if let Int(it) = it { Float(it as f64) } else { it }).collect()
}

/// The compiler should have refused this; the value is one that nothing else yields, so that the comparison tells.
fn unexpected(expr: &Expr<'_>) -> Calculated {
    Ok(Word(format!("no meaning: {:?}", expr.kind)))
}

fn order(it: Option<bool>) -> Calculated {
    Ok(it.map_or_else(|| Word("no order".to_owned()), Bool))
}

fn unary(op: UnaryOp, value: Value) -> Option<Calculated> {
    Some(match (op, value) {
        (UnaryOp::Not, Bool(it)) => Ok(Bool(!it)),
        (UnaryOp::Minus, Int(it)) => fit(-i128::from(it)).map(Int),
        (UnaryOp::Minus, Duration(it)) => fit(-i128::from(it)).map(Duration),
        (UnaryOp::Minus, Float(it)) => Ok(Float(-it)),
        _ => return None,
    })
}

fn fit(number: i128) -> Result<i64, Reason> {
    i64::try_from(number).map_err(|_| Reason::Overflow)
}

pub(super) fn combine(op: BinaryOp, a: &Value, b: &Value) -> Calculated {
    match (a, b) {
        (Int(a), Int(b)) => fit(whole(op, *a, *b)?).map(Int),
        (Float(a), Float(b)) => fraction(op, *a, *b),
        (Float(a), Int(b)) => fraction(op, *a, *b as f64),
        (Int(a), Float(b)) => fraction(op, *a as f64, *b),
        (Duration(a), Duration(b)) if op == BinaryOp::Divide => fit(whole(op, *a, *b)?).map(Int),
        (Duration(a), Duration(b) | Int(b)) => fit(whole(op, *a, *b)?).map(Duration),
        (Time(a), Duration(b)) => fit(whole(op, *a, *b)?).map(Time),
        (Time(a), Time(b)) => fit(whole(op, *a, *b)?).map(Duration),
        _ => Ok(Word("no calculation".to_owned())),
    }
}

fn whole(op: BinaryOp, a: i64, b: i64) -> Result<i128, Reason> {
    let (a, b) = (i128::from(a), i128::from(b));
    match op {
        BinaryOp::Divide | BinaryOp::Remainder if b == 0 => Err(Reason::Division),
        BinaryOp::Divide => Ok(a / b),
        BinaryOp::Remainder => Ok(a % b),
        BinaryOp::Multiply => Ok(a * b),
        BinaryOp::Subtract => Ok(a - b),
        _ => Ok(a + b),
    }
}

fn fraction(op: BinaryOp, a: f64, b: f64) -> Calculated {
    let result = match op {
        BinaryOp::Divide if b == 0.0 => return Err(Reason::Division),
        BinaryOp::Divide => a / b,
        BinaryOp::Multiply => a * b,
        BinaryOp::Subtract => a - b,
        _ => a + b,
    };
    if result.is_finite() { Ok(Float(result)) } else { Err(Reason::Overflow) }
}
