//! `at most` on machines of more kinds: watchers and runs in states and around them, three paces, `again`, `poll`.

use super::often::{Told, one};
use super::*;
use machine_tests::layout::{LAYOUTS, written};

/// Watchers and runs that a machine has at most.
const MOST: usize = 3;
const PACES: [&str; 3] = ["10s", "15s", "20s"];

/// Lines of a state: a watcher or a run with two outcomes, a timer, what an operator sends.
fn lines(random: &mut Random, path: &str, layout: &[&str], polls: bool, watchers: &mut usize) -> Vec<String> {
    let mut lines = Vec::new();
    let known = (*watchers).max(1);
    let poll = |random: &mut Random| format!("{{ poll w{} }}", 1 + random.below(known));
    let way = |random: &mut Random| {
        let again = if random.chance(40) { " again" } else { "" };
        let way = if random.chance(40) { "stay".to_owned() } else { format!("-> {}{again}", random.pick(layout)) };
        if polls && random.chance(30) { format!("{way} {}", poll(random)) } else { way }
    };
    if *watchers < MOST && random.chance(45) {
        *watchers += 1;
        let (word, pace) = match random.chance(35) && !path.is_empty() {
            true => ("run", String::new()),
            false => ("watch", format!(" every {}", random.pick(&PACES))),
        };
        lines.push(format!("{word} w{watchers} = exec(\"./w.sh\"){pace}"));
        lines.push(format!("on w{watchers}.ok {}", way(random)));
        lines.push(format!("on w{watchers}.failed {}", way(random)));
    }
    if !path.is_empty() && random.chance(50) {
        lines.push(format!("after {} -> {} again", random.pick(&["20s", "30s", "1m"]), random.pick(layout)));
    }
    if polls && !path.is_empty() && random.chance(20) {
        lines.push(format!("enter {}", poll(random)));
    }
    if path != "o" && random.chance(20) {
        lines.push(format!("on go {}", way(random)));
    }
    lines
}

fn source(random: &mut Random) -> String {
    let (layout, polls, mut watchers) = (*random.pick(&LAYOUTS[..3]), random.chance(50), 0);
    let head = "    event go from operator\n";
    written(head, layout, &mut |path| lines(random, path, layout, polls, &mut watchers))
}

#[test]
fn how_often_is_what_all_ways_show_in_machines_of_more_kinds() {
    let (seed, machines) = (number("PROVE_SEED", 1), number("PROVE_WIDE", 60));
    println!("PROVE_SEED={seed}");
    let mut told = Told::default();
    for at in 0..machines {
        let source = source(&mut Random::new(seed + at));
        println!("PROVE_SEED={}\n{source}", seed + at);
        one(&source, &mut told);
    }
    println!("{told:?}");
    assert!(machines < 60 || told.kept > machines / 2 && told.broken > machines / 2, "both are found: {told:?}");
    assert!(machines < 60 || told.open < machines, "most of all is decided: {told:?}");
}
