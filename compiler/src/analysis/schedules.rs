//! Which handlers wait for what their schedule never tells?

use super::subject::Subject;
use crate::check::schedules::KIND;
use crate::check::wording;
use crate::diagnostic::{Code, Diagnostics};
use crate::model::{Constant, Watcher, WatcherId};

/// Tells handlers of moments that are handlers of a window, and the other way round.
pub(super) fn ask(subject: &Subject<'_>, sink: &mut Diagnostics) {
    let machine = subject.machine;
    for (id, watcher) in machine.watchers.iter().enumerate() {
        if machine.kinds.get(watcher.kind).is_none_or(|it| it.name != KIND) {
            continue;
        }
        let Some(has_window) = has_window(watcher) else { continue };
        for answer in subject.answers_to(WatcherId(id)) {
            // The first outcome is `due`, all others are of windows.
            if (answer.outcome == 0) == has_window {
                sink.push(never(subject, watcher, answer.outcome, answer.span));
            }
        }
    }
}

/// Its third argument is `for`; `None` if that is a parameter of a template, which is asked again when it is filled in.
fn has_window(watcher: &Watcher) -> Option<bool> {
    match watcher.args.get(2) {
        Some(Constant::Duration(ms)) => Some(*ms > 0),
        _ => None,
    }
}

fn never(
    subject: &Subject<'_>,
    watcher: &Watcher,
    outcome: usize,
    span: machine_grammar::Span,
) -> crate::diagnostic::Diagnostic {
    let name = wording::name(&watcher.name);
    let (headline, label, help) = match outcome {
        0 => (
            format!("`{name}` has windows, and is never `due`"),
            "its windows open and close",
            format!("write `on {name}.opened`, or leave out `for` if only the moment matters"),
        ),
        _ => (
            format!("`{name}` has no windows that could open or close"),
            "it has moments only",
            format!("write `on {name}.due`, or give it windows with `for: 1h`"),
        ),
    };
    subject
        .diagnostic(Code::SCHEDULE_USE, span, headline)
        .label(label)
        .also(subject.file, watcher.name_span, "the schedule")
        .help(help)
}
