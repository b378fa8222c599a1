//! The functions of the language.

use super::{as_text, check, expect, finish, fit, time, without_bounds};
use crate::ast::{self, Name};
use crate::check::mismatch;
use crate::check::report::Report;
use crate::check::scope::Scope;
use crate::check::wording;
use crate::diagnostic::{Code, suggest};
use crate::model::{Expr, ExprKind, Function, Type};
use machine_grammar::Span;

/// The names of all functions, sorted.
pub const NAMES: &[&str] = &[
    "abs",
    "contains",
    "ends_with",
    "float",
    "int",
    "len",
    "lower",
    "matches",
    "max",
    "min",
    "now",
    "starts_with",
    "string",
    "upper",
];

/// How each is written.
fn usage(name: &str) -> &'static str {
    match name {
        "abs" => "abs(number)",
        "contains" => "contains(text, part)",
        "ends_with" => "ends_with(text, end)",
        "float" => "float(value)",
        "int" => "int(value)",
        "len" => "len(text)",
        "lower" => "lower(text)",
        "matches" => "matches(text, \"*.json\")",
        "max" => "max(a, b)",
        "min" => "min(a, b)",
        "now" => "now()",
        "starts_with" => "starts_with(text, beginning)",
        "string" => "string(value)",
        _ => "upper(text)",
    }
}

pub(super) fn call(
    name: Name<'_>,
    args: &[ast::Expr<'_>],
    span: Span,
    want: Option<&Type>,
    scope: Scope<'_>,
    report: &mut Report<'_>,
) -> Option<Expr> {
    if !NAMES.contains(&name.text) {
        return told!(unknown(name, scope, report));
    }
    let wanted = match name.text {
        "now" => 0..=0,
        "min" | "max" => 2..=16,
        "contains" | "starts_with" | "ends_with" | "matches" => 2..=2,
        _ => 1..=1,
    };
    if !wanted.contains(&args.len()) {
        return told!(wrong_count(name, args.len(), span, report));
    }
    match (name.text, args) {
        ("now", _) if scope.constant => told!(mismatch::not_yet(name, report)),
        ("now", _) => Some(Expr { kind: ExprKind::Now, ty: Type::Time, span }),
        ("min", _) => extreme(Function::Min, args, span, want, scope, report),
        ("max", _) => extreme(Function::Max, args, span, want, scope, report),
        ("contains", [set, item]) => contains(set, item, span, scope, report),
        ("starts_with", [a, b]) => texts(Function::StartsWith, a, b, span, scope, report),
        ("ends_with", [a, b]) => texts(Function::EndsWith, a, b, span, scope, report),
        ("matches", [a, b]) => texts(Function::Matches, a, b, span, scope, report),
        (one, [arg]) => of_one(one, arg, span, want, scope, report),
        _ => None,
    }
}

fn of_one(
    name: &str,
    arg: &ast::Expr<'_>,
    span: Span,
    want: Option<&Type>,
    scope: Scope<'_>,
    report: &mut Report<'_>,
) -> Option<Expr> {
    let want = want.filter(|_| name == "abs");
    let arg = match name {
        "lower" | "upper" => expect(arg, &Type::ARGUMENT_TEXT, name, scope, report)?,
        _ => check(arg, want, scope, report)?,
    };
    if matches!(arg.kind, ExprKind::Secret(_)) {
        return told!(mismatch::secret(arg.span, report));
    }
    let (function, ty) = match (name, &arg.ty) {
        ("abs", Type::Int { .. } | Type::Float | Type::Duration) => (Function::Abs, without_bounds(&arg.ty)),
        ("len", Type::Text { .. } | Type::Path | Type::List { .. }) => (Function::Len, Type::INT),
        ("lower", _) => (Function::Lower, arg.ty.clone()),
        ("upper", _) => (Function::Upper, arg.ty.clone()),
        ("int", Type::Int { .. }) | ("float", Type::Float) => return Some(arg),
        ("int", Type::Float | Type::Text { .. }) => (Function::ToInt, Type::INT),
        ("float", Type::Int { .. } | Type::Text { .. }) => (Function::ToFloat, Type::Float),
        ("string", _) => return as_text(vec![arg], span, report),
        _ => return told!(unfit(name, &arg, report)),
    };
    finish(ExprKind::Call(function, vec![arg]), ty, span, report)
}

/// `min` and `max` of two or more.
fn extreme(
    function: Function,
    args: &[ast::Expr<'_>],
    span: Span,
    want: Option<&Type>,
    scope: Scope<'_>,
    report: &mut Report<'_>,
) -> Option<Expr> {
    let name = if function == Function::Min { "min" } else { "max" };
    let want = want.filter(|it| matches!(it, Type::Int { .. } | Type::Float | Type::Duration | Type::Time));
    let found = alike(args, want, scope, report)?;
    let has_float = found.iter().any(|it| it.ty == Type::Float);
    let mut made: Option<Expr> = None;
    for arg in found {
        let literal = arg.constant().is_some() && matches!(arg.ty, Type::Int { .. });
        let arg = if has_float && literal { fit(arg, &Type::Float, name, report)? } else { arg };
        if !matches!(arg.ty, Type::Int { .. } | Type::Float | Type::Duration | Type::Time) {
            return told!(unfit(name, &arg, report));
        }
        made = Some(match made {
            None => arg,
            Some(before) if !before.ty.is_like(&arg.ty) => {
                return told!(mismatch::wrong(&arg, &without_bounds(&before.ty), name, report));
            }
            Some(before) => {
                let ty = without_bounds(&before.ty);
                finish(ExprKind::Call(function, vec![before, arg]), ty, span, report)?
            }
        });
    }
    made
}

/// Values of one type; texts that may be times wait for the others.
fn alike(args: &[ast::Expr<'_>], want: Option<&Type>, scope: Scope<'_>, report: &mut Report<'_>) -> Option<Vec<Expr>> {
    let mut first = |it| (!time::is_point(it)).then(|| check(it, want, scope, report));
    let found: Vec<_> = args.iter().map(&mut first).collect();
    let has_time = found.iter().flatten().flatten().any(|it| it.ty == Type::Time);
    let want = if has_time { Some(&Type::Time) } else { want };
    args.iter().zip(found).map(|(arg, it)| it.unwrap_or_else(|| check(arg, want, scope, report))).collect()
}

fn contains(
    set: &ast::Expr<'_>,
    item: &ast::Expr<'_>,
    span: Span,
    scope: Scope<'_>,
    report: &mut Report<'_>,
) -> Option<Expr> {
    let set = check(set, None, scope, report)?;
    let want = match &set.ty {
        Type::List { of, .. } => without_bounds(of),
        Type::Text { .. } | Type::Path => Type::ARGUMENT_TEXT,
        _ => return told!(unfit("contains", &set, report)),
    };
    let item = expect(item, &want, "contains", scope, report)?;
    finish(ExprKind::Call(Function::Contains, vec![set, item]), Type::Bool, span, report)
}

fn texts(
    function: Function,
    a: &ast::Expr<'_>,
    b: &ast::Expr<'_>,
    span: Span,
    scope: Scope<'_>,
    report: &mut Report<'_>,
) -> Option<Expr> {
    let name = match function {
        Function::StartsWith => "starts_with",
        Function::EndsWith => "ends_with",
        _ => "matches",
    };
    let text = |it, report: &mut Report<'_>| expect(it, &Type::ARGUMENT_TEXT, name, scope, report);
    let (a, b) = (text(a, report), text(b, report));
    finish(ExprKind::Call(function, vec![a?, b?]), Type::Bool, span, report)
}

fn unknown(name: Name<'_>, scope: Scope<'_>, report: &mut Report<'_>) {
    let other = OTHER_WORDS.iter().find(|it| it.0.contains(&name.text)).map(|it| it.1);
    let nearest = other.or_else(|| suggest::nearest(name.text, NAMES.iter().copied()));
    let is_value = scope.declared.value(name.text).is_some();
    report.tell(Code::UNKNOWN_FUNCTION, name.span, format!("there is no function `{}`", name.text), |file, it| {
        match nearest {
            _ if is_value => it
                .label("a value, and values cannot be called")
                .help(format!("write `{}` without brackets", wording::name(name.text))),
            Some(right) => it
                .label(format!("did you mean `{right}`?"))
                .help(format!("write `{}`", usage(right)))
                .fix(file, name.span, right)
                .certain_if(other.is_none() && suggest::is_certain(name.text, NAMES.iter().copied())),
            None => it.label("no function of this name").help(format!(
                "the functions are {}",
                NAMES.iter().map(|it| format!("`{it}`")).collect::<Vec<_>>().join(", ")
            )),
        }
    });
}

/// What other languages call them.
const OTHER_WORDS: &[(&[&str], &str)] = &[
    (&["length", "size", "count", "strlen"], "len"),
    (&["str", "to_string", "text", "format"], "string"),
    (&["to_int", "integer", "parse", "round", "floor", "trunc"], "int"),
    (&["to_float", "double", "number"], "float"),
    (&["tolower", "to_lower", "lowercase"], "lower"),
    (&["toupper", "to_upper", "uppercase"], "upper"),
    (&["includes", "has"], "contains"),
    (&["regex", "match", "glob", "like"], "matches"),
    (&["startswith", "startsWith", "has_prefix"], "starts_with"),
    (&["endswith", "endsWith", "has_suffix"], "ends_with"),
    (&["time", "today", "clock"], "now"),
];

fn wrong_count(name: Name<'_>, given: usize, span: Span, report: &mut Report<'_>) {
    let usage = usage(name.text);
    let headline = match given {
        0 => format!("`{}` is given nothing", name.text),
        1 => format!("`{}` is given one value", name.text),
        many => format!("`{}` is given {many} values", name.text),
    };
    report.tell(Code::FUNCTION_ARGUMENTS, span, headline, |_, it| {
        it.label(format!("it is written `{usage}`")).help(format!("write `{usage}`"))
    });
}

fn unfit(name: &str, arg: &Expr, report: &mut Report<'_>) {
    let headline = format!("`{name}` has nothing to do with {}", mismatch::noun(&arg.ty));
    let takes = match name {
        "len" => "a text or a list",
        "contains" => "a text or a list first",
        "int" => "a number with a fraction or a text",
        "float" => "a whole number or a text",
        _ => "numbers, durations or times",
    };
    report.tell(Code::FUNCTION_ARGUMENTS, arg.span, headline, |_, it| {
        it.label(format!("this is of the type {}", mismatch::shown(arg))).help(format!("`{name}` takes {takes}"))
    });
}
