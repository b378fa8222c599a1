//! Each declaration of a machine: its type, its value, where it comes from.

use super::declared::{Declared, Value, fields};
use super::expr;
use super::mismatch;
use super::report::Report;
use super::scope::Scope;
use super::types::{self, Use};
use crate::ast::{self, Name};
use crate::diagnostic::Code;
use crate::model::{self, Datum, Limit, Offline, Reach, Secret, Type};
use machine_grammar::Span;

pub(super) fn datum(declared: &mut Declared, it: &ast::Data<'_>, is_data: bool, report: &mut Report<'_>) -> Option<()> {
    let scope = Scope::constants(declared);
    let ty = match &it.ty {
        Some(ty) => Some(types::resolve(ty, Use::Value, scope, report)?),
        None => None,
    };
    let value = match &it.value {
        Some(value) => value,
        // That a value is missing is a mistake of syntax, which has been told.
        None => return None,
    };
    let (ty, value) = match ty {
        Some(ty) => {
            let value = expr::expect(value, &ty, it.name.text, scope, report)?;
            (ty, value)
        }
        None => inferred(it.name, value, scope, report)?,
    };
    let Some(constant) = value.constant().cloned() else {
        if value.any(|it| matches!(it.kind, model::ExprKind::Param(_))) {
            return stand_in(declared, it, ty, is_data);
        }
        mismatch::not_constant(&value, it.name.text, report);
        return None;
    };
    add_datum(declared, it, ty, constant, is_data);
    Some(())
}

/// A template that is checked without an instance does not know its parameters.
fn stand_in(declared: &mut Declared, it: &ast::Data<'_>, ty: Type, is_data: bool) -> Option<()> {
    let value = expr::stand_in(&ty);
    add_datum(declared, it, ty, value, is_data);
    Some(())
}

fn add_datum(declared: &mut Declared, it: &ast::Data<'_>, ty: Type, value: model::Constant, is_data: bool) {
    let datum = Datum { name: it.name.text.to_owned(), doc: it.doc.clone(), ty, value, span: it.name.span };
    let list = if is_data { &mut declared.data } else { &mut declared.facts };
    list.push(datum);
    let at = list.len() - 1;
    declared.add(it.name, if is_data { Value::Data(at) } else { Value::Fact(at) });
}

/// `data x = 3`: the value tells the type, without bounds.
fn inferred(
    name: Name<'_>,
    value: &ast::Expr<'_>,
    scope: Scope<'_>,
    report: &mut Report<'_>,
) -> Option<(Type, model::Expr)> {
    if let ast::ExprKind::List(items) = &value.kind
        && items.is_empty()
    {
        untyped(name, value.span, "list of string", report);
        return None;
    }
    if let ast::ExprKind::Name(word) = &value.kind
        && scope.declared.value(word.text).is_none()
    {
        untyped(name, value.span, &format!("{} | OTHER", word.text), report);
        return None;
    }
    let value = expr::check(value, None, scope, report)?;
    let ty = expr::without_bounds(&value.ty);
    Some((ty, value))
}

fn untyped(name: Name<'_>, span: Span, example: &str, report: &mut Report<'_>) {
    let headline = format!("the type of `{}` cannot be told from this", name.text);
    let behind = Span { start: name.span.end, end: name.span.end };
    report.tell(Code::MISSING_TYPE, span, headline, |file, it| {
        let it = it
            .label("this could be of many types")
            .help(format!("write its type, as in `data {}: {example} = …`", super::wording::name(name.text)));
        if example.contains("OTHER") { it } else { it.fix(file, behind, format!(": {example}")) }
    });
}

pub(super) fn secret(declared: &mut Declared, it: &ast::Secret<'_>, report: &mut Report<'_>) -> Option<()> {
    let source = it.source?;
    // What is none is told already.
    let ast::ExprKind::Text(place) = &it.place.as_ref()?.kind else { return None };
    let is_name = |it: &str| it.chars().all(|it| it.is_ascii_alphanumeric() || it == '_');
    if place.is_empty() || place.contains('\0') || source.text == "env" && !is_name(place) {
        let span = it.place.as_ref()?.span;
        let name = place.trim_matches(|it: char| !it.is_ascii_alphanumeric() && it != '_');
        let name = if is_name(name) && !name.is_empty() { name } else { "TOKEN" };
        report.tell(Code::UNUSABLE_TEXT, span, format!("`{}` cannot be found there", it.name.text), |_, it| {
            it.label("the name of a variable, or of a file, belongs here").help(format!("write `from env \"{name}\"`"))
        });
        return None;
    }
    let source = match source.text {
        "env" => model::SecretSource::Env(place.to_string()),
        "file" => model::SecretSource::File(place.to_string()),
        _ => {
            wrong_origin(source, &["env", "file"], "a secret comes from `env` or from `file`", report);
            return None;
        }
    };
    declared.secrets.push(Secret { name: it.name.text.to_owned(), source, span: it.name.span });
    let at = declared.secrets.len() - 1;
    declared.add(it.name, Value::Secret(at));
    Some(())
}

fn wrong_origin(word: Name<'_>, right: &[&str], label: &str, report: &mut Report<'_>) {
    let nearest = crate::diagnostic::suggest::nearest(word.text, right.iter().copied()).or(right.first().copied());
    let certain = right.len() == 1 || crate::diagnostic::suggest::is_certain(word.text, right.iter().copied());
    report.tell(Code::UNKNOWN_ORIGIN, word.span, format!("nothing comes from `{}`", word.text), |file, it| {
        let it = it.label(label);
        match nearest {
            Some(right) => it.help(format!("write `from {right}`")).fix(file, word.span, right).certain_if(certain),
            None => it,
        }
    });
}

pub(super) fn limit(declared: &mut Declared, it: &ast::Limit<'_>, report: &mut Report<'_>) -> Option<()> {
    let value = it.count.as_ref()?;
    let checked = expr::expect(value, &Type::INT, it.name.text, Scope::constants(declared), report)?;
    let count = match checked.constant() {
        Some(model::Constant::Int(count)) => *count,
        _ if checked.any(|it| matches!(it.kind, model::ExprKind::Param(_))) => 1,
        _ => {
            mismatch::not_constant(&checked, it.name.text, report);
            return None;
        }
    };
    if count > i64::from(u32::MAX) {
        report.tell(Code::OUT_OF_BOUNDS, value.span, format!("`{}` cannot be this", it.name.text), |_, told| {
            told.label(format!("{} is the most", u32::MAX)).help("write a smaller number")
        });
        return None;
    }
    let Some(count) = u32::try_from(count).ok().filter(|it| *it >= 1) else {
        let headline = format!("nothing could ever work under `{}`", it.name.text);
        report.tell(Code::EMPTY_LIMIT, value.span, headline, |_, told| {
            told.label("at least 1 belongs here")
                .help(format!("write `limit {} = 1` for one at a time", super::wording::name(it.name.text)))
        });
        return None;
    };
    let reach = reach(it, report)?;
    declared.limits.push(Limit { name: it.name.text.to_owned(), count, reach, span: it.name.span });
    Some(())
}

/// Over which nodes a limit counts, and what is done when they cannot be asked.
fn reach(it: &ast::Limit<'_>, report: &mut Report<'_>) -> Option<Reach> {
    if !it.across_fleet.is_some_and(|it| it.0) {
        return Some(Reach::Node);
    }
    let Some(word) = it.offline else {
        return Some(Reach::Fleet(Offline::Wait));
    };
    let offline = Offline::ALL.into_iter().find(|it| it.word() == word.text);
    if offline.is_none() {
        let words = Offline::ALL.map(Offline::word);
        report.tell(
            Code::UNKNOWN_OFFLINE,
            word.span,
            format!("`{}` is no way to work offline", word.text),
            |file, it| {
                let it = it.label("`wait`, `skip` or `proceed` belongs here");
                match crate::diagnostic::suggest::nearest(word.text, words) {
                    Some(right) => it.help(format!("did you mean `offline {right}`?")).fix(file, word.span, right),
                    None => {
                        it.help("write `offline skip` to do without, or `offline proceed` to count on this node alone")
                    }
                }
            },
        );
    }
    offline.map(Reach::Fleet)
}

pub(super) fn event(declared: &mut Declared, it: &ast::Event<'_>, report: &mut Report<'_>) -> Option<()> {
    let fields = fields(&it.fields, Scope::constants(declared), report);
    let operator = match it.source {
        None => false,
        Some(word) if word.text == "operator" => true,
        Some(word) => {
            wrong_origin(word, &["operator"], "only an operator can send events from outside", report);
            return None;
        }
    };
    if it.name.text == super::events::ALL_FAULTS {
        report.tell(Code::DUPLICATE_NAME, it.name.span, "`fault` is an event of every machine already", |_, it| {
            it.label("a calculation that fails is called so").help("give the event another name")
        });
        return None;
    }
    let fields = fields?;
    let (name, doc) = (it.name.text.to_owned(), it.doc.clone());
    declared.events.push(model::Declared { name, doc, fields, operator, span: it.name.span });
    Some(())
}
