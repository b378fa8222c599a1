//! Looking at a world.

use super::actor::Asked;
use super::{Trouble, World};
use crate::clock::Clock;
use crate::coverage::Coverage;
use crate::machine::Machine;
use crate::trace::Trace;
use crate::value::Payload;
use machine_calendar::Zone;
use machine_core::{Instant, StateId, WatcherId};

impl World {
    /// What time it is.
    #[must_use]
    pub fn clock(&self) -> &Clock {
        &self.clock
    }

    /// One of its machines.
    #[must_use]
    pub fn machine(&self, machine: u16) -> Option<&Machine> {
        self.actors.get(usize::from(machine)).map(|it| &it.machine)
    }

    /// The same, to be taken over by another table.
    pub fn machine_mut(&mut self, machine: u16) -> Option<&mut Machine> {
        self.actors.get_mut(usize::from(machine)).map(|it| &mut it.machine)
    }

    /// How often a watcher was asked.
    #[must_use]
    pub fn asked(&self, machine: u16, watcher: WatcherId) -> u32 {
        self.how_asked(machine, watcher).times
    }

    /// When watchers of a machine were asked; while they wait for a slot, they are not yet.
    #[must_use]
    pub fn asks(&self, machine: u16) -> &[Instant] {
        self.actors.get(usize::from(machine)).map_or(&[], |it| &it.asks)
    }

    /// The visit in which a watcher was asked last; 0 if it never was.
    #[must_use]
    pub fn asked_in(&self, machine: u16, watcher: WatcherId) -> u32 {
        self.how_asked(machine, watcher).visit
    }

    fn how_asked(&self, machine: u16, watcher: WatcherId) -> Asked {
        let actor = self.actors.get(usize::from(machine));
        actor.and_then(|it| it.asked.get(watcher.index())).copied().unwrap_or_default()
    }

    /// When a schedule looks at the calendar next, in milliseconds since 1970, and a zone that it is written in; `None`
    /// for other watchers, and for one that nobody has asked.
    #[must_use]
    pub fn next_look(&self, machine: u16, watcher: WatcherId) -> Option<(i64, &Zone)> {
        let actor = self.actors.get(usize::from(machine))?;
        actor.machine.instance().visit_of(watcher)?;
        actor.timetable_of(watcher)?.next_look(&self.clock)
    }

    /// The leaves that a machine has been in, each with when it was entered; the first is where it began.
    #[must_use]
    pub fn path(&self, machine: u16) -> &[(Instant, StateId)] {
        self.actors.get(usize::from(machine)).map_or(&[], |it| &it.path)
    }

    /// What a machine has told the world: when, which of its events, and what that carried.
    #[must_use]
    pub fn emitted(&self, machine: u16) -> &[(Instant, u16, Payload)] {
        self.actors.get(usize::from(machine)).map_or(&[], |it| &it.emitted)
    }

    /// What a machine has done, as far as it is measured.
    #[must_use]
    pub fn coverage(&self, machine: u16) -> Option<&Coverage> {
        self.actors.get(usize::from(machine))?.coverage.as_deref()
    }

    /// Why it does not go on, if it does not.
    #[must_use]
    pub fn trouble(&self) -> Option<&Trouble> {
        self.trouble.as_ref()
    }

    /// How many steps its machines have taken.
    #[must_use]
    pub fn steps(&self) -> u64 {
        self.steps
    }

    /// All that happened.
    #[must_use]
    pub fn trace(&self) -> &Trace {
        &self.trace
    }

    /// The same, when nothing more is to happen.
    #[must_use]
    pub fn into_trace(self) -> Trace {
        self.trace
    }
}
