//! What a step did, in words.

use super::value::show;
use machine_core::definition::FAULT_REASONS;
use machine_core::table::{Fields, Slot, Type};
use machine_core::{Data, Effect, Effects, Instance, Milliseconds, StateId, Table, Verdict, WatcherId};

/// What came of an input.
#[derive(Clone, Debug)]
pub(super) struct Told {
    pub(super) verdict: Verdict,
    pub(super) lines: Vec<String>,
    /// Where the first transition led, and its label.
    pub(super) moved: Option<(StateId, Option<u16>)>,
}

/// Puts the effects of one step into words.
pub(super) struct Teller<'t> {
    table: Table<'t>,
    /// Watchers that had not answered yet when the step began.
    under_way: Vec<WatcherId>,
    /// The data when the step began.
    data: Vec<String>,
    lines: Vec<String>,
    moved: Option<(StateId, Option<u16>)>,
    /// Watchers that were asked, with the visit.
    pub(super) asked: Vec<(WatcherId, u32)>,
}

impl<'t> Teller<'t> {
    /// For a step that begins here; `answered` is the watcher that it is about.
    pub(super) fn new(table: Table<'t>, instance: &Instance, answered: Option<WatcherId>) -> Self {
        let under_way = instance.under_way().filter(|it| Some(*it) != answered).collect();
        let data = data(&table, instance);
        Self { table, under_way, data, lines: Vec::new(), moved: None, asked: Vec::new() }
    }

    fn name(&self, watcher: WatcherId) -> &'t str {
        self.table.watcher_name(watcher).unwrap_or("?")
    }

    /// Timers are shown by `show`; that a watcher is stopped which does nothing just then is no news.
    fn effect(&mut self, effect: Effect) -> Option<String> {
        Some(match effect {
            Effect::Moved { to, label, .. } => self.moved(to, label),
            Effect::Ask { watcher, visit, .. } => {
                self.asked.push((watcher, visit));
                format!("asks {}", self.name(watcher))
            }
            Effect::Stop { watcher, .. } if self.under_way.contains(&watcher) => {
                format!("stops {}", self.name(watcher))
            }
            Effect::Interrupted { watcher, .. } => format!("{} was interrupted", self.name(watcher)),
            Effect::Slowed { until } => {
                let at = Milliseconds(until.0 / 1_000_000);
                format!("goes round too fast: its watchers are asked only at {at}")
            }
            Effect::Stop { .. } | Effect::Armed { .. } | Effect::Disarmed { .. } => return None,
            Effect::Faulted { reason, line, column, handled, .. } => {
                let reason = FAULT_REASONS.get(usize::from(reason)).unwrap_or(&"?");
                let answered = if handled { "" } else { ", and nothing answers `fault`" };
                format!("could not be calculated: {reason} in line {line}, column {column}; all was undone{answered}")
            }
        })
    }

    fn moved(&mut self, to: StateId, label: Option<u16>) -> String {
        self.moved.get_or_insert((to, label));
        let to = self.table.state_name(to).unwrap_or("?");
        match label.and_then(|it| self.table.label(it)) {
            Some(label) => format!("-> {to} as {label}"),
            None => format!("-> {to}"),
        }
    }

    /// All of it, in order; at last the data that changed.
    pub(super) fn told(mut self, verdict: Verdict, instance: &Instance) -> Told {
        let now = data(&self.table, instance);
        self.lines.extend(now.into_iter().zip(&self.data).filter(|(now, then)| now != *then).map(|it| it.0));
        Told { verdict, lines: self.lines, moved: self.moved }
    }
}

impl Effects for Teller<'_> {
    fn push(&mut self, effect: Effect) {
        let told = self.effect(effect);
        self.lines.extend(told);
    }

    fn emit(&mut self, emit: u16, values: &[Data<'_>]) {
        let Some(it) = self.table.emits().nth(usize::from(emit)) else { return };
        self.lines.push(format!("emits {}{}", it.name, fields(&self.table, it.fields, values)));
    }

    fn log(&mut self, text: &str) {
        self.lines.push(format!("logs {text:?}"));
    }
}

fn fields(table: &Table<'_>, fields: Fields<'_>, values: &[Data<'_>]) -> String {
    let one = |((name, ty), value): ((&str, Type<'_>), &Data<'_>)| format!("{name}: {}", show(*value, ty, table));
    let shown: Vec<_> = fields.zip(values).map(one).collect();
    if shown.is_empty() { String::new() } else { format!("({})", shown.join(", ")) }
}

/// All data as `NAME = VALUE`.
pub(super) fn data(table: &Table<'_>, instance: &Instance) -> Vec<String> {
    let one = |(index, slot): (usize, Slot<'_>)| {
        format!("{} = {}", slot.name, show(instance.data(table, index as u16), slot.ty, table))
    };
    table.data().enumerate().map(one).collect()
}

/// All facts as `NAME = VALUE`.
pub(super) fn facts(table: &Table<'_>, instance: &Instance) -> Vec<String> {
    let one = |(index, slot): (usize, Slot<'_>)| {
        format!("{} = {}", slot.name, show(instance.fact(table, index as u16), slot.ty, table))
    };
    table.facts().enumerate().map(one).collect()
}
