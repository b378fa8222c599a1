//! Guards, actions and calculations into code: short entries where they suffice, instructions for the stack elsewhere.

use super::EncodeError;
use super::emitter::Emitter;
use crate::definition::{Action, ActionKind, Calculate, Compare, Definition, Expr, Guard, Position, Type, Value};
use crate::limits::CODE_MAX;
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

pub(super) type Encoded<T> = Result<T, EncodeError>;

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
