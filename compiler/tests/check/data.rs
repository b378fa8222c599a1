//! What a machine remembers: types, bounds, first values, words of enums (`E02`, `E03`).

use crate::{fan, mistakes};
use insta::assert_snapshot;

#[test]
fn unknown_types_and_what_they_are_called_here() {
    assert_snapshot!(
        mistakes(&fan(
            "data a: integer = 0
             data b: str = \"\"
             data c: bol = true
             data d: Option = 1",
            "after 1m -> off"
        )),
        @r#"
    error[E0231]: there is no type `integer`
      --> m.machine:2:13
      |
    2 |     data a: integer = 0
      |             ^^^^^^^ did you mean `int`?
      |
      = help: write `int`; the types are `bool`, `int`, `float`, `string`, `duration` and `time`

    error[E0231]: there is no type `str`
      --> m.machine:3:13
      |
    3 |     data b: str = ""
      |             ^^^ did you mean `string`?
      |
      = help: write `string`; the types are `bool`, `int`, `float`, `string`, `duration` and `time`

    error[E0231]: there is no type `bol`
      --> m.machine:4:13
      |
    4 |     data c: bol = true
      |             ^^^ did you mean `bool`?
      |
      = help: write `bool`; the types are `bool`, `int`, `float`, `string`, `duration` and `time`

    error[E0231]: there is no type `Option`
      --> m.machine:5:13
      |
    5 |     data d: Option = 1
      |             ^^^^^^ no type of this name
      |
      = help: the types are `bool`, `int`, `float`, `string`, `duration` and `time`, `int in 0..100`, `list of string`,
              and words such as `low | high`
    "#
    );
}

#[test]
fn types_that_cannot_be_remembered() {
    assert_snapshot!(
        mistakes(&fan(
            "data a: path = \"a\"
             data b: map of string = {}
             data c: list of list of int = []
             data d: secret = \"a\"",
            "after 1m -> off"
        )),
        @r#"
    error[E0326]: a path cannot be remembered or sent
      --> m.machine:2:13
      |
    2 |     data a: path = "a"
      |             ^^^^ only arguments of watchers can be of this type
      |
      = help: write `string`: a path is a text that names a file

    error[E0326]: a map cannot be remembered or sent
      --> m.machine:3:13
      |
    3 |     data b: map of string = {}
      |             ^^^^^^^^^^^^^ only arguments of watchers can be of this type
      |
      = help: use one piece of data for each entry

    error[E0326]: a list cannot hold lists
      --> m.machine:4:13
      |
    4 |     data c: list of list of int = []
      |             ^^^^^^^^^^^^^^^^^^^ a list of lists
      |
      = help: use one list, or a list of texts

    error[E0101]: expected a type, found `secret`
      --> m.machine:5:13
      |
    5 |     data d: secret = "a"
      |             ^^^^^^ expected a type
      |
      = help: `machinec explain E0101` shows how declarations are written
    "#
    );
}

#[test]
fn bounds_the_wrong_way_round() {
    assert_snapshot!(
        mistakes(&fan("data a: int in 9..1 = 3\ndata b: string up to 0 = \"\"", "on air.ok(a) when a.co2 in 9..1 -> off")),
        @r#"
    error[E0315]: no number is in `9..1`
      --> m.machine:2:13
      |
    2 |     data a: int in 9..1 = 3
      |             ^^^^^^^^^^^ the least number comes first
      |
      = help: write `int in 1..9`

    error[E0315]: a string cannot be up to 0 long
      --> m.machine:3:26
      |
    3 |     data b: string up to 0 = ""
      |                          ^ a number from 1 to 16384 belongs here
      |
      = help: write `up to 256`, for instance

    error[E0224]: `a` is the name of a value already
      --> m.machine:7:19
      |
    2 |     data a: int in 9..1 = 3
      |          - it is declared here
      .
    7 |         on air.ok(a) when a.co2 in 9..1 -> off
      |                   ^ this would hide it
      |
      = help: give what the event carries another name, such as `it`

    error[E0315]: no number is in `9..1`
      --> m.machine:7:36
      |
    7 |         on air.ok(a) when a.co2 in 9..1 -> off
      |                                    ^^^^ the least number comes first
      |
      = help: write `1..9`
    "#
    );
}

#[test]
fn first_values_that_do_not_fit() {
    assert_snapshot!(
        mistakes(&fan(
            "data a: int in 0..9 = 10
             data b: string up to 3 = \"four\"
             data c: duration = 10
             data d: low | high = medium
             data e: bool = 1
             data f: list of int up to 2 = [1, 2, 3]
             data g: list of int = [1, \"two\"]",
            "after 1m -> off"
        )),
        @r#"
    error[E0313]: `a` cannot be this
      --> m.machine:2:27
      |
    2 |     data a: int in 0..9 = 10
      |                           ^^ 10 is not in `0..9`
      |
      = help: write a number from 0 to 9, or widen the type

    error[E0313]: `b` cannot be this
      --> m.machine:3:30
      |
    3 |     data b: string up to 3 = "four"
      |                              ^^^^^^ 4 bytes, and 3 is the most
      |
      = help: write a shorter text, or a longer type: `string up to N`

    error[E0304]: `c` wants a duration, and this number has no unit
      --> m.machine:4:24
      |
    4 |     data c: duration = 10
      |                        ^^ seconds, minutes, hours?
      |
      = help: write `10s` for seconds; the units are `ms`, `s`, `m`, `h`, `d` and `w`

    error[E0229]: `medium` is none of the words `low` or `high`
      --> m.machine:5:26
      |
    5 |     data d: low | high = medium
      |                          ^^^^^^ no such word
      |
      = help: write `low` or `high`

    error[E0301]: `e` wants `true` or `false`, this is a whole number
      --> m.machine:6:20
      |
    6 |     data e: bool = 1
      |                    ^ `true` or `false` belongs here
      |
      = help: write it like `true`

    error[E0313]: `f` cannot be this
      --> m.machine:7:35
      |
    7 |     data f: list of int up to 2 = [1, 2, 3]
      |                                   ^^^^^^^^^ 3 items, and 2 is the most
      |
      = help: write fewer items, or a longer list: `list of … up to N`

    error[E0301]: the list wants a whole number, this is a string
      --> m.machine:8:31
      |
    8 |     data g: list of int = [1, "two"]
      |                               ^^^^^ a whole number belongs here
      |
      = help: write it like `3`
    "#
    );
}

#[test]
fn types_that_the_value_does_not_tell() {
    assert_snapshot!(mistakes(&fan("data seen = []\ndata speed = low", "after 1m -> off")), @"
    error[E0316]: the type of `seen` cannot be told from this
      --> m.machine:2:17
      |
    2 |     data seen = []
      |                 ^^ this could be of many types
      |
      = help: write its type, as in `data seen: list of string = …`

    error[E0316]: the type of `speed` cannot be told from this
      --> m.machine:3:18
      |
    3 |     data speed = low
      |                  ^^^ this could be of many types
      |
      = help: write its type, as in `data speed: low | OTHER = …`
    ");
}

#[test]
fn values_that_are_not_known_yet() {
    assert_snapshot!(
        mistakes(&fan("data a: int = 1\ndata b: int = a + 1\nfact c: time = now()", "after 1m -> off")),
        @"
    error[E0318]: `a` is not known before the machine runs
      --> m.machine:3:19
      |
    3 |     data b: int = a + 1
      |                   ^ a value that does not change belongs here
      |
      = help: write the value itself, or use a parameter

    error[E0318]: `now` is not known before the machine runs
      --> m.machine:4:20
      |
    4 |     fact c: time = now()
      |                    ^^^ a value that does not change belongs here
      |
      = help: write the value itself, or use a parameter
    "
    );
}

#[test]
fn the_words_of_an_enum_and_a_name_that_hides_one() {
    assert_snapshot!(
        mistakes(&fan(
            "data speed: low | high = low\ndata high: int = 3",
            "on air.ok stay { speed = high }\non air.failed -> off { speed = lwo }"
        )),
        @"
    error[E0233]: `high` is a value that is declared, not the word of `low | high`
      --> m.machine:7:34
      |
    3 |     data high: int = 3
      |          ---- it is declared here
      .
    7 |         on air.ok stay { speed = high }
      |                                  ^^^^ this is of the type `int`
      |
      = help: give what is declared as `high` another name: a declared name wins over the words of enums

    error[E0229]: `lwo` is none of the words `low` or `high`
      --> m.machine:8:40
      |
    8 |         on air.failed -> off { speed = lwo }
      |                                        ^^^ did you mean `low`?
      |
      = help: write `low` or `high`
    "
    );
}

#[test]
fn words_and_fields_twice() {
    assert_snapshot!(
        mistakes(&fan(
            "data speed: low | high | low = low\nevent stop(why: string, why: int) from operator",
            "on stop -> off"
        )),
        @"
    error[E0232]: the word `low` is there twice
      --> m.machine:2:30
      |
    2 |     data speed: low | high | low = low
      |                 ---          ^^^ the second time
      |                 |
      |                 the first time
      |
      = help: leave out one of the two

    error[E0232]: the field `why` is there twice
      --> m.machine:3:29
      |
    3 |     event stop(why: string, why: int) from operator
      |                ---          ^^^ the second time
      |                |
      |                the first time
      |
      = help: leave out one of the two
    "
    );
}
