//! `E04`: what the structure of a machine says about how it will run.

use crate::{in_state, mistakes};
use insta::assert_snapshot;

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
      = help: write `1.2.0`
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
