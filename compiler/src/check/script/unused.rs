//! Answers that nobody can ask for, because others replace them before anything happens.

use super::{Report, wording};
use crate::diagnostic::Code;
use crate::model::test::{Line, LineKind};
use crate::model::{Machine, WatcherId};
use machine_grammar::Span;

/// Tells each line of answers that a later one replaces at the same moment.
pub(super) fn check(lines: &[Line], machine: &Machine, report: &mut Report<'_>) {
    let mut waiting: Vec<(WatcherId, Span)> = Vec::new();
    for line in lines {
        match &line.kind {
            LineKind::Answers { watchers, .. } => {
                let replaced = waiting.iter().find(|it| watchers.contains(&it.0));
                if let Some((watcher, first)) = replaced {
                    tell(machine, *watcher, (*first, line.span), report);
                }
                waiting.retain(|it| !watchers.contains(&it.0));
                waiting.extend(watchers.iter().map(|it| (*it, line.span)));
            }
            LineKind::Expect(_) => {}
            _ => waiting.clear(),
        }
    }
}

fn tell(machine: &Machine, watcher: WatcherId, (first, second): (Span, Span), report: &mut Report<'_>) {
    let name = &machine.watcher(watcher).name;
    let written = wording::name(name);
    // What is told of changes is not asked for them.
    let (headline, help) = match machine.kind_of(watcher).notified {
        true => (
            format!("this change of `{name}` is replaced before it comes"),
            format!(
                "let time pass between the two, as in `{written} answers A`, `advance 1s`, `{written} answers B`, or write both in one series: `{written} answers A, then B after 1s`"
            ),
        ),
        false => (
            format!("these answers of `{name}` are replaced before anybody asks for them"),
            format!(
                "leave out one of the two, write both in one series, as in `{written} answers A, then B`, or let time pass between them"
            ),
        ),
    };
    report.tell(Code::UNUSED_ANSWERS, first, headline, |file, it| {
        it.label("without use").also(file, second, "from here on it answers this").help(help)
    });
}
