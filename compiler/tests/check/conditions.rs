//! Conditions of handlers: what can never be, what is left out, and `when` (`E04`, `W04`).

use crate::{fan, mistakes};
use insta::assert_snapshot;

#[track_caller]
fn handlers(lines: &str) -> String {
    let data = "data co2_max: int in 0..5000 = 800
                data speed: low | high = low
                data on_call: bool = false";
    mistakes(&fan(data, &format!("{lines}\nafter 1h -> off {{ speed = high on_call = true co2_max = 900 }}")))
}

#[test]
fn a_gap_is_told_by_example() {
    assert_snapshot!(
        handlers("on air.ok(a) when a.co2 < co2_max -> off\non air.ok(a) when a.co2 > co2_max + 1 -> loud"),
        @"
    warning[W0401]: no handler of `air.ok` is taken when `co2_max` is 800 and `a.co2` is 800
      --> m.machine:9:12
      |
    9 |         on air.ok(a) when a.co2 > co2_max + 1 -> loud
      |            ^^^^^^ this is the last one
      |
      = help: add `on air.ok stay`, or one that leads to a state, below it: it is taken in all other cases
    "
    );
    assert_snapshot!(handlers("on air.ok when speed == low -> off\non air.ok when on_call -> loud"), @"
    warning[W0401]: no handler of `air.ok` is taken when `speed` is high and `on_call` is false
      --> m.machine:9:12
      |
    9 |         on air.ok when on_call -> loud
      |            ^^^^^^ this is the last one
      |
      = help: add `on air.ok stay`, or one that leads to a state, below it: it is taken in all other cases
    ");
}

#[test]
fn what_leaves_no_gap() {
    assert_snapshot!(handlers("on air.ok(a) when a.co2 <= co2_max -> off\non air.ok(a) when a.co2 > co2_max -> loud"), @"");
    assert_snapshot!(handlers("on air.ok when speed == low -> off\non air.ok when speed == high -> loud"), @"");
    assert_snapshot!(handlers("on air.ok(a) when a.co2 > co2_max -> off"), @"");
}

#[test]
fn conditions_that_never_or_always_hold() {
    assert_snapshot!(handlers("on air.ok(a) when a.co2 > 5000 -> off"), @"
    error[E0414]: `a.co2 > 5000` never holds
      --> m.machine:8:27
      |
    8 |         on air.ok(a) when a.co2 > 5000 -> off
      |                           ^^^^^^^^^^^^ so this handler is never taken
      |
      = note: `a.co2` is of the type `int in 0..5000`
      = help: leave the handler out, or compare with a value that can occur
    ");
    assert_snapshot!(handlers("on air.ok(a) when a.co2 > 900 and a.co2 < 800 -> off"), @"
    error[E0414]: `a.co2 > 900 and a.co2 < 800` never holds
      --> m.machine:8:27
      |
    8 |         on air.ok(a) when a.co2 > 900 and a.co2 < 800 -> off
      |                           ^^^^^^^^^^^^^^^^^^^^^^^^^^^ so this handler is never taken
      |
      = note: `a.co2` is of the type `int in 0..5000`
      = help: leave the handler out, or compare with a value that can occur
    ");
    assert_snapshot!(handlers("on air.ok(a) when a.co2 >= 0 or on_call -> off"), @"
    warning[W0402]: `a.co2 >= 0 or on_call` always holds
      --> m.machine:8:27
      |
    8 |         on air.ok(a) when a.co2 >= 0 or on_call -> off
      |                           ^^^^^^^^^^^^^^^^^^^^^ so this condition decides nothing
      |
      = note: `a.co2` is of the type `int in 0..5000`
      = note: `on_call` is of the type `bool`
      = help: leave the condition out, or compare with a value that matters
    ");
    assert_snapshot!(handlers("on air.ok when speed in [low, high] -> off"), @"
    warning[W0402]: `speed in [low, high]` always holds
      --> m.machine:8:24
      |
    8 |         on air.ok when speed in [low, high] -> off
      |                        ^^^^^^^^^^^^^^^^^^^^ so this condition decides nothing
      |
      = note: `speed` is of the type `low | high`
      = help: leave the condition out, or compare with a value that matters
    ");
}

#[test]
fn handlers_to_which_nothing_is_left() {
    assert_snapshot!(
        handlers("on air.ok(a) when a.co2 > 800 -> off\non air.ok(a) when a.co2 > 1000 -> loud\non air.ok stay"),
        @"
    error[E0415]: this handler of `air.ok` is never taken
      --> m.machine:9:12
      |
    8 |         on air.ok(a) when a.co2 > 800 -> off
      |                           ----------- this condition comes first
    9 |         on air.ok(a) when a.co2 > 1000 -> loud
      |            ^^^^^^ whatever happens, one before it is taken
      |
      = help: leave it out, put it before the others, or make a condition above it narrower
    "
    );
    assert_snapshot!(
        handlers("on air.ok when speed == low -> off\non air.ok when speed == high -> loud\non air.ok stay"),
        @"
    error[E0415]: this handler of `air.ok` is never taken
       --> m.machine:10:12
       |
     8 |         on air.ok when speed == low -> off
       |                        ------------ this condition comes first
     9 |         on air.ok when speed == high -> loud
       |                        ------------- this condition comes first
    10 |         on air.ok stay
       |            ^^^^^^ whatever happens, one before it is taken
       |
       = help: leave it out, put it before the others, or make a condition above it narrower
    "
    );
    assert_snapshot!(handlers("on air.ok -> off\non air.ok(a) when a.co2 > 1000 -> loud"), @"
    error[E0404]: `air.ok` is answered twice in one state
      --> m.machine:9:12
      |
    8 |         on air.ok -> off
      |            ------ the first one
    9 |         on air.ok(a) when a.co2 > 1000 -> loud
      |            ^^^^^^ never reached: the first one is taken
      |
      = help: leave out one of the two
    ");
}

#[test]
fn a_fault_that_is_answered_only_sometimes() {
    assert_snapshot!(
        mistakes(
            "machine m 1.0.0 {
    initial state a {
        run b = exec(\"b\")
        on b.ok -> c
        on b.failed(f) when f.reason == exit -> c
        on b.failed(f) when f.code > 3       -> c
    }
    final state c
}"
        ),
        @r#"
    error[E0401]: the fault `b.failed` is not answered in `a`
      --> m.machine:3:13
      |
    3 |         run b = exec("b")
      |             ^ `b` is an `exec`, which can report `failed`
    4 |         on b.ok -> c
    5 |         on b.failed(f) when f.reason == exit -> c
      |            -------- this handler is taken only if its condition holds
      |
      = help: add `on b.failed -> STATE` or `on b.failed stay` to `a`, or beside the watcher for all states at once
    "#
    );
}

#[test]
fn a_condition_without_effect() {
    assert_snapshot!(handlers("when co2_max > 1000 stay"), @r#"
    error[E0422]: nothing is done when this becomes true
      --> m.machine:8:29
      |
    8 |         when co2_max > 1000 stay
      |                             ^^^^ the machine stays where it is
      |
      = help: write `-> STATE`, or what is to be done between braces: `stay { log "…" }`
    "#);
    assert_snapshot!(handlers("when co2_max > 1000 stay { log \"high\" }"), @"");
}

#[test]
fn circles_of_conditions() {
    let machine = |a: &str, b: &str| {
        format!(
            "machine m 1.0.0 {{
    data level: int in 0..100 = 50
    initial state low {{ when {a} -> high }}
    state high {{ when {b} -> low }}
    watch probe = exec(\"probe\") every 1m returns {{ level: int in 0..100 }}
    on probe.ok(p) stay {{ level = p.level }}
    on probe.fault stay
}}"
        )
    };
    assert_snapshot!(mistakes(&machine("level > 20", "level < 80")), @"
    error[E0405]: the machine can go from `low` back to `low` without a wait
      --> m.machine:3:25
      |
    3 |     initial state low { when level > 20 -> high }
      |                         ^^^^^^^^^^^^^^^^^^^^^^^ `when level > 20` leads from `low` to `high`
    4 |     state high { when level < 80 -> low }
      |                  ---------------------- `when level < 80` leads from `high` to `low`
      |
      = note: a `when` that holds is taken at once when its state is entered, so nothing slows this down
      = help: let one of these states wait with `after 10s -> STATE`, or use `watch … every 10s` in place of a `run`, so
              that it is tried again at a pace
    ");
    assert_snapshot!(mistakes(&machine("level > 80", "level < 20")), @"");
}

#[test]
fn events_that_raise_one_another() {
    assert_snapshot!(
        mistakes(
            "machine m 1.0.0 {
    event ping
    event pong
    initial state a { on ping -> b { raise pong } after 1m -> b { raise ping } }
    state b { on pong -> a { raise ping } }
}"
        ),
        @"
    error[E0405]: the event `ping` comes back to itself without a wait
      --> m.machine:4:38
      |
    4 |     initial state a { on ping -> b { raise pong } after 1m -> b { raise ping } }
      |                                      ^^^^^^^^^^ `ping` raises `pong` here
    5 |     state b { on pong -> a { raise ping } }
      |                              ---------- `pong` raises `ping` here
      |
      = note: what is raised is taken at once, so nothing slows this down
      = help: raise one of them from an `after` or from the outcome of a `watch`, which comes at a pace
    "
    );
    assert_snapshot!(
        mistakes(
            "machine m 1.0.0 {
    event ping
    event pong
    initial state a { after 1m stay { raise ping } on ping -> b { raise pong } }
    state b { on pong -> c }
    final state c
}"
        ),
        @""
    );
}

#[test]
fn retries_that_are_counted_are_no_circle() {
    assert_snapshot!(
        mistakes(
            "machine m 1.0.0 {
    data tries: int in 0..3 = 0
    initial state a {
        run b = exec(\"b\")
        on b.ok                       -> c
        on b.failed when tries < 3 -> a again { tries += 1 }
        on b.failed                   -> c
    }
    final state c
}"
        ),
        @""
    );
}

#[test]
fn the_state_that_was_active_last() {
    assert_snapshot!(
        mistakes(
            "machine m 1.0.0 {
    initial state a { after 1m -> b.last }
    state b { after 1m -> c.last }
    state c { initial state d { after 1m -> e } state e { after 1m -> a } }
}"
        ),
        @"
    error[E0417]: `b` has no states inside, so none was active last
      --> m.machine:2:35
      |
    2 |     initial state a { after 1m -> b.last }
      |                                   ^^^^^^ `last` asks for the state that was active last inside it
      |
      = help: write `-> b`
    "
    );
}
