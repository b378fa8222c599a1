//! Machines that listen to one another, in one file or several, and machines outside of the sources.

use crate::{mistakes, short, tables};
use insta::assert_snapshot;

const SENSOR: &str = "\
machine sensor 1.0.0 {
    event critical(humidity: int)
    initial state measuring {
        watch air = exec(\"./air.sh\") every 1m
        on air.ok     stay { emit critical(humidity: 80)
                             emit measured(at: now()) }
        on air.failed -> measuring.blind
        initial state well
        state blind { after 1m -> well }
    }
}
";

/// A machine with these lines in its first state.
fn fan(lines: &str) -> String {
    format!(
        "machine fan 1.0.0 {{\n    initial state off {{\n        {lines}\n        after 1h -> running\n    }}\n    state running {{ after 10m -> off }}\n}}\n"
    )
}

#[test]
fn a_machine_of_the_same_file() {
    for lines in [
        "on sensor.critical(c) when c.humidity > 70 -> running",
        "on sensor.measured -> running",
        "on sensor enters measuring.blind -> running",
    ] {
        let (before, behind) = (format!("{SENSOR}{}", fan(lines)), format!("{}{SENSOR}", fan(lines)));
        assert_eq!(mistakes(&[("m.machine", &before)]), "");
        assert_eq!(mistakes(&[("m.machine", &behind)]), "");
    }
}

#[test]
fn a_machine_of_a_used_file() {
    let house = format!("use \"sensor.machine\"\n\n{}", fan("on sensor.critical -> running"));
    assert_eq!(mistakes(&[("house.machine", &house), ("sensor.machine", SENSOR)]), "");
}

#[test]
fn what_another_machine_does_not_have() {
    let said = |lines| mistakes(&[("m.machine", &format!("{}{SENSOR}", fan(lines)))]);
    assert_snapshot!(said("on sensro.critical -> running"), @"
    error[E0226]: there is no watcher or machine `sensro`
      --> m.machine:3:12
      |
    3 |         on sensro.critical -> running
      |            ^^^^^^ did you mean the machine `sensor`?
      |
      = help: write `on sensor.critical -> running`
    ");
    assert_snapshot!(said("on sensor.critcal -> running"), @"
    error[E0227]: machine `sensor` tells no event `critcal`
      --> m.machine:3:19
      |
    3 |         on sensor.critcal -> running
      |                   ^^^^^^^ did you mean `critical`?
      |
      = help: write `sensor.critical`
    ");
    assert_snapshot!(said("on sensor enters blind -> running"), @"
    error[E0227]: machine `sensor` has no state `blind`
      --> m.machine:3:26
      |
    3 |         on sensor enters blind -> running
      |                          ^^^^^ did you mean `measuring.blind`?
      |
      = help: write `measuring.blind`
    ");
    assert_snapshot!(said("on sensor.measured(m) when m.at > now() -> running"), @"
    error[E0223]: `sensor.measured` carries no `at`
      --> m.machine:3:38
      |
    3 |         on sensor.measured(m) when m.at > now() -> running
      |                            -         ^^ no field of this name
      |                            |
      |                            `m` is what it carries
      |
      = help: leave it out: nothing is declared that `sensor.measured` carries
    ");
}

#[test]
fn machines_in_a_circle_are_fine() {
    let other = "machine other 1.0.0 {\n    initial state a { on fan enters running -> b }\n    state b { on fan enters off -> a }\n}\n";
    assert_eq!(short(&[("m.machine", &format!("{}{other}", fan("on other enters b -> running")))]), "");
}

#[test]
fn an_instance_is_another_machine() {
    let template =
        SENSOR.replace("machine sensor 1", "machine sensors(pin: int) 1").replace("./air.sh", "./air{pin}.sh");
    let source = format!(
        "{}machine sensor = sensors(4)\n{template}",
        fan("on sensor.critical(c) when c.humidity > 3 -> running")
    );
    assert_eq!(mistakes(&[("m.machine", &source)]), "");
    let house = format!(
        "use \"t.machine\"\n\nmachine sensor = sensors(4)\n{}",
        fan("on sensor enters measuring.well -> running")
    );
    assert_eq!(mistakes(&[("house.machine", &house), ("t.machine", &template)]), "");
    let source = format!("{}{template}", fan("on sensors.critical -> running"));
    assert_snapshot!(mistakes(&[("m.machine", &source)]), @"
    error[E0226]: `sensors` is a template, and only its instances run
      --> m.machine:3:12
      |
    3 |         on sensors.critical -> running
      |            ^^^^^^^ a machine belongs here
      |
      = help: make one with `machine NAME = sensors(…)`, and name that
    ");
}

#[test]
fn a_template_listens_in_its_own_file() {
    let fans = format!(
        "use \"sensor.machine\"\n\n{}",
        fan("on sensor.critical -> running").replace("fan 1", "fans(room: string) 1")
    );
    let house = "use \"fans.machine\"\n\nmachine hall_fan = fans(\"hall\")\n";
    assert_eq!(
        tables(&[("house.machine", house), ("fans.machine", &fans), ("sensor.machine", SENSOR)]),
        "hall_fan 1.0.0 of house.machine\n"
    );
}

#[test]
fn a_machine_outside_of_the_sources() {
    let door = "extern machine door {\n    states open, shut.locked, shut\n    event knocked(times: int)\n}\n\n";
    for lines in ["on door enters shut.locked -> running", "on door.knocked(k) when k.times > 3 -> running"] {
        assert_eq!(mistakes(&[("m.machine", &format!("{door}{}", fan(lines)))]), "");
    }
    assert_snapshot!(mistakes(&[("m.machine", &format!("{door}{}", fan("on door enters locked -> running")))]), @"
    error[E0227]: machine `door` has no state `locked`
      --> m.machine:8:24
      |
    8 |         on door enters locked -> running
      |                        ^^^^^^ did you mean `shut.locked`?
      |
      = help: write `shut.locked`
    ");
    let door =
        "extern machine door {\n    states open, open\n    event knocked(times: number)\n    event knocked\n}\n\n";
    assert_snapshot!(mistakes(&[("m.machine", &format!("{door}{}", fan("on door enters open -> running")))]), @"
    error[E0208]: machine `door` has two states `open`
      --> m.machine:2:18
      |
    2 |     states open, open
      |            ----  ^^^^ the second one
      |            |
      |            the first one
      |
      = help: leave one of them out

    error[E0231]: there is no type `number`
      --> m.machine:3:26
      |
    3 |     event knocked(times: number)
      |                          ^^^^^^ did you mean `int`?
      |
      = help: write `int`; the types are `bool`, `int`, `float`, `string`, `duration` and `time`

    error[E0220]: `knocked` is declared twice
      --> m.machine:4:11
      |
    3 |     event knocked(times: number)
      |           ------- the first one
    4 |     event knocked
      |           ^^^^^^^ the second one
      |
      = help: leave one of them out
    ");
}

#[test]
fn a_machine_of_which_nothing_is_said() {
    assert_snapshot!(mistakes(&[("m.machine", &format!("extern machine door {{}}\n\n{}", fan("after 2h stay")))]), @"
    error[E0247]: nothing is said of machine `door`
      --> m.machine:1:16
      |
    1 | extern machine door {}
      |                ^^^^ its states or events are what others can wait for
      |
      = help: write them between its braces, as in `states open, shut`

    error[E0404]: this `after` never comes to its end
      --> m.machine:5:15
      |
    5 |         after 2h stay
      |               ^^ `off` has been left by then
    6 |         after 1h -> running
      |               -- `off` is left here already
      |
      = help: leave it out, or make it shorter than the other one
    ");
}

#[test]
fn what_may_stand_in_a_file_that_is_not_there_is_not_missed() {
    let house = format!(
        "use \"sensr.machine\"\n\nmachine x = sensors(1)\n{}",
        fan("watch b = button(4)\n on sensor.critical, b.pressed -> running")
    );
    assert_snapshot!(short(&[("house.machine", &house)]), @"house.machine:1:5: error[E0240]: there is no file `sensr.machine`");
}
