//! Limits: who works under one, who waits for a slot, and what others leave of it. As on a node, slots go to those that
//! have waited longest, and who has waited for too long is `skipped`.
//!
//! The machines of a world count themselves. What all others do, on this node and in the fleet, is said from outside.

use super::agenda::Coming;
use super::answers::Reply;
use super::{Answering, World};
use crate::trace::{Entry, Given, What};
use crate::value::Payload;
use machine_core::definition::{Offline, Reach};
use machine_core::{Instant, OwnedTable, Table, WatcherId};
use std::collections::VecDeque;
use std::sync::Arc;

/// Who does not wait for a slot of the fleet has at least this long to be told whether there is one, as on a node.
const ASKING_MS: u64 = 2_000;

/// What others leave of a limit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Room {
    /// All of its slots.
    #[default]
    Free,
    /// None.
    Full,
    /// Nobody can be asked; only of a limit across the fleet.
    Offline,
}

impl Room {
    /// Each of them.
    pub const ALL: [Self; 3] = [Self::Free, Self::Full, Self::Offline];

    /// How it is written.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Free => "free",
            Self::Full => "full",
            Self::Offline => "offline",
        }
    }

    /// What a word means.
    #[must_use]
    pub fn of(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|it| it.word() == word)
    }

    /// Whether somebody who counts so far gets a slot, if there is one.
    fn lets(self, reach: Reach) -> bool {
        match self {
            Self::Free => true,
            Self::Full => false,
            Self::Offline => reach == Reach::Fleet(Offline::Proceed),
        }
    }

    /// Until when somebody waits who gets none now.
    fn patience(self, reach: Reach, wait_ms: u64, now: Instant) -> Instant {
        now.after_ms(match (self, reach) {
            (Self::Offline, Reach::Fleet(Offline::Skip)) => 0,
            (_, Reach::Fleet(_)) => wait_ms.max(ASKING_MS),
            (_, Reach::Node) => wait_ms,
        })
    }
}

/// Who wants a slot.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Claim {
    pub(super) machine: u16,
    pub(super) watcher: WatcherId,
    pub(super) visit: u32,
    /// It is asked for the first time in its visit.
    pub(super) first: bool,
}

/// One limit, whichever machines name it.
#[derive(Debug)]
struct Limit {
    name: String,
    count: usize,
    room: Room,
    holders: Vec<Claim>,
    waiting: VecDeque<(Claim, Reach)>,
}

/// All limits of a world.
#[derive(Debug)]
pub(super) struct Slots(Vec<Limit>);

impl Slots {
    /// Those that these machines declare; of one that they do not agree on, the least count counts.
    pub(super) fn among(tables: &[Arc<OwnedTable>]) -> Self {
        let mut limits: Vec<Limit> = Vec::new();
        for table in tables {
            for it in table.table().limits() {
                let count = usize::try_from(it.count).unwrap_or(usize::MAX);
                match limits.iter_mut().find(|known| known.name == it.name) {
                    Some(known) => known.count = known.count.min(count),
                    None => limits.push(Limit::new(it.name, count)),
                }
            }
        }
        Self(limits)
    }

    fn named(&mut self, name: &str) -> Option<&mut Limit> {
        self.0.iter_mut().find(|it| it.name == name)
    }

    /// Takes a slot for a watcher if it needs one; without one it waits: until when.
    fn take(
        &mut self,
        table: &Table<'_>,
        claim: Claim,
        now: Instant,
        works: &dyn Fn(&Claim) -> bool,
    ) -> Option<Instant> {
        let under = table.modifiers(claim.watcher).under?;
        let declared = table.limits().nth(usize::from(under.limit))?;
        let limit = self.named(declared.name)?;
        limit.holders.retain(works);
        if limit.waiting.is_empty() && limit.has_slot() && limit.room.lets(declared.reach) {
            limit.holders.push(claim);
            return None;
        }
        limit.waiting.push_back((claim, declared.reach));
        Some(limit.room.patience(declared.reach, under.wait_ms, now))
    }

    /// Gives free slots to those that have waited longest.
    fn fill(&mut self, works: &dyn Fn(&Claim) -> bool) -> Vec<Claim> {
        let mut ready = Vec::new();
        for limit in self.0.iter_mut().filter(|it| !it.waiting.is_empty()) {
            limit.holders.retain(works);
            limit.waiting.retain(|it| works(&it.0));
            while let Some(at) = limit.waiting.iter().position(|it| limit.room.lets(it.1)).filter(|_| limit.has_slot())
            {
                let next = limit.waiting.remove(at).map(|it| it.0);
                limit.holders.extend(next);
                ready.extend(next);
            }
        }
        ready
    }

    /// Somebody does not wait any more; whether it did.
    fn give_up(&mut self, coming: &Coming) -> bool {
        let before = self.waiting();
        self.0.iter_mut().for_each(|it| it.waiting.retain(|it| !it.0.is(coming)));
        self.waiting() < before
    }

    fn waiting(&self) -> usize {
        self.0.iter().map(|it| it.waiting.len()).sum()
    }

    /// Whether somebody waits.
    pub(super) fn are_waited_for(&self, coming: &Coming) -> bool {
        self.0.iter().any(|it| it.waiting.iter().any(|it| it.0.is(coming)))
    }

    /// Nobody works any more, and nobody waits.
    pub(super) fn clear(&mut self) {
        for it in &mut self.0 {
            it.holders.clear();
            it.waiting.clear();
        }
    }
}

impl Limit {
    fn new(name: &str, count: usize) -> Self {
        Self { name: name.to_owned(), count, room: Room::Free, holders: Vec::new(), waiting: VecDeque::new() }
    }

    fn has_slot(&self) -> bool {
        self.holders.len() < self.count
    }
}

impl Claim {
    fn is(&self, coming: &Coming) -> bool {
        (self.machine, self.watcher, self.visit) == (coming.machine, coming.watcher, coming.visit)
    }

    /// When it has waited for too long.
    fn turn(&self) -> Coming {
        Coming { machine: self.machine, watcher: self.watcher, visit: self.visit, series: Coming::TURN }
    }
}

impl World {
    /// From here on, others leave so much of a limit, which one of its machines declares at this position.
    pub fn limit(&mut self, machine: u16, limit: u16, room: Room) {
        let (at, what) = (self.clock.now(), What::Limit { limit, room });
        self.trace.entries.push(Entry { at, machine, what });
        let Some(table) = self.machine(machine).map(crate::Machine::shared_table) else { return };
        let name = table.table().limits().nth(usize::from(limit)).map_or("", |it| it.name);
        let Some(limit) = self.slots.named(name) else { return };
        limit.room = room;
        let skips = |it: &&(Claim, Reach)| room == Room::Offline && it.1 == Reach::Fleet(Offline::Skip);
        for (claim, _) in limit.waiting.iter().filter(skips) {
            self.agenda.put(Reply::look(at), claim.turn());
        }
        self.give_turns();
    }

    /// What others leave of a limit that a machine declares at this position.
    #[must_use]
    pub fn room(&self, machine: u16, limit: u16) -> Room {
        let table = self.machine(machine).map(crate::Machine::table);
        let declared = table.and_then(|it| it.limits().nth(usize::from(limit)));
        let found = declared.and_then(|declared| self.slots.0.iter().find(|it| it.name == declared.name));
        found.map_or(Room::Free, |it| it.room)
    }

    /// Whether a watcher was asked and waits for a slot.
    #[must_use]
    pub fn waits_for_slot(&self, machine: u16, watcher: WatcherId) -> bool {
        let visit = self.machine(machine).and_then(|it| it.instance().visit_of(watcher));
        visit.is_some_and(|visit| self.slots.are_waited_for(&Coming { machine, watcher, visit, series: Coming::TURN }))
    }

    /// Has a watcher wait for a slot if it needs one and there is none; whether it waits.
    pub(super) fn waits(&mut self, table: &Table<'_>, claim: Claim) -> bool {
        if self.slots.0.is_empty() || self.answering == Answering::Nobody {
            return false;
        }
        let actors = &self.actors;
        let works = |it: &Claim| actors.get(usize::from(it.machine)).is_some_and(|actor| actor.works(it));
        let until = self.slots.take(table, claim, self.clock.now(), &works);
        until.into_iter().for_each(|until| self.agenda.put(Reply::look(until), claim.turn()));
        until.is_some()
    }

    /// Those whose turn it is get a slot, and are asked.
    pub(super) fn give_turns(&mut self) {
        if self.slots.waiting() == 0 {
            return;
        }
        let actors = &self.actors;
        let works = |it: &Claim| actors.get(usize::from(it.machine)).is_some_and(|actor| actor.works(it));
        for claim in self.slots.fill(&works) {
            if let Some(table) = self.machine(claim.machine).map(crate::Machine::shared_table) {
                self.question(&table.table(), claim);
            }
        }
    }

    /// Somebody has waited for too long, unless it waits no more.
    pub(super) fn skip(&mut self, table: &Table<'_>, coming: Coming) {
        if let (true, Some(outcome)) = (self.slots.give_up(&coming), table.skipped_outcome(coming.watcher)) {
            let Coming { machine, watcher, visit, .. } = coming;
            self.step(machine, table, Given::Outcome { watcher, visit, outcome, payload: Payload::default() });
        }
    }
}

#[cfg(test)]
mod tests;
