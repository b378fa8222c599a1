//! The events that the guardian is given: those that other machines were measured on, 85 of 100 with an answer where it
//! then is. Their generator is Python's: the same seed gives the same events.

use crate::machine::{Counters, Event, State, TRANSITIONS, by_match};

/// Events in one pass.
pub(crate) const EVENTS: usize = 1 << 20;
/// Where a pass ends that begins anew: `common/gen.py` says so of the machine that it was made from.
pub(crate) const REFERENCE: (State, Counters, u64) = (State::Degraded, Counters { failures: 0, restarts: 0 }, 890_719);

/// Random, so that branches are mispredicted as they are in life.
pub(crate) fn stream() -> Vec<Event> {
    let mut random = Mersenne::new(20_260_101);
    // The same generator has drawn the events of another machine before.
    (0..EVENTS).for_each(|_| _ = random.fraction());
    let (mut state, mut counters) = (State::Unknown, Counters::default());
    let answered: Vec<Vec<Event>> = State::ALL.iter().map(|it| answered(*it)).collect();
    let mut draw = || {
        let valid = &answered[state as usize];
        let event =
            if random.fraction() < 0.85 { valid[random.below(valid.len())] } else { Event::ALL[random.below(12)] };
        state = by_match(state, event, &mut counters).unwrap_or(state);
        event
    };
    (0..EVENTS).map(|_| draw()).collect()
}

/// In the order of the events.
fn answered(state: State) -> Vec<Event> {
    Event::ALL.into_iter().filter(|event| TRANSITIONS.iter().any(|it| it.0 == state && it.1 == *event)).collect()
}

/// MT19937 (Matsumoto and Nishimura, 1998), seeded and asked as Python does.
struct Mersenne {
    state: [u32; 624],
    at: usize,
}

impl Mersenne {
    fn new(seed: u32) -> Self {
        let mut state = [0_u32; 624];
        state[0] = 19_650_218;
        for at in 1..624 {
            let before = state[at - 1];
            state[at] = 1_812_433_253_u32.wrapping_mul(before ^ before >> 30).wrapping_add(at as u32);
        }
        let mut at = 1;
        let mut mix = |factor: u32, more: &dyn Fn(usize) -> u32, state: &mut [u32; 624]| {
            let before = state[at - 1];
            state[at] = (state[at] ^ (before ^ before >> 30).wrapping_mul(factor)).wrapping_add(more(at));
            at += 1;
            if at == 624 {
                state[0] = state[623];
                at = 1;
            }
        };
        (0..624).for_each(|_| mix(1_664_525, &|_| seed, &mut state));
        (0..623).for_each(|_| mix(1_566_083_941, &|at| (at as u32).wrapping_neg(), &mut state));
        state[0] = 0x8000_0000;
        Self { state, at: 624 }
    }

    fn next(&mut self) -> u32 {
        if self.at == 624 {
            for at in 0..624 {
                let joined = self.state[at] & 0x8000_0000 | self.state[(at + 1) % 624] & 0x7FFF_FFFF;
                let twisted = joined >> 1 ^ if joined & 1 == 1 { 0x9908_B0DF } else { 0 };
                self.state[at] = self.state[(at + 397) % 624] ^ twisted;
            }
            self.at = 0;
        }
        let mut it = self.state[self.at];
        self.at += 1;
        it ^= it >> 11;
        it ^= it << 7 & 0x9D2C_5680;
        it ^= it << 15 & 0xEFC6_0000;
        it ^ it >> 18
    }

    /// From 0 to below 1.
    fn fraction(&mut self) -> f64 {
        let (high, low) = (self.next() >> 5, self.next() >> 6);
        (f64::from(high) * 67_108_864.0 + f64::from(low)) / 9_007_199_254_740_992.0
    }

    fn below(&mut self, bound: usize) -> usize {
        let bits = usize::BITS - bound.leading_zeros();
        loop {
            let drawn = (self.next() >> (32 - bits)) as usize;
            if drawn < bound {
                return drawn;
            }
        }
    }
}
