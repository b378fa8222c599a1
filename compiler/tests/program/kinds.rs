//! Kinds of watchers that a program implements, declared in a source.

use crate::{mistakes, short};
use insta::assert_snapshot;

const BUTTON: &str = "\
/// A button at a pin of the board.
watcher button(pin: int, hold: duration = 1s) by exec(\"./button\", \"--json\") {
    outcome pressed { times: int in 0..100 }
    fault   failed  { reason: exit | signal | timeout | unstartable | interrupted | invalid }
    every optional
}

";

fn lamp(call: &str) -> String {
    format!(
        "machine lamp 1.0.0 {{\n    initial state dark {{\n        watch key = {call}\n        on key.pressed(p) when p.times > 1 -> lit\n        on key.pressed stay\n        on key.failed stay\n    }}\n    state lit {{ after 1m -> dark }}\n}}\n"
    )
}

#[test]
fn in_the_same_file_and_in_one_that_uses_it() {
    for call in ["button(4)", "button(pin: 4, hold: 2s)", "button(4) every 10s"] {
        assert_eq!(mistakes(&[("m.machine", &format!("{BUTTON}{}", lamp(call)))]), "");
        assert_eq!(mistakes(&[("m.machine", &format!("{}{BUTTON}", lamp(call)))]), "");
        let house = format!("use \"button.machine\"\n\n{}", lamp(call));
        assert_eq!(mistakes(&[("house.machine", &house), ("button.machine", BUTTON)]), "");
    }
}

#[test]
fn templates_of_another_file_know_the_kinds_of_their_own() {
    let lamps = format!("use \"button.machine\"\n\n{}", lamp("button(pin)").replace("lamp 1", "lamps(pin: int) 1"));
    let house = "use \"lamps.machine\"\n\nmachine hall = lamps(4)\n";
    assert_eq!(mistakes(&[("house.machine", house), ("lamps.machine", &lamps), ("button.machine", BUTTON)]), "");
}

#[test]
fn its_arguments_and_outcomes_are_checked() {
    let said = |call: &str| mistakes(&[("m.machine", &format!("{BUTTON}{}", lamp(call)))]);
    assert_snapshot!(said("buton(4)"), @"
    error[E0204]: there is no watcher kind `buton`
       --> m.machine:10:21
       |
    10 |         watch key = buton(4)
       |                     ^^^^^ did you mean `button`?
       |
       = help: write `button(…)`; the kinds are `exec`, `file`, `kv`, `schedule`, `shell` and `button`
    ");
    assert_snapshot!(said("button(\"4\", hld: 1s)"), @r#"
    error[E0301]: `pin` wants a whole number, this is a string
       --> m.machine:10:28
       |
    10 |         watch key = button("4", hld: 1s)
       |                            ^^^ a whole number belongs here
       |
       = help: write it like `3`

    error[E0205]: `button` has no argument `hld`
       --> m.machine:10:33
       |
    10 |         watch key = button("4", hld: 1s)
       |                                 ^^^ did you mean `hold`?
       |
       = help: write `hold: …`; `button` takes `pin` and `hold`
    "#);
    let source = format!("{BUTTON}{}", lamp("button(4)").replace("p.times", "p.time"));
    assert_snapshot!(mistakes(&[("m.machine", &source)]), @"
    error[E0223]: `key.pressed` carries no `time`
       --> m.machine:11:34
       |
    11 |         on key.pressed(p) when p.time > 1 -> lit
       |                        -         ^^^^ did you mean `times`?
       |                        |
       |                        `p` is what it carries
       |
       = help: write `p.times`; it carries `times`
    ");
    let source = format!("{BUTTON}{}", lamp("button(4)").replace("        on key.failed stay\n", ""));
    assert_snapshot!(mistakes(&[("m.machine", &source)]), @"
    error[E0401]: nothing answers the fault `key.failed`
       --> m.machine:10:15
       |
    10 |         watch key = button(4)
       |               ^^^ `key` is a `button`, which can report `failed`
       |
       = help: add `on key.failed -> STATE` beside it, or `on key.failed stay` if nothing is to be done about it
    ");
}

#[test]
fn without_a_program() {
    let said = |by: &str| {
        mistakes(&[(
            "m.machine",
            &format!("{}{}", BUTTON.replace("by exec(\"./button\", \"--json\") ", by), lamp("button(4)")),
        )])
    };
    assert_snapshot!(said(""), @r#"
    error[E0219]: `button` does not say which program is behind it
      --> m.machine:2:9
      |
    2 | watcher button(pin: int, hold: duration = 1s) {
      |         ^^^^^^ only the standard library has kinds without a program
      |
      = help: write `watcher button(…) by exec("./program") { … }`: it prints one JSON line an outcome
    "#);
    assert_snapshot!(said("by shell(\"./button\") "), @r#"
    error[E0219]: a kind cannot be made by `shell`
      --> m.machine:2:50
      |
    2 | watcher button(pin: int, hold: duration = 1s) by shell("./button") {
      |                                                  ^^^^^ only a program can be behind a kind
      |
      = help: write `by exec("./program")`
    "#);
    assert_snapshot!(said("by exec(4) "), @r#"
    error[E0219]: the program behind a kind is given as texts
      --> m.machine:2:55
      |
    2 | watcher button(pin: int, hold: duration = 1s) by exec(4) {
      |                                                       ^ a text between quotes belongs here
      |
      = help: write `by exec("./program", "argument")`
    "#);
    assert_snapshot!(said("by exec() "), @r#"
    error[E0219]: `button` does not say which program is behind it
      --> m.machine:2:50
      |
    2 | watcher button(pin: int, hold: duration = 1s) by exec() {
      |                                                  ^^^^ only the standard library has kinds without a program
      |
      = help: write `watcher button(…) by exec("./program") { … }`: it prints one JSON line an outcome
    "#);
}

#[test]
fn two_of_one_name() {
    let other = BUTTON.replace("button", "exec");
    assert_snapshot!(mistakes(&[("m.machine", &format!("{BUTTON}{BUTTON}{other}{}", lamp("button(4)")))]), @r#"
    error[E0235]: there are two watcher kinds `button`
      --> m.machine:9:9
      |
    2 | watcher button(pin: int, hold: duration = 1s) by exec("./button", "--json") {
      |         ------ the first one
      .
    9 | watcher button(pin: int, hold: duration = 1s) by exec("./button", "--json") {
      |         ^^^^^^ the second one
      |
      = help: give one of them another name

    error[E0235]: `exec` is a kind of the standard library already
       --> m.machine:16:9
       |
    16 | watcher exec(pin: int, hold: duration = 1s) by exec("./exec", "--json") {
       |         ^^^^ the second of this name
       |
       = help: give it another name, and use that behind the `=` of its watchers
    "#);
    let house = format!("use \"a.machine\"\nuse \"b.machine\"\n\n{}", lamp("button(4)"));
    assert_snapshot!(mistakes(&[("house.machine", &house), ("a.machine", BUTTON), ("b.machine", BUTTON)]), @r#"
    error[E0246]: `a.machine` and `b.machine` both bring `button`
      --> house.machine:2:5
      |
    2 | use "b.machine"
      |     ^^^^^^^^^^^ brings a `button`
      |
      --> b.machine:2:9
      |
    2 | watcher button(pin: int, hold: duration = 1s) by exec("./button", "--json") {
      |         ------ this one
      |
      --> a.machine:2:9
      |
    2 | watcher button(pin: int, hold: duration = 1s) by exec("./button", "--json") {
      |         ------ and here is the other one
      |
      = help: give one of them another name, or leave the `use` out
    "#);
}

#[test]
fn what_it_declares() {
    let kind = "\
watcher probe(a: number, b: int, b: int) by exec(\"./probe\") {
    outcome fine { value: path, value: int }
    outcome fine
    fault   bad { reason: low | high }
    every optional
}
";
    assert_snapshot!(mistakes(&[("m.machine", kind)]), @r#"
    error[E0251]: `probe` cannot tell that its program failed
      --> m.machine:1:9
      |
    1 | watcher probe(a: number, b: int, b: int) by exec("./probe") {
      |         ^^^^^ a program may crash, hang, or not be there at all
      .
    4 |     fault   bad { reason: low | high }
      |             --- this fault does not say `interrupted`
      |
      = help: give it the field `reason: exit | signal | timeout | unstartable | interrupted | invalid`

    error[E0231]: there is no type `number`
      --> m.machine:1:18
      |
    1 | watcher probe(a: number, b: int, b: int) by exec("./probe") {
      |                  ^^^^^^ did you mean `int`?
      |
      = help: write `int`; the types are `bool`, `int`, `float`, `string`, `duration` and `time`

    error[E0250]: there are two parameters `b`
      --> m.machine:1:34
      |
    1 | watcher probe(a: number, b: int, b: int) by exec("./probe") {
      |                          -       ^ the second one
      |                          |
      |                          the first one
      |
      = help: give one of them another name, or leave one out

    error[E0326]: a path cannot be remembered or sent
      --> m.machine:2:27
      |
    2 |     outcome fine { value: path, value: int }
      |                           ^^^^ only arguments of watchers can be of this type
      |
      = help: write `string`: a path is a text that names a file

    error[E0232]: the field `value` is there twice
      --> m.machine:2:33
      |
    2 |     outcome fine { value: path, value: int }
      |                    -----        ^^^^^ the second time
      |                    |
      |                    the first time
      |
      = help: leave out one of the two

    error[E0252]: there are two outcomes `fine`
      --> m.machine:3:13
      |
    2 |     outcome fine { value: path, value: int }
      |             ---- the first one
    3 |     outcome fine
      |             ^^^^ the second one
      |
      = help: give one of them another name, or leave one out
    "#);
    let silent = "watcher probe() by exec(\"./probe\") {\n    every optional\n}\n";
    assert_snapshot!(mistakes(&[("m.machine", silent)]), @r#"
    error[E0421]: `probe` reports nothing
      --> m.machine:1:9
      |
    1 | watcher probe() by exec("./probe") {
      |         ^^^^^ a watcher of this kind could never be heard of
      |
      = help: write what it can report between its braces, such as `outcome ok` and `fault failed`
    "#);
    let no_fault = "watcher probe() by exec(\"./probe\") {\n    outcome fine\n    every optional\n}\n";
    assert_snapshot!(mistakes(&[("m.machine", no_fault)]), @r#"
    error[E0251]: `probe` cannot tell that its program failed
      --> m.machine:1:9
      |
    1 | watcher probe() by exec("./probe") {
      |         ^^^^^ a program may crash, hang, or not be there at all
      |
      = help: add `fault failed { reason: exit | signal | timeout | unstartable | interrupted | invalid }`
    "#);
}

#[test]
fn too_many_outcomes() {
    let outcomes: String = (0..32).map(|it| format!("outcome o{it}\n")).collect();
    let kind = BUTTON.replace("    outcome pressed { times: int in 0..100 }\n", &outcomes);
    assert_snapshot!(short(&[("m.machine", &kind)]), @"m.machine:2:9: error[E0506]: the kind `button` has too many outcomes");
}

#[test]
fn a_use_of_which_no_kind_is_needed() {
    let house = "use \"button.machine\"\n\nmachine clock 1.0.0 {\n    initial state a { after 1m -> a again }\n}\n";
    assert_snapshot!(short(&[("house.machine", house), ("button.machine", BUTTON)]), @"house.machine:1:1: warning[W0201]: nothing of `button.machine` is used here");
}
