//! Expressions and actions as instructions for a stack of values.

use super::EncodeError;
use super::bytes::Bytes;
use super::code::Encoded;
use crate::definition::{ActionKind, Definition, Expr, Type, Value};
use crate::limits::EXPR_DEPTH_MAX;
use crate::table::code::*;
use alloc::vec::Vec;

/// Writes instructions.
pub(super) struct Emitter<'b> {
    out: &'b mut Vec<u8>,
    /// The slot of the first fact: facts follow the data.
    facts_at: u16,
    depth: usize,
}

/// Whether what was written may fail.
pub(super) type MayFail = Encoded<bool>;

impl<'b> Emitter<'b> {
    pub(super) fn of(out: &'b mut Vec<u8>, definition: &Definition) -> Self {
        Self { out, facts_at: u16::try_from(definition.data.len()).unwrap_or(u16::MAX), depth: 0 }
    }

    fn op(&mut self, code: u8, operand: u16) {
        self.out.push(code);
        self.out.extend(operand.to_le_bytes());
    }

    pub(super) fn whole(&mut self, expr: &Expr) -> MayFail {
        let may_fail = self.expr(expr)?;
        self.out.push(opcode::END);
        Ok(may_fail)
    }

    pub(super) fn action(&mut self, action: &ActionKind) -> MayFail {
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
