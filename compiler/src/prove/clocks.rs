//! What timers have left, where that decides which of them is first.
//!
//! A timer of an outer state that takes longer than one further in has begun before it: which of them is due first
//! depends on when states were entered. And of two that are due at once, nothing comes between them. Where a promise
//! hangs on that, each of these timers is followed by what it has left. Time passes in units of what divides all their
//! times, in turn divided by more than can be armed at a time: then all can come about that can come about at any other
//! time (A. Göllü, A. Puri, P. Varaiya, "Discretization of timed automata", 1994).
//!
//! A node that is off or busy comes late to what is due, and does it in the order in which it was. So timers that are
//! overdue need only be told apart by that.

use super::event::Cause;
use super::space::{Bits, Config};
use crate::model::{HandlerId, Machine, StateId, Trigger};

/// All timers whose order depends on more than the source.
pub(super) struct Clocks {
    /// Milliseconds of one unit.
    pub(super) unit_ms: u64,
    all: Vec<Clock>,
    /// By state, the clocks of it and of those around it.
    of_state: Vec<Vec<usize>>,
    /// The node may be late.
    late: bool,
}

struct Clock {
    timer: Timer,
    /// 0 while it is not armed, else what it has left, and how many clocks there are. Timers of which never two are armed at a
    /// time share them.
    bits: Bits,
    /// What it takes.
    units: u64,
}

/// An `after`.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Timer {
    id: HandlerId,
    owner: StateId,
    /// How many states it stands in: of two with the same deadline the outer one is first.
    depth: usize,
    ms: u64,
}

impl Clocks {
    /// For spaces of which so many bits are used; with how many are used then. Nothing if there are no such timers, or if
    /// they have no room.
    pub(super) fn new(machine: &Machine, mut used: u32, late: bool) -> Option<(Self, u32)> {
        let leaves = machine.leaves().map(|it| timers_of(machine, it)).filter(|it| has_race(machine, it));
        let leaves: Vec<Vec<Timer>> = leaves.collect();
        let armed = leaves.iter().map(Vec::len).max()? as u64;
        let mut timers: Vec<Timer> = leaves.concat();
        timers.sort_by_key(|it| it.id);
        timers.dedup();
        let shared = timers.iter().fold(0, |all, it| gcd(all, it.ms));
        let parts = (armed + 1..=shared).find(|it| shared % it == 0)?;
        let unit_ms = shared / parts;
        let ranks = timers.len() as u64;
        let places = places(machine, &timers);
        let mut bits = Vec::new();
        for place in 0..=places.iter().copied().max()? {
            let its = timers.iter().zip(&places).filter(|it| *it.1 == place).map(|it| it.0.ms / unit_ms);
            let width = u64::BITS - (its.max()? + ranks).leading_zeros();
            bits.push(Bits { shift: used, mask: (1 << width) - 1 });
            used += width;
        }
        let clock = |(timer, place): (Timer, &usize)| Clock { timer, bits: bits[*place], units: timer.ms / unit_ms };
        let all: Vec<Clock> = timers.into_iter().zip(&places).map(clock).collect();
        let around = |state: usize| {
            let is_around = |it: &usize| machine.outwards(StateId(state)).any(|state| state == all[*it].timer.owner);
            (0..all.len()).filter(is_around).collect()
        };
        let of_state = (0..machine.states.len()).map(around).collect();
        (used <= 62).then_some((Self { unit_ms, all, of_state, late }, used))
    }

    /// The clocks of states that are entered: each has all that it takes.
    pub(super) fn begun<'c>(&'c self, states: &'c [StateId]) -> impl Iterator<Item = (Bits, u64)> + 'c {
        self.of(states).map(|it| (it.bits, it.units + self.ranks()))
    }

    /// The clocks of states that are left.
    pub(super) fn over<'c>(&'c self, states: &'c [StateId]) -> impl Iterator<Item = (Bits, u64)> + 'c {
        self.of(states).map(|it| (it.bits, 0))
    }

    /// The clock of a timer that has fired.
    pub(super) fn fired(&self, id: HandlerId) -> Option<(Bits, u64)> {
        self.all.iter().find(|it| it.timer.id == id).map(|it| (it.bits, 0))
    }

    /// All clocks after one unit.
    pub(super) fn passed(&self, config: Config, leaf: StateId) -> Vec<(Bits, u64)> {
        let mut left: Vec<_> = self.armed(config, leaf).map(|(it, left)| (it.bits, left - 1)).collect();
        let mut overdue: Vec<i64> = left.iter().map(|it| it.1).filter(|it| *it <= 0).collect();
        overdue.sort_unstable();
        overdue.dedup();
        for (_, it) in left.iter_mut().filter(|it| it.1 <= 0) {
            let later = overdue.iter().filter(|other| *other > it).count() as i64;
            *it = -later;
        }
        let ranks = self.ranks().cast_signed();
        left.into_iter().map(|(bits, left)| (bits, (left + ranks).cast_unsigned())).collect()
    }

    /// Bits that tell how time passes in a leaf.
    pub(super) fn bits(&self, leaf: StateId) -> Vec<Bits> {
        self.of_state[leaf.0].iter().map(|it| self.all[*it].bits).collect()
    }

    /// In which ways time passes.
    pub(super) fn passing(&self) -> &'static [Cause] {
        if self.late { &[Cause::Pass, Cause::Late] } else { &[Cause::Pass] }
    }

    /// Whether something may happen now. What is told after a restart comes before timers that are overdue by then.
    pub(super) fn allow(&self, config: Config, leaf: StateId, cause: Cause) -> bool {
        let is_timed = matches!(cause, Cause::Pass | Cause::Late | Cause::After(_));
        self.late && !is_timed || self.is_time_for(config, leaf, cause)
    }

    /// Whether it is the time for something to happen: timers that are due come first, in their order.
    pub(super) fn is_time_for(&self, config: Config, leaf: StateId, cause: Cause) -> bool {
        let is_due = |it: (&Clock, i64)| it.1 <= 0;
        let has_due = self.armed(config, leaf).any(is_due);
        let has_more = !self.armed(config, leaf).all(is_due);
        match cause {
            Cause::Pass => has_more && !has_due,
            Cause::Late => has_more && has_due,
            Cause::After(id) if self.all.iter().any(|it| it.timer.id == id) => {
                let order = |it: &(&Clock, i64)| (it.1, it.0.timer.depth, it.0.timer.id);
                self.armed(config, leaf).min_by_key(order).is_some_and(|it| it.0.timer.id == id && is_due(it))
            }
            _ => !has_due,
        }
    }

    /// Those that are armed, with what they have left.
    fn armed(&self, config: Config, leaf: StateId) -> impl Iterator<Item = (&Clock, i64)> {
        let ranks = self.ranks().cast_signed();
        let own = self.of_state[leaf.0].iter().map(|it| &self.all[*it]);
        let armed = own.map(move |it| (it, it.bits.get(config))).filter(|it| it.1 > 0);
        armed.map(move |(clock, it)| (clock, it.cast_signed() - ranks))
    }

    fn of<'c>(&'c self, states: &'c [StateId]) -> impl Iterator<Item = &'c Clock> {
        self.all.iter().filter(|it| states.contains(&it.timer.owner))
    }

    /// What is overdue lies this far below.
    fn ranks(&self) -> u64 {
        self.all.len() as u64
    }
}

/// A place for each timer, which no other one has that can be armed at the same time.
fn places(machine: &Machine, timers: &[Timer]) -> Vec<usize> {
    let meet = |a: &Timer, b: &Timer| {
        let is_in = |inner: &Timer, outer: &Timer| machine.outwards(inner.owner).any(|it| it == outer.owner);
        is_in(a, b) || is_in(b, a)
    };
    let mut places: Vec<usize> = Vec::new();
    for it in timers {
        let is_taken = |place: &usize| timers.iter().zip(&places).any(|(other, at)| at == place && meet(it, other));
        places.push((0..).find(|it| !is_taken(it)).unwrap_or(0));
    }
    places
}

/// Whether in this leaf the source alone does not say which timer is first.
pub(super) fn is_race(machine: &Machine, leaf: StateId) -> bool {
    has_race(machine, &timers_of(machine, leaf))
}

/// Timers of a leaf and the states around it.
fn timers_of(machine: &Machine, leaf: StateId) -> Vec<Timer> {
    let depth = |it: StateId| machine.outwards(it).count();
    let handlers =
        machine.outwards(leaf).flat_map(|owner| machine.state(owner).handlers.iter().map(move |it| (owner, *it)));
    let timers = handlers.filter_map(|(owner, id)| match machine.handler(id).trigger {
        Trigger::After { ms, .. } => Some(Timer { id, owner, depth: depth(owner), ms }),
        _ => None,
    });
    timers.collect()
}

/// One that stands further in takes no more than one further out, so either may be first; or two of one state take the same, so
/// that nothing can come between them.
fn has_race(machine: &Machine, timers: &[Timer]) -> bool {
    let is_around = |outer: &Timer, inner: &Timer| machine.outwards(inner.owner).skip(1).any(|it| it == outer.owner);
    let races =
        |a: &Timer, b: &Timer| is_around(a, b) && a.ms >= b.ms || a.owner == b.owner && a.ms == b.ms && a.id != b.id;
    timers.iter().any(|a| timers.iter().any(|b| races(a, b)))
}

fn gcd(a: u64, b: u64) -> u64 {
    if b == 0 { a } else { gcd(b, a % b) }
}
