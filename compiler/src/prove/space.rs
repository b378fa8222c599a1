//! All that a machine can be in, as far as it decides where it goes, packed into one word.
//!
//! A configuration is a leaf, a piece for each piece of data that matters, the leaf that is remembered for each state
//! that some `.last` goes back to, and a bit for each timer that can have fired, and each run that can have answered,
//! without its state being left. Each has some bits of the word for itself.

use super::cells::Cells;
use super::clocks::Clocks;
use super::relevant::{Held, Relevant, actions};
use super::texts::Texts;
use crate::model::bounds::{Bounds, Known};
use crate::model::eval::Value;
use crate::model::{
    ActionKind, Expr, Handler, HandlerId, Machine, Origin, Response, SignalId, SignalSource, StateId, Trigger,
    WatcherId,
};

/// A configuration; what its bits mean only its [`Space`] knows.
pub(super) type Config = u64;

/// How finely data is followed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Detail {
    /// Each value of what has few, and of counters.
    Fine,
    /// What conditions tell apart.
    Coarse,
    /// Not at all: states only.
    States,
}

/// Values of a type up to which each is followed.
const FEW: u64 = 32;
/// The same for data that counts.
const COUNTED: u64 = 1 << 13;
/// Ranges of one piece of data.
const RANGES: usize = 64;

/// Bits of a configuration.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Bits {
    pub(super) shift: u32,
    pub(super) mask: u64,
}

impl Bits {
    pub(super) fn get(self, config: Config) -> u64 {
        config >> self.shift & self.mask
    }
}

/// Data or a fact that is followed.
pub(super) struct Variable {
    pub(super) held: Held,
    pub(super) cells: Cells,
    pub(super) bits: Bits,
}

/// `when` of a state.
pub(super) struct When<'m> {
    pub(super) signal: SignalId,
    pub(super) owner: StateId,
    pub(super) condition: &'m Expr,
}

/// What the bits of a configuration of a machine mean.
pub(super) struct Space<'m> {
    pub(super) machine: &'m Machine,
    pub(super) leaves: Vec<StateId>,
    /// By state; nothing for those that are no leaves.
    leaf_numbers: Vec<usize>,
    pub(super) leaf: Bits,
    pub(super) variables: Vec<Variable>,
    /// What is never assigned, and what it always is.
    pub(super) fixed: Vec<(Held, Bounds)>,
    /// States that some `.last` goes back to; 0 stands for nothing, else the number of a leaf and 1.
    pub(super) histories: Vec<(StateId, Bits)>,
    /// Timers that can have fired while their state is active.
    pub(super) timers: Vec<(HandlerId, Bits)>,
    /// Runs that can have answered while their state is active.
    pub(super) runs: Vec<(WatcherId, Bits)>,
    pub(super) whens: Vec<When<'m>>,
    /// What texts are told apart by.
    pub(super) texts: Texts,
    /// What timers have left, where it is followed.
    pub(super) clocks: Option<Clocks>,
    /// The event of a failed calculation, if the machine answers it anywhere.
    pub(super) fault: Option<SignalId>,
    /// What follows from a step can reach beyond the handler that it begins with.
    pub(super) is_lively: bool,
    /// How many bits are used.
    pub(super) used: u32,
}

impl<'m> Space<'m> {
    /// Nothing if it does not fit into a word.
    pub(super) fn new(machine: &'m Machine, relevant: &Relevant, detail: Detail) -> Option<Self> {
        let leaves: Vec<StateId> = machine.leaves().collect();
        let mut leaf_numbers = vec![usize::MAX; machine.states.len()];
        leaves.iter().enumerate().for_each(|(at, it)| leaf_numbers[it.0] = at);
        let mut used = 0;
        let mut bits = |count: u64| {
            let width = u64::BITS - count.saturating_sub(1).leading_zeros();
            let shift = used;
            used += width;
            (used <= 62).then_some(Bits { shift, mask: (1 << width) - 1 })
        };
        let leaf = bits(leaves.len() as u64)?;
        let fixed = fixed(machine, relevant);
        let moving = relevant.held.iter().filter(|it| !fixed.iter().any(|fixed| fixed.0 == **it));
        let followed = moving.filter_map(|it| Some((*it, cells(machine, relevant, *it, detail)?)));
        let variables = followed.map(|(held, cells)| Some(Variable { held, bits: bits(cells.count())?, cells }));
        let variables = variables.collect::<Option<Vec<_>>>()?;
        let histories = gone_back_to(machine).into_iter().map(|it| Some((it, bits(leaves.len() as u64 + 1)?)));
        let histories = histories.collect::<Option<Vec<_>>>()?;
        let firing = (0..machine.handlers.len()).map(HandlerId).filter(|it| may_fire_and_stay(machine, relevant, *it));
        let timers = firing.map(|it| Some((it, bits(2)?))).collect::<Option<Vec<_>>>()?;
        let answering = (0..machine.watchers.len()).map(WatcherId);
        let answering = answering.filter(|it| may_answer_and_stay(machine, relevant, *it));
        let runs = answering.map(|it| Some((it, bits(2)?))).collect::<Option<Vec<_>>>()?;
        let whens = whens(machine);
        let raises = actions(machine).any(|it| matches!(it.kind, ActionKind::Raise { .. }));
        let is_lively = relevant.can_fail || raises || !whens.is_empty();
        let fault = machine.signals.iter().position(|it| it.source == SignalSource::Fault).map(SignalId);
        let space = Self {
            machine,
            leaves,
            leaf_numbers,
            leaf,
            variables,
            fixed,
            histories,
            timers,
            runs,
            whens,
            texts: relevant.texts.clone(),
            clocks: None,
            fault,
            is_lively,
            used,
        };
        (space.variables.len() <= 64 && space.timers.len() <= 64 && space.runs.len() <= 64).then_some(space)
    }

    /// The same, where what timers have left is followed. Nothing if that does not matter, or does not fit into a word.
    pub(super) fn with_clocks(mut self, late: bool) -> Option<Self> {
        let (clocks, used) = Clocks::new(self.machine, self.used, late)?;
        (self.clocks, self.used) = (Some(clocks), used);
        Some(self)
    }

    /// The leaf of a configuration.
    pub(super) fn leaf_of(&self, config: Config) -> StateId {
        self.leaves[self.leaf_index(config)]
    }

    /// Its position among the leaves.
    pub(super) fn leaf_index(&self, config: Config) -> usize {
        self.leaf.get(config) as usize
    }

    /// The position of a leaf.
    pub(super) fn number_of(&self, leaf: StateId) -> usize {
        self.leaf_numbers[leaf.0]
    }

    /// What is known of the data in a configuration.
    pub(super) fn known<'e>(&self, config: Config) -> Known<'e> {
        let mut known = Known::default();
        for it in &self.variables {
            known.set(it.held.place(), it.cells.bounds(it.bits.get(config)));
        }
        self.fixed.iter().for_each(|(held, value)| known.set(held.place(), *value));
        known
    }

    /// Whether `inner` is `outer` or inside it.
    pub(super) fn contains(&self, outer: StateId, inner: StateId) -> bool {
        self.machine.outwards(inner).any(|it| it == outer)
    }

    /// For each leaf whether it is one of these states or inside.
    pub(super) fn inside(&self, states: &[StateId]) -> Vec<bool> {
        self.leaves.iter().map(|leaf| states.iter().any(|it| self.contains(*it, *leaf))).collect()
    }

    /// The handlers that an event finds in a leaf, in the order in which they are looked at, up to the first without a
    /// condition.
    pub(super) fn answers(&self, leaf: StateId, origin: Origin) -> Vec<(HandlerId, &'m Handler)> {
        let machine = self.machine;
        let mut found = Vec::new();
        for id in machine.outwards(leaf).flat_map(|it| &machine.state(it).handlers) {
            let handler = machine.handler(*id);
            if is_for(handler, origin) {
                found.push((*id, handler));
                if handler.guard.is_none() {
                    break;
                }
            }
        }
        found
    }

    /// The innermost state around `target` that stays active on the way to it.
    pub(super) fn kept(&self, from: StateId, target: StateId) -> StateId {
        let mut around = self.machine.outwards(target).skip(1);
        around.find(|it| self.contains(*it, from)).unwrap_or(StateId(0))
    }
}

/// Whether a handler answers an event.
fn is_for(handler: &Handler, origin: Origin) -> bool {
    match &handler.trigger {
        Trigger::On(events) => events.iter().any(|it| it.origin == origin),
        Trigger::When(signal) => origin == Origin::Signal(*signal),
        Trigger::After { .. } => false,
    }
}

fn cells(machine: &Machine, relevant: &Relevant, held: Held, detail: Detail) -> Option<Cells> {
    let (ty, is_counter) = (held.ty(machine), relevant.counters.contains(&held));
    let most = match detail {
        Detail::States => return None,
        Detail::Coarse => 4,
        Detail::Fine if is_counter => COUNTED,
        Detail::Fine => FEW,
    };
    let begins = || {
        let mut constants = relevant.constants.get(&held).cloned().unwrap_or_default();
        constants.truncate(RANGES);
        constants
    };
    let found = Cells::of_values(ty, most).or_else(|| Cells::between(ty, begins()));
    found.or_else(|| Cells::of_texts(ty, relevant.texts.names())).filter(|it| it.count() > 1)
}

/// Data that matters and that no action assigns.
fn fixed(machine: &Machine, relevant: &Relevant) -> Vec<(Held, Bounds)> {
    let is_assigned =
        |data: usize| actions(machine).any(|it| matches!(it.kind, ActionKind::Assign { data: it, .. } if it == data));
    let value = |it: &Held| match *it {
        Held::Data(at) if !is_assigned(at) => Some((*it, Bounds::exactly(&Value::of(&machine.data[at].value)?))),
        _ => None,
    };
    relevant.held.iter().filter_map(value).collect()
}

fn gone_back_to(machine: &Machine) -> Vec<StateId> {
    let target = |it: &Handler| match it.response {
        Response::Goto { target, last: true, .. } => Some(target),
        _ => None,
    };
    let mut found: Vec<_> = machine.handlers.iter().filter_map(target).collect();
    found.sort_unstable();
    found.dedup();
    found
}

fn whens(machine: &Machine) -> Vec<When<'_>> {
    let signals = machine.signals.iter().enumerate();
    let found = signals.filter_map(|(id, it)| match &it.source {
        SignalSource::When(handler, condition) => {
            Some(When { signal: SignalId(id), owner: machine.handler(*handler).owner, condition })
        }
        _ => None,
    });
    found.collect()
}

/// Whether a handler is certain to end the visit of the state that it stands in, or of `owner` around it.
fn leaves(machine: &Machine, relevant: &Relevant, handler: &Handler, owner: StateId) -> bool {
    let Response::Goto { target, again, .. } = handler.response else { return false };
    let is_inside = machine.outwards(target).any(|it| it == owner);
    let is_around = machine.outwards(owner).any(|it| it == target);
    let ends_it = !is_inside && !is_around || again && is_around;
    ends_it && handler.guard.is_none() && !relevant.can_fail
}

fn may_fire_and_stay(machine: &Machine, relevant: &Relevant, id: HandlerId) -> bool {
    let handler = machine.handler(id);
    matches!(handler.trigger, Trigger::After { .. }) && !leaves(machine, relevant, handler, handler.owner)
}

/// Whether a run can have answered while its state goes on. One of a kind that is told of changes, or that depends on
/// another machine, can answer any number of times.
fn may_answer_and_stay(machine: &Machine, relevant: &Relevant, id: WatcherId) -> bool {
    let watcher = machine.watcher(id);
    if !watcher.once || machine.kind_of(id).notified || watcher.modifiers.condition.is_some() {
        return false;
    }
    let inside = machine.leaves().filter(|leaf| machine.outwards(*leaf).any(|it| it == watcher.owner));
    inside.into_iter().any(|leaf| {
        (0..machine.outcomes(id).count()).any(|outcome| {
            let handlers = machine.outwards(leaf).flat_map(|it| &machine.state(it).handlers);
            let mut first =
                handlers.map(|it| machine.handler(*it)).filter(|it| is_for(it, Origin::Outcome(id, outcome)));
            first.next().is_none_or(|it| !leaves(machine, relevant, it, watcher.owner))
        })
    })
}
