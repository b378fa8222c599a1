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

#[test]
fn too_many_states() {
    let states: String = (0..65_000).map(|it| format!("state s{it} {{ after 1m -> s{it} again }}\n")).collect();
    let source = format!("machine m 1.0.0 {{\ninitial {states}}}");
    assert_snapshot!(short(&source), @"m.machine:1:9: error[E0501]: machine `m` has too many states");
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
fn twenty_thousand_states_are_fine() {
    let state = |it: usize| {
        format!(
            "state s{it} {{\nwatch w = exec(\"./w.sh\") every 1m\non w.ok -> s{}\non w.fault stay\n}}\n",
            (it + 1) % 20_000
        )
    };
    let states: String = (0..20_000).map(state).collect();
    assert_snapshot!(short(&format!("machine m 1.0.0 {{\ninitial {states}}}")), @"");
}
