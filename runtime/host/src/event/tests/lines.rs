//! What people read.

use super::{everything, samples};
use crate::event::happening::{Happening, Origin, Outcome, Range, SlotTurn, Turn, What, Whom};
use crate::event::{Lines, Look, Zone, line};
use std::time::Duration;

const LOOK: Look = Look { colour: false, width: None, zone: Zone::Utc };

fn show(look: Look, what: What) -> String {
    line(look, 0, &samples::origin_of(&what), &samples::happening(what))
}

fn all(look: Look) -> String {
    let mut lines = Lines::new(look);
    let of = |what: &What| -> Origin { samples::origin_of(what) };
    let all = everything::all().into_iter().map(|(_, what)| lines.line(&of(&what), &samples::happening(what)));
    all.collect::<Vec<_>>().join("\n")
}

#[test]
fn every_happening_has_its_line() {
    insta::assert_snapshot!(all(LOOK), @r#"
    03:04:05.678  container_manager  unknown -> deploy  (manifest.changed)
    03:04:05.678  container_manager  deployer.ok  (0.79 s)
    03:04:05.678  container_manager  air.ok  (0.79 s)
    03:04:05.678  container_manager  running.failed: exit status 1: no such process  (12 ms)
    03:04:05.678  container_manager  load.ok  (0.79 s)
    03:04:05.678  container_manager  manifest.changed: manifest.json appeared
    03:04:05.678  container_manager  manifest.missing: manifest.json is not there
    03:04:05.678  container_manager  night.opened: open until 2026-01-02 05:00 +01:00
    03:04:05.678  container_manager  night.closed: opens at 2026-01-03 02:00 +01:00
    03:04:05.678  container_manager  night.due: it is 2026-01-02 02:30 +01:00; 2 before it were missed
    03:04:05.678  container_manager  running.failed came too late: exit status 1: no such process  (12 ms)
    03:04:05.678  container_manager  wanted.changed: revision 7
    03:04:05.678  container_manager  air.ok is not what its table wants
    03:04:05.678  container_manager  front.ok: 200 OK  (0.79 s)
    03:04:05.678  container_manager  start takes a slot of fans  (slot 2)
    03:04:05.678  container_manager  start gives back its slot of fans  (slot 2)
    03:04:05.678  container_manager  start got no slot in time of fans
    03:04:05.678  container_manager  start lost its slot of fans  (slot 2)
    03:04:05.678  container_manager  after 2h is armed
    03:04:05.678  container_manager  after 2h is over
    03:04:05.678  container_manager  after 2h is cancelled
    03:04:05.678  container_manager  started in unknown
    03:04:05.678  container_manager  goes on in deploy
    03:04:05.678  container_manager  facts  (location: "ams2")
    03:04:05.678  container_manager  stopped in deploy  (shutdown)
    03:04:05.678  container_manager  slowed down: the watchers of deploy wait 2.00 s
    03:04:05.678  container_manager  page  (for: "1m30s", room: "lab", worst: 1200)
    03:04:05.678  container_manager  the fan was off for 2h
    03:04:05.678  container_manager  fault range: at hvac.machine:12:9: nothing is done
    03:04:05.678  container_manager  operator: maintenance  (reason: "filter")
    03:04:05.678  container_manager  operator: resume: recorded, not answered in broken
    03:04:05.678  container_manager  the machine humidity_sensor is not on this node
    03:04:05.678  container_manager  the machine humidity_sensor is here now
    03:04:05.678  container_manager  warning: fact `location`: wanted a text of at most 255 bytes, found 7; its default counts: "unknown"
    03:04:05.678  (node)             warning: limit `fans`: machines declare different counts, 3 and 5; the smaller one counts
    03:04:05.678  container_manager  dropped before nats had them: events 7 to 19
    03:04:05.678  container_manager  sent again to nats: events 7 to 19
    03:04:05.678  container_manager  webhook never takes n1.example.net.container_manager.1767225600000.17: 413 Payload Too Large  (machine.v1.log)
    03:04:05.678  container_manager  nats: the stream MACHINES lost what it had acknowledged, it holds 12 of 41: the events from 13 on are sent again from the journal
    03:04:05.678  container_manager  nats: somebody else writes to MACHINES under the name of this node: nothing more is sent: give one of the two nodes another name  (n1.example.net.container_manager.1767300000000.3)
    03:04:05.678  (node)             nats takes no events: nats://127.0.0.1:4222 does not answer; events wait in the journal
    03:04:05.678  (node)             nats takes events again: after 3m12s
    03:04:05.678  (node)             the last numbers of 2 machines
    03:04:05.678  (node)             the node runs for the first time on this state
    03:04:05.678  (node)             the node was upgraded  (0.1.0 -> 0.2.0)
    03:04:05.678  (node)             the node starts  (0.1.0)
    03:04:05.678  (node)             the node ends
    03:04:05.678  (node)             the node is alive  (0.1.0)
    03:04:05.678  (node)             table of container_manager activated  (4f7f9e3a0d1c)
    03:04:05.678  (node)             table tables/hvac.table refused: the checksum of section `states` at offset 64 does not match: copy the table again
    03:04:05.678  (node)             table of container_manager removed
    "#);
}

#[test]
fn colours_are_sparing() {
    let coloured = all(Look { colour: true, ..LOOK });
    insta::assert_snapshot!(coloured.replace('\u{1b}', "␛"), @r#"
    ␛[2m03:04:05.678␛[0m  container_manager  ␛[1munknown -> deploy␛[0m␛[2m  (manifest.changed)␛[0m
    ␛[2m03:04:05.678␛[0m  container_manager  deployer.ok␛[2m  (0.79 s)␛[0m
    ␛[2m03:04:05.678␛[0m  container_manager  air.ok␛[2m  (0.79 s)␛[0m
    ␛[2m03:04:05.678␛[0m  container_manager  ␛[31mrunning.failed␛[0m: exit status 1: no such process␛[2m  (12 ms)␛[0m
    ␛[2m03:04:05.678␛[0m  container_manager  load.ok␛[2m  (0.79 s)␛[0m
    ␛[2m03:04:05.678␛[0m  container_manager  manifest.changed: manifest.json appeared
    ␛[2m03:04:05.678␛[0m  container_manager  ␛[31mmanifest.missing␛[0m: manifest.json is not there
    ␛[2m03:04:05.678␛[0m  container_manager  night.opened: open until 2026-01-02 05:00 +01:00
    ␛[2m03:04:05.678␛[0m  container_manager  night.closed: opens at 2026-01-03 02:00 +01:00
    ␛[2m03:04:05.678␛[0m  container_manager  night.due: it is 2026-01-02 02:30 +01:00; 2 before it were missed
    ␛[2m03:04:05.678␛[0m  container_manager  ␛[33mrunning.failed came too late␛[0m: exit status 1: no such process␛[2m  (12 ms)␛[0m
    ␛[2m03:04:05.678␛[0m  container_manager  wanted.changed: revision 7
    ␛[2m03:04:05.678␛[0m  container_manager  ␛[31mair.ok is not what its table wants␛[0m
    ␛[2m03:04:05.678␛[0m  container_manager  front.ok: 200 OK␛[2m  (0.79 s)␛[0m
    ␛[2m03:04:05.678␛[0m  container_manager  start takes a slot of fans␛[2m  (slot 2)␛[0m
    ␛[2m03:04:05.678␛[0m  container_manager  start gives back its slot of fans␛[2m  (slot 2)␛[0m
    ␛[2m03:04:05.678␛[0m  container_manager  ␛[33mstart got no slot in time of fans␛[0m
    ␛[2m03:04:05.678␛[0m  container_manager  ␛[31mstart lost its slot of fans␛[0m␛[2m  (slot 2)␛[0m
    ␛[2m03:04:05.678␛[0m  container_manager  ␛[2mafter 2h is armed␛[0m
    ␛[2m03:04:05.678␛[0m  container_manager  ␛[2mafter 2h is over␛[0m
    ␛[2m03:04:05.678␛[0m  container_manager  ␛[2mafter 2h is cancelled␛[0m
    ␛[2m03:04:05.678␛[0m  container_manager  started in unknown
    ␛[2m03:04:05.678␛[0m  container_manager  goes on in deploy
    ␛[2m03:04:05.678␛[0m  container_manager  facts␛[2m  (location: "ams2")␛[0m
    ␛[2m03:04:05.678␛[0m  container_manager  stopped in deploy␛[2m  (shutdown)␛[0m
    ␛[2m03:04:05.678␛[0m  container_manager  ␛[33mslowed down: the watchers of deploy wait 2.00 s␛[0m
    ␛[2m03:04:05.678␛[0m  container_manager  ␛[1mpage␛[0m␛[2m  (for: "1m30s", room: "lab", worst: 1200)␛[0m
    ␛[2m03:04:05.678␛[0m  container_manager  the fan was off for 2h
    ␛[2m03:04:05.678␛[0m  container_manager  ␛[31mfault range␛[0m: at hvac.machine:12:9: nothing is done
    ␛[2m03:04:05.678␛[0m  container_manager  operator: maintenance␛[2m  (reason: "filter")␛[0m
    ␛[2m03:04:05.678␛[0m  container_manager  ␛[33moperator: resume␛[0m: recorded, not answered in broken
    ␛[2m03:04:05.678␛[0m  container_manager  ␛[33mthe machine humidity_sensor is not on this node␛[0m
    ␛[2m03:04:05.678␛[0m  container_manager  the machine humidity_sensor is here now
    ␛[2m03:04:05.678␛[0m  container_manager  ␛[33mwarning: fact `location`␛[0m: wanted a text of at most 255 bytes, found 7; its default counts: "unknown"
    ␛[2m03:04:05.678␛[0m  ␛[2m(node)␛[0m             ␛[33mwarning: limit `fans`␛[0m: machines declare different counts, 3 and 5; the smaller one counts
    ␛[2m03:04:05.678␛[0m  container_manager  ␛[31mdropped before nats had them: events 7 to 19␛[0m
    ␛[2m03:04:05.678␛[0m  container_manager  sent again to nats: events 7 to 19
    ␛[2m03:04:05.678␛[0m  container_manager  ␛[31mwebhook never takes n1.example.net.container_manager.1767225600000.17␛[0m: 413 Payload Too Large␛[2m  (machine.v1.log)␛[0m
    ␛[2m03:04:05.678␛[0m  container_manager  ␛[31mnats: the stream MACHINES lost what it had acknowledged, it holds 12 of 41␛[0m: the events from 13 on are sent again from the journal
    ␛[2m03:04:05.678␛[0m  container_manager  ␛[31mnats: somebody else writes to MACHINES under the name of this node␛[0m: nothing more is sent: give one of the two nodes another name␛[2m  (n1.example.net.container_manager.1767300000000.3)␛[0m
    ␛[2m03:04:05.678␛[0m  ␛[2m(node)␛[0m             ␛[31mnats takes no events␛[0m: nats://127.0.0.1:4222 does not answer; events wait in the journal
    ␛[2m03:04:05.678␛[0m  ␛[2m(node)␛[0m             nats takes events again: after 3m12s
    ␛[2m03:04:05.678␛[0m  ␛[2m(node)␛[0m             ␛[2mthe last numbers of 2 machines␛[0m
    ␛[2m03:04:05.678␛[0m  ␛[2m(node)␛[0m             the node runs for the first time on this state
    ␛[2m03:04:05.678␛[0m  ␛[2m(node)␛[0m             the node was upgraded␛[2m  (0.1.0 -> 0.2.0)␛[0m
    ␛[2m03:04:05.678␛[0m  ␛[2m(node)␛[0m             the node starts␛[2m  (0.1.0)␛[0m
    ␛[2m03:04:05.678␛[0m  ␛[2m(node)␛[0m             the node ends
    ␛[2m03:04:05.678␛[0m  ␛[2m(node)␛[0m             ␛[2mthe node is alive␛[0m␛[2m  (0.1.0)␛[0m
    ␛[2m03:04:05.678␛[0m  ␛[2m(node)␛[0m             table of container_manager activated␛[2m  (4f7f9e3a0d1c)␛[0m
    ␛[2m03:04:05.678␛[0m  ␛[2m(node)␛[0m             ␛[31mtable tables/hvac.table refused␛[0m: the checksum of section `states` at offset 64 does not match: copy the table again
    ␛[2m03:04:05.678␛[0m  ␛[2m(node)␛[0m             table of container_manager removed
    "#);
    assert_eq!(anstream::adapter::strip_str(&coloured).to_string(), all(LOOK));
}

#[test]
fn names_stand_below_each_other() {
    let mut lines = Lines::new(LOOK);
    let mut shown = String::new();
    for name in ["hvac", "container_manager", "fan", "größe", "a_name_that_is_longer_than_all_others", "fan"] {
        let happening = samples::happening(samples::transition());
        shown.push_str(&lines.line(&samples::origin("n1", Some(name)), &happening));
        shown.push('\n');
    }
    insta::assert_snapshot!(shown, @r"
03:04:05.678  hvac  unknown -> deploy  (manifest.changed)
03:04:05.678  container_manager  unknown -> deploy  (manifest.changed)
03:04:05.678  fan                unknown -> deploy  (manifest.changed)
03:04:05.678  größe              unknown -> deploy  (manifest.changed)
03:04:05.678  a_name_that_is_longer_than_all_others  unknown -> deploy  (manifest.changed)
03:04:05.678  fan                       unknown -> deploy  (manifest.changed)
");
}

#[test]
fn a_reason_is_cut_to_the_width_of_the_terminal() {
    let outcome = Outcome { why: "the quick brown fox jumps over the lazy dog, ".repeat(10), ..samples::exec_failed() };
    let show = |width| show(Look { width: Some(width), ..LOOK }, What::Outcome(outcome.clone()));
    insta::assert_snapshot!([80, 100, 120].map(show).join("\n"), @r"
03:04:05.678  container_manager  running.failed: the quick brown fox j…  (12 ms)
03:04:05.678  container_manager  running.failed: the quick brown fox jumps over the lazy d…  (12 ms)
03:04:05.678  container_manager  running.failed: the quick brown fox jumps over the lazy dog, the quick brown …  (12 ms)
");
    // Below, the shortest reason that is left does not fit.
    for width in 76..600 {
        let columns = show(width).chars().count();
        assert!(columns <= width, "{columns} for {width}");
    }
    assert_eq!(show(10), show(60));
}

#[test]
fn wide_characters_take_two_columns() {
    let outcome = Outcome { why: "漢字".repeat(100), ..samples::exec_failed() };
    let shown = show(Look { width: Some(80), ..LOOK }, What::Outcome(outcome));
    assert!((79..=80).contains(&unicode_width::UnicodeWidthStr::width(shown.as_str())), "{shown}");
}

#[test]
fn nothing_from_outside_acts_on_the_terminal() {
    let evil = "\u{1b}]0;owned\u{7}\r\n\u{9b}2J\u{202e}";
    let text = || evil.to_owned();
    let facts = || [(text(), text().into())].into_iter().collect();
    for what in [
        What::Transition { event: text(), from: text(), to: text() },
        What::Outcome(Outcome { watcher: text(), outcome: text(), why: text(), ..samples::exec_ok() }),
        What::Outcome(Outcome { late: true, why: text(), ..samples::exec_ok() }),
        What::Started { state: text(), resumed: false, table: text(), facts: facts() },
        What::Started { state: text(), resumed: true, table: text(), facts: facts() },
        What::Facts { facts: facts() },
        What::Stopped { state: text(), reason: text() },
        What::Timer { name: text(), turn: Turn::Armed, duration: Duration::ZERO },
        What::Slowed { delay: Duration::ZERO, state: text() },
        What::Slot { limit: text(), watcher: text(), turn: SlotTurn::Left, slot: 1 },
        What::Dropped { sink: text(), range: Range { first: 1, last: 1, count: 1 }, since_ns: 0, epoch: None },
        What::Undeliverable { sink: text(), event: text(), kind: text(), number: 1, reason: text() },
        What::StreamRegressed { sink: text(), stream: text(), acknowledged: 1, held: 0, text: text() },
        What::IdentityConflict { sink: text(), stream: text(), event: text(), text: text() },
        What::Sink { sink: text(), degraded: true, text: text() },
        What::Upgraded { from: text(), to: text() },
        What::Startup { version: text() },
        What::Alive { version: text() },
        What::TableActivated { machine: text(), table: text() },
        What::TableRefused { file: text(), reason: text() },
        What::TableRemoved { machine: text() },
    ] {
        let origin = samples::origin(evil, (what.whom() != Whom::Node).then_some(evil));
        let shown = line(LOOK, 0, &origin, &samples::happening(what));
        assert!(!shown.contains(|c: char| c.is_control() || c == '\u{202e}'), "{shown:?}");
    }
}

#[test]
fn durations_have_as_many_digits_as_one_reads() {
    let check = |nanoseconds: u64, shown: &str| {
        let outcome = Outcome { took: Duration::from_nanos(nanoseconds), ..samples::exec_ok() };
        let line = show(LOOK, What::Outcome(outcome));
        assert_eq!(line.split_once("deployer.ok").unwrap().1, shown);
    };
    check(0, "");
    check(999_999, "");
    check(1_000_000, "  (1 ms)");
    check(99_900_000, "  (99 ms)");
    check(100_000_000, "  (0.10 s)");
    check(790_000_000, "  (0.79 s)");
    check(12_340_000_000, "  (12.3 s)");
    check(60_000_000_000, "  (1 min 0 s)");
    check(3_599_000_000_000, "  (59 min 59 s)");
    check(7_260_000_000_000, "  (2 h 1 min)");
}

#[test]
fn the_clock_is_that_of_the_place() {
    let happening = Happening { time_ns: samples::TIME, ..samples::happening(What::Shutdown) };
    let local = line(Look::default(), 0, &samples::origin("n1", None), &happening);
    assert_eq!(local.len(), show(LOOK, What::Shutdown).len());
}
