//! The types of expressions ([page 8](../../spec/08-expressions.md)).

use super::Values;
use super::kinds::{Field, constant};
use super::value::Type;
use machine_compiler::ast::{BinaryOp, Expr, ExprKind, Piece, UnaryOp};
use std::collections::BTreeMap;

/// What sort of value an expression has; bounds are looked at elsewhere.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Sort {
    Bool,
    /// Written out, it can be a float too.
    Written,
    Int,
    Float,
    Text,
    Duration,
    Time,
    /// Of one of these words.
    Words(Vec<String>),
    /// Words of an enum that is wanted in their place.
    Word(Vec<String>),
    List(Box<Sort>),
    /// `[]`, or what has been complained of.
    Any,
}

/// What the event carries, by the name that the handler gives it.
pub(super) type Binding<'b> = Option<(&'b str, &'b [Field])>;

/// What names mean, and what is wrong.
#[derive(Default)]
pub(super) struct Typing {
    /// Data (`true`) and facts.
    pub(super) names: BTreeMap<String, (Type, bool)>,
    pub(super) secrets: Vec<String>,
    pub(super) said: Vec<String>,
}

impl Typing {
    fn wrong(&mut self, what: String) -> Sort {
        self.said.push(what);
        Sort::Any
    }

    /// A value that has to be of this type, or may turn out to be.
    pub(super) fn wanted(&mut self, expr: &Expr<'_>, ty: &Type, binding: Binding<'_>) {
        let found = self.sort(expr, binding);
        if !fits(&found, &sort_of(ty)) {
            self.wrong(format!("{found:?} where {ty:?} is wanted"));
            return;
        }
        // What is known already has to fit now.
        if is_constant(expr)
            && let Some(value) = constant(expr, &Values::new())
            && value.fit(ty).is_err()
        {
            self.wrong(format!("a constant that is no {ty:?}"));
        }
    }

    /// An argument of a watcher: a secret only in a map.
    pub(super) fn argument(&mut self, expr: &Expr<'_>) {
        if let ExprKind::Map(entries) = &expr.kind {
            let is_secret = |it: &Expr<'_>| matches!(&it.kind, ExprKind::Name(name) if self.secrets.iter().any(|it| it == name.text));
            let others: Vec<&Expr<'_>> = entries.iter().map(|it| &it.1).filter(|it| !is_secret(it)).collect();
            others.into_iter().for_each(|it| self.wanted(it, &Type::TEXT, None));
        } else if matches!(self.sort(expr, None), Sort::Word(_)) {
            self.wrong("a word where a value is wanted".to_owned());
        }
    }

    pub(super) fn sort(&mut self, expr: &Expr<'_>, binding: Binding<'_>) -> Sort {
        match &expr.kind {
            ExprKind::Text(_) => Sort::Text,
            ExprKind::Interpolated(pieces) => {
                for piece in pieces {
                    if let Piece::Expr(it) = piece
                        && let Sort::Word(words) = self.sort(it, binding)
                    {
                        self.wrong(format!("{words:?} is no value"));
                    }
                }
                Sort::Text
            }
            ExprKind::Int(_) => Sort::Written,
            ExprKind::Float(_) => Sort::Float,
            ExprKind::Duration(_) => Sort::Duration,
            ExprKind::Bool(_) => Sort::Bool,
            ExprKind::List(items) => items.iter().fold(Sort::List(Box::new(Sort::Any)), |all, it| {
                let item = Sort::List(Box::new(self.sort(it, binding)));
                self.join(all, item)
            }),
            ExprKind::Name(name) => match self.names.get(name.text) {
                Some((ty, _)) => sort_of(ty),
                None if self.secrets.iter().any(|it| it == name.text) => self.wrong("a secret".to_owned()),
                None => Sort::Word(vec![name.text.to_owned()]),
            },
            ExprKind::Field(of, field) => self.field(of, field.text, binding),
            ExprKind::Call(name, arguments) => {
                let sorts: Vec<Sort> = arguments.iter().map(|it| self.sort(it, binding)).collect();
                self.call(name.text, &sorts)
            }
            ExprKind::Unary(UnaryOp::Not, it) => {
                self.wanted(it, &Type::Bool, binding);
                Sort::Bool
            }
            ExprKind::Unary(UnaryOp::Minus, it) => match self.sort(it, binding) {
                it @ (Sort::Written | Sort::Int | Sort::Float | Sort::Duration | Sort::Any) => it,
                it => self.wrong(format!("minus {it:?}")),
            },
            ExprKind::Binary(op, _, a, b) => {
                let (a, b) = (self.sort(a, binding), self.sort(b, binding));
                self.binary(*op, a, b)
            }
            ExprKind::In { item, set, .. } => {
                let item = self.sort(item, binding);
                if let ExprKind::Range(low, high) = &set.kind {
                    for end in [low, high] {
                        let end = self.sort(end, binding);
                        self.join(item.clone(), end);
                    }
                } else {
                    let set = self.sort(set, binding);
                    self.join(Sort::List(Box::new(item)), set);
                }
                Sort::Bool
            }
            ExprKind::Map(_) | ExprKind::Range(..) | ExprKind::Faulty => self.wrong("no value".to_owned()),
        }
    }

    fn field(&mut self, of: &Expr<'_>, field: &str, binding: Binding<'_>) -> Sort {
        let name = if let ExprKind::Name(name) = &of.kind { name.text } else { "" };
        let fields = binding.filter(|it| it.0 == name).map(|it| it.1);
        match fields.and_then(|it| it.iter().find(|it| it.0 == field)) {
            Some((_, ty)) => sort_of(ty),
            None => self.wrong(format!("there is no `{name}.{field}`")),
        }
    }

    /// The sort of two values that have to be of one.
    fn join(&mut self, a: Sort, b: Sort) -> Sort {
        match (a, b) {
            (Sort::Word(a), Sort::Word(b)) => Sort::Word([a, b].concat()),
            (Sort::List(a), Sort::List(b)) => Sort::List(Box::new(self.join(*a, *b))),
            (a, b) if fits(&a, &b) => b,
            (a, b) if fits(&b, &a) => a,
            (a, b) => self.wrong(format!("{a:?} beside {b:?}")),
        }
    }

    fn call(&mut self, name: &str, sorts: &[Sort]) -> Sort {
        use Sort::{Any, Bool, Duration, Float, Int, List, Text, Time, Written};
        let is_text = |it: &Sort| matches!(it, Text | Any);
        match (name, sorts) {
            ("now", []) => Time,
            ("min" | "max", [a, b]) => match self.join(a.clone(), b.clone()) {
                it @ (Written | Int | Float | Duration | Time | Any) => it,
                it => self.wrong(format!("`{name}` of {it:?}")),
            },
            ("abs", [it @ (Written | Int | Float | Duration | Any)]) => it.clone(),
            ("len", [Text | List(_) | Any]) => Int,
            ("contains", [List(of), item]) => {
                self.join((**of).clone(), item.clone());
                Bool
            }
            ("contains" | "starts_with" | "ends_with" | "matches", [a, b]) if is_text(a) && is_text(b) => Bool,
            ("lower" | "upper", [it]) if is_text(it) => Text,
            ("int", [Float | Text | Any]) => Int,
            ("float", [Written | Int | Text | Any]) => Float,
            ("string", [it]) if !matches!(it, Sort::Word(_)) => Text,
            _ => self.wrong(format!("`{name}` of {sorts:?}")),
        }
    }

    fn binary(&mut self, op: BinaryOp, a: Sort, b: Sort) -> Sort {
        use BinaryOp::{Add, Divide, Multiply, Remainder, Subtract};
        use Sort::{Any, Bool, Duration, Float, Int, Text, Time, Written};
        match op {
            BinaryOp::And | BinaryOp::Or if fits(&a, &Bool) && fits(&b, &Bool) => Bool,
            BinaryOp::And | BinaryOp::Or => self.wrong(format!("{a:?} and {b:?}")),
            BinaryOp::Equal | BinaryOp::NotEqual => {
                if let Sort::Word(words) = self.join(a, b) {
                    self.wrong(format!("{words:?} of no enum"));
                }
                Bool
            }
            BinaryOp::Less | BinaryOp::LessOrEqual | BinaryOp::Greater | BinaryOp::GreaterOrEqual => {
                match self.join(a, b) {
                    Written | Int | Float | Duration | Time | Text | Any => Bool,
                    it => self.wrong(format!("no order of {it:?}")),
                }
            }
            _ => match (op, a, b) {
                (Add, Time, Duration) | (Subtract, Time, Duration) => Time,
                (Subtract, Time, Time) => Duration,
                (Divide, Duration, Duration) => Int,
                (Add | Subtract, Duration, Duration) => Duration,
                (Multiply | Divide, Duration, Int | Written) => Duration,
                (_, Any, _) | (_, _, Any) => Any,
                (Remainder, Float, _) | (Remainder, _, Float) => self.wrong("`%` of floats".to_owned()),
                (_, a @ (Written | Int | Float), b @ (Written | Int | Float)) => self.join(a, b),
                (_, a, b) => self.wrong(format!("{op:?} of {a:?} and {b:?}")),
            },
        }
    }
}

/// Whether a value of one sort can stand where the other is wanted.
fn fits(found: &Sort, wanted: &Sort) -> bool {
    match (found, wanted) {
        (Sort::Any, _) | (_, Sort::Any) | (Sort::Written, Sort::Int | Sort::Float) => true,
        (Sort::Word(all), Sort::Words(words)) => all.iter().all(|it| words.contains(it)),
        (Sort::List(found), Sort::List(wanted)) => fits(found, wanted),
        (a, b) => a == b && !matches!(a, Sort::Word(_)),
    }
}

fn sort_of(ty: &Type) -> Sort {
    match ty {
        Type::Bool => Sort::Bool,
        Type::Int(..) => Sort::Int,
        Type::Float => Sort::Float,
        Type::Text(_) => Sort::Text,
        Type::Duration => Sort::Duration,
        Type::Time => Sort::Time,
        Type::Words(words) => Sort::Words(words.clone()),
        Type::List(of, _) => Sort::List(Box::new(sort_of(of))),
    }
}

/// A value that is written out.
fn is_constant(expr: &Expr<'_>) -> bool {
    match &expr.kind {
        ExprKind::Text(_) | ExprKind::Int(_) | ExprKind::Float(_) | ExprKind::Duration(_) | ExprKind::Bool(_) => true,
        ExprKind::List(items) => items.iter().all(is_constant),
        ExprKind::Unary(UnaryOp::Minus, it) => is_constant(it),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reference::Value;

    #[test]
    fn a_written_number_is_a_float_where_one_is_wanted() {
        assert!(fits(&Sort::Written, &Sort::Float) && !fits(&Sort::Int, &Sort::Float));
        assert!(Value::Int(3).fit(&Type::Float) == Ok(Value::Float(3.0)));
    }
}
