//! A great many guardians at once, in random order: what counts then is how many lines of memory an event touches.

use crate::machine::{Counters, Event};
use machine_core::{Decision, Definition, Dispatcher, EventId, Product, StateId, Table};
use std::hint::black_box;
use std::time::Instant;

const INSTANCES: usize = 1 << 20;
/// Events that are looked at together, so that their lines are on the way at the same time.
const BATCH: usize = 128;

/// All that is kept of a guardian, never in two lines of memory: at most 64 bytes are allowed.
#[derive(Clone, Copy)]
#[repr(align(16))]
struct Hot {
    words: [i32; 2],
    state: u16,
}

/// One line of memory, for the least that any event costs.
#[derive(Clone, Copy)]
#[repr(align(64))]
struct Line([u64; 8]);

/// Nanoseconds an event: a line read and written, and a whole decision.
pub(crate) fn scale(table: &Table<'_>, definition: &Definition, stream: &[Event]) {
    let events = crate::contenders::events(definition, stream);
    let order = order();
    let (mut floor, mut decided, mut folded) = (Vec::new(), Vec::new(), Vec::new());
    let product = Product::new(table, 64 * 1024).unwrap();
    let mut rows = vec![product.row(table.initial(), &[0, 0]); INSTANCES];
    let mut lines = vec![Line([0; 8]); INSTANCES];
    let mut hot = vec![Hot { words: [0; 2], state: table.initial().0 }; INSTANCES];
    for _ in 0..7 {
        let start = Instant::now();
        order.iter().for_each(|at| lines[*at as usize].0[0] += 1);
        black_box(&mut lines);
        floor.push(start.elapsed().as_secs_f64() * 1e9 / INSTANCES as f64);
        let start = Instant::now();
        decide(table, &events, &order, &mut hot);
        decided.push(start.elapsed().as_secs_f64() * 1e9 / INSTANCES as f64);
    }
    for _ in 0..7 {
        let start = Instant::now();
        for (at, event) in order.iter().zip(&events) {
            let row = &mut rows[*at as usize];
            *row = product.next(*row, *event);
        }
        black_box(&mut rows);
        folded.push(start.elapsed().as_secs_f64() * 1e9 / INSTANCES as f64);
    }
    assert!(rows.iter().zip(&hot).all(|(row, it)| product.leaf(*row).0 == it.state), "both are in the same states");
    let counted = hot.iter().map(|it| Counters { failures: it.words[0].into(), restarts: it.words[1].into() });
    assert!(counted.clone().all(|it| it.failures < 8 && it.restarts < 8), "seven events each");
    println!("{INSTANCES} instances, random order; bytes of each, ns/event");
    floor.sort_by(f64::total_cmp);
    tell("line touched", 64, &floor, &mut floor.clone(), "");
    tell("dispatch", size_of::<Hot>(), &floor, &mut decided, "1.20");
    tell("product table", size_of::<u16>(), &floor, &mut folded, "1.20");
}

/// Least and median, and how many times the floor they are.
fn tell(name: &str, bytes: usize, floor: &[f64], times: &mut [f64], limit: &str) {
    times.sort_by(f64::total_cmp);
    let (least, median) = (times[0], times[times.len() / 2]);
    let ratios = (median / floor[floor.len() / 2], least / floor[0]);
    println!("{name:16} {bytes:3} {least:7.2} {median:7.2} {:8.2} {:8.2} {limit:>6}", ratios.0, ratios.1);
}

fn decide(table: &Table<'_>, events: &[EventId], order: &[u32], hot: &mut [Hot]) {
    let dispatcher = Dispatcher::new(table, 64 * 1024).unwrap();
    for (batch, events) in order.chunks(BATCH).zip(events.chunks(BATCH)) {
        // Touched first: independent loads, all under way at once.
        let touched: u64 = batch.iter().map(|at| u64::from(hot[*at as usize].state)).sum();
        black_box(touched);
        for (at, event) in batch.iter().zip(events) {
            let it = &mut hot[*at as usize];
            if let Decision::Goes(StateId(next)) = dispatcher.dispatch(StateId(it.state), *event, &mut it.words) {
                it.state = next;
            }
        }
    }
}

/// Each instance once, in an order that no prefetcher follows.
fn order() -> Vec<u32> {
    let mut order: Vec<u32> = (0..INSTANCES as u32).collect();
    let mut random = 1_u64;
    for at in (1..order.len()).rev() {
        random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        order.swap(at, (random >> 33) as usize % (at + 1));
    }
    order
}
