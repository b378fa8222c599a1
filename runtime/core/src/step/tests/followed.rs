//! What follows by itself: raised events and conditions of `when`, and what is remembered.

use super::calculated::*;
use crate::definition::*;
use crate::testing::Bench;
use crate::testing::air::*;
use crate::{Data, Input, Instance, Verdict};
use insta::assert_snapshot;
use std::{boxed::Box, string::String, vec, vec::Vec};

#[test]
fn raised_events_are_taken_in_order_when_the_transition_is_complete() {
    let bytes = machine(|it| {
        let nudge =
            |line, by, note: &str| act(line, ActionKind::Raise { signal: 2, values: vec![int(by), text(note)] });
        it.blocks.push(vec![
            nudge(70, 1, "one"),
            act(71, ActionKind::Raise { signal: 1, values: Vec::new() }),
            nudge(72, 2, "two"),
        ]);
        it.plans[8].actions = Some(6);
    });
    let mut bench = started(&bytes);
    bench.report_with("probe", 1, &[Data::Enum(0)]);
    assert_snapshot!(bench.trace, @r#"
    5s probe.failed of visit 2: Stayed
       log "log: one,x"
       log "log: two,x"
    "#);
    assert_eq!(bench.data("note"), Data::Text("two+2"));
}

#[test]
fn more_raised_events_than_can_wait_are_a_fault() {
    let bytes = machine(|it| {
        let resume = || act(80, ActionKind::Raise { signal: 1, values: Vec::new() });
        it.blocks.push((0..17).map(|_| resume()).collect());
        it.blocks.push((0..16).map(|_| resume()).collect());
        it.plans[8].actions = Some(6);
        it.plans[2].actions = Some(7);
    });
    let mut bench = started(&bytes);
    bench.report_with("probe", 2, &[Data::Text("a"), Data::Text("b"), Data::Text("c")]);
    bench.report_with("probe", 1, &[Data::Enum(0)]);
    assert_snapshot!(bench.trace, @"
    5s probe.invalid of visit 2: Stayed
    5s probe.failed of visit 2: Moved
       fault queue at air.machine:80:9
       known.idle -> paused on fault as -
       stop probe of visit 2
    ");
}

#[test]
fn a_condition_is_taken_once_when_it_becomes_true() {
    let bytes = machine(|it| {
        // sensor.alarm in idle: { worst = f.level }, where it is.
        it.blocks.push(vec![assign(90, slot::WORST, Expr::Field(0, Type::INT))]);
        it.plans.push(Plan { stay: true, actions: Some(6), ..Plan::default() });
        it.cells.push(Cell { leaf: 0, event: 10, target: 0, plan: 10 });
        it.cells.push(Cell { leaf: 1, event: 10, target: 1, plan: 10 });
    });
    let mut bench = started(&bytes);
    bench.send("sensor.alarm", &[Data::Int(1_000)]).send("sensor.alarm", &[Data::Int(1_001)]);
    bench.report_with("fan", 0, &[SECOND]).send("sensor.alarm", &[Data::Int(2_000)]);
    assert_snapshot!(bench.trace, @r#"
    5s sensor.alarm: Stayed
    5s sensor.alarm: Stayed
       known.idle -> known.running on when worst > 1000 as -
       emit page [Int(1001), Text("at 2026-01-01T00:00:00Z in lab")]
       arm TimerId(0) until 65s
       ask fan in visit 3, first
    5s fan.ok of visit 3: Moved
       known.running -> known.idle on Outcome(WatcherId(0), 0) as -
       TimerId(0) is cancelled
       stop fan of visit 3
    5s sensor.alarm: Stayed
    "#);
    bench.trace.clear();
    // It has to become false first, or its state has to be entered anew.
    bench.send("sensor.alarm", &[Data::Int(0)]).send("sensor.alarm", &[Data::Int(2_000)]);
    assert_eq!(bench.state(), "known.running");
    bench.report_with("fan", 0, &[SECOND]).send("pause", &[Data::Text("")]).send("resume", &[]);
    assert_eq!(bench.state(), "known.running", "true on entry:\n{}", bench.trace);
}

#[test]
fn a_condition_that_cannot_be_calculated_is_told_once() {
    let bytes = machine(|it| {
        let ratio = Expr::Calculate(Calculate::Divide, Box::new(int(10)), Box::new(data(slot::WORST)));
        it.guards[1] = guard(21, compare(ratio, Compare::Greater, int(1)));
        it.cells.retain(|cell| cell.event != 13);
    });
    let mut bench = Bench::new(&bytes);
    bench.give(Input::Start).give(Input::Tick).give(Input::Tick);
    assert_snapshot!(bench.trace, @"
    0s Start: Faulted
       fault division at air.machine:21:9, not handled
    0s Tick: Quiet
    0s Tick: Quiet
    ");
}

#[test]
fn a_state_is_gone_back_to_where_it_was_left_even_after_a_restart() {
    let bytes = air().encode().unwrap();
    let mut bench = started(&bytes);
    bench.send("pause", &[Data::Text("")]).send("resume", &[]);
    assert_eq!(bench.state(), "known.idle");
    bench.report_with("probe", 0, &probe(800, 0)).send("pause", &[Data::Text("")]);
    let mut snapshot = Vec::new();
    bench.instance.write(&bench.table, &mut snapshot);
    bench.instance = Instance::read(&bench.table, &snapshot).unwrap();
    bench.send("resume", &[]);
    assert_eq!(bench.state(), "known.running");
}

#[test]
fn a_fact_is_what_the_node_says_and_conditions_look_at_it() {
    let bytes = machine(|it| {
        it.guards[1] = guard(21, compare(Expr::Fact(0), Compare::Equal, text("hall")));
    });
    let mut bench = started(&bytes);
    assert_eq!(bench.instance.fact(&bench.table, 0), Data::Text("lab"));
    bench.give(Input::Fact { fact: 0, value: Data::Text("hall") });
    assert_snapshot!(bench.trace, @r#"
    5s Fact { fact: 0, value: Text("hall") }: Moved
       known.idle -> known.running on when worst > 1000 as -
       emit page [Int(0), Text("at 2026-01-01T00:00:00Z in hall")]
       arm TimerId(0) until 65s
       ask fan in visit 3, first
    "#);
    assert_eq!(bench.instance.fact(&bench.table, 0), Data::Text("hall"));
}

#[test]
fn a_machine_that_raises_for_ever_is_stopped_by_a_fault() {
    // Two conditions that make one another true; no circle of states, so only the step can see it.
    let bytes = machine(|it| {
        it.signals.insert(
            6,
            Signal {
                name: "when runs > 1".into(),
                doc: String::new(),
                source: SignalSource::When { owner: 3, guard: 3 },
                fields: Vec::new(),
            },
        );
        it.guards[1] = guard(21, compare(data(slot::RUNS), Compare::Less, int(2)));
        it.guards.push(guard(23, compare(data(slot::RUNS), Compare::Greater, int(1))));
        it.blocks.extend([vec![assign(1, slot::RUNS, int(3))], vec![assign(2, slot::RUNS, int(0))]]);
        it.plans.extend([6, 7].map(|block| Plan { stay: true, actions: Some(block), ..Plan::default() }));
        it.cells.retain(|cell| cell.event < 12);
        it.cells.push(Cell { leaf: 0, event: 12, target: 0, plan: 10 });
        it.cells.push(Cell { leaf: 0, event: 13, target: 0, plan: 11 });
        it.cells.push(Cell { leaf: 0, event: 14, target: 2, plan: 1 });
    });
    let mut bench = Bench::new(&bytes);
    bench.give(Input::Start);
    assert_eq!(bench.state(), "paused", "{}", bench.trace);
    assert!(bench.trace.contains("fault queue"));
}

#[test]
fn starting_does_what_the_initial_states_do() {
    let bytes = machine(|it| {
        it.blocks.push(vec![assign(5, slot::NOTE, text("idle"))]);
        it.blocks.push(vec![assign(6, slot::NOTE, text("machine")), assign(7, slot::RUNS, int(2))]);
        it.states[0].enter = Some(6);
        it.states[4].enter = Some(7);
    });
    let mut bench = Bench::new(&bytes);
    bench.give(Input::Start);
    assert_eq!((bench.data("note"), bench.data("runs")), (Data::Text("idle"), Data::Int(2)));
}

#[test]
fn a_snapshot_keeps_all_that_is_remembered() {
    let bytes = air().encode().unwrap();
    let mut bench = started(&bytes);
    bench.instance.set_seed(0xFEED);
    bench.report_with("probe", 1, &[Data::Enum(0)]).report_with("probe", 0, &probe(800, 1));
    bench.give(Input::Fact { fact: 0, value: Data::Text("hall") });
    let mut snapshot = Vec::new();
    bench.instance.write(&bench.table, &mut snapshot);
    assert_eq!(Instance::read(&bench.table, &snapshot).as_ref(), Ok(&bench.instance));
    for cut in 0..snapshot.len() {
        assert!(Instance::read(&bench.table, &snapshot[..cut]).is_err(), "cut at {cut}");
    }
    for bit in 0..snapshot.len() * 8 {
        let mut flipped = snapshot.clone();
        flipped[bit / 8] ^= 1 << (bit % 8);
        if let Ok(mut instance) = Instance::read(&bench.table, &flipped) {
            let mut effects = Vec::new();
            crate::step(&bench.table, &mut instance, bench.now, Input::Tick, &mut effects);
        }
    }
}

#[test]
fn a_snapshot_of_the_first_version_has_first_values() {
    let bytes = air().encode().unwrap();
    let mut bench = started(&bytes);
    bench.give(Input::Condition { condition: 0, holds: false });
    let mut snapshot = Vec::new();
    bench.instance.write(&bench.table, &mut snapshot);
    // Leaf, visit, pace; no watcher, no timer.
    snapshot.truncate(1 + 2 + 4 + 8 + 2 + 2);
    snapshot[0] = 1;
    let read = Instance::read(&bench.table, &snapshot).unwrap();
    assert_eq!((read.state(), read.data(&bench.table, slot::NOTE)), (bench.instance.state(), Data::Text("none")));
}

#[test]
fn a_late_outcome_moves_nothing_and_no_condition_is_looked_at() {
    let bytes = air().encode().unwrap();
    let mut bench = started(&bytes);
    let watcher = bench.named("probe");
    let before = bench.instance.clone();
    bench.give(Input::Outcome { watcher, visit: 77, outcome: 0, payload: &probe(1, 0) });
    assert!(bench.trace.contains(&std::format!("{:?}", Verdict::Late)));
    assert_eq!(bench.instance, before);
}

#[test]
fn another_version_goes_on_with_data_by_name_and_states_by_what_they_were_called() {
    let old = air().encode().unwrap();
    let new = machine(|it| {
        // `idle` was renamed, data changed places, words changed places, and `note` and `runs` have less room.
        it.states[0].name = "known.waiting".into();
        it.states[0].was = vec!["known.idle".into()];
        it.enums[0].words.reverse();
        it.data[3].field.ty = Type::Text { max: 4 };
        it.data[5] = datum("load", Type::Float, Value::Float(0.25));
        it.data[6] = datum("until", Type::Time, Value::Time(7));
        it.facts[0].value = Value::Text("none".into());
    });
    let mut bench = started(&old);
    bench.instance.set_seed(5);
    bench.report_with("probe", 0, &probe(800, 1)).report_with("fan", 0, &[SECOND]);
    bench.give(Input::Fact { fact: 0, value: Data::Text("hall") });
    let table = crate::Table::verify(&new).unwrap();
    let mut effects: Vec<crate::Effect> = Vec::new();
    let next = bench.instance.take_over(&bench.table, &table, bench.now, &mut effects).unwrap();
    assert_eq!(table.state_name(next.state()), Some("known.waiting"));
    assert_eq!(next.data(&table, slot::WORST), Data::Int(800));
    assert_eq!(next.data(&table, slot::SPEED), Data::Enum(0), "`high` is the first word now");
    assert_eq!(next.data(&table, slot::NOTE), Data::Text("none"));
    assert_eq!(next.data(&table, slot::LOAD), Data::Float(0.5), "the old value, not the new first one");
    assert_eq!(next.data(&table, 6), Data::Time(7), "of another name");
    assert_eq!(next.fact(&table, 0), Data::Text("hall"));
    assert!(next.condition(0));
}
