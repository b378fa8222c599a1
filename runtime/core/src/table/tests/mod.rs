//! Tables round trip, keep to their size, and are refused when anything is wrong with them.

mod damage;
mod forms;
mod whole;

use super::encode::checksum;
use super::*;
use crate::definition::{Cell, Definition, Plan, Value as Constant};
use crate::id::{KindId, WatcherId};
use crate::testing::nested;
use std::{format, string::String, string::ToString, vec, vec::Vec};

/// Bytes with a checksum that fits, as somebody would make them who means harm.
fn sealed(mut bytes: Vec<u8>) -> Vec<u8> {
    let crc = checksum(&bytes);
    bytes[CHECKSUM_AT..CHECKSUM_AT + 4].copy_from_slice(&crc.to_le_bytes());
    bytes
}

fn refusal(bytes: &[u8]) -> String {
    Table::verify(bytes).map(|_| ()).unwrap_err().to_string()
}

fn refusal_of(change: impl FnOnce(&mut Definition)) -> Fault {
    let mut definition = nested();
    change(&mut definition);
    Table::verify(&definition.encode().unwrap()).map(|_| ()).unwrap_err().fault
}

#[test]
fn what_is_written_can_be_read() {
    let definition = nested();
    let bytes = definition.encode().unwrap();
    let table = Table::verify(&bytes).unwrap();
    assert_eq!((table.name(), table.version()), ("house", "1.2.3"));
    assert_eq!(table.state_name(StateId(2)), Some("home.busy"));
    assert_eq!(table.state_doc(StateId(3)), "the home state");
    assert_eq!(table.path(StateId(2)).iter().collect::<Vec<_>>(), [StateId(3), StateId(2)]);
    assert_eq!(table.watchers_of(StateId(3)).collect::<Vec<_>>(), [WatcherId(1)]);
    assert_eq!(table.watcher(WatcherId(1)).every_ms, Some(10_000));
    assert_eq!(table.outcome_name(KindId(1), 2), Some("missing"));
    assert_eq!(table.label(0), Some("arrived"));
    assert_eq!(table.timer(TimerId(1)), (0, 3_600_000));
    let mut cells: Vec<Cell> = Vec::new();
    for leaf in table.leaves() {
        cells.extend(table.transitions(leaf).map(|(event, it)| Cell {
            leaf: leaf.0,
            event: event.0,
            target: it.target.0,
            plan: it.plan.0,
        }));
    }
    let mut wanted = definition.cells;
    wanted.sort();
    assert_eq!(cells, wanted);
}

#[test]
fn what_is_no_event_leads_nowhere() {
    let bytes = nested().encode().unwrap();
    let table = Table::verify(&bytes).unwrap();
    let none = [9, 254, 255, 256, u16::MAX].map(EventId);
    assert!(table.leaves().all(|leaf| none.iter().all(|event| table.transition(leaf, *event).is_none())));
}

#[test]
fn every_event_knows_its_source() {
    let bytes = nested().encode().unwrap();
    let table = Table::verify(&bytes).unwrap();
    let sources: Vec<EventSource> = table.events().map(|it| table.source(it)).collect();
    let outcome = |watcher, outcome| EventSource::Outcome(WatcherId(watcher), outcome);
    let timers = [EventSource::Timer(0), EventSource::Timer(1)];
    let outcomes =
        [outcome(0, 0), outcome(0, 1), outcome(1, 0), outcome(1, 1), outcome(2, 0), outcome(2, 1), outcome(2, 2)];
    assert_eq!(sources, [&outcomes[..], &timers].concat());
}

#[test]
fn arguments_of_every_kind_are_read_in_place() {
    let mut definition = Definition::example();
    let map = Constant::Map(vec![("A".into(), Constant::Text("b".into())), ("N".into(), Constant::Int(-1))]);
    let list = Constant::List(vec![Constant::Bool(true), Constant::Float(0.5), map]);
    definition.watchers[0].args = vec![Constant::Text("ö".into()), list, Constant::Duration(1_500)];
    let bytes = definition.encode().unwrap();
    let table = Table::verify(&bytes).unwrap();
    let args: Vec<Value<'_>> = table.arguments().next().unwrap().collect();
    assert!(matches!(args[0], Value::Text("ö")));
    assert!(matches!(args[2], Value::Duration(1_500)));
    let Value::List(items) = args[1] else { panic!("{args:?}") };
    let items: Vec<Value<'_>> = items.collect();
    let Value::Map(mut entries) = items[2] else { panic!("{items:?}") };
    assert!(matches!(entries.next(), Some(("A", Value::Text("b")))));
    assert!(matches!(entries.next(), Some(("N", Value::Int(-1)))));
    assert!(entries.next().is_none());
}

#[test]
fn stripping_leaves_out_names_and_docs_and_nothing_else() {
    let definition = nested();
    let whole = definition.encode().unwrap();
    let no_docs = definition.encode_stripped(Strip::Docs).unwrap();
    let bare = definition.encode_stripped(Strip::Names).unwrap();
    assert!(bare.len() < no_docs.len() && no_docs.len() < whole.len());
    let table = Table::verify(&bare).unwrap();
    assert_eq!(table.state_name(StateId(0)), None);
    assert_eq!(table.state_doc(StateId(0)), "");
    assert_eq!(table.name(), "house");
}

#[test]
fn the_same_definition_gives_the_same_bytes() {
    assert_eq!(nested().encode().unwrap(), nested().encode().unwrap());
}

#[test]
fn a_machine_of_many_states_takes_wide_ids() {
    let mut definition = Definition::example();
    let leaves = 400_u16;
    let state =
        |index: u16| crate::definition::State { name: format!("s{index}"), parent: Some(leaves), ..Default::default() };
    let machine = definition.states.pop().unwrap();
    definition.states = (0..leaves).map(state).chain([machine]).collect();
    definition.leaves = leaves;
    definition.watchers[0].owner = leaves;
    definition.timers.clear();
    definition.timer_slots = 0;
    definition.plans.truncate(1);
    definition.cells =
        (0..leaves).map(|leaf| Cell { leaf, event: leaf % 2, target: (leaf * 7 + 1) % leaves, plan: 0 }).collect();
    let bytes = definition.encode().unwrap();
    let table = Table::verify(&bytes).unwrap();
    assert!(table.is_wide());
    assert!(table.leaves().all(|leaf| table.transition(leaf, EventId(u16::MAX)).is_none()), "none is no event");
    for cell in &definition.cells {
        let target = table.transition(StateId(cell.leaf), EventId(cell.event)).unwrap().target;
        assert_eq!(target, StateId(cell.target));
        assert_eq!(table.transition(StateId(cell.leaf), EventId(1 - cell.event)), None);
    }
}

#[test]
fn too_much_of_anything_is_an_error_that_says_how_much() {
    let mut definition = Definition::example();
    definition.labels = vec!["x".into(); 65_001];
    let message = definition.encode().unwrap_err().to_string();
    assert_eq!(message, "a table holds at most 65000 labels, this machine needs 65001");
}

#[test]
fn an_empty_file_and_a_foreign_one_are_told_apart() {
    assert_eq!(refusal(b""), "there is nothing in it (header section, byte 0)");
    assert_eq!(refusal(b"#!/bin/sh\n"), "it does not begin like a compiled machine (header section, byte 0)");
    assert_eq!(refusal(&[0; 500]), "it does not begin like a compiled machine (header section, byte 0)");
}

#[test]
fn another_format_and_unknown_flags_are_named() {
    let mut bytes = nested().encode().unwrap();
    bytes[8] = 9;
    assert_eq!(refusal(&sealed(bytes)), "it has format 9, and this version reads format 3 (header section, byte 8)");
    let mut bytes = nested().encode().unwrap();
    bytes[8] = 2;
    assert_eq!(refusal(&sealed(bytes)), "it has format 2, and this version reads format 3 (header section, byte 8)");
    let mut bytes = nested().encode().unwrap();
    bytes[10] |= 0x80;
    assert!(refusal(&sealed(bytes)).starts_with("it uses a feature"));
}

/// What is said of the example with a byte put in behind `at` of a section, and other bytes changed.
fn refusal_with(section: Section, at: usize, byte: u8, change: impl FnOnce(&mut [u8])) -> String {
    let mut bytes = Definition::example().encode().unwrap();
    let (_, start, _) = Table::verify(&bytes).unwrap().sections().find(|it| it.0 == section).unwrap();
    bytes.insert(start + at, byte);
    bytes[HEADER + section as usize - 1] += 1;
    bytes[12] += 1;
    change(&mut bytes[start..]);
    refusal(&sealed(bytes))
}

#[test]
fn what_can_be_said_in_fewer_bytes_is_refused() {
    // The length of an empty section at the end.
    let mut bytes = Definition::example().encode().unwrap();
    bytes.insert(HEADER + usize::from(bytes[11]), 0);
    bytes[11] += 1;
    bytes[12] += 1;
    assert!(refusal(&sealed(bytes)).starts_with("its sections are missing"));
    // A count with a superfluous byte, behind two texts.
    let name_and_version = "lamp".len() + "1.0.0".len() + 2;
    let long = refusal_with(Section::Machine, name_and_version + 1, 0, |machine| machine[name_and_version] |= 0x80);
    assert!(long.starts_with("a section is not as long as it should be (machine"), "{long}");
    // A short text as a long one.
    let long = refusal_with(Section::Arguments, 2, 11, |arguments| arguments[1] = VALUE_TEXT);
    assert!(long.starts_with("a value is out of range (arguments"), "{long}");
}

#[test]
fn a_watcher_and_its_kind_agree_on_who_keeps_the_pace() {
    let mut bytes = nested().encode().unwrap();
    let table = Table::verify(&bytes).unwrap();
    let (_, start, length) = table.sections().find(|it| it.0 == Section::Watchers).unwrap();
    bytes[start + length - 1] ^= WATCHER_NOTIFIED;
    assert!(refusal(&sealed(bytes)).starts_with("it uses a feature"));
}

#[test]
fn each_promise_of_the_verifier_is_kept_by_a_check() {
    assert_eq!(refusal_of(|it| it.states[0].parent = Some(1)), Fault::Tree);
    assert_eq!(refusal_of(|it| it.states[3].parent = Some(3)), Fault::Tree);
    assert_eq!(refusal_of(|it| it.states[4].parent = Some(3)), Fault::Tree);
    assert_eq!(refusal_of(|it| it.initial = 3), Fault::Value);
    assert_eq!(refusal_of(|it| it.watchers[0].kind = 7), Fault::Id);
    assert_eq!(refusal_of(|it| it.watchers[1].every_ms = None), Fault::Value);
    assert_eq!(refusal_of(|it| it.watchers[1].every_ms = Some(1)), Fault::Value);
    assert_eq!(refusal_of(|it| it.timers[1].slot = 1), Fault::TimerSlot);
    assert_eq!(refusal_of(|it| it.timers[0].slot = 2), Fault::Id);
    assert_eq!(refusal_of(|it| it.timers[0].ms = u64::MAX >> 16), Fault::Value);
    assert_eq!(refusal_of(|it| it.cells[0].target = 3), Fault::Id);
    assert_eq!(refusal_of(|it| it.cells[0].plan = 9), Fault::Id);
    assert_eq!(refusal_of(|it| it.plans[1].depth = 1), Fault::Path);
    assert_eq!(refusal_of(|it| it.plans[1].near = true), Fault::Path);
    assert_eq!(refusal_of(|it| it.plans[2].near = false), Fault::Path);
    assert_eq!(refusal_of(|it| it.plans[0].label = Some(1)), Fault::Id);
    assert_eq!(refusal_of(|it| it.kinds[0].outcomes.clear()), Fault::Value);
    assert_eq!(refusal_of(|it| it.name.clear()), Fault::Size);
}

#[test]
fn a_cycle_of_runs_without_a_wait_is_refused() {
    let again = |it: &mut Definition| {
        it.plans.push(Plan { depth: 1, near: true, ..Plan::default() });
        it.cells[6] = Cell { leaf: 2, event: 1, target: 2, plan: 4 };
    };
    assert_eq!(refusal_of(again), Fault::Cycle);
}

#[test]
fn a_run_that_its_circle_never_leaves_reports_once_and_is_no_cycle() {
    let run_of_home = |it: &mut Definition| {
        // `check` becomes a run of `home`; both ways between idle and busy stay in `home`.
        it.watchers[1].once = true;
        it.watchers[1].every_ms = None;
        it.cells[5] = Cell { leaf: 2, event: 2, target: 1, plan: 2 };
        it.cells.retain(|cell| !(cell.leaf == 2 && cell.event == 1));
    };
    let mut definition = nested();
    run_of_home(&mut definition);
    assert!(Table::verify(&definition.encode().unwrap()).is_ok());
    // As soon as the circle leaves `home`, the run starts anew each time round.
    definition.cells[5].plan = 1;
    assert_eq!(Table::verify(&definition.encode().unwrap()).map(|_| ()).unwrap_err().fault, Fault::Cycle);
}

#[test]
fn values_inside_one_another_without_end_are_refused() {
    let mut definition = Definition::example();
    let deep = (0..9).fold(Constant::Bool(true), |inner, _| Constant::List(vec![inner]));
    definition.watchers[0].args = vec![deep];
    assert_eq!(Table::verify(&definition.encode().unwrap()).map(|_| ()).unwrap_err().fault, Fault::Value);
}

/// The bytes as the documentation shows them: sixteen a line.
fn dump(bytes: &[u8]) -> String {
    let line = |(row, chunk): (usize, &[u8])| {
        let hex: String = chunk.iter().map(|byte| format!(" {byte:02x}")).collect();
        format!("{:04x} {hex}\n", row * 16)
    };
    bytes.chunks(16).enumerate().map(line).collect()
}

#[test]
fn the_documentation_shows_the_bytes_of_its_example() {
    let page = include_str!("../../../../../docs/table.md");
    let shown = page.split("```text\n").nth(1).and_then(|it| it.split("```").next());
    assert_eq!(shown, Some(dump(&Definition::example().encode().unwrap()).as_str()));
}
