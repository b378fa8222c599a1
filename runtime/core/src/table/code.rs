//! The code of guards, actions and calculations: what its bytes mean.
//!
//! Code stands in blocks, each at a multiple of [`CODE_UNIT`](super::layout::CODE_UNIT). What most guards and actions
//! are, a few words compared with or set to constants, is a row of short entries that need no stack. All else is code
//! for a stack of values, with jumps forward only, up to [`Op::End`] and padded with zeros.

use super::read::Reader;
use super::types::Type;
use crate::definition::{Calculate, Compare, Function};

/// What a block begins with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Form {
    /// Words compared with constants; all comparisons have to hold.
    Compare,
    /// Words set to constants, the first maybe increased by one.
    Set,
    /// A calculation: leaves one value on the stack.
    Expr,
    /// Actions; if one may fail, all are tried first.
    Actions { may_fail: bool },
}

/// Class of an entry: a word compared with a constant. The low bits are a truth table: less, equal, greater.
pub(crate) const ENTRY_COMPARE: u8 = 0x10;
/// Class of an entry: a word becomes a constant.
pub(crate) const ENTRY_SET: u8 = 0x20;
/// Class of an entry: a whole number without bounds is increased.
pub(crate) const ENTRY_ADD: u8 = 0x30;
/// Class of an entry: a whole number with bounds is increased; the bounds follow, two bytes each.
pub(crate) const ENTRY_ADD_WITHIN: u8 = 0x40;
/// The class of an entry.
pub(crate) const ENTRY_CLASS: u8 = 0xF0;
/// The truth table of an entry.
pub(crate) const ENTRY_TRUTH: u8 = 0x07;
/// It is the last entry of its block.
pub(crate) const ENTRY_LAST: u8 = 0x08;
/// First byte of a calculation.
pub(crate) const HEAD_EXPR: u8 = 0x80;
/// First byte of actions that cannot fail.
pub(crate) const HEAD_SURE: u8 = 0x81;
/// First byte of actions that may fail.
pub(crate) const HEAD_MAY_FAIL: u8 = 0x82;

impl Form {
    /// What a block with this first byte is.
    pub(crate) fn of(first: u8) -> Option<Self> {
        match (first, first & ENTRY_CLASS) {
            (HEAD_EXPR, _) => Some(Self::Expr),
            (HEAD_SURE | HEAD_MAY_FAIL, _) => Some(Self::Actions { may_fail: first == HEAD_MAY_FAIL }),
            (_, ENTRY_COMPARE) => Some(Self::Compare),
            (_, ENTRY_SET | ENTRY_ADD | ENTRY_ADD_WITHIN) => Some(Self::Set),
            _ => None,
        }
    }
}

/// Four bytes: class and truth table, slot, constant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Entry {
    pub(crate) head: u8,
    /// Index into the words of an instance.
    pub(crate) slot: u8,
    pub(crate) constant: i16,
}

impl Entry {
    #[inline(always)]
    pub(crate) fn of([head, slot, low, high]: [u8; 4]) -> Self {
        Self { head, slot, constant: i16::from_le_bytes([low, high]) }
    }

    pub(crate) fn to_bytes(self) -> [u8; 4] {
        let [low, high] = self.constant.to_le_bytes();
        [self.head, self.slot, low, high]
    }

    #[inline(always)]
    pub(crate) fn is_last(self) -> bool {
        self.head & ENTRY_LAST != 0
    }

    /// What is kept of the word that a change is for: all its bits, or none.
    #[inline(always)]
    pub(crate) fn keeps(self) -> i64 {
        const KEPT: [i64; 8] = {
            let mut kept = [-1; 8];
            kept[(ENTRY_SET >> 4) as usize] = 0;
            kept
        };
        // Without a branch on which it is: random events would mispredict it.
        KEPT[usize::from(self.head >> 4 & 7)]
    }

    /// Whether the truth table holds for this word.
    #[inline(always)]
    pub(crate) fn holds(self, word: i64) -> bool {
        let constant = i64::from(self.constant);
        let place = u8::from(word >= constant) + u8::from(word > constant);
        self.head >> place & 1 == 1
    }
}

/// One instruction for the stack of values.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Op<'t> {
    End,
    Bool(bool),
    Int(i64),
    Float(f64),
    Duration(i64),
    Time(i64),
    /// Enum and word.
    Enum(u16, u16),
    /// Where the text begins in the code, and the text.
    Text(usize, &'t [u8]),
    /// Data or a fact, by its slot.
    Load(u16),
    /// Field of the event, and the enum of its words if it has any.
    Field(u8, u16),
    Condition(u16),
    Now,
    Not,
    Minus,
    /// Jumps over so many bytes if the value is false and keeps it; otherwise drops it.
    And(u16),
    /// Jumps over so many bytes if the value is true and keeps it; otherwise drops it.
    Or(u16),
    Compare(Compare),
    Calculate(Calculate),
    /// The last so many values as one text.
    Join(u8),
    Call(Function),
    /// An empty list of this type with room for so many.
    List(Type<'t>, u16),
    /// The last value goes into the list below it.
    Append,
    Assign(u16),
    Emit(u16),
    Raise(u16),
    Log,
    Poll(u16),
}

/// The first bytes of instructions.
pub(crate) mod opcode {
    pub(crate) const END: u8 = 0;
    pub(crate) const FALSE: u8 = 1;
    pub(crate) const TRUE: u8 = 2;
    pub(crate) const SMALL: u8 = 3;
    pub(crate) const INT: u8 = 4;
    pub(crate) const FLOAT: u8 = 5;
    pub(crate) const DURATION: u8 = 6;
    pub(crate) const TIME: u8 = 7;
    pub(crate) const ENUM: u8 = 8;
    pub(crate) const TEXT: u8 = 9;
    pub(crate) const LOAD: u8 = 10;
    pub(crate) const FIELD: u8 = 11;
    pub(crate) const CONDITION: u8 = 12;
    pub(crate) const NOW: u8 = 13;
    pub(crate) const NOT: u8 = 14;
    pub(crate) const MINUS: u8 = 15;
    pub(crate) const AND: u8 = 16;
    pub(crate) const OR: u8 = 17;
    pub(crate) const COMPARE: u8 = 18;
    pub(crate) const CALCULATE: u8 = 19;
    pub(crate) const JOIN: u8 = 20;
    pub(crate) const CALL: u8 = 21;
    pub(crate) const LIST: u8 = 22;
    pub(crate) const APPEND: u8 = 23;
    pub(crate) const ASSIGN: u8 = 24;
    pub(crate) const EMIT: u8 = 25;
    pub(crate) const RAISE: u8 = 26;
    pub(crate) const LOG: u8 = 27;
    pub(crate) const POLL: u8 = 28;
}

/// Comparisons by their numbers.
pub(crate) const COMPARES: [Compare; 6] =
    [Compare::Equal, Compare::NotEqual, Compare::Less, Compare::LessOrEqual, Compare::Greater, Compare::GreaterOrEqual];
/// Calculations by their numbers.
pub(crate) const CALCULATIONS: [Calculate; 5] =
    [Calculate::Add, Calculate::Subtract, Calculate::Multiply, Calculate::Divide, Calculate::Remainder];
/// Functions by their numbers.
pub(crate) const FUNCTIONS: [Function; 12] = [
    Function::Min,
    Function::Max,
    Function::Abs,
    Function::Len,
    Function::Contains,
    Function::StartsWith,
    Function::EndsWith,
    Function::Matches,
    Function::Lower,
    Function::Upper,
    Function::ToInt,
    Function::ToFloat,
];

impl Function {
    /// How many values it takes.
    pub(crate) fn arity(self) -> usize {
        match self {
            Self::Abs | Self::Len | Self::Lower | Self::Upper | Self::ToInt | Self::ToFloat => 1,
            Self::Min | Self::Max | Self::Contains | Self::StartsWith | Self::EndsWith | Self::Matches => 2,
        }
    }
}

impl<'t> Op<'t> {
    /// The instruction that begins here; the reader moves behind it. `None` if it is none, or not in its one form.
    pub(crate) fn read(reader: &mut Reader<'t>) -> Option<Self> {
        Some(match reader.u8()? {
            opcode::END => Self::End,
            opcode::FALSE => Self::Bool(false),
            opcode::TRUE => Self::Bool(true),
            opcode::SMALL => Self::Int(i64::from(reader.u8()?.cast_signed())),
            opcode::INT => Self::Int(i64::from_le_bytes(reader.array()?)),
            opcode::FLOAT => Self::Float(f64::from_le_bytes(reader.array()?)),
            opcode::DURATION => Self::Duration(i64::from_le_bytes(reader.array()?)),
            opcode::TIME => Self::Time(i64::from_le_bytes(reader.array()?)),
            opcode::ENUM => Self::Enum(reader.u16()?, reader.u16()?),
            opcode::TEXT => {
                let length = reader.length()?;
                Self::Text(reader.position(), reader.take(length)?)
            }
            opcode::LOAD => Self::Load(reader.u16()?),
            opcode::FIELD => Self::Field(reader.u8()?, reader.u16()?),
            opcode::CONDITION => Self::Condition(reader.u16()?),
            opcode::NOW => Self::Now,
            opcode::NOT => Self::Not,
            opcode::MINUS => Self::Minus,
            opcode::AND => Self::And(reader.u16()?),
            opcode::OR => Self::Or(reader.u16()?),
            opcode::COMPARE => Self::Compare(*COMPARES.get(usize::from(reader.u8()?))?),
            opcode::CALCULATE => Self::Calculate(*CALCULATIONS.get(usize::from(reader.u8()?))?),
            opcode::JOIN => Self::Join(reader.u8()?),
            opcode::CALL => Self::Call(*FUNCTIONS.get(usize::from(reader.u8()?))?),
            opcode::LIST => Self::List(Type::read(reader)?, reader.u16()?),
            opcode::APPEND => Self::Append,
            other => Self::read_action(other, reader)?,
        })
    }

    fn read_action(code: u8, reader: &mut Reader<'t>) -> Option<Self> {
        Some(match code {
            opcode::ASSIGN => Self::Assign(reader.u16()?),
            opcode::EMIT => Self::Emit(reader.u16()?),
            opcode::RAISE => Self::Raise(reader.u16()?),
            opcode::LOG => Self::Log,
            opcode::POLL => Self::Poll(reader.u16()?),
            _ => return None,
        })
    }

    /// Actions with such an instruction count as possibly failing, so that they are tried before they are done.
    pub(crate) fn may_fail(&self) -> bool {
        match self {
            Self::Minus | Self::Calculate(_) | Self::Append => true,
            Self::Assign(_) | Self::Emit(_) | Self::Raise(_) => true,
            Self::Call(function) => matches!(function, Function::Abs | Function::ToInt | Function::ToFloat),
            _ => false,
        }
    }
}
