//! `E02`: names that are unknown, repeated, hidden, or of something else.

use crate::{in_state, mistakes, short};
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
