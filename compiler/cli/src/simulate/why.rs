//! Why something happened, or did not.

use super::events::Source;
use super::tell::{Told, data, facts};
use super::value::show;
use machine_compiler::graph::Chart;
use machine_core::table::{Code, Listing, Transition};
use machine_core::{EventId, StateId, Table, Verdict};
use machine_sim::value::lend;
use machine_sim::{Machine, Value};

/// One of the ways in which an event can be answered in a state.
struct Way {
    guard: Option<Code>,
    target: StateId,
    stays: bool,
    label: Option<u16>,
}

/// An event that was given to a machine.
pub(super) struct Asked<'a> {
    pub(super) name: &'a str,
    pub(super) source: Source,
    pub(super) values: &'a [Value],
    /// The machine as it was before.
    pub(super) machine: &'a Machine,
    /// What the source says of it.
    pub(super) chart: &'a Chart,
}

impl Asked<'_> {
    fn leaf(&self) -> StateId {
        self.machine.instance().state()
    }
}

/// What there is to say of what became of an event.
pub(super) fn why(asked: &Asked<'_>, told: &Told) -> Vec<String> {
    let table = asked.machine.table();
    let ways = ways(&table, asked.leaf(), asked.source.event(&table));
    let handlers = tried(&table, asked, ways.len());
    let failed = |(at, it): (usize, &Way)| failed(asked, it, handlers.get(at));
    match told.verdict {
        Verdict::Late => late(&table, asked),
        Verdict::Unanswered if ways.is_empty() => unanswered(&table, asked),
        Verdict::Unanswered => {
            let mut lines = vec!["no handler answers it: no condition holds".to_owned()];
            lines.extend(ways.iter().enumerate().filter_map(failed));
            lines
        }
        _ => {
            let taken = taken(&ways, asked.leaf(), told);
            let before = ways.iter().take(taken.unwrap_or(0));
            let mut lines: Vec<_> = before.enumerate().filter_map(failed).collect();
            lines.extend(stayed(&table, asked, told));
            lines
        }
    }
}

/// In which ways an event is answered in a state, in the order in which they are tried.
fn ways(table: &Table<'_>, leaf: StateId, event: EventId) -> Vec<Way> {
    let mut ways = Vec::new();
    let mut next = table.transition(leaf, event);
    while let Some(Transition { target, plan }) = next {
        let plan = table.plan(plan);
        ways.push(Way { guard: plan.guard, target, stays: plan.stay, label: plan.label });
        next = plan.otherwise.and_then(|it| table.alternative(it));
    }
    ways
}

/// The only one of the ways that can have led to what happened; nothing if there are several.
fn taken(ways: &[Way], leaf: StateId, told: &Told) -> Option<usize> {
    let fits = |it: &Way| match told.moved {
        Some(moved) => (it.target, it.label) == moved && !it.stays,
        None => it.stays || it.target == leaf,
    };
    let mut found = ways.iter().enumerate().filter(|it| fits(it.1)).map(|it| it.0);
    found.next().filter(|_| found.next().is_none())
}

/// `condition` does not hold, and what is in it.
fn failed(asked: &Asked<'_>, way: &Way, handler: Option<&Handler>) -> Option<String> {
    let table = asked.machine.table();
    let listing = Listing::new(table);
    // The table does not know what the source calls that which an event carries.
    let binding = handler.and_then(|it| it.binding(asked.name)).unwrap_or(listing.binding());
    let guard = listing.calculation(way.guard?, Some(asked.source.event(&table)));
    let guard = guard.replace(&format!("{}.", listing.binding()), &format!("{binding}."));
    let mut values = Vec::new();
    let fields = asked.source.fields(&table);
    lend(asked.values, |data| {
        for ((name, ty), value) in fields.iter().zip(data) {
            values.push(format!("{binding}.{name} = {}", show(*value, *ty, &table)));
        }
    });
    values.extend(data(&table, asked.machine.instance()));
    values.extend(facts(&table, asked.machine.instance()));
    values.retain(|it| it.split(" = ").next().is_some_and(|name| mentions(&guard, name)));
    let values = if values.is_empty() { String::new() } else { format!(", for {}", values.join(", ")) };
    let line = handler.map_or_else(String::new, |it| format!("line {}: ", it.line));
    Some(format!("{line}`{guard}` does not hold{values}"))
}

/// The handlers in the order in which they are tried, if it can be told which is which.
fn tried(table: &Table<'_>, asked: &Asked<'_>, ways: usize) -> Vec<Handler> {
    let mut here: Vec<_> = handlers(table, asked).into_iter().filter(|it| it.here).collect();
    here.sort_by_key(|it| std::cmp::Reverse(it.depth));
    if here.len() == ways { here } else { Vec::new() }
}

/// Whether a name stands in a text as a whole word.
fn mentions(text: &str, name: &str) -> bool {
    let is_part = |it: char| it.is_alphanumeric() || it == '_' || it == '.';
    text.match_indices(name).any(|(at, _)| {
        !text[..at].ends_with(is_part)
            && !text[at + name.len()..].starts_with(|it: char| it.is_alphanumeric() || it == '_')
    })
}

/// The watcher's state was left since it was asked.
fn late(table: &Table<'_>, asked: &Asked<'_>) -> Vec<String> {
    let Source::Outcome(watcher, _) = asked.source else { return Vec::new() };
    let name = table.watcher_name(watcher).unwrap_or("?");
    let owner = table.state_name(table.owner(watcher)).unwrap_or("?");
    let mut lines =
        vec![format!("late: `{name}` belongs to `{owner}`, and the machine is not there, so nothing came of it")];
    lines.extend(elsewhere(table, asked));
    lines
}

fn unanswered(table: &Table<'_>, asked: &Asked<'_>) -> Vec<String> {
    let leaf = table.state_name(asked.leaf()).unwrap_or("?");
    let mut lines = vec![format!("unanswered: in `{leaf}` no handler is for `{}`", asked.name)];
    let others = elsewhere(table, asked);
    if others.is_empty() {
        lines.push("nor in any other state".to_owned());
    }
    lines.extend(others);
    lines
}

/// It stayed where it was, by this handler.
fn stayed(table: &Table<'_>, asked: &Asked<'_>, told: &Told) -> Option<String> {
    if told.verdict != Verdict::Stayed {
        return None;
    }
    let here = handlers(table, asked).into_iter().filter(|it| it.here && it.stays).collect::<Vec<_>>();
    Some(match here.as_slice() {
        [only] => format!("stays, by line {}: {}", only.line, only.text),
        _ => "stays: the machine is already where the handler leads".to_owned(),
    })
}

/// Where it would be answered.
fn elsewhere(table: &Table<'_>, asked: &Asked<'_>) -> Vec<String> {
    let handlers = handlers(table, asked).into_iter().filter(|it| !it.here);
    let lines = handlers.map(|it| format!("`{}` answers it, by line {}: {}", it.state, it.line, it.text));
    lines.collect()
}

/// A handler in the source.
struct Handler {
    state: String,
    line: usize,
    text: String,
    stays: bool,
    /// The machine is in its state.
    here: bool,
    /// How many states there are around it.
    depth: usize,
}

impl Handler {
    /// What it calls that which the event carries: `a` of `on air.ok(a) when …`.
    fn binding(&self, event: &str) -> Option<&str> {
        let (_, behind) = self.text.split_once(&format!("{event}("))?;
        behind.split_once(')').map(|it| it.0)
    }
}

/// All handlers for an event, in the order of the source.
fn handlers(table: &Table<'_>, asked: &Asked<'_>) -> Vec<Handler> {
    let fault = match asked.source {
        Source::Outcome(watcher, outcome) if table.is_fault(watcher, outcome) => table.watcher_name(watcher),
        _ => None,
    };
    let fault = fault.map(|it| format!("{it}.fault"));
    let is_meant = |events: &[String]| events.iter().any(|it| it == asked.name || Some(it) == fault.as_ref());
    let leaf = table.state_name(asked.leaf()).unwrap_or("");
    let own = |state: usize, line: usize, tip: &str, stays: bool| {
        let path = &asked.chart.states[state].path;
        let here =
            path.is_empty() || leaf == path || leaf.strip_prefix(path.as_str()).is_some_and(|it| it.starts_with('.'));
        let depth = asked.chart.outwards(state).count();
        let state = if path.is_empty() { asked.chart.name.clone() } else { path.clone() };
        Handler { state, line, text: tip.lines().last().unwrap_or_default().to_owned(), stays, here, depth }
    };
    let mut found = Vec::new();
    for it in &asked.chart.arrows {
        let lines = it.lines.iter().filter(|it| is_meant(&it.events));
        found.extend(lines.map(|line| own(it.from, line.line, &line.tip, false)));
    }
    for (state, it) in asked.chart.states.iter().enumerate() {
        let rows = it.rows.iter().filter(|it| is_meant(&it.events));
        found.extend(rows.map(|row| own(state, row.line, &row.tip, true)));
    }
    found.sort_by_key(|it| it.line);
    found
}

/// What an event leads to in the present state, in short: `-> known.idle`, `stay`, and conditions.
pub(super) fn leads(machine: &Machine, event: EventId) -> Option<String> {
    let table = machine.table();
    let listing = Listing::new(table);
    let one = |it: &Way| {
        let guard =
            it.guard.map_or_else(String::new, |guard| format!("when {} ", listing.calculation(guard, Some(event))));
        let target =
            if it.stays { "stay".to_owned() } else { format!("-> {}", table.state_name(it.target).unwrap_or("?")) };
        guard + &target
    };
    let all: Vec<_> = ways(&table, machine.instance().state(), event).iter().map(one).collect();
    (!all.is_empty()).then(|| all.join(", else "))
}
