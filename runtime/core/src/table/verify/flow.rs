//! Walks through code once, with shapes in place of values: proves that it can be run, and finds what that takes.

use super::known::{Known, is_type, is_value};
use super::shape::{Fits, Shape};
use crate::data::Word;
use crate::definition::{Compare, Function};
use crate::limits::STACK_MAX;
use crate::table::Value;
use crate::table::code::Op;
use crate::table::places::{Place, Places};
use crate::table::read::Reader;
use crate::table::types::Type;
use alloc::vec::Vec;

/// What running some code takes, and what may come of it.
#[derive(Clone, Debug, Default)]
pub(super) struct Summary {
    /// Room for what is put together on the way.
    pub(super) scratch: Place,
    /// Some calculation may fail.
    pub(super) may_fail: bool,
    /// It has instructions that are tried before they are done.
    pub(super) is_tried: bool,
    /// Signals that it raises.
    pub(super) raises: Vec<u16>,
    /// It reads fields of the event.
    pub(super) reads_fields: bool,
    /// What is left on the stack.
    pub(super) result: Option<Shape>,
    /// The result is kept where it was put together.
    pub(super) is_made: bool,
}

/// A jump that has not arrived: where it leads, and how many values there are then, a truth value on top.
struct Jump {
    target: usize,
    depth: usize,
}

pub(super) struct Flow<'c, 't> {
    known: &'c Known<'t>,
    /// The type of each field of the events that lead here, where they agree.
    fields: &'c [Option<Type<'t>>],
    stack: Vec<Shape>,
    jumps: Vec<Jump>,
    places: Places,
    summary: Summary,
}

/// Nothing if the code cannot be run.
type Step<T = ()> = Option<T>;

impl<'c, 't> Flow<'c, 't> {
    /// What the code at the reader takes, up to its end; the reader moves behind it.
    pub(super) fn of(known: &'c Known<'t>, fields: &'c [Option<Type<'t>>], reader: &mut Reader<'t>) -> Step<Summary> {
        let flow = Flow {
            known,
            fields,
            stack: Vec::with_capacity(STACK_MAX),
            jumps: Vec::new(),
            places: Places::default(),
            summary: Summary::default(),
        };
        flow.run(reader)
    }

    fn run(mut self, reader: &mut Reader<'t>) -> Step<Summary> {
        loop {
            self.arrive(reader.position())?;
            let op = Op::read(reader)?;
            if op == Op::End {
                break;
            }
            self.summary.is_tried |= op.may_fail();
            self.summary.is_made = matches!(op, Op::List(..) | Op::Append);
            self.step(op, reader.position())?;
        }
        self.summary.scratch = self.places.taken;
        self.summary.result = self.stack.pop();
        (self.stack.is_empty() && self.jumps.is_empty()).then_some(self.summary)
    }

    /// The jumps that lead here join what comes straight.
    fn arrive(&mut self, at: usize) -> Step {
        while let Some(jump) = self.jumps.pop_if(|it| it.target <= at) {
            let joins = jump.target == at && self.stack.len() == jump.depth && self.stack.last() == Some(&Shape::BOOL);
            joins.then_some(())?;
        }
        Some(())
    }

    fn push(&mut self, shape: Shape) -> Step {
        (self.stack.len() < STACK_MAX).then(|| self.stack.push(shape))
    }

    /// What lies below a jump stays there until it has arrived.
    fn pop(&mut self) -> Step<Shape> {
        let floor = self.jumps.last().map_or(0, |it| it.depth - 1);
        (self.stack.len() > floor).then(|| self.stack.pop())?
    }

    fn pop_bool(&mut self) -> Step {
        (self.pop()? == Shape::BOOL).then_some(())
    }

    fn made(&mut self, (shape, may_fail): (Shape, bool)) -> Step {
        self.summary.may_fail |= may_fail;
        self.push(shape)
    }

    fn step(&mut self, op: Op<'t>, after: usize) -> Step {
        match op {
            Op::End => None,
            Op::Bool(_) => self.push(Shape::BOOL),
            Op::Int(it) => self.push(Shape::int(it, it)),
            Op::Float(it) => it.is_finite().then(|| self.push(Shape::new(Word::Float)))?,
            Op::Duration(_) => self.push(Shape::new(Word::Duration)),
            Op::Time(_) | Op::Now => self.push(Shape::new(Word::Time)),
            Op::Enum(of, word) => {
                is_value(&self.known.enums, Value::Enum(of, word), Type::Enum(of)).then_some(())?;
                self.push(Shape::of(Type::Enum(of)))
            }
            Op::Text(_, bytes) => {
                core::str::from_utf8(bytes).ok()?;
                self.push(Shape::text(bytes.len() as u32))
            }
            Op::Load(slot) => self.push(Shape::of(*self.known.slots.get(usize::from(slot))?)),
            Op::Field(field, words_of) => {
                self.summary.reads_fields = true;
                let shape = Shape::of((*self.fields.get(usize::from(field))?)?);
                (shape.of == words_of).then(|| self.push(shape))?
            }
            Op::Condition(it) => (usize::from(it) < self.known.conditions).then(|| self.push(Shape::BOOL))?,
            Op::Not => {
                self.pop_bool()?;
                self.push(Shape::BOOL)
            }
            Op::Minus => {
                let result = self.pop()?.minus()?;
                self.made(result)
            }
            Op::And(distance) | Op::Or(distance) => self.jump(after + usize::from(distance)),
            Op::Compare(how) => self.compare(how),
            Op::Calculate(how) => {
                let (right, left) = (self.pop()?, self.pop()?);
                self.made(left.calculate(how, right)?)
            }
            Op::Join(count) => self.join(count.into()),
            Op::Call(function) => self.call(function),
            Op::List(ty, room) => self.list(ty, room.into()),
            Op::Append => self.append(),
            action => self.action(action),
        }
    }

    fn jump(&mut self, target: usize) -> Step {
        let depth = self.stack.len();
        self.pop_bool()?;
        let is_nested = self.jumps.last().is_none_or(|it| target <= it.target);
        is_nested.then(|| self.jumps.push(Jump { target, depth }))
    }

    fn compare(&mut self, how: Compare) -> Step {
        let (right, left) = (self.pop()?, self.pop()?);
        let has_order = !matches!(left.word, Word::Bool | Word::Enum | Word::List);
        let fits = left.is_like(right) && (has_order || matches!(how, Compare::Equal | Compare::NotEqual));
        fits.then(|| self.push(Shape::BOOL))?
    }

    fn join(&mut self, count: usize) -> Step {
        let mut bytes = 0_u32;
        for _ in 0..count {
            bytes = bytes.saturating_add(self.known.written(self.pop()?));
        }
        self.places.next(Place { items: 0, bytes });
        self.push(Shape::text(bytes))
    }

    fn call(&mut self, function: Function) -> Step {
        let result = if function.arity() == 2 {
            let (second, first) = (self.pop()?, self.pop()?);
            first.call_with(function, second)?
        } else {
            self.pop()?.call(function)?
        };
        if matches!(function, Function::Lower | Function::Upper) {
            self.places.next(Place { items: 0, bytes: result.0.bytes });
        }
        self.made(result)
    }

    fn list(&mut self, ty: Type<'t>, room: u32) -> Step {
        is_type(&self.known.enums, ty).then_some(())?;
        let element = Shape::of(ty);
        (element.word != Word::List).then_some(())?;
        let list = Shape { word: Word::List, items: room, ..element };
        self.places.next(list.room());
        self.push(list)
    }

    fn append(&mut self) -> Step {
        let (item, mut list) = (self.pop()?, self.pop()?);
        (list.word == Word::List && list.filled < list.items).then_some(())?;
        self.store(item, list.element())?;
        list.filled += 1;
        self.push(list)
    }

    /// A value goes where something of another shape is kept.
    fn store(&mut self, value: Shape, wanted: Shape) -> Step {
        let fits = value.fits(wanted);
        self.summary.may_fail |= fits == Fits::Maybe;
        (fits != Fits::Never).then_some(())
    }

    fn action(&mut self, op: Op<'t>) -> Step {
        match op {
            Op::Assign(slot) => {
                let ty = *self.known.slots[..self.known.data].get(usize::from(slot))?;
                let value = self.pop()?;
                self.store(value, Shape::of(ty))
            }
            Op::Emit(emit) => self.carry(self.known.emits.get(usize::from(emit))?),
            Op::Raise(signal) => {
                let (is_raisable, fields) = self.known.signals.get(usize::from(signal))?;
                is_raisable.then_some(())?;
                self.summary.raises.push(signal);
                self.summary.may_fail = true;
                self.carry(fields)
            }
            Op::Log => (self.pop()?.word == Word::Text).then_some(()),
            Op::Poll(watcher) => (usize::from(watcher) < self.known.watchers).then_some(()),
            _ => None,
        }
    }

    /// The last values become the fields of an event.
    fn carry(&mut self, fields: &[Type<'t>]) -> Step {
        for ty in fields.iter().rev() {
            let value = self.pop()?;
            self.store(value, Shape::of(*ty))?;
        }
        Some(())
    }
}
