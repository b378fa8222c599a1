//! The events that the guardian is given: the same on every machine, 85 of 100 with an answer where it then is.

use crate::machine::{Event, State, by_match};

/// Events in one pass.
pub(crate) const EVENTS: usize = 1 << 20;

/// Random, so that branches are mispredicted as they are in life.
pub(crate) fn stream() -> Vec<Event> {
    let mut random = Random(0x2026_0101);
    let mut state = State::Unknown;
    let mut events = Vec::with_capacity(EVENTS);
    for _ in 0..EVENTS {
        let answered: Vec<Event> = Event::ALL.into_iter().filter(|it| by_match(state, *it).is_some()).collect();
        let event = if random.below(100) < 85 { random.one_of(&answered) } else { random.one_of(&Event::ALL) };
        state = by_match(state, event).unwrap_or(state);
        events.push(event);
    }
    events
}

/// SplitMix64 (Steele, Lea and Flood, 2014).
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mixed = (self.0 ^ self.0 >> 30).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let mixed = (mixed ^ mixed >> 27).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ mixed >> 31
    }

    fn below(&mut self, bound: usize) -> usize {
        (self.next() % bound as u64) as usize
    }

    fn one_of(&mut self, events: &[Event]) -> Event {
        events[self.below(events.len())]
    }
}
