//! The stack machine for calculations.

use super::function;
use super::value::{Keep, List, Span, Value, View};
use super::{Reason, Scratch};
use crate::Data;
use crate::data::Word;
use crate::definition::{Calculate, Compare, Function};
use crate::limits::STACK_MAX;
use crate::table::code::Op;
use crate::table::read::Reader;
use core::cmp::Ordering;
use core::fmt::Write;

/// Values of a calculation. A verified calculation never needs more room, nor takes what is not there.
pub(crate) struct Stack {
    values: [Value; STACK_MAX],
    depth: usize,
}

impl Stack {
    pub(crate) fn new() -> Self {
        Self { values: [Value::NONE; STACK_MAX], depth: 0 }
    }

    fn push(&mut self, value: Value) {
        if let Some(top) = self.values.get_mut(self.depth) {
            *top = value;
            self.depth += 1;
        }
    }

    pub(crate) fn pop(&mut self) -> Value {
        self.depth = self.depth.saturating_sub(1);
        self.values.get(self.depth).copied().unwrap_or(Value::NONE)
    }

    /// The last `count` values, first one first.
    pub(crate) fn last(&self, count: usize) -> &[Value] {
        self.values.get(self.depth.saturating_sub(count)..self.depth).unwrap_or(&[])
    }

    pub(crate) fn drop_last(&mut self, count: usize) {
        self.depth = self.depth.saturating_sub(count);
    }
}

/// Calculates up to an action or the end of the code, which is given back; its values are the last ones on the stack.
pub(crate) fn eval<'c>(
    view: &View<'_>,
    scratch: &mut Scratch,
    stack: &mut Stack,
    reader: &mut Reader<'c>,
) -> Result<Op<'c>, Reason> {
    loop {
        // Verified code ends with an end.
        let op = Op::read(reader).unwrap_or(Op::End);
        match op {
            Op::End | Op::Assign(_) | Op::Emit(_) | Op::Raise(_) | Op::Log | Op::Poll(_) => return Ok(op),
            Op::And(distance) | Op::Or(distance) => {
                let wanted = matches!(op, Op::Or(_));
                if matches!(stack.last(1), [Value::Bool(it)] if *it == wanted) {
                    reader.take(distance.into());
                } else {
                    stack.pop();
                }
            }
            other => Eval { view, scratch, stack }.step(other)?,
        }
    }
}

struct Eval<'e, 'v> {
    view: &'e View<'v>,
    scratch: &'e mut Scratch,
    stack: &'e mut Stack,
}

type Step = Result<(), Reason>;

impl Eval<'_, '_> {
    fn step(&mut self, op: Op<'_>) -> Step {
        let value = match op {
            Op::Bool(it) => Value::Bool(it),
            Op::Int(it) => Value::Int(it),
            Op::Float(it) => Value::Float(it),
            Op::Duration(it) => Value::Duration(it),
            Op::Time(it) => Value::Time(it),
            Op::Enum(of, word) => Value::Enum(of, word),
            Op::Text(start, bytes) => {
                Value::Text(Span { keep: Keep::Code, start: start as u32, length: bytes.len() as u32 })
            }
            Op::Load(slot) => Value::load(self.view, slot).unwrap_or(Value::NONE),
            Op::Field(field, of) => Value::field(self.view, field, of).unwrap_or(Value::NONE),
            Op::Condition(it) => Value::Bool(self.view.conditions.get(usize::from(it)).copied().unwrap_or(false)),
            Op::Now => Value::Time(self.view.wall),
            Op::Not => Value::Bool(!matches!(self.stack.pop(), Value::Bool(true))),
            Op::Minus => minus(self.stack.pop())?,
            Op::Compare(how) => self.compare(how),
            Op::Calculate(how) => {
                let (right, left) = (self.stack.pop(), self.stack.pop());
                calculate(how, left, right)?
            }
            Op::Join(count) => self.join(count.into())?,
            Op::Call(function) => self.call(function)?,
            Op::List(ty, room) => self.list(ty.word(), ty.words_of(), room.into(), ty.room().bytes)?,
            Op::Append => self.append()?,
            _ => return Ok(()),
        };
        self.stack.push(value);
        Ok(())
    }

    fn data(&self, value: Value) -> Data<'_> {
        value.data(self.view, self.scratch.made())
    }

    fn compare(&mut self, how: Compare) -> Value {
        let (right, left) = (self.stack.pop(), self.stack.pop());
        let (left, right) = (self.data(left), self.data(right));
        let order = function::order(left, right);
        Value::Bool(match how {
            Compare::Equal => left == right,
            Compare::NotEqual => left != right,
            Compare::Less => order == Some(Ordering::Less),
            Compare::LessOrEqual => order.is_some_and(Ordering::is_le),
            Compare::Greater => order == Some(Ordering::Greater),
            Compare::GreaterOrEqual => order.is_some_and(Ordering::is_ge),
        })
    }

    fn join(&mut self, count: usize) -> Result<Value, Reason> {
        let Self { view, scratch, stack } = self;
        let used = scratch.used.bytes as usize;
        let (made, room) = scratch.bytes.split_at_mut_checked(used).ok_or(Reason::Length)?;
        let made = super::Made { items: &scratch.items, bytes: made };
        let mut out = Room { bytes: room, length: 0 };
        for value in stack.last(count) {
            write(&mut out, view, *value, made).map_err(|_| Reason::Length)?;
        }
        let length = out.length as u32;
        stack.drop_last(count);
        Ok(self.made_text(length))
    }

    /// The bytes behind what was put together so far are a text now.
    fn made_text(&mut self, length: u32) -> Value {
        let start = self.scratch.used.bytes;
        self.scratch.used.bytes += length;
        Value::Text(Span { keep: Keep::Made, start, length })
    }

    fn call(&mut self, function: Function) -> Result<Value, Reason> {
        if let Function::Lower | Function::Upper = function {
            return self.change_case(function == Function::Upper);
        }
        if function.arity() == 1 {
            let value = self.stack.pop();
            return function::of_one(function, value, self.data(value));
        }
        let (second, first) = (self.stack.pop(), self.stack.pop());
        let (left, right) = (self.data(first), self.data(second));
        Ok(match function {
            Function::Min if function::order(left, right) == Some(Ordering::Greater) => second,
            Function::Max if function::order(left, right) == Some(Ordering::Less) => second,
            Function::Min | Function::Max => first,
            other => Value::Bool(function::of_two(other, left, right)),
        })
    }

    fn change_case(&mut self, to_upper: bool) -> Result<Value, Reason> {
        let value = self.stack.pop();
        let used = self.scratch.used.bytes as usize;
        let (made, room) = self.scratch.bytes.split_at_mut_checked(used).ok_or(Reason::Length)?;
        let made = super::Made { items: &self.scratch.items, bytes: made };
        let Data::Text(text) = value.data(self.view, made) else {
            return Ok(value);
        };
        let room = room.get_mut(..text.len()).ok_or(Reason::Length)?;
        room.copy_from_slice(text.as_bytes());
        if to_upper {
            room.make_ascii_uppercase()
        } else {
            room.make_ascii_lowercase()
        }
        let length = text.len() as u32;
        Ok(self.made_text(length))
    }

    fn list(&mut self, of: Word, words_of: u16, room: u32, stride: u32) -> Result<Value, Reason> {
        let start = self.scratch.used;
        let end = (start.items + room, start.bytes + room * stride);
        if end.0 as usize > self.scratch.items.len() || end.1 as usize > self.scratch.bytes.len() {
            return Err(Reason::Length);
        }
        (self.scratch.used.items, self.scratch.used.bytes) = end;
        let (items, bytes) = (start.items, start.bytes);
        Ok(Value::List(List { keep: Keep::Made, of, words_of, items, count: 0, bytes, stride }))
    }

    fn append(&mut self) -> Result<Value, Reason> {
        let (item, list) = (self.stack.pop(), self.stack.pop());
        let Value::List(mut list) = list else {
            return Ok(list);
        };
        let (used, at) = (list.bytes as usize, (list.items + list.count) as usize);
        let (made, room) = self.scratch.bytes.split_at_mut_checked(used).ok_or(Reason::Length)?;
        // An item is put together after its list was begun, so it may stand behind it.
        let word = match item {
            Value::Text(Span { keep: Keep::Made, start, length }) if start as usize >= used => {
                let (start, to) = (start as usize - used, (list.count * list.stride) as usize);
                let fits = length <= list.stride && start + length as usize <= room.len();
                if !fits || to + length as usize > room.len() {
                    return Err(Reason::Length);
                }
                room.copy_within(start..start + length as usize, to);
                i64::from(length)
            }
            other => {
                let made = super::Made { items: &self.scratch.items, bytes: made };
                let data = other.data(self.view, made);
                if let Data::Text(text) = data {
                    let to = (list.count * list.stride) as usize;
                    let room = room.get_mut(to..to + text.len()).filter(|_| text.len() <= list.stride as usize);
                    room.ok_or(Reason::Length)?.copy_from_slice(text.as_bytes());
                }
                data.word()
            }
        };
        *self.scratch.items.get_mut(at).ok_or(Reason::Length)? = word;
        list.count += 1;
        Ok(Value::List(list))
    }
}

fn minus(value: Value) -> Result<Value, Reason> {
    Ok(match value {
        Value::Int(it) => Value::Int(it.checked_neg().ok_or(Reason::Overflow)?),
        Value::Duration(it) => Value::Duration(it.checked_neg().ok_or(Reason::Overflow)?),
        Value::Float(it) => Value::Float(-it),
        other => other,
    })
}

fn calculate(how: Calculate, left: Value, right: Value) -> Result<Value, Reason> {
    use Value::{Duration, Float, Int, Time};
    Ok(match (left, right) {
        (Int(a), Int(b)) => Int(function::whole(how, a, b)?),
        (Float(a), Float(b)) => Float(function::fraction(how, a, b)?),
        (Duration(a), Duration(b)) if how == Calculate::Divide => Int(function::whole(how, a, b)?),
        (Duration(a), Duration(b) | Int(b)) => Duration(function::whole(how, a, b)?),
        (Time(a), Duration(b)) => Time(function::whole(how, a, b)?),
        (Time(a), Time(b)) => Duration(function::whole(how, a, b)?),
        _ => return Err(Reason::Conversion),
    })
}

/// Bytes that are written into from the front.
struct Room<'r> {
    bytes: &'r mut [u8],
    length: usize,
}

impl Write for Room<'_> {
    fn write_str(&mut self, text: &str) -> core::fmt::Result {
        let end = self.length + text.len();
        self.bytes.get_mut(self.length..end).ok_or(core::fmt::Error)?.copy_from_slice(text.as_bytes());
        self.length = end;
        Ok(())
    }
}

fn write(out: &mut Room<'_>, view: &View<'_>, value: Value, made: super::Made<'_>) -> core::fmt::Result {
    match (value, value.data(view, made)) {
        (Value::Enum(of, word), _) => out.write_str(view.table.word(of, word)),
        (Value::List(list), Data::List(items)) => {
            for (index, item) in items.iter().enumerate() {
                if index > 0 {
                    out.write_char(',')?;
                }
                match item {
                    Data::Enum(word) => out.write_str(view.table.word(list.words_of, word))?,
                    other => crate::text::write(out, other)?,
                }
            }
            Ok(())
        }
        (_, data) => crate::text::write(out, data),
    }
}
