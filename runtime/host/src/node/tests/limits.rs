//! Watchers that work under a limit, and those that are to be quiet.

use super::rig::{LIMIT, Rig, lamp};
use machine_core::Definition;
use machine_core::definition::{Cell, Limit, Offline, Reach, Under};

/// A lamp of this name whose two watchers work under `fans`; what is skipped is answered by staying.
fn under(name: &str, count: u32, wait_ms: u64) -> Definition {
    let mut lamp = lamp("switch");
    lamp.name = name.into();
    lamp.states[2].name = name.into();
    lamp.limits = vec![Limit { name: "fans".into(), count, reach: Reach::Node }];
    for watcher in &mut lamp.watchers {
        watcher.under = Some(Under { limit: 0, wait_ms });
    }
    // The outcomes of `switch` are 0 to 2 now, those of `work` 3 to 5.
    lamp.cells = vec![
        Cell { leaf: 0, event: 0, target: 1, plan: 0 },
        Cell { leaf: 1, event: 3, target: 0, plan: 0 },
        Cell { leaf: 1, event: 5, target: 0, plan: 0 },
    ];
    lamp
}

/// Only what watchers are asked and answer.
fn acts(seen: Vec<String>) -> Vec<String> {
    seen.into_iter().filter(|it| !it.contains('#')).collect()
}

#[tokio::test]
async fn the_slot_goes_from_answer_to_ask() {
    let mut rig = Rig::new();
    let machines = [under("a", 1, 3_600_000), under("b", 1, 3_600_000), under("c", 1, 3_600_000)];
    let mut node = rig.run_all(&machines.each_ref()).unwrap();
    node.durable().await;
    assert_eq!(acts(rig.seen.take()), ["ask switch"], "one of three");
    // `a` fails and is asked again in an hour; `b` has the slot now.
    node.answered(rig.answer(1)).unwrap();
    node.durable().await;
    assert_eq!(acts(rig.seen.take()), ["ask switch"]);
    assert_eq!(rig.asks.lock().unwrap()[1].key.machine, 2);
    // `b` goes on: its `work` has to wait behind `c`.
    node.answered(rig.answer(0)).unwrap();
    node.durable().await;
    assert_eq!(acts(rig.seen.take()), ["ask switch", "stop 0 of visit 1"]);
    assert_eq!(rig.asks.lock().unwrap()[2].key.machine, 3);
    node.answered(rig.answer(1)).unwrap();
    node.durable().await;
    assert_eq!(acts(rig.seen.take()), ["ask work"]);
}

#[tokio::test]
async fn a_slot_is_free_again_when_its_holder_is_stopped_or_gone() {
    let mut rig = Rig::new();
    let machines = [under("a", 1, 3_600_000), under("b", 1, 3_600_000)];
    let mut node = rig.run_all(&machines.each_ref()).unwrap();
    node.durable().await;
    assert_eq!(acts(rig.seen.take()), ["ask switch"]);
    node.leave("a").unwrap();
    node.durable().await;
    assert_eq!(acts(rig.seen.take()), ["stop 0 of visit 1", "ask switch"]);
}

#[tokio::test]
async fn who_gets_no_slot_in_time_is_skipped() {
    let mut rig = Rig::new();
    let mut holder = under("a", 1, 0);
    let mut waiting = under("b", 1, 0);
    // `b` begins in `on`, where its `run` is skipped at once and leads it to `off`, where `switch` is skipped as well.
    waiting.initial = 1;
    holder.version = "1.0.1".into();
    let mut node = rig.run_all(&[&holder, &waiting]).unwrap();
    let begun = std::time::Instant::now();
    let skipped = loop {
        node.do_what_is_due().unwrap();
        node.durable().await;
        let seen: Vec<_> = rig.heard().iter().map(|it| it.text.clone()).collect();
        if seen.iter().any(|it| it == "switch.skipped") {
            break seen;
        }
        assert!(begun.elapsed() < LIMIT, "{seen:?}");
    };
    for expected in ["work.skipped", "on -> off"] {
        assert!(skipped.iter().any(|it| it == expected), "{skipped:?}");
    }
    assert_eq!(rig.asked(), 1, "only the holder was ever asked");
}

#[tokio::test]
async fn counts_that_do_not_agree_are_said_once() {
    let mut rig = Rig::new();
    let mut across = under("c", 5, 0);
    across.limits[0].reach = Reach::Fleet(Offline::Wait);
    let mut node = rig.run_all(&[&under("a", 3, 0), &under("b", 5, 0), &across]).unwrap();
    node.durable().await;
    let seen = rig.seen.take();
    let warnings: Vec<_> = seen.iter().filter_map(|it| it.split_once(" warning ")).map(|(_, it)| it).collect();
    assert_eq!(
        warnings,
        [
            "limit `fans`: machines declare different counts, 3 and 5; the smaller one counts",
            "limit `fans`: no bucket is configured for limits across the fleet, so it counts on this node alone",
        ]
    );
}

#[tokio::test]
async fn a_quiet_watcher_tells_a_success_once() {
    let mut rig = Rig::new();
    let mut quiet = lamp("switch");
    quiet.watchers[0].quiet = true;
    // Nothing comes of a success.
    quiet.cells = vec![Cell { leaf: 0, event: 1, target: 1, plan: 0 }];
    let mut node = rig.run(&quiet).unwrap();
    node.durable().await;
    for _ in 0..3 {
        node.answered(rig.answer(0)).unwrap();
    }
    node.durable().await;
    let told = rig.heard().iter().filter(|it| it.text == "switch.ok").count();
    assert_eq!(told, 1);
}

#[tokio::test]
async fn what_is_announced_is_told_again_though_nothing_changes() {
    let mut rig = Rig::new();
    let mut announced = lamp("switch");
    announced.watchers[0].announce_ms = Some(1);
    announced.cells = vec![Cell { leaf: 0, event: 1, target: 1, plan: 0 }];
    let mut node = rig.run(&announced).unwrap();
    node.durable().await;
    node.answered(rig.answer(0)).unwrap();
    let begun = std::time::Instant::now();
    loop {
        node.do_what_is_due().unwrap();
        node.durable().await;
        if rig.heard().iter().filter(|it| it.text == "switch.ok").count() >= 3 {
            return;
        }
        assert!(begun.elapsed() < LIMIT, "it was not told again");
    }
}
