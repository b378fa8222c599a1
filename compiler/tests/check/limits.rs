//! `E05`: what a table can hold.

use crate::{in_state, mistakes, short};
use insta::assert_snapshot;

#[test]
fn a_name_that_cannot_be_that_of_a_file() {
    assert_snapshot!(mistakes("machine `a/b` 1.0.0 {\n    initial state a { after 1m -> a again }\n}"), @"
    error[E0503]: a machine cannot be called `a/b`
      --> m.machine:1:9
      |
    1 | machine `a/b` 1.0.0 {
      |         ^^^^^ this becomes the name of a file
      |
      = help: use the letters a to z, digits, `_` and `-`, beginning with a letter or `_`, at most 63 of them
    ");
}

/// A machine of many states, each of which answers four events, and a few more in its own body.
fn machine(states: usize, more: usize) -> String {
    let state = |it: usize| {
        let next = |step: usize| (it + step) % states;
        format!(
            "state s{it} {{\nwatch a = exec(\"./a.sh\") every 1m\nwatch b = exec(\"./b.sh\") every 1m\n\
             on a.ok -> s{}\non a.failed -> s{}\non b.ok, b.failed -> s{}\n}}\n",
            next(1),
            next(2),
            next(3)
        )
    };
    let more: String = (1..=more).map(|it| format!("after {it}h stay\n")).collect();
    format!("machine m 1.0.0 {{\n{more}initial {}}}", (0..states).map(state).collect::<String>())
}

#[test]
fn too_many_states() {
    assert_snapshot!(mistakes(&machine(1_025, 0)).lines().take(6).collect::<Vec<_>>().join("\n"), @"
    error[E0504]: machine `m` has too many states
      --> m.machine:1:9
      |
    1 | machine m 1.0.0 {
      |         ^ it has 1025 states, and 1024 is the most
      |
    ");
}

#[test]
fn too_many_transitions() {
    assert_snapshot!(short(&machine(1_024, 1)), @"m.machine:1:9: error[E0505]: machine `m` has too many transitions");
}

#[test]
fn a_million_states_are_refused_at_once() {
    let states: String = (0..1_000_000).map(|it| format!("state s{it}\n")).collect();
    assert_snapshot!(short(&format!("machine m 1.0.0 {{\ninitial {states}}}")), @"m.machine:1:9: error[E0504]: machine `m` has too many states");
}

#[test]
fn the_largest_machine() {
    assert_snapshot!(short(&machine(1_024, 0)), @"");
}

#[test]
fn transitions_that_fit_into_no_table() {
    let answers =
        |it: usize| format!("watch w{it} = exec(\"./a.sh\") every 1m\non w{it}.ok -> s{it}\non w{it}.failed stay\n");
    let answers: String = (0..100).map(answers).collect();
    let states: String = (0..400).map(|it| format!("state s{it}\n")).collect();
    let found = short(&format!("machine m 1.0.0 {{\n{answers}initial {states}}}"));
    assert_snapshot!(found.lines().next().unwrap_or_default(), @"m.machine:1:9: error[E0501]: the transitions of machine `m` fit into no table");
}

#[test]
fn too_many_timers() {
    let timers: String = (1..=1_001).map(|it| format!("after {it}m stay\n")).collect();
    assert_snapshot!(short(&in_state(&timers)), @"m.machine:2:19: error[E0501]: too many timers run in `a`");
}

#[test]
fn a_text_that_is_too_long() {
    let text = "x".repeat(65_537);
    let source =
        in_state(&format!("watch air = exec(\"./a.sh\", \"{text}\") every 1m\non air.fault stay\nafter 1m -> b"));
    assert_snapshot!(short(&source), @"m.machine:3:36: error[E0502]: this text is too long");
}

#[test]
fn too_much_memory() {
    let source = "machine mailbox 1.0.0 {
    event letters(all: list of string)
    event come from operator
    initial final state waiting {
        on come stay { raise letters(all: [\"first\"]) }
        on letters stay
    }
}";
    assert_snapshot!(mistakes(source), @"
    error[E0507]: the machine `mailbox` would need more memory than it may have
      --> m.machine:2:11
      |
    2 |     event letters(all: list of string)
      |           ^^^^^^^ `letters` takes most of it
      |
      = note: all that a machine can remember has its place from the start: at most 1048576 bytes
      = help: say how much is needed at most, as in `string up to 64` or `list of string up to 8`
    ");
    assert_eq!(mistakes(&source.replace("string)", "string up to 100 up to 8)")), "");
}
