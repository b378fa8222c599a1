//! `test`: every way to get one wrong.

use crate::{mistakes, short};
use insta::assert_snapshot;

/// What all tests here drive.
const FAN: &str = r#"extern machine door { states open, shut  event knock(times: int) }
machine fan(room: string) 1.0.0 {
    data worst: int in 0..5000 = 0
    fact location: string = "unknown"
    event clean(reason: string, by: string) from operator
    event over
    on clean -> cleaning
    on over -> cleaning
    initial state idle {
        watch air = exec("./air.sh", room) every 1m returns { co2: int in 0..5000 }
        on air.ok(a) when a.co2 > 800 -> running.low { worst = a.co2 }
        on air.ok, air.fault stay
        on door enters open -> running
        on door.knock -> running
    }
    state running {
        watch air = file("./stop.txt")
        on air.present -> idle
        on air.fault stay
        watch lock = exec("./lock.sh") every 1h while door is shut
        on lock.ok -> idle
        on lock.failed stay
        initial state low { after 1h -> high }
        state high { after 1h -> idle { raise over } }
    }
    state cleaning { enter { emit page(room: room, worst: worst) } after 1h -> idle }
}
machine lab = fan(room: "lab")
"#;

/// A test of the fan with these lines.
fn lines(lines: &str) -> String {
    format!("{FAN}test \"t\" for lab {{\n{lines}\n}}\n")
}

/// The same with an expectation at its end, so that nobody misses it; one line for each mistake.
#[track_caller]
fn said(text: &str) -> String {
    short(&lines(&format!("{text}\nexpect idle")))
}

#[test]
fn every_line_is_understood() {
    let all = r#"
    start 2026-03-29 01:55 in Europe/Berlin
    with location = "ams1"
    idle.air answers failed { code: 500 } x3, then ok { co2: 900 } after 4s
    running.air answers nothing, then missing
    lock answers ok
    advance 3m
    advance until running.low within 1h
    clean(reason: "filter", by: "me")
    clean("filter", "me")
    door.knock(3)
    door enters open
    door is shut
    door is not shut
    power off for 3h
    restart
    expect running.low, worst == 900, location != "x"
    expect path idle > running.low > running
    expect ran lock once
    expect ran air 3 times
    expect ran running.air at least 3 times
    expect emitted page(room: "lab") at most 5 times
    expect emitted page
    expect never cleaning and worst > 3
    expect at 2m idle, worst < 5
    expect at most 60 transitions per 1h
    expect at most 60 transitions"#;
    assert_snapshot!(mistakes(&lines(all)), @"");
}

#[test]
fn machines_that_cannot_be_tested() {
    let tests = r#"
test "a" for laab { expect idle }
test "b" for door { expect open }
test "c" for fan { expect idle }
test "d" for fan(rom: "x") { expect idle }
test "e" for fon("x") { expect idle }
test "f" for lab("x") { expect idle }"#;
    assert_snapshot!(short(&format!("{FAN}{tests}")), @"
    m.machine:30:14: error[E0226]: there is no machine `laab`
    m.machine:31:14: error[E0226]: `door` is in no source, so it cannot be tested
    m.machine:32:14: error[E0340]: `fan` needs its parameter `room`
    m.machine:33:18: error[E0341]: `fan` has no parameter `rom`
    m.machine:34:14: error[E0248]: there is no template `fon`
    m.machine:35:14: error[E0249]: `lab` is not a template
    ");
}

#[test]
fn two_tests_of_one_name() {
    let tests = r#"test "a" for lab { expect idle }
test "a" for fan("x") { expect idle }
test "a" for lab { expect running }
"#;
    assert_snapshot!(mistakes(&format!("{FAN}{tests}")), @r#"
    error[E0603]: `lab` has two tests `a`
       --> m.machine:31:6
       |
    29 | test "a" for lab { expect idle }
       |      --- the first one
    30 | test "a" for fan("x") { expect idle }
    31 | test "a" for lab { expect running }
       |      ^^^ the second one
       |
       = help: say in its name what is different in it
    "#);
}

#[test]
fn a_test_that_expects_nothing() {
    assert_snapshot!(mistakes(&lines("    idle.air answers ok\n    advance 3m")), @r#"
    error[E0604]: the test `t` expects nothing
       --> m.machine:29:6
       |
    29 | test "t" for lab {
       |      ^^^ whatever the machine does, it would pass
       |
       = help: say what is to be seen at its end, as in `expect STATE` or `expect never STATE`
    "#);
}

#[test]
fn days_and_times_that_are_none() {
    assert_snapshot!(said("start 2026-02-30 25:00 in Europe/Berlin"), @"
    m.machine:30:7: error[E0605]: there is no day `2026-02-30`
    m.machine:30:18: error[E0605]: no clock shows `25:00`
    ");
    assert_snapshot!(said("start 2026-02-28 in Europe/Brelin"), @"
    m.machine:30:21: error[E0331]: there is no time zone `Europe/Brelin`
    ");
    assert_snapshot!(said("start 2026-02-28 1:5"), @"
    m.machine:30:18: error[E0605]: no clock shows `1:5`
    ");
    assert_snapshot!(mistakes(&lines("    start 2026-02-28\n    advance 1m\n    start 2026-03-01\n    expect idle")), @"
    error[E0605]: a test starts once
       --> m.machine:32:5
       |
    30 |     start 2026-02-28
       |     ---------------- the first one
    31 |     advance 1m
    32 |     start 2026-03-01
       |     ^^^^^^^^^^^^^^^^ the second `start`
       |
       = help: leave out one of the two; time goes on with `advance`
    ");
    assert_snapshot!(said("advance 1m\nstart 2026-03-01"), @"
    m.machine:31:1: error[E0605]: `start` stands behind what happens
    ");
}

#[test]
fn facts_and_parameters() {
    assert_snapshot!(said("with locaton = \"x\""), @"
    m.machine:30:6: error[E0213]: `lab` has no fact `locaton`
    ");
    assert_snapshot!(said("with worst = 3"), @"
    m.machine:30:6: error[E0213]: `lab` has no fact `worst`
    ");
    assert_snapshot!(said("with location = 3"), @"
    m.machine:30:17: error[E0301]: `location` wants a string, this is a whole number
    ");
    assert_snapshot!(said("advance 1m\nwith room = \"x\""), @"
    m.machine:31:6: error[E0610]: the parameter `room` is set too late
    ");
    assert_snapshot!(said("with room = 3"), @"
    m.machine:30:13: error[E0301]: `room` wants a string, this is a whole number
    ");
    assert_snapshot!(said("with room = \"x\""), @"");
}

#[test]
fn watchers_that_are_none_or_several() {
    assert_snapshot!(said("lokc answers ok"), @"
    m.machine:30:1: error[E0202]: `lab` has no watcher `lokc`
    ");
    assert_snapshot!(said("idle answers ok"), @"
    m.machine:30:1: error[E0202]: `lab` has no watcher `idle`
    ");
    assert_snapshot!(said("cleaning.lock answers ok"), @"
    m.machine:30:1: error[E0202]: no watcher `lock` stands in that state
    ");
    assert_snapshot!(said("expect ran lokc once"), @"
    m.machine:30:12: error[E0202]: `lab` has no watcher `lokc`
    ");
    assert_snapshot!(mistakes(&lines("    air answers ok\n    expect idle")), @"
    error[E0609]: `air` is the name of watchers that answer in different ways
       --> m.machine:30:5
       |
    30 |     air answers ok
       |     ^^^ which of them?
       |
       = help: write `idle.air` or `running.air`
    ");
}

#[test]
fn answers_that_are_none() {
    assert_snapshot!(said("lock answers oks"), @"
    m.machine:30:14: error[E0203]: an `exec` has no outcome `oks`
    ");
    assert_snapshot!(said("lock answers fault"), @"
    m.machine:30:14: error[E0203]: an `exec` has no outcome `fault`
    ");
    assert_snapshot!(said("lock answers failed { cod: 3 }"), @"
    m.machine:30:23: error[E0223]: `failed` carries no `cod`
    ");
    assert_snapshot!(said("lock answers failed { code: \"x\" }"), @"
    m.machine:30:29: error[E0301]: `code` wants a whole number, this is a string
    ");
    assert_snapshot!(said("lock answers failed { reason: late }"), @"
    m.machine:30:31: error[E0229]: `late` is none of the words `exit`, `signal`, `timeout`, `unstartable` or `interrupted`
    ");
    assert_snapshot!(said("idle.air answers ok { co2: 5001 }"), @"
    m.machine:30:28: error[E0313]: `co2` cannot be this
    ");
    assert_snapshot!(said("idle.air answers ok { co2: 5, co2: 6 }"), @"
    m.machine:30:31: error[E0232]: the field `co2` is there twice
    ");
    assert_snapshot!(said("lock answers nothing { code: 3 }"), @"
    m.machine:30:24: error[E0223]: `nothing` carries no `code`
    ");
    assert_snapshot!(said("lock answers ok x0"), @"
    m.machine:30:17: error[E0602]: `x0` is no number of times
    ");
    assert_snapshot!(said("lock answers ok after 0s"), @"
    m.machine:30:23: error[E0305]: this duration is too short for `after`
    ");
    assert_snapshot!(said("lock answers ok after 5"), @"
    m.machine:30:23: error[E0304]: `after` wants a duration, and this number has no unit
    ");
}

#[test]
fn answers_without_use() {
    assert_snapshot!(mistakes(&lines("    lock answers failed\n    lock answers ok\n    advance 1m\n    lock answers failed\n    expect idle")), @"
    error[E0607]: these answers of `lock` are replaced before anybody asks for them
       --> m.machine:30:5
       |
    30 |     lock answers failed
       |     ^^^^^^^^^^^^^^^^^^^ without use
    31 |     lock answers ok
       |     --------------- from here on it answers this
       |
       = help: leave out one of the two, write both in one series, as in `lock answers A, then B`, or let time pass between
               them
    ");
}

#[test]
fn durations_that_are_none() {
    for line in ["advance 0s", "advance 5", "advance until idle within 0s", "power off for 0s", "expect at 5 idle"] {
        assert!(said(line).contains("E030"), "{line}: {}", said(line));
    }
}

#[test]
fn events_that_are_none() {
    assert_snapshot!(said("claen(\"a\", \"b\")"), @"
    m.machine:30:1: error[E0222]: `lab` has no event `claen`
    ");
    assert_snapshot!(said("idle"), @"
    m.machine:30:1: error[E0210]: `idle` is a state, and an event belongs here
    ");
    assert_snapshot!(said("running.low"), @"
    m.machine:30:1: error[E0210]: `running.low` is a state, and an event belongs here
    ");
    assert_snapshot!(said("lock"), @"
    m.machine:30:1: error[E0222]: `lab` has no event `lock`
    ");
    assert_snapshot!(said("over"), @"
    m.machine:30:1: error[E0608]: nobody outside can send `over`
    ");
    assert_snapshot!(said("clean"), @"
    m.machine:30:1: error[E0319]: `clean` is sent without its `reason` and `by`
    ");
    assert_snapshot!(said("clean(\"a\", \"b\", \"c\")"), @"
    m.machine:30:17: error[E0319]: `clean` carries nothing for this
    ");
    assert_snapshot!(said("clean(reason: \"a\", buy: \"b\")"), @"
    m.machine:30:20: error[E0223]: `clean` carries no `buy`
    ");
    assert_snapshot!(said("clean(reason: 3, by: \"b\")"), @"
    m.machine:30:15: error[E0301]: `reason` wants a string, this is a whole number
    ");
    assert_snapshot!(said("door.knok(3)"), @"
    m.machine:30:1: error[E0608]: `lab` does not wait for `door.knok`
    ");
    assert_snapshot!(said("door enters shut"), @"
    m.machine:30:1: error[E0608]: `lab` does not wait for `door enters shut`
    ");
    assert_snapshot!(said("door is open"), @"
    m.machine:30:1: error[E0608]: `lab` does not wait for `door is open`
    ");
}

#[test]
fn expectations_that_are_none() {
    assert_snapshot!(said("expect low"), @"
    m.machine:30:8: error[E0212]: the state `low` is reached by its path
    ");
    assert_snapshot!(said("expect running.lwo"), @"
    m.machine:30:8: error[E0201]: there is no state `running.lwo`
    ");
    assert_snapshot!(said("expect worst"), @"
    m.machine:30:8: error[E0311]: `expect` wants a condition, this is a whole number
    ");
    assert_snapshot!(said("expect nothing_like_it"), @"
    m.machine:30:8: error[E0213]: `nothing_like_it` names neither a state nor a value
    ");
    assert_snapshot!(said("expect path idle > runing"), @"
    m.machine:30:20: error[E0201]: there is no state `runing`
    ");
    assert_snapshot!(said("expect ran lock 3s times"), @"
    m.machine:30:17: error[E0602]: `times` wants a number from 0 on
    ");
    assert_snapshot!(said("expect ran lock at least 0 times"), @"
    m.machine:30:26: error[E0602]: `at least` wants a number from 1 on
    ");
    assert_snapshot!(said("expect emitted pge"), @"
    m.machine:30:16: error[E0222]: `lab` emits no `pge`
    ");
    assert_snapshot!(said("expect emitted page(rom: \"x\")"), @"
    m.machine:30:21: error[E0223]: `page` carries no `rom`
    ");
    assert_snapshot!(said("expect emitted page(\"x\")"), @"
    m.machine:30:21: error[E0319]: what an event carries has a name
    ");
    assert_snapshot!(said("expect at most 3 transitons"), @"
    m.machine:30:18: error[E0229]: `transitons` cannot be counted
    ");
}

#[test]
fn cases_that_do_not_fit() {
    let each = |each: &str| format!("{FAN}test \"t\" for lab each {each} {{ expect ends, worst < n }}\n");
    assert_snapshot!(mistakes(&each("(n: int, ends: state) in [(1, idle), (2)]")), @r#"
    error[E0606]: this case has one value, and 2 values belong to it
       --> m.machine:29:60
       |
    29 | test "t" for lab each (n: int, ends: state) in [(1, idle), (2)] { expect ends, worst < n }
       |                        ------------                        ^^^ one value between these brackets
       |                        |
       |                        the values that a case has
       |
       = help: write one value for each of `n` and `ends`, in this order
    "#);
    assert_snapshot!(short(&each("(n: int, ends: state) in []")), @"
    m.machine:29:18: error[E0606]: this test has names for cases, but no case
    ");
    assert_snapshot!(short(&each("(n: int, n: int, ends: state) in [(1, 2, idle)]")), @"
    m.machine:29:32: error[E0220]: `n` stands for two values
    ");
    assert_snapshot!(short(&each("(n: int, ends: state) in [(1, idel), (\"x\", idle), (3, 4)]")), @"
    m.machine:29:53: error[E0201]: there is no state `idel`
    m.machine:29:61: error[E0301]: `n` wants a whole number, this is a string
    m.machine:29:77: error[E0606]: `ends` is a state, this is a value
    ");
    assert_snapshot!(short(&each("(worst: int, ends: state) in [(1, idle)]")), @"
    m.machine:29:24: error[E0224]: `worst` is data of the machine already
    ");
    // What is wrong in the lines is said once, not for each case.
    assert_snapshot!(short(&each("(m: int, ends: state) in [(1, idle), (2, idle)]")), @"
    m.machine:29:94: error[E0213]: `n` names neither a state nor a value
    ");
}

#[test]
fn doc_comments_describe_tests_not_their_lines() {
    let test = "/// Documented.\ntest \"t\" for lab {\n    /// what is this?\n    expect idle\n}\n";
    assert_eq!(
        short(&format!("{FAN}{test}")).trim_end(),
        "m.machine:31:5: error[E0101]: this doc comment describes nothing"
    );
}

#[test]
fn runs_drawn_at_random() {
    assert_snapshot!(short(&format!("{FAN}test \"t\" for lab random 0 seed -1 {{ advance 1h expect idle }}")), @"
    m.machine:29:25: error[E0602]: `random` wants a number from 1 on
    m.machine:29:32: error[E0602]: `seed` wants a number from 0 on
    ");
}

#[test]
fn what_is_wrong_with_a_machine_that_is_made_for_a_test() {
    let job = |rest: &str| {
        let job = "machine job(jitter: duration) 1.0.0 {\n    initial final state only {\n        watch work = \
                   exec(\"./work.sh\") every 1m splay jitter\n        on work.failed stay\n    }\n}\n";
        short(&format!("{job}{rest}"))
    };
    let test = |of: &str, lines: &str| {
        format!("test \"t\" for {of} {{\n{lines}\nwork answers ok  advance 1m  expect only }}\n")
    };
    let too_short = "m.machine:3:55: error[E0305]: this duration is too short for `splay`\n";
    assert_eq!(job(&test("job(jitter: 0s)", "")), too_short);
    assert_eq!(job(&test("job(jitter: 1s)", "with jitter = 0s")), too_short);
    assert_eq!(
        job(&format!("machine now = job(jitter: 0s)\n{}", test("now", ""))),
        too_short,
        "told once, where it stands"
    );
    assert_eq!(job(&test("job(jitter: 1s)", "")), "");
}

/// What is said of a line about limits, of which one counts on its node and one across the fleet.
#[track_caller]
fn said_of_limits(line: &str) -> String {
    short(&format!(
        "extern machine full {{ states open }}
machine shop 1.0.0 {{
    limit slots = 2
    limit fleet = 1 across fleet
    initial state a {{
        run work = exec(\"./work.sh\") under fleet wait 1m
        on work.ok, work.failed, work.skipped -> b
    }}
    state b {{
        run rest = exec(\"./rest.sh\") under slots while full is open
        on rest.ok, rest.failed, rest.skipped stay
        after 1m -> a
    }}
}}
test \"t\" for shop {{
    {line}
    expect a
}}
"
    ))
}

#[test]
fn what_others_leave_of_a_limit() {
    for line in ["slots is full", "slots is not full", "slots is free", "fleet is offline", "fleet is not offline"] {
        assert_eq!(said_of_limits(line), "", "{line}");
    }
    assert_snapshot!(said_of_limits("slots is ful"), @"
    m.machine:16:14: error[E0611]: `ful` says nothing about a limit
    ");
    assert_snapshot!(said_of_limits("slots is a.full"), @"
    m.machine:16:14: error[E0611]: `a.full` says nothing about a limit
    ");
    assert_snapshot!(said_of_limits("slots is offline"), @"
    m.machine:16:14: error[E0611]: `slots` is never offline
    ");
    assert_snapshot!(said_of_limits("slot is full"), @"
    m.machine:16:5: error[E0608]: `shop` does not wait for `slot is full`
    ");
    assert_snapshot!(said_of_limits("full is full"), @"
    m.machine:16:5: error[E0608]: `shop` does not wait for `full is full`
    ");
}
