//! Where events lead, kept: what has been worked out for some pieces of what an event reads holds for all
//! configurations with the same pieces.

use super::event::{Cause, Event};
use super::graph::Mixed;
use super::run::{Run, Way};
use super::space::{Bits, Config, Space};
use std::collections::HashMap;
use std::hash::BuildHasherDefault;
use std::ops::Range;

/// Keys up to which a list is kept instead of a map.
const LISTED: u32 = 12;

/// One event in one leaf.
pub(super) struct Row<'m> {
    pub(super) event: Event<'m>,
    known: Known,
}

enum Known {
    /// 0 where nothing is known yet, else the number of a group's range and 1.
    List(Vec<u32>),
    Map(HashMap<u64, u32, BuildHasherDefault<Mixed>>),
}

/// Ways that an event which carries a certain thing can go; which of them it goes depends on what is not followed.
pub(super) struct Group {
    pub(super) leaf: u32,
    /// Which of the leaf's events.
    pub(super) event: u32,
    /// Which of the event's cases.
    pub(super) case: u32,
    /// Positions among all ways.
    pub(super) ways: Range<u32>,
}

/// All events by leaf, and where they lead.
pub(super) struct Table<'m> {
    pub(super) rows: Vec<Vec<Row<'m>>>,
    /// Groups that are found together.
    entries: Vec<Range<u32>>,
    pub(super) groups: Vec<Group>,
    pub(super) ways: Vec<Way>,
    /// By way, its group.
    group_of: Vec<u32>,
    /// What each way keeps and sets, close together.
    jumps: Vec<(Config, Config)>,
    /// Some step did not come to its end after as many reactions as one can have.
    pub(super) is_endless: bool,
    /// Ways that were worked out so far, those that came to the same among them.
    pub(super) work: usize,
}

impl<'m> Table<'m> {
    pub(super) fn new(space: &Space<'m>) -> Self {
        let row = |event: Event<'m>| {
            let bits: u32 = event.reads.iter().map(|it| it.mask.count_ones()).sum();
            let known = if bits <= LISTED { Known::List(vec![0; 1 << bits]) } else { Known::Map(HashMap::default()) };
            Row { event, known }
        };
        let rows = space.leaves.iter().map(|leaf| space.events(*leaf).into_iter().map(row).collect());
        Self {
            rows: rows.collect(),
            entries: Vec::new(),
            groups: Vec::new(),
            ways: Vec::new(),
            group_of: Vec::new(),
            jumps: Vec::new(),
            is_endless: false,
            work: 0,
        }
    }

    /// The groups of an event in a configuration; nothing if it cannot happen there.
    pub(super) fn groups(&mut self, space: &Space<'m>, config: Config, leaf: usize, at: usize) -> Range<u32> {
        let row = &self.rows[leaf][at];
        let is_time = space.clocks.as_ref().is_none_or(|it| it.allow(config, space.leaves[leaf], row.event.cause));
        if !is_time || !row.event.is_possible(config) {
            return 0..0;
        }
        let key = key(&row.event.reads, config);
        let found = match &row.known {
            Known::List(it) => it[key as usize],
            Known::Map(it) => it.get(&key).copied().unwrap_or(0),
        };
        match found.checked_sub(1) {
            Some(it) => self.entries[it as usize].clone(),
            None => self.work_out(space, config, (leaf, at), key),
        }
    }

    /// The ways of all these groups.
    pub(super) fn ways_of(&mut self, space: &Space<'m>, config: Config, leaf: usize, at: usize) -> Range<u32> {
        let groups = self.groups(space, config, leaf, at);
        let of = |it: u32| &self.groups[it as usize].ways;
        if groups.is_empty() { 0..0 } else { of(groups.start).start..of(groups.end - 1).end }
    }

    /// The group that a way belongs to.
    pub(super) fn group_of(&self, way: u32) -> &Group {
        &self.groups[self.group_of[way as usize] as usize]
    }

    /// Where a way leads from a configuration.
    pub(super) fn jump(&self, way: u32, config: Config) -> Config {
        let (keep, set) = self.jumps[way as usize];
        config & keep | set
    }

    fn work_out(&mut self, space: &Space<'m>, config: Config, (leaf, at): (usize, usize), key: u64) -> Range<u32> {
        let first = self.groups.len() as u32;
        for case in 0..self.rows[leaf][at].event.cases.len() {
            let Stepped { ways, endless, work } = space.step(config, &self.rows[leaf][at].event, case);
            self.work += work;
            let start = self.ways.len() as u32;
            self.is_endless |= endless;
            self.jumps.extend(ways.iter().map(|it| (it.keep, it.set)));
            self.ways.extend(ways);
            self.group_of.resize(self.ways.len(), self.groups.len() as u32);
            let ways = start..self.ways.len() as u32;
            self.groups.push(Group { leaf: leaf as u32, event: at as u32, case: case as u32, ways });
        }
        let range = first..self.groups.len() as u32;
        self.entries.push(range.clone());
        let entry = self.entries.len() as u32;
        match &mut self.rows[leaf][at].known {
            Known::List(it) => it[key as usize] = entry,
            Known::Map(it) => _ = it.insert(key, entry),
        }
        range
    }
}

impl Event<'_> {
    /// Whether it can happen: what has to come first has happened, and it has not happened yet itself.
    pub(super) fn is_possible(&self, config: Config) -> bool {
        self.own.is_none_or(|it| it.get(config) == 0) && self.behind.iter().all(|it| it.get(config) == 1)
    }
}

fn key(reads: &[Bits], config: Config) -> u64 {
    let mut key = 0;
    for it in reads {
        key = key << it.mask.count_ones() | it.get(config);
    }
    key
}

/// What an event comes to.
pub(super) struct Stepped {
    pub(super) ways: Vec<Way>,
    /// Some way had not come to its end after as many reactions as one step can have.
    pub(super) endless: bool,
    /// How many ways were gone.
    pub(super) work: usize,
}

impl<'m> Space<'m> {
    /// Where an event leads that carries what is in one of its cases: the obvious way, without anything kept.
    pub(super) fn step(&self, config: Config, event: &Event<'m>, case: usize) -> Stepped {
        let mut run = Run::at(self, config);
        run.bits.extend(event.own.map(|it| (it, 1)));
        if let Some(clocks) = &self.clocks {
            match event.cause {
                Cause::Pass | Cause::Late => {
                    run.bits.extend(clocks.passed(config, self.leaf_of(config)));
                    return Stepped { ways: run.ways(self), endless: false, work: 1 };
                }
                Cause::After(id) => run.bits.extend(clocks.fired(id)),
                _ => {}
            }
        }
        let runs = self.begin(run, event, case);
        let (runs, endless) = self.settle(runs);
        let (mut ways, work): (Vec<Way>, _) = (Vec::new(), runs.len() + 1);
        for way in runs.into_iter().flat_map(|it| it.ways(self)) {
            if !ways.contains(&way) {
                ways.push(way);
            }
        }
        Stepped { ways, endless, work }
    }

    fn begin(&self, mut run: Run<'m>, event: &Event<'m>, case: usize) -> Vec<Run<'m>> {
        let fields = &event.cases[case];
        match event.cause {
            Cause::Outcome(..) | Cause::Signal(_) | Cause::After(_) => self.choose(run, &event.handlers, fields),
            Cause::Fact(at, piece) => {
                run.values[at] = self.variables[at].cells.bounds(piece);
                run.assigned |= 1 << at;
                vec![run]
            }
            Cause::Look | Cause::Ask(_) | Cause::Pass | Cause::Late => vec![run],
        }
    }

    /// Where the machine can be when it has begun: with each value that facts can have.
    pub(super) fn starts(&self) -> (Vec<(Config, Way)>, bool) {
        use super::relevant::Held;
        let machine = self.machine;
        let leaf = machine.initial_leaf(crate::model::StateId(0));
        let first: Vec<_> = machine.outwards(leaf).collect();
        let clocks = self.clocks.iter().flat_map(|it| it.begun(&first));
        let at_first = (self.number_of(leaf) as u64) << self.leaf.shift;
        let mut configs = vec![clocks.fold(at_first, |config, (bits, it)| config | it << bits.shift)];
        for it in &self.variables {
            let pieces = match it.held {
                Held::Data(at) => vec![it.cells.of_constant(&machine.data[at].value)],
                Held::Fact(at) => {
                    let first = it.cells.of_constant(&machine.facts[at].value);
                    std::iter::once(first).chain((0..it.cells.count()).filter(|it| *it != first)).collect()
                }
            };
            let with = |config: &Config, piece: &u64| config | piece << it.bits.shift;
            configs = configs.iter().flat_map(|config| pieces.iter().map(move |piece| with(config, piece))).collect();
        }
        let (mut starts, mut endless) = (Vec::new(), false);
        for config in configs {
            let mut run = Run::at(self, config);
            run.whens.fill(super::run::Seen::No);
            let (runs, over) = self.settle(self.enter_all(run, leaf));
            endless |= over;
            starts.extend(runs.into_iter().flat_map(|it| it.ways(self)).map(|way| (config, way)));
        }
        (starts, endless)
    }
}

#[cfg(test)]
mod tests;
