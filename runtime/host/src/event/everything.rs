//! One of everything that can happen, for the tests.

use super::happening::{Range, SlotTurn, Turn, What};
use super::samples::*;
use serde_json::{Map, json};
use std::time::Duration;

/// One of everything, each with a name.
pub(crate) fn all() -> Vec<(&'static str, What)> {
    let text = str::to_owned;
    let timer = |turn| What::Timer { name: text("after 2h"), turn, duration: Duration::from_secs(7200) };
    let slot = |turn, slot| What::Slot { limit: text("fans"), watcher: text("start"), turn, slot };
    vec![
        ("transition", transition()),
        ("exec ok", What::Outcome(exec_ok())),
        ("exec returned", What::Outcome(exec_returned())),
        ("exec failed", What::Outcome(exec_failed())),
        ("shell ok", What::Outcome(shell_ok())),
        ("file changed", What::Outcome(file_changed())),
        ("file missing", What::Outcome(file_missing())),
        ("window opened", What::Outcome(window_opened())),
        ("window closed", What::Outcome(window_closed())),
        ("moment due", What::Outcome(moment_due())),
        ("late outcome", What::Outcome(late())),
        ("key changed", What::Outcome(key_changed())),
        ("rejected outcome", What::Rejected(exec_returned())),
        ("outcome of another kind", What::Outcome(other_kind())),
        ("slot taken", slot(SlotTurn::Entered, 2)),
        ("slot given back", slot(SlotTurn::Left, 2)),
        ("no slot in time", slot(SlotTurn::TimedOut, 0)),
        ("slot lost", slot(SlotTurn::Evicted, 2)),
        ("timer armed", timer(Turn::Armed)),
        ("timer over", timer(Turn::Fired)),
        ("timer cancelled", timer(Turn::Cancelled)),
        (
            "started",
            What::Started {
                state: text("unknown"),
                resumed: false,
                table: text(TABLE),
                facts: object(json!({"location": "ams1"})),
            },
        ),
        ("resumed", What::Started { state: text("deploy"), resumed: true, table: text(TABLE), facts: Map::new() }),
        ("facts", What::Facts { facts: object(json!({"location": "ams2"})) }),
        ("stopped", What::Stopped { state: text("deploy"), reason: text("shutdown") }),
        ("slowed", What::Slowed { delay: Duration::from_secs(2), state: text("deploy") }),
        (
            "emitted",
            What::Emitted {
                event: text("page"),
                fields: object(json!({"room": "lab", "worst": 1200, "for": "1m30s"})),
            },
        ),
        ("log", What::Log { text: text("the fan was off for 2h"), state: text("known.idle") }),
        (
            "faulted",
            What::Faulted {
                reason: text("range"),
                position: text("hvac.machine:12:9"),
                state: text("known.idle"),
                handled: false,
            },
        ),
        (
            "fired",
            What::Fired {
                event: text("maintenance"),
                fields: object(json!({"reason": "filter"})),
                state: text("known.idle"),
                answered: true,
            },
        ),
        (
            "fired in vain",
            What::Fired { event: text("resume"), fields: object(json!({})), state: text("broken"), answered: false },
        ),
        ("neighbour missing", What::Neighbour { other: text("humidity_sensor"), present: false }),
        ("neighbour present", What::Neighbour { other: text("humidity_sensor"), present: true }),
        (
            "warning",
            What::Warning {
                about: text("fact `location`"),
                text: text("wanted a text of at most 255 bytes, found 7; its default counts: \"unknown\""),
            },
        ),
        (
            "node warning",
            What::NodeWarning {
                about: text("limit `fans`"),
                text: text("machines declare different counts, 3 and 5; the smaller one counts"),
            },
        ),
        (
            "dropped",
            What::Dropped {
                sink: text("nats"),
                range: Range { first: 7, last: 19, count: 13 },
                since_ns: TIME - 604_800_000_000_000,
                epoch: None,
            },
        ),
        ("resent", What::Resent { sink: text("nats"), range: Range { first: 7, last: 19, count: 13 } }),
        (
            "undeliverable",
            What::Undeliverable {
                sink: text("webhook"),
                event: text("n1.example.net.container_manager.1767225600000.17"),
                kind: text("machine.v1.log"),
                number: 17,
                reason: text("413 Payload Too Large"),
            },
        ),
        (
            "stream regressed",
            What::StreamRegressed {
                sink: text("nats"),
                stream: text("MACHINES"),
                acknowledged: 41,
                held: 12,
                text: text("the events from 13 on are sent again from the journal"),
            },
        ),
        (
            "identity conflict",
            What::IdentityConflict {
                sink: text("nats"),
                stream: text("MACHINES"),
                event: text("n1.example.net.container_manager.1767300000000.3"),
                text: text("nothing more is sent: give one of the two nodes another name"),
            },
        ),
        (
            "sink degraded",
            What::Sink {
                sink: text("nats"),
                degraded: true,
                text: text("nats://127.0.0.1:4222 does not answer; events wait in the journal"),
            },
        ),
        ("sink restored", What::Sink { sink: text("nats"), degraded: false, text: text("after 3m12s") }),
        (
            "sequences",
            What::Sequences {
                machines: [("container_manager", 41), ("hvac", 7)].map(|(name, last)| (text(name), last)).into(),
                part: 1,
                parts: 1,
            },
        ),
        ("provisioned", What::Provisioned),
        ("upgraded", What::Upgraded { from: text("0.1.0"), to: text("0.2.0") }),
        ("startup", What::Startup { version: text("0.1.0") }),
        ("shutdown", What::Shutdown),
        ("alive", What::Alive { version: text("0.1.0") }),
        ("table activated", What::TableActivated { machine: text("container_manager"), table: text(TABLE) }),
        (
            "table refused",
            What::TableRefused {
                file: text("tables/hvac.table"),
                reason: text("the checksum of section `states` at offset 64 does not match: copy the table again"),
            },
        ),
        ("table removed", What::TableRemoved { machine: text("container_manager") }),
    ]
}
