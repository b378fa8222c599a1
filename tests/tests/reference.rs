//! The compiler, its tables and the step, compared with an interpreter that was written from the manual alone.
//!
//! `REFERENCE_SEED=7 REFERENCE_STEPS=10000000 cargo test -p machine-tests --test reference` looks elsewhere, and longer.
#![allow(clippy::expect_used, clippy::panic, reason = "a panic is a test's report")]

use machine_core::Table;
use machine_tests::compare::generate::{Mistake, generate, generate_town, generate_wrong};
use machine_tests::compare::{
    Failure, Inputs, Op, Pair, Random, Refused, Town, build, build_all, listen, shrink, tree, wide,
};
use machine_tests::reference::{Event, Values, judge};
use std::collections::{BTreeMap, BTreeSet};

/// Steps of one machine, or of several together.
const STEPS: u64 = 3_000;
/// So many steps in ten are those of machines that hear one another.
const TOGETHER: u64 = 2;

/// Differences that are reported and not mended yet.
const KNOWN: &[&str] = &[];

fn number(name: &str, usual: u64) -> u64 {
    std::env::var(name).ok().and_then(|it| it.parse().ok()).unwrap_or(usual)
}

/// What came of one source.
enum Came {
    Refused(Vec<String>),
    /// How many steps were compared, and in how many of them another machine was heard.
    Compared(u64, u64),
    /// As it is reported, once it is made small; and how it was before.
    Differs(Box<dyn FnOnce() -> String>, String),
}

impl Came {
    fn refused(refused: Refused, text: &str) -> Self {
        match refused {
            Refused::Said(said) => {
                Self::Refused(said.iter().map(|it| format!("{:?} {}", it.code, it.headline)).collect())
            }
            Refused::Broke(what) => alone(Failure { text: text.to_owned(), inputs: Vec::new(), what }),
        }
    }
}

fn alone(failure: Failure<Op>) -> Came {
    let first = failure.what.clone();
    Came::Differs(Box::new(|| report(shrink(failure, Failure::look))), first)
}

fn together(failure: Failure<(usize, Op)>) -> Came {
    let first = failure.what.clone();
    Came::Differs(Box::new(|| report(shrink(failure, Failure::look_at_all))), first)
}

/// One machine, as long as it goes.
fn live(random: &mut Random) -> Came {
    let text = generate(random.fork());
    let built = match build(&text) {
        Ok(built) => built,
        Err(refused) => return Came::refused(refused, &text),
    };
    let file = tree(&text);
    let mut happened = Vec::new();
    let mut pair = match Pair::new(&built, &file, &text) {
        Ok(pair) => pair,
        Err(what) => return alone(Failure { text: text.clone(), inputs: happened, what }),
    };
    let mut inputs = Inputs::new(random.fork());
    while pair.steps < STEPS {
        let input = inputs.next(&pair.view());
        happened.push(input.clone());
        if let Err(what) = pair.apply(&input) {
            return alone(Failure { text: text.clone(), inputs: happened, what });
        }
    }
    Came::Compared(pair.steps, 0)
}

/// Some machines that hear one another, as long as they go.
fn live_together(random: &mut Random) -> Came {
    let text = generate_town(random.fork());
    let tables = match build_all(&text) {
        Ok(tables) => tables,
        Err(refused) => return Came::refused(refused, &text),
    };
    let file = tree(&text);
    let mut happened = Vec::new();
    let mut town = match Town::new(&tables, &file, &text) {
        Ok(town) => town,
        Err(what) => return together(Failure { text: text.clone(), inputs: happened, what }),
    };
    let mut inputs = Inputs::new(random.fork());
    while town.steps < STEPS {
        let number = random.below(town.len());
        let Some(input) = town.view(number).map(|it| inputs.next(&it)) else { break };
        happened.push((number, input.clone()));
        if let Err(what) = town.apply(number, &input) {
            return together(Failure { text: text.clone(), inputs: happened, what });
        }
    }
    Came::Compared(town.steps, town.heard)
}

#[test]
fn the_step_does_what_the_manual_says() {
    let seed = number("REFERENCE_SEED", 1);
    println!("REFERENCE_SEED={seed}");
    // What breaks down is reported with the source that it broke down over; the trace says nothing more.
    listen();
    let wanted = number("REFERENCE_STEPS", 1_000_000);
    match live_on(seed, wanted - wanted * TOGETHER / 10, &mut live) {
        Ok(told) => println!("{}", told.0),
        Err(differs) => panic!("{differs}"),
    }
}

#[test]
fn machines_hear_one_another_as_the_manual_says() {
    let seed = number("REFERENCE_SEED", 1);
    println!("REFERENCE_SEED={seed}");
    listen();
    match live_on(seed, number("REFERENCE_STEPS", 1_000_000) * TOGETHER / 10, &mut live_together) {
        Ok((told, steps, heard)) => {
            println!("{told}; of these steps, {heard} were those of machines that heard another one");
            assert!(heard * 10 > steps, "they hardly hear one another: {heard} of {steps} steps");
        }
        Err(differs) => panic!("{differs}"),
    }
}

/// One source after the other, until so many steps are taken. What is told of it; the steps; those in which another
/// machine was heard.
fn live_on(seed: u64, wanted: u64, live: &mut dyn FnMut(&mut Random) -> Came) -> Result<(String, u64, u64), String> {
    let mut known = BTreeMap::new();
    let (mut steps, mut heard, mut sources, mut refused) = (0, 0, 0_u64, Vec::new());
    while steps < wanted {
        let one = seed + sources;
        sources += 1;
        match live(&mut Random::new(one)) {
            Came::Refused(said) => refused.extend(said.first().map(|it| format!("{one}: {it}"))),
            Came::Compared(more, of_others) => (steps, heard) = (steps + more, heard + of_others),
            Came::Differs(_, what) if KNOWN.iter().any(|it| what.contains(it)) => *known.entry(what).or_insert(0) += 1,
            Came::Differs(told, what) => {
                return Err(format!("REFERENCE_SEED={one}\n{}\n\nbefore it was made small: {what}", told()));
            }
        }
        if sources >= 40 && refused.len() as u64 * 100 > sources * 70 {
            return Err(format!("many more machines have to be accepted: {refused:#?}"));
        }
    }
    let accepted = sources - refused.len() as u64;
    let refused_by = by_code(&refused);
    let told =
        format!("{steps} steps of {accepted} sources; {} were refused: {refused_by:?}; {known:#?}", refused.len());
    Ok((told, steps, heard))
}

fn by_code(refused: &[String]) -> BTreeMap<&str, usize> {
    let mut counts = BTreeMap::new();
    for said in refused {
        *counts.entry(said.split_whitespace().nth(1).unwrap_or("?")).or_default() += 1;
    }
    counts
}

fn report<I: std::fmt::Debug>(small: Failure<I>) -> String {
    let inputs: Vec<String> = small.inputs.iter().map(|it| format!("  {it:?}")).collect();
    let Failure { text, what, .. } = small;
    format!("{text}\n{}\n{what}", inputs.join("\n"))
}

/// They never stop because of one another: after so many in a row they rest for a second.
#[test]
fn machines_that_go_on_and_on_rest_as_the_manual_says() {
    let machine = |name: &str, other: &str| {
        format!(
            "machine {name} 1.0.0 {{
                data count: int = 0
                event told(count: int)
                event go from operator
                on fault stay
                on go stay {{ count += 1  emit told(count: count) }}
                on {other}.told(it) when it.count < 1000 stay {{ count = it.count + 1  emit told(count: count) }}
                initial state still {{
                    watch look = exec(\"./look.sh\") every 1m while {other} is busy
                    on look.fault stay
                    on {other} enters busy.much -> busy
                    after 2s -> busy
                }}
                state busy {{
                    initial state much {{ after 1s -> little }}
                    state little {{ on {other} enters still -> still }}
                    after 10s -> still
                }}
            }}\n"
        )
    };
    let text = machine("ping", "echo") + &machine("echo", "ping");
    let inputs = [(0, Op::Send(Event::Declared("go".to_owned()), Values::new())), (0, Op::Wait(60_000))];
    if let Some(failure) = Failure::look_at_all(&text, &inputs) {
        panic!("{}", failure.what);
    }
    let tables = match build_all(&text) {
        Ok(tables) => tables,
        Err(Refused::Said(said)) => panic!("{said:#?}"),
        Err(Refused::Broke(what)) => panic!("{what}"),
    };
    let file = tree(&text);
    let mut town = Town::new(&tables, &file, &text).unwrap_or_else(|what| panic!("{what}"));
    inputs.iter().for_each(|(number, input)| town.apply(*number, input).unwrap_or_else(|what| panic!("{what}")));
    assert!(town.heard > 1_000, "they were heard {} times", town.heard);
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
        let input = inputs.next(&pair.view());
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
