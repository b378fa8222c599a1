//! What watchers report, out of the declarations of their kinds ([page 6 of the manual](../../spec/06-kinds.md)).

use super::calculate::{Scope, Values};
use super::value::{Type, Value};
use machine_compiler::ast::Type as Written;
use machine_compiler::ast::{Expr, File, Kind, Modifier, ModifierKind, Outcome, TypeKind, Watcher};
use machine_compiler::diagnostic::Diagnostics;
use machine_compiler::lower::lower;
use machine_compiler::source::FileId;
use std::collections::BTreeMap;

/// A field: its name and what it may be.
pub type Field = (String, Type);

/// One thing that a watcher can report.
#[derive(Clone, Debug)]
pub struct Report {
    /// It has to be answered.
    pub is_fault: bool,
    /// What it carries.
    pub fields: Vec<Field>,
}

/// What the watchers of a kind have in common.
#[derive(Clone, Debug)]
pub(super) struct Known {
    /// By name.
    pub(super) outcomes: BTreeMap<String, Report>,
    /// The outcomes that carry what `returns` says.
    pub(super) returning: Vec<String>,
    /// A `watch` of it needs a pace.
    pub(super) paced: bool,
}

/// The kinds that a file declares, and those of the standard library.
pub(super) fn kinds(file: &File<'_>) -> BTreeMap<String, Known> {
    let mut known = BTreeMap::new();
    for name in machine_stdlib::KINDS {
        let text = machine_stdlib::declaration(name).unwrap_or_default();
        let declared = lower(FileId(0), text, &mut Diagnostics::default());
        known.extend(declared.kinds.iter().map(|it| (it.name.text.to_owned(), kind(it))));
    }
    known.extend(file.kinds.iter().map(|it| (it.name.text.to_owned(), kind(it))));
    known
}

fn kind(kind: &Kind<'_>) -> Known {
    let outcomes = kind.outcomes.iter().map(|it| (it.name.text.to_owned(), report(it))).collect();
    let returning = kind.outcomes.iter().filter(|it| it.fields.iter().any(is_returns));
    let returning = returning.map(|it| it.name.text.to_owned()).collect();
    Known { outcomes, returning, paced: kind.every_required }
}

/// `output: returns`
fn is_returns(field: &(machine_compiler::ast::Name<'_>, Written<'_>)) -> bool {
    matches!(&field.1.kind, TypeKind::Named(name) if name.text == "returns")
}

fn report(outcome: &Outcome<'_>) -> Report {
    let own = outcome.fields.iter().filter(|it| !is_returns(it));
    let fields = own.filter_map(|it| Some((it.0.text.to_owned(), type_of(&it.1, &Values::new())?))).collect();
    Report { is_fault: outcome.fault, fields }
}

/// What a watcher can report, by name.
pub(super) fn reports(watcher: &Watcher<'_>, kinds: &BTreeMap<String, Known>) -> BTreeMap<String, Report> {
    let kind = watcher.call.as_ref().and_then(|it| kinds.get(it.name.text));
    let mut all = kind.map(|it| it.outcomes.clone()).unwrap_or_default();
    for Modifier { kind: modifier, .. } in &watcher.modifiers {
        match modifier {
            ModifierKind::Returns(fields) => {
                let field = |it: &machine_compiler::ast::Return<'_>| {
                    Some((it.name.text.to_owned(), type_of(&it.ty, &Values::new())?))
                };
                let returned: Vec<Field> = fields.iter().filter_map(field).collect();
                for name in kind.map(|it| it.returning.as_slice()).unwrap_or_default() {
                    if let Some(report) = all.get_mut(name) {
                        report.fields.extend(returned.clone());
                    }
                }
                let texts = ["path", "wanted", "found"].map(|it| (it.to_owned(), Type::Text(255)));
                all.insert("invalid".to_owned(), Report { is_fault: true, fields: texts.to_vec() });
            }
            ModifierKind::Under { .. } => {
                all.insert("skipped".to_owned(), Report { is_fault: false, fields: Vec::new() });
            }
            _ => {}
        }
    }
    all
}

/// The type that is written; `None` if it is none of data.
pub(super) fn type_of(written: &Written<'_>, parameters: &Values) -> Option<Type> {
    let number = |it: &Expr<'_>| whole(it, parameters);
    Some(match &written.kind {
        TypeKind::Named(name) => match name.text {
            "bool" => Type::Bool,
            "int" => Type::INT,
            "float" => Type::Float,
            "string" => Type::TEXT,
            "duration" => Type::Duration,
            "time" => Type::Time,
            _ => return None,
        },
        TypeKind::IntIn { low, high } => Type::Int(number(low)?, number(high)?),
        TypeKind::TextUpTo(most) => Type::Text(usize::try_from(number(most)?).ok()?),
        TypeKind::List { of, up_to } => {
            let most = up_to.as_ref().map_or(Some(Type::ITEMS as i64), number)?;
            Type::List(Box::new(type_of(of, parameters)?), usize::try_from(most).ok()?)
        }
        TypeKind::Enum(words) => Type::Words(words.iter().map(|it| it.text.to_owned()).collect()),
        TypeKind::Map(_) => return None,
    })
}

/// A whole number that is known without running anything.
fn whole(expr: &Expr<'_>, parameters: &Values) -> Option<i64> {
    match constant(expr, parameters) {
        Some(Value::Int(it)) => Some(it),
        _ => None,
    }
}

/// A value that is known without running anything.
pub(super) fn constant(expr: &Expr<'_>, parameters: &Values) -> Option<Value> {
    let none = Values::new();
    let scope = Scope { binding: None, parameters, data: &none, facts: &none, now: super::machine::EPOCH };
    scope.value(expr).ok()
}

/// The type that a value has by itself: that of data without a written one.
pub(super) fn type_by_value(value: &Value) -> Type {
    match value {
        Value::Bool(_) => Type::Bool,
        Value::Int(_) => Type::INT,
        Value::Float(_) => Type::Float,
        Value::Text(_) => Type::TEXT,
        Value::Duration(_) => Type::Duration,
        Value::Time(_) => Type::Time,
        Value::Word(it) => Type::Words(vec![it.clone()]),
        Value::List(items) => Type::List(Box::new(items.first().map_or(Type::INT, type_by_value)), Type::ITEMS),
    }
}
