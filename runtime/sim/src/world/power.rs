//! What happens to all machines at once: power cuts, and a calendar that somebody sets.

use super::{Trouble, World};
use crate::trace::{Entry, Given, What};

impl World {
    /// The power goes, and comes back after so long: what was under way is lost, what machines remember is read again.
    /// They have to be given [`Given::Resume`] then; [`World::restart`] does both.
    pub fn cut_power(&mut self, off_ns: u64) {
        let (at, what) = (self.clock.now(), What::PowerCut { off_ns });
        self.trace.entries.push(Entry { at, machine: 0, what });
        self.agenda.clear();
        self.slots.clear();
        let before = self.clock;
        for (index, actor) in self.actors.iter_mut().enumerate() {
            let mut clock = before;
            if let Some(coverage) = &mut actor.coverage {
                coverage.restarted(actor.machine.instance().state());
            }
            if let Err(error) = actor.machine.power_cut(&mut clock, off_ns) {
                self.trouble.get_or_insert(Trouble::Snapshot(index as u16, error));
            }
            self.clock = clock;
        }
    }

    /// The power goes, comes back after so long, and all machines go on.
    pub fn restart(&mut self, off_ns: u64) {
        self.cut_power(off_ns);
        for machine in 0..self.actors.len() as u16 {
            if self.trouble.is_none() {
                self.give(machine, Given::Resume);
            }
        }
    }

    /// Somebody sets the calendar, forward or back.
    pub fn set_clock(&mut self, by_ms: i64) {
        let (at, what) = (self.clock.now(), What::ClockSet { by_ms });
        self.trace.entries.push(Entry { at, machine: 0, what });
        self.clock.set(by_ms);
        self.look_at_calendar();
    }
}
