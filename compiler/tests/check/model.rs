//! What `check` makes of a machine that is right.

#![allow(clippy::unwrap_used)]

use insta::assert_snapshot;
use machine_compiler::check;
use machine_compiler::diagnostic::Diagnostics;
use machine_compiler::model::{Event, Handler, Machine, Origin, Response, Trigger};
use machine_compiler::source::FileId;
use std::fmt::Write;

fn machine(source: &str) -> Machine {
    let mut sink = Diagnostics::default();
    let file = FileId(0);
    let ast = machine_compiler::lower::lower(file, source, &mut sink);
    let machine = check::machine(file, &ast.machines[0], &check::Setting::alone(&[]), &mut sink);
    assert_eq!(sink.sorted(), []);
    machine.unwrap()
}

/// States, watchers and handlers, a line each.
fn outline(machine: &Machine) -> String {
    let mut text = format!("{} {}\n", machine.name, machine.version);
    for (id, state) in machine.states.iter().enumerate() {
        let _ = writeln!(
            text,
            "state {id} `{}` in {:?} first {:?} final {}",
            state.path,
            state.parent.map(|it| it.0),
            state.initial.map(|it| it.0),
            state.is_final
        );
    }
    for (id, it) in machine.watchers.iter().enumerate() {
        let kind = &machine.kinds[it.kind].name;
        let _ = writeln!(
            text,
            "watcher {id} `{}` in {} is {kind} once {} every {:?} {:?}",
            it.name, it.owner.0, it.once, it.every_ms, it.args
        );
    }
    for it in &machine.handlers {
        let _ = writeln!(text, "{}", handler(machine, it));
    }
    text
}

fn handler(machine: &Machine, handler: &Handler) -> String {
    let event = |it: &Event| match it.origin {
        Origin::Outcome(watcher, outcome) => {
            let name = machine.outcomes(watcher).nth(outcome).unwrap().name;
            format!("{}.{name}", machine.watcher(watcher).name)
        }
        Origin::Signal(signal) => format!("{:?}", machine.signals[signal.0].source),
    };
    let trigger = match &handler.trigger {
        Trigger::On(events) => events.iter().map(event).collect::<Vec<_>>().join(", "),
        Trigger::After { ms, .. } => format!("after {ms} ms"),
        Trigger::When(signal) => format!("{:?}", machine.signals[signal.0].source),
    };
    let response = match handler.response {
        Response::Goto { target, again, .. } => format!("-> {}{}", target.0, if again { " again" } else { "" }),
        Response::Stay(_) => "stay".to_owned(),
    };
    format!("in {}: {trigger} {response} {:?}", handler.owner.0, handler.label)
}

#[test]
fn names_are_resolved_defaults_filled_in_and_faults_expanded() {
    let machine = machine(
        r#"
machine m 1.0.0 {
    watch limits = file("limits.json")
    on limits.fault -> off
    initial state off { after 1h30m -> known.running as again_and_again }
    state known {
        watch air = exec("./air.sh", "room", env: { A: "b" }) every 1m
        on air.ok, limits.changed -> known again
        initial state idle { on air.fault -> running }
        state running {
            run start = shell("start | tee log", timeout: 1m)
            on air.failed stay
            on start.fault -> idle
        }
        final state `the.end`
    }
}
"#,
    );
    assert_snapshot!(outline(&machine), @r#"
    m 1.0.0
    state 0 `` in None first Some(1) final false
    state 1 `off` in Some(0) first None final false
    state 2 `known` in Some(0) first Some(3) final false
    state 3 `known.idle` in Some(2) first None final false
    state 4 `known.running` in Some(2) first None final false
    state 5 `known.`the.end`` in Some(2) first None final true
    watcher 0 `limits` in 0 is file once false every None [Text("limits.json")]
    watcher 1 `air` in 2 is exec once false every Some(60000) [Text("./air.sh"), List([Text("room")]), Map([("A", Text("b"))]), Text("."), Duration(10000)]
    watcher 2 `start` in 4 is shell once true every None [Text("start | tee log"), Map([]), Text("."), Duration(60000)]
    in 0: limits.missing -> 1 None
    in 1: after 5400000 ms -> 4 Some("again_and_again")
    in 2: air.ok, limits.changed -> 2 again None
    in 3: air.failed -> 4 None
    in 4: air.failed stay None
    in 4: start.failed -> 3 None
    "#);
}

#[test]
fn each_fault_is_left_to_the_handler_that_names_it() {
    let machine = machine(
        r#"
machine m 1.0.0 {
    watch air = exec("./air.sh") every 1m
    on air.fault stay
    initial state a { on air.ok, air.failed -> a again }
}
"#,
    );
    assert_snapshot!(outline(&machine), @r#"
    m 1.0.0
    state 0 `` in None first Some(1) final false
    state 1 `a` in Some(0) first None final false
    watcher 0 `air` in 0 is exec once false every Some(60000) [Text("./air.sh"), List([]), Map([]), Text("."), Duration(10000)]
    in 0: air.failed stay None
    in 1: air.ok, air.failed -> 1 again None
    "#);
}
