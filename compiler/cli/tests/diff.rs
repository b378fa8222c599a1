//! `machinec diff`: what is the same is said to be, and each difference comes with the shortest way there.
#![allow(clippy::expect_used, reason = "a panic is a test's report")]

use insta::assert_snapshot;
use std::fs;
use std::process::Command;
use tempfile::TempDir;

const FAN: &str = r#"machine fan 1.0.0 {
    data speed: int in 0..3 = 0
    event maintenance(hours: int in 1..8) from operator
    event resume from operator
    on maintenance -> paused
    initial state idle {
        watch air = exec("./air.sh") every 1m returns { co2: int in 0..5000 }
        on air.ok(a) when a.co2 > 800 -> running { speed = 1 }
        on air.failed, air.invalid stay
    }
    state running {
        enter { emit turned(speed: speed) }
        run start = exec("./on.sh", "{speed}")
        on start.ok     stay
        on start.failed -> idle
        after 2h -> idle
    }
    state paused {
        on resume -> idle
    }
}
"#;

fn machinec(folder: &TempDir, arguments: &[&str]) -> (Option<i32>, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_machinec"));
    command.args(arguments).current_dir(folder.path()).env("NO_COLOR", "1");
    let output = command.output().expect("machinec starts");
    (output.status.code(), String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned())
}

fn diff_of(old: &str, new: &str, arguments: &[&str]) -> (Option<i32>, String) {
    let folder = tempfile::tempdir().expect("a folder");
    fs::write(folder.path().join("old.machine"), old).expect("a file");
    fs::write(folder.path().join("new.machine"), new).expect("a file");
    machinec(&folder, &[&["diff", "old.machine", "new.machine"], arguments].concat())
}

/// What is said of the fan after an edit.
fn edited(old: &str, new: &str) -> String {
    assert!(FAN.contains(old), "{old}");
    let (code, said) = diff_of(FAN, &FAN.replace(old, new), &[]);
    format!("{said}--- exit {}", code.expect("an exit code"))
}

/// The fan that counts how often it runs.
fn counting() -> String {
    FAN.replace("    data speed", "    data rounds: int = 0\n    on fault stay\n    data speed")
        .replace("{ speed = 1 }", "{ speed = 1 rounds += 1 }")
}

#[test]
fn a_machine_is_like_itself() {
    assert_snapshot!(edited("1.0.0", "1.1.0"), @r"
    fan
      behaves in the same way in what was tried: 8 pairs
      but not all values were tried of `air.ok.co2`
    --- exit 0
    ");
}

#[test]
fn comments_and_order_make_no_difference() {
    let moved = FAN
        .replace("    event resume from operator\n", "")
        .replace("    event maint", "    /// On again.\n    event resume from operator\n    event maint");
    assert_eq!(diff_of(FAN, &moved, &[]).0, Some(0));
}

#[test]
fn a_state_of_another_name_is_the_same_if_it_says_so() {
    let renamed = FAN.replace("state running {", "state busy was running {").replace("-> running", "-> busy");
    assert_eq!(diff_of(FAN, &renamed, &[]).0, Some(0), "{:?}", diff_of(FAN, &renamed, &[]));
    let unsaid = renamed.replace(" was running", "");
    assert_snapshot!(diff_of(FAN, &unsaid, &[]).1, @r"
    fan
      state       `running` has no image: a machine that is there cannot go on; say `was running` where it should
      state       `busy` is new
      behaves in another way after 1 event:
      > +0s         idle                     air.ok { co2: 801 }
      old:
      > idle -> running (gone)
      > emits `turned(speed: 1)`
      > asks `start`
      new:
      > idle -> busy
      > emits `turned(speed: 1)`
      > asks `start`
    ");
}

#[test]
fn a_condition_with_another_number() {
    assert_snapshot!(edited("> 800", "> 1500"), @r"
    fan
      behaves in another way after 1 event:
      > +0s         idle                     air.ok { co2: 801 }
      old:
      > idle -> running
      > emits `turned(speed: 1)`
      > asks `start`
      new:
      > it stays in `idle`
    --- exit 1
    ");
}

#[test]
fn another_time() {
    assert_snapshot!(edited("after 2h", "after 3h"), @r"
    fan
      behaves in another way after 2 events:
        +0s         idle -> running          air.ok { co2: 801 }
      > +2h         running                  2h later
      old:
      > running -> idle
      > asks `air`
      > stops `start`
      new:
      > it stays in `running`
    --- exit 1
    ");
    assert_snapshot!(edited("every 1m", "every 2m"), @r"
    fan
      watcher     `air`: every was `1m` and is `2m`
      behaves in another way after 2 events:
        +0s         idle                     air.failed
      > +1m         idle                     1m later
      old:
      > it stays in `idle`
      > asks `air`
      new:
      > it stays in `idle`
    --- exit 1
    ");
}

#[test]
fn an_event_that_is_not_answered_any_more() {
    assert_snapshot!(edited("        on resume -> idle\n", "        after 1h -> idle\n"), @r"
    fan
      behaves in another way after 2 events:
        +0s         idle -> paused           maintenance
      > +0s         paused                   resume
      old:
      > paused -> idle
      > asks `air`
      new:
      > nothing answers it
      > it stays in `paused`
    --- exit 1
    ");
}

#[test]
fn what_is_told_is_compared() {
    assert_snapshot!(edited("emit turned(speed: speed)", "emit turned(speed: speed + 1)"), @r"
    fan
      emits       `turned` was `(speed: int in 0..3)` and is `(speed: int)`
      behaves in another way after 1 event:
      > +0s         idle                     air.ok { co2: 801 }
      old:
      > idle -> running
      > emits `turned(speed: 1)`
      > asks `start`
      new:
      > idle -> running
      > emits `turned(speed: 2)`
      > asks `start`
    --- exit 1
    ");
}

#[test]
fn what_a_watcher_is_given_is_compared_where_it_is_calculated() {
    assert_snapshot!(edited("{ speed = 1 }", "{ speed = 2 }"), @r"
    fan
      behaves in another way after 1 event:
      > +0s         idle                     air.ok { co2: 801 }
      old:
      > idle -> running
      > emits `turned(speed: 1)`
      > asks `start`
      new:
      > idle -> running
      > emits `turned(speed: 2)`
      > asks `start`
    --- exit 1
    ");
}

#[test]
fn what_a_machine_is_allowed_beyond_is_said_first() {
    assert_snapshot!(edited(r#"exec("./on.sh""#, r#"exec("./start.sh""#), @r#"
    fan
      capability  `exec("./start.sh")` is new
      capability  `exec("./on.sh")` is not needed any more
      watcher     `start`: argument 1 was `"./on.sh"` and is `"./start.sh"`
      behaves in the same way in what was tried: 8 pairs
      but not all values were tried of `air.ok.co2`
    --- exit 1
    "#);
}

#[test]
fn data_that_changes_its_type_and_data_that_goes() {
    assert_snapshot!(edited("int in 0..3", "int in 0..9"), @r"
    fan
      data        `speed` was `int in 0..3` and is `int in 0..9`: a value that does not fit begins anew
      emits       `turned` was `(speed: int in 0..3)` and is `(speed: int in 0..9)`
      behaves in the same way in what was tried: 8 pairs
      but not all values were tried of `air.ok.co2`
    --- exit 1
    ");
    let old = counting();
    assert_snapshot!(diff_of(&old, FAN, &["--most", "100"]).1, @r"
    fan
      data        `rounds` goes, and with it what it held
      behaves in the same way in what was tried: 102 pairs
      but there are more than 100 pairs; `--most` looks at more
      but not all values were tried of `air.ok.co2`
    ");
}

#[test]
fn a_number_that_counts_for_ever_is_looked_at_as_far_as_was_asked_for() {
    let old = counting();
    assert_snapshot!(diff_of(&old, &old, &["--most", "100"]).1, @r"
    fan
      behaves in the same way in what was tried: 102 pairs
      but there are more than 100 pairs; `--most` looks at more
      but not all values were tried of `air.ok.co2`
    ");
}

#[test]
fn the_answer_for_programs() {
    let new = FAN.replace("after 2h", "after 3h");
    let (code, said) = diff_of(FAN, &new, &["--json"]);
    let told: serde_json::Value = serde_json::from_str(&said).expect("JSON");
    assert_eq!((code, &told["same"], &told["behaviour"]["at"]), (Some(1), &false.into(), &7200.0.into()));
    let (code, said) = diff_of(FAN, FAN, &["--json"]);
    let told: serde_json::Value = serde_json::from_str(&said).expect("JSON");
    assert_eq!((code, &told["same"], &told["shape"]), (Some(0), &true.into(), &serde_json::json!([])));
}

#[test]
fn machines_that_come_and_go() {
    let door = "machine door 1.0.0 { initial state open { after 1h -> shut } state shut { after 1h -> open } }\n";
    let both = format!("{FAN}{door}");
    assert_snapshot!(diff_of(&both, FAN, &[]).1.lines().take(2).collect::<Vec<_>>().join("\n"), @r"
    door
      the machine is gone
    ");
    assert_snapshot!(diff_of(FAN, &both, &["--machine", "door"]).1, @r"
    door
      the machine is new
    ");
    assert_snapshot!(diff_of(FAN, &both, &["--machine", "dor"]).1, @r"
    x there is no machine `dor`
    help: did you mean `door`?
    ");
    assert_eq!(diff_of(door, &door.replace("door", "gate"), &[]).0, Some(0), "the only ones are compared");
}

#[test]
fn tables_are_compared_like_their_sources() {
    let folder = tempfile::tempdir().expect("a folder");
    fs::write(folder.path().join("fan.machine"), FAN).expect("a file");
    assert_eq!(machinec(&folder, &["build", "fan.machine", "-o", "old"]).0, Some(0));
    assert_eq!(machinec(&folder, &["build", "fan.machine", "-o", "bare", "--strip", "names"]).0, Some(0));
    for old in ["old", "old/fan.table"] {
        assert_eq!(machinec(&folder, &["diff", old, "fan.machine"]).0, Some(0));
    }
    let (code, said) = machinec(&folder, &["diff", "bare", "fan.machine"]);
    assert_snapshot!(format!("{said}--- exit {}", code.expect("a code")), @r"
      x `bare/fan.table` carries no names, by which states and events are compared
      help: build it without `--strip names`
    --- exit 2
    ");
}

#[test]
fn what_cannot_be_compared_is_neither_the_same_nor_another() {
    let (code, said) = diff_of(FAN, "machine fan 1.0.0 {", &[]);
    assert_eq!(code, Some(2), "{said}");
    let folder = tempfile::tempdir().expect("a folder");
    let (code, said) = machinec(&folder, &["diff", "there.machine", "here.machine"]);
    assert_eq!(code, Some(2), "{said}");
    assert!(said.contains("`there.machine` cannot be read"), "{said}");
}
