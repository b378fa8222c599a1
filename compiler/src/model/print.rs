//! Calculations as a source would write them: for messages, and for the names of conditions.

use super::eval::Value;
use super::{Calculate, Compare, Constant, Expr, ExprKind, Function, Machine, Place, StateId, Type};
use std::fmt::Write;

impl Machine {
    /// The calculation as it is written.
    #[must_use]
    pub fn written(&self, expr: &Expr) -> String {
        let names = Names {
            data: &|it| self.data[it].name.clone(),
            fact: &|it| self.facts[it].name.clone(),
            state: &|it| self.state(it).path.to_string(),
        };
        names.written(expr)
    }

    /// A place as it is written.
    #[must_use]
    pub fn place(&self, place: Place<'_>, binding: &str) -> String {
        match place {
            Place::Data(it) => self.data[it].name.clone(),
            Place::Fact(it) => self.facts[it].name.clone(),
            Place::Field(it) if binding.is_empty() => it.to_owned(),
            Place::Field(it) => format!("{binding}.{it}"),
            Place::Param(it) => it.to_owned(),
            Place::Now => "now()".to_owned(),
        }
    }
}

/// How data, facts and states are called.
pub struct Names<'n> {
    /// Data by position.
    pub data: &'n dyn Fn(usize) -> String,
    /// Facts by position.
    pub fact: &'n dyn Fn(usize) -> String,
    /// States by their path.
    pub state: &'n dyn Fn(StateId) -> String,
}

impl Names<'_> {
    /// The calculation as it is written.
    #[must_use]
    pub fn written(&self, expr: &Expr) -> String {
        match &expr.kind {
            ExprKind::Constant(it) => constant(it, &expr.ty),
            ExprKind::Param(it) => it.clone(),
            ExprKind::Data(it) => (self.data)(*it),
            ExprKind::Fact(it) => (self.fact)(*it),
            ExprKind::Secret(_) => "secret".to_owned(),
            ExprKind::Field(event, it) if event.is_empty() => it.clone(),
            ExprKind::Field(event, it) => format!("{event}.{it}"),
            ExprKind::In(it) => (self.state)(*it),
            ExprKind::Now => "now()".to_owned(),
            ExprKind::Not(it) => format!("not {}", self.part(it)),
            ExprKind::Minus(it) => format!("-{}", self.part(it)),
            ExprKind::Widen(it) => self.written(it),
            ExprKind::And(a, b) => format!("{} and {}", self.side(a, true), self.side(b, true)),
            ExprKind::Or(a, b) => format!("{} or {}", self.side(a, false), self.side(b, false)),
            ExprKind::Compare(op, a, b) => format!("{} {} {}", self.part(a), compare(*op), self.part(b)),
            ExprKind::InRange(it, low, high) => {
                format!("{} in {}..{}", self.part(it), self.part(low), self.part(high))
            }
            ExprKind::Calculate(op, a, b) => format!("{} {} {}", self.part(a), calculate(*op), self.part(b)),
            ExprKind::Text(parts) => self.text(parts),
            ExprKind::Call(Function::Contains, args) if args.iter().any(|it| matches!(it.ty, Type::List { .. })) => {
                let parts: Vec<_> = args.iter().rev().map(|it| self.part(it)).collect();
                parts.join(" in ")
            }
            ExprKind::Call(function, args) => format!("{}({})", function_name(*function), self.all(args)),
            ExprKind::List(items) => format!("[{}]", self.all(items)),
        }
    }

    fn all(&self, exprs: &[Expr]) -> String {
        exprs.iter().map(|it| self.written(it)).collect::<Vec<_>>().join(", ")
    }

    /// In brackets where an operator stands beside it.
    fn part(&self, expr: &Expr) -> String {
        match expr.kind {
            ExprKind::And(..) | ExprKind::Or(..) | ExprKind::Compare(..) | ExprKind::InRange(..) => {
                format!("({})", self.written(expr))
            }
            ExprKind::Calculate(..) | ExprKind::Not(_) => format!("({})", self.written(expr)),
            _ => self.written(expr),
        }
    }

    fn side(&self, expr: &Expr, of_and: bool) -> String {
        match expr.kind {
            ExprKind::Or(..) if of_and => format!("({})", self.written(expr)),
            ExprKind::And(..) if !of_and => format!("({})", self.written(expr)),
            _ => self.written(expr),
        }
    }

    fn text(&self, parts: &[Expr]) -> String {
        let mut text = String::from("\"");
        for part in parts {
            match part.constant() {
                Some(Constant::Text(it)) => text += &it.escape_debug().to_string(),
                _ => _ = write!(text, "{{{}}}", self.written(part)),
            }
        }
        text + "\""
    }
}

/// A constant as it is written.
pub(crate) fn constant(it: &Constant, ty: &Type) -> String {
    Value::of(it).map_or_else(|| "…".to_owned(), |it| value(&it, ty))
}

/// A value as it is written.
#[must_use]
pub fn value(value: &Value, ty: &Type) -> String {
    match (value, ty) {
        (Value::Bool(it), _) => it.to_string(),
        (Value::Int(it) | Value::Time(it), _) => it.to_string(),
        (Value::Float(it), _) => format!("{it:?}"),
        (Value::Duration(it), _) => {
            let sign = if *it < 0 { "-" } else { "" };
            format!("{sign}{}", crate::check::wording::duration(it.unsigned_abs()))
        }
        (Value::Text(it), _) => format!("\"{}\"", it.escape_debug()),
        (Value::Enum(it), Type::Enum(words)) => words.get(usize::from(*it)).cloned().unwrap_or_default(),
        (Value::Enum(it), _) => it.to_string(),
        (Value::List(items), ty) => {
            let of = if let Type::List { of, .. } = ty { of } else { ty };
            format!("[{}]", items.iter().map(|it| self::value(it, of)).collect::<Vec<_>>().join(", "))
        }
    }
}

fn compare(op: Compare) -> &'static str {
    match op {
        Compare::Equal => "==",
        Compare::NotEqual => "!=",
        Compare::Less => "<",
        Compare::LessOrEqual => "<=",
        Compare::Greater => ">",
        Compare::GreaterOrEqual => ">=",
    }
}

fn calculate(op: Calculate) -> &'static str {
    match op {
        Calculate::Add => "+",
        Calculate::Subtract => "-",
        Calculate::Multiply => "*",
        Calculate::Divide => "/",
        Calculate::Remainder => "%",
    }
}

fn function_name(function: Function) -> &'static str {
    match function {
        Function::Min => "min",
        Function::Max => "max",
        Function::Abs => "abs",
        Function::Len => "len",
        Function::Contains => "contains",
        Function::StartsWith => "starts_with",
        Function::EndsWith => "ends_with",
        Function::Matches => "matches",
        Function::Lower => "lower",
        Function::Upper => "upper",
        Function::ToInt => "int",
        Function::ToFloat => "float",
    }
}
