//! A name for everything in a table; where the names were stripped, a number such as `#3`.

use super::value;
use machine_core::table::EventSource;
use machine_core::{EventId, KindId, StateId, Table, WatcherId};

/// Read once, in one walk: in the table itself, finding a name takes a walk over those before it.
pub(super) struct Names<'t> {
    table: Table<'t>,
    states: Vec<String>,
    watchers: Vec<String>,
    labels: Vec<String>,
    /// By kind, then by outcome.
    kinds: Vec<Vec<String>>,
    /// `WATCHER.OUTCOME` by event; the timers, which come last, are missing.
    outcomes: Vec<String>,
    signals: Vec<&'t str>,
    docs: Vec<&'t str>,
}

impl<'t> Names<'t> {
    pub(super) fn new(table: Table<'t>) -> Self {
        let mut names = table.names();
        let mut next = |count: usize| -> Vec<String> {
            (0..count).map(|number| names.next().map_or_else(|| format!("#{number}"), str::to_owned)).collect()
        };
        let mut states = next(table.states().count().saturating_sub(1));
        states.push(table.name().to_owned());
        let watchers = next(table.watchers().count());
        let labels = next(label_count(&table));
        let kinds: Vec<_> = table.kinds().map(|it| next(it.outcomes.into())).collect();
        let outcomes = table.watchers().flat_map(|it| outcomes(&table, it, &watchers, &kinds)).collect();
        let signals = table.signals().map(|it| it.name).collect();
        Self { table, states, watchers, labels, kinds, outcomes, signals, docs: table.docs().collect() }
    }

    pub(super) fn state(&self, id: StateId) -> String {
        self.states.get(id.index()).cloned().unwrap_or_default()
    }

    pub(super) fn state_doc(&self, id: StateId) -> &'t str {
        let index = if id == self.table.machine() { 0 } else { 1 + id.index() };
        self.docs.get(index).copied().unwrap_or("")
    }

    pub(super) fn watcher(&self, id: WatcherId) -> String {
        self.watchers.get(id.index()).cloned().unwrap_or_default()
    }

    pub(super) fn watcher_doc(&self, id: WatcherId) -> &'t str {
        self.docs.get(self.states.len() + id.index()).copied().unwrap_or("")
    }

    pub(super) fn outcome(&self, kind: KindId, outcome: u8) -> String {
        let found = self.kinds.get(kind.index()).and_then(|it| it.get(usize::from(outcome)));
        found.cloned().unwrap_or_default()
    }

    pub(super) fn label(&self, label: u16) -> String {
        self.labels.get(usize::from(label)).cloned().unwrap_or_else(|| format!("#{label}"))
    }

    /// `WATCHER.OUTCOME`, or `after 1m` of the timer that has the slot while the machine is in `leaf`.
    pub(super) fn event(&self, leaf: StateId, event: EventId) -> String {
        if let Some(name) = self.outcomes.get(event.index()) {
            return name.clone();
        }
        let slot = match self.table.source(event) {
            EventSource::Timer(slot) => slot,
            EventSource::Signal(signal) => {
                return self.signals.get(signal.index()).copied().unwrap_or_default().to_owned();
            }
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

/// The events of a watcher.
fn outcomes(table: &Table<'_>, id: WatcherId, watchers: &[String], kinds: &[Vec<String>]) -> Vec<String> {
    let own = kinds.get(table.watcher(id).kind.index()).map_or(&[][..], Vec::as_slice);
    let name = |it: u8| match own.get(usize::from(it)) {
        Some(name) => name.clone(),
        // `invalid` and `skipped`, which no kind has.
        None => table.outcome_name_of(id, it).map_or_else(|| format!("#{it}"), str::to_owned),
    };
    let watcher = watchers.get(id.index()).map_or("", String::as_str);
    (0..table.outcome_count(id)).map(|it| format!("{watcher}.{}", name(it))).collect()
}

/// How many labels there are: what the names of all else leave.
fn label_count(table: &Table<'_>) -> usize {
    let outcomes: usize = table.kinds().map(|it| usize::from(it.outcomes)).sum();
    let others = table.states().count().saturating_sub(1) + table.watchers().count() + outcomes;
    table.names().count().saturating_sub(others)
}
