//! What stands behind a watcher's call, kinds of the user's own, other machines (`E02`, `E03`, `E04`).

use crate::{in_state, mistakes};
use insta::assert_snapshot;

/// The mistakes of a watcher with this behind its call.
fn watch(modifiers: &str) -> String {
    mistakes(&in_state(&format!("watch air = exec(\"./a.sh\") {modifiers}\non air.fault stay\nafter 1h -> b")))
}

fn run(modifiers: &str) -> String {
    mistakes(&in_state(&format!("run air = exec(\"./a.sh\") {modifiers}\non air.fault -> b\nafter 1h -> b")))
}

#[test]
fn all_of_them() {
    assert_snapshot!(
        watch("every 1m splay 10s timeout 5s backoff 1.5 up to 10m announce every 1h quiet as \"www-data\" returns { co2: int in 0..5000 = 0 }"),
        @""
    );
}

#[test]
fn values_that_do_not_fit() {
    assert_snapshot!(watch("every 1m splay 2m"), @r#"
    error[E0322]: `splay` does not fit `every 1m`
      --> m.machine:3:51
      |
    3 |         watch air = exec("./a.sh") every 1m splay 2m
      |                                                   ^^ it is longer than the pace
      |
      = help: write a `splay` that is no longer than `every`
    "#);
    assert_snapshot!(watch("every 1m backoff 0.5 up to 10m"), @r#"
    error[E0322]: `backoff` must not make the pace faster
      --> m.machine:3:53
      |
    3 |         watch air = exec("./a.sh") every 1m backoff 0.5 up to 10m
      |                                                     ^^^ a number from 1 to 100 belongs here
      |
      = help: write `backoff 2 up to 10m`: after each fault it waits twice as long
    "#);
    assert_snapshot!(watch("every 1m backoff 2 up to 10s"), @r#"
    error[E0322]: `backoff` does not fit `every 1m`
      --> m.machine:3:61
      |
    3 |         watch air = exec("./a.sh") every 1m backoff 2 up to 10s
      |                                                             ^^^ the longest pace is shorter than the usual one
      |
      = help: write the longest pace behind `up to`
    "#);
    assert_snapshot!(watch("every 1m backoff 2"), @r#"
    error[E0322]: `backoff` does not say how slow it may become
      --> m.machine:3:45
      |
    3 |         watch air = exec("./a.sh") every 1m backoff 2
      |                                             ^^^^^^^ the longest pace is missing
      |
      = help: write `backoff 2 up to 10m`
    "#);
    assert_snapshot!(watch("every 1m as \"no one\""), @r#"
    error[E0306]: no user can be called this
      --> m.machine:3:48
      |
    3 |         watch air = exec("./a.sh") every 1m as "no one"
      |                                                ^^^^^^^^ the name of a user of the node belongs here
      |
      = help: write `as "www-data"`
    "#);
    assert_snapshot!(watch("every 1m timeout 5"), @r#"
    error[E0304]: `timeout` wants a duration, and this number has no unit
      --> m.machine:3:53
      |
    3 |         watch air = exec("./a.sh") every 1m timeout 5
      |                                                     ^ seconds, minutes, hours?
      |
      = help: write `timeout 5s` for seconds; the units are `ms`, `s`, `m`, `h`, `d` and `w`
    "#);
}

#[test]
fn what_means_nothing_for_a_run() {
    assert_snapshot!(run("quiet"), @r#"
    error[E0325]: `air` is a `run`, for which `quiet` means nothing
      --> m.machine:3:34
      |
    3 |         run air = exec("./a.sh") quiet
      |                                  ^^^^^ a `run` does not repeat
      |
      = help: leave it out, or write `watch air = … every 1m`
    "#);
    assert_snapshot!(run("announce every 1h"), @r#"
    error[E0325]: `air` is a `run`, for which `announce` means nothing
      --> m.machine:3:34
      |
    3 |         run air = exec("./a.sh") announce every 1h
      |                                  ^^^^^^^^ a `run` does not repeat
      |
      = help: leave it out, or write `watch air = … every 1m`
    "#);
    assert_snapshot!(run("backoff 2 up to 1m"), @r#"
    error[E0325]: `air` is a `run`, for which `backoff` means nothing
      --> m.machine:3:34
      |
    3 |         run air = exec("./a.sh") backoff 2 up to 1m
      |                                  ^^^^^^^ a `run` does not repeat
      |
      = help: leave it out, or write `watch air = … every 1m`
    "#);
}

#[test]
fn two_timeouts() {
    assert_snapshot!(
        mistakes(&in_state("watch air = exec(\"./a.sh\", timeout: 5s) every 1m timeout 10s\non air.fault stay\nafter 1h -> b")),
        @r#"
    error[E0323]: two timeouts are given
      --> m.machine:3:58
      |
    3 |         watch air = exec("./a.sh", timeout: 5s) every 1m timeout 10s
      |                                             --           ^^^^^^^ the second one
      |                                             |
      |                                             the first one
      |
      = help: leave out one of the two: to `exec` they mean the same
    "#
    );
}

#[test]
fn returns_of_what_yields_nothing() {
    assert_snapshot!(watch("every 1m returns { took: int }"), @r#"
    error[E0232]: `ok` carries a field `took` already
      --> m.machine:3:55
      |
    3 |         watch air = exec("./a.sh") every 1m returns { took: int }
      |                                                       ^^^^ this is one of the fields of every `exec`
      |
      = help: give it another name
    "#);
    assert_snapshot!(watch("every 1m returns { co2: int, co2: float }"), @r#"
    error[E0232]: the field `co2` is there twice
      --> m.machine:3:65
      |
    3 |         watch air = exec("./a.sh") every 1m returns { co2: int, co2: float }
      |                                                       ---       ^^^ the second time
      |                                                       |
      |                                                       the first time
      |
      = help: leave out one of the two
    "#);
    assert_snapshot!(watch("every 1m returns {}"), @r#"
    error[E0321]: `returns` names no field
      --> m.machine:3:45
      |
    3 |         watch air = exec("./a.sh") every 1m returns {}
      |                                             ^^^^^^^ nothing would be read
      |
      = help: write `returns { co2: int in 0..5000 }`, or leave it out
    "#);
}

#[test]
fn outcomes_that_modifiers_add() {
    assert_snapshot!(
        mistakes(&in_state("watch air = exec(\"./a.sh\") every 1m\non air.fault stay\non air.invalid, air.skipped -> b")),
        @r#"
    error[E0203]: `exec` has no outcome `invalid`
      --> m.machine:5:16
      |
    3 |         watch air = exec("./a.sh") every 1m
      |               --- `air` is an `exec`, which reports `ok` or `failed`
    4 |         on air.fault stay
    5 |         on air.invalid, air.skipped -> b
      |                ^^^^^^^ no outcome of this name
      |
      = help: only a watcher with `returns { … }` can yield what is invalid

    error[E0203]: `exec` has no outcome `skipped`
      --> m.machine:5:29
      |
    3 |         watch air = exec("./a.sh") every 1m
      |               --- `air` is an `exec`, which reports `ok` or `failed`
    4 |         on air.fault stay
    5 |         on air.invalid, air.skipped -> b
      |                             ^^^^^^^ no outcome of this name
      |
      = help: only a watcher with `under LIMIT` can be skipped
    "#
    );
    assert_snapshot!(
        mistakes(
            "machine m 1.0.0 {
    limit one = 1
    initial state a {
        run air = exec(\"./a.sh\") under one returns { co2: int }
        on air.ok, air.failed -> b
    }
    final state b
}"
        ),
        @r#"
    error[E0401]: nothing answers the fault `air.invalid`
      --> m.machine:4:13
      |
    4 |         run air = exec("./a.sh") under one returns { co2: int }
      |             ^^^ `air` has `returns`, and what it prints may not fit
      |
      = help: add `on air.invalid -> STATE` beside it, or `on air.invalid stay` if nothing is to be done about it

    error[E0419]: nothing answers the outcome `air.skipped`
      --> m.machine:4:13
      |
    4 |         run air = exec("./a.sh") under one returns { co2: int }
      |             ^^^ `air` waits for a slot of a limit, and may not get one
      |
      = help: add `on air.skipped -> STATE` beside it, or `on air.skipped stay` if nothing is to be done about it
    "#
    );
}

#[test]
fn kinds_of_the_user_s_own() {
    assert_snapshot!(
        mistakes(
            "watcher button(pin: int in 0..40, mode: once | always = once) by exec(\"./button\") {
    outcome pressed { long: bool }
    fault   gone    { reason: unplugged | exit | signal | timeout | unstartable | interrupted | invalid }
    every optional
}
machine m 1.0.0 {
    initial state a {
        watch door = button(4)
        on door.pressed(p) when p.long -> b
        on door.gone stay
    }
    final state b
}"
        ),
        @""
    );
    assert_snapshot!(
        mistakes(
            "watcher button(pin: int in 0..40) by shell(\"./button\") { outcome pressed every optional }
watcher exec(pin: int) by exec(\"./button\") { outcome pressed every optional }
watcher lamp(pin: int) by exec(\"./{pin}\") { every optional }
machine m 1.0.0 {
    initial state a {
        watch door = button(41)
        on door.pressed -> b
    }
    final state b
}"
        ),
        @r#"
    error[E0219]: a kind cannot be made by `shell`
      --> m.machine:1:38
      |
    1 | watcher button(pin: int in 0..40) by shell("./button") { outcome pressed every optional }
      |                                      ^^^^^ only a program can be behind a kind
      |
      = help: write `by exec("./program")`

    error[E0235]: `exec` is a kind of the standard library already
      --> m.machine:2:9
      |
    2 | watcher exec(pin: int) by exec("./button") { outcome pressed every optional }
      |         ^^^^ the second of this name
      |
      = help: give it another name, and use that behind the `=` of its watchers

    error[E0251]: `exec` cannot tell that its program failed
      --> m.machine:2:9
      |
    2 | watcher exec(pin: int) by exec("./button") { outcome pressed every optional }
      |         ^^^^ a program may crash, hang, or not be there at all
      |
      = help: add `fault failed { reason: exit | signal | timeout | unstartable | interrupted | invalid }`

    error[E0421]: `lamp` reports nothing
      --> m.machine:3:9
      |
    3 | watcher lamp(pin: int) by exec("./{pin}") { every optional }
      |         ^^^^ a watcher of this kind could never be heard of
      |
      = help: write what it can report between its braces, such as `outcome ok` and `fault failed`

    error[E0111]: this text cannot hold a value
      --> m.machine:3:32
      |
    3 | watcher lamp(pin: int) by exec("./{pin}") { every optional }
      |                                ^^^^^^^^^ a kind has one program, whatever its arguments are
      |
      = help: leave the value out: the program is told the arguments, and `\{` is the character itself
    "#
    );
}

#[test]
fn other_machines() {
    assert_snapshot!(
        mistakes(
            "extern machine door { states open, shut.locked  event rang(times: int in 0..9) }
machine m 1.0.0 {
    initial state a {
        watch b = exec(\"b\") every 1m while door is shut
        on b.fault stay
        on door.rang(r) when r.times > 3 -> c
        on door.rung -> c
        on door enters locked -> c
        on door enters opened -> c
        on dor enters open -> c
        on door -> c
    }
    final state c
}"
        ),
        @r#"
    error[E0227]: machine `door` has no state `shut`
      --> m.machine:4:52
      |
    4 |         watch b = exec("b") every 1m while door is shut
      |                                                    ^^^^ did you mean `shut.locked`?
      |
      = help: write `shut.locked`

    error[E0227]: machine `door` tells no event `rung`
      --> m.machine:7:17
      |
    7 |         on door.rung -> c
      |                 ^^^^ did you mean `rang`?
      |
      = help: write `door.rang`

    error[E0227]: machine `door` has no state `locked`
      --> m.machine:8:24
      |
    8 |         on door enters locked -> c
      |                        ^^^^^^ did you mean `shut.locked`?
      |
      = help: write `shut.locked`

    error[E0227]: machine `door` has no state `opened`
      --> m.machine:9:24
      |
    9 |         on door enters opened -> c
      |                        ^^^^^^ did you mean `open`?
      |
      = help: write `open`

    error[E0226]: there is no machine `dor`
       --> m.machine:10:12
       |
    10 |         on dor enters open -> c
       |            ^^^ did you mean `door`?
       |
       = help: write `door`

    error[E0218]: `door` is a machine, and alone it is not an event
       --> m.machine:11:12
       |
    11 |         on door -> c
       |            ^^^^ say what of it
       |
       = help: write `door.rang`
    "#
    );
}

#[test]
fn handlers_of_several_events() {
    assert_snapshot!(
        mistakes(&in_state(
            "watch one = exec(\"1\") every 1m returns { level: int in 0..9 }
             watch two = exec(\"2\") every 1m returns { level: float, unit: string }
             on one.ok(a), two.ok(a) when a.level > 3 -> b
             on one.ok(a), two.ok(a) when a.unit == \"m\" -> b
             on one.failed(a), two.failed(c) when a.code == 3 -> b
             on one.fault, two.fault stay"
        )),
        @r#"
    error[E0327]: `level` is not of one type in all events of this handler
      --> m.machine:5:40
      |
    5 |         on one.ok(a), two.ok(a) when a.level > 3 -> b
      |                                        ^^^^^ `int in 0..9` in `one.ok`, and `float` in `two.ok`
      |
      = help: write one handler for each of the events

    error[E0223]: `one.ok` carries no `unit`
      --> m.machine:6:40
      |
    6 |         on one.ok(a), two.ok(a) when a.unit == "m" -> b
      |                   -                    ^^^^ no field of this name
      |                   |
      |                   `a` is what it carries
      |
      = help: it carries `took` and `level`

    error[E0327]: one handler has one name for what its events carry
      --> m.machine:7:38
      |
    7 |         on one.failed(a), two.failed(c) when a.code == 3 -> b
      |                       -              ^ this one is called `c`
      |                       |
      |                       this one is called `a`
      |
      = help: write `(a)` for both, or one handler for each
    "#
    );
}
