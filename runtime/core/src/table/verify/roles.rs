//! Which code is used for what, and with which events.

use super::contents::{calculations, types};
use super::flow::Summary;
use super::known::Known;
use super::{Check, Checked};
use crate::id::{EventId, PlanId, StateId};
use crate::table::layout::*;
use crate::table::places::Place;
use crate::table::positions::Walk;
use crate::table::types::Type;
use crate::table::{EventSource, Fault, Section, Transition, id};
use alloc::{collections::BTreeMap, collections::BTreeSet, vec::Vec};

/// What code is used for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Use {
    Guard,
    Actions,
    Argument,
}

/// All that has been proved of the code.
#[derive(Default)]
pub(super) struct Code {
    pub(super) raises: Raises,
    /// Room for what is put together on the way, at most.
    pub(super) scratch: Place,
    pub(super) reads_fields: bool,
    used: BTreeSet<(u16, Use)>,
}

impl Code {
    pub(super) fn is_used(&self, number: u16, how: Use) -> bool {
        self.used.contains(&(number, how))
    }
}

/// What raises what.
#[derive(Default)]
pub(in crate::table) struct Raises {
    /// By the number of the code.
    by: BTreeMap<u16, Vec<u16>>,
    all: BTreeSet<u16>,
}

impl Raises {
    /// Some code raises this signal.
    pub(super) fn is_raised(&self, signal: u16) -> bool {
        self.all.contains(&signal)
    }

    /// All signals that some code raises.
    pub(super) fn all(&self) -> impl Iterator<Item = u16> + '_ {
        self.all.iter().copied()
    }

    /// What this code raises.
    pub(in crate::table) fn of(&self, number: u16) -> &[u16] {
        self.by.get(&number).map_or(&[], Vec::as_slice)
    }

    pub(in crate::table) fn is_empty(&self) -> bool {
        self.all.is_empty()
    }
}

/// The uses of one block.
struct Role<'t> {
    uses: BTreeSet<Use>,
    /// The type of each field of the events that lead here, where all agree; nothing before the first is known.
    fields: Option<Vec<Option<Type<'t>>>>,
}

impl<'t> Role<'t> {
    fn meet(&mut self, fields: &[Type<'t>]) {
        let all = || fields.iter().copied().map(Some);
        match &mut self.fields {
            None => self.fields = Some(all().collect()),
            Some(known) => {
                known.truncate(fields.len());
                known.iter_mut().zip(all()).for_each(|(known, here)| *known = known.filter(|it| Some(*it) == here));
            }
        }
    }
}

type Roles<'t> = BTreeMap<u16, Role<'t>>;

impl<'t> Check<'t> {
    /// Every piece of code, with what it is used for; then where it stands in the sources.
    pub(super) fn code(&self, known: &Known<'t>) -> Checked<Code> {
        self.histories()?;
        let blocks = self.blocks()?;
        let roles = self.roles(&blocks)?;
        let mut code = Code::default();
        for block in &blocks {
            let role = roles.get(&block.number);
            let fields = role.and_then(|it| it.fields.as_deref()).unwrap_or(&[]);
            let uses = || role.iter().flat_map(|it| &it.uses).copied();
            let summary = self.block(known, block, fields, &uses().collect::<Vec<_>>())?;
            code.used.extend(uses().map(|it| (block.number, it)));
            code.take(block.number, summary);
        }
        self.positions()?;
        Ok(code)
    }

    fn roles(&self, blocks: &[super::blocks::Block]) -> Checked<Roles<'t>> {
        let mut roles = Roles::new();
        let mut add = |number: u16, how: Use, fields: &[Type<'t>], section, offset| {
            let is_there = blocks.binary_search_by_key(&number, |it| it.number).is_ok();
            self.ensure(is_there, section, offset, Fault::Id)?;
            let role = roles.entry(number).or_insert(Role { uses: BTreeSet::new(), fields: None });
            role.uses.insert(how);
            role.meet(fields);
            Ok(())
        };
        for (plan, fields, offset) in self.plans_by_event() {
            let it = self.table.plan(plan);
            for (code, how) in [(it.guard, Use::Guard), (it.actions, Use::Actions)] {
                code.into_iter().try_for_each(|it| add(it.0, how, &fields, Section::Plans, offset))?;
            }
        }
        for it in self.table.whens() {
            add(it.guard, Use::Guard, &[], Section::Whens, 0)?;
        }
        for (index, row) in self.block_rows()?.iter().enumerate() {
            let [_, enter, exit] = *row;
            for number in [enter, exit].into_iter().filter(|it| *it != NO_CODE) {
                add(number, Use::Actions, &[], Section::Blocks, index * BLOCK_ROW)?;
            }
        }
        let mut numbers = Vec::new();
        self.table.arguments().flatten().for_each(|it| calculations(it, &mut numbers));
        numbers.into_iter().try_for_each(|it| add(it, Use::Argument, &[], Section::Arguments, 0))?;
        Ok(roles)
    }

    /// Each plan with code, with the fields of each event that leads to it; plans that no cell names, which are refused
    /// later, come without any.
    fn plans_by_event(&self) -> Vec<(PlanId, Vec<Type<'t>>, usize)> {
        let (width, counts) = (self.table.width(), self.table.counts);
        let has_code = |it: PlanId| {
            let plan = self.table.plan(it);
            plan.guard.is_some() || plan.actions.is_some()
        };
        let mut pairs = BTreeSet::new();
        for row in self.comb().1.chunks_exact(width.slot_row()) {
            let [event, target, plan] = [0, 1, 2].map(|column| id(row, column * width.id(), width));
            if event != u16::MAX && usize::from(plan) < counts.plans {
                let first = Transition { target: StateId(target), plan: PlanId(plan) };
                pairs.extend(self.table.ways(first).filter(|it| has_code(it.plan)).map(|it| (it.plan, event)));
            }
        }
        let fields = |event: u16| self.fields_of(EventId(event));
        let used: BTreeSet<PlanId> = pairs.iter().map(|it| it.0).collect();
        let unused = (0..counts.plans as u16).map(PlanId).filter(|it| has_code(*it) && !used.contains(it));
        let offset = |plan: PlanId| plan.index() * width.plan_row();
        let without = unused.map(|plan| (plan, Vec::new(), offset(plan)));
        pairs.iter().map(|(plan, event)| (*plan, fields(*event), offset(*plan))).chain(without).collect()
    }

    fn fields_of(&self, event: EventId) -> Vec<Type<'t>> {
        match self.table.source(event) {
            EventSource::Outcome(watcher, outcome) => types(self.table.payload(watcher, outcome)),
            EventSource::Signal(signal) => self.table.signal_fields(signal).map(types).unwrap_or_default(),
            EventSource::Timer(_) => Vec::new(),
        }
    }

    /// What states do when they are entered and left: one row a state, in order, never empty.
    fn block_rows(&self) -> Checked<Vec<[u16; 3]>> {
        let fail = |holds, offset, fault| self.ensure(holds, Section::Blocks, offset, fault);
        fail(self.table.extra.blocks.len().is_multiple_of(BLOCK_ROW), 0, Fault::Size)?;
        let rows: Vec<[u16; 3]> = self.table.block_rows().collect();
        let mut last = None;
        for (index, [state, enter, exit]) in rows.iter().copied().enumerate() {
            let is_there = usize::from(state) < self.table.counts.states && Some(state) > last;
            fail(is_there && (enter, exit) != (NO_CODE, NO_CODE), index * BLOCK_ROW, Fault::Id)?;
            last = Some(state);
        }
        Ok(rows)
    }

    /// Sources with names, entries in the order of the code.
    fn positions(&self) -> Checked {
        let bytes = self.table.extra.positions;
        let fail = |holds, offset, fault| self.ensure(holds, Section::Positions, offset, fault);
        if bytes.is_empty() {
            return Ok(());
        }
        let Some(mut walk) = Walk::of(bytes) else {
            return fail(false, 0, Fault::Text);
        };
        let (sources, mut last) = (self.table.sources().count(), None);
        while !walk.is_at_end() {
            let offset = walk.offset();
            let Some((at, position)) = walk.next() else {
                return fail(false, offset, Fault::Value);
            };
            fail(usize::from(position.source) < sources, offset, Fault::Id)?;
            fail(at < self.table.extra.code.len() && Some(at) > last, offset, Fault::Value)?;
            last = Some(at);
        }
        fail(last.is_some(), 0, Fault::Size)
    }
}

impl Code {
    fn take(&mut self, number: u16, summary: Summary) {
        self.scratch.items = self.scratch.items.max(summary.scratch.items);
        self.scratch.bytes = self.scratch.bytes.max(summary.scratch.bytes);
        self.reads_fields |= summary.reads_fields;
        if !summary.raises.is_empty() {
            self.raises.all.extend(summary.raises.iter().copied());
            self.raises.by.insert(number, summary.raises);
        }
    }
}
