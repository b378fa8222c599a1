//! A world in somebody's hands: it does what it is told, and all that was done can be taken back.
//!
//! Nothing is kept to go back to: the same deeds, done again from the beginning, lead to the same place. Schedules go by
//! the calendar; what other watchers report, what people send and how time goes by comes from outside.

use crate::clock::ns;
use crate::trace::{Entry, Given};
use crate::value::Payload;
use crate::world::{Answering, Room, World};
use machine_core::{Instant, OwnedTable, Verdict, WatcherId};
use std::sync::Arc;

/// No more than so many things happen in one deed; machines may go round for ever.
const MOST_NEWS: usize = 200;
/// Nor are more steps taken.
const MOST_STEPS: usize = 100_000;

/// Something that is done to a world.
#[derive(Clone, Debug, PartialEq)]
pub enum Deed {
    /// Machines are given something, in order.
    Give(Vec<(u16, Given)>),
    /// Time passes.
    Wait {
        /// So many milliseconds.
        ms: u64,
    },
    /// The power goes, and comes back.
    PowerOff {
        /// After so many milliseconds.
        ms: u64,
    },
    /// Others leave so much of a limit.
    Limit {
        /// Of a machine that declares it,
        machine: u16,
        /// at this position.
        limit: u16,
        /// So much.
        room: Room,
    },
    /// Somebody sets the calendar.
    SetClock {
        /// Forward or back, by so many milliseconds.
        by_ms: i64,
    },
}

/// What came of a deed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Done {
    /// What became of the first thing that was given.
    pub verdict: Verdict,
    /// So many milliseconds are left of a wait in which too much happened.
    pub left_ms: Option<u64>,
}

/// Sees a world after each step, and what has happened since it saw it last.
pub type Watch<'f> = dyn FnMut(&World, &[Entry]) + 'f;

/// A world, and all that was done to it.
#[derive(Debug)]
pub struct Hand {
    tables: Vec<Arc<OwnedTable>>,
    begin: i64,
    world: World,
    deeds: Vec<Deed>,
}

impl Hand {
    /// Machines that begin now, at a time by the calendar.
    #[must_use]
    pub fn start(tables: Vec<Arc<OwnedTable>>, begin: i64, watch: &mut Watch<'_>) -> Self {
        let world = begun(&tables, begin, watch);
        Self { tables, begin, world, deeds: Vec::new() }
    }

    /// The world as it is.
    #[must_use]
    pub fn world(&self) -> &World {
        &self.world
    }

    /// How many milliseconds there are until something happens by itself; nothing if nothing ever does.
    pub fn due_ms(&mut self) -> Option<u64> {
        let due = self.world.due()?;
        Some(due.since(self.world.clock().now()).div_ceil(ns(1)))
    }

    /// What a watcher reports: of one that is not active, to who asked it last, so that it comes too late.
    #[must_use]
    pub fn outcome(&self, machine: u16, watcher: WatcherId, outcome: u8, payload: Payload) -> Given {
        let active = self.world.machine(machine).and_then(|it| it.instance().visit_of(watcher));
        let visit = active.unwrap_or_else(|| self.world.asked_in(machine, watcher));
        Given::Outcome { watcher, visit, outcome, payload }
    }

    /// Does something.
    pub fn act(&mut self, deed: Deed, watch: &mut Watch<'_>) -> Done {
        let done = act(&mut self.world, &deed, watch);
        self.deeds.push(deed);
        done
    }

    /// How many deeds there are to be taken back.
    #[must_use]
    pub fn deeds(&self) -> usize {
        self.deeds.len()
    }

    /// Takes back the last so many deeds.
    pub fn back(&mut self, deeds: usize) {
        self.deeds.truncate(self.deeds.len().saturating_sub(deeds));
        self.world = begun(&self.tables, self.begin, &mut |_, _| {});
        for deed in &self.deeds {
            act(&mut self.world, deed, &mut |_, _| {});
        }
    }
}

fn begun(tables: &[Arc<OwnedTable>], begin: i64, watch: &mut Watch<'_>) -> World {
    let mut world = World::new(tables.to_vec(), 1, begin);
    world.answer_by(Answering::Calendar);
    world.start();
    finish(&mut world, Instant(0), watch);
    world
}

fn act(world: &mut World, deed: &Deed, watch: &mut Watch<'_>) -> Done {
    let mut verdict = Verdict::Quiet;
    let mut until = world.clock().now();
    match deed {
        Deed::Give(all) => {
            let verdicts: Vec<_> = all.iter().filter_map(|it| world.give(it.0, it.1.clone())).collect();
            verdict = verdicts.first().copied().unwrap_or(Verdict::Misfit);
        }
        Deed::Wait { ms } => until = until.after_ms(*ms),
        Deed::PowerOff { ms } => {
            world.restart(ns(*ms));
            until = world.clock().now();
        }
        Deed::Limit { machine, limit, room } => world.limit(*machine, *limit, *room),
        Deed::SetClock { by_ms } => world.set_clock(*by_ms),
    }
    Done { verdict, left_ms: finish(world, until, watch) }
}

/// Lets time pass up to some point, and shows all that happened; what is left of the time if that was too much.
fn finish(world: &mut World, until: Instant, watch: &mut Watch<'_>) -> Option<u64> {
    let (mut seen, mut news, mut steps) = (0, 0, 0);
    let mut look = |world: &World| {
        let entries = world.trace().entries.get(seen..).unwrap_or(&[]);
        seen += entries.len();
        steps += 1;
        news += entries.iter().filter(|it| it.what.is_news()).count();
        watch(world, entries);
        news >= MOST_NEWS || steps >= MOST_STEPS
    };
    look(world);
    let was_much = world.run(until, &mut |_, world, _| look(world));
    world.forget();
    was_much.then(|| until.since(world.clock().now()).div_ceil(ns(1)))
}

#[cfg(test)]
mod tests;
