//! Machines on the core: all that comes about on all words of some events.

use machine_core::definition::FAULT_REASONS;
use machine_core::{
    Data, Effect, Effects, Input, Instance, Instant, SignalId, StateId, Table, Verdict, WatcherId, step,
};
use std::collections::BTreeSet;

/// Events in a word.
const WORD: usize = 6;

/// What happens to a machine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Event {
    Outcome(WatcherId, u8),
    Signal(SignalId),
    /// Time passes until a timer fires.
    Timer,
    /// Time passes until just before that.
    Wait,
}

/// What came of it.
#[derive(Clone, Debug, Default)]
pub(super) struct Came {
    /// Leaf to leaf, in order.
    pub(super) moves: Vec<(StateId, StateId)>,
    /// Lines of its log.
    pub(super) logs: Vec<String>,
    /// So much came of it that the core gave up.
    pub(super) has_no_end: bool,
    /// A calculation failed, and nothing answered that; or its answer failed, too.
    pub(super) unhandled: bool,
    pub(super) answer_failed: bool,
    /// What became of the event.
    pub(super) verdict: Option<Verdict>,
    failures: usize,
    fired: bool,
}

impl Effects for Came {
    fn push(&mut self, effect: Effect) {
        match effect {
            Effect::Moved { from, to, .. } => self.moves.push((from, to)),
            Effect::Disarmed { fired: true, .. } => self.fired = true,
            Effect::Faulted { reason, handled, .. } => {
                self.has_no_end |= FAULT_REASONS[usize::from(reason)] == "queue";
                self.failures += 1;
                self.unhandled |= !handled;
                // The first one was handled, the second one came of that.
                self.answer_failed |= !handled && self.failures > 1;
            }
            _ => {}
        }
    }

    fn log(&mut self, text: &str) {
        self.logs.push(text.to_owned());
    }
}

/// A machine on its way.
#[derive(Clone)]
pub(super) struct Live<'t> {
    pub(super) table: Table<'t>,
    pub(super) instance: Instance,
    now: Instant,
    /// Each watcher answers once, like a run.
    pub(super) once: bool,
}

impl<'t> Live<'t> {
    /// One that has begun; nothing for a table that the runtime would refuse.
    pub(super) fn start(table: &'t [u8]) -> Option<Self> {
        let mut live = Self::new(table)?;
        live.give(Input::Start);
        Some(live)
    }

    /// The same before it begins.
    pub(super) fn new(table: &'t [u8]) -> Option<Self> {
        let table = Table::verify(table).ok()?;
        Some(Self { table, instance: Instance::new(&table), now: Instant(0), once: false })
    }

    /// A second passes, in which nothing is due: that is what a transition costs.
    pub(super) fn second(&mut self) {
        self.now = Instant(self.now.0 + 1_000_000_000);
    }

    pub(super) fn give(&mut self, input: Input<'_>) -> Came {
        let mut came = Came::default();
        came.verdict = Some(step(&self.table, &mut self.instance, self.now, input, &mut came));
        came
    }

    pub(super) fn leaf(&self) -> String {
        self.table.state_name(self.instance.state()).unwrap_or("?").to_owned()
    }

    /// Events of operators; of those with fields nothing is known here.
    pub(super) fn signal(&self, name: &str) -> SignalId {
        self.table.signals().find(|it| it.name == name).expect("an event").id
    }

    pub(super) fn send(&mut self, name: &str, payload: &[Data<'_>]) -> Came {
        self.give(Input::Signal { signal: self.signal(name), payload })
    }

    /// All that can happen here.
    pub(super) fn events(&self) -> Vec<Event> {
        let outcomes =
            |it: WatcherId| (0..self.table.outcome_count(it)).map(move |outcome| Event::Outcome(it, outcome));
        let signals = self.table.signals().map(|it| Event::Signal(it.id));
        let timer = self.instance.armed().next().map(|_| Event::Timer);
        // A run answers once, a watch whenever it may have been asked again.
        let is_once = |it: &WatcherId| self.once || self.table.watcher(*it).once;
        let is_open = |it: &WatcherId| self.instance.visit_of(*it).is_some() && !is_once(it);
        let watchers = self.table.watchers().filter(is_open).chain(self.instance.under_way().filter(is_once));
        let wait = timer.filter(|_| self.just_before() > self.now).map(|_| Event::Wait);
        watchers.flat_map(outcomes).chain(signals).chain(timer).chain(wait).collect()
    }

    /// A millisecond before the first timer fires.
    fn just_before(&self) -> Instant {
        let first = self.instance.armed().map(|it| it.1.0).min().unwrap_or(0);
        Instant(first.saturating_sub(1_000_000))
    }

    pub(super) fn happen(&mut self, event: Event) -> Came {
        match event {
            Event::Outcome(watcher, outcome) => {
                let visit = self.instance.visit_of(watcher).expect("it is under way");
                self.give(Input::Outcome { watcher, visit, outcome, payload: &[] })
            }
            Event::Signal(signal) => self.give(Input::Signal { signal, payload: &[] }),
            Event::Wait => {
                let until = self.just_before();
                while let Some(due) = self.instance.deadline().filter(|it| *it <= until) {
                    self.now = due.max(self.now);
                    self.give(Input::Tick);
                }
                self.now = until;
                Came::default()
            }
            Event::Timer => loop {
                self.now = self.instance.deadline().expect("a timer is armed").max(self.now);
                let came = self.give(Input::Tick);
                if came.fired {
                    return came;
                }
            },
        }
    }

    /// What decides how it goes on.
    pub(super) fn key(&self) -> Vec<u8> {
        let mut bytes = Vec::new();
        self.instance.canonical(&self.table, self.now).write(&self.table, &mut bytes);
        bytes
    }
}

/// Shows each step on all words: before, what happened, after, and what came of it. Of ways that meet one goes on.
pub(super) fn walk<'t>(start: &Live<'t>, see: &mut dyn FnMut(&Live<'t>, Event, &Live<'t>, &Came)) {
    let (mut row, mut known) = (vec![start.clone()], BTreeSet::from([start.key()]));
    for _ in 0..WORD {
        let mut next = Vec::new();
        for here in &row {
            for event in here.events() {
                let mut there = here.clone();
                let came = there.happen(event);
                see(here, event, &there, &came);
                if known.insert(there.key()) {
                    next.push(there);
                }
            }
        }
        row = next;
    }
}
