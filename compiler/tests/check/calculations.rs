//! Calculations: names, operators, functions, and where they may fail (`E02`, `E03`, `E04`).

use crate::{fan, mistakes};
use insta::assert_snapshot;

/// The mistakes of a handler with this guard.
fn when(guard: &str) -> String {
    let data = "data worst: int in 0..5000 = 0
                data part: float = 0.5
                data name: string = \"\"
                data pause: duration = 1m
                data seen: list of int = []
                data speed: low | high = low
                fact room: string = \"a\"
                secret token from env \"T\"";
    mistakes(&fan(data, &format!("on air.ok(a) when {guard} -> off\nafter 1h -> off")))
}

/// The mistakes of a handler with these actions.
fn done(actions: &str) -> String {
    let data = "data worst: int in 0..5000 = 0
                data total: int = 0
                data name: string up to 20 = \"\"
                fact room: string = \"a\"
                secret token from env \"T\"
                event stop(why: string)";
    mistakes(&fan(
        data,
        &format!("on air.ok(a) -> off {{ {actions} }}\non stop -> off\nafter 1h -> off {{ raise stop(why: \"x\") }}"),
    ))
}

#[test]
fn unknown_fields() {
    assert_snapshot!(when("a.co > 3"), @"
    error[E0223]: `air.ok` carries no `co`
       --> m.machine:13:29
       |
    13 |         on air.ok(a) when a.co > 3 -> off
       |                   -         ^^ did you mean `co2`?
       |                   |
       |                   `a` is what it carries
       |
       = help: write `a.co2`; it carries `took` and `co2`
    ");
    assert_snapshot!(when("a.humidity > 3"), @"
    error[E0223]: `air.ok` carries no `humidity`
       --> m.machine:13:29
       |
    13 |         on air.ok(a) when a.humidity > 3 -> off
       |                   -         ^^^^^^^^ no field of this name
       |                   |
       |                   `a` is what it carries
       |
       = help: it carries `took` and `co2`
    ");
    assert_snapshot!(when("a > 3"), @"
    error[E0223]: `a` is all that the event carries, not one value
       --> m.machine:13:27
       |
    13 |         on air.ok(a) when a > 3 -> off
       |                   -       ^ say which of its fields
       |                   |
       |                   it gets its name here
       |
       = help: write `a.took` or `a.co2`
    ");
    assert_snapshot!(when("co2 > 3"), @"
    error[E0213]: `co2` is a field of the event, and is reached by the event's name
       --> m.machine:13:27
       |
    13 |         on air.ok(a) when co2 > 3 -> off
       |                           ^^^ a field of the event
       |
       = help: write `a.co2`
    ");
}

#[test]
fn fields_of_what_has_none() {
    assert_snapshot!(when("name.len > 3"), @"
    error[E0223]: `name` has no fields
       --> m.machine:13:27
       |
    13 |         on air.ok(a) when name.len > 3 -> off
       |                           ^^^^^^^^ values have no fields and no methods
       |
       = help: write `len(name)`
    ");
    assert_snapshot!(when("air.co2 > 3"), @"
    error[E0223]: `air` has no fields
       --> m.machine:13:27
       |
    13 |         on air.ok(a) when air.co2 > 3 -> off
       |                           ^^^^^^^ a watcher is no value
       |
       = help: give what the event carries a name, as in `on air.ok(it)`, and write `it.co2`
    ");
}

#[test]
fn unknown_names_and_functions() {
    assert_snapshot!(when("a.co2 > wurst"), @"
    error[E0213]: `wurst` does not name a value
       --> m.machine:13:35
       |
    13 |         on air.ok(a) when a.co2 > wurst -> off
       |                                   ^^^^^ did you mean `worst`?
       |
       = help: write `worst`
    ");
    assert_snapshot!(when("length(name) > 3"), @"
    error[E0228]: there is no function `length`
       --> m.machine:13:27
       |
    13 |         on air.ok(a) when length(name) > 3 -> off
       |                           ^^^^^^ did you mean `len`?
       |
       = help: write `len(text)`
    ");
    assert_snapshot!(when("a.co2 > maxi(worst, 3)"), @"
    error[E0228]: there is no function `maxi`
       --> m.machine:13:35
       |
    13 |         on air.ok(a) when a.co2 > maxi(worst, 3) -> off
       |                                   ^^^^ did you mean `max`?
       |
       = help: write `max(a, b)`
    ");
    assert_snapshot!(when("worst(3) > 3"), @"
    error[E0228]: there is no function `worst`
       --> m.machine:13:27
       |
    13 |         on air.ok(a) when worst(3) > 3 -> off
       |                           ^^^^^ a value, and values cannot be called
       |
       = help: write `worst` without brackets
    ");
}

#[test]
fn the_name_of_an_event_hides_nothing() {
    assert_snapshot!(
        mistakes(&fan("data worst: int = 0", "on air.ok(worst) -> off\nafter 1h -> off { worst = 2 }")),
        @"
    error[E0224]: `worst` is the name of a value already
      --> m.machine:6:19
      |
    2 |     data worst: int = 0
      |          ----- it is declared here
      .
    6 |         on air.ok(worst) -> off
      |                   ^^^^^ this would hide it
      |
      = help: give what the event carries another name, such as `it`
    "
    );
}

#[test]
fn what_is_no_condition() {
    assert_snapshot!(when("a.co2"), @"
    error[E0311]: `when` wants a condition, this is a whole number
       --> m.machine:13:27
       |
    13 |         on air.ok(a) when a.co2 -> off
       |                           ^^^^^ this is neither true nor false
       |
       = help: compare it with something, as in `n > 0`
    ");
    assert_snapshot!(when("name and a.co2 > 3"), @r#"
    error[E0311]: `and` wants a condition, this is a string
       --> m.machine:13:27
       |
    13 |         on air.ok(a) when name and a.co2 > 3 -> off
       |                           ^^^^ this is neither true nor false
       |
       = help: compare it with something, as in `text != ""`
    "#);
    assert_snapshot!(when("not speed"), @"
    error[E0311]: `not` wants a condition, this is a word
       --> m.machine:13:31
       |
    13 |         on air.ok(a) when not speed -> off
       |                               ^^^^^ this is neither true nor false
       |
       = help: compare it with one of its words, as in `speed == high`
    ");
}

#[test]
fn values_of_different_types() {
    assert_snapshot!(when("name == 3"), @"
    error[E0312]: a string and a whole number cannot be compared
       --> m.machine:13:32
       |
    13 |         on air.ok(a) when name == 3 -> off
       |                           ---- ^^ - `int`
       |                           |    |
       |                           |    both sides have to be of one type
       |                           `string`
       |
       = help: write `int(…)` around the text, which fails if it is no number
    ");
    assert_snapshot!(when("a.co2 > part"), @"
    error[E0312]: a whole number and a number with a fraction cannot be compared
       --> m.machine:13:33
       |
    13 |         on air.ok(a) when a.co2 > part -> off
       |                           ----- ^ ---- `float`
       |                           |     |
       |                           |     both sides have to be of one type
       |                           `int in 0..5000`
       |
       = help: write `float(…)` around the whole number
    ");
    assert_snapshot!(when("speed == \"high\""), @r#"
    error[E0312]: a word and a string cannot be compared
       --> m.machine:13:33
       |
    13 |         on air.ok(a) when speed == "high" -> off
       |                           ----- ^^ ------ `string`
       |                           |     |
       |                           |     both sides have to be of one type
       |                           `low | high`
       |
       = help: write the word without quotes: `low` or `high`
    "#);
    assert_snapshot!(when("pause > 10"), @"
    error[E0304]: `pause` wants a duration, and this number has no unit
       --> m.machine:13:35
       |
    13 |         on air.ok(a) when pause > 10 -> off
       |                                   ^^ seconds, minutes, hours?
       |
       = help: write `10s` for seconds; the units are `ms`, `s`, `m`, `h`, `d` and `w`
    ");
}

#[test]
fn operators_that_do_not_fit() {
    assert_snapshot!(when("name + 1 == \"a\""), @r#"
    error[E0310]: `+` cannot be done with a string and a whole number
       --> m.machine:13:32
       |
    13 |         on air.ok(a) when name + 1 == "a" -> off
       |                           ---- ^ - `int`
       |                           |    |
       |                           |    these do not go together
       |                           `string`
       |
       = help: put values into a text with braces, as in `"{a} and {b}"`
    "#);
    assert_snapshot!(when("speed > low"), @"
    error[E0310]: words cannot be put in order
       --> m.machine:13:33
       |
    13 |         on air.ok(a) when speed > low -> off
       |                                 ^ they are equal or not
       |
       = help: write `==` or `!=`, or `x in [a, b]` for one of several
    ");
    assert_snapshot!(when("pause * 0.5 > 1m"), @"
    error[E0310]: `*` cannot be done with a duration and a number with a fraction
       --> m.machine:13:33
       |
    13 |         on air.ok(a) when pause * 0.5 > 1m -> off
       |                           ----- ^ --- `float`
       |                           |     |
       |                           |     these do not go together
       |                           `duration`
       |
       = help: multiply and divide durations by whole numbers: `d * 3 / 2`
    ");
    assert_snapshot!(when("\"a\" in name"), @r#"
    error[E0310]: nothing is `in` a string
       --> m.machine:13:31
       |
    13 |         on air.ok(a) when "a" in name -> off
       |                               ^^ ---- `string`
       |                               |
       |                               a list or a range belongs behind it
       |
       = help: write `contains(text, part)` for a part of a text
    "#);
    assert_snapshot!(when("-speed == low"), @"
    error[E0310]: `-` has nothing to do with a word
       --> m.machine:13:27
       |
    13 |         on air.ok(a) when -speed == low -> off
       |                           ^^^^^^
       |                           ||
       |                           |this is of the type `low | high`
       |                           a whole number belongs here
       |
       = help: use a number, or a duration
    ");
}

#[test]
fn words_in_conditions() {
    assert_snapshot!(when("speed == hihg"), @"
    error[E0229]: `hihg` is none of the words `low` or `high`
       --> m.machine:13:36
       |
    13 |         on air.ok(a) when speed == hihg -> off
       |                                    ^^^^ did you mean `high`?
       |
       = help: write `low` or `high`
    ");
    assert_snapshot!(when("speed in [low, fast]"), @"
    error[E0229]: `fast` is none of the words `low` or `high`
       --> m.machine:13:42
       |
    13 |         on air.ok(a) when speed in [low, fast] -> off
       |                                          ^^^^ no such word
       |
       = help: write `low` or `high`
    ");
    assert_snapshot!(when("speed == high or high == speed and speed in [high]"), @"");
}

#[test]
fn arguments_of_functions() {
    assert_snapshot!(when("max(a.co2) > 3"), @"
    error[E0324]: `max` is given one value
       --> m.machine:13:27
       |
    13 |         on air.ok(a) when max(a.co2) > 3 -> off
       |                           ^^^^^^^^^^ it is written `max(a, b)`
       |
       = help: write `max(a, b)`
    ");
    assert_snapshot!(when("len(3) > 3"), @"
    error[E0324]: `len` has nothing to do with a whole number
       --> m.machine:13:31
       |
    13 |         on air.ok(a) when len(3) > 3 -> off
       |                               ^ this is of the type `int`
       |
       = help: `len` takes a text or a list
    ");
    assert_snapshot!(when("lower(a.co2) == \"a\""), @r#"
    error[E0301]: `lower` wants a string, this is a whole number
       --> m.machine:13:33
       |
    13 |         on air.ok(a) when lower(a.co2) == "a" -> off
       |                                 ^^^^^ a string belongs here
       |
       = help: put it between quotes and braces, as in `"{value}"`
    "#);
}

#[test]
fn what_is_certain_to_fail() {
    assert_snapshot!(when("a.co2 > 1 / 0"), @"
    error[E0314]: this calculation can only fail
       --> m.machine:13:35
       |
    13 |         on air.ok(a) when a.co2 > 1 / 0 -> off
       |                                   ^^^^^ nothing can be divided by zero
       |
       = help: divide by a number that is never zero, such as `max(1, n)`
    ");
    assert_snapshot!(when("a.co2 > 9223372036854775807 + 1"), @"
    error[E0314]: this calculation can only fail
       --> m.machine:13:35
       |
    13 |         on air.ok(a) when a.co2 > 9223372036854775807 + 1 -> off
       |                                   ^^^^^^^^^^^^^^^^^^^^^^^ this goes beyond what 64 bits can hold
       |
       = help: use smaller numbers, or a type with bounds such as `int in 0..1000`
    ");
    assert_snapshot!(when("a.co2 > int(\"three\")"), @r#"
    error[E0314]: this calculation can only fail
       --> m.machine:13:35
       |
    13 |         on air.ok(a) when a.co2 > int("three") -> off
       |                                   ^^^^^^^^^^^^ `three` is no whole number
       |
       = help: look first whether it is a number, or let the watcher return an `int`
    "#);
}

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

#[test]
fn calculations_that_can_fail_where_nothing_answers() {
    assert_snapshot!(done("worst = a.co2 + 1"), @"
    error[E0412]: this calculation can fail, and `busy` does not answer `fault`
       --> m.machine:11:39
       |
     8 |     initial state busy {
       |                   ---- it can happen here
       .
    11 |         on air.ok(a) -> off { worst = a.co2 + 1 }
       |                                       ^^^^^^^^^ this can be more than 5000
       |
       = help: add `on fault -> STATE` or `on fault stay` there or further out, or make it certain: keep it within its
               bounds with `min(…)` or `max(…)`, or widen them
    ");
    assert_snapshot!(done("total += a.co2"), @"
    error[E0412]: this calculation can fail, and `busy` does not answer `fault`
       --> m.machine:11:31
       |
     8 |     initial state busy {
       |                   ---- it can happen here
       .
    11 |         on air.ok(a) -> off { total += a.co2 }
       |                               ^^^^^^^^^^^^^^ this can go beyond what 64 bits can hold
       |
       = help: add `on fault -> STATE` or `on fault stay` there or further out, or make it certain: use smaller numbers, or
               a type with bounds such as `int in 0..1000`
    ");
    assert_snapshot!(done("worst = 100 / worst"), @"
    error[E0412]: this calculation can fail, and `busy` does not answer `fault`
       --> m.machine:11:39
       |
     8 |     initial state busy {
       |                   ---- it can happen here
       .
    11 |         on air.ok(a) -> off { worst = 100 / worst }
       |                                       ^^^^^^^^^^^ this can be a division by zero
       |
       = help: add `on fault -> STATE` or `on fault stay` there or further out, or make it certain: divide by a number that
               is never zero, such as `max(1, n)`
    ");
    assert_snapshot!(done("name = \"{room} is bad\""), @r#"
    error[E0412]: this calculation can fail, and `busy` does not answer `fault`
       --> m.machine:11:38
       |
     8 |     initial state busy {
       |                   ---- it can happen here
       .
    11 |         on air.ok(a) -> off { name = "{room} is bad" }
       |                                      ^^^^^^^^^^^^^^^ this can be 1031 bytes long, and 20 is the most
       |
       = help: add `on fault -> STATE` or `on fault stay` there or further out, or make it certain: let it be longer with
               `string up to N` or `list of … up to N`, or make it of less
    "#);
    assert_snapshot!(done("worst = int(room)"), @"
    error[E0412]: this calculation can fail, and `busy` does not answer `fault`
       --> m.machine:11:39
       |
     8 |     initial state busy {
       |                   ---- it can happen here
       .
    11 |         on air.ok(a) -> off { worst = int(room) }
       |                                       ^^^^^^^^^ this text may be no number
       |
       = help: add `on fault -> STATE` or `on fault stay` there or further out, or make it certain: look first whether it
               is a number, or let the watcher return an `int`
    ");
}

#[test]
fn several_that_one_answer_would_do_for() {
    let counts = "data n: int = 0
        data k: int = 1
        event go from operator
        on go -> b { n += 1 k = n * 2 }";
    let states = "initial state a { enter { n = n / k } }
        state b { on go -> a { k = k % n } after 1s -> a";
    assert_snapshot!(mistakes(&format!("machine m 1.0.0 {{ {counts}\n{states} }} }}")), @"
    error[E0412]: calculations can fail, and `a` and `b` do not answer `fault`
      --> m.machine:4:22
      |
    4 |         on go -> b { n += 1 k = n * 2 }
      |                      ^^^^^^     ----- this can go beyond what 64 bits can hold
      |                      |
      |                      this can go beyond what 64 bits can hold
    5 | initial state a { enter { n = n / k } }
      |               -               ----- this can be a division by zero
      |               |
      |               it can happen here
    6 |         state b { on go -> a { k = k % n } after 1s -> a } }
      |                                    ----- this can be a division by zero
      |
      = help: add `on fault -> STATE` or `on fault stay` there or further out, or make each certain; the first: use
              smaller numbers, or a type with bounds such as `int in 0..1000`
    ");
    let answered = format!("machine m 1.0.0 {{ {counts}\n{states} on fault stay }} }}");
    assert_snapshot!(mistakes(&answered), @"
    error[E0412]: calculations can fail, and `a` does not answer `fault`
      --> m.machine:4:22
      |
    4 |         on go -> b { n += 1 k = n * 2 }
      |                      ^^^^^^     ----- this can go beyond what 64 bits can hold
      |                      |
      |                      this can go beyond what 64 bits can hold
    5 | initial state a { enter { n = n / k } }
      |               -               ----- this can be a division by zero
      |               |
      |               it can happen here
      |
      = help: add `on fault -> STATE` or `on fault stay` there or further out, or make each certain; the first: use
              smaller numbers, or a type with bounds such as `int in 0..1000`
    ");
}

#[test]
fn calculations_that_cannot_fail() {
    assert_snapshot!(done("worst = max(worst, a.co2)"), @"");
    assert_snapshot!(done("worst = min(a.co2 + 1, 5000)"), @"");
    assert_snapshot!(done("worst = 100 / max(1, worst)"), @"");
    assert_snapshot!(done("worst = worst % 100 worst += 4000"), @"");
    assert_snapshot!(done("emit page(text: \"{room}: {worst}\")"), @"");
    assert_snapshot!(
        mistakes(&fan(
            "data tries: int in 0..3 = 0",
            "on air.ok when tries >= 3 -> off
             on air.ok stay { tries += 1 }
             after 1h -> off"
        )),
        @""
    );
    assert_snapshot!(
        mistakes(&fan("data worst: int in 0..9 = 0", "on air.ok(a) -> off { worst = a.co2 }\non fault -> off")),
        @""
    );
}

#[test]
fn an_answer_to_a_fault_that_can_fail() {
    assert_snapshot!(
        mistakes(&fan("data n: int = 0", "on air.ok -> off { n += 1 }\non fault(f) stay { n -= 1 log f.at }\nafter 1h -> off")),
        @"
    error[E0420]: the answer to a fault can fail itself
      --> m.machine:7:28
      |
    7 |         on fault(f) stay { n -= 1 log f.at }
      |                            ^^^^^^ this can go beyond what 64 bits can hold
      |
      = help: nothing would answer that: use smaller numbers, or a type with bounds such as `int in 0..1000`
    "
    );
}

#[test]
fn blocks_that_can_fail() {
    assert_snapshot!(
        mistakes(
            "machine m 1.0.0 {
    data n: int = 0
    initial state a { after 1m -> b }
    state b {
        enter { n += 1 }
        after 1m -> a
    }
}"
        ),
        @"
    error[E0412]: this calculation can fail, and `a` does not answer `fault`
      --> m.machine:5:17
      |
    3 |     initial state a { after 1m -> b }
      |                   - it can happen here
    4 |     state b {
    5 |         enter { n += 1 }
      |                 ^^^^^^ this can go beyond what 64 bits can hold
      |
      = help: add `on fault -> STATE` or `on fault stay` there or further out, or make it certain: use smaller numbers, or
              a type with bounds such as `int in 0..1000`
    "
    );
}

#[test]
fn arguments_that_can_fail() {
    assert_snapshot!(
        mistakes(&fan(
            "data n: int in 0..9 = 1",
            "watch b = exec(\"b\", \"{10 / n}\") every 1m\non b.fault stay\non air.ok -> off { n = 2 }"
        )),
        @r#"
    error[E0320]: `args` is calculated when the watcher is asked, and that can fail
      --> m.machine:6:31
      |
    6 |         watch b = exec("b", "{10 / n}") every 1m
      |                               ^^^^^^ this can be a division by zero
      |
      = help: arguments must not fail: divide by a number that is never zero, such as `max(1, n)`
    "#
    );
    assert_snapshot!(
        mistakes(&fan(
            "data n: int in 0..9 = 1",
            "watch b = exec(\"b\", n) every 1m\non b.fault stay\nwatch c = exec(\"c\", \"{n}\", timeout: 1m * n) every 1m\non c.fault stay\non air.ok -> off { n = 2 }"
        )),
        @r#"
    error[E0301]: `args` wants a string, this is a whole number
      --> m.machine:6:29
      |
    6 |         watch b = exec("b", n) every 1m
      |                             ^ a string belongs here
      |
      = help: put it between quotes and braces: `"{n}"`
    "#
    );
}

#[test]
fn paces_are_known() {
    assert_snapshot!(
        mistakes(&fan(
            "data pause: duration = 1m",
            "watch b = exec(\"b\") every pause\non b.fault stay\nafter pause -> off { pause = 2m }"
        )),
        @r#"
    error[E0318]: `pause` is not known before the machine runs
      --> m.machine:6:35
      |
    6 |         watch b = exec("b") every pause
      |                                   ^^^^^ a value that does not change belongs here
      |
      = help: write the value itself, or use a parameter

    error[E0318]: `pause` is not known before the machine runs
      --> m.machine:8:15
      |
    8 |         after pause -> off { pause = 2m }
      |               ^^^^^ a value that does not change belongs here
      |
      = help: write the value itself, or use a parameter
    "#
    );
}
