//! Values and their types: a literal becomes a constant of the type that is wanted, or a message says what is wanted.

use super::declared::Value;
use super::expr;
use super::limits;
use super::mismatch;
use super::report::Report;
use super::scope::Scope;
use super::wording;
use crate::ast::{Expr, ExprKind, MapKey};
use crate::diagnostic::Code;
use crate::model::{self, Constant, Type};
use machine_core::limits::{DURATION_MAX_MS, DURATION_MIN_MS};
use machine_grammar::Span;

/// What a value is for.
#[derive(Clone, Copy)]
pub(super) struct Slot<'a> {
    /// The parameter, or the word before the value.
    pub(super) name: &'a str,
    /// It has no default: then an empty text is no value either.
    pub(super) required: bool,
    /// How it is given.
    pub(super) how: How,
}

/// How a value is given.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum How {
    /// `NAME: value`.
    Argument,
    /// Behind the `=` of a parameter: there `0s` can stand for none.
    Default,
    /// `every value`.
    Word,
    /// In a calculation.
    Value,
}

/// Maps of this name are environments, whose keys the operating system restricts.
const ENVIRONMENT: &str = "env";

/// The value as an argument of type `ty`; `None` if it is not one, which has been told.
///
/// Literals, which most arguments are, are taken as they stand; all else is calculated, if need be when the watcher
/// is asked.
pub(super) fn constant(
    value: &Expr<'_>,
    ty: &Type,
    slot: Slot<'_>,
    scope: Scope<'_>,
    report: &mut Report<'_>,
) -> Option<Constant> {
    match (&value.kind, ty) {
        (ExprKind::Text(it), Type::Text { .. } | Type::Path) => text(it, value.span, ty, slot, report),
        // Every whole number that fits a counter of files, seconds or percent has an exact fraction.
        #[allow(clippy::cast_precision_loss)]
        (ExprKind::Int(it), Type::Float) => Some(Constant::Float(*it as f64)),
        (ExprKind::Float(it), Type::Float) => Some(Constant::Float(*it)),
        (ExprKind::Bool(it), Type::Bool) => Some(Constant::Bool(*it)),
        (ExprKind::Duration(ms), Type::Duration) => {
            let least = u64::from(slot.how != How::Default);
            duration_within(*ms, least, value.span, slot, report).map(Constant::Duration)
        }
        (ExprKind::List(items), Type::List { of, .. }) => list(items, of, slot, scope, report),
        (ExprKind::Map(entries), Type::Map(of)) => map(entries, of, slot, scope, report),
        (ExprKind::Faulty | ExprKind::Map(_), _) => refuse(value, ty, slot, report),
        (ExprKind::Name(it), _) if is_foreign(it.text, ty, scope) => refuse(value, ty, slot, report),
        (ExprKind::Text(_) | ExprKind::Bool(_) | ExprKind::Duration(_) | ExprKind::Float(_) | ExprKind::List(_), _) => {
            refuse(value, ty, slot, report)
        }
        (ExprKind::Int(_), Type::Int { .. }) => calculated(value, ty, slot, scope, report),
        (ExprKind::Int(_), _) => refuse(value, ty, slot, report),
        _ => calculated(value, ty, slot, scope, report),
    }
}

fn refuse<T>(value: &Expr<'_>, ty: &Type, slot: Slot<'_>, report: &mut Report<'_>) -> Option<T> {
    mismatch::refuse(value, ty, slot, report);
    None
}

/// A name that no value of the machine has, where no word of an enum is wanted either.
fn is_foreign(name: &str, ty: &Type, scope: Scope<'_>) -> bool {
    scope.names().is_empty() && !matches!(ty, Type::Enum(_)) && scope.declared.value(name).is_none()
}

/// What is calculated: at once if all of it is known, else when the watcher is asked.
fn calculated(
    value: &Expr<'_>,
    ty: &Type,
    slot: Slot<'_>,
    scope: Scope<'_>,
    report: &mut Report<'_>,
) -> Option<Constant> {
    let found = expr::expect(value, ty, slot.name, scope, report)?;
    match found.kind {
        model::ExprKind::Constant(Constant::Text(it)) => text(&it, value.span, ty, slot, report),
        model::ExprKind::Constant(Constant::Duration(ms)) => {
            duration_within(ms, 1, value.span, slot, report).map(Constant::Duration)
        }
        // A program is told the word itself.
        model::ExprKind::Constant(Constant::Enum(at)) => match &found.ty {
            Type::Enum(words) => words.get(usize::from(at)).map(|it| Constant::Text(it.as_str().into())),
            _ => None,
        },
        model::ExprKind::Constant(it) => Some(it),
        model::ExprKind::Secret(at) => Some(Constant::Secret(at)),
        _ => {
            super::total::argument(&found, slot.name, report)?;
            let is_word = matches!(found.ty, Type::Enum(_));
            let (ty, span) = (Type::TEXT, found.span);
            let text = |it| model::Expr { kind: model::ExprKind::Text(vec![it]), ty, span };
            Some(Constant::Computed(Box::new(if is_word { text(found) } else { found })))
        }
    }
}

/// A pace or delay in milliseconds; `None` if the value is not one, which has been told.
pub(super) fn pace(value: &Expr<'_>, slot: Slot<'_>, scope: Scope<'_>, report: &mut Report<'_>) -> Option<u64> {
    let ms = duration(value, slot, scope, report)?;
    duration_within(ms, DURATION_MIN_MS, value.span, slot, report)
}

/// A duration that is known, of whatever length.
pub(super) fn duration(value: &Expr<'_>, slot: Slot<'_>, scope: Scope<'_>, report: &mut Report<'_>) -> Option<u64> {
    let found = match value.kind {
        ExprKind::Duration(ms) => return Some(ms),
        ExprKind::Name(it) if is_foreign(it.text, &Type::Duration, scope) => {
            return refuse(value, &Type::Duration, slot, report);
        }
        ExprKind::Text(_) | ExprKind::Int(_) | ExprKind::Float(_) | ExprKind::Bool(_) => {
            return refuse(value, &Type::Duration, slot, report);
        }
        _ => expr::expect(value, &Type::Duration, slot.name, scope, report)?,
    };
    match found.constant() {
        Some(Constant::Duration(ms)) => Some(*ms),
        // Of a parameter without a value any duration will do.
        None if found.any(|it| matches!(it.kind, model::ExprKind::Param(_))) => Some(60_000),
        _ => {
            mismatch::not_constant(&found, slot.name, report);
            None
        }
    }
}

fn list(items: &[Expr<'_>], of: &Type, slot: Slot<'_>, scope: Scope<'_>, report: &mut Report<'_>) -> Option<Constant> {
    let items: Vec<_> = items.iter().map(|it| constant(it, of, inside(slot), scope, report)).collect();
    items.into_iter().collect::<Option<_>>().map(Constant::List)
}

fn map(
    entries: &[(MapKey<'_>, Expr<'_>)],
    of: &Type,
    slot: Slot<'_>,
    scope: Scope<'_>,
    report: &mut Report<'_>,
) -> Option<Constant> {
    repeated_keys(entries, report);
    let mut constants = Vec::with_capacity(entries.len());
    for (key, value) in entries {
        check_key(key, slot, report);
        let found = match secret(value, slot, scope) {
            Some(at) => Some(Constant::Secret(at)),
            None => constant(value, of, inside(slot), scope, report),
        };
        constants.push(found.map(|it| (key.text.as_ref().into(), it)));
    }
    constants.into_iter().collect::<Option<_>>().map(Constant::Map)
}

/// A secret may go into the environment of a program, as it is.
fn secret(value: &Expr<'_>, slot: Slot<'_>, scope: Scope<'_>) -> Option<usize> {
    let ExprKind::Name(name) = value.kind else { return None };
    match scope.declared.value(name.text) {
        Some(Value::Secret(at)) if slot.name == ENVIRONMENT => Some(at),
        _ => None,
    }
}

/// What is inside a list or map may be empty.
fn inside(slot: Slot<'_>) -> Slot<'_> {
    Slot { required: false, ..slot }
}

fn repeated_keys(entries: &[(MapKey<'_>, Expr<'_>)], report: &mut Report<'_>) {
    if entries.len() < 2 {
        return;
    }
    let mut keys: Vec<_> = entries.iter().map(|(key, _)| key).collect();
    keys.sort_by_key(|it| (&*it.text, it.span));
    for pair in keys.windows(2) {
        let [first, second] = pair else { continue };
        if first.text != second.text {
            continue;
        }
        let headline = format!("the key `{}` is given twice", second.text.escape_debug());
        report.tell(Code::DUPLICATE_KEY, second.span, headline, |file, it| {
            it.label("the second time").also(file, first.span, "the first time").help("leave out one of the two")
        });
    }
}

fn check_key(key: &MapKey<'_>, slot: Slot<'_>, report: &mut Report<'_>) {
    limits::text(&key.text, key.span, "key", report);
    let text = &*key.text;
    if slot.name == ENVIRONMENT && (text.is_empty() || text.contains(['=', '\0'])) {
        let headline = match text {
            "" => "the name of an environment variable must not be empty".to_owned(),
            _ => format!("`{}` cannot be the name of an environment variable", text.escape_debug()),
        };
        report.tell(Code::UNUSABLE_TEXT, key.span, headline, |_, it| {
            it.label("a name without `=` and without a zero character belongs here")
                .help("use letters, digits and `_`, as in `{ LOG_LEVEL: \"debug\" }`")
        });
    }
}

fn text(text: &str, span: Span, ty: &Type, slot: Slot<'_>, report: &mut Report<'_>) -> Option<Constant> {
    limits::text(text, span, "text", report);
    if text.is_empty() && (slot.required || matches!(ty, Type::Path)) {
        let headline = format!("`{}` must not be empty", slot.name);
        report.tell(Code::UNUSABLE_TEXT, span, headline, |_, it| {
            it.label("nothing stands between the quotes")
                .help(format!("write what `{}` is to be between the quotes", slot.name))
        });
        return None;
    }
    if text.contains('\0') {
        let headline = format!("`{}` contains a zero character", slot.name);
        report.tell(Code::UNUSABLE_TEXT, span, headline, |_, it| {
            it.label("the zero character stands in here")
                .help("leave it out: the operating system ends every argument and every path there")
        });
        return None;
    }
    Some(Constant::Text(text.into()))
}

pub(super) fn duration_within(ms: u64, least: u64, span: Span, slot: Slot<'_>, report: &mut Report<'_>) -> Option<u64> {
    if (least..=DURATION_MAX_MS).contains(&ms) {
        return Some(ms);
    }
    let short = ms < least;
    let headline = format!("this duration is too {} for `{}`", if short { "short" } else { "long" }, slot.name);
    report.tell(Code::DURATION_RANGE, span, headline, |_, it| {
        match short {
            true => it.label(format!("`{}` is the least", wording::duration(least))),
            false => it.label("ten years is the most"),
        }
        .help(format!("write a duration such as `{}10s` or `{0}1h30m`", mismatch::written(slot)))
    });
    None
}
