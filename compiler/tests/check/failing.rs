//! Calculations that can fail, and who answers that (`E0412`).

use crate::{done, fan, mistakes};
use insta::assert_snapshot;

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
