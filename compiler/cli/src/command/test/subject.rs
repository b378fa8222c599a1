//! A machine that is tested: its model, its table, and how the one calls what the other has.

use super::words;
use machine_compiler::model::{self, Constant, ExprKind, Machine, Origin};
use machine_compiler::source::FileId;
use machine_compiler::table::Numbers;
use machine_core::table::EventSource;
use machine_core::{EventId, OwnedTable, StateId, Table, WatcherId};
use machine_sim::random::Taste;
use std::sync::Arc;

/// A machine, ready to be run.
pub(super) struct Subject<'m> {
    pub(super) model: &'m Machine,
    /// The source that its declaration stands in.
    pub(super) file: FileId,
    pub(super) table: Arc<OwnedTable>,
    pub(super) numbers: Numbers,
    /// By state of the table: the model's.
    states: Vec<model::StateId>,
    /// By watcher of the table: the model's.
    watchers: Vec<model::WatcherId>,
}

impl<'m> Subject<'m> {
    /// With a table that was made of the model; `None` for bytes that are no table, which the compiler does not make.
    pub(super) fn new(model: &'m Machine, file: FileId, table: &[u8]) -> Option<Self> {
        let table = Arc::new(OwnedTable::verify(table.into()).ok()?);
        let numbers = Numbers::of(model);
        let states = inverse(&numbers.states).into_iter().map(model::StateId).collect();
        let watchers = inverse(&numbers.watchers).into_iter().map(model::WatcherId).collect();
        Some(Self { model, file, table, numbers, states, watchers })
    }

    pub(super) fn view(&self) -> Table<'_> {
        self.table.table()
    }

    /// What a state of the model is called in the table.
    pub(super) fn state(&self, state: model::StateId) -> StateId {
        StateId(self.numbers.states.get(state.0).copied().unwrap_or(u16::MAX))
    }

    /// What a watcher of the model is called in the table.
    pub(super) fn watcher(&self, watcher: model::WatcherId) -> WatcherId {
        WatcherId(self.numbers.watchers.get(watcher.0).copied().unwrap_or(u16::MAX))
    }

    /// The path of a state; the machine's name for the machine.
    pub(super) fn path(&self, state: StateId) -> &str {
        let Some(state) = self.states.get(state.index()).and_then(|it| self.model.states.get(it.0)) else { return "?" };
        if state.path.is_empty() { &state.name } else { &state.path }
    }

    /// A watcher of the table in the model.
    pub(super) fn model_watcher(&self, watcher: WatcherId) -> Option<model::WatcherId> {
        self.watchers.get(watcher.index()).copied()
    }

    pub(super) fn watcher_name(&self, watcher: WatcherId) -> &str {
        self.model_watcher(watcher).map_or("?", |it| &self.model.watcher(it).name)
    }

    /// What a watcher is called in a test: with the path of its state, where others have the same name.
    pub(super) fn watcher_path(&self, watcher: WatcherId) -> String {
        let name = self.watcher_name(watcher);
        let is_alone = self.model.watchers.iter().filter(|it| it.name == name).count() == 1;
        let owner = self.model_watcher(watcher).map(|it| &self.model.state(self.model.watcher(it).owner).path);
        match owner {
            Some(path) if !is_alone && !path.is_empty() => format!("{path}.{name}"),
            _ => name.to_owned(),
        }
    }

    pub(super) fn outcome_name(&self, watcher: WatcherId, outcome: u8) -> &str {
        let outcomes = self.model_watcher(watcher).map(|it| self.model.outcomes(it));
        outcomes.and_then(|mut it| it.nth(usize::from(outcome))).map_or("?", |it| it.name)
    }

    /// Names and types of what an outcome carries.
    pub(super) fn outcome_fields(&self, watcher: WatcherId, outcome: u8) -> Vec<model::Field> {
        let watcher = self.model_watcher(watcher);
        watcher.map(|it| self.model.payload(Origin::Outcome(it, usize::from(outcome)))).unwrap_or_default()
    }

    /// What an event is called; one of a timer by the state that it fires in.
    pub(super) fn event_name(&self, event: EventId, leaf: StateId) -> String {
        let table = self.view();
        match table.source(event) {
            EventSource::Outcome(watcher, outcome) => {
                format!("{}.{}", self.watcher_name(watcher), self.outcome_name(watcher, outcome))
            }
            EventSource::Signal(signal) => table.signal(signal).name.to_owned(),
            EventSource::Timer(slot) => {
                let around = std::iter::successors(Some(leaf), |it| table.parent(*it));
                let mut timers = around.flat_map(|it| table.timers_of(it));
                let timer = timers.find(|it| table.timer(*it).0 == slot);
                timer.map_or_else(|| "after".to_owned(), |it| format!("after {}", words::duration(table.timer(it).1)))
            }
        }
    }

    /// What the machine compares with: worth trying in runs that are drawn.
    pub(super) fn taste(&self) -> Taste {
        let mut taste = Taste::default();
        let guards = self.model.handlers.iter().filter_map(|it| it.guard.as_deref());
        let whens = self.model.signals.iter().filter_map(|it| match &it.source {
            model::SignalSource::When(_, expr) => Some(expr),
            _ => None,
        });
        for expr in guards.chain(whens) {
            expr.walk(&mut |it| note(&mut taste, it));
        }
        taste
    }
}

fn note(taste: &mut Taste, expr: &model::Expr) {
    match &expr.kind {
        ExprKind::Constant(Constant::Int(it) | Constant::Time(it)) => taste.numbers.push(*it),
        ExprKind::Constant(Constant::Duration(it)) => taste.numbers.extend(i64::try_from(*it).ok()),
        ExprKind::Constant(Constant::Text(it)) => taste.texts.push(it.to_string()),
        _ => {}
    }
}

fn inverse(numbers: &[u16]) -> Vec<usize> {
    let mut found = vec![0; numbers.len()];
    for (index, number) in numbers.iter().enumerate() {
        found.iter_mut().skip(usize::from(*number)).take(1).for_each(|it| *it = index);
    }
    found
}
