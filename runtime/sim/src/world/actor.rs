//! One machine of a world, with all that the world knows of it.

use super::agenda::Coming;
use super::answers::Answers;
use super::schedules::Timetable;
use super::slots::Claim;
use crate::coverage::Coverage;
use crate::machine::Machine;
use crate::trace::Given;
use crate::value::Payload;
use machine_core::{Instant, StateId, WatcherId};

/// A machine and its surroundings.
#[derive(Debug)]
pub(super) struct Actor {
    pub(super) machine: Machine,
    answers: Vec<Answers>,
    /// Which of these each watcher goes through: its own, until it shares those of another.
    desks: Vec<usize>,
    /// How each watcher was asked.
    pub(super) asked: Vec<Asked>,
    /// When any of them was.
    pub(super) asks: Vec<Instant>,
    /// The leaves that it has been in.
    pub(super) path: Vec<(Instant, StateId)>,
    /// What it has told the world.
    pub(super) emitted: Vec<(Instant, u16, Payload)>,
    pub(super) coverage: Option<Box<Coverage>>,
}

/// How a watcher was asked until now.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Asked {
    /// How often; while it waits for a slot, it is not yet.
    pub(super) times: u32,
    /// In which visit, the last time.
    pub(super) visit: u32,
}

impl Actor {
    pub(super) fn new(machine: Machine) -> Self {
        let table = machine.table();
        let answers: Vec<_> = table.watchers().map(|it| Answers::of(&table, it)).collect();
        let (asked, desks) = (vec![Asked::default(); answers.len()], (0..answers.len()).collect());
        let path = vec![(Instant(0), machine.instance().state())];
        Self { answers, desks, asked, asks: Vec::new(), path, emitted: Vec::new(), coverage: None, machine }
    }

    /// Whether what comes is still waited for: the visit goes on, and the series has not been replaced.
    pub(super) fn waits_for(&self, it: &Coming) -> bool {
        let is_current = self.machine.instance().visit_of(it.watcher) == Some(it.visit);
        is_current && (it.is_turn() || self.series_of(it.watcher).is_some_and(|its| its.still_comes(it.series)))
    }

    fn series_of(&self, watcher: WatcherId) -> Option<&Answers> {
        self.answers.get(*self.desks.get(watcher.index())?)
    }

    /// Whether a watcher that has a slot, or wants one, still does what it was asked.
    pub(super) fn works(&self, it: &Claim) -> bool {
        let instance = self.machine.instance();
        instance.visit_of(it.watcher) == Some(it.visit) && instance.under_way().any(|open| open == it.watcher)
    }

    /// What a watcher answers.
    pub(super) fn answers_of(&mut self, watcher: WatcherId) -> Option<&mut Answers> {
        self.answers.get_mut(*self.desks.get(watcher.index())?)
    }

    /// The schedule that a watcher goes by, if it was asked and does.
    pub(super) fn timetable_of(&self, watcher: WatcherId) -> Option<&Timetable> {
        self.series_of(watcher)?.timetable_now()
    }

    /// Watchers go through the same answers from here on: those of the first.
    pub(super) fn share(&mut self, watchers: &[WatcherId]) -> Option<&mut Answers> {
        let first = watchers.first()?.index();
        for watcher in watchers {
            *self.desks.get_mut(watcher.index())? = first;
        }
        self.answers.get_mut(first)
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
