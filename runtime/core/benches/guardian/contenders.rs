//! The ways of running the guardian that are measured against each other. All take the same events from the same state
//! and have to end in the same state after the same number of transitions.

use crate::machine::{Counters, Event, State, TRANSITIONS, by_match, event_number};
use machine_core::{Decision, Definition, Dispatcher, EventId, Product, StateId, Table};
use std::hint::black_box;

/// Where a contender ended, and how many transitions it took to get there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct End {
    pub(crate) state: u16,
    pub(crate) counters: Counters,
    /// 0 if it does not count them.
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
                row[event as usize] = (by_match(from, event, &mut Counters::default()).unwrap_or(from) as u8) << 4;
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
        End { state: u16::from(self.row >> 4), counters: Counters::default(), taken: 0 }
    }
}

/// A `match` over states and events; the number tells copies of the same code apart.
pub(crate) struct Match<'s, const COPY: usize> {
    pub(crate) stream: &'s [Event],
    pub(crate) state: State,
    pub(crate) counters: Counters,
}

impl<const COPY: usize> Contender for Match<'_, COPY> {
    fn name(&self) -> &'static str {
        "match"
    }

    fn run(&mut self, passes: usize) -> End {
        let (mut state, mut counters, mut taken) = (self.state, self.counters, 0);
        black_box(COPY);
        for _ in 0..passes {
            for event in black_box(self.stream) {
                if let Some(next) = by_match(state, *event, &mut counters) {
                    state = next;
                    taken += 1;
                }
            }
        }
        (self.state, self.counters) = (state, counters);
        End { state: state as u16, counters, taken }
    }
}

/// A table made for this machine alone: the truth of both guards is part of the index, so there is no branch.
pub(crate) struct Flat {
    /// Target, whether it is taken, what is kept of both counters and what is added to them; by state, event and truths.
    cells: Box<[[u8; 4]; 1024]>,
    events: Vec<u8>,
    state: u16,
    counters: Counters,
}

impl Flat {
    pub(crate) fn new(stream: &[Event]) -> Self {
        let mut cells = Box::new([[0; 4]; 1024]);
        for (index, cell) in cells.iter_mut().enumerate() {
            let (state, event, truths) = (index >> 6, index >> 2 & 15, index & 3);
            let mut counters = Counters {
                failures: if truths & 1 == 1 { 3 } else { 0 },
                restarts: if truths & 2 == 2 { 5 } else { 0 },
            };
            let before = counters;
            if let (Some(from), Some(event)) = (State::ALL.get(state), Event::ALL.get(event)) {
                let to = by_match(*from, *event, &mut counters);
                let taken = TRANSITIONS.iter().any(|it| it.0 == *from && it.1 == *event) && to.is_some();
                let is_reset = taken && is_reset(*from, *event);
                let more = if is_reset {
                    [0, 0]
                } else {
                    [counters.failures - before.failures, counters.restarts - before.restarts].map(|it| it as u8)
                };
                let more = more[0] | more[1] << 1;
                *cell = [to.unwrap_or(*from) as u8, u8::from(taken), u8::from(!is_reset), more];
            }
        }
        Self { cells, events: stream.iter().map(|it| *it as u8).collect(), state: 0, counters: Counters::default() }
    }
}

fn is_reset(from: State, event: Event) -> bool {
    TRANSITIONS.iter().any(|it| it.0 == from && it.1 == event && it.4 == "reset")
}

impl Contender for Flat {
    fn name(&self) -> &'static str {
        "flat table"
    }

    fn run(&mut self, passes: usize) -> End {
        let (cells, mut state, mut taken) = (black_box(&self.cells), self.state, 0);
        let Counters { mut failures, mut restarts } = self.counters;
        for _ in 0..passes {
            for event in black_box(&self.events[..]) {
                let truths = u16::from(failures >= 3) | u16::from(restarts >= 5) << 1;
                let [to, is_taken, keeps, more] =
                    cells[usize::from((state << 6 | u16::from(*event) << 2 | truths) & 1023)];
                failures = failures * i64::from(keeps) + i64::from(more & 1);
                restarts = restarts * i64::from(keeps) + i64::from(more >> 1);
                state = u16::from(to);
                taken += u64::from(is_taken);
            }
        }
        (self.state, self.counters) = (state, Counters { failures, restarts });
        End { state, counters: self.counters, taken }
    }
}

/// The decisions of the verified table, with its guards and counters, prepared.
pub(crate) struct Dispatch {
    table: Dispatcher,
    events: Vec<EventId>,
    state: StateId,
    words: [i64; 2],
}

pub(crate) fn events(definition: &Definition, stream: &[Event]) -> Vec<EventId> {
    let first_events = definition.first_events();
    stream.iter().map(|it| EventId(event_number(*it, &first_events))).collect()
}

impl Dispatch {
    pub(crate) fn new(table: &Table<'_>, definition: &Definition, stream: &[Event]) -> Self {
        let (events, state) = (events(definition, stream), table.initial());
        Self { table: Dispatcher::new(table, 64 * 1024).unwrap(), events, state, words: [0; 2] }
    }
}

impl Contender for Dispatch {
    fn name(&self) -> &'static str {
        "dispatch"
    }

    fn run(&mut self, passes: usize) -> End {
        let table = black_box(&self.table);
        let (mut state, mut words, mut taken) = (self.state, self.words, 0);
        for _ in 0..passes {
            for event in black_box(&self.events[..]) {
                if let Decision::Goes(next) = table.dispatch(state, *event, &mut words) {
                    state = next;
                    taken += 1;
                }
            }
        }
        (self.state, self.words) = (state, words);
        End { state: state.0, counters: Counters { failures: words[0], restarts: words[1] }, taken }
    }
}

/// The same without preparation: the table is read in place.
pub(crate) struct InPlace<'t> {
    table: Table<'t>,
    events: Vec<EventId>,
    state: StateId,
    words: [i64; 2],
}

impl<'t> InPlace<'t> {
    pub(crate) fn new(table: Table<'t>, definition: &Definition, stream: &[Event]) -> Self {
        Self { table, events: events(definition, stream), state: table.initial(), words: [0; 2] }
    }
}

impl Contender for InPlace<'_> {
    fn name(&self) -> &'static str {
        "dispatch in place"
    }

    fn run(&mut self, passes: usize) -> End {
        let (mut state, mut words, mut taken) = (self.state, self.words, 0);
        for _ in 0..passes {
            for event in black_box(&self.events[..]) {
                if let Decision::Goes(next) = self.table.dispatch(state, *event, &mut words) {
                    state = next;
                    taken += 1;
                }
            }
        }
        (self.state, self.words) = (state, words);
        End { state: state.0, counters: Counters { failures: words[0], restarts: words[1] }, taken }
    }
}

/// The same, with the counters folded into the state.
pub(crate) struct Folded {
    product: Product,
    events: Vec<EventId>,
    row: u16,
}

impl Folded {
    pub(crate) fn new(table: &Table<'_>, definition: &Definition, stream: &[Event]) -> Self {
        let product = Product::new(table, 64 * 1024).unwrap();
        let row = product.row(table.initial(), &[0, 0]);
        Self { product, events: events(definition, stream), row }
    }
}

impl Contender for Folded {
    fn name(&self) -> &'static str {
        "product table"
    }

    fn run(&mut self, passes: usize) -> End {
        let (product, mut row) = (black_box(&self.product), self.row);
        for _ in 0..passes {
            for event in black_box(&self.events[..]) {
                row = product.next(row, *event);
            }
        }
        self.row = row;
        let (failures, restarts) = (product.value(row, 0), product.value(row, 1));
        End { state: product.leaf(row).0, counters: Counters { failures, restarts }, taken: 0 }
    }
}
