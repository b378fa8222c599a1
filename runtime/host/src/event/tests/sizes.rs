//! However long what comes from outside is, an event stays within its bound.

use super::samples;
use crate::event::happening::{Happening, Origin, Outcome, Range, SlotTurn, Turn, What, Whom};
use crate::event::{LARGEST, event};
use std::time::Duration;

/// Texts that JSON makes as long as it can: one byte becomes six, two, or itself.
fn huge() -> [String; 4] {
    ["\u{1}".repeat(20_000), "\"".repeat(20_000), "x".repeat(20_000), "😀".repeat(20_000)]
}

fn origin(name: &str, of_machine: bool) -> Origin {
    let name: String = name.chars().take(60).collect();
    let mut origin = samples::origin(&name, of_machine.then_some(&name));
    if let Some(machine) = &mut origin.machine {
        machine.version = name.clone();
        machine.instance = name;
    }
    origin
}

fn outcome(kind: &str, late: bool, text: &str) -> What {
    let fields = ["command", "script", "path", "reason", "code", "signal", "stderr", "more"];
    What::Outcome(Outcome {
        watcher: text.to_owned(),
        kind: kind.to_owned(),
        outcome: text.to_owned(),
        fault: true,
        took: Duration::MAX,
        late,
        run_id: text.to_owned(),
        choria: Some(text.to_owned()),
        fields: fields.iter().map(|name| ((*name).to_owned(), text.into())).collect(),
        returned: [("co2".to_owned(), text.into())].into_iter().collect(),
        why: text.to_owned(),
    })
}

const RANGE: Range = Range { first: u64::MAX, last: u64::MAX, count: u64::MAX };

fn everything(text: &str) -> Vec<What> {
    let facts = || [("location".to_owned(), text.into())].into_iter().collect();
    let text = || text.to_owned();
    vec![
        outcome("exec", false, &text()),
        outcome("shell", false, &text()),
        outcome("file", false, &text()),
        outcome("schedule", false, &text()),
        outcome("exec", true, &text()),
        outcome(&text(), false, &text()),
        What::Started { state: text(), resumed: true, table: text(), facts: facts() },
        What::Facts { facts: facts() },
        What::Stopped { state: text(), reason: text() },
        What::Transition { event: text(), from: text(), to: text() },
        What::Timer { name: text(), turn: Turn::Armed, duration: Duration::MAX },
        What::Slowed { delay: Duration::MAX, state: text() },
        What::Slot { limit: text(), watcher: text(), turn: SlotTurn::Evicted, slot: u64::MAX },
        What::Dropped { sink: text(), range: RANGE, since_ns: u64::MAX, epoch: Some(u64::MAX) },
        What::Resent { sink: text(), range: RANGE },
        What::Undeliverable { sink: text(), event: text(), kind: text(), number: u64::MAX, reason: text() },
        What::StreamRegressed { sink: text(), stream: text(), acknowledged: u64::MAX, held: u64::MAX, text: text() },
        What::IdentityConflict { sink: text(), stream: text(), event: text(), text: text() },
        What::Sink { sink: text(), degraded: true, text: text() },
        What::Upgraded { from: text(), to: text() },
        What::Startup { version: text() },
        What::Alive { version: text() },
        What::TableActivated { machine: text(), table: text() },
        What::TableRefused { file: text(), reason: text() },
        What::TableRemoved { machine: text() },
    ]
}

#[test]
fn an_event_is_never_larger_than_promised() {
    for text in huge() {
        for what in everything(&text) {
            let origin = origin(&text, what.whom() != Whom::Node);
            let mut happening = Happening { sequence: u64::MAX, ..samples::caused(what) };
            happening.cause.as_mut().unwrap().id = text.clone();
            let json = event(&origin, &happening).unwrap().json.get().as_bytes().to_vec();
            assert!(json.len() <= LARGEST, "{} bytes: {}", json.len(), happening.what.name());
            assert!(json.len() < 3 * 1024 || json.windows(3).any(|three| three == "…".as_bytes()));
        }
    }
}

#[test]
fn a_cut_is_marked() {
    let mut outcome = samples::exec_failed();
    outcome.why = "w".repeat(2000);
    outcome.fields.insert("stderr".to_owned(), ("e".repeat(2000) + "the end").into());
    let event = super::value(What::Outcome(outcome));
    assert!(event["why"].as_str().unwrap().ends_with("ww…[+1008 bytes]"), "{}", event["why"]);
    assert!(event["stderr"].as_str().unwrap().starts_with("[+1015 bytes]…ee"), "{}", event["stderr"]);
    assert!(event["stderr"].as_str().unwrap().ends_with("eethe end"));
}
