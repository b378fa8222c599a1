//! The compiler, its tables and the step, compared with an interpreter that was written from the manual alone.
//!
//! `REFERENCE_SEED=7 REFERENCE_STEPS=10000000 cargo test -p machine-tests --test reference` looks elsewhere, and longer.
#![allow(clippy::expect_used, clippy::panic, reason = "a panic is a test's report")]

use machine_core::Table;
use machine_tests::compare::generate::{Mistake, generate, generate_wrong};
use machine_tests::compare::{Failure, Inputs, Pair, Random, Refused, build, listen, shrink, tree, wide};
use machine_tests::reference::judge;
use std::collections::{BTreeMap, BTreeSet};

/// Steps of one machine.
const STEPS: u64 = 3_000;

/// Differences that are reported and not mended yet.
const KNOWN: &[&str] = &[];

fn number(name: &str, usual: u64) -> u64 {
    std::env::var(name).ok().and_then(|it| it.parse().ok()).unwrap_or(usual)
}

/// What came of one machine.
enum Came {
    Refused(Vec<String>),
    Compared(u64),
    Differs(Failure),
}

/// One machine, as long as it goes.
fn live(random: &mut Random) -> Came {
    let text = generate(random.fork());
    let built = match build(&text) {
        Ok(built) => built,
        Err(Refused::Said(said)) => {
            return Came::Refused(said.iter().map(|it| format!("{:?} {}", it.code, it.headline)).collect());
        }
        Err(Refused::Broke(what)) => return Came::Differs(Failure { text, inputs: Vec::new(), what }),
    };
    let file = tree(&text);
    let mut happened = Vec::new();
    let mut pair = match Pair::new(&built, &file, &text) {
        Ok(pair) => pair,
        Err(what) => return Came::Differs(Failure { text: text.clone(), inputs: happened, what }),
    };
    let mut inputs = Inputs::new(random.fork());
    while pair.steps < STEPS {
        let input = inputs.next(&pair);
        happened.push(input.clone());
        if let Err(what) = pair.apply(&input) {
            return Came::Differs(Failure { text: text.clone(), inputs: happened, what });
        }
    }
    Came::Compared(pair.steps)
}

#[test]
fn the_step_does_what_the_manual_says() {
    let seed = number("REFERENCE_SEED", 1);
    println!("REFERENCE_SEED={seed}");
    // What breaks down is reported with the source that it broke down over; the trace says nothing more.
    listen();
    match live_on(seed, number("REFERENCE_STEPS", 1_000_000)) {
        Ok(told) => println!("{told}"),
        Err(differs) => panic!("{differs}"),
    }
}

/// One machine after the other, until so many steps are taken.
fn live_on(seed: u64, wanted: u64) -> Result<String, String> {
    let mut known = BTreeMap::new();
    let (mut steps, mut machines, mut refused) = (0, 0_u64, Vec::new());
    while steps < wanted {
        let one = seed + machines;
        machines += 1;
        match live(&mut Random::new(one)) {
            Came::Refused(said) => refused.extend(said.first().map(|it| format!("{one}: {it}"))),
            Came::Compared(more) => steps += more,
            Came::Differs(failure) if KNOWN.iter().any(|it| failure.what.contains(it)) => {
                *known.entry(failure.what).or_insert(0) += 1;
            }
            Came::Differs(failure) => return Err(report(one, failure)),
        }
        if machines >= 20 && refused.len() as u64 * 100 > machines * 40 {
            return Err(format!("most machines have to be accepted: {refused:#?}"));
        }
    }
    let accepted = machines - refused.len() as u64;
    let refused_by = by_code(&refused);
    Ok(format!("{steps} steps of {accepted} machines; {} were refused: {refused_by:?}; {known:#?}", refused.len()))
}

fn by_code(refused: &[String]) -> BTreeMap<&str, usize> {
    let mut counts = BTreeMap::new();
    for said in refused {
        *counts.entry(said.split_whitespace().nth(1).unwrap_or("?")).or_default() += 1;
    }
    counts
}

fn report(seed: u64, failure: Failure) -> String {
    let first = failure.what.clone();
    let small = shrink(failure);
    let inputs: Vec<String> = small.inputs.iter().map(|it| format!("  {it:?}")).collect();
    let Failure { text, what, .. } = small;
    format!("REFERENCE_SEED={seed}\n{text}\n{}\n{what}\n\nbefore it was made small: {first}", inputs.join("\n"))
}

/// Ids of two bytes, together with guards, actions and payloads.
#[test]
fn a_wide_machine_does_what_the_manual_says() {
    let seed = number("REFERENCE_SEED", 1);
    println!("REFERENCE_SEED={seed}");
    let text = wide(300);
    let built = match build(&text) {
        Ok(built) => built,
        Err(Refused::Said(said)) => panic!("{said:#?}"),
        Err(Refused::Broke(what)) => panic!("{what}"),
    };
    assert!(Table::verify(&built.table).expect("a table").is_wide());
    let file = tree(&text);
    let mut pair = Pair::new(&built, &file, &text).unwrap_or_else(|what| panic!("{what}"));
    let mut inputs = Inputs::new(Random::new(seed));
    let mut been = BTreeSet::new();
    while pair.steps < STEPS * 2 {
        let input = inputs.next(&pair);
        pair.apply(&input).unwrap_or_else(|what| panic!("REFERENCE_SEED={seed}, {input:?}: {what}"));
        been.insert(pair.leaf());
    }
    assert!(been.len() > 250, "it has been in {} states only", been.len());
}

/// Machines with one mistake of each sort: the compiler refuses them, and so does the interpreter's own check of types.
/// Those without one both accept.
#[test]
fn what_is_ill_typed_is_refused() {
    let seed = number("REFERENCE_SEED", 1);
    println!("REFERENCE_SEED={seed}");
    let (mut differ, mut mistakes) = (Vec::new(), 0);
    for number in 0..100 {
        let random = Random::new(seed + number);
        let text = generate(random.clone());
        let said = judge(&tree(&text));
        if !said.is_empty() {
            differ.push(format!("{number}: well-typed, and the interpreter says {said:?}"));
        }
        for mistake in Mistake::ALL {
            let Some(text) = generate_wrong(random.clone(), mistake) else { continue };
            mistakes += 1;
            if judge(&tree(&text)).is_empty() {
                differ.push(format!(
                    "{number}: {mistake:?}, and the interpreter accepts it\n{}",
                    first_change(&random, &text)
                ));
            }
            if !is_ill_typed(&text) {
                differ.push(format!(
                    "{number}: {mistake:?}, and the compiler has nothing against it\n{}",
                    first_change(&random, &text)
                ));
            }
        }
    }
    println!("{mistakes} machines with a mistake");
    assert!(
        differ.is_empty(),
        "{} differ:\n{}",
        differ.len(),
        differ.into_iter().take(20).collect::<Vec<_>>().join("\n")
    );
}

/// Whether the compiler refuses a source for its names or types, not only for what it may lead to.
fn is_ill_typed(text: &str) -> bool {
    let Err(Refused::Said(said)) = build(text) else { return false };
    said.iter().map(|it| format!("{:?}", it.code)).any(|it| it.starts_with("E02") || it.starts_with("E03"))
}

/// The first line that differs from the machine without the mistake.
fn first_change(random: &Random, text: &str) -> String {
    let right = generate(random.clone());
    let changed = right.lines().zip(text.lines()).find(|(a, b)| a != b);
    changed.map_or_else(String::new, |(_, line)| line.to_owned())
}
