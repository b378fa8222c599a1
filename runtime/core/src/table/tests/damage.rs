//! Whatever bytes are given: they are a table that can be stepped, or they are refused.

use super::{refusal, sealed};
use crate::table::layout::HEADER;
use crate::table::{Table, Type};
use crate::testing::air::air;
use crate::testing::nested;
use crate::{Data, DataList, Input, Instance, Instant, SignalId, step};
use std::{vec, vec::Vec};

/// A plain table and one that uses all of the language.
pub(super) fn tables() -> [Vec<u8>; 2] {
    [nested().encode().unwrap(), air().encode().unwrap()]
}

#[test]
fn cut_at_every_length_it_is_refused() {
    for bytes in tables() {
        for cut in 0..bytes.len() {
            assert!(Table::verify(&bytes[..cut]).is_err(), "cut at {cut}");
            if cut >= HEADER {
                let mut resealed = bytes[..cut].to_vec();
                resealed[12..16].copy_from_slice(&(cut as u32).to_le_bytes());
                assert!(Table::verify(&sealed(resealed)).is_err(), "cut at {cut} and sealed again");
            }
        }
        let longer = [&bytes[..], &[0]].concat();
        assert!(refusal(&longer).contains("bytes where it should have"));
    }
}

#[test]
fn with_any_bit_flipped_it_is_refused() {
    for bytes in tables() {
        for bit in 0..bytes.len() * 8 {
            let mut flipped = bytes.clone();
            flipped[bit / 8] ^= 1 << (bit % 8);
            assert!(Table::verify(&flipped).is_err(), "bit {bit}");
        }
    }
}

/// Damage with a checksum that fits either is refused or runs: no panic, and the machine stays within its table.
#[test]
fn with_any_byte_changed_and_sealed_again_it_is_refused_or_harmless() {
    for bytes in tables() {
        let mut accepted = 0;
        for at in 0..bytes.len() {
            let near = (0..8).map(|bit| bytes[at] ^ 1 << bit).chain([0, 1, 0xFE, 0xFF]);
            for value in near.chain([bytes[at].wrapping_add(1), bytes[at].wrapping_sub(1)]) {
                let mut changed = bytes.clone();
                changed[at] = value;
                if let Ok(table) = Table::verify(&sealed(changed)) {
                    accepted += 1;
                    drive(&table, 3, at as u64);
                }
            }
        }
        assert!(accepted > 0, "names and texts may change freely");
    }
}

/// The same with several changes at once, and pieces moved: what still is a table is stepped with whatever comes.
#[test]
fn with_many_bytes_changed_it_is_refused_or_harmless() {
    let mut random = Random(0x5EED);
    let (mut accepted, [_, bytes]) = (0, tables());
    for _ in 0..4_000 {
        let mut changed = bytes.clone();
        for _ in 0..=random.below(3) {
            let (at, from) = (HEADER + random.below(bytes.len() - HEADER), random.below(bytes.len()));
            match random.below(3) {
                0 => changed[at] = random.next() as u8,
                1 => changed[at] ^= 1 << random.below(8),
                _ => changed[at] = bytes[from],
            }
        }
        if let Ok(table) = Table::verify(&sealed(changed)) {
            accepted += 1;
            drive(&table, 3, random.next());
        }
    }
    assert!(accepted > 100, "{accepted} are still tables");
}

/// Bytes that only begin like a table.
#[test]
fn random_bytes_behind_a_header_are_refused() {
    let mut random = Random(1);
    let head = nested().encode().unwrap();
    for length in 1..2_000 {
        let mut bytes: Vec<u8> = (0..length).map(|_| random.next() as u8).collect();
        let known = length.min(HEADER);
        bytes[..known].copy_from_slice(&head[..known]);
        if length >= HEADER {
            bytes[12..16].copy_from_slice(&(length as u32).to_le_bytes());
            bytes = sealed(bytes);
        }
        assert!(Table::verify(&bytes).is_err());
    }
}

struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        self.0 >> 31
    }

    fn below(&mut self, bound: usize) -> usize {
        (self.next() % bound as u64) as usize
    }

    /// Some value of a type; now and then one that is none.
    fn value(&mut self, table: &Table<'_>, ty: Type<'_>) -> Data<'static> {
        const TEXTS: [&str; 5] = ["", "a", "lab", "ön", "hall of the mountain king"];
        const LIST: &[Data<'static>] = &[Data::Text("x"), Data::Text("yz")];
        if self.below(12) == 0 {
            return Data::Int(self.next() as i64 - (1 << 31));
        }
        match ty {
            Type::Bool => Data::Bool(self.below(2) == 0),
            Type::Int { min, max } => match self.below(4) {
                0 => Data::Int(min),
                1 => Data::Int(max),
                _ => Data::Int((self.below(2_000) as i64).clamp(min, max)),
            },
            Type::Float => Data::Float(self.below(1_000) as f64 / 8.0),
            Type::Text { max } => Data::Text(TEXTS[self.below(TEXTS.len())])
                .clone_if(|it| matches!(it, Data::Text(text) if text.len() <= usize::from(max))),
            Type::Duration => Data::Duration(self.next() as i64),
            Type::Time => Data::Time(self.next() as i64),
            Type::Enum(of) => Data::Enum(self.below(table.words(of).count().max(1)) as u16),
            Type::List { .. } => Data::List(DataList::new(&LIST[..self.below(3)])),
        }
    }
}

trait CloneIf: Sized {
    fn clone_if(self, holds: impl Fn(&Self) -> bool) -> Self;
}

impl CloneIf for Data<'static> {
    fn clone_if(self, holds: impl Fn(&Self) -> bool) -> Self {
        if holds(&self) { self } else { Data::Text("") }
    }
}

/// A walk through all inputs, drawn from a seed.
fn drive(table: &Table<'_>, rounds: u64, seed: u64) {
    let mut random = Random(seed);
    let mut instance = Instance::new(table);
    let mut effects = Vec::new();
    let mut now = Instant(0);
    instance.set_wall(random.next() as i64);
    instance.set_seed(seed);
    step(table, &mut instance, now, Input::Start, &mut effects);
    for round in 0..rounds {
        let mut give = |instance: &mut Instance, now: Instant, input: Input<'_>| {
            effects.clear();
            step(table, instance, now, input, &mut effects);
            assert!(instance.state().index() < table.leaves().count());
        };
        for condition in 0..table.conditions().count() as u16 {
            let holds = random.below(3) > 0;
            give(&mut instance, now, Input::Condition { condition, holds });
        }
        for watcher in table.watchers() {
            let visit = instance.visit_of(watcher).unwrap_or(0);
            let outcome = (random.below(3) as u64 + round) as u8 % table.outcome_count(watcher).max(1);
            let payload: Vec<Data<'_>> =
                table.payload(watcher, outcome).map(|(_, ty)| random.value(table, ty)).collect();
            give(&mut instance, now, Input::Outcome { watcher, visit, outcome, payload: &payload });
        }
        for signal in table.signals() {
            let payload: Vec<Data<'_>> = signal.fields.map(|(_, ty)| random.value(table, ty)).collect();
            let signal = SignalId(signal.id.0);
            give(&mut instance, now, Input::Signal { signal, payload: &payload });
        }
        for (fact, slot) in table.facts().enumerate() {
            let value = random.value(table, slot.ty);
            give(&mut instance, now, Input::Fact { fact: fact as u16, value });
        }
        now = instance.deadline().unwrap_or(now).max(now);
        give(&mut instance, now, if round % 7 == 6 { Input::Resume } else { Input::Tick });
        let mut snapshot = vec![];
        instance.write(table, &mut snapshot);
        assert_eq!(Instance::read(table, &snapshot).as_ref(), Ok(&instance));
    }
}
