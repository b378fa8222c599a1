//! How fast the service guardian runs from its table, and how large the table is; each figure beside its limit.
//!
//! ```text
//! cargo bench -p machine-core --bench guardian
//! cargo bench -p machine-core --bench guardian -- --instructions dispatch 2
//! ```
//!
//! The second form does nothing but run one contender so many times over the stream, for callgrind: the difference
//! between two counts, divided by the events of one pass, is what an event costs.

// A benchmark that cannot run has nothing better to do than to stop.
#![allow(clippy::unwrap_used)]
// What the crate itself may not see: a clock.
#![allow(clippy::disallowed_types)]

mod contenders;
mod machine;
mod peers;
mod scale;
mod steps;
mod stream;

use contenders::{Contender, Dispatch, Flat, Floor, Folded, InPlace, Match};
use machine::{Counters, Place, State};
use machine_core::table::{Section, Strip};
use machine_core::{Effect, Table};
use peers::{Smlang, Statig};
use std::time::Instant;
use steps::{Count, Steps};
use stream::{EVENTS, REFERENCE};

const ROUNDS: usize = 41;
/// The least that the guardian's transitions can be told in, in bytes: which cells there are, their alternatives,
/// targets, guards and actions (`log2 C(144, 26)` and the entropies of the rest).
const INFORMATION: usize = 37;

fn main() {
    let definition = machine::definition(Place::State);
    let bytes = definition.encode_stripped(Strip::Docs).unwrap();
    let table = Table::verify(&bytes).unwrap();
    let watchless = machine::definition(Place::Machine).encode_stripped(Strip::Docs).unwrap();
    let watchless = Table::verify(&watchless).unwrap();
    let stream = stream::stream();
    let effects = || Vec::<Effect>::with_capacity(64);
    let mut contenders: [Box<dyn Contender + '_>; 16] = [
        Box::new(Floor::new(&stream)),
        by_match::<0>(&stream),
        by_match::<1>(&stream),
        by_match::<2>(&stream),
        by_match::<3>(&stream),
        by_match::<4>(&stream),
        Box::new(Statig::new(&stream)),
        Box::new(Smlang::new(&stream)),
        Box::new(Folded::new(&table, &definition, &stream)),
        Box::new(Flat::new(&stream)),
        Box::new(Dispatch::new(&table, &definition, &stream)),
        Box::new(InPlace::new(table, &definition, &stream)),
        Box::new(Steps::new("step", watchless, &stream, Count::default())),
        Box::new(Steps::new("step, watchers", table, &stream, Count::default())),
        Box::new(Steps::new("step, kept", watchless, &stream, effects())),
        Box::new(Steps::new("step, watchers, kept", table, &stream, effects())),
    ];
    let arguments: Vec<String> = std::env::args().skip(1).filter(|it| it != "--bench").collect();
    if let [mode, name, passes] = &arguments[..]
        && mode == "--instructions"
    {
        let contender = contenders.iter_mut().find(|it| it.name() == name).unwrap();
        println!("{:?}", contender.run(passes.parse().unwrap()));
        return;
    }
    agree(&mut contenders);
    speed(&mut contenders);
    scale::scale(&table, &definition, &stream);
    size(&table);
}

/// The same code five times over: where it comes to lie decides by up to a third how well its branches are predicted.
fn by_match<const COPY: usize>(stream: &[machine::Event]) -> Box<dyn Contender + '_> {
    Box::new(Match::<COPY> { stream, state: State::Unknown, counters: Counters::default() })
}

/// All end where the reference says, with its counters and as many transitions, and none allocates. Leaves them where
/// the stream begins anew.
fn agree(contenders: &mut [Box<dyn Contender + '_>]) {
    let (state, counters, taken) = REFERENCE;
    for contender in contenders {
        let mut end = None;
        let allocated = allocation_counter::measure(|| end = Some(contender.run(1)));
        let (name, end) = (contender.name(), end.unwrap());
        assert_eq!(allocated.count_total, 0, "{name} allocates");
        if name != "floor" {
            assert_eq!((end.state, end.counters), (state as u16, counters), "{name} ends elsewhere");
            assert!(end.taken == taken || end.taken == 0, "{name} takes {} transitions, not {taken}", end.taken);
        }
    }
    println!("{EVENTS} events a pass, {taken} transitions, no allocation");
}

/// Rounds by turns, so that what else the system does hits all alike.
fn speed(contenders: &mut [Box<dyn Contender + '_>]) {
    let mut times = vec![Vec::new(); contenders.len()];
    for round in 0..ROUNDS {
        for turn in 0..contenders.len() {
            let which = (round + turn) % contenders.len();
            let start = Instant::now();
            contenders[which].run(1);
            times[which].push(start.elapsed().as_secs_f64() * 1e9 / EVENTS as f64);
        }
    }
    times.iter_mut().for_each(|it| it.sort_by(f64::total_cmp));
    let matches = || contenders.iter().zip(&times).filter(|it| it.0.name() == "match").map(|it| it.1);
    let of_match = (middle(matches().map(|it| it[0])), middle(matches().map(|it| it[ROUNDS / 2])));
    println!("{:20} {:>7} {:>7} {:>8} {:>8} {:>6}", "ns/event", "min", "median", "x match", "(minima)", "limit");
    for (contender, times) in contenders.iter().zip(&times) {
        let (least, median) = (times[0], times[ROUNDS / 2]);
        let ratios = (median / of_match.1, least / of_match.0);
        let (name, limit) = (contender.name(), limit(contender.name()));
        println!("{name:20} {least:7.2} {median:7.2} {:8.2} {:8.2} {limit:>6}", ratios.0, ratios.1);
    }
}

/// The one in the middle.
fn middle(times: impl Iterator<Item = f64>) -> f64 {
    let mut times: Vec<f64> = times.collect();
    times.sort_by(f64::total_cmp);
    times[times.len() / 2]
}

/// How many times as long as the `match` it may take; of its five copies the one in the middle counts.
fn limit(contender: &str) -> &'static str {
    match contender {
        "product table" => "1.5 x floor",
        "dispatch" => "1.20",
        "step" | "step, watchers" => "3.00",
        _ => "",
    }
}

/// Without doc comments, which the limit leaves out.
fn size(table: &Table<'_>) {
    println!("{:20} {:>7} {:>7}", "bytes", "", "limit");
    for (section, _, length) in table.sections() {
        let limit = if section == Section::Transitions { (3 * INFORMATION).to_string() } else { String::new() };
        println!("{:20} {length:7} {limit:>7}", section.name());
    }
    println!("{:20} {:7} {:>7}", "all", table.bytes().len(), 1024);
}
