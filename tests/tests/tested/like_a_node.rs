//! The same table and the same answers: the virtual world goes the way that a node goes.

use machine_core::{Instant, OwnedTable, WatcherId};
use machine_sim::World;
use machine_sim::clock::{BEGIN, ns};
use machine_sim::world::{Answer, Series};
use machine_tests::node::{Site, tables};
use std::sync::Arc;

const PAIR: &str = r#"machine pair 1.0.0 {
    data fails: int in 0..5 = 0

    initial state healthy {
        watch probe = exec("sh", "./next.sh", "probe") every 50ms
        on probe.ok                     stay { fails = 0 }
        on probe.failed when fails < 2  stay { fails += 1 }
        on probe.failed                 -> restarting { fails = 0 }
    }
    state restarting {
        run start = exec("sh", "./next.sh", "start", timeout: 1h)
        on start.ok                                     -> healthy
        on start.failed(f) when f.reason == interrupted -> restarting again
        on start.failed                                 -> broken
    }
    state broken {
        enter { emit page(fails: fails) }
        after 200ms -> healthy
    }
}
"#;

/// Answers by the next line of a file, and for ever by its last; `wait` never ends.
const NEXT: &str = r#"n=$(($(cat "$1.n" 2>/dev/null || echo 0) + 1))
echo "$n" > "$1.n"
code=$(sed -n "${n}p" "$1.answers")
[ "$code" = wait ] && { echo waits > waits; exec sleep 3600; }
exit "${code:-$(tail -n 1 "$1.answers")}"
"#;

/// Exit codes, or `wait`.
const PROBE: &[&str] = &["0", "1", "1", "0", "1", "1", "1", "1", "0", "1", "1", "3", "1"];
const START: &[&str] = &["0", "wait", "5", "0", "1"];

/// `sh ./next.sh` with these answers, on a real node that is killed while a `run` is under way; the first transitions.
fn node(count: usize) -> Vec<String> {
    let mut site = Site::new();
    site.write("next.sh", NEXT);
    site.write("probe.answers", PROBE.join("\n") + "\n");
    site.write("start.answers", START.join("\n") + "\n");
    site.ship(PAIR);
    site.start();
    site.line("waits");
    site.kill_and_start();
    let moves = |site: &Site| -> Vec<String> {
        site.told().into_iter().map(|it| it.text).filter(|it| it.contains(" -> ")).collect()
    };
    let mut found = site.until("the transitions", || Some(moves(&site)).filter(|it| it.len() >= count));
    found.truncate(count);
    found
}

/// The same in virtual time.
fn simulated(count: usize) -> Vec<String> {
    let table = tables(PAIR).pop().expect("a machine").1;
    let table = Arc::new(OwnedTable::verify(table.into()).expect("a table"));
    let view = table.table();
    let named = |name: &str| view.watchers().find(|it| view.watcher_name(*it) == Some(name)).expect("a watcher");
    let mut world = World::new(vec![table.clone()], 1, BEGIN);
    for (name, codes) in [("probe", PROBE), ("start", START)] {
        world.answers(0, &[named(name)], series(&table, named(name), codes));
    }
    world.start();
    let is_waiting = |world: &World| world.asked(0, named("start")) == 2;
    world.run(Instant(ns(3_600_000)), &mut |_, world, _| is_waiting(world));
    // As long as it takes to kill a node.
    world.run(world.clock().now().after_ms(500), &mut |_, _, _| false);
    world.restart(ns(100));
    world.run(Instant(ns(600_000)), &mut |_, _, _| false);
    assert_eq!(world.trouble(), None);
    let name = |state| view.state_name(state).unwrap_or("?");
    let moves = world.path(0).windows(2).map(|it| format!("pair {} -> {}", name(it[0].1), name(it[1].1)));
    moves.take(count).collect()
}

fn series(table: &OwnedTable, watcher: WatcherId, codes: &[&str]) -> Series {
    let view = table.table();
    let answer = |(index, code): (usize, &&str)| {
        let outcome = u8::from(*code != "0" && *code != "wait");
        let payload = view.payload(watcher, outcome).map(|(_, ty)| machine_sim::value::least(ty)).collect();
        let times = (index + 1 < codes.len()).then_some(1);
        Answer { outcome: Some(outcome), payload, times, after_ms: if *code == "wait" { 3_600_000 } else { 0 } }
    };
    Series(codes.iter().enumerate().map(answer).collect())
}

#[test]
fn the_world_goes_the_way_of_a_node() {
    let count = 10;
    assert_eq!(simulated(count), node(count));
}
