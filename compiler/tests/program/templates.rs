//! `E034x`: what an instance gives for the parameters of a template.

use crate::{DIMMER, lamp, mistakes, short, tables};
use insta::assert_snapshot;

fn with(instances: &str) -> String {
    format!("{DIMMER}\n{instances}\n")
}

#[track_caller]
fn said(instances: &str) -> String {
    mistakes(&[("m.machine", &with(instances))])
}

#[test]
fn a_template_alone_is_fine() {
    assert_snapshot!(tables(&[("m.machine", DIMMER)]), @"");
}

/// Bounds of ranges are those of the instance; the template alone is checked with any.
const BOUNDED: &str = "\
machine fan(most: int = 5) 1.0.0 {
    data size: int in 0..most = 0
    event set(size: int in 0..most) from operator
    initial state busy {
        watch air = exec(\"./air.sh\") every 1m returns { co2: int in 0..most }
        on air.ok(a) when a.co2 > 3 -> off { size = a.co2 }
        on air.ok    stay
        on air.fault stay
        on set       -> off
    }
    state off { after 1m -> busy { size = 0 } }
}
";

#[test]
fn a_parameter_bounds_a_range() {
    assert_eq!(short(&[("m.machine", BOUNDED)]), "");
    let instances = format!("{BOUNDED}machine small = fan(most: 4)\nmachine large = fan(most: 10)\n");
    assert_eq!(short(&[("m.machine", &instances)]), "");
    let empty = format!("{BOUNDED}machine none = fan(most: -1)\n");
    assert_snapshot!(short(&[("m.machine", &empty)]), @"m.machine:2:16: error[E0315]: no number is in `0..-1`");
}

/// Bounds that are calculated from parameters and numbers.
const CALCULATED: &str = "\
machine queue(size: int, width: int = 8) 1.0.0 {
    data at: int in 0..(size - 1) = 0
    data last: list of string up to width * 2 up to size + 1 = []
    event add(name: string up to width * 2, at: int in -size..max(size, 9) % 10) from operator
    on fault stay
    initial state open {
        on add(it) when it.at in 0..4 -> shut { at = it.at  last = [it.name] }
        on add stay
    }
    state shut { after 1m -> open { at = 0 } }
}
";

fn queue(arguments: &str) -> String {
    format!("{CALCULATED}machine one = queue({arguments})\n")
}

#[test]
fn a_bound_is_calculated() {
    assert_eq!(short(&[("m.machine", CALCULATED)]), "");
    assert_eq!(short(&[("m.machine", &queue("5"))]), "");
    assert_eq!(short(&[("m.machine", &queue("9, width: 1"))]), "");
}

#[test]
fn a_calculated_range_is_empty() {
    assert_snapshot!(mistakes(&[("m.machine", &queue("5, width: -1"))]), @"
    error[E0315]: a string cannot be up to -2 long
       --> m.machine:3:37
       |
     3 |     data last: list of string up to width * 2 up to size + 1 = []
       |                                     ^^^^^^^^^ a number from 1 to 16384 belongs here
       .
    12 | machine one = queue(5, width: -1)
       |         --- told of `one`, an instance of `queue`
       |
       = help: write `up to 256`, for instance
    ");
    assert_snapshot!(mistakes(&[("m.machine", &queue("0"))]), @"
    error[E0315]: no number is in `0..-1`
       --> m.machine:2:14
       |
     2 |     data at: int in 0..(size - 1) = 0
       |              ^^^^^^^^^^^^^^^^^^^^
       |              |         |
       |              |         this is -1
       |              the least number comes first
       .
    12 | machine one = queue(0)
       |         --- told of `one`, an instance of `queue`
       |
       = help: let the second bound come to 0 at least
    ");
}

#[test]
fn a_calculated_bound_is_too_large_to_calculate() {
    let most = i64::MAX;
    assert_snapshot!(mistakes(&[("m.machine", &queue(&format!("5, width: {most}")))]), @"
    error[E0314]: this calculation can only fail
       --> m.machine:3:37
       |
     3 |     data last: list of string up to width * 2 up to size + 1 = []
       |                                     ^^^^^^^^^ this goes beyond what 64 bits can hold
       .
    12 | machine one = queue(5, width: 9223372036854775807)
       |         --- told of `one`, an instance of `queue`
       |
       = help: use smaller numbers, or a type with bounds such as `int in 0..1000`
    ");
    let written = CALCULATED.replace("size - 1", &format!("{most} + 1")) + "machine one = queue(5)\n";
    assert_snapshot!(mistakes(&[("m.machine", &written)]), @"
    error[E0314]: this calculation can only fail
      --> m.machine:2:24
      |
    2 |     data at: int in 0..(9223372036854775807 + 1) = 0
      |                        ^^^^^^^^^^^^^^^^^^^^^^^^^ this goes beyond what 64 bits can hold
      |
      = help: use smaller numbers, or a type with bounds such as `int in 0..1000`
    ");
    let divided = CALCULATED.replace("size - 1", "size / (2 - 2)") + "machine one = queue(5)\n";
    assert_snapshot!(mistakes(&[("m.machine", &divided)]), @"
    error[E0314]: this calculation can only fail
       --> m.machine:2:24
       |
     2 |     data at: int in 0..(size / (2 - 2)) = 0
       |                        ^^^^^^^^^^^^^^^^ nothing can be divided by zero
       .
    12 | machine one = queue(5)
       |         --- told of `one`, an instance of `queue`
       |
       = help: divide by a number that is never zero, such as `max(1, n)`
    ");
}

#[test]
fn a_bound_has_to_be_known() {
    let by_data =
        CALCULATED.replace("size - 1", "last_one + 1").replace("data at", "data last_one: int = 3\n    data at");
    assert_snapshot!(mistakes(&[("m.machine", &by_data)]), @"
    error[E0318]: `last_one` is not known before the machine runs
      --> m.machine:3:25
      |
    3 |     data at: int in 0..(last_one + 1) = 0
      |                         ^^^^^^^^ a value that does not change belongs here
      |
      = help: write the value itself, or use a parameter
    ");
    let by_text = CALCULATED.replace("size - 1", "\"9\"");
    assert_snapshot!(mistakes(&[("m.machine", &by_text)]), @r#"
    error[E0301]: a bound wants a whole number, this is a string
      --> m.machine:2:24
      |
    2 |     data at: int in 0..("9") = 0
      |                        ^^^^^ a whole number belongs here
      |
      = help: write it like `3`
    "#);
}

#[test]
fn an_instance_is_a_machine_of_its_own() {
    assert_snapshot!(tables(&[("m.machine", &with("machine a = dimmer(1m)\nmachine b = dimmer(room: \"b\", lit_for: 2m)"))]), @"
    a 2.1.0 of m.machine
    b 2.1.0 of m.machine
    ");
}

#[test]
fn a_parameter_is_missing() {
    assert_snapshot!(said("machine a = dimmer(room: \"a\")"), @r#"
    error[E0340]: `dimmer` needs its parameter `lit_for`
      --> m.machine:6:13
      |
    1 | machine dimmer(lit_for: duration, room: string = "hall") 2.1.0 {
      |                ------- `lit_for` is declared here, without a default
      .
    6 | machine a = dimmer(room: "a")
      |             ^^^^^^^^^^^^^^^^^ `lit_for` is missing
      |
      = help: write `dimmer(lit_for: …)`
    "#);
}

#[test]
fn a_parameter_is_unknown() {
    assert_snapshot!(said("machine a = dimmer(1m, rom: \"a\")\nmachine b = dimmer(1m, colour: \"red\")"), @r#"
    error[E0341]: `dimmer` has no parameter `rom`
      --> m.machine:6:24
      |
    1 | machine dimmer(lit_for: duration, room: string = "hall") 2.1.0 {
      |         ------ `dimmer` is declared here
      .
    6 | machine a = dimmer(1m, rom: "a")
      |                        ^^^ did you mean `room`?
      |
      = help: write `room: …`; `dimmer` has `lit_for` and `room`

    error[E0341]: `dimmer` has no parameter `colour`
      --> m.machine:7:24
      |
    1 | machine dimmer(lit_for: duration, room: string = "hall") 2.1.0 {
      |         ------ `dimmer` is declared here
      .
    7 | machine b = dimmer(1m, colour: "red")
      |                        ^^^^^^ no parameter of this name
      |
      = help: `dimmer` has `lit_for` and `room`
    "#);
}

#[test]
fn too_much_is_given() {
    assert_snapshot!(said("machine a = dimmer(1m, \"a\", 3, 4)"), @r#"
    error[E0342]: `dimmer` takes no further value
      --> m.machine:6:29
      |
    1 | machine dimmer(lit_for: duration, room: string = "hall") 2.1.0 {
      |         ------ `dimmer` is declared here
      .
    6 | machine a = dimmer(1m, "a", 3, 4)
      |                             ^ there is no parameter left for this
      |
      = help: `dimmer` takes, in this order, `lit_for` and `room`
    "#);
}

#[test]
fn a_parameter_is_given_twice() {
    assert_snapshot!(said("machine a = dimmer(1m, lit_for: 2m)"), @r#"
    error[E0343]: `lit_for` is given twice
      --> m.machine:6:24
      |
    1 | machine dimmer(lit_for: duration, room: string = "hall") 2.1.0 {
      |                ------- `lit_for` is declared here
      .
    6 | machine a = dimmer(1m, lit_for: 2m)
      |                    --  ^^^^^^^ the second time
      |                    |
      |                    the first time
      |
      = help: leave out one of the two
    "#);
}

#[test]
fn a_value_without_a_name_behind_one_with_a_name() {
    assert_snapshot!(said("machine a = dimmer(lit_for: 1m, \"a\")"), @r#"
    error[E0344]: a value without a name stands behind one with a name
      --> m.machine:6:33
      |
    6 | machine a = dimmer(lit_for: 1m, "a")
      |                    -------      ^^^ which parameter is this for?
      |                    |
      |                    from here on every value has a name
      |
      = help: put it before those that have names, or write its name before it, as in `room: "lab"`
    "#);
}

#[test]
fn a_value_of_another_type() {
    assert_snapshot!(said("machine a = dimmer(lit_for: \"long\")"), @r#"
    error[E0301]: `lit_for` wants a duration, this is a string
      --> m.machine:6:29
      |
    1 | machine dimmer(lit_for: duration, room: string = "hall") 2.1.0 {
      |                ------- `lit_for` is declared here
      .
    6 | machine a = dimmer(lit_for: "long")
      |                             ^^^^^^ a duration belongs here
      |
      = help: write it like `10s`
    "#);
}

#[test]
fn no_template_of_this_name() {
    assert_snapshot!(said("machine a = dimer(1m)\nmachine b = service(check: \"./a.sh\")\nmachine c = toaster()"), @r#"
    error[E0248]: there is no template `dimer`
      --> m.machine:6:13
      |
    6 | machine a = dimer(1m)
      |             ^^^^^ did you mean `dimmer`?
      |
      = help: write `dimmer(…)`

    error[E0248]: there is no template `service`
      --> m.machine:7:13
      |
    7 | machine b = service(check: "./a.sh")
      |             ^^^^^^^ no template of this name
      |
      = help: write `use std/service` at the beginning of the file

    error[E0248]: there is no template `toaster`
      --> m.machine:8:13
      |
    8 | machine c = toaster()
      |             ^^^^^^^ no template of this name
      |
      = help: the templates here are `dimmer`
    "#);
}

#[test]
fn an_instance_of_what_is_no_template() {
    let source = format!("{}{DIMMER}machine a = lamp()\nmachine b = dimmer(1m)\nmachine c = b(1m)\n", lamp("lamp"));
    assert_snapshot!(mistakes(&[("m.machine", &source)]), @"
    error[E0249]: `lamp` is not a template
      --> m.machine:9:13
      |
    1 | machine lamp 1.0.0 {
      |         ---- this has no parameters, so it runs as it is
      .
    9 | machine a = lamp()
      |             ^^^^ a template belongs here
      |
      = help: write `machine lamp()` there to make a template of it, which has to be given nothing

    error[E0249]: `b` is not a template
       --> m.machine:11:13
       |
    10 | machine b = dimmer(1m)
       |         - this is an instance itself
    11 | machine c = b(1m)
       |             ^ a template belongs here
       |
       = help: name the template that `b` is made of: an instance has no parameters left
    ");
}

#[test]
fn a_name_that_cannot_be_that_of_a_file() {
    assert_snapshot!(short(&[("m.machine", &with("machine `a b` = dimmer(1m)"))]), @"m.machine:6:9: error[E0503]: a machine cannot be called `a b`");
}

#[test]
fn parameters_that_cannot_be() {
    let source =
        "machine m(a: int, a: int, b: string..., c: int = d, d: int = 1) 1.0.0 {\n    initial final state x\n}\n";
    assert_snapshot!(mistakes(&[("m.machine", source)]), @r#"
    error[E0250]: there are two parameters `a`
      --> m.machine:1:19
      |
    1 | machine m(a: int, a: int, b: string..., c: int = d, d: int = 1) 1.0.0 {
      |           -       ^ the second one
      |           |
      |           the first one
      |
      = help: give one of them another name, or leave one out

    error[E0346]: `b` cannot take any number of values
      --> m.machine:1:27
      |
    1 | machine m(a: int, a: int, b: string..., c: int = d, d: int = 1) 1.0.0 {
      |                           ^ only a watcher kind can have a parameter with `...`
      |
      = help: write `b: list of string`, and `["a", "b"]` in the instance

    error[E0345]: the default of `c` uses `d`, which is not known yet
      --> m.machine:1:50
      |
    1 | machine m(a: int, a: int, b: string..., c: int = d, d: int = 1) 1.0.0 {
      |                                                  ^  - `d` is declared here
      |                                                  |
      |                                                  a default can use the parameters before its own
      |
      = help: put `d` before `c`
    "#);
}

#[test]
fn a_mistake_in_a_template_is_told_once() {
    let source = with("machine a = dimmer(1m)\nmachine b = dimmer(2m)").replace("-> dark }", "-> drak }");
    assert_snapshot!(short(&[("m.machine", &source)]), @"m.machine:3:29: error[E0201]: there is no state `drak`");
}

#[test]
fn many_instances() {
    let instances: String = (0..1_000).map(|it| format!("machine i{it} = dimmer({}s)\n", it + 1)).collect();
    assert_eq!(tables(&[("m.machine", &with(&instances))]).lines().count(), 1_000);
}
