//! One machine: the table that a node would run, and the instance that a node would keep.

use crate::clock::Clock;
use machine_core::{Effects, Input, Instance, Instant, OwnedTable, SnapshotError, Table, TakeoverError, Verdict, step};
use std::sync::Arc;

/// A machine that runs in virtual time.
#[derive(Clone, Debug)]
pub struct Machine {
    table: Arc<OwnedTable>,
    instance: Instance,
}

impl Machine {
    /// One that has not begun yet. `seed` is what splay is drawn from.
    #[must_use]
    pub fn new(table: Arc<OwnedTable>, seed: u64) -> Self {
        let mut instance = Instance::new(&table.table());
        instance.set_seed(seed);
        Self { table, instance }
    }

    /// Its table.
    #[must_use]
    pub fn table(&self) -> Table<'_> {
        self.table.table()
    }

    /// Its table, to be kept.
    #[must_use]
    pub fn shared_table(&self) -> Arc<OwnedTable> {
        self.table.clone()
    }

    /// What it remembers.
    #[must_use]
    pub fn instance(&self) -> &Instance {
        &self.instance
    }

    /// One step at the time of a clock.
    pub fn give(&mut self, clock: &Clock, input: Input<'_>, effects: &mut impl Effects) -> Verdict {
        let table = self.table.clone();
        self.give_under(&table.table(), clock, input, effects)
    }

    /// The same where its table has been looked at already, so that a long run does that once.
    #[inline]
    pub(crate) fn give_under(
        &mut self,
        table: &Table<'_>,
        clock: &Clock,
        input: Input<'_>,
        effects: &mut impl Effects,
    ) -> Verdict {
        self.instance.set_wall(clock.wall());
        step(table, &mut self.instance, clock.now(), input, effects)
    }

    /// What a crash is to it: all that it remembers is written down and read again, and what it waits for is carried
    /// over to where the clock is when the power is back. It has to be given [`Input::Resume`] then.
    ///
    /// # Errors
    /// When it cannot read what it has written, which would be a mistake of the core.
    pub fn power_cut(&mut self, clock: &mut Clock, off_ns: u64) -> Result<(), SnapshotError> {
        let then = clock.now();
        let mut bytes = Vec::new();
        self.instance.write(&self.table.table(), &mut bytes);
        let back = then.after_ns(off_ns);
        self.instance = Self::read(&self.table.table(), &bytes, then, back)?;
        clock.go_to(back);
        Ok(())
    }

    fn read(table: &Table<'_>, bytes: &[u8], then: Instant, back: Instant) -> Result<Instance, SnapshotError> {
        let mut instance = Instance::read(table, bytes)?;
        instance.rebase(then, back.since(then), back);
        Ok(instance)
    }

    /// Another version of its table takes over.
    ///
    /// # Errors
    /// As [`Instance::take_over`]; it goes on as it was.
    pub fn take_over(
        &mut self,
        table: Arc<OwnedTable>,
        now: Instant,
        effects: &mut impl Effects,
    ) -> Result<(), TakeoverError> {
        self.instance = self.instance.take_over(&self.table.table(), &table.table(), now, effects)?;
        self.table = table;
        Ok(())
    }
}
