//! Watchers of the kind `schedule`: their lines, zones and windows, before any clock is asked.

mod lines;
mod windows;

use super::kinds::Declaration;
use super::mismatch;
use super::modifiers::Found;
use super::report::Report;
use super::wording;
use crate::ast::{self, Mode};
use crate::diagnostic::Code;
use crate::model::{Constant, ExprKind};
use machine_calendar::{Calendar, Changes, Line, Zone};
use machine_grammar::Span;

/// The kind that this is about.
pub(crate) const KIND: &str = "schedule";

/// The least time between two moments at which windows of a schedule with these arguments open or close, in milliseconds; nothing
/// if it has no windows, or cannot be read.
pub(crate) fn between_windows(args: &[Constant]) -> Option<u64> {
    let [Constant::List(items), zone, Constant::Duration(window), Constant::Duration(splay), _, skipped, doubled] =
        args
    else {
        return None;
    };
    let text = |it: &'_ Constant| if let Constant::Text(it) = it { it.to_string() } else { String::new() };
    let zone = Zone::read(&text(zone), &Zone::bundled).ok()?;
    let lines = items.iter().map(|it| Line::read(&text(it), &zone, &Zone::bundled).ok());
    let calendar = Calendar::of(lines.collect::<Option<_>>()?, Changes::of(&text(skipped), &text(doubled)));
    let (first, second) = windows::closest(&calendar)?;
    let gap = u64::try_from(second - first).unwrap_or(0);
    (*window > 0).then(|| window.saturating_sub(*splay).min(gap.saturating_sub(*window)))
}

/// The arguments of a schedule, as they are declared: each with what is written for it, or nothing where it takes its
/// default.
struct Arguments<'a> {
    call: &'a ast::Call<'a>,
    values: Vec<(&'a str, &'a Constant)>,
}

impl<'a> Arguments<'a> {
    /// The value of a parameter.
    fn value(&self, name: &str) -> Option<&'a Constant> {
        self.values.iter().find(|it| it.0 == name).map(|it| it.1)
    }

    fn text(&self, name: &str) -> &'a str {
        match self.value(name) {
            Some(Constant::Text(it)) => it,
            _ => "",
        }
    }

    fn duration(&self, name: &str) -> u64 {
        match self.value(name) {
            Some(Constant::Duration(ms)) => *ms,
            _ => 0,
        }
    }

    /// What is written for a parameter with a name.
    fn written(&self, name: &str) -> Option<&'a ast::Expr<'a>> {
        self.call.args.iter().find(|it| it.name.is_some_and(|it| it.text == name)).map(|it| &it.value)
    }
}

/// Tells what is wrong with a schedule whose arguments have the right types.
pub(super) fn check(
    watcher: &ast::Watcher<'_>,
    declaration: &Declaration,
    found: &Found,
    values: &[Constant],
    report: &mut Report<'_>,
) {
    let Some(call) = &watcher.call else { return };
    if declaration.kind.name != KIND || values.len() != declaration.params.len() {
        return;
    }
    paced(watcher, found, report);
    let names = declaration.params.iter().map(|it| it.name.as_str());
    let arguments = Arguments { call, values: names.zip(values).collect() };
    if !is_known(&arguments, report) {
        return;
    }
    without_window(watcher, &arguments, report);
    if let Some(calendar) = lines::check(&arguments, report) {
        windows::check(&arguments, found, &calendar, report);
    }
}

/// All of it has to be known now; of a template it will be.
fn is_known(arguments: &Arguments<'_>, report: &mut Report<'_>) -> bool {
    let mut is_known = true;
    for (name, value) in &arguments.values {
        let items = match value {
            Constant::List(items) => items.as_slice(),
            other => std::slice::from_ref(*other),
        };
        for item in items {
            let Constant::Computed(calculation) = item else { continue };
            is_known = false;
            if !calculation.any(|it| matches!(it.kind, ExprKind::Param(_))) {
                mismatch::not_constant(calculation, name, report);
            }
        }
    }
    is_known
}

/// Its lines say when.
fn paced(watcher: &ast::Watcher<'_>, found: &Found, report: &mut Report<'_>) {
    let every = watcher.modifiers.iter().find(|it| matches!(it.kind, ast::ModifierKind::Every(_)));
    let (Some(every), true) = (every, found.every.is_some() && watcher.mode == Mode::Watch) else { return };
    misused(every.keyword, "a schedule takes no `every`", report, |it| {
        it.label("its lines say when")
            .help("leave it out, or write a pace as a line: `\"*/10 * * * *\"` for every ten minutes")
    });
}

/// Without a window there is nothing to look at at once, and nothing to miss with one.
fn without_window(watcher: &ast::Watcher<'_>, arguments: &Arguments<'_>, report: &mut Report<'_>) {
    let name = wording::name(watcher.name.text);
    let has_window = arguments.duration("for") > 0;
    if watcher.mode == Mode::Run && !has_window {
        return misused(
            arguments.call.name.span,
            &format!("`{name}` is a `run` that has nothing to tell"),
            report,
            |it| {
                it.label("a `run` looks once, and this schedule has moments only")
                    .help(format!("write `watch {name} = schedule(…)`, or give it windows with `for: 1h`"))
            },
        );
    }
    if let Some(missed) = arguments.written("missed").filter(|_| has_window) {
        misused(missed.span, "a window cannot be made up for", report, |it| {
            it.label("`missed` is for moments")
                .help("leave it out: who was not there while a window was open comes too late; or leave out `for`")
        });
    }
}

fn misused(
    span: Span,
    headline: &str,
    report: &mut Report<'_>,
    details: impl FnOnce(crate::diagnostic::Diagnostic) -> crate::diagnostic::Diagnostic,
) {
    report.tell(Code::SCHEDULE_USE, span, headline, |_, it| details(it));
}
