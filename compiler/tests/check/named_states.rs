//! `E02`: states that are unknown, misspelt or out of reach, and states and events in one another's place.

use crate::{in_state, mistakes};
use insta::assert_snapshot;

#[test]
fn unknown_state_with_the_nearest() {
    assert_snapshot!(mistakes(
        "machine m 1.0.0 {
    initial state idle { after 1m -> runing }
    state running { after 1m -> idel }
}"
    ), @"
    error[E0201]: there is no state `runing`
      --> m.machine:2:38
      |
    2 |     initial state idle { after 1m -> runing }
      |                                      ^^^^^^ did you mean `running`?
      |
      = help: write `after 1m -> running`

    error[E0201]: there is no state `idel`
      --> m.machine:3:33
      |
    3 |     state running { after 1m -> idel }
      |                                 ^^^^ did you mean `idle`?
      |
      = help: write `after 1m -> idle`
    ");
}

#[test]
fn unknown_state_that_is_near_to_nothing() {
    assert_snapshot!(mistakes(&in_state("after 1m -> kitchen")), @"
    error[E0201]: there is no state `kitchen`
      --> m.machine:3:21
      |
    3 |         after 1m -> kitchen
      |                     ^^^^^^^ no state of this name
      |
      = note: the states here are `a` and `b`
      = help: declare it with `state kitchen`
    ");
}

#[test]
fn unknown_state_inside_another() {
    assert_snapshot!(mistakes(
        "machine m 1.0.0 {
    initial state off { after 1m -> on_air.lound }
    state on_air {
        initial state quiet { after 1m -> loud.er }
        state loud { after 1m -> off }
    }
}"
    ), @"
    error[E0201]: there is no state `lound` inside `on_air`
      --> m.machine:2:44
      |
    2 |     initial state off { after 1m -> on_air.lound }
      |                                            ^^^^^ did you mean `loud`?
      |
      = help: write `after 1m -> on_air.loud`

    error[E0201]: there is no state `er` inside `loud`
      --> m.machine:4:48
      |
    4 |         initial state quiet { after 1m -> loud.er }
      |                                                ^^ `loud` has no states inside
      |
      = help: write `after 1m -> loud`
    ");
}

#[test]
fn the_machine_is_none_of_its_states() {
    assert_snapshot!(mistakes(&in_state("after 1m -> m")), @"
    error[E0201]: `m` is the machine itself, not one of its states
      --> m.machine:3:21
      |
    3 |         after 1m -> m
      |                     ^ the name of the machine
      |
      = help: a path begins with a state inside the machine: write `-> a`
    ");
}

#[test]
fn the_nearest_state_may_need_its_path() {
    assert_snapshot!(mistakes(
        "machine m 1.0.0 {
    initial state off { after 1m -> quite }
    state on_air {
        initial state quiet { after 1m -> off }
    }
}"
    ), @"
    error[E0201]: there is no state `quite`
      --> m.machine:2:37
      |
    2 |     initial state off { after 1m -> quite }
      |                                     ^^^^^ did you mean `on_air.quiet`?
      |
      = help: write `after 1m -> on_air.quiet`
    ");
}

#[test]
fn a_state_where_an_event_belongs() {
    assert_snapshot!(mistakes(&in_state(
        r#"watch air = exec("./monitor.sh") every 1m
           on b -> b
           on air.failed stay"#
    )), @"
    error[E0210]: `b` is a state, and an event belongs here
      --> m.machine:4:12
      |
    4 |         on b -> b
      |            ^ a state
      |
      = note: the events here are `air.ok` and `air.failed`
      = help: write what has to happen, as in `on air.ok -> b`; what is to be done in `b` stands between the braces of
              `state b`
    ");
}

#[test]
fn a_state_where_an_outcome_belongs() {
    assert_snapshot!(mistakes(&in_state(
        r#"watch air = exec("./monitor.sh") every 1m
           on air.b stay
           on air.failed stay"#
    )), @r#"
    error[E0210]: `b` is a state, and an outcome of `air` belongs here
      --> m.machine:4:16
      |
    3 |         watch air = exec("./monitor.sh") every 1m
      |               --- `air` reports `ok` or `failed`
    4 |         on air.b stay
      |                ^ a state
      |
      = help: first comes what has happened, then the state to be in: `on air.ok -> b`
    "#);
}

#[test]
fn a_state_before_its_watcher() {
    assert_snapshot!(mistakes(&in_state(
        r#"watch air = exec("./monitor.sh") every 1m
           on a.air.ok -> b
           on air.failed stay"#
    )), @"
    error[E0210]: `a` is a state, and an event begins with its watcher
      --> m.machine:4:12
      |
    4 |         on a.air.ok -> b
      |            ^ a state
      |
      = help: write `on air.ok -> b`: a watcher is called by its name alone
    ");
}

#[test]
fn state_and_event_the_wrong_way_round() {
    assert_snapshot!(mistakes(&in_state(
        r#"watch air = exec("./monitor.sh") every 1m
           on b -> air.ok
           on air.failed stay"#
    )), @"
    error[E0210]: `b` is a state, and an event belongs here
      --> m.machine:4:12
      |
    4 |         on b -> air.ok
      |            ^    ------ an event
      |            |
      |            a state
      |
      = help: write them the other way round: `on air.ok -> b`
    ");
}

#[test]
fn an_event_where_a_state_belongs() {
    assert_snapshot!(mistakes(&in_state(
        r#"watch air = exec("./monitor.sh") every 1m
           on air.ok -> air.ok
           on air.failed -> failed
           after 1m -> air"#
    )), @"
    error[E0211]: `air.ok` is an event, and a state belongs behind the arrow
      --> m.machine:4:22
      |
    4 |         on air.ok -> air.ok
      |                      ^^^^^^ an event, not a state
      |
      = note: the states here are `a` and `b`
      = help: write the state that the machine is to be in, as in `on WATCHER.OUTCOME -> STATE`

    error[E0211]: `failed` is an outcome, and a state belongs behind the arrow
      --> m.machine:5:26
      |
    5 |         on air.failed -> failed
      |                          ^^^^^^ an outcome, not a state
      |
      = note: the states here are `a` and `b`
      = help: write the state that the machine is to be in, as in `on WATCHER.OUTCOME -> STATE`

    error[E0211]: `air` is a watcher, and a state belongs behind the arrow
      --> m.machine:6:21
      |
    6 |         after 1m -> air
      |                     ^^^ a watcher, not a state
      |
      = note: the states here are `a` and `b`
      = help: write the state that the machine is to be in, as in `on WATCHER.OUTCOME -> STATE`
    ");
}

#[test]
fn a_state_that_needs_its_path() {
    assert_snapshot!(mistakes(
        "machine m 1.0.0 {
    initial state off { after 1m -> loud }
    state on_air {
        initial state quiet { after 1m -> loud }
        state loud { after 1m -> off }
    }
}"
    ), @"
    error[E0212]: the state `loud` is reached by its path
      --> m.machine:2:37
      |
    2 |     initial state off { after 1m -> loud }
      |                                     ^^^^ it stands inside another state
      .
    5 |         state loud { after 1m -> off }
      |               ---- `on_air.loud` stands here
      |
      = help: write `after 1m -> on_air.loud`
    ");
}

#[test]
fn a_state_that_could_be_one_of_several() {
    assert_snapshot!(mistakes(
        "machine m 1.0.0 {
    initial state off { after 1m -> loud again }
    state studio_1 { initial state loud { after 1m -> studio_2 } }
    state studio_2 { initial state loud { after 1m -> studio_1 } }
}"
    ), @"
    error[E0212]: the state `loud` is reached by its path
      --> m.machine:2:37
      |
    2 |     initial state off { after 1m -> loud again }
      |                                     ^^^^ it stands inside another state
      |
      = help: write `after 1m -> studio_1.loud again` or `after 1m -> studio_2.loud again`
    ");
}
