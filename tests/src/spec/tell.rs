//! What a step did, in the words of a page.

use super::value::show;
use machine_core::definition::FAULT_REASONS;
use machine_core::table::{Fields, Type};
use machine_core::{Data, Effect, Effects, Instance, StateId, Table, Verdict, WatcherId};

/// Puts the effects of one step into words.
pub(super) struct Teller<'t> {
    table: Table<'t>,
    /// Watchers that had not answered yet when the step began.
    under_way: Vec<WatcherId>,
    /// The data when the step began.
    data: Vec<String>,
    told: Vec<String>,
    /// Watchers that were asked, with the visit.
    pub(super) asked: Vec<(WatcherId, u32)>,
}

impl<'t> Teller<'t> {
    /// For a step that begins here; `answered` is the watcher that it is about.
    pub(super) fn new(table: Table<'t>, instance: &Instance, answered: Option<WatcherId>) -> Self {
        let under_way = instance.under_way().filter(|it| Some(*it) != answered).collect();
        Self { table, under_way, data: data(&table, instance), told: Vec::new(), asked: Vec::new() }
    }

    fn name(&self, watcher: WatcherId) -> &'t str {
        self.table.watcher_name(watcher).unwrap_or("?")
    }

    /// Timers are not told of, nor that a watcher is stopped that does nothing just then.
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
            Effect::Slowed { .. } => "slowed".to_owned(),
            Effect::Stop { .. } | Effect::Armed { .. } | Effect::Disarmed { .. } => return None,
            Effect::Faulted { reason, line, column, handled, .. } => {
                let reason = FAULT_REASONS.get(usize::from(reason)).unwrap_or(&"?");
                format!("fault {reason} at {line}:{column}{}", if handled { "" } else { " unanswered" })
            }
        })
    }

    fn moved(&self, to: StateId, label: Option<u16>) -> String {
        let to = self.table.state_name(to).unwrap_or("?");
        match label.and_then(|it| self.table.label(it)) {
            Some(label) => format!("-> {to} as {label}"),
            None => format!("-> {to}"),
        }
    }

    /// All of it, in order; at last the data that changed.
    pub(super) fn told(mut self, verdict: Verdict, instance: &Instance) -> Vec<String> {
        let first = match verdict {
            Verdict::Stayed => Some("stays"),
            Verdict::Unanswered => Some("unanswered"),
            Verdict::Late => Some("late"),
            Verdict::Misfit => Some("misfit"),
            Verdict::Moved | Verdict::Quiet | Verdict::Faulted => None,
        };
        if let Some(first) = first {
            // What is told of the event that failed comes before what answers the fault.
            let failed = self.told.first().is_some_and(|it| it.starts_with("fault "));
            self.told.insert(usize::from(failed), first.to_owned());
        }
        let now = data(&self.table, instance);
        self.told.extend(now.into_iter().zip(&self.data).filter(|(now, then)| now != *then).map(|it| it.0));
        self.told
    }
}

impl Effects for Teller<'_> {
    fn push(&mut self, effect: Effect) {
        let told = self.effect(effect);
        self.told.extend(told);
    }

    fn emit(&mut self, emit: u16, values: &[Data<'_>]) {
        let Some(it) = self.table.emits().nth(usize::from(emit)) else { return };
        self.told.push(format!("emits {}{}", it.name, fields(&self.table, it.fields, values)));
    }

    fn log(&mut self, text: &str) {
        self.told.push(format!("logs {text:?}"));
    }
}

fn fields(table: &Table<'_>, fields: Fields<'_>, values: &[Data<'_>]) -> String {
    let one = |((name, ty), value): ((&str, Type<'_>), &Data<'_>)| format!("{name}: {}", show(*value, ty, table));
    let shown: Vec<_> = fields.zip(values).map(one).collect();
    if shown.is_empty() { String::new() } else { format!("({})", shown.join(", ")) }
}

/// All data as `NAME = VALUE`.
fn data(table: &Table<'_>, instance: &Instance) -> Vec<String> {
    let one = |(index, slot): (usize, machine_core::table::Slot<'_>)| {
        format!("{} = {}", slot.name, show(instance.data(table, index as u16), slot.ty, table))
    };
    table.data().enumerate().map(one).collect()
}
