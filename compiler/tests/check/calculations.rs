//! Calculations: names, operators, functions, and where they may fail (`E02`, `E03`, `E04`).

use crate::{fan, mistakes, when};
use insta::assert_snapshot;

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
