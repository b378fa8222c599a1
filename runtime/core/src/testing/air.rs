//! A machine that uses all of the language, for the tests of what a table tells and of what a verifier refuses.

use crate::definition::*;
use std::{boxed::Box, format, string::String, vec, vec::Vec};

pub(crate) fn data(index: u16) -> Expr {
    Expr::Data(index)
}

pub(crate) fn int(it: i64) -> Expr {
    Expr::Value(Value::Int(it))
}

pub(crate) fn text(it: &str) -> Expr {
    Expr::Value(Value::Text(it.into()))
}

pub(crate) fn compare(left: Expr, how: Compare, right: Expr) -> Expr {
    Expr::Compare(how, Box::new(left), Box::new(right))
}

pub(crate) fn add(left: Expr, right: Expr) -> Expr {
    Expr::Calculate(Calculate::Add, Box::new(left), Box::new(right))
}

pub(crate) fn and(left: Expr, right: Expr) -> Expr {
    Expr::And(Box::new(left), Box::new(right))
}

pub(crate) fn at(line: u32) -> Position {
    Position { source: 0, line, column: 9 }
}

pub(crate) fn guard(line: u32, expr: Expr) -> Guard {
    Guard { position: at(line), expr }
}

pub(crate) fn act(line: u32, kind: ActionKind) -> Action {
    Action { position: at(line), kind }
}

pub(crate) fn assign(line: u32, data: u16, value: Expr) -> Action {
    act(line, ActionKind::Assign { data, value })
}

pub(crate) fn field(name: &str, ty: Type) -> Field {
    Field { name: name.into(), ty }
}

pub(crate) fn datum(name: &str, ty: Type, value: Value) -> Datum {
    Datum { field: field(name, ty), doc: format!("what {name} is"), value }
}

pub(crate) fn within(min: i64, max: i64) -> Type {
    Type::Int { min, max }
}

fn texts(words: &[&str]) -> Vec<String> {
    words.iter().map(|it| (*it).into()).collect()
}

/// Data of the air machine.
pub(crate) mod slot {
    pub(crate) const WORST: u16 = 0;
    pub(crate) const RUNS: u16 = 1;
    pub(crate) const SPEED: u16 = 2;
    pub(crate) const NOTE: u16 = 3;
    pub(crate) const LOG: u16 = 4;
    pub(crate) const LOAD: u16 = 5;
    pub(crate) const SINCE: u16 = 6;
}

/// Leaves `known.idle`, `known.running`, `paused` (0, 1, 2), then `known` (3) and the machine (4). Events: `fan.ok`,
/// `fan.failed`, `fan.skipped`, `probe.ok`, `probe.failed`, `probe.invalid`, the timer, then the signals from 7.
///
/// `probe` looks for air in `known`, `fan` is run in `running`; signals `pause(reason)`, `resume`, `nudge(by, note)`,
/// `sensor.alarm(level)`, `door enters shut`, `when worst > 1000` in `known`, `fault`.
pub(crate) fn air() -> Definition {
    let speed = Type::Enum(0);
    let enter = vec![act(
        40,
        ActionKind::Emit {
            emit: 0,
            values: vec![data(slot::WORST), Expr::Text(vec![text("at "), Expr::Now, text(" in "), Expr::Fact(0)])],
        },
    )];
    Definition {
        name: "air".into(),
        version: "2.0.0".into(),
        doc: "Keeps the air good.".into(),
        states: states(),
        leaves: 3,
        initial: 0,
        kinds: kinds(),
        watchers: watchers(),
        timers: vec![Timer { owner: 1, slot: 0, ms: 60_000 }],
        timer_slots: 1,
        labels: vec!["bad air".into()],
        signals: signals(),
        enums: vec![Enum { words: texts(&["low", "high"]) }, Enum { words: texts(FAULT_REASONS) }],
        data: vec![
            datum("worst", within(0, 5_000), Value::Int(0)),
            datum("runs", within(0, 3), Value::Int(0)),
            datum("speed", speed, Value::Enum(0, 0)),
            datum("note", Type::Text { max: 12 }, Value::Text("none".into())),
            datum("log", Type::List { of: Box::new(Type::Text { max: 6 }), max: 3 }, Value::List(Vec::new())),
            datum("load", Type::Float, Value::Float(0.5)),
            datum("since", Type::Time, Value::Time(0)),
        ],
        facts: vec![datum("room", Type::Text { max: 8 }, Value::Text("lab".into()))],
        secrets: vec![
            Secret { name: "token".into(), source: SecretSource::Env("TOKEN".into()) },
            Secret { name: "key".into(), source: SecretSource::File("/etc/key".into()) },
        ],
        limits: vec![Limit { name: "fans".into(), count: 3, reach: Reach::Fleet(Offline::Proceed) }],
        conditions: vec![Condition { machine: "door".into(), state: "shut".into() }],
        emits: vec![Emit {
            name: "page".into(),
            doc: "Somebody has to look.".into(),
            fields: vec![field("worst", within(0, 5_000)), field("text", Type::Text { max: 80 })],
        }],
        histories: vec![3],
        sources: vec!["air.machine".into()],
        guards: guards(),
        blocks: [blocks(), vec![enter]].concat(),
        plans: plans(),
        alternatives: vec![Alternative { target: 0, plan: 2 }, Alternative { target: 0, plan: 6 }],
        cells: cells(),
    }
}

fn states() -> Vec<State> {
    let state = |name: &str, parent| State { name: name.into(), parent, ..State::default() };
    vec![
        State { was: texts(&["off", "known.off"]), ..state("known.idle", Some(3)) },
        State { enter: Some(5), exit: Some(4), ..state("known.running", Some(3)) },
        state("paused", Some(4)),
        state("known", Some(4)),
        State { name: "air".into(), ..State::default() },
    ]
}

fn kinds() -> Vec<Kind> {
    let ok =
        Outcome { name: "ok".into(), fields: vec![field("took", Type::Duration)], returns: true, ..Outcome::default() };
    let reason = field("reason", Type::Enum(0));
    let failed = Outcome { name: "failed".into(), fault: true, fields: vec![reason], returns: false };
    vec![Kind {
        name: "probe".into(),
        signature: 7,
        notified: false,
        interruptible: true,
        outcomes: vec![ok, failed],
        params: texts(&["room", "env"]),
        program: texts(&["./probe", "-v"]),
    }]
}

fn watchers() -> Vec<Watcher> {
    let computed = Expr::Text(vec![text("room "), Expr::Fact(0), text("/"), data(slot::WORST)]);
    let env = vec![("TOKEN".into(), Value::Secret(0)), ("WORST".into(), Value::Computed(Box::new(data(slot::WORST))))];
    vec![
        Watcher {
            name: "fan".into(),
            owner: 1,
            once: true,
            args: vec![Value::Text("on".into()), Value::Map(Vec::new())],
            under: Some(Under { limit: 0, wait_ms: 300_000 }),
            user: Some("fan".into()),
            ..Watcher::default()
        },
        Watcher {
            name: "probe".into(),
            doc: "Smells.".into(),
            owner: 3,
            every_ms: Some(10_000),
            args: vec![Value::Computed(Box::new(computed)), Value::Map(env)],
            splay_ms: Some(5_000),
            timeout_ms: Some(2_000),
            backoff: Some(Backoff { percent: 200, up_to_ms: 60_000 }),
            announce_ms: Some(3_600_000),
            quiet: true,
            condition: Some(0),
            user: Some("nobody".into()),
            returns: vec![
                Return { field: field("co2", within(0, 5_000)), default: None },
                Return { field: field("speed", Type::Enum(0)), default: Some(Value::Enum(0, 1)) },
            ],
            ..Watcher::default()
        },
    ]
}

fn signals() -> Vec<Signal> {
    let signal = |name: &str, source, fields| Signal { name: name.into(), doc: format!("{name}!"), source, fields };
    let fault = vec![field("reason", Type::Enum(1)), field("at", Type::Text { max: FAULT_AT_MAX })];
    let nudge = vec![field("by", Type::INT), field("note", Type::Text { max: 6 })];
    vec![
        signal("pause", SignalSource::Declared { operator: true }, vec![field("reason", Type::Text { max: 20 })]),
        signal("resume", SignalSource::Declared { operator: true }, Vec::new()),
        signal("nudge", SignalSource::Declared { operator: false }, nudge),
        signal(
            "sensor.alarm",
            SignalSource::Emitted { machine: "sensor".into(), event: "alarm".into() },
            vec![field("level", Type::INT)],
        ),
        signal("door enters shut", SignalSource::Enters { machine: "door".into(), state: "shut".into() }, Vec::new()),
        signal("when worst > 1000", SignalSource::When { owner: 3, guard: 1 }, Vec::new()),
        signal("fault", SignalSource::Fault, fault),
    ]
}

fn guards() -> Vec<Guard> {
    let co2 = || Expr::Field(1, within(0, 5_000));
    vec![
        guard(20, compare(co2(), Compare::Greater, add(data(slot::WORST), int(10)))),
        guard(21, compare(data(slot::WORST), Compare::Greater, int(1_000))),
        guard(
            22,
            and(compare(data(slot::RUNS), Compare::Less, int(3)), compare(int(2), Compare::LessOrEqual, data(0))),
        ),
    ]
}

fn blocks() -> Vec<Vec<Action>> {
    let field = |at, ty| Expr::Field(at, ty);
    let note = || field(1, Type::Text { max: 6 });
    vec![
        // 0: { worst = max(worst, f.co2)  speed = f.speed }
        vec![
            assign(30, slot::WORST, Expr::Call(Function::Max, vec![data(slot::WORST), field(1, within(0, 5_000))])),
            assign(31, slot::SPEED, field(2, Type::Enum(0))),
        ],
        // 1: { runs += 1 }
        vec![assign(32, slot::RUNS, add(data(slot::RUNS), int(1)))],
        // 2: { worst = 0  runs = 0 }
        vec![assign(33, slot::WORST, int(0)), assign(34, slot::RUNS, int(0))],
        // 3: { note = "{f.note}+{f.by}"  log = [f.note, "x"]  log "log: {log}" }
        vec![
            assign(35, slot::NOTE, Expr::Text(vec![note(), text("+"), field(0, Type::INT)])),
            assign(36, slot::LOG, Expr::List(Type::Text { max: 6 }, vec![note(), text("x")])),
            act(37, ActionKind::Log(Expr::Text(vec![text("log: "), data(slot::LOG)]))),
        ],
        // 4: exit of running
        vec![assign(38, slot::SINCE, Expr::Now), act(39, ActionKind::Poll(1))],
    ]
}

fn plans() -> Vec<Plan> {
    let known = || Plan { depth: 1, near: true, ..Plan::default() };
    vec![
        Plan { guard: Some(0), otherwise: Some(0), actions: Some(0), label: Some(0), ..known() }, // 0 idle -> running
        Plan::default(),                                          // 1 into or out of known
        Plan { stay: true, ..Plan::default() },                   // 2
        Plan { stay: true, actions: Some(1), ..Plan::default() }, // 3
        Plan { history: Some(0), ..Plan::default() },             // 4 paused -> known.last
        Plan { stay: true, guard: Some(2), otherwise: Some(1), actions: Some(1), ..Plan::default() }, // 5
        known(),                                                  // 6 between the two
        Plan { actions: Some(2), ..Plan::default() },             // 7 to paused, reset
        Plan { stay: true, actions: Some(1), ..Plan::default() }, // 8 runs += 1
        Plan { stay: true, actions: Some(3), ..Plan::default() }, // 9
    ]
}

fn cells() -> Vec<Cell> {
    let cell = |leaf, event, target, plan| Cell { leaf, event, target, plan };
    vec![
        cell(0, 3, 1, 0), // probe.ok in idle: if f.co2 > worst + 10 -> running, otherwise stay
        cell(0, 4, 0, 8), // probe.failed: { runs += 1 }
        cell(0, 5, 0, 2), // probe.invalid
        cell(1, 4, 1, 3),
        cell(1, 5, 1, 2),
        cell(1, 0, 0, 6), // fan.ok -> idle
        cell(1, 1, 1, 5), // fan.failed: if runs < 3 and 2 <= worst { runs += 1 }, otherwise -> idle
        cell(1, 2, 0, 6), // fan.skipped -> idle
        cell(1, 6, 0, 6), // after 1m -> idle
        cell(0, 7, 2, 1), // pause -> paused
        cell(1, 7, 2, 1),
        cell(2, 8, 0, 4), // resume -> known.last
        cell(0, 9, 0, 9), // nudge stay { note … }
        cell(1, 9, 1, 9),
        cell(0, 11, 2, 7), // door enters shut -> paused { reset }
        cell(1, 11, 2, 7),
        cell(0, 12, 1, 6), // when worst > 1000 -> running
        cell(0, 13, 2, 1), // fault -> paused
        cell(1, 13, 2, 1),
    ]
}
