//! Where the machine can be, and when what is due there: all that can be done is done on the core, at once, when
//! something is due, or just before.

use super::Replay;
use super::deed::{Act, Due};
use crate::model::WatcherId;
use crate::prove::event::Cause;
use crate::prove::trace::Taken;
use machine_core::Instant;
use std::collections::{HashMap, VecDeque};

/// Places that are looked at.
const MOST: usize = 2_000;

/// One thing after which the machine is in another place.
#[derive(Clone, Copy)]
pub(super) struct Edge {
    pub(super) to: usize,
    /// So much time passes, then something may be done.
    pub(super) ms: u64,
    pub(super) act: Option<Act>,
    /// Transitions or asks; nothing if others do it.
    pub(super) counted: Option<usize>,
}

/// All places, the start first.
#[derive(Default)]
pub(super) struct Places {
    pub(super) edges: Vec<Vec<Edge>>,
    /// By place, from where it was come to first, and how.
    pub(super) came: Vec<Option<(usize, Edge)>>,
}

/// Somewhere that the machine can be.
struct Place<'r, 'm> {
    /// The position of its configuration.
    at: u32,
    replay: Replay<'r, 'm>,
}

impl Places {
    /// What can be come to from where the machine has started.
    pub(super) fn from(started: &Replay<'_, '_>, at: u32) -> Self {
        let first = Place { at, replay: started.clone() };
        let (mut places, mut known) = (Self::default(), HashMap::from([(first.key(), 0)]));
        let mut waiting = VecDeque::from([first]);
        places.came.push(None);
        while let Some(place) = waiting.pop_front().filter(|_| places.came.len() < MOST) {
            let from = places.edges.len();
            let mut edges = Vec::new();
            for (mut edge, next) in place.next() {
                edge.to = *known.entry(next.key()).or_insert_with(|| {
                    places.came.push(Some((from, Edge { to: places.came.len(), ..edge })));
                    waiting.push_back(next);
                    places.came.len() - 1
                });
                edges.push(edge);
            }
            places.edges.push(edges);
        }
        places.edges.resize_with(places.came.len(), Vec::new);
        places
    }

    /// The way to a place.
    pub(super) fn way_to(&self, mut place: usize) -> Vec<Edge> {
        let mut way = Vec::new();
        while let Some((from, edge)) = self.came.get(place).copied().flatten() {
            way.push(edge);
            place = from;
        }
        way.reverse();
        way
    }
}

impl<'r, 'm> Place<'r, 'm> {
    /// What tells it from others.
    fn key(&self) -> (u32, Vec<u8>) {
        let (it, mut bytes) = (&self.replay, Vec::new());
        bytes.extend(it.open.keys().map(|open| u8::from(it.comes_too_late(*open))));
        let now = Instant(it.now * 1_000_000);
        it.instance.canonical(&it.table, now).write(&it.table, &mut bytes);
        (self.at, bytes)
    }

    /// What can be done, and the place behind it.
    fn next(&self) -> Vec<(Edge, Self)> {
        let it = &self.replay;
        let due = it.dues().into_iter().map(|Due { at, .. }| at.max(it.now)).min();
        // By then it has answered.
        let limit = it.open.iter().filter_map(|(open, asked)| it.limit(*open, asked.since)).min();
        let is_due = due == Some(it.now) && limit.is_none_or(|limit| limit > it.now);
        let mut next = Vec::new();
        for edge in it.graph.edges.as_ref().map_or(&[][..], |edges| edges.from(self.at)) {
            let step = Taken::along(self.at, *edge);
            let can_be = match it.graph.cause(&step) {
                Some(Cause::After(_)) => is_due,
                Some(Cause::Outcome(watcher, _)) => !it.comes_too_late(watcher.0),
                _ => !it.has_ticked(),
            };
            if can_be {
                next.extend(self.after(Act::Step(step), edge.to));
            }
        }
        if it.counts_asks || is_due || limit == Some(it.now) {
            let open = it.open.keys().filter(|open| !it.comes_too_late(**open));
            next.extend(open.filter_map(|open| self.after(Act::Nothing(WatcherId(*open)), self.at)));
        }
        if is_due {
            next.extend(self.after(Act::Ask, self.at));
        } else if let Some(until) = due.into_iter().chain(limit).min() {
            let times = [until.saturating_sub(1), until].into_iter().filter(|at| *at > it.now);
            next.extend(times.map(|now| self.later(now)));
        }
        next
    }

    fn after(&self, act: Act, at: u32) -> Option<(Edge, Self)> {
        let mut replay = self.replay.clone();
        replay.perform(act)?;
        let counted = replay.deeds.pop()?.counted;
        let counted = replay.does_itself(act).then_some(counted);
        replay.forget();
        Some((Edge { to: 0, ms: 0, act: Some(act), counted }, Self { at, replay }))
    }

    fn later(&self, now: u64) -> (Edge, Self) {
        let edge = Edge { to: 0, ms: now - self.replay.now, act: None, counted: Some(0) };
        (edge, Self { at: self.at, replay: Replay { now, ..self.replay.clone() } })
    }
}

impl Replay<'_, '_> {
    /// Only where it is matters.
    fn forget(&mut self) {
        self.seen.clear();
        self.early.clear();
        self.script = super::Script::default();
    }

    /// Whether something that was due was done at this very time: then nothing comes any more that was waited for before.
    fn has_ticked(&self) -> bool {
        self.ticked == Some(self.now)
    }

    fn comes_too_late(&self, watcher: usize) -> bool {
        self.has_ticked() && self.open.get(&watcher).is_some_and(|it| it.since < self.now)
    }

    /// Whether the machine does it by itself.
    fn does_itself(&self, act: Act) -> bool {
        match act {
            Act::Step(step) => match self.graph.cause(&step) {
                Some(Cause::Outcome(watcher, _)) => !self.space().machine.kind_of(watcher).notified,
                cause => matches!(cause, Some(Cause::After(_))),
            },
            Act::Ask | Act::Nothing(_) => true,
        }
    }
}
