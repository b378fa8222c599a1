//! Tables made by hand, for what these tests need of the language.

use machine_core::definition::{Cell, Enum, Field, Kind, Outcome, Plan, State, Type, Value, Watcher};
use machine_core::{Definition, OwnedTable};
use machine_tests::node::tables;
use std::sync::OnceLock;

/// The signature of `exec`, as the compiler writes it.
fn signature() -> u32 {
    static SIGNATURE: OnceLock<u32> = OnceLock::new();
    *SIGNATURE.get_or_init(|| {
        let source = r#"machine m 1.0.0 { watch x = exec("true") every 1m  on x.failed -> b  initial state a  state b { on x.ok -> a } }"#;
        let table = OwnedTable::verify(tables(source).remove(0).1.into()).unwrap();
        table.table().kinds().next().unwrap().signature
    })
}

pub(crate) fn field(name: &str, ty: Type) -> Field {
    Field { name: name.into(), ty }
}

/// The kind `exec`, as its declaration has it; its reasons are the first enum.
pub(crate) fn exec_kind() -> Kind {
    let took = || field("took", Type::Duration);
    let text = |name, max| field(name, Type::Text { max });
    let failed =
        vec![field("reason", Type::Enum(0)), field("code", Type::INT), text("signal", 32), text("stderr", 255), took()];
    let outcome = |name: &str, fault, returns, fields| Outcome { name: name.into(), fault, fields, returns };
    Kind {
        name: "exec".into(),
        signature: signature(),
        interruptible: true,
        outcomes: vec![outcome("ok", false, true, vec![took()]), outcome("failed", true, false, failed)],
        ..Kind::default()
    }
}

pub(crate) fn reasons() -> Enum {
    Enum { words: ["exit", "signal", "timeout", "unstartable", "interrupted"].map(str::to_owned).into() }
}

/// Arguments of `exec`.
pub(crate) fn exec(program: &str, args: &[&str], env: Value) -> Vec<Value> {
    let args = args.iter().map(|it| Value::Text((*it).into())).collect();
    vec![Value::Text(program.into()), Value::List(args), env, Value::Text(".".into()), Value::Duration(30_000)]
}

pub(crate) fn state(name: &str, parent: Option<u16>) -> State {
    State { name: name.into(), parent, ..State::default() }
}

/// `off` and `on`; in `off` a watcher `work` is asked every hour, and nothing comes of what it answers.
pub(crate) fn failing(name: &str, args: Vec<Value>) -> Definition {
    let work = Watcher { name: "work".into(), every_ms: Some(3_600_000), args, ..Watcher::default() };
    Definition {
        name: name.into(),
        version: "1.0.0".into(),
        states: vec![state("off", Some(2)), state("on", Some(2)), state(name, None)],
        leaves: 2,
        kinds: vec![exec_kind()],
        enums: vec![reasons()],
        watchers: vec![work],
        plans: vec![Plan { stay: true, ..Plan::default() }],
        cells: vec![Cell { leaf: 0, event: 1, target: 0, plan: 0 }],
        ..Definition::default()
    }
}
