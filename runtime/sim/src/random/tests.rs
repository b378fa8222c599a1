use super::*;
use crate::clock::BEGIN;
use crate::script::{Claim, Expect, FailureKind, Line};
use crate::testing::{States, lamp};
use crate::trace::replay;
use crate::world::World;
use machine_core::Instant;
use machine_core::definition::{Definition, Value};

/// A day of a lamp in which it is never lit; claim 1 is the state `lit`.
fn never_lit() -> Script {
    let never = Line::Expect(Expect::Never(Claim { number: 1, is_state: true }));
    Script { begin: BEGIN, seed: 1, lines: vec![Line::Advance { ms: 86_400_000 }, never] }
}

#[test]
fn a_run_that_fails_is_made_as_short_as_it_gets() {
    let explored = explore(&lamp(), &never_lit(), (50, 7), &Taste::default(), &mut States, Limits::default(), &|| {});
    let found = explored.found.unwrap();
    assert!(matches!(found.report.failures[0].kind, FailureKind::Held { claim: 1, .. }));
    let [Line::Answers { series, .. }, Line::Advance { ms: 0 }, Line::Expect(_)] = &found.drawn.script.lines[..] else {
        panic!("{:?}", found.drawn.script.lines);
    };
    assert_eq!((series.0.len(), series.0[0].outcome, series.0[0].after_ms), (1, Some(0), 0));
}

#[test]
fn the_same_seed_draws_the_same_runs() {
    let drawn = |seed, run| draw(&lamp().table(), &never_lit(), &Taste::default(), &mut rng(seed, run));
    assert_eq!(drawn(7, 3), drawn(7, 3));
    assert_ne!(drawn(7, 3), drawn(8, 3));
    assert_ne!(drawn(7, 3), drawn(7, 4));
}

/// The longest that any answer is drawn to take, of a lamp whose switch is given so long.
fn longest(argument: Option<u64>, modifier: Option<u64>) -> u64 {
    let mut lamp = Definition::example();
    lamp.watchers[0].args.extend(argument.map(Value::Duration));
    lamp.watchers[0].timeout_ms = modifier;
    let table = crate::testing::table(&lamp);
    let drawn = (1..=200).map(|run| draw(&table.table(), &never_lit(), &Taste::default(), &mut rng(1, run)));
    let lines: Vec<Line> = drawn.flat_map(|it| it.script.lines).collect();
    let series = lines.iter().filter_map(|it| if let Line::Answers { series, .. } = it { Some(series) } else { None });
    series.flat_map(|it| &it.0).map(|it| it.after_ms).max().unwrap_or(0)
}

#[test]
fn a_command_takes_up_to_the_time_that_it_has() {
    assert!((5_000..=10_000).contains(&longest(None, None)));
    assert!((1_800_000..=3_600_000).contains(&longest(Some(3_600_000), None)));
    assert!((500..=1_000).contains(&longest(Some(1_000), None)));
    assert!((1_000..=2_000).contains(&longest(Some(3_600_000), Some(2_000))));
}

#[test]
fn any_run_is_replayed_byte_for_byte_from_its_trace() {
    let (table, mut cuts) = (lamp(), 0);
    for number in 1..=40 {
        let drawn = draw(&table.table(), &never_lit(), &Taste::default(), &mut rng(1, number));
        let trace = written(&table, &drawn.script);
        cuts += trace.matches("power off").count();
        assert_eq!(replay(&trace, std::slice::from_ref(&table)).unwrap().to_string(), trace);
    }
    assert!(cuts > 5, "the power went {cuts} times");
}

/// The trace of a script, whatever is expected of it.
fn written(table: &std::sync::Arc<OwnedTable>, script: &Script) -> String {
    let mut world = World::new(vec![table.clone()], script.seed, script.begin);
    let mut has_begun = false;
    for line in &script.lines {
        match line {
            Line::Answers { watchers, series } => world.answers(0, watchers, series.clone()),
            Line::Advance { ms } => {
                if !std::mem::replace(&mut has_begun, true) {
                    world.start();
                }
                let until: Instant = world.clock().now().after_ms(*ms);
                world.run(until, &mut |_, _, _| false);
            }
            Line::PowerOff { ms } => world.restart(crate::clock::ns(*ms)),
            _ => {}
        }
    }
    world.into_trace().to_string()
}
