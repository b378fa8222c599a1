//! What the compiler says of names, types and machines: every code at least once, and what must stay silent.

mod actions;
mod answers;
mod calculations;
mod circles;
mod clean;
mod conditions;
mod data;
mod declared;
mod failing;
mod keys;
mod limits;
mod model;
mod modifiers;
mod named_states;
mod names;
mod promises;
mod repeated;
mod schedules;
mod scripts;
mod structure;
mod types;

use machine_compiler::diagnostic::render::{self, Form, Style};
use machine_compiler::source::SourceMap;

/// All mistakes of one source, as a terminal shows them; empty if there is none.
fn mistakes(source: &str) -> String {
    mistakes_of(&[("m.machine", source)])
}

/// The same of several sources.
fn mistakes_of(files: &[(&str, &str)]) -> String {
    let mut sources = SourceMap::default();
    for (name, text) in files {
        sources.add(*name, *text);
    }
    let found = machine_compiler::check(&sources);
    render::to_string(Form::Rich, &sources, &found, Style::PLAIN)
}

/// One line for each mistake.
fn short(source: &str) -> String {
    let mut sources = SourceMap::default();
    sources.add("m.machine", source);
    let found = machine_compiler::check(&sources);
    render::to_string(Form::Short, &sources, &found, Style::PLAIN)
}

/// A machine whose state `a` holds these lines; `b` is another one, where it may end.
fn in_state(lines: &str) -> String {
    format!("machine m 1.0.0 {{\n    initial state a {{\n{}\n    }}\n    final state b\n}}\n", indented(lines, 8))
}

fn indented(lines: &str, by: usize) -> String {
    let indented = |it: &str| format!("{:by$}{}", "", it.trim());
    lines.trim().lines().map(indented).collect::<Vec<_>>().join("\n")
}

/// A machine with these declarations and a watcher `air`, whose state `busy` holds these lines.
fn fan(declarations: &str, lines: &str) -> String {
    let air = "watch air = exec(\"./air.sh\") every 1m returns { co2: int in 0..5000 }\non air.fault stay";
    format!(
        "machine fan 1.0.0 {{\n{}\n    initial state busy {{\n{}\n{}\n    }}\n    final state off\n    final state loud\n    after 1w -> loud\n}}\n",
        indented(declarations, 4),
        indented(air, 8),
        indented(lines, 8)
    )
}

/// The mistakes of a handler with this guard.
fn when(guard: &str) -> String {
    let data = "data worst: int in 0..5000 = 0
                data part: float = 0.5
                data name: string = \"\"
                data pause: duration = 1m
                data seen: list of int = []
                data speed: low | high = low
                fact room: string = \"a\"
                secret token from env \"T\"";
    mistakes(&fan(data, &format!("on air.ok(a) when {guard} -> off\nafter 1h -> off")))
}

/// The mistakes of a handler with these actions.
fn done(actions: &str) -> String {
    let data = "data worst: int in 0..5000 = 0
                data total: int = 0
                data name: string up to 20 = \"\"
                fact room: string = \"a\"
                secret token from env \"T\"
                event stop(why: string)";
    mistakes(&fan(
        data,
        &format!("on air.ok(a) -> off {{ {actions} }}\non stop -> off\nafter 1h -> off {{ raise stop(why: \"x\") }}"),
    ))
}
