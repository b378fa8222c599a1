//! What is done on the way: data that changes, events that are sent, secrets that stay secret (`E02`, `E03`).

use crate::{done, fan, mistakes, when};
use insta::assert_snapshot;

#[test]
fn secrets_stay_secret() {
    assert_snapshot!(when("token == \"a\""), @r#"
    error[E0317]: a secret cannot be used here
       --> m.machine:13:27
       |
    13 |         on air.ok(a) when token == "a" -> off
       |                           ^^^^^ it would be seen in events, in logs or in the list of processes
       |
       = help: give it to a program in its environment: `env: { TOKEN: token }`
    "#);
    assert_snapshot!(done("log \"{token}\""), @r#"
    error[E0317]: a secret cannot be used here
       --> m.machine:11:37
       |
    11 |         on air.ok(a) -> off { log "{token}" }
       |                                     ^^^^^ it would be seen in events, in logs or in the list of processes
       |
       = help: give it to a program in its environment: `env: { TOKEN: token }`
    "#);
    assert_snapshot!(done("name = token"), @"
    error[E0317]: a secret cannot be used here
       --> m.machine:11:38
       |
    11 |         on air.ok(a) -> off { name = token }
       |                                      ^^^^^ it would be seen in events, in logs or in the list of processes
       |
       = help: give it to a program in its environment: `env: { TOKEN: token }`
    ");
    assert_snapshot!(
        mistakes(&fan("secret token from env \"T\"", "run a = exec(\"a\", token)\non a.fault, a.ok -> off")),
        @r#"
    error[E0317]: a secret cannot be used here
      --> m.machine:6:27
      |
    6 |         run a = exec("a", token)
      |                           ^^^^^ it would be seen in events, in logs or in the list of processes
      |
      = help: give it to a program in its environment: `env: { TOKEN: token }`
    "#
    );
}

#[test]
fn only_data_is_changed() {
    assert_snapshot!(done("room = \"b\""), @r#"
    error[E0230]: `room` is a fact of the node, which a machine cannot change
       --> m.machine:11:31
       |
     5 |     fact room: string = "a"
       |          ---- it is a fact of the node
       .
    11 |         on air.ok(a) -> off { room = "b" }
       |                               ^^^^ only data can be given a value
       |
       = help: declare data for it, as in `data room_now: int = 0`, and change that
    "#);
    assert_snapshot!(done("a = 3"), @"
    error[E0230]: `a` is what the event carries, which cannot be changed
       --> m.machine:11:31
       |
    11 |         on air.ok(a) -> off { a = 3 }
       |                   -           ^ only data can be given a value
       |                   |
       |                   it gets its name here
       |
       = help: declare data with `data NAME: TYPE = VALUE`, and change that
    ");
    assert_snapshot!(done("wurst = 3"), @"
    error[E0213]: there is no data `wurst`
       --> m.machine:11:31
       |
    11 |         on air.ok(a) -> off { wurst = 3 }
       |                               ^^^^^ did you mean `worst`?
       |
       = help: write `worst = …`
    ");
}

#[test]
fn assignments_of_what_does_not_fit() {
    assert_snapshot!(done("worst = 6000"), @"
    error[E0313]: `worst` cannot be this
       --> m.machine:11:39
       |
    11 |         on air.ok(a) -> off { worst = 6000 }
       |                                       ^^^^ 6000 is not in `0..5000`
       |
       = help: write a number from 0 to 5000, or widen the type
    ");
    assert_snapshot!(done("worst = \"a\""), @r#"
    error[E0301]: `worst` wants a whole number, this is a string
       --> m.machine:11:39
       |
    11 |         on air.ok(a) -> off { worst = "a" }
       |                                       ^^^ a whole number belongs here
       |
       = help: write it like `3`
    "#);
    assert_snapshot!(done("name = a.co2"), @r#"
    error[E0301]: `name` wants a string, this is a whole number
       --> m.machine:11:38
       |
    11 |         on air.ok(a) -> off { name = a.co2 }
       |                                      ^^^^^ a string belongs here
       |
       = help: put it between quotes and braces, as in `"{value}"`
    "#);
}

#[test]
fn what_events_carry() {
    assert_snapshot!(done("raise stop"), @"
    error[E0319]: `stop` is told without its `why`
       --> m.machine:11:37
       |
     7 |     event stop(why: string)
       |           ---- what it carries is settled here
       .
    11 |         on air.ok(a) -> off { raise stop }
       |                                     ^^^^ what it carries is the same everywhere
       |
       = help: add `why: …` between its brackets
    ");
    assert_snapshot!(done("raise stop(reason: \"a\")"), @r#"
    error[E0319]: `stop` carries no `reason`
       --> m.machine:11:42
       |
     7 |     event stop(why: string)
       |           ---- what it carries is settled here
       .
    11 |         on air.ok(a) -> off { raise stop(reason: "a") }
       |                                          ^^^^^^ no field of this name
       |
       = help: it carries `why`
    "#);
    assert_snapshot!(done("raise stop(\"a\")"), @r#"
    error[E0319]: what an event carries has a name
       --> m.machine:11:42
       |
    11 |         on air.ok(a) -> off { raise stop("a") }
       |                                          ^^^ which field is this?
       |
       = help: write a name before it, as in `emit page(worst: 3)`
    "#);
    assert_snapshot!(done("raise stopp(why: \"a\")"), @r#"
    error[E0222]: there is no event `stopp`
       --> m.machine:11:37
       |
    11 |         on air.ok(a) -> off { raise stopp(why: "a") }
       |                                     ^^^^^ did you mean `stop`?
       |
       = help: write `raise stop`
    "#);
    assert_snapshot!(done("emit page(room: room) emit page(worst: worst)"), @"
    error[E0319]: `page` carries no `worst`
       --> m.machine:11:63
       |
    11 |         on air.ok(a) -> off { emit page(room: room) emit page(worst: worst) }
       |                                    ----                       ^^^^^ no field of this name
       |                                    |
       |                                    what it carries is settled here
       |
       = help: it carries `room`
    ");
    assert_snapshot!(done("emit page emit page(worst: worst)"), @"
    error[E0319]: `page` carries no `worst`
       --> m.machine:11:51
       |
    11 |         on air.ok(a) -> off { emit page emit page(worst: worst) }
       |                                    ----           ^^^^^ no field of this name
       |                                    |
       |                                    what it carries is settled here
       |
       = help: leave it out, or declare what it carries: `event page(worst: TYPE)`
    ");
    assert_snapshot!(done("emit page(room: room) emit page(room: 3)"), @r#"
    error[E0301]: `room` wants a string, this is a whole number
       --> m.machine:11:69
       |
    11 |         on air.ok(a) -> off { emit page(room: room) emit page(room: 3) }
       |                                                                     ^ a string belongs here
       |
       = help: write it like `"some text"`
    "#);
}

#[test]
fn logging_and_polling() {
    assert_snapshot!(done("log worst"), @r#"
    error[E0301]: `log` wants a string, this is a whole number
       --> m.machine:11:35
       |
    11 |         on air.ok(a) -> off { log worst }
       |                                   ^^^^^ a string belongs here
       |
       = help: put it between quotes and braces, as in `log "worst is {worst}"`
    "#);
    assert_snapshot!(done("poll aire"), @"
    error[E0202]: there is no watcher `aire`
       --> m.machine:11:36
       |
    11 |         on air.ok(a) -> off { poll aire }
       |                                    ^^^^ did you mean `air`?
       |
       = help: write `poll air`
    ");
}
