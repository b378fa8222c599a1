//! The whole language on a node: values from JSON, facts, operators, programs of a user's own, machines that listen.

use super::close;
use machine_tests::node::Site;
use serde_json::{Value, json};
use std::fs;
use std::process::Stdio;

/// The event as JSON.
fn event(told: &machine_tests::told::Told) -> Value {
    serde_json::from_str(&told.json).unwrap()
}

#[test]
fn json_of_commands_and_files_becomes_data_and_data_comes_back() {
    let mut site = Site::new();
    site.write("limits.json", r#"{"co2_max": 700, "more": []}"#);
    site.write("air.json", r#"{"co2": 650}"#);
    site.ship(
        r#"machine hvac 1.0.0 {
            data co2_max: int in 0..5000 = 800
            data room: string = "lab"
            watch limits = file("limits.json") returns { co2_max: int in 0..5000 }
            on limits.changed(l) -> known { co2_max = l.co2_max }
            on limits.fault -> unknown
            initial state unknown
            state known {
                watch air = exec("cat", "air.json") every 50ms returns { co2: int in 0..5000 }
                on air.ok(a) when a.co2 > co2_max and room == "lab" -> loud { room = "{room} at {a.co2}" }
                on air.ok stay
                on air.invalid(i) -> broken { log "{i.path}: wanted {i.wanted}, found {i.found}" }
                on air.failed stay
                on fault stay
            }
            state loud {
                run show = shell("cat \"$WATCHER_DATA\" > shown; printf '%s\\n' \"$ROOM\" > room", env: { ROOM: "in {room}" })
                on show.ok -> known
                on show.failed -> broken
            }
            state broken { after 1h -> unknown }
        }"#,
    );
    site.start();
    site.expect("hvac unknown -> known");
    site.expect("hvac air.ok");
    site.write("air.json", r#"{"co2": 701}"#);
    site.expect("hvac known -> loud");
    assert_eq!(site.line("room"), "in lab at 701");
    let shown: Value = serde_json::from_str(&site.line("shown")).unwrap();
    assert_eq!(shown, json!({"co2_max": 700, "room": "lab at 701"}));
    site.write("air.json", r#"{"co2": "high"}"#);
    site.expect("hvac air.invalid");
    let said = site.expect("hvac log co2: wanted a whole number from 0 to 5000, found \"high\"");
    assert_eq!(event(&said)["data"]["state"], "broken");
    // Data outlives a power cut.
    site.kill_and_start();
    site.expect("hvac goes on in broken");
    let status: Value = serde_json::from_str(&site.ask(&["status", "hvac", "--json"]).1).unwrap();
    assert_eq!(status["machines"][0]["data"]["co2_max"], 700);
    close(site);
}

#[test]
fn facts_are_known_at_the_start_and_told_when_they_change() {
    let mut site = Site::new();
    fs::write(site.path("facts"), r#"{"location": "b1"}"#).unwrap();
    site.ship(
        r#"machine place 1.0.0 {
            fact location: string = "nowhere"
            fact floor: int in 0..9 = 1
            initial state first {
                enter { log "begins at {location}" }
                when location == "b2" -> second
            }
            state second {
                run show = shell("cat \"$WATCHER_FACTS\" > facts_seen; echo >> facts_seen")
                on show.ok stay
                on show.failed stay
                when location == "nowhere" -> lost
            }
            state lost { after 1h -> first }
        }"#,
    );
    site.start_with(&["--facts", "facts"], Stdio::null());
    site.expect("place log begins at b1");
    let warned = site.expect_start("place warning fact `floor`: ");
    assert!(warned.text.ends_with("this node does not know it; its default counts: 1"), "{}", warned.text);
    // Half of a file, for a moment, changes nothing.
    fs::write(site.path("facts"), r#"{"location": "b"#).unwrap();
    site.expect_start("warning file of facts");
    fs::write(site.path("facts"), r#"{"location": "b2", "floor": 2}"#).unwrap();
    site.expect("place facts {\"location\":\"b2\"}");
    site.expect("place first -> second");
    assert_eq!(site.line("facts_seen"), r#"{"location": "b2", "floor": 2}"#.to_owned());
    fs::write(site.path("facts"), r#"{"location": 5, "floor": 2}"#).unwrap();
    site.expect("place second -> lost");
    site.expect_start("place warning fact `location`: wanted a text of at most");
    close(site);
}

#[test]
fn operators_fire_events_and_ask_how_machines_are() {
    let mut site = Site::running(
        r#"machine pump 1.0.0 {
            data why: string = ""
            event maintenance(reason: string, hours: int in 1..24) from operator
            event resume from operator
            event inner
            on inner stay
            initial state works { on maintenance(m) -> rests { why = m.reason } }
            state rests { on resume -> works { raise inner } }
        }"#,
    );
    site.expect("pump starts in works");
    let check = |site: &Site, arguments: &[&str], code: i32, expected: &str| {
        let (found, said) = site.ask(arguments);
        assert!(found == Some(code) && said.contains(expected), "{arguments:?}: {found:?} {said}");
    };
    check(&site, &["fire", "pump", "resume"], 3, "pump: recorded, not answered in state works");
    site.expect("pump fired resume false");
    check(&site, &["fire", "pump", "maintenance", "reason=new filter", "hours=2"], 0, "pump: works -> rests");
    // It is durable by now: a power cut takes nothing of it back.
    site.kill_and_start();
    site.expect("pump fired maintenance true");
    site.expect("pump goes on in rests");
    check(&site, &["status", "pump"], 0, "data     why = \"new filter\"");
    check(&site, &["status"], 0, "pump 1.0.0  rests  since 20");
    check(
        &site,
        &["fire", "pump", "maintenance", "reason=x", "hours=25"],
        1,
        "wanted a whole number from 1 to 24, found 25",
    );
    check(&site, &["fire", "pump", "maintenance", "reason=x"], 1, "`maintenance` needs the field `hours`");
    check(&site, &["fire", "pump", "resmue"], 1, "did you mean `resume`?");
    check(&site, &["fire", "pmup", "resume"], 1, "did you mean `pump`?");
    check(&site, &["fire", "pump", "inner"], 1, "`inner` of `pump` is not for operators");
    check(&site, &["fire", "pump", "resume", "now"], 2, "needs a name and a value");
    check(&site, &["fire", "pump", "resume"], 0, "pump: rests -> works");
    site.signal(rustix::process::Signal::TERM);
    site.ended();
    let (code, said) = site.ask(&["status"]);
    assert!(code == Some(1) && said.contains("no runtime runs on the state directory `state`"), "{said}");
    site.start();
    site.expect("pump goes on in works");
    close(site);
}

#[test]
fn a_kind_of_ones_own_is_any_program() {
    let mut site = Site::new();
    site.write("link.sh", "#!/bin/sh\nprintf '%s' \"$WATCHER_ARGS\" > args\ncat answer\n");
    site.write("tail.sh", "#!/bin/sh\necho $$ > tail_pid\ntail -n +1 -f lines\n");
    for script in ["link.sh", "tail.sh"] {
        let status = std::process::Command::new("chmod").arg("+x").arg(site.file(script)).status();
        assert!(status.unwrap().success());
    }
    site.write("answer", "{\"outcome\":\"up\",\"ms\":4}\n");
    site.write("lines", "{\"outcome\":\"seen\",\"what\":\"one\"}\n");
    site.ship(
        r#"
        watcher link(host: string, most: duration = 1m30s) by exec("./link.sh") {
            outcome up { ms: int in 0..1000 }
            fault down { reason: exit | signal | timeout | unstartable | interrupted | invalid }
            every required
        }
        watcher lines() by exec("./tail.sh") {
            outcome seen { what: string }
            fault failed { reason: exit | signal | timeout | unstartable | interrupted | invalid }
            every optional
        }
        machine net 1.0.0 {
            data ms: int in 0..1000 = 0
            initial state look {
                watch l = link("a b") every 50ms
                on l.up(u) when u.ms > 100 -> slow { ms = u.ms }
                on l.up stay
                on l.down(d) -> dead { log "down: {d.reason}" }
            }
            state slow {
                watch t = lines()
                on t.seen(s) when s.what == "two" -> look
                on t.seen stay
                on t.failed(f) stay { log "lines: {f.reason}" }
            }
            state dead { after 1h -> look }
        }"#,
    );
    site.start();
    site.expect("net l.up");
    let args = site.until("arguments", || fs::read_to_string(site.file("args")).ok().filter(|it| !it.is_empty()));
    assert_eq!(serde_json::from_str::<Value>(&args).unwrap(), json!({"host": "a b", "most": "1m30s"}));
    site.write("answer", "{\"outcome\":\"up\",\"ms\":101}\n");
    site.expect("net look -> slow");
    site.expect("net t.seen");
    let pid = site.line("tail_pid");
    site.write("answer", "{\"outcome\":\"up\",\"ms\":1001}\n");
    use std::io::Write;
    let mut lines = fs::File::options().append(true).open(site.file("lines")).unwrap();
    lines.write_all(b"nonsense\n").unwrap();
    site.expect_start("net log lines: ");
    lines.write_all(b"{\"outcome\":\"seen\",\"what\":\"two\"}\n").unwrap();
    site.expect("net slow -> look");
    site.until("the program is gone", || (!machine_tests::node::is_alive(&pid)).then_some(()));
    // What the kind does not declare is its first fault.
    site.expect("net look -> dead");
    site.expect_start("net log down: invalid");
    close(site);
}

/// A sender and two who listen; each event that was told is heard once, whenever the runtime dies.
#[test]
fn machines_hear_one_another_across_power_cuts() {
    let mut site = Site::running(
        r#"
        machine door 1.0.0 {
            data n: int = 0
            event opened(n: int)
            on fault stay
            initial state shut { after 20ms -> open }
            state open { enter { n = n + 1  emit opened(n: n) }  after 20ms -> shut }
        }
        machine light 1.0.0 {
            data heard: int = 0
            data missed: int = 0
            on fault stay
            initial state a {
                on door.opened(d) when d.n == heard + 1 stay { heard = d.n }
                on door.opened(d) stay { heard = d.n  missed = missed + 1 }
            }
            state b { after 1h -> a }
            when heard < 0 -> b
        }
        machine bell 1.0.0 {
            initial state silent { on door enters open -> rings }
            state rings { watch x = exec("true") every 1h while door is open  on x.failed stay  on x.ok stay  on door enters shut -> silent }
        }
        "#,
    );
    for _ in 0..6 {
        let before = site.told().len();
        site.until("it goes on", || (site.told().len() > before + 25).then_some(()));
        site.kill_and_start();
    }
    site.expect("bell silent -> rings");
    let status = || serde_json::from_str::<Value>(&site.ask(&["status", "light", "--json"]).1).ok();
    let status = site.until("a status", status);
    let data = &status["machines"][0]["data"];
    assert!(data["heard"].as_i64().unwrap() > 5 && data["missed"] == 0, "{data}");
    close(site);
}

#[test]
fn what_goes_wrong_in_a_calculation_is_told_with_its_place() {
    let mut site = Site::running(
        r#"machine sum 1.0.0 {
            data n: int in 0..3 = 0
            event more from operator
            initial state counts {
                on more stay { n = n + 2  emit counted(n: n) }
                on fault(f) -> full { log "{f.reason} at {f.at}" }
            }
            state full { after 1h -> counts }
        }"#,
    );
    site.expect("sum starts in counts");
    assert_eq!(site.ask(&["fire", "sum", "more"]).0, Some(0));
    let told = site.expect("sum emits counted");
    assert_eq!(
        (&event(&told)["data"], &event(&told)["type"]),
        (&json!({"n": 2}), &json!("machine.v1.event.sum.counted"))
    );
    site.ask(&["fire", "sum", "more"]);
    let told = site.expect("sum fault range");
    assert_eq!(event(&told)["data"]["position"], "test.machine:5:32");
    site.expect("sum counts -> full");
    site.expect("sum log range at test.machine:5:32");
    close(site);
}

#[test]
fn a_table_takes_over_with_its_data() {
    let source = |version: &str, extra: &str| {
        format!(
            r#"machine keeper {version} {{
                data n: int = 0
                {extra}
                event more from operator
                initial state counts {{ on more stay {{ n = n + 1 }}  on fault stay }}
                state never {{ after 1h -> counts }}
                when n > 100 -> never
            }}"#
        )
    };
    let mut site = Site::running(&source("1.0.0", ""));
    site.expect("keeper starts in counts");
    for _ in 0..3 {
        assert_eq!(site.ask(&["fire", "keeper", "more"]).0, Some(0));
    }
    site.ship(&source("2.0.0", "data name: string = \"new\""));
    site.expect("keeper goes on in counts");
    let status: Value = serde_json::from_str(&site.ask(&["status", "--json"]).1).unwrap();
    assert_eq!(status["machines"][0]["data"], json!({"n": 3, "name": "new"}));
    site.kill_and_start();
    site.expect("keeper goes on in counts");
    close(site);
}

/// `machinec run`: events typed on standard input, facts from a file.
#[test]
fn events_can_be_typed_where_a_machine_is_tried_out() {
    use std::io::Write;
    let site = Site::new();
    site.write(
        "pump.machine",
        r#"machine pump 1.0.0 {
            fact location: string = "nowhere"
            event maintenance(reason: string) from operator
            event resume from operator
            initial state works { on maintenance(m) -> rests { log "{m.reason} in {location}" } }
            state rests { on resume -> works }
        }"#,
    );
    site.write("facts.json", r#"{"location": "cellar"}"#);
    let mut command = std::process::Command::new(machine_tests::binaries::directory().join("machinec"));
    command.args(["run", "pump.machine", "--facts", "facts.json", "--node", "n1", "--events-file"]);
    command.arg(site.path("events")).current_dir(site.file("")).env("NO_COLOR", "1");
    let said = fs::File::create(site.path("said")).unwrap();
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(said).spawn().unwrap();
    let told = |text: &str| {
        site.until(text, || site.told().iter().any(|it| it.text == text).then_some(()));
    };
    told("pump starts in works");
    let mut input = child.stdin.take().unwrap();
    input.write_all(b"maintenance\n\nmaintenence reason=x\nmaintenance reason=\"new filter\"\n").unwrap();
    told("pump works -> rests");
    told("pump log new filter in cellar");
    input.write_all(b"pump.resume\n").unwrap();
    told("pump rests -> works");
    // The end of the input ends nothing.
    drop(input);
    std::thread::sleep(std::time::Duration::from_millis(200));
    assert!(child.try_wait().unwrap().is_none());
    let pid = rustix::process::Pid::from_child(&child);
    rustix::process::kill_process(pid, rustix::process::Signal::INT).unwrap();
    assert!(child.wait().unwrap().success());
    let said = site.said();
    assert!(said.contains("note: `maintenance` needs the field `reason`; write `maintenance reason=\"…\"`"), "{said}");
    assert!(said.contains("`maintenence`"), "{said}");
}

#[test]
fn a_command_of_another_user_runs_as_them_or_says_why_not() {
    let mut site = Site::running(
        r#"machine other 1.0.0 {
            initial state work {
                run who = shell("id -un >&2; exit 1", dir: "/") as "nobody"
                on who.failed -> rest
                on who.ok -> rest
            }
            state rest { after 1h -> work }
        }"#,
    );
    let told = site.expect_start("other who.failed");
    let expected = if rustix::process::geteuid().is_root() { "exit 1: nobody" } else { "cannot run as `nobody`" };
    assert!(told.json.contains(expected), "{}", told.json);
    close(site);
}

#[test]
fn under_a_limit_machines_take_turns() {
    let machine = |name: &str| {
        format!(
            r#"machine {name} 1.0.0 {{
                limit slot = 1 on node
                initial state begin {{ after 10ms -> work }}
                state work {{
                    run job = shell("test -e busy && exit 1; touch busy; sleep 0.2; rm busy") under slot wait 1m
                    on job.ok -> done
                    on job.failed -> broken
                    on job.skipped -> broken
                }}
                state done {{ after 1h -> begin }}
                state broken {{ after 1h -> begin }}
            }}"#
        )
    };
    let names = ["a", "b", "c", "d"];
    let mut site = Site::running(&names.map(machine).join("\n"));
    for _ in names {
        let told = site.expect_where(" work -> ");
        assert!(told.text.ends_with("done"), "{}", told.text);
    }
    close(site);
}
