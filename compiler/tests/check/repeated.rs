//! `E02`: what stands twice, or hides another.

use crate::{in_state, mistakes, mistakes_of, short};
use insta::assert_snapshot;

#[test]
fn two_machines_of_one_name_in_two_files() {
    let machine = "machine m 1.0.0 {\n    initial state a { after 1m -> b }\n    final state b\n}\n";
    assert_snapshot!(mistakes_of(&[("one.machine", machine), ("two.machine", machine)]), @"
    error[E0207]: there are two machines `m`
      --> two.machine:1:9
      |
    1 | machine m 1.0.0 {
      |         ^ the second one
      |
      --> one.machine:1:9
      |
    1 | machine m 1.0.0 {
      |         - the first one
      |
      = help: give one of them another name: a node runs one machine of a name
    ");
}

#[test]
fn two_states_of_one_name() {
    assert_snapshot!(mistakes(
        "machine m 1.0.0 {
    initial state a { after 1m -> b }
    state b { after 1m -> a }
    state b { after 2m -> a }
}"
    ), @"
    error[E0208]: there are two states `b` here
      --> m.machine:4:11
      |
    3 |     state b { after 1m -> a }
      |           - the first one
    4 |     state b { after 2m -> a }
      |           ^ the second one
      |
      = help: give one of them another name, or write all that happens in this state between one pair of braces
    ");
}

#[test]
fn a_state_that_is_missed_beside_two_of_one_name_is_not_told() {
    // One of the two was meant to be called otherwise.
    let source = "machine m 1.0.0 {
    initial state deploy { after 1m -> monitor }
    state deploy { after 2m -> rest.inner }
    state rest { after 3m -> deploy.inner }
}
";
    assert_snapshot!(short(source), @"m.machine:3:11: error[E0208]: there are two states `deploy` here");
}

#[test]
fn the_same_name_in_different_states_is_fine() {
    assert_snapshot!(mistakes(
        "machine m 1.0.0 {
    initial state a { initial state x { after 1m -> b } }
    state b { initial state x { after 1m -> a } }
}"
    ), @"");
}

#[test]
fn two_watchers_of_one_name() {
    assert_snapshot!(mistakes(&in_state(
        r#"watch air = exec("./monitor.sh") every 1m
           watch air = exec("./monitor_2.sh") every 1m
           on air.fault stay
           after 1m -> b"#
    )), @r#"
    error[E0209]: there are two watchers `air` in one state
      --> m.machine:4:15
      |
    3 |         watch air = exec("./monitor.sh") every 1m
      |               --- the first one
    4 |         watch air = exec("./monitor_2.sh") every 1m
      |               ^^^ the second one
      |
      = help: give one of them another name, and use it in the handlers that are meant for it
    "#);
}

#[test]
fn a_watcher_with_the_name_of_an_outer_one() {
    assert_snapshot!(mistakes(
        r#"machine m 1.0.0 {
    watch air = exec("./monitor.sh") every 1m
    on air.fault stay
    initial state a {
        watch air = exec("./monitor_2.sh") every 1m
        after 1m -> b
    }
    final state b
}"#
    ), @r#"
    error[E0209]: `air` has the name of a watcher further out
      --> m.machine:5:15
      |
    2 |     watch air = exec("./monitor.sh") every 1m
      |           --- this one is active everywhere in `m`
      .
    5 |         watch air = exec("./monitor_2.sh") every 1m
      |               ^^^ both would be active here
      |
      = help: give one of them another name, or leave this one out and use the outer one
    "#);
}

#[test]
fn an_argument_given_twice() {
    assert_snapshot!(mistakes(&in_state(
        r#"watch air = exec("./monitor.sh", program: "./other.sh") every 1m
           on air.fault stay
           after 1m -> b"#
    )), @r#"
    error[E0214]: `program` is given twice
      --> m.machine:3:42
      |
    3 |         watch air = exec("./monitor.sh", program: "./other.sh") every 1m
      |                          --------------  ^^^^^^^ the second time
      |                          |
      |                          the first time
      |
      = help: leave out one of the two
    "#);
}

#[test]
fn a_key_given_twice() {
    assert_snapshot!(mistakes(&in_state(
        r#"watch air = exec("./monitor.sh", env: { ROOM: "a", FLOOR: "1", ROOM: "b" }) every 1m
           on air.fault stay
           after 1m -> b"#
    )), @r#"
    error[E0215]: the key `ROOM` is given twice
      --> m.machine:3:72
      |
    3 |         watch air = exec("./monitor.sh", env: { ROOM: "a", FLOOR: "1", ROOM: "b" }) every 1m
      |                                                 ----                   ^^^^ the second time
      |                                                 |
      |                                                 the first time
      |
      = help: leave out one of the two
    "#);
}

#[test]
fn a_modifier_given_twice() {
    assert_snapshot!(mistakes(&in_state(
        r#"watch air = exec("./monitor.sh") every 1m every 2m
           on air.fault stay
           after 1m -> b"#
    )), @r#"
    error[E0217]: `every` is given twice
      --> m.machine:3:51
      |
    3 |         watch air = exec("./monitor.sh") every 1m every 2m
      |                                          -----    ^^^^^ the second time
      |                                          |
      |                                          the first time
      |
      = help: leave out one of the two
    "#);
}
