//! The whole language, flattened: guards become chains, fields positions, declarations numbers.

#![allow(clippy::unwrap_used)]

use insta::assert_snapshot;
use machine_compiler::diagnostic::Diagnostics;
use machine_compiler::source::SourceMap;
use machine_compiler::{Options, check, compile, lower, table};
use machine_core::definition::{Cell, Definition, SignalSource};
use machine_core::{Input, Instance, Instant, Table};
use std::fmt::Write;

/// The definition of a machine, which must be without mistakes.
fn definition(source: &str) -> Definition {
    let mut sources = SourceMap::default();
    let file = sources.add("m.machine", source);
    let mut sink = Diagnostics::default();
    let ast = lower::lower(file, source, &mut sink);
    let machine = check::machine(file, &ast.machines[0], &check::Setting::alone(&[]), &mut sink);
    assert_eq!(sink.sorted(), []);
    table::flatten(&machine.unwrap(), &sources, file)
}

/// Cells by name, alternatives behind them.
fn cells(it: &Definition) -> String {
    let mut text = String::new();
    for cell in &it.cells {
        let mut at = Some((cell.target, cell.plan));
        let _ = write!(text, "{}: {}", it.states[usize::from(cell.leaf)].name, event(it, cell));
        while let Some((target, plan)) = at {
            let plan = &it.plans[usize::from(plan)];
            let guard = plan.guard.map_or_else(String::new, |it| format!(" when guard {it}"));
            let actions = plan.actions.map_or_else(String::new, |it| format!(" do block {it}"));
            let last = plan.history.map_or_else(String::new, |at| {
                format!(" last of {}", it.states[usize::from(it.histories[usize::from(at)])].name)
            });
            let target =
                if plan.stay { "stay".to_owned() } else { format!("-> {}", it.states[usize::from(target)].name) };
            let _ = write!(text, "{guard} {target} keeping {}{last}{actions}", plan.depth);
            at = plan.otherwise.map(|at| &it.alternatives[usize::from(at)]).map(|it| (it.target, it.plan));
            if at.is_some() {
                text += ", else";
            }
        }
        text += "\n";
    }
    text
}

/// By number: outcomes of all watchers, then timers, then signals.
fn event(it: &Definition, cell: &Cell) -> String {
    let mut left = usize::from(cell.event);
    for watcher in &it.watchers {
        let kind = &it.kinds[usize::from(watcher.kind)];
        let mut names: Vec<&str> = kind.outcomes.iter().map(|it| it.name.as_str()).collect();
        names.extend((!watcher.returns.is_empty()).then_some("invalid"));
        names.extend(watcher.under.map(|_| "skipped"));
        if let Some(name) = names.get(left) {
            return format!("{}.{name}", watcher.name);
        }
        left -= names.len();
    }
    match left.checked_sub(usize::from(it.timer_slots)) {
        None => format!("timer {left}"),
        Some(signal) => it.signals[signal].name.clone(),
    }
}

const FAN: &str = r#"machine fan 1.0.0 {
    data worst: int in 0..5000 = 0
    data speed: low | high = low
    fact room: string = "lab"
    secret token from env "TOKEN"
    limit fans = 2 across fleet
    limit pumps = 3 across fleet offline wait
    limit jobs = 1 across fleet offline skip
    limit doors = 4 across fleet offline proceed
    limit tools = 5 on node
    event stop(why: string) from operator
    event calm
    on stop(s) -> off { log "stopped: {s.why}" }
    initial state known {
        watch air = exec("./air.sh", "{room}") every 1m returns { co2: int in 0..5000, unit: ppm | percent = ppm }
        on air.ok(a) when a.unit == percent -> known.idle
        on air.ok(a) when a.co2 > 800       -> running { worst = max(worst, a.co2) }
        on air.fault(f)                     stay
        initial state idle {
            enter { speed = low }
            on air.ok(a) when a.co2 in 700..800 stay { raise calm }
            on calm stay
        }
        state running {
            run start = exec("./on.sh", env: { TOKEN: token }) under fans wait 5m
            on start.ok, start.failed stay { emit started(speed: speed, room: room) }
            on start.skipped          -> idle
            when worst > 4000         -> off
        }
    }
    state off { after 1h -> known.last }
}"#;

#[test]
fn handlers_become_chains() {
    assert_snapshot!(cells(&definition(FAN)), @"
    known.idle: air.ok when guard 3 stay keeping 0 do block 2, else when guard 2 stay keeping 0, else when guard 1 -> known.running keeping 1 do block 1
    known.idle: air.failed stay keeping 0
    known.idle: air.invalid stay keeping 0
    known.idle: stop -> off keeping 0 do block 3
    known.idle: calm stay keeping 0
    known.running: start.ok stay keeping 0 do block 4
    known.running: start.failed stay keeping 0 do block 4
    known.running: start.skipped -> known.idle keeping 1
    known.running: air.ok when guard 2 -> known.idle keeping 1, else when guard 1 stay keeping 0 do block 1
    known.running: air.failed stay keeping 0
    known.running: air.invalid stay keeping 0
    known.running: stop -> off keeping 0 do block 3
    known.running: when worst > 4000 -> off keeping 0
    off: timer 0 -> known.idle keeping 0 last of known
    off: stop stay keeping 0 do block 3
    ");
}

#[test]
fn calculations_become_code_by_number() {
    let it = definition(FAN);
    let mut text = String::new();
    for guard in &it.guards {
        let _ = writeln!(text, "{}:{} {:?}", guard.position.line, guard.position.column, guard.expr);
    }
    for (at, block) in it.blocks.iter().enumerate() {
        for action in block {
            let _ = writeln!(text, "block {at} {}:{} {:?}", action.position.line, action.position.column, action.kind);
        }
    }
    assert_snapshot!(text, @r#"
    28:18 Compare(Greater, Data(0), Value(Int(4000)))
    17:27 Compare(Greater, Field(1, Int { min: 0, max: 5000 }), Value(Int(800)))
    16:27 Compare(Equal, Field(2, Enum(2)), Value(Enum(2, 1)))
    21:31 And(Compare(GreaterOrEqual, Field(1, Int { min: 0, max: 5000 }), Value(Int(700))), Compare(LessOrEqual, Field(1, Int { min: 0, max: 5000 }), Value(Int(800))))
    block 0 20:21 Assign { data: 1, value: Value(Enum(0, 0)) }
    block 1 17:58 Assign { data: 0, value: Call(Max, [Data(0), Field(1, Int { min: 0, max: 5000 })]) }
    block 2 21:56 Raise { signal: 1, values: [] }
    block 3 13:25 Log(Text([Value(Text("stopped: ")), Field(0, Text { max: 1024 })]))
    block 4 26:46 Emit { emit: 0, values: [Data(1), Fact(0)] }
    "#);
}

#[test]
fn declarations_become_rows() {
    let it = definition(FAN);
    let mut text = format!("{:?}\n{:?}\n{:?}\n{:?}\n", it.enums, it.secrets, it.limits, it.sources);
    for it in it.data.iter().chain(&it.facts) {
        let _ = writeln!(text, "{:?} = {:?}", it.field, it.value);
    }
    for it in &it.signals {
        let _ = writeln!(text, "{} {:?} {:?}", it.name, it.source, it.fields);
    }
    for it in &it.emits {
        let _ = writeln!(text, "{} {:?}", it.name, it.fields);
    }
    for it in &it.watchers {
        let _ = writeln!(text, "{} {:?} {:?} {:?}", it.name, it.args, it.under, it.returns);
    }
    assert_snapshot!(text, @r#"
    [Enum { words: ["low", "high"] }, Enum { words: ["exit", "signal", "timeout", "unstartable", "interrupted"] }, Enum { words: ["ppm", "percent"] }]
    [Secret { name: "token", source: Env("TOKEN") }]
    [Limit { name: "fans", count: 2, reach: Fleet(Wait) }, Limit { name: "pumps", count: 3, reach: Fleet(Wait) }, Limit { name: "jobs", count: 1, reach: Fleet(Skip) }, Limit { name: "doors", count: 4, reach: Fleet(Proceed) }, Limit { name: "tools", count: 5, reach: Node }]
    ["m.machine"]
    Field { name: "worst", ty: Int { min: 0, max: 5000 } } = Int(0)
    Field { name: "speed", ty: Enum(0) } = Enum(0, 0)
    Field { name: "room", ty: Text { max: 1024 } } = Text("lab")
    stop Declared { operator: true } [Field { name: "why", ty: Text { max: 1024 } }]
    calm Declared { operator: false } []
    when worst > 4000 When { owner: 1, guard: 0 } []
    started [Field { name: "speed", ty: Enum(0) }, Field { name: "room", ty: Text { max: 1024 } }]
    start [Text("./on.sh"), List([]), Map([("TOKEN", Secret(0))]), Text("."), Duration(10000)] Some(Under { limit: 0, wait_ms: 300000 }) []
    air [Text("./air.sh"), List([Computed(Fact(0))]), Map([]), Text("."), Duration(10000)] None [Return { field: Field { name: "co2", ty: Int { min: 0, max: 5000 } }, default: None }, Return { field: Field { name: "unit", ty: Enum(2) }, default: Some(Enum(2, 0)) }]
    "#);
}

#[test]
fn a_handler_of_several_events_has_code_for_each_place_of_its_fields() {
    let it = definition(
        r#"machine m 1.0.0 {
    initial state a {
        watch one = exec("1") every 1m returns { level: int in 0..9 }
        watch two = exec("2") every 1m returns { unit: string, level: int in 0..9 }
        on one.ok(x), two.ok(x) when x.level > 3 -> b
        on one.fault, two.fault stay
    }
    final state b
}"#,
    );
    let guards: Vec<_> = it.guards.iter().map(|it| format!("{:?}", it.expr)).collect();
    assert_snapshot!(guards.join("\n"), @"
    Compare(Greater, Field(1, Int { min: 0, max: 9 }), Value(Int(3)))
    Compare(Greater, Field(2, Int { min: 0, max: 9 }), Value(Int(3)))
    ");
}

#[test]
fn the_same_source_gives_the_same_bytes_and_a_table_that_runs() {
    let bytes = || {
        let mut sources = SourceMap::default();
        sources.add("some/where/fan.machine", FAN);
        let output = compile(&sources, Options::default());
        assert_eq!(output.machines.len(), 1, "{:?}", output.diagnostics);
        output.machines[0].table.clone()
    };
    let first = bytes();
    assert_eq!(first, bytes());
    let table = Table::verify(&first).unwrap();
    let mut instance = Instance::new(&table);
    let mut effects = Vec::new();
    machine_core::step(&table, &mut instance, Instant(0), Input::Start, &mut effects);
    assert_eq!(table.state_name(instance.state()), Some("known.idle"));
    assert!(definition(FAN).signals.iter().any(|it| matches!(it.source, SignalSource::When { .. })));
}
