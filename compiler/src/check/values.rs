//! Values and their types: a literal becomes a constant of the type that is wanted, or a message says what is wanted.

use super::limits;
use super::mismatch;
use super::report::Report;
use super::wording;
use crate::ast::{self, Expr, ExprKind, MapKey};
use crate::diagnostic::Code;
use crate::model::Constant;
use machine_core::limits::{DURATION_MAX_MS, DURATION_MIN_MS};
use machine_grammar::Span;

/// What a value can be.
#[derive(Clone, Debug)]
pub(super) enum Type {
    /// `string`.
    Text,
    /// `path`: text that names a file or directory.
    Path,
    /// `int`.
    Int,
    /// `float`; a whole number is one too.
    Float,
    /// `bool`.
    Bool,
    /// `duration`.
    Duration,
    /// `list of T`.
    List(Box<Type>),
    /// `map of T`.
    Map(Box<Type>),
}

/// What a value is for.
#[derive(Clone, Copy)]
pub(super) struct Slot<'a> {
    /// The parameter, or the word before the value.
    pub(super) name: &'a str,
    /// It has no default: then an empty text is no value either.
    pub(super) required: bool,
}

/// Maps of this name are environments, whose keys the operating system restricts.
const ENVIRONMENT: &str = "env";

impl Type {
    /// The type that a declaration names; `None` for one that no argument can have.
    pub(super) fn of(ty: &ast::Type<'_>) -> Option<Self> {
        Some(match &ty.kind {
            ast::TypeKind::Named(name) => match name.text {
                "string" => Self::Text,
                "path" => Self::Path,
                "int" => Self::Int,
                "float" => Self::Float,
                "bool" => Self::Bool,
                "duration" => Self::Duration,
                _ => return None,
            },
            ast::TypeKind::List { of, .. } => Self::List(Box::new(Self::of(of)?)),
            ast::TypeKind::Map(of) => Self::Map(Box::new(Self::of(of)?)),
            _ => return None,
        })
    }
}

/// The value as a constant of type `ty`; `None` if it is not one, which has been told.
pub(super) fn constant(value: &Expr<'_>, ty: &Type, slot: Slot<'_>, report: &mut Report<'_>) -> Option<Constant> {
    match (&value.kind, ty) {
        (ExprKind::Text(it), Type::Text | Type::Path) => text(it, value.span, ty, slot, report),
        (ExprKind::Int(it), Type::Int) => Some(Constant::Int(*it)),
        // Every whole number that fits a counter of files, seconds or percent has an exact fraction.
        #[allow(clippy::cast_precision_loss)]
        (ExprKind::Int(it), Type::Float) => Some(Constant::Float(*it as f64)),
        (ExprKind::Float(it), Type::Float) => Some(Constant::Float(*it)),
        (ExprKind::Bool(it), Type::Bool) => Some(Constant::Bool(*it)),
        (ExprKind::Duration(ms), Type::Duration) => {
            duration_within(*ms, 1, value.span, slot, report).map(Constant::Duration)
        }
        (ExprKind::List(items), Type::List(of)) => list(items, of, slot, report),
        (ExprKind::Map(entries), Type::Map(of)) => map(entries, of, slot, report),
        _ => {
            mismatch::refuse(value, ty, slot, report);
            None
        }
    }
}

/// A pace or delay in milliseconds; `None` if the value is not one, which has been told.
pub(super) fn pace(value: &Expr<'_>, slot: Slot<'_>, report: &mut Report<'_>) -> Option<u64> {
    match value.kind {
        ExprKind::Duration(ms) => duration_within(ms, DURATION_MIN_MS, value.span, slot, report),
        _ => {
            mismatch::refuse(value, &Type::Duration, slot, report);
            None
        }
    }
}

fn list(items: &[Expr<'_>], of: &Type, slot: Slot<'_>, report: &mut Report<'_>) -> Option<Constant> {
    let items: Vec<_> = items.iter().map(|it| constant(it, of, inside(slot), report)).collect();
    items.into_iter().collect::<Option<_>>().map(Constant::List)
}

fn map(entries: &[(MapKey, Expr<'_>)], of: &Type, slot: Slot<'_>, report: &mut Report<'_>) -> Option<Constant> {
    repeated_keys(entries, report);
    let mut constants = Vec::with_capacity(entries.len());
    for (key, value) in entries {
        check_key(key, slot, report);
        constants.push(constant(value, of, inside(slot), report).map(|it| (key.text.clone(), it)));
    }
    constants.into_iter().collect::<Option<_>>().map(Constant::Map)
}

/// What is inside a list or map may be empty.
fn inside(slot: Slot<'_>) -> Slot<'_> {
    Slot { required: false, ..slot }
}

fn repeated_keys(entries: &[(MapKey, Expr<'_>)], report: &mut Report<'_>) {
    let mut keys: Vec<_> = entries.iter().map(|(key, _)| key).collect();
    keys.sort_by_key(|it| (it.text.as_str(), it.span));
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

fn check_key(key: &MapKey, slot: Slot<'_>, report: &mut Report<'_>) {
    limits::text(&key.text, key.span, "key", report);
    let text = key.text.as_str();
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
    Some(Constant::Text(text.to_owned()))
}

fn duration_within(ms: u64, least: u64, span: Span, slot: Slot<'_>, report: &mut Report<'_>) -> Option<u64> {
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
        .help(format!("write a duration such as `{} 10s` or `{0} 1h30m`", mismatch::written(slot)))
    });
    None
}
