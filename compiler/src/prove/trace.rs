//! The way to a configuration, step by step.

use super::Step;
use super::edges::Edge;
use super::event::Cause;
use super::graph::{Graph, START};
use super::run::Depends;
use super::space::Config;
use crate::model::{Counted, WatcherId};

/// One step on a way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Taken {
    /// Position of the configuration before, or [`START`].
    pub(super) from: u32,
    pub(super) way: u32,
    /// Position of the configuration after.
    pub(super) to: u32,
    /// Nothing happens but that this watcher is asked; then there is no way.
    pub(super) asked: Option<WatcherId>,
}

impl Taken {
    pub(super) fn along(from: u32, edge: Edge) -> Self {
        Self { from, way: edge.way, to: edge.to, asked: None }
    }

    pub(super) fn asked(at: u32, watcher: WatcherId) -> Self {
        Self { from: at, way: 0, to: at, asked: Some(watcher) }
    }

    pub(super) fn start(way: u32, to: u32) -> Self {
        Self { from: START, way, to, asked: None }
    }
}

/// What breaks a promise.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Found {
    /// From the start; the first step is the start itself.
    pub(super) steps: Vec<Taken>,
    /// What then goes on for ever, if that matters; may be nothing at all.
    pub(super) round: Option<Vec<Taken>>,
    /// Where in `steps` the time begins in which there are too many, and of what, if that is it.
    pub(super) counted: Option<(usize, Counted)>,
    /// The promise itself is over what is not followed.
    pub(super) depends_on_promise: bool,
    /// Something that is not followed could still lead to what was promised.
    pub(super) hope: Option<Depends>,
}

impl Found {
    pub(super) fn at(steps: Vec<Taken>) -> Self {
        Self { steps, ..Self::default() }
    }
}

impl Graph<'_> {
    /// The shortest way to the configuration at a position.
    pub(super) fn trace_to(&self, at: u32) -> Vec<Taken> {
        let (mut steps, mut to) = (Vec::new(), at);
        loop {
            let came = self.came[to as usize];
            steps.push(Taken { from: came.from, way: came.way, to, asked: None });
            if came.from == START {
                steps.reverse();
                return steps;
            }
            to = came.from;
        }
    }

    /// The position of a configuration that was come to.
    pub(super) fn position(&self, config: Config) -> Option<u32> {
        self.seen.get(config)
    }

    /// What the first steps depend on that is not followed, if anything.
    pub(super) fn depends(&self, found: &Found) -> Option<Depends> {
        let steps = found.steps.iter().chain(found.round.iter().flatten());
        let mut all = steps.filter_map(|it| match it.from {
            START => self.starts[it.way as usize].1.depends,
            _ if it.asked.is_some() => None,
            _ => self.table.ways[it.way as usize].depends,
        });
        all.next()
    }

    /// What happens in a step; nothing at the start.
    pub(super) fn cause(&self, step: &Taken) -> Option<Cause> {
        match (step.from, step.asked) {
            (START, _) => None,
            (_, Some(watcher)) => Some(Cause::Ask(watcher)),
            _ => Some(self.cause_of(step.way)),
        }
    }

    /// The way as far as it is known without going it.
    pub(super) fn untimed(&self, found: &Found) -> Vec<Step> {
        let steps = found.steps.iter().chain(found.round.iter().flatten());
        let leaf = |at: u32| self.space.leaf_of(self.configs[at as usize]);
        let one = |it: &Taken| {
            let before = leaf(if it.from == START { it.to } else { it.from });
            let (fields, changed, asked) = (Vec::new(), Vec::new(), it.asked.into_iter().collect());
            Step { cause: self.cause(it), at_ms: None, before, after: leaf(it.to), fields, changed, moves: 0, asked }
        };
        self.told(steps).into_iter().map(one).collect()
    }

    /// Steps in which more happens than that time passes; all of the time that a node is late is one.
    pub(super) fn told<'s>(&self, steps: impl IntoIterator<Item = &'s Taken>) -> Vec<&'s Taken> {
        let (mut told, mut was_late): (Vec<&Taken>, bool) = (Vec::new(), false);
        for it in steps {
            let is_late = self.cause(it) == Some(Cause::Late);
            if self.cause(it) != Some(Cause::Pass) && !(is_late && was_late) {
                told.push(it);
            }
            was_late = is_late;
        }
        told
    }
}
