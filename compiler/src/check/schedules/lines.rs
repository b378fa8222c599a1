//! The lines of a schedule and its zone, read as the node will read them.

use super::Arguments;
use crate::ast::{Expr, ExprKind};
use crate::check::report::Report;
use crate::diagnostic::{Code, suggest};
use crate::model::Constant;
use machine_calendar::{Calendar, Changes, Line, Mistake, Zone};
use machine_grammar::Span;

/// All lines together; `None` if something is wrong with one, which has been told.
pub(super) fn check(arguments: &Arguments<'_>, report: &mut Report<'_>) -> Option<Calendar> {
    let Some(Constant::List(items)) = arguments.value("lines") else { return None };
    if items.is_empty() {
        no_lines(arguments, report);
        return None;
    }
    let zone = zone(arguments, report);
    let known = zone.clone().or_else(|| Zone::bundled("UTC"))?;
    let places = places(arguments);
    let read = |(at, item): (usize, &Constant)| {
        let Constant::Text(text) = item else { return None };
        let place = places.get(at).copied();
        let told = |mistake| tell(&mistake, text, place, arguments.call.span, report);
        Line::read(text, &known, &Zone::bundled).map_err(told).ok()
    };
    // All lines are read, so that all mistakes are told.
    let lines: Vec<_> = items.iter().enumerate().map(read).collect();
    let changes = Changes::of(arguments.text("skipped"), arguments.text("doubled"));
    zone?;
    Some(Calendar::of(lines.into_iter().collect::<Option<_>>()?, changes))
}

fn no_lines(arguments: &Arguments<'_>, report: &mut Report<'_>) {
    report.tell(Code::MISSING_ARGUMENT, arguments.call.span, "`schedule` needs a line that says when", |_, it| {
        it.label("when?").help("write `schedule(\"daily at 02:30\", zone: \"Europe/Berlin\")`")
    });
}

/// The zone of lines that have none of their own.
fn zone(arguments: &Arguments<'_>, report: &mut Report<'_>) -> Option<Zone> {
    let name = arguments.text("zone");
    let told = |mistake| tell(&mistake, name, arguments.written("zone"), arguments.call.span, report);
    Zone::read(name, &Zone::bundled).map_err(told).ok()
}

/// What is written for each line: arguments without a name, or the items of a list.
fn places<'a>(arguments: &Arguments<'a>) -> Vec<&'a Expr<'a>> {
    match arguments.written("lines").map(|it| &it.kind) {
        Some(ExprKind::List(items)) => items.iter().collect(),
        _ => arguments.call.args.iter().filter(|it| it.name.is_none()).map(|it| &it.value).collect(),
    }
}

/// Tells a mistake where it stands in the text.
fn tell(mistake: &Mistake, text: &str, place: Option<&Expr<'_>>, call: Span, report: &mut Report<'_>) {
    let (span, is_exact) = span(mistake, text, place, call);
    let code = match mistake {
        Mistake { is_zone: true, .. } => Code::UNKNOWN_ZONE,
        it if it.never_comes => Code::NEVER_COMES,
        _ => Code::BAD_SCHEDULE,
    };
    let found = text.get(mistake.span.clone()).unwrap_or_default();
    let near = nearest(mistake, found);
    report.tell(code, span, mistake.headline.clone(), |file, it| {
        let it = match &near {
            Some(right) => it.label(format!("did you mean `{right}`?")),
            None => it.label(&*mistake.label),
        };
        let it = if mistake.help.is_empty() { it } else { it.help(&*mistake.help) };
        match near.or_else(|| mistake.right.as_deref().map(str::to_owned)).filter(|_| is_exact) {
            Some(right) => it.fix(file, span, right),
            None => it,
        }
    });
}

/// The place of a mistake: in the text, if that stands in the source as it is.
fn span(mistake: &Mistake, text: &str, place: Option<&Expr<'_>>, call: Span) -> (Span, bool) {
    let Some(place) = place else { return (call, false) };
    let (start, end) = (place.span.start as usize, place.span.end as usize);
    let is_plain = matches!(place.kind, ExprKind::Text(_)) && end - start == text.len() + 2;
    // A place behind the last word is that word's.
    let at = if mistake.span.is_empty() { 0..text.len() } else { mistake.span.clone() };
    match is_plain && !at.is_empty() {
        true => (Span::new(start + 1 + at.start, start + 1 + at.end), !mistake.span.is_empty()),
        false => (place.span, false),
    }
}

/// The word that was meant.
fn nearest(mistake: &Mistake, found: &str) -> Option<String> {
    if !mistake.is_zone {
        return suggest::nearest(found, mistake.words.iter().copied()).map(str::to_owned);
    }
    let names: Vec<_> = Zone::names().collect();
    let city = |it: &&String| it.rsplit('/').next().is_some_and(|it| it.eq_ignore_ascii_case(&found.replace(' ', "_")));
    let near = suggest::nearest(found, names.iter().map(String::as_str)).map(str::to_owned);
    names.iter().find(city).cloned().or(near)
}
