//! What a machine does, told as a trace.

mod calculated;
mod followed;
mod watched;

use crate::definition::Enum;
use crate::table::rows::AnyRows;
use crate::testing::{Bench, nested};
use crate::{Definition, Input, Instance, Instant, Table};
use insta::assert_snapshot;
use std::string::String;
use std::vec;
use std::vec::Vec;

#[test]
fn starting_asks_the_watchers_of_the_machine_and_of_its_initial_state() {
    let bytes = nested().encode().unwrap();
    let mut bench = Bench::new(&bytes);
    bench.give(Input::Start);
    assert_snapshot!(bench.trace, @"
    0s Start: Quiet
       ask door in visit 1, first
    ");
}

#[test]
fn a_transition_leaves_inner_states_first_and_enters_outer_ones_first() {
    let bytes = nested().encode().unwrap();
    let mut bench = Bench::new(&bytes);
    bench.give(Input::Start).at(5).report("door", 0).at(6).report("check", 1).at(7).report("door", 2);
    assert_snapshot!(bench.trace, @"
    0s Start: Quiet
       ask door in visit 1, first
    5s door.changed of visit 1: Moved
       away -> home.idle on Outcome(WatcherId(2), 0) as arrived
       arm TimerId(1) until 3605s
       ask check in visit 2, first
    6s check.failed of visit 2: Moved
       home.idle -> home.busy on Outcome(WatcherId(1), 1) as -
       arm TimerId(0) until 66s
       ask work in visit 3, first
    7s door.missing of visit 1: Moved
       home.busy -> away on Outcome(WatcherId(2), 2) as -
       TimerId(0) is cancelled
       stop work of visit 3
       TimerId(1) is cancelled
       stop check of visit 2
    ");
}

#[test]
fn a_state_around_both_ends_goes_on_with_its_watchers_and_timers() {
    let bytes = nested().encode().unwrap();
    let mut bench = Bench::new(&bytes);
    bench.give(Input::Start).report("door", 0).at(2).report("check", 1);
    bench.trace.clear();
    bench.at(3).report("work", 0).at(10).tick();
    assert_snapshot!(bench.trace, @"
     3s work.ok of visit 3: Moved
        home.busy -> home.idle on Outcome(WatcherId(0), 0) as -
        TimerId(0) is cancelled
        stop work of visit 3
    10s Tick: Quiet
        ask check in visit 2
    ");
}

/// What a machine does in the course of an hour and a bit, with events of all kinds.
fn hour(definition: &Definition) -> (bool, String) {
    let bytes = definition.encode().unwrap();
    let mut bench = Bench::new(&bytes);
    bench.give(Input::Start).at(1).report("door", 0).at(2).report("check", 0).report("check", 1);
    bench.at(3).report("check", 1).report("work", 1).at(12).tick().report("check", 1).at(80).tick().tick();
    bench.at(81).report("door", 2).report("door", 1).report("door", 0).at(3_681).tick().tick();
    (matches!(bench.table.rows, AnyRows::Plain(_)), bench.trace)
}

#[test]
fn a_machine_with_more_to_look_after_takes_the_same_steps() {
    let (is_plain, trace) = hour(&nested());
    assert!(is_plain && trace.matches("Moved").count() == 8, "{trace}");
    let mut more = nested();
    more.watchers[0].timeout_ms = Some(60_000);
    assert_eq!(hour(&more), (false, trace));
}

#[test]
fn a_machine_with_wide_ids_takes_the_same_steps() {
    let mut wide = nested();
    wide.labels.resize(300, "spare".into());
    assert_eq!(hour(&wide), (false, hour(&nested()).1));
}

#[test]
fn an_outcome_of_an_earlier_visit_is_late_and_changes_nothing() {
    let bytes = nested().encode().unwrap();
    let mut bench = Bench::new(&bytes);
    bench.give(Input::Start).report("door", 0).report("check", 1);
    let work = bench.named("work");
    let visit = bench.instance.visit_of(work).unwrap();
    bench.at(61).tick();
    let before = bench.instance.clone();
    bench.trace.clear();
    bench.give(Input::Outcome { watcher: work, visit, outcome: 0, payload: &[] });
    assert_snapshot!(bench.trace, @"  61s work.ok of visit 3: Late");
    assert_eq!(bench.instance, before);
}

#[test]
fn staying_and_events_without_a_handler_leave_everything_as_it_is() {
    let bytes = nested().encode().unwrap();
    let mut bench = Bench::new(&bytes);
    bench.give(Input::Start).report("door", 0).report("check", 1);
    bench.trace.clear();
    bench.report("check", 1).report("check", 0).report("door", 1);
    assert_snapshot!(bench.trace, @"
    0s check.failed of visit 2: Stayed
    0s check.ok of visit 2: Unanswered
    0s door.present of visit 1: Unanswered
    ");
}

#[test]
fn a_watcher_that_has_not_answered_is_not_asked_again() {
    let bytes = nested().encode().unwrap();
    let mut bench = Bench::new(&bytes);
    bench.give(Input::Start).report("door", 0);
    bench.trace.clear();
    bench.at(10).tick().at(20).tick();
    bench.report("check", 0).at(30).tick();
    assert_snapshot!(bench.trace, @"
    10s Tick: Quiet
    20s Tick: Quiet
    20s check.ok of visit 2: Unanswered
    30s Tick: Quiet
        ask check in visit 2
    ");
}

#[test]
fn a_late_tick_keeps_to_the_grid_and_asks_once() {
    let bytes = nested().encode().unwrap();
    let mut bench = Bench::new(&bytes);
    bench.give(Input::Start).report("door", 0).report("check", 0);
    bench.at(57).tick();
    assert_eq!(bench.instance.deadline(), Some(Instant(60_000_000_000)));
}

#[test]
fn a_kind_that_is_told_of_changes_is_asked_once_a_visit_and_keeps_a_pace_itself() {
    let mut definition = nested();
    definition.watchers[2].every_ms = Some(1_000);
    let bytes = definition.encode().unwrap();
    let mut bench = Bench::new(&bytes);
    bench.give(Input::Start).report("door", 1);
    assert_eq!(bench.instance.deadline(), None);
    bench.trace.clear();
    bench.at(60).give(Input::Resume);
    assert_snapshot!(bench.trace, @"
    60s Resume: Quiet
        ask door in visit 1
    ");
    assert_eq!(bench.instance.deadline(), None);
}

#[test]
fn timers_fire_in_the_order_of_their_deadlines_and_never_early() {
    let bytes = nested().encode().unwrap();
    let mut bench = Bench::new(&bytes);
    bench.give(Input::Start).report("door", 0).report("check", 1).report("check", 0);
    bench.now = Instant(59_999_999_999);
    bench.tick();
    assert_eq!(bench.table.state_name(bench.instance.state()), Some("home.busy"));
    bench.trace.clear();
    bench.at(60).tick();
    assert_snapshot!(bench.trace, @"
    60s Tick: Moved
        TimerId(0) fires
        home.busy -> home.idle on Timer(1) as -
        stop work of visit 3
    60s Tick: Quiet
    ");
}

#[test]
fn a_machine_that_goes_round_too_fast_is_slowed_down_and_recovers() {
    let bytes = nested().encode().unwrap();
    let mut bench = Bench::new(&bytes);
    bench.give(Input::Start).report("door", 0);
    for _ in 0..9 {
        bench.report("check", 1).report("work", 1);
    }
    bench.trace.clear();
    bench.report("check", 1).at(1).tick();
    assert_snapshot!(bench.trace, @"
    0s check.failed of visit 2: Moved
       home.idle -> home.busy on Outcome(WatcherId(1), 1) as -
       slowed until 1s
       arm TimerId(0) until 60s
    1s Tick: Quiet
       ask work in visit 21, first
    ");
    bench.trace.clear();
    bench.report("work", 0).at(40).report("check", 1);
    assert!(!bench.trace.contains("slowed until 41"), "the burst is earned back:\n{}", bench.trace);
}

#[test]
fn resuming_asks_what_looks_again_and_reports_what_was_interrupted() {
    let bytes = nested().encode().unwrap();
    let mut bench = Bench::new(&bytes);
    bench.give(Input::Start).report("door", 0).report("check", 1);
    bench.trace.clear();
    bench.at(5).give(Input::Resume);
    bench.report("work", 1);
    assert_snapshot!(bench.trace, @"
    5s Resume: Quiet
       work was interrupted
       ask check in visit 2
       ask door in visit 1
    5s work.failed of visit 3: Moved
       home.busy -> home.idle on Outcome(WatcherId(0), 1) as -
       TimerId(0) is cancelled
       stop work of visit 3
    ");
}

#[test]
fn an_instance_survives_being_written_and_read_at_every_step() {
    let bytes = nested().encode().unwrap();
    let mut bench = Bench::new(&bytes);
    let script: [fn(&mut Bench<'_>); 6] = [
        |it| _ = it.give(Input::Start),
        |it| _ = it.report("door", 0),
        |it| _ = it.at(3).report("check", 1),
        |it| _ = it.at(4).tick(),
        |it| _ = it.at(5).report("work", 0),
        |it| _ = it.at(6).report("door", 2),
    ];
    for act in script {
        act(&mut bench);
        let mut snapshot = Vec::new();
        bench.instance.write(&bench.table, &mut snapshot);
        assert_eq!(Instance::read(&bench.table, &snapshot).as_ref(), Ok(&bench.instance));
        for cut in 0..snapshot.len() {
            assert!(Instance::read(&bench.table, &snapshot[..cut]).is_err(), "cut at {cut}");
        }
    }
}

#[test]
fn a_seed_is_in_the_snapshots_of_machines_that_declare_something_and_takes_no_memory() {
    let plain = nested();
    let words = vec!["low".into(), "high".into()];
    let declaring = Definition { enums: vec![Enum { words }], ..plain.clone() };
    for (definition, kept) in [(plain, 0), (declaring, 7)] {
        let bytes = definition.encode().unwrap();
        let mut bench = Bench::new(&bytes);
        bench.give(Input::Start);
        let mut before = Vec::new();
        bench.instance.write(&bench.table, &mut before);
        bench.instance.set_seed(7);
        assert!(bench.instance.memory.is_none() && bench.instance.seed == kept);
        let mut after = Vec::new();
        bench.instance.write(&bench.table, &mut after);
        assert_eq!(after.strip_suffix(&7_u64.to_le_bytes()).is_some(), kept == 7);
        assert_eq!(after.len(), before.len());
        assert_eq!(Instance::read(&bench.table, &after).as_ref(), Ok(&bench.instance));
    }
}

#[test]
fn a_snapshot_of_another_table_is_refused() {
    let house = nested().encode().unwrap();
    let lamp = Definition::example().encode().unwrap();
    let mut bench = Bench::new(&house);
    bench.give(Input::Start).report("door", 0).report("check", 1);
    let mut snapshot = Vec::new();
    bench.instance.write(&bench.table, &mut snapshot);
    assert!(Instance::read(&Table::verify(&lamp).unwrap(), &snapshot).is_err());
}

#[test]
fn what_was_armed_keeps_what_was_left_of_it_after_a_reboot() {
    let bytes = nested().encode().unwrap();
    let mut bench = Bench::new(&bytes);
    bench.at(1_000).give(Input::Start).report("door", 0);
    bench.instance.rebase(Instant(1_000_000_000_000), 600_000_000_000, Instant(7_000_000_000));
    let hour = bench.instance.timers[0].deadline;
    assert_eq!(hour, Instant(7_000_000_000).after_ms(3_600_000 - 600_000));
    bench.instance.rebase(Instant(7_000_000_000), u64::MAX, Instant(1));
    assert_eq!(bench.instance.timers[0].deadline, Instant(1), "overdue is due at once, not never");
}

#[test]
fn what_fell_due_during_a_reboot_keeps_its_order() {
    let bytes = nested().encode().unwrap();
    let mut bench = Bench::new(&bytes);
    bench.at(1_000).give(Input::Start).report("door", 0);
    let before = bench.instance.clone();
    // The check of the house is asked every ten seconds, and its hour ends long after that.
    bench.instance.rebase(Instant(1_000_000_000_000), u64::MAX, Instant(50));
    let due = |instance: &Instance| (instance.next_ask, instance.timers[0].deadline);
    assert!(due(&before).0 < due(&before).1);
    assert_eq!(due(&bench.instance), (Instant(49), Instant(50)));
}
