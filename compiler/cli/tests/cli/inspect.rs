//! `machinec inspect`: all that is in a table, for people and for programs.

use crate::{Folder, LAMP};
use insta::assert_snapshot;
use std::fs;

/// Builds [`LAMP`] and inspects its table.
fn inspected(arguments: &[&str]) -> String {
    let folder = Folder::new().with("lamp.machine", LAMP);
    folder.run(&["build", "-q", "lamp.machine", "-o", "."]);
    folder.run(&[&["inspect", "lamp.table"], arguments].concat())
}

#[test]
fn inspect_lists_all_that_is_in_a_table() {
    assert_snapshot!(inspected(&[]), @r#"
    -- stdout
    machine lamp 1.0.0
    /// Shines for a minute when the switch is on.
    hash    sha256:fceae32b5235f3e4fdb7d92a423e7d79c21318dc9a57c9b8748c9a490300a7ac
    format  3, ids of 1 byte
    size    373 bytes

    sections       at   bytes
      machine        43      23
      states         66      12
      paths          78       6
      transitions    84      14
      plans          98      24
      kinds         122      69
      watchers      191       8
      timers        199       6
      arguments     205      26
      names         231      34
      docs          265      52
      declarations   317      56

    kinds
      exec  signature 9c0091f6, can be interrupted
        outcome ok { took: duration } with returns
        fault   failed { reason: exit | signal | timeout | unstartable | interrupted, code: int, signal: string up to 1024, stderr: string up to 1024, took: duration }

    states
      machine lamp  #2
        initial state dark  #0
          watch switch = exec("./switch.sh", [], {}, ".", 10s) every 10s  #0
        /// Light.
        state lit  #1
          after 1m  slot 0

    transitions
      dark
        switch.ok -> lit
        switch.failed stay
      lit
        after 1m -> dark as expired
    -- exit 0
    "#);
}

#[test]
fn inspect_gives_the_same_to_programs() {
    assert_snapshot!(inspected(&["--json"]), @r#"
    -- stdout
    {
      "name": "lamp",
      "version": "1.0.0",
      "doc": "Shines for a minute when the switch is on.",
      "hash": "fceae32b5235f3e4fdb7d92a423e7d79c21318dc9a57c9b8748c9a490300a7ac",
      "format": 3,
      "idBytes": 1,
      "bytes": 373,
      "sections": [
        {
          "name": "machine",
          "offset": 43,
          "bytes": 23
        },
        {
          "name": "states",
          "offset": 66,
          "bytes": 12
        },
        {
          "name": "paths",
          "offset": 78,
          "bytes": 6
        },
        {
          "name": "transitions",
          "offset": 84,
          "bytes": 14
        },
        {
          "name": "plans",
          "offset": 98,
          "bytes": 24
        },
        {
          "name": "kinds",
          "offset": 122,
          "bytes": 69
        },
        {
          "name": "watchers",
          "offset": 191,
          "bytes": 8
        },
        {
          "name": "timers",
          "offset": 199,
          "bytes": 6
        },
        {
          "name": "arguments",
          "offset": 205,
          "bytes": 26
        },
        {
          "name": "names",
          "offset": 231,
          "bytes": 34
        },
        {
          "name": "docs",
          "offset": 265,
          "bytes": 52
        },
        {
          "name": "declarations",
          "offset": 317,
          "bytes": 56
        }
      ],
      "kinds": [
        {
          "name": "exec",
          "signature": "9c0091f6",
          "notified": false,
          "interruptible": true,
          "outcomes": [
            {
              "name": "ok",
              "fault": false,
              "fields": [
                {
                  "name": "took",
                  "type": "duration"
                }
              ],
              "returns": true
            },
            {
              "name": "failed",
              "fault": true,
              "fields": [
                {
                  "name": "reason",
                  "type": "exit | signal | timeout | unstartable | interrupted"
                },
                {
                  "name": "code",
                  "type": "int"
                },
                {
                  "name": "signal",
                  "type": "string up to 1024"
                },
                {
                  "name": "stderr",
                  "type": "string up to 1024"
                },
                {
                  "name": "took",
                  "type": "duration"
                }
              ]
            }
          ]
        }
      ],
      "states": [
        {
          "name": "lamp",
          "id": 2,
          "depth": 0,
          "initial": false,
          "final": false,
          "doc": "Shines for a minute when the switch is on.",
          "watchers": [],
          "timers": []
        },
        {
          "name": "dark",
          "id": 0,
          "depth": 1,
          "initial": true,
          "final": false,
          "doc": "",
          "watchers": [
            {
              "name": "switch",
              "id": 0,
              "once": false,
              "kind": "exec",
              "arguments": [
                "./switch.sh",
                [],
                {},
                ".",
                {
                  "ms": 10000
                }
              ],
              "everyMs": 10000,
              "doc": ""
            }
          ],
          "timers": []
        },
        {
          "name": "lit",
          "id": 1,
          "depth": 1,
          "initial": false,
          "final": false,
          "doc": "Light.",
          "watchers": [],
          "timers": [
            {
              "slot": 0,
              "ms": 60000
            }
          ]
        }
      ],
      "transitions": [
        {
          "state": "dark",
          "event": "switch.ok",
          "target": "lit",
          "keeps": null,
          "label": null
        },
        {
          "state": "dark",
          "event": "switch.failed",
          "target": null,
          "keeps": null,
          "label": null
        },
        {
          "state": "lit",
          "event": "after 1m",
          "target": "dark",
          "keeps": null,
          "label": "expired"
        }
      ]
    }
    -- exit 0
    "#);
}

#[test]
fn inspect_tells_which_states_are_not_left() {
    let source = r#"machine nested 1.0.0 {
    initial state outer {
        watch one = exec("./one.sh", "a b", env: { KEY: "value" }) every 1s
        on one.failed -> second
        initial state first {
            after 90s -> second
        }
        state second {
            run two = shell("true")
            on two.ok -> end
            on two.fault stay
        }
    }
    final state end
}
"#;
    let folder = Folder::new().with("nested.machine", source);
    folder.run(&["build", "-q", "nested.machine", "-o", "."]);
    let listing = folder.run(&["inspect", "nested.table"]);
    let states = listing.split_once("\nstates\n").map_or("", |it| it.1);
    assert_snapshot!(states, @r#"
      machine nested  #4
        final state end  #2
        initial state outer  #3
          watch one = exec("./one.sh", ["a b"], {"KEY": "value"}, ".", 10s) every 1s  #1
          initial state outer.first  #0
            after 90s  slot 0
          state outer.second  #1
            run two = shell("true", {}, ".", 10s)  #0

    transitions
      outer.first
        one.failed -> outer.second, stays in outer
        after 90s -> outer.second, stays in outer
      outer.second
        two.ok -> end
        two.failed stay
        one.failed stay
    -- exit 0
    "#);
}

/// A machine that calculates wherever it can.
const FAN: &str = r#"machine fan 1.0.0 {
    data co2_max: int in 0..5000 = 800
    data worst: int in 0..5000 = 0
    data speed: low | high = low
    data since: time = "2026-01-01"
    fact location = "unknown"
    secret token from env "TOKEN"
    event resume(share: float) from operator
    watch air = exec("./air.sh", "--at={location}", env: { TOKEN: token }) every 1m returns { co2: int in 0..5000 }
    on air.ok(a) when a.co2 > co2_max and speed == low -> on_ as bad { worst = max(worst, a.co2)  speed = high }
    on air.ok(a) when a.co2 in 0..100 stay { log "{a.co2} in {location}" }
    on air.ok    stay
    on air.fault stay
    initial state off {
        on resume(it) when it.share >= 0.5 or now() - since > 1h30m -> on_
        when worst > 4000 and not (speed == high) -> on_
    }
    state on_ {
        enter { since = now()  emit page(room: location, worst: worst) }
        exit { speed = low }
        after 1h -> off { worst = 0 }
    }
}
"#;

#[test]
fn inspect_tells_code_as_the_language_writes_it() {
    let folder = Folder::new().with("fan.machine", FAN);
    folder.run(&["build", "-q", "fan.machine", "-o", "."]);
    let listing = folder.run(&["inspect", "fan.table"]);
    assert_snapshot!(listing.split_once("\nsignals\n").map_or("", |it| it.1), @r#"
      resume { share: float }  from operator
      when worst > 4000 and not (speed == high)  from condition  when worst > 4000 and not speed == high

    emits
      page { room: string up to 1024, worst: int in 0..5000 }

    sources
      fan.machine

    states
      machine fan  #2
        watch air = exec("./air.sh", ["--at={location}"], {"TOKEN": token}, ".", 10s) every 1m returns { co2: int in 0..5000 }  #0
        initial state off  #0
        state on_  #1
          enter { since = now()  emit page(room: location, worst: worst) }
          exit { speed = low }
          after 1h  slot 0

    transitions
      off
        air.ok(it) when it.co2 > co2_max and speed == low -> on_ as bad { worst = max(worst, it.co2)  speed = high }
        air.ok(it) when it.co2 in 0..100 stay { log "{it.co2} in {location}" }
        air.ok stay
        air.failed stay
        air.invalid stay
        resume(it) when it.share >= 0.5 or now() - since > 1h30m -> on_
        when worst > 4000 and not (speed == high) -> on_
      on_
        air.ok(it) when it.co2 > co2_max and speed == low stay as bad { worst = max(worst, it.co2)  speed = high }
        air.ok(it) when it.co2 in 0..100 stay { log "{it.co2} in {location}" }
        air.ok stay
        air.failed stay
        air.invalid stay
        after 1h -> off { worst = 0 }
    -- exit 0
    "#);
    let json = folder.run(&["inspect", "fan.table", "--json"]);
    for part in [
        r#""computed": "\"--at={location}\"""#,
        r#""secret": "token""#,
        r#""when": "it.co2 in 0..100""#,
        r#""binding": "it""#,
        r#""emit page(room: location, worst: worst)""#,
    ] {
        assert!(json.contains(part), "{part}\n{json}");
    }
}

#[test]
fn inspect_refuses_what_is_not_a_table() {
    let folder = Folder::new().with("lamp.machine", LAMP).with("empty.table", "");
    folder.run(&["build", "-q", "lamp.machine", "-o", "."]);
    let mut bytes = fs::read(folder.path().join("lamp.table")).expect("a table");
    bytes[40] ^= 1;
    let folder = folder.with("damaged.table", &bytes).with("cut.table", &bytes[..30]);
    for file in ["empty.table", "damaged.table", "cut.table", "lamp.machine", "nothing.table", "."] {
        let shown = folder.run(&["inspect", file]);
        assert!(shown.ends_with("-- exit 1\n"), "{file}: {shown}");
    }
    assert_snapshot!(folder.run(&["inspect", "empty.table"]), @"
    -- stderr
      x `empty.table` cannot be used as a table
      `-> there is nothing in it (header section, byte 0)
      help: build it anew with `machinec build`, and copy it without changing it
    -- exit 1
    ");
    assert_snapshot!(folder.run(&["inspect", "damaged.table"]), @"
    -- stderr
      x `damaged.table` cannot be used as a table
      `-> its checksum does not fit its content, so it was damaged on the way (header section, byte 16)
      help: build it anew with `machinec build`, and copy it without changing it
    -- exit 1
    ");
    assert_snapshot!(folder.run(&["inspect", "lamp.machine"]), @"
    -- stderr
      x `lamp.machine` is a source, and no table
      help: `machinec build lamp.machine -o DIR` makes a table of each machine in it
    -- exit 1
    ");
    assert_snapshot!(folder.run(&["inspect", "nothing.table"]), @"
    -- stderr
      x `nothing.table` cannot be read
      `-> No such file or directory (os error 2)
      help: look at the spelling; `.` has nothing of a similar name
    -- exit 1
    ");
}
