//! What is said when a value is not of the type that is wanted.

use super::report::Report;
use super::values::{How, Slot};
use crate::ast::{Expr, ExprKind, Name};
use crate::diagnostic::Code;
use crate::model::{self, Type};
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

/// A name where text or another value belongs.
pub(super) fn bare_name(name: &str, span: Span, ty: &Type, report: &mut Report<'_>) {
    let headline = format!("`{name}` does not name a value");
    report.tell(Code::UNKNOWN_NAME, span, headline, |file, it| match ty {
        Type::Text { .. } | Type::Path => it
            .label("text stands between quotes")
            .help(format!("write `\"{name}\"`"))
            .fix(file, span, format!("\"{name}\"")),
        _ => it
            .label(format!("{} belongs here", wanted(ty)))
            .help(format!("write the value itself, such as `{}`", example(ty))),
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
            "write `{}{number}s` for seconds; the units are `ms`, `s`, `m`, `h`, `d` and `w`",
            written(slot)
        ))
    });
}

fn wrong_type(value: &Expr<'_>, ty: &Type, slot: Slot<'_>, report: &mut Report<'_>) {
    let headline = format!("`{}` wants {}, this is {}", slot.name, wanted(ty), found(&value.kind));
    report.tell(Code::WRONG_TYPE, value.span, headline, |_, it| {
        it.label(format!("{} belongs here", wanted(ty))).help(format!("write it like `{}`", example(ty)))
    });
}

/// `timeout: ` for an argument, `every ` for a word of the language, nothing for a value.
pub(super) fn written(slot: Slot<'_>) -> String {
    match slot.how {
        How::Argument => format!("{}: ", slot.name),
        How::Word => format!("{} ", slot.name),
        How::Value | How::Default => String::new(),
    }
}

/// What a value is for, as a headline begins: words of the source between backticks, ours without.
fn called(slot: &str) -> String {
    if slot.starts_with("a ") || slot.starts_with("the ") { slot.to_owned() } else { format!("`{slot}`") }
}

/// A checked value that is not of the type that is wanted.
pub(super) fn wrong(found: &model::Expr, ty: &Type, slot: &str, report: &mut Report<'_>) {
    let slot = called(slot);
    let headline = match (&found.ty, ty) {
        (Type::Enum(_), Type::Enum(_)) => format!("{slot} wants one of `{ty}`, this is one of `{}`", found.ty),
        _ => format!("{slot} wants {}, this is {}", wanted(ty), noun(&found.ty)),
    };
    let help = match (&found.ty, ty) {
        (Type::Int { .. }, Type::Float) => "write `float(…)` around it".to_owned(),
        (Type::Float, Type::Int { .. }) => "write `int(…)` around it, which leaves out the fraction".to_owned(),
        (_, Type::Secret) => "declare it with `secret NAME from env \"VARIABLE\"` and write its name".to_owned(),
        (from, Type::Text { .. } | Type::Path) if found.constant().is_none() && !matches!(from, Type::Map(_)) => {
            "put it between quotes and braces, as in `\"{value}\"`".to_owned()
        }
        _ => format!("write it like `{}`", example(ty)),
    };
    report.tell(Code::WRONG_TYPE, found.span, headline, |_, it| {
        it.label(format!("{} belongs here", wanted(ty))).help(help)
    });
}

/// A named value that is no text, where a text is wanted; whether it was one.
pub(super) fn lacks_braces(found: &model::Expr, name: &str, ty: &Type, slot: &str, report: &mut Report<'_>) -> bool {
    let is_it = matches!(ty, Type::Text { .. } | Type::Path) && !matches!(found.ty, Type::Map(_) | Type::Secret);
    if is_it {
        let headline = format!("{} wants {}, this is {}", called(slot), wanted(ty), noun(&found.ty));
        let right = format!("\"{{{}}}\"", super::wording::name(name));
        report.tell(Code::WRONG_TYPE, found.span, headline, |file, it| {
            it.label(format!("{} belongs here", wanted(ty)))
                .help(format!("put it between quotes and braces: `{right}`"))
                .fix(file, found.span, right)
        });
    }
    is_it
}

/// A constant that its type cannot hold.
pub(super) fn out_of_bounds(span: Span, slot: &str, ty: &Type, misfit: &str, report: &mut Report<'_>) {
    report.tell(Code::OUT_OF_BOUNDS, span, format!("{} cannot be this", called(slot)), |_, it| {
        it.label(misfit).help(match ty {
            Type::Int { min, max } => format!("write a number from {min} to {max}, or widen the type"),
            Type::List { .. } => "write fewer items, or a longer list: `list of … up to N`".to_owned(),
            _ => "write a shorter text, or a longer type: `string up to N`".to_owned(),
        })
    });
}

/// No truth value where one belongs.
pub(super) fn no_condition(found: &model::Expr, slot: &str, report: &mut Report<'_>) {
    let headline = format!("{} wants a condition, this is {}", called(slot), noun(&found.ty));
    report.tell(Code::NO_CONDITION, found.span, headline, |_, it| {
        it.label("this is neither true nor false").help(match found.ty {
            Type::Int { .. } => "compare it with something, as in `n > 0`",
            Type::Text { .. } => "compare it with something, as in `text != \"\"`",
            Type::Enum(_) => "compare it with one of its words, as in `speed == high`",
            Type::List { .. } => "write `len(list) > 0`",
            _ => "compare it with something",
        })
    });
}

/// A secret somewhere else than where it may go.
pub(super) fn secret(span: Span, report: &mut Report<'_>) {
    report.tell(Code::SECRET_USE, span, "a secret cannot be used here", |_, it| {
        it.label("it would be seen in events, in logs or in the list of processes")
            .help("give it to a program in its environment: `env: { TOKEN: token }`")
    });
}

/// A value that only a running machine has.
pub(super) fn not_yet(name: Name<'_>, report: &mut Report<'_>) {
    let headline = format!("`{}` is not known before the machine runs", name.text);
    report.tell(Code::NOT_CONSTANT, name.span, headline, |_, it| {
        it.label("a value that does not change belongs here").help("write the value itself, or use a parameter")
    });
}

/// A calculation whose result is not known when the machine is compiled.
pub(super) fn not_constant(found: &model::Expr, slot: &str, report: &mut Report<'_>) {
    let headline = format!("{} has to be known before the machine runs", called(slot));
    report.tell(Code::NOT_CONSTANT, found.span, headline, |_, it| {
        it.label("this is calculated while it runs").help("write the value itself, or use a parameter")
    });
}

/// The type of a value as it is written; of one that is written out, without the bounds of that one value.
pub(super) fn shown(value: &model::Expr) -> String {
    match value.constant() {
        Some(_) => format!("`{}`", super::expr::without_bounds(&value.ty)),
        None => format!("`{}`", value.ty),
    }
}

/// With its article, as a message calls it.
fn wanted(ty: &Type) -> String {
    match ty {
        Type::Text { .. } => "a string".to_owned(),
        Type::Path => "a path in quotes".to_owned(),
        Type::Int { .. } => "a whole number".to_owned(),
        Type::Float => "a number".to_owned(),
        Type::Bool => "`true` or `false`".to_owned(),
        Type::Duration => "a duration".to_owned(),
        Type::Time => "a time".to_owned(),
        Type::Enum(words) => super::wording::any_of(words),
        Type::List { .. } => "a list".to_owned(),
        Type::Map(_) => "a map".to_owned(),
        Type::Secret => "a secret".to_owned(),
    }
}

/// What a value of it looks like.
pub(super) fn example(ty: &Type) -> String {
    match ty {
        Type::Text { .. } => "\"some text\"".to_owned(),
        Type::Path => "\"./some/path\"".to_owned(),
        Type::Int { min, .. } => 3.max(*min).to_string(),
        Type::Float => "0.5".to_owned(),
        Type::Bool => "true".to_owned(),
        Type::Duration => "10s".to_owned(),
        Type::Time => "\"2026-01-31T08:00:00Z\"".to_owned(),
        Type::Enum(words) => words.first().cloned().unwrap_or_default(),
        Type::List { .. } => "[\"one\", \"two\"]".to_owned(),
        Type::Map(_) => "{ NAME: \"value\" }".to_owned(),
        Type::Secret => "token".to_owned(),
    }
}

/// With its article, as a message calls a value of this type.
pub(super) fn noun(ty: &Type) -> &'static str {
    match ty {
        Type::Text { .. } => "a string",
        Type::Path => "a path",
        Type::Int { .. } => "a whole number",
        Type::Float => "a number with a fraction",
        Type::Bool => "a truth value",
        Type::Duration => "a duration",
        Type::Time => "a time",
        Type::Enum(_) => "a word",
        Type::List { .. } => "a list",
        Type::Map(_) => "a map",
        Type::Secret => "a secret",
    }
}

/// Several of them.
pub(super) fn plural(ty: &Type) -> &'static str {
    match ty {
        Type::Bool => "truth values",
        Type::Enum(_) => "words",
        Type::List { .. } => "lists",
        _ => "such values",
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
