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
    moves(&site, count)
}

/// The first transitions of a node.
fn moves(site: &Site, count: usize) -> Vec<String> {
    let told = || site.told().into_iter().map(|it| it.text).filter(|it| it.contains(" -> ")).collect::<Vec<_>>();
    let mut found = site.until("the transitions", || Some(told()).filter(|it| it.len() >= count));
    found.truncate(count);
    found
}

/// The table of a source with one machine.
fn table(source: &str) -> Arc<OwnedTable> {
    let table = tables(source).pop().expect("a machine").1;
    Arc::new(OwnedTable::verify(table.into()).expect("a table"))
}

/// The first transitions in virtual time.
fn path(world: &World, machine: &str, table: &OwnedTable, count: usize) -> Vec<String> {
    let name = |state| table.table().state_name(state).unwrap_or("?").to_owned();
    let moves = world.path(0).windows(2).map(|it| format!("{machine} {} -> {}", name(it[0].1), name(it[1].1)));
    moves.take(count).collect()
}

/// The same in virtual time.
fn simulated(count: usize) -> Vec<String> {
    let table = table(PAIR);
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
    path(&world, "pair", &table, count)
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

/// Two want the only slot: one that does not get it in time goes without, and one that waits comes after the other.
const DESK: &str = r#"machine desk 1.0.0 {
    data was_served: bool = false
    limit desk = 1

    initial state busy {
        run long = exec("sleep", "3600", timeout: 2h) under desk
        run hasty = exec("true") under desk wait 300ms
        on long.ok, long.failed, long.skipped stay
        on hasty.ok, hasty.failed             -> wrong
        on hasty.skipped                      -> patient
    }
    state patient {
        run first = exec("sleep", "0.4") under desk wait 1m
        run second = exec("true") under desk wait 1m
        on first.ok                       stay { was_served = true }
        on first.failed, first.skipped    -> wrong
        on second.ok when was_served      -> done
        on second.ok                      -> wrong
        on second.failed, second.skipped  -> wrong
    }
    final state done
    final state wrong
}
"#;

/// How long each takes, in milliseconds.
const TAKES: &[(&str, u64)] = &[("long", 3_600_000), ("hasty", 0), ("first", 400), ("second", 0)];

#[test]
fn a_limit_decides_as_on_a_node() {
    let mut site = Site::new();
    site.ship(DESK);
    site.start();
    let table = table(DESK);
    let view = table.table();
    let mut world = World::new(vec![table.clone()], 1, BEGIN);
    for (name, after_ms) in TAKES {
        let watcher = view.watchers().find(|it| view.watcher_name(*it) == Some(name)).expect("a watcher");
        let payload = view.payload(watcher, 0).map(|(_, ty)| machine_sim::value::least(ty)).collect();
        let answer = Answer { outcome: Some(0), payload, times: None, after_ms: *after_ms };
        world.answers(0, &[watcher], Series(vec![answer]));
    }
    world.start();
    world.run(Instant(ns(60_000)), &mut |_, _, _| false);
    assert_eq!(world.trouble(), None);
    assert_eq!(path(&world, "desk", &table, 2), moves(&site, 2));
    assert_eq!(path(&world, "desk", &table, 2), ["desk busy -> patient", "desk patient -> done"]);
}

/// Two go on at once, and each lets another one look, under one limit: who hears of it first gets the slot.
const CROSSED: &str = r#"machine clock 1.0.0 {
    event tick
    initial state waiting { after 500ms -> over { emit tick() } }
    final state over
}
machine alpha 1.0.0 { initial state dark { on clock.tick -> lit } final state lit }
machine beta 1.0.0 { initial state dark { on clock.tick -> lit } final state lit }
machine first 1.0.0 {
    limit desk = 1
    initial state looking {
        watch look = exec("sleep", "3600", timeout: 2h) every 3h under desk wait 300ms while beta is lit
        on look.ok, look.failed stay
        on look.skipped         -> too_late
    }
    final state too_late
}
machine second 1.0.0 {
    limit desk = 1
    initial state looking {
        watch look = exec("sleep", "3600", timeout: 2h) every 3h under desk wait 300ms while alpha is lit
        on look.ok, look.failed stay
        on look.skipped         -> too_late
    }
    final state too_late
}
"#;

/// Of those that have moved, all who care are told, one after the other by name.
#[test]
fn who_hears_first_where_others_are_hears_first_on_a_node() {
    let mut site = Site::new();
    site.ship(CROSSED);
    site.start();
    let late = "looking -> too_late";
    let who = site.until("one is too late", || site.told().into_iter().map(|it| it.text).find(|it| it.contains(late)));
    assert!(who.starts_with("first "), "{who}");

    let read = |it: (String, Vec<u8>)| Arc::new(OwnedTable::verify(it.1.into()).expect("a table"));
    let tables: Vec<_> = tables(CROSSED).into_iter().map(read).collect();
    let mut world = World::new(tables.clone(), 1, BEGIN);
    for (machine, table) in (0..).zip(&tables).filter(|it| it.1.table().watchers().next().is_some()) {
        let payload = table.table().payload(WatcherId(0), 0).map(|(_, ty)| machine_sim::value::least(ty)).collect();
        let answer = Answer { outcome: Some(0), payload, times: None, after_ms: 3_600_000 };
        world.answers(machine, &[WatcherId(0)], Series(vec![answer]));
    }
    world.start();
    world.run(Instant(ns(60_000)), &mut |_, _, _| false);
    assert_eq!(world.trouble(), None);
    let is_late = |machine: u16| world.path(machine).len() > 1;
    let late: Vec<_> = (0..).zip(&tables).filter(|it| is_late(it.0)).map(|it| it.1.table().name().to_owned()).collect();
    assert_eq!(late, ["clock", "alpha", "beta", "first"]);
}
