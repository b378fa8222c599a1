//! What a node recorded, run again by `machinec replay`: through the same machines it goes where it went, through others it
//! is told where it goes another way.

use machine_tests::binaries;
use machine_tests::node::Site;
use rustix::process::Signal;
use std::fs;
use std::process::{Command, Stdio};

/// A fan that is driven by what a command returns, by an operator, by a timer and by a door.
const FAN: &str = r#"
    machine fan 1.0.0 {
        data worst: int in 0..5000 = 0
        event maintenance(reason: string) from operator
        event resume from operator
        on maintenance -> paused
        initial state idle {
            watch air = shell("cat air.json") every 500ms returns { co2: int in 0..5000 }
            on air.ok(a) when a.co2 > 800 -> running { worst = max(worst, a.co2) }
            on air.fault stay
        }
        state running {
            after 1s -> idle
            on door enters open -> airing
        }
        state airing { on door enters shut -> idle }
        state paused { on resume -> idle }
    }
    machine door 1.0.0 {
        watch handle = file("handle")
        on handle.changed -> open
        on handle.present -> open
        on handle.missing -> shut
        initial state shut
        state open
    }
"#;

fn replay(site: &Site, source: &str, arguments: &[&str]) -> (Option<i32>, String) {
    let path = site.path("fan.machine");
    fs::write(&path, source).unwrap();
    let mut command = Command::new(binaries::directory().join("machinec"));
    command.current_dir(site.root()).env("NO_COLOR", "1").args(["replay", "events"]);
    // However busy the computer is.
    command.args(["--tolerance", "60"]);
    let output = command.arg("--with").arg(&path).args(arguments).output().unwrap();
    (output.status.code(), String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned())
}

/// What `machinec` says that does what it is told.
fn machinec(site: &Site, arguments: &[&str]) -> String {
    let mut command = Command::new(binaries::directory().join("machinec"));
    let output = command.current_dir(site.root()).env("NO_COLOR", "1").args(arguments).output().unwrap();
    let said = String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned();
    assert_eq!(output.status.code(), Some(0), "{said}");
    said
}

/// A day in the life of the fan, with a crash in it.
fn recorded() -> Site {
    let mut site = Site::new();
    site.write("air.json", r#"{ "co2": 500 }"#);
    site.ship(FAN);
    site.start();
    site.expect("fan starts in idle");
    site.write("air.json", r#"{ "co2": 1200 }"#);
    site.expect("fan idle -> running");
    site.expect("fan running -> idle");
    site.kill_and_start();
    site.expect_where("fan goes on in");
    site.until("the fan runs", || site.ask(&["status", "fan"]).1.contains("running").then_some(()));
    site.write("handle", "");
    site.expect_where("fan running -> airing");
    site.write("air.json", r#"{ "co2": 500 }"#);
    site.remove("handle");
    site.expect("fan airing -> idle");
    assert_eq!(site.ask(&["fire", "fan", "maintenance", "reason=filter"]).0, Some(0));
    site.expect("fan idle -> paused");
    assert_eq!(site.ask(&["fire", "fan", "resume"]).0, Some(0));
    site.expect("fan paused -> idle");
    site.signal(Signal::TERM);
    assert!(site.ended().success(), "{}", site.said());
    site
}

#[test]
fn the_same_machines_go_the_same_way_and_changed_ones_do_not() {
    let site = recorded();
    let (code, said) = replay(&site, FAN, &[]);
    assert_eq!(said.matches("goes the same way").count(), 2, "{said}");
    assert!(!said.contains("could not be given"), "{said}");
    assert_eq!(code, Some(0));

    let (code, said) = replay(&site, &FAN.replace("a.co2 > 800", "a.co2 > 1500"), &["--machine", "fan"]);
    assert_eq!(code, Some(1), "{said}");
    for words in ["another way from the beginning", "idle -> running   air.ok", "here:\n", "idle -> paused"] {
        assert!(said.contains(words), "`{words}` is not in: {said}");
    }

    let (code, said) = replay(&site, &FAN.replace("after 1s", "after 2h"), &["--machine", "fan", "--json"]);
    assert_eq!(code, Some(1), "{said}");
    let told: serde_json::Value = serde_json::from_str(&said).unwrap();
    assert_eq!((&told["same"], &told["same_transitions"]), (&false.into(), &1.into()));
    assert_eq!((&told["recorded"]["event"], &told["recorded"]["to"]), (&"after 1s".into(), &"idle".into()));
}

#[test]
fn a_recording_becomes_a_test_that_passes() {
    let site = recorded();
    fs::write(site.path("fan.machine"), FAN).unwrap();
    let tests = machinec(&site, &["test", "--from", "events", "fan.machine"]);
    fs::write(site.path("as_recorded.machine"), &tests).unwrap();
    let said = machinec(&site, &["test", "as_recorded.machine"]);
    assert!(said.contains("2 tests passed"), "{tests}{said}");
}

/// A machine that does what its node knows.
const PLACE: &str = r#"
    machine place 1.0.0 {
        fact room: string = "nowhere"
        fact floor: int in 0..9 = 1
        initial state first { when room == "cellar" and floor == 3 -> cellar }
        state cellar { when room == "lab" -> lab }
        state lab { after 1h -> first }
    }
"#;

#[test]
fn what_the_node_knew_is_in_its_recording() {
    let mut site = Site::new();
    fs::write(site.path("facts"), r#"{"room": "cellar", "floor": 3}"#).unwrap();
    site.ship(PLACE);
    site.start_with(&["--facts", "facts"], Stdio::null());
    site.expect("place first -> cellar");
    fs::write(site.path("facts"), r#"{"room": "lab", "floor": 3}"#).unwrap();
    site.expect("place cellar -> lab");
    site.signal(Signal::TERM);
    assert!(site.ended().success(), "{}", site.said());

    let (code, said) = replay(&site, PLACE, &[]);
    assert!(code == Some(0) && said.contains("goes the same way: 2 transitions"), "{said}");
    let (_, said) = replay(&site, &PLACE.replace("\"cellar\"", "\"attic\""), &[]);
    assert!(said.contains("another way from the beginning"), "{said}");
    fs::write(site.path("place.machine"), PLACE).unwrap();
    let tests = machinec(&site, &["test", "--from", "events", "place.machine"]);
    assert!(tests.contains("    with room = \"cellar\"\n    with floor = 3\n"), "{tests}");
    fs::write(site.path("as_recorded.machine"), &tests).unwrap();
    assert!(machinec(&site, &["test", "as_recorded.machine"]).contains("1 test passed"), "{tests}");
}

#[test]
fn a_recording_that_begins_in_the_middle_is_refused_with_the_way_out() {
    let site = recorded();
    let events = fs::read_to_string(site.path("events")).unwrap();
    let tail: Vec<_> = events.lines().filter(|it| !it.contains(r#""resumed":false"#)).collect();
    fs::write(site.path("events"), tail.join("\n")).unwrap();
    let (code, said) = replay(&site, FAN, &["--machine", "fan"]);
    assert_eq!(code, Some(1));
    for words in ["`events` cannot be run again", "does not begin where `fan` does", "its first event is number 2"] {
        assert!(said.contains(words), "`{words}` is not in: {said}");
    }
}
