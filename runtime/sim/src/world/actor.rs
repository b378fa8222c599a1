//! One machine of a world, with all that the world knows of it.

use super::agenda::Coming;
use super::answers::Answers;
use crate::coverage::Coverage;
use crate::machine::Machine;
use crate::trace::Given;
use crate::value::Payload;
use machine_core::{Instant, StateId};

/// A machine and its surroundings.
#[derive(Debug)]
pub(super) struct Actor {
    pub(super) machine: Machine,
    /// By watcher.
    pub(super) answers: Vec<Answers>,
    /// How often each watcher was asked.
    pub(super) asked: Vec<u32>,
    /// The leaves that it has been in.
    pub(super) path: Vec<(Instant, StateId)>,
    /// What it has told the world.
    pub(super) emitted: Vec<(Instant, u16, Payload)>,
    pub(super) coverage: Option<Box<Coverage>>,
}

impl Actor {
    pub(super) fn new(machine: Machine) -> Self {
        let table = machine.table();
        let answers: Vec<_> = table.watchers().map(|it| Answers::of(&table, it)).collect();
        let (asked, path) = (vec![0; answers.len()], vec![(Instant(0), machine.instance().state())]);
        Self { answers, asked, path, emitted: Vec::new(), coverage: None, machine }
    }

    /// Whether what comes is still waited for: the visit goes on, and the series has not been replaced.
    pub(super) fn waits_for(&self, it: &Coming) -> bool {
        let is_current = self.machine.instance().visit_of(it.watcher) == Some(it.visit);
        is_current && self.answers.get(it.watcher.index()).is_some_and(|answers| answers.still_comes(it.series))
    }

    /// It is about to be given something.
    pub(super) fn note_given(&mut self, given: &Given) {
        let Some(coverage) = &mut self.coverage else { return };
        match given {
            Given::Start => coverage.began(self.machine.instance().state()),
            Given::Outcome { watcher, outcome, visit, .. }
                if self.machine.instance().visit_of(*watcher) == Some(*visit) =>
            {
                coverage.reported(*watcher, *outcome);
            }
            _ => {}
        }
    }
}
