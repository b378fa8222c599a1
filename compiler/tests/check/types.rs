//! `E03`: arguments and durations.

use crate::{in_state, mistakes};
use insta::assert_snapshot;

/// The mistakes of a watcher with this behind its `=`.
fn watcher(call: &str) -> String {
    let lines = format!("watch air = {call}\non air.fault stay\nafter 1h -> b");
    mistakes(&in_state(&lines))
}

#[test]
fn a_string_where_a_duration_belongs() {
    assert_snapshot!(watcher(r#"exec("./a.sh", timeout: "10s") every 1m"#), @r#"
    error[E0301]: `timeout` wants a duration, this is a string
      --> m.machine:3:45
      |
    3 |         watch air = exec("./a.sh", timeout: "10s") every 1m
      |                                             ^^^^^ a duration belongs here
      |
      = help: write it like `10s`
    "#);
}

#[test]
fn a_number_where_a_string_belongs() {
    assert_snapshot!(watcher(r#"exec("./a.sh", 8080) every 1m"#), @r#"
    error[E0301]: `args` wants a string, this is a whole number
      --> m.machine:3:36
      |
    3 |         watch air = exec("./a.sh", 8080) every 1m
      |                                    ^^^^ a string belongs here
      |
      = help: write it like `"some text"`
    "#);
}

#[test]
fn a_list_where_a_map_belongs() {
    assert_snapshot!(watcher(r#"exec("./a.sh", env: ["A=1"]) every 1m"#), @r#"
    error[E0301]: `env` wants a map, this is a list
      --> m.machine:3:41
      |
    3 |         watch air = exec("./a.sh", env: ["A=1"]) every 1m
      |                                         ^^^^^^^ a map belongs here
      |
      = help: write it like `{ NAME: "value" }`
    "#);
}

#[test]
fn a_number_inside_a_map_of_strings() {
    assert_snapshot!(watcher(r#"exec("./a.sh", env: { PORT: 8080 }) every 1m"#), @r#"
    error[E0301]: `env` wants a string, this is a whole number
      --> m.machine:3:49
      |
    3 |         watch air = exec("./a.sh", env: { PORT: 8080 }) every 1m
      |                                                 ^^^^ a string belongs here
      |
      = help: write it like `"some text"`
    "#);
}

#[test]
fn a_string_behind_every() {
    assert_snapshot!(watcher(r#"exec("./a.sh") every "1m""#), @r#"
    error[E0301]: `every` wants a duration, this is a string
      --> m.machine:3:42
      |
    3 |         watch air = exec("./a.sh") every "1m"
      |                                          ^^^^ a duration belongs here
      |
      = help: write it like `10s`
    "#);
}

#[test]
fn further_arguments_by_name_are_a_list() {
    assert_snapshot!(watcher(r#"exec("./a.sh", args: ["one", "two"]) every 1m"#), @"");
    assert_snapshot!(watcher(r#"exec("./a.sh", args: "one") every 1m"#), @r#"
    error[E0301]: `args` wants a list, this is a string
      --> m.machine:3:42
      |
    3 |         watch air = exec("./a.sh", args: "one") every 1m
      |                                          ^^^^^ a list belongs here
      |
      = help: write it like `["one", "two"]`
    "#);
}

#[test]
fn a_missing_argument() {
    assert_snapshot!(watcher("exec(timeout: 5s) every 1m"), @r#"
    error[E0302]: `exec` needs its argument `program`
      --> m.machine:3:21
      |
    3 |         watch air = exec(timeout: 5s) every 1m
      |                     ^^^^^^^^^^^^^^^^^ `program` is missing
      |
      = help: write `exec("./check.sh")`
    "#);
    assert_snapshot!(watcher("file()"), @r#"
    error[E0302]: `file` needs its argument `path`
      --> m.machine:3:21
      |
    3 |         watch air = file()
      |                     ^^^^^^ `path` is missing
      |
      = help: write `file("./some/path")`
    "#);
}

#[test]
fn too_many_arguments_are_told_once() {
    assert_snapshot!(watcher(r#"file("a", "b", "c")"#), @r#"
    error[E0303]: `file` takes no further argument
      --> m.machine:3:31
      |
    3 |         watch air = file("a", "b", "c")
      |                               ^^^ there is no parameter left for this
      |
      = help: `file` takes, in this order, `path`
    "#);
}

#[test]
fn an_argument_without_a_name_behind_one_with_a_name() {
    assert_snapshot!(watcher(r#"exec("./a.sh", timeout: 5s, "one") every 1m"#), @r#"
    error[E0309]: an argument without a name stands behind one with a name
      --> m.machine:3:49
      |
    3 |         watch air = exec("./a.sh", timeout: 5s, "one") every 1m
      |                                    -------      ^^^^^ which one is this?
      |                                    |
      |                                    from here on every argument has a name
      |
      = help: put it before the arguments that have names, or write its name before it, as in `dir: "/tmp"`
    "#);
}

#[test]
fn numbers_without_a_unit() {
    assert_snapshot!(watcher(r#"exec("./a.sh", timeout: 5) every 30"#), @r#"
    error[E0304]: `timeout` wants a duration, and this number has no unit
      --> m.machine:3:45
      |
    3 |         watch air = exec("./a.sh", timeout: 5) every 30
      |                                             ^ seconds, minutes, hours?
      |
      = help: write `timeout: 5s` for seconds; the units are `ms`, `s`, `m`, `h`, `d` and `w`

    error[E0304]: `every` wants a duration, and this number has no unit
      --> m.machine:3:54
      |
    3 |         watch air = exec("./a.sh", timeout: 5) every 30
      |                                                      ^^ seconds, minutes, hours?
      |
      = help: write `every 30s` for seconds; the units are `ms`, `s`, `m`, `h`, `d` and `w`
    "#);
    assert_snapshot!(mistakes(&in_state("after 10 -> b")), @"
    error[E0304]: `after` wants a duration, and this number has no unit
      --> m.machine:3:15
      |
    3 |         after 10 -> b
      |               ^^ seconds, minutes, hours?
      |
      = help: write `after 10s` for seconds; the units are `ms`, `s`, `m`, `h`, `d` and `w`
    ");
}

#[test]
fn durations_out_of_range() {
    assert_snapshot!(watcher(r#"exec("./a.sh", timeout: 0s) every 1ms"#), @r#"
    error[E0305]: this duration is too short for `timeout`
      --> m.machine:3:45
      |
    3 |         watch air = exec("./a.sh", timeout: 0s) every 1ms
      |                                             ^^ `1ms` is the least
      |
      = help: write a duration such as `timeout: 10s` or `timeout: 1h30m`

    error[E0305]: this duration is too short for `every`
      --> m.machine:3:55
      |
    3 |         watch air = exec("./a.sh", timeout: 0s) every 1ms
      |                                                       ^^^ `10ms` is the least
      |
      = help: write a duration such as `every 10s` or `every 1h30m`
    "#);
    assert_snapshot!(mistakes(&in_state("after 600w -> b")), @"
    error[E0305]: this duration is too long for `after`
      --> m.machine:3:15
      |
    3 |         after 600w -> b
      |               ^^^^ ten years is the most
      |
      = help: write a duration such as `after 10s` or `after 1h30m`
    ");
}

#[test]
fn texts_that_are_of_no_use() {
    assert_snapshot!(watcher(r#"exec("", "", dir: "") every 1m"#), @r#"
    error[E0306]: `program` must not be empty
      --> m.machine:3:26
      |
    3 |         watch air = exec("", "", dir: "") every 1m
      |                          ^^ nothing stands between the quotes
      |
      = help: write what `program` is to be between the quotes

    error[E0306]: `dir` must not be empty
      --> m.machine:3:39
      |
    3 |         watch air = exec("", "", dir: "") every 1m
      |                                       ^^ nothing stands between the quotes
      |
      = help: write what `dir` is to be between the quotes
    "#);
    assert_snapshot!(watcher(r#"exec("./a.sh", "a\u{0}b", env: { "A=B": "", "": "" }) every 1m"#), @r#"
    error[E0306]: `args` contains a zero character
      --> m.machine:3:36
      |
    3 |         watch air = exec("./a.sh", "a\u{0}b", env: { "A=B": "", "": "" }) every 1m
      |                                    ^^^^^^^^^ the zero character stands in here
      |
      = help: leave it out: the operating system ends every argument and every path there

    error[E0306]: `A=B` cannot be the name of an environment variable
      --> m.machine:3:54
      |
    3 |         watch air = exec("./a.sh", "a\u{0}b", env: { "A=B": "", "": "" }) every 1m
      |                                                      ^^^^^ a name without `=` and without a zero character belongs here
      |
      = help: use letters, digits and `_`, as in `{ LOG_LEVEL: "debug" }`

    error[E0306]: the name of an environment variable must not be empty
      --> m.machine:3:65
      |
    3 |         watch air = exec("./a.sh", "a\u{0}b", env: { "A=B": "", "": "" }) every 1m
      |                                                                 ^^ a name without `=` and without a zero character belongs here
      |
      = help: use letters, digits and `_`, as in `{ LOG_LEVEL: "debug" }`
    "#);
}

#[test]
fn a_watch_that_does_not_say_how_often() {
    assert_snapshot!(watcher(r#"exec("./a.sh")"#), @r#"
    error[E0307]: `air` does not say how often it runs
      --> m.machine:3:21
      |
    3 |         watch air = exec("./a.sh")
      |                     ^^^^^^^^^^^^^^ a `watch` of the kind `exec` needs an `every`
      |
      = help: write `watch air = exec(…) every 1m`, or `run air = exec(…)` to do it once
    "#);
}

#[test]
fn a_run_that_says_how_often() {
    assert_snapshot!(mistakes(&in_state(
        r#"run start = exec("./a.sh") every 1m
           on start.ok -> b
           on start.failed stay
           after 1h -> b"#
    )), @r#"
    error[E0308]: `start` is a `run`, which is done once and takes no `every`
      --> m.machine:3:36
      |
    3 |         run start = exec("./a.sh") every 1m
      |                                    ^^^^^^^^ a `run` does not repeat
      |
      = help: write `watch start = …` to repeat it, or leave out `every` to do it once when the state is entered
    "#);
}

#[test]
fn a_misspelt_argument_is_not_missing_too() {
    assert_snapshot!(watcher(r#"exec(progam: "./a.sh") every 1m"#), @r#"
    error[E0205]: `exec` has no argument `progam`
      --> m.machine:3:26
      |
    3 |         watch air = exec(progam: "./a.sh") every 1m
      |                          ^^^^^^ did you mean `program`?
      |
      = help: write `program: …`; `exec` takes `program`, `args`, `env`, `dir` and `timeout`
    "#);
}
