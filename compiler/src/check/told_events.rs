//! `emit` and `raise`: what events carry is the same wherever they are told.

use super::expr;
use super::handlers::Resolver;
use super::mismatch;
use super::scope::Scope;
use super::wording;
use crate::ast::{Arg, ExprKind, Name};
use crate::diagnostic::{Code, suggest};
use crate::model::{ActionKind, Emit, Expr, Field, Type};
use machine_grammar::Span;

/// What is told the world: its shape is that of its declaration, or else of where it is first emitted.
pub(super) fn emit(
    name: Name<'_>,
    fields: &[Arg<'_>],
    scope: Scope<'_>,
    with: &mut Resolver<'_, '_>,
) -> Option<ActionKind> {
    let declared = with.declared.events.iter().position(|it| it.name == name.text);
    let known = with.emits.iter().position(|it| it.name == name.text);
    if let Some(at) = declared {
        with.raised[at] = true;
    }
    if name.text == super::events::ALL_FAULTS {
        with.report.tell(Code::DUPLICATE_NAME, name.span, "an event cannot be called `fault`", |_, it| {
            it.label("a calculation that fails is called so").help("give the event another name")
        });
        return None;
    }
    let (shape, place) = match (known, declared) {
        (Some(at), _) => (with.emits[at].fields.clone(), with.emits[at].span),
        (None, Some(at)) => (with.declared.events[at].fields.clone(), with.declared.events[at].span),
        (None, None) => (inferred(fields, scope, with)?, name.span),
    };
    let at = known.unwrap_or_else(|| {
        with.emits.push(Emit { name: name.text.to_owned(), fields: shape.clone(), declared, span: name.span });
        with.emits.len() - 1
    });
    if known.is_some() && declared.is_none() {
        widen(at, fields, scope, with);
    }
    let shape = with.emits[at].fields.clone();
    let values = given(name, place, fields, &shape, scope, with)?;
    Some(ActionKind::Emit { emit: at, values })
}

/// The shape of an event that is not declared.
fn inferred(fields: &[Arg<'_>], scope: Scope<'_>, with: &mut Resolver<'_, '_>) -> Option<Vec<Field>> {
    let names = || fields.iter().filter_map(|it| it.name);
    let mut whole = super::declared::repeated_field(names(), with.report).is_none();
    let mut shape = Vec::with_capacity(fields.len());
    for arg in fields {
        let Some(name) = arg.name else {
            unnamed(arg, with);
            whole = false;
            continue;
        };
        match expr::check(&arg.value, None, scope, with.report) {
            Some(it) if matches!(it.ty, Type::Secret) => {
                mismatch::secret(it.span, with.report);
                whole = false;
            }
            Some(it) => shape.push((name.text.to_owned(), published(&it))),
            None => whole = false,
        }
    }
    whole.then_some(shape)
}

/// What is published of a value: the type of data and fields with its bounds, of all else without.
fn published(value: &Expr) -> Type {
    match crate::model::Place::of(value) {
        Some(_) => value.ty.clone(),
        None => match (&value.ty, value.constant()) {
            (Type::Text { max }, None) => Type::Text { max: *max },
            _ => expr::without_bounds(&value.ty),
        },
    }
}

/// Bounds that differ from place to place are widened to hold all.
fn widen(at: usize, fields: &[Arg<'_>], scope: Scope<'_>, with: &mut Resolver<'_, '_>) {
    for arg in fields {
        let Some(name) = arg.name else { continue };
        let Some(place) = with.emits[at].fields.iter().position(|it| it.0 == name.text) else { continue };
        let before = with.emits[at].fields[place].1.clone();
        let mut silent = crate::diagnostic::Diagnostics::default();
        let mut report = super::report::Report::new(with.report.file, None, &mut silent);
        let Some(value) = expr::check(&arg.value, Some(&before), scope, &mut report) else { continue };
        let joined = match (&before, &value.ty) {
            (Type::Int { min: a, max: b }, Type::Int { min: c, max: d }) => {
                Type::Int { min: *a.min(c), max: *b.max(d) }
            }
            (Type::Text { max: a }, Type::Text { max: b }) => Type::Text { max: *a.max(b) },
            _ => continue,
        };
        with.emits[at].fields[place].1 = joined;
    }
}

fn unnamed(arg: &Arg<'_>, with: &mut Resolver<'_, '_>) {
    let name = match &arg.value.kind {
        ExprKind::Name(it) => Some(it.text),
        ExprKind::Field(_, it) => Some(it.text),
        _ => None,
    };
    let before = Span { start: arg.value.span.start, end: arg.value.span.start };
    with.report.tell(Code::EVENT_FIELDS, arg.value.span, "what an event carries has a name", |file, it| {
        let it = it.label("which field is this?");
        match name {
            Some(name) => {
                let name = wording::name(name);
                it.help(format!("write `{name}: …`")).fix(file, before, format!("{name}: "))
            }
            None => it.help("write a name before it, as in `emit page(worst: 3)`"),
        }
    });
}

/// One value for each field of the shape.
fn given(
    event: Name<'_>,
    place: Span,
    fields: &[Arg<'_>],
    shape: &[Field],
    scope: Scope<'_>,
    with: &mut Resolver<'_, '_>,
) -> Option<Vec<Expr>> {
    let mut values: Vec<Option<Expr>> = shape.iter().map(|_| None).collect();
    let mut whole = super::declared::repeated_field(fields.iter().filter_map(|it| it.name), with.report).is_none();
    let mut unsure = false;
    for arg in fields {
        let Some(name) = arg.name else {
            unnamed(arg, with);
            (whole, unsure) = (false, true);
            continue;
        };
        let Some(at) = shape.iter().position(|it| it.0 == name.text) else {
            unknown_field(event, name, place, shape, with);
            (whole, unsure) = (false, true);
            continue;
        };
        let value = expr::expect(&arg.value, &shape[at].1, name.text, scope, with.report);
        (whole, unsure) = (whole && value.is_some(), unsure || value.is_none());
        values[at] = value;
    }
    let missing: Vec<_> = shape.iter().zip(&values).filter(|it| it.1.is_none()).map(|it| it.0.0.as_str()).collect();
    if !missing.is_empty() && !unsure {
        missing_fields(event, &missing, place, with);
        return None;
    }
    if whole { values.into_iter().collect() } else { None }
}

fn unknown_field(event: Name<'_>, name: Name<'_>, place: Span, shape: &[Field], with: &mut Resolver<'_, '_>) {
    let names: Vec<_> = shape.iter().map(|it| it.0.as_str()).collect();
    let nearest = suggest::nearest(name.text, names.iter().copied());
    let headline = format!("`{}` carries no `{}`", event.text, name.text);
    with.report.tell(Code::EVENT_FIELDS, name.span, headline, |file, it| {
        let it = it.label("no field of this name").also(file, place, "what it carries is settled here");
        match nearest {
            Some(right) => it
                .label(format!("did you mean `{right}`?"))
                .help(format!("write `{}: …`", wording::name(right)))
                .fix(file, name.span, wording::name(right))
                .certain_if(suggest::is_certain(name.text, names.iter().copied())),
            None if names.is_empty() => it.help(format!(
                "leave it out, or declare what it carries: `event {}({}: TYPE)`",
                wording::name(event.text),
                wording::name(name.text)
            )),
            None => it.help(format!("it carries {}", wording::all_of(&names))),
        }
    });
}

fn missing_fields(event: Name<'_>, missing: &[&str], place: Span, with: &mut Resolver<'_, '_>) {
    let headline = format!("`{}` is told without its {}", event.text, wording::all_of(missing));
    let example: Vec<_> = missing.iter().map(|it| format!("{}: …", wording::name(it))).collect();
    with.report.tell(Code::EVENT_FIELDS, event.span, headline, |file, it| {
        it.label("what it carries is the same everywhere")
            .also(file, place, "what it carries is settled here")
            .help(format!("add `{}` between its brackets", example.join(", ")))
    });
}

pub(super) fn raise(
    name: Name<'_>,
    fields: &[Arg<'_>],
    scope: Scope<'_>,
    with: &mut Resolver<'_, '_>,
) -> Option<ActionKind> {
    let declared = with.declared;
    let Some(event) = declared.events.iter().position(|it| it.name == name.text) else {
        if declared.is_broken(name.text) {
            with.report.known_broken();
        } else {
            unknown_event(name, with);
        }
        return None;
    };
    with.raised[event] = true;
    let it = &declared.events[event];
    let values = given(name, it.span, fields, &it.fields, scope, with)?;
    Some(ActionKind::Raise { event, values })
}

fn unknown_event(name: Name<'_>, with: &mut Resolver<'_, '_>) {
    let names: Vec<_> = with.declared.events.iter().map(|it| it.name.as_str()).collect();
    let nearest = suggest::nearest(name.text, names.iter().copied());
    let headline = format!("there is no event `{}`", name.text);
    with.report.tell(Code::UNKNOWN_EVENT, name.span, headline, |file, it| match nearest {
        Some(right) => it
            .label(format!("did you mean `{right}`?"))
            .help(format!("write `raise {}`", wording::name(right)))
            .fix(file, name.span, wording::name(right))
            .certain_if(suggest::is_certain(name.text, names.iter().copied())),
        None => it
            .label("no event of this name is declared")
            .help(format!("declare it in the machine: `event {}`", wording::name(name.text))),
    });
}
