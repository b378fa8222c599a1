//! The same number on another way to the same place: of all orders in which things can come, one is looked for that has
//! times.
//!
//! A way that was found takes the shortest way to where it begins to count. What comes when from there on may want another
//! one: a timer that fires just before a watcher is asked has begun a little later than the watcher. So all that can be
//! done is done, at once or when something is due; what then counts is gone from each place where it can begin, and its
//! order is given times (`when`).

use super::deed::{Act, Source};
use super::{Replay, Replayed, when};
use crate::model::{Claim, Counted, WatcherId};
use crate::prove::event::Cause;
use crate::prove::graph::Graph;
use crate::prove::trace::{Found, Taken};
use machine_core::{Instant, Table};
use std::collections::{HashSet, VecDeque};

/// Places from which it is gone on.
const PLACES: usize = 4_000;
/// Orders for which times are looked for.
const ORDERS: usize = 64;

/// Goes a way on the core that counts as this one does. Nothing if none comes about.
pub(in crate::prove) fn replay_free(
    graph: &Graph<'_>,
    table: &[u8],
    found: &Found,
    claim: &Claim,
) -> Option<Replayed> {
    let Claim::AtMost { count, per_ms, .. } = *claim else { return None };
    let (begin, of) = found.counted?;
    let mut started = Replay::new(graph, Table::verify(table).ok()?, &found.steps);
    (started.counts_asks, started.is_free) = (of == Counted::Commands, true);
    started.start()?;
    let search = Search { begin, per_ms, enough: usize::try_from(count).ok()?, started };
    search.orders()
}

struct Search<'r, 'm> {
    /// Where in the steps counting begins.
    begin: usize,
    per_ms: u64,
    /// More are wanted.
    enough: usize,
    started: Replay<'r, 'm>,
}

impl<'r, 'm> Search<'r, 'm> {
    fn orders(&self) -> Option<Replayed> {
        let steps = self.started.steps;
        let first = Place { at: steps.first()?.to, replay: self.started.clone() };
        let goal = if self.begin == 0 { first.at } else { steps[self.begin - 1].to };
        let (mut known, mut waiting) = (HashSet::from([first.key()]), VecDeque::from([first]));
        let (mut gone, mut tried) = (0, 0);
        while let Some(place) = waiting.pop_front().filter(|_| gone < PLACES && tried < ORDERS) {
            gone += 1;
            if place.at == goal
                && let Some(order) = self.follow(&place.replay)
            {
                tried += 1;
                if let Some(found) = self.at_its_times(&order, place.replay.deeds.len()) {
                    return Some(found);
                }
            }
            if self.begin > 0 {
                waiting.extend(place.next().into_iter().filter(|it| known.insert(it.key())));
            }
        }
        None
    }

    /// What counts, from a place where it can begin; nothing if it takes longer than it may.
    fn follow(&self, from: &Replay<'r, 'm>) -> Option<Replay<'r, 'm>> {
        let mut it = from.clone();
        it.next = self.begin.max(1);
        it.early.clear();
        while let Some(step) = it.steps.get(it.next).copied() {
            it.go_on(&step)?;
            let mut counted = it.deeds[from.deeds.len()..].iter().filter(|it| it.counted > 0);
            let first = if self.begin == 0 { Some(0) } else { counted.next().map(|it| it.at) };
            if first.is_some_and(|first| it.now - first >= self.per_ms) {
                return None;
            }
        }
        Some(it)
    }

    /// The same order once more, at times at which enough of it is close together.
    fn at_its_times(&self, order: &Replay<'r, 'm>, alone: usize) -> Option<Replayed> {
        let (first, last) = self.window(order, alone)?;
        let times = when::times(self.started.clone(), &order.deeds, (first, last), self.per_ms - 1)?;
        let (mut again, mut begin) = (self.started.clone(), 0);
        for (at, (deed, time)) in order.deeds.iter().zip(times.iter().skip(1)).enumerate() {
            if at == alone && self.begin > 0 {
                begin = again.seen.len();
            }
            again.now = again.now.max(*time);
            if again.is_tick(deed.act) {
                again.now = again.due()?;
            }
            again.perform(deed.act)?;
        }
        Some(again.replayed(begin))
    }

    /// Events of which the last is the first with more than enough, as close behind the first as they can be.
    fn window(&self, order: &Replay<'_, '_>, alone: usize) -> Option<(usize, usize)> {
        let started = if self.begin == 0 { self.started.seen.first().map_or(0, |it| it.asked.len()) } else { 0 };
        let counted: Vec<usize> = std::iter::once(started).chain(order.deeds.iter().map(|it| it.counted)).collect();
        let own = if self.begin == 0 { 0 } else { alone + 1 };
        let last = (own..counted.len()).find(|it| counted[own..=*it].iter().sum::<usize>() > self.enough)?;
        let first = (own..=last).rev().find(|it| counted[*it..=last].iter().sum::<usize>() > self.enough)?;
        Some((first, last))
    }
}

/// Somewhere that the machine can be, and how it came there.
struct Place<'r, 'm> {
    at: u32,
    replay: Replay<'r, 'm>,
}

impl<'r, 'm> Place<'r, 'm> {
    /// What tells it from others.
    fn key(&self) -> (u32, Vec<u8>) {
        let (it, mut bytes) = (&self.replay, Vec::new());
        let now = Instant(it.now * 1_000_000);
        it.instance.canonical(&it.table, now).write(&it.table, &mut bytes);
        (self.at, bytes)
    }

    /// Where it can be next: something happens now, or what is due first is waited for, or done.
    fn next(&self) -> Vec<Self> {
        let it = &self.replay;
        let edges = it.graph.edges.as_ref().map_or(&[][..], |edges| edges.from(self.at));
        let due = it.first_due();
        let is_due = due.is_some_and(|due| due.at <= it.now);
        let mut next: Vec<Self> = Vec::new();
        for edge in edges {
            let step = Taken::along(self.at, *edge);
            if is_due || !matches!(it.graph.cause(&step), Some(Cause::After(_))) {
                next.extend(self.after(Act::Step(step), edge.to));
            }
        }
        if it.counts_asks {
            next.extend(it.open.keys().filter_map(|open| self.after(Act::Nothing(WatcherId(*open)), self.at)));
        }
        match due {
            Some(due) if !is_due => next.push(Self { at: self.at, replay: Replay { now: due.at, ..it.clone() } }),
            Some(_) => next.extend(self.after(Act::Ask, self.at)),
            None => {}
        }
        next
    }

    fn after(&self, act: Act, at: u32) -> Option<Self> {
        let mut replay = self.replay.clone();
        replay.perform(act)?;
        replay.forget();
        Some(Self { at, replay })
    }
}

impl Replay<'_, '_> {
    /// Only where it is matters, and how it came there.
    fn forget(&mut self) {
        self.seen.clear();
        self.script = super::Script::default();
    }

    /// The next step that counts, as soon as it can be.
    fn go_on(&mut self, step: &Taken) -> Option<()> {
        match self.graph.cause(step)? {
            Cause::Outcome(watcher, _) if !self.space().machine.kind_of(watcher).notified => {
                while !self.open.contains_key(&watcher.0) {
                    self.wait()?;
                }
                self.meet(watcher);
                self.perform(Act::Step(*step))
            }
            Cause::After(_) => {
                while matches!(self.first_due()?.source, Source::Watcher(_)) {
                    self.wait()?;
                }
                self.now = self.due()?;
                self.perform(Act::Step(*step))
            }
            Cause::Ask(watcher) => {
                self.next += 1;
                while !self.meet(watcher) {
                    self.wait()?;
                }
                Some(())
            }
            _ => self.perform(Act::Step(*step)),
        }
    }

    /// Time passes until a watcher is asked; nothing if a timer is due before.
    fn wait(&mut self) -> Option<()> {
        let is_unwanted = |it: &WatcherId| self.counts_asks && !self.will_answer(*it);
        let unwanted: Vec<_> = self.open.keys().map(|it| WatcherId(*it)).filter(is_unwanted).collect();
        for it in unwanted {
            self.perform(Act::Nothing(it))?;
        }
        let due = self.first_due().filter(|it| matches!(it.source, Source::Watcher(_)))?;
        if self.deeds.len() > when::MOST {
            return None;
        }
        self.now = self.now.max(due.at);
        self.perform(Act::Ask)
    }

    /// Whether the watcher answers on the way before it is asked again; of one that was asked early, the way has this ask yet.
    fn will_answer(&self, watcher: WatcherId) -> bool {
        let ahead = self.steps.get(self.next..).unwrap_or(&[]).iter().filter_map(|it| self.graph.cause(it));
        let mut its = ahead.filter(|it| matches!(it, Cause::Outcome(of, _) | Cause::Ask(of) if *of == watcher));
        let mut next = its.next();
        if self.early.contains(&watcher) && matches!(next, Some(Cause::Ask(_))) {
            next = its.next();
        }
        matches!(next, Some(Cause::Outcome(..)))
    }

    fn first_due(&self) -> Option<super::deed::Due> {
        self.dues().into_iter().min_by_key(|it| it.at)
    }

    fn is_tick(&self, act: Act) -> bool {
        match act {
            Act::Ask => true,
            Act::Step(step) => matches!(self.graph.cause(&step), Some(Cause::After(_))),
            Act::Nothing(_) => false,
        }
    }
}
