//! Circles without a wait, successes whose order matters, and how much is active at once.

use super::walk::{Event, Live, walk};
use super::{LAYOUTS, Seen, each, figures, written};
use machine_core::{StateId, WatcherId};
use machine_tests::compare::Random;
use std::collections::{BTreeMap, BTreeSet};

/// States with runs, up to two each, whose outcomes stay or lead somewhere; a timer leads on.
fn source(random: &mut Random) -> String {
    let layout = *random.pick(&LAYOUTS);
    written("", layout, &mut |path| {
        let mut lines = Vec::new();
        let runs = if path.is_empty() { 0 } else { random.below(3) };
        for run in 0..runs {
            let name = format!("r{run}_{}", path.replace('.', "_"));
            lines.push(format!("run {name} = exec(\"./r.sh\")"));
            for outcome in ["ok", "failed"] {
                lines.push(format!("on {name}.{outcome} {}", way(random, layout)));
            }
        }
        if !path.is_empty() && random.chance(60) {
            lines.push(format!("after 1m -> {} again", random.pick(layout)));
        }
        lines
    })
}

fn way(random: &mut Random, layout: &[&str]) -> String {
    let again = if random.chance(50) { " again" } else { "" };
    if random.chance(50) { "stay".to_owned() } else { format!("-> {}{again}", random.pick(layout)) }
}

/// A place in which time does not matter: the leaf, and the runs that have not answered.
type Place = (StateId, Vec<WatcherId>);

fn place(live: &Live<'_>) -> Place {
    (live.instance.state(), live.instance.under_way().collect())
}

/// Whether answers alone, without any time, lead round to where the machine was.
fn goes_round(live: &Live<'_>, way: &mut Vec<Place>) -> bool {
    live.events().into_iter().filter(|it| matches!(it, Event::Outcome(..))).any(|event| {
        let mut there = live.clone();
        let came = there.happen(event);
        let next = place(&there);
        if came.moves.is_empty() || way.contains(&next) {
            return !came.moves.is_empty();
        }
        // Once through all leaves is enough.
        if way.len() > LEAVES {
            return false;
        }
        way.push(next);
        let found = goes_round(&there, way);
        way.pop();
        found
    })
}

const LEAVES: usize = 3;

/// Two runs of this leaf whose successes lead to different places, whichever comes first.
fn races(live: &Live<'_>) -> bool {
    let leaf = live.instance.state();
    let ends: Vec<StateId> = live
        .instance
        .under_way()
        .filter(|it| live.table.owner(*it) == leaf)
        .filter_map(|it| {
            let mut there = live.clone();
            let came = there.happen(Event::Outcome(it, 0));
            came.moves.first().map(|it| it.1).filter(|it| *it != leaf)
        })
        .collect();
    ends.windows(2).any(|it| it[0] != it[1])
}

fn check(source: &str, one_in_many: bool, count: &mut BTreeMap<&'static str, u64>) {
    let seen = Seen::of(source);
    // There is no table for what goes round without a wait, so these are watchers that answer once and at once.
    let watching = Seen::of(&source.replace("run ", "watch ").replace("sh\")", "sh\") every 1h"));
    let mut start = Live::start(&watching.table).expect("a table");
    start.once = true;
    let (mut has_circle, mut has_race, mut most, mut leaves) = (false, false, (0, 0), vec![start.leaf()]);
    let mut known = BTreeSet::new();
    let mut look = |live: &Live<'_>| {
        if !known.insert(live.key()) {
            return;
        }
        has_circle |= goes_round(live, &mut vec![place(live)]);
        has_race |= races(live);
        let watchers = live.table.watchers().filter(|it| live.instance.visit_of(*it).is_some()).count();
        most = (most.0.max(watchers), most.1.max(live.instance.armed().count()));
        leaves.push(live.leaf());
    };
    look(&start);
    walk(&start, &mut |_, _, after, _| look(after));
    leaves.sort();
    leaves.dedup();
    let context = |what: &str| format!("{what}\n{source}{:#?}", seen.said);
    let is_whole = !seen.has(&["E0402", "E0404", "E0408"]);
    *count.entry("circles").or_default() += u64::from(has_circle);
    *count.entry("races").or_default() += u64::from(has_race);
    assert!(!has_circle || seen.has(&["E0405"]), "{}", context("it goes round without a wait"));
    assert!(!has_race || seen.has(&["W0405"]), "{}", context("order matters"));
    if is_whole {
        assert!(has_circle || !seen.has(&["E0405"]), "{}", context("it does not go round without a wait"));
        let is_refused = machine_core::Table::verify(&seen.table).is_err();
        assert_eq!(is_refused, has_circle, "{}", context("the runtime refuses what goes round"));
        *count.entry("whole").or_default() += 1;
    }
    // How often something can happen is looked at as well, which takes long.
    if one_in_many {
        let figures = figures(source);
        assert!(
            figures.watchers >= most.0 && figures.timers >= most.1,
            "{}",
            context(&format!("{most:?} {figures:?}"))
        );
        // Not all timers that can be armed in a state need be at the same time.
        assert!(!is_whole || figures.watchers == most.0, "{}", context(&format!("{most:?} {figures:?}")));
    }
}

#[test]
fn circles_without_a_wait_successes_whose_order_matters_and_how_much_is_active_at_once() {
    let mut count = BTreeMap::new();
    each(1_000, |random| check(&source(random), random.chance(3), &mut count));
    println!("{count:?}");
    if std::env::var_os("QUESTIONS").is_none() {
        assert!(["circles", "races", "whole"].iter().all(|it| count.get(it).is_some_and(|it| *it > 20)), "{count:?}");
    }
}
