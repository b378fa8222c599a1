//! Guards, actions and calculations into code: short entries where they suffice, instructions for the stack elsewhere.

use super::EncodeError;
use super::bytes::Bytes;
use crate::definition::{Action, ActionKind, Calculate, Compare, Definition, Expr, Guard, Position, Type, Value};
use crate::limits::{CODE_MAX, EXPR_DEPTH_MAX};
use crate::table::code::*;
use crate::table::layout::{CODE_UNIT, NO_CODE};
use alloc::{collections::BTreeMap, vec, vec::Vec};

/// A number that points at nothing, for definitions that do; the verifier refuses it.
const DANGLING: u16 = NO_CODE - 1;

/// Collects code; what is the same, position included, is there once.
pub(super) struct Coder<'d> {
    definition: &'d Definition,
    pub(super) bytes: Vec<u8>,
    /// Where in the code something begins that may fail, and where that stands in the source.
    pub(super) positions: Places,
    seen: BTreeMap<(Vec<u8>, Places), u16>,
}

/// Offsets in the code, and where in the source they are.
type Places = Vec<(usize, Position)>;

type Encoded<T> = Result<T, EncodeError>;

impl<'d> Coder<'d> {
    pub(super) fn new(definition: &'d Definition) -> Self {
        Self { definition, bytes: Vec::new(), positions: Vec::new(), seen: BTreeMap::new() }
    }

    /// The number of a guard's code.
    pub(super) fn guard(&mut self, index: Option<u16>) -> Encoded<u16> {
        let Some(index) = index else { return Ok(NO_CODE) };
        match self.definition.guards.get(usize::from(index)) {
            Some(guard) => self.guard_code(guard),
            None => Ok(DANGLING),
        }
    }

    fn guard_code(&mut self, guard: &Guard) -> Encoded<u16> {
        let mut entries = Vec::new();
        if comparisons(&guard.expr, &mut entries) {
            return self.entries(entries, Vec::new());
        }
        let mut body = vec![HEAD_EXPR];
        let may_fail = Emitter::of(&mut body, self.definition).whole(&guard.expr)?;
        let positions = if may_fail { vec![(0, guard.position)] } else { Vec::new() };
        self.add(body, positions)
    }

    /// The number of a calculation's code.
    pub(super) fn calculation(&mut self, expr: &Expr) -> Encoded<u16> {
        let mut body = vec![HEAD_EXPR];
        Emitter::of(&mut body, self.definition).whole(expr)?;
        self.add(body, Vec::new())
    }

    /// The number of the code of a sequence of actions; none for an empty one.
    pub(super) fn block(&mut self, index: Option<u16>) -> Encoded<u16> {
        let Some(index) = index else { return Ok(NO_CODE) };
        match self.definition.blocks.get(usize::from(index)).map(Vec::as_slice) {
            Some([]) => Ok(NO_CODE),
            Some(actions) => self.block_code(actions),
            None => Ok(DANGLING),
        }
    }

    fn block_code(&mut self, actions: &[Action]) -> Encoded<u16> {
        if let Some(entries) = self.changes(actions) {
            let adds = entries.first().is_some_and(|it| it.0.head & ENTRY_CLASS != ENTRY_SET);
            let positions = if adds { vec![(0, actions[0].position)] } else { Vec::new() };
            return self.entries(entries, positions);
        }
        let (mut body, mut positions) = (vec![HEAD_SURE], Vec::new());
        for action in actions {
            let start = body.len();
            if Emitter::of(&mut body, self.definition).action(&action.kind)? {
                positions.push((start, action.position));
                body[0] = HEAD_MAY_FAIL;
            }
        }
        body.push(opcode::END);
        self.add(body, positions)
    }

    /// Entries for actions that only set words, the first maybe increasing one.
    fn changes(&self, actions: &[Action]) -> Option<Vec<(Entry, Option<[i16; 2]>)>> {
        let mut entries = Vec::new();
        for action in actions {
            let ActionKind::Assign { data, value } = &action.kind else { return None };
            let slot = u8::try_from(*data).ok()?;
            let ty = &self.definition.data.get(usize::from(*data))?.field.ty;
            let entry = match value {
                Expr::Value(value) if is_within(value, ty) => {
                    (Entry { head: ENTRY_SET, slot, constant: small(value)? }, None)
                }
                other if entries.is_empty() => increase(*data, ty, other)?,
                _ => return None,
            };
            entries.push(entry);
        }
        Some(entries)
    }

    fn entries(&mut self, entries: Vec<(Entry, Option<[i16; 2]>)>, positions: Places) -> Encoded<u16> {
        let (mut body, last) = (Vec::new(), entries.len() - 1);
        for (index, (entry, bounds)) in entries.into_iter().enumerate() {
            let mark = if index == last { ENTRY_LAST } else { 0 };
            body.extend(Entry { head: entry.head | mark, ..entry }.to_bytes());
            bounds.into_iter().flatten().for_each(|it| body.extend(it.to_le_bytes()));
        }
        self.add(body, positions)
    }

    fn add(&mut self, mut body: Vec<u8>, positions: Places) -> Encoded<u16> {
        body.resize(body.len().next_multiple_of(CODE_UNIT), 0);
        let start = self.bytes.len();
        if start + body.len() > CODE_MAX {
            return Err(EncodeError { what: "bytes of code", given: start + body.len(), limit: CODE_MAX });
        }
        let key = (body, positions);
        if let Some(number) = self.seen.get(&key) {
            return Ok(*number);
        }
        let number = (start / CODE_UNIT) as u16;
        self.bytes.extend(&key.0);
        self.positions.extend(key.1.iter().map(|(at, position)| (start + at, *position)));
        self.seen.insert(key, number);
        Ok(number)
    }
}

/// Takes a guard apart into comparisons of words with constants; false if it is something else.
fn comparisons(expr: &Expr, out: &mut Vec<(Entry, Option<[i16; 2]>)>) -> bool {
    let entry = match expr {
        Expr::And(left, right) => return comparisons(left, out) && comparisons(right, out),
        Expr::Data(data) => truth(*data, true),
        Expr::Not(inner) => match &**inner {
            Expr::Data(data) => truth(*data, false),
            _ => None,
        },
        Expr::Compare(compare, left, right) => comparison(*compare, left, right),
        _ => None,
    };
    out.extend(entry.map(|it| (it, None)));
    entry.is_some() && out.len() < 32
}

fn truth(data: u16, wanted: bool) -> Option<Entry> {
    let slot = u8::try_from(data).ok()?;
    Some(Entry { head: ENTRY_COMPARE | 0b010, slot, constant: i16::from(wanted) })
}

fn comparison(compare: Compare, left: &Expr, right: &Expr) -> Option<Entry> {
    let (data, value, is_turned) = match (left, right) {
        (Expr::Data(data), Expr::Value(value)) => (*data, value, false),
        (Expr::Value(value), Expr::Data(data)) => (*data, value, true),
        _ => return None,
    };
    // Bit 0: less, bit 1: equal, bit 2: greater.
    let truth = match compare {
        Compare::Equal => 0b010,
        Compare::NotEqual => 0b101,
        Compare::Less => 0b001,
        Compare::LessOrEqual => 0b011,
        Compare::Greater => 0b100,
        Compare::GreaterOrEqual => 0b110,
    };
    let turned = truth & 0b010 | (truth & 1) << 2 | truth >> 2;
    let slot = u8::try_from(data).ok()?;
    Some(Entry { head: ENTRY_COMPARE | if is_turned { turned } else { truth }, slot, constant: small(value)? })
}

/// A constant that fits an entry.
fn small(value: &Value) -> Option<i16> {
    match value {
        Value::Bool(it) => Some(i16::from(*it)),
        Value::Int(it) | Value::Time(it) => i16::try_from(*it).ok(),
        Value::Duration(it) => i16::try_from(*it).ok(),
        Value::Enum(_, word) => i16::try_from(*word).ok(),
        _ => None,
    }
}

/// What is out of range is a fault when it is reached.
fn is_within(value: &Value, ty: &Type) -> bool {
    match (value, ty) {
        (Value::Int(it), Type::Int { min, max }) => min <= it && it <= max,
        _ => true,
    }
}

/// `x + c` or `x - c` of the same data.
fn increase(data: u16, ty: &Type, value: &Expr) -> Option<(Entry, Option<[i16; 2]>)> {
    let Expr::Calculate(how, left, right) = value else { return None };
    let (Expr::Data(of), Expr::Value(Value::Int(by)), Type::Int { min, max }) = (&**left, &**right, ty) else {
        return None;
    };
    let by = match how {
        Calculate::Add => *by,
        Calculate::Subtract => by.checked_neg()?,
        _ => return None,
    };
    let (slot, constant) = (u8::try_from(data).ok()?, i16::try_from(by).ok()?);
    let (head, bounds) = match (i16::try_from(*min), i16::try_from(*max)) {
        _ if *ty == Type::INT => (ENTRY_ADD, None),
        (Ok(min), Ok(max)) => (ENTRY_ADD_WITHIN, Some([min, max])),
        _ => return None,
    };
    (*of == data).then_some((Entry { head, slot, constant }, bounds))
}

/// Writes instructions.
struct Emitter<'b> {
    out: &'b mut Vec<u8>,
    /// The slot of the first fact: facts follow the data.
    facts_at: u16,
    depth: usize,
}

/// Whether what was written may fail.
type MayFail = Encoded<bool>;

impl<'b> Emitter<'b> {
    fn of(out: &'b mut Vec<u8>, definition: &Definition) -> Self {
        Self { out, facts_at: u16::try_from(definition.data.len()).unwrap_or(u16::MAX), depth: 0 }
    }

    fn op(&mut self, code: u8, operand: u16) {
        self.out.push(code);
        self.out.extend(operand.to_le_bytes());
    }

    fn whole(&mut self, expr: &Expr) -> MayFail {
        let may_fail = self.expr(expr)?;
        self.out.push(opcode::END);
        Ok(may_fail)
    }

    fn action(&mut self, action: &ActionKind) -> MayFail {
        match action {
            ActionKind::Assign { data, value } => {
                self.expr(value)?;
                self.op(opcode::ASSIGN, *data);
                Ok(true)
            }
            ActionKind::Emit { emit, values } => {
                self.all(values)?;
                self.op(opcode::EMIT, *emit);
                Ok(true)
            }
            ActionKind::Raise { signal, values } => {
                self.all(values)?;
                self.op(opcode::RAISE, *signal);
                Ok(true)
            }
            ActionKind::Log(text) => {
                let may_fail = self.expr(text)?;
                self.out.push(opcode::LOG);
                Ok(may_fail)
            }
            ActionKind::Poll(watcher) => {
                self.op(opcode::POLL, *watcher);
                Ok(false)
            }
        }
    }

    fn all(&mut self, values: &[Expr]) -> MayFail {
        values.iter().try_fold(false, |may_fail, it| Ok(self.expr(it)? | may_fail))
    }

    fn expr(&mut self, expr: &Expr) -> MayFail {
        self.depth += 1;
        if self.depth > EXPR_DEPTH_MAX {
            let what = "calculations inside one another";
            return Err(EncodeError { what, given: self.depth, limit: EXPR_DEPTH_MAX });
        }
        let may_fail = self.inner(expr);
        self.depth -= 1;
        may_fail
    }

    fn inner(&mut self, expr: &Expr) -> MayFail {
        match expr {
            Expr::Value(value) => self.value(value),
            Expr::Data(data) => Ok(self.load(opcode::LOAD, *data)),
            Expr::Fact(fact) => Ok(self.load(opcode::LOAD, fact.saturating_add(self.facts_at))),
            Expr::Field(field, ty) => {
                self.out.extend([opcode::FIELD, *field]);
                self.out.extend(words_of(ty).to_le_bytes());
                Ok(false)
            }
            Expr::Condition(condition) => Ok(self.load(opcode::CONDITION, *condition)),
            Expr::Now => {
                self.out.push(opcode::NOW);
                Ok(false)
            }
            Expr::Not(it) => self.one(it, &[opcode::NOT]),
            Expr::Minus(it) => self.one(it, &[opcode::MINUS]).map(|_| true),
            Expr::And(left, right) => self.jump(opcode::AND, left, right),
            Expr::Or(left, right) => self.jump(opcode::OR, left, right),
            Expr::Compare(how, left, right) => self.two(left, right, opcode::COMPARE, position(&COMPARES, how)),
            Expr::Calculate(how, left, right) => {
                self.two(left, right, opcode::CALCULATE, position(&CALCULATIONS, how)).map(|_| true)
            }
            Expr::Text(parts) => {
                let may_fail = self.all(parts)?;
                self.out.extend([opcode::JOIN, u8::try_from(parts.len()).unwrap_or(u8::MAX)]);
                Ok(may_fail)
            }
            Expr::Call(function, values) => {
                let may_fail = self.all(values)?;
                self.out.extend([opcode::CALL, position(&FUNCTIONS, function)]);
                Ok(may_fail || Op::Call(*function).may_fail())
            }
            Expr::List(ty, items) => {
                self.list(ty, items.len());
                for item in items {
                    self.one(item, &[opcode::APPEND])?;
                }
                Ok(!items.is_empty())
            }
        }
    }

    fn load(&mut self, code: u8, operand: u16) -> bool {
        self.op(code, operand);
        false
    }

    fn one(&mut self, value: &Expr, then: &[u8]) -> MayFail {
        let may_fail = self.expr(value)?;
        self.out.extend(then);
        Ok(may_fail)
    }

    fn two(&mut self, left: &Expr, right: &Expr, code: u8, which: u8) -> MayFail {
        let may_fail = self.expr(left)? | self.expr(right)?;
        self.out.extend([code, which]);
        Ok(may_fail)
    }

    /// The first value, then a jump over the second.
    fn jump(&mut self, code: u8, left: &Expr, right: &Expr) -> MayFail {
        let first = self.expr(left)?;
        self.op(code, 0);
        let start = self.out.len();
        let second = self.expr(right)?;
        let length = self.out.len() - start;
        let limit = usize::from(u16::MAX);
        let distance =
            u16::try_from(length).map_err(|_| EncodeError { what: "bytes of a condition", given: length, limit })?;
        self.out[start - 2..start].copy_from_slice(&distance.to_le_bytes());
        Ok(first | second)
    }

    fn list(&mut self, ty: &Type, room: usize) {
        self.out.push(opcode::LIST);
        let mut bytes = Bytes::default();
        bytes.ty(ty);
        self.out.extend(bytes.bytes);
        self.out.extend(u16::try_from(room).unwrap_or(u16::MAX).to_le_bytes());
    }

    fn value(&mut self, value: &Value) -> MayFail {
        match value {
            Value::Bool(it) => self.out.push(if *it { opcode::TRUE } else { opcode::FALSE }),
            Value::Int(it) => match i8::try_from(*it) {
                Ok(small) => self.out.extend([opcode::SMALL, small.cast_unsigned()]),
                Err(_) => self.eight(opcode::INT, it.to_le_bytes()),
            },
            Value::Float(it) => self.eight(opcode::FLOAT, it.to_le_bytes()),
            Value::Duration(it) => self.eight(opcode::DURATION, it.to_le_bytes()),
            Value::Time(it) => self.eight(opcode::TIME, it.to_le_bytes()),
            Value::Enum(of, word) => {
                self.op(opcode::ENUM, *of);
                self.out.extend(word.to_le_bytes());
            }
            Value::Text(it) => {
                let mut bytes = Bytes::default();
                bytes.text(it);
                self.out.push(opcode::TEXT);
                self.out.extend(bytes.bytes);
            }
            Value::List(items) => return self.constants(items),
            Value::Computed(expr) => return self.expr(expr),
            // Never in a calculation; the verifier refuses it.
            Value::Map(_) | Value::Secret(_) => self.out.push(u8::MAX),
        }
        Ok(false)
    }

    fn eight(&mut self, code: u8, bytes: [u8; 8]) {
        self.out.push(code);
        self.out.extend(bytes);
    }

    /// A constant list as one that is put together. An empty one has no type of its own; it is compared by length.
    fn constants(&mut self, items: &[Value]) -> MayFail {
        let ty = items.first().map_or(Type::Bool, |first| type_of(first, items));
        self.list(&ty, items.len());
        for item in items {
            self.value(item)?;
            self.out.push(opcode::APPEND);
        }
        Ok(!items.is_empty())
    }
}

/// The enum of the words of a type.
fn words_of(ty: &Type) -> u16 {
    match ty {
        Type::Enum(of) => *of,
        Type::List { of, .. } => words_of(of),
        _ => 0,
    }
}

fn type_of(first: &Value, items: &[Value]) -> Type {
    let longest = |it: &Value| if let Value::Text(it) = it { it.len() } else { 0 };
    match first {
        Value::Int(_) => Type::INT,
        Value::Float(_) => Type::Float,
        Value::Duration(_) => Type::Duration,
        Value::Time(_) => Type::Time,
        Value::Enum(of, _) => Type::Enum(*of),
        Value::Text(_) => Type::Text {
            max: items.iter().map(longest).max().and_then(|it| u16::try_from(it).ok()).unwrap_or(u16::MAX),
        },
        _ => Type::Bool,
    }
}

/// The number of an operator.
fn position<T: PartialEq>(all: &[T], wanted: &T) -> u8 {
    all.iter().position(|it| it == wanted).map_or(u8::MAX, |it| it as u8)
}
