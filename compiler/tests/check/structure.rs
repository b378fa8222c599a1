//! `E04`: what the structure of a machine says about how it will run.

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
fn a_state_that_nothing_leads_to() {
    assert_snapshot!(mistakes(
        "machine m 1.0.0 {
    initial state a { after 1m -> b }
    state b { after 1m -> a }
    state lost {
        initial state x { after 1m -> y }
        state y { after 1m -> a }
    }
}"
    ), @"
    error[E0402]: the machine can never be in `lost`
      --> m.machine:4:11
      |
    4 |     state lost {
      |           ^^^^ nothing leads to this state
      |
      = help: add a handler that ends in `-> lost`, or leave the state out
    ");
}

#[test]
fn of_states_that_hang_together_the_first_is_told() {
    assert_snapshot!(mistakes(
        "machine m 1.0.0 {
    initial state a { after 1m -> b }
    state b { after 1m -> a }
    state y { after 1m -> z }
    state z { after 1m -> a }
    state x { after 1m -> y }
}"
    ), @"
    error[E0402]: the machine can never be in `x`
      --> m.machine:6:11
      |
    6 |     state x { after 1m -> y }
      |           ^ nothing leads to this state
      |
      = help: add a handler that ends in `-> x`, or leave the state out
    ");
    assert_snapshot!(mistakes(
        "machine m 1.0.0 {
    initial state a { after 1m -> b }
    state b { after 1m -> a }
    state x { after 1m -> y }
    state y { after 1m -> x }
}"
    ), @"
    error[E0402]: the machine can never be in `x`
      --> m.machine:4:11
      |
    4 |     state x { after 1m -> y }
      |           ^ nothing that can happen leads to this state
    5 |     state y { after 1m -> x }
      |               ------------- this leads to it, but nothing leads to `y` either
      |
      = help: add a handler that ends in `-> x`, or leave the state out
    ");
}

#[test]
fn an_inner_state_that_only_the_way_in_misses() {
    assert_snapshot!(mistakes(
        "machine m 1.0.0 {
    initial state a { after 1m -> b.y }
    state b {
        initial state x { after 1m -> y }
        state y { after 1m -> a }
    }
}"
    ), @"
    error[E0402]: the machine can never be in `b.x`
      --> m.machine:4:23
      |
    4 |         initial state x { after 1m -> y }
      |                       ^ nothing leads to this state
      |
      = help: add a handler that ends in `-> x`, or leave the state out
    ");
}

#[test]
fn a_state_that_nothing_leads_out_of() {
    assert_snapshot!(mistakes(
        r#"machine m 1.0.0 {
    initial state a { after 1m -> b }
    state b {
        watch air = exec("./monitor.sh") every 1m
        on air.fault stay
    }
}"#
    ), @"
    error[E0403]: nothing leads out of `b`
      --> m.machine:3:11
      |
    3 |     state b {
      |           ^ whatever happens here, the machine stays in this state
      |
      = help: add a handler that leads to another state, such as `after 1h -> STATE`, or write `final state b` if it may
              end here
    ");
}

#[test]
fn a_state_in_which_nothing_can_happen() {
    assert_snapshot!(mistakes("machine m 1.0.0 {\n    initial state a\n}"), @"
    error[E0403]: nothing can ever happen in `a`
      --> m.machine:2:19
      |
    2 |     initial state a
      |                   ^ no watcher and no `after` is active here
      |
      = help: add a handler that leads to another state, such as `after 1h -> STATE`, or write `initial final state a` if
              it may end here
    ");
}

#[test]
fn a_way_out_that_an_inner_handler_hides() {
    assert_snapshot!(mistakes(
        r#"machine m 1.0.0 {
    watch air = exec("./monitor.sh") every 1m
    on air.ok     -> a
    on air.failed -> b
    initial state a
    state b {
        on air.ok stay
    }
}"#
    ), @"
    error[E0404]: this handler never leads to `a`
      --> m.machine:3:22
      |
    3 |     on air.ok     -> a
      |                      ^ the other states answer the event themselves, and in `a` the machine is already
      |
      = help: leave it out, write `stay`, or leave out an inner handler from which it should lead to `a`

    error[E0403]: nothing leads out of `b`
      --> m.machine:6:11
      |
    6 |     state b {
      |           ^ whatever happens here, the machine stays in this state
      |
      = help: add a handler that leads to another state, such as `after 1h -> STATE`, or write `final state b` if it may
              end here
    ");
}

#[test]
fn a_way_out_that_leads_back() {
    assert_snapshot!(mistakes(
        r#"machine m 1.0.0 {
    watch air = exec("./monitor.sh") every 1m
    on air.ok    -> b
    on air.fault stay
    initial state a
    state b
}"#
    ), @"
    error[E0403]: nothing leads out of `b`
      --> m.machine:6:11
      |
    6 |     state b
      |           ^ whatever happens here, the machine stays in this state
      |
      = help: add a handler that leads to another state, such as `after 1h -> STATE`, or write `final state b` if it may
              end here
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

#[test]
fn a_run_that_is_tried_again_at_once() {
    assert_snapshot!(mistakes(&in_state(
        r#"run start = exec("./start.sh")
           on start.ok -> b
           on start.failed -> a again"#
    )), @"
    error[E0405]: `a` is entered again and again without a wait
      --> m.machine:5:12
      |
    5 |         on start.failed -> a again
      |            ^^^^^^^^^^^^ `start.failed` leads from `a` to `a`
      |
      = note: `run start` starts at once whenever its state is entered, so nothing slows this down
      = help: go to a state that waits, with an `after 10s` that leads back, or use `watch … every 10s` in place of the
              `run`, so that it is tried again at a pace
    ");
}

#[test]
fn a_circle_of_runs() {
    assert_snapshot!(mistakes(
        r#"machine m 1.0.0 {
    initial state fetch {
        run fetcher = exec("./fetch.sh")
        on fetcher.ok     -> build.configure
        on fetcher.failed -> broken
    }
    state build {
        initial state wait { after 1m -> configure }
        state configure {
            run configurer = exec("./configure.sh")
            on configurer.ok     -> make
            on configurer.failed -> wait
        }
        state make {
            run maker = exec("./make.sh")
            on maker.ok     -> broken
            on maker.failed -> fetch
        }
    }
    state broken { after 1h -> build }
}"#
    ), @"
    error[E0405]: the machine can go from `fetch` back to `fetch` without a wait
       --> m.machine:4:12
       |
     4 |         on fetcher.ok     -> build.configure
       |            ^^^^^^^^^^ `fetcher.ok` leads from `fetch` to `build.configure`
       .
    11 |             on configurer.ok     -> make
       |                ------------- `configurer.ok` leads from `build.configure` to `build.make`
       .
    17 |             on maker.failed -> fetch
       |                ------------ `maker.failed` leads from `build.make` to `fetch`
       |
       = note: the runs `fetcher`, `configurer` and `maker` start at once whenever their states are entered, so nothing
               slows this down
       = help: let one of these states wait with `after 10s -> STATE`, or use `watch … every 10s` in place of a `run`, so
               that it is tried again at a pace
    ");
}

#[test]
fn a_wait_anywhere_breaks_the_circle() {
    assert_snapshot!(mistakes(
        r#"machine m 1.0.0 {
    initial state start {
        run starter = exec("./start.sh")
        on starter.ok     -> running
        on starter.failed -> pause
    }
    state running {
        watch alive = exec("./alive.sh") every 10s
        on alive.failed -> start
    }
    state pause { after 10s -> start }
}"#
    ), @"");
}

#[test]
fn a_run_of_an_outer_state_drives_a_circle_only_if_that_state_is_left() {
    assert_snapshot!(mistakes(
        r#"machine m 1.0.0 {
    initial state known {
        run prepare = exec("./prepare.sh")
        on prepare.failed -> b
        on prepare.ok stay
        initial state a {
            run fix = exec("./fix.sh")
            on fix.ok -> b
            on fix.failed stay
        }
        state b {
            run use_it = exec("./use.sh")
            on use_it.fault stay
            after 1m -> a
        }
    }
}"#
    ), @"");
    assert_snapshot!(mistakes(
        r#"machine m 1.0.0 {
    initial state known {
        run prepare = exec("./prepare.sh")
        on prepare.failed -> known again
        on prepare.ok stay
        initial state a { after 1m -> b }
        state b { after 1m -> a }
    }
}"#
    ), @"
    error[E0405]: `known.a` is entered again and again without a wait
      --> m.machine:4:12
      |
    4 |         on prepare.failed -> known again
      |            ^^^^^^^^^^^^^^ `prepare.failed` leads from `known.a` to `known.a`
      |
      = note: `run prepare` starts at once whenever its state is entered, so nothing slows this down
      = help: go to a state that waits, with an `after 10s` that leads back, or use `watch … every 10s` in place of the
              `run`, so that it is tried again at a pace
    ");
}

#[test]
fn no_initial_state() {
    assert_snapshot!(mistakes(
        "machine m 1.0.0 {
    state a { after 1m -> b }
    state b {
        state x { after 1m -> a }
    }
}"
    ), @"
    error[E0406]: machine `m` does not say in which of its states it begins
      --> m.machine:1:9
      |
    1 | machine m 1.0.0 {
      |         ^ one of the states inside has to be the `initial` one
    2 |     state a { after 1m -> b }
      |           - this is the first one
      |
      = help: write `initial state a` if it begins there

    error[E0406]: state `b` does not say in which of its states it begins
      --> m.machine:3:11
      |
    3 |     state b {
      |           ^ one of the states inside has to be the `initial` one
    4 |         state x { after 1m -> a }
      |               - this is the only one
      |
      = help: write `initial state x` if it begins there
    ");
}

#[test]
fn no_initial_state_where_the_first_is_final() {
    assert_snapshot!(mistakes("machine m 1.0.0 {\n    final state a\n    state b { after 1m -> a }\n}"), @"
    error[E0406]: machine `m` does not say in which of its states it begins
      --> m.machine:1:9
      |
    1 | machine m 1.0.0 {
      |         ^ one of the states inside has to be the `initial` one
      |
      = help: write `initial` before the `state` in which it begins
    ");
}

#[test]
fn no_initial_state_where_the_only_one_is_final() {
    assert_snapshot!(mistakes("machine m 1.0.0 {\n    final state a\n}"), @"
    error[E0406]: machine `m` does not say in which of its states it begins
      --> m.machine:1:9
      |
    1 | machine m 1.0.0 {
      |         ^ one of the states inside has to be the `initial` one
    2 |     final state a
      |                 - this is the only one
      |
      = help: write `initial final state a` if it begins there
    ");
}

#[test]
fn two_initial_states() {
    assert_snapshot!(mistakes(
        "machine m 1.0.0 {
    initial state a { after 1m -> b }
    initial state b { after 1m -> a }
}"
    ), @"
    error[E0407]: `b` is a second `initial` state
      --> m.machine:3:5
      |
    2 |     initial state a { after 1m -> b }
      |     ------- `a` is `initial` already
    3 |     initial state b { after 1m -> a }
      |     ^^^^^^^ the second one
      |
      = help: leave out one of the two: it can begin in one state only
    ");
}

#[test]
fn a_transition_to_where_the_machine_is() {
    assert_snapshot!(mistakes(
        r#"machine m 1.0.0 {
    initial state known {
        watch air = exec("./monitor.sh") every 1m
        on air.failed -> known
        initial state a { on air.ok -> known }
    }
}"#
    ), @"
    error[E0408]: this leads to `known`, where the machine is already
      --> m.machine:4:26
      |
    4 |         on air.failed -> known
      |                          ^^^^^ this handler stands in `known` itself
      |
      = help: write `stay` to go on as before, or `-> known again` to leave it and enter it anew

    error[E0408]: this leads to `known`, where the machine is already
      --> m.machine:5:40
      |
    2 |     initial state known {
      |                   ----- `known` is around it
      .
    5 |         initial state a { on air.ok -> known }
      |                                        ^^^^^ the machine is in `known` already whenever this handler is looked at
      |
      = help: write `stay` to go on as before, or `-> known again` to leave it and enter it anew
    ");
}

#[test]
fn no_states_and_no_version() {
    assert_snapshot!(mistakes("machine m {\n}"), @"
    error[E0409]: machine `m` has no states
      --> m.machine:1:9
      |
    1 | machine m {
      |         ^ a machine is always in one of its states
      |
      = help: write at least `initial state idle` between its braces

    error[E0410]: machine `m` has no version
      --> m.machine:1:9
      |
    1 | machine m {
      |         ^ a version belongs behind the name
      |
      = help: write `machine m 1.0.0`
    ");
}

#[test]
fn a_version_of_another_form() {
    assert_snapshot!(mistakes("machine m 1.2 {\n    initial state a { after 1m -> a again }\n}"), @"
    error[E0411]: `1.2` is not a version
      --> m.machine:1:11
      |
    1 | machine m 1.2 {
      |           ^^^ three numbers with dots between them belong here
      |
      = help: write it like `1.0.0`, or `2.1.0-beta` for one that is not finished
    ");
}

#[test]
fn a_timer_that_one_further_out_always_beats() {
    assert_snapshot!(mistakes(
        r#"machine m 1.0.0 {
    initial state a {
        after 1h -> b
        initial state c { after 2h -> d }
        state d { after 10m -> c }
    }
    state b { after 1m -> a }
}"#
    ));
}

#[test]
fn a_timer_that_the_default_timeout_of_a_run_beats() {
    let source = |timeout: &str| {
        in_state(&format!(
            "run work = exec(\"./work.sh\"{timeout})\n on work.ok -> b\n on work.failed -> b\n after 1h -> b"
        ))
    };
    assert_snapshot!(mistakes(&source("")));
    assert_eq!(mistakes(&source(", timeout: 2h")), "");
    // What is a little longer than the timeout is meant as a net.
    assert_eq!(mistakes(&source(", timeout: 10m")), "");
}

#[test]
fn runs_whose_order_decides() {
    let source = |second: &str| {
        format!(
            "machine m 1.0.0 {{\n    initial state a {{\n        run one = exec(\"./one.sh\")\n        \
             {second} = exec(\"./two.sh\"){}\n        on one.ok -> b\n        on two.ok -> c\n        \
             on one.failed, two.failed -> b\n    }}\n    final state b\n    final state c\n}}\n",
            if second.starts_with("watch") { " every 1m" } else { "" }
        )
    };
    assert_snapshot!(mistakes(&source("run two")));
    assert_eq!(mistakes(&source("watch two")), "");
}
