//! What is kept for some pieces of what an event reads, against what is worked out for each configuration by itself.

use super::super::graph::{Cap, Graph};
use super::super::relevant::Relevant;
use super::super::space::{Config, Detail, Space};
use crate::model::Machine;
use crate::source::SourceMap;
use std::collections::BTreeSet;

/// Looks at every event in every configuration; so many that were compared.
fn check(text: &str) -> usize {
    let mut sources = SourceMap::default();
    sources.add("m.machine", text);
    let mut compared = 0;
    let told = crate::examine(&sources, &mut |_, machine| {
        for detail in [Detail::Fine, Detail::Coarse, Detail::States] {
            compared += compare(machine, detail);
        }
    });
    assert!(told.iter().all(|it| it.severity() != crate::diagnostic::Severity::Error), "{told:?}");
    compared
}

fn compare(machine: &Machine, detail: Detail) -> usize {
    let space = Space::new(machine, &Relevant::of(machine, &[]), detail).unwrap();
    let mut graph = Graph::explore(space, Cap::of(1 << 16)).unwrap();
    let mut compared = 0;
    for config in graph.configs.clone() {
        let leaf = graph.space.leaf_index(config);
        for event in 0..graph.table.rows[leaf].len() {
            for group in graph.table.groups(&graph.space, config, leaf, event) {
                let case = graph.table.groups[group as usize].case as usize;
                let row = &graph.table.rows[leaf][event];
                let stepped = graph.space.step(config, &row.event, case);
                let alone: BTreeSet<Config> = stepped.ways.iter().map(|it| it.from(config)).collect();
                let ways = graph.table.groups[group as usize].ways.clone();
                let kept: BTreeSet<Config> = ways.map(|it| graph.table.jump(it, config)).collect();
                assert_eq!(kept, alone, "{:?} in {config:b}, {detail:?}", row.event.cause);
                compared += 1;
            }
        }
    }
    compared
}

#[test]
fn data_timers_and_what_is_remembered() {
    let compared = check(
        r#"machine fan 1.0.0 {
            data worst: int in 0..20 = 0
            data speed: low | high = low
            event maintenance from operator
            event resume from operator
            on maintenance -> paused
            on speed_up.ok stay
            on speed_up.failed stay
            watch speed_up = exec("./up.sh") every 1m
            initial state known {
                watch air = exec("./air.sh") every 1m returns { co2: int in 0..20 }
                on air.ok(a) when a.co2 > 8 and speed == low -> running { worst = max(worst, a.co2) }
                on air.ok(a) when a.co2 > worst -> idle { worst = a.co2 }
                on air.ok -> idle
                on air.failed, air.invalid stay
                initial state idle { after 5m -> running { speed = low } }
                state running {
                    run start = exec("./on.sh")
                    on start.ok stay { speed = high }
                    on start.failed -> idle
                    after 1m stay
                    after 2h -> idle
                }
            }
            state paused {
                exit { worst = 0 }
                on resume -> known.last
                after 8h  -> known
            }
        }"#,
    );
    assert!(compared > 1_000, "{compared}");
}

#[test]
fn facts_conditions_and_events_of_its_own() {
    let compared = check(
        r#"machine door 1.0.0 {
            fact summer: bool = false
            data tries: int in 0..3 = 0
            event knock
            event open from operator
            initial state shut {
                on open when tries < 3 stay { tries += 1 raise knock }
                on open -> stuck
                on knock when summer -> ajar
                on knock stay
            }
            state ajar {
                enter { tries = 0 }
                when summer and tries > 1 -> stuck
                on open stay { tries = min(3, tries + 1) }
                after 1h -> shut
            }
            state stuck {
                exit { tries = 0 }
                when not summer -> shut
                after 1d -> shut
            }
        }"#,
    );
    assert!(compared > 50, "{compared}");
}
