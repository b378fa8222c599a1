//! Types as written become types of the model.

use super::report::Report;
use super::scope::Scope;
use super::{mismatch, wording};
use crate::ast::{self, Expr, ExprKind, Name, TypeKind};
use crate::diagnostic::{Code, suggest};
use crate::model::{self, Constant, LIST_DEFAULT, TEXT_DEFAULT, TEXT_MOST, Type};
use machine_grammar::Span;

/// What a type is written for: not everything can be everywhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Use {
    /// Data, facts, fields of events and of returned JSON: what a machine can remember.
    Value,
    /// A parameter of a kind of watcher.
    Argument,
    /// A parameter of a template.
    Param,
}

/// The names of types that stand alone.
pub const NAMES: &[&str] = &["bool", "int", "float", "string", "duration", "time"];
/// Most words of an enum.
const WORDS_MAX: usize = 255;
/// Most items that a list can be given.
const ITEMS_MAX: i64 = 4_096;

/// The type, or nothing if it is none, which has been told.
pub(super) fn resolve(ty: &ast::Type<'_>, of: Use, scope: Scope<'_>, report: &mut Report<'_>) -> Option<Type> {
    match &ty.kind {
        TypeKind::Named(name) => named(*name, of, report),
        TypeKind::IntIn { low, high } => int_in(ty.span, low, high, scope, report),
        TypeKind::TextUpTo(most) => {
            let max = count(most, "a string", (TEXT_DEFAULT, i64::from(TEXT_MOST)), scope, report)?;
            Some(Type::Text { max })
        }
        TypeKind::List { of: inner, up_to } => list(ty, inner, up_to.as_ref(), of, scope, report),
        TypeKind::Map(inner) => match of {
            Use::Argument => Some(Type::Map(Box::new(resolve(inner, of, scope, report)?))),
            _ => unusable(ty.span, "a map", "use one piece of data for each entry", report),
        },
        TypeKind::Enum(words) => enumeration(words, report),
    }
}

/// What a standard type of this name is called; messages use it too.
fn known(name: &str, of: Use) -> Option<Type> {
    Some(match name {
        "bool" => Type::Bool,
        "int" => Type::INT,
        "float" => Type::Float,
        "string" if of == Use::Argument => Type::ARGUMENT_TEXT,
        "string" => Type::Text { max: TEXT_DEFAULT },
        "duration" => Type::Duration,
        "time" => Type::Time,
        "path" => Type::Path,
        "secret" => Type::Secret,
        _ => return None,
    })
}

fn named(name: Name<'_>, of: Use, report: &mut Report<'_>) -> Option<Type> {
    match known(name.text, of) {
        Some(Type::Path) if of == Use::Value => {
            unusable(name.span, "a path", "write `string`: a path is a text that names a file", report)
        }
        Some(Type::Secret) if of != Use::Argument => {
            unusable(name.span, "a secret", "declare it with `secret NAME from env \"VARIABLE\"`", report)
        }
        Some(ty) => Some(ty),
        None => unknown(name, report),
    }
}

fn unknown(name: Name<'_>, report: &mut Report<'_>) -> Option<Type> {
    let other = OTHER_WORDS.iter().find(|it| it.0.contains(&name.text)).map(|it| it.1);
    let nearest = other.or_else(|| suggest::nearest(name.text, NAMES.iter().copied()));
    let certain = other.is_some() || suggest::is_certain(name.text, NAMES.iter().copied());
    report.tell(Code::UNKNOWN_TYPE, name.span, format!("there is no type `{}`", name.text), |file, it| match nearest {
        Some(right) => it
            .label(format!("did you mean `{right}`?"))
            .help(format!("write `{right}`; the types are {}", wording::all_of(NAMES)))
            .fix(file, name.span, right)
            .certain_if(certain),
        None => it.label("no type of this name").help(format!(
            "the types are {}, `int in 0..100`, `list of string`, and words such as `low | high`",
            wording::all_of(NAMES)
        )),
    });
    None
}

/// What other languages call them.
const OTHER_WORDS: &[(&[&str], &str)] = &[
    (&["str", "String", "text", "char", "varchar"], "string"),
    (&["integer", "number", "i64", "i32", "u32", "u64", "long", "uint"], "int"),
    (&["double", "real", "f64", "f32", "decimal"], "float"),
    (&["boolean", "Boolean", "flag"], "bool"),
    (&["timestamp", "date", "datetime", "instant"], "time"),
    (&["interval", "timespan", "seconds"], "duration"),
];

fn unusable(span: Span, what: &str, out: &str, report: &mut Report<'_>) -> Option<Type> {
    report.tell(Code::UNUSABLE_TYPE, span, format!("{what} cannot be remembered or sent"), |_, it| {
        it.label("only arguments of watchers can be of this type").help(out)
    });
    None
}

fn int_in(span: Span, low: &Expr<'_>, high: &Expr<'_>, scope: Scope<'_>, report: &mut Report<'_>) -> Option<Type> {
    // A template that is checked without an instance does not know its parameters: then any number may be in the range.
    let (min, max) = (bound(low, i64::MIN, scope, report), bound(high, i64::MAX, scope, report));
    let (min, max) = (min?, max?);
    if min <= max {
        return Some(Type::Int { min, max });
    }
    let is_written = |it: &Expr<'_>| matches!(it.kind, ExprKind::Int(_));
    report.tell(Code::EMPTY_RANGE, span, format!("no number is in `{min}..{max}`"), |file, it| {
        if is_written(low) && is_written(high) {
            let right = format!("int in {max}..{min}");
            return it
                .label("the least number comes first")
                .help(format!("write `{right}`"))
                .fix(file, span, right)
                .certain();
        }
        let comes_to = [(low, min), (high, max)].into_iter().filter(|it| !is_written(it.0));
        let it = comes_to.fold(it.label("the least number comes first"), |it, (bound, number)| {
            it.also(file, bound.span, format!("this is {number}"))
        });
        it.help(format!("let the second bound come to {min} at least"))
    });
    None
}

fn list(
    ty: &ast::Type<'_>,
    inner: &ast::Type<'_>,
    up_to: Option<&Expr<'_>>,
    of: Use,
    scope: Scope<'_>,
    report: &mut Report<'_>,
) -> Option<Type> {
    let item = resolve(inner, of, scope, report);
    let max = match up_to {
        Some(it) => count(it, "a list", (LIST_DEFAULT, ITEMS_MAX), scope, report)?,
        None if of == Use::Argument => u16::MAX,
        None => LIST_DEFAULT,
    };
    let item = item?;
    if matches!(item, Type::List { .. }) && of != Use::Argument {
        report.tell(Code::UNUSABLE_TYPE, ty.span, "a list cannot hold lists", |_, it| {
            it.label("a list of lists").help("use one list, or a list of texts")
        });
        return None;
    }
    Some(Type::List { of: Box::new(item), max })
}

fn enumeration(words: &[Name<'_>], report: &mut Report<'_>) -> Option<Type> {
    for (at, word) in words.iter().enumerate() {
        if let Some(first) = words[..at].iter().find(|it| it.text == word.text) {
            let headline = format!("the word `{}` is there twice", word.text);
            report.tell(Code::DUPLICATE_FIELD, word.span, headline, |file, it| {
                it.label("the second time").also(file, first.span, "the first time").help("leave out one of the two")
            });
            return None;
        }
    }
    if words.len() > WORDS_MAX {
        let span = words[0].span.to(words[words.len() - 1].span);
        report.tell(Code::TOO_MANY, span, "too many words for one type", |_, it| {
            it.label(format!("{} words, and {WORDS_MAX} is the most", words.len())).help("use a `string` for it")
        });
        return None;
    }
    Some(Type::Enum(words.iter().map(|it| it.text.to_owned()).collect()))
}

/// A number of bytes or items, from 1 to `most`; `usual` where a parameter decides that is not known yet.
fn count(
    value: &Expr<'_>,
    what: &str,
    (usual, most): (u16, i64),
    scope: Scope<'_>,
    report: &mut Report<'_>,
) -> Option<u16> {
    let number = bound(value, i64::from(usual), scope, report)?;
    if (1..=most).contains(&number) {
        return u16::try_from(number).ok();
    }
    report.tell(Code::EMPTY_RANGE, value.span, format!("{what} cannot be up to {number} long"), |_, it| {
        it.label(format!("a number from 1 to {most} belongs here")).help("write `up to 256`, for instance")
    });
    None
}

/// A whole number that is known when the machine is compiled. `unknown` stands for what parameters decide, as long as a
/// template is checked without an instance.
fn bound(value: &Expr<'_>, unknown: i64, scope: Scope<'_>, report: &mut Report<'_>) -> Option<i64> {
    if let ExprKind::Int(it) = value.kind {
        return Some(it);
    }
    let checked = super::expr::expect(value, &Type::INT, "a bound", scope, report)?;
    match checked.constant() {
        Some(Constant::Int(it)) => Some(*it),
        _ if checked.any(|it| matches!(it.kind, model::ExprKind::Param(_))) => Some(unknown),
        _ => {
            mismatch::not_constant(&checked, "a bound", report);
            None
        }
    }
}
