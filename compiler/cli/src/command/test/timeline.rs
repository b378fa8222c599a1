//! What happened in a test, a line each: when, what, and what became of it.

use super::subject::Subject;
use super::words;
use machine_compiler::model::print;
use machine_core::{Effect, Instance, Instant, Table, Verdict, WatcherId};
use machine_sim::clock::Clock;
use machine_sim::trace::{Entry, Given, Trace, What};
use machine_sim::{Machine, Value};

/// So many lines at the beginning and before the first that is wrong are shown.
const FIRST: usize = 4;
const BEFORE: usize = 14;

/// One line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Row {
    pub(super) at: Instant,
    /// What happened, or who said what.
    what: String,
    /// What the machine did then.
    became: String,
    /// Which of its transitions it took, counted from 1.
    moves: std::ops::Range<usize>,
    /// So often in a row, up to `last`.
    count: usize,
    last: Instant,
}

/// All that happened, in lines. What is asked is told by its answer, or at the end when that did not come.
pub(super) fn rows(subject: &Subject<'_>, trace: &Trace) -> Vec<Row> {
    let mut machine = Machine::new(subject.table.clone(), trace.seed);
    let mut clock = Clock::new(trace.begin);
    let mut rows: Vec<Row> = Vec::new();
    let mut moves = 1;
    let entries = &trace.entries;
    for (index, entry) in entries.iter().enumerate() {
        clock.go_to(entry.at);
        let before = data(subject, machine.instance());
        let what = match &entry.what {
            What::Given(given, verdict) => {
                given.lend(|input| machine.give(&clock, input, &mut |_: Effect| ()));
                what(subject, given, *verdict)
            }
            What::PowerCut { off_ns } => {
                // What it wrote was read once; it is so again.
                _ = machine.power_cut(&mut clock, *off_ns);
                (format!("power off {}", words::since(Instant(*off_ns))), String::new())
            }
            What::ClockSet { by_ms } => {
                clock.set(*by_ms);
                let way = if *by_ms < 0 { "back" } else { "forward" };
                (format!("clock set {way} by {}", words::duration(by_ms.unsigned_abs())), String::new())
            }
            What::Limit { limit, room } => match subject.model.limits.get(usize::from(*limit)) {
                Some(it) => (format!("{} is {}", it.name, room.word()), String::new()),
                None => continue,
            },
            _ => continue,
        };
        let did: Vec<&Entry> = entries[index + 1..].iter().take_while(|it| is_deed(it)).collect();
        let taken = did.iter().filter(|it| matches!(it.what, What::Effect(Effect::Moved { .. }))).count();
        let changes = changes(before, data(subject, machine.instance()));
        let row = row(subject, entry, what, &did, changes);
        put(&mut rows, Row { moves: moves..moves + taken, ..row });
        moves += taken;
    }
    rows
}

fn is_deed(entry: &Entry) -> bool {
    matches!(entry.what, What::Effect(_) | What::Emit { .. } | What::Log(_))
}

/// A line that only repeats the one before is counted there; one that says nothing is left out.
fn put(rows: &mut Vec<Row>, row: Row) {
    match rows.last_mut() {
        _ if row.what.is_empty() && row.became.is_empty() => {}
        Some(last) if (&last.what, &last.became) == (&row.what, &row.became) && row.moves.is_empty() => {
            (last.count, last.last) = (last.count + 1, row.at);
        }
        _ => rows.push(row),
    }
}

fn row(
    subject: &Subject<'_>,
    entry: &Entry,
    (what, verdict): (String, String),
    did: &[&Entry],
    changes: Vec<String>,
) -> Row {
    let mut parts: Vec<String> = vec![verdict].into_iter().filter(|it| !it.is_empty()).collect();
    let mut what = what;
    for it in did {
        match &it.what {
            What::Effect(Effect::Disarmed { timer, fired: true }) => {
                what = format!("after {}", words::duration(subject.view().timer(*timer).1));
            }
            What::Effect(effect) => parts.extend(deed(subject, *effect)),
            What::Emit { emit, values } => {
                let emit = subject.model.emits.get(usize::from(*emit));
                let (name, fields) = emit.map_or(("?", &[][..]), |it| (it.name.as_str(), it.fields.as_slice()));
                parts.push(format!("emits {name}({})", words::fields(values, fields, true)));
            }
            What::Log(text) => parts.push(format!("logs {text:?}")),
            _ => {}
        }
    }
    parts.extend(changes);
    let starts = matches!(entry.what, What::Given(Given::Start, _));
    if starts && !parts.iter().any(|it| it.starts_with("->")) {
        parts.insert(0, format!("in {}", subject.path(subject.view().initial())));
    }
    Row { at: entry.at, what, became: parts.join(", "), moves: 0..0, count: 1, last: entry.at }
}

/// What a step did, as far as people want to know.
fn deed(subject: &Subject<'_>, effect: Effect) -> Option<String> {
    match effect {
        Effect::Moved { to, label, .. } => {
            let view = subject.view();
            let label = label.and_then(|it| view.label(it)).map(|it| format!(" as {it}"));
            Some(format!("-> {}{}", subject.path(to), label.unwrap_or_default()))
        }
        Effect::Interrupted { watcher, .. } => Some(format!("{} was interrupted", subject.watcher_name(watcher))),
        Effect::Slowed { .. } => Some("slowed down".to_owned()),
        Effect::Faulted { reason, line, column, .. } => {
            let reason = machine_core::definition::FAULT_REASONS.get(usize::from(reason)).unwrap_or(&"?");
            Some(format!("fault: {reason} at {line}:{column}"))
        }
        Effect::Stop { .. } | Effect::Ask { .. } | Effect::Armed { .. } | Effect::Disarmed { .. } => None,
    }
}

/// Who says what, and what became of it where no deed tells that.
fn what(subject: &Subject<'_>, given: &Given, verdict: Verdict) -> (String, String) {
    let table: Table<'_> = subject.view();
    let what = match given {
        Given::Start => "start".to_owned(),
        Given::Resume => "back".to_owned(),
        Given::Tick => String::new(),
        Given::Outcome { watcher, outcome, payload, .. } => outcome_of(subject, *watcher, *outcome, payload),
        Given::Done { watcher, .. } => format!("{}: nothing", subject.watcher_name(*watcher)),
        Given::Signal { signal, payload } => {
            let fields = subject.model.signals.get(signal.index()).map_or(&[][..], |it| &it.fields);
            call(table.signal(*signal).name, &words::fields(payload, fields, false))
        }
        Given::Fact { fact, value } => match subject.model.facts.get(usize::from(*fact)) {
            Some(fact) => format!("{} = {}", fact.name, words::value(value, &fact.ty)),
            None => "fact".to_owned(),
        },
        Given::Condition { condition, holds } => match subject.model.conditions.get(usize::from(*condition)) {
            Some(it) => format!("{} is {}{}", it.machine, if *holds { "" } else { "not " }, it.state),
            None => "condition".to_owned(),
        },
    };
    let became = match verdict {
        Verdict::Stayed => "stays",
        Verdict::Unanswered => "nobody answers that here",
        Verdict::Late => "too late",
        Verdict::Misfit => "does not fit",
        Verdict::Moved | Verdict::Quiet | Verdict::Faulted => "",
    };
    (what, became.to_owned())
}

fn outcome_of(subject: &Subject<'_>, watcher: WatcherId, outcome: u8, payload: &[Value]) -> String {
    let name = format!("{}.{}", subject.watcher_name(watcher), subject.outcome_name(watcher, outcome));
    call(&name, &words::outcome_fields(payload, subject.outcome_fields(watcher, outcome)))
}

fn call(name: &str, fields: &str) -> String {
    if fields.is_empty() { name.to_owned() } else { format!("{name} {{ {fields} }}") }
}

fn data(subject: &Subject<'_>, instance: &Instance) -> Vec<String> {
    let table = subject.view();
    let one = |(index, it): (usize, &machine_compiler::model::Datum)| {
        let value = Value::of(instance.data(&table, u16::try_from(index).unwrap_or(u16::MAX)));
        format!("{} = {}", it.name, print::value(&words::calculated(&value), &it.ty))
    };
    subject.model.data.iter().enumerate().map(one).collect()
}

fn changes(before: Vec<String>, now: Vec<String>) -> Vec<String> {
    now.into_iter().zip(before).filter(|(now, before)| now != before).map(|it| it.0).collect()
}

/// Where the machine first went another way than expected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Mark {
    /// At this transition, counted from 1.
    Move(usize),
    /// At the last thing that happened up to this time.
    At(Instant),
}

/// The lines around the first that is wrong, which is marked.
pub(super) fn shown(rows: &[Row], mark: Mark) -> String {
    let wrong = match mark {
        Mark::Move(number) => rows.iter().position(|it| it.moves.contains(&number)),
        Mark::At(at) => rows.iter().rposition(|it| it.at <= at),
    };
    let wrong = wrong.unwrap_or(rows.len().saturating_sub(1));
    let first = wrong.saturating_sub(BEFORE);
    let last = rows.len().min(wrong + 2);
    let times: Vec<String> = rows.iter().map(|it| words::since(it.at)).collect();
    let width = |texts: &mut dyn Iterator<Item = usize>| texts.max().unwrap_or(0);
    let is_shown = |index: &usize| *index < FIRST.min(first) || (first..last).contains(index);
    let indices: Vec<usize> = (0..rows.len()).filter(is_shown).collect();
    let time_width = width(&mut indices.iter().map(|it| times[*it].chars().count()));
    let what_width = width(&mut indices.iter().map(|it| rows[*it].what.chars().count().min(40)));
    let mut text = String::new();
    let mut next = 0;
    for index in indices {
        if index > next {
            text += &format!("  … {} more\n", index - next);
        }
        next = index + 1;
        let (row, sign) = (&rows[index], if index == wrong { ">" } else { " " });
        let line = format!("{sign} {:time_width$}  {:what_width$}  {}", times[index], row.what, row.became);
        text += line.trim_end();
        if row.count > 1 {
            text += &format!("  (x{}, until {})", row.count, words::since(row.last));
        }
        text.push('\n');
    }
    text.trim_end().to_owned()
}
