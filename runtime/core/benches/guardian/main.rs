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

mod contenders;
mod machine;
mod stream;

use contenders::{Contender, Count, Dispatch, End, Floor, Match, Steps};
use machine::State;
use machine_core::table::Strip;
use machine_core::{Effect, Table};
use std::time::Instant;
use stream::EVENTS;

const ROUNDS: usize = 41;
/// The least that the guardian's transitions can be told in, in bytes: which cells there are, their alternatives,
/// targets, guards and actions (`log2 C(144, 26)` and the entropies of the rest).
const INFORMATION: usize = 37;

fn main() {
    let definition = machine::definition();
    let bytes = definition.encode_stripped(Strip::Docs).unwrap();
    let table = Table::verify(&bytes).unwrap();
    let stream = stream::stream();
    let mut contenders: [Box<dyn Contender + '_>; 5] = [
        Box::new(Floor::new(&stream)),
        Box::new(Match { stream: &stream, state: State::Unknown }),
        Box::new(Dispatch::new(table, &definition, &stream)),
        Box::new(Steps::new("step", table, &stream, Count::default())),
        Box::new(Steps::new("step-vec", table, &stream, Vec::<Effect>::with_capacity(64))),
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
    size(&table);
}

/// All end in the same state, with as many transitions, and none allocates. Leaves them where the stream begins anew.
fn agree(contenders: &mut [Box<dyn Contender + '_>]) {
    let mut ends = Vec::new();
    for contender in contenders {
        let mut end = None;
        let allocated = allocation_counter::measure(|| end = Some(contender.run(1)));
        assert_eq!(allocated.count_total, 0, "{} allocates", contender.name());
        ends.push((contender.name(), end.unwrap()));
    }
    let (_, End { state, taken }) = ends[1];
    for (name, end) in ends {
        assert_eq!(end.state, state, "{name} ends elsewhere");
        assert!(end.taken == taken || name == "floor", "{name} takes {} transitions, not {taken}", end.taken);
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
    let (least, median) = (times[1][0], times[1][ROUNDS / 2]);
    println!("{:10} {:>8} {:>8} {:>8} {:>8}", "ns/event", "min", "median", "x match", "limit");
    for (contender, times) in contenders.iter().zip(&times) {
        let limit = match contender.name() {
            "dispatch" => "1.20",
            "step" | "step-vec" => "3.00",
            _ => "",
        };
        // The ratio of the medians; that of the minima beside it would say the same on a quiet machine.
        let ratio = (times[ROUNDS / 2] / median, times[0] / least);
        println!(
            "{:10} {:8.2} {:8.2} {:8.2} {limit:>8}   (minima {:.2})",
            contender.name(),
            times[0],
            times[ROUNDS / 2],
            ratio.0,
            ratio.1
        );
    }
}

fn size(table: &Table<'_>) {
    println!("{:12} {:>6} {:>6}", "bytes", "", "limit");
    for (section, _, length) in table.sections() {
        let limit = match section {
            machine_core::table::Section::Transitions => (3 * INFORMATION).to_string(),
            _ => String::new(),
        };
        println!("{:12} {length:6} {limit:>6}", section.name());
    }
    println!("{:12} {:6} {:>6}", "all", table.bytes().len(), 1024);
}
