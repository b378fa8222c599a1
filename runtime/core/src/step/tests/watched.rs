//! When watchers are asked: conditions, splay, backoff, polls.

use super::calculated::*;
use crate::definition::*;
use crate::testing::Bench;
use crate::testing::air::*;
use crate::{Data, Input};
use insta::assert_snapshot;
use std::vec::Vec;

#[test]
fn a_watcher_with_a_condition_works_only_while_it_holds() {
    let bytes = air().encode().unwrap();
    let mut bench = Bench::new(&bytes);
    bench.give(Input::Start).at(60).tick();
    let shut = |holds| Input::Condition { condition: 0, holds };
    bench.give(shut(true)).at(65).tick().give(shut(true)).give(shut(false)).at(100).tick();
    bench.give(shut(true)).at(105).tick();
    assert_snapshot!(bench.trace, @"
      0s Start: Quiet
     60s Condition { condition: 0, holds: true }: Quiet
     65s Tick: Quiet
         ask probe in visit 2, first
     65s Condition { condition: 0, holds: true }: Quiet
     65s Condition { condition: 0, holds: false }: Quiet
         stop probe of visit 2
    100s Condition { condition: 0, holds: true }: Quiet
    105s Tick: Quiet
         ask probe in visit 3, first
    ");
    assert!(bench.instance.condition(0));
}

#[test]
fn an_answer_from_before_a_condition_ceased_to_hold_is_late() {
    let bytes = air().encode().unwrap();
    let mut bench = started(&bytes);
    let watcher = bench.named("probe");
    let visit = bench.instance.visit_of(watcher).unwrap();
    bench.give(Input::Condition { condition: 0, holds: false }).give(Input::Condition { condition: 0, holds: true });
    bench.trace.clear();
    bench.give(Input::Outcome { watcher, visit, outcome: 0, payload: &probe(9, 0) });
    assert_snapshot!(bench.trace, @"   5s probe.ok of visit 2: Late");
}

#[test]
fn splay_spreads_the_first_ask_by_seed_and_visit_and_stays_below_its_limit() {
    let bytes = air().encode().unwrap();
    let first_ask = |seed| {
        let mut bench = Bench::new(&bytes);
        bench.instance.set_seed(seed);
        bench.give(Input::Start).give(Input::Condition { condition: 0, holds: true });
        bench.instance.deadline().unwrap().0
    };
    let mut asks: Vec<u64> = (0..100).map(first_ask).collect();
    assert_eq!(asks[7], first_ask(7), "drawn, not random");
    asks.sort_unstable();
    asks.dedup();
    assert!(asks.len() > 95 && asks[0] < 500_000_000 && asks[asks.len() - 1] <= 5_000_000_000);
    assert!(asks[asks.len() - 1] > 4_500_000_000);
}

#[test]
fn the_pace_grows_with_each_fault_in_a_row_and_is_as_before_after_a_success() {
    let bytes = machine(|it| {
        it.watchers[1].splay_ms = None;
        it.data[1].field.ty = Type::INT;
    });
    let mut bench = Bench::new(&bytes);
    bench.give(Input::Start).give(Input::Condition { condition: 0, holds: true });
    let mut pauses = Vec::new();
    for outcome in [1, 2, 1, 1, 1, 0, 1] {
        let asked = bench.now.0;
        match outcome {
            0 => bench.report_with("probe", 0, &probe(0, 0)),
            1 => bench.report_with("probe", 1, &[Data::Enum(0)]),
            _ => bench.report_with("probe", 2, &[Data::Text(""); 3]),
        };
        bench.now = bench.instance.deadline().unwrap();
        pauses.push((bench.now.0 - asked) / 1_000_000_000);
        bench.give(Input::Tick);
    }
    assert_eq!(pauses, [20, 40, 60, 60, 60, 10, 20]);
}

#[test]
fn a_poll_asks_at_once_what_is_active_and_not_under_way() {
    let bytes = air().encode().unwrap();
    let mut bench = started(&bytes);
    bench.report_with("probe", 0, &probe(800, 0));
    bench.trace.clear();
    // Leaving `running` polls the probe; the second time it has not answered yet.
    bench.at(6).report_with("fan", 0, &[SECOND]);
    assert_snapshot!(bench.trace, @"
    6s fan.ok of visit 3: Moved
       known.running -> known.idle on Outcome(WatcherId(0), 0) as -
       TimerId(0) is cancelled
       stop fan of visit 3
       ask probe in visit 2
    ");
    bench.trace.clear();
    bench.report_with("probe", 0, &probe(900, 0)).report_with("fan", 0, &[SECOND]);
    assert_eq!(bench.trace.matches("ask probe").count(), 1, "{}", bench.trace);
}
