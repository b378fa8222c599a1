//! A name for everything in a table; where the names were stripped, a number such as `#3`.

use super::value;
use machine_core::table::EventSource;
use machine_core::{EventId, KindId, StateId, Table, WatcherId};

/// Looked up once: in the table itself, finding a name takes a walk over those before it.
pub(super) struct Names<'t> {
    table: Table<'t>,
    states: Vec<String>,
    watchers: Vec<String>,
    /// `WATCHER.OUTCOME` by event; the timers, which come last, are missing.
    outcomes: Vec<String>,
}

impl<'t> Names<'t> {
    pub(super) fn new(table: Table<'t>) -> Self {
        let states = table.states().map(|it| or_number(table.state_name(it), it.0)).collect();
        let watchers: Vec<String> = table.watchers().map(|it| or_number(table.watcher_name(it), it.0)).collect();
        let mut outcomes = Vec::new();
        for (id, watcher) in table.watchers().zip(&watchers) {
            let name = |it: u8| or_number(table.outcome_name_of(id, it), u16::from(it));
            let names = (0..table.outcome_count(id)).map(name);
            outcomes.extend(names.map(|it| format!("{watcher}.{it}")));
        }
        Self { table, states, watchers, outcomes }
    }

    pub(super) fn state(&self, id: StateId) -> String {
        self.states.get(id.index()).cloned().unwrap_or_default()
    }

    pub(super) fn watcher(&self, id: WatcherId) -> String {
        self.watchers.get(id.index()).cloned().unwrap_or_default()
    }

    pub(super) fn outcome(&self, kind: KindId, outcome: u8) -> String {
        self::outcome(&self.table, kind, outcome)
    }

    pub(super) fn label(&self, label: u16) -> String {
        or_number(self.table.label(label), label)
    }

    /// `WATCHER.OUTCOME`, or `after 1m` of the timer that has the slot while the machine is in `leaf`.
    pub(super) fn event(&self, leaf: StateId, event: EventId) -> String {
        if let Some(name) = self.outcomes.get(event.index()) {
            return name.clone();
        }
        let slot = match self.table.source(event) {
            EventSource::Timer(slot) => slot,
            EventSource::Signal(signal) => return self.table.signal(signal).name.to_owned(),
            EventSource::Outcome(..) => return format!("#{}", event.0),
        };
        let timers = self.around(leaf).flat_map(|state| self.table.timers_of(state));
        let ms = timers.map(|it| self.table.timer(it)).find(|it| it.0 == slot).map_or(0, |it| it.1);
        format!("after {}", value::duration(ms))
    }

    /// The state and those around it, the machine last.
    pub(super) fn around(&self, state: StateId) -> impl Iterator<Item = StateId> + '_ {
        std::iter::successors(Some(state), |it| self.table.parent(*it))
    }
}

fn outcome(table: &Table<'_>, kind: KindId, outcome: u8) -> String {
    or_number(table.outcome_name(kind, outcome), u16::from(outcome))
}

fn or_number(name: Option<&str>, number: u16) -> String {
    name.map_or_else(|| format!("#{number}"), str::to_owned)
}
