//! `require`: states and values by name, and what has to be said of a number.

use crate::{mistakes, short};
use insta::assert_snapshot;

/// A lamp that promises something.
fn promising(promises: &str) -> String {
    format!(
        "machine lamp 1.0.0 {{
    data worst: int in 0..9 = 0
    event shine from operator
    initial state dark {{ on shine -> lit.low }}
    state lit {{
        initial state low {{ after 1m -> high }}
        state high {{ after 1m -> dark {{ worst = 3 }} }}
    }}
{promises}
}}
"
    )
}

#[test]
fn every_form_is_understood() {
    let all = "
    require always can reach dark or lit.high
    require lit leads to dark or lit.low
    require never dark -> lit.high
    require never lit.low and worst > 5
    require never lit and dark
    require at most 60 transitions per 1h
    require at most 5 commands per 10s";
    assert_snapshot!(mistakes(&promising(all)), @"");
}

#[test]
fn states_that_are_none() {
    assert_snapshot!(mistakes(&promising("    require always can reach high or nowhere")), @"
    error[E0212]: the state `high` is reached by its path
      --> m.machine:9:30
      |
    9 |     require always can reach high or nowhere
      |                              ^^^^ a path begins with a state inside the machine
      |
      = help: write `lit.high`

    error[E0201]: there is no state `nowhere`
      --> m.machine:9:38
      |
    9 |     require always can reach high or nowhere
      |                                      ^^^^^^^ no state of this name
      |
      = help: the states are `dark`, `lit`, `lit.low` and `lit.high`
    ");
    let all = "
    require drak leads to dark
    require dark leads to lit.hihg
    require never dark -> lit.nothing
    require never lit.lo and worst > 5
    require lamp leads to dark";
    assert_snapshot!(short(&promising(all)), @"
    m.machine:10:13: error[E0201]: there is no state `drak`
    m.machine:11:27: error[E0201]: there is no state `lit.hihg`
    m.machine:12:27: error[E0201]: there is no state `lit.nothing`
    m.machine:13:19: error[E0201]: there is no state `lit.lo`
    m.machine:14:13: error[E0201]: there is no state `lamp`
    ");
}

#[test]
fn conditions_that_are_none() {
    let all = "
    require never worst
    require never wurst > 3
    require never worst > \"a\"
    require never lit == 3
    require never dark.worst
    require never worst.dark";
    assert_snapshot!(short(&promising(all)), @"
    m.machine:10:19: error[E0311]: `never` wants a condition, this is a whole number
    m.machine:11:19: error[E0213]: `wurst` names neither a state nor a value
    m.machine:12:25: error[E0312]: a whole number and a string cannot be compared
    m.machine:13:23: error[E0312]: a truth value and a whole number cannot be compared
    m.machine:14:19: error[E0201]: there is no state `dark.worst`
    m.machine:15:19: error[E0223]: `worst` has no fields
    ");
}

#[test]
fn numbers_with_their_time() {
    assert_snapshot!(mistakes(&promising("    require at most 60 transitions")), @"
    error[E0601]: this promise does not say in what time
      --> m.machine:9:13
      |
    9 |     require at most 60 transitions
      |             ^^^^^^^^^^^^^^^^^^^^^^ in an hour, in a day?
      |
      = help: a machine runs for ever, so write a time behind it, as in `at most 60 transitions per 1h`
    ");
    let all = "
    require at most 0 transitions per 1h
    require at most 3s transitions per 1h
    require at most 3 transition per 1h
    require at most 3 states per 1h
    require at most 3 commands per 5
    require at most worst commands per 1h
    require at most 3 commands per 0s";
    assert_snapshot!(short(&promising(all)), @"
    m.machine:10:21: error[E0602]: `at most` wants a number from 1 on
    m.machine:11:21: error[E0602]: `at most` wants a number from 1 on
    m.machine:12:23: error[E0229]: `transition` cannot be counted
    m.machine:13:23: error[E0229]: `states` cannot be counted
    m.machine:14:36: error[E0304]: `per` wants a duration, and this number has no unit
    m.machine:15:21: error[E0318]: `worst` is not known before the machine runs
    m.machine:16:36: error[E0305]: this duration is too short for `per`
    ");
}

#[test]
fn a_promise_belongs_to_the_machine() {
    assert_snapshot!(mistakes(
        "machine lamp 1.0.0 {
    initial state dark {
        after 1m -> lit
        require never lit
    }
    state lit { after 1m -> dark }
}
"
    ), @"
    error[E0221]: a promise stands inside the state `dark`
      --> m.machine:4:9
      |
    1 | machine lamp 1.0.0 {
      |         ---- between the braces of the machine itself is its place
      .
    4 |         require never lit
      |         ^^^^^^^^^^^^^^^^^ what is promised with `require` is promised by the machine as a whole
      |
      = help: move it to the end of `machine lamp`
    ");
}

#[test]
fn promises_of_a_template_can_use_its_parameters() {
    assert_snapshot!(short(
        "machine lamp(most: int, within: duration) 1.0.0 {
    data n: int in 0..9 = 0
    initial state dark { after 1m -> lit }
    state lit { after 1m -> dark }
    require at most most transitions per within
    require never lit and n > most
}
machine kitchen = lamp(most: 60, within: 1h)
machine hall = lamp(most: 0, within: 1h)
"
    ), @"
    m.machine:5:21: error[E0602]: `at most` wants a number from 1 on
    ");
}
