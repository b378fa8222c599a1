//! Plans, alternatives and the transition function.

use super::roles::Code;
use super::{Check, Checked, id};
use crate::id::{EventId, PlanId, StateId};
use crate::table::cycle::Edge;
use crate::table::layout::*;
use crate::table::{EventSource, Fault, Section, Transition};
use alloc::{collections::BTreeSet, vec, vec::Vec};

/// Most pairs of a leaf and a way to carry out a transition that are looked at. Leaves may share rows, so there can be
/// more of these than a table has bytes; real machines stay far below.
const PAIRS_MAX: usize = 1 << 24;

/// What a transition without a wait is taken on.
#[derive(Clone, Copy)]
enum Trigger {
    /// Something that comes once a visit of this state.
    Of(StateId),
    /// A signal that the machine raises.
    Raised(u16),
}

/// The plans and alternatives that transitions lead to.
struct Used {
    plans: Vec<bool>,
    alternatives: Vec<bool>,
}

impl Used {
    fn of(plans: usize, alternatives: usize) -> Self {
        Self { plans: vec![false; plans], alternatives: vec![false; alternatives] }
    }

    fn note(&mut self, plan: PlanId, otherwise: Option<u16>) {
        let rows = [(&mut self.plans, Some(plan.0)), (&mut self.alternatives, otherwise)];
        for (rows, row) in rows {
            if let Some(is_used) = row.and_then(|it| rows.get_mut(usize::from(it))) {
                *is_used = true;
            }
        }
    }
}

impl Check<'_> {
    /// Labels and alternatives in range, flags that say what is there, no alternative without a guard; alternatives lead
    /// forward, so that trying them comes to an end.
    pub(super) fn plans(&self) -> Checked {
        let (width, counts, plans) = (self.table.width(), self.table.counts, self.bytes(Section::Plans));
        let alternatives = self.alternative_count();
        for (index, row) in plans.chunks_exact(width.plan_row()).enumerate() {
            let fail = |holds, fault| self.ensure(holds, Section::Plans, index * width.plan_row(), fault);
            let flags = row.get(2 * width.id() + 1).copied().unwrap_or(0);
            fail(flags & !(PLAN_STAY | PLAN_NEAR | PLAN_GUARD | PLAN_ACTS | PLAN_HISTORY) == 0, Fault::Flags)?;
            let plan = self.table.plan(PlanId(index as u16));
            fail(plan.label.is_none_or(|it| usize::from(it) < counts.labels), Fault::Id)?;
            fail(plan.otherwise.is_none_or(|it| usize::from(it) < alternatives && plan.guard.is_some()), Fault::Id)?;
            let none = |at: usize| row.get(2 * width.id() + at..).is_some_and(|it| it.starts_with(&[0xFF, 0xFF]));
            fail(plan.guard.is_some() != none(2) && plan.actions.is_some() != none(4), Fault::Flags)?;
            fail(plan.history == self.table.history(PlanId(index as u16)).is_some(), Fault::Flags)?;
        }
        for index in 0..alternatives as u16 {
            let fail = |holds, fault| {
                self.ensure(holds, Section::Alternatives, usize::from(index) * width.alternative_row(), fault)
            };
            let Some(it) = self.table.alternative(index) else {
                return fail(false, Fault::Id);
            };
            fail(it.target.index() < counts.leaves && it.plan.index() < counts.plans, Fault::Id)?;
            fail(self.table.plan(it.plan).otherwise.is_none_or(|next| next > index), Fault::Path)?;
        }
        Ok(())
    }

    fn alternative_count(&self) -> usize {
        self.bytes(Section::Alternatives).len() / self.table.width().alternative_row()
    }

    /// Every slot belongs to a leaf and leads from it along its path; returns the edges that need no wait.
    pub(super) fn transitions(&self, code: &Code) -> Checked<Vec<Edge>> {
        let (width, counts) = (self.table.width(), self.table.counts);
        let (bases, slots) = self.comb();
        let first_slot = bases.len();
        let mut owners: Vec<(u16, StateId)> =
            self.table.leaves().map(|leaf| (id(bases, leaf.index() * width.id(), width), leaf)).collect();
        owners.sort_unstable();
        self.rows(&owners, slots)?;
        let (mut edges, mut pairs, mut used) = (Vec::new(), 0, Used::of(counts.plans, self.alternative_count()));
        for (index, row) in slots.chunks_exact(width.slot_row()).enumerate() {
            let offset = first_slot + index * width.slot_row();
            let fail = |holds, fault| self.ensure(holds, Section::Transitions, offset, fault);
            let [event, target, plan] = [0, 1, 2].map(|column| id(row, column * width.id(), width));
            if event == u16::MAX {
                fail(target == u16::MAX && plan == u16::MAX, Fault::Value)?;
                continue;
            }
            let is_known = usize::from(event) < counts.events && usize::from(target) < counts.leaves;
            fail(is_known && usize::from(plan) < counts.plans, Fault::Id)?;
            let base = index.checked_sub(usize::from(event)).and_then(|it| u16::try_from(it).ok());
            let mine = owners_at(&owners, base.unwrap_or(u16::MAX));
            fail(base.is_some() && !mine.is_empty(), Fault::Overlap)?;
            let first = Transition { target: StateId(target), plan: PlanId(plan) };
            let trigger = self.trigger(EventId(event), code);
            for way in self.table.ways(first) {
                used.note(way.plan, self.table.plan(way.plan).otherwise);
                pairs += mine.len();
                fail(pairs <= PAIRS_MAX, Fault::Size)?;
                for (_, leaf) in mine {
                    fail(self.leads(*leaf, way), Fault::Path)?;
                    self.edges(*leaf, trigger, way, &mut edges);
                }
            }
        }
        self.all_used(&used)?;
        Ok(edges)
    }

    /// What no transition leads to means nothing, and has no place in a table.
    fn all_used(&self, used: &Used) -> Checked {
        let width = self.table.width();
        let sections = [
            (Section::Plans, &used.plans, width.plan_row()),
            (Section::Alternatives, &used.alternatives, width.alternative_row()),
        ];
        sections.into_iter().try_for_each(|(section, rows, size)| {
            let first = rows.iter().position(|is_used| !is_used);
            self.ensure(first.is_none(), section, first.unwrap_or(0) * size, Fault::Unused)
        })
    }

    /// A leaf without transitions has no base, and the last slot is not empty.
    fn rows(&self, owners: &[(u16, StateId)], slots: &[u8]) -> Checked {
        let width = self.table.width();
        let (mut begun, mut is_empty) = (BTreeSet::from([u16::MAX]), false);
        for (index, row) in slots.chunks_exact(width.slot_row()).enumerate() {
            let event = id(row, 0, width);
            is_empty = event == u16::MAX;
            begun.extend(index.checked_sub(usize::from(event)).and_then(|it| u16::try_from(it).ok()));
        }
        self.ensure(!is_empty, Section::Transitions, 0, Fault::Size)?;
        owners.iter().try_for_each(|(base, leaf)| {
            self.ensure(begun.contains(base), Section::Transitions, leaf.index() * width.id(), Fault::Id)
        })
    }

    /// Both paths begin with the states that the plan keeps, there is something to leave and to enter, and it is one
    /// state each exactly if the plan says so.
    ///
    /// Where a plan goes back to a state, that holds for every leaf inside it.
    fn leads(&self, from: StateId, way: Transition) -> bool {
        let plan = self.table.plan(way.plan);
        if plan.stay {
            return from == way.target && plan.depth == 0 && !plan.near && !plan.history;
        }
        let (out, into) = (self.table.path(from), self.table.path(way.target));
        let is_near = [out, into].iter().all(|path| path.len() == plan.depth + 1);
        let goes_back = |state| {
            let around = if state == self.table.machine() { Some(0) } else { into.iter().position(|it| it == state) };
            around.is_some_and(|depth| plan.depth <= depth)
        };
        plan.depth < out.len()
            && plan.depth < into.len()
            && if plan.history {
                !plan.near && self.gone_back_to(way.plan).is_some_and(goes_back)
            } else {
                plan.near == is_near
            }
            && out.iter().zip(into.iter()).take(plan.depth).all(|(a, b)| a == b)
    }

    fn gone_back_to(&self, plan: PlanId) -> Option<StateId> {
        self.table.histories().nth(usize::from(self.table.history(plan)?))
    }

    /// What an event needs no wait for: an outcome of a `run`, or that it is raised.
    fn trigger(&self, event: EventId, code: &Code) -> Option<Trigger> {
        match self.table.source(event) {
            EventSource::Outcome(watcher, _) => {
                self.table.watcher(watcher).once.then(|| Trigger::Of(self.table.owner(watcher)))
            }
            EventSource::Signal(signal) => match self.table.when_owner(signal) {
                // Two conditions that lead to and fro need not hold at the same time.
                Some(_) => None,
                None => code.raises.is_raised(signal.0).then_some(Trigger::Raised(signal.0)),
            },
            EventSource::Timer(_) => None,
        }
    }

    fn edges(&self, from: StateId, trigger: Option<Trigger>, way: Transition, out: &mut Vec<Edge>) {
        let path = self.table.path(from);
        let (run, raised) = match trigger {
            Some(Trigger::Of(owner)) => (path.iter().position(|it| it == owner).map_or(0, |depth| depth + 1), None),
            Some(Trigger::Raised(signal)) => (usize::MAX, Some(signal)),
            None => return,
        };
        let plan = self.table.plan(way.plan);
        // What a guard lets pass depends on data: it may count, or wait for a restart. That such a circle comes to an end
        // is for the compiler to judge; the bound on reactions of a step holds whatever it says.
        if plan.guard.is_some() || plan.stay && raised.is_none() {
            return;
        }
        let kept = if plan.stay { path.len() } else { plan.depth };
        let edge = |to| Edge { from, to, kept, run, raised, plan: way.plan };
        match self.gone_back_to(way.plan) {
            Some(state) => out.extend(self.table.leaves_in(state).map(edge)),
            None => out.push(edge(way.target)),
        }
    }
}

fn owners_at(owners: &[(u16, StateId)], base: u16) -> &[(u16, StateId)] {
    let start = owners.partition_point(|it| it.0 < base);
    let end = owners.partition_point(|it| it.0 <= base);
    owners.get(start..end).unwrap_or(&[])
}
