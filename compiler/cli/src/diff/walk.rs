//! Both machines side by side through all that can happen to them, breadth first, so that the first difference that is
//! found is one of the shortest.

use super::inputs::{Happens, Menu};
use super::side::{Reaction, Side};
use machine_core::{Instance, Table};
use std::collections::{HashSet, VecDeque};

/// What came of it.
#[derive(Debug)]
pub(crate) enum Behaviour {
    /// In so many pairs of what both can be, they react in the same way.
    Same {
        pairs: usize,
        /// Why that may not be all; empty if it is.
        limits: Vec<String>,
    },
    Differs(Box<Differs>),
}

/// The first difference.
#[derive(Debug)]
pub(crate) struct Differs {
    /// What led there: all that happened, and what the old machine did; the new one did the same.
    pub(crate) before: Vec<Step>,
    /// What happened then.
    pub(crate) at_ns: u64,
    pub(crate) happens: String,
    /// Where both were.
    pub(crate) state: String,
    pub(crate) old: Reaction,
    pub(crate) new: Reaction,
}

/// One thing that happened on the way.
#[derive(Debug)]
pub(crate) struct Step {
    pub(crate) at_ns: u64,
    pub(crate) happens: String,
    pub(crate) reaction: Reaction,
}

/// Ticks of which nobody sees anything that are passed over at once.
const MOST_SILENT: usize = 20_000;

/// What both are at once, and how they came there.
struct Node {
    pair: [Instance; 2],
    /// From where, and by what; nothing at the beginning.
    came: Option<(usize, Happens)>,
    at_ns: u64,
    /// Of both.
    reaction: Reaction,
}

struct Walk<'t> {
    sides: [Side<'t>; 2],
    menu: Menu,
    nodes: Vec<Node>,
    known: HashSet<Vec<u8>>,
    waiting: VecDeque<usize>,
}

/// Goes on until they differ, all pairs are known, or there are too many.
pub(super) fn both(old: &Table<'_>, new: &Table<'_>, most: usize) -> Behaviour {
    let sides = Side::pair(old, new);
    let menu = Menu::of(&sides[0], &sides[1]);
    let mut walk = Walk { sides, menu, nodes: Vec::new(), known: HashSet::new(), waiting: VecDeque::new() };
    let fresh = [old, new].map(Instance::new);
    if let Err(found) = walk.happen(&fresh, None, Happens::Start) {
        return Behaviour::Differs(found);
    }
    while let Some(at) = walk.waiting.pop_front() {
        if let Err(found) = walk.from(at) {
            return Behaviour::Differs(found);
        }
        if walk.nodes.len() >= most {
            return walk.same(Some(format!("there are more than {most} pairs; `--most` looks at more")));
        }
    }
    walk.same(None)
}

impl Walk<'_> {
    /// All that can happen to a pair.
    fn from(&mut self, at: usize) -> Result<(), Box<Differs>> {
        let pair = self.nodes[at].pair.clone();
        let [old, new] = &self.sides;
        let mut all = self.menu.at([(old, &pair[0]), (new, &pair[1])]);
        all.extend(due(&pair).map(Happens::Time));
        all.into_iter().try_for_each(|it| self.happen(&pair, Some(at), it))?;
        let node = &self.nodes[at];
        let has_waited = node.reaction.is_silent() && matches!(node.came, Some((_, Happens::Time(_))));
        if has_waited { Ok(()) } else { self.wait(&pair, at) }
    }

    /// One thing happens to both.
    fn happen(&mut self, pair: &[Instance; 2], from: Option<usize>, happens: Happens) -> Result<(), Box<Differs>> {
        let (next, reaction) = self.react(pair, from, &happens)?;
        self.note(next, from, happens, reaction);
        Ok(())
    }

    /// Nothing happens until something is seen of the time that passes. So what takes hours is not as far away as there
    /// are ticks before it.
    fn wait(&mut self, pair: &[Instance; 2], from: usize) -> Result<(), Box<Differs>> {
        let (mut pair, mut passed) = (pair.clone(), 0);
        for _ in 0..MOST_SILENT {
            let Some(ns) = due(&pair) else { return Ok(()) };
            let before = passed;
            passed += ns;
            let (next, reaction) = self.react(&pair, Some(from), &Happens::Time(ns)).map_err(|mut it| {
                it.at_ns += before;
                it.happens = Happens::Time(passed).to_string();
                it
            })?;
            if !reaction.is_silent() {
                self.note(next, Some(from), Happens::Time(passed), reaction);
                return Ok(());
            }
            pair = next;
        }
        Ok(())
    }

    /// What both do, if they do the same.
    fn react(
        &self,
        pair: &[Instance; 2],
        from: Option<usize>,
        happens: &Happens,
    ) -> Result<([Instance; 2], Reaction), Box<Differs>> {
        let [(old, a), (new, b)] = [0, 1].map(|it| self.sides[it].react(&pair[it], happens));
        if a == b { Ok(([old, new], a)) } else { Err(Box::new(self.differs(from, happens, [a, b]))) }
    }

    /// A pair that may be a new one.
    fn note(&mut self, pair: [Instance; 2], from: Option<usize>, happens: Happens, reaction: Reaction) {
        if self.known.insert(self.key(&pair)) {
            let passed = if let Happens::Time(ns) = happens { ns } else { 0 };
            let at_ns = from.map_or(0, |it| self.nodes[it].at_ns) + passed;
            self.waiting.push_back(self.nodes.len());
            let came = from.map(|it| (it, happens));
            self.nodes.push(Node { pair, came, at_ns, reaction });
        }
    }

    fn key(&self, pair: &[Instance; 2]) -> Vec<u8> {
        let mut key = Vec::new();
        for (side, instance) in self.sides.iter().zip(pair) {
            instance.write(&side.table, &mut key);
        }
        key
    }

    fn differs(&self, from: Option<usize>, happens: &Happens, [old, new]: [Reaction; 2]) -> Differs {
        let passed = if let Happens::Time(ns) = happens { *ns } else { 0 };
        let at_ns = from.map_or(0, |it| self.nodes[it].at_ns) + passed;
        let state = from.map_or_else(String::new, |it| self.nodes[it].reaction.state.clone());
        Differs { before: self.way(from), at_ns, happens: happens.to_string(), state, old, new }
    }

    /// What led to a pair, from the beginning.
    fn way(&self, to: Option<usize>) -> Vec<Step> {
        let before = |at: &usize| self.nodes[*at].came.as_ref().map(|it| it.0);
        let mut nodes: Vec<usize> = std::iter::successors(to, before).collect();
        nodes.reverse();
        let step = |at: &usize| {
            let Node { at_ns, came, reaction, .. } = &self.nodes[*at];
            Some(Step { at_ns: *at_ns, happens: came.as_ref()?.1.to_string(), reaction: reaction.clone() })
        };
        nodes.iter().filter_map(step).collect()
    }

    fn same(self, stopped: Option<String>) -> Behaviour {
        let mut limits: Vec<String> = stopped.into_iter().collect();
        if !self.menu.sampled.is_empty() {
            let names: Vec<_> = self.menu.sampled.iter().map(|it| format!("`{it}`")).collect();
            limits.push(format!("not all values were tried of {}", names.join(", ")));
        }
        if self.sides.iter().any(|it| it.table.constants().reads_time) {
            limits.push("conditions read the time by the calendar, which stood still".to_owned());
        }
        Behaviour::Same { pairs: self.nodes.len(), limits }
    }
}

/// When something is due first in either.
fn due(pair: &[Instance; 2]) -> Option<u64> {
    pair.iter().filter_map(Instance::deadline).min().map(|it| it.0)
}
