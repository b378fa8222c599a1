//! `E04`: faults that nothing answers, and handlers that are never taken.

use crate::{in_state, mistakes, short};
use insta::assert_snapshot;

#[test]
fn a_fault_that_nothing_answers() {
    assert_snapshot!(mistakes(&in_state(
        r#"watch air = exec("./monitor.sh") every 1m
           on air.ok -> b"#
    )), @r#"
    error[E0401]: nothing answers the fault `air.failed`
      --> m.machine:3:15
      |
    3 |         watch air = exec("./monitor.sh") every 1m
      |               ^^^ `air` is an `exec`, which can report `failed`
      |
      = help: add `on air.failed -> STATE` beside it, or `on air.failed stay` if nothing is to be done about it
    "#);
}

#[test]
fn a_fault_that_some_states_do_not_answer() {
    assert_snapshot!(mistakes(
        r#"machine m 1.0.0 {
    watch manifest = file("manifest.json")
    initial state a {
        on manifest.missing stay
        after 1m -> b
    }
    state b {
        initial state c { after 1m -> d }
        state d { after 1m -> e }
    }
    state e {
        on manifest.fault -> a
        after 1m -> a
    }
}"#
    ), @r#"
    error[E0401]: the fault `manifest.missing` is not answered in `b.c` and `b.d`
      --> m.machine:2:11
      |
    2 |     watch manifest = file("manifest.json")
      |           ^^^^^^^^ `manifest` is a `file`, which can report `missing`
      .
    8 |         initial state c { after 1m -> d }
      |                       - the watcher is active here too
    9 |         state d { after 1m -> e }
      |               - the watcher is active here too
      |
      = help: add `on manifest.missing -> STATE` or `on manifest.missing stay` to `b.c` and `b.d`, or beside the watcher
              for all states at once
    "#);
}

#[test]
fn a_fault_of_a_state_that_cannot_be_reached_is_not_told() {
    assert_snapshot!(short(
        r#"machine m 1.0.0 {
    initial state a { after 1m -> b }
    final state b
    state lost {
        watch air = exec("./monitor.sh") every 1m
        on air.ok, air.ok -> b
    }
}"#
    ), @"m.machine:4:11: error[E0402]: the machine can never be in `lost`");
}

#[test]
fn fault_stands_for_what_is_not_answered_one_by_one() {
    assert_snapshot!(mistakes(&in_state(
        r#"watch air = exec("./monitor.sh") every 1m
           on air.failed -> b
           on air.fault stay"#
    )), @"
    error[E0404]: no fault is left for `air.fault`
      --> m.machine:5:12
      |
    5 |         on air.fault stay
      |            ^^^^^^^^^ this state answers each fault of `air` by its name already
      |
      = help: leave this one out
    ");
}

#[test]
fn an_event_answered_twice() {
    assert_snapshot!(mistakes(&in_state(
        r#"watch air = exec("./monitor.sh") every 1m
           on air.ok, air.ok -> b
           on air.failed stay
           on air.failed -> b"#
    )), @"
    error[E0404]: `air.ok` is answered twice in one state
      --> m.machine:4:20
      |
    4 |         on air.ok, air.ok -> b
      |            ------  ^^^^^^ never reached: the first one is taken
      |            |
      |            the first one
      |
      = help: leave out one of the two

    error[E0404]: `air.failed` is answered twice in one state
      --> m.machine:6:12
      |
    5 |         on air.failed stay
      |            ---------- the first one
    6 |         on air.failed -> b
      |            ^^^^^^^^^^ never reached: the first one is taken
      |
      = help: leave out one of the two
    ");
}

#[test]
fn a_handler_that_inner_ones_hide() {
    assert_snapshot!(mistakes(
        r#"machine m 1.0.0 {
    watch air = exec("./monitor.sh") every 1m
    on air.fault stay
    on air.ok -> c
    initial state a { on air.ok -> b }
    state b { on air.ok -> c }
    state c { on air.ok -> a }
}"#
    ), @"
    error[E0404]: this handler of `air.ok` is never reached
      --> m.machine:4:8
      |
    4 |     on air.ok -> c
      |        ^^^^^^ every state inside answers `air.ok` itself: `a`, `b` and `c`
    5 |     initial state a { on air.ok -> b }
      |                          ------ this one is taken instead
    6 |     state b { on air.ok -> c }
      |                  ------ this one is taken instead
      |
      = help: leave it out, or leave out the inner ones for which this one would do
    ");
}

#[test]
fn a_handler_that_leads_to_where_it_is_looked_at() {
    assert_snapshot!(mistakes(
        r#"machine m 1.0.0 {
    watch air = exec("./monitor.sh") every 1m
    on air.fault stay
    on air.ok -> b
    initial state a { on air.ok -> c }
    state b { after 1m -> a }
    state c { on air.ok -> a }
}"#
    ), @"
    error[E0404]: this handler never leads to `b`
      --> m.machine:4:18
      |
    4 |     on air.ok -> b
      |                  ^ the other states answer the event themselves, and in `b` the machine is already
      |
      = help: leave it out, write `stay`, or leave out an inner handler from which it should lead to `b`
    ");
}

#[test]
fn timers_that_come_too_late() {
    assert_snapshot!(mistakes(&in_state(
        "after 10m stay
         after 5m -> b
         after 300s -> b
         after 1m stay"
    )), @"
    error[E0404]: this `after` never comes to its end
      --> m.machine:3:15
      |
    3 |         after 10m stay
      |               ^^^ `a` has been left by then
    4 |         after 5m -> b
      |               -- `a` is left here already
      |
      = help: leave it out, or make it shorter than the other one

    error[E0404]: two `after` of one state end at the same time, after 5m
      --> m.machine:5:15
      |
    4 |         after 5m -> b
      |               -- the first one
    5 |         after 300s -> b
      |               ^^^^ never reached: the first one is taken
      |
      = help: leave out one of the two, or give it another duration
    ");
}

/// Both fire, in the order of the source; with the same deadline those of outer states come first.
#[test]
fn timers_that_end_at_the_same_time() {
    let lines = "after 5m stay { log \"a\" }\nafter 5m stay { log \"b\" }\nafter 10m -> b";
    assert_snapshot!(mistakes(&in_state(lines)), @"");
    let told = mistakes(
        "machine m 1.0.0 {
    initial state day {
        after 1h -> night
        initial state morning { after 1h -> noon }
        state noon { after 10m -> morning }
    }
    state night { after 8h -> day }
}",
    );
    assert!(told.contains("`day.morning` has been left by then, with `day` around it"), "{told}");
}

#[test]
fn a_timer_that_stays_inside_stops_no_other() {
    assert_snapshot!(mistakes(
        "machine m 1.0.0 {
    initial state day {
        after 1h -> noon
        after 2h -> night
        initial state morning
        state noon
    }
    state night { after 8h -> day }
}"
    ), @"");
}
