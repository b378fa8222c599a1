//! A script as a test that can be pasted into a source.

use super::subject::Subject;
use super::words;
use machine_compiler::model::test::Test;
use machine_core::table::SignalSource;
use machine_core::{SignalId, WatcherId};
use machine_sim::Payload;
use machine_sim::random::Drawn;
use machine_sim::script::Line;
use machine_sim::world::{Answer, Series};

/// The test that does what a run did that was drawn, up to the line that fails. What it expects is taken from the source
/// of the test that it was drawn for.
pub(super) fn test(test: &Test, subject: &Subject<'_>, drawn: &Drawn, failing: usize, source: &str) -> String {
    let mut text = format!("test \"{}, found\" {} {{\n", test.name, driven(test, subject, source));
    if let Some(start) = &test.start {
        text += &format!("    {}\n", source.get(start.span.range()).unwrap_or_default().trim());
    }
    for (line, origin) in drawn.script.lines.iter().zip(&drawn.origin).take(failing + 1) {
        let written = origin.and_then(|it| test.lines.get(it));
        let said = match (line, written) {
            (Line::Advance { ms: 0 }, _) => continue,
            (Line::Advance { ms }, _) => format!("advance {}", words::duration(*ms)),
            (_, Some(it)) => source.get(it.span.range()).unwrap_or_default().trim().to_owned(),
            (Line::Answers { watchers, series }, _) => answers(subject, watchers, series),
            (Line::Send { signal, payload }, _) => send(subject, *signal, payload),
            (Line::Condition { condition, holds }, _) => match subject.model.conditions.get(usize::from(*condition)) {
                Some(it) => format!("{} is {}{}", it.machine, if *holds { "" } else { "not " }, it.state),
                None => continue,
            },
            (Line::Limit { limit, room }, _) => match subject.model.limits.get(usize::from(*limit)) {
                Some(it) => format!("{} is {}", it.name, room.word()),
                None => continue,
            },
            (Line::PowerOff { ms: 0 }, _) => "restart".to_owned(),
            (Line::PowerOff { ms }, _) => format!("power off for {}", words::duration(*ms)),
            _ => continue,
        };
        text += &format!("    {said}\n");
    }
    text + "}"
}

/// `for hvac(room: "lab")`, as it is written.
fn driven(test: &Test, subject: &Subject<'_>, source: &str) -> String {
    let behind = source.get(test.name_span.range().end..).and_then(|it| it.split('{').next()).unwrap_or_default();
    let written = behind.rsplit_once(" random ").map_or(behind, |it| it.0).trim();
    if written.starts_with("for ") { written.to_owned() } else { format!("for {}", subject.model.name) }
}

fn answers(subject: &Subject<'_>, watchers: &[WatcherId], Series(series): &Series) -> String {
    let Some(watcher) = watchers.first() else { return String::new() };
    let said: Vec<_> = series.iter().map(|it| answer(subject, *watcher, it)).collect();
    format!("{} answers {}", subject.watcher_path(*watcher), said.join(", then "))
}

fn answer(subject: &Subject<'_>, watcher: WatcherId, answer: &Answer) -> String {
    let Some(outcome) = answer.outcome else { return "nothing".to_owned() };
    let mut text = subject.outcome_name(watcher, outcome).to_owned();
    let fields = words::outcome_fields(&answer.payload, subject.outcome_fields(watcher, outcome));
    if !fields.is_empty() {
        text += &format!(" {{ {fields} }}");
    }
    if let Some(times) = answer.times {
        text += &format!(" x{times}");
    }
    if answer.after_ms > 0 {
        text += &format!(" after {}", words::duration(answer.after_ms));
    }
    text
}

fn send(subject: &Subject<'_>, signal: SignalId, payload: &Payload) -> String {
    let view = subject.view();
    let signal = view.signal(signal);
    let fields = subject.model.signals.get(signal.id.index()).map_or(&[][..], |it| &it.fields);
    let fields = words::fields(payload, fields, true);
    match signal.source {
        SignalSource::Enters { machine, state } => format!("{machine} enters {state}"),
        _ => format!("{}({fields})", signal.name),
    }
}
