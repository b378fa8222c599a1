//! A table has one form: what could be left out, or means nothing, is refused.

use super::damage::tables;
use super::sealed;
use crate::StateId;
use crate::definition::{Definition, Value};
use crate::table::layout::*;
use crate::table::verify::directory;
use crate::table::{Section, Strip, Table};
use crate::testing::air::air;
use crate::testing::nested;
use std::{format, string::String, vec, vec::Vec};

/// The table with another content of a section, which may be empty before or afterwards.
fn with(bytes: &[u8], section: Section, change: impl FnOnce(&mut Vec<u8>)) -> Vec<u8> {
    let mut contents = vec![Vec::new(); SECTIONS];
    for (section, start, length) in Table::verify(bytes).unwrap().sections() {
        contents[section as usize - 1] = bytes[start..start + length].to_vec();
    }
    change(&mut contents[section as usize - 1]);
    while contents.last().is_some_and(Vec::is_empty) {
        contents.pop();
    }
    let mut out = bytes[..HEADER].to_vec();
    out[SECTIONS_AT] = contents.len() as u8;
    contents.iter().for_each(|it| number(it.len(), &mut out));
    out.extend(contents.concat());
    let length = out.len() as u32;
    out[12..16].copy_from_slice(&length.to_le_bytes());
    sealed(out)
}

fn number(mut it: usize, out: &mut Vec<u8>) {
    while it > 0x7F {
        out.push(it as u8 | 0x80);
        it >>= 7;
    }
    out.push(it as u8);
}

/// What is said of a table.
fn verdict(bytes: &[u8]) -> String {
    match Table::verify(bytes) {
        Ok(_) => "accepted".into(),
        Err(error) => format!("{:?} in {}", error.fault, error.section.map_or("header", Section::name)),
    }
}

/// No section has room for something that nobody reads.
#[test]
fn with_spare_bytes_behind_any_section_it_is_refused() {
    for bytes in tables() {
        assert_eq!(with(&bytes, Section::Machine, |_| {}), bytes);
        for (section, byte) in Section::ALL.into_iter().flat_map(|it| [0, 1, 0xFF].map(|byte| (it, byte))) {
            for count in 1..=12 {
                let longer = with(&bytes, section, |it| it.extend(vec![byte; count]));
                assert_ne!(verdict(&longer), "accepted", "{count} times {byte} behind {section:?}");
            }
        }
    }
}

#[test]
fn what_no_transition_leads_to_is_refused() {
    let bytes = air().encode().unwrap();
    let width = Table::verify(&bytes).unwrap().width();
    // The second row of either needs no calculation.
    let again = |rows: &mut Vec<u8>, row: usize| rows.extend(rows[row..2 * row].to_vec());
    let alternative = with(&bytes, Section::Alternatives, |it| again(it, width.alternative_row()));
    assert_eq!(verdict(&alternative), "Unused in alternatives");
    let mut plan = with(&bytes, Section::Plans, |it| again(it, width.plan_row()));
    // The ninth number behind name and version.
    let plans = 1 + "air".len() + 1 + "2.0.0".len() + 8;
    let machine = directory(&plan).find(|it| it.0 == Section::Machine).unwrap().1;
    plan[machine + plans] += 1;
    assert_eq!(verdict(&sealed(plan)), "Unused in plans");
}

#[test]
fn sections_that_tell_nothing_are_left_out() {
    let bytes = nested().encode_stripped(Strip::Docs).unwrap();
    let table = Table::verify(&bytes).unwrap();
    let docs = table.states().count() + table.watchers().count();
    assert_eq!(verdict(&with(&bytes, Section::Docs, |it| it.resize(docs, 0))), "Size in docs");
    assert_eq!(verdict(&with(&bytes, Section::Declarations, |it| it.resize(10, 0))), "Size in declarations");
    assert_eq!(verdict(&with(&bytes, Section::Positions, |it| it.push(0))), "Size in positions");
}

#[test]
fn a_kind_whose_outcomes_carry_nothing_has_no_fields() {
    let bytes = nested().encode().unwrap();
    let with_fields = |kinds: &mut Vec<u8>| {
        kinds[0] |= KIND_FIELDS;
        let behind_name = 1 + 1 + 4 + 4 + 1 + "exec".len();
        // Of two outcomes.
        kinds.splice(behind_name..behind_name, [0; 4 + 2]);
    };
    assert_eq!(verdict(&with(&bytes, Section::Kinds, with_fields)), "Value in kinds");
}

#[test]
fn a_leaf_without_transitions_has_no_row() {
    let mut definition = Definition::example();
    definition.cells.retain(|it| it.leaf == 0);
    let bytes = definition.encode().unwrap();
    let mut accepted = 0;
    for base in 0..0xFF {
        let changed = with(&bytes, Section::Transitions, |it| it[1] = base);
        if let Ok(table) = Table::verify(&changed) {
            accepted += 1;
            assert!(table.transitions(StateId(1)).count() > 0, "a row at {base} without transitions");
        }
    }
    assert_eq!(accepted, 0, "where the other leaf's row begins, its transitions lead along other paths");
}

#[test]
fn the_last_slot_of_the_transitions_is_not_empty() {
    let bytes = Definition::example().encode().unwrap();
    let longer = with(&bytes, Section::Transitions, |it| it.extend([0xFF; 3]));
    // The eleventh number behind name and version.
    let slots = 1 + "lamp".len() + 1 + "1.0.0".len() + 10;
    let mut longer = longer;
    let machine = HEADER + usize::from(longer[SECTIONS_AT]);
    longer[machine + slots] += 1;
    assert_eq!(verdict(&sealed(longer)), "Size in transitions");
}

#[test]
fn arguments_are_numbers_and_maps_have_each_key_once() {
    let given = |value: Value| {
        let mut definition = Definition::example();
        definition.watchers[0].args = vec![value];
        verdict(&definition.encode().unwrap())
    };
    let map = |keys: [&str; 2]| Value::Map(keys.map(|it| (it.into(), Value::Bool(true))).into());
    assert_eq!([given(Value::Float(0.5)), given(map(["A", "B"]))], ["accepted"; 2]);
    let wrong = [given(Value::Float(f64::NAN)), given(Value::Float(f64::INFINITY)), given(map(["A", "A"]))];
    assert_eq!(wrong, ["Value in arguments"; 3]);
}

#[test]
fn a_watcher_waits_only_for_a_limit_and_slows_down_only_with_a_growth() {
    let bytes = air().encode().unwrap();
    let table = Table::verify(&bytes).unwrap();
    let wait = 2 + 1 + 2 + 2 + 3 * DURATION;
    let (growth, longest) = (wait + DURATION, wait + DURATION + 4);
    let mut checked = [0, 0];
    for (index, row) in table.modifier_rows().0.iter().enumerate() {
        let parts = [(5..7, [0xFF; 4], wait), (growth..longest, [0; 4], longest)];
        for (nth, (range, none, part)) in parts.into_iter().enumerate() {
            if none.starts_with(&row[range]) {
                let changed = with(&bytes, Section::Modifiers, |it| it[index * MODIFIER_ROW + part] ^= 1);
                assert_eq!(verdict(&changed), "Value in modifiers");
                checked[nth] += 1;
            }
        }
    }
    assert!(checked.iter().all(|it| *it > 0), "there are watchers without either: {checked:?}");
}
