//! What no test from outside can hold still: the moments between a step, its record and what is seen of it.

mod crash;
mod delivery;
mod limits;
mod neighbours;
mod operator;
mod rig;

use super::{Node, Tables};
use crate::event::happening::What;
use machine_core::definition::Timer;
use machine_core::{Definition, OwnedTable};
use machine_drivers::{Answer, Key};
use rig::{LIMIT, Rig, lamp};
use std::path::Path;

const FIRST: [&str; 4] = ["ask switch", "#1 startup", "#2 activated", "lamp#1 starts in off"];

#[tokio::test]
async fn nothing_is_seen_before_it_is_durable() {
    let mut rig = Rig::new();
    rig.gate.close();
    // A new journal has to be made before it can be held back.
    rig.gate.open();
    let mut node = rig.node();
    rig.gate.close();
    let table = lamp("switch").encode().unwrap();
    node.begin_all(Tables::Given(vec![(table, rig.dir.path().to_owned())])).unwrap();
    node.let_out();
    assert_eq!(rig.seen.take(), [""; 0]);
    rig.gate.open();
    node.durable().await;
    assert_eq!(rig.seen.take(), FIRST);

    rig.gate.close();
    node.answered(rig.answer(0)).unwrap();
    node.settle().unwrap();
    assert_eq!(rig.seen.take(), [""; 0]);
    rig.gate.open();
    node.durable().await;
    let after = ["stop 0 of visit 1", "ask work", "lamp#2 switch.ok", "lamp#3 off -> on"];
    assert_eq!(rig.seen.take(), after);
}

#[tokio::test]
async fn what_was_not_durable_never_happened_and_what_was_is_told_again() {
    let mut rig = Rig::new();
    let mut node = rig.run(&lamp("switch")).unwrap();
    node.durable().await;
    node.answered(rig.answer(0)).unwrap();
    // Durable, but the runtime dies before it hands it on.
    let journal = node.journal.take().unwrap();
    journal.wait(node.appended).unwrap();
    drop((journal, node));
    rig.seen.take();

    let mut node = rig.run(&lamp("switch")).unwrap();
    node.durable().await;
    let (events, acts): (Vec<_>, Vec<_>) = rig.seen.take().into_iter().partition(|it| it.contains('#'));
    let again = ["lamp#2 switch.ok", "lamp#3 off -> on"];
    let since = ["#3 startup", "lamp#4 goes on in on", "lamp#5 work.failed", "lamp#6 on -> off"];
    assert_eq!(events, [&again[..], &since[..]].concat(), "the `run` was under way");
    assert_eq!(acts, ["stop 1 of visit 2", "ask switch"]);
}

#[tokio::test]
async fn a_checkpoint_keeps_the_events_that_were_not_handed_on() {
    let mut rig = Rig::new();
    let mut node = rig.run(&lamp("switch")).unwrap();
    node.durable().await;
    node.answered(rig.answer(0)).unwrap();
    node.checkpoint().unwrap();
    node.journal.take().unwrap().close().unwrap();
    drop(node);
    rig.seen.take();
    drop(rig.node());
    assert_eq!(rig.seen.take(), ["lamp#2 switch.ok", "lamp#3 off -> on"]);
}

#[tokio::test]
async fn a_run_that_is_slowed_is_known_to_be_under_way_before_it_begins() {
    let mut rig = Rig::new();
    let mut node = rig.run(&lamp("switch")).unwrap();
    node.durable().await;
    // Round and round, until the machine is slowed when it enters `on`, where nothing else is ever due.
    let mut answered = 0;
    let begun = std::time::Instant::now();
    while !node.fleet.iter().any(|it| it.state() == "on" && it.scheduled != machine_core::Instant::NEVER) {
        assert!(begun.elapsed() < LIMIT, "it was never slowed");
        node.do_what_is_due().unwrap();
        node.durable().await;
        if rig.asked() > answered {
            answered = rig.asked();
            node.answered(rig.answer(0)).unwrap();
        }
    }
    node.durable().await;
    rig.seen.take();
    let before = node.appended;
    let begun = std::time::Instant::now();
    while node.appended == before {
        assert!(begun.elapsed() < LIMIT, "the `run` was never asked");
        node.do_what_is_due().unwrap();
    }
    assert_eq!(rig.seen.take(), [""; 0]);
    node.durable().await;
    assert_eq!(rig.seen.take(), ["ask work"]);
}

#[tokio::test]
async fn a_late_answer_is_recorded_and_not_applied() {
    let mut rig = Rig::new();
    let mut node = rig.run(&lamp("switch")).unwrap();
    node.durable().await;
    let late = rig.answer(1);
    node.answered(rig.answer(0)).unwrap();
    node.durable().await;
    rig.seen.take();
    node.answered(late).unwrap();
    node.durable().await;
    assert_eq!(rig.seen.take(), ["lamp#4 late switch.failed"]);
}

#[tokio::test]
async fn what_a_replaced_table_had_asked_is_late_under_its_old_name() {
    let mut rig = Rig::new();
    let mut node = rig.run(&lamp("switch")).unwrap();
    node.durable().await;
    let late = rig.answer(0);
    replace(&mut node, &Definition { version: "2.0.0".into(), ..lamp("button") });
    node.settle().unwrap();
    node.durable().await;
    let seen = rig.seen.take();
    assert!(seen.ends_with(&["lamp#2 stopped".into(), "lamp#3 goes on in off".into()]), "{seen:?}");
    node.answered(late.clone()).unwrap();
    // One that no table of this machine ever had.
    node.answered(Answer { key: Key { watcher: 77, ..late.key }, ..late }).unwrap();
    node.durable().await;
    assert_eq!(rig.seen.take(), ["lamp#4 late switch.ok"]);
    assert_eq!(node.fleet.get(1).unwrap().state(), "off");
}

/// Has another table run in the place of the first machine's.
fn replace(node: &mut Node, by: &Definition) {
    let table = OwnedTable::verify(by.encode().unwrap().into()).unwrap();
    let loaded = node.load(table, &Path::new("/lamp.table").into()).unwrap();
    node.keep(std::slice::from_ref(&loaded)).unwrap();
    assert_eq!(node.replace(1, loaded).unwrap(), None);
}

#[tokio::test]
async fn tables_that_nobody_needs_any_more_go_with_a_checkpoint() {
    let mut rig = Rig::new();
    let mut node = rig.run(&lamp("switch")).unwrap();
    let second = Definition { version: "2.0.0".into(), ..lamp("switch") };
    replace(&mut node, &second);
    let kept = || std::fs::read_dir(rig.dir.path().join("state/tables")).unwrap().count();
    node.durable().await;
    assert_eq!(kept(), 2);
    node.checkpoint().unwrap();
    while node.is_checkpoint_due {
        let progress = tokio::time::timeout(LIMIT, node.progress.recv()).await.unwrap().unwrap();
        node.progressed(progress).unwrap();
    }
    node.settle().unwrap();
    assert_eq!(kept(), 1);
    drop(node);
    rig.run(&second).unwrap();
}

#[tokio::test]
async fn what_the_journal_reports_does_not_pile_up_while_machines_start() {
    let mut rig = Rig::new();
    let mut node = rig.run(&lamp("switch")).unwrap();
    for _ in 0..64 {
        node.tell(What::Shutdown).unwrap();
        node.catch_up(node.appended).unwrap();
    }
    // Who waits may be woken before the report is made.
    assert!(node.progress.len() <= 1, "{} reports", node.progress.len());
}

#[tokio::test]
async fn a_machine_whose_past_cannot_be_read_does_not_begin_anew_by_itself() {
    let mut rig = Rig::new();
    let mut node = rig.run(&lamp("switch")).unwrap();
    node.durable().await;
    drop(node);
    std::fs::remove_dir_all(rig.state().join("tables")).unwrap();
    let error = rig.run(&Definition { version: "2.0.0".into(), ..lamp("switch") }).err().unwrap().to_string();
    assert!(error.contains("is not in the state directory any more; remove the file and put it back"), "{error}");
}

#[tokio::test]
async fn a_machine_that_no_record_could_hold_is_refused() {
    let timers = u16::try_from(2_000).unwrap();
    let timer = |slot| Timer { owner: 2, slot, ms: 3_600_000 };
    let large = Definition { timers: (0..timers).map(timer).collect(), timer_slots: timers, ..lamp("switch") };
    let error = Rig::new().run(&large).err().unwrap().to_string();
    assert!(error.contains("split the machine up"), "{error}");
}

#[tokio::test]
async fn a_version_that_no_event_can_name_is_refused() {
    for version in [String::new(), "1".repeat(256)] {
        let error = Rig::new().run(&Definition { version, ..lamp("switch") }).err().unwrap().to_string();
        assert!(error.contains("its version has"), "{error}");
    }
}
