//! What a machine does that calculates.

use crate::definition::*;
use crate::testing::Bench;
use crate::testing::air::*;
use crate::{Data, Input, SignalId};
use insta::assert_snapshot;
use std::{string::String, vec, vec::Vec};

pub(super) const SECOND: Data<'static> = Data::Duration(1_000);

pub(super) fn probe(co2: i64, speed: u16) -> [Data<'static>; 3] {
    [SECOND, Data::Int(co2), Data::Enum(speed)]
}

/// The air machine, started, its door shut.
pub(super) fn started(bytes: &[u8]) -> Bench<'_> {
    let mut bench = Bench::new(bytes);
    bench.instance.set_wall(1_767_225_600_000);
    bench.give(Input::Start).give(Input::Condition { condition: 0, holds: true }).at(5).tick();
    bench.trace.clear();
    bench
}

pub(super) fn machine(change: impl FnOnce(&mut Definition)) -> Vec<u8> {
    let mut definition = air();
    change(&mut definition);
    definition.encode().unwrap()
}

#[test]
fn a_guard_that_does_not_hold_leads_to_the_alternative_and_one_that_does_to_the_actions() {
    let bytes = air().encode().unwrap();
    let mut bench = started(&bytes);
    bench.report_with("probe", 0, &probe(10, 0)).report_with("probe", 0, &probe(800, 1));
    assert_snapshot!(bench.trace, @r#"
    5s probe.ok of visit 2: Stayed
    5s probe.ok of visit 2: Moved
       known.idle -> known.running on Outcome(WatcherId(1), 0) as bad air
       emit page [Int(800), Text("at 2026-01-01T00:00:00Z in lab")]
       arm TimerId(0) until 65s
       ask fan in visit 3, first
    "#);
    assert_eq!(bench.data("worst"), Data::Int(800));
    assert_eq!(bench.data("speed"), Data::Enum(1));
}

#[test]
fn without_an_alternative_the_event_is_unanswered() {
    let bytes = machine(|it| {
        it.plans[0].otherwise = None;
        it.alternatives.remove(0);
        it.plans[5].otherwise = Some(0);
    });
    let mut bench = started(&bytes);
    bench.report_with("probe", 0, &probe(10, 0));
    assert_snapshot!(bench.trace, @"   5s probe.ok of visit 2: Unanswered");
}

#[test]
fn alternatives_are_tried_in_their_order() {
    let bytes = air().encode().unwrap();
    let mut bench = started(&bytes);
    bench.report_with("probe", 0, &probe(800, 1));
    bench.trace.clear();
    let failed = [Data::Enum(0)];
    // The guard asks for fewer than three runs; the third failure finds three.
    for _ in 0..4 {
        bench.report_with("fan", 1, &failed);
    }
    assert_snapshot!(bench.trace, @"
    5s fan.failed of visit 3: Stayed
    5s fan.failed of visit 3: Stayed
    5s fan.failed of visit 3: Stayed
    5s fan.failed of visit 3: Moved
       known.running -> known.idle on Outcome(WatcherId(0), 1) as -
       TimerId(0) is cancelled
       stop fan of visit 3
       ask probe in visit 2
    ");
}

#[test]
fn what_a_state_does_when_it_is_left_and_entered_stands_around_the_actions() {
    let bytes = machine(|it| {
        let log = |line, text_of| vec![act(line, ActionKind::Log(text(text_of)))];
        it.blocks.extend([log(1, "exit running"), log(2, "exit known"), log(3, "actions"), log(4, "enter paused")]);
        it.states[1].exit = Some(6);
        it.states[3].exit = Some(7);
        it.states[2].enter = Some(9);
        it.plans[1].actions = Some(8);
    });
    let mut bench = started(&bytes);
    bench.report_with("probe", 0, &probe(800, 1));
    bench.trace.clear();
    bench.send("pause", &[Data::Text("tea")]);
    assert_snapshot!(bench.trace, @r#"
    5s pause: Moved
       known.running -> paused on pause as -
       TimerId(0) is cancelled
       stop fan of visit 3
       stop probe of visit 2
       log "exit running"
       log "exit known"
       log "actions"
       log "enter paused"
    "#);
}

#[test]
fn a_calculation_that_fails_undoes_all_and_is_handled_as_a_fault() {
    let bytes = machine(|it| {
        // Before the range of `runs` is left, `note` is changed and a page is sent.
        it.blocks.push(vec![
            assign(50, slot::NOTE, text("changed")),
            act(51, ActionKind::Emit { emit: 0, values: vec![int(1), text("page")] }),
            assign(52, slot::RUNS, add(data(slot::RUNS), int(4))),
        ]);
        it.plans[8].actions = Some(6);
        it.blocks.push(vec![assign(
            53,
            slot::NOTE,
            Expr::Call(Function::Upper, vec![Expr::Text(vec![Expr::Field(0, Type::Enum(1))])]),
        )]);
        it.plans.push(Plan { actions: Some(7), ..Plan::default() });
        it.cells.iter_mut().filter(|cell| cell.event == 13).for_each(|cell| cell.plan = 10);
    });
    let mut bench = started(&bytes);
    bench.report_with("probe", 1, &[Data::Enum(0)]);
    assert_snapshot!(bench.trace, @"
    5s probe.failed of visit 2: Moved
       fault range at air.machine:52:9
       known.idle -> paused on fault as -
       stop probe of visit 2
    ");
    assert_eq!(bench.data("note"), Data::Text("RANGE"));
    assert_eq!(bench.data("runs"), Data::Int(0));
}

#[test]
fn a_fault_that_nothing_answers_leaves_the_machine_as_it_is() {
    let bytes = machine(|it| it.cells.retain(|cell| cell.event != 13));
    let mut bench = started(&bytes);
    for _ in 0..3 {
        bench.report_with("probe", 1, &[Data::Enum(0)]);
    }
    let before = bench.instance.clone();
    bench.trace.clear();
    bench.report_with("probe", 1, &[Data::Enum(0)]);
    assert_snapshot!(bench.trace, @"
    5s probe.failed of visit 2: Faulted
       fault range at air.machine:32:9, not handled
    ");
    assert_eq!(bench.data("runs"), Data::Int(3));
    assert_eq!(bench.instance.state(), before.state());
}

#[test]
fn a_fault_in_the_handler_of_a_fault_is_undone_and_told() {
    let bytes = machine(|it| {
        it.blocks.push(vec![assign(60, slot::RUNS, Expr::Value(Value::Int(9)))]);
        it.plans.push(Plan { actions: Some(6), ..Plan::default() });
        it.plans[8].actions = Some(6);
        it.cells.iter_mut().filter(|cell| cell.event == 13).for_each(|cell| cell.plan = 10);
    });
    let mut bench = started(&bytes);
    bench.report_with("probe", 1, &[Data::Enum(0)]);
    assert_snapshot!(bench.trace, @"
    5s probe.failed of visit 2: Faulted
       fault range at air.machine:60:9
       fault range at air.machine:60:9, not handled
    ");
}

#[test]
fn fields_of_an_event_from_outside_become_text_and_lists() {
    let bytes = machine(|it| it.signals[2].source = SignalSource::Declared { operator: true });
    let mut bench = started(&bytes);
    bench.send("nudge", &[Data::Int(-3), Data::Text("föhn")]);
    assert_snapshot!(bench.trace, @r#"
    5s nudge: Stayed
       log "log: föhn,x"
    "#);
    assert_eq!(bench.data("note"), Data::Text("föhn+-3"));
    let Data::List(log) = bench.data("log") else { panic!() };
    assert_eq!(log.iter().collect::<Vec<_>>(), [Data::Text("föhn"), Data::Text("x")]);
}

#[test]
fn what_does_not_fit_is_a_misfit_and_changes_nothing() {
    let bytes = air().encode().unwrap();
    let mut bench = started(&bytes);
    let before = bench.instance.clone();
    let long = Data::Text("longer than twenty bytes");
    bench.send("pause", &[]).send("pause", &[Data::Int(1)]).send("pause", &[long]).send("nudge", &[Data::Int(1)]);
    bench.send("fault", &[Data::Enum(0), Data::Text("")]).send("when worst > 1000", &[]);
    bench.give(Input::Signal { signal: SignalId(99), payload: &[] });
    bench.report_with("probe", 0, &probe(5_001, 0)).report_with("probe", 0, &probe(1, 2));
    bench.report_with("probe", 0, &[SECOND]).report_with("probe", 9, &[]);
    bench.give(Input::Fact { fact: 1, value: Data::Int(1) }).give(Input::Fact { fact: 0, value: Data::Int(1) });
    bench.give(Input::Condition { condition: 1, holds: true });
    assert_eq!(bench.trace.lines().filter(|it| it.ends_with(": Misfit")).count(), 14, "{}", bench.trace);
    assert_eq!(bench.instance, before);
}

#[test]
fn arguments_are_calculated_from_what_the_machine_knows() {
    let bytes = air().encode().unwrap();
    let mut bench = started(&bytes);
    bench.report_with("probe", 0, &probe(800, 0));
    let table = bench.table;
    let args: Vec<_> = table.arguments().nth(1).unwrap().collect();
    let (crate::table::Value::Computed(room), crate::table::Value::Map(mut env)) = (args[0], args[1]) else { panic!() };
    let mut made = String::new();
    assert_eq!(bench.instance.compute(&table, room, &mut made), Data::Text("room lab/800"));
    assert!(matches!(env.next(), Some(("TOKEN", crate::table::Value::Secret(0)))));
    let Some(("WORST", crate::table::Value::Computed(worst))) = env.next() else { panic!() };
    assert_eq!(bench.instance.compute(&table, worst, &mut made), Data::Int(800));
}

/// Takes what it is given and keeps nothing.
struct Nothing;

impl crate::Effects for Nothing {
    fn push(&mut self, _: crate::Effect) {}
}

#[test]
fn a_step_that_calculates_does_not_allocate() {
    let bytes = machine(|it| it.signals[2].source = SignalSource::Declared { operator: true });
    let mut bench = started(&bytes);
    let (table, now) = (bench.table, bench.now);
    let fan = bench.named("fan");
    let watcher = bench.named("probe");
    let visit = bench.instance.visit_of(watcher).unwrap();
    let nudge = [Data::Int(-3), Data::Text("föhn")];
    let good = probe(900, 1);
    let inputs = [
        Input::Signal { signal: SignalId(2), payload: &nudge },
        Input::Outcome { watcher, visit, outcome: 0, payload: &good },
        Input::Outcome { watcher: fan, visit: visit + 1, outcome: 0, payload: &[SECOND] },
        Input::Fact { fact: 0, value: Data::Text("hall") },
    ];
    let allocated = allocation_counter::measure(|| {
        for input in inputs {
            let verdict = crate::step(&table, &mut bench.instance, now, input, &mut Nothing);
            assert_ne!(verdict, crate::Verdict::Misfit);
        }
    });
    assert_eq!((allocated.count_total, bench.data("worst")), (0, Data::Int(900)));
}
