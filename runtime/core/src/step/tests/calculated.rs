//! What a machine does that calculates.

use crate::definition::*;
use crate::testing::Bench;
use crate::testing::air::*;
use crate::{Data, Input, Instance, SignalId, Verdict};
use insta::assert_snapshot;
use std::{boxed::Box, string::String, vec, vec::Vec};

const SECOND: Data<'static> = Data::Duration(1_000);

fn probe(co2: i64, speed: u16) -> [Data<'static>; 3] {
    [SECOND, Data::Int(co2), Data::Enum(speed)]
}

/// The air machine, started, its door shut.
fn started(bytes: &[u8]) -> Bench<'_> {
    let mut bench = Bench::new(bytes);
    bench.instance.set_wall(1_767_225_600_000);
    bench.give(Input::Start).give(Input::Condition { condition: 0, holds: true }).at(5).tick();
    bench.trace.clear();
    bench
}

fn machine(change: impl FnOnce(&mut Definition)) -> Vec<u8> {
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
    let bytes = machine(|it| it.plans[0].otherwise = None);
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
fn a_watcher_with_a_condition_works_only_while_it_holds() {
    let bytes = air().encode().unwrap();
    let mut bench = Bench::new(&bytes);
    bench.give(Input::Start).at(60).tick();
    let shut = |holds| Input::Condition { condition: 0, holds };
    bench.give(shut(true)).at(65).tick().give(shut(true)).give(shut(false)).at(100).tick();
    bench.give(shut(true)).at(105).tick();
    assert_snapshot!(bench.trace, @"
      0s Start: Quiet
     60s Condition { condition: 0, holds: true }: Quiet
     65s Tick: Quiet
         ask probe in visit 2, first
     65s Condition { condition: 0, holds: true }: Quiet
     65s Condition { condition: 0, holds: false }: Quiet
         stop probe of visit 2
    100s Condition { condition: 0, holds: true }: Quiet
    105s Tick: Quiet
         ask probe in visit 3, first
    ");
    assert!(bench.instance.condition(0));
}

#[test]
fn an_answer_from_before_a_condition_ceased_to_hold_is_late() {
    let bytes = air().encode().unwrap();
    let mut bench = started(&bytes);
    let watcher = bench.named("probe");
    let visit = bench.instance.visit_of(watcher).unwrap();
    bench.give(Input::Condition { condition: 0, holds: false }).give(Input::Condition { condition: 0, holds: true });
    bench.trace.clear();
    bench.give(Input::Outcome { watcher, visit, outcome: 0, payload: &probe(9, 0) });
    assert_snapshot!(bench.trace, @"   5s probe.ok of visit 2: Late");
}

#[test]
fn splay_spreads_the_first_ask_by_seed_and_visit_and_stays_below_its_limit() {
    let bytes = air().encode().unwrap();
    let first_ask = |seed| {
        let mut bench = Bench::new(&bytes);
        bench.instance.set_seed(seed);
        bench.give(Input::Start).give(Input::Condition { condition: 0, holds: true });
        bench.instance.deadline().unwrap().0
    };
    let mut asks: Vec<u64> = (0..100).map(first_ask).collect();
    assert_eq!(asks[7], first_ask(7), "drawn, not random");
    asks.sort_unstable();
    asks.dedup();
    assert!(asks.len() > 95 && asks[0] < 500_000_000 && asks[asks.len() - 1] <= 5_000_000_000);
    assert!(asks[asks.len() - 1] > 4_500_000_000);
}

#[test]
fn the_pace_grows_with_each_fault_in_a_row_and_is_as_before_after_a_success() {
    let bytes = machine(|it| {
        it.watchers[1].splay_ms = None;
        it.data[1].field.ty = Type::INT;
    });
    let mut bench = Bench::new(&bytes);
    bench.give(Input::Start).give(Input::Condition { condition: 0, holds: true });
    let mut pauses = Vec::new();
    for outcome in [1, 2, 1, 1, 1, 0, 1] {
        let asked = bench.now.0;
        match outcome {
            0 => bench.report_with("probe", 0, &probe(0, 0)),
            1 => bench.report_with("probe", 1, &[Data::Enum(0)]),
            _ => bench.report_with("probe", 2, &[Data::Text(""); 3]),
        };
        bench.now = bench.instance.deadline().unwrap();
        pauses.push((bench.now.0 - asked) / 1_000_000_000);
        bench.give(Input::Tick);
    }
    assert_eq!(pauses, [20, 40, 60, 60, 60, 10, 20]);
}

#[test]
fn a_poll_asks_at_once_what_is_active_and_not_under_way() {
    let bytes = air().encode().unwrap();
    let mut bench = started(&bytes);
    bench.report_with("probe", 0, &probe(800, 0));
    bench.trace.clear();
    // Leaving `running` polls the probe; the second time it has not answered yet.
    bench.at(6).report_with("fan", 0, &[SECOND]);
    assert_snapshot!(bench.trace, @"
    6s fan.ok of visit 3: Moved
       known.running -> known.idle on Outcome(WatcherId(0), 0) as -
       TimerId(0) is cancelled
       stop fan of visit 3
       ask probe in visit 2
    ");
    bench.trace.clear();
    bench.report_with("probe", 0, &probe(900, 0)).report_with("fan", 0, &[SECOND]);
    assert_eq!(bench.trace.matches("ask probe").count(), 1, "{}", bench.trace);
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
