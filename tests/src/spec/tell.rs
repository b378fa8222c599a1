//! What a step did, in the words of a page.

use super::value::show;
use machine_core::definition::FAULT_REASONS;
use machine_core::table::{Fields, Type};
use machine_core::{Data, Effect, Instance, StateId, Table, Verdict, WatcherId};
use machine_sim::trace::{Entry, What};
use machine_sim::value::lend;

/// Puts the effects of one step into words.
pub(super) struct Teller<'t> {
    table: Table<'t>,
    /// Watchers that had not answered yet when the step began.
    under_way: Vec<WatcherId>,
    /// The data when the step began.
    data: Vec<String>,
    told: Vec<String>,
}

impl<'t> Teller<'t> {
    /// For a step that begins here; `answered` is the watcher that it is about.
    pub(super) fn new(table: Table<'t>, instance: &Instance, answered: Option<WatcherId>) -> Self {
        let under_way = instance.under_way().filter(|it| Some(*it) != answered).collect();
        Self { table, under_way, data: data(&table, instance), told: Vec::new() }
    }

    fn name(&self, watcher: WatcherId) -> &'t str {
        self.table.watcher_name(watcher).unwrap_or("?")
    }

    /// Timers are not told of, nor that a watcher is stopped that does nothing just then.
    fn effect(&mut self, effect: Effect) -> Option<String> {
        Some(match effect {
            Effect::Moved { to, label, .. } => self.moved(to, label),
            Effect::Ask { watcher, .. } => format!("asks {}", self.name(watcher)),
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

    /// What is written down of the step: what was given, then what the machine did.
    pub(super) fn told(mut self, entries: &[Entry], instance: &Instance) -> Vec<String> {
        let mut verdict = Verdict::Quiet;
        for entry in entries {
            match &entry.what {
                What::Given(_, became) => verdict = *became,
                What::Effect(effect) => {
                    let told = self.effect(*effect);
                    self.told.extend(told);
                }
                What::Emit { emit, values } => {
                    let Some(it) = self.table.emits().nth(usize::from(*emit)) else { continue };
                    let fields = lend(values, |values| fields(&self.table, it.fields, values));
                    self.told.push(format!("emits {}{fields}", it.name));
                }
                What::Log(text) => self.told.push(format!("logs {text:?}")),
                What::PowerCut { .. } | What::ClockSet { .. } | What::Limit { .. } => {}
            }
        }
        self.end(verdict, instance)
    }

    /// All of it, in order; at last the data that changed.
    fn end(mut self, verdict: Verdict, instance: &Instance) -> Vec<String> {
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
