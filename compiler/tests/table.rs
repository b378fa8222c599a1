//! From source to rows: what flattening makes of nesting, `again`, `stay`, `after` and handlers further out.

#![allow(clippy::unwrap_used)]

use insta::assert_snapshot;
use machine_compiler::source::SourceMap;
use machine_compiler::{Options, Strip, compile};
use machine_core::table::EventSource;
use machine_core::{EventId, Milliseconds, Table};

/// The tables of a source, which must be without mistakes.
fn tables(source: &str) -> Vec<Vec<u8>> {
    let mut sources = SourceMap::default();
    sources.add("test.machine", source);
    let output = compile(&sources, Options::default());
    assert!(output.diagnostics.is_empty(), "{:#?}", output.diagnostics);
    output.machines.into_iter().map(|it| it.table).collect()
}

/// One line a transition: from, event, target, how many outer states are kept, label.
fn rows(source: &str) -> String {
    let bytes = tables(source).remove(0);
    let table = Table::verify(&bytes).unwrap();
    let mut text = String::new();
    for leaf in table.leaves() {
        for (event, transition) in table.transitions(leaf) {
            let plan = table.plan(transition.plan);
            let name = |it| table.state_name(it).unwrap();
            let how = if plan.stay {
                "stay".to_owned()
            } else {
                format!("-> {} keeping {}", name(transition.target), plan.depth)
            };
            let label = plan.label.and_then(|it| table.label(it)).map(|it| format!(" as {it}")).unwrap_or_default();
            text += &format!("{}: {} {how}{label}\n", name(leaf), event_name(&table, leaf, event));
        }
    }
    text
}

fn event_name(table: &Table<'_>, leaf: machine_core::StateId, event: EventId) -> String {
    match table.source(event) {
        EventSource::Outcome(watcher, outcome) => {
            let kind = table.watcher(watcher).kind;
            format!("{}.{}", table.watcher_name(watcher).unwrap(), table.outcome_name(kind, outcome).unwrap())
        }
        EventSource::Timer(slot) => {
            let path = table.path(leaf);
            let mut active = path.iter().chain([table.machine()]).flat_map(|it| table.timers_of(it));
            let timer = active.find(|it| table.timer(*it).0 == slot).unwrap();
            format!("after {} in slot {slot}", Milliseconds(table.timer(timer).1))
        }
        EventSource::Signal(signal) => table.signal(signal).name.to_owned(),
    }
}

#[test]
fn a_handler_further_out_holds_in_every_state_inside_unless_an_inner_one_answers() {
    assert_snapshot!(rows(r#"
        machine m 1.0.0 {
            watch door = file("door")
            on door.missing -> closed
            on door.changed -> open
            initial state closed
            state open {
                on door.changed stay
                initial state calm { after 1m -> busy }
                state busy { on door.missing -> calm }
            }
        }
    "#), @"
    closed: door.changed -> open.calm keeping 0
    closed: door.missing stay
    open.calm: door.changed stay
    open.calm: door.missing -> closed keeping 0
    open.calm: after 1m in slot 0 -> open.busy keeping 1
    open.busy: door.changed stay
    open.busy: door.missing -> open.calm keeping 1
    ");
}

#[test]
fn going_to_a_state_keeps_what_is_around_both_ends() {
    assert_snapshot!(rows(r"
        machine m 1.0.0 {
            initial state a {
                initial state b {
                    initial state c { after 1m -> d }
                    state d { after 1m -> e }
                }
                state e { after 1m -> b.d }
            }
            state f { after 1m -> a }
            state g { after 1m -> f }
            after 1h -> g
        }
    "), @"
    a.b.c: after 1h in slot 0 -> g keeping 0
    a.b.c: after 1m in slot 1 -> a.b.d keeping 2
    a.b.d: after 1h in slot 0 -> g keeping 0
    a.b.d: after 1m in slot 1 -> a.e keeping 1
    a.e: after 1h in slot 0 -> g keeping 0
    a.e: after 1m in slot 1 -> a.b.d keeping 1
    f: after 1h in slot 0 -> g keeping 0
    f: after 1m in slot 1 -> a.b.c keeping 0
    g: after 1h in slot 0 stay
    g: after 1m in slot 1 -> f keeping 0
    ");
}

#[test]
fn again_leaves_the_state_that_it_names_and_enters_it_anew() {
    assert_snapshot!(rows(r#"
        machine m 1.0.0 {
            watch it = file("it")
            on it.changed -> outer again as restart
            on it.missing stay
            initial state outer {
                initial state first { after 1m -> second }
                state second { after 2m -> second again }
            }
        }
    "#), @"
    outer.first: it.changed -> outer.first keeping 0 as restart
    outer.first: it.missing stay
    outer.first: after 1m in slot 0 -> outer.second keeping 1
    outer.second: it.changed -> outer.first keeping 0 as restart
    outer.second: it.missing stay
    outer.second: after 2m in slot 0 -> outer.second keeping 1
    ");
}

#[test]
fn one_handler_answers_several_events_and_all_faults() {
    assert_snapshot!(rows(r#"
        machine m 1.0.0 {
            initial state a {
                watch one = exec("one") every 1m
                watch two = exec("two") every 1m
                on one.ok, two.ok       -> b as found
                on one.fault, two.fault stay
            }
            state b { after 1m -> a }
        }
    "#), @"
    a: one.ok -> b keeping 0 as found
    a: one.failed stay
    a: two.ok -> b keeping 0 as found
    a: two.failed stay
    b: after 1m in slot 0 -> a keeping 0
    ");
}

#[test]
fn names_in_backticks_and_docs_travel_with_the_table() {
    let bytes = tables(
        r"
        /// Two rooms.
        machine m 1.0.0-rc1 {
            initial state `2hours_on` { after 2h -> `über` }
            /// The other one.
            state `über` { after 1h30m -> `2hours_on` }
        }
    ",
    )
    .remove(0);
    let table = Table::verify(&bytes).unwrap();
    let states: Vec<_> = table.leaves().map(|it| (table.state_name(it), table.state_doc(it))).collect();
    assert_eq!(states, [(Some("2hours_on"), ""), (Some("über"), "The other one.")]);
    assert_eq!((table.version(), table.state_doc(table.machine())), ("1.0.0-rc1", "Two rooms."));
}

#[test]
fn a_file_holds_several_machines_and_the_same_source_gives_the_same_bytes() {
    let source = "machine a 1.0.0 { initial state x { after 1m -> y } state y { after 1m -> x } }
                  machine b 1.0.0 { initial state x { after 1m -> y } state y { after 1m -> x } }";
    let first = tables(source);
    assert_eq!(first.len(), 2);
    assert_ne!(first[0], first[1]);
    assert_eq!(first, tables(source));
}

#[test]
fn a_mistake_in_one_machine_keeps_all_tables_back() {
    let mut sources = SourceMap::default();
    sources.add("good.machine", "machine a 1.0.0 { initial state x { after 1m -> y } state y { after 1m -> x } }");
    sources.add("bad.machine", "machine b 1.0.0 { initial state x { after 1m -> z } }");
    let output = compile(&sources, Options { strip: Strip::Nothing });
    assert!(output.machines.is_empty());
    assert!(!output.diagnostics.is_empty());
}
