//! A section while it grows.

use super::EncodeError;
use crate::definition::{Expr, Field, Type, Value};
use crate::table::layout::*;
use alloc::vec::Vec;

/// A section while it grows.
#[derive(Default)]
pub(super) struct Bytes {
    pub(super) bytes: Vec<u8>,
    pub(super) width: Option<Width>,
}

impl Bytes {
    pub(super) fn u8(&mut self, it: u8) {
        self.bytes.push(it);
    }

    pub(super) fn u16(&mut self, it: u16) {
        self.bytes.extend_from_slice(&it.to_le_bytes());
    }

    pub(super) fn u32(&mut self, it: u32) {
        self.bytes.extend_from_slice(&it.to_le_bytes());
    }

    pub(super) fn id(&mut self, it: Option<u16>) {
        let wide = self.width.is_some_and(|width| width.wide);
        let it = it.unwrap_or(u16::MAX).to_le_bytes();
        self.bytes.extend_from_slice(&it[..if wide { 2 } else { 1 }]);
    }

    /// One that is too long stays too long, and is refused by the verifier.
    pub(super) fn duration(&mut self, ms: u64) {
        let ms = ms.min((1 << (8 * DURATION)) - 1);
        self.bytes.extend_from_slice(&ms.to_le_bytes()[..DURATION]);
    }

    /// Length as LEB128, then the bytes.
    pub(super) fn text(&mut self, it: &str) {
        self.length(it.len());
        self.bytes.extend_from_slice(it.as_bytes());
    }

    pub(super) fn length(&mut self, mut it: usize) {
        while it >= 0x80 {
            self.u8(it as u8 | 0x80);
            it >>= 7;
        }
        self.u8(it as u8);
    }

    /// Zigzag and LEB128.
    pub(super) fn signed(&mut self, it: i64) {
        self.length((it << 1 ^ it >> 63) as usize);
    }

    pub(super) fn count(&mut self, it: usize) {
        self.u16(it as u16);
    }

    pub(super) fn fields(&mut self, fields: &[Field]) {
        self.u8(fields.len() as u8);
        for field in fields {
            self.text(&field.name);
            self.ty(&field.ty);
        }
    }

    pub(super) fn ty(&mut self, ty: &Type) {
        match ty {
            Type::Bool => self.u8(TYPE_BOOL),
            Type::Int { min: i64::MIN, max: i64::MAX } => self.u8(TYPE_INT),
            Type::Int { min, max } => match (i16::try_from(*min), i16::try_from(*max)) {
                (Ok(min), Ok(max)) => {
                    self.tagged(TYPE_SMALL, &min.to_le_bytes());
                    self.bytes.extend(max.to_le_bytes());
                }
                _ => {
                    self.tagged(TYPE_RANGE, &min.to_le_bytes());
                    self.bytes.extend(max.to_le_bytes());
                }
            },
            Type::Float => self.u8(TYPE_FLOAT),
            Type::Text { max } => self.tagged(TYPE_TEXT, &max.to_le_bytes()),
            Type::Duration => self.u8(TYPE_DURATION),
            Type::Time => self.u8(TYPE_TIME),
            Type::Enum(of) => self.tagged(TYPE_ENUM, &of.to_le_bytes()),
            Type::List { of, max } => {
                self.tagged(TYPE_LIST, &max.to_le_bytes());
                // A list of lists is refused by the verifier, however deep.
                if matches!(**of, Type::List { .. }) { self.u8(TYPE_LIST) } else { self.ty(of) }
            }
        }
    }

    /// A value; `code` gives the number of a calculation.
    pub(super) fn value(
        &mut self,
        it: &Value,
        code: &mut impl FnMut(&Expr) -> Result<u16, EncodeError>,
    ) -> Result<(), EncodeError> {
        match it {
            Value::Bool(it) => self.u8(u8::from(*it)),
            Value::Int(it) => match i8::try_from(*it) {
                Ok(small) => self.tagged(VALUE_SMALL, &small.to_le_bytes()),
                Err(_) => self.tagged(VALUE_INT, &it.to_le_bytes()),
            },
            Value::Float(it) => self.tagged(VALUE_FLOAT, &it.to_le_bytes()),
            Value::Duration(it) => self.tagged(VALUE_DURATION, &it.to_le_bytes()[..VALUE_DURATION_BYTES]),
            Value::Text(it) => match u8::try_from(it.len()) {
                Ok(length) if length < VALUE_SHORT => self.tagged(VALUE_SHORT | length, it.as_bytes()),
                _ => {
                    self.u8(VALUE_TEXT);
                    self.text(it);
                }
            },
            Value::List(items) => {
                self.u8(VALUE_LIST);
                self.length(items.len());
                items.iter().try_for_each(|it| self.value(it, code))?;
            }
            Value::Map(entries) => {
                self.u8(VALUE_MAP);
                self.length(entries.len());
                for (key, it) in entries {
                    self.text(key);
                    self.value(it, code)?;
                }
            }
            Value::Time(it) => self.tagged(VALUE_TIME, &it.to_le_bytes()),
            Value::Enum(of, word) => {
                self.tagged(VALUE_ENUM, &of.to_le_bytes());
                self.u16(*word);
            }
            Value::Secret(it) => self.tagged(VALUE_SECRET, &it.to_le_bytes()),
            Value::Computed(expr) => {
                let number = code(expr)?;
                self.tagged(VALUE_COMPUTED, &number.to_le_bytes());
            }
        }
        Ok(())
    }

    pub(super) fn tagged(&mut self, tag: u8, bytes: &[u8]) {
        self.u8(tag);
        self.bytes.extend_from_slice(bytes);
    }
}
