//! The code, block by block.

use super::flow::{Flow, Summary};
use super::known::Known;
use super::roles::{Code, Use};
use super::shape::Shape;
use super::{Check, Checked, Needs};
use crate::table::code::*;
use crate::table::layout::CODE_UNIT;
use crate::table::places::{Place, Places};
use crate::table::read::Reader;
use crate::table::types::Type;
use crate::table::{Fault, Section};
use alloc::vec::Vec;

/// Where a block stands.
pub(super) struct Block {
    /// How columns call it.
    pub(super) number: u16,
    form: Form,
    /// In bytes from the beginning of the code.
    start: usize,
}

impl<'t> Check<'t> {
    /// The code, cut into blocks that fill it.
    pub(super) fn blocks(&self) -> Checked<Vec<Block>> {
        let code = self.table.extra.code;
        let (mut blocks, mut reader) = (Vec::new(), Reader::new(code));
        while !reader.is_at_end() {
            let start = reader.position();
            let fail = |holds| self.ensure(holds, Section::Code, start, Fault::Code);
            let number = u16::try_from(start / CODE_UNIT).ok().filter(|it| *it != u16::MAX);
            let (Some(form), Some(number)) = (Form::of(code[start]), number) else {
                fail(false)?;
                break;
            };
            fail(pass(form, &mut reader).is_some())?;
            let padding = reader.position().next_multiple_of(CODE_UNIT) - reader.position();
            fail(reader.take(padding).is_some_and(|it| it.iter().all(|byte| *byte == 0)))?;
            blocks.push(Block { number, form, start });
        }
        Ok(blocks)
    }

    /// One block, with the fields that it may read and what it is used for.
    pub(super) fn block(
        &self,
        known: &Known<'t>,
        block: &Block,
        fields: &[Option<Type<'t>>],
        uses: &[Use],
    ) -> Checked<Summary> {
        let fail = |holds, fault| self.ensure(holds, Section::Code, block.start, fault);
        let is_calculation = matches!(block.form, Form::Compare | Form::Expr);
        fail(uses.iter().all(|it| (*it == Use::Actions) != is_calculation), Fault::Code)?;
        let mut reader = Reader::new(self.table.extra.code);
        reader.take(block.start);
        if let Form::Compare | Form::Set = block.form {
            fail(entries(known, &mut reader).is_some(), Fault::Code)?;
            fail(!(block.form == Form::Compare && uses.contains(&Use::Argument)), Fault::Code)?;
            return Ok(Summary::default());
        }
        reader.take(1);
        let Some(summary) = Flow::of(known, fields, &mut reader) else {
            let reads_fields = reads_fields(Reader::new(self.table.extra.code), block.start);
            let fault = if reads_fields { Fault::Field } else { Fault::Code };
            return fail(false, fault).map(|()| Summary::default());
        };
        self.fits(block, &summary, uses)?;
        Ok(summary)
    }

    /// The result is what the use asks for, and what may fail is where that can be dealt with.
    fn fits(&self, block: &Block, summary: &Summary, uses: &[Use]) -> Checked {
        let fail = |holds, fault| self.ensure(holds, Section::Code, block.start, fault);
        match block.form {
            Form::Actions { may_fail } => fail(summary.result.is_none() && may_fail == summary.is_tried, Fault::Code),
            _ => {
                fail(summary.result.is_some(), Fault::Code)?;
                fail(!uses.contains(&Use::Guard) || summary.result == Some(Shape::BOOL), Fault::Code)?;
                let is_argument = uses.contains(&Use::Argument);
                fail(!is_argument || !summary.is_made, Fault::Code)?;
                fail(!is_argument || !summary.may_fail, Fault::MayFail)
            }
        }
    }

    /// What an instance needs of memory beside what every machine does.
    pub(super) fn needs(&self, known: &Known<'_>, code: &Code) -> Needs {
        let mut needs = Needs { scratch: code.scratch, reads_fields: code.reads_fields, ..Needs::default() };
        let mut all = Places::default();
        for (slot, ty) in known.slots.iter().enumerate() {
            all.next(ty.room());
            if slot + 1 == known.data {
                needs.data = all.taken;
            }
        }
        needs.slots = all.taken;
        for signal in code.raises.all() {
            let fields = known.signals.get(usize::from(signal)).map_or(&[][..], |it| &it.1);
            let mut record = Places::default();
            fields.iter().for_each(|ty| _ = record.next(ty.room()));
            needs.raises = true;
            needs.words = needs.words.max(fields.len() as u16);
            let Place { items, bytes } = record.taken;
            needs.queued = Place { items: needs.queued.items.max(items), bytes: needs.queued.bytes.max(bytes) };
        }
        needs
    }
}

/// Moves behind a block.
fn pass(form: Form, reader: &mut Reader<'_>) -> Option<()> {
    if let Form::Compare | Form::Set = form {
        while !entry(reader)?.0.is_last() {}
        return Some(());
    }
    reader.u8()?;
    while Op::read(reader)? != Op::End {}
    Some(())
}

/// The entry that begins here, with bounds if it has any.
fn entry(reader: &mut Reader<'_>) -> Option<(Entry, Option<[i64; 2]>)> {
    let entry = Entry::of(reader.array()?);
    let mut bound = || reader.u16().map(|it| i64::from(it.cast_signed()));
    let has_bounds = entry.head & ENTRY_CLASS == ENTRY_ADD_WITHIN;
    Some((entry, if has_bounds { Some([bound()?, bound()?]) } else { None }))
}

/// All entries of a block are of one form, increase only at first, and fit the types of their slots.
fn entries(known: &Known<'_>, reader: &mut Reader<'_>) -> Option<()> {
    let mut first = None;
    loop {
        let (entry, bounds) = entry(reader)?;
        let class = entry.head & ENTRY_CLASS;
        let is_compare = class == ENTRY_COMPARE;
        let is_same_form = first.is_none_or(|first: u8| (first == ENTRY_COMPARE) == is_compare);
        let in_place = matches!(class, ENTRY_COMPARE | ENTRY_SET) || first.is_none();
        let ty =
            *known.slots.get(usize::from(entry.slot)).filter(|_| is_compare || usize::from(entry.slot) < known.data)?;
        (is_same_form && in_place && fits(known, entry, bounds, ty)).then_some(())?;
        first = first.or(Some(class));
        if entry.is_last() {
            return Some(());
        }
    }
}

fn fits(known: &Known<'_>, entry: Entry, bounds: Option<[i64; 2]>, ty: Type<'_>) -> bool {
    let (constant, truth) = (i64::from(entry.constant), entry.head & ENTRY_TRUTH);
    match entry.head & ENTRY_CLASS {
        ENTRY_COMPARE => match ty {
            Type::Int { .. } | Type::Duration | Type::Time => (1..=6).contains(&truth),
            Type::Bool | Type::Enum(_) => matches!(truth, 0b010 | 0b101),
            _ => false,
        },
        _ if truth != 0 => false,
        ENTRY_SET => match ty {
            Type::Int { min, max } => min <= constant && constant <= max,
            Type::Bool => constant == 0 || constant == 1,
            Type::Enum(of) => {
                known.enums.get(usize::from(of)).is_some_and(|it| (0..i64::from(it.0)).contains(&constant))
            }
            Type::Duration | Type::Time => true,
            _ => false,
        },
        ENTRY_ADD => ty == Type::Int { min: i64::MIN, max: i64::MAX },
        ENTRY_ADD_WITHIN => matches!((ty, bounds), (Type::Int { min, max }, Some(it)) if it == [min, max]),
        _ => false,
    }
}

/// Whether the code that begins here reads fields, as far as it can be read.
fn reads_fields(mut reader: Reader<'_>, start: usize) -> bool {
    reader.take(start + 1);
    core::iter::from_fn(|| Op::read(&mut reader).filter(|it| *it != Op::End)).any(|it| matches!(it, Op::Field(..)))
}
