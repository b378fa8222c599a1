//! What is said when a value is not of the type that is wanted.

use super::report::Report;
use super::values::{Slot, Type};
use crate::ast::{Expr, ExprKind};
use crate::diagnostic::Code;
use machine_grammar::Span;

/// Tells that the value is not of the type that is wanted.
pub(super) fn refuse(value: &Expr<'_>, ty: &Type, slot: Slot<'_>, report: &mut Report<'_>) {
    match (&value.kind, ty) {
        (ExprKind::Faulty, _) => report.known_broken(),
        (ExprKind::Name(name), _) => bare_name(name.text, value.span, ty, report),
        (ExprKind::Int(_) | ExprKind::Float(_), Type::Duration) => missing_unit(value, slot, report),
        _ => wrong_type(value, ty, slot, report),
    }
}

fn bare_name(name: &str, span: Span, ty: &Type, report: &mut Report<'_>) {
    let headline = format!("`{name}` does not name a value");
    report.tell(Code::UNKNOWN_NAME, span, headline, |file, it| match ty {
        Type::Text | Type::Path => it.label("text stands between quotes").help(format!("write `\"{name}\"`")).fix(
            file,
            span,
            format!("\"{name}\""),
        ),
        _ => it
            .label(format!("{} belongs here", ty.wanted()))
            .help(format!("write the value itself, such as `{}`", ty.example())),
    });
}

fn missing_unit(value: &Expr<'_>, slot: Slot<'_>, report: &mut Report<'_>) {
    let number = match value.kind {
        ExprKind::Int(it) if it > 0 => it.to_string(),
        _ => "10".to_owned(),
    };
    let headline = format!("`{}` wants a duration, and this number has no unit", slot.name);
    report.tell(Code::MISSING_UNIT, value.span, headline, |_, it| {
        it.label("seconds, minutes, hours?").help(format!(
            "write `{} {number}s` for seconds; the units are `ms`, `s`, `m`, `h`, `d` and `w`",
            written(slot)
        ))
    });
}

fn wrong_type(value: &Expr<'_>, ty: &Type, slot: Slot<'_>, report: &mut Report<'_>) {
    let headline = format!("`{}` wants {}, this is {}", slot.name, ty.wanted(), found(&value.kind));
    report.tell(Code::WRONG_TYPE, value.span, headline, |_, it| {
        it.label(format!("{} belongs here", ty.wanted())).help(format!("write it like `{}`", ty.example()))
    });
}

/// `timeout:` for an argument, `every` for a word of the language.
pub(super) fn written(slot: Slot<'_>) -> String {
    match slot.name {
        "every" | "after" => slot.name.to_owned(),
        argument => format!("{argument}:"),
    }
}

impl Type {
    /// With its article, as a message calls it.
    fn wanted(&self) -> &'static str {
        match self {
            Self::Text => "a string",
            Self::Path => "a path in quotes",
            Self::Int => "a whole number",
            Self::Float => "a number",
            Self::Bool => "`true` or `false`",
            Self::Duration => "a duration",
            Self::List(_) => "a list",
            Self::Map(_) => "a map",
        }
    }

    /// What a value of it looks like.
    pub(super) fn example(&self) -> &'static str {
        match self {
            Self::Text => "\"some text\"",
            Self::Path => "\"./some/path\"",
            Self::Int => "3",
            Self::Float => "0.5",
            Self::Bool => "true",
            Self::Duration => "10s",
            Self::List(_) => "[\"one\", \"two\"]",
            Self::Map(_) => "{ NAME: \"value\" }",
        }
    }
}

/// With its article, as a message calls it.
fn found(value: &ExprKind<'_>) -> &'static str {
    match value {
        ExprKind::Text(_) | ExprKind::Interpolated(_) => "a string",
        ExprKind::Int(_) => "a whole number",
        ExprKind::Float(_) => "a number with a fraction",
        ExprKind::Duration(_) => "a duration",
        ExprKind::Bool(_) => "a truth value",
        ExprKind::List(_) => "a list",
        ExprKind::Map(_) => "a map",
        ExprKind::Name(_) | ExprKind::Faulty => "a name",
        _ => "a calculation",
    }
}
