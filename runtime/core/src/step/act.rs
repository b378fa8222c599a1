//! Guards and actions, run on the data of the machine.

use super::entries::{Change, compare, set};
use super::{Rows, Step};
use crate::data::Data;
use crate::effect::Effects;
use crate::instance::Instance;
use crate::memory::Memory;
use crate::run::{self, Failure, Reason, Stack, eval};
use crate::table::code::*;
use crate::table::layout::{CODE_UNIT, NO_CODE};
use crate::table::read::Reader;
use crate::table::{Code, Cut, Table};
use crate::{SignalId, StateId};

impl<E: Effects, W: Cut> Step<'_, '_, E, W> {
    /// Whether a guard holds.
    #[inline(always)]
    pub(super) fn holds(&mut self, guard: Code, payload: &[Data<'_>]) -> Result<bool, Failure> {
        match compare(self.table, guard, &self.instance.words) {
            Some(holds) => Ok(holds),
            None => self.apart().holds_calculated(guard, payload),
        }
    }

    #[inline(never)]
    fn holds_calculated(&mut self, guard: Code, payload: &[Data<'_>]) -> Result<bool, Failure> {
        let Instance { words, memory: Some(memory), .. } = &mut *self.instance else {
            return Ok(false);
        };
        calculate(self.table, words, memory, guard, payload)
    }

    /// Finds out whether what is done on the way can be done: exit blocks, actions, enter blocks. Nothing is changed.
    pub(super) fn attempt(&mut self, way: &Blocks, payload: &[Data<'_>]) -> Result<(), Failure> {
        let Instance { words, memory: Some(memory), .. } = &mut *self.instance else {
            return Ok(());
        };
        let (table, rows) = (self.table, self.rows);
        let mut may_fail = false;
        way.each(table, rows, |block| {
            may_fail |= block_may_fail(table, block);
            Ok(())
        })?;
        if may_fail {
            memory.save(words);
            let mut trial = Trial { queued: memory.queue.length };
            let tried = way.each(table, rows, |block| run_block(table, words, memory, block, payload, &mut trial));
            memory.restore(words);
            tried?;
        }
        Ok(())
    }

    /// Does what is done on the way. It was attempted before on the same data, so it does not fail.
    pub(super) fn perform(&mut self, way: &Blocks, payload: &[Data<'_>]) {
        let Instance { words, memory: Some(memory), .. } = &mut *self.instance else {
            return;
        };
        let (table, rows) = (self.table, self.rows);
        let mut doing = Doing { effects: &mut *self.effects };
        let done = way.each(table, rows, |block| run_block(table, words, memory, block, payload, &mut doing));
        debug_assert!(done.is_ok(), "what was attempted can be done");
    }
}

/// The code on the way from a leaf to another.
pub(super) struct Blocks {
    /// Nothing when the machine starts.
    pub(super) from: Option<StateId>,
    pub(super) to: StateId,
    /// So many states at the beginning of both paths are neither left nor entered.
    pub(super) depth: usize,
    pub(super) actions: Option<Code>,
}

impl Blocks {
    /// Each piece in order, up to the first that fails.
    fn each<W: Cut>(
        &self,
        table: &Table<'_>,
        rows: &Rows<'_, W>,
        mut run: impl FnMut(Code) -> Result<(), Failure>,
    ) -> Result<(), Failure> {
        // What a state does when it is entered (column 1) or left (column 2).
        let code =
            |state, column: usize| table.block_of(state).map(|row| row[column]).filter(|it| *it != NO_CODE).map(Code);
        if let Some(from) = self.from {
            for state in Rows::<W>::below(rows.path(from), self.depth).rev() {
                code(state, 2).map_or(Ok(()), &mut run)?;
            }
        }
        self.actions.map_or(Ok(()), &mut run)?;
        if self.from.is_none() {
            code(table.machine(), 1).map_or(Ok(()), &mut run)?;
        }
        for state in Rows::<W>::below(rows.path(self.to), self.depth) {
            code(state, 1).map_or(Ok(()), &mut run)?;
        }
        Ok(())
    }
}

/// The truth of a guard.
pub(super) fn calculate(
    table: &Table<'_>,
    words: &[i64],
    memory: &mut Memory,
    guard: Code,
    payload: &[Data<'_>],
) -> Result<bool, Failure> {
    if let Some(holds) = compare(table, guard, words) {
        return Ok(holds);
    }
    let start = usize::from(guard.0) * CODE_UNIT;
    let (mut stack, mut reader) = (Stack::new(), Reader::new(table.extra.code));
    reader.take(start + 1);
    memory.scratch.clear();
    let Memory { items, bytes, scratch, conditions, wall, .. } = memory;
    let around = run::Around { table, conditions, wall: *wall, payload };
    let view = around.view(words, items, bytes);
    match eval(&view, scratch, &mut stack, &mut reader) {
        Ok(_) => Ok(matches!(stack.pop(), run::Value::Bool(true))),
        Err(reason) => Err(Failure { reason, at: Some(start) }),
    }
}

fn block_may_fail(table: &Table<'_>, block: Code) -> bool {
    let first = table.extra.code.get(usize::from(block.0) * CODE_UNIT).copied().unwrap_or(0);
    !matches!(first & ENTRY_CLASS, ENTRY_SET) && first != HEAD_SURE
}

/// Where actions go that reach beyond the data.
trait Acts {
    fn emit(&mut self, emit: u16, values: &[Data<'_>]);
    fn log(&mut self, text: &str);
    fn raise(&mut self, table: &Table<'_>, queue: &mut crate::memory::Queue, signal: u16, values: &[Data<'_>]) -> bool;
    fn poll(&mut self, polls: &mut [bool], watcher: u16);
}

/// Actions are tried: nothing reaches beyond the data.
struct Trial {
    /// How many events would wait by now.
    queued: usize,
}

impl Acts for Trial {
    fn emit(&mut self, _: u16, _: &[Data<'_>]) {}

    fn log(&mut self, _: &str) {}

    fn raise(&mut self, _: &Table<'_>, _: &mut crate::memory::Queue, _: u16, _: &[Data<'_>]) -> bool {
        self.queued += 1;
        self.queued <= crate::limits::QUEUE_MAX
    }

    fn poll(&mut self, _: &mut [bool], _: u16) {}
}

/// Actions are done.
struct Doing<'e, E> {
    effects: &'e mut E,
}

impl<E: Effects> Acts for Doing<'_, E> {
    fn emit(&mut self, emit: u16, values: &[Data<'_>]) {
        self.effects.emit(emit, values);
    }

    fn log(&mut self, text: &str) {
        self.effects.log(text);
    }

    fn raise(&mut self, table: &Table<'_>, queue: &mut crate::memory::Queue, signal: u16, values: &[Data<'_>]) -> bool {
        let (Some(record), Some(fields)) = (queue.next_free(), table.signal_fields(SignalId(signal))) else {
            return false;
        };
        record.keep(signal, fields.map(|it| it.1), values);
        true
    }

    fn poll(&mut self, polls: &mut [bool], watcher: u16) {
        polls.iter_mut().skip(watcher.into()).take(1).for_each(|it| *it = true);
    }
}

/// One sequence of actions.
fn run_block(
    table: &Table<'_>,
    words: &mut [i64],
    memory: &mut Memory,
    block: Code,
    payload: &[Data<'_>],
    acts: &mut impl Acts,
) -> Result<(), Failure> {
    match set(table, block, words) {
        Change::More => {}
        done => return done.failure(block).map_or(Ok(()), Err),
    }
    let start = usize::from(block.0) * CODE_UNIT;
    let (mut stack, mut reader) = (Stack::new(), Reader::new(table.extra.code));
    reader.take(start + 1);
    memory.scratch.clear();
    loop {
        let at = reader.position();
        let fail = |reason| Failure { reason, at: Some(at) };
        let Memory { items, bytes, scratch, conditions, wall, queue, polls, .. } = &mut *memory;
        let around = run::Around { table, conditions, wall: *wall, payload };
        let op = eval(&around.view(words, items, bytes), scratch, &mut stack, &mut reader).map_err(fail)?;
        match op {
            Op::Assign(slot) => {
                let value = stack.pop();
                run::Store { words, items, bytes }.assign(&around, scratch, slot, value).map_err(fail)?;
            }
            Op::Poll(watcher) => acts.poll(polls, watcher),
            Op::Log => {
                let value = stack.pop();
                if let Data::Text(text) = value.data(&around.view(words, items, bytes), scratch.made()) {
                    acts.log(text);
                }
            }
            Op::Emit(_) | Op::Raise(_) => {
                let view = around.view(words, items, bytes);
                let (signal, types) = match op {
                    Op::Emit(emit) => (None, table.emit_fields(emit)),
                    Op::Raise(signal) => (Some(signal), table.signal_fields(SignalId(signal))),
                    _ => (None, None),
                };
                let Some(types) = types else { continue };
                let count = types.len();
                let mut values = [Data::Bool(false); crate::limits::FIELDS_MAX];
                for ((out, value), (_, ty)) in values.iter_mut().zip(stack.last(count)).zip(types) {
                    *out = value.data(&view, scratch.made());
                    run::check(table, *out, ty).map_err(fail)?;
                }
                let values = values.get(..count).unwrap_or(&[]);
                match (op, signal) {
                    (_, Some(signal)) if !acts.raise(table, queue, signal, values) => return Err(fail(Reason::Queue)),
                    (Op::Emit(emit), _) => acts.emit(emit, values),
                    _ => {}
                }
                stack.drop_last(count);
            }
            _ => return Ok(()),
        }
        memory.scratch.clear();
    }
}
