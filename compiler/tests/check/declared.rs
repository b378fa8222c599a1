//! What a machine declares: names, types, first values, where it stands (`E02`, `E03`).

use crate::{fan, mistakes};
use insta::assert_snapshot;

#[test]
fn names_are_declared_once() {
    assert_snapshot!(
        mistakes(&fan(
            "data worst: int = 0
             fact worst: string = \"a\"
             limit fans = 1
             limit fans = 2
             event stop from operator
             event stop(why: string) from operator",
            "on stop -> off { worst = 1 }"
        )),
        @r#"
    error[E0220]: `worst` is declared twice
      --> m.machine:3:10
      |
    2 |     data worst: int = 0
      |          ----- the first one
    3 |     fact worst: string = "a"
      |          ^^^^^ the second one
      |
      = help: give one of them another name, or leave one out

    error[E0220]: `fans` is declared twice
      --> m.machine:5:11
      |
    4 |     limit fans = 1
      |           ---- the first one
    5 |     limit fans = 2
      |           ^^^^ the second one
      |
      = help: give one of them another name, or leave one out

    error[E0220]: `stop` is declared twice
      --> m.machine:7:11
      |
    6 |     event stop from operator
      |           ---- the first one
    7 |     event stop(why: string) from operator
      |           ^^^^ the second one
      |
      = help: give one of them another name, or leave one out
    "#
    );
}

#[test]
fn a_watcher_and_an_event_of_one_name() {
    assert_snapshot!(mistakes(&fan("event air from operator", "on air -> off")), @r#"
    error[E0220]: `air` is the name of a watcher and of an event
      --> m.machine:4:15
      |
    2 |     event air from operator
      |           --- the event
    3 |     initial state busy {
    4 |         watch air = exec("./air.sh") every 1m returns { co2: int in 0..5000 }
      |               ^^^ the watcher
      |
      = help: give one of them another name: both stand behind `on`

    error[E0218]: `air` alone is not an event
      --> m.machine:6:12
      |
    6 |         on air -> off
      |            ^^^ it reports `ok`, `failed` or `invalid`: say which
      |
      = help: write `on air.ok -> off`, `on air.failed -> off` or `on air.invalid -> off`
    "#);
}

#[test]
fn what_belongs_to_the_machine_stands_in_a_state() {
    assert_snapshot!(
        mistakes(&fan("", "data tries: int = 0\nlimit fans = 1\non air.ok -> off { tries += 1 }")),
        @"
    error[E0221]: `data tries` stands inside the state `busy`
      --> m.machine:6:14
      |
    1 | machine fan 1.0.0 {
      |         --- between the braces of the machine itself is its place
      .
    6 |         data tries: int = 0
      |              ^^^^^ what is declared with `data` belongs to the machine as a whole
      |
      = help: move it to the beginning of `machine fan`: it lives as long as the machine

    error[E0221]: `limit fans` stands inside the state `busy`
      --> m.machine:7:15
      |
    1 | machine fan 1.0.0 {
      |         --- between the braces of the machine itself is its place
      .
    7 |         limit fans = 1
      |               ^^^^ what is declared with `limit` belongs to the machine as a whole
      |
      = help: move it to the beginning of `machine fan`: it lives as long as the machine
    "
    );
}

#[test]
fn origins_that_are_none() {
    assert_snapshot!(
        mistakes(&fan(
            "secret token from environment \"T\"\nevent stop from operators\nsecret key from env \"\"",
            "on stop -> off"
        )),
        @r#"
    error[E0234]: nothing comes from `environment`
      --> m.machine:2:23
      |
    2 |     secret token from environment "T"
      |                       ^^^^^^^^^^^ a secret comes from `env` or from `file`
      |
      = help: write `from env`

    error[E0234]: nothing comes from `operators`
      --> m.machine:3:21
      |
    3 |     event stop from operators
      |                     ^^^^^^^^^ only an operator can send events from outside
      |
      = help: write `from operator`

    error[E0306]: `key` cannot be found there
      --> m.machine:4:25
      |
    4 |     secret key from env ""
      |                         ^^ the name of a variable, or of a file, belongs here
      |
      = help: write `from env "TOKEN"`
    "#
    );
}

#[test]
fn what_limits_do_offline() {
    let fan = |limit: &str| {
        fan(limit, "run a = exec(\"a\") under fans wait 1m\non a.fault, a.skipped -> off\nafter 1m -> off")
    };
    assert_snapshot!(mistakes(&fan("limit fans = 2 across fleet offline skipped")), @r"
    error[E0329]: `skipped` is no way to work offline
      --> m.machine:2:41
      |
    2 |     limit fans = 2 across fleet offline skipped
      |                                         ^^^^^^^ `wait`, `skip` or `proceed` belongs here
      |
      = help: did you mean `offline skip`?
    ");
    assert_snapshot!(mistakes(&fan("limit fans = 2 across fleet offline hide")), @r"
    error[E0329]: `hide` is no way to work offline
      --> m.machine:2:41
      |
    2 |     limit fans = 2 across fleet offline hide
      |                                         ^^^^ `wait`, `skip` or `proceed` belongs here
      |
      = help: write `offline skip` to do without, or `offline proceed` to count on this node alone
    ");
    // What stands in the next line is not the word.
    assert_snapshot!(mistakes(&fan("limit fans = 2 across fleet offline")), @r"
    error[E0101]: expected `wait`, `skip` or `proceed` behind `offline`
      --> m.machine:2:33
      |
    2 |     limit fans = 2 across fleet offline
      |                                 ^^^^^^^ expected `wait`, `skip` or `proceed` behind this
      |
      = help: write `offline wait`, `offline skip` or `offline proceed`
    ");
}

#[test]
fn limits_under_which_nothing_works() {
    assert_snapshot!(
        mistakes(&fan("limit fans = 0\nlimit slots = \"two\"", "run a = exec(\"a\") under fan\non a.fault, a.skipped -> off\nafter 1m -> off")),
        @r#"
    error[E0328]: nothing could ever work under `fans`
      --> m.machine:2:18
      |
    2 |     limit fans = 0
      |                  ^ at least 1 belongs here
      |
      = help: write `limit fans = 1` for one at a time

    error[E0301]: `slots` wants a whole number, this is a string
      --> m.machine:3:19
      |
    3 |     limit slots = "two"
      |                   ^^^^^ a whole number belongs here
      |
      = help: write it like `3`

    error[E0225]: there is no limit `fan`
      --> m.machine:7:33
      |
    7 |         run a = exec("a") under fan
      |                                 ^^^ no limit of this name
      |
      = help: declare it in the machine: `limit fan = 1 on node`
    "#
    );
    assert_snapshot!(
        mistakes(&fan("limit fans = 1", "run a = exec(\"a\") under fasn\non a.fault, a.skipped -> off\nafter 1m -> off")),
        @r#"
    error[E0225]: there is no limit `fasn`
      --> m.machine:6:33
      |
    6 |         run a = exec("a") under fasn
      |                                 ^^^^ did you mean `fans`?
      |
      = help: write `under fans`
    "#
    );
}

#[test]
fn events_that_come_from_nowhere_or_go_nowhere() {
    assert_snapshot!(
        mistakes(&fan("event stop\nevent start from operator", "on stop -> off\nafter 1m -> off")),
        @"
    error[E0413]: the event `stop` can never happen
      --> m.machine:2:11
      |
    2 |     event stop
      |           ^^^^ no operator sends it, and this machine does not raise it
      |
      = help: write `event stop from operator` if people send it, or `raise stop` where it happens
    "
    );
}

#[test]
fn an_event_that_nothing_answers() {
    assert_snapshot!(mistakes(&fan("event start(why: string) from operator", "after 1m -> off")), @"
    warning[W0403]: nothing answers the event `start`
      --> m.machine:2:11
      |
    2 |     event start(why: string) from operator
      |           ^^^^^ an operator can send it, and no handler names it
      |
      = help: add `on start -> STATE` where it matters, or leave the event out
    ");
}

#[test]
fn an_event_called_fault() {
    assert_snapshot!(mistakes(&fan("event fault from operator", "on fault -> off")), @"
    error[E0220]: `fault` is an event of every machine already
      --> m.machine:2:11
      |
    2 |     event fault from operator
      |           ^^^^^ a calculation that fails is called so
      |
      = help: give the event another name
    ");
}

#[test]
fn earlier_names() {
    assert_snapshot!(
        mistakes(
            "machine m 1.0.0 {
    initial state a was b { after 1m -> b }
    state b was old { after 1m -> c }
    final state c was old, a.inner
}"
        ),
        @"
    error[E0416]: `b` is a state of this version
      --> m.machine:2:25
      |
    2 |     initial state a was b { after 1m -> b }
      |                         ^ behind `was` stand names that are not used any more
    3 |     state b was old { after 1m -> c }
      |           - this is its name now
      |
      = help: leave `was b` out, or write the earlier name

    error[E0416]: two states were `old`
      --> m.machine:4:23
      |
    3 |     state b was old { after 1m -> c }
      |                 --- the first one
    4 |     final state c was old, a.inner
      |                       ^^^ the second one
      |
      = help: a machine that was there can go on in one state only: leave out one of the two
    "
    );
}

#[test]
fn two_blocks_of_one_sort() {
    assert_snapshot!(mistakes(&fan("", "enter { log \"a\" }\nexit { log \"b\" }\nenter { log \"c\" }\nafter 1m -> off")), @r#"
    error[E0418]: a second `enter` in one state
      --> m.machine:8:9
      |
    6 |         enter { log "a" }
      |         ----- the first one
    7 |         exit { log "b" }
    8 |         enter { log "c" }
      |         ^^^^^ the second one
      |
      = help: write all that is to be done in one block
    "#);
}

#[test]
fn a_broken_declaration_is_told_once() {
    assert_snapshot!(
        mistakes(&fan("data worst: integr = 0", "on air.ok(a) when a.co2 > worst -> off { worst = a.co2 }")),
        @"
    error[E0231]: there is no type `integr`
      --> m.machine:2:17
      |
    2 |     data worst: integr = 0
      |                 ^^^^^^ did you mean `int`?
      |
      = help: write `int`; the types are `bool`, `int`, `float`, `string`, `duration` and `time`
    "
    );
}
