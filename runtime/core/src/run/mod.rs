//! Calculations of a running machine: values on a stack, text and lists put together in memory that is there from the
//! start. What is looked at does not change while it is; what changes is [`Store`], between calculations.

mod eval;
mod function;
mod store;
mod value;

pub(crate) use eval::{Stack, eval};
pub(crate) use store::{Around, Record, Store, check, read};
pub(crate) use value::{Made, Value};

use crate::table::places::Place;
use alloc::{boxed::Box, vec};

/// Why a calculation fails, as an index into [`FAULT_REASONS`](crate::definition::FAULT_REASONS).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum Reason {
    Overflow,
    Division,
    Range,
    Length,
    Conversion,
    Queue,
}

/// A calculation that failed, and where in the code; `None` where no code is to blame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Failure {
    pub(crate) reason: Reason,
    pub(crate) at: Option<usize>,
}

/// Memory for what calculations put together; taken from the start anew by each piece of code.
#[derive(Clone, Debug, Default)]
pub(crate) struct Scratch {
    items: Box<[i64]>,
    bytes: Box<[u8]>,
    used: Place,
}

impl Scratch {
    pub(crate) fn new(room: Place) -> Self {
        Self {
            items: vec![0; room.items as usize].into(),
            bytes: vec![0; room.bytes as usize].into(),
            used: Place::default(),
        }
    }

    /// Nothing of it is needed any more.
    pub(crate) fn clear(&mut self) {
        self.used = Place::default();
    }

    pub(crate) fn made(&self) -> Made<'_> {
        Made { items: &self.items, bytes: &self.bytes }
    }
}
