//! The ways of running the guardian that are measured against each other. All take the same events from the same state
//! and have to end in the same state after the same number of transitions.

use crate::machine::{Event, State, by_match, event_number, source};
use machine_core::{
    Definition, Effect, Effects, EventId, Input, Instance, Instant, StateId, Table, Verdict, WatcherId, step,
};
use std::hint::black_box;

/// Where a contender ended, and how many transitions it took to get there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct End {
    pub(crate) state: u16,
    pub(crate) taken: u64,
}

/// What can be measured: passes over the whole stream.
pub(crate) trait Contender {
    /// What it is called in the listing and on the command line.
    fn name(&self) -> &'static str;

    /// Runs over the stream so many times, from where it stands.
    fn run(&mut self, passes: usize) -> End;
}

/// The least that any walk through a table costs: the next row's place is what is found in this one.
pub(crate) struct Floor {
    events: Vec<u8>,
    rows: Box<[u8; 256]>,
    row: u8,
}

impl Floor {
    pub(crate) fn new(stream: &[Event]) -> Self {
        let mut rows = Box::new([0; 256]);
        for (from, row) in State::ALL.into_iter().zip(rows.chunks_mut(16)) {
            row.fill((from as u8) << 4);
            for event in Event::ALL {
                row[event as usize] = (by_match(from, event).unwrap_or(from) as u8) << 4;
            }
        }
        Self { events: stream.iter().map(|it| *it as u8).collect(), rows, row: 0 }
    }
}

impl Contender for Floor {
    fn name(&self) -> &'static str {
        "floor"
    }

    fn run(&mut self, passes: usize) -> End {
        let rows = black_box(&self.rows);
        for _ in 0..passes {
            for event in black_box(&self.events[..]) {
                self.row = rows[usize::from(self.row | event)];
            }
        }
        // It does not see which transitions it takes.
        End { state: u16::from(self.row >> 4), taken: 0 }
    }
}

/// A `match` over states and events.
pub(crate) struct Match<'s> {
    pub(crate) stream: &'s [Event],
    pub(crate) state: State,
}

impl Contender for Match<'_> {
    fn name(&self) -> &'static str {
        "match"
    }

    fn run(&mut self, passes: usize) -> End {
        let (mut state, mut taken) = (self.state, 0);
        for _ in 0..passes {
            for event in black_box(self.stream) {
                if let Some(next) = by_match(state, *event) {
                    state = next;
                    taken += 1;
                }
            }
        }
        self.state = state;
        End { state: state as u16, taken }
    }
}

/// The transition function of the verified table.
pub(crate) struct Dispatch<'t> {
    table: Table<'t>,
    events: Vec<EventId>,
    state: StateId,
}

impl<'t> Dispatch<'t> {
    pub(crate) fn new(table: Table<'t>, definition: &Definition, stream: &[Event]) -> Self {
        let first_events = definition.first_events();
        let events = stream.iter().map(|it| EventId(event_number(*it, &first_events))).collect();
        Self { table, events, state: table.initial() }
    }
}

impl Contender for Dispatch<'_> {
    fn name(&self) -> &'static str {
        "dispatch"
    }

    fn run(&mut self, passes: usize) -> End {
        let table = *black_box(&self.table);
        let (mut state, mut taken) = (self.state, 0);
        for _ in 0..passes {
            for event in black_box(&self.events[..]) {
                if let Some(transition) = table.transition(state, *event) {
                    state = transition.target;
                    taken += 1;
                }
            }
        }
        self.state = state;
        End { state: state.0, taken }
    }
}

/// Whole steps, with visits, timers and effects.
pub(crate) struct Steps<'t, E> {
    name: &'static str,
    table: Table<'t>,
    /// Visit 0 stands for the latest.
    inputs: Vec<Input<'static>>,
    instance: Instance,
    now: Instant,
    effects: E,
}

/// Takes over the effects of one step.
pub(crate) trait Sink: Effects {
    /// The step is over.
    fn handle(&mut self);
}

/// Counts them.
#[derive(Default)]
pub(crate) struct Count(pub(crate) u64);

impl Effects for Count {
    fn push(&mut self, effect: Effect) {
        black_box(effect);
        self.0 += 1;
    }
}

impl Sink for Count {
    fn handle(&mut self) {}
}

/// Keeps them until the step is over, as a node does.
impl Sink for Vec<Effect> {
    fn handle(&mut self) {
        black_box(&self[..]);
        self.clear();
    }
}

impl<'t, E: Sink> Steps<'t, E> {
    pub(crate) fn new(name: &'static str, table: Table<'t>, stream: &[Event], mut effects: E) -> Self {
        let is_machines = |it| table.watchers_of(table.machine()).any(|own| own == it);
        let input = |(watcher, outcome)| {
            let watcher = WatcherId(watcher);
            Input::Outcome { watcher, visit: u32::from(is_machines(watcher)), outcome, payload: &[] }
        };
        let inputs = stream.iter().map(|it| source(*it).map_or(Input::Tick, input)).collect();
        let mut instance = Instance::new(&table);
        step(&table, &mut instance, Instant(0), Input::Start, &mut effects);
        effects.handle();
        Self { name, table, inputs, instance, now: Instant(0), effects }
    }

    /// The input in the visit that it belongs to now. So much time passes before a tick that every timer is due.
    #[inline(always)]
    fn current(&mut self, mut input: Input<'static>) -> Input<'static> {
        let mut passed = 15_000_000_000;
        if let Input::Outcome { visit, .. } = &mut input {
            passed = 1_000_000_000;
            // A leaf's watchers belong to the latest visit, the machine's to the first.
            if *visit == 0 {
                *visit = self.instance.visit();
            }
        }
        self.now.0 += passed;
        input
    }

    /// Called as a node calls it, from one place for all inputs.
    #[inline(always)]
    fn step(&mut self, input: Input<'_>) -> Verdict {
        let verdict = step(&self.table, &mut self.instance, self.now, input, &mut self.effects);
        self.effects.handle();
        verdict
    }
}

impl<E: Sink> Contender for Steps<'_, E> {
    fn name(&self) -> &'static str {
        self.name
    }

    fn run(&mut self, passes: usize) -> End {
        let mut taken = 0;
        for _ in 0..passes {
            let inputs = std::mem::take(&mut self.inputs);
            for input in black_box(&inputs[..]) {
                let input = self.current(*input);
                taken += u64::from(self.step(input) == Verdict::Moved);
            }
            self.inputs = inputs;
        }
        End { state: self.instance.state().0, taken }
    }
}
