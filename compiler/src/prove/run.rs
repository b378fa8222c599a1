//! A step under way, and what it comes to.

use super::space::{Config, Space};
use crate::model::bounds::{Bounds, Known};
use crate::model::{HandlerId, SignalId, StateId, WatcherId};
use machine_grammar::Span;
use std::collections::VecDeque;

/// From one leaf to another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Move {
    pub(super) from: StateId,
    pub(super) to: StateId,
    /// The innermost state around both that is not left.
    pub(super) kept: StateId,
    pub(super) handler: HandlerId,
}

/// What a way depends on that is not followed: it may be so or not.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Depends {
    /// A condition.
    Condition(Span),
    /// Whether a calculation fails.
    Failure(Span),
}

impl Depends {
    pub(super) fn span(self) -> Span {
        match self {
            Self::Condition(it) | Self::Failure(it) => it,
        }
    }
}

/// One way that a step can go, from the configurations that it was looked at for.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Way {
    /// Bits that stay as they are.
    pub(super) keep: Config,
    /// What the others become.
    pub(super) set: Config,
    pub(super) moves: Vec<Move>,
    /// Watchers that are asked besides their pace.
    pub(super) polled: Vec<WatcherId>,
    pub(super) depends: Option<Depends>,
}

impl Way {
    pub(super) fn from(&self, config: Config) -> Config {
        config & self.keep | self.set
    }
}

/// Whether a `when` held when it was looked at last.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Seen {
    No,
    Yes,
    Unknown,
}

/// A raised event with what it carries.
pub(super) type Raised<'m> = (SignalId, Fields<'m>);
/// What is known of the fields of an event, by name.
pub(super) type Fields<'m> = Vec<(&'m str, Bounds)>;

/// A step under way: what has become of the machine so far.
#[derive(Clone)]
pub(super) struct Run<'m> {
    pub(super) leaf: StateId,
    /// By variable.
    pub(super) values: Vec<Bounds>,
    /// By variable: a bit for each that was assigned.
    pub(super) assigned: u64,
    /// By history: 0, or the number of a leaf and 1.
    pub(super) histories: Vec<u64>,
    /// By history: a bit for each that was written.
    pub(super) remembered: u64,
    /// Which bits of timers and runs become what.
    pub(super) bits: Vec<(super::space::Bits, u64)>,
    pub(super) queue: VecDeque<Raised<'m>>,
    /// By `when`.
    pub(super) whens: Vec<Seen>,
    /// By `when`: it was looked at since something changed that it could read.
    pub(super) looked: Vec<bool>,
    pub(super) moves: Vec<Move>,
    /// Watchers that the reaction at hand polls.
    pub(super) polled: Vec<WatcherId>,
    /// Those that are asked for it.
    pub(super) asked: Vec<WatcherId>,
    pub(super) depends: Option<Depends>,
    pub(super) reactions: usize,
}

impl<'m> Run<'m> {
    /// A machine in this configuration, before anything happens.
    pub(super) fn at(space: &Space<'m>, config: Config) -> Self {
        let leaf = space.leaf_of(config);
        let known = space.known(config);
        let look = |(it, owner): (_, StateId)| match space.contains(owner, leaf) {
            true => truth(&known, it).map_or(Seen::Unknown, |it| if it { Seen::Yes } else { Seen::No }),
            false => Seen::No,
        };
        Self {
            leaf,
            values: space.variables.iter().map(|it| it.cells.bounds(it.bits.get(config))).collect(),
            assigned: 0,
            histories: space.histories.iter().map(|it| it.1.get(config)).collect(),
            remembered: 0,
            bits: Vec::new(),
            queue: VecDeque::new(),
            whens: space.whens.iter().map(|it| look((it.condition, it.owner))).collect(),
            looked: vec![false; space.whens.len()],
            moves: Vec::new(),
            polled: Vec::new(),
            asked: Vec::new(),
            depends: None,
            reactions: 0,
        }
    }

    /// What is known for a reaction to an event that carries this.
    pub(super) fn known(&self, space: &Space<'m>, fields: &Fields<'m>) -> Known<'m> {
        let mut known = Known::default();
        for (it, value) in space.variables.iter().zip(&self.values) {
            known.set(it.held.place(), *value);
        }
        space.fixed.iter().for_each(|(held, value)| known.set(held.place(), *value));
        for (name, bounds) in fields {
            known.set(crate::model::Place::Field(name), *bounds);
        }
        known
    }

    /// Takes over what a reaction has found out and changed.
    pub(super) fn learn(&mut self, space: &Space<'m>, known: &Known<'m>) {
        for (it, value) in space.variables.iter().zip(&mut self.values) {
            *value = known.of(it.held.place(), it.held.ty(space.machine));
        }
    }

    /// Something that was guessed; the first is told.
    pub(super) fn depending(mut self, on: Depends) -> Self {
        self.depends.get_or_insert(on);
        self
    }

    /// The ways that this comes to: data whose value is not known for certain may be in one piece or in another.
    pub(super) fn ways(self, space: &Space<'m>) -> Vec<Way> {
        let mut keep = !(space.leaf.mask << space.leaf.shift);
        let mut set = (space.number_of(self.leaf) as u64) << space.leaf.shift;
        let mut put = |bits: super::space::Bits, value: u64| {
            let mask = bits.mask << bits.shift;
            keep &= !mask;
            set = set & !mask | value << bits.shift;
        };
        self.bits.iter().for_each(|(bits, value)| put(*bits, *value));
        for (at, (history, (_, bits))) in self.histories.iter().zip(&space.histories).enumerate() {
            if self.remembered >> at & 1 == 1 {
                put(*bits, *history);
            }
        }
        let mut ways = vec![Way { keep, set, moves: self.moves, polled: self.asked, depends: self.depends }];
        for (at, it) in space.variables.iter().enumerate().filter(|(at, _)| self.assigned >> at & 1 == 1) {
            let pieces = it.cells.within(self.values[at]);
            let mask = it.bits.mask << it.bits.shift;
            let in_piece = |way: &Way, piece: &u64| Way {
                keep: way.keep & !mask,
                set: way.set & !mask | piece << it.bits.shift,
                ..way.clone()
            };
            ways = ways.iter().flat_map(|way| pieces.iter().map(move |piece| in_piece(way, piece))).collect();
        }
        ways
    }
}

/// Whether a condition holds, as far as it is known.
pub(super) fn truth<'e>(known: &Known<'e>, condition: &'e crate::model::Expr) -> Option<bool> {
    let mut failures = Vec::new();
    match known.look(condition, &mut failures) {
        _ if !failures.is_empty() => None,
        Bounds::Bool { no: false, yes: true } => Some(true),
        Bounds::Bool { no: true, yes: false } => Some(false),
        _ => None,
    }
}
