//! `E02`: names that are unknown, repeated, hidden, or of something else.

use crate::{in_state, mistakes, mistakes_of, short};
use insta::assert_snapshot;

#[test]
fn unknown_outcome_with_the_whole_line_to_write() {
    assert_snapshot!(mistakes(&in_state(
        r#"watch air = exec("./monitor.sh") every 1m
           on air.good -> b as bad_air
           on air.failed stay"#
    )), @r#"
    error[E0203]: `exec` has no outcome `good`
      --> m.machine:4:16
      |
    3 |         watch air = exec("./monitor.sh") every 1m
      |               --- `air` is an `exec`, which reports `ok` or `failed`
    4 |         on air.good -> b as bad_air
      |                ^^^^ did you mean `ok`?
      |
      = help: write `on air.ok -> b as bad_air`
    "#);
}

#[test]
fn unknown_outcome_that_is_near_to_nothing() {
    assert_snapshot!(mistakes(&in_state(
        r#"watch manifest = file("manifest.json")
           on manifest.xyz -> b
           on manifest.fault stay"#
    )), @r#"
    error[E0203]: `file` has no outcome `xyz`
      --> m.machine:4:21
      |
    3 |         watch manifest = file("manifest.json")
      |               -------- `manifest` is a `file`, which reports `changed`, `present` or `missing`
    4 |         on manifest.xyz -> b
      |                     ^^^ no outcome of this name
      |
      = help: write `manifest.changed`, `manifest.present` or `manifest.missing`
    "#);
}

#[test]
fn an_event_has_two_names() {
    assert_snapshot!(mistakes(&in_state(
        r#"watch air = exec("./monitor.sh") every 1m
           on air.failed.timeout -> b"#
    )), @"
    error[E0203]: an event has two names, and `timeout` is a third
      --> m.machine:4:23
      |
    4 |         on air.failed.timeout -> b
      |                       ^^^^^^^ nothing is inside an outcome
      |
      = help: write the watcher and its outcome only, as in `air.failed`
    ");
}

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
fn unknown_watcher_with_the_nearest() {
    assert_snapshot!(mistakes(&in_state(
        r#"watch air = exec("./monitor.sh") every 1m
           on iar.ok -> b
           on air.failed stay"#
    )), @"
    error[E0202]: there is no watcher `iar`
      --> m.machine:4:12
      |
    4 |         on iar.ok -> b
      |            ^^^ did you mean `air`?
      |
      = help: write `on air.ok -> b`
    ");
}

#[test]
fn unknown_watcher_where_there_is_none() {
    assert_snapshot!(mistakes(&in_state("on air.ok -> b")), @r#"
    error[E0202]: there is no watcher `air`
      --> m.machine:3:12
      |
    3 |         on air.ok -> b
      |            ^^^ no watcher is active here
      |
      = help: declare one in this state, such as `watch air = exec("./check.sh") every 1m`
    "#);
}

#[test]
fn an_outcome_without_its_watcher() {
    assert_snapshot!(mistakes(&in_state(
        r#"watch air = exec("./monitor.sh") every 1m
           on ok -> b
           on air.failed stay"#
    )), @"
    error[E0202]: there is no watcher `ok`
      --> m.machine:4:12
      |
    4 |         on ok -> b
      |            ^^ an outcome; say of which watcher
      |
      = help: write `on air.ok -> b`
    ");
}

#[test]
fn an_event_without_its_outcome() {
    assert_snapshot!(mistakes(&in_state(
        r#"watch air = exec("./monitor.sh") every 1m
           on air -> b
           on air.failed stay"#
    )), @"
    error[E0218]: `air` alone is not an event
      --> m.machine:4:12
      |
    4 |         on air -> b
      |            ^^^ it reports `ok` or `failed`: say which
      |
      = help: write `on air.ok -> b` or `on air.failed -> b`
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

#[test]
fn a_watcher_of_another_state() {
    assert_snapshot!(mistakes(
        r#"machine m 1.0.0 {
    initial state deploy {
        watch deployer = exec("./deploy.sh") every 1m
        on deployer.fault -> monitor
    }
    state monitor {
        on deployer.ok -> deploy
    }
}"#
    ), @r#"
    error[E0216]: the watcher `deployer` is not active here
      --> m.machine:7:12
      |
    3 |         watch deployer = exec("./deploy.sh") every 1m
      |               -------- it stands in `deploy`
      .
    7 |         on deployer.ok -> deploy
      |            ^^^^^^^^ it reports only while the machine is in `deploy`
      |
      = help: move this handler between the braces of `deploy`, or move the watcher into a state around both `deploy` and
              `monitor`
    "#);
}

#[test]
fn unknown_kind() {
    assert_snapshot!(mistakes(&in_state(
        r#"watch air = exce("./monitor.sh") every 1m
           watch door = nagios("check_door") every 1m
           on air.good -> b
           on door.critical -> b"#
    )), @r#"
    error[E0204]: there is no watcher kind `exce`
      --> m.machine:3:21
      |
    3 |         watch air = exce("./monitor.sh") every 1m
      |                     ^^^^ did you mean `exec`?
      |
      = help: write `exec(…)`; the kinds are `exec`, `file`, `kv`, `schedule` and `shell`

    error[E0204]: there is no watcher kind `nagios`
      --> m.machine:4:22
      |
    4 |         watch door = nagios("check_door") every 1m
      |                      ^^^^^^ no kind of this name
      |
      = help: the kinds are `exec`, `file`, `kv`, `schedule` and `shell`; `exec` runs any program, a script of your own
              for instance
    "#);
}

#[test]
fn a_kind_that_is_declared_in_a_source() {
    assert_snapshot!(mistakes(
        r#"watcher button(pin: int) { outcome pressed {} every optional }
machine m 1.0.0 {
    initial state a {
        watch door = button(4)
        on door.pressed -> b
    }
    final state b
}"#
    ), @r#"
    error[E0219]: `button` does not say which program is behind it
      --> m.machine:1:9
      |
    1 | watcher button(pin: int) { outcome pressed {} every optional }
      |         ^^^^^^ only the standard library has kinds without a program
      |
      = help: write `watcher button(…) by exec("./program") { … }`: it prints one JSON line an outcome
    "#);
}

#[test]
fn unknown_argument() {
    assert_snapshot!(mistakes(&in_state(
        r#"watch air = exec("./monitor.sh", timout: 5s, user: "root", interval: 1m) every 1m
           on air.fault stay
           after 1m -> b"#
    )), @r#"
    error[E0205]: `exec` has no argument `timout`
      --> m.machine:3:42
      |
    3 |         watch air = exec("./monitor.sh", timout: 5s, user: "root", interval: 1m) every 1m
      |                                          ^^^^^^ did you mean `timeout`?
      |
      = help: write `timeout: …`; `exec` takes `program`, `args`, `env`, `dir` and `timeout`

    error[E0205]: `exec` has no argument `user`
      --> m.machine:3:54
      |
    3 |         watch air = exec("./monitor.sh", timout: 5s, user: "root", interval: 1m) every 1m
      |                                                      ^^^^ no argument of this name
      |
      = help: `exec` takes `program`, `args`, `env`, `dir` and `timeout`

    error[E0205]: `exec` has no argument `interval`
      --> m.machine:3:68
      |
    3 |         watch air = exec("./monitor.sh", timout: 5s, user: "root", interval: 1m) every 1m
      |                                                                    ^^^^^^^^ how often it runs is said behind the brackets
      |
      = help: write `exec(…) every 1m`
    "#);
}

#[test]
fn unknown_modifier() {
    assert_snapshot!(mistakes(&in_state(
        r#"watch air = exec("./monitor.sh") evry 1m
           watch door = exec("./door.sh") quietly
           on air.fault, door.fault stay
           after 1m -> b"#
    )), @r#"
    error[E0206]: `evry` means nothing behind a watcher
      --> m.machine:3:42
      |
    3 |         watch air = exec("./monitor.sh") evry 1m
      |                                          ^^^^ did you mean `every`?
      |
      = help: write `every 1m` to run it again every minute

    error[E0206]: `quietly` means nothing behind a watcher
      --> m.machine:4:40
      |
    4 |         watch door = exec("./door.sh") quietly
      |                                        ^^^^^^^ did you mean `quiet`?
      |
      = help: write `quiet` to hear of a repeated success only once
    "#);
}

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
fn a_name_where_a_value_belongs() {
    assert_snapshot!(mistakes(&in_state(
        r#"watch air = exec("./monitor.sh", kitchen, timeout: long) every 1m
           on air.fault stay
           after 1m -> b"#
    )), @r#"
    error[E0213]: `kitchen` does not name a value
      --> m.machine:3:42
      |
    3 |         watch air = exec("./monitor.sh", kitchen, timeout: long) every 1m
      |                                          ^^^^^^^ text stands between quotes
      |
      = help: write `"kitchen"`

    error[E0213]: `long` does not name a value
      --> m.machine:3:60
      |
    3 |         watch air = exec("./monitor.sh", kitchen, timeout: long) every 1m
      |                                                            ^^^^ a duration belongs here
      |
      = help: write the value itself, such as `10s`
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

#[test]
fn what_touches_a_broken_declaration_is_silent() {
    assert_snapshot!(short(&in_state(
        r#"watch air = exce("./monitor.sh", good: 1) evry 1m
           on air.good -> b
           on air.failed, air.fault stay"#
    )), @"
    m.machine:3:21: error[E0204]: there is no watcher kind `exce`
    m.machine:3:51: error[E0206]: `evry` means nothing behind a watcher
    ");
}

#[test]
fn what_may_stand_in_an_unreadable_part_is_silent() {
    let found = short(&in_state(
        r#"watch = exec("./monitor.sh") every 1m
           on air.good -> b
           after 1m -> c"#,
    ));
    assert_eq!(found.lines().count(), 1, "only the missing name is told: {found}");
}

#[test]
fn of_a_machine_with_an_unreadable_part_nothing_is_concluded() {
    let found = short(
        r#"machine m 1.0.0 {
    watch manifest = file("manifest.json")
    / manifest.changed -> deploy
    initial state unknown
    state deploy { watch deployer = exec("./deploy.sh") every
    }
}"#,
    );
    assert!(found.lines().all(|it| it.contains("error[E01")), "only what could not be read is told: {found}");
}

#[test]
fn names_in_backticks_are_told_in_backticks() {
    assert_snapshot!(mistakes(
        "machine m 1.0.0 {
    initial state `2hours_on` { after 1m -> `2hours_of` }
    state `2hours_off` { after 1m -> `2hours_on` }
}"
    ), @"
    error[E0201]: there is no state `2hours_of`
      --> m.machine:2:45
      |
    2 |     initial state `2hours_on` { after 1m -> `2hours_of` }
      |                                             ^^^^^^^^^^^ did you mean ``2hours_on``?
      |
      = help: write `after 1m -> `2hours_on``
    ");
}
