//! Whole steps of the guardian, called as a node calls them.

use crate::contenders::{Contender, End};
use crate::machine::{Counters, Event, source};
use machine_core::{Data, Effect, Effects, Input, Instance, Instant, Table, Verdict, WatcherId, step};
use std::hint::black_box;

/// Whole steps, with visits, timers and effects.
pub(crate) struct Steps<'t, E> {
    name: &'static str,
    table: Table<'t>,
    /// The outcome of a watcher, and whether the watcher stands in the machine; or a tick.
    inputs: Vec<Option<(WatcherId, u8, bool)>>,
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
        let input = |(watcher, outcome)| (WatcherId(watcher), outcome, is_machines(WatcherId(watcher)));
        let inputs = stream.iter().map(|it| source(*it).map(input)).collect();
        let mut instance = Instance::new(&table);
        step(&table, &mut instance, Instant(0), Input::Start, &mut effects);
        effects.handle();
        Self { name, table, inputs, instance, now: Instant(0), effects }
    }

    /// The input in the visit that it belongs to now. So much time passes before a tick that every timer is due.
    #[inline(always)]
    fn current(&mut self, input: Option<(WatcherId, u8, bool)>) -> Input<'static> {
        let Some((watcher, outcome, is_machines)) = input else {
            self.now.0 += 15_000_000_000;
            return Input::Tick;
        };
        self.now.0 += 1_000_000_000;
        // A leaf's watchers belong to the latest visit, the machine's to the first.
        let visit = if is_machines { 1 } else { self.instance.visit() };
        Input::Outcome { watcher, visit, outcome, payload: &[] }
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
        let counter = |index| if let Data::Int(it) = self.instance.data(&self.table, index) { it } else { -1 };
        let counters = Counters { failures: counter(0), restarts: counter(1) };
        End { state: self.instance.state().0, counters, taken }
    }
}
