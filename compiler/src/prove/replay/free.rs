//! The same number on any way: of all orders in which things can come, one is looked for that has times.
//!
//! A way that was found takes no heed of timers that fire meanwhile, and the shortest way to where it begins to count. What
//! comes when from there on may want another one: a timer that fires just before a watcher is asked has begun a little
//! later than the watcher. So all places are looked through where the machine can be (`places`), the most is counted
//! between them in the least time, and what comes out is given its times (`when`).

use super::deed::{Act, Deed};
use super::places::{Edge, Places};
use super::{Replay, Replayed, when};
use crate::model::{Claim, Counted};
use crate::prove::event::Cause;
use crate::prove::graph::Graph;
use crate::prove::trace::Found;
use crate::table::Numbers;
use machine_core::Table;
use std::cmp::Reverse;
use std::collections::BinaryHeap;

/// Numbers and places together beyond which they are too many.
const MOST: usize = 1 << 22;
/// Orders for which times are looked for.
const ORDERS: usize = 64;

/// Goes a way on the core on which there are more than are promised. Nothing if none was found.
pub(in crate::prove) fn replay_free(graph: &Graph<'_>, table: &[u8], found: &Found, claim: &Claim) -> Option<Replayed> {
    let Claim::AtMost { count, of, per_ms } = *claim else { return None };
    let timers = Numbers::of(graph.space.machine).timers;
    let mut started = Replay::new(graph, Table::verify(table).ok()?, &found.steps, &timers);
    (started.counts_asks, started.is_free) = (of == Counted::Commands, true);
    started.start()?;
    let enough = usize::try_from(count).ok()?;
    let places = Places::from(&started, found.steps.first()?.to);
    let mut search = Search { started, places, enough, per_ms, layers: Vec::new() };
    search.count()?;
    search.orders().into_iter().find_map(|it| search.at_its_times(&it))
}

struct Search<'r, 'm> {
    started: Replay<'r, 'm>,
    places: Places,
    /// More are wanted.
    enough: usize,
    per_ms: u64,
    /// By number, then place.
    layers: Vec<Vec<Label>>,
}

/// How a place is come to with some number in the least time.
#[derive(Clone, Copy)]
struct Label {
    ms: u64,
    /// The number and the place before, and which of its edges; nothing where counting begins.
    came: Option<(usize, usize, usize)>,
}

impl Label {
    const NONE: Self = Self { ms: u64::MAX, came: None };
}

/// A way on which there is enough.
struct Order {
    way: Vec<Edge>,
    /// How many of these there are before it is counted; nothing if the start counts, too.
    before: Option<usize>,
}

impl<'r, 'm> Search<'r, 'm> {
    /// The least time for each number and place, up to more than enough. Time counts from the first of them on.
    fn count(&mut self) -> Option<()> {
        let places = self.places.edges.len();
        if places.saturating_mul(self.enough) > MOST {
            return None;
        }
        let most = self.places.edges.iter().flatten().filter_map(|it| it.counted).max().unwrap_or(0);
        let started = if self.started.counts_asks { self.started.seen.first()?.asked.len() } else { 0 };
        self.layers = vec![vec![Label::NONE; places]; self.enough.max(started) + most + 1];
        self.layers[0].fill(Label { ms: 0, came: None });
        let first = &mut self.layers[started][0];
        *first = Label { ms: 0, came: None };
        for number in 0..=self.enough {
            self.next_layer(number);
        }
        Some(())
    }

    fn next_layer(&mut self, number: usize) {
        let mut waiting: BinaryHeap<_> = self.layers[number]
            .iter()
            .zip(0..)
            .filter(|it| it.0.ms < u64::MAX)
            .map(|it| Reverse((it.0.ms, it.1)))
            .collect();
        while let Some(Reverse((ms, place))) = waiting.pop() {
            if ms > self.layers[number][place].ms {
                continue;
            }
            for (at, edge) in self.places.edges[place].iter().enumerate() {
                let Some(counted) = edge.counted else { continue };
                let ms = if number == 0 { 0 } else { ms + edge.ms };
                let to = &mut self.layers[number + counted][edge.to];
                if ms < to.ms && ms < self.per_ms {
                    *to = Label { ms, came: Some((number, place, at)) };
                    if counted == 0 {
                        waiting.push(Reverse((ms, edge.to)));
                    }
                }
            }
        }
    }

    /// Ways with more than enough, those that take the least time first.
    fn orders(&self) -> Vec<Order> {
        let labels = self.layers.iter().enumerate().skip(self.enough + 1);
        let labels =
            labels.flat_map(|(number, it)| it.iter().enumerate().map(move |(place, it)| (it.ms, number, place)));
        let mut labels: Vec<_> = labels.filter(|it| it.0 < self.per_ms).collect();
        labels.sort_unstable();
        labels.into_iter().take(ORDERS).map(|it| self.order(it.1, it.2)).collect()
    }

    fn order(&self, mut number: usize, mut place: usize) -> Order {
        let mut way = Vec::new();
        while let Some((before, from, edge)) = self.layers[number][place].came {
            way.push(self.places.edges[from][edge]);
            (number, place) = (before, from);
        }
        way.reverse();
        let there = if number == 0 { self.places.way_to(place) } else { Vec::new() };
        Order { before: (number == 0).then_some(there.len()), way: [there, way].concat() }
    }

    /// It comes about at times at which all that counts is close together.
    fn at_its_times(&self, order: &Order) -> Option<Replayed> {
        let (mut deeds, mut now, mut begin) = (Vec::new(), 0, 0);
        for (at, edge) in order.way.iter().enumerate() {
            now += edge.ms;
            if order.before == Some(at) {
                begin = deeds.len() + 1;
            }
            let counted = edge.counted.unwrap_or(0);
            deeds.extend(edge.act.map(|act| Deed { act, at: now, counted }));
        }
        let counts = |it: &usize| deeds[*it - 1].counted > 0;
        let last = (1..=deeds.len()).rev().find(counts)?;
        let first = order.before.map_or(Some(0), |_| (begin..=last).find(counts))?;
        let times = when::times(self.started.clone(), &deeds, (first, last), self.per_ms - 1)?;
        let (mut again, mut alone) = (self.started.clone(), 0);
        for (event, deed) in deeds.iter().enumerate().map(|it| (it.0 + 1, it.1)) {
            if event == begin {
                alone = again.seen.len();
            }
            again.now = if again.is_tick(deed.act) { again.due()? } else { again.now.max(times[event]) };
            again.perform(deed.act)?;
        }
        Some(again.replayed(alone))
    }
}

impl Replay<'_, '_> {
    fn is_tick(&self, act: Act) -> bool {
        match act {
            Act::Ask => true,
            Act::Step(step) => matches!(self.graph.cause(&step), Some(Cause::After(_))),
            Act::Nothing(_) => false,
        }
    }
}
