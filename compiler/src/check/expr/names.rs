//! Names in calculations: data, facts, parameters, the fields of an event, and words of enums.

use crate::ast::{self, EventRef, ExprKind as Ast, Name};
use crate::check::declared::Value;
use crate::check::mismatch;
use crate::check::named_states;
use crate::check::report::Report;
use crate::check::scope::{Binding, Scope};
use crate::check::wording;
use crate::diagnostic::{Code, suggest};
use crate::model::{Constant, Expr, ExprKind, Type};
use machine_grammar::Span;
use std::sync::Arc;

/// A bare name: a value that is declared, or a word of the enum that is wanted.
pub(super) fn name(name: Name<'_>, want: Option<&Type>, scope: Scope<'_>, report: &mut Report<'_>) -> Option<Expr> {
    if let Some(binding) = scope.binding.filter(|it| it.name == name.text) {
        return told!(whole_event(name, binding, report));
    }
    let word = want.and_then(|it| word(it, name.text));
    let made = |kind, ty: &Type| Some(Expr { kind, ty: ty.clone(), span: name.span });
    let declared = scope.declared;
    let found = match declared.value(name.text) {
        Some(Value::Param(at)) => {
            let param = &declared.params[at];
            match &param.value {
                Some(value) => made(ExprKind::Constant(value.clone()), &param.ty),
                None => made(ExprKind::Param(param.name.clone()), &param.ty),
            }
        }
        Some(Value::Data(_) | Value::Fact(_)) if scope.constant => return told!(mismatch::not_yet(name, report)),
        Some(Value::Data(at)) => made(ExprKind::Data(at), &declared.data[at].ty),
        Some(Value::Fact(at)) => made(ExprKind::Fact(at), &declared.facts[at].ty),
        Some(Value::Secret(at)) => made(ExprKind::Secret(at), &Type::Secret),
        Some(Value::Broken) => return told!(report.known_broken()),
        None => return not_declared(name, want, word, scope, report),
    }?;
    match (word, want) {
        (Some(_), Some(want)) if !found.ty.is_like(want) => told!(data_before_word(name, &found, want, scope, report)),
        _ => Some(found),
    }
}

/// The word of this name, if the type is an enum that has it.
fn word(ty: &Type, name: &str) -> Option<(u16, Arc<[String]>)> {
    let Type::Enum(words) = ty else { return None };
    let at = words.iter().position(|it| it == name)?;
    Some((u16::try_from(at).ok()?, words.clone()))
}

fn not_declared(
    name: Name<'_>,
    want: Option<&Type>,
    word: Option<(u16, Arc<[String]>)>,
    scope: Scope<'_>,
    report: &mut Report<'_>,
) -> Option<Expr> {
    if let Some((at, words)) = word {
        let kind = ExprKind::Constant(Constant::Enum(at));
        return Some(Expr { kind, ty: Type::Enum(words), span: name.span });
    }
    if let Some(states) = scope.states {
        if let Some(state) = states.find(&[name]) {
            return Some(Expr { kind: ExprKind::In(state), ty: Type::Bool, span: name.span });
        }
        if states.has(name.text) {
            return told!(states.tell(&ast::Path { names: [name].into_iter().collect(), span: name.span }, report));
        }
    }
    if scope.declared.unsure() {
        return told!(report.known_broken());
    }
    match want {
        Some(Type::Enum(words)) => told!(unknown_word(name, words, scope, report)),
        _ => told!(unknown(name, want, scope, report)),
    }
}

fn data_before_word(name: Name<'_>, found: &Expr, want: &Type, scope: Scope<'_>, report: &mut Report<'_>) {
    let headline = format!("`{}` is a value that is declared, not the word of `{want}`", name.text);
    let declared = scope.declared.place(name.text);
    report.tell(Code::AMBIGUOUS_WORD, name.span, headline, |file, it| {
        let it = it.label(format!("this is of the type `{}`", found.ty)).help(format!(
            "give what is declared as `{}` another name: a declared name wins over the words of enums",
            name.text
        ));
        match declared {
            Some(span) => it.also(file, span, "it is declared here"),
            None => it,
        }
    });
}

fn unknown_word(name: Name<'_>, words: &[String], scope: Scope<'_>, report: &mut Report<'_>) {
    let all = || words.iter().map(String::as_str).chain(scope.names());
    let nearest = suggest::nearest(name.text, all());
    let headline = format!("`{}` is none of the words {}", name.text, wording::any_of(words));
    report.tell(Code::UNKNOWN_WORD, name.span, headline, |file, it| match nearest {
        Some(right) => it
            .label(format!("did you mean `{right}`?"))
            .help(format!("write {}", wording::any_of(words)))
            .fix(file, name.span, wording::name(right))
            .certain_if(suggest::is_certain(name.text, all())),
        None => it.label("no such word").help(format!("write {}", wording::any_of(words))),
    });
}

/// A name that nothing has.
fn unknown(name: Name<'_>, want: Option<&Type>, scope: Scope<'_>, report: &mut Report<'_>) {
    if let Some(binding) = scope.binding.filter(|it| it.fields().contains(&name.text)) {
        return without_event(name, binding, report);
    }
    let names = scope.names();
    let nearest = suggest::nearest(name.text, names.iter().copied());
    if let Some(states) = scope.states {
        return neither(name, nearest, &states.all(), report);
    }
    if nearest.is_none() && want.is_some() {
        return mismatch::bare_name(name.text, name.span, want.unwrap_or(&Type::Bool), report);
    }
    let headline = format!("`{}` does not name a value", name.text);
    report.tell(Code::UNKNOWN_NAME, name.span, headline, |file, it| match nearest {
        Some(right) => it
            .label(format!("did you mean `{right}`?"))
            .help(format!("write `{}`", wording::name(right)))
            .fix(file, name.span, wording::name(right))
            .certain_if(suggest::is_certain(name.text, names.iter().copied())),
        None if names.is_empty() => it
            .label("nothing of this name is declared")
            .help(format!("declare it in the machine, as in `data {}: int = 0`", wording::name(name.text))),
        None => it
            .label("nothing of this name is declared")
            .help(format!("the values that can be named here are {}", wording::all_of(&names))),
    });
}

/// A name where states are values too.
fn neither(name: Name<'_>, nearest: Option<&str>, states: &str, report: &mut Report<'_>) {
    let headline = format!("`{}` names neither a state nor a value", name.text);
    report.tell(Code::UNKNOWN_NAME, name.span, headline, |file, it| match nearest {
        Some(right) => {
            it.label(format!("did you mean `{right}`?")).help(format!("write `{right}`")).fix(file, name.span, right)
        }
        None => it.label("neither a state nor a value").help(states.to_owned()),
    });
}

/// `co2` for `a.co2`.
fn without_event(name: Name<'_>, binding: &Binding<'_>, report: &mut Report<'_>) {
    let headline = format!("`{}` is a field of the event, and is reached by the event's name", name.text);
    let event = binding.events.first().map_or_else(String::new, |it| wording::event(it.0));
    report.tell(Code::UNKNOWN_NAME, name.span, headline, |file, it| match binding.name {
        "" => it.label("a field of the event").help(format!(
            "give what the event carries a name, as in `on {event}(it)`, and write `it.{}`",
            wording::name(name.text)
        )),
        bound => {
            let written = format!("{}.{}", wording::name(bound), wording::name(name.text));
            it.label("a field of the event").help(format!("write `{written}`")).fix(file, name.span, written).certain()
        }
    });
}

fn whole_event(name: Name<'_>, binding: &Binding<'_>, report: &mut Report<'_>) {
    let fields: Vec<_> = binding.fields().iter().map(|it| format!("{}.{it}", name.text)).collect();
    let headline = format!("`{}` is all that the event carries, not one value", name.text);
    report.tell(Code::UNKNOWN_FIELD, name.span, headline, |file, it| {
        let it = it.label("say which of its fields").also(file, binding.span, "it gets its name here");
        match fields.is_empty() {
            true => it.help("leave it out: this event carries nothing"),
            false => it.help(format!("write {}", wording::any_of(&fields))),
        }
    });
}

/// `a.co2`: a field of the event that is handled.
pub(super) fn field(
    of: &ast::Expr<'_>,
    name: Name<'_>,
    span: Span,
    scope: Scope<'_>,
    report: &mut Report<'_>,
) -> Option<Expr> {
    match (&of.kind, scope.binding) {
        (Ast::Faulty, _) => told!(report.known_broken()),
        (Ast::Name(it), Some(binding)) if it.text == binding.name => {
            let ty = field_type(name, binding, report)?;
            let kind = ExprKind::Field(binding.name.to_owned(), name.text.to_owned());
            Some(Expr { kind, ty, span })
        }
        (Ast::Name(_) | Ast::Field(..), _) if scope.states.is_some() => state(of, name, span, scope, report),
        _ => told!(no_fields(of, name, scope, report)),
    }
}

/// `known.idle` where states are truth values.
fn state(of: &ast::Expr<'_>, name: Name<'_>, span: Span, scope: Scope<'_>, report: &mut Report<'_>) -> Option<Expr> {
    let states = scope.states?;
    let mut path = named_states::path_of(of)?;
    let first = path.names.first()?.text;
    if scope.declared.value(first).is_some() && !states.has(first) {
        return told!(no_fields(of, name, scope, report));
    }
    path.names.push(name);
    path.span = span;
    let state = states.resolve(&path, report)?;
    Some(Expr { kind: ExprKind::In(state), ty: Type::Bool, span })
}

/// The type of a field that all events of the handler have to share.
fn field_type(name: Name<'_>, binding: &Binding<'_>, report: &mut Report<'_>) -> Option<Type> {
    let mut found: Option<(&EventRef<'_>, &Type)> = None;
    for (event, fields) in &binding.events {
        let Some(fields) = fields else { return told!(report.known_broken()) };
        let Some((_, ty)) = fields.iter().find(|it| it.0 == name.text) else {
            return told!(unknown_field(name, &wording::event(event), fields, binding, report));
        };
        match found {
            Some((first, other)) if other != ty => {
                return told!(differing(name, (&wording::event(first), other), (&wording::event(event), ty), report));
            }
            _ => found = Some((event, ty)),
        }
    }
    found.map(|it| it.1.clone())
}

fn unknown_field(
    name: Name<'_>,
    event: &str,
    fields: &[(String, Type)],
    binding: &Binding<'_>,
    report: &mut Report<'_>,
) {
    let names: Vec<_> = fields.iter().map(|it| it.0.as_str()).collect();
    let nearest = suggest::nearest(name.text, names.iter().copied());
    let headline = format!("`{event}` carries no `{}`", name.text);
    report.tell(Code::UNKNOWN_FIELD, name.span, headline, |file, it| {
        let it = it.label("no field of this name").also(
            file,
            binding.span,
            format!("`{}` is what it carries", binding.name),
        );
        match nearest {
            Some(right) => it
                .label(format!("did you mean `{right}`?"))
                .help(format!(
                    "write `{}.{}`; it carries {}",
                    binding.name,
                    wording::name(right),
                    wording::all_of(&names)
                ))
                .fix(file, name.span, wording::name(right))
                .certain_if(suggest::is_certain(name.text, names.iter().copied())),
            // Another machine may well emit something with it, which only its declaration could tell.
            None if names.is_empty() => it.help(format!("leave it out: nothing is declared that `{event}` carries")),
            None => it.help(format!("it carries {}", wording::all_of(&names))),
        }
    });
}

fn differing(name: Name<'_>, first: (&str, &Type), second: (&str, &Type), report: &mut Report<'_>) {
    let headline = format!("`{}` is not of one type in all events of this handler", name.text);
    report.tell(Code::DIFFERING_FIELDS, name.span, headline, |_, it| {
        it.label(format!("`{}` in `{}`, and `{}` in `{}`", first.1, first.0, second.1, second.0))
            .help("write one handler for each of the events")
    });
}

fn no_fields(of: &ast::Expr<'_>, name: Name<'_>, scope: Scope<'_>, report: &mut Report<'_>) {
    let written = match &of.kind {
        Ast::Name(it) => it.text,
        _ => "",
    };
    let event = scope.binding.and_then(|it| {
        it.events.iter().map(|it| wording::event(it.0)).find(|it| it.split('.').next() == Some(written))
    });
    let function = super::functions::NAMES.contains(&name.text) || matches!(name.text, "length" | "size");
    let headline = match written {
        "" => "only what an event carries has fields".to_owned(),
        name => format!("`{name}` has no fields"),
    };
    report.tell(Code::UNKNOWN_FIELD, of.span.to(name.span), headline, |_, it| match event {
        Some(event) => it.label("a watcher is no value").help(format!(
            "give what the event carries a name, as in `on {event}(it)`, and write `it.{}`",
            wording::name(name.text)
        )),
        None if function && !written.is_empty() => {
            let right = if super::functions::NAMES.contains(&name.text) { name.text } else { "len" };
            it.label("values have no fields and no methods").help(format!("write `{right}({written})`"))
        }
        None if scope.binding.is_none() && !written.is_empty() => {
            let event = format!("{}.{}", wording::name(written), wording::name(name.text));
            it.label("no value").help(format!(
                "write `on {event} -> STATE` if this is the event to wait for; what it carries has fields, behind a name as in `on {event}(it)`"
            ))
        }
        None => it
            .label("only what an event carries has fields")
            .help("give the event's fields a name, as in `on air.ok(a)`, and write `a.FIELD`"),
    });
}
